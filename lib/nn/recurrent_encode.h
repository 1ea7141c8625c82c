/* recurrent_encode.h: vectors by a recurrent encoder without training, on one
 * thread; what sm_encoder_type asks for. */
#ifndef SM_RECURRENT_ENCODE_H
#define SM_RECURRENT_ENCODE_H

#include "nn/encoder.h"

sm_status sm_recurrent_scratch_create(sm_encoder_scratch **out);
void sm_recurrent_scratch_free(sm_encoder_scratch *scratch);
sm_status sm_recurrent_encode(const sm_encoder *encoder,
                              sm_encoder_scratch *scratch, const int32_t *ids,
                              const size_t *offsets, size_t rows, float *out);

#endif
