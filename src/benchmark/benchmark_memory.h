/* benchmark_memory.h: how often the library asks for memory, for the workloads
 * that are to take none. */
#ifndef BENCHMARK_MEMORY_H
#define BENCHMARK_MEMORY_H

#include <stddef.h>

/* From now on; before the first handle. */
void benchmark_count_allocations(void);

/* Allocations and reallocations so far, by all threads. */
size_t benchmark_allocations(void);

#endif
