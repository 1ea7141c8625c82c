/* epoch_plan.h: how many pairs, steps and epochs there are, by the options and by
 * what a trainer has been given. */
#ifndef SM_EPOCH_PLAN_H
#define SM_EPOCH_PLAN_H

#include "common/status.h"

/* What the option batch_size 0 stands for in epochs of so many pairs. */
size_t sm_batch_size_for(size_t pairs);

/* Pairs a step of epochs of so many pairs. */
size_t sm_trainer_batch_size(const siamese_trainer *trainer, size_t pairs);

/* Steps of an epoch of so many pairs. */
size_t sm_trainer_epoch_steps(const siamese_trainer *trainer, size_t pairs);

/* Pairs, given and made, of an epoch that begins now. */
size_t sm_trainer_next_pairs(const siamese_trainer *trainer);

/* The same of the running epoch, or, while none is, of the next one. */
size_t sm_trainer_epoch_pairs(const siamese_trainer *trainer);

/* Epochs in all: `epochs`, or more if min_steps needs more. */
size_t sm_trainer_epochs(const siamese_trainer *trainer);

/* Steps that the schedule of the learning rate takes. */
uint64_t sm_trainer_schedule_steps(const siamese_trainer *trainer);

/* Whether an epoch that begins now has mined negatives. */
int sm_trainer_mines(const siamese_trainer *trainer);

/* Whether max_steps have been done. */
int sm_trainer_has_enough(const siamese_trainer *trainer);

/* Brings the lists of items that pairs are made of, and that negatives are mined
 * from, up to date. */
sm_status sm_trainer_prepare(siamese_trainer *trainer);

#endif
