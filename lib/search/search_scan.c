/*
 * search_scan.c: vectors of queries in, the rows of the nearest items out, each
 * of an item that is there. For the search request.
 *
 * The items are looked at before and behind the search of the index. What the
 * index finds was there at one moment in between: a row that is older is in the
 * first table, one that came meanwhile in the second. Only a row that came,
 * went and was tidied away meanwhile is in neither, and then the search is done
 * again.
 */
#include "search/search_scan.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_call.h"
#include "items/items.h"
#include "search/hits_repeats.h"
#include "search/searcher_handle.h"

/* Whether anything of a text is in its vector: every item would score 0
 * otherwise. */
static int is_known(const sm_search_run *r, size_t query)
{
    const float *const v = r->request.vectors + query * r->searcher->dim;
    if (r->texts == NULL) return 1;
    for (size_t i = 0; i < r->searcher->dim; i++)
        if (v[i] != 0) return 1;
    return 0;
}

/* ---- the items, before and behind ---- */

static void look_before(sm_search_run *r)
{
    siamese_items *const items = r->searcher->items;
    sm_hit_tables_release(&r->tables);
    r->tables = (sm_hit_tables){.newer_from = INT64_MAX};
    if (items == NULL) return;
    r->tables.table = sm_items_table(items, &r->tables.next_row);
    r->tables.newer_from = r->tables.next_row;
}

/* Whether all rows are there; SIAMESE_E_STATE for one that never was. */
static sm_status look_behind(sm_search_run *r, const int64_t *rows,
                             size_t count, int *found)
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

/* Whether the tables of a run that was scanned for have these rows, which a
 * later scan found; they take in what came in between. */
static sm_status find_later(sm_search_run *r, const int64_t *rows, size_t count,
                            bool *found)
{
    int all = 0;
    sm_item_table_release(r->tables.newer);
    r->tables.newer = NULL;
    SM_RETURN_IF_ERROR(look_behind(r, rows, count, &all));
    *found = all;
    return SIAMESE_OK;
}

/* ---- the k best of each query ---- */

/* Brings the hits of the queries, which stand k apart, together; `offsets[q +
 * 1]` has how many there are of query q. */
static void close_gaps(sm_search_run *r, size_t k)
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
static size_t bounded(const sm_search_run *r, size_t k)
{
    return sm_max(1, sm_min(k, siamese_index_count(r->searcher->index)));
}

