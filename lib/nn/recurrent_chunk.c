/* recurrent_chunk.c: a chunk of sequences in, the states of one direction of
 * one layer out, and the gradients back. For recurrent_encode and
 * recurrent_train. */
#include "nn/recurrent_chunk.h"

#include <stdbool.h>
#include <string.h>

/* What stands behind a NULL is not there either: a GRU's c. */
static float *behind(float *base, size_t offset)
{
    return base ? base + offset : NULL;
}

/* Rows with a step at time t: the first ones of the chunk. */
static size_t active_rows(const sm_recurrent_run *run, size_t t)
{
    return run->masked || run->backwards
               ? sm_chunk_active(run->sequences, run->chunk, t)
               : sm_chunk_rows(run->sequences, run->chunk);
}

/* ---- forward ---- */

static void cell_forward(const sm_kernels *kernels,
                         const sm_recurrent_weights *w, size_t rows,
                         float *gates, const float *h_before,
                         const float *c_before, float *h, float *c)
{
    if (w->shape.cell == SM_CELL_LSTM)
        kernels->lstm_forward(rows, w->padded, gates, c_before, c, h);
    else
        kernels->gru_forward(rows, w->padded, gates, h_before, h);
}

/* Rows of a step: the first ones of the chunk, of which the last `fresh` begin
 * from the zero state, whose product with U need not be made. */
typedef struct step_rows {
    size_t count, fresh;
} step_rows;

/* gates = x W + b + h U of the first layer, where x W + b is looked up */
static void sum_tokens(const sm_recurrent_run *run, size_t t, step_rows rows,
                       const float *h_before, float *gates)
{
    const sm_recurrent_weights *const w = run->weights;
    const uint32_t *const slots =
        run->sequences->slots + sm_slot(run->sequences, run->chunk, t);
    size_t const width = 4 * w->padded, old = rows.count - rows.fresh;
    sm_matrix_multiply(&w->of_h, &(sm_start){run->projected, width, slots}, old,
                       h_before, w->padded, gates, width);
    run->kernels->gemm_look_up(rows.fresh, width, 0, h_before, w->padded, 1,
                               w->recurrent, w->recurrent_stride,
                               run->projected, slots + old, gates + old * width,
                               width);
}

/* The same of a layer above it */
static void sum_below(const sm_recurrent_run *run, size_t t, step_rows rows,
                      const float *h_before, float *gates)
{
    const sm_recurrent_weights *const w = run->weights;
    size_t const width = 4 * w->padded;
    sm_start const sums = {gates, width, NULL};
    for (size_t i = 0; i < w->shape.sources; i++)
        sm_matrix_multiply(
            &w->of_x[i], i ? &sums : &(sm_start){w->bias, 0, NULL}, rows.count,
            run->below[i].h + t * run->below[i].h_step, w->shape.inputs_padded,
            gates, width);
    sm_matrix_multiply(&w->of_h, &sums, rows.count - rows.fresh, h_before,
                       w->padded, gates, width);
}

static void step(const sm_recurrent_run *run, size_t t, step_rows rows,
                 const float *h_before, const float *c_before)
{
    const sm_recurrent_states *const s = &run->states;
    float *const gates = s->gates + t * s->gates_step;
    (run->projected ? sum_tokens : sum_below)(run, t, rows, h_before, gates);
    cell_forward(run->kernels, run->weights, rows.count, gates, h_before,
                 c_before, s->h + t * s->h_step, behind(s->c, t * s->c_step));
}

void sm_recurrent_pad_chain(const sm_kernels *kernels, sm_recurrent_weights *w,
                            const float *pad_embedding)
{
    size_t const padded = w->padded, width = 4 * padded;
    /* step p's own x W + b stands where its gates will */
    for (size_t p = 0; p < w->shape.chain; p++) {
        float *const gates = w->pad_gates + p * width;
        float *const h = w->pad_h + p * padded;
        float *const c = w->pad_c + p * padded;
        sm_matrix_multiply(&w->of_x[0], &(sm_start){w->bias, 0, NULL}, 1,
                           pad_embedding, w->shape.inputs, gates, width);
        sm_matrix_multiply(&w->of_h, &(sm_start){gates, width, NULL}, 1, h,
                           padded, gates, width);
        cell_forward(kernels, w, 1, gates, h, c, h + padded, c + padded);
    }
}

