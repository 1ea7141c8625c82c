/* bag_train.c: a batch of token rows in, the sum or mean of their embeddings
 * out. For bag.c; the gradients are bag_gradient.c's. */
#include "nn/bag_train.h"

#include <string.h>

#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "common/team.h"
#include "nn/bag_pass.h"
#include "nn/table_precision.h"

/* ---- memory ---- */

sm_status sm_bag_pass_create(sm_encoder_pass **out)
{
    sm_bag_pass *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    *out = &x->base;
    return SIAMESE_OK;
}

void sm_bag_pass_free(sm_encoder_pass *pass)
{
    sm_bag_pass *const x = (sm_bag_pass *)pass;
    sm_aligned_free(x->vectors);
    sm_aligned_free(x->gradients);
    sm_free(x->share);
    sm_free(x->pads);
    sm_free(x->weights);
    sm_free(x->run_begin);
    sm_free(x->run_rows);
    sm_free(x->is_summed);
    sm_free(x->tokens);
    sm_free(x->addends);
    sm_free(x->token_begin);
    sm_free(x->token_number);
    sm_id_runs_free(&x->runs);
    sm_distinct_rows_free(&x->distinct);
    sm_free(x);
}

static sm_status reserve_rows(sm_bag_pass *x, size_t rows, size_t dim)
{
    if (rows <= x->rows_capacity) return SIAMESE_OK;
    size_t const capacity = sm_roomy(rows);
    x->rows_capacity = 0;
    SM_RETURN_IF_ERROR(sm_renew_floats(&x->vectors, capacity, dim));
    SM_RENEW(x->share, capacity);
    SM_RENEW(x->pads, capacity);
    x->rows_capacity = capacity;
    return SIAMESE_OK;
}

static sm_status reserve_ids(sm_bag_pass *x, size_t ids, size_t table)
{
    if (x->token_number == NULL) {
        x->token_number = sm_calloc(table, sizeof *x->token_number);
        if (x->token_number == NULL) return sm_fail_memory();
    }
    if (ids <= x->ids_capacity && x->weights) return SIAMESE_OK;
    size_t const capacity = sm_roomy(ids);
    x->ids_capacity = 0;
    SM_RENEW(x->weights, capacity);
    /* one token more than there are ids: the pad */
    SM_RENEW(x->tokens, capacity + 1);
    SM_RENEW(x->addends, capacity);
    SM_RENEW(x->token_begin, capacity + 3);
    x->ids_capacity = capacity;
    return SIAMESE_OK;
}

/* What depends on how many runs there are. */
static sm_status reserve_runs(sm_bag_pass *x, size_t places, size_t dim)
{
    size_t const addends = x->distinct.count + x->runs.count;
    if (addends > x->addends_capacity || x->gradients == NULL) {
        size_t const capacity = sm_roomy(addends);
        x->addends_capacity = 0;
        SM_RETURN_IF_ERROR(sm_renew_floats(&x->gradients, capacity, dim));
        x->addends_capacity = capacity;
    }
    if (places <= x->runs_capacity && x->is_summed) return SIAMESE_OK;
    size_t const capacity = sm_roomy(places);
    x->runs_capacity = 0;
    SM_RENEW(x->run_begin, capacity + 2);
    SM_RENEW(x->run_rows, capacity);
    SM_RENEW(x->is_summed, capacity);
    x->runs_capacity = capacity;
    return SIAMESE_OK;
}

/* ---- rows, runs and tokens ---- */

/* What the tasks of a pass share. */
typedef struct pass_context {
    const sm_bag *model;
    sm_bag_pass *pass;
    const int32_t *ids; /* of the batch, marked */
    const size_t *offsets;
} pass_context;

static void take_weights(const sm_bag *model, sm_bag_pass *x, size_t begin,
                         size_t count)
{
    sm_bag_weights(model, x->runs.ids + begin, count, x->weights + begin);
}

/* The distinct rows taken apart into lone ids and runs. */
static sm_status take_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    const sm_bag *const model = c->model;
    sm_bag_pass *const x = c->pass;
    (void)worker;
    for (size_t d = task * SM_BAG_ROWS; d < sm_bag_rows_end(x, task); d++) {
        size_t const row = x->distinct.first[d], begin = c->offsets[row];
        size_t const count =
            sm_bag_cut(model, c->offsets[row + 1] - begin, &x->pads[d]);
        sm_id_runs_take(&x->runs, d, c->ids, begin, count, model->mask_zero);
        const sm_id_row *const taken = &x->runs.rows[d];
        take_weights(model, x, taken->alone_begin, taken->alone);
        take_weights(model, x, taken->begin, taken->count - taken->alone);
        x->share[d] = sm_bag_share(model, taken->count + x->pads[d]);
    }
    return SIAMESE_OK;
}

