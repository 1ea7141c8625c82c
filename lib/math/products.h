/* products.h: products of training in one of several precisions: large ones,
 * each precision with its way of packing, and those of a layer. */
#ifndef SM_PRODUCTS_H
#define SM_PRODUCTS_H

#include <stdbool.h>

#include "math/kernels.h"

/*
 * C[m][n] = A B as sm_gemm_strips (math/gemm.h) has it, with what it needs:
 * memory aligned at 64 bytes for B in strips of SM_STRIP columns, whose layout
 * is each precision's own, and for a packed A. One of a_row and a_column is 1.
 */
typedef struct sm_products {
    /* *numbers for the strips of op(B) [k][n]; false if that is no size. */
    bool (*right_numbers)(size_t n, size_t k, size_t *numbers);
    /* *numbers for A [m][k], likewise. */
    bool (*left_numbers)(size_t m, size_t k, size_t *numbers);
    /* As sm_strip_pack. */
    void (*pack)(const sm_kernels *kernels, size_t strip, int transpose,
                 size_t n, size_t k, const float *b, size_t ldb, float *strips);
    /* The strips from a column on that is the first of one. */
    const float *(*strips_from)(const float *strips, size_t column, size_t k);
    void (*multiply)(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                     const float *a, size_t a_row, size_t a_column,
                     const float *strips, float *c, size_t ldc, float *room);
    /* C = A B at once, or C + A B, B [k][n] as it stands, its rows ldb apart;
     * k > 0. */
    void (*multiply_now)(const sm_kernels *kernels, size_t m, size_t n,
                         size_t k, const float *a, size_t a_row,
                         size_t a_column, const float *b, size_t ldb, float *c,
                         size_t ldc, bool add);
} sm_products;

/*
 * Products of floats, each element one chain of multiply-adds over k; or of
 * both sides rounded to bfloat16, summed in floats in one of two orders: that
 * of AVX512-BF16's instruction, or that of AMX's, which are defined in
 * math/bfloat16.h and have the same bits whatever they are computed by, but for
 * sums below 2^-126. By the fastest that this processor has at the level of
 * the kernels.
 */
const sm_products *sm_products_of(int32_t precision, const sm_kernels *kernels);

/* The kernels with gemm, gemm_add, gemm_bias and gemm_look_up by such products;
 * of floats, the kernels themselves. For ever. */
const sm_kernels *sm_kernels_of(int32_t precision, const sm_kernels *kernels);

/* The precision whose products this processor computes in the least time at the
 * level of the kernels. */
int32_t sm_products_fastest(const sm_kernels *kernels);

#endif
