#include "nn/lstm.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

/* ---- weights ---- */

sm_status sm_lstm_weights_create(sm_lstm_weights *w, size_t inputs,
                                 size_t units, size_t length)
{
    sm_status status = SIAMESE_OK;
    size_t const padded =
        sm_chunks(units, SM_UNIT_PADDING) * SM_UNIT_PADDING;
    *w = (sm_lstm_weights){.inputs = inputs,
                           .units = units,
                           .padded = padded,
                           .length = length};
    struct {
        float **to;
        size_t rows, columns;
    } const buffers[] = {
        {&w->kernel, inputs, 4 * padded},
        {&w->kernel_transposed, inputs, 4 * padded},
        {&w->recurrent, units, 4 * padded},
        {&w->recurrent_transposed, padded, 4 * padded},
        {&w->bias, 1, 4 * padded},
        {&w->pad_gates, length, 4 * padded},
        {&w->pad_c, length + 1, padded},
        {&w->pad_h, length + 1, padded},
        {&w->zeros, SM_CHUNK_ROWS, padded},
    };
    for (size_t i = 0; i < sizeof buffers / sizeof buffers[0]; i++) {
        size_t count;
        SM_CHECK(sm_size_multiply(buffers[i].rows, buffers[i].columns, &count),
                 SIAMESE_E_LIMIT, "an LSTM of %zu units is too large", units);
        *buffers[i].to = sm_aligned_calloc(count, sizeof(float));
        SM_CHECK_MEMORY(*buffers[i].to);
    }
out:
    if (status != SIAMESE_OK) sm_lstm_weights_free(w);
    return status;
}

void sm_lstm_weights_free(sm_lstm_weights *w)
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
    *w = (sm_lstm_weights){.inputs = 0};
}

/* [rows][4 units] to [rows][4 padded]; the padding stays 0. */
static void pad_gates(size_t rows, size_t units, size_t padded,
                      const float *from, float *to)
{
    for (size_t g = 0; g < 4 * rows; g++)
        memcpy(to + g * padded, from + g * units, units * sizeof *to);
}

void sm_lstm_unpad(size_t rows, size_t units, size_t padded, const float *from,
                   float *to)
{
    for (size_t g = 0; g < 4 * rows; g++)
        memcpy(to + g * units, from + g * padded, units * sizeof *to);
}

static void transpose(size_t rows, size_t columns, const float *from,
                      float *to, size_t to_stride)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j * to_stride + i] = from[i * columns + j];
}

void sm_lstm_weights_pack(sm_lstm_weights *w, const float *kernel,
                          const float *recurrent, const float *bias)
{
    size_t const gates = 4 * w->padded;
    pad_gates(w->inputs, w->units, w->padded, kernel, w->kernel);
    pad_gates(w->units, w->units, w->padded, recurrent, w->recurrent);
    pad_gates(1, w->units, w->padded, bias, w->bias);
    transpose(w->inputs, gates, w->kernel, w->kernel_transposed, w->inputs);
    transpose(w->units, gates, w->recurrent, w->recurrent_transposed,
              w->padded);
}

/* ---- forward ---- */

/* z = x W + b by look-up, + h U; then the gates and the state. */
static void step(const sm_kernels *kernels, const sm_lstm_weights *w,
                 size_t rows, const uint32_t *tokens, const float *projected,
                 const float *h_before, const float *c_before, float *gates,
                 float *c, float *h)
{
    size_t const padded = w->padded, width = 4 * padded;
    for (size_t r = 0; r < rows; r++)
        memcpy(gates + r * width, projected + tokens[r] * width,
               width * sizeof *gates);
    kernels->gemm_add(rows, width, w->units, h_before, padded, 1, w->recurrent,
                      width, gates, width);
    kernels->lstm_forward(rows, padded, gates, c_before, c, h);
}

