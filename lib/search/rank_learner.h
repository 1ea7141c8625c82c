/*
 * rank_learner.h: a linear ranker from queries of which it is known what they
 * are to find, by the listwise loss of listwise.h.
 *
 * Its ridge is around the fixed ranker, so that the fewer queries there are,
 * the more the learned one is like that: 7 / Q of Q queries or, of fewer than
 * 540, 3780 / Q^2. Queries that the towers were trained on
 * are of no use: their cosines are better than those of any other query.
 */
#ifndef SM_RANK_LEARNER_H
#define SM_RANK_LEARNER_H

#include "search/linear_ranker.h"

typedef struct sm_rank_lists {
    const float *features; /* [rows][SM_FEATURES] */
    const float *gains;    /* [rows]; 0: not relevant */
    const size_t *offsets; /* [count + 1]: rows of each query */
    size_t count;
} sm_rank_lists;

/* maxsim_weight: of the fixed ranker. ranker->queries is how many lists taught
 * something; 0, and the fixed ranker, if none did. */
sm_status sm_rank_learn(const sm_rank_lists *lists, double maxsim_weight,
                        sm_linear_ranker *ranker);

/*
 * The same of too few queries to learn a weight of each feature: cosine, and of
 * the fixed weight of maxsim the whole, a half, a quarter or nothing. Less than
 * the whole is taken where it raises the mean reciprocal rank of the first ten
 * by more than one and a half standard errors of that difference: words help in
 * nearly every collection. ranker->queries is 0 where the fixed ranker stays.
 */
sm_status sm_rank_choose(const sm_rank_lists *lists, double maxsim_weight,
                         sm_linear_ranker *ranker);

#endif
