/* The nearest lists by our dot product, their vectors by FAISS's scan, equal
 * scores at the end by a second scan. */
#include "index/index_search.h"

#include <math.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"
#include "index/index_options.h"
#include "index/index_rank.h"
#include "index/index_train.h"
#include "index/index_vectors.h"

enum {
    MOST_QUERIES_OF_A_TASK = 64,
    TASKS_OF_A_THREAD = 8,
    RESULTS_TO_KEEP = 65536, /* a scratch with room for more is let go */
};

/* ---- scratch ---- */

void sm_scratch_free(sm_scratch *scratch)
{
    if (scratch == NULL) return;
    if (scratch->scanner) sm_faiss_scanner_free(scratch->scanner);
    sm_free(scratch->query);
    sm_free(scratch->list_scores);
    sm_free(scratch->lists);
    sm_free(scratch->scores);
    sm_free(scratch->ids);
    sm_free(scratch);
}

/* Grows two arrays that share a capacity; both keep it on failure. */
static sm_status grow_pairs(float **scores, int64_t **ids, size_t *capacity,
                            size_t wanted)
{
    if (wanted <= *capacity) return SIAMESE_OK;
    float *const more_scores = sm_realloc_array(*scores, wanted,
                                                sizeof **scores);
    if (more_scores == NULL) return sm_fail_memory();
    *scores = more_scores;
    int64_t *const more_ids = sm_realloc_array(*ids, wanted, sizeof **ids);
    if (more_ids == NULL) return sm_fail_memory();
    *ids = more_ids;
    *capacity = wanted;
    return SIAMESE_OK;
}

sm_status sm_scratch_reserve(sm_scratch *scratch, size_t results)
{
    return grow_pairs(&scratch->scores, &scratch->ids,
                      &scratch->result_capacity, results);
}

static sm_scratch *pop_scratch(siamese_index *index)
{
    pthread_mutex_lock(&index->scratch_lock);
    sm_scratch *const scratch = index->scratches;
    if (scratch) index->scratches = scratch->next;
    pthread_mutex_unlock(&index->scratch_lock);
    return scratch;
}

void sm_scratch_give(siamese_index *index, sm_scratch *scratch)
{
    if (scratch->result_capacity > RESULTS_TO_KEEP) {
        sm_scratch_free(scratch);
        return;
    }
    pthread_mutex_lock(&index->scratch_lock);
    scratch->next = index->scratches;
    index->scratches = scratch;
    pthread_mutex_unlock(&index->scratch_lock);
}

sm_status sm_scratch_take(siamese_index *index, sm_scratch **out)
{
    sm_status status = SIAMESE_OK;
    sm_scratch *scratch = pop_scratch(index);
    if (scratch == NULL) {
        scratch = sm_calloc(1, sizeof *scratch);
        SM_CHECK_MEMORY(scratch);
        scratch->query = sm_alloc_array(index->dim, sizeof(float));
        SM_CHECK_MEMORY(scratch->query);
    }
    if (scratch->scanner && scratch->generation != index->generation) {
        sm_faiss_scanner_free(scratch->scanner);
        scratch->scanner = NULL;
    }
    if (scratch->scanner == NULL)
        SM_TRY(sm_faiss_extension_status(
            sm_faiss_scanner_new(&scratch->scanner, index->lists->faiss)));
    scratch->generation = index->generation;
    SM_TRY(grow_pairs(&scratch->list_scores, &scratch->lists,
                      &scratch->list_capacity,
                      index->lists->centroids->nlist));
    *out = scratch;
    scratch = NULL;
out:
    sm_scratch_free(scratch);
    return status;
}

/* One call; the index is locked for reading while it runs. */
typedef struct run {
    siamese_index *index;
    const float *queries;
    size_t count, queries_of_a_task;
    size_t nprobe;

    size_t k; /* search */
    int64_t *ids;
    float *scores;
    size_t *found;

    float above; /* range search: one result object a query */
    FaissRangeSearchResult **results;
} run;

/* ---- one query ---- */

/* The query as it is compared, and the lists to read, in the scratch. */
static const float *prepare(const run *r, size_t row, sm_scratch *scratch)
{
    const siamese_index *const index = r->index;
    const float *query = r->queries + row * index->dim;
    if (sm_index_normalises(index)) {
        sm_vector_normalise(query, index->dim, scratch->query);
        query = scratch->query;
    }
    sm_lists_probe(index->lists, index->kernels, query, r->nprobe,
                   scratch->list_scores, scratch->lists);
    return query;
}

static sm_status scan_range(const run *r, const float *query,
                            sm_scratch *scratch, float above,
                            FaissRangeSearchResult **out)
{
    sm_status status = SIAMESE_OK;
    FaissRangeSearchResult *result = NULL;
    const sm_kernels *const before =
        sm_faiss_use_kernels(r->index->kernels);
    SM_TRY(sm_faiss_status(faiss_RangeSearchResult_new(&result, 1)));
    SM_TRY(sm_faiss_extension_status(
        sm_faiss_range_scan(scratch->scanner, query, above, r->nprobe,
                            scratch->lists, result)));
    *out = result;
    result = NULL;
out:
    if (result) faiss_RangeSearchResult_free(result);
    sm_faiss_use_kernels(before);
    return status;
}

