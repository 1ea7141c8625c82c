/* benchmark_memory.c: the allocator of the C library with a counter. For the
 * workloads serve and stages. */
#include "benchmark/benchmark_memory.h"

#include <siamese/siamese.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "shell/cli_message.h"

static atomic_size_t allocations;

static void *allocate(void *user, size_t size)
{
    (void)user;
    atomic_fetch_add(&allocations, 1);
    return malloc(size);
}

static void *reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    atomic_fetch_add(&allocations, 1);
    return realloc(pointer, size);
}

static void deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

void benchmark_count_allocations(void)
{
    siamese_allocator const counting = {sizeof counting, NULL, allocate,
                                        reallocate, deallocate};

    cli_try(siamese_set_allocator(&counting));
}

size_t benchmark_allocations(void)
{
    return atomic_load(&allocations);
}
