#include "train/trainer.h"

#include <string.h>

#include "common/cancel.h"
#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "train/optimizer.h"
#include "train/trainer_handle.h"

/* ---- the handle ---- */

static void destroy(siamese_trainer *trainer)
{
    sm_step_room_free(&trainer->room);
    sm_pair_store_free(&trainer->pairs);
    sm_generated_pairs_free(&trainer->made);
    sm_mined_free(&trainer->mined);
    sm_validation_free(&trainer->validation);
    sm_item_counts_free(&trainer->item_counts);
    sm_stream_frequency_free(&trainer->frequency);
    siamese_tower_free(trainer->query);
    siamese_tower_free(trainer->item);
    sm_pool_free(trainer->pool);
    sm_turn_lock_destroy(&trainer->lock);
    sm_free(trainer);
    sm_handle_freed();
}

void siamese_trainer_free(siamese_trainer *trainer)
{
    if (trainer && sm_references_drop(&trainer->references)) destroy(trainer);
}

siamese_trainer *sm_trainer_reference(siamese_trainer *trainer)
{
    sm_references_add(&trainer->references);
    return trainer;
}

static sm_status check_towers(const siamese_tower *query,
                              const siamese_tower *item)
{
    SM_REQUIRE(query != NULL, SIAMESE_E_ARGUMENT, "query: is NULL");
    SM_REQUIRE(item != NULL, SIAMESE_E_ARGUMENT, "item: is NULL");
    SM_REQUIRE(siamese_tower_field_count(query) > 0, SIAMESE_E_STATE,
               "query: the tower has no field yet");
    SM_REQUIRE(siamese_tower_field_count(item) > 0, SIAMESE_E_STATE,
               "item: the tower has no field yet");
    SM_REQUIRE(siamese_tower_dim(query) == siamese_tower_dim(item),
               SIAMESE_E_ARGUMENT,
               "item: its vectors have %zu numbers, the query tower's %zu",
               siamese_tower_dim(item), siamese_tower_dim(query));
    return SIAMESE_OK;
}

static sm_status copy_tower(siamese_tower **out, const siamese_tower *tower,
                            const siamese_trainer *trainer)
{
    const siamese_trainer_options *const options = &trainer->options;
    SM_RETURN_IF_ERROR(sm_tower_clone(out, tower, SIAMESE_PRECISION_FLOAT32));
    sm_tower_use_kernels(*out, trainer->kernels);
    SM_RETURN_IF_ERROR(sm_parameters_train(sm_tower_parameters(*out),
                                           sm_optimizer_slots(options)));
    sm_optimizer_start(options, sm_tower_parameters(*out));
    return SIAMESE_OK;
}

/* What self-supervision makes and of what, by the options and the towers. */
static sm_status find_made_rules(siamese_trainer *t)
{
    const siamese_trainer_options *const o = &t->options;
    size_t const query = sm_tower_first_text(t->query);
    size_t const item = sm_tower_first_text(t->item);
    SM_REQUIRE(o->fragment_min <= o->fragment_max, SIAMESE_E_OPTION,
               "fragment_min %zu is more than fragment_max %zu",
               o->fragment_min, o->fragment_max);
    SM_REQUIRE(o->self_supervision == 0 ||
                   (query != SIZE_MAX && item != SIZE_MAX),
               SIAMESE_E_OPTION,
               "self_supervision: the %s tower has no field of texts",
               query == SIZE_MAX ? "query" : "item");
    SM_REQUIRE(o->mine_first <= o->mine_last, SIAMESE_E_OPTION,
               "mine_first %zu is more than mine_last %zu", o->mine_first,
               o->mine_last);
    t->made.rules = (sm_made_rules){
        .share = o->self_supervision,
        .fragments = {o->fragment_min, o->fragment_max, o->fragment_contiguous},
        .weight = (float)o->fragment_weight,
        .query_field = query,
        .item_field = item,
        .seed = o->seed};
    return SIAMESE_OK;
}

siamese_status siamese_trainer_create(siamese_trainer **out,
                                      const siamese_tower *query,
                                      const siamese_tower *item,
                                      const siamese_trainer_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_trainer *t = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(check_towers(query, item));
    t = sm_calloc(1, sizeof *t);
    SM_CHECK_MEMORY(t);
    sm_handle_created();
    sm_references_init(&t->references);
    sm_turn_lock_init(&t->lock);
    atomic_init(&t->running, 0);
    atomic_init(&t->cancelled, 0);
    t->timing.seconds_left = -1;
    sm_pair_store_init(&t->pairs, siamese_tower_field_count(query),
                       siamese_tower_field_count(item));
    sm_validation_init(&t->validation, siamese_tower_field_count(query),
                       siamese_tower_field_count(item));
    SM_TRY(sm_options_read(&sm_trainer_option_table, options, &t->options));
    SM_TRY(sm_kernels_select(t->options.kernel, &t->kernels));
    SM_TRY(sm_pool_create(&t->pool, t->options.threads));
    SM_TRY(copy_tower(&t->query, query, t));
    if (item == query)
        t->item = sm_tower_reference(t->query);
    else
        SM_TRY(copy_tower(&t->item, item, t));
    SM_TRY(sm_step_room_create(&t->room, t->pool, item == query,
                               t->pairs.queries.fields));
    SM_TRY(find_made_rules(t));
    if (t->options.logq == SIAMESE_LOGQ_STREAMING)
        SM_TRY(sm_stream_frequency_create(
            &t->frequency, t->options.logq_buckets, t->options.logq_rate));
    *out = t;
    t = NULL;
out:
    siamese_trainer_free(t);
    return status;
}

