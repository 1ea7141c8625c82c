#include "train/train_step.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/hash.h"
#include "common/cancel.h"
#include "common/memory.h"
#include "common/size.h"
#include "tower/tower_encode.h"
#include "train/optimizer.h"
#include "train/trainer_handle.h"

/* Streams of random numbers from here on are random negatives, one a step. */
#define RANDOM_NEGATIVES (UINT64_C(1) << 62)

/* ---- memory ---- */

sm_status sm_step_room_create(sm_step_room *room, sm_pool *pool, int shared,
                              size_t query_fields)
{
    *room = (sm_step_room){0};
    sm_text_rows_init(&room->fragments, query_fields);
    sm_status status = sm_tower_pass_create(&room->query_pass, pool);
    if (status == SIAMESE_OK && !shared)
        status = sm_tower_pass_create(&room->item_pass, pool);
    if (status != SIAMESE_OK) sm_step_room_free(room);
    return status;
}

static void free_pairs(sm_step_room *room)
{
    sm_free(room->texts);
    sm_aligned_free(room->queries);
    sm_aligned_free(room->items);
    sm_aligned_free(room->query_gradients);
    sm_aligned_free(room->item_gradients);
    sm_free(room->weights);
    sm_free(room->query_numbers);
    sm_free(room->probabilities);
}

void sm_step_room_free(sm_step_room *room)
{
    free_pairs(room);
    sm_free(room->batch);
    sm_text_rows_free(&room->fragments);
    sm_step_columns_free(&room->columns);
    sm_aligned_free(room->row_gradients);
    sm_loss_free(&room->loss);
    sm_tower_pass_free(room->query_pass);
    sm_tower_pass_free(room->item_pass);
    *room = (sm_step_room){0};
}

static sm_status reserve_pairs(sm_step_room *room, size_t pairs,
                               size_t columns, size_t dim, size_t fields)
{
    if (pairs <= room->pairs && columns <= room->columns_room)
        return SIAMESE_OK;
    sm_step_room more = *room;
    size_t queries, items, texts;
    pairs = sm_max(pairs, room->pairs);
    columns = sm_max(columns, room->columns_room);
    if (!sm_size_multiply(pairs, dim, &queries) ||
        !sm_size_multiply(columns, dim, &items) ||
        !sm_size_add(pairs, columns, &texts) ||
        !sm_size_multiply(texts, fields, &texts))
        return sm_fail_memory();
    more.pairs = pairs;
    more.columns_room = columns;
    more.texts = sm_alloc_array(texts, sizeof *more.texts);
    more.queries = sm_aligned_array(queries, sizeof *more.queries);
    more.items = sm_aligned_array(items, sizeof *more.items);
    more.query_gradients =
        sm_aligned_array(queries, sizeof *more.query_gradients);
    more.item_gradients = sm_aligned_array(items, sizeof *more.item_gradients);
    more.weights = sm_alloc_array(pairs, sizeof *more.weights);
    more.query_numbers = sm_alloc_array(pairs, sizeof *more.query_numbers);
    more.probabilities = sm_alloc_array(columns, sizeof *more.probabilities);
    if (!more.texts || !more.queries || !more.items ||
        !more.query_gradients || !more.item_gradients || !more.weights ||
        !more.query_numbers || !more.probabilities) {
        free_pairs(&more);
        return sm_fail_memory();
    }
    free_pairs(room);
    *room = more;
    return SIAMESE_OK;
}

static sm_status reserve_distinct(sm_step_room *room, size_t distinct,
                                  size_t dim)
{
    if (distinct <= room->distinct) return SIAMESE_OK;
    size_t numbers;
    if (!sm_size_multiply(distinct, dim, &numbers)) return sm_fail_memory();
    float *const more = sm_aligned_array(numbers, sizeof *more);
    if (more == NULL) return sm_fail_memory();
    sm_aligned_free(room->row_gradients);
    room->row_gradients = more;
    room->distinct = distinct;
    return SIAMESE_OK;
}

