/* transformer_block.c: token vectors in, token vectors out, through attention
 * and feed-forward, and the gradients back. For transformer and
 * transformer_pass. */
#include "nn/transformer_block.h"

#include <stdbool.h>
#include <string.h>

#include "common/size.h"
#include "nn/attention.h"

/* ---- shapes ---- */

size_t sm_linear_inputs(const sm_block_shape *shape, int linear)
{
    return linear == SM_LINEAR_RESULT ? shape->feed_forward : shape->dim;
}

size_t sm_linear_outputs(const sm_block_shape *shape, int linear)
{
    return linear == SM_LINEAR_HIDDEN ? shape->feed_forward : shape->dim;
}

size_t sm_block_state_size(const sm_block_shape *shape, bool training)
{
    size_t const kept = 6 * shape->dim + 2 * shape->feed_forward;
    return training ? kept + 4 * shape->dim + 2 : kept;
}

/* Takes [tokens][width] of the memory; returns where `first` stands in it. */
static float *take(float **memory, size_t tokens, size_t first, size_t width)
{
    float *const start = *memory;
    *memory += tokens * width;
    return start + first * width;
}

sm_block_state sm_block_state_place(const sm_block_shape *shape, bool training,
                                    float *memory, size_t tokens, size_t first)
{
    size_t const d = shape->dim, f = shape->feed_forward;
    sm_block_state s = {.attention_in = take(&memory, tokens, first, d)};
    s.query = take(&memory, tokens, first, d);
    s.key = take(&memory, tokens, first, d);
    s.value = take(&memory, tokens, first, d);
    s.context = take(&memory, tokens, first, d);
    s.feed_in = take(&memory, tokens, first, d);
    s.hidden = take(&memory, tokens, first, f);
    s.active = take(&memory, tokens, first, f);
    if (!training) return s;
    for (int i = 0; i < 2; i++)
        s.normalised[i] = take(&memory, tokens, first, d);
    s.output_gradient = take(&memory, tokens, first, d);
    s.result_gradient = take(&memory, tokens, first, d);
    for (int i = 0; i < 2; i++) s.inverse[i] = take(&memory, tokens, first, 1);
    return s;
}

void sm_block_linear_pair(const sm_block_state *state, int linear,
                          const float **input, const float **gradient)
{
    const float *const inputs[SM_LINEARS] = {
        state->attention_in, state->attention_in, state->attention_in,
        state->context,      state->feed_in,      state->active};
    const float *const gradients[SM_LINEARS] = {
        state->query,           state->key,    state->value,
        state->output_gradient, state->hidden, state->result_gradient};
    *input = inputs[linear];
    *gradient = gradients[linear];
}

void sm_block_update(const sm_block_shape *shape, const sm_kernels *kernels,
                     sm_block *block)
{
    for (int l = 0; l < SM_LINEARS; l++) {
        size_t const outputs = sm_linear_outputs(shape, l);
        sm_linear *const linear = &block->linear[l];
        sm_matrix_update(&linear->matrix, kernels, sm_linear_inputs(shape, l),
                         outputs, linear->kernel->value, outputs);
    }
}

void sm_block_free(sm_block *block)
{
    for (int l = 0; l < SM_LINEARS; l++)
        sm_matrix_free(&block->linear[l].matrix);
}

size_t sm_block_transposed_size(const sm_block_shape *shape)
{
    return 4 * shape->dim * shape->dim + 2 * shape->dim * shape->feed_forward;
}

/* Where the transposed kernel of a linear layer stands. */
static size_t transposed_at(const sm_block_shape *shape, int linear)
{
    size_t at = 0;
    for (int i = 0; i < linear; i++)
        at += sm_linear_inputs(shape, i) * sm_linear_outputs(shape, i);
    return at;
}

void sm_block_transpose(const sm_block_shape *shape, const sm_block *block,
                        float *transposed)
{
    for (int l = 0; l < SM_LINEARS; l++) {
        size_t const in = sm_linear_inputs(shape, l);
        size_t const out = sm_linear_outputs(shape, l);
        const float *const kernel = block->linear[l].kernel->value;
        float *const to = transposed + transposed_at(shape, l);
        for (size_t i = 0; i < in; i++)
            for (size_t j = 0; j < out; j++)
                to[j * in + i] = kernel[i * out + j];
    }
}

