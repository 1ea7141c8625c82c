#include "train/fit.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "common/cancel.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/size.h"
#include "pairs/sampler.h"
#include "train/pairs_accuracy.h"

/* Between two calls of progress while evaluating. */
static const double tick_seconds = 0.05;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- progress ---- */

/* Steps still to do at the speed so far, and evaluations at the last one's. */
static double seconds_left(const sm_fit *fit, double speed)
{
    const siamese_trainer *const t = fit->trainer;
    const sm_train_state *const s = &t->state;
    if (speed <= 0) return -1;
    size_t const pairs = sm_trainer_epoch_pairs(t);
    size_t const batch = sm_trainer_batch_size(t, pairs);
    size_t const done = s->position == sm_trainer_epoch_steps(t, pairs)
                            ? pairs
                            : s->position * batch;
    size_t const wanted = sm_trainer_epochs(t);
    size_t const epochs = wanted > s->epoch ? wanted - s->epoch : 0;
    /* a closed epoch is among those done */
    double running = s->closed ? 0 : (double)(pairs - done);
    double later = (double)(epochs - (epochs > 0 && !s->closed)) *
                   (double)sm_trainer_next_pairs(t);
    if (t->options.max_steps) {
        double const most =
            sm_trainer_has_enough(t)
                ? 0
                : (double)(t->options.max_steps - s->steps) * (double)batch;
        running = fmin(running, most);
        later = fmin(later, most - running);
    }
    double left =
        (running + later) / speed +
        fit->validate_seconds * (t->options.validate_every
                                     ? (running + later) / (double)batch /
                                           (double)t->options.validate_every
                                     : (double)epochs);
    if (t->options.metrics != SIAMESE_METRICS_EPOCH) return left;
    double one = fit->evaluate_seconds;
    double evaluations = (double)epochs;
    if (fit->stage == SIAMESE_STAGE_EVALUATE && !s->closed) {
        if (one < 0 && fit->stage_done > 0.01)
            one = (now() - fit->evaluate_began) / fit->stage_done;
        evaluations -= fit->stage_done;
    }
    return one < 0 ? left : left + evaluations * one;
}

static void update_timing(const sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    double const speed =
        fit->train_seconds > 0 ? fit->train_pairs / fit->train_seconds : 0;
    sm_turn_lock_take(&t->lock);
    t->timing =
        (sm_train_timing){speed, now() - fit->began, seconds_left(fit, speed)};
    sm_turn_lock_release(&t->lock);
}

/* Tells the host; its no, or a cancel, ends the run. */
static sm_status tell(sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    siamese_progress figures;
    update_timing(fit);
    if (fit->progress) {
        sm_turn_lock_take(&t->lock);
        sm_trainer_fill_progress(t, &figures);
        sm_turn_lock_release(&t->lock);
        figures.stage = fit->stage;
        figures.stage_done = fit->stage_done;
        /* what the host does meanwhile with other handles is its own */
        const atomic_int *const watched = sm_cancel_watch(NULL);
        int32_t const stop = fit->progress(fit->user, &figures);
        sm_cancel_watch(watched);
        SM_REQUIRE(stop == 0, SIAMESE_E_CANCELLED,
                   "the progress callback cancelled training");
    }
    fit->last_call = now();
    return sm_cancel_check();
}

/* ---- evaluation ---- */

static sm_status evaluate_tick(void *context, double done)
{
    sm_fit *const fit = context;
    SM_RETURN_IF_ERROR(sm_cancel_check());
    if (now() - fit->last_call < tick_seconds) return SIAMESE_OK;
    if (fit->stage == SIAMESE_STAGE_TRAIN) {
        /* inside a step: the stage is the evaluation's until it is done */
        int32_t const stage = fit->stage;
        double const stage_done = fit->stage_done;
        fit->stage = SIAMESE_STAGE_EVALUATE;
        fit->stage_done = done;
        sm_status const status = tell(fit);
        fit->stage = stage;
        fit->stage_done = stage_done;
        return status;
    }
    fit->stage_done = done;
    return tell(fit);
}

static sm_topk_accuracy_run evaluation_of(sm_fit *fit)
{
    const siamese_trainer *const t = fit->trainer;
    return (sm_topk_accuracy_run){t->query,   t->item,       t->pool,
                                  t->kernels, evaluate_tick, fit};
}

