/* transformer_pass.c: a batch in, its vectors out, and from their gradients
 * those of the weights. What the trainer runs. */
#include "nn/transformer_pass.h"

#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "common/team.h"

/* What the tasks of a pass share. */
typedef struct pass_context {
    const sm_transformer *model;
    sm_transformer_pass *pass;
    const float *gradients;
} pass_context;

/* ---- memory ---- */

static size_t token_count(const sm_transformer_pass *pass)
{
    return pass->rows.begin[pass->rows.sequences.distinct];
}

static size_t norm_gradients_size(const sm_transformer *model)
{
    return (2 * model->options.layers + 1) * 2 * model->options.dim;
}

static sm_status reserve_tokens(const sm_transformer *model,
                                sm_transformer_pass *pass)
{
    size_t const dim = model->options.dim;
    size_t state;
    if (pass->tokens_capacity && token_count(pass) <= pass->tokens_capacity)
        return SIAMESE_OK;
    size_t const capacity = sm_roomy(token_count(pass));
    pass->tokens_capacity = 0;
    if (!sm_size_multiply(sm_block_state_size(&model->shape, true), capacity,
                          &state))
        return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->x, capacity, dim));
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->gradient, capacity, dim));
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->normalised, capacity, dim));
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->inverse, capacity, 1));
    SM_RETURN_IF_ERROR(
        sm_renew_floats(&pass->states, model->options.layers, state));
    pass->tokens_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status reserve_rows(const sm_transformer *model,
                              sm_transformer_pass *pass)
{
    size_t const distinct = pass->rows.sequences.distinct;
    if (distinct > pass->rows_capacity) {
        size_t const capacity = sm_roomy(distinct);
        pass->rows_capacity = 0;
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->vectors, capacity, model->options.dim));
        pass->rows_capacity = capacity;
    }
    if (pass->rows.chunks > pass->chunks_capacity) {
        size_t const capacity = sm_roomy(pass->rows.chunks);
        pass->chunks_capacity = 0;
        SM_RETURN_IF_ERROR(sm_renew_floats(&pass->norm_gradients, capacity,
                                           norm_gradients_size(model)));
        pass->chunks_capacity = capacity;
    }
    return SIAMESE_OK;
}

static sm_status reserve_threads(const sm_transformer *model,
                                 sm_transformer_pass *pass, size_t threads)
{
    size_t const layers = model->options.layers;
    size_t room;
    if (!sm_transformer_room(model, &pass->rows, &room))
        return sm_fail_memory();
    if (pass->block_states == NULL) {
        pass->block_states =
            sm_alloc_array(threads * layers, sizeof *pass->block_states);
        if (pass->block_states == NULL) return sm_fail_memory();
    }
    if (pass->transposed == NULL)
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->transposed, layers,
                            sm_block_transposed_size(&model->shape)));
    if (room > pass->rooms_capacity) {
        pass->rooms_capacity = 0;
        SM_RETURN_IF_ERROR(sm_renew_floats(&pass->rooms, threads, room));
        pass->rooms_capacity = room;
    }
    pass->room_size = pass->rooms_capacity;
    return SIAMESE_OK;
}

/* The run of a chunk, and the states of its layers. */
static sm_transformer_run chunk_run(const pass_context *x, size_t chunk,
                                    size_t worker, sm_block_state **states)
{
    const sm_transformer *const model = x->model;
    sm_transformer_pass *const pass = x->pass;
    size_t const dim = model->options.dim, layers = model->options.layers;
    size_t const size = sm_block_state_size(&model->shape, true);
    sm_transformer_run run = {
        .model = model,
        .rows = &pass->rows,
        .chunk = sm_token_rows_chunk(&pass->rows, chunk),
        .dropout = pass->dropout.rate > 0 ? &pass->dropout : NULL,
        .room = pass->rooms + worker * pass->room_size,
        .norm_gradients =
            pass->norm_gradients + chunk * norm_gradients_size(model),
        .transposed = pass->transposed};
    size_t const first = run.chunk.begin[0];
    run.x = pass->x + first * dim;
    run.gradient = pass->gradient + first * dim;
    run.normalised = pass->normalised + first * dim;
    run.inverse = pass->inverse + first;
    *states = pass->block_states + worker * layers;
    for (size_t i = 0; i < layers; i++)
        (*states)[i] = sm_block_state_place(
            &model->shape, true,
            pass->states + i * size * pass->tokens_capacity,
            pass->tokens_capacity, first);
    return run;
}

