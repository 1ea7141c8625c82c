/* products_type.h: what multiplies matrices, in one precision and one way. For
 * products.c and those that it chooses from. */
#ifndef SM_PRODUCTS_TYPE_H
#define SM_PRODUCTS_TYPE_H

#include <stdbool.h>

#include "math/kernels.h"

/*
 * What the sums of a row of C begin with: row i with from[r * step] .., where r
 * is rows[i], or i if rows is NULL. C itself is {c, ldc, NULL}, a bias {bias,
 * 0, NULL}, rows of a table {table, its width, rows}.
 */
typedef struct sm_start {
    const float *from; /* NULL: zeros */
    size_t step;
    const uint32_t *rows;
} sm_start;

static inline const float *sm_start_row(const sm_start *start, size_t i)
{
    return start->from + (start->rows ? start->rows[i] : i) * start->step;
}

/* Of the rows from i on. */
static inline sm_start sm_start_from(const sm_start *start, size_t i)
{
    if (start->from == NULL || start->rows)
        return (sm_start){start->from, start->step,
                          start->rows ? start->rows + i : NULL};
    return (sm_start){start->from + i * start->step, start->step, NULL};
}

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
    /* C = start + A B without room for A, whose rows are a_row apart: for
     * few rows. NULL in products of floats, which the kernels make as fast of B
     * as it stands. */
    void (*multiply_on)(const sm_kernels *kernels, const sm_start *start,
                        size_t m, size_t n, size_t k, const float *a,
                        size_t a_row, const float *strips, float *c,
                        size_t ldc);
    /* C = A B at once, or C + A B, B [k][n] as it stands, its rows ldb apart;
     * k > 0. */
    void (*multiply_now)(const sm_kernels *kernels, size_t m, size_t n,
                         size_t k, const float *a, size_t a_row,
                         size_t a_column, const float *b, size_t ldb, float *c,
                         size_t ldc, bool add);
} sm_products;

#endif
