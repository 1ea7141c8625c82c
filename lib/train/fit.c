/*
 * fit.c: the parts of a trainer come in, epochs are done in the sampler's
 * order; siamese_trainer_fit calls it. What it learned is in the model when it
 * ends, by itself or broken off.
 */
#include "train/fit.h"

#include <stdbool.h>

#include "common/cancel.h"
#include "common/memory.h"
#include "common/size.h"
#include "pairs/pair_ring.h"
#include "pairs/sampler.h"
#include "train/epoch_plan.h"
#include "train/fit_measure.h"
#include "train/mine.h"
#include "train/together.h"
#include "train/train_update.h"
#include "train/validation.h"

/* ---- the beginning of an epoch ---- */

/* The negatives of an epoch that begins. */
static sm_status mine(sm_fit *fit)
{
    sm_status status = SIAMESE_OK;
    const siamese_trainer_options *const o = fit->options;
    sm_mined *const mined = &fit->data->mined;
    uint64_t const steps = fit->model->state.steps;
    size_t const pairs = fit->data->pairs.count;
    sm_mine_rules const rules = {o->mined_negatives, o->mine_first,
                                 o->mine_last, o->mine_below, o->seed};
    sm_topk_accuracy_run const evaluation = sm_fit_evaluation(fit);
    uint32_t *numbers = NULL;
    size_t count;
    mined->count = 0;
    if (pairs == 0 || !sm_epoch_mines(o, sm_next_pairs(fit->data), steps))
        return SIAMESE_OK;
    SM_CHECK(sm_size_multiply(pairs, o->mined_negatives, &count),
             SIAMESE_E_MEMORY, "out of memory");
    numbers = sm_alloc_array(count, sizeof *numbers);
    SM_CHECK_MEMORY(numbers);
    fit->stage = SIAMESE_STAGE_MINE;
    fit->stage_done = 0;
    SM_TRY(sm_mine(&evaluation, &rules, &fit->data->pairs, pairs,
                   fit->model->state.epoch, &mined->items, numbers));
    sm_run_pause(fit->run);
    sm_free(mined->numbers);
    mined->numbers = numbers;
    mined->negatives = o->mined_negatives;
    mined->count = pairs;
    sm_run_resume(fit->run);
    numbers = NULL;
    fit->stage_done = 1;
    SM_TRY(sm_fit_tell(fit));
out:
    sm_free(numbers);
    return status;
}

/* A running epoch goes on with the pairs that it began with. */
static sm_status check_running_epoch(const sm_trainer_data *data,
                                     const sm_train_state *s)
{
    const sm_pair_store *const store = &data->pairs;
    size_t const pairs = sm_given_pairs(data);
    uint64_t fingerprint;
    SM_RETURN_IF_ERROR(sm_trainer_data_fingerprint(
        data, sm_min(s->epoch_pairs, pairs),
        sm_min(s->epoch_items, store->catalogue.count), &fingerprint));
    SM_REQUIRE(pairs >= s->epoch_pairs &&
                   store->catalogue.count >= s->epoch_items &&
                   data->generated.count == s->epoch_generated &&
                   data->mined.count <= s->epoch_pairs &&
                   sm_mined_fits(&data->mined) && fingerprint == s->fingerprint,
               SIAMESE_E_STATE,
               "the trainer stands in the middle of an epoch over %zu "
               "pairs and %zu items, and has been given others: a new trainer, "
               "as after siamese_model_finish, begins with its weights",
               s->epoch_pairs, s->epoch_items);
    return SIAMESE_OK;
}

/* A stream that failed or was empty is counted anew, it may be another one by
 * then. */
static void forget_stream(sm_fit *fit)
{
    if (!fit->data->stream.is_set) return;
    sm_run_pause(fit->run);
    sm_pair_stream_forget(&fit->data->stream);
    sm_run_resume(fit->run);
}

/* Brings the data up to date; SIAMESE_E_STATE if there is none. */
static sm_status prepare(sm_fit *fit)
{
    SM_RETURN_IF_ERROR(
        sm_trainer_data_prepare(fit->data, fit->options, &fit->model->state,
                                fit->run, fit->model->query, fit->model->item));
    if (sm_next_pairs(fit->data) == 0) forget_stream(fit);
    SM_REQUIRE(sm_next_pairs(fit->data) > 0, SIAMESE_E_STATE,
               "the trainer has no pairs%s",
               fit->data->stream.is_set ? ", its source is empty" : "");
    return SIAMESE_OK;
}

