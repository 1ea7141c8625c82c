/*
 * token_pooling.h: one vector of the vectors of a row's real tokens. A row
 * without any gives zeros.
 *
 *   mean  v = 1/n sum_t x_t
 *   cls   v = x_0, of the first token, as BERT's [CLS]
 *   max   v_j = max_t x_tj
 */
#ifndef SM_TOKEN_POOLING_H
#define SM_TOKEN_POOLING_H

#include "nn/encoder.h"

/* x[tokens][dim] to vector[dim], by one of the poolings above */
void sm_token_pooling_forward(const sm_kernels *kernels, int32_t pooling,
                              size_t tokens, size_t dim, const float *x,
                              float *vector);

/* From the vector's gradient to x_gradient[tokens][dim]; the first of equal
 * maxima takes it all. */
void sm_token_pooling_backward(int32_t pooling, size_t tokens, size_t dim,
                               const float *x, const float *gradient,
                               float *x_gradient);

#endif