void sm_lstm_pad_chain(const sm_kernels *kernels, sm_lstm_weights *w,
                       const float *pad_embedding)
{
    size_t const padded = w->padded, width = 4 * padded;
    float *const gates = w->pad_gates;
    /* step p's own x W + b stands where its gates will */
    for (size_t p = 0; p < w->length; p++) {
        kernels->gemm_bias(1, width, w->inputs, pad_embedding, w->inputs, 1,
                           w->kernel, width, w->bias, gates + p * width,
                           width);
        kernels->gemm_add(1, width, w->units, w->pad_h + p * padded, padded, 1,
                          w->recurrent, width, gates + p * width, width);
        kernels->lstm_forward(1, padded, gates + p * width,
                              w->pad_c + p * padded,
                              w->pad_c + (p + 1) * padded,
                              w->pad_h + (p + 1) * padded);
    }
}

void sm_lstm_forwards(const sm_kernels *kernels, const sm_lstm_weights *w,
                      const sm_sequences *s, size_t chunk,
                      const float *projected, const sm_lstm_states *states,
                      float *out, size_t stride)
{
    size_t const padded = w->padded, rows = sm_chunk_rows(s, chunk);
    const float *h_before = w->zeros, *c_before = w->zeros;
    for (size_t t = 0; t < s->length; t++) {
        size_t const slot = sm_slot(s, chunk, t);
        size_t const at = states->keep ? slot : 0;
        float *const c = states->c + at * padded;
        float *const h = states->h + at * padded;
        step(kernels, w, rows, s->slots + slot, projected, h_before, c_before,
             states->gates + at * 4 * padded, c, h);
        h_before = h;
        c_before = c;
    }
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * stride, h_before + r * padded,
               w->units * sizeof *out);
}

/* Rows from `first` to `last` enter with the state after `pads` pads. */
static void enter(const sm_lstm_weights *w, size_t pads, size_t first,
                  size_t last, float *c, float *h)
{
    size_t const padded = w->padded;
    for (size_t r = first; r < last; r++) {
        memcpy(c + r * padded, w->pad_c + pads * padded, padded * sizeof *c);
        memcpy(h + r * padded, w->pad_h + pads * padded, padded * sizeof *h);
    }
}

void sm_lstm_backwards(const sm_kernels *kernels, const sm_lstm_weights *w,
                       const sm_sequences *s, size_t chunk,
                       const float *projected, const sm_lstm_states *states,
                       float *out, size_t stride)
{
    size_t const padded = w->padded, rows = sm_chunk_rows(s, chunk);
    size_t entered = 0;
    for (size_t t = s->length; t-- > 0;) {
        size_t const active = sm_chunk_active(s, chunk, t);
        if (active == 0) continue;
        size_t const slot = sm_slot(s, chunk, t);
        size_t const at = states->keep ? slot : 0;
        float *const c = states->c + at * padded;
        float *const h = states->h + at * padded;
        /* the state before t is that of t + 1, where entering rows, which are
         * pads there, find room for theirs */
        const float *c_before = w->zeros, *h_before = w->zeros;
        if (t + 1 < s->length || !states->keep) {
            size_t const room = states->keep ? SM_CHUNK_ROWS * padded : 0;
            enter(w, s->length - (t + 1), entered, active, c + room, h + room);
            c_before = c + room;
            h_before = h + room;
        }
        step(kernels, w, active, s->slots + slot, projected, h_before,
             c_before, states->gates + at * 4 * padded, c, h);
        entered = active;
    }
    const float *const first =
        states->h + (states->keep ? sm_slot(s, chunk, 0) : 0) * padded;
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * stride,
               r < entered ? first + r * padded
                           : w->pad_h + s->length * padded,
               w->units * sizeof *out);
}

/* ---- backward ---- */

static void load_gradient(const sm_lstm_weights *w, size_t rows,
                          const float *out_gradient, size_t stride,
                          const sm_lstm_gradients *g)
{
    memset(g->dh, 0, SM_CHUNK_ROWS * w->padded * sizeof *g->dh);
    memset(g->dc, 0, SM_CHUNK_ROWS * w->padded * sizeof *g->dc);
    for (size_t r = 0; r < rows; r++)
        memcpy(g->dh + r * w->padded, out_gradient + r * stride,
               w->units * sizeof *g->dh);
}

/* dU += h^T dz; dh = dz U^T */
static void step_gradient(const sm_kernels *kernels, const sm_lstm_weights *w,
                          size_t rows, const float *h_before, const float *dz,
                          float *recurrent, float *dh)
{
    size_t const padded = w->padded, width = 4 * padded;
    kernels->gemm_add(w->units, width, rows, h_before, 1, padded, dz, width,
                      recurrent, width);
    kernels->gemm(rows, padded, width, dz, width, 1, w->recurrent_transposed,
                  padded, dh, padded);
}

