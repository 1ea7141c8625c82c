#include "train/epoch_plan.h"

#include <stdint.h>

#include "common/size.h"
#include "train/trainer_handle.h"

/* A power of two, the largest up to a 50th of the pairs: large batches have more
 * negatives a row, small ones more steps where there is little to learn from. */
size_t sm_batch_size_for(size_t pairs)
{
    enum { LEAST = 128, MOST = 2048, STEPS = 50 };
    size_t batch = LEAST;
    while (batch < MOST && 2 * batch <= pairs / STEPS) batch *= 2;
    return batch;
}

size_t sm_trainer_batch_size(const siamese_trainer *t, size_t pairs)
{
    size_t const wanted = t->options.batch_size;
    return wanted ? wanted : sm_batch_size_for(pairs);
}

size_t sm_trainer_epoch_steps(const siamese_trainer *t, size_t pairs)
{
    return sm_chunks(pairs, sm_trainer_batch_size(t, pairs));
}

size_t sm_trainer_next_pairs(const siamese_trainer *t)
{
    return t->pairs.count + t->next_made;
}

size_t sm_trainer_epoch_pairs(const siamese_trainer *t)
{
    const sm_train_state *const s = &t->state;
    return s->position || s->closed ? s->epoch_pairs + s->epoch_made
                                    : sm_trainer_next_pairs(t);
}

size_t sm_trainer_epochs(const siamese_trainer *t)
{
    const siamese_trainer_options *const o = &t->options;
    size_t const steps = sm_trainer_epoch_steps(t, sm_trainer_next_pairs(t));
    if (o->min_steps == 0 || steps == 0) return o->epochs;
    return sm_max(o->epochs, sm_chunks(o->min_steps, steps));
}

/* More than can be counted are as good as for ever. */
static uint64_t all_steps(const siamese_trainer *t)
{
    const siamese_trainer_options *const o = &t->options;
    size_t steps;
    if (!sm_size_multiply(sm_trainer_epochs(t),
                          sm_trainer_epoch_steps(t, sm_trainer_next_pairs(t)),
                          &steps))
        steps = SIZE_MAX;
    return o->max_steps && o->max_steps < steps ? o->max_steps : steps;
}

uint64_t sm_trainer_schedule_steps(const siamese_trainer *t)
{
    return t->options.schedule_steps ? t->options.schedule_steps
                                     : all_steps(t);
}

int sm_trainer_mines(const siamese_trainer *t)
{
    return t->options.mined_negatives > 0 && t->pairs.count > 0 &&
           (double)t->state.steps >=
               t->options.mine_from * (double)all_steps(t);
}

int sm_trainer_has_enough(const siamese_trainer *t)
{
    return t->options.max_steps > 0 && t->state.steps >= t->options.max_steps;
}

sm_status sm_trainer_prepare(siamese_trainer *t)
{
    const sm_train_state *const s = &t->state;
    size_t pairs = t->pairs.count, items = t->pairs.catalogue.count;
    if (s->position > 0 && !s->closed) {
        /* those that the epoch began with, if they have been given again */
        pairs = sm_min(s->epoch_pairs, pairs);
        items = sm_min(s->epoch_items, items);
    }
    if (t->options.mined_negatives > 0)
        SM_RETURN_IF_ERROR(
            sm_mined_update(&t->mined, &t->pairs, pairs, items));
    SM_RETURN_IF_ERROR(
        sm_generated_pairs_update(&t->made, &t->pairs, pairs, items));
    sm_turn_lock_take(&t->lock);
    t->next_made = t->made.count;
    sm_turn_lock_release(&t->lock);
    return SIAMESE_OK;
}
