/* kernel_levels.h: the kernel levels that this processor has, one after the
 * other, for unit tests. */
#ifndef KERNEL_LEVELS_H
#define KERNEL_LEVELS_H

#include "math/kernels.h"

/* The next level after *level, which begins as 0 (SIAMESE_KERNEL_AUTO), into
 * *level; false if there is none. */
static inline bool test_next_level(int32_t *level)
{
    while (++*level <= SIAMESE_KERNEL_NEON)
        if (sm_kernels_available(*level)) return true;
    return false;
}

#endif
