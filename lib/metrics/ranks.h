/* ranks.h: the rank of each judged item of a query among all items, by vectors
 * or by a ready ranking. */
#ifndef SM_RANKS_H
#define SM_RANKS_H

#include "common/pool.h"
#include "math/kernels.h"
#include "metrics/judgements.h"

/*
 * By vectors: an item's rank is one more than the ids whose best row stands
 * before its own, counted while the items stream by in tiles. No list of
 * results is kept, so the memory does not depend on how deep the ranks go.
 */
typedef struct sm_rank_search {
    sm_pool *pool;
    const sm_kernels *kernels;
    const siamese_evaluator_options *options;
    uint64_t limit; /* a rank behind it is left 0 */
} sm_rank_search;

/* The rank of every judgement that is relevant or has a gain. */
sm_status sm_ranks_by_vectors(const sm_rank_search *search,
                              sm_judgements *judgements,
                              const siamese_vectors *user);

#endif
