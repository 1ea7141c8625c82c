/* token_pooling.c: a row's token vectors in, one vector out, and the gradients
 * back. For transformer. */
#include "nn/token_pooling.h"

#include <string.h>

/* ---- forward ---- */

static void highest(size_t tokens, size_t dim, const float *x, float *vector)
{
    memcpy(vector, x, dim * sizeof *vector);
    for (size_t t = 1; t < tokens; t++)
        for (size_t j = 0; j < dim; j++)
            if (x[t * dim + j] > vector[j]) vector[j] = x[t * dim + j];
}

void sm_token_pooling_forward(const sm_kernels *kernels, int32_t pooling,
                              size_t tokens, size_t dim, const float *x,
                              float *vector)
{
    memset(vector, 0, dim * sizeof *vector);
    if (tokens == 0) return;
    if (pooling == SIAMESE_POOLING_CLS) {
        memcpy(vector, x, dim * sizeof *vector);
    } else if (pooling == SIAMESE_POOLING_MAX) {
        highest(tokens, dim, x, vector);
    } else {
        for (size_t t = 0; t < tokens; t++)
            kernels->add(dim, x + t * dim, vector);
        kernels->scale(dim, 1 / (float)tokens, vector);
    }
}

/* ---- backward ---- */

static void to_highest(size_t tokens, size_t dim, const float *x,
                       const float *gradient, float *x_gradient)
{
    for (size_t j = 0; j < dim; j++) {
        size_t first = 0;
        for (size_t t = 1; t < tokens; t++)
            if (x[t * dim + j] > x[first * dim + j]) first = t;
        x_gradient[first * dim + j] = gradient[j];
    }
}

void sm_token_pooling_backward(int32_t pooling, size_t tokens, size_t dim,
                               const float *x, const float *gradient,
                               float *x_gradient)
{
    if (tokens == 0) return;
    memset(x_gradient, 0, tokens * dim * sizeof *x_gradient);
    if (pooling == SIAMESE_POOLING_CLS) {
        memcpy(x_gradient, gradient, dim * sizeof *gradient);
    } else if (pooling == SIAMESE_POOLING_MAX) {
        to_highest(tokens, dim, x, gradient, x_gradient);
    } else {
        float const share = 1 / (float)tokens;
        for (size_t t = 0; t < tokens; t++)
            for (size_t j = 0; j < dim; j++)
                x_gradient[t * dim + j] = gradient[j] * share;
    }
}
