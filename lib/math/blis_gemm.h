/* blis_gemm.h: matrix products by BLIS, on the calling thread alone, with the
 * same bits for a row of the result however many rows there are. */
#ifndef SM_BLIS_GEMM_H
#define SM_BLIS_GEMM_H

#include <stddef.h>

#include "math/blis_host.h"

/*
 * C = alpha op(A) op(B) + beta C, all row-major:
 *
 *   op(A) [m][k], A is [m][k], or [k][m] with transpose_a; rows lda apart
 *   op(B) [k][n], B is [k][n], or [n][k] with transpose_b; rows ldb apart
 *   C     [m][n], rows ldc apart; not read when beta is 0
 *
 * It cannot fail once sm_blis_reserve has succeeded: reserve when a handle is
 * created. Any number of threads may call it at once. A row's bits are the same
 * for every m: the small-matrix path, which is not so, is switched off.
 */
void sm_blis_sgemm(int transpose_a, int transpose_b, size_t m, size_t n,
                   size_t k, float alpha, const float *a, size_t lda,
                   const float *b, size_t ldb, float beta, float *c,
                   size_t ldc);

#endif
