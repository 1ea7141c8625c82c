/* index_threshold.c: numbers in, one that about as many of them are above as
 * are wanted out. By halving: counting has no branch that a processor could
 * guess wrongly, unlike a heap. For index_bounded, index_pick and
 * index_kept. */
#include "index/index_threshold.h"

#include <float.h>
#include <math.h>

enum { MOST_STEPS = 24 };

float sm_threshold(const sm_kernels *kernels, size_t n, const float *x,
                   size_t wanted, size_t most)
{
    float high = fminf(kernels->maximum(n, x), FLT_MAX);
    float step = 0.0625f * fabsf(high) + FLT_MIN, low = high;
    size_t above = 0;
    while (above < wanted && low > -FLT_MAX) {
        high = low;
        low = fmaxf(high - step, -FLT_MAX);
        step *= 2;
        above = kernels->count_greater(n, x, low);
    }
    for (size_t i = 0; i < MOST_STEPS && above > most; i++) {
        float const middle = 0.5f * low + 0.5f * high;
        size_t const some = kernels->count_greater(n, x, middle);
        if (some < wanted) {
            high = middle;
        } else {
            low = middle;
            above = some;
        }
    }
    return low;
}
