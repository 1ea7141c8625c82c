/*
 * validation.c: measures the validation pairs with the weights as they are, and
 * says whether they are the best; fit_measure.c asks when, fit.c whether to
 * stop.
 */
#include "train/validation.h"

#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "train/batch_gradients.h"
#include "train/epoch_plan.h"
#include "train/pairs_accuracy.h"
#include "train/together.h"

sm_status sm_validation_check(const siamese_trainer_options *options,
                              const sm_trainer_data *data,
                              const sm_validation_state *state)
{
    size_t const pairs = data->validation.pairs.count;
    SM_REQUIRE(state->fingerprint == 0 || pairs > 0, SIAMESE_E_STATE,
               "the trainer was saved with validation pairs: give them again, "
               "or none, to siamese_trainer_set_validation");
    SM_REQUIRE(pairs == 0 || data->pairs.count > 0 ||
                   data->validation.has_candidates ||
                   options->monitor == SIAMESE_MONITOR_LOSS,
               SIAMESE_E_STATE,
               "the validation has no candidates, and the trainer no pairs "
               "to take them from");
    return SIAMESE_OK;
}

bool sm_validation_due(const siamese_trainer_options *options,
                       const sm_trainer_data *data, const sm_train_state *s)
{
    size_t const every = options->validate_every;
    if (data->validation.pairs.count == 0 || s->steps == 0 ||
        s->validation.steps == s->steps)
        return false;
    /* restored ones, which were validated when they were found */
    if (s->validation.best_is_current) return false;
    if (sm_has_enough_steps(options, s->steps)) return true;
    if (every) return s->steps % every == 0;
    return !s->closed &&
           s->position == sm_epoch_steps(options, sm_epoch_pairs(data, s));
}

bool sm_validation_stops(const siamese_trainer_options *options,
                         const sm_validation_state *state)
{
    return options->patience > 0 && state->waits >= options->patience;
}

/* ---- validating ---- */

/* The mean loss a pair, in batches in the order that the pairs were given. */
static sm_status find_loss(const siamese_trainer_options *options,
                           const sm_trainer_run *run,
                           const sm_trainer_data *data, sm_trainer_model *model,
                           const sm_topk_accuracy_run *evaluation, double *mean)
{
    sm_status status = SIAMESE_OK;
    const sm_pair_store *const pairs = &data->validation.pairs;
    size_t const batch =
        sm_min(sm_batch_size(options, sm_epoch_pairs(data, &model->state)),
               pairs->count);
    size_t *const rows = sm_alloc_array(batch, sizeof *rows);
    double total = 0, sum;
    SM_CHECK_MEMORY(rows);
    for (size_t first = 0; first < pairs->count; first += batch) {
        size_t const count = sm_min(batch, pairs->count - first);
        for (size_t i = 0; i < count; i++) rows[i] = first + i;
        SM_TRY(sm_batch_loss(options, run, model, pairs, rows, count, &sum));
        total += sum;
        SM_TRY(evaluation->tick(evaluation->context, 0));
    }
    *mean = total / (double)pairs->count;
out:
    sm_free(rows);
    return status;
}

/* The monitored figure; a loss counts as better when it is lower. */
static double monitored(int32_t monitor, const sm_validation_state *v)
{
    /* of top_10, -, top_1, top_5, top_50, top_100 */
    static const size_t places[] = {2, 0, 0, 1, 3, 4};
    if (monitor == SIAMESE_MONITOR_LOSS) return v->loss;
    return (double)v->hits[places[monitor]] / (double)v->topk_pairs;
}

static bool is_better(const siamese_trainer_options *options,
                      const sm_validation_state *v)
{
    double const value = monitored(options->monitor, v);
    double const delta = options->min_delta;
    if (v->best_steps == 0) return true;
    return options->monitor == SIAMESE_MONITOR_LOSS ? value < v->best - delta
                                                    : value > v->best + delta;
}

/* The new figures, and the best weights with them, while the run is paused. */
static void take_figures(const siamese_trainer_options *options,
                         sm_trainer_model *model, sm_validation_state *now,
                         int is_best)
{
    if (is_best) {
        now->best = monitored(options->monitor, now);
        now->best_steps = now->steps;
        now->waits = 0;
        now->best_is_current = true;
        if (options->restore_best) sm_best_weights_keep(model);
    } else {
        now->waits++;
    }
    model->state.validation = *now;
}

sm_status sm_validation_run(const siamese_trainer_options *options,
                            sm_trainer_run *run, const sm_trainer_data *data,
                            sm_trainer_model *model,
                            const sm_topk_accuracy_run *evaluation,
                            bool *says_nothing)
{
    const sm_validation_pairs *const v = &data->validation;
    sm_validation_state now = model->state.validation;
    sm_ties ties = {.queries = 0};
    memset(now.hits, 0, sizeof now.hits);
    now.topk_pairs = 0;
    SM_RETURN_IF_ERROR(
        find_loss(options, run, data, model, evaluation, &now.loss));
    if (options->monitor != SIAMESE_MONITOR_LOSS) {
        SM_RETURN_IF_ERROR(
            sm_pairs_accuracy(evaluation, &v->pairs,
                              v->has_candidates ? &v->candidates : &data->pairs,
                              options->topk_match == SIAMESE_TOPK_MATCH_ID,
                              sm_topk_ks, SIAMESE_TOPK_COUNT, now.hits, &ties));
        now.topk_pairs = v->pairs.count;
    }
    now.steps = model->state.steps;
    now.tied = ties.queries;
    *says_nothing = ties.is_nothing;
    SM_RETURN_IF_ERROR(
        sm_together_at(run, &model->state, SM_TOGETHER_VALIDATED, 0));
    sm_run_pause(run);
    /* which weights are best cannot be said by scores that are all the same */
    take_figures(options, model, &now,
                 !ties.is_nothing && is_better(options, &now));
    sm_run_resume(run);
    return SIAMESE_OK;
}

void sm_validation_restore(const siamese_trainer_options *options,
                           sm_trainer_run *run, sm_trainer_model *model)
{
    sm_validation_state *const v = &model->state.validation;
    if (!options->restore_best || v->best_steps == 0 || v->best_is_current)
        return;
    sm_run_pause(run);
    sm_best_weights_restore(model);
    v->best_is_current = true;
    sm_run_resume(run);
}
