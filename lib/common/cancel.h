/* cancel.h: a flag by which another thread ends what this one does. Work that
 * takes long looks at the flag that its thread watches; the pool looks between
 * tasks, for the threads that help too. */
#ifndef SM_CANCEL_H
#define SM_CANCEL_H

#include <stdatomic.h>
#include <stddef.h>

#include "common/status.h"

/* The calling thread's work watches the flag from now on, NULL: none; returns
 * what it watched before. */
const atomic_int *sm_cancel_watch(const atomic_int *flag);

/* What the calling thread watches, or NULL. */
const atomic_int *sm_cancel_watched(void);

/* SIAMESE_E_CANCELLED once the watched flag is not 0. */
sm_status sm_cancel_check(void);

/* The same in a loop over i, now and then: often enough for bodies of up to
 * some 20 microseconds. */
static inline sm_status sm_cancel_check_at(size_t i)
{
    return i % 1024 ? SIAMESE_OK : sm_cancel_check();
}

#endif
