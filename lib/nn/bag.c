/* bag.c: token ids in, the sum or mean of their embeddings out, and the
 * gradients back. An encoder of the tower. */
#include "nn/bag.h"

#include <string.h>

#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/size.h"
#include "common/team.h"
#include "nn/distinct_rows.h"
#include "nn/initialise.h"
#include "nn/table_precision.h"

typedef struct bag {
    sm_encoder base;
    const sm_kernels *kernels;
    size_t table, length; /* length 0: all ids of a text */
    int32_t pooling;
    bool mask_zero;
    double stddev;           /* of the initial embedding; 0: Keras's */
    sm_parameter *embedding; /* [table][dim] */
    sm_parameter *weight;    /* [table][1]; NULL unless weighted */
    float *pad;              /* [dim]: the embedding of id 0 */
} bag;

typedef struct bag_scratch {
    sm_encoder_scratch base;
    int32_t *ids;   /* of one text, those that count */
    float *weights; /* theirs */
    size_t capacity;
} bag_scratch;

/* Rows and tokens of a task; they do not depend on the number of threads. */
enum { ROW_BLOCK = 16, TOKEN_BLOCK = 64 };

typedef struct bag_pass {
    sm_encoder_pass base;
    sm_distinct_rows distinct;
    float *vectors;   /* [distinct][dim] */
    float *gradients; /* [distinct][dim], times the row's share */
    float *share;     /* [distinct]: 1/n, or 1 of a sum */
    size_t *pads;     /* [distinct]: pads that count */
    size_t *offsets;  /* [distinct + 1]: of its ids, those that count */
    int32_t *ids;
    float *weights; /* of the ids */
    /* for backward: rows of each touched token, ascending */
    int32_t *tokens; /* distinct ids, in order of appearance */
    int32_t
        *token_rows; /* token k: from token_begin[k] to token_begin[k + 1] */
    size_t *token_begin;
    uint32_t *token_number; /* [table]: 0 between batches */
    size_t rows_capacity, ids_capacity;
} bag_pass;

/* ---- the encoder ---- */

static void free_encoder(sm_encoder *encoder)
{
    sm_aligned_free(((bag *)encoder)->pad);
    sm_free(encoder);
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(config->pooling <= SIAMESE_POOLING_WEIGHTED, SIAMESE_E_OPTION,
               "tower option pooling: a bag's is mean, sum or weighted");
    bag *const x = sm_calloc(1, sizeof *x);
    SM_CHECK_MEMORY(x);
    x->base = (sm_encoder){&sm_bag_type, config->embedding_dim};
    x->table = config->table;
    x->length = config->length;
    x->pooling = config->pooling;
    x->mask_zero = config->mask_zero;
    x->stddev = config->embedding_stddev;
    x->pad = sm_aligned_array(x->base.dim, sizeof *x->pad);
    SM_CHECK_MEMORY(x->pad);
    SM_TRY(sm_parameters_add_table(list, "embedding", config->table,
                                   config->embedding_dim, &x->embedding));
    if (x->pooling == SIAMESE_POOLING_WEIGHTED)
        SM_TRY(sm_parameters_add_table(list, "token_weight", config->table, 1,
                                       &x->weight));
    *out = &x->base;
    return SIAMESE_OK;
out:
    if (x) free_encoder(&x->base);
    return status;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    bag *const x = (bag *)encoder;
    sm_initialise_embedding(x->embedding, seed, x->stddev);
    for (size_t i = 0; x->weight && i < x->weight->count; i++)
        x->weight->value[i] = 1;
    return SIAMESE_OK;
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    bag *const x = (bag *)encoder;
    x->kernels = kernels;
    sm_values_read(x->embedding, SIAMESE_ID_PAD * x->base.dim, x->base.dim,
                   x->pad);
}

/* ---- one text ---- */

/* Copies the ids that count, and their weights; tells how many. */
static size_t take_ids(const bag *x, const int32_t *from, size_t count,
                       int32_t *ids, float *weights)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++)
        if (!x->mask_zero || from[i] != SIAMESE_ID_PAD) ids[taken++] = from[i];
    for (size_t i = 0; x->weight && i < taken; i++)
        weights[i] = x->weight->value[ids[i]];
    return taken;
}

/* Ids of a text that may count, and pads that do. */
static size_t cut(const bag *x, size_t count, size_t *pads)
{
    size_t const kept = x->length ? sm_min(count, x->length) : count;
    *pads = x->length && !x->mask_zero ? x->length - kept : 0;
    return kept;
}

