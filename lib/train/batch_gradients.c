/*
 * batch_gradients.c: rows of pairs come in; their texts are gathered and
 * encoded, scored against each other, and the loss is led back into the towers'
 * gradients. trainer_fit.c and fit.c call it, and validation.c for the loss
 * alone.
 */
#include "train/batch_gradients.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "tower/tower_encode.h"
#include "train/optimizer.h"
#include "train/row_vectors.h"
#include "train/sides.h"

/* Streams of random numbers from here on are random negatives, one a step. */
#define RANDOM_NEGATIVES (UINT64_C(1) << 62)

/* ---- gathering ---- */

/* Pairs, or columns, of a task. */
enum { GATHERED = 256 };

typedef struct gather_context {
    sm_step_buffers *buffers;
    const sm_pair_store *store;
    size_t count;
} gather_context;

/* What the loss reads of pair i, and its query's texts. */
static void gather_pair(const gather_context *x, size_t i)
{
    sm_step_buffers *const buffers = x->buffers;
    const sm_pair *const pair = &buffers->batch.pairs[i];
    sm_step_pairs_query(&buffers->batch, x->store, i,
                        buffers->texts + i * x->store->queries.fields);
    buffers->weights[i] = pair->weight;
    buffers->query_numbers[i] = pair->query;
}

/* The texts of column j's item, behind those of all queries. */
static void gather_column(const gather_context *x, size_t j)
{
    sm_step_buffers *const buffers = x->buffers;
    siamese_text *const items =
        buffers->texts + x->count * x->store->queries.fields;
    sm_text_rows_get(&x->store->items, buffers->columns.rows[j],
                     items + j * x->store->items.fields);
}

static sm_status gather_task(void *context, size_t task, size_t worker)
{
    const gather_context *const x = context;
    size_t const first = task * GATHERED, last = first + GATHERED;
    (void)worker;
    for (size_t i = first; i < sm_min(last, x->count); i++) gather_pair(x, i);
    for (size_t j = first; j < sm_min(last, x->buffers->columns.count); j++)
        gather_column(x, j);
    return SIAMESE_OK;
}

/* A pair has a column at least. */
static sm_status gather_pairs(sm_step_buffers *buffers, sm_pool *pool,
                              const sm_pair_store *store, size_t count)
{
    gather_context context = {buffers, store, count};
    return sm_pool_run(pool, sm_chunks(buffers->columns.count, GATHERED),
                       gather_task, &context);
}

/* Arrays for so many pairs and the columns that were gathered for them. */
static sm_status reserve_batch(sm_trainer_model *model,
                               const siamese_trainer_options *options,
                               const sm_trainer_run *run,
                               const sm_pair_store *store, size_t count)
{
    sm_step_buffers *const buffers = &model->buffers;
    size_t const dim = siamese_tower_dim(model->query);
    size_t const fields = sm_max(store->queries.fields, store->items.fields);
    size_t const columns = buffers->columns.count;
    sm_loss_size const size = {
        count,
        columns,
        dim,
        sm_pool_threads(run->pool),
        options->symmetric,
        sm_products_of(options->matmul_precision, run->kernels)};
    SM_RETURN_IF_ERROR(
        sm_step_buffers_reserve(buffers, count, columns, dim, fields));
    return sm_loss_reserve(&buffers->loss, &size);
}

/* ---- forward ---- */

/* vectors[i] = the vector of row first + i of the pass */
static sm_status copy_vectors(const sm_trainer_run *run,
                              const sm_tower_pass *pass, size_t first,
                              size_t count, size_t dim, float *vectors)
{
    return sm_row_vectors_copy(run->pool, sm_tower_pass_vectors(pass),
                               sm_tower_pass_row_map(pass) + first, count, dim,
                               vectors);
}

/* What a pass drops: another in each step and of each tower. */
static void seed_passes(sm_trainer_model *model, uint64_t seed)
{
    uint64_t const own = sm_hash_mix(seed) + 2 * model->state.steps;
    sm_tower_pass_set_seed(model->buffers.query_pass, sm_hash_mix(own));
    if (model->buffers.item_pass)
        sm_tower_pass_set_seed(model->buffers.item_pass, sm_hash_mix(own + 1));
}

/* What the two sides of a step work on. */
typedef struct side_context {
    sm_trainer_model *model;
    const sm_trainer_run *run;
    size_t query_fields, count;
    const char *not_finite[SM_SIDES]; /* a parameter's name, or NULL */
} side_context;

static size_t sides_of(const sm_step_buffers *buffers)
{
    return buffers->item_pass ? SM_SIDES : 1;
}

/* The side's pass over its texts; of one tower both sides' are one pass, in
 * which equal texts meet. */
