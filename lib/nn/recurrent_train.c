/* recurrent_train.c: a batch in, its vectors out, and from their gradients
 * those of the weights, in parallel over chunks. What the trainer runs. */
#include "nn/recurrent_train.h"

#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "common/team.h"
#include "nn/recurrent.h"

/* Tokens a task; it does not depend on the number of threads. */
enum { TOKEN_BLOCK = 64 };

/* What one direction of one layer keeps of every chunk. */
typedef struct direction_pass {
    float *gates;    /* [chunks][length][SM_CHUNK_ROWS][4 padded] */
    float *c, *h;    /* [chunks][length][SM_CHUNK_ROWS][padded] */
    float *partials; /* [chunks][partial_size]: sm_recurrent_gradients */
} direction_pass;

typedef struct recurrent_pass {
    sm_encoder_pass base;
    sm_sequences sequences;
    float *vectors;      /* [distinct][dim] */
    float *inputs;       /* X [tokens][inputs], later dX */
    float *projected[2]; /* x W + b [tokens][4 padded], later gradients */
    direction_pass *directions; /* [layers][ways] */
    size_t direction_count;
    float *pad_gates;      /* [length][4 padded] */
    float *token_partials; /* dW and db of each block of tokens */
    size_t chunks_capacity, tokens_capacity;
} recurrent_pass;

/* What the tasks of a pass share. */
typedef struct pass_context {
    const sm_recurrent *model;
    recurrent_pass *pass;
    const float *gradients;
    size_t layer;
} pass_context;

/* ---- memory ---- */

sm_status sm_recurrent_pass_create(sm_encoder_pass **out)
{
    recurrent_pass *const pass = sm_calloc(1, sizeof *pass);
    if (pass == NULL) return sm_fail_memory();
    *out = &pass->base;
    return SIAMESE_OK;
}

void sm_recurrent_pass_free(sm_encoder_pass *base)
{
    recurrent_pass *const pass = (recurrent_pass *)base;
    sm_sequences_free(&pass->sequences);
    sm_aligned_free(pass->vectors);
    sm_aligned_free(pass->inputs);
    sm_aligned_free(pass->projected[0]);
    sm_aligned_free(pass->projected[1]);
    for (size_t i = 0; i < pass->direction_count; i++) {
        direction_pass *const d = &pass->directions[i];
        sm_aligned_free(d->gates);
        sm_aligned_free(d->c);
        sm_aligned_free(d->h);
        sm_aligned_free(d->partials);
    }
    sm_free(pass->directions);
    sm_aligned_free(pass->pad_gates);
    sm_aligned_free(pass->token_partials);
    sm_free(pass);
}

/* Numbers of a chunk's partial sums, and of all that a chunk has. */
static size_t summed_size(const sm_recurrent_weights *w, size_t layer)
{
    size_t const rows = layer ? w->shape.sources * w->shape.inputs : 0;
    return (4 * (w->shape.units + rows + 2) + 2 * (w->shape.chain + 1)) *
           w->padded;
}

static size_t partial_size(const sm_recurrent_weights *w, size_t layer)
{
    return summed_size(w, layer) + 2 * SM_CHUNK_ROWS * w->padded;
}

static sm_recurrent_gradients partial(const pass_context *x, size_t chunk,
                                      size_t way)
{
    const sm_recurrent_weights *const w =
        sm_recurrent_weights_of(x->model, x->layer, way);
    size_t const gates = 4 * w->padded, states = w->shape.chain + 1;
    sm_recurrent_gradients g;
    g.recurrent =
        x->pass->directions[x->layer * x->model->ways + way].partials +
        chunk * partial_size(w, x->layer);
    g.pad = g.recurrent + w->shape.units * gates;
    g.bias = g.pad + gates;
    g.entry_h = g.bias + gates;
    g.entry_c = g.entry_h + states * w->padded;
    g.kernel = g.entry_c + states * w->padded;
    g.dh = g.recurrent + summed_size(w, x->layer);
    g.dc = g.dh + SM_CHUNK_ROWS * w->padded;
    return g;
}