static size_t result_pairs(FaissRangeSearchResult *result, int64_t **ids,
                           float **scores)
{
    size_t *limits;
    faiss_RangeSearchResult_lims(result, &limits);
    faiss_RangeSearchResult_labels(result, ids, scores);
    return limits[1];
}

/*
 * The k-th and the next score are equal: FAISS kept whichever of the equal ones
 * it met first. What scores more is certain; of all that score the same the
 * lowest ids fill the rest.
 */
static sm_status settle_ties(const run *r, const float *query, size_t k,
                             sm_scratch *scratch)
{
    float const score = scratch->scores[k - 1];
    size_t certain = 0, tied = 0;
    while (scratch->scores[certain] > score) certain++;
    FaissRangeSearchResult *result = NULL;
    SM_RETURN_IF_ERROR(scan_range(r, query, scratch,
                                  nextafterf(score, -INFINITY), &result));
    int64_t *ids;
    float *scores;
    size_t const count = result_pairs(result, &ids, &scores);
    for (size_t i = 0; i < count; i++)
        if (scores[i] == score)
            sm_rank_offer(scratch->scores + certain, scratch->ids + certain,
                          k - certain, &tied, scores[i], ids[i]);
    sm_rank_sort(scratch->scores + certain, scratch->ids + certain, tied);
    faiss_RangeSearchResult_free(result);
    return SIAMESE_OK;
}

/* The k best, in order, into the scratch; one more tells of ties at the end. */
static sm_status search_one(const run *r, size_t row, sm_scratch *scratch,
                            size_t *found)
{
    size_t const wanted = sm_min(r->k, r->index->lists->count);
    size_t const fetched = wanted + 1;
    size_t count = 0;
    SM_RETURN_IF_ERROR(sm_scratch_reserve(scratch, fetched));
    const float *const query = prepare(r, row, scratch);
    const sm_kernels *const before =
        sm_faiss_use_kernels(r->index->kernels);
    int const code =
        sm_faiss_scan(scratch->scanner, query, fetched, r->nprobe,
                      scratch->lists, scratch->scores, scratch->ids);
    sm_faiss_use_kernels(before);
    SM_RETURN_IF_ERROR(sm_faiss_extension_status(code));
    for (size_t i = 0; i < fetched; i++)
        if (scratch->ids[i] >= 0) {
            scratch->ids[count] = scratch->ids[i];
            scratch->scores[count++] = scratch->scores[i];
        }
    sm_rank_sort(scratch->scores, scratch->ids, count);
    *found = sm_min(count, r->k);
    if (count <= r->k || scratch->scores[r->k - 1] != scratch->scores[r->k])
        return SIAMESE_OK;
    return settle_ties(r, query, r->k, scratch);
}

static sm_status search_row(const run *r, size_t row, sm_scratch *scratch)
{
    size_t found = 0;
    SM_RETURN_IF_ERROR(search_one(r, row, scratch, &found));
    int64_t *const ids = r->ids + row * r->k;
    float *const scores = r->scores + row * r->k;
    for (size_t i = 0; i < r->k; i++) {
        ids[i] = i < found ? scratch->ids[i] : -1;
        scores[i] = i < found ? scratch->scores[i] : -INFINITY;
    }
    if (r->found) r->found[row] = found;
    return SIAMESE_OK;
}

static sm_status range_row(const run *r, size_t row, sm_scratch *scratch)
{
    int64_t *ids;
    float *scores;
    const float *const query = prepare(r, row, scratch);
    SM_RETURN_IF_ERROR(
        scan_range(r, query, scratch, r->above, &r->results[row]));
    size_t const count = result_pairs(r->results[row], &ids, &scores);
    sm_rank_sort(scores, ids, count);
    return SIAMESE_OK;
}

/* ---- many queries ---- */

static sm_status search_task(void *context, size_t task, size_t worker)
{
    const run *const r = context;
    size_t const begin = task * r->queries_of_a_task;
    size_t const end = sm_min(begin + r->queries_of_a_task, r->count);
    sm_status status = SIAMESE_OK;
    sm_scratch *scratch;
    (void)worker;
    SM_RETURN_IF_ERROR(sm_scratch_take(r->index, &scratch));
    for (size_t row = begin; row < end && status == SIAMESE_OK; row++)
        status = r->results ? range_row(r, row, scratch)
                            : search_row(r, row, scratch);
    sm_scratch_give(r->index, scratch);
    return status;
}

