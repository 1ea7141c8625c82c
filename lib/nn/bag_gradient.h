/* bag_gradient.h: the way back through a training pass of a bag; what
 * sm_encoder_type asks for. */
#ifndef SM_BAG_GRADIENT_H
#define SM_BAG_GRADIENT_H

#include "nn/encoder.h"

/*
 * Where the embedding's rows are read once, and are finite for sure, they are
 * left to be made from the pass when they are read.
 */
sm_status sm_bag_pass_backward(const sm_encoder *encoder, sm_pool *pool,
                               sm_encoder_pass *pass, const float *gradients);

#endif
