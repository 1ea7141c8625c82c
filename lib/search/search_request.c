/*
 * search_request.c: a searcher and a request in, hits out: encode the queries,
 * find the nearest vectors, look up their items. For hosts and the model.
 *
 * The items are looked at before and behind the search of the index. What the
 * index finds was there at one moment in between: a row that is older is in the
 * first table, one that came meanwhile in the second. Only a row that came,
 * went and was tidied away meanwhile is in neither, and then the search is done
 * again.
 */
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_call.h"
#include "index/index_options.h"
#include "items/items.h"
#include "search/hits_repeats.h"
#include "search/searcher_handle.h"

enum { SMALL = 1024, MOST_TRIES = 100 };

/* One call. */
typedef struct run {
    const siamese_searcher *searcher;
    siamese_search_request request; /* of vectors, whatever the host's is of */
    const siamese_text *texts;      /* of the host's; NULL: vectors */
    sm_hit_tables tables;
    float small[SMALL]; /* the vectors of a few texts */
    float *large;       /* or of many */
    siamese_hits *hits;
} run;

/* ---- the queries ---- */

static sm_status check(const run *r)
{
    const siamese_search_request *const q = &r->request;
    SM_REQUIRE(!q->texts || !q->vectors, SIAMESE_E_ARGUMENT,
               "request: it has texts and vectors");
    SM_REQUIRE(q->texts || q->vectors || q->count == 0, SIAMESE_E_ARGUMENT,
               "request: it has neither texts nor vectors");
    SM_REQUIRE(q->vectors == NULL || q->dim == 0 || q->dim == r->searcher->dim,
               SIAMESE_E_ARGUMENT,
               "request: dim: its vectors have %zu numbers, those of the index "
               "%zu",
               q->dim, r->searcher->dim);
    SM_REQUIRE(q->k > 0 || q->min_score > -1e20, SIAMESE_E_ARGUMENT,
               "request: k is 0, which takes a min_score");
    SM_REQUIRE(!q->texts || r->searcher->query, SIAMESE_E_STATE,
               "request: it has texts, but there is no query tower");
    return SIAMESE_OK;
}

/* Texts become vectors. */
static sm_status encode(run *r)
{
    siamese_search_request *const q = &r->request;
    float *vectors = r->small;
    size_t numbers;
    if (q->texts == NULL) return SIAMESE_OK;
    SM_REQUIRE(sm_size_multiply(q->count, r->searcher->dim, &numbers),
               SIAMESE_E_ARGUMENT, "request: count: %zu queries are too many",
               q->count);
    if (numbers > SMALL) {
        r->large = vectors = sm_aligned_array(numbers, sizeof *vectors);
        if (vectors == NULL) return sm_fail_memory();
    }
    SM_RETURN_IF_ERROR(siamese_tower_encode(
        r->searcher->query, q->texts, q->count, q->fields, vectors, numbers));
    r->texts = q->texts;
    q->vectors = vectors;
    return SIAMESE_OK;
}

/* Whether anything of a text is in its vector: every item would score 0
 * otherwise. */
static int is_known(const run *r, size_t query)
{
    const float *const v = r->request.vectors + query * r->searcher->dim;
    if (r->texts == NULL) return 1;
    for (size_t i = 0; i < r->searcher->dim; i++)
        if (v[i] != 0) return 1;
    return 0;
}

/* ---- the items, before and behind ---- */

static void look_before(run *r)
{
    siamese_items *const items = r->searcher->items;
    sm_hit_tables_release(&r->tables);
    r->tables = (sm_hit_tables){.newer_from = INT64_MAX};
    if (items == NULL) return;
    r->tables.table = sm_items_table(items, &r->tables.next_row);
    r->tables.newer_from = r->tables.next_row;
}

/* Whether all rows are there; SIAMESE_E_STATE for one that never was. */
static sm_status look_behind(run *r, const int64_t *rows, size_t count,
                             int *found)
{
    const sm_item_chunk *chunk;
    *found = 1;
    if (r->tables.table == NULL) return SIAMESE_OK;
    for (size_t i = 0; i < count && *found; i++) {
        if (rows[i] >= r->tables.newer_from && r->tables.newer == NULL)
            r->tables.newer =
                sm_items_table(r->searcher->items, &r->tables.next_row);
        SM_REQUIRE(rows[i] < r->tables.next_row, SIAMESE_E_STATE,
                   "the index has id %lld, of which the items know nothing",
                   (long long)rows[i]);
        *found = sm_hit_tables_find(&r->tables, rows[i], &chunk) != SIZE_MAX;
    }
    return SIAMESE_OK;
}

/* ---- the k best of each query ---- */

/* Brings the hits of the queries, which stand k apart, together; `offsets[q +
 * 1]` has how many there are of query q. */
static void close_gaps(run *r, size_t k)
{
    siamese_hits *const hits = r->hits;
    size_t total = 0;
    for (size_t q = 0; q < hits->query_count; q++) {
        size_t count = hits->offsets[q + 1];
        hits->known[q] = (unsigned char)is_known(r, q);
        if (!hits->known[q]) count = 0;
        if (total != q * k && count) {
            memmove(hits->rows + total, hits->rows + q * k,
                    count * sizeof *hits->rows);
            memmove(hits->scores + total, hits->scores + q * k,
                    count * sizeof *hits->scores);
        }
        total += count;
        hits->offsets[q + 1] = total;
    }
}

/* Room for results that nobody will find is not taken. */
static size_t bounded_k(const run *r)
{
    return sm_max(
        1, sm_min(r->request.k, siamese_index_count(r->searcher->index)));
}

