#include "nn/bilstm.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "nn/initialise.h"

/* ---- parameters ---- */

/* Streams of the seed, one a parameter. */
enum { STREAM_EMBEDDING, STREAM_DIRECTION };

static sm_status add_direction(sm_bilstm *model, sm_parameters *list, int d)
{
    static const char *const names[2][3] = {
        {"fw_kernel", "fw_recurrent", "fw_bias"},
        {"bw_kernel", "bw_recurrent", "bw_bias"}};
    size_t const u = model->units;
    size_t const kernel[2] = {model->inputs, 4 * u};
    size_t const recurrent[2] = {u, 4 * u}, bias[1] = {4 * u};
    SM_RETURN_IF_ERROR(sm_parameters_add(list, names[d][0], 2, kernel,
                                         &model->direction[d].kernel));
    SM_RETURN_IF_ERROR(sm_parameters_add(list, names[d][1], 2, recurrent,
                                         &model->direction[d].recurrent));
    SM_RETURN_IF_ERROR(sm_parameters_add(list, names[d][2], 1, bias,
                                         &model->direction[d].bias));
    return sm_lstm_weights_create(&model->weights[d], model->inputs, u,
                                  model->length);
}

sm_status sm_bilstm_create(sm_bilstm *model, sm_parameters *list, size_t table,
                           size_t inputs, size_t units, size_t length)
{
    sm_status status = SIAMESE_OK;
    *model = (sm_bilstm){
        .table = table, .inputs = inputs, .units = units, .length = length};
    SM_TRY(sm_parameters_add_table(list, "embedding", table, inputs,
                                   &model->embedding));
    for (int d = 0; d < 2; d++) SM_TRY(add_direction(model, list, d));
out:
    if (status != SIAMESE_OK) sm_bilstm_free(model);
    return status;
}

sm_status sm_bilstm_initialise(sm_bilstm *model, uint64_t seed)
{
    sm_rng rng;
    sm_rng_init(&rng, seed, STREAM_EMBEDDING);
    sm_initialise_uniform(model->embedding, &rng, 0.05);
    for (int d = 0; d < 2; d++) {
        sm_rng_init(&rng, seed, STREAM_DIRECTION + (uint64_t)d);
        sm_initialise_glorot_uniform(model->direction[d].kernel, &rng);
        SM_RETURN_IF_ERROR(
            sm_initialise_orthogonal(model->direction[d].recurrent, &rng));
        sm_initialise_forget_bias(model->direction[d].bias);
    }
    return SIAMESE_OK;
}

void sm_bilstm_free(sm_bilstm *model)
{
    for (int d = 0; d < 2; d++) sm_lstm_weights_free(&model->weights[d]);
}

void sm_bilstm_update(sm_bilstm *model, const sm_kernels *kernels)
{
    model->kernels = kernels;
    for (int d = 0; d < 2; d++)
        sm_lstm_weights_pack(&model->weights[d],
                             model->direction[d].kernel->value,
                             model->direction[d].recurrent->value,
                             model->direction[d].bias->value);
    /* only the backwards direction begins on pads */
    sm_lstm_pad_chain(kernels, &model->weights[1], model->embedding->value);
}

/* ---- forward ---- */

/* Tokens first .. last - 1: X, and x W + b of both directions. */
static void project(const sm_bilstm *model, const sm_sequences *s,
                    size_t first, size_t last, float *inputs,
                    float *const projected[2])
{
    size_t const e = model->inputs;
    for (size_t n = first; n < last; n++)
        memcpy(inputs + n * e,
               model->embedding->value + (size_t)s->tokens[n] * e,
               e * sizeof *inputs);
    for (int d = 0; d < 2; d++) {
        const sm_lstm_weights *const w = &model->weights[d];
        size_t const width = 4 * w->padded;
        model->kernels->gemm_bias(last - first, width, e, inputs + first * e,
                                  e, 1, w->kernel, width, w->bias,
                                  projected[d] + first * width, width);
    }
}

