/*
 * trainer_fit.c: the two ways to train, for hosts: a step over pairs of their
 * choice, and fit, which makes the batches itself.
 */
#include "train/fit.h"
#include "train/together.h"
#include "train/train_update.h"
#include "train/trainer_handle.h"

/* Begins a run, if it is to be, with the other ranks; chosen: the pairs of a
 * single step. */
static sm_status begin_run(siamese_trainer *trainer, const sm_batch *chosen)
{
    sm_status const begun = sm_run_begin(&trainer->run);
    if (begun == SIAMESE_E_STATE) return begun; /* it is another call's */
    sm_status const status = sm_together_begin(trainer, begun, chosen);
    if (begun == SIAMESE_OK && status != SIAMESE_OK) sm_run_end(&trainer->run);
    return status;
}

static sm_status end_run(siamese_trainer *trainer, sm_status status)
{
    sm_status const ended = sm_together_end(trainer, status);
    sm_run_end(&trainer->run);
    return ended;
}

static sm_status run_step(siamese_trainer *trainer, const sm_batch *batch,
                          siamese_step *out)
{
    sm_trainer_data *const data = &trainer->data;
    sm_trainer_model *const model = &trainer->model;
    size_t const count = batch->count;
    sm_step_result result;
    SM_RETURN_IF_ERROR(sm_trainer_data_prepare(data, &trainer->options,
                                               &model->state, &trainer->run,
                                               model->query, model->item));
    SM_RETURN_IF_ERROR(sm_batch_gradients(&trainer->options, &trainer->run,
                                          data, model, batch, &result));
    siamese_step const step = {.struct_size = sizeof step,
                               .step = model->state.steps + 1,
                               .pairs = count,
                               .loss_sum = result.loss_sum,
                               .loss_mean = result.loss_sum / (double)count};
    if (out)
        SM_RETURN_IF_ERROR(sm_struct_write(&step, sizeof step, out, "out"));
    SM_RETURN_IF_ERROR(sm_together_step(&trainer->options, &trainer->run, model,
                                        batch, &result));
    sm_train_update(&trainer->options, &trainer->run, data, model, &result, 0);
    return SIAMESE_OK;
}

siamese_status siamese_trainer_step(siamese_trainer *trainer,
                                    const size_t *rows, size_t count,
                                    siamese_step *out)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(rows != NULL && count > 0, SIAMESE_E_ARGUMENT,
               "rows: a step needs at least one pair");
    size_t const pairs = trainer->data.pairs.count;
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(rows[i] < pairs, SIAMESE_E_ARGUMENT,
                   "rows: element %zu is pair %zu, there are %zu", i, rows[i],
                   pairs);
    sm_batch const batch = {
        rows, count, {pairs, trainer->data.pairs.catalogue.count, NULL, NULL}};
    SM_RETURN_IF_ERROR(begin_run(trainer, &batch));
    return end_run(trainer, run_step(trainer, &batch, out));
}

siamese_status siamese_trainer_fit(siamese_trainer *trainer,
                                   siamese_progress_fn progress, void *user)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_RETURN_IF_ERROR(begin_run(trainer, NULL));
    sm_fit fit = {.options = &trainer->options,
                  .run = &trainer->run,
                  .data = &trainer->data,
                  .model = &trainer->model,
                  .progress = progress,
                  .user = user};
    sm_status const status = sm_fit_run(&fit);
    sm_fit_update_timing(&fit);
    return end_run(trainer, status);
}