/* ---- forward ---- */

static sm_status forward_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    sm_block_state *states;
    sm_transformer_run const run = chunk_run(x, task, worker, &states);
    sm_transformer_forward(&run, states,
                           x->pass->vectors +
                               run.chunk.first_row * x->model->options.dim);
    return SIAMESE_OK;
}

/* Tokens of a chunk, by which ranks share chunks. */
static size_t chunk_work(const void *context, size_t chunk)
{
    const pass_context *const x = context;
    return sm_token_rows_chunk(&x->pass->rows, chunk).tokens;
}

/* The vectors of a chunk's rows. */
static size_t pack_vectors(const void *context, size_t chunk,
                           unsigned char *packed, bool back)
{
    const pass_context *const x = context;
    sm_token_chunk const c = sm_token_rows_chunk(&x->pass->rows, chunk);
    size_t const dim = x->model->options.dim;
    return sm_pack(packed, back, x->pass->vectors + c.first_row * dim,
                   c.rows * dim * sizeof(float));
}

sm_status sm_transformer_pass_forward(const sm_transformer *model,
                                      sm_pool *pool, sm_transformer_pass *pass,
                                      const int32_t *ids, const size_t *offsets,
                                      size_t rows)
{
    const sm_transformer_options *const o = &model->options;
    pass_context context = {model, pass, NULL};
    SM_RETURN_IF_ERROR(sm_token_rows_prepare(&pass->rows, ids, offsets, rows,
                                             o->length, o->table));
    SM_RETURN_IF_ERROR(reserve_tokens(model, pass));
    SM_RETURN_IF_ERROR(reserve_rows(model, pass));
    SM_RETURN_IF_ERROR(reserve_threads(model, pass, sm_pool_threads(pool)));
    return sm_team_run(pool, &(sm_team_loop){.blocks = pass->rows.chunks,
                                             .tasks = 1,
                                             .task = forward_task,
                                             .context = &context,
                                             .work = chunk_work,
                                             .is_dealt = true,
                                             .pack = pack_vectors});
}

/* ---- backward ---- */

static sm_status transpose_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_block_shape *const shape = &x->model->shape;
    (void)worker;
    sm_block_transpose(shape, &x->model->blocks[task],
                       x->pass->transposed +
                           task * sm_block_transposed_size(shape));
    return SIAMESE_OK;
}

static sm_status backward_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    sm_block_state *states;
    sm_transformer_run const run = chunk_run(x, task, worker, &states);
    memset(run.norm_gradients, 0,
           norm_gradients_size(x->model) * sizeof *run.norm_gradients);
    sm_transformer_backward(&run, states,
                            x->gradients +
                                run.chunk.first_row * x->model->options.dim);
    return SIAMESE_OK;
}

/* What is summed over all tokens: a chunk's gradients of norms and embeddings,
 * and the inputs and gradients of each linear layer. */
static size_t pack_gradients(const void *context, size_t chunk,
                             unsigned char *packed, bool back)
{
    const pass_context *const x = context;
    const sm_transformer *const model = x->model;
    sm_block_state *states;
    sm_transformer_run const run = chunk_run(x, chunk, 0, &states);
    size_t const row = run.chunk.tokens * sizeof(float);
    size_t used = sm_pack(packed, back, run.norm_gradients,
                          norm_gradients_size(model) * sizeof(float));
    used += sm_pack(packed ? packed + used : NULL, back, run.gradient,
                    row * model->options.dim);
    for (size_t i = 0; i < model->options.layers; i++) {
        const sm_block_state *const s = &states[i];
        float *const narrow[] = {
            s->attention_in,    s->query,   s->key,
            s->value,           s->context, s->output_gradient,
            s->result_gradient, s->feed_in};
        float *const wide[] = {s->hidden, s->active};
        for (size_t j = 0; j < sizeof narrow / sizeof *narrow; j++)
            used += sm_pack(packed ? packed + used : NULL, back, narrow[j],
                            row * model->shape.dim);
        for (size_t j = 0; j < sizeof wide / sizeof *wide; j++)
            used += sm_pack(packed ? packed + used : NULL, back, wide[j],
                            row * model->shape.feed_forward);
    }
    return used;
}

/* Rows of a kernel's gradient that a task computes, tokens that it reads at a
 * time: a panel of tokens stays in the cache. */
enum { KERNEL_ROWS = 64, PANEL_TOKENS = 256 };

static size_t kernel_tasks(const sm_transformer *model, int linear)
{
    return sm_chunks(sm_linear_inputs(&model->shape, linear), KERNEL_ROWS);
}