/* One direction of one chunk, into its half of the chunk's vectors. */
static void run_direction(const sm_bilstm *model, const sm_sequences *s,
                          size_t chunk, int d, const float *projected,
                          const sm_lstm_states *states, float *vectors)
{
    size_t const u = model->units, dim = 2 * u;
    float *const out = vectors + chunk * SM_CHUNK_ROWS * dim;
    if (d == 0)
        sm_lstm_forwards(model->kernels, &model->weights[0], s, chunk,
                         projected, states, out, dim);
    else
        sm_lstm_backwards(model->kernels, &model->weights[1], s, chunk,
                          projected, states, out + u, dim);
}

/* Makes *buffer hold rows * columns floats; what it held is lost. */
static sm_status renew(float **buffer, size_t rows, size_t columns)
{
    size_t count;
    sm_aligned_free(*buffer);
    *buffer = NULL;
    if (!sm_size_multiply(rows, columns, &count)) return sm_fail_memory();
    *buffer = sm_aligned_array(count, sizeof **buffer);
    return *buffer ? SIAMESE_OK : sm_fail_memory();
}

/* A capacity with room to grow, so that batches of like sizes reuse it. */
static size_t roomy(size_t count)
{
    return count + count / 4 + 16;
}

/* ---- encoding ---- */

static sm_status scratch_reserve(const sm_bilstm *model, sm_bilstm_scratch *k)
{
    size_t const tokens = k->sequences.token_count;
    size_t const rows = k->sequences.distinct;
    size_t const padded = model->weights[0].padded, width = 4 * padded;
    if (tokens > k->tokens_capacity) {
        size_t const capacity = roomy(tokens);
        k->tokens_capacity = 0;
        SM_RETURN_IF_ERROR(renew(&k->inputs, capacity, model->inputs));
        for (int d = 0; d < 2; d++)
            SM_RETURN_IF_ERROR(renew(&k->projected[d], capacity, width));
        k->tokens_capacity = capacity;
    }
    if (rows > k->vectors_capacity) {
        size_t const capacity = roomy(rows);
        k->vectors_capacity = 0;
        SM_RETURN_IF_ERROR(renew(&k->vectors, capacity, 2 * model->units));
        SM_RETURN_IF_ERROR(renew(&k->states.gates, SM_CHUNK_ROWS, width));
        SM_RETURN_IF_ERROR(renew(&k->states.c, SM_CHUNK_ROWS, padded));
        SM_RETURN_IF_ERROR(renew(&k->states.h, SM_CHUNK_ROWS, padded));
        k->vectors_capacity = capacity;
    }
    return SIAMESE_OK;
}

sm_status sm_bilstm_encode(const sm_bilstm *model, sm_bilstm_scratch *scratch,
                           const int32_t *ids, const size_t *offsets,
                           size_t rows, float *out)
{
    sm_sequences *const s = &scratch->sequences;
    size_t const dim = 2 * model->units;
    if (rows == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_sequences_prepare(s, ids, offsets, rows,
                                            model->length, model->table));
    SM_RETURN_IF_ERROR(scratch_reserve(model, scratch));
    project(model, s, 0, s->token_count, scratch->inputs, scratch->projected);
    for (size_t chunk = 0; chunk < s->chunks; chunk++)
        for (int d = 0; d < 2; d++)
            run_direction(model, s, chunk, d, scratch->projected[d],
                          &scratch->states, scratch->vectors);
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * dim, scratch->vectors + s->row_map[r] * dim,
               dim * sizeof *out);
    return SIAMESE_OK;
}

void sm_bilstm_scratch_free(sm_bilstm_scratch *scratch)
{
    sm_sequences_free(&scratch->sequences);
    sm_aligned_free(scratch->inputs);
    sm_aligned_free(scratch->vectors);
    for (int d = 0; d < 2; d++) sm_aligned_free(scratch->projected[d]);
    sm_aligned_free(scratch->states.gates);
    sm_aligned_free(scratch->states.c);
    sm_aligned_free(scratch->states.h);
    *scratch = (sm_bilstm_scratch){.tokens_capacity = 0};
}

/* ---- training: forward ---- */

/* Tokens a task; it does not depend on the number of threads. */
enum { TOKEN_BLOCK = 64 };

