/*
 * attention.h: multi-head self-attention (Vaswani et al. 2017) of the tokens of
 * one row among each other. Of head h, with the columns of q, k and v that are
 * its own:
 *
 *   p = softmax(q k^T / sqrt(head dim)),  c = dropout(p) v
 *
 * Rows hold real tokens alone, so no mask is needed: a pad is attended by none.
 */
#ifndef SM_ATTENTION_H
#define SM_ATTENTION_H

#include <stdbool.h>

#include "math/kernels.h"
#include "nn/dropout.h"

typedef struct sm_attention {
    const sm_kernels *kernels;
    size_t dim, heads;         /* heads divides dim */
    const sm_dropout *dropout; /* of p; NULL: none */
    uint64_t place, row;       /* for the dropout; head h is at place + h */
} sm_attention;

/* Floats of room for rows of at most `tokens`; false on overflow. */
bool sm_attention_room(size_t dim, size_t heads, size_t tokens, size_t *floats);

/* All are [tokens][dim]. */
void sm_attention_forward(const sm_attention *a, size_t tokens,
                          const float *query, const float *key,
                          const float *value, float *context, float *room);

/* From dc to dq, dk and dv, which take the places of q, k and v. */
void sm_attention_backward(const sm_attention *a, size_t tokens,
                           const float *context_gradient, float *query,
                           float *key, float *value, float *room);

#endif
