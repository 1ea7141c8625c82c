/* sides.c: a function of a side comes in, and is done for both. For the steps
 * of a training, in batch_gradients.c and train_update.c. */
#include "train/sides.h"

#include <stdatomic.h>

typedef struct sides_job {
    sm_side_fn fn;
    void *context;
    atomic_flag taken[SM_SIDES];
} sides_job;

/* The caller's thread is worker 0. */
static sm_status side_task(void *context, size_t task, size_t worker)
{
    sides_job *const job = context;
    size_t side = worker == 0 ? SM_SIDE_ITEM : SM_SIDE_QUERY;
    (void)task;
    if (atomic_flag_test_and_set(&job->taken[side])) {
        side = SM_SIDES - 1 - side;
        (void)atomic_flag_test_and_set(&job->taken[side]);
    }
    return job->fn(job->context, side);
}

sm_status sm_each_side(sm_pool *pool, size_t sides, sm_side_fn fn,
                       void *context)
{
    sides_job job = {fn, context, {ATOMIC_FLAG_INIT, ATOMIC_FLAG_INIT}};
    if (sides == SM_SIDES && sm_pool_threads(pool) > 1 &&
        sm_pool_team(pool) == NULL)
        return sm_pool_run(pool, SM_SIDES, side_task, &job);
    for (size_t side = 0; side < sides; side++)
        SM_RETURN_IF_ERROR(fn(context, side));
    return SIAMESE_OK;
}