/* Where a chunk's partial sums stand. */
static size_t chunk_partial_size(const sm_bilstm *model)
{
    const sm_lstm_weights *const w = &model->weights[0];
    return (4 * w->units + 4 + 2 * (w->length + 1) + 2 * SM_CHUNK_ROWS) *
           w->padded;
}

static sm_lstm_gradients chunk_partial(const sm_bilstm *model,
                                       const sm_bilstm_pass *pass,
                                       size_t chunk, int d)
{
    const sm_lstm_weights *const w = &model->weights[0];
    sm_lstm_gradients g;
    g.recurrent = pass->chunk_partials +
                  (2 * chunk + (size_t)d) * chunk_partial_size(model);
    g.pad = g.recurrent + w->units * 4 * w->padded;
    g.entry_h = g.pad + 4 * w->padded;
    g.entry_c = g.entry_h + (w->length + 1) * w->padded;
    g.dh = g.entry_c + (w->length + 1) * w->padded;
    g.dc = g.dh + SM_CHUNK_ROWS * w->padded;
    return g;
}

/* dW [inputs][4 padded] and db [4 padded], of a block of tokens. */
static size_t token_partial_size(const sm_bilstm *model)
{
    return (model->inputs + 1) * 4 * model->weights[0].padded;
}

static float *token_partial(const sm_bilstm *model, const sm_bilstm_pass *pass,
                            size_t block, int d)
{
    return pass->token_partials +
           (2 * block + (size_t)d) * token_partial_size(model);
}

static sm_status pass_reserve_chunks(const sm_bilstm *model,
                                     sm_bilstm_pass *pass)
{
    size_t const padded = model->weights[0].padded, width = 4 * padded;
    if (pass->sequences.chunks <= pass->chunks_capacity) return SIAMESE_OK;
    size_t const capacity = pass->sequences.chunks + 1;
    size_t const slots = capacity * SM_CHUNK_ROWS * model->length;
    pass->chunks_capacity = 0;
    SM_RETURN_IF_ERROR(renew(&pass->pad_gates, model->length, width));
    SM_RETURN_IF_ERROR(renew(&pass->vectors, capacity * SM_CHUNK_ROWS,
                             2 * model->units));
    SM_RETURN_IF_ERROR(renew(&pass->chunk_partials, 2 * capacity,
                             chunk_partial_size(model)));
    for (int d = 0; d < 2; d++) {
        SM_RETURN_IF_ERROR(renew(&pass->states[d].gates, slots, width));
        SM_RETURN_IF_ERROR(renew(&pass->states[d].c, slots, padded));
        SM_RETURN_IF_ERROR(renew(&pass->states[d].h, slots, padded));
        pass->states[d].keep = 1;
    }
    pass->chunks_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status pass_reserve_tokens(const sm_bilstm *model,
                                     sm_bilstm_pass *pass)
{
    size_t const width = 4 * model->weights[0].padded;
    if (pass->sequences.token_count <= pass->tokens_capacity)
        return SIAMESE_OK;
    size_t const capacity = roomy(pass->sequences.token_count);
    pass->tokens_capacity = 0;
    SM_RETURN_IF_ERROR(renew(&pass->inputs, capacity, model->inputs));
    for (int d = 0; d < 2; d++)
        SM_RETURN_IF_ERROR(renew(&pass->projected[d], capacity, width));
    SM_RETURN_IF_ERROR(renew(&pass->token_partials,
                             2 * sm_chunks(capacity, TOKEN_BLOCK),
                             token_partial_size(model)));
    pass->tokens_capacity = capacity;
    return SIAMESE_OK;
}

/* What the tasks of a pass share. */
typedef struct pass_context {
    const sm_bilstm *model;
    sm_bilstm_pass *pass;
    const float *gradients;
} pass_context;

static sm_status project_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    size_t const tokens = x->pass->sequences.token_count;
    (void)worker;
    project(x->model, &x->pass->sequences, task * TOKEN_BLOCK,
            sm_min((task + 1) * TOKEN_BLOCK, tokens), x->pass->inputs,
            x->pass->projected);
    return SIAMESE_OK;
}

