#include "math/blis_gemm.h"

#include <stdint.h>

#include <blis.h>

void sm_blis_sgemm(int transpose_a, int transpose_b, size_t m, size_t n,
                   size_t k, float alpha, const float *a, size_t lda,
                   const float *b, size_t ldb, float beta, float *c,
                   size_t ldc)
{
    if (m == 0 || n == 0) return;
    rntm_t rntm = BLIS_RNTM_INITIALIZER;
    bli_rntm_set_num_threads(1, &rntm);
    bli_rntm_disable_l3_sup(&rntm);

    /* BLIS takes what it only reads without const. */
    sm_blis_enter();
    bli_sgemm_ex(transpose_a ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE,
                 transpose_b ? BLIS_TRANSPOSE : BLIS_NO_TRANSPOSE, (dim_t)m,
                 (dim_t)n, (dim_t)k, &alpha, (float *)a, (inc_t)lda, 1,
                 (float *)b, (inc_t)ldb, 1, &beta, c, (inc_t)ldc, 1, NULL,
                 &rntm);
    sm_blis_leave();
}

/* ---- FAISS's way in ---- */

/* The BLAS function by which FAISS multiplies; BLIS's own is renamed. */
void sgemm_(const char *transa, const char *transb, const int32_t *m,
            const int32_t *n, const int32_t *k, const float *alpha,
            const float *a, const int32_t *lda, const float *b,
            const int32_t *ldb, const float *beta, float *c,
            const int32_t *ldc);

static int is_transposed(const char *flag)
{
    return *flag != 'N' && *flag != 'n';
}

/* Column-major C = op(A) op(B) is row-major C' = op(B)' op(A)'. */
void sgemm_(const char *transa, const char *transb, const int32_t *m,
            const int32_t *n, const int32_t *k, const float *alpha,
            const float *a, const int32_t *lda, const float *b,
            const int32_t *ldb, const float *beta, float *c,
            const int32_t *ldc)
{
    sm_blis_sgemm(is_transposed(transb), is_transposed(transa), (size_t)*n,
                  (size_t)*m, (size_t)*k, *alpha, b, (size_t)*ldb, a,
                  (size_t)*lda, *beta, c, (size_t)*ldc);
}
