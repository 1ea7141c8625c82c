/* bag_train.h: the way through a bag from a batch's ids to its vectors, in
 * parallel over texts and runs; what sm_encoder_type asks for. */
#ifndef SM_BAG_TRAIN_H
#define SM_BAG_TRAIN_H

#include "nn/encoder.h"

/* All but the pass's type. */
sm_status sm_bag_pass_create(sm_encoder_pass **out);
void sm_bag_pass_free(sm_encoder_pass *pass);
sm_status sm_bag_pass_forward(const sm_encoder *encoder, sm_pool *pool,
                              sm_encoder_pass *pass, const int32_t *ids,
                              const size_t *offsets, size_t rows);

#endif
