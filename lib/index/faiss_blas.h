/* faiss_blas.h: the one function of BLAS that FAISS multiplies vectors by, over
 * our own kernels; hidden, like all of FAISS, so a host may have its own. */
#ifndef SM_FAISS_BLAS_H
#define SM_FAISS_BLAS_H

#include <stdint.h>

/*
 * C = alpha op(A) op(B) + beta C by columns, as BLAS has it: op(A) [m][k],
 * op(B) [k][n], a flag 'N' or 'T' (or 'C') for each. An element of C has the
 * same bits for every m and n. It works on the calling thread, without memory.
 */
void sgemm_(const char *transa, const char *transb, const int32_t *m,
            const int32_t *n, const int32_t *k, const float *alpha,
            const float *a, const int32_t *lda, const float *b,
            const int32_t *ldb, const float *beta, float *c,
            const int32_t *ldc);

#endif
