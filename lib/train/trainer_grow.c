/*
 * trainer_grow.c: siamese_trainer_grow: a grown vocabulary comes in, the
 * trainer goes on with it; weights and optimiser state of the old rows stay.
 */
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "tower/tower_grow.h"
#include "train/trainer_handle.h"

/* A grown tower, ready to be trained, with what the optimiser knew. */
static sm_status grow_tower(siamese_tower **out, const siamese_trainer *t,
                            const siamese_tower *tower, size_t field,
                            const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *grown = NULL;
    SM_TRY(siamese_tower_grow(&grown, tower, field, vocab));
    SM_TRY(sm_prepare_to_train(grown, &t->options, t->run.kernels));
    sm_parameters *const to = sm_tower_parameters(grown);
    const sm_parameters *const from = sm_tower_const_parameters(tower);
    for (size_t i = 0; i < to->count; i++)
        for (size_t s = 0; s < SM_PARAMETER_SLOTS; s++)
            if (from->items[i]->slot[s])
                memcpy(to->items[i]->slot[s], from->items[i]->slot[s],
                       sm_parameter_common(to->items[i], from->items[i]) *
                           sizeof(float));
    *out = grown;
    grown = NULL;
out:
    siamese_tower_free(grown);
    return status;
}

/* Takes the tower in; the best weights so far were those of another table. */
static void take_tower(siamese_trainer *t, int32_t side, siamese_tower *grown,
                       const sm_step_buffers *buffers, float *best)
{
    siamese_tower **const place =
        side == SIAMESE_SIDE_QUERY ? &t->model.query : &t->model.item;
    uint64_t const fingerprint = t->model.state.validation.fingerprint;
    bool const shared = t->model.query == t->model.item;
    sm_run_pause(&t->run);
    siamese_tower_free(*place);
    *place = grown;
    if (shared) {
        siamese_tower **const other =
            side == SIAMESE_SIDE_QUERY ? &t->model.item : &t->model.query;
        siamese_tower_free(*other);
        *other = sm_tower_reference(grown);
    }
    sm_step_buffers_free(&t->model.buffers);
    t->model.buffers = *buffers;
    t->model.has_gradient = false;
    sm_aligned_free(t->model.best);
    t->model.best = best;
    t->model.state.validation =
        (sm_validation_state){.fingerprint = fingerprint};
    sm_run_resume(&t->run);
}

/* Of a trainer that is in no run; whole or not at all. */
static sm_status grow_trainer(siamese_trainer *t, int32_t side, size_t field,
                              const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    bool const shared = t->model.query == t->model.item;
    const siamese_tower *const tower =
        side == SIAMESE_SIDE_QUERY ? t->model.query : t->model.item;
    siamese_tower *grown = NULL;
    sm_step_buffers buffers = {0};
    float *best = NULL;
    SM_TRY(grow_tower(&grown, t, tower, field, vocab));
    SM_TRY(sm_step_buffers_create(&buffers, t->run.pool, t->options.word_sums,
                                  shared, t->data.pairs.queries.fields));
    if (t->model.best) {
        size_t bytes = sm_tower_const_parameters(grown)->bytes;
        if (!shared)
            bytes += sm_tower_const_parameters(tower == t->model.query
                                                   ? t->model.item
                                                   : t->model.query)
                         ->bytes;
        best = sm_aligned_array(bytes, 1);
        SM_CHECK_MEMORY(best);
    }
    take_tower(t, side, grown, &buffers, best);
    return SIAMESE_OK;
out:
    siamese_tower_free(grown);
    sm_step_buffers_free(&buffers);
    return status;
}

siamese_status siamese_trainer_grow(siamese_trainer *trainer, int32_t side,
                                    size_t field, const siamese_vocab *vocab)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(side == SIAMESE_SIDE_QUERY || side == SIAMESE_SIDE_ITEM,
               SIAMESE_E_ARGUMENT, "side: %d is neither query nor item",
               (int)side);
    SM_RETURN_IF_ERROR(sm_run_claim(&trainer->run));
    sm_status const status = grow_trainer(trainer, side, field, vocab);
    sm_run_release(&trainer->run);
    return status;
}