/* A new epoch takes the pairs there are now. */
static sm_status begin_epoch(sm_fit *fit)
{
    const siamese_trainer_options *const o = fit->options;
    const sm_pair_store *const store = &fit->data->pairs;
    sm_train_state *const s = &fit->model->state;
    if (sm_is_in_epoch(s)) return check_running_epoch(fit->data, s);
    SM_RETURN_IF_ERROR(prepare(fit));
    SM_RETURN_IF_ERROR(mine(fit));
    /* a catalogue that nothing is drawn from need not be given again */
    size_t const items =
        o->random_negatives || o->self_supervision > 0 || o->mined_negatives
            ? store->catalogue.count
            : 0;
    uint64_t fingerprint;
    SM_RETURN_IF_ERROR(sm_trainer_data_fingerprint(
        fit->data, sm_given_pairs(fit->data), items, &fingerprint));
    SM_RETURN_IF_ERROR(
        sm_together_at(fit->run, s, SM_TOGETHER_EPOCH, fingerprint));
    sm_run_pause(fit->run);
    s->position = 0;
    s->closed = false;
    s->epoch_pairs = sm_given_pairs(fit->data);
    s->epoch_items = items;
    s->epoch_generated = fit->data->generated.count;
    s->fingerprint = fingerprint;
    s->loss_sum = 0;
    if (o->metrics == SIAMESE_METRICS_STEP) {
        s->topk_pairs = 0;
        for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++) s->hits[k] = 0;
    }
    sm_run_resume(fit->run);
    return SIAMESE_OK;
}

/* ---- steps ---- */

/* Whether no other step is to be done, wherever the epoch stands. */
static bool has_ended(const sm_fit *fit)
{
    const sm_train_state *const s = &fit->model->state;
    return sm_validation_stops(fit->options, &s->validation) ||
           sm_has_enough_steps(fit->options, s->steps);
}

static sm_status fit_step(sm_fit *fit, const size_t *rows, size_t count,
                          sm_step_candidates *candidates)
{
    const sm_train_state *const s = &fit->model->state;
    sm_step_result result;
    double const began = sm_fit_now();
    SM_RETURN_IF_ERROR(sm_cancel_check());
    sm_batch const batch = {
        rows,
        count,
        {fit->data->stream.is_set ? fit->data->pairs.count : s->epoch_pairs,
         s->epoch_items, &fit->data->generated, &fit->data->mined}};
    SM_RETURN_IF_ERROR(sm_batch_gradients(fit->options, fit->run, fit->data,
                                          fit->model, &batch, &result));
    SM_RETURN_IF_ERROR(sm_fit_evaluate_step(fit, candidates, rows, &result));
    SM_RETURN_IF_ERROR(
        sm_together_step(fit->options, fit->run, fit->model, &batch, &result));
    sm_train_update(fit->options, fit->run, fit->data, fit->model, &result, 1);
    fit->train_seconds += sm_fit_now() - began;
    fit->train_pairs += (double)count;
    fit->stage_done =
        (double)s->position /
        (double)sm_epoch_steps(fit->options, sm_epoch_pairs(fit->data, s));
    return sm_fit_tell(fit);
}

/* The epoch's batches, one after the other, of either kind of pairs. */
typedef struct epoch_order {
    sm_sampler sampler;
    sm_pair_reader reader; /* of a stream */
    sm_pair_ring ring;
    sm_pair_mark mark; /* of the store without a batch */
} epoch_order;

static sm_status begin_order(sm_fit *fit, epoch_order *order, size_t skipped)
{
    const siamese_trainer_options *const o = fit->options;
    const sm_train_state *const s = &fit->model->state;
    const sm_pair_stream *const stream = &fit->data->stream;
    uint64_t const epoch = o->cache ? 0 : s->epoch;
    SM_RETURN_IF_ERROR(sm_generated_pairs_draw(&fit->data->generated, epoch));
    if (!stream->is_set) {
        SM_RETURN_IF_ERROR(sm_sampler_create(
            &order->sampler, s->epoch_pairs + s->epoch_generated,
            o->shuffle_buffer, o->seed, epoch));
        return sm_sampler_skip(&order->sampler, skipped);
    }
    order->mark = sm_pair_store_mark(&fit->data->pairs);
    order->reader = sm_pair_stream_reader(stream, &fit->data->pairs,
                                          fit->model->query, fit->model->item);
    SM_RETURN_IF_ERROR(sm_pair_ring_create(
        &order->ring, &order->reader, s->epoch_pairs, stream->hash,
        s->epoch_generated, o->shuffle_buffer, o->seed, epoch));
    return sm_pair_ring_skip(&order->ring, skipped);
}

