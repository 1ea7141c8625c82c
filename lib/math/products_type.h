/* products_type.h: what multiplies matrices, in one precision and one way. For
 * products.c and those that it chooses from. */
#ifndef SM_PRODUCTS_TYPE_H
#define SM_PRODUCTS_TYPE_H

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

#endif
