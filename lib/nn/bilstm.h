/*
 * bilstm.h: the encoder Embedding -> Bidirectional(LSTM) of token rows, the two
 * directions' last states side by side: [forward, backward], as Keras 2.15 has it
 * without masking.
 */
#ifndef SM_BILSTM_H
#define SM_BILSTM_H

#include "common/pool.h"
#include "nn/lstm.h"
#include "nn/sequences.h"

typedef struct sm_bilstm {
    size_t table, inputs, units, length; /* rows of the embedding, E, u, T */
    sm_parameter *embedding;             /* [table][inputs] */
    struct {
        sm_parameter *kernel;    /* [inputs][4 units] */
        sm_parameter *recurrent; /* [units][4 units] */
        sm_parameter *bias;      /* [4 units] */
    } direction[2];              /* forward, backward */
    /* derived from the parameters by sm_bilstm_update */
    sm_lstm_weights weights[2];
    const sm_kernels *kernels;
} sm_bilstm;

/* Adds its parameters, all zero, to the list. */
sm_status sm_bilstm_create(sm_bilstm *model, sm_parameters *list, size_t table,
                           size_t inputs, size_t units, size_t length);
void sm_bilstm_free(sm_bilstm *model);

/* Initial values as Keras has them, from the seed. */
sm_status sm_bilstm_initialise(sm_bilstm *model, uint64_t seed);

/* After the parameters' values, or the kernels, changed. */
void sm_bilstm_update(sm_bilstm *model, const sm_kernels *kernels);

/* ---- encoding ---- */

/* Scratch of one thread, reused from call to call; start from zeros. */
typedef struct sm_bilstm_scratch {
    sm_sequences sequences;
    float *inputs, *projected[2], *vectors;
    sm_lstm_states states; /* of one chunk, one direction after the other */
    size_t tokens_capacity, vectors_capacity;
} sm_bilstm_scratch;

/*
 * Vectors of rows ids[offsets[r]] .. ids[offsets[r + 1] - 1] into
 * out[rows][2 units], on the caller's thread.
 */
sm_status sm_bilstm_encode(const sm_bilstm *model, sm_bilstm_scratch *scratch,
                           const int32_t *ids, const size_t *offsets,
                           size_t rows, float *out);
void sm_bilstm_scratch_free(sm_bilstm_scratch *scratch);

/* ---- training ---- */

/* What forward keeps for backward, reused from batch to batch; start from
 * zeros. */
typedef struct sm_bilstm_pass {
    sm_sequences sequences;
    float *vectors; /* [distinct][2 units] */

    float *inputs;       /* X [tokens][inputs], later dX */
    float *projected[2]; /* x W + b [tokens][4 padded], later its gradient */
    sm_lstm_states states[2];
    float *pad_gates;        /* backwards [length][4 padded] */
    float *chunk_partials;   /* sm_lstm_gradients of each chunk and direction */
    float *token_partials;   /* dW and db of each block of tokens */
    size_t chunks_capacity, tokens_capacity;
} sm_bilstm_pass;

/* Fills pass->sequences and pass->vectors. */
sm_status sm_bilstm_forward(const sm_bilstm *model, sm_pool *pool,
                            sm_bilstm_pass *pass, const int32_t *ids,
                            const size_t *offsets, size_t rows);

/*
 * From the gradients of pass->vectors to those of the parameters, which are
 * overwritten.
 */
sm_status sm_bilstm_backward(const sm_bilstm *model, sm_pool *pool,
                             sm_bilstm_pass *pass, const float *gradients);
void sm_bilstm_pass_free(sm_bilstm_pass *pass);

#endif
