/* transformer_encoder.h: the transformer as an encoder of the tower. */
#ifndef SM_TRANSFORMER_ENCODER_H
#define SM_TRANSFORMER_ENCODER_H

#include "nn/encoder.h"

extern const sm_encoder_type sm_transformer_encoder_type;

#endif
