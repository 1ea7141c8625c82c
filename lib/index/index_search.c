/*
 * index_search.c: queries in, hits out, one by one or in groups, under the
 * index's read lock. For hosts and index_tune.
 *
 * One query goes through its lists from the best on; many go in groups.
 */
#include <math.h>
#include <string.h>

#include "common/arena.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"
#include "common/size.h"
#include "index/index_bounded.h"
#include "index/index_call.h"
#include "index/index_group.h"
#include "index/index_options.h"
#include "index/index_probe.h"
#include "index/index_vectors.h"
#include "math/rank.h"

/* ---- one query ---- */

typedef struct single {
    sm_scan scan;
    sm_bounded bounded;
    int8_t *codes; /* of the query, where it is bounded */
    sm_bound_query code;
    float *query;       /* [dim], of length 1 */
    float *list_scores; /* [nlist] */
    uint32_t *probes;   /* [nprobe] */
    float *order;       /* [nprobe]: scores of the lists */
    int64_t *lists;     /* [nprobe]: the best first */
} single;

static void lay_out(const sm_search *search, single *s, sm_arena *arena)
{
    size_t const nlist = s->scan.lists->centroids->nlist;
    size_t const dim = search->index->dim;
    if (search->is_bounded) {
        sm_bounded_lay_out(&s->bounded, arena, 1, dim);
        s->codes = sm_arena_array(arena, sm_bound_code_count(dim), 1);
    } else {
        sm_scan_lay_out(&s->scan, arena, 1);
    }
    s->query = sm_arena_array(arena, search->index->dim, sizeof(float));
    s->list_scores = sm_arena_array(arena, nlist, sizeof(float));
    s->probes = sm_arena_array(arena, search->nprobe, sizeof *s->probes);
    s->order = sm_arena_array(arena, search->nprobe, sizeof(float));
    s->lists = sm_arena_array(arena, search->nprobe, sizeof *s->lists);
}

/* The lists to read, the best first: it holds most of what will be found, so
 * that little of the others needs a second look. */
static void order_lists(const sm_search *search, single *s, const float *query)
{
    sm_probe(s->scan.lists, s->scan.kernels, 1, query, search->nprobe,
             s->list_scores, s->probes);
    for (size_t i = 0; i < search->nprobe; i++) {
        s->lists[i] = s->probes[i];
        s->order[i] = s->list_scores[s->probes[i]];
    }
    sm_rank_sort(s->order, s->lists, search->nprobe);
}

static sm_status scan_row(const sm_search *search, single *s,
                          const float *query, sm_hits *hits)
{
    size_t const count = search->nprobe;
    order_lists(search, s, query);
    for (size_t i = 0; i < count; i++) {
        size_t const list = (size_t)s->lists[i];
        size_t const next = i + 1 < count ? (size_t)s->lists[i + 1] : list;
        SM_RETURN_IF_ERROR(sm_scan_list(&s->scan, list, next, 1, query, &hits));
    }
    if (!sm_search_falls_short(search, hits)) return SIAMESE_OK;
    sm_hits_restart(hits);
    return sm_scan_everything(&s->scan, 1, query, &hits);
}

/* The same by bounds. */
static sm_status bound_row(const sm_search *search, single *s,
                           const float *query, sm_hits *hits)
{
    sm_bounded *const b = &s->bounded;
    sm_bounded_query const one = {&s->code, query, hits, NULL};
    size_t const count = search->nprobe;
    sm_bound_query_make(&s->code, s->codes, query, search->index->dim);
    if (sm_probe_has_bounds(b->lists, count))
        SM_RETURN_IF_ERROR(
            sm_probe_by_bounds(b, 1, &one, count, s->order, s->lists));
    else
        order_lists(search, s, query);
    sm_bounded_begin(b, 1, &one);
    for (size_t i = 0; i < count; i++) {
        size_t const list = (size_t)s->lists[i];
        size_t const next = i + 1 < count ? (size_t)s->lists[i + 1] : list;
        SM_RETURN_IF_ERROR(sm_bounded_list(b, list, next));
    }
    SM_RETURN_IF_ERROR(sm_bounded_end(b));
    SM_RETURN_IF_ERROR(sm_bounded_finish(b, 0, NULL));
    if (!sm_search_falls_short(search, hits)) return SIAMESE_OK;
    sm_hits_restart(hits);
    return sm_bounded_everything(b, 1, &one);
}

