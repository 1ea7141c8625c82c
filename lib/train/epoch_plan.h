/* epoch_plan.h: how many pairs, steps and epochs there are, by the options and
 * by the number of pairs. */
#ifndef SM_EPOCH_PLAN_H
#define SM_EPOCH_PLAN_H

#include <stdbool.h>

#include "common/status.h"

/* Pairs a step of epochs of so many pairs. */
size_t sm_batch_size(const siamese_trainer_options *options, size_t pairs);

/* Steps of an epoch of so many pairs. */
size_t sm_epoch_steps(const siamese_trainer_options *options, size_t pairs);

/* Epochs of so many pairs in all: `epochs`, or more if min_steps needs more. */
size_t sm_epoch_count(const siamese_trainer_options *options, size_t pairs);

/* Steps that the schedule of the learning rate takes, with epochs of so many
 * pairs. */
uint64_t sm_schedule_steps(const siamese_trainer_options *options,
                           size_t pairs);

/* Whether an epoch of so many pairs that begins after `steps` has mined
 * negatives. */
bool sm_epoch_mines(const siamese_trainer_options *options, size_t pairs,
                    uint64_t steps);

/* Whether max_steps have been done. */
bool sm_has_enough_steps(const siamese_trainer_options *options,
                         uint64_t steps);

#endif
