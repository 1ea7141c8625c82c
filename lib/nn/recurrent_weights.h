/*
 * recurrent_weights.h: the weights of one direction of one recurrent layer as
 * the kernels want them: four blocks of gates, each padded, whatever the cell.
 *
 *   lstm: Hochreiter and Schmidhuber 1997, with Gers's forget gate
 *     s = x W + h U + b, gates i, f, c, o
 *     c' = f c + i tanh(s_c),  h' = o tanh(c')
 *   gru: Cho et al. 2014, as Keras 2.15 has it with reset_after
 *     s = x W + h U + b, gates z, r;  x_h = x W_h + b_ih,  h_h = h U_h + b_rh
 *     h' = z h + (1 - z) tanh(x_h + r h_h)
 *
 * A GRU's blocks are z, r, x_h, h_h: U's third and W's fourth are zero, so that
 * one product with x and one with h make all sums of either cell.
 */
#ifndef SM_RECURRENT_WEIGHTS_H
#define SM_RECURRENT_WEIGHTS_H

#include "math/kernels.h"
#include "nn/matrix.h"
#include "nn/parameter_list.h"

typedef enum sm_cell { SM_CELL_LSTM, SM_CELL_GRU } sm_cell;

typedef struct sm_recurrent_shape {
    sm_cell cell;
    size_t units;
    size_t sources; /* x is made of so many vectors, one behind the other: */
    size_t inputs;  /* numbers each */
    size_t inputs_padded; /* and their gradients stand so far apart */
    size_t chain; /* pads that rows may begin with, as steps; 0: with none */
} sm_recurrent_shape;

typedef struct sm_recurrent_weights {
    sm_recurrent_shape shape;
    size_t padded;            /* units, rounded up to SM_UNIT_PADDING */
    size_t recurrent_stride;  /* no power of 2: it would put a strip of
                                  * columns in a few sets of the first cache */
    float *kernel;            /* W [sources * inputs][4 padded] */
    float *kernel_transposed; /* [4 padded][sources * inputs_padded] */
    float *recurrent; /* U [units][4 padded], rows recurrent_stride apart */
    float *recurrent_transposed; /* [4 padded][padded] */
    float *bias;                 /* [4 padded] */
    /* Of products: each source's part of W, and U. */
    sm_matrix of_x[2], of_h;
    /* The states after 0 .. chain pads from zero, which are the same in every
     * row. */
    float *pad_gates; /* [chain][4 padded] */
    float *pad_c;     /* [chain + 1][padded] */
    float *pad_h;
    float *zeros; /* [SM_CHUNK_ROWS][padded] */
} sm_recurrent_weights;

/* Gates of a cell in Keras's layout: 4 or 3. */
size_t sm_cell_gates(sm_cell cell);

sm_status sm_recurrent_weights_create(sm_recurrent_weights *w,
                                      const sm_recurrent_shape *shape);
void sm_recurrent_weights_free(sm_recurrent_weights *w);

/* A layer's three tensors as Keras holds them: kernel [in][gates * units],
 * recurrent [units][gates * units], bias [4 units] or, of a GRU, [2][3
 * units]. */
typedef struct sm_recurrent_parameters {
    sm_parameter *kernel, *recurrent, *bias;
} sm_recurrent_parameters;

/* From the parameters' values, for products by the kernels; the chain is to be
 * run again. */
void sm_recurrent_weights_pack(sm_recurrent_weights *w,
                               const sm_kernels *kernels,
                               const sm_recurrent_parameters *from);

/* To the parameters' gradients, from those in the kernels' layout. */
void sm_recurrent_weights_unpack(const sm_recurrent_weights *w,
                                 const float *kernel, const float *recurrent,
                                 const float *bias,
                                 const sm_recurrent_parameters *to);

#endif
