/* recurrent_train.h: a training pass of a recurrent encoder, in parallel over
 * chunks; what sm_encoder_type asks for. */
#ifndef SM_RECURRENT_TRAIN_H
#define SM_RECURRENT_TRAIN_H

#include "nn/encoder.h"

sm_status sm_recurrent_pass_create(sm_encoder_pass **out);
void sm_recurrent_pass_free(sm_encoder_pass *pass);
sm_status sm_recurrent_pass_forward(const sm_encoder *encoder, sm_pool *pool,
                                    sm_encoder_pass *pass, const int32_t *ids,
                                    const size_t *offsets, size_t rows);
sm_status sm_recurrent_pass_backward(const sm_encoder *encoder, sm_pool *pool,
                                     sm_encoder_pass *pass,
                                     const float *gradients);

#endif
