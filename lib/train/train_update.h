/* train_update.h: the update that ends a training step. */
#ifndef SM_TRAIN_UPDATE_H
#define SM_TRAIN_UPDATE_H

#include "train/batch_gradients.h"

/* The weights by the gradients of the model, and the counters with them; it
 * cannot fail. in_epoch: a step of fit's own order. */
void sm_train_update(const siamese_trainer_options *options,
                     sm_trainer_run *run, sm_trainer_data *data,
                     sm_trainer_model *model, const sm_step_result *result,
                     int in_epoch);

#endif