/* Tasks of all kernels of a layer. */
static size_t layer_tasks(const sm_transformer *model)
{
    size_t tasks = 0;
    for (int l = 0; l < SM_LINEARS; l++) tasks += kernel_tasks(model, l);
    return tasks;
}

/* db = sum over tokens of dy, by panels, so that the sums stay short. */
static void bias_gradient(const sm_kernels *kernels, size_t tokens,
                          size_t outputs, const float *dy, float *room,
                          float *db)
{
    memset(db, 0, outputs * sizeof *db);
    for (size_t first = 0; first < tokens; first += PANEL_TOKENS) {
        size_t const last = sm_min(first + PANEL_TOKENS, tokens);
        memset(room, 0, outputs * sizeof *room);
        for (size_t t = first; t < last; t++)
            kernels->add(outputs, dy + t * outputs, room);
        kernels->add(outputs, room, db);
    }
}

/* Rows first .. first + rows - 1 of dW = x^T dy. */
static void kernel_gradient(const sm_kernels *kernels, size_t tokens,
                            size_t inputs, size_t outputs, size_t first,
                            size_t rows, const float *x, const float *dy,
                            float *dw)
{
    memset(dw + first * outputs, 0, rows * outputs * sizeof *dw);
    for (size_t t = 0; t < tokens; t += PANEL_TOKENS)
        kernels->gemm_add(rows, outputs, sm_min(PANEL_TOKENS, tokens - t),
                          x + t * inputs + first, 1, inputs, dy + t * outputs,
                          outputs, dw + first * outputs, outputs);
}

/* Some rows of the kernel's gradient of a linear layer; the bias's too of those
 * that come first. */
typedef struct weights_part {
    size_t layer, inputs, outputs, first, rows;
    int linear;
    const sm_linear *parameters;
} weights_part;

static weights_part part_of(const sm_transformer *model, size_t task)
{
    weights_part part = {.layer = task / layer_tasks(model)};
    size_t block = task % layer_tasks(model);
    while (block >= kernel_tasks(model, part.linear))
        block -= kernel_tasks(model, part.linear++);
    part.inputs = sm_linear_inputs(&model->shape, part.linear);
    part.outputs = sm_linear_outputs(&model->shape, part.linear);
    part.first = block * KERNEL_ROWS;
    part.rows = sm_min(KERNEL_ROWS, part.inputs - part.first);
    part.parameters = &model->blocks[part.layer].linear[part.linear];
    return part;
}

static sm_status weights_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_transformer *const model = x->model;
    sm_transformer_pass *const pass = x->pass;
    weights_part const part = part_of(model, task);
    const sm_linear *const l = part.parameters;
    sm_block_state const state = sm_block_state_place(
        &model->shape, true,
        pass->states + part.layer * sm_block_state_size(&model->shape, true) *
                           pass->tokens_capacity,
        pass->tokens_capacity, 0);
    const float *input, *gradient;
    sm_block_linear_pair(&state, part.linear, &input, &gradient);
    kernel_gradient(model->kernels, token_count(pass), part.inputs,
                    part.outputs, part.first, part.rows, input, gradient,
                    l->kernel->gradient);
    if (part.first > 0) return SIAMESE_OK;
    if (part.linear == SM_LINEAR_KEY)
        /* it adds the same to all of a query's scores, which softmax does not
         * see: 0, where a sum would have rounding for Adam to blow up */
        memset(l->bias->gradient, 0, part.outputs * sizeof(float));
    else
        bias_gradient(model->kernels, token_count(pass), part.outputs, gradient,
                      pass->rooms + worker * pass->room_size,
                      l->bias->gradient);
    return SIAMESE_OK;
}

static size_t weights_work(const void *context, size_t task)
{
    weights_part const part =
        part_of(((const pass_context *)context)->model, task);
    return part.rows * part.outputs;
}

static size_t pack_weights(const void *context, size_t task,
                           unsigned char *packed, bool back)
{
    weights_part const part =
        part_of(((const pass_context *)context)->model, task);
    const sm_linear *const l = part.parameters;
    size_t const used =
        sm_pack(packed, back, l->kernel->gradient + part.first * part.outputs,
                part.rows * part.outputs * sizeof(float));
    if (part.first > 0) return used;
    return used + sm_pack(packed ? packed + used : NULL, back,
                          l->bias->gradient, part.outputs * sizeof(float));
}

