/*
 * counting_sort.h: a stable counting sort, for callers that walk over their
 * items themselves, twice in the same order:
 *
 *     sm_sort_begin(begin, keys);
 *     each item: sm_sort_count(begin, key);
 *     sm_sort_sum(begin, keys);
 *     each item: its place is sm_sort_place(begin, key);
 *
 * begin has keys + 2 elements. Counts stand two places on, so that what moves
 * while places are given is the end of a key's run: at last the run of key k is
 * begin[k] .. begin[k + 1] - 1.
 */
#ifndef SM_COUNTING_SORT_H
#define SM_COUNTING_SORT_H

#include <stddef.h>
#include <string.h>

static inline void sm_sort_begin(size_t *begin, size_t keys)
{
    memset(begin, 0, (keys + 2) * sizeof *begin);
}

static inline void sm_sort_count(size_t *begin, size_t key)
{
    begin[key + 2]++;
}

static inline void sm_sort_sum(size_t *begin, size_t keys)
{
    for (size_t k = 1; k < keys + 2; k++) begin[k] += begin[k - 1];
}

static inline size_t sm_sort_place(size_t *begin, size_t key)
{
    return begin[key + 1]++;
}

#endif