/* Once, and again where ties have become twice as many. */
static void warn_of_ties(sm_fit *fit)
{
    const siamese_trainer *const t = fit->trainer;
    const sm_validation_state *const v = &t->state.validation;
    if (v->tied == 0 || v->tied < 2 * fit->ties_told) return;
    fit->ties_told = v->tied;
    sm_log(SIAMESE_LOG_WARN,
           "validation after step %llu: of %zu queries %llu score their item "
           "the same as others; such a tie counts as a miss%s",
           (unsigned long long)v->steps, t->validation.pairs.queries.count,
           (unsigned long long)v->tied,
           t->validation.says_nothing
               ? ", and since no query tells its candidates apart the "
                 "validation says nothing about the weights"
               : "");
}

/* The validation, if it is time for one; a run that was cancelled before its
 * validation makes it when it goes on. */
static sm_status validate(sm_fit *fit)
{
    if (!sm_validation_due(fit->trainer)) return SIAMESE_OK;
    int32_t const stage = fit->stage;
    double const began = now();
    sm_topk_accuracy_run const evaluation = evaluation_of(fit);
    fit->stage = SIAMESE_STAGE_VALIDATE;
    fit->stage_done = 0;
    SM_RETURN_IF_ERROR(sm_validation_run(fit->trainer, &evaluation));
    fit->validate_seconds = now() - began;
    warn_of_ties(fit);
    fit->stage_done = 1;
    SM_RETURN_IF_ERROR(tell(fit));
    fit->stage = stage;
    return SIAMESE_OK;
}

/* Ends the epoch: its evaluation, if it has one, and the count of epochs. */
static sm_status close_epoch(sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    uint64_t hits[SIAMESE_TOPK_COUNT] = {0};
    int const evaluated =
        t->options.metrics == SIAMESE_METRICS_EPOCH && t->pairs.count > 0;
    if (evaluated) {
        fit->stage = SIAMESE_STAGE_EVALUATE;
        fit->stage_done = 0;
        fit->evaluate_began = now();
        sm_topk_accuracy_run const evaluation = evaluation_of(fit);
        SM_RETURN_IF_ERROR(sm_pairs_accuracy(&evaluation, &t->pairs, &t->pairs,
                                             sm_trainer_by_id(t), sm_topk_ks,
                                             SIAMESE_TOPK_COUNT, hits, NULL));
        fit->evaluate_seconds = now() - fit->evaluate_began;
    }
    sm_turn_lock_take(&t->lock);
    t->state.epoch++;
    t->state.closed = 1;
    for (size_t k = 0; evaluated && k < SIAMESE_TOPK_COUNT; k++)
        t->state.hits[k] = hits[k];
    if (evaluated) t->state.topk_pairs = t->pairs.count;
    sm_turn_lock_release(&t->lock);
    fit->stage_done = 1;
    return tell(fit);
}

/* The negatives of an epoch that begins. */
static sm_status mine(sm_fit *fit)
{
    sm_status status = SIAMESE_OK;
    siamese_trainer *const t = fit->trainer;
    const siamese_trainer_options *const o = &t->options;
    size_t const pairs = t->pairs.count;
    sm_mine_rules const rules = {o->mined_negatives, o->mine_first,
                                 o->mine_last, o->mine_below, o->seed};
    sm_topk_accuracy_run const evaluation = evaluation_of(fit);
    uint32_t *numbers = NULL;
    size_t count;
    t->mined.count = 0;
    if (!sm_trainer_mines(t)) return SIAMESE_OK;
    SM_CHECK(sm_size_multiply(pairs, o->mined_negatives, &count),
             SIAMESE_E_MEMORY, "out of memory");
    numbers = sm_alloc_array(count, sizeof *numbers);
    SM_CHECK_MEMORY(numbers);
    fit->stage = SIAMESE_STAGE_MINE;
    fit->stage_done = 0;
    SM_TRY(sm_mine(&evaluation, &rules, &t->pairs, pairs, t->state.epoch,
                   &t->mined.items, numbers));
    sm_turn_lock_take(&t->lock);
    sm_free(t->mined.numbers);
    t->mined.numbers = numbers;
    t->mined.negatives = o->mined_negatives;
    t->mined.count = pairs;
    sm_turn_lock_release(&t->lock);
    numbers = NULL;
    fit->stage_done = 1;
    SM_TRY(tell(fit));
out:
    sm_free(numbers);
    return status;
}

/* ---- steps ---- */

/* Whether an epoch runs: it has a step, and its end has not been counted. */
static int is_in_epoch(const siamese_trainer *t)
{
    return t->state.position > 0 && !t->state.closed;
}