/* The sums over chunks, in their order, of gamma's and beta's gradients. */
static void norm_gradients(const sm_transformer *model,
                           const sm_transformer_pass *pass)
{
    size_t const dim = model->options.dim, layers = model->options.layers;
    size_t const size = norm_gradients_size(model);
    float *const sum = pass->norm_gradients;
    for (size_t c = 1; c < pass->rows.chunks; c++)
        model->kernels->add(size, sum + c * size, sum);
    for (size_t i = 0; i < 2 * layers + 1; i++) {
        const sm_norm *const norm =
            i < 2 * layers ? &model->blocks[i / 2].norm[i % 2] : &model->norm;
        memcpy(norm->gamma->gradient, sum + 2 * i * dim, dim * sizeof *sum);
        memcpy(norm->beta->gradient, sum + (2 * i + 1) * dim,
               dim * sizeof *sum);
    }
}

static void position_gradient(const sm_transformer *model,
                              const sm_transformer_pass *pass)
{
    size_t const dim = model->options.dim;
    sm_parameter *const p = model->position_embedding;
    memset(p->gradient, 0, p->count * sizeof *p->gradient);
    for (size_t i = 0; i < token_count(pass); i++)
        model->kernels->add(dim, pass->gradient + i * dim,
                            p->gradient + pass->rows.positions[i] * dim);
}

/* Distinct tokens of one task. */
enum { TOKEN_BLOCK = 128 };

/* Task 0: norms and positions; then blocks of tokens, each the sum over where
 * it stands. Token 0, the pad, stands nowhere. */
static sm_status embeddings_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_transformer *const model = x->model;
    const sm_token_rows *const rows = &x->pass->rows;
    size_t const dim = model->options.dim;
    (void)worker;
    if (task == 0) {
        norm_gradients(model, x->pass);
        position_gradient(model, x->pass);
        return SIAMESE_OK;
    }
    size_t const first = 1 + (task - 1) * TOKEN_BLOCK;
    size_t const last =
        sm_min(first + TOKEN_BLOCK, rows->sequences.token_count);
    for (size_t n = first; n < last; n++) {
        float *const sum = sm_parameter_row_gradient(model->embedding,
                                                     rows->sequences.tokens[n]);
        memset(sum, 0, dim * sizeof *sum);
        for (size_t i = rows->group_begin[n]; i < rows->group_begin[n + 1]; i++)
            model->kernels->add(dim, x->pass->gradient + rows->order[i] * dim,
                                sum);
    }
    return SIAMESE_OK;
}

sm_status sm_transformer_pass_backward(const sm_transformer *model,
                                       sm_pool *pool, sm_transformer_pass *pass,
                                       const float *gradients)
{
    const sm_sequences *const s = &pass->rows.sequences;
    size_t const layers = model->options.layers;
    pass_context context = {model, pass, gradients};
    SM_RETURN_IF_ERROR(sm_token_rows_group(&pass->rows));
    SM_RETURN_IF_ERROR(sm_parameter_touch(model->embedding, s->tokens + 1,
                                          s->token_count - 1));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, layers, transpose_task, &context));
    SM_RETURN_IF_ERROR(
        sm_team_run(pool, &(sm_team_loop){.blocks = pass->rows.chunks,
                                          .tasks = 1,
                                          .task = backward_task,
                                          .context = &context,
                                          .work = chunk_work,
                                          .is_dealt = true,
                                          .pack = pack_gradients}));
    SM_RETURN_IF_ERROR(
        sm_team_run(pool, &(sm_team_loop){.blocks = layers * layer_tasks(model),
                                          .tasks = 1,
                                          .task = weights_task,
                                          .context = &context,
                                          .work = weights_work,
                                          .is_dealt = true,
                                          .pack = pack_weights}));
    return sm_pool_run(pool, 1 + sm_chunks(s->token_count - 1, TOKEN_BLOCK),
                       embeddings_task, &context);
}

void sm_transformer_pass_free(sm_transformer_pass *pass)
{
    sm_token_rows_free(&pass->rows);
    sm_aligned_free(pass->vectors);
    sm_aligned_free(pass->x);
    sm_aligned_free(pass->gradient);
    sm_aligned_free(pass->normalised);
    sm_aligned_free(pass->inverse);
    sm_aligned_free(pass->states);
    sm_aligned_free(pass->norm_gradients);
    sm_aligned_free(pass->transposed);
    sm_aligned_free(pass->rooms);
    sm_free(pass->block_states);
    *pass = (sm_transformer_pass){.rows_capacity = 0};
}
