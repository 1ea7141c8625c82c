/* encoder_types.h: the kinds of encoders that there are, by the option
 * `encoder` of towers; what makes one of a kind is its sm_encoder_type. */
#ifndef SM_ENCODER_TYPES_H
#define SM_ENCODER_TYPES_H

#include <stdbool.h>

#include "nn/encoder.h"

/* Whether rows of this SIAMESE_ENCODER_* need no fixed length. */
bool sm_encoder_any_length(int32_t kind);

/* An encoder of config->kind, its parameters added to the list. */
sm_status sm_encoder_create(sm_encoder **out, sm_parameters *list,
                            const sm_encoder_config *config);

#endif