/* The room holds [tokens][wider of dim and feed_forward], then the
 * attention's. */
static size_t wide(const sm_block_shape *shape)
{
    return sm_max(shape->dim, shape->feed_forward);
}

bool sm_block_room(const sm_block_shape *shape, size_t chunk_tokens,
                   size_t longest, size_t *floats)
{
    size_t wide_floats, attention;
    return sm_size_multiply(chunk_tokens, wide(shape), &wide_floats) &&
           sm_attention_room(shape->dim, shape->heads, longest, &attention) &&
           sm_size_add(wide_floats, attention, floats);
}

void sm_chunk_dropout(const sm_dropout *dropout, uint64_t place,
                      const sm_token_chunk *chunk, size_t dim, float *x)
{
    if (dropout == NULL) return;
    for (size_t r = 0; r < chunk->rows; r++)
        sm_dropout_apply(dropout, place, chunk->first_row + r,
                         (chunk->begin[r + 1] - chunk->begin[r]) * dim,
                         x + (chunk->begin[r] - chunk->begin[0]) * dim);
}

/* ---- forward ---- */

/* y = x W + b */
static void linear_forward(const sm_block_run *run, int linear, const float *x,
                           float *y)
{
    const sm_linear *const l = &run->block->linear[linear];
    sm_matrix_multiply(&l->matrix, &(sm_start){l->bias->value, 0, NULL},
                       run->chunk->tokens, x,
                       sm_linear_inputs(run->shape, linear), y,
                       sm_linear_outputs(run->shape, linear));
}

static void norm_forward(const sm_block_run *run, const sm_block_state *s,
                         int norm, const float *x, float *y)
{
    run->kernels->layer_norm(
        run->chunk->tokens, run->shape->dim, x,
        run->block->norm[norm].gamma->value, run->block->norm[norm].beta->value,
        run->shape->epsilon, s->normalised[norm], s->inverse[norm], y);
}

static sm_attention attention_of(const sm_block_run *run, size_t row)
{
    return (sm_attention){.kernels = run->kernels,
                          .dim = run->shape->dim,
                          .heads = run->shape->heads,
                          .dropout = run->dropout,
                          .place = run->place + 2,
                          .row = run->chunk->first_row + row};
}

static float *attention_room(const sm_block_run *run)
{
    return run->room + run->chunk->tokens * wide(run->shape);
}

/* s->context = heads(q, k, v), row by row */
static void heads_forward(const sm_block_run *run, const sm_block_state *s)
{
    const sm_token_chunk *const c = run->chunk;
    for (int l = SM_LINEAR_QUERY; l <= SM_LINEAR_VALUE; l++) {
        float *const outputs[] = {s->query, s->key, s->value};
        linear_forward(run, l, s->attention_in, outputs[l]);
    }
    for (size_t r = 0; r < c->rows; r++) {
        sm_attention const a = attention_of(run, r);
        size_t const at = (c->begin[r] - c->begin[0]) * a.dim;
        sm_attention_forward(&a, c->begin[r + 1] - c->begin[r], s->query + at,
                             s->key + at, s->value + at, s->context + at,
                             attention_room(run));
    }
}

/* x += dropout(input W + b) */
static void add_linear(const sm_block_run *run, int linear, uint64_t place,
                       const float *input, float *x)
{
    size_t const dim = run->shape->dim;
    linear_forward(run, linear, input, run->room);
    sm_chunk_dropout(run->dropout, place, run->chunk, dim, run->room);
    run->kernels->add(run->chunk->tokens * dim, run->room, x);
}

void sm_block_forward(const sm_block_run *run, const sm_block_state *s,
                      float *x)
{
    size_t const tokens = run->chunk->tokens;
    size_t const size = tokens * run->shape->dim * sizeof *x;
    bool const pre = run->shape->norm_first;
    if (pre)
        norm_forward(run, s, 0, x, s->attention_in);
    else
        memcpy(s->attention_in, x, size);
    heads_forward(run, s);
    add_linear(run, SM_LINEAR_OUTPUT, run->place, s->context, x);
    if (!pre) norm_forward(run, s, 0, x, x);

    if (pre)
        norm_forward(run, s, 1, x, s->feed_in);
    else
        memcpy(s->feed_in, x, size);
    linear_forward(run, SM_LINEAR_HIDDEN, s->feed_in, s->hidden);
    run->kernels->activate(run->shape->activation,
                           tokens * run->shape->feed_forward, s->hidden,
                           s->active);
    add_linear(run, SM_LINEAR_RESULT, run->place + 1, s->active, x);
    if (!pre) norm_forward(run, s, 1, x, x);
}

