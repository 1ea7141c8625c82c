/*
 * transformer_block.h: one block of a transformer over one chunk of rows:
 *
 *   post-norm  x = norm1(x + dropout(attention(x)))
 *              x = norm2(x + dropout(feed_forward(x)))
 *   pre-norm   x = x + dropout(attention(norm1(x)))
 *              x = x + dropout(feed_forward(norm2(x)))
 *
 *   attention(x)    = heads(x Wq + bq, x Wk + bk, x Wv + bv) Wo + bo
 *   feed_forward(x) = f(x W1 + b1) W2 + b2
 */
#ifndef SM_TRANSFORMER_BLOCK_H
#define SM_TRANSFORMER_BLOCK_H

#include <stdbool.h>

#include "math/kernels.h"
#include "nn/dropout.h"
#include "nn/matrix.h"
#include "nn/parameter_list.h"
#include "nn/token_rows.h"

/* The linear layers of a block; y = x W + b, W [in][out]. */
enum {
    SM_LINEAR_QUERY,
    SM_LINEAR_KEY,
    SM_LINEAR_VALUE,
    SM_LINEAR_OUTPUT, /* of the attention */
    SM_LINEAR_HIDDEN, /* of the feed-forward layer: W1 */
    SM_LINEAR_RESULT, /* W2 */
    SM_LINEARS
};

typedef struct sm_linear {
    sm_parameter *kernel, *bias; /* [in][out], [out] */
    sm_matrix matrix;            /* the kernel's */
} sm_linear;

typedef struct sm_norm {
    sm_parameter *gamma, *beta; /* [dim] */
} sm_norm;

typedef struct sm_block {
    sm_linear linear[SM_LINEARS];
    sm_norm norm[2]; /* of the attention, of the feed-forward layer */
} sm_block;

typedef struct sm_block_shape {
    size_t dim, heads, feed_forward;
    int32_t activation;
    bool norm_first;
    float epsilon;
} sm_block_shape;

/* After the parameters' values, or the kernels, changed. Start from zeros. */
void sm_block_update(const sm_block_shape *shape, const sm_kernels *kernels,
                     sm_block *block);
void sm_block_free(sm_block *block);

/* Inputs and outputs of a linear layer. */
size_t sm_linear_inputs(const sm_block_shape *shape, int linear);
size_t sm_linear_outputs(const sm_block_shape *shape, int linear);

/* What a block keeps of a chunk, [tokens][width] each. The second group is of
 * training alone. */
typedef struct sm_block_state {
    float *attention_in;        /* what q, k and v are products of [dim] */
    float *query, *key, *value; /* backward: their gradients [dim] */
    float *context;             /* of all heads [dim] */
    float *feed_in;             /* [dim] */
    float *hidden;              /* x W1 + b1; backward: its gradient [ff] */
    float *active;              /* f of it [ff] */

    float *normalised[2], *inverse[2]; /* of the norms [dim], [1] */
    float *output_gradient;            /* of the attention's output [dim] */
    float *result_gradient;            /* of the feed-forward's [dim] */
} sm_block_state;

/* Floats a token. */
size_t sm_block_state_size(const sm_block_shape *shape, bool training);

/* The state at token `first` of memory for `tokens`. */
sm_block_state sm_block_state_place(const sm_block_shape *shape, bool training,
                                    float *memory, size_t tokens, size_t first);

/* The input x and the output's gradient of a linear layer: dW = x^T dy. */
void sm_block_linear_pair(const sm_block_state *state, int linear,
                          const float **input, const float **gradient);

/* All kernels of a block transposed, [out][in] one after the other. */
size_t sm_block_transposed_size(const sm_block_shape *shape);
void sm_block_transpose(const sm_block_shape *shape, const sm_block *block,
                        float *transposed);

typedef struct sm_block_run {
    const sm_kernels *kernels;
    const sm_block_shape *shape;
    const sm_block *block;
    const sm_token_chunk *chunk;
    const sm_dropout *dropout; /* NULL: none */
    uint64_t place;            /* of the dropout: SM_BLOCK_PLACES from here */
    float *room;               /* sm_block_room */
} sm_block_run;

/* Places of dropout in a block: output, result, and one a head. */
static inline uint64_t sm_block_places(const sm_block_shape *shape)
{
    return 2 + (uint64_t)shape->heads;
}

/* Floats of room; false on overflow. */
bool sm_block_room(const sm_block_shape *shape, size_t chunk_tokens,
                   size_t longest, size_t *floats);

/* Dropout of x[tokens][dim] of a chunk, row by row. */
void sm_chunk_dropout(const sm_dropout *dropout, uint64_t place,
                      const sm_token_chunk *chunk, size_t dim, float *x);

/* x[tokens][dim] becomes the block's output. */
void sm_block_forward(const sm_block_run *run, const sm_block_state *state,
                      float *x);

/* gradient, of the output, becomes that of the input; norm_gradients
 * [2][2][dim], gamma and beta of each norm, are added to. */
void sm_block_backward(const sm_block_run *run, const sm_block_state *state,
                       const float *transposed, float *gradient,
                       float *norm_gradients);

#endif
