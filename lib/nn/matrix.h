/*
 * matrix.h: the matrix W[k][n] of a layer, ready for products with rows: as it
 * stands or, for kernels whose products are of bfloat16, packed when it changes
 * and not once a product. For all layers.
 */
#ifndef SM_MATRIX_H
#define SM_MATRIX_H

#include "math/kernels_precision.h"

typedef struct sm_matrix {
    const sm_kernels *kernels;
    size_t k, n, ldb;
    const float *values; /* [k][n], rows ldb apart */
    sm_multiplier multiplier;
    float *strips; /* NULL: nothing is packed */
} sm_matrix;

/*
 * After the values, or the kernels, changed. Start from zeros. Where memory for
 * packing is short nothing is packed: the kernels' own products have the same
 * bits and take longer.
 */
void sm_matrix_update(sm_matrix *w, const sm_kernels *kernels, size_t k,
                      size_t n, const float *values, size_t ldb);

/* C[m][n] = start + A W, the rows of A a_row apart; the rows of a table that it
 * starts with are n apart. A row has the same bits among any others. */
void sm_matrix_multiply(const sm_matrix *w, const sm_start *start, size_t m,
                        const float *a, size_t a_row, float *c, size_t ldc);

void sm_matrix_free(sm_matrix *w);

#endif