static float share_of(const bag *x, size_t count)
{
    if (count == 0) return 0;
    return x->pooling == SIAMESE_POOLING_SUM ? 1 : 1 / (float)count;
}

static void pool_ids(const bag *x, const int32_t *ids, const float *weights,
                     size_t count, size_t pads, float *out)
{
    size_t const dim = x->base.dim;
    sm_values_sum(x->kernels, x->embedding, count, ids,
                  x->weight ? weights : NULL, out);
    if (pads) {
        /* pads are many of one token */
        float const times = (float)pads * (x->weight ? *x->weight->value : 1);
        for (size_t j = 0; j < dim; j++) out[j] += times * x->pad[j];
    }
    x->kernels->scale(dim, share_of(x, count + pads), out);
}

/* ---- encoding ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    bag_scratch *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_bag_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void free_scratch_text(bag_scratch *x)
{
    sm_free(x->ids);
    sm_free(x->weights);
    x->ids = NULL;
    x->weights = NULL;
    x->capacity = 0;
}

static void scratch_free(sm_encoder_scratch *scratch)
{
    free_scratch_text((bag_scratch *)scratch);
    sm_free(scratch);
}

static sm_status scratch_reserve(bag_scratch *x, size_t count)
{
    if (count <= x->capacity && x->ids) return SIAMESE_OK;
    size_t const capacity = 2 * count + 64;
    free_scratch_text(x);
    x->ids = sm_alloc_array(capacity, sizeof *x->ids);
    x->weights = sm_alloc_array(capacity, sizeof *x->weights);
    if (x->ids == NULL || x->weights == NULL) {
        free_scratch_text(x);
        return sm_fail_memory();
    }
    x->capacity = capacity;
    return SIAMESE_OK;
}

static sm_status encode(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out)
{
    const bag *const x = (const bag *)encoder;
    bag_scratch *const room = (bag_scratch *)scratch;
    for (size_t r = 0; r < rows; r++) {
        size_t pads;
        size_t const count = cut(x, offsets[r + 1] - offsets[r], &pads);
        SM_RETURN_IF_ERROR(scratch_reserve(room, count));
        size_t const taken =
            take_ids(x, ids + offsets[r], count, room->ids, room->weights);
        pool_ids(x, room->ids, room->weights, taken, pads,
                 out + r * x->base.dim);
    }
    return SIAMESE_OK;
}

/* ---- training: forward ---- */

