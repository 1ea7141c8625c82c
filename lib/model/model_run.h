/* model_run.h: a run of a model, a training, a growth or a rebuild: who may
 * begin one, what is told of it, and how it is cancelled. */
#ifndef SM_MODEL_RUN_H
#define SM_MODEL_RUN_H

#include "model/model_handle.h"

/* What a run tells, and whether it is to end. */
typedef struct sm_model_run {
    siamese_model *model;
    siamese_progress_fn progress;
    void *user;
    siamese_progress last; /* that was told */
} sm_model_run;

/* While a run is on, none but it changes what the model learns from. */
sm_status sm_model_begin_run(siamese_model *model);
void sm_model_end_run(siamese_model *model);

/* SIAMESE_E_CANCELLED if a cancel came. */
sm_status sm_model_check_cancel(const siamese_model *model);

/* That a share of a stage, SIAMESE_STAGE_*, is done; SIAMESE_E_CANCELLED if the
 * run is to end. */
sm_status sm_model_tell(sm_model_run *run, int32_t stage, double done);

/* The trainer's part of a run. */
sm_status sm_model_fit(sm_model_run *run);

/* A first model's training, before that: it is SM_FIRST_FITTED of the stage
 * RANK. */
#define SM_FIRST_FITTED 0.75
sm_status sm_model_fit_first(sm_model_run *run, siamese_trainer *trainer);

#endif
