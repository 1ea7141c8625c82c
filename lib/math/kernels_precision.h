/* kernels_precision.h: kernels whose products of matrices are of a precision.
 * For a trainer's towers. */
#ifndef SM_KERNELS_PRECISION_H
#define SM_KERNELS_PRECISION_H

#include "math/kernels.h"

/* The kernels with gemm, gemm_add, gemm_bias and gemm_look_up by the products
 * of a precision; of floats, the kernels themselves. For ever. */
const sm_kernels *sm_kernels_of(int32_t precision, const sm_kernels *kernels);

#endif