static sm_status search_row(const sm_search *search, size_t row)
{
    siamese_index *const index = search->index;
    const float *query = search->queries + row * index->dim;
    single s = {.scan = {.lists = index->lists,
                         .kernels = index->kernels,
                         .filter = search->filter},
                .bounded = {.lists = index->lists,
                            .kernels = index->kernels,
                            .bounds = index->bounds,
                            .filter = search->filter}};
    sm_arena arena = {NULL, 0};
    sm_scratch *scratch;
    sm_hits own;
    lay_out(search, &s, &arena);
    SM_RETURN_IF_ERROR(
        sm_scratch_take(&index->scratches, arena.used, &scratch));
    arena = (sm_arena){scratch->memory, 0};
    lay_out(search, &s, &arena);
    if (sm_index_normalises(index)) {
        sm_vector_normalise(query, index->dim, s.query);
        query = s.query;
    }
    sm_hits *const hits = sm_search_begin_row(search, row, &own);
    sm_status status =
        (search->is_bounded ? bound_row : scan_row)(search, &s, query, hits);
    if (status == SIAMESE_OK) status = sm_search_end_row(search, row, hits);
    sm_scratch_give(&index->scratches, scratch);
    return status;
}

/* ---- a call ---- */

static sm_status search_task(void *context, size_t task, size_t worker)
{
    const sm_search *const search = context;
    size_t const begin = task * search->queries_of_a_task;
    size_t const end = sm_min(begin + search->queries_of_a_task, search->count);
    (void)worker;
    return end - begin == 1 ? search_row(search, begin)
                            : sm_group_search(search, begin, end);
}

/* Locks, settles nprobe for the lists that are there, and runs the queries. */
static sm_status run_queries(sm_search *search, const siamese_index *index,
                             const siamese_search_request *request)
{
    sm_status status = SIAMESE_OK;
    search->index = sm_index_lock_read(index);
    size_t const nlist = search->index->lists->centroids->nlist;
    SM_CHECK(request->exact || request->nprobe <= nlist, SIAMESE_E_ARGUMENT,
             "nprobe: %zu is more than the %zu lists of the index",
             request->nprobe, nlist);
    SM_CHECK(request->scan != SIAMESE_SCAN_BOUNDED || search->index->bounds,
             SIAMESE_E_ARGUMENT,
             "scan: the index has no codes to make bounds of");
    search->nprobe = request->nprobe;
    if (request->exact)
        search->nprobe = nlist;
    else if (search->nprobe == 0)
        search->nprobe = sm_index_choose_nprobe(&index->options, nlist);
    const sm_lists *const lists = search->index->lists;
    sm_scan_size const size = {.queries = search->count,
                               .bytes = lists->count * index->dim *
                                        sizeof *search->queries,
                               .in_file = lists->mapped != NULL,
                               .every_list = search->nprobe >= nlist};
    search->is_bounded =
        search->index->bounds && sm_search_reads_codes(request->scan, &size);
    if (search->count == 0) goto out;
    search->queries_of_a_task =
        sm_group_size(search, sm_pool_threads(index->pool));
    status = sm_pool_run(index->pool,
                         sm_chunks(search->count, search->queries_of_a_task),
                         search_task, search);
out:
    sm_index_unlock(index);
    return status;
}

/* The option's least value stands for any score. */
static const double ANY_SCORE = -1e20;

/* The least float that is min_score or more. */
static float score_from(double min_score)
{
    float const nearest = (float)min_score;
    if (min_score <= ANY_SCORE) return -INFINITY;
    return nearest < min_score ? nextafterf(nearest, INFINITY) : nearest;
}

static sm_status check_queries(const siamese_index *index, const float *queries,
                               size_t count)
{
    size_t numbers;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(queries != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "queries: is NULL");
    SM_REQUIRE(sm_size_multiply(count, index->dim, &numbers),
               SIAMESE_E_ARGUMENT, "count: %zu rows of %zu are too many", count,
               index->dim);
    return sm_vectors_check("queries", queries, count, index->dim,
                            sm_index_normalises(index));
}

