/* feedback.c: queries and their first hits in, queries moved towards those
 * out. For the search request. */
#include "search/feedback.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_ids.h"
#include "index/index_vectors.h"
#include "search/rank_scratch.h"
#include "search/search_each.h"

/* At length 1; a vector of zeros stays as it is. Added up in one order. */
static void add_unit(const float *x, size_t dim, double weight, double *sum)
{
    double const squares = sm_vector_squared_length(x, dim);
    if (squares == 0) return;
    double const by = weight / sqrt(squares);
    for (size_t i = 0; i < dim; i++) sum[i] += by * (double)x[i];
}

/* By how much more a result scores that counts e times as much: cosines, alone
 * and with words, are some tenths apart. */
#define SPREAD 0.1

/* What scores are divided by to be like cosines: of inner products the lengths
 * of the query and of its first result. */
static double unit_of_scores(const siamese_index *index, const float *query,
                             const float *first, size_t dim)
{
    double const unit = sqrt(sm_vector_squared_length(query, dim) *
                             sm_vector_squared_length(first, dim));
    return sm_index_normalises(index) || unit == 0 ? 1 : unit;
}

/* Of all queries. */
typedef struct moving {
    const sm_search_run *run;
    size_t results;
    double weight;
    float *out;
    atomic_bool is_stale; /* a result has gone meanwhile */
} moving;

/* One query by the vectors of its results. */
static sm_status move(moving *m, size_t query, sm_rank_scratch *s)
{
    const sm_search_run *const run = m->run;
    size_t const dim = run->searcher->dim;
    const siamese_hits *const hits = run->hits;
    size_t const first = hits->offsets[query];
    size_t const count = sm_min(m->results, hits->offsets[query + 1] - first);
    const float *const scores = hits->scores + first;
    const float *const q = run->request.vectors + query * dim;
    float *const out = m->out + query * dim;
    double squares = 0, shares = 0;
    size_t found = 0;
    memcpy(out, q, dim * sizeof *out);
    if (count == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->vectors, &s->vector_capacity,
                                    (count + 1) * dim, sizeof *s->vectors));
    SM_RETURN_IF_ERROR(
        sm_rank_room(&s->sums, &s->sum_capacity, dim, sizeof *s->sums));
    SM_RETURN_IF_ERROR(sm_index_vectors_of(
        run->searcher->index, hits->rows + first, count, s->vectors, &found));
    if (found < count) {
        atomic_store(&m->is_stale, true);
        return SIAMESE_OK;
    }
    double const by =
        1 / SPREAD / unit_of_scores(run->searcher->index, q, s->vectors, dim);
    memset(s->sums, 0, dim * sizeof *s->sums);
    for (size_t i = 0; i < count; i++)
        shares += exp(by * ((double)scores[i] - scores[0]));
    for (size_t i = 0; i < count; i++)
        add_unit(s->vectors + i * dim, dim,
                 m->weight / shares * exp(by * ((double)scores[i] - scores[0])),
                 s->sums);
    add_unit(q, dim, 1, s->sums);
    for (size_t i = 0; i < dim; i++) squares += s->sums[i] * s->sums[i];
    if (squares == 0) return SIAMESE_OK;
    double const length = sqrt(sm_vector_squared_length(q, dim) / squares);
    for (size_t i = 0; i < dim; i++) out[i] = (float)(length * s->sums[i]);
    return SIAMESE_OK;
}

static sm_status move_query(void *context, size_t query)
{
    moving *const m = context;
    sm_lending *const scratches = m->run->searcher->ranker->scratches;
    sm_rank_scratch *scratch;
    SM_RETURN_IF_ERROR(sm_rank_scratch_borrow(scratches, &scratch));
    sm_status const status = move(m, query, scratch);
    sm_rank_scratch_return(scratches, scratch);
    return status;
}

sm_status sm_feedback(const sm_search_run *run, size_t results, double weight,
                      float *out, bool *found)
{
    moving m = {.run = run, .results = results, .weight = weight, .out = out};
    SM_RETURN_IF_ERROR(sm_search_each(run, move_query, &m));
    *found = !atomic_load(&m.is_stale);
    return SIAMESE_OK;
}
