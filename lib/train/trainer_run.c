/*
 * trainer_run.c: calls come in from any thread; one at a time gets the trainer,
 * and each may cancel it. The public functions of a trainer call it, and the
 * parts of a run where they change what others read.
 */
#include "train/trainer_run.h"

#include "common/assert.h"
#include "common/cancel.h"

void sm_run_init(sm_trainer_run *run)
{
    sm_turn_lock_init(&run->lock);
    atomic_init(&run->running, 0);
    atomic_init(&run->cancelled, 0);
    run->timing.seconds_left = -1;
}

void sm_run_destroy(sm_trainer_run *run)
{
    sm_team_free(&run->team);
    sm_pool_free(run->pool);
    sm_turn_lock_destroy(&run->lock);
}

sm_status sm_run_claim(sm_trainer_run *run)
{
    int idle = 0;
    SM_REQUIRE(atomic_compare_exchange_strong(&run->running, &idle, 1),
               SIAMESE_E_STATE, "the trainer is in a run already");
    return SIAMESE_OK;
}

void sm_run_release(sm_trainer_run *run)
{
    sm_assert(atomic_load(&run->running));
    atomic_store(&run->running, 0);
}

sm_status sm_run_begin(sm_trainer_run *run)
{
    SM_RETURN_IF_ERROR(sm_run_claim(run));
    sm_cancel_watch(&run->cancelled);
    sm_status const status = sm_cancel_check();
    if (status != SIAMESE_OK) sm_run_end(run);
    return status;
}

void sm_run_end(sm_trainer_run *run)
{
    sm_cancel_watch(NULL);
    /* before another run may begin: what comes from here on is for that one */
    atomic_store(&run->cancelled, 0);
    sm_run_release(run);
}

void sm_run_cancel(sm_trainer_run *run)
{
    atomic_store(&run->cancelled, 1);
}

sm_status sm_run_forget_cancel(sm_trainer_run *run)
{
    SM_RETURN_IF_ERROR(sm_run_claim(run));
    atomic_store(&run->cancelled, 0);
    sm_run_release(run);
    return SIAMESE_OK;
}

void sm_run_pause(sm_trainer_run *run)
{
    sm_turn_lock_take(&run->lock);
}

void sm_run_resume(sm_trainer_run *run)
{
    sm_turn_lock_release(&run->lock);
}
