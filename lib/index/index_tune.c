/* index_tune.c: how many lists a wanted recall takes. */
#include "common/memory.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_options.h"
#include "index/index_progress.h"

/* What one search of all queries gave. */
typedef struct results {
    int64_t *ids; /* [count][k] */
    float *scores;
    size_t *found; /* [count] */
} results;

typedef struct tuning {
    const siamese_index *index;
    const float *queries;
    size_t count, k;
    results exact, some;
    const sm_index_progress *progress;
    size_t searches, wanted; /* done, and of the whole call */
} tuning;

static sm_status take_memory(results *r, size_t count, size_t k)
{
    size_t numbers;
    if (!sm_size_multiply(count, k, &numbers)) return sm_fail_memory();
    r->ids = sm_alloc_array(numbers, sizeof *r->ids);
    r->scores = sm_alloc_array(numbers, sizeof *r->scores);
    r->found = sm_alloc_array(count, sizeof *r->found);
    return r->ids && r->scores && r->found ? SIAMESE_OK : sm_fail_memory();
}

static void free_memory(results *r)
{
    sm_free(r->ids);
    sm_free(r->scores);
    sm_free(r->found);
}

static sm_status search(tuning *t, size_t nprobe, results *r)
{
    siamese_search_options options;
    SM_RETURN_IF_ERROR(
        sm_index_tell(t->progress, (double)t->searches++ / (double)t->wanted));
    SM_RETURN_IF_ERROR(siamese_search_options_init(&options, sizeof options));
    options.exact = nprobe == 0;
    options.nprobe = nprobe;
    return siamese_index_search(t->index, t->queries, t->count, t->k, &options,
                                r->ids, r->scores, t->count * t->k, r->found);
}

/* How many of row's exact results were found: both are in the same order, and
 * what is found of them is so, with others between. */
static size_t hits_of_row(const tuning *t, size_t row)
{
    const int64_t *const exact = t->exact.ids + row * t->k;
    const int64_t *const some = t->some.ids + row * t->k;
    size_t hits = 0;
    for (size_t i = 0; i < t->exact.found[row] && hits < t->some.found[row];
         i++)
        hits += exact[i] == some[hits];
    return hits;
}

static sm_status measure(tuning *t, size_t nprobe, double *recall)
{
    size_t hits = 0, wanted = 0;
    SM_RETURN_IF_ERROR(search(t, nprobe, &t->some));
    for (size_t row = 0; row < t->count; row++) {
        hits += hits_of_row(t, row);
        wanted += t->exact.found[row];
    }
    *recall = wanted ? (double)hits / (double)wanted : 1.0;
    return SIAMESE_OK;
}

/* More lists find no less, so halving finds the least. */
static sm_status find_least(tuning *t, size_t nlist, double recall,
                            size_t *nprobe, double *reached)
{
    size_t low = 0, high = nlist;
    double best = 1.0, measured;
    while (high - low > 1) {
        size_t const middle = low + (high - low) / 2;
        SM_RETURN_IF_ERROR(measure(t, middle, &measured));
        if (measured >= recall) {
            high = middle;
            best = measured;
        } else {
            low = middle;
        }
    }
    *nprobe = high;
    *reached = best;
    return SIAMESE_OK;
}

/* Of exact search and of halving so many lists. */
static size_t searches_of(size_t nlist)
{
    size_t searches = 1;
    for (size_t lists = 1; lists < nlist; lists *= 2) searches++;
    return searches;
}

siamese_status siamese_index_tune_nprobe_with_progress(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    double recall, siamese_index_progress_fn progress, void *user,
    size_t *nprobe, double *reached)
{
    sm_status status = SIAMESE_OK;
    size_t found = 0;
    double share = 0;
    sm_index_progress const whole = {progress, user, 0, 1};
    tuning t = {.index = index,
                .queries = queries,
                .count = count,
                .k = k,
                .progress = &whole};
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(nprobe != NULL, SIAMESE_E_ARGUMENT, "nprobe: is NULL");
    SM_REQUIRE(count > 0, SIAMESE_E_ARGUMENT, "count: there are no queries");
    SM_REQUIRE(k > 0, SIAMESE_E_ARGUMENT, "k: is 0");
    SM_REQUIRE(recall > 0 && recall <= 1, SIAMESE_E_ARGUMENT,
               "recall: %g is not above 0 and at most 1", recall);
    size_t const nlist = sm_index_lock_read(index)->lists->centroids->nlist;
    size_t const held = index->lists->count;
    sm_index_unlock(index);
    t.k = sm_max(1, sm_min(k, held));
    t.wanted = searches_of(nlist);
    SM_TRY(take_memory(&t.exact, count, t.k));
    SM_TRY(take_memory(&t.some, count, t.k));
    SM_TRY(search(&t, 0, &t.exact));
    SM_TRY(find_least(&t, nlist, recall, &found, &share));
    *nprobe = found;
    if (reached) *reached = share;
out:
    free_memory(&t.exact);
    free_memory(&t.some);
    return status;
}

siamese_status siamese_index_tune_nprobe(const siamese_index *index,
                                         const float *queries, size_t count,
                                         size_t k, double recall,
                                         size_t *nprobe, double *reached)
{
    return siamese_index_tune_nprobe_with_progress(
        index, queries, count, k, recall, NULL, NULL, nprobe, reached);
}

siamese_status siamese_index_set_nprobe(siamese_index *index, size_t nprobe)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(nprobe <= SM_INDEX_MOST_LISTS, SIAMESE_E_OPTION,
               "index option nprobe: %zu is not in 0 .. %d", nprobe,
               SM_INDEX_MOST_LISTS);
    size_t const nlist = index->options.nlist;
    SM_REQUIRE(nlist == 0 || nprobe <= nlist, SIAMESE_E_OPTION,
               "index option nprobe: %zu is more than nlist, %zu", nprobe,
               nlist);
    sm_index_lock_write(index);
    index->options.nprobe = nprobe;
    sm_lists_set_nprobe(index->lists,
                        sm_index_choose_nprobe(&index->options,
                                               index->lists->centroids->nlist));
    sm_index_unlock(index);
    return SIAMESE_OK;
}
