/* transformer.c: a chunk of token rows in, their vectors out, through
 * embeddings, blocks and pooling. For transformer_encoder and
 * transformer_pass. */
#include "nn/transformer.h"

#include <stdio.h>

#include "common/memory.h"
#include "nn/initialise.h"
#include "nn/table_precision.h"
#include "nn/token_pooling.h"

/* ---- parameters ---- */

static sm_status add_norm(sm_parameters *list, const char *prefix,
                          const char *name, size_t dim, sm_norm *norm)
{
    char full[SM_PARAMETER_NAME_SIZE];
    snprintf(full, sizeof full, "%s%s_gamma", prefix, name);
    SM_RETURN_IF_ERROR(sm_parameters_add(list, full, 1, &dim, &norm->gamma));
    snprintf(full, sizeof full, "%s%s_beta", prefix, name);
    return sm_parameters_add(list, full, 1, &dim, &norm->beta);
}

static sm_status add_block(sm_transformer *model, sm_parameters *list,
                           size_t number)
{
    static const char *const names[SM_LINEARS] = {"query",
                                                  "key",
                                                  "value",
                                                  "attention_output",
                                                  "feed_forward_hidden",
                                                  "feed_forward_output"};
    const sm_block_shape *const shape = &model->shape;
    sm_block *const block = &model->blocks[number];
    char prefix[32], full[SM_PARAMETER_NAME_SIZE];
    snprintf(prefix, sizeof prefix, "block%zu_", number);
    for (int l = 0; l < SM_LINEARS; l++) {
        size_t const kernel[2] = {sm_linear_inputs(shape, l),
                                  sm_linear_outputs(shape, l)};
        snprintf(full, sizeof full, "%s%s_kernel", prefix, names[l]);
        SM_RETURN_IF_ERROR(
            sm_parameters_add(list, full, 2, kernel, &block->linear[l].kernel));
        snprintf(full, sizeof full, "%s%s_bias", prefix, names[l]);
        SM_RETURN_IF_ERROR(sm_parameters_add(list, full, 1, &kernel[1],
                                             &block->linear[l].bias));
    }
    SM_RETURN_IF_ERROR(
        add_norm(list, prefix, "attention_norm", shape->dim, &block->norm[0]));
    return add_norm(list, prefix, "feed_forward_norm", shape->dim,
                    &block->norm[1]);
}

sm_status sm_transformer_create(sm_transformer *model, sm_parameters *list,
                                const sm_transformer_options *options)
{
    sm_status status = SIAMESE_OK;
    const sm_transformer_options *const o = options;
    size_t const positions[2] = {o->length, o->dim};
    *model = (sm_transformer){.options = *o,
                              .shape = {o->dim, o->heads, o->feed_forward,
                                        o->activation, o->norm_first,
                                        (float)o->epsilon}};
    model->blocks = sm_calloc(o->layers, sizeof *model->blocks);
    SM_CHECK_MEMORY(model->blocks);
    SM_TRY(sm_parameters_add_table(list, "embedding", o->table, o->dim,
                                   &model->embedding));
    SM_TRY(sm_parameters_add(list, "position_embedding", 2, positions,
                             &model->position_embedding));
    SM_TRY(add_norm(list, "", o->norm_first ? "last_norm" : "embedding_norm",
                    o->dim, &model->norm));
    for (size_t i = 0; i < o->layers; i++) SM_TRY(add_block(model, list, i));
out:
    if (status != SIAMESE_OK) sm_transformer_free(model);
    return status;
}

void sm_transformer_free(sm_transformer *model)
{
    for (size_t i = 0; model->blocks && i < model->options.layers; i++)
        sm_block_free(&model->blocks[i]);
    sm_free(model->blocks);
    model->blocks = NULL;
}

void sm_transformer_update(sm_transformer *model, const sm_kernels *kernels)
{
    model->kernels = kernels;
    for (size_t i = 0; i < model->options.layers; i++)
        sm_block_update(&model->shape, kernels, &model->blocks[i]);
}

/* ---- initial values ---- */

static void fill(sm_parameter *p, float value)
{
    for (size_t i = 0; i < p->count; i++) p->value[i] = value;
}

static void initialise_normal(sm_parameter *p, sm_rng *rng, double deviation)
{
    for (size_t i = 0; i < p->count; i++)
        p->value[i] = (float)(deviation * sm_rng_normal(rng));
}

static void initialise_norm(sm_norm *norm)
{
    fill(norm->gamma, 1);
    fill(norm->beta, 0);
}

