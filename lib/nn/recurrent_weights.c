/* recurrent_weights.c: Keras's kernels in, the blocks that ours read out, and
 * gradients back. For recurrent_chunk's callers. */
#include "nn/recurrent_weights.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "nn/sequences.h"

/* Which of the four blocks a gate of Keras's stands in. */
static const unsigned char kernel_blocks[][4] = {
    [SM_CELL_LSTM] = {0, 1, 2, 3}, [SM_CELL_GRU] = {0, 1, 2}};
static const unsigned char recurrent_blocks[][4] = {
    [SM_CELL_LSTM] = {0, 1, 2, 3}, [SM_CELL_GRU] = {0, 1, 3}};

/* Floats of a cache line. */
enum { STRIDE_MORE = 16 };

size_t sm_cell_gates(sm_cell cell)
{
    return cell == SM_CELL_LSTM ? 4 : 3;
}

sm_status sm_recurrent_weights_create(sm_recurrent_weights *w,
                                      const sm_recurrent_shape *shape)
{
    sm_status status = SIAMESE_OK;
    size_t const units = shape->units, chain = shape->chain;
    size_t const padded = sm_chunks(units, SM_UNIT_PADDING) * SM_UNIT_PADDING;
    *w = (sm_recurrent_weights){.shape = *shape,
                                .padded = padded,
                                .recurrent_stride = 4 * padded + STRIDE_MORE};
    struct {
        float **to;
        size_t rows, columns;
    } const buffers[] = {
        {&w->kernel, shape->sources * shape->inputs, 4 * padded},
        {&w->kernel_transposed, shape->sources * shape->inputs_padded,
         4 * padded},
        {&w->recurrent, units, w->recurrent_stride},
        {&w->recurrent_transposed, padded, 4 * padded},
        {&w->bias, 1, 4 * padded},
        {&w->pad_gates, chain, 4 * padded},
        {&w->pad_c, chain + 1, padded},
        {&w->pad_h, chain + 1, padded},
        {&w->zeros, SM_CHUNK_ROWS, padded},
    };
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        size_t count;
        SM_CHECK(sm_size_multiply(buffers[i].rows, buffers[i].columns, &count),
                 SIAMESE_E_LIMIT, "a layer of %zu units is too large", units);
        *buffers[i].to = sm_aligned_calloc(count, sizeof(float));
        SM_CHECK_MEMORY(*buffers[i].to);
    }
out:
    if (status != SIAMESE_OK) sm_recurrent_weights_free(w);
    return status;
}

void sm_recurrent_weights_free(sm_recurrent_weights *w)
{
    sm_aligned_free(w->kernel);
    sm_aligned_free(w->kernel_transposed);
    sm_aligned_free(w->recurrent);
    sm_aligned_free(w->recurrent_transposed);
    sm_aligned_free(w->bias);
    sm_aligned_free(w->pad_gates);
    sm_aligned_free(w->pad_c);
    sm_aligned_free(w->pad_h);
    sm_aligned_free(w->zeros);
    for (size_t i = 0; i < 2; i++) sm_matrix_free(&w->of_x[i]);
    sm_matrix_free(&w->of_h);
    *w = (sm_recurrent_weights){.padded = 0};
}

/* ---- to the kernels' layout ---- */

/* [rows][gates * units] to [rows][4 padded], rows `stride` apart; the rest
 * stays 0. */
static void spread(const sm_recurrent_weights *w, size_t rows,
                   const unsigned char *blocks, const float *from, float *to,
                   size_t stride)
{
    size_t const units = w->shape.units, gates = sm_cell_gates(w->shape.cell);
    for (size_t r = 0; r < rows; r++)
        for (size_t g = 0; g < gates; g++)
            memcpy(to + r * stride + blocks[g] * w->padded,
                   from + (gates * r + g) * units, units * sizeof *to);
}

static void transpose(size_t rows, size_t columns, const float *from,
                      size_t stride, float *to, size_t to_stride)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * to_stride + i] = from[i * stride + j];
}

static void spread_bias(sm_recurrent_weights *w, const float *bias)
{
    size_t const units = w->shape.units;
    spread(w, 1, kernel_blocks[w->shape.cell], bias, w->bias, 4 * w->padded);
    if (w->shape.cell == SM_CELL_LSTM) return;
    /* a GRU's second row: that of h U */
    const float *const recurrent = bias + 3 * units;
    for (size_t i = 0; i < units; i++) {
        w->bias[i] += recurrent[i];
        w->bias[w->padded + i] += recurrent[units + i];
        w->bias[3 * w->padded + i] = recurrent[2 * units + i];
    }
}

static void update_matrices(sm_recurrent_weights *w, const sm_kernels *kernels)
{
    const sm_recurrent_shape *const shape = &w->shape;
    size_t const gates = 4 * w->padded;
    for (size_t i = 0; i < shape->sources; i++)
        sm_matrix_update(&w->of_x[i], kernels, shape->inputs, gates,
                         w->kernel + i * shape->inputs * gates, gates);
    sm_matrix_update(&w->of_h, kernels, shape->units, gates, w->recurrent,
                     w->recurrent_stride);
}

void sm_recurrent_weights_pack(sm_recurrent_weights *w,
                               const sm_kernels *kernels,
                               const sm_recurrent_parameters *from)
{
    const sm_recurrent_shape *const shape = &w->shape;
    size_t const gates = 4 * w->padded;
    spread(w, shape->sources * shape->inputs, kernel_blocks[shape->cell],
           from->kernel->value, w->kernel, gates);
    spread(w, shape->units, recurrent_blocks[shape->cell],
           from->recurrent->value, w->recurrent, w->recurrent_stride);
    spread_bias(w, from->bias->value);
    for (size_t i = 0; i < shape->sources; i++)
        transpose(shape->inputs, gates, w->kernel + i * shape->inputs * gates,
                  gates, w->kernel_transposed + i * shape->inputs_padded,
                  shape->sources * shape->inputs_padded);
    transpose(shape->units, gates, w->recurrent, w->recurrent_stride,
              w->recurrent_transposed, w->padded);
    update_matrices(w, kernels);
}

/* ---- and back ---- */

static void gather(const sm_recurrent_weights *w, size_t rows,
                   const unsigned char *blocks, const float *from, float *to)
{
    size_t const units = w->shape.units, gates = sm_cell_gates(w->shape.cell);
    for (size_t r = 0; r < rows; r++)
        for (size_t g = 0; g < gates; g++)
            memcpy(to + (gates * r + g) * units,
                   from + (4 * r + blocks[g]) * w->padded, units * sizeof *to);
}

void sm_recurrent_weights_unpack(const sm_recurrent_weights *w,
                                 const float *kernel, const float *recurrent,
                                 const float *bias,
                                 const sm_recurrent_parameters *to)
{
    const sm_recurrent_shape *const shape = &w->shape;
    gather(w, shape->sources * shape->inputs, kernel_blocks[shape->cell],
           kernel, to->kernel->gradient);
    gather(w, shape->units, recurrent_blocks[shape->cell], recurrent,
           to->recurrent->gradient);
    gather(w, 1, kernel_blocks[shape->cell], bias, to->bias->gradient);
    if (shape->cell == SM_CELL_GRU)
        gather(w, 1, recurrent_blocks[shape->cell], bias,
               to->bias->gradient + 3 * shape->units);
}