/* A running epoch goes on with the pairs that it began with. */
static sm_status check_running_epoch(const siamese_trainer *t)
{
    const sm_train_state *const s = &t->state;
    uint64_t fingerprint;
    SM_RETURN_IF_ERROR(sm_pair_store_fingerprint(
        &t->pairs, sm_min(s->epoch_pairs, t->pairs.count),
        sm_min(s->epoch_items, t->pairs.catalogue.count), &fingerprint));
    SM_REQUIRE(t->pairs.count >= s->epoch_pairs &&
                   t->pairs.catalogue.count >= s->epoch_items &&
                   t->made.count == s->epoch_made &&
                   t->mined.count <= s->epoch_pairs &&
                   sm_mined_fits(&t->mined) && fingerprint == s->fingerprint,
               SIAMESE_E_STATE,
               "the trainer stands in the middle of an epoch over %zu "
               "pairs and %zu items, and has been given others",
               s->epoch_pairs, s->epoch_items);
    return SIAMESE_OK;
}

/* A new epoch takes the pairs there are now. */
static sm_status begin_epoch(sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    sm_train_state *const s = &t->state;
    if (is_in_epoch(t)) return check_running_epoch(t);
    SM_RETURN_IF_ERROR(sm_trainer_prepare(t));
    SM_REQUIRE(sm_trainer_next_pairs(t) > 0, SIAMESE_E_STATE,
               "the trainer has no pairs");
    SM_RETURN_IF_ERROR(mine(fit));
    /* a catalogue that nothing is drawn from need not be given again */
    size_t const items = t->options.random_negatives ||
                                 t->options.self_supervision > 0 ||
                                 t->options.mined_negatives
                             ? t->pairs.catalogue.count
                             : 0;
    uint64_t fingerprint;
    SM_RETURN_IF_ERROR(sm_pair_store_fingerprint(&t->pairs, t->pairs.count,
                                                 items, &fingerprint));
    sm_turn_lock_take(&t->lock);
    s->position = 0;
    s->closed = 0;
    s->epoch_pairs = t->pairs.count;
    s->epoch_items = items;
    s->epoch_made = t->made.count;
    s->fingerprint = fingerprint;
    s->loss_sum = 0;
    if (t->options.metrics == SIAMESE_METRICS_STEP) {
        s->topk_pairs = 0;
        for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++) s->hits[k] = 0;
    }
    sm_turn_lock_release(&t->lock);
    return SIAMESE_OK;
}

/* The notebook's metric: over all candidates, with the weights before the
 * update, for the pairs of the batch that were given. */
static sm_status evaluate_step(sm_fit *fit, const sm_candidate_rows *candidates,
                               const size_t *rows, sm_step_result *result)
{
    sm_status status = SIAMESE_OK;
    const siamese_trainer *const t = fit->trainer;
    size_t const dim = siamese_tower_dim(t->query);
    sm_topk_accuracy_run const evaluation = evaluation_of(fit);
    uint32_t *const own = sm_alloc_array(result->pairs, sizeof *own);
    float *const given = sm_aligned_array(result->pairs * dim, sizeof *given);
    size_t count = 0;
    SM_CHECK_MEMORY(own);
    SM_CHECK_MEMORY(given);
    for (size_t i = 0; i < result->pairs; i++) {
        if (rows[i] >= t->state.epoch_pairs) continue;
        memcpy(given + count * dim, t->room.queries + i * dim,
               dim * sizeof *given);
        own[count++] = sm_pairs_own(&t->pairs, &t->pairs.pairs[rows[i]],
                                    &t->pairs, sm_trainer_by_id(t));
    }
    result->topk_pairs = count;
    if (count > 0)
        SM_TRY(sm_topk_accuracy_batch(&evaluation, count, given, own,
                                      candidates, sm_topk_ks,
                                      SIAMESE_TOPK_COUNT, result->hits));
out:
    sm_free(own);
    sm_aligned_free(given);
    return status;
}

/* What the steps of an epoch are evaluated against, from its first one on. */
typedef struct step_candidates {
    sm_candidates list;
    sm_candidate_rows rows;
} step_candidates;

static void step_candidates_free(step_candidates *candidates)
{
    sm_candidate_rows_free(&candidates->rows);
    sm_candidates_free(&candidates->list);
}

static sm_status find_candidates(const siamese_trainer *t,
                                 step_candidates *candidates)
{
    if (candidates->list.items == NULL)
        SM_RETURN_IF_ERROR(sm_pairs_candidates(&candidates->list, &t->pairs,
                                               sm_trainer_by_id(t)));
    if (candidates->rows.candidates) return SIAMESE_OK;
    return sm_candidate_rows_create(&candidates->rows, &candidates->list,
                                    t->item, t->pool);
}