/* ---- backward ---- */

/* dx = dy W^T, or dx += dy W^T */
static void linear_backward(const sm_block_run *run, int linear,
                            const float *transposed, const float *dy, float *dx,
                            int add)
{
    size_t const in = sm_linear_inputs(run->shape, linear);
    size_t const out = sm_linear_outputs(run->shape, linear);
    (add ? run->kernels->gemm_add : run->kernels->gemm)(
        run->chunk->tokens, in, out, dy, out, 1,
        transposed + transposed_at(run->shape, linear), in, dx, in);
}

static void norm_backward(const sm_block_run *run, const sm_block_state *s,
                          int norm, float *gradient, float *norm_gradients)
{
    size_t const dim = run->shape->dim;
    float *const gamma_gradient = norm_gradients + 2 * (size_t)norm * dim;
    run->kernels->layer_norm_gradient(
        run->chunk->tokens, dim, run->block->norm[norm].gamma->value,
        s->normalised[norm], s->inverse[norm], gradient, gamma_gradient,
        gamma_gradient + dim);
}

/* room[tokens][dim] = the gradient of feed_in, from that of its result */
static void feed_forward_backward(const sm_block_run *run,
                                  const sm_block_state *s,
                                  const float *transposed)
{
    size_t const count = run->chunk->tokens * run->shape->feed_forward;
    linear_backward(run, SM_LINEAR_RESULT, transposed, s->result_gradient,
                    run->room, 0);
    /* s->hidden becomes its gradient: f'(hidden) times the one in the room */
    run->kernels->activate_gradient(run->shape->activation, count, s->hidden,
                                    run->room);
    memcpy(s->hidden, run->room, count * sizeof *run->room);
    linear_backward(run, SM_LINEAR_HIDDEN, transposed, s->hidden, run->room, 0);
}

/* room[tokens][dim] = the gradient of attention_in, from that of its output */
static void attention_backward(const sm_block_run *run, const sm_block_state *s,
                               const float *transposed)
{
    const sm_token_chunk *const c = run->chunk;
    linear_backward(run, SM_LINEAR_OUTPUT, transposed, s->output_gradient,
                    run->room, 0);
    for (size_t r = 0; r < c->rows; r++) {
        sm_attention const a = attention_of(run, r);
        size_t const at = (c->begin[r] - c->begin[0]) * a.dim;
        sm_attention_backward(&a, c->begin[r + 1] - c->begin[r], run->room + at,
                              s->query + at, s->key + at, s->value + at,
                              attention_room(run));
    }
    linear_backward(run, SM_LINEAR_QUERY, transposed, s->query, run->room, 0);
    linear_backward(run, SM_LINEAR_KEY, transposed, s->key, run->room, 1);
    linear_backward(run, SM_LINEAR_VALUE, transposed, s->value, run->room, 1);
}

void sm_block_backward(const sm_block_run *run, const sm_block_state *s,
                       const float *transposed, float *gradient,
                       float *norm_gradients)
{
    size_t const dim = run->shape->dim, count = run->chunk->tokens * dim;
    bool const pre = run->shape->norm_first;
    for (int norm = 1; norm >= 0; norm--) {
        float *const branch =
            norm == 1 ? s->result_gradient : s->output_gradient;
        if (!pre) norm_backward(run, s, norm, gradient, norm_gradients);
        /* the sum's gradient goes to x, and through the dropout to the
         * branch */
        memcpy(branch, gradient, count * sizeof *branch);
        sm_chunk_dropout(run->dropout, run->place + (uint64_t)norm, run->chunk,
                         dim, branch);
        if (norm == 1)
            feed_forward_backward(run, s, transposed);
        else
            attention_backward(run, s, transposed);
        if (pre) norm_backward(run, s, norm, run->room, norm_gradients);
        run->kernels->add(count, run->room, gradient);
    }
}
