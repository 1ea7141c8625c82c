/* trainer_grow.h: a trainer that goes on with a grown vocabulary: weights and
 * optimiser state of the old rows stay. */
#ifndef SM_TRAINER_GROW_H
#define SM_TRAINER_GROW_H

#include "train/trainer_handle.h"

/* siamese_trainer_grow of a trainer that is in no run; whole or not at all. */
sm_status sm_trainer_grow(siamese_trainer *trainer, int32_t side, size_t field,
                          const siamese_vocab *vocab);

#endif
