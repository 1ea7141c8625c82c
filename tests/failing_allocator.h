/* failing_allocator.h: an allocator for the library of which one allocation
 * fails, or all from one on, whichever thread asks for it. */
#ifndef FAILING_ALLOCATOR_H
#define FAILING_ALLOCATOR_H

#include <pthread.h>
#include <stddef.h>
#include <stdlib.h>

/* Allocations left before one fails, and all after it if that lasts; < 0: none
 * does. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long countdown = -1;
static int lasts;
static long failures;

static inline int fails(void)
{
    pthread_mutex_lock(&guard);
    int const now = countdown == 0;
    if (countdown > 0 || (now && !lasts)) countdown--;
    failures += now;
    pthread_mutex_unlock(&guard);
    return now;
}

static inline void *allocate(void *user, size_t size)
{
    (void)user;
    return fails() ? NULL : malloc(size);
}

static inline void *reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return fails() ? NULL : realloc(pointer, size);
}

static inline void deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static inline void set_countdown(long allocations, int and_lasts)
{
    pthread_mutex_lock(&guard);
    countdown = allocations;
    lasts = and_lasts;
    failures = 0;
    pthread_mutex_unlock(&guard);
}

/* So many succeed, one fails, and those behind it succeed. */
static inline void fail_after(long allocations)
{
    set_countdown(allocations, 0);
}

/* So many succeed, and none behind them until the next call; -1: all do. */
static inline void fail_from(long allocations)
{
    set_countdown(allocations, 1);
}

#endif