static sm_status find_best(sm_search_run *r)
{
    siamese_search_request request = r->request;
    size_t most;
    request.k = bounded(r, r->request.k);
    size_t const room = sm_max(request.k, bounded(r, r->room));
    SM_REQUIRE(sm_size_multiply(request.count, room, &most), SIAMESE_E_ARGUMENT,
               "request: k: %zu results for each of %zu queries are too many",
               room, request.count);
    SM_RETURN_IF_ERROR(
        sm_search_hits_renew(&r->hits, request.count, most, r->parts));
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
static sm_status gather(sm_search_run *r, const sm_hits *all)
{
    size_t const queries = r->request.count;
    size_t total = 0;
    for (size_t q = 0; q < queries; q++)
        if (is_known(r, q)) total += all[q].count;
    SM_RETURN_IF_ERROR(
        sm_search_hits_renew(&r->hits, queries, total, r->parts));
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

static sm_status find_all(sm_search_run *r)
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

static sm_status search_once(sm_search_run *r, int *done)
{
    look_before(r);
    SM_RETURN_IF_ERROR(r->request.k ? find_best(r) : find_all(r));
    return look_behind(r, r->hits->rows, r->hits->offsets[r->request.count],
                       done);
}

static sm_status search(sm_search_run *r)
{
    int done = 0;
    for (int tries = 0; tries < SM_SEARCH_TRIES && !done; tries++)
        SM_RETURN_IF_ERROR(search_once(r, &done));
    SM_REQUIRE(done, SIAMESE_E_STATE,
               "the index has ids that the items have no more");
    return SIAMESE_OK;
}

/* ---- queries that are searched further ---- */

sm_search_run sm_search_of_query(const sm_search_run *r, size_t q)
{
    sm_search_run one = *r;
    one.hits = NULL;
    one.tables = (sm_hit_tables){NULL, NULL, 0, 0};
    one.request.count = 1;
    one.request.vectors += q * r->searcher->dim;
    if (one.texts) one.texts += q * one.request.fields;
    if (one.corrections.queries) one.corrections.queries += q;
    return one;
}

sm_status sm_search_replace(sm_search_run *r, siamese_hits *const *further,
                            bool *found)
{
    siamese_hits *const first = r->hits;
    siamese_hits *hits = NULL;
    size_t const queries = first->query_count;
    size_t total = 0;
    for (size_t q = 0; q < queries; q++)
        total +=
            further[q] ? further[q]->offsets[1] : siamese_hits_count(first, q);
    SM_RETURN_IF_ERROR(sm_search_hits_renew(&hits, queries, total, r->parts));
    total = 0;
    for (size_t q = 0; q < queries; q++) {
        const siamese_hits *const from = further[q] ? further[q] : first;
        size_t const begin = further[q] ? 0 : first->offsets[q];
        size_t const count =
            further[q] ? from->offsets[1] : siamese_hits_count(first, q);
        sm_hits_copy(hits, total, from, begin, count);
        hits->known[q] = first->known[q];
        total += count;
        hits->offsets[q + 1] = total;
    }
    siamese_hits_free(first);
    r->hits = hits;
    return find_later(r, hits->rows, total, found);
}

/* Whether the lists that are read are not all. A filter has those read already
 * where nprobe of them do not do. */
static sm_status leaves_lists(const sm_search_run *r, bool *out)
{
    siamese_index_info info = {.struct_size = sizeof info};
    *out = false;
    if (r->request.exact || r->request.strict_nprobe || r->request.filter)
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_index_get_info(r->searcher->index, &info));
    size_t const nprobe = r->request.nprobe ? r->request.nprobe : info.nprobe;
    *out = nprobe < info.nlist;
    return SIAMESE_OK;
}

/* How many rows a query has found, and how many items of them stay. */
typedef struct yield {
    size_t rows, items;
} yield;

/* Asks for more, where there may be more: more rows, or those of all lists.
 * *more is false where there is nothing more to ask for. */
static sm_status ask_for_more(sm_search_run *r, size_t k, const yield *y,
                              bool *more)
{
    size_t const all = siamese_index_count(r->searcher->index);
    size_t const asked = r->request.k;
    *more = k && y->items < k && y->rows == asked && asked < all;
    if (*more) {
        r->request.k = asked > all / 2 ? all : 2 * asked;
        return SIAMESE_OK;
    }
    if (k == 0 || y->items >= r->least || y->rows == asked) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(leaves_lists(r, more));
    if (*more) r->request.exact = 1;
    return SIAMESE_OK;
}

/* A query by itself, until it has k items or all that there are. */
static sm_status search_distinct_further(const sm_search_run *r, size_t q,
                                         yield y, siamese_hits **out)
{
    sm_status status = SIAMESE_OK;
    sm_search_run one = sm_search_of_query(r, q);
    bool more;
    for (;;) {
        SM_TRY(ask_for_more(&one, r->request.k, &y, &more));
        if (!more) break;
        SM_TRY(search(&one));
        y.rows = one.hits->offsets[1];
        SM_TRY(sm_hits_drop_repeats(one.hits, &one.tables, r->request.k));
        y.items = one.hits->offsets[1];
    }
    *out = one.hits;
    one.hits = NULL;
out:
    siamese_hits_free(one.hits);
    sm_hit_tables_release(&one.tables);
    return status;
}

/* *found as that of sm_search_replace. */
static sm_status search_distinct_once(sm_search_run *r, size_t *rows,
                                      siamese_hits **further, bool *found)
{
    bool any = false;
    SM_RETURN_IF_ERROR(search(r));
    size_t const queries = r->request.count;
    for (size_t q = 0; q < queries; q++)
        rows[q] = siamese_hits_count(r->hits, q);
    SM_RETURN_IF_ERROR(sm_hits_drop_repeats(r->hits, &r->tables, r->request.k));
    for (size_t q = 0; q < queries; q++) {
        yield const y = {rows[q], siamese_hits_count(r->hits, q)};
        siamese_hits_free(further[q]);
        further[q] = NULL;
        if (!r->hits->known[q]) continue;
        SM_RETURN_IF_ERROR(search_distinct_further(r, q, y, &further[q]));
        any |= further[q] != NULL;
    }
    *found = true;
    return any ? sm_search_replace(r, further, found) : SIAMESE_OK;
}

static sm_status search_distinct(sm_search_run *r)
{
    sm_status status = SIAMESE_OK;
    bool found = false;
    size_t const queries = r->request.count;
    size_t *const rows = sm_calloc(queries, sizeof *rows);
    siamese_hits **const further = sm_calloc(queries, sizeof *further);
    SM_CHECK_MEMORY(rows);
    SM_CHECK_MEMORY(further);
    for (int tries = 0; tries < SM_SEARCH_TRIES && !found; tries++)
        SM_TRY(search_distinct_once(r, rows, further, &found));
    SM_CHECK(found, SIAMESE_E_STATE,
             "the index has ids that the items have no more");
out:
    for (size_t q = 0; further && q < queries; q++)
        siamese_hits_free(further[q]);
    sm_free(further);
    sm_free(rows);
    return status;
}

sm_status sm_search_scan(sm_search_run *r)
{
    return r->is_distinct ? search_distinct(r) : search(r);
}