/* ---- runs and cancelling ---- */

sm_status sm_trainer_begin(siamese_trainer *trainer)
{
    int idle = 0;
    SM_REQUIRE(atomic_compare_exchange_strong(&trainer->running, &idle, 1),
               SIAMESE_E_STATE, "the trainer is in a run already");
    return SIAMESE_OK;
}

void sm_trainer_end(siamese_trainer *trainer)
{
    atomic_store(&trainer->running, 0);
}

sm_status sm_trainer_begin_run(siamese_trainer *trainer)
{
    SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
    sm_cancel_watch(&trainer->cancelled);
    sm_status const status = sm_cancel_check();
    if (status != SIAMESE_OK) sm_trainer_end_run(trainer);
    return status;
}

void sm_trainer_end_run(siamese_trainer *trainer)
{
    sm_cancel_watch(NULL);
    /* before another run may begin: what comes from here on is for that one */
    atomic_store(&trainer->cancelled, 0);
    sm_trainer_end(trainer);
}

siamese_status siamese_trainer_cancel(siamese_trainer *trainer)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    atomic_store(&trainer->cancelled, 1);
    return SIAMESE_OK;
}

siamese_status siamese_trainer_forget_cancel(siamese_trainer *trainer)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
    atomic_store(&trainer->cancelled, 0);
    sm_trainer_end(trainer);
    return SIAMESE_OK;
}

/* ---- pairs and single steps ---- */

static sm_status add_to_store(siamese_trainer *trainer,
                              const siamese_pairs *pairs, sm_pair_kind kind,
                              const char *what)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
    sm_status const status = sm_pair_store_add_for(
        &trainer->pairs, trainer->query, trainer->item, pairs, kind, what);
    sm_trainer_end(trainer);
    return status;
}

siamese_status siamese_trainer_add_pairs(siamese_trainer *trainer,
                                         const siamese_pairs *pairs)
{
    return add_to_store(trainer, pairs, SM_PAIRS_WHOLE, "pairs");
}

siamese_status siamese_trainer_add_items(siamese_trainer *trainer,
                                         const siamese_pairs *items)
{
    return add_to_store(trainer, items, SM_PAIRS_CATALOGUE, "items");
}

size_t siamese_trainer_item_count(const siamese_trainer *trainer)
{
    return trainer ? trainer->pairs.catalogue.count : 0;
}

size_t siamese_trainer_pair_count(const siamese_trainer *trainer)
{
    return trainer ? trainer->pairs.count : 0;
}

static sm_status run_step(siamese_trainer *trainer, const size_t *rows,
                          size_t count, siamese_step *out)
{
    sm_step_result result;
    sm_drawn const drawn = {trainer->pairs.count,
                            trainer->pairs.catalogue.count, NULL, NULL};
    SM_RETURN_IF_ERROR(sm_trainer_prepare(trainer));
    SM_RETURN_IF_ERROR(
        sm_train_gradients(trainer, rows, count, drawn, &result));
    siamese_step const step = {.struct_size = sizeof step,
                               .step = trainer->state.steps + 1,
                               .pairs = count,
                               .loss_sum = result.loss_sum,
                               .loss_mean = result.loss_sum / (double)count};
    if (out)
        SM_RETURN_IF_ERROR(sm_struct_write(&step, sizeof step, out, "out"));
    sm_train_update(trainer, &result, 0);
    return SIAMESE_OK;
}

siamese_status siamese_trainer_step(siamese_trainer *trainer,
                                    const size_t *rows, size_t count,
                                    siamese_step *out)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(rows != NULL && count > 0, SIAMESE_E_ARGUMENT,
               "rows: a step needs at least one pair");
    size_t const pairs = trainer->pairs.count;
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(rows[i] < pairs, SIAMESE_E_ARGUMENT,
                   "rows: element %zu is pair %zu, there are %zu", i, rows[i],
                   pairs);
    SM_RETURN_IF_ERROR(sm_trainer_begin_run(trainer));
    sm_status const status = run_step(trainer, rows, count, out);
    sm_trainer_end_run(trainer);
    return status;
}