void sm_lstm_forwards_gradient(const sm_kernels *kernels,
                               const sm_lstm_weights *w, const sm_sequences *s,
                               size_t chunk, const sm_lstm_states *states,
                               const float *out_gradient, size_t stride,
                               const sm_lstm_gradients *g)
{
    size_t const padded = w->padded, width = 4 * padded;
    size_t const rows = sm_chunk_rows(s, chunk);
    load_gradient(w, rows, out_gradient, stride, g);
    for (size_t t = s->length; t-- > 0;) {
        size_t const slot = sm_slot(s, chunk, t);
        float *const dz = states->gates + slot * width;
        const float *const before =
            t ? states->c + (slot - SM_CHUNK_ROWS) * padded : w->zeros;
        kernels->lstm_backward(rows, padded, dz, before,
                               states->c + slot * padded, g->dh, g->dc);
        for (size_t r = sm_chunk_active(s, chunk, t); r < rows; r++)
            kernels->add(width, dz + r * width, g->pad);
        if (t)
            step_gradient(kernels, w, rows,
                          states->h + (slot - SM_CHUNK_ROWS) * padded, dz,
                          g->recurrent, g->dh);
    }
}

/* Rows from `first` to `last` hand their gradient to the state after `pads`. */
static void leave(const sm_kernels *kernels, const sm_lstm_weights *w,
                  size_t pads, size_t first, size_t last,
                  const sm_lstm_gradients *g)
{
    size_t const padded = w->padded;
    for (size_t r = first; r < last; r++) {
        kernels->add(padded, g->dh + r * padded, g->entry_h + pads * padded);
        kernels->add(padded, g->dc + r * padded, g->entry_c + pads * padded);
    }
}

void sm_lstm_backwards_gradient(const sm_kernels *kernels,
                                const sm_lstm_weights *w,
                                const sm_sequences *s, size_t chunk,
                                const sm_lstm_states *states,
                                const float *out_gradient, size_t stride,
                                const sm_lstm_gradients *g)
{
    size_t const padded = w->padded, width = 4 * padded;
    size_t staying = sm_chunk_rows(s, chunk);
    load_gradient(w, staying, out_gradient, stride, g);
    for (size_t t = 0;; t++) {
        size_t const active =
            t < s->length ? sm_chunk_active(s, chunk, t) : 0;
        leave(kernels, w, s->length - t, active, staying, g);
        staying = active;
        if (active == 0) break;
        size_t const slot = sm_slot(s, chunk, t);
        float *const dz = states->gates + slot * width;
        int const last = t + 1 == s->length;
        const float *const c_before =
            last ? w->zeros : states->c + (slot + SM_CHUNK_ROWS) * padded;
        const float *const h_before =
            last ? w->zeros : states->h + (slot + SM_CHUNK_ROWS) * padded;
        kernels->lstm_backward(active, padded, dz, c_before,
                               states->c + slot * padded, g->dh, g->dc);
        step_gradient(kernels, w, active, h_before, dz, g->recurrent, g->dh);
    }
}

void sm_lstm_pad_chain_gradient(const sm_kernels *kernels,
                                const sm_lstm_weights *w, float *gates,
                                const sm_lstm_gradients *sum)
{
    size_t const padded = w->padded, width = 4 * padded;
    for (size_t p = w->length; p-- > 0;) {
        float *const dz = gates + p * width;
        /* the gradients of the state after p + 1 pads are whole now */
        float *const dh = sum->entry_h + (p + 1) * padded;
        float *const dc = sum->entry_c + (p + 1) * padded;
        kernels->lstm_backward(1, padded, dz, w->pad_c + p * padded,
                               w->pad_c + (p + 1) * padded, dh, dc);
        kernels->add(width, dz, sum->pad);
        step_gradient(kernels, w, 1, w->pad_h + p * padded, dz, sum->recurrent,
                      dh);
        kernels->add(padded, dh, sum->entry_h + p * padded);
        kernels->add(padded, dc, sum->entry_c + p * padded);
    }
}
