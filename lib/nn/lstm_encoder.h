/* lstm_encoder.h: the bidirectional LSTM as an encoder of the tower. */
#ifndef SM_LSTM_ENCODER_H
#define SM_LSTM_ENCODER_H

#include "nn/encoder.h"

extern const sm_encoder_type sm_lstm_encoder_type;

#endif