siamese_status siamese_trainer_get_gradient(const siamese_trainer *trainer,
                                            int32_t side, const char *name,
                                            float *values, size_t capacity,
                                            size_t *needed)
{
    sm_parameter *p;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(side == SIAMESE_SIDE_QUERY || side == SIAMESE_SIDE_ITEM,
               SIAMESE_E_ARGUMENT, "side: %d is neither query nor item",
               (int)side);
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(
        sm_tower_const_parameters(side == SIAMESE_SIDE_QUERY ? trainer->query
                                                             : trainer->item),
        name, &p));
    SM_REQUIRE(trainer->has_gradient, SIAMESE_E_STATE,
               "there is no gradient: no step was done, or the last failed");
    SM_RETURN_IF_ERROR(sm_room("values", values, capacity, p->count, needed));
    sm_parameter_dense_gradient(p, 0, p->count, values);
    return SIAMESE_OK;
}

/* ---- snapshots ---- */

/* A const trainer's lock: taking it changes nothing that a host can see. */
static sm_turn_lock *lock_of(const siamese_trainer *trainer)
{
    return &((siamese_trainer *)trainer)->lock;
}

void sm_trainer_pause(const siamese_trainer *trainer)
{
    sm_turn_lock_take(lock_of(trainer));
}

void sm_trainer_resume(const siamese_trainer *trainer)
{
    sm_turn_lock_release(lock_of(trainer));
}

/* Trained is in float32; a snapshot has its tables in the tower's precision. */
static sm_status snapshot_tower(siamese_tower **out, const siamese_tower *tower,
                                int exact)
{
    return sm_tower_clone(out, tower,
                          exact ? SIAMESE_PRECISION_FLOAT32
                                : sm_tower_table_precision(tower));
}

sm_status sm_trainer_snapshot_paused(const siamese_trainer *trainer, int exact,
                                     siamese_tower **query,
                                     siamese_tower **item)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *q = NULL, *i = NULL;
    int const shared = trainer->query == trainer->item;
    if (query || shared) SM_TRY(snapshot_tower(&q, trainer->query, exact));
    if (item && !shared) SM_TRY(snapshot_tower(&i, trainer->item, exact));
    if (item && shared) i = sm_tower_reference(q);
    if (query) {
        *query = q;
        q = NULL;
    }
    if (item) {
        *item = i;
        i = NULL;
    }
out:
    siamese_tower_free(q);
    siamese_tower_free(i);
    return status;
}

siamese_status siamese_trainer_snapshot(const siamese_trainer *trainer,
                                        siamese_tower **query,
                                        siamese_tower **item)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(query != NULL || item != NULL, SIAMESE_E_ARGUMENT,
               "query, item: both are NULL");
    sm_trainer_pause(trainer);
    sm_status const status =
        sm_trainer_snapshot_paused(trainer, 0, query, item);
    sm_trainer_resume(trainer);
    return status;
}

/* ---- progress ---- */

void sm_trainer_fill_progress(const siamese_trainer *t,
                              siamese_progress *progress)
{
    const sm_train_state *const s = &t->state;
    const sm_validation_state *const v = &s->validation;
    size_t const pairs = sm_trainer_epoch_pairs(t);
    size_t const steps = sm_trainer_epoch_steps(t, pairs);
    size_t const done = s->position == steps
                            ? pairs
                            : s->position * sm_trainer_batch_size(t, pairs);
    *progress = (siamese_progress){
        .struct_size = sizeof *progress,
        .stage = SIAMESE_STAGE_TRAIN,
        .topk_known = s->topk_pairs > 0,
        .step = s->steps,
        .epoch = s->epoch,
        .epochs = sm_trainer_epochs(t),
        .epoch_step = s->position,
        .epoch_steps = steps,
        .pairs = done,
        .loss_mean = done ? s->loss_sum / (double)done : 0,
        .loss_batch_sum = s->batch_loss_sum,
        .pairs_per_second = t->timing.pairs_per_second,
        .seconds = t->timing.seconds,
        .seconds_left = t->timing.seconds_left,
        .stage_done = steps ? (double)s->position / (double)steps : 0,
        .validation_step = v->steps,
        .validation_loss = v->loss,
        .best_step = v->best_steps,
        .best_value = v->best,
        .validations_without_best = (size_t)v->waits,
        .stopped_early = sm_validation_stops(t),
        .best_restored = v->best_is_current,
        .validation_tied = (size_t)v->tied};
    for (size_t k = 0; s->topk_pairs && k < SIAMESE_TOPK_COUNT; k++)
        progress->topk[k] = (double)s->hits[k] / (double)s->topk_pairs;
    for (size_t k = 0; v->topk_pairs && k < SIAMESE_TOPK_COUNT; k++)
        progress->validation_topk[k] =
            (double)v->hits[k] / (double)v->topk_pairs;
}

siamese_status siamese_trainer_get_progress(const siamese_trainer *trainer,
                                            siamese_progress *progress)
{
    siamese_progress own;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    sm_trainer_pause(trainer);
    sm_trainer_fill_progress(trainer, &own);
    sm_trainer_resume(trainer);
    return sm_struct_write(&own, sizeof own, progress, "progress");
}