static void forward_in_order(const sm_recurrent_run *run, float *out,
                             size_t stride)
{
    const sm_recurrent_weights *const w = run->weights;
    const sm_recurrent_states *const states = &run->states;
    const sm_sequences *const s = run->sequences;
    size_t const rows = sm_chunk_rows(s, run->chunk);
    const uint32_t *const lengths = s->lengths + run->chunk * SM_CHUNK_ROWS;
    const float *h_before = w->zeros, *c_before = w->zeros;
    for (size_t t = 0; t < s->length; t++) {
        size_t const active = active_rows(run, t);
        if (active == 0) break;
        step(run, t, (step_rows){active, t ? 0 : active}, h_before, c_before);
        h_before = states->h + t * states->h_step;
        c_before = behind(states->c, t * states->c_step);
    }
    for (size_t r = 0; out && r < rows; r++) {
        size_t const steps = run->masked ? lengths[r] : s->length;
        memcpy(out + r * stride,
               steps ? states->h + (steps - 1) * states->h_step + r * w->padded
                     : w->zeros,
               w->shape.units * sizeof *out);
    }
}

/*
 * The states before time t of the backwards direction: those of time t + 1,
 * where rows from `first` to `last`, which have no step there, find room for
 * the state that they enter with.
 */
static const float *enter(const sm_recurrent_run *run, size_t t, float *states,
                          size_t states_step, const float *pad_states,
                          size_t first, size_t last)
{
    const sm_recurrent_weights *const w = run->weights;
    size_t const length = run->sequences->length, padded = w->padded;
    size_t const pads = w->shape.chain ? length - (t + 1) : 0;
    if (states == NULL || (t + 1 == length && states_step)) return w->zeros;
    float *const room = states + (t + 1) * states_step;
    for (size_t r = first; r < last; r++)
        memcpy(room + r * padded, pad_states + pads * padded,
               padded * sizeof *room);
    return room;
}

static void forward_backwards(const sm_recurrent_run *run, float *out,
                              size_t stride)
{
    const sm_recurrent_weights *const w = run->weights;
    const sm_recurrent_states *const states = &run->states;
    const sm_sequences *const s = run->sequences;
    size_t const rows = sm_chunk_rows(s, run->chunk), padded = w->padded;
    size_t entered = 0;
    for (size_t t = s->length; t-- > 0;) {
        size_t const active = active_rows(run, t);
        if (active == 0) continue;
        const float *const h_before =
            enter(run, t, states->h, states->h_step, w->pad_h, entered, active);
        const float *const c_before =
            enter(run, t, states->c, states->c_step, w->pad_c, entered, active);
        /* a row that enters behind pads has their state */
        bool const is_fresh = w->shape.chain == 0 || t + 1 == s->length;
        step(run, t, (step_rows){active, is_fresh ? active - entered : 0},
             h_before, c_before);
        entered = active;
    }
    for (size_t r = 0; out && r < rows; r++)
        memcpy(out + r * stride,
               r < entered ? states->h + r * padded
                           : w->pad_h + w->shape.chain * padded,
               w->shape.units * sizeof *out);
}

void sm_recurrent_forward(const sm_recurrent_run *run, float *out,
                          size_t stride)
{
    if (run->backwards)
        forward_backwards(run, out, stride);
    else
        forward_in_order(run, out, stride);
}

/* ---- backward ---- */