sm_status sm_index_search(const siamese_index *index,
                          const siamese_search_request *request,
                          const sm_search_results *results)
{
    SM_RETURN_IF_ERROR(check_queries(index, request->vectors, request->count));
    sm_search search = {
        .queries = request->vectors,
        .count = request->count,
        .min_score = fmaxf(results->least, score_from(request->min_score)),
        .dedupe = request->dedupe,
        .is_strict = request->strict_nprobe,
        .filter = request->filter,
        .k = request->k,
        .ids = results->ids,
        .scores = results->scores,
        .found = results->found,
        .all = results->all};
    return run_queries(&search, index, request);
}

/* ---- the calls for vectors alone ---- */

/* What a host says in arguments and options, as a request. */
static sm_status request_of(siamese_search_request *request,
                            const float *queries, size_t count, size_t k,
                            const siamese_search_options *options,
                            const siamese_id_filter *filter)
{
    siamese_search_options own;
    SM_RETURN_IF_ERROR(sm_options_read(&sm_search_option_table, options, &own));
    *request = (siamese_search_request){.struct_size = sizeof *request,
                                        .vectors = queries,
                                        .count = count,
                                        .k = k,
                                        .min_score = own.min_score,
                                        .filter = filter,
                                        .nprobe = own.nprobe,
                                        .exact = own.exact,
                                        .dedupe = own.dedupe,
                                        .scan = own.scan,
                                        .strict_nprobe = own.strict_nprobe};
    return SIAMESE_OK;
}

siamese_status siamese_index_search_filtered(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, const siamese_id_filter *filter,
    int64_t *ids, float *scores, size_t capacity, size_t *found)
{
    siamese_search_request request;
    sm_search_results const results = {
        .ids = ids, .scores = scores, .found = found, .least = -INFINITY};
    size_t needed;
    SM_RETURN_IF_ERROR(
        request_of(&request, queries, count, k, options, filter));
    SM_REQUIRE(k > 0, SIAMESE_E_ARGUMENT, "k: is 0");
    SM_REQUIRE(sm_size_multiply(count, k, &needed), SIAMESE_E_ARGUMENT,
               "k: %zu results for each of %zu queries are too many", k, count);
    SM_RETURN_IF_ERROR(sm_room("ids", ids, capacity, needed, NULL));
    SM_RETURN_IF_ERROR(sm_room("scores", scores, capacity, needed, NULL));
    return sm_index_search(index, &request, &results);
}

siamese_status siamese_index_search(const siamese_index *index,
                                    const float *queries, size_t count,
                                    size_t k,
                                    const siamese_search_options *options,
                                    int64_t *ids, float *scores,
                                    size_t capacity, size_t *found)
{
    return siamese_index_search_filtered(index, queries, count, k, options,
                                         NULL, ids, scores, capacity, found);
}

siamese_status siamese_index_range_search_filtered(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options,
    const siamese_id_filter *filter, size_t *offsets, int64_t *ids,
    float *scores, size_t capacity, size_t *needed)
{
    sm_status status = SIAMESE_OK;
    siamese_search_request request;
    sm_search_results results = {.all = NULL, .least = min_score};
    SM_TRY(request_of(&request, queries, count, 0, options, filter));
    SM_CHECK(!isnan(min_score), SIAMESE_E_ARGUMENT,
             "min_score: is not a number");
    SM_CHECK(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_TRY(sm_room("ids", ids, capacity, 0, NULL));
    SM_TRY(sm_room("scores", scores, capacity, 0, NULL));
    results.all = sm_calloc(count, sizeof *results.all);
    SM_CHECK_MEMORY(results.all);
    SM_TRY(sm_index_search(index, &request, &results));
    status = sm_hits_hand_out(results.all, count, offsets, ids, scores,
                              capacity, needed);
out:
    for (size_t row = 0; results.all && row < count; row++)
        sm_hits_free(&results.all[row]);
    sm_free(results.all);
    return status;
}

siamese_status siamese_index_range_search(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options, size_t *offsets,
    int64_t *ids, float *scores, size_t capacity, size_t *needed)
{
    return siamese_index_range_search_filtered(index, queries, count, min_score,
                                               options, NULL, offsets, ids,
                                               scores, capacity, needed);
}
