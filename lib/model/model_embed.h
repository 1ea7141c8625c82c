/* model_embed.h: all items of a model by new towers, and searches that find
 * them. During a run. */
#ifndef SM_MODEL_EMBED_H
#define SM_MODEL_EMBED_H

#include "model/model_run.h"

/* SIAMESE_E_ARGUMENT if the option nlist asks for more lists than the model has
 * items. Before a run that a host asked for; where fewer are left at its end,
 * or in a file, the index has one list. */
sm_status sm_model_check_lists(const siamese_model *model);

/* Puts a generation of these towers in place; step: of the trainer. */
sm_status sm_model_embed(sm_model_run *run, siamese_tower *query,
                         siamese_tower *item, uint64_t step);

#endif
