/*
 * fit_progress.c: times and state come in, figures go to the host's callback;
 * its answer, or a cancel, ends the run. fit.c and fit_measure.c call it.
 */
#include "train/fit_progress.h"

#include <math.h>
#include <time.h>

#include "common/cancel.h"
#include "train/epoch_plan.h"
#include "train/trainer_progress.h"

/* Between two calls of progress while evaluating. */
static const double tick_seconds = 0.05;

double sm_fit_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Pairs still to do in this epoch and in those after it. */
static void pairs_left(const sm_fit *fit, size_t epochs, double *running,
                       double *later)
{
    const siamese_trainer_options *const o = fit->options;
    const sm_train_state *const s = &fit->model->state;
    size_t const pairs = sm_epoch_pairs(fit->data, s);
    size_t const batch = sm_batch_size(o, pairs);
    size_t const done =
        s->position == sm_epoch_steps(o, pairs) ? pairs : s->position * batch;
    /* a closed epoch is among those done */
    *running = s->closed ? 0 : (double)(pairs - done);
    *later = (double)(epochs - (epochs > 0 && !s->closed)) *
             (double)sm_next_pairs(fit->data);
    if (o->max_steps == 0) return;
    double const most = sm_has_enough_steps(o, s->steps)
                            ? 0
                            : (double)(o->max_steps - s->steps) * (double)batch;
    *running = fmin(*running, most);
    *later = fmin(*later, most - *running);
}

/* Steps still to do at the speed so far, and evaluations at the last one's. */
static double seconds_left(const sm_fit *fit, double speed)
{
    const siamese_trainer_options *const o = fit->options;
    const sm_train_state *const s = &fit->model->state;
    size_t const batch = sm_batch_size(o, sm_epoch_pairs(fit->data, s));
    size_t const wanted = sm_epoch_count(o, sm_next_pairs(fit->data));
    size_t const epochs = wanted > s->epoch ? wanted - s->epoch : 0;
    double running, later;
    if (speed <= 0) return -1;
    pairs_left(fit, epochs, &running, &later);
    double left = (running + later) / speed +
                  fit->validate_seconds *
                      (o->validate_every ? (running + later) / (double)batch /
                                               (double)o->validate_every
                                         : (double)epochs);
    if (o->metrics != SIAMESE_METRICS_EPOCH) return left;
    double one = fit->evaluate_seconds;
    double evaluations = (double)epochs;
    if (fit->stage == SIAMESE_STAGE_EVALUATE && !s->closed) {
        if (one < 0 && fit->stage_done > 0.01)
            one = (sm_fit_now() - fit->evaluate_began) / fit->stage_done;
        evaluations -= fit->stage_done;
    }
    return one < 0 ? left : left + evaluations * one;
}

void sm_fit_update_timing(const sm_fit *fit)
{
    double const speed =
        fit->train_seconds > 0 ? fit->train_pairs / fit->train_seconds : 0;
    sm_run_pause(fit->run);
    fit->run->timing = (sm_train_timing){speed, sm_fit_now() - fit->began,
                                         seconds_left(fit, speed)};
    sm_run_resume(fit->run);
}

sm_status sm_fit_tell(sm_fit *fit)
{
    siamese_progress figures;
    sm_fit_update_timing(fit);
    if (fit->progress) {
        sm_run_pause(fit->run);
        sm_trainer_fill_progress(fit->options, fit->data, &fit->model->state,
                                 &fit->run->timing, &figures);
        sm_run_resume(fit->run);
        figures.stage = fit->stage;
        figures.stage_done = fit->stage_done;
        /* what the host does meanwhile with other handles is its own */
        const atomic_int *const watched = sm_cancel_watch(NULL);
        int32_t const stop = fit->progress(fit->user, &figures);
        sm_cancel_watch(watched);
        SM_REQUIRE(stop == 0, SIAMESE_E_CANCELLED,
                   "the progress callback cancelled training");
    }
    fit->last_call = sm_fit_now();
    return sm_cancel_check();
}

static sm_status evaluate_tick(void *context, double done)
{
    sm_fit *const fit = context;
    SM_RETURN_IF_ERROR(sm_cancel_check());
    if (sm_fit_now() - fit->last_call < tick_seconds) return SIAMESE_OK;
    if (fit->stage == SIAMESE_STAGE_TRAIN) {
        /* inside a step: the stage is the evaluation's until it is done */
        int32_t const stage = fit->stage;
        double const stage_done = fit->stage_done;
        fit->stage = SIAMESE_STAGE_EVALUATE;
        fit->stage_done = done;
        sm_status const status = sm_fit_tell(fit);
        fit->stage = stage;
        fit->stage_done = stage_done;
        return status;
    }
    fit->stage_done = done;
    return sm_fit_tell(fit);
}

sm_topk_accuracy_run sm_fit_evaluation(sm_fit *fit)
{
    return (sm_topk_accuracy_run){fit->model->query, fit->model->item,
                                  fit->run->pool,    fit->run->kernels,
                                  evaluate_tick,     fit};
}
