#include "math/gemm.h"

#include "math/blis_gemm.h"

/* Half of a usual second-level cache: a B panel below it stays there. */
enum { PANEL_FLOATS = 1 << 16 };

void sm_gemm(const sm_kernels *kernels, int transpose_a, int transpose_b,
             size_t m, size_t n, size_t k, const float *a, size_t lda,
             const float *b, size_t ldb, float *c, size_t ldc)
{
    if (transpose_b || (n * k > PANEL_FLOATS && m >= 32)) {
        sm_blis_sgemm(transpose_a, transpose_b, m, n, k, 1.0f, a, lda, b, ldb,
                      0.0f, c, ldc);
        return;
    }
    kernels->gemm(m, n, k, a, transpose_a ? 1 : lda, transpose_a ? lda : 1, b,
                  ldb, c, ldc);
}
