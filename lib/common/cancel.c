/* cancel.c: a flag set by any thread in, whether to stop out. For the pool and
 * for all that takes long. */
#include "common/cancel.h"

static _Thread_local const atomic_int *watched;

const atomic_int *sm_cancel_watch(const atomic_int *flag)
{
    const atomic_int *const before = watched;
    watched = flag;
    return before;
}

const atomic_int *sm_cancel_watched(void)
{
    return watched;
}

sm_status sm_cancel_check(void)
{
    SM_REQUIRE(watched == NULL || !atomic_load(watched), SIAMESE_E_CANCELLED,
               "the call was cancelled");
    return SIAMESE_OK;
}
