/* reference.h: the reference count by which handles keep each other alive. */
#ifndef SM_REFERENCE_H
#define SM_REFERENCE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "common/assert.h"

typedef struct sm_references {
    atomic_int count;
} sm_references;

static inline void sm_references_init(sm_references *references)
{
    atomic_init(&references->count, 1);
}

static inline void sm_references_add(sm_references *references)
{
    int const before =
        atomic_fetch_add_explicit(&references->count, 1, memory_order_relaxed);
    sm_assert(before > 0);
    (void)before;
}

/* True when the last reference went: the caller frees the object. */
static inline bool sm_references_drop(sm_references *references)
{
    int const before =
        atomic_fetch_sub_explicit(&references->count, 1, memory_order_acq_rel);
    sm_assert(before > 0);
    return before == 1;
}

#endif