static sm_status pass_create(sm_encoder_pass **out)
{
    bag_pass *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_bag_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void free_pass_rows(bag_pass *x)
{
    sm_aligned_free(x->vectors);
    sm_aligned_free(x->gradients);
    sm_free(x->share);
    sm_free(x->pads);
    sm_free(x->offsets);
    x->vectors = x->gradients = x->share = NULL;
    x->pads = x->offsets = NULL;
    x->rows_capacity = 0;
}

static void free_pass_ids(bag_pass *x)
{
    sm_free(x->ids);
    sm_free(x->weights);
    sm_free(x->tokens);
    sm_free(x->token_rows);
    sm_free(x->token_begin);
    x->ids = x->tokens = x->token_rows = NULL;
    x->weights = NULL;
    x->token_begin = NULL;
    x->ids_capacity = 0;
}

static void pass_free(sm_encoder_pass *pass)
{
    bag_pass *const x = (bag_pass *)pass;
    free_pass_rows(x);
    free_pass_ids(x);
    sm_free(x->token_number);
    sm_distinct_rows_free(&x->distinct);
    sm_free(x);
}

static sm_status reserve_rows(bag_pass *x, size_t rows, size_t dim)
{
    size_t numbers;
    if (rows <= x->rows_capacity && x->vectors) return SIAMESE_OK;
    size_t const capacity = sm_roomy(rows);
    free_pass_rows(x);
    if (!sm_size_multiply(capacity, dim, &numbers)) return sm_fail_memory();
    x->vectors = sm_aligned_array(numbers, sizeof *x->vectors);
    x->gradients = sm_aligned_array(numbers, sizeof *x->gradients);
    x->share = sm_alloc_array(capacity, sizeof *x->share);
    x->pads = sm_alloc_array(capacity, sizeof *x->pads);
    x->offsets = sm_alloc_array(capacity + 1, sizeof *x->offsets);
    if (!x->vectors || !x->gradients || !x->share || !x->pads || !x->offsets) {
        free_pass_rows(x);
        return sm_fail_memory();
    }
    x->rows_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status reserve_ids(bag_pass *x, size_t ids, size_t table)
{
    if (x->token_number == NULL) {
        x->token_number = sm_calloc(table, sizeof *x->token_number);
        if (x->token_number == NULL) return sm_fail_memory();
    }
    if (ids <= x->ids_capacity && x->ids) return SIAMESE_OK;
    size_t const capacity = sm_roomy(ids);
    free_pass_ids(x);
    /* one token more than there are ids: the pad */
    x->ids = sm_alloc_array(capacity, sizeof *x->ids);
    x->weights = sm_alloc_array(capacity, sizeof *x->weights);
    x->tokens = sm_alloc_array(capacity + 1, sizeof *x->tokens);
    x->token_rows = sm_alloc_array(capacity, sizeof *x->token_rows);
    x->token_begin = sm_alloc_array(capacity + 3, sizeof *x->token_begin);
    if (!x->ids || !x->weights || !x->tokens || !x->token_rows ||
        !x->token_begin) {
        free_pass_ids(x);
        return sm_fail_memory();
    }
    x->ids_capacity = capacity;
    return SIAMESE_OK;
}

/* The distinct rows' ids that count, closed up. */
static void take_rows(const bag *model, bag_pass *x, const int32_t *ids,
                      const size_t *offsets)
{
    size_t used = 0;
    for (size_t d = 0; d < x->distinct.count; d++) {
        size_t const row = x->distinct.first[d];
        size_t const count =
            cut(model, offsets[row + 1] - offsets[row], &x->pads[d]);
        x->offsets[d] = used;
        size_t const taken = take_ids(model, ids + offsets[row], count,
                                      x->ids + used, x->weights + used);
        x->share[d] = share_of(model, taken + x->pads[d]);
        used += taken;
    }
    x->offsets[x->distinct.count] = used;
}

/* What the tasks of a pass share. */
typedef struct pass_context {
    const bag *model;
    bag_pass *pass;
    const float *gradients;
} pass_context;

static sm_status forward_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    const bag_pass *const x = c->pass;
    size_t const last = sm_min((task + 1) * ROW_BLOCK, x->distinct.count);
    (void)worker;
    for (size_t d = task * ROW_BLOCK; d < last; d++)
        pool_ids(c->model, x->ids + x->offsets[d], x->weights + x->offsets[d],
                 x->offsets[d + 1] - x->offsets[d], x->pads[d],
                 x->vectors + d * c->model->base.dim);
    return SIAMESE_OK;
}

static size_t first_row(const void *context, size_t block)
{
    const pass_context *const c = context;
    return sm_min(block * ROW_BLOCK, c->pass->distinct.count);
}

/* Tokens of a block of rows. */
static size_t block_work(const void *context, size_t block)
{
    const pass_context *const c = context;
    return c->pass->offsets[first_row(c, block + 1)] -
           c->pass->offsets[first_row(c, block)];
}

static sm_status forward(const sm_encoder *encoder, sm_pool *pool,
                         sm_encoder_pass *pass, const int32_t *ids,
                         const size_t *offsets, size_t rows)
{
    const bag *const model = (const bag *)encoder;
    bag_pass *const x = (bag_pass *)pass;
    pass_context context = {model, x, NULL};
    SM_RETURN_IF_ERROR(
        sm_distinct_rows_find(&x->distinct, ids, offsets, rows,
                              model->length ? model->length : SIZE_MAX));
    SM_RETURN_IF_ERROR(reserve_rows(x, x->distinct.count, model->base.dim));
    SM_RETURN_IF_ERROR(reserve_ids(x, offsets[rows], model->table));
    take_rows(model, x, ids, offsets);
    x->base.distinct = x->distinct.count;
    x->base.vectors = x->vectors;
    x->base.row_map = x->distinct.number;
    sm_output const vectors = {x->vectors, model->base.dim * sizeof(float),
                               first_row};
    return sm_team_run(
        pool, &(sm_team_loop){.blocks = sm_chunks(x->distinct.count, ROW_BLOCK),
                              .tasks = 1,
                              .task = forward_task,
                              .context = &context,
                              .work = block_work,
                              .outputs = &vectors,
                              .output_count = 1});
}

/* ---- training: backward ---- */

/* Every row's gradient times its share: what each of its tokens gets of it. */
static sm_status share_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    const bag_pass *const x = c->pass;
    size_t const dim = c->model->base.dim;
    size_t const last = sm_min((task + 1) * ROW_BLOCK, x->distinct.count);
    (void)worker;
    for (size_t d = task * ROW_BLOCK; d < last; d++) {
        memcpy(x->gradients + d * dim, c->gradients + d * dim,
               dim * sizeof *x->gradients);
        c->model->kernels->scale(dim, x->share[d], x->gradients + d * dim);
    }
    return SIAMESE_OK;
}

