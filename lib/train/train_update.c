/*
 * train_update.c: gradients that batch_gradients.c found come in, weights,
 * moments and counters change together, while nobody reads them. trainer_fit.c
 * and fit.c call it.
 */
#include "train/train_update.h"

#include <float.h>
#include <math.h>

#include "common/cancel.h"
#include "train/epoch_plan.h"
#include "train/optimizer.h"
#include "train/sides.h"

/* What the gradients are scaled by: min(1, clip_norm / norm), of all parameters
 * together. */
static float gradient_scale(const siamese_trainer_options *options,
                            const sm_trainer_model *model, sm_pool *pool)
{
    siamese_tower *towers[2];
    size_t const sides = sm_trainer_model_towers(model, towers);
    double const most = options->clip_norm;
    float const limit =
        options->clip_value > 0 ? (float)options->clip_value : FLT_MAX;
    double square = 0;
    if (most == 0) return 1;
    for (size_t side = 0; side < sides; side++)
        square +=
            sm_gradients_square(sm_tower_parameters(towers[side]), pool, limit);
    return square > most * most ? (float)(most / sqrt(square)) : 1;
}

typedef struct side_update {
    sm_update update;
    siamese_tower *towers[SM_SIDES];
    sm_pool *pool;
} side_update;

static sm_status update_side(void *context, size_t side)
{
    const side_update *const x = context;
    sm_optimizer_update(&x->update, sm_tower_parameters(x->towers[side]),
                        x->pool);
    sm_tower_parameters_changed(x->towers[side]);
    return SIAMESE_OK;
}

static void update_towers(const siamese_trainer_options *options,
                          const sm_trainer_run *run, sm_trainer_model *model,
                          uint64_t schedule_steps)
{
    side_update x = {.pool = run->pool};
    size_t const sides = sm_trainer_model_towers(model, x.towers);
    uint64_t const step = model->state.steps;
    x.update = (sm_update){
        .options = options,
        .kernels = run->kernels,
        .rate = (float)sm_learning_rate(options, step, schedule_steps),
        .t = step,
        .gradient_scale = gradient_scale(options, model, run->pool)};
    (void)sm_each_side(run->pool, sides, update_side, &x); /* cannot fail */
}

static void count_columns(sm_trainer_data *data, const sm_step_columns *columns,
                          uint64_t step)
{
    for (size_t j = 0; j < columns->count; j++)
        sm_stream_frequency_count(
            &data->frequency, sm_step_columns_hash(columns, &data->pairs, j),
            step);
}

void sm_train_update(const siamese_trainer_options *options,
                     sm_trainer_run *run, sm_trainer_data *data,
                     sm_trainer_model *model, const sm_step_result *result,
                     int in_epoch)
{
    sm_train_state *const state = &model->state;
    const atomic_int *const watched = sm_cancel_watch(NULL); /* whole or not */
    sm_run_pause(run);
    state->steps++;
    if (options->logq == SIAMESE_LOGQ_STREAMING)
        count_columns(data, &model->buffers.columns, state->steps);
    state->batch_loss_sum = result->loss_sum;
    if (in_epoch) {
        state->position++;
        state->loss_sum += result->loss_sum;
        for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
            state->hits[k] += result->hits[k];
        state->topk_pairs += result->topk_pairs;
    }
    update_towers(options, run, model,
                  sm_schedule_steps(options, sm_next_pairs(data)));
    state->validation.best_is_current = false;
    model->has_gradient = true;
    sm_run_resume(run);
    sm_cancel_watch(watched);
}
