/* transformer_pass.h: a training pass of a transformer over a batch, in
 * parallel over its chunks and, for the weights' gradients, over blocks of the
 * weights. */
#ifndef SM_TRANSFORMER_PASS_H
#define SM_TRANSFORMER_PASS_H

#include "common/pool.h"
#include "nn/transformer.h"

/* What forward keeps for backward, reused from batch to batch; start from
 * zeros. */
typedef struct sm_transformer_pass {
    sm_token_rows rows;
    float *vectors; /* [distinct][dim] */

    sm_dropout dropout;
    float *x, *gradient;         /* [tokens][dim] */
    float *normalised, *inverse; /* [tokens][dim], [tokens] */
    float *states;               /* of each layer: sm_block_state */
    float *norm_gradients;       /* of each chunk [2 layers + 1][2][dim] */
    float *transposed;           /* of each layer: sm_block_transpose */

    /* of each thread */
    float *rooms;
    sm_block_state *block_states; /* [threads][layers] */
    size_t room_size, rooms_capacity;

    size_t tokens_capacity, rows_capacity, chunks_capacity;
} sm_transformer_pass;

/* Fills pass->rows and pass->vectors; pass->dropout says what to drop. */
sm_status sm_transformer_pass_forward(const sm_transformer *model,
                                      sm_pool *pool, sm_transformer_pass *pass,
                                      const int32_t *ids, const size_t *offsets,
                                      size_t rows);

/* From the gradients of pass->vectors to those of the parameters. */
sm_status sm_transformer_pass_backward(const sm_transformer *model,
                                       sm_pool *pool, sm_transformer_pass *pass,
                                       const float *gradients);

void sm_transformer_pass_free(sm_transformer_pass *pass);

#endif