static sm_status fit_step(sm_fit *fit, const size_t *rows, size_t count,
                          step_candidates *candidates)
{
    siamese_trainer *const t = fit->trainer;
    sm_step_result result;
    double const began = now();
    SM_RETURN_IF_ERROR(sm_cancel_check());
    sm_drawn const drawn = {t->state.epoch_pairs, t->state.epoch_items,
                            &t->made, &t->mined};
    SM_RETURN_IF_ERROR(sm_train_gradients(t, rows, count, drawn, &result));
    if (t->options.metrics == SIAMESE_METRICS_STEP && t->pairs.count > 0) {
        SM_RETURN_IF_ERROR(find_candidates(t, candidates));
        SM_RETURN_IF_ERROR(
            evaluate_step(fit, &candidates->rows, rows, &result));
    }
    sm_train_update(t, &result, 1);
    fit->train_seconds += now() - began;
    fit->train_pairs += (double)count;
    fit->stage_done =
        (double)t->state.position /
        (double)sm_trainer_epoch_steps(t, sm_trainer_epoch_pairs(t));
    return tell(fit);
}

static sm_status run_epoch(sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    sm_status status = SIAMESE_OK;
    sm_sampler sampler = {0};
    step_candidates candidates = {.list = {0}};
    size_t *rows = NULL;
    SM_TRY(begin_epoch(fit));
    fit->stage = SIAMESE_STAGE_TRAIN;
    size_t const pairs = t->state.epoch_pairs + t->state.epoch_made;
    size_t const batch = sm_trainer_batch_size(t, pairs);
    size_t const steps = sm_trainer_epoch_steps(t, pairs);
    if (t->state.position < steps) {
        uint64_t const epoch = t->options.cache ? 0 : t->state.epoch;
        rows = sm_alloc_array(sm_min(batch, pairs), sizeof *rows);
        SM_CHECK_MEMORY(rows);
        SM_TRY(sm_generated_pairs_draw(&t->made, epoch));
        SM_TRY(sm_sampler_create(&sampler, pairs, t->options.shuffle_buffer,
                                 t->options.seed, epoch));
        SM_TRY(sm_sampler_skip(&sampler, t->state.position * batch));
    }
    for (;;) {
        SM_TRY(validate(fit));
        if (t->state.position == steps) break;
        if (sm_validation_stops(t) || sm_trainer_has_enough(t)) goto out;
        size_t const count = sm_sampler_next(&sampler, batch, rows);
        SM_TRY(fit_step(fit, rows, count, &candidates));
    }
    SM_TRY(close_epoch(fit));
out:
    sm_sampler_free(&sampler);
    step_candidates_free(&candidates);
    sm_free(rows);
    return status;
}

/*
 * What the last step still has to come, where a fit was broken off behind it: the
 * validation, and the end of its epoch. It is due even if no other step is, so
 * that the run ends as if nothing had happened.
 */
static sm_status settle(sm_fit *fit)
{
    const siamese_trainer *const t = fit->trainer;
    if (!is_in_epoch(t)) return SIAMESE_OK;
    int const is_whole = t->state.position ==
                         sm_trainer_epoch_steps(t, sm_trainer_epoch_pairs(t));
    if (!is_whole && !sm_validation_due(t)) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(check_running_epoch(t));
    SM_RETURN_IF_ERROR(validate(fit));
    return is_whole ? close_epoch(fit) : SIAMESE_OK;
}

sm_status sm_fit_run(sm_fit *fit)
{
    siamese_trainer *const t = fit->trainer;
    fit->began = fit->last_call = now();
    fit->evaluate_seconds = -1;
    SM_RETURN_IF_ERROR(sm_trainer_prepare(t));
    SM_REQUIRE(sm_trainer_next_pairs(t) > 0, SIAMESE_E_STATE,
               "the trainer has no pairs");
    SM_RETURN_IF_ERROR(sm_validation_check(t));
    SM_RETURN_IF_ERROR(settle(fit));
    while (t->state.epoch < sm_trainer_epochs(t) && !sm_validation_stops(t) &&
           !sm_trainer_has_enough(t))
        SM_RETURN_IF_ERROR(run_epoch(fit));
    sm_validation_restore(t);
    return SIAMESE_OK;
}

siamese_status siamese_trainer_fit(siamese_trainer *trainer,
                                   siamese_progress_fn progress, void *user)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_RETURN_IF_ERROR(sm_trainer_begin_run(trainer));
    sm_fit fit = {.trainer = trainer, .progress = progress, .user = user};
    sm_status const status = sm_fit_run(&fit);
    update_timing(&fit);
    sm_trainer_end_run(trainer);
    return status;
}
