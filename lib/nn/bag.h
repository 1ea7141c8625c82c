/*
 * bag.h: the encoder that sums up a text as the bag of its tokens' embeddings.
 *
 *   sum       v = sum_i e(x_i)
 *   mean      v = 1/n sum_i e(x_i)          Keras's GlobalAveragePooling1D
 *   weighted  v = 1/n sum_i w(x_i) e(x_i)   w: one learned number a token, 1 at
 *             the start; Arora, Liang and Ma 2017 fix it by a token's frequency
 *
 * With mask_zero ids 0 do not count. Without it a text is padded with id 0 to
 * the length, if there is one, and pads count as tokens. A text without tokens
 * is 0.
 */
#ifndef SM_BAG_H
#define SM_BAG_H

#include "nn/encoder.h"

extern const sm_encoder_type sm_bag_type;

#endif
