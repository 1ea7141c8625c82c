/*
 * transformer.h: a transformer's parameters, and the vectors of one chunk of
 * rows (Vaswani et al. 2017; post-norm as BERT, Devlin et al. 2019, has it, or
 * pre-norm, Xiong et al. 2020).
 *
 *   post-norm  x = dropout(norm(tok + pos)), blocks
 *   pre-norm   x = dropout(tok + pos), blocks, x = norm(x)
 *
 * then the pooling over a row's real tokens.
 */
#ifndef SM_TRANSFORMER_H
#define SM_TRANSFORMER_H

#include <stdbool.h>

#include "nn/dropout.h"
#include "nn/parameter_list.h"
#include "nn/token_rows.h"
#include "nn/transformer_block.h"

typedef struct sm_transformer_options {
    size_t table, length;      /* ids are below table, positions below length */
    size_t dim, heads, layers; /* heads divides dim */
    size_t feed_forward;       /* width of the hidden layer */
    int32_t activation;        /* SIAMESE_ACTIVATION_* */
    bool norm_first;           /* pre-norm */
    int32_t pooling;           /* SIAMESE_POOLING_* */
    double dropout;
    double epsilon;          /* of the layer norms */
    double embedding_stddev; /* at the start; 0: 0.02 */
} sm_transformer_options;

typedef struct sm_transformer {
    sm_transformer_options options;
    sm_block_shape shape;
    const sm_kernels *kernels;
    sm_parameter *embedding;          /* [table][dim] */
    sm_parameter *position_embedding; /* [length][dim] */
    sm_norm norm;                     /* of the embeddings, or the last one */
    sm_block *blocks;                 /* [layers] */
} sm_transformer;

/* Adds the parameters, all zero, to the list. */
sm_status sm_transformer_create(sm_transformer *model, sm_parameters *list,
                                const sm_transformer_options *options);
void sm_transformer_free(sm_transformer *model);

/* After the parameters' values, or the kernels, changed. */
void sm_transformer_update(sm_transformer *model, const sm_kernels *kernels);

/* Embeddings from N(0, 0.02^2) as BERT's, kernels Glorot uniform as PyTorch's
 * nn.Transformer, biases and beta 0, gamma 1. */
void sm_transformer_initialise(sm_transformer *model, uint64_t seed);

/*
 * The memory that a chunk works on. In a pass each layer has its own states and
 * forward keeps what backward needs; in encode all layers share one.
 */
typedef struct sm_transformer_run {
    const sm_transformer *model;
    const sm_token_rows *rows;
    sm_token_chunk chunk;
    const sm_dropout *dropout; /* NULL: none */
    float *x;                  /* [tokens][dim] of the chunk */
    float *room;               /* of one thread: sm_transformer_room */
    /* in a pass: */
    float *normalised, *inverse; /* of the norm: [tokens][dim], [tokens] */
    float *gradient;             /* [tokens][dim]: becomes that of tok + pos */
    float *norm_gradients;       /* [2 layers + 1][2][dim]: gammas, betas */
    const float *transposed;     /* [layers]: sm_block_transpose */
} sm_transformer_run;

/* Floats of room for these rows; false on overflow. */
bool sm_transformer_room(const sm_transformer *model, const sm_token_rows *rows,
                         size_t *floats);

/* states[layers]; vectors[rows of the chunk][dim] */
void sm_transformer_forward(const sm_transformer_run *run,
                            const sm_block_state *states, float *vectors);

/* From the vectors' gradients to run->gradient, to norm_gradients and, in the
 * states, to the gradients of each linear layer's output. */
void sm_transformer_backward(const sm_transformer_run *run,
                             const sm_block_state *states,
                             const float *vector_gradients);

#endif
