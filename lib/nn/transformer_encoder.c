/* transformer_encoder.c: rows of ids in, vectors out: the transformer behind
 * the interface of an encoder. For the tower. */
#include "nn/transformer_encoder.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "nn/transformer_pass.h"

typedef struct transformer_encoder {
    sm_encoder base;
    sm_transformer model;
    uint64_t seed; /* of the dropout, beside the pass's */
} transformer_encoder;

typedef struct transformer_scratch {
    sm_encoder_scratch base;
    sm_token_rows rows;
    float *vectors; /* [distinct][dim] */
    float *chunk;   /* x and the state of one chunk, and its room */
    sm_block_state *states;
    size_t rows_capacity, chunk_capacity;
} transformer_scratch;

typedef struct transformer_pass {
    sm_encoder_pass base;
    sm_transformer_pass pass;
} transformer_pass;

/* ---- the encoder ---- */

static void free_encoder(sm_encoder *encoder)
{
    transformer_encoder *const x = (transformer_encoder *)encoder;
    sm_transformer_free(&x->model);
    sm_free(x);
}

static sm_status check(const sm_encoder_config *c)
{
    SM_REQUIRE(c->embedding_dim % c->heads == 0, SIAMESE_E_OPTION,
               "tower option heads: %zu does not divide embedding_dim %zu",
               c->heads, c->embedding_dim);
    SM_REQUIRE(c->pooling != SIAMESE_POOLING_SUM &&
                   c->pooling != SIAMESE_POOLING_WEIGHTED,
               SIAMESE_E_OPTION,
               "tower option pooling: a transformer's is mean, cls or max");
    return SIAMESE_OK;
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    SM_RETURN_IF_ERROR(check(config));
    sm_transformer_options const options = {
        .table = config->table,
        .length = config->length,
        .dim = config->embedding_dim,
        .heads = config->heads,
        .layers = config->layers,
        .feed_forward = config->feed_forward ? config->feed_forward
                                             : 4 * config->embedding_dim,
        .activation = config->feed_forward_activation,
        .norm_first = config->norm_first,
        .pooling = config->pooling,
        .dropout = config->dropout,
        .epsilon = config->layer_norm_epsilon,
        .embedding_stddev = config->embedding_stddev};
    transformer_encoder *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base = (sm_encoder){&sm_transformer_encoder_type, options.dim};
    x->seed = config->seed;
    sm_status const status = sm_transformer_create(&x->model, list, &options);
    if (status != SIAMESE_OK) {
        sm_free(x);
        return status;
    }
    *out = &x->base;
    return SIAMESE_OK;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    sm_transformer_initialise(&((transformer_encoder *)encoder)->model, seed);
    return SIAMESE_OK;
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    sm_transformer_update(&((transformer_encoder *)encoder)->model, kernels);
}

/* ---- encoding ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    transformer_scratch *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_transformer_encoder_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void scratch_free(sm_encoder_scratch *scratch)
{
    transformer_scratch *const x = (transformer_scratch *)scratch;
    sm_token_rows_free(&x->rows);
    sm_aligned_free(x->vectors);
    sm_aligned_free(x->chunk);
    sm_free(x->states);
    sm_free(x);
}

/* Makes *buffer hold `count` floats, if it does not yet. */
static sm_status reserve(float **buffer, size_t *capacity, size_t count)
{
    if (count <= *capacity) return SIAMESE_OK;
    size_t const more = count + count / 4;
    *capacity = 0;
    sm_aligned_free(*buffer);
    *buffer = sm_aligned_array(more, sizeof **buffer);
    if (*buffer == NULL) return sm_fail_memory();
    *capacity = more;
    return SIAMESE_OK;
}