static void cell_backward(const sm_kernels *kernels,
                          const sm_recurrent_weights *w, size_t rows,
                          float *gates, const float *h_before,
                          const float *c_before, const float *c, float *dh,
                          float *dc)
{
    if (w->shape.cell == SM_CELL_LSTM)
        kernels->lstm_backward(rows, w->padded, gates, c_before, c, dh, dc);
    else
        kernels->gru_backward(rows, w->padded, gates, h_before, dh);
}

/* dU += h^T ds; dh = ds U^T, to which a GRU's adds what passed the gates */
static void recurrent_gradient(const sm_kernels *kernels,
                               const sm_recurrent_weights *w, size_t rows,
                               const float *h_before, const float *ds,
                               float *recurrent, float *dh)
{
    size_t const padded = w->padded, width = 4 * padded;
    kernels->gemm_add(w->shape.units, width, rows, h_before, 1, padded, ds,
                      width, recurrent, width);
    (w->shape.cell == SM_CELL_LSTM ? kernels->gemm : kernels->gemm_add)(
        rows, padded, width, ds, width, 1, w->recurrent_transposed, padded, dh,
        padded);
}

/* Layers above the first: dW += x^T ds; db += ds */
static void kernel_gradient(const sm_recurrent_run *run, size_t t, size_t rows,
                            const float *ds, const sm_recurrent_gradients *g)
{
    const sm_recurrent_weights *const w = run->weights;
    size_t const width = 4 * w->padded, inputs = w->shape.inputs;
    if (run->below == NULL) return;
    for (size_t i = 0; i < w->shape.sources; i++)
        run->kernels->gemm_add(inputs, width, rows,
                               run->below[i].h + t * run->below[i].h_step, 1,
                               w->shape.inputs_padded, ds, width,
                               g->kernel + i * inputs * width, width);
    for (size_t r = 0; r < rows; r++)
        run->kernels->add(width, ds + r * width, g->bias);
}

static void load_gradient(const sm_recurrent_run *run,
                          const float *out_gradient, size_t stride,
                          const sm_recurrent_gradients *g)
{
    size_t const padded = run->weights->padded;
    size_t const rows = sm_chunk_rows(run->sequences, run->chunk);
    memset(g->dh, 0, SM_CHUNK_ROWS * padded * sizeof *g->dh);
    memset(g->dc, 0, SM_CHUNK_ROWS * padded * sizeof *g->dc);
    for (size_t r = 0; out_gradient && r < rows; r++)
        memcpy(g->dh + r * padded, out_gradient + r * stride,
               run->weights->shape.units * sizeof *g->dh);
}

/* dh += ds W^T, the part of this source, over the directions above */
static void add_from_above(const sm_recurrent_run *run,
                           const sm_recurrent_above *above, size_t t,
                           size_t rows, float *dh)
{
    size_t const padded = run->weights->padded;
    for (size_t i = 0; above && i < above->count; i++) {
        const sm_recurrent_weights *const w = above->weights[i];
        const sm_recurrent_states *const s = &above->states[i];
        run->kernels->gemm_add(rows, padded, 4 * w->padded,
                               s->gates + t * s->gates_step, 4 * w->padded, 1,
                               w->kernel_transposed + above->source * padded,
                               w->shape.sources * padded, dh, padded);
    }
}

static void backward_in_order(const sm_recurrent_run *run,
                              const sm_recurrent_above *above,
                              const sm_recurrent_gradients *g)
{
    const sm_kernels *const kernels = run->kernels;
    const sm_recurrent_weights *const w = run->weights;
    const sm_recurrent_states *const s = &run->states;
    size_t const width = 4 * w->padded;
    for (size_t t = run->sequences->length; t-- > 0;) {
        size_t const rows = active_rows(run, t);
        if (rows == 0) continue;
        float *const ds = s->gates + t * s->gates_step;
        const float *const h_before = t ? s->h + (t - 1) * s->h_step : w->zeros;
        const float *const c_before =
            t ? behind(s->c, (t - 1) * s->c_step) : w->zeros;
        add_from_above(run, above, t, rows, g->dh);
        cell_backward(kernels, w, rows, ds, h_before, c_before,
                      behind(s->c, t * s->c_step), g->dh, g->dc);
        for (size_t r = sm_chunk_active(run->sequences, run->chunk, t);
             r < rows; r++)
            kernels->add(width, ds + r * width, g->pad);
        kernel_gradient(run, t, rows, ds, g);
        if (t)
            recurrent_gradient(kernels, w, rows, h_before, ds, g->recurrent,
                               g->dh);
    }
}