/* ---- forward ---- */

/* The pairs of the step, given and made. */
static sm_status gather_batch(sm_step_room *room, const sm_pair_store *store,
                              const size_t *rows, size_t count,
                              sm_drawn drawn)
{
    sm_pair *const batch =
        sm_grow(room->batch, &room->batch_room, count, sizeof *batch);
    if (batch == NULL) return sm_fail_memory();
    room->batch = batch;
    sm_text_rows_cut(&room->fragments, 0);
    for (size_t i = 0; i < count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        if (rows[i] < drawn.pairs)
            batch[i] = store->pairs[rows[i]];
        else
            SM_RETURN_IF_ERROR(sm_generated_pairs_get(drawn.made, store,
                                                 rows[i] - drawn.pairs,
                                                 &room->fragments, &batch[i]));
    }
    return SIAMESE_OK;
}

/* The columns of the step; random ones follow from the seed and the step. */
static sm_status gather_columns(siamese_trainer *t, const size_t *rows,
                                size_t count, sm_drawn drawn)
{
    sm_rng rng;
    sm_rng_init(&rng, t->options.seed, RANDOM_NEGATIVES + t->state.steps);
    return sm_step_columns_gather(&t->room.columns, &t->pairs, rows,
                                  t->room.batch, count,
                                  t->options.random_negatives, drawn, &rng);
}

/* Texts of the queries, then of the items, and what the loss reads of a pair. */
static void gather_pairs(sm_step_room *room, const sm_pair_store *s,
                         size_t count)
{
    siamese_text *const items = room->texts + count * s->queries.fields;
    for (size_t i = 0; i < count; i++) {
        const sm_pair *const pair = &room->batch[i];
        int const is_made = pair->query >= s->queries.count;
        sm_text_rows_get(is_made ? &room->fragments : &s->queries,
                         pair->query - (is_made ? s->queries.count : 0),
                         room->texts + i * s->queries.fields);
        room->weights[i] = pair->weight;
        room->query_numbers[i] = pair->query;
    }
    for (size_t j = 0; j < room->columns.count; j++)
        sm_text_rows_get(&s->items, room->columns.rows[j],
                         items + j * s->items.fields);
}

/* vectors[i] = the vector of row first + i of the pass */
static void gather_vectors(const sm_tower_pass *pass, size_t first,
                           size_t count, size_t dim, float *vectors)
{
    const float *const distinct = sm_tower_pass_vectors(pass);
    const uint32_t *const map = sm_tower_pass_row_map(pass) + first;
    for (size_t i = 0; i < count; i++)
        memcpy(vectors + i * dim, distinct + map[i] * dim,
               dim * sizeof *vectors);
}

/* What a pass drops: another in each step and of each tower. */
static void seed_passes(siamese_trainer *t)
{
    uint64_t const seed = sm_hash_mix(t->options.seed) + 2 * t->state.steps;
    sm_tower_pass_set_seed(t->room.query_pass, sm_hash_mix(seed));
    if (t->room.item_pass)
        sm_tower_pass_set_seed(t->room.item_pass, sm_hash_mix(seed + 1));
}

static sm_status forward(siamese_trainer *t, size_t count)
{
    sm_step_room *const room = &t->room;
    size_t const dim = siamese_tower_dim(t->query);
    size_t const columns = room->columns.count;
    siamese_text *const items = room->texts + count * t->pairs.queries.fields;
    if (room->item_pass == NULL) {
        /* one tower: one pass, in which equal texts of both sides meet */
        SM_RETURN_IF_ERROR(sm_tower_forward(t->query, room->query_pass,
                                            room->texts, count + columns));
        gather_vectors(room->query_pass, 0, count, dim, room->queries);
        gather_vectors(room->query_pass, count, columns, dim, room->items);
        return sm_cancel_check();
    }
    SM_RETURN_IF_ERROR(
        sm_tower_forward(t->query, room->query_pass, room->texts, count));
    SM_RETURN_IF_ERROR(sm_cancel_check());
    SM_RETURN_IF_ERROR(
        sm_tower_forward(t->item, room->item_pass, items, columns));
    gather_vectors(room->query_pass, 0, count, dim, room->queries);
    gather_vectors(room->item_pass, 0, columns, dim, room->items);
    return sm_cancel_check();
}