static size_t count_places(const sm_bag_pass *x)
{
    size_t places = 0;
    for (size_t d = 0; d < x->distinct.count; d++)
        places += x->runs.rows[d].runs;
    return places;
}

/* The numbers of a row's runs. */
static const int32_t *runs_of(const sm_bag_pass *x, size_t d)
{
    return x->runs.numbers + x->runs.rows[d].first;
}

static const int32_t *lone_ids(const sm_bag_pass *x, size_t d)
{
    return x->runs.ids + x->runs.rows[d].alone_begin;
}

static const sm_id_run *run_of(const sm_bag_pass *x, size_t n)
{
    return &x->runs.places[x->runs.distinct[n]];
}

/* Rows by run, the runs ascending. */
static void group_rows(sm_bag_pass *x)
{
    size_t *const begin = x->run_begin;
    sm_sort_begin(begin, x->runs.count);
    for (size_t d = 0; d < x->distinct.count; d++)
        for (size_t i = 0; i < x->runs.rows[d].runs; i++)
            sm_sort_count(begin, (size_t)runs_of(x, d)[i]);
    sm_sort_sum(begin, x->runs.count);
    for (size_t d = 0; d < x->distinct.count; d++)
        for (size_t i = 0; i < x->runs.rows[d].runs; i++) {
            size_t const n = (size_t)runs_of(x, d)[i];
            x->run_rows[sm_sort_place(begin, n)] = (int32_t)d;
        }
}

/* What a token's gradient adds up: a distinct row's lone ids, or a run's. */
static size_t addend_ids(const sm_bag_pass *x, size_t addend,
                         const int32_t **ids)
{
    if (addend < x->distinct.count) {
        *ids = lone_ids(x, addend);
        return x->runs.rows[addend].alone;
    }
    const sm_id_run *const run = run_of(x, addend - x->distinct.count);
    *ids = x->runs.ids + run->begin;
    return run->count;
}

/* Distinct ids of the batch; the pad is one where pads count. */
static size_t find_tokens(const sm_bag *model, sm_bag_pass *x)
{
    size_t count = 0;
    if (model->length && !model->mask_zero) {
        x->tokens[count++] = SIAMESE_ID_PAD;
        x->token_number[SIAMESE_ID_PAD] = 1;
    }
    for (size_t a = 0; a < x->distinct.count + x->runs.count; a++) {
        const int32_t *ids;
        size_t const size = addend_ids(x, a, &ids);
        for (size_t i = 0; i < size; i++) {
            uint32_t *const known = &x->token_number[ids[i]];
            if (*known == 0) x->tokens[count++] = ids[i];
            *known = 1;
        }
    }
    return count;
}

/* Addends by token, the tokens ascending. */
static void group_addends(sm_bag_pass *x, const int32_t *touched, size_t count)
{
    size_t *const begin = x->token_begin;
    size_t const addends = x->distinct.count + x->runs.count;
    const int32_t *ids;
    for (size_t k = 0; k < count; k++)
        x->token_number[touched[k]] = (uint32_t)k;
    sm_sort_begin(begin, count);
    for (size_t a = 0; a < addends; a++)
        for (size_t i = addend_ids(x, a, &ids); i-- > 0;)
            sm_sort_count(begin, x->token_number[ids[i]]);
    sm_sort_sum(begin, count);
    for (size_t a = 0; a < addends; a++)
        for (size_t i = addend_ids(x, a, &ids); i-- > 0;) {
            size_t const k = x->token_number[ids[i]];
            x->addends[sm_sort_place(begin, k)] = (int32_t)a;
        }
}

static sm_status group(const sm_bag *model, sm_bag_pass *x)
{
    size_t const count = find_tokens(model, x);
    sm_status status = sm_parameter_touch(model->embedding, x->tokens, count);
    if (status == SIAMESE_OK && model->weight)
        status = sm_parameter_touch(model->weight, x->tokens, count);
    if (status == SIAMESE_OK)
        group_addends(x, model->embedding->touched, count);
    for (size_t k = 0; k < count; k++) x->token_number[x->tokens[k]] = 0;
    group_rows(x);
    return status;
}

/* ---- forward ---- */

/* Sums over runs; the first task groups what backward needs meanwhile. */
static sm_status run_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    const sm_bag *const model = c->model;
    sm_bag_pass *const x = c->pass;
    (void)worker;
    if (task == 0) return group(model, x);
    for (size_t n = (task - 1) * SM_BAG_RUNS;
         n < sm_min(task * SM_BAG_RUNS, x->runs.count); n++) {
        const sm_id_run *const run = run_of(x, n);
        if (!x->is_summed[n]) continue;
        sm_values_sum(model->kernels, model->embedding, run->count,
                      x->runs.ids + run->begin,
                      model->weight ? x->weights + run->begin : NULL,
                      sm_bag_run(x, n));
    }
    return SIAMESE_OK;
}

