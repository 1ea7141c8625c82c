/* merge_sort.h: numbers in an order that depends on more than themselves. C's
 * qsort hands its comparison nothing else, and each system's qsort_r is
 * another. */
#ifndef SM_MERGE_SORT_H
#define SM_MERGE_SORT_H

#include <stddef.h>
#include <stdint.h>

/* Below 0 if x goes before y, above 0 if behind it, 0 if that is all one. */
typedef int (*sm_compare_fn)(uint32_t x, uint32_t y, const void *context);

/* Sorts numbers[count]; equals keep their order. spare[count] is room to work
 * in. */
void sm_merge_sort(uint32_t *numbers, uint32_t *spare, size_t count,
                   sm_compare_fn compare, const void *context);

#endif
