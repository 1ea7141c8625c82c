/* validation_state.h: the validation's figures and best weights to and from a
 * trainer's section. */
#ifndef SM_VALIDATION_STATE_H
#define SM_VALIDATION_STATE_H

#include "common/stream.h"
#include "train/trainer_model.h"

sm_status sm_validation_write(const sm_trainer_model *model,
                              const siamese_trainer_options *options,
                              sm_writer *writer);

/* version: of the section, 2 to 4. */
sm_status sm_validation_read(sm_trainer_model *model,
                             const siamese_trainer_options *options,
                             sm_reader *reader, uint32_t version);

#endif