/* dW [inputs][4 padded] and db [4 padded], of a block of tokens. */
static size_t token_partial_size(const sm_recurrent *model)
{
    return (model->inputs + 1) * 4 *
           sm_recurrent_weights_of(model, 0, 0)->padded;
}

static float *token_partial(const pass_context *x, size_t block, size_t way)
{
    return x->pass->token_partials +
           (x->model->ways * block + way) * token_partial_size(x->model);
}

static sm_status reserve_direction(const sm_recurrent *model, size_t layer,
                                   size_t way, size_t chunks, direction_pass *d)
{
    const sm_recurrent_weights *const w =
        sm_recurrent_weights_of(model, layer, way);
    size_t const slots = chunks * SM_CHUNK_ROWS * model->length;
    SM_RETURN_IF_ERROR(sm_renew_floats(&d->gates, slots, 4 * w->padded));
    if (model->cell == SM_CELL_LSTM)
        SM_RETURN_IF_ERROR(sm_renew_floats(&d->c, slots, w->padded));
    SM_RETURN_IF_ERROR(sm_renew_floats(&d->h, slots, w->padded));
    return sm_renew_floats(&d->partials, chunks, partial_size(w, layer));
}

static sm_status reserve_chunks(const sm_recurrent *model, recurrent_pass *pass)
{
    size_t const ways = model->ways, count = model->layers * ways;
    size_t const padded = sm_recurrent_weights_of(model, 0, 0)->padded;
    if (pass->directions == NULL) {
        pass->directions = sm_calloc(count, sizeof *pass->directions);
        if (pass->directions == NULL) return sm_fail_memory();
        pass->direction_count = count;
    }
    if (pass->sequences.chunks <= pass->chunks_capacity) return SIAMESE_OK;
    size_t const capacity = pass->sequences.chunks + 1;
    pass->chunks_capacity = 0;
    SM_RETURN_IF_ERROR(
        sm_renew_floats(&pass->pad_gates, model->length, 4 * padded));
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->vectors, capacity * SM_CHUNK_ROWS,
                                       model->base.dim));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(reserve_direction(model, i / ways, i % ways,
                                             capacity, &pass->directions[i]));
    pass->chunks_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status reserve_tokens(const sm_recurrent *model, recurrent_pass *pass)
{
    size_t const padded = sm_recurrent_weights_of(model, 0, 0)->padded;
    if (pass->sequences.token_count <= pass->tokens_capacity) return SIAMESE_OK;
    size_t const capacity = sm_roomy(pass->sequences.token_count);
    pass->tokens_capacity = 0;
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->inputs, capacity, model->inputs));
    for (size_t way = 0; way < model->ways; way++)
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->projected[way], capacity, 4 * padded));
    SM_RETURN_IF_ERROR(sm_renew_floats(
        &pass->token_partials, model->ways * sm_chunks(capacity, TOKEN_BLOCK),
        token_partial_size(model)));
    pass->tokens_capacity = capacity;
    return SIAMESE_OK;
}

/* ---- forward ---- */

static sm_recurrent_states states_of(const pass_context *x, size_t layer,
                                     size_t way, size_t chunk)
{
    const direction_pass *const d =
        &x->pass->directions[layer * x->model->ways + way];
    size_t const padded = sm_recurrent_weights_of(x->model, layer, way)->padded;
    size_t const at = sm_slot(&x->pass->sequences, chunk, 0) * padded;
    size_t const step = SM_CHUNK_ROWS * padded;
    return (sm_recurrent_states){.gates = d->gates + 4 * at,
                                 .c = d->c ? d->c + at : NULL,
                                 .h = d->h + at,
                                 .gates_step = 4 * step,
                                 .c_step = step,
                                 .h_step = step};
}