static sm_status forward_side(void *context, size_t side)
{
    const side_context *const x = context;
    const sm_trainer_model *const model = x->model;
    const sm_step_buffers *const buffers = &model->buffers;
    size_t const dim = siamese_tower_dim(model->query);
    size_t const columns = buffers->columns.count;
    if (side == SM_SIDE_ITEM) {
        SM_RETURN_IF_ERROR(sm_tower_forward(
            model->item, buffers->item_pass,
            buffers->texts + x->count * x->query_fields, columns));
        return copy_vectors(x->run, buffers->item_pass, 0, columns, dim,
                            buffers->items);
    }
    SM_RETURN_IF_ERROR(
        sm_tower_forward(model->query, buffers->query_pass, buffers->texts,
                         x->count + (buffers->item_pass ? 0 : columns)));
    SM_RETURN_IF_ERROR(copy_vectors(x->run, buffers->query_pass, 0, x->count,
                                    dim, buffers->queries));
    if (buffers->item_pass == NULL)
        SM_RETURN_IF_ERROR(copy_vectors(x->run, buffers->query_pass, x->count,
                                        columns, dim, buffers->items));
    return sm_cancel_check();
}

static sm_status forward(side_context *x)
{
    SM_RETURN_IF_ERROR(sm_each_side(x->run->pool, sides_of(&x->model->buffers),
                                    forward_side, x));
    return sm_cancel_check();
}

/* ---- loss ---- */

static bool any_not_one(const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (x[i] != 1) return true;
    return false;
}

/* The probabilities of logQ [columns] by the option logq, or NULL: none. */
static sm_status find_probabilities(const siamese_trainer_options *options,
                                    sm_trainer_data *data,
                                    sm_step_buffers *buffers, uint64_t step,
                                    const sm_batch *batch, const float **out)
{
    const sm_step_columns *const c = &buffers->columns;
    float *const p = buffers->probabilities;
    *out = p;
    switch (options->logq) {
    case SIAMESE_LOGQ_COUNTED:
        SM_RETURN_IF_ERROR(sm_item_counts_update(&data->item_counts,
                                                 &data->pairs, batch->source));
        for (size_t j = 0; j < c->count; j++)
            p[j] = sm_item_counts_probability(&data->item_counts, c->numbers[j],
                                              batch->count,
                                              options->random_negatives);
        break;
    case SIAMESE_LOGQ_STREAMING:
        for (size_t j = 0; j < c->count; j++)
            p[j] = sm_stream_frequency_estimate(
                &data->frequency, sm_step_columns_hash(c, &data->pairs, j),
                step);
        break;
    case SIAMESE_LOGQ_GIVEN:
        *out =
            any_not_one(c->probabilities, c->count) ? c->probabilities : NULL;
        break;
    default:
        *out = NULL;
    }
    return SIAMESE_OK;
}

static sm_loss_options loss_options(const siamese_trainer_options *o)
{
    return (sm_loss_options){.temperature = (float)o->temperature,
                             .hard_negatives = o->hard_negatives,
                             .kind = o->loss,
                             .margin = (float)o->margin,
                             .reduction = o->reduction,
                             .symmetric = o->symmetric};
}

/* The gathered batch with its vectors, without logQ. */
static sm_loss_batch loss_batch(const siamese_trainer_options *o,
                                const sm_step_buffers *buffers, size_t dim,
                                size_t count)
{
    return (sm_loss_batch){
        .count = count,
        .columns = buffers->columns.count,
        .dim = dim,
        .queries = buffers->queries,
        .items = buffers->items,
        .weights =
            any_not_one(buffers->weights, count) ? buffers->weights : NULL,
        .item_numbers =
            o->remove_accidental_hits ? buffers->columns.numbers : NULL,
        .query_numbers = o->mask_same_query ? buffers->query_numbers : NULL};
}

static sm_status compute_loss(const siamese_trainer_options *options,
                              const sm_trainer_run *run, sm_trainer_data *data,
                              sm_trainer_model *model, const sm_batch *batch,
                              double *sum)
{
    sm_step_buffers *const buffers = &model->buffers;
    sm_loss_options const loss = loss_options(options);
    sm_loss_batch vectors = loss_batch(
        options, buffers, siamese_tower_dim(model->query), batch->count);
    SM_RETURN_IF_ERROR(find_probabilities(options, data, buffers,
                                          model->state.steps + 1, batch,
                                          &vectors.probabilities));
    SM_RETURN_IF_ERROR(sm_loss_compute(
        &buffers->loss, run->pool, run->kernels, &loss, &vectors, sum,
        buffers->query_gradients, buffers->item_gradients));
    SM_REQUIRE(isfinite(*sum), SIAMESE_E_NOT_FINITE,
               "the loss of the batch is not finite");
    return sm_cancel_check();
}

/* ---- backward ---- */

