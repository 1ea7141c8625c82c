/*
 * trainer_model.c: a host's towers come in and are copied; trainer.c owns the
 * copies, the steps train them, the validation keeps their best weights.
 */
#include "train/trainer_model.h"

#include <string.h>

#include "common/memory.h"
#include "math/kernels_precision.h"
#include "tower/tower.h"
#include "train/optimizer.h"

sm_status sm_prepare_to_train(siamese_tower *tower,
                              const siamese_trainer_options *options,
                              const sm_kernels *kernels)
{
    sm_tower_use_kernels(tower,
                         sm_kernels_of(options->matmul_precision, kernels));
    SM_RETURN_IF_ERROR(sm_parameters_train(sm_tower_parameters(tower),
                                           sm_optimizer_slots(options)));
    sm_optimizer_start(options, sm_tower_parameters(tower));
    return SIAMESE_OK;
}

static sm_status copy_tower(siamese_tower **out, const siamese_tower *tower,
                            const siamese_trainer_options *options,
                            const sm_trainer_run *run)
{
    SM_RETURN_IF_ERROR(sm_tower_clone(out, tower, SIAMESE_PRECISION_FLOAT32));
    return sm_prepare_to_train(*out, options, run->kernels);
}

sm_status sm_trainer_model_create(sm_trainer_model *model,
                                  const siamese_trainer_options *options,
                                  const sm_trainer_run *run,
                                  const siamese_tower *query,
                                  const siamese_tower *item)
{
    SM_RETURN_IF_ERROR(copy_tower(&model->query, query, options, run));
    if (item == query)
        model->item = sm_tower_reference(model->query);
    else
        SM_RETURN_IF_ERROR(copy_tower(&model->item, item, options, run));
    return sm_step_buffers_create(&model->buffers, run->pool,
                                  options->word_sums, item == query,
                                  siamese_tower_field_count(query));
}

void sm_trainer_model_free(sm_trainer_model *model)
{
    sm_step_buffers_free(&model->buffers);
    sm_aligned_free(model->best);
    siamese_tower_free(model->query);
    siamese_tower_free(model->item);
}

size_t sm_trainer_model_towers(const sm_trainer_model *model,
                               siamese_tower *towers[2])
{
    towers[0] = model->query;
    towers[1] = model->item;
    return 1 + (size_t)(model->item != model->query);
}

void sm_gradients_hold(sm_trainer_model *model)
{
    siamese_tower *towers[2];
    size_t const sides = sm_trainer_model_towers(model, towers);
    for (size_t side = 0; model->has_gradient && side < sides; side++) {
        const sm_parameters *const list = sm_tower_parameters(towers[side]);
        for (size_t i = 0; i < list->count; i++)
            sm_parameter_hold_rows(list->items[i]);
    }
}

/* ---- the best weights ---- */

size_t sm_weight_count(const sm_trainer_model *model)
{
    siamese_tower *towers[2];
    size_t const sides = sm_trainer_model_towers(model, towers);
    size_t count = 0;
    for (size_t side = 0; side < sides; side++) {
        const sm_parameters *const list =
            sm_tower_const_parameters(towers[side]);
        for (size_t i = 0; i < list->count; i++) count += list->items[i]->count;
    }
    return count;
}

static void copy_weights(sm_trainer_model *model, int restore)
{
    siamese_tower *towers[2];
    size_t const sides = sm_trainer_model_towers(model, towers);
    float *best = model->best;
    for (size_t side = 0; side < sides; side++) {
        const sm_parameters *const list = sm_tower_parameters(towers[side]);
        for (size_t i = 0; i < list->count; i++) {
            sm_parameter *const p = list->items[i];
            size_t const bytes = p->count * sizeof *best;
            if (restore)
                memcpy(p->value, best, bytes);
            else
                memcpy(best, p->value, bytes);
            best += p->count;
        }
        if (restore) sm_tower_parameters_changed(towers[side]);
    }
}

void sm_best_weights_keep(sm_trainer_model *model)
{
    copy_weights(model, 0);
}

void sm_best_weights_restore(sm_trainer_model *model)
{
    copy_weights(model, 1);
}
