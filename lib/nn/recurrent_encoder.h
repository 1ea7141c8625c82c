/* recurrent_encoder.h: the LSTM and GRU as an encoder of the tower. */
#ifndef SM_RECURRENT_ENCODER_H
#define SM_RECURRENT_ENCODER_H

#include "nn/encoder.h"

extern const sm_encoder_type sm_recurrent_type;

#endif
