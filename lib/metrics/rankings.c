/* rankings.c: ready rankings in, the rank of each judged item out. For
 * evaluator. */
#include "metrics/rankings.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"

typedef struct result {
    int64_t id;
    size_t place;
} result;

static int by_id_and_place(const void *a, const void *b)
{
    const result *const x = a, *const y = b;
    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

static int by_place(const void *a, const void *b)
{
    const result *const x = a, *const y = b;
    return (x->place > y->place) - (x->place < y->place);
}

/* ids[count] without those that come again; gives how many are left. */
static size_t first_of_each(const int64_t *ids, size_t count, result *order)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) order[i] = (result){ids[i], i};
    qsort(order, count, sizeof *order, by_id_and_place);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || order[kept - 1].id != order[i].id)
            order[kept++] = order[i];
    qsort(order, kept, sizeof *order, by_place);
    return kept;
}

static sm_status check_rankings(const siamese_rankings *r, size_t queries)
{
    size_t numbers;
    SM_REQUIRE(sm_size_multiply(queries, r->depth, &numbers),
               SIAMESE_E_ARGUMENT, "rankings: %zu of depth %zu are too many",
               queries, r->depth);
    SM_REQUIRE(r->ids != NULL || numbers == 0, SIAMESE_E_ARGUMENT,
               "rankings: ids is NULL");
    SM_REQUIRE(r->scores == NULL ||
                   sm_size_multiply(numbers, sizeof *r->scores, &numbers),
               SIAMESE_E_ARGUMENT, "rankings: %zu of depth %zu are too many",
               queries, r->depth);
    for (size_t q = 0; r->found && q < queries; q++)
        SM_REQUIRE(r->found[q] <= r->depth, SIAMESE_E_ARGUMENT,
                   "rankings: found of query %zu is %zu, the depth is %zu", q,
                   r->found[q], r->depth);
    return SIAMESE_OK;
}

/*
 * The rank of each judgement of list[count] among results[found], of the scores
 * (NULL: no two are equal); that of a tie is the first one's.
 */
static void rank_results(const result *results, size_t found,
                         const float *scores, sm_judgement *list, size_t count)
{
    size_t end;
    for (size_t first = 0; first < found; first = end) {
        end = first + 1;
        while (scores && end < found &&
               scores[results[end].place] == scores[results[first].place])
            end++;
        for (size_t i = first; i < end; i++) {
            sm_judgement *const j =
                sm_judgement_find(list, count, results[i].id);
            if (j == NULL) continue;
            j->found = true;
            j->row = i;
            j->rank = first + 1;
            j->tied = end - first;
        }
    }
}

sm_status sm_ranks_by_rankings(const siamese_evaluator_options *options,
                               sm_judgements *judgements,
                               const siamese_rankings *user)
{
    sm_status status = SIAMESE_OK;
    siamese_rankings own;
    result *results = NULL;
    sm_judgement **order = NULL;
    bool const expects = options->ties == SIAMESE_TIES_EXPECTED;
    SM_TRY(sm_struct_read(&own, sizeof own, user, "rankings"));
    SM_TRY(check_rankings(&own, judgements->queries));
    results = sm_alloc_array(own.depth, sizeof *results);
    SM_CHECK_MEMORY(results);
    order = sm_alloc_array(judgements->most, sizeof *order);
    SM_CHECK_MEMORY(order);
    for (size_t q = 0; q < judgements->queries; q++) {
        size_t const begin = judgements->offsets[q];
        size_t const count = judgements->offsets[q + 1] - begin;
        sm_judgement *const list = judgements->list + begin;
        /* No array is needed for a depth of 0. */
        size_t const found =
            first_of_each(own.depth ? own.ids + q * own.depth : NULL,
                          own.found ? own.found[q] : own.depth, results);
        rank_results(results, found,
                     expects && own.scores ? own.scores + q * own.depth : NULL,
                     list, count);
        if (options->judged_only)
            sm_judgements_rank_alone(options, list, count, order);
    }
out:
    sm_free(results);
    sm_free(order);
    return status;
}
