/*
 * recurrent_chunk.h: one direction of one recurrent layer over one chunk of
 * sequences, forward and back.
 *
 * In the first layer x W + b is given for each distinct token, so a step is a
 * look-up and h U; above, x is what the directions of the layer below said at
 * the same time. Without masks the pads that end a row are steps too. The
 * backwards direction begins on them, from the same zero state in every row:
 * the states after p pads are computed once, in a chain, and rows enter at the
 * end of theirs. With masks there is no step on a pad: rows, the longest first,
 * enter and end where their tokens do.
 */
#ifndef SM_RECURRENT_CHUNK_H
#define SM_RECURRENT_CHUNK_H

#include <stdbool.h>

#include "nn/recurrent_weights.h"
#include "nn/sequences.h"

/*
 * States of a chunk: those of time t stand t steps behind those of time 0. With
 * step 0 a time's take the place of the last's.
 */
typedef struct sm_recurrent_states {
    float *gates; /* [SM_CHUNK_ROWS][4 padded] a time */
    float *c;     /* [SM_CHUNK_ROWS][padded]; a GRU has none: NULL */
    float *h;     /* [SM_CHUNK_ROWS][padded] */
    size_t gates_step, c_step, h_step; /* floats from a time to the next */
} sm_recurrent_states;

/* What is run over which chunk. */
typedef struct sm_recurrent_run {
    const sm_kernels *kernels;
    const sm_recurrent_weights *weights;
    const sm_sequences *sequences;
    size_t chunk;
    bool backwards; /* from the last token to the first */
    bool masked;
    const float *projected; /* first layer: x W + b [tokens][4 padded] */
    const sm_recurrent_states *below; /* others: [sources] */
    sm_recurrent_states states;
} sm_recurrent_run;

/*
 * Fills states; the last state h of row r goes to out[r * stride] .. + units,
 * unless out is NULL. A row without a step has zeros.
 */
void sm_recurrent_forward(const sm_recurrent_run *run, float *out,
                          size_t stride);

/* Runs the chain of pads from the pad's embedding [inputs]. */
void sm_recurrent_pad_chain(const sm_kernels *kernels, sm_recurrent_weights *w,
                            const float *pad_embedding);

/* ---- backward ---- */

/* Where the gradient of h at every time comes from: the layer above, [count]
 * directions, of which each has this one's h as its source `source`. */
typedef struct sm_recurrent_above {
    const sm_recurrent_weights *const *weights;
    const sm_recurrent_states *states; /* gates: gradients of the sums */
    size_t count, source;
} sm_recurrent_above;

/* What a chunk adds to the gradients. */
typedef struct sm_recurrent_gradients {
    float *recurrent; /* dU [units][4 padded] */
    float *pad;       /* of x W + b of the pads [4 padded]; first layer */
    float *kernel;    /* dW [sources * inputs][4 padded]; layers above it */
    float *bias;      /* db [4 padded]; layers above the first */
    float *entry_h;   /* of the state after p pads [chain + 1][padded] */
    float *entry_c;
    float *dh, *dc; /* scratch [SM_CHUNK_ROWS][padded] */
} sm_recurrent_gradients;

/*
 * Backpropagation through time after a forward run that kept every time, from
 * the gradients of the last states, out_gradient[r * stride] .. + units, or
 * from those of every h by the layer above; the other is NULL. states.gates
 * become the gradients of the gates' sums.
 */
void sm_recurrent_backward(const sm_recurrent_run *run,
                           const float *out_gradient, size_t stride,
                           const sm_recurrent_above *above,
                           const sm_recurrent_gradients *g);

/*
 * The chain of pads: from the sums of all chunks' entry gradients (overwritten)
 * to dU and pad, which are added to. gates, a copy of pad_gates, becomes the
 * gradient of the sums.
 */
void sm_recurrent_pad_chain_backward(const sm_kernels *kernels,
                                     const sm_recurrent_weights *w,
                                     float *gates,
                                     const sm_recurrent_gradients *sum);

#endif