/* Rows from `first` to `last` hand their gradient to the state after `pads`. */
static void leave(const sm_recurrent_run *run, size_t pads, size_t first,
                  size_t last, const sm_recurrent_gradients *g)
{
    size_t const padded = run->weights->padded;
    for (size_t r = first; r < last; r++) {
        run->kernels->add(padded, g->dh + r * padded,
                          g->entry_h + pads * padded);
        run->kernels->add(padded, g->dc + r * padded,
                          g->entry_c + pads * padded);
    }
}

static void backward_backwards(const sm_recurrent_run *run,
                               const sm_recurrent_above *above,
                               const sm_recurrent_gradients *g)
{
    const sm_recurrent_weights *const w = run->weights;
    const sm_recurrent_states *const s = &run->states;
    size_t const length = run->sequences->length;
    size_t staying = sm_chunk_rows(run->sequences, run->chunk);
    for (size_t t = 0;; t++) {
        size_t const rows = t < length ? active_rows(run, t) : 0;
        if (w->shape.chain) leave(run, length - t, rows, staying, g);
        staying = rows;
        if (rows == 0) break;
        bool const last = t + 1 == length;
        float *const ds = s->gates + t * s->gates_step;
        const float *const h_before =
            last ? w->zeros : s->h + (t + 1) * s->h_step;
        const float *const c_before =
            last ? w->zeros : behind(s->c, (t + 1) * s->c_step);
        add_from_above(run, above, t, rows, g->dh);
        cell_backward(run->kernels, w, rows, ds, h_before, c_before,
                      behind(s->c, t * s->c_step), g->dh, g->dc);
        kernel_gradient(run, t, rows, ds, g);
        /* rows that entered here had the zero state, or that after pads */
        size_t const old = w->shape.chain ? rows
                           : last         ? 0
                                          : active_rows(run, t + 1);
        recurrent_gradient(run->kernels, w, old, h_before, ds, g->recurrent,
                           g->dh);
    }
}

void sm_recurrent_backward(const sm_recurrent_run *run,
                           const float *out_gradient, size_t stride,
                           const sm_recurrent_above *above,
                           const sm_recurrent_gradients *g)
{
    load_gradient(run, out_gradient, stride, g);
    if (run->backwards)
        backward_backwards(run, above, g);
    else
        backward_in_order(run, above, g);
}

void sm_recurrent_pad_chain_backward(const sm_kernels *kernels,
                                     const sm_recurrent_weights *w,
                                     float *gates,
                                     const sm_recurrent_gradients *sum)
{
    size_t const padded = w->padded, width = 4 * padded;
    for (size_t p = w->shape.chain; p-- > 0;) {
        float *const ds = gates + p * width;
        const float *const h_before = w->pad_h + p * padded;
        const float *const c_before = w->pad_c + p * padded;
        /* the gradients of the state after p + 1 pads are whole now */
        float *const dh = sum->entry_h + (p + 1) * padded;
        float *const dc = sum->entry_c + (p + 1) * padded;
        cell_backward(kernels, w, 1, ds, h_before, c_before, c_before + padded,
                      dh, dc);
        kernels->add(width, ds, sum->pad);
        recurrent_gradient(kernels, w, 1, h_before, ds, sum->recurrent, dh);
        kernels->add(padded, dh, sum->entry_h + p * padded);
        kernels->add(padded, dc, sum->entry_c + p * padded);
    }
}