/* ---- loss and backward ---- */

static int any_not_one(const float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (x[i] != 1) return 1;
    return 0;
}

static uint64_t column_hash(const siamese_trainer *t, size_t j)
{
    return sm_pair_store_item_hash(&t->pairs, t->room.columns.rows[j],
                                   t->room.columns.numbers[j]);
}

/* The probabilities of logQ [columns] by the option logq, or NULL: none. */
static sm_status find_probabilities(siamese_trainer *t, size_t batch,
                                    sm_drawn drawn, const float **out)
{
    const sm_step_columns *const c = &t->room.columns;
    float *const p = t->room.probabilities;
    *out = p;
    switch (t->options.logq) {
    case SIAMESE_LOGQ_COUNTED:
        SM_RETURN_IF_ERROR(
            sm_item_counts_update(&t->item_counts, &t->pairs, drawn));
        for (size_t j = 0; j < c->count; j++)
            p[j] = sm_item_counts_probability(&t->item_counts, c->numbers[j],
                                              batch,
                                              t->options.random_negatives);
        break;
    case SIAMESE_LOGQ_STREAMING:
        for (size_t j = 0; j < c->count; j++)
            p[j] = sm_stream_frequency_estimate(
                &t->frequency, column_hash(t, j), t->state.steps + 1);
        break;
    case SIAMESE_LOGQ_GIVEN:
        *out = any_not_one(c->probabilities, c->count) ? c->probabilities
                                                       : NULL;
        break;
    default:
        *out = NULL;
    }
    return SIAMESE_OK;
}

static sm_loss_options loss_options(const siamese_trainer *t)
{
    const siamese_trainer_options *const o = &t->options;
    return (sm_loss_options){.temperature = (float)o->temperature,
                             .hard_negatives = o->hard_negatives,
                             .kind = o->loss,
                             .margin = (float)o->margin,
                             .reduction = o->reduction,
                             .symmetric = o->symmetric};
}

/* The gathered batch with its vectors, without logQ. */
static sm_loss_batch batch_of(const siamese_trainer *t, size_t count)
{
    const sm_step_room *const room = &t->room;
    return (sm_loss_batch){
        .count = count,
        .columns = room->columns.count,
        .dim = siamese_tower_dim(t->query),
        .queries = room->queries,
        .items = room->items,
        .weights = any_not_one(room->weights, count) ? room->weights : NULL,
        .item_numbers =
            t->options.remove_accidental_hits ? room->columns.numbers : NULL,
        .query_numbers =
            t->options.mask_same_query ? room->query_numbers : NULL};
}

static sm_status compute_loss(siamese_trainer *t, size_t count,
                              sm_drawn drawn, double *sum)
{
    sm_step_room *const room = &t->room;
    sm_loss_options const options = loss_options(t);
    sm_loss_batch batch = batch_of(t, count);
    SM_RETURN_IF_ERROR(
        find_probabilities(t, count, drawn, &batch.probabilities));
    SM_RETURN_IF_ERROR(sm_loss_compute(&room->loss, t->pool, t->kernels,
                                       &options, &batch, sum,
                                       room->query_gradients,
                                       room->item_gradients));
    SM_REQUIRE(isfinite(*sum), SIAMESE_E_NOT_FINITE,
               "the loss of the batch is not finite");
    return sm_cancel_check();
}