/* Locks, settles nprobe for the lists that are there, and runs the queries. */
static sm_status run_queries(run *r, const siamese_index *index,
                             const siamese_search_options *options)
{
    sm_status status = SIAMESE_OK;
    r->index = sm_index_lock_read(index);
    size_t const nlist = r->index->lists->centroids->nlist;
    SM_CHECK(options->exact || options->nprobe <= nlist, SIAMESE_E_ARGUMENT,
             "nprobe: %zu is more than the %zu lists of the index",
             options->nprobe, nlist);
    r->nprobe = options->nprobe;
    if (options->exact)
        r->nprobe = nlist;
    else if (r->nprobe == 0)
        r->nprobe = sm_index_choose_nprobe(&index->options, nlist);
    size_t const shares =
        sm_pool_threads(index->pool) * TASKS_OF_A_THREAD;
    r->queries_of_a_task =
        sm_min(sm_chunks(r->count, shares), MOST_QUERIES_OF_A_TASK);
    if (r->count)
        status = sm_pool_run(index->pool,
                             sm_chunks(r->count, r->queries_of_a_task),
                             search_task, r);
out:
    sm_index_unlock(index);
    return status;
}

static sm_status check_queries(const siamese_index *index,
                               const float *queries, size_t count)
{
    size_t numbers;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(queries != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "queries: is NULL");
    SM_REQUIRE(sm_size_multiply(count, index->dim, &numbers),
               SIAMESE_E_ARGUMENT, "count: %zu rows of %zu are too many",
               count, index->dim);
    return sm_vectors_check("queries", queries, count, index->dim,
                            sm_index_normalises(index));
}

siamese_status siamese_index_search(const siamese_index *index,
                                    const float *queries, size_t count,
                                    size_t k,
                                    const siamese_search_options *options,
                                    int64_t *ids, float *scores,
                                    size_t capacity, size_t *found)
{
    siamese_search_options own;
    size_t needed;
    SM_RETURN_IF_ERROR(
        sm_options_read(&sm_search_option_table, options, &own));
    SM_REQUIRE(k > 0, SIAMESE_E_ARGUMENT, "k: is 0");
    SM_REQUIRE(sm_size_multiply(count, k, &needed), SIAMESE_E_ARGUMENT,
               "k: %zu results for each of %zu queries are too many", k,
               count);
    SM_REQUIRE(needed <= capacity, SIAMESE_E_RANGE,
               "ids, scores: %zu elements are given, %zu are needed",
               capacity, needed);
    SM_REQUIRE((ids != NULL && scores != NULL) || needed == 0,
               SIAMESE_E_ARGUMENT, "ids or scores: is NULL");
    SM_RETURN_IF_ERROR(check_queries(index, queries, count));
    run r = {.queries = queries,
             .count = count,
             .k = k,
             .ids = ids,
             .scores = scores,
             .found = found};
    return run_queries(&r, index, &own);
}

/* ---- range search ---- */

/* The results of all rows, one after the other, to the host's buffers. */
static sm_status hand_out(const run *r, size_t *offsets, int64_t *ids,
                          float *scores, size_t capacity, size_t *needed)
{
    int64_t *row_ids;
    float *row_scores;
    size_t total = 0;
    for (size_t row = 0; row < r->count; row++) {
        offsets[row] = total;
        total += result_pairs(r->results[row], &row_ids, &row_scores);
    }
    offsets[r->count] = total;
    if (needed) *needed = total;
    SM_REQUIRE(total <= capacity, SIAMESE_E_RANGE,
               "ids, scores: %zu elements are given, %zu are needed",
               capacity, total);
    for (size_t row = 0; row < r->count; row++) {
        size_t const count =
            result_pairs(r->results[row], &row_ids, &row_scores);
        for (size_t i = 0; i < count; i++) {
            ids[offsets[row] + i] = row_ids[i];
            scores[offsets[row] + i] = row_scores[i];
        }
    }
    return SIAMESE_OK;
}

siamese_status siamese_index_range_search(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options, size_t *offsets,
    int64_t *ids, float *scores, size_t capacity, size_t *needed)
{
    sm_status status = SIAMESE_OK;
    siamese_search_options own;
    /* FAISS finds what scores more: all from min_score on is more than the
     * number below it. */
    run r = {.queries = queries,
             .count = count,
             .above = nextafterf(min_score, -INFINITY)};
    SM_TRY(sm_options_read(&sm_search_option_table, options, &own));
    SM_CHECK(!isnan(min_score), SIAMESE_E_ARGUMENT,
             "min_score: is not a number");
    SM_CHECK(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_CHECK((ids != NULL && scores != NULL) || capacity == 0,
             SIAMESE_E_ARGUMENT, "ids or scores: is NULL");
    SM_TRY(check_queries(index, queries, count));
    r.results = sm_calloc(count, sizeof *r.results);
    SM_CHECK_MEMORY(r.results);
    SM_TRY(run_queries(&r, index, &own));
    status = hand_out(&r, offsets, ids, scores, capacity, needed);
out:
    for (size_t row = 0; r.results && row < count; row++)
        if (r.results[row]) faiss_RangeSearchResult_free(r.results[row]);
    sm_free(r.results);
    return status;
}