static sm_status find_best(run *r)
{
    siamese_search_request request = r->request;
    size_t most;
    request.k = bounded_k(r);
    SM_REQUIRE(sm_size_multiply(request.count, request.k, &most),
               SIAMESE_E_ARGUMENT,
               "request: k: %zu results for each of %zu queries are too many",
               request.k, request.count);
    SM_RETURN_IF_ERROR(sm_search_hits_create(&r->hits, request.count, most));
    sm_search_results const results = {.ids = r->hits->rows,
                                       .scores = r->hits->scores,
                                       .found = r->hits->offsets + 1,
                                       .least = -INFINITY};
    SM_RETURN_IF_ERROR(sm_index_search(r->searcher->index, &request, &results));
    close_gaps(r, request.k);
    return SIAMESE_OK;
}

/* ---- all that score enough, and items once ---- */

/* Lists of hits that become one. */
static sm_status gather(run *r, const sm_hits *all)
{
    size_t const queries = r->request.count;
    size_t total = 0;
    for (size_t q = 0; q < queries; q++)
        if (is_known(r, q)) total += all[q].count;
    SM_RETURN_IF_ERROR(sm_search_hits_create(&r->hits, queries, total));
    siamese_hits *const hits = r->hits;
    total = 0;
    for (size_t q = 0; q < queries; q++) {
        hits->known[q] = (unsigned char)is_known(r, q);
        if (hits->known[q] && all[q].count) {
            memcpy(hits->rows + total, all[q].ids,
                   all[q].count * sizeof *hits->rows);
            memcpy(hits->scores + total, all[q].scores,
                   all[q].count * sizeof *hits->scores);
            total += all[q].count;
        }
        hits->offsets[q + 1] = total;
    }
    return SIAMESE_OK;
}

static sm_status find_all(run *r)
{
    sm_status status = SIAMESE_OK;
    sm_search_results results = {.least = -INFINITY};
    size_t const queries = r->request.count;
    results.all = sm_calloc(queries, sizeof *results.all);
    SM_CHECK_MEMORY(results.all);
    SM_TRY(sm_index_search(r->searcher->index, &r->request, &results));
    SM_TRY(gather(r, results.all));
out:
    for (size_t q = 0; results.all && q < queries; q++)
        sm_hits_free(&results.all[q]);
    sm_free(results.all);
    return status;
}

/* ---- one search, and items once ---- */

static sm_status search_once(run *r, int *done)
{
    siamese_hits_free(r->hits);
    r->hits = NULL;
    look_before(r);
    SM_RETURN_IF_ERROR(r->request.k ? find_best(r) : find_all(r));
    return look_behind(r, r->hits->rows, r->hits->offsets[r->request.count],
                       done);
}

static sm_status search(run *r)
{
    int done = 0;
    for (int tries = 0; tries < MOST_TRIES && !done; tries++)
        SM_RETURN_IF_ERROR(search_once(r, &done));
    SM_REQUIRE(done, SIAMESE_E_STATE,
               "the index has ids that the items have no more");
    return SIAMESE_OK;
}

/* Asks for more until each query has k items, or all that there are. */
static sm_status search_distinct(run *r)
{
    size_t const k = r->request.k;
    for (;;) {
        size_t const all = siamese_index_count(r->searcher->index);
        int falls_short = 0;
        SM_RETURN_IF_ERROR(search(r));
        SM_RETURN_IF_ERROR(sm_hits_drop_repeats(r->hits, &r->tables, k,
                                                r->request.k, &falls_short));
        if (!falls_short || r->request.k >= all) return SIAMESE_OK;
        r->request.k = r->request.k > all / 2 ? all : 2 * r->request.k;
    }
}

/* The ids of the hits, where they are integers. */
static void fill_ids(run *r)
{
    siamese_hits *const hits = r->hits;
    const sm_item_chunk *chunk = NULL;
    hits->tables = r->tables;
    r->tables = (sm_hit_tables){NULL, NULL, 0, 0};
    if (hits->tables.table == NULL) {
        hits->ids = hits->rows;
        return;
    }
    if (hits->tables.table->ids == SIAMESE_IDS_TEXT) {
        hits->ids = NULL;
        return;
    }
    for (size_t i = 0; i < hits->offsets[hits->query_count]; i++) {
        size_t const at =
            sm_hit_tables_find(&hits->tables, hits->rows[i], &chunk);
        hits->ids[i] = chunk->ids[at];
    }
}

siamese_status siamese_searcher_search(const siamese_searcher *searcher,
                                       const siamese_search_request *request,
                                       siamese_hits **out)
{
    sm_status status = SIAMESE_OK;
    run r;
    r.searcher = searcher;
    r.texts = NULL;
    r.tables = (sm_hit_tables){NULL, NULL, 0, 0};
    r.large = NULL;
    r.hits = NULL;
    SM_CHECK(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(sm_search_request_read(&r.request, request));
    SM_TRY(check(&r));
    SM_TRY(encode(&r));
    /* rows are distinct; of one item there may be several */
    int const is_distinct = r.request.dedupe && searcher->items &&
                            sm_items_options(searcher->items)->repeats;
    if (searcher->items) r.request.dedupe = 0;
    SM_TRY(is_distinct ? search_distinct(&r) : search(&r));
    fill_ids(&r);
    *out = r.hits;
    r.hits = NULL;
out:
    siamese_hits_free(r.hits);
    sm_hit_tables_release(&r.tables);
    sm_aligned_free(r.large);
    return status;
}
