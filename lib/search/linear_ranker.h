/*
 * linear_ranker.h: a score that is a sum of weighted features, and how sure a
 * score is.
 *
 *   score      = sum_f w_f x_f
 *   confidence = 1 / (1 + exp(-(slope score + intercept)))
 *
 * Fixed by a weight of maxsim, or learned (rank_learner.h).
 */
#ifndef SM_LINEAR_RANKER_H
#define SM_LINEAR_RANKER_H

#include "common/stream.h"
#include "search/rank_features.h"

typedef struct sm_linear_ranker {
    float weights[SM_FEATURES];
    float slope, intercept;
    uint64_t queries; /* that it was learned from; 0: it is fixed */
} sm_linear_ranker;

/* cosine + maxsim_weight maxsim. */
sm_linear_ranker sm_linear_fixed(double maxsim_weight);

/* Of features[SM_FEATURES]. */
float sm_linear_score(const sm_linear_ranker *ranker, const float *features);

/* Of one that was learned. */
float sm_linear_confidence(const sm_linear_ranker *ranker, float score);

/* To and from a section: weights by the names of their features, and of one
 * that is not learned only that.
 * SIAMESE_E_VERSION for a feature that this version does not know. */
sm_status sm_linear_write(const sm_linear_ranker *ranker, sm_writer *writer);
sm_status sm_linear_read(sm_linear_ranker *ranker, sm_reader *reader);

#endif