/* A task is a chunk and a direction of the context's layer. */
static sm_recurrent_run run_of(const pass_context *x, size_t task,
                               sm_recurrent_states below[2])
{
    size_t const chunk = task / x->model->ways, way = task % x->model->ways;
    for (size_t i = 0; x->layer && i < x->model->ways; i++)
        below[i] = states_of(x, x->layer - 1, i, chunk);
    return (sm_recurrent_run){
        .kernels = x->model->kernels,
        .weights = sm_recurrent_weights_of(x->model, x->layer, way),
        .sequences = &x->pass->sequences,
        .chunk = chunk,
        .backwards = way == 1,
        .masked = x->model->masked,
        .projected = x->layer ? NULL : x->pass->projected[way],
        .below = x->layer ? below : NULL,
        .states = states_of(x, x->layer, way, chunk),
    };
}

/* Task 0: the slots of each token, for the way back; then blocks of tokens. */
static sm_status project_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    sm_sequences *const s = &x->pass->sequences;
    (void)worker;
    if (task == 0) return sm_sequences_group(s);
    sm_recurrent_project(x->model, s, (task - 1) * TOKEN_BLOCK,
                         sm_min(task * TOKEN_BLOCK, s->token_count),
                         x->pass->inputs, x->pass->projected);
    return SIAMESE_OK;
}

static sm_status forward_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_recurrent *const model = x->model;
    sm_recurrent_states below[2];
    sm_recurrent_run const run = run_of(x, task, below);
    size_t const dim = model->base.dim;
    float *const out = x->pass->vectors + run.chunk * SM_CHUNK_ROWS * dim +
                       task % model->ways * model->units;
    (void)worker;
    sm_recurrent_forward(&run, x->layer + 1 < model->layers ? NULL : out, dim);
    return SIAMESE_OK;
}

/* Steps of a chunk's rows, by which ranks share chunks. */
static size_t chunk_work(const void *context, size_t chunk)
{
    const sm_sequences *const s =
        &((const pass_context *)context)->pass->sequences;
    const uint32_t *const lengths = s->lengths + chunk * SM_CHUNK_ROWS;
    size_t steps = 0;
    for (size_t r = 0; r < sm_chunk_rows(s, chunk); r++) steps += lengths[r];
    return steps;
}

/* The vectors of a chunk's rows. */
static size_t pack_vectors(const void *context, size_t chunk,
                           unsigned char *packed, bool back)
{
    const pass_context *const x = context;
    size_t const dim = x->model->base.dim;
    return sm_pack(packed, back, x->pass->vectors + chunk * SM_CHUNK_ROWS * dim,
                   sm_chunk_rows(&x->pass->sequences, chunk) * dim *
                       sizeof(float));
}

sm_status sm_recurrent_pass_forward(const sm_encoder *encoder, sm_pool *pool,
                                    sm_encoder_pass *base, const int32_t *ids,
                                    const size_t *offsets, size_t rows)
{
    const sm_recurrent *const model = (const sm_recurrent *)encoder;
    recurrent_pass *const pass = (recurrent_pass *)base;
    sm_sequences *const s = &pass->sequences;
    pass_context context = {.model = model, .pass = pass};
    SM_RETURN_IF_ERROR(sm_recurrent_prepare(model, s, ids, offsets, rows));
    SM_RETURN_IF_ERROR(reserve_chunks(model, pass));
    SM_RETURN_IF_ERROR(reserve_tokens(model, pass));
    SM_RETURN_IF_ERROR(sm_pool_run(pool,
                                   1 + sm_chunks(s->token_count, TOKEN_BLOCK),
                                   project_task, &context));
    for (; context.layer < model->layers; context.layer++)
        SM_RETURN_IF_ERROR(sm_team_run(
            pool, &(sm_team_loop){.blocks = s->chunks,
                                  .tasks = model->ways,
                                  .task = forward_task,
                                  .context = &context,
                                  .work = chunk_work,
                                  .is_dealt = true,
                                  .pack = context.layer + 1 < model->layers
                                              ? NULL
                                              : pack_vectors}));
    base->distinct = s->distinct;
    base->vectors = pass->vectors;
    base->row_map = s->row_map;
    return SIAMESE_OK;
}

/* ---- backward ---- */

/* A chunk and direction of a layer, from the vectors' gradients or from the
 * layer above, which is done. */