/* v = share (sum of lone ids + sum of runs + pads) */
static void pool_row(const sm_bag *model, sm_bag_pass *x, size_t d)
{
    size_t const dim = model->base.dim;
    const sm_id_row *const row = &x->runs.rows[d];
    float *const out = x->vectors + d * dim;
    float *const of_runs = x->gradients + d * dim; /* free until backward */
    sm_values_sum(model->kernels, model->embedding, row->alone, lone_ids(x, d),
                  model->weight ? x->weights + row->alone_begin : NULL, out);
    if (row->runs) {
        model->kernels->sum_rows(dim, row->runs, runs_of(x, d), NULL,
                                 sm_bag_run(x, 0), of_runs);
        model->kernels->add(dim, of_runs, out);
    }
    sm_bag_add_pads(model, x->pads[d], out);
    model->kernels->scale(dim, x->share[d], out);
}

static sm_status row_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    (void)worker;
    for (size_t d = task * SM_BAG_ROWS; d < sm_bag_rows_end(c->pass, task); d++)
        pool_row(c->model, c->pass, d);
    return SIAMESE_OK;
}

static size_t first_row(const void *context, size_t block)
{
    const pass_context *const c = context;
    return sm_min(block * SM_BAG_ROWS, c->pass->distinct.count);
}

/* Tokens of a block of rows. */
static size_t block_work(const void *context, size_t block)
{
    const pass_context *const c = context;
    size_t tokens = 0;
    for (size_t d = block * SM_BAG_ROWS; d < sm_bag_rows_end(c->pass, block);
         d++)
        tokens += c->pass->runs.rows[d].count;
    return tokens;
}

/* Which runs the vectors of this rank's rows need. */
static sm_status choose_runs(sm_pool *pool, const sm_team_loop *loop,
                             sm_bag_pass *x)
{
    size_t first, end;
    SM_RETURN_IF_ERROR(sm_team_own_blocks(pool, loop, &first, &end));
    memset(x->is_summed, 0, x->runs.count * sizeof *x->is_summed);
    for (size_t d = sm_min(first * SM_BAG_ROWS, x->distinct.count);
         d < sm_min(end * SM_BAG_ROWS, x->distinct.count); d++)
        for (size_t i = 0; i < x->runs.rows[d].runs; i++)
            x->is_summed[runs_of(x, d)[i]] = true;
    return SIAMESE_OK;
}

sm_status sm_bag_pass_forward(const sm_encoder *encoder, sm_pool *pool,
                              sm_encoder_pass *pass, const int32_t *ids,
                              const size_t *offsets, size_t rows)
{
    const sm_bag *const model = (const sm_bag *)encoder;
    size_t const dim = model->base.dim;
    sm_bag_pass *const x = (sm_bag_pass *)pass;
    pass_context context = {
        .model = model, .pass = x, .ids = ids, .offsets = offsets};
    x->model = model;
    SM_RETURN_IF_ERROR(
        sm_distinct_rows_find(&x->distinct, pool, ids, offsets, rows,
                              model->length ? model->length : SIZE_MAX));
    size_t const distinct = x->distinct.count;
    x->ids = offsets[rows] + distinct * model->length;
    size_t const blocks = sm_chunks(distinct, SM_BAG_ROWS);
    SM_RETURN_IF_ERROR(reserve_rows(x, distinct, dim));
    SM_RETURN_IF_ERROR(reserve_ids(x, offsets[rows], model->table));
    SM_RETURN_IF_ERROR(sm_id_runs_reserve(&x->runs, distinct, offsets[rows]));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, blocks, take_task, &context));
    sm_id_runs_number(&x->runs, distinct);
    SM_RETURN_IF_ERROR(reserve_runs(x, count_places(x), dim));
    sm_output const vectors = {x->vectors, dim * sizeof(float), first_row};
    sm_team_loop const loop = {.blocks = blocks,
                               .tasks = 1,
                               .task = row_task,
                               .context = &context,
                               .work = block_work,
                               .outputs = &vectors,
                               .output_count = 1};
    SM_RETURN_IF_ERROR(choose_runs(pool, &loop, x));
    SM_RETURN_IF_ERROR(sm_pool_run(
        pool, 1 + sm_chunks(x->runs.count, SM_BAG_RUNS), run_task, &context));
    x->base.distinct = distinct;
    x->base.vectors = x->vectors;
    x->base.row_map = x->distinct.number;
    return sm_team_run(pool, &loop);
}
