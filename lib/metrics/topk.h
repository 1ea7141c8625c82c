/* topk.h: how many candidates score strictly higher than each positive: what
 * FactorizedTopK's hits are made of. */
#ifndef SM_TOPK_H
#define SM_TOPK_H

#include <stdbool.h>

#include "common/pool.h"
#include "math/kernels.h"

/* Candidates that the caller hands over at once. */
enum { SM_TOPK_CHUNK = 4096 };

/*
 * A score is one chain of multiply-adds over dim, for the positive as for the
 * candidates, so no item outranks itself by a rounding. Pairs of one query
 * share its vector: those of query q are offsets[q] .. offsets[q + 1] - 1.
 */
typedef struct sm_topk_queries {
    size_t count, dim;
    const float *vectors;   /* [count][dim] */
    const size_t *offsets;  /* [count + 1] */
    const float *positives; /* score of each pair's own item */
    uint64_t *higher; /* of each pair, added to: candidates that score more */
    uint64_t limit;   /* the largest k: from there on a pair needs no count */
} sm_topk_queries;

/* Candidates of one chunk that are worth `multiplicity` each. */
typedef struct sm_topk_run {
    size_t end; /* columns before it, and after the last run's end */
    uint64_t multiplicity;
} sm_topk_run;

typedef struct sm_topk_chunk {
    size_t count;            /* <= SM_TOPK_CHUNK */
    const float *vectors;    /* [count][dim] */
    const sm_topk_run *runs; /* the last one ends at count */
} sm_topk_chunk;

typedef struct sm_topk sm_topk;

/* Called between portions of work of some milliseconds; a failure ends it. */
typedef sm_status (*sm_topk_tick_fn)(void *context);

sm_status sm_topk_create(sm_topk **out, sm_pool *pool,
                         const sm_kernels *kernels,
                         const sm_topk_queries *queries);
void sm_topk_free(sm_topk *topk);

/* Adds a chunk's candidates to `higher`. tick may be NULL. */
sm_status sm_topk_count(sm_topk *topk, const sm_topk_chunk *chunk,
                        sm_topk_tick_fn tick, void *context);

/* Whether no pair is left to count for. */
bool sm_topk_done(const sm_topk *topk);

/* The score of one query and item vector, with the bits that count uses. */
float sm_topk_score(const sm_kernels *kernels, const float *query,
                    const float *item, size_t dim);

/* A hit at k: the positive's score is finite and fewer than k are higher. */
bool sm_topk_hit(float positive, uint64_t higher, size_t k);

#endif
