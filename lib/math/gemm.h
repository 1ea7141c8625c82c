/* gemm.h: large matrix products of training, from a right side that was packed so
 * that what a product reads stands together. */
#ifndef SM_GEMM_H
#define SM_GEMM_H

#include "math/kernels.h"

/*
 * op(B) [k][n] in strips of SM_STRIP columns, one behind the other, each [k][its
 * width], the last one narrower if it has to be: n k numbers.
 */
enum { SM_STRIP = 64 };

/* Packs strip number `strip`. B is [k][n], or [n][k] with transpose; its rows are
 * ldb apart. */
void sm_strip_pack(size_t strip, int transpose, size_t n, size_t k,
                   const float *b, size_t ldb, float *strips);

/*
 * C[m][n] = A B, B in strips, A as kernels->gemm has it; m small enough that A
 * stays in the second-level cache. Each element is one chain of multiply-adds
 * over k.
 */
void sm_gemm_strips(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                    const float *a, size_t a_row, size_t a_column,
                    const float *strips, float *c, size_t ldc);

#endif
