/*
 * epoch_plan.c: options and numbers come in, numbers go out; the fit and its
 * progress, the update and the validation ask it.
 */
#include "train/epoch_plan.h"

#include <stdint.h>

#include "common/size.h"

/* What the option batch_size 0 stands for. A power of two, the largest up to a
 * 50th of the pairs: large batches have more negatives a row, small ones more
 * steps where there is little to learn from. */
static size_t batch_size_for(size_t pairs)
{
    enum { LEAST = 128, MOST = 2048, STEPS = 50 };
    size_t batch = LEAST;
    while (batch < MOST && 2 * batch <= pairs / STEPS) batch *= 2;
    return batch;
}

size_t sm_batch_size(const siamese_trainer_options *options, size_t pairs)
{
    return options->batch_size ? options->batch_size : batch_size_for(pairs);
}

size_t sm_epoch_steps(const siamese_trainer_options *options, size_t pairs)
{
    return sm_chunks(pairs, sm_batch_size(options, pairs));
}

size_t sm_epoch_count(const siamese_trainer_options *options, size_t pairs)
{
    size_t const steps = sm_epoch_steps(options, pairs);
    if (options->min_steps == 0 || steps == 0) return options->epochs;
    return sm_max(options->epochs, sm_chunks(options->min_steps, steps));
}

/* More than can be counted are as good as for ever. */
static uint64_t all_steps(const siamese_trainer_options *options, size_t pairs)
{
    size_t steps;
    if (!sm_size_multiply(sm_epoch_count(options, pairs),
                          sm_epoch_steps(options, pairs), &steps))
        steps = SIZE_MAX;
    return options->max_steps && options->max_steps < steps ? options->max_steps
                                                            : steps;
}

uint64_t sm_schedule_steps(const siamese_trainer_options *options, size_t pairs)
{
    return options->schedule_steps ? options->schedule_steps
                                   : all_steps(options, pairs);
}

bool sm_epoch_mines(const siamese_trainer_options *options, size_t pairs,
                    uint64_t steps)
{
    return options->mined_negatives > 0 &&
           (double)steps >=
               options->mine_from * (double)all_steps(options, pairs);
}

bool sm_has_enough_steps(const siamese_trainer_options *options, uint64_t steps)
{
    return options->max_steps > 0 && steps >= options->max_steps;
}
