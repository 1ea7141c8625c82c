/* judgements.c: a host's judgements in, checked and sorted by query out. For
 * evaluator and ranks. */
#include "metrics/judgements.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"

void sm_judgements_free(sm_judgements *judgements)
{
    sm_free(judgements->offsets);
    sm_free(judgements->list);
    *judgements = (sm_judgements){0};
}

static sm_status check(const siamese_judgements *user)
{
    SM_REQUIRE(user->offsets != NULL || user->queries == 0, SIAMESE_E_ARGUMENT,
               "judgements: offsets is NULL");
    for (size_t q = 0; q < user->queries; q++) {
        size_t const begin = user->offsets[q], end = user->offsets[q + 1];
        SM_REQUIRE(begin <= end, SIAMESE_E_ARGUMENT,
                   "judgements: query %zu ends before it begins", q);
        SM_REQUIRE(begin == end || (user->ids && user->grades),
                   SIAMESE_E_ARGUMENT, "judgements: ids or grades is NULL");
        for (size_t i = begin; i < end; i++)
            SM_REQUIRE(isfinite(user->grades[i]), SIAMESE_E_ARGUMENT,
                       "judgements: the grade of query %zu, id %" PRId64
                       " is not finite",
                       q, user->ids[i]);
    }
    return SIAMESE_OK;
}

static int by_id_and_place(const void *a, const void *b)
{
    const sm_judgement *const x = a, *const y = b;
    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Those of one query behind list[at]; gives where they end. */
static size_t take_query(sm_judgement *list, size_t at,
                         const siamese_judgements *user, size_t query)
{
    size_t const begin = user->offsets[query], end = user->offsets[query + 1];
    size_t kept = at;
    for (size_t i = begin; i < end; i++)
        list[at + i - begin] = (sm_judgement){
            .id = user->ids[i], .grade = user->grades[i], .place = i};
    qsort(list + at, end - begin, sizeof *list, by_id_and_place);
    for (size_t i = at; i < at + end - begin; i++) {
        if (kept > at && list[kept - 1].id == list[i].id) kept--;
        list[kept++] = list[i];
        sm_assert(kept == at + 1 || list[kept - 2].id < list[kept - 1].id);
    }
    return kept;
}

sm_status sm_judgements_create(sm_judgements *out,
                               const siamese_judgements *user)
{
    sm_status status = SIAMESE_OK;
    siamese_judgements own;
    sm_judgements made = {0};
    size_t total = 0;
    SM_TRY(sm_struct_read(&own, sizeof own, user, "judgements"));
    SM_TRY(check(&own));
    if (own.queries) total = own.offsets[own.queries] - own.offsets[0];
    made.queries = own.queries;
    made.offsets = sm_calloc(own.queries + 1, sizeof *made.offsets);
    SM_CHECK_MEMORY(made.offsets);
    made.list = sm_alloc_array(total, sizeof *made.list);
    SM_CHECK_MEMORY(made.list);
    for (size_t q = 0; q < own.queries; q++) {
        made.offsets[q + 1] = take_query(made.list, made.offsets[q], &own, q);
        made.most = sm_max(made.most, made.offsets[q + 1] - made.offsets[q]);
    }
    *out = made;
    made = (sm_judgements){0};
out:
    sm_judgements_free(&made);
    return status;
}

static int by_id(const void *key, const void *element)
{
    int64_t const id = *(const int64_t *)key;
    const sm_judgement *const j = element;
    return (id > j->id) - (id < j->id);
}

sm_judgement *sm_judgement_find(sm_judgement *list, size_t count, int64_t id)
{
    return bsearch(&id, list, count, sizeof *list, by_id);
}

static int by_result(const void *a, const void *b)
{
    const sm_judgement *const x = *(sm_judgement *const *)a;
    const sm_judgement *const y = *(sm_judgement *const *)b;
    if (x->found != y->found) return x->found ? -1 : 1;
    if (x->found && x->score != y->score) return x->score > y->score ? -1 : 1;
    if (x->found && x->row != y->row) return x->row < y->row ? -1 : 1;
    return (x->place > y->place) - (x->place < y->place);
}

/* Rankings say it by a rank that is the same, vectors by the score alone. */
static bool is_tie(const sm_judgement *a, const sm_judgement *b)
{
    return a->found && b->found && a->score == b->score && a->rank == b->rank;
}

void sm_judgements_rank_alone(const siamese_evaluator_options *options,
                              sm_judgement *list, size_t count,
                              sm_judgement **order)
{
    bool const expects = options->ties == SIAMESE_TIES_EXPECTED;
    size_t end;
    for (size_t i = 0; i < count; i++) order[i] = &list[i];
    qsort(order, count, sizeof(sm_judgement *), by_result);
    for (size_t first = 0; first < count; first = end) {
        end = first + 1;
        while (expects && end < count && is_tie(order[first], order[end]))
            end++;
        for (size_t i = first; i < end; i++) {
            order[i]->rank = first + 1;
            order[i]->tied = end - first;
        }
    }
}
