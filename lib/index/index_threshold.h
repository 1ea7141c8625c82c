/* index_threshold.h: a number that about as many others are above as are
 * wanted, for whoever takes the best first. */
#ifndef SM_INDEX_THRESHOLD_H
#define SM_INDEX_THRESHOLD_H

#include "math/kernels.h"

/*
 * A number that at least `wanted` of x[n] are above, and no more than `most`
 * unless they are equal or nearly so. At least `wanted` of x[n] are above
 * -FLT_MAX, and wanted is at least 1.
 */
float sm_threshold(const sm_kernels *kernels, size_t n, const float *x,
                   size_t wanted, size_t most);

#endif
