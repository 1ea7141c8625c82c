/* trainer_progress.h: what a host is told of a trainer. */
#ifndef SM_TRAINER_PROGRESS_H
#define SM_TRAINER_PROGRESS_H

#include "train/trainer_data.h"

/* The figures of state and timing, in stage TRAIN, while the run is paused. */
void sm_trainer_fill_progress(const siamese_trainer_options *options,
                              const sm_trainer_data *data,
                              const sm_train_state *state,
                              const sm_train_timing *timing,
                              siamese_progress *progress);

#endif