static sm_status backward_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_recurrent *const model = x->model;
    size_t const way = task % model->ways, dim = model->base.dim;
    bool const last = x->layer + 1 == model->layers;
    sm_recurrent_states below[2], states[2];
    sm_recurrent_run const run = run_of(x, task, below);
    sm_recurrent_gradients const g = partial(x, run.chunk, way);
    const sm_recurrent_weights *weights[2];
    for (size_t i = 0; !last && i < model->ways; i++) {
        weights[i] = sm_recurrent_weights_of(model, x->layer + 1, i);
        states[i] = states_of(x, x->layer + 1, i, run.chunk);
    }
    sm_recurrent_above const above = {weights, states, model->ways, way};
    (void)worker;
    memset(g.recurrent, 0,
           summed_size(run.weights, x->layer) * sizeof *g.recurrent);
    sm_recurrent_backward(&run,
                          last
                              ? x->gradients + run.chunk * SM_CHUNK_ROWS * dim +
                                    way * model->units
                              : NULL,
                          dim, last ? NULL : &above, &g);
    return SIAMESE_OK;
}

/* What is summed over chunks and tokens: a chunk's partial sums of all layers,
 * and the gradients of the first layer's gates where rows have tokens. */
static size_t pack_gradients(const void *context, size_t chunk,
                             unsigned char *packed, bool back)
{
    pass_context x = *(const pass_context *)context;
    const sm_sequences *const s = &x.pass->sequences;
    size_t used = 0;
    for (x.layer = 0; x.layer < x.model->layers; x.layer++)
        for (size_t way = 0; way < x.model->ways; way++)
            used += sm_pack(
                packed ? packed + used : NULL, back,
                partial(&x, chunk, way).recurrent,
                summed_size(sm_recurrent_weights_of(x.model, x.layer, way),
                            x.layer) *
                    sizeof(float));
    for (size_t way = 0; way < x.model->ways; way++) {
        size_t const width =
            4 * sm_recurrent_weights_of(x.model, 0, way)->padded;
        for (size_t t = 0; t < s->length; t++)
            used += sm_pack(
                packed ? packed + used : NULL, back,
                x.pass->directions[way].gates + sm_slot(s, chunk, t) * width,
                sm_chunk_active(s, chunk, t) * width * sizeof(float));
    }
    return used;
}

/* Adds all chunks' partial sums to the first's, in their order, and runs the
 * chain of pads back. */
static sm_status sum_chunks_task(void *context, size_t task, size_t worker)
{
    pass_context x = *(pass_context *)context;
    size_t const way = task % x.model->ways;
    x.layer = task / x.model->ways;
    const sm_recurrent_weights *const w =
        sm_recurrent_weights_of(x.model, x.layer, way);
    sm_recurrent_gradients const sum = partial(&x, 0, way);
    (void)worker;
    for (size_t c = 1; c < x.pass->sequences.chunks; c++)
        x.model->kernels->add(summed_size(w, x.layer),
                              partial(&x, c, way).recurrent, sum.recurrent);
    if (w->shape.chain) {
        memcpy(x.pass->pad_gates, w->pad_gates,
               w->shape.chain * 4 * w->padded * sizeof(float));
        sm_recurrent_pad_chain_backward(x.model->kernels, w, x.pass->pad_gates,
                                        &sum);
    }
    return SIAMESE_OK;
}

/* d(x W + b) of one token: the sum over its slots. */
static void sum_slots(const pass_context *x, size_t way, size_t token,
                      float *sum)
{
    const sm_sequences *const s = &x->pass->sequences;
    const sm_kernels *const kernels = x->model->kernels;
    size_t const width = 4 * sm_recurrent_weights_of(x->model, 0, way)->padded;
    size_t const first = s->token_begin[token];
    kernels->sum_rows(width, s->token_begin[token + 1] - first,
                      s->token_slots + first, NULL,
                      x->pass->directions[way].gates, sum);
    if (token == 0) kernels->add(width, partial(x, 0, way).pad, sum);
}

/*
 * A block of tokens of the first layer, P = X W + b: dP = sum over slots;
 * dW = X^T dP, db = sum of dP, dX = dP W^T summed over the directions, which is
 * the gradient of the tokens' embeddings.
 */
