/* attention.c: q, k and v of a row's tokens in, their mixture out, and the
 * gradients back. For transformer_block. */
#include "nn/attention.h"

#include <math.h>
#include <string.h>

#include "common/size.h"

bool sm_attention_room(size_t dim, size_t heads, size_t tokens, size_t *floats)
{
    size_t squares, strips, all;
    return sm_size_multiply(2 * tokens, tokens, &squares) &&
           sm_size_multiply(2 * tokens, dim / heads, &strips) &&
           sm_size_add(squares, strips, &all) && sm_size_add(all, 32, floats);
}

/* [tokens][head dim], rows dim apart, to [head dim][tokens] */
static void transpose_head(size_t tokens, size_t width, size_t dim,
                           const float *from, float *to)
{
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < width; j++)
            to[j * tokens + t] = from[t * dim + j];
}

/* weights[tokens][tokens] = softmax(q k^T / sqrt(head dim)) of one head */
static void attention_weights(const sm_attention *a, size_t tokens,
                              const float *query, const float *key,
                              float *transposed, float *weights)
{
    size_t const dim = a->dim, width = dim / a->heads;
    transpose_head(tokens, width, dim, key, transposed);
    a->kernels->gemm(tokens, tokens, width, query, dim, 1, transposed, tokens,
                     weights, tokens);
    a->kernels->softmax(tokens, tokens, 1 / sqrtf((float)width), weights);
}

static void drop(const sm_attention *a, size_t head, size_t tokens,
                 float *weights)
{
    if (a->dropout)
        sm_dropout_apply(a->dropout, a->place + head, a->row, tokens * tokens,
                         weights);
}

void sm_attention_forward(const sm_attention *a, size_t tokens,
                          const float *query, const float *key,
                          const float *value, float *context, float *room)
{
    size_t const dim = a->dim, width = dim / a->heads;
    float *const weights = room, *const strip = room + 2 * tokens * tokens;
    for (size_t h = 0; h < a->heads; h++) {
        size_t const at = h * width;
        attention_weights(a, tokens, query + at, key + at, strip, weights);
        drop(a, h, tokens, weights);
        a->kernels->gemm(tokens, width, tokens, weights, tokens, 1, value + at,
                         dim, context + at, dim);
    }
}

/*
 * With d = dropout(p): dd = dc v^T, dv = d^T dc; dp = dropout(dd), s = q k^T /
 * sqrt(head dim), ds = p (dp - sum p dp) / sqrt(head dim); dq = ds k, dk = ds^T
 * q.
 */
void sm_attention_backward(const sm_attention *a, size_t tokens,
                           const float *context_gradient, float *query,
                           float *key, float *value, float *room)
{
    const sm_kernels *const kernels = a->kernels;
    size_t const dim = a->dim, width = dim / a->heads;
    size_t const square = tokens * tokens;
    float *const weights = room, *const other = room + square;
    float *const strip = other + square, *const dq = strip + tokens * width;
    for (size_t h = 0; h < a->heads; h++) {
        float *const q = query + h * width, *const k = key + h * width;
        float *const v = value + h * width;
        const float *const dc = context_gradient + h * width;
        attention_weights(a, tokens, q, k, strip, weights);
        transpose_head(tokens, width, dim, v, strip);
        memcpy(other, weights, square * sizeof *other);
        drop(a, h, tokens, other);
        kernels->gemm(tokens, width, tokens, other, 1, tokens, dc, dim, v, dim);
        kernels->gemm(tokens, tokens, width, dc, dim, 1, strip, tokens, other,
                      tokens);
        drop(a, h, tokens, other);
        kernels->softmax_gradient(tokens, tokens, 1 / sqrtf((float)width),
                                  weights, other);
        kernels->gemm(tokens, width, tokens, other, tokens, 1, k, dim, dq,
                      width);
        kernels->gemm(tokens, width, tokens, other, 1, tokens, q, dim, k, dim);
        for (size_t t = 0; t < tokens; t++)
            memcpy(q + t * dim, dq + t * width, width * sizeof *q);
    }
}
