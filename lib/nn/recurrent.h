/*
 * recurrent.h: the encoder Embedding -> LSTM or GRU, one way or both, in any
 * number of layers, with or without masks, as Keras 2.15 has it. Each layer but
 * the last hands on what it says at every step, the last its last state:
 * [forward, backward].
 *
 * What recurrent_encoder.c, recurrent_encode.c and recurrent_train.c share; the
 * rest of the library sees an sm_encoder.
 */
#ifndef SM_RECURRENT_H
#define SM_RECURRENT_H

#include <stdbool.h>

#include "nn/encoder.h"
#include "nn/recurrent_chunk.h"

/* One direction of one layer. */
typedef struct sm_recurrent_direction {
    sm_recurrent_parameters parameters;
    sm_recurrent_weights weights; /* made of them by update */
} sm_recurrent_direction;

typedef struct sm_recurrent {
    sm_encoder base;
    size_t table, inputs, units, length; /* rows of the embedding, E, u, T */
    size_t layers, ways;                 /* ways: 1 or 2 directions */
    sm_cell cell;
    bool masked;
    double stddev;           /* of the initial embedding; 0: Keras's */
    sm_parameter *embedding; /* [table][inputs] */
    float *pad;              /* [inputs]: that of id 0 */
    sm_recurrent_direction *directions; /* [layers][ways] */
    const sm_kernels *kernels;
} sm_recurrent;

static inline const sm_recurrent_weights *
sm_recurrent_weights_of(const sm_recurrent *model, size_t layer, size_t way)
{
    return &model->directions[layer * model->ways + way].weights;
}

/*
 * Rows as the layers want them. Only a single layer without masks counts pads
 * apart: above another, a pad is a token with an input of its own.
 */
sm_status sm_recurrent_prepare(const sm_recurrent *model, sm_sequences *s,
                               const int32_t *ids, const size_t *offsets,
                               size_t rows);

/* Tokens first .. last - 1: X [tokens][inputs], and x W + b of each direction
 * of the first layer, [tokens][4 padded]. */
void sm_recurrent_project(const sm_recurrent *model, const sm_sequences *s,
                          size_t first, size_t last, float *inputs,
                          float *const projected[2]);

#endif