/* Memory for the rows of the scratch. */
static sm_status scratch_reserve(const sm_transformer *model,
                                 transformer_scratch *x)
{
    size_t const token =
        model->options.dim + sm_block_state_size(&model->shape, false);
    size_t const layers = model->options.layers;
    size_t room, chunk, vectors;
    if (!sm_transformer_room(model, &x->rows, &room) ||
        !sm_size_multiply(x->rows.chunk_tokens, token, &chunk) ||
        !sm_size_add(chunk, room, &chunk) ||
        !sm_size_multiply(x->rows.sequences.distinct, model->options.dim,
                          &vectors))
        return sm_fail_memory();
    if (x->states == NULL)
        x->states = sm_alloc_array(layers, sizeof *x->states);
    if (x->states == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(reserve(&x->chunk, &x->chunk_capacity, chunk));
    return reserve(&x->vectors, &x->rows_capacity, vectors);
}

/* All layers in the same memory: x, the state, the room. */
static void encode_chunk(const sm_transformer *model, transformer_scratch *x,
                         size_t chunk)
{
    size_t const dim = model->options.dim, tokens = x->rows.chunk_tokens;
    sm_transformer_run const run = {
        .model = model,
        .rows = &x->rows,
        .chunk = sm_token_rows_chunk(&x->rows, chunk),
        .x = x->chunk,
        .room = x->chunk +
                tokens * (dim + sm_block_state_size(&model->shape, false))};
    for (size_t i = 0; i < model->options.layers; i++)
        x->states[i] = sm_block_state_place(&model->shape, false,
                                            x->chunk + tokens * dim, tokens, 0);
    sm_transformer_forward(&run, x->states,
                           x->vectors + run.chunk.first_row * dim);
}

static sm_status encode(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out)
{
    const sm_transformer *const model =
        &((const transformer_encoder *)encoder)->model;
    transformer_scratch *const x = (transformer_scratch *)scratch;
    size_t const dim = model->options.dim;
    if (rows == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_token_rows_prepare(&x->rows, ids, offsets, rows,
                                             model->options.length,
                                             model->options.table));
    SM_RETURN_IF_ERROR(scratch_reserve(model, x));
    for (size_t chunk = 0; chunk < x->rows.chunks; chunk++)
        encode_chunk(model, x, chunk);
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * dim, x->vectors + x->rows.sequences.row_map[r] * dim,
               dim * sizeof *out);
    return SIAMESE_OK;
}

/* ---- training ---- */

static sm_status pass_create(sm_encoder_pass **out)
{
    transformer_pass *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_transformer_encoder_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void pass_free(sm_encoder_pass *pass)
{
    sm_transformer_pass_free(&((transformer_pass *)pass)->pass);
    sm_free(pass);
}

static sm_status forward(const sm_encoder *encoder, sm_pool *pool,
                         sm_encoder_pass *pass, const int32_t *ids,
                         const size_t *offsets, size_t rows)
{
    const transformer_encoder *const e = (const transformer_encoder *)encoder;
    transformer_pass *const x = (transformer_pass *)pass;
    x->pass.dropout =
        (sm_dropout){.seed = sm_hash_mix(sm_hash_mix(e->seed) + x->base.seed),
                     .rate = e->model.options.dropout};
    SM_RETURN_IF_ERROR(sm_transformer_pass_forward(&e->model, pool, &x->pass,
                                                   ids, offsets, rows));
    x->base.distinct = x->pass.rows.sequences.distinct;
    x->base.vectors = x->pass.vectors;
    x->base.row_map = x->pass.rows.sequences.row_map;
    return SIAMESE_OK;
}

static sm_status backward(const sm_encoder *encoder, sm_pool *pool,
                          sm_encoder_pass *pass, const float *gradients)
{
    return sm_transformer_pass_backward(
        &((const transformer_encoder *)encoder)->model, pool,
        &((transformer_pass *)pass)->pass, gradients);
}

const sm_encoder_type sm_transformer_encoder_type = {
    .create = create,
    .destroy = free_encoder,
    .initialise = initialise,
    .update = update,
    .scratch_create = scratch_create,
    .scratch_free = scratch_free,
    .encode = encode,
    .pass_create = pass_create,
    .pass_free = pass_free,
    .forward = forward,
    .backward = backward,
};
