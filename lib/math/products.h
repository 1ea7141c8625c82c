/* products.h: products of training in one of several precisions: large ones,
 * each precision with its way of packing, and those of a layer. */
#ifndef SM_PRODUCTS_H
#define SM_PRODUCTS_H

#include "math/products_type.h"

/*
 * Products of floats, each element one chain of multiply-adds over k; or of
 * both sides rounded to bfloat16, summed in floats in one of two orders: that
 * of AVX512-BF16's instruction, or that of AMX's, which are defined in
 * math/bfloat16.h and have the same bits whatever they are computed by, but for
 * sums below 2^-126. By the fastest that this processor has at the level of
 * the kernels.
 */
const sm_products *sm_products_of(int32_t precision, const sm_kernels *kernels);

/* The precision whose products this processor computes in the least time at the
 * level of the kernels. */
int32_t sm_products_fastest(const sm_kernels *kernels);

#endif
