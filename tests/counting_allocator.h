/* counting_allocator.h: an allocator for the library that counts what it is
 * asked for, by any thread. */
#ifndef COUNTING_ALLOCATOR_H
#define COUNTING_ALLOCATOR_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

static atomic_long calls;

static inline void *counted_allocate(void *user, size_t size)
{
    (void)user;
    atomic_fetch_add(&calls, 1);
    return malloc(size);
}

static inline void *counted_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    atomic_fetch_add(&calls, 1);
    return realloc(pointer, size);
}

static inline void counted_free(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

#endif