static sm_status forward_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    int const d = (int)(task % 2);
    (void)worker;
    run_direction(x->model, &x->pass->sequences, task / 2, d,
                  x->pass->projected[d], &x->pass->states[d],
                  x->pass->vectors);
    return SIAMESE_OK;
}

sm_status sm_bilstm_forward(const sm_bilstm *model, sm_pool *pool,
                            sm_bilstm_pass *pass, const int32_t *ids,
                            const size_t *offsets, size_t rows)
{
    sm_sequences *const s = &pass->sequences;
    pass_context context = {model, pass, NULL};
    SM_RETURN_IF_ERROR(sm_sequences_prepare(s, ids, offsets, rows,
                                            model->length, model->table));
    SM_RETURN_IF_ERROR(sm_sequences_group(s));
    SM_RETURN_IF_ERROR(pass_reserve_chunks(model, pass));
    SM_RETURN_IF_ERROR(pass_reserve_tokens(model, pass));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, sm_chunks(s->token_count, TOKEN_BLOCK),
                                   project_task, &context));
    return sm_pool_run(pool, 2 * s->chunks, forward_task, &context);
}

/* ---- training: backward ---- */

static sm_status chunk_gradient_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_bilstm *const model = x->model;
    size_t const chunk = task / 2, u = model->units, dim = 2 * u;
    int const d = (int)(task % 2);
    const float *const out_gradient =
        x->gradients + chunk * SM_CHUNK_ROWS * dim;
    sm_lstm_gradients const g = chunk_partial(model, x->pass, chunk, d);
    (void)worker;
    memset(g.recurrent, 0, chunk_partial_size(model) * sizeof(float));
    if (d == 0)
        sm_lstm_forwards_gradient(model->kernels, &model->weights[0],
                                  &x->pass->sequences, chunk,
                                  &x->pass->states[0], out_gradient, dim, &g);
    else
        sm_lstm_backwards_gradient(model->kernels, &model->weights[1],
                                   &x->pass->sequences, chunk,
                                   &x->pass->states[1], out_gradient + u, dim,
                                   &g);
    return SIAMESE_OK;
}

/* Adds all chunks' partial sums to the first's, in their order, and runs the chain
 * of pads back. */
static sm_status sum_chunks_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_bilstm *const model = x->model;
    int const d = (int)task;
    const sm_lstm_weights *const w = &model->weights[d];
    sm_lstm_gradients const sum = chunk_partial(model, x->pass, 0, d);
    size_t const summed = (size_t)(sum.dh - sum.recurrent);
    (void)worker;
    for (size_t c = 1; c < x->pass->sequences.chunks; c++)
        model->kernels->add(
            summed, chunk_partial(model, x->pass, c, d).recurrent,
            sum.recurrent);
    if (d == 1) {
        memcpy(x->pass->pad_gates, w->pad_gates,
               w->length * 4 * w->padded * sizeof(float));
        sm_lstm_pad_chain_gradient(model->kernels, w, x->pass->pad_gates,
                                   &sum);
    }
    return SIAMESE_OK;
}

/* d(x W + b) of one token: the sum of dz over its slots. */
static void sum_slots(const pass_context *x, int d, size_t token, float *sum)
{
    const sm_sequences *const s = &x->pass->sequences;
    const sm_bilstm *const model = x->model;
    size_t const width = 4 * model->weights[d].padded;
    memset(sum, 0, width * sizeof *sum);
    if (token == 0)
        model->kernels->add(width, chunk_partial(model, x->pass, 0, d).pad,
                            sum);
    for (size_t i = s->token_begin[token]; i < s->token_begin[token + 1]; i++)
        model->kernels->add(
            width, x->pass->states[d].gates + s->token_slots[i] * width, sum);
}

/*
 * A block of tokens, P = X W + b: dP = sum of dz; dW = X^T dP, db = sum of dP,
 * dX = dP W^T summed over the directions.
 */
