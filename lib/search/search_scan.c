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

sm_status sm_search_find_later(sm_search_run *r, const int64_t *rows,
                               size_t count, bool *found)
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

/* Asks for more until each query has k items, or all that there are. */
static sm_status search_distinct(sm_search_run *r)
{
    sm_status status = SIAMESE_OK;
    size_t const k = r->request.k;
    int falls_short = 1;
    while (falls_short) {
        size_t const all = siamese_index_count(r->searcher->index);
        size_t const asked = r->request.k;
        falls_short = 0;
        SM_TRY(search(r));
        SM_TRY(
            sm_hits_drop_repeats(r->hits, &r->tables, k, asked, &falls_short));
        if (asked >= all) break;
        r->request.k = asked > all / 2 ? all : 2 * asked;
    }
out:
    r->request.k = k;
    return status;
}

sm_status sm_search_scan(sm_search_run *r)
{
    return r->is_distinct ? search_distinct(r) : search(r);
}
