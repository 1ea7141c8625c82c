#include "train/trainer_grow.h"

#include <string.h>

#include "common/memory.h"
#include "tower/tower_grow.h"
#include "train/optimizer.h"

/* A grown tower, ready to be trained, with what the optimiser knew. */
static sm_status grow_tower(siamese_tower **out, const siamese_trainer *t,
                            const siamese_tower *tower, size_t field,
                            const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *grown = NULL;
    SM_TRY(siamese_tower_grow(&grown, tower, field, vocab));
    sm_tower_use_kernels(grown, t->kernels);
    sm_parameters *const to = sm_tower_parameters(grown);
    const sm_parameters *const from = sm_tower_const_parameters(tower);
    SM_TRY(sm_parameters_train(to, sm_optimizer_slots(&t->options)));
    sm_optimizer_start(&t->options, to);
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
                       sm_step_room *room, float *best)
{
    siamese_tower **const place =
        side == SIAMESE_SIDE_QUERY ? &t->query : &t->item;
    uint64_t const fingerprint = t->state.validation.fingerprint;
    int const shared = t->query == t->item;
    sm_turn_lock_take(&t->lock);
    siamese_tower_free(*place);
    *place = grown;
    if (shared) {
        siamese_tower **const other =
            side == SIAMESE_SIDE_QUERY ? &t->item : &t->query;
        siamese_tower_free(*other);
        *other = sm_tower_reference(grown);
    }
    sm_step_room_free(&t->room);
    t->room = *room;
    t->has_gradient = 0;
    sm_aligned_free(t->validation.best);
    t->validation.best = best;
    t->state.validation = (sm_validation_state){.fingerprint = fingerprint};
    sm_turn_lock_release(&t->lock);
}

sm_status sm_trainer_grow(siamese_trainer *t, int32_t side, size_t field,
                          const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    int const shared = t->query == t->item;
    const siamese_tower *const tower =
        side == SIAMESE_SIDE_QUERY ? t->query : t->item;
    siamese_tower *grown = NULL;
    sm_step_room room = {0};
    float *best = NULL;
    SM_TRY(grow_tower(&grown, t, tower, field, vocab));
    SM_TRY(sm_step_room_create(&room, t->pool, shared,
                               t->pairs.queries.fields));
    if (t->validation.best) {
        size_t bytes = sm_tower_const_parameters(grown)->bytes;
        if (!shared)
            bytes += sm_tower_const_parameters(
                         tower == t->query ? t->item : t->query)
                         ->bytes;
        best = sm_aligned_array(bytes, 1);
        SM_CHECK_MEMORY(best);
    }
    take_tower(t, side, grown, &room, best);
    return SIAMESE_OK;
out:
    siamese_tower_free(grown);
    sm_step_room_free(&room);
    return status;
}

siamese_status siamese_trainer_grow(siamese_trainer *trainer, int32_t side,
                                    size_t field, const siamese_vocab *vocab)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(side == SIAMESE_SIDE_QUERY || side == SIAMESE_SIDE_ITEM,
               SIAMESE_E_ARGUMENT, "side: %d is neither query nor item",
               (int)side);
    SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
    sm_status const status = sm_trainer_grow(trainer, side, field, vocab);
    sm_trainer_end(trainer);
    return status;
}
