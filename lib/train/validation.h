/* validation.h: figures over pairs that training does not see, when they end
 * it, and the weights that had the best ones. */
#ifndef SM_VALIDATION_H
#define SM_VALIDATION_H

#include <stdbool.h>

#include "metrics/topk_accuracy.h"
#include "train/trainer_data.h"
#include "train/trainer_model.h"

/* SIAMESE_E_STATE if the state wants pairs that were not given. */
sm_status sm_validation_check(const siamese_trainer_options *options,
                              const sm_trainer_data *data,
                              const sm_validation_state *state);

/* Whether a validation is to be made before training goes on. */
bool sm_validation_due(const siamese_trainer_options *options,
                       const sm_trainer_data *data,
                       const sm_train_state *state);

/*
 * Figures of the weights as they are, and the best weights if they are better;
 * the evaluation says how. *says_nothing: no query told its candidates apart.
 */
sm_status sm_validation_run(const siamese_trainer_options *options,
                            sm_trainer_run *run, const sm_trainer_data *data,
                            sm_trainer_model *model,
                            const sm_topk_accuracy_run *evaluation,
                            bool *says_nothing);

/* Whether patience is at its end. */
bool sm_validation_stops(const siamese_trainer_options *options,
                         const sm_validation_state *state);

/* The weights of the best validation, if they are kept, to the towers. */
void sm_validation_restore(const siamese_trainer_options *options,
                           sm_trainer_run *run, sm_trainer_model *model);

#endif
