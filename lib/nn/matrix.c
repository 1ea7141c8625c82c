/* matrix.c: the matrix of a layer in, products with it out. For all layers. */
#include "nn/matrix.h"

#include "common/memory.h"
#include "math/gemm.h"

/* ---- packing ---- */

/* Memory for the strips, if products of this matrix are of any. */
static void reserve(sm_matrix *w, sm_multiplier multiplier, size_t k, size_t n)
{
    size_t numbers;
    sm_matrix_free(w);
    if (multiplier.by == NULL || n < SM_LEAST_PACKED || k < SM_LEAST_PACKED ||
        !multiplier.by->right_numbers(n, k, &numbers))
        return;
    w->strips = sm_aligned_array(numbers, sizeof *w->strips);
}

void sm_matrix_update(sm_matrix *w, const sm_kernels *kernels, size_t k,
                      size_t n, const float *values, size_t ldb)
{
    sm_multiplier const multiplier = sm_multiplier_of(kernels);
    if (w->kernels != kernels || w->k != k || w->n != n)
        reserve(w, multiplier, k, n);
    w->kernels = kernels;
    w->k = k;
    w->n = n;
    w->values = values;
    w->ldb = ldb;
    w->multiplier = multiplier;
    for (size_t j = 0; w->strips && j < n; j += SM_STRIP)
        multiplier.by->pack(multiplier.kernels, j / SM_STRIP, 0, n, k, values,
                            ldb, w->strips);
}

void sm_matrix_free(sm_matrix *w)
{
    sm_aligned_free(w->strips);
    *w = (sm_matrix){.strips = NULL};
}

/* ---- products ---- */

void sm_matrix_multiply(const sm_matrix *w, const sm_start *start, size_t m,
                        const float *a, size_t a_row, float *c, size_t ldc)
{
    const sm_kernels *const by = w->kernels;
    size_t const n = w->n, k = w->k;
    if (w->strips)
        w->multiplier.by->multiply_on(w->multiplier.kernels, start, m, n, k, a,
                                      a_row, w->strips, c, ldc);
    else if (start->rows)
        by->gemm_look_up(m, n, k, a, a_row, 1, w->values, w->ldb, start->from,
                         start->rows, c, ldc);
    else if (start->from == NULL)
        by->gemm(m, n, k, a, a_row, 1, w->values, w->ldb, c, ldc);
    else if (start->from == c)
        by->gemm_add(m, n, k, a, a_row, 1, w->values, w->ldb, c, ldc);
    else
        by->gemm_bias(m, n, k, a, a_row, 1, w->values, w->ldb, start->from, c,
                      ldc);
}
