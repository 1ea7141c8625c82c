/* feedback.c: queries and their first hits in, queries moved towards those
 * out. For the search request. */
#include "search/feedback.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_ids.h"
#include "index/index_vectors.h"
#include "search/rank_scratch.h"

/* At length 1; a vector of zeros stays as it is. Added up in one order. */
static void add_unit(const float *x, size_t dim, double weight, double *sum)
{
    double const squares = sm_vector_squared_length(x, dim);
    if (squares == 0) return;
    double const by = weight / sqrt(squares);
    for (size_t i = 0; i < dim; i++) sum[i] += by * (double)x[i];
}

/* The vectors of one query's results, which may have gone meanwhile. */
static sm_status move(const sm_search_run *run, sm_rank_scratch *s,
                      size_t query, size_t results, double weight, float *out)
{
    size_t const dim = run->searcher->dim;
    const siamese_hits *const hits = run->hits;
    size_t const first = hits->offsets[query];
    size_t const count = sm_min(results, hits->offsets[query + 1] - first);
    const float *const q = run->request.vectors + query * dim;
    double squares = 0;
    size_t found = 0;
    memcpy(out, q, dim * sizeof *out);
    if (count == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->vectors, &s->vector_capacity,
                                    (count + 1) * dim, sizeof *s->vectors));
    SM_RETURN_IF_ERROR(
        sm_rank_room(&s->sums, &s->sum_capacity, dim, sizeof *s->sums));
    SM_RETURN_IF_ERROR(sm_index_vectors_of(
        run->searcher->index, hits->rows + first, count, s->vectors, &found));
    if (found == 0) return SIAMESE_OK;
    memset(s->sums, 0, dim * sizeof *s->sums);
    for (size_t i = 0; i < found; i++)
        add_unit(s->vectors + i * dim, dim, weight / (double)found, s->sums);
    add_unit(q, dim, 1, s->sums);
    for (size_t i = 0; i < dim; i++) squares += s->sums[i] * s->sums[i];
    if (squares == 0) return SIAMESE_OK;
    double const by = sqrt(sm_vector_squared_length(q, dim) / squares);
    for (size_t i = 0; i < dim; i++) out[i] = (float)(by * s->sums[i]);
    return SIAMESE_OK;
}

sm_status sm_feedback(const sm_search_run *run, size_t results, double weight,
                      float *out)
{
    sm_status status = SIAMESE_OK;
    sm_lending *const scratches = run->searcher->ranker->scratches;
    sm_rank_scratch *scratch = NULL;
    SM_TRY(sm_rank_scratch_borrow(scratches, &scratch));
    for (size_t q = 0; q < run->request.count; q++)
        SM_TRY(move(run, scratch, q, results, weight,
                    out + q * run->searcher->dim));
out:
    sm_rank_scratch_return(scratches, scratch);
    return status;
}