/* The gradient of a distinct row is the sum over its rows, in their order. */
static void add_by_row(const siamese_trainer *t, const uint32_t *map,
                       size_t count, const float *gradients)
{
    size_t const dim = siamese_tower_dim(t->query);
    for (size_t i = 0; i < count; i++)
        t->kernels->add(dim, gradients + i * dim,
                        t->room.row_gradients + map[i] * dim);
}

static sm_status start_rows(siamese_trainer *t, const sm_tower_pass *pass)
{
    size_t const dim = siamese_tower_dim(t->query);
    size_t const distinct = sm_tower_pass_distinct(pass);
    SM_RETURN_IF_ERROR(reserve_distinct(&t->room, distinct, dim));
    memset(t->room.row_gradients, 0,
           distinct * dim * sizeof *t->room.row_gradients);
    return SIAMESE_OK;
}

static sm_status backward(siamese_trainer *t, size_t count)
{
    sm_step_room *const room = &t->room;
    const uint32_t *map = sm_tower_pass_row_map(room->query_pass);
    size_t const columns = room->columns.count;
    SM_RETURN_IF_ERROR(start_rows(t, room->query_pass));
    add_by_row(t, map, count, room->query_gradients);
    if (room->item_pass == NULL) {
        add_by_row(t, map + count, columns, room->item_gradients);
        return sm_tower_backward(t->query, room->query_pass,
                                 room->row_gradients);
    }
    SM_RETURN_IF_ERROR(
        sm_tower_backward(t->query, room->query_pass, room->row_gradients));
    SM_RETURN_IF_ERROR(sm_cancel_check());
    map = sm_tower_pass_row_map(room->item_pass);
    SM_RETURN_IF_ERROR(start_rows(t, room->item_pass));
    add_by_row(t, map, columns, room->item_gradients);
    return sm_tower_backward(t->item, room->item_pass, room->row_gradients);
}

static sm_status check_gradients(const siamese_trainer *t,
                                 const siamese_tower *tower)
{
    const char *name;
    SM_REQUIRE(sm_gradients_finite(sm_tower_const_parameters(tower), t->pool,
                                   t->kernels, &name),
               SIAMESE_E_NOT_FINITE, "the gradient of %s, or its square, is not finite",
               name);
    return SIAMESE_OK;
}

/* Room for so many pairs and the columns that were gathered for them. */
static sm_status reserve_batch(siamese_trainer *t, size_t count)
{
    size_t const dim = siamese_tower_dim(t->query);
    size_t const fields =
        sm_max(t->pairs.queries.fields, t->pairs.items.fields);
    size_t const columns = t->room.columns.count;
    sm_loss_size const size = {count, columns, dim, sm_pool_threads(t->pool),
                               t->options.symmetric};
    SM_RETURN_IF_ERROR(reserve_pairs(&t->room, count, columns, dim, fields));
    return sm_loss_reserve(&t->room.loss, &size);
}

sm_status sm_batch_loss(siamese_trainer *t, const sm_pair_store *store,
                        const size_t *rows, size_t count, double *sum)
{
    sm_step_room *const room = &t->room;
    sm_loss_options const options = loss_options(t);
    sm_drawn const drawn = {store->count, 0, NULL, NULL};
    SM_RETURN_IF_ERROR(gather_batch(room, store, rows, count, drawn));
    SM_RETURN_IF_ERROR(sm_step_columns_gather(&room->columns, store, rows,
                                              room->batch, count, 0, drawn,
                                              NULL));
    SM_RETURN_IF_ERROR(reserve_batch(t, count));
    gather_pairs(room, store, count);
    SM_RETURN_IF_ERROR(sm_tower_encode_rows(t->query, t->pool, room->texts,
                                            count, room->queries));
    SM_RETURN_IF_ERROR(sm_tower_encode_rows(
        t->item, t->pool, room->texts + count * store->queries.fields,
        room->columns.count, room->items));
    sm_loss_batch batch = batch_of(t, count);
    if (t->options.logq == SIAMESE_LOGQ_GIVEN)
        batch.probabilities = room->columns.probabilities;
    SM_RETURN_IF_ERROR(sm_loss_compute(&room->loss, t->pool, t->kernels,
                                       &options, &batch, sum, NULL, NULL));
    SM_REQUIRE(isfinite(*sum), SIAMESE_E_NOT_FINITE,
               "the loss of the validation is not finite");
    return SIAMESE_OK;
}

