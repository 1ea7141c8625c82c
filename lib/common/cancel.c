/* cancel.c: a flag set by any thread in, whether to stop out. For the pool and
 * for all that takes long. */
#include "common/cancel.h"

#include "common/thread.h"

const atomic_int *sm_cancel_watch(const atomic_int *flag)
{
    sm_thread *const thread = sm_this_thread();
    if (thread == NULL) return NULL; /* nor is there memory for the work */
    const atomic_int *const before = thread->watched;
    thread->watched = flag;
    return before;
}

const atomic_int *sm_cancel_watched(void)
{
    const sm_thread *const thread = sm_this_thread();
    return thread ? thread->watched : NULL;
}

sm_status sm_cancel_check(void)
{
    const atomic_int *const watched = sm_cancel_watched();
    SM_REQUIRE(watched == NULL || !atomic_load(watched), SIAMESE_E_CANCELLED,
               "the call was cancelled");
    return SIAMESE_OK;
}
