/* model_build.h: what a model trains: vocabularies, towers and trainer, made of
 * what was added, or grown by it. During a run. */
#ifndef SM_MODEL_BUILD_H
#define SM_MODEL_BUILD_H

#include "model/model_handle.h"

/* What is missing is made, and all that was added goes to the trainer. */
sm_status sm_model_build_trainer(siamese_model *model);

/* New texts into the vocabularies of the trainer. */
sm_status sm_model_grow_trainer(siamese_model *model, size_t max_tokens);

#endif
