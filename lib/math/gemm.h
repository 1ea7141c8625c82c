/* gemm.h: matrix products of training, by our own kernel while the matrices fit
 * the caches and by BLIS beyond. */
#ifndef SM_GEMM_H
#define SM_GEMM_H

#include "math/kernels.h"

/*
 * C[m][n] = op(A) op(B), row-major, op being the transpose where asked. The bits
 * are a function of the shapes and the values alone. Products whose rows are
 * texts to be encoded use kernels->gemm directly, which gives a row the same bits
 * among any others.
 */
void sm_gemm(const sm_kernels *kernels, int transpose_a, int transpose_b,
             size_t m, size_t n, size_t k, const float *a, size_t lda,
             const float *b, size_t ldb, float *c, size_t ldc);

#endif