/* Distinct ids of the batch; the pad is one where pads count. */
static size_t find_tokens(const bag *model, bag_pass *x)
{
    size_t const ids = x->offsets[x->distinct.count];
    size_t count = 0;
    if (model->length && !model->mask_zero) {
        x->tokens[count++] = SIAMESE_ID_PAD;
        x->token_number[SIAMESE_ID_PAD] = 1;
    }
    for (size_t i = 0; i < ids; i++) {
        uint32_t *const known = &x->token_number[x->ids[i]];
        if (*known == 0) x->tokens[count++] = x->ids[i];
        *known = 1;
    }
    return count;
}

/* All ids' rows by token, the tokens ascending. */
static void group_rows(bag_pass *x, const int32_t *touched, size_t count)
{
    size_t *const begin = x->token_begin;
    for (size_t k = 0; k < count; k++)
        x->token_number[touched[k]] = (uint32_t)k;
    sm_sort_begin(begin, count);
    for (size_t i = 0; i < x->offsets[x->distinct.count]; i++)
        sm_sort_count(begin, x->token_number[x->ids[i]]);
    sm_sort_sum(begin, count);
    for (size_t d = 0; d < x->distinct.count; d++)
        for (size_t i = x->offsets[d]; i < x->offsets[d + 1]; i++) {
            size_t const k = x->token_number[x->ids[i]];
            x->token_rows[sm_sort_place(begin, k)] = (int32_t)d;
        }
    for (size_t k = 0; k < count; k++) x->token_number[touched[k]] = 0;
}

/*
 * S = sum over a token's places of g / n: de = w S, dw = e . S. The share of
 * pads comes last.
 */
static void token_gradient(const pass_context *c, size_t k)
{
    const bag *const model = c->model;
    const bag_pass *const x = c->pass;
    size_t const dim = model->base.dim;
    int32_t const token = model->embedding->touched[k];
    float *const sum = model->embedding->gradient + k * dim;
    model->kernels->sum_rows(dim, x->token_begin[k + 1] - x->token_begin[k],
                             x->token_rows + x->token_begin[k], NULL,
                             x->gradients, sum);
    for (size_t d = 0; token == SIAMESE_ID_PAD && d < x->distinct.count; d++)
        for (size_t j = 0; x->pads[d] && j < dim; j++)
            sum[j] += (float)x->pads[d] * x->gradients[d * dim + j];
    if (model->weight == NULL) return;
    model->weight->gradient[k] = model->kernels->dot(
        sum, model->embedding->value + (size_t)token * dim, dim);
    model->kernels->scale(dim, model->weight->value[token], sum);
}

static sm_status token_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    size_t const last =
        sm_min((task + 1) * TOKEN_BLOCK, c->model->embedding->touched_count);
    (void)worker;
    for (size_t k = task * TOKEN_BLOCK; k < last; k++) token_gradient(c, k);
    return SIAMESE_OK;
}

static sm_status backward(const sm_encoder *encoder, sm_pool *pool,
                          sm_encoder_pass *pass, const float *gradients)
{
    const bag *const model = (const bag *)encoder;
    bag_pass *const x = (bag_pass *)pass;
    pass_context context = {model, x, gradients};
    size_t const count = find_tokens(model, x);
    sm_status status = sm_parameter_touch(model->embedding, x->tokens, count);
    if (status == SIAMESE_OK && model->weight)
        status = sm_parameter_touch(model->weight, x->tokens, count);
    if (status != SIAMESE_OK) {
        for (size_t k = 0; k < count; k++) x->token_number[x->tokens[k]] = 0;
        return status;
    }
    group_rows(x, model->embedding->touched, count);
    SM_RETURN_IF_ERROR(sm_pool_run(
        pool, sm_chunks(x->distinct.count, ROW_BLOCK), share_task, &context));
    return sm_pool_run(pool, sm_chunks(count, TOKEN_BLOCK), token_task,
                       &context);
}

const sm_encoder_type sm_bag_type = {
    .any_length = true,
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