sm_status sm_train_gradients(siamese_trainer *t, const size_t *rows,
                             size_t count, sm_drawn drawn,
                             sm_step_result *result)
{
    *result = (sm_step_result){.pairs = count};
    SM_RETURN_IF_ERROR(gather_batch(&t->room, &t->pairs, rows, count, drawn));
    SM_RETURN_IF_ERROR(gather_columns(t, rows, count, drawn));
    SM_RETURN_IF_ERROR(reserve_batch(t, count));
    t->has_gradient = 0;
    gather_pairs(&t->room, &t->pairs, count);
    seed_passes(t);
    SM_RETURN_IF_ERROR(forward(t, count));
    SM_RETURN_IF_ERROR(compute_loss(t, count, drawn, &result->loss_sum));
    SM_RETURN_IF_ERROR(backward(t, count));
    SM_RETURN_IF_ERROR(check_gradients(t, t->query));
    if (t->item != t->query) SM_RETURN_IF_ERROR(check_gradients(t, t->item));
    return sm_cancel_check();
}

/* ---- update ---- */

/* What the gradients are scaled by: min(1, clip_norm / norm), of all parameters
 * together. */
static float gradient_scale(const siamese_trainer *t)
{
    double const most = t->options.clip_norm;
    float const limit =
        t->options.clip_value > 0 ? (float)t->options.clip_value : FLT_MAX;
    if (most == 0) return 1;
    double square = sm_gradients_square(sm_tower_parameters(t->query), t->pool,
                                        limit);
    if (t->item != t->query)
        square += sm_gradients_square(sm_tower_parameters(t->item), t->pool,
                                      limit);
    return square > most * most ? (float)(most / sqrt(square)) : 1;
}

static void update_towers(siamese_trainer *t)
{
    uint64_t const step = t->state.steps;
    sm_update const update = {
        .options = &t->options,
        .kernels = t->kernels,
        .rate =
            (float)sm_learning_rate(&t->options, step,
                                    sm_trainer_schedule_steps(t)),
        .t = step,
        .gradient_scale = gradient_scale(t)};
    sm_optimizer_update(&update, sm_tower_parameters(t->query), t->pool);
    sm_tower_parameters_changed(t->query);
    if (t->item == t->query) return;
    sm_optimizer_update(&update, sm_tower_parameters(t->item), t->pool);
    sm_tower_parameters_changed(t->item);
}

void sm_train_update(siamese_trainer *t, const sm_step_result *result,
                     int in_epoch)
{
    sm_train_state *const state = &t->state;
    const atomic_int *const watched = sm_cancel_watch(NULL); /* whole or not */
    sm_turn_lock_take(&t->lock);
    state->steps++;
    if (t->options.logq == SIAMESE_LOGQ_STREAMING)
        for (size_t j = 0; j < t->room.columns.count; j++)
            sm_stream_frequency_count(&t->frequency, column_hash(t, j),
                                      state->steps);
    state->batch_loss_sum = result->loss_sum;
    if (in_epoch) {
        state->position++;
        state->loss_sum += result->loss_sum;
        for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
            state->hits[k] += result->hits[k];
        state->topk_pairs += result->topk_pairs;
    }
    update_towers(t);
    state->validation.best_is_current = 0;
    t->has_gradient = 1;
    sm_turn_lock_release(&t->lock);
    sm_cancel_watch(watched);
}