void sm_transformer_initialise(sm_transformer *model, uint64_t seed)
{
    sm_rng rng;
    sm_rng_init(&rng, seed, 0);
    if (model->options.embedding_stddev > 0)
        sm_initialise_normal_rows(model->embedding, seed,
                                  model->options.embedding_stddev);
    else
        initialise_normal(model->embedding, &rng, 0.02);
    sm_rng_init(&rng, seed, 1);
    initialise_normal(model->position_embedding, &rng, 0.02);
    initialise_norm(&model->norm);
    for (size_t i = 0; i < model->options.layers; i++) {
        sm_block *const block = &model->blocks[i];
        sm_rng_init(&rng, seed, 2 + i);
        for (int l = 0; l < SM_LINEARS; l++) {
            sm_initialise_glorot_uniform(block->linear[l].kernel, &rng);
            fill(block->linear[l].bias, 0);
        }
        for (int n = 0; n < 2; n++) initialise_norm(&block->norm[n]);
    }
}

/* ---- forward ---- */

bool sm_transformer_room(const sm_transformer *model, const sm_token_rows *rows,
                         size_t *floats)
{
    return sm_block_room(&model->shape, rows->chunk_tokens, rows->longest,
                         floats);
}

/* x = tok + pos */
static void embed(const sm_transformer_run *run)
{
    const sm_token_rows *const rows = run->rows;
    size_t const dim = run->model->options.dim;
    size_t const first = run->chunk.begin[0];
    for (size_t i = 0; i < run->chunk.tokens; i++) {
        size_t const id =
            (size_t)rows->sequences.tokens[rows->numbers[first + i]];
        sm_values_read(run->model->embedding, id * dim, dim, run->x + i * dim);
        run->model->kernels->add(dim,
                                 run->model->position_embedding->value +
                                     rows->positions[first + i] * dim,
                                 run->x + i * dim);
    }
}

static void norm_forward(const sm_transformer_run *run)
{
    const sm_transformer *const model = run->model;
    model->kernels->layer_norm(
        run->chunk.tokens, model->options.dim, run->x, model->norm.gamma->value,
        model->norm.beta->value, (float)model->options.epsilon, run->normalised,
        run->inverse, run->x);
}

/* Place 0 of the dropout is the embeddings', then come the blocks'. */
static sm_block_run block_run(const sm_transformer_run *run, size_t layer)
{
    const sm_transformer *const model = run->model;
    return (sm_block_run){.kernels = model->kernels,
                          .shape = &model->shape,
                          .block = &model->blocks[layer],
                          .chunk = &run->chunk,
                          .dropout = run->dropout,
                          .place = 1 + layer * sm_block_places(&model->shape),
                          .room = run->room};
}

void sm_transformer_forward(const sm_transformer_run *run,
                            const sm_block_state *states, float *vectors)
{
    const sm_transformer *const model = run->model;
    const sm_token_chunk *const c = &run->chunk;
    size_t const dim = model->options.dim;
    embed(run);
    if (!model->options.norm_first) norm_forward(run);
    sm_chunk_dropout(run->dropout, 0, c, dim, run->x);
    for (size_t i = 0; i < model->options.layers; i++) {
        sm_block_run const block = block_run(run, i);
        sm_block_forward(&block, &states[i], run->x);
    }
    if (model->options.norm_first) norm_forward(run);
    for (size_t r = 0; r < c->rows; r++)
        sm_token_pooling_forward(model->kernels, model->options.pooling,
                                 c->begin[r + 1] - c->begin[r], dim,
                                 run->x + (c->begin[r] - c->begin[0]) * dim,
                                 vectors + r * dim);
}

/* ---- backward ---- */

static void norm_backward(const sm_transformer_run *run)
{
    const sm_transformer *const model = run->model;
    size_t const dim = model->options.dim;
    float *const gradients =
        run->norm_gradients + 4 * model->options.layers * dim;
    model->kernels->layer_norm_gradient(
        run->chunk.tokens, dim, model->norm.gamma->value, run->normalised,
        run->inverse, run->gradient, gradients, gradients + dim);
}

void sm_transformer_backward(const sm_transformer_run *run,
                             const sm_block_state *states,
                             const float *vector_gradients)
{
    const sm_transformer *const model = run->model;
    const sm_token_chunk *const c = &run->chunk;
    size_t const dim = model->options.dim;
    size_t const transposed_size = sm_block_transposed_size(&model->shape);
    for (size_t r = 0; r < c->rows; r++) {
        size_t const at = (c->begin[r] - c->begin[0]) * dim;
        sm_token_pooling_backward(
            model->options.pooling, c->begin[r + 1] - c->begin[r], dim,
            run->x + at, vector_gradients + r * dim, run->gradient + at);
    }
    if (model->options.norm_first) norm_backward(run);
    for (size_t i = model->options.layers; i-- > 0;) {
        sm_block_run const block = block_run(run, i);
        sm_block_backward(&block, &states[i],
                          run->transposed + i * transposed_size, run->gradient,
                          run->norm_gradients + 4 * i * dim);
    }
    sm_chunk_dropout(run->dropout, 0, c, dim, run->gradient);
    if (!model->options.norm_first) norm_backward(run);
}