static sm_status backward_side(void *context, size_t side)
{
    side_context *const x = context;
    sm_trainer_model *const model = x->model;
    const sm_kernels *const kernels = x->run->kernels;
    sm_step_buffers *const buffers = &model->buffers;
    bool const is_item = side == SM_SIDE_ITEM;
    siamese_tower *const tower = is_item ? model->item : model->query;
    sm_tower_pass *const pass =
        is_item ? buffers->item_pass : buffers->query_pass;
    sm_row_gradients *const rows = &buffers->row_gradients[side];
    size_t const dim = siamese_tower_dim(tower);
    size_t const distinct = sm_tower_pass_distinct(pass);
    sm_row_part const queries = {buffers->query_gradients, x->count};
    sm_row_part const items = {buffers->item_gradients, buffers->columns.count};
    sm_row_part const none = {NULL, 0};
    sm_row_part const parts[SM_ROW_PARTS] = {is_item ? items : queries,
                                             buffers->item_pass ? none : items};
    SM_RETURN_IF_ERROR(sm_row_gradients_sum(rows, x->run->pool, kernels,
                                            sm_tower_pass_row_map(pass), parts,
                                            distinct, dim));
    SM_RETURN_IF_ERROR(sm_tower_backward(tower, pass, rows->values));
    const char *name;
    x->not_finite[side] = sm_gradients_finite(sm_tower_const_parameters(tower),
                                              x->run->pool, kernels, &name)
                              ? NULL
                              : name;
    return sm_cancel_check();
}

static sm_status backward(side_context *x)
{
    SM_RETURN_IF_ERROR(sm_each_side(x->run->pool, sides_of(&x->model->buffers),
                                    backward_side, x));
    for (size_t side = 0; side < SM_SIDES; side++)
        SM_REQUIRE(x->not_finite[side] == NULL, SIAMESE_E_NOT_FINITE,
                   "the gradient of %s, or its square, is not finite",
                   x->not_finite[side]);
    return SIAMESE_OK;
}

/* ---- a batch ---- */

sm_status sm_batch_loss(const siamese_trainer_options *options,
                        const sm_trainer_run *run, sm_trainer_model *model,
                        const sm_pair_store *store, const size_t *rows,
                        size_t count, double *sum)
{
    sm_step_buffers *const buffers = &model->buffers;
    sm_loss_options const loss = loss_options(options);
    sm_batch const batch = {rows, count, {store->count, 0, NULL, NULL}};
    SM_RETURN_IF_ERROR(
        sm_step_pairs_read(&buffers->batch, run->pool, store, &batch));
    SM_RETURN_IF_ERROR(sm_step_columns_gather(&buffers->columns, store, rows,
                                              buffers->batch.pairs, count, 0,
                                              batch.source, NULL));
    SM_RETURN_IF_ERROR(reserve_batch(model, options, run, store, count));
    SM_RETURN_IF_ERROR(gather_pairs(buffers, run->pool, store, count));
    SM_RETURN_IF_ERROR(sm_tower_encode_rows(
        model->query, run->pool, buffers->texts, count, buffers->queries));
    SM_RETURN_IF_ERROR(sm_tower_encode_rows(
        model->item, run->pool, buffers->texts + count * store->queries.fields,
        buffers->columns.count, buffers->items));
    sm_loss_batch vectors =
        loss_batch(options, buffers, siamese_tower_dim(model->query), count);
    if (options->logq == SIAMESE_LOGQ_GIVEN)
        vectors.probabilities = buffers->columns.probabilities;
    SM_RETURN_IF_ERROR(sm_loss_compute(&buffers->loss, run->pool, run->kernels,
                                       &loss, &vectors, sum, NULL, NULL));
    SM_REQUIRE(isfinite(*sum), SIAMESE_E_NOT_FINITE,
               "the loss of the validation is not finite");
    return SIAMESE_OK;
}

/* The columns of the step; random ones follow from the seed and the step. */
static sm_status gather_columns(const siamese_trainer_options *options,
                                const sm_pair_store *store,
                                sm_trainer_model *model, const sm_batch *batch)
{
    sm_rng rng;
    sm_rng_init(&rng, options->seed, RANDOM_NEGATIVES + model->state.steps);
    return sm_step_columns_gather(
        &model->buffers.columns, store, batch->rows, model->buffers.batch.pairs,
        batch->count, options->random_negatives, batch->source, &rng);
}

sm_status sm_batch_gradients(const siamese_trainer_options *options,
                             const sm_trainer_run *run, sm_trainer_data *data,
                             sm_trainer_model *model, const sm_batch *batch,
                             sm_step_result *result)
{
    const sm_pair_store *const store = &data->pairs;
    *result = (sm_step_result){.pairs = batch->count};
    SM_RETURN_IF_ERROR(
        sm_step_pairs_read(&model->buffers.batch, run->pool, store, batch));
    SM_RETURN_IF_ERROR(gather_columns(options, store, model, batch));
    SM_RETURN_IF_ERROR(reserve_batch(model, options, run, store, batch->count));
    model->has_gradient = false;
    SM_RETURN_IF_ERROR(
        gather_pairs(&model->buffers, run->pool, store, batch->count));
    seed_passes(model, options->seed);
    side_context sides = {.model = model,
                          .run = run,
                          .query_fields = store->queries.fields,
                          .count = batch->count};
    SM_RETURN_IF_ERROR(forward(&sides));
    SM_RETURN_IF_ERROR(
        compute_loss(options, run, data, model, batch, &result->loss_sum));
    SM_RETURN_IF_ERROR(backward(&sides));
    return sm_cancel_check();
}
