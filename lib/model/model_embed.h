/* model_embed.h: all items of a model by new towers, and searches that find
 * them. During a run. */
#ifndef SM_MODEL_EMBED_H
#define SM_MODEL_EMBED_H

#include "model/model_run.h"

/* Puts a generation of these towers in place; step: of the trainer. */
sm_status sm_model_embed(sm_model_run *run, siamese_tower *query,
                         siamese_tower *item, uint64_t step);

#endif