/* A source's pairs take the place of the last batch's in the store. */
static sm_status next_batch(sm_fit *fit, epoch_order *order, size_t batch,
                            size_t *rows, size_t *count)
{
    if (!fit->data->stream.is_set) {
        *count = sm_sampler_next(&order->sampler, batch, rows);
        return SIAMESE_OK;
    }
    sm_pair_store_cut(&fit->data->pairs, order->mark);
    return sm_pair_ring_next(&order->ring, &fit->data->pairs, batch, rows,
                             count);
}

static void end_order(sm_fit *fit, epoch_order *order, sm_status status)
{
    if (order->ring.reader) sm_pair_store_cut(&fit->data->pairs, order->mark);
    if (status != SIAMESE_OK && status != SIAMESE_E_CANCELLED)
        forget_stream(fit);
    sm_pair_ring_free(&order->ring);
    sm_sampler_free(&order->sampler);
}

static sm_status run_epoch(sm_fit *fit)
{
    sm_status status = SIAMESE_OK;
    const siamese_trainer_options *const o = fit->options;
    const sm_train_state *const s = &fit->model->state;
    epoch_order order = {.reader = {.at = 0}};
    sm_step_candidates candidates = {.list = {0}};
    size_t *rows = NULL;
    SM_TRY(begin_epoch(fit));
    fit->stage = SIAMESE_STAGE_TRAIN;
    size_t const pairs = s->epoch_pairs + s->epoch_generated;
    size_t const batch = sm_batch_size(o, pairs);
    size_t const steps = sm_epoch_steps(o, pairs);
    if (s->position < steps) {
        rows = sm_alloc_array(sm_min(batch, pairs), sizeof *rows);
        SM_CHECK_MEMORY(rows);
        SM_TRY(begin_order(fit, &order, s->position * batch));
    }
    for (;;) {
        SM_TRY(sm_fit_validate(fit));
        if (s->position == steps) break;
        if (has_ended(fit)) goto out;
        size_t count;
        SM_TRY(next_batch(fit, &order, batch, rows, &count));
        SM_TRY(fit_step(fit, rows, count, &candidates));
    }
    SM_TRY(sm_fit_close_epoch(fit));
out:
    end_order(fit, &order, status);
    sm_step_candidates_free(&candidates);
    sm_free(rows);
    return status;
}

/*
 * What the last step still has to come, where a fit was broken off behind it:
 * the validation, and the end of its epoch. It is due even if no other step is,
 * so that the run ends as if nothing had happened.
 */
static sm_status settle(sm_fit *fit)
{
    const sm_train_state *const s = &fit->model->state;
    if (!sm_is_in_epoch(s)) return SIAMESE_OK;
    int const is_whole =
        s->position ==
        sm_epoch_steps(fit->options, sm_epoch_pairs(fit->data, s));
    if (!is_whole && !sm_validation_due(fit->options, fit->data, s))
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(check_running_epoch(fit->data, s));
    SM_RETURN_IF_ERROR(sm_fit_validate(fit));
    return is_whole ? sm_fit_close_epoch(fit) : SIAMESE_OK;
}

sm_status sm_fit_run(sm_fit *fit)
{
    const sm_train_state *const s = &fit->model->state;
    fit->began = fit->last_call = sm_fit_now();
    fit->evaluate_seconds = -1;
    SM_RETURN_IF_ERROR(prepare(fit));
    SM_RETURN_IF_ERROR(
        sm_validation_check(fit->options, fit->data, &s->validation));
    SM_RETURN_IF_ERROR(settle(fit));
    while (s->epoch < sm_epoch_count(fit->options, sm_next_pairs(fit->data)) &&
           !has_ended(fit))
        SM_RETURN_IF_ERROR(run_epoch(fit));
    SM_RETURN_IF_ERROR(sm_together_at(fit->run, s, SM_TOGETHER_LEARNED, 0));
    sm_validation_restore(fit->options, fit->run, fit->model);
    return SIAMESE_OK;
}
