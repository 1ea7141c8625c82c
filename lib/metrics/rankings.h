/* rankings.h: the rank of each judged item in a ready ranking. */
#ifndef SM_RANKINGS_H
#define SM_RANKINGS_H

#include "metrics/judgements.h"

/* The same by ready rankings. */
sm_status sm_ranks_by_rankings(const siamese_evaluator_options *options,
                               sm_judgements *judgements,
                               const siamese_rankings *user);

#endif
