/* kernels_precision.h: kernels whose products of matrices are of a precision.
 * For a trainer's towers. */
#ifndef SM_KERNELS_PRECISION_H
#define SM_KERNELS_PRECISION_H

#include "math/products_type.h"

/* The kernels with gemm, gemm_add, gemm_bias and gemm_look_up by the products
 * of a precision; of floats, the kernels themselves. For ever. */
const sm_kernels *sm_kernels_of(int32_t precision, const sm_kernels *kernels);

/* Columns and depth below which products stay those of floats: tiles would be
 * empty for the most part. The rows do not matter, so that a row's bits do not
 * depend on the others. */
enum { SM_LEAST_PACKED = 32 };

/* By what such kernels multiply, and the kernels that it is for. NULL if these
 * are kernels of floats. */
typedef struct sm_multiplier {
    const sm_products *by;
    const sm_kernels *kernels;
} sm_multiplier;

sm_multiplier sm_multiplier_of(const sm_kernels *kernels);

#endif
