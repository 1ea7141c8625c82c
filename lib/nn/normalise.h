/* normalise.h: rows divided by their length (L2), as Keras's
 * UnitNormalization. */
#ifndef SM_NORMALISE_H
#define SM_NORMALISE_H

#include "math/kernels.h"

/*
 * y = x r, r = 1 / sqrt(max(sum_j x_j^2, 1e-12)), of x[rows][dim]; y may be x.
 * A row of zeros stays one. squares[rows], the sums, may be NULL.
 * Returns the first row that is not finite, rows if all are.
 */
size_t sm_normalise_rows(const sm_kernels *kernels, size_t rows, size_t dim,
                         const float *x, float *y, float *squares);

/*
 * dx = r (dy - y (y . dy)) above the bound and r dy below it, with squares and
 * y as above; dx may be dy. For a row of zeros, where Keras has 10^6 dy, it is
 * 0.
 */
void sm_normalise_gradient(const sm_kernels *kernels, size_t rows, size_t dim,
                           const float *y, const float *squares,
                           const float *dy, float *dx);

#endif
