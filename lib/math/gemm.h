/* gemm.h: large matrix products of training and of the index, from a right
 * side that was packed so that what a product reads stands together. */
#ifndef SM_GEMM_H
#define SM_GEMM_H

#include <stdbool.h>

#include "math/kernels.h"

/*
 * op(B) [k][n] in panels of kernels->panel columns, one behind the other, each
 * [k][its width], the last one narrower if it has to be: n k numbers. A strip
 * is the SM_STRIP columns that are packed together.
 */
enum { SM_STRIP = 64 };

/*
 * *numbers of memory, aligned at 64 bytes, that the strips of op(B) [k][n]
 * need, and the room for a product whose A is [n][k]: whole cache lines, with
 * what is read ahead. false if that is no size.
 */
bool sm_packed_numbers(size_t n, size_t k, size_t *numbers);

/* Packs strip number `strip`. B is [k][n], or [n][k] with transpose; its rows
 * are ldb apart. For products by the same kernels. */
void sm_strip_pack(const sm_kernels *kernels, size_t strip, int transpose,
                   size_t n, size_t k, const float *b, size_t ldb,
                   float *strips);

/* The strips from a column on that is the first of one. */
const float *sm_strips_from(const float *strips, size_t column, size_t k);

/*
 * C[m][n] = A B, B in strips or in some of them, A as kernels->gemm has it; m
 * small enough that A stays in the second-level cache, room for A packed. Each
 * element is one chain of multiply-adds over k, with the bits of kernels->gemm.
 */
void sm_gemm_strips(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                    const float *a, size_t a_row, size_t a_column,
                    const float *strips, float *c, size_t ldc, float *room);

#endif
