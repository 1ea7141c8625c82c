/*
 * trainer_progress.c: state comes in, a siamese_progress goes out; for
 * siamese_trainer_get_progress and the callback of a fit.
 */
#include "train/trainer_progress.h"

#include "train/epoch_plan.h"
#include "train/optimizer.h"
#include "train/validation.h"

/* The rate that the last step's update took. */
static double last_rate(const siamese_trainer_options *options,
                        const sm_trainer_data *data, uint64_t steps)
{
    if (steps == 0) return 0;
    return sm_learning_rate(options, steps,
                            sm_schedule_steps(options, sm_next_pairs(data)));
}

void sm_trainer_fill_progress(const siamese_trainer_options *options,
                              const sm_trainer_data *data,
                              const sm_train_state *s,
                              const sm_train_timing *timing,
                              siamese_progress *progress)
{
    const sm_validation_state *const v = &s->validation;
    size_t const pairs = sm_epoch_pairs(data, s);
    size_t const steps = sm_epoch_steps(options, pairs);
    size_t const done = s->position == steps
                            ? pairs
                            : s->position * sm_batch_size(options, pairs);
    *progress = (siamese_progress){
        .struct_size = sizeof *progress,
        .stage = SIAMESE_STAGE_TRAIN,
        .topk_known = s->topk_pairs > 0,
        .step = s->steps,
        .epoch = s->epoch,
        .epochs = sm_epoch_count(options, sm_next_pairs(data)),
        .epoch_step = s->position,
        .epoch_steps = steps,
        .pairs = done,
        .loss_mean = done ? s->loss_sum / (double)done : 0,
        .loss_batch_sum = s->batch_loss_sum,
        .pairs_per_second = timing->pairs_per_second,
        .seconds = timing->seconds,
        .seconds_left = timing->seconds_left,
        .stage_done = steps ? (double)s->position / (double)steps : 0,
        .validation_step = v->steps,
        .validation_loss = v->loss,
        .best_step = v->best_steps,
        .best_value = v->best,
        .validations_without_best = (size_t)v->waits,
        .stopped_early = sm_validation_stops(options, v),
        .best_restored = v->best_is_current,
        .validation_tied = (size_t)v->tied,
        .learning_rate = last_rate(options, data, s->steps)};
    for (size_t k = 0; s->topk_pairs && k < SIAMESE_TOPK_COUNT; k++)
        progress->topk[k] = (double)s->hits[k] / (double)s->topk_pairs;
    for (size_t k = 0; v->topk_pairs && k < SIAMESE_TOPK_COUNT; k++)
        progress->validation_topk[k] =
            (double)v->hits[k] / (double)v->topk_pairs;
}
