/*
 * validation_state.c: trainer_state.c, which has the layout, writes and reads
 * this part of it here. Nothing read is trusted.
 */
#include "train/validation_state.h"

#include <math.h>
#include <stdbool.h>

#include "common/memory.h"

/* Whether the best weights are stored: elsewhere they are the towers' own. */
static bool stores_best(const siamese_trainer_options *options,
                        const sm_validation_state *v)
{
    return options->restore_best && v->best_steps > 0 && !v->best_is_current;
}

sm_status sm_validation_write(const sm_trainer_model *model,
                              const siamese_trainer_options *options,
                              sm_writer *writer)
{
    const sm_validation_state *const v = &model->state.validation;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->fingerprint));
    if (v->fingerprint == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->steps));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, v->loss));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        SM_RETURN_IF_ERROR(sm_write_u64(writer, v->hits[k]));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->topk_pairs));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->best_steps));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, v->best));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->waits));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, (uint64_t)v->best_is_current));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->tied));
    if (!stores_best(options, v)) return SIAMESE_OK;
    return sm_write_f32s(writer, model->best, sm_weight_count(model));
}

static sm_status read_figures(sm_reader *reader, uint64_t steps_done,
                              uint32_t version, sm_validation_state *v)
{
    size_t is_current;
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->steps));
    SM_RETURN_IF_ERROR(sm_read_f64(reader, &v->loss));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->hits[k]));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->topk_pairs));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->best_steps));
    SM_RETURN_IF_ERROR(sm_read_f64(reader, &v->best));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->waits));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "whether the weights are best", 0,
                                     1, &is_current));
    v->best_is_current = is_current != 0;
    if (version > 3) SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->tied));
    int possible = v->steps <= steps_done && v->best_steps <= v->steps &&
                   isfinite(v->loss) && isfinite(v->best) &&
                   (v->steps > 0) >= (v->best_steps > 0) &&
                   (v->best_steps > 0 || !v->best_is_current) &&
                   v->waits <= v->steps && v->tied <= v->topk_pairs;
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        possible &= v->hits[k] <= (k + 1 < SIAMESE_TOPK_COUNT ? v->hits[k + 1]
                                                              : v->topk_pairs);
    SM_REQUIRE(possible, SIAMESE_E_FORMAT,
               "section %s: the figures of the validation are not possible",
               reader->section);
    return SIAMESE_OK;
}

sm_status sm_validation_read(sm_trainer_model *model,
                             const siamese_trainer_options *options,
                             sm_reader *reader, uint32_t version)
{
    sm_validation_state *const v = &model->state.validation;
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->fingerprint));
    if (v->fingerprint == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(read_figures(reader, model->state.steps, version, v));
    if (!options->restore_best) return SIAMESE_OK;
    size_t const count = sm_weight_count(model);
    model->best = sm_aligned_array(count, sizeof *model->best);
    if (model->best == NULL) return sm_fail_memory();
    sm_best_weights_keep(model);
    if (!stores_best(options, v)) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_read_f32s(reader, model->best, count));
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(isfinite(model->best[i]), SIAMESE_E_FORMAT,
                   "section %s: weight %zu of the best validation is not "
                   "finite",
                   reader->section, i);
    return SIAMESE_OK;
}
