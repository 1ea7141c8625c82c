/* merge_sort.c: numbers and a comparison in, the numbers in its order out. For
 * the counts of tokens and of features, and for results that are ranked
 * anew. */
#include "common/merge_sort.h"

#include <string.h>

#include "common/size.h"

/* The sorted runs from[0 .. middle - 1] and from[middle .. end - 1], as one, to
 * to[end]. */
static void merge(const uint32_t *from, size_t middle, size_t end, uint32_t *to,
                  sm_compare_fn compare, const void *context)
{
    size_t left = 0, right = middle;
    /* in order already, all of them */
    if (middle == end ||
        compare(from[middle - 1], from[middle], context) <= 0) {
        memcpy(to, from, end * sizeof *to);
        return;
    }
    while (left < middle && right < end) {
        if (compare(from[left], from[right], context) <= 0)
            *to++ = from[left++];
        else
            *to++ = from[right++];
    }
    memcpy(to, from + left, (middle - left) * sizeof *to);
    to += middle - left;
    memcpy(to, from + right, (end - right) * sizeof *to);
}

void sm_merge_sort(uint32_t *numbers, uint32_t *spare, size_t count,
                   sm_compare_fn compare, const void *context)
{
    uint32_t *from = numbers, *to = spare;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t const end = sm_min(2 * width, count - at);
            merge(from + at, sm_min(width, end), end, to + at, compare,
                  context);
        }
        uint32_t *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != numbers) memcpy(numbers, from, count * sizeof *numbers);
}