static sm_status token_gradient_task(void *context, size_t task, size_t worker)
{
    pass_context *const x = context;
    const sm_recurrent *const model = x->model;
    const sm_kernels *const kernels = model->kernels;
    size_t const e = model->inputs;
    size_t const width = 4 * sm_recurrent_weights_of(model, 0, 0)->padded;
    size_t const first = task * TOKEN_BLOCK;
    size_t const count =
        sm_min(TOKEN_BLOCK, x->pass->sequences.token_count - first);
    float *const inputs = x->pass->inputs + first * e;
    (void)worker;
    for (size_t way = 0; way < model->ways; way++) {
        float *const dp = x->pass->projected[way] + first * width;
        float *const dw = token_partial(x, task, way);
        float *const db = dw + e * width;
        for (size_t n = 0; n < count; n++)
            sum_slots(x, way, first + n, dp + n * width);
        kernels->gemm(e, width, count, inputs, 1, e, dp, width, dw, width);
        memset(db, 0, width * sizeof *db);
        for (size_t n = 0; n < count; n++)
            kernels->add(width, dp + n * width, db);
    }
    /* X is done with: dX takes its place */
    for (size_t way = 0; way < model->ways; way++)
        (way ? kernels->gemm_add : kernels->gemm)(
            count, e, width, x->pass->projected[way] + first * width, width, 1,
            sm_recurrent_weights_of(model, 0, way)->kernel_transposed, e,
            inputs, e);
    for (size_t n = 0; n < count; n++)
        memcpy(sm_parameter_row_gradient(model->embedding,
                                         x->pass->sequences.tokens[first + n]),
               inputs + n * e, e * sizeof *inputs);
    return SIAMESE_OK;
}

/* The parameters' gradients of one direction of one layer, in Keras's
 * layout. */
static sm_status parameter_gradient_task(void *context, size_t task,
                                         size_t worker)
{
    pass_context x = *(pass_context *)context;
    size_t const way = task % x.model->ways;
    const sm_recurrent_direction *const d = &x.model->directions[task];
    x.layer = task / x.model->ways;
    sm_recurrent_gradients const sum = partial(&x, 0, way);
    const float *kernel = sum.kernel, *bias = sum.bias;
    (void)worker;
    if (x.layer == 0) {
        size_t const blocks =
            sm_chunks(x.pass->sequences.token_count, TOKEN_BLOCK);
        float *const tokens = token_partial(&x, 0, way);
        for (size_t b = 1; b < blocks; b++)
            x.model->kernels->add(token_partial_size(x.model),
                                  token_partial(&x, b, way), tokens);
        kernel = tokens;
        bias = tokens + x.model->inputs * 4 * d->weights.padded;
    }
    sm_recurrent_weights_unpack(&d->weights, kernel, sum.recurrent, bias,
                                &d->parameters);
    return SIAMESE_OK;
}

sm_status sm_recurrent_pass_backward(const sm_encoder *encoder, sm_pool *pool,
                                     sm_encoder_pass *base,
                                     const float *gradients)
{
    const sm_recurrent *const model = (const sm_recurrent *)encoder;
    recurrent_pass *const pass = (recurrent_pass *)base;
    const sm_sequences *const s = &pass->sequences;
    size_t const directions = model->layers * model->ways;
    pass_context context = {
        .model = model, .pass = pass, .gradients = gradients};
    for (size_t layer = model->layers; layer-- > 0;) {
        context.layer = layer;
        SM_RETURN_IF_ERROR(sm_team_run(
            pool, &(sm_team_loop){.blocks = s->chunks,
                                  .tasks = model->ways,
                                  .task = backward_task,
                                  .context = &context,
                                  .work = chunk_work,
                                  .is_dealt = true,
                                  .pack = layer ? NULL : pack_gradients}));
    }
    SM_RETURN_IF_ERROR(
        sm_parameter_touch(model->embedding, s->tokens, s->token_count));
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, directions, sum_chunks_task, &context));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, sm_chunks(s->token_count, TOKEN_BLOCK),
                                   token_gradient_task, &context));
    return sm_pool_run(pool, directions, parameter_gradient_task, &context);
}
