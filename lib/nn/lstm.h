/*
 * lstm.h: one direction of an LSTM (Hochreiter and Schmidhuber 1997, with Gers's
 * forget gate, as Keras 2.15 has it) over one chunk of sequences.
 *
 *   z = x W + h U + b, gates i, f, c, o
 *   c' = f c + i tanh(z_c),  h' = o tanh(c')
 *
 * x W + b is given for each distinct token, so a step is a look-up and h U. Pads at
 * the end of a row are steps too. The backwards direction begins on them, from the
 * same zero state in every row: its state after p pads is computed once, in a
 * chain, and rows enter at the end of theirs.
 */
#ifndef SM_LSTM_H
#define SM_LSTM_H

#include "math/kernels.h"
#include "nn/parameter.h"
#include "nn/sequences.h"

/* Weights as the kernels want them: gates padded to `padded` = round up(units). */
typedef struct sm_lstm_weights {
    size_t inputs, units, padded, length;
    float *kernel;               /* W [inputs][4 padded] */
    float *kernel_transposed;    /* [4 padded][inputs] */
    float *recurrent;            /* U [units][4 padded] */
    float *recurrent_transposed; /* [4 padded][padded] */
    float *bias;                 /* [4 padded] */
    /* The chain of pads, for the backwards direction. */
    float *pad_gates; /* [length][4 padded] */
    float *pad_c;     /* [length + 1][padded]: after p pads */
    float *pad_h;
    float *zeros; /* [SM_CHUNK_ROWS][padded] */
} sm_lstm_weights;

sm_status sm_lstm_weights_create(sm_lstm_weights *w, size_t inputs,
                                 size_t units, size_t length);
void sm_lstm_weights_free(sm_lstm_weights *w);

/* From Keras's layout: kernel [inputs][4 units], recurrent [units][4 units],
 * bias [4 units]. */
void sm_lstm_weights_pack(sm_lstm_weights *w, const float *kernel,
                          const float *recurrent, const float *bias);

/* Runs the chain of pads from the pad's embedding [inputs]. */
void sm_lstm_pad_chain(const sm_kernels *kernels, sm_lstm_weights *w,
                       const float *pad_embedding);

/* One padded gate block to or from Keras's layout, row by row. */
void sm_lstm_unpad(size_t rows, size_t units, size_t padded, const float *from,
                   float *to);

/*
 * Activations of a pass. With keep, those of every step, at sm_slot: gates
 * [slots][4 padded], c and h [slots][padded]; without, of the running step of one
 * chunk.
 */
typedef struct sm_lstm_states {
    int keep;
    float *gates, *c, *h;
} sm_lstm_states;

/*
 * Forward over one chunk; projected [tokens][4 padded] is x W + b. The last
 * state h of row r goes to out[r * stride] .. + units.
 */
void sm_lstm_forwards(const sm_kernels *kernels, const sm_lstm_weights *w,
                      const sm_sequences *s, size_t chunk,
                      const float *projected, const sm_lstm_states *states,
                      float *out, size_t stride);
void sm_lstm_backwards(const sm_kernels *kernels, const sm_lstm_weights *w,
                       const sm_sequences *s, size_t chunk,
                       const float *projected, const sm_lstm_states *states,
                       float *out, size_t stride);

/* What a chunk adds to the gradients. */
typedef struct sm_lstm_gradients {
    float *recurrent; /* dU [units][4 padded] */
    float *pad;       /* sum of dz over pads [4 padded] */
    float *entry_h;   /* of the state after p pads [length + 1][padded] */
    float *entry_c;
    float *dh, *dc; /* scratch [SM_CHUNK_ROWS][padded] */
} sm_lstm_gradients;

/*
 * Backpropagation through time over the chunk of a forward pass with keep, from
 * the gradients of the last states: states->gates becomes dz.
 */
void sm_lstm_forwards_gradient(const sm_kernels *kernels,
                               const sm_lstm_weights *w, const sm_sequences *s,
                               size_t chunk, const sm_lstm_states *states,
                               const float *out_gradient, size_t stride,
                               const sm_lstm_gradients *g);
void sm_lstm_backwards_gradient(const sm_kernels *kernels,
                                const sm_lstm_weights *w,
                                const sm_sequences *s, size_t chunk,
                                const sm_lstm_states *states,
                                const float *out_gradient, size_t stride,
                                const sm_lstm_gradients *g);

/*
 * The chain of pads: from the sums of all chunks' entry gradients (overwritten) to
 * dU and pad, which are added to. gates, a copy of pad_gates, becomes dz.
 */
void sm_lstm_pad_chain_gradient(const sm_kernels *kernels,
                                const sm_lstm_weights *w, float *gates,
                                const sm_lstm_gradients *sum);

#endif