static sm_status token_gradient_task(void *context, size_t task,
                                     size_t worker)
{
    pass_context *const x = context;
    const sm_bilstm *const model = x->model;
    const sm_kernels *const kernels = model->kernels;
    size_t const e = model->inputs, width = 4 * model->weights[0].padded;
    size_t const first = task * TOKEN_BLOCK;
    size_t const count =
        sm_min(TOKEN_BLOCK, x->pass->sequences.token_count - first);
    float *const inputs = x->pass->inputs + first * e;
    (void)worker;
    for (int d = 0; d < 2; d++) {
        float *const dp = x->pass->projected[d] + first * width;
        float *const dw = token_partial(model, x->pass, task, d);
        float *const db = dw + e * width;
        for (size_t n = 0; n < count; n++)
            sum_slots(x, d, first + n, dp + n * width);
        kernels->gemm(e, width, count, inputs, 1, e, dp, width, dw, width);
        memset(db, 0, width * sizeof *db);
        for (size_t n = 0; n < count; n++)
            kernels->add(width, dp + n * width, db);
    }
    /* X is done with: dX takes its place */
    for (int d = 0; d < 2; d++)
        (d ? kernels->gemm_add : kernels->gemm)(
            count, e, width, x->pass->projected[d] + first * width, width, 1,
            model->weights[d].kernel_transposed, e, inputs, e);
    return SIAMESE_OK;
}

/* The parameters' gradients of one direction, in Keras's layout. */
static sm_status parameter_gradient_task(void *context, size_t task,
                                         size_t worker)
{
    pass_context *const x = context;
    const sm_bilstm *const model = x->model;
    int const d = (int)task;
    const sm_lstm_weights *const w = &model->weights[d];
    size_t const blocks =
        sm_chunks(x->pass->sequences.token_count, TOKEN_BLOCK);
    float *const sum = token_partial(model, x->pass, 0, d);
    (void)worker;
    for (size_t b = 1; b < blocks; b++)
        model->kernels->add(token_partial_size(model),
                            token_partial(model, x->pass, b, d), sum);
    sm_lstm_unpad(w->inputs, w->units, w->padded, sum,
                  model->direction[d].kernel->gradient);
    sm_lstm_unpad(1, w->units, w->padded, sum + w->inputs * 4 * w->padded,
                  model->direction[d].bias->gradient);
    sm_lstm_unpad(w->units, w->units, w->padded,
                  chunk_partial(model, x->pass, 0, d).recurrent,
                  model->direction[d].recurrent->gradient);
    return SIAMESE_OK;
}

static sm_status embedding_gradient(const sm_bilstm *model,
                                    const sm_bilstm_pass *pass)
{
    const sm_sequences *const s = &pass->sequences;
    size_t const e = model->inputs;
    SM_RETURN_IF_ERROR(
        sm_parameter_touch(model->embedding, s->tokens, s->token_count));
    for (size_t n = 0; n < s->token_count; n++)
        memcpy(sm_parameter_row_gradient(model->embedding, s->tokens[n]),
               pass->inputs + n * e, e * sizeof *pass->inputs);
    return SIAMESE_OK;
}

sm_status sm_bilstm_backward(const sm_bilstm *model, sm_pool *pool,
                             sm_bilstm_pass *pass, const float *gradients)
{
    const sm_sequences *const s = &pass->sequences;
    pass_context context = {model, pass, gradients};
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, 2 * s->chunks, chunk_gradient_task, &context));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, 2, sum_chunks_task, &context));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, sm_chunks(s->token_count, TOKEN_BLOCK),
                                   token_gradient_task, &context));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, 2, parameter_gradient_task, &context));
    return embedding_gradient(model, pass);
}

void sm_bilstm_pass_free(sm_bilstm_pass *pass)
{
    sm_sequences_free(&pass->sequences);
    sm_aligned_free(pass->vectors);
    sm_aligned_free(pass->inputs);
    for (int d = 0; d < 2; d++) {
        sm_aligned_free(pass->projected[d]);
        sm_aligned_free(pass->states[d].gates);
        sm_aligned_free(pass->states[d].c);
        sm_aligned_free(pass->states[d].h);
    }
    sm_aligned_free(pass->pad_gates);
    sm_aligned_free(pass->chunk_partials);
    sm_aligned_free(pass->token_partials);
    *pass = (sm_bilstm_pass){.tokens_capacity = 0};
}
