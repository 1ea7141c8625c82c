/* trainer_model.h: what a trainer learns: the towers with their optimiser
 * state, where training stands, and the best weights so far. */
#ifndef SM_TRAINER_MODEL_H
#define SM_TRAINER_MODEL_H

#include <stdbool.h>

#include "train/step_buffers.h"
#include "train/train_state.h"
#include "train/trainer_run.h"

typedef struct sm_trainer_model {
    siamese_tower *query; /* private copies */
    siamese_tower *item;  /* == query when shared */
    sm_train_state state;
    sm_step_buffers buffers;
    bool has_gradient; /* the gradients are those of the last step */
    float *best;       /* [sm_weight_count] those of the best validation, by
                             tower and parameter; NULL: none are kept */
} sm_trainer_model;

/* Copies of the towers (the same handle twice: a shared one), ready to be
 * trained; zeroed memory may be freed. */
sm_status sm_trainer_model_create(sm_trainer_model *model,
                                  const siamese_trainer_options *options,
                                  const sm_trainer_run *run,
                                  const siamese_tower *query,
                                  const siamese_tower *item);
void sm_trainer_model_free(sm_trainer_model *model);

/* The towers, each once; how many there are. */
size_t sm_trainer_model_towers(const sm_trainer_model *model,
                               siamese_tower *towers[2]);

/* A tower of this trainer, ready to be trained by this rule. */
sm_status sm_prepare_to_train(siamese_tower *tower,
                              const siamese_trainer_options *options,
                              const sm_kernels *kernels);

/* Holds the gradients of the last step without the passes that found them. */
void sm_gradients_hold(sm_trainer_model *model);

/* ---- the best weights ---- */

/* Weights of both towers. */
size_t sm_weight_count(const sm_trainer_model *model);

/* Copies them to `best`, and back. */
void sm_best_weights_keep(sm_trainer_model *model);
void sm_best_weights_restore(sm_trainer_model *model);

#endif
