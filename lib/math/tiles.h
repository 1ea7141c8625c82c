/*
 * tiles.h: matrices of bfloat16 in tiles, as AMX loads them and AVX512-BF16
 * reads them: SM_TILE_SIDE rows of A or columns of B by SM_TILE_DEPTH of k,
 * 1024 bytes. Tiles of one row of tiles follow each other along k. What a tile
 * has beyond the matrix is zero.
 *
 *   of A: [side][depth], of B: [depth / 2][side][2]
 */
#ifndef SM_TILES_H
#define SM_TILES_H

#include "math/bfloat16.h"
#include "math/gemm.h"

enum { SM_TILE_PAIRS = SM_TILE_DEPTH / 2, SM_TILE_NUMBERS = 512 };

/* Floats that as many bytes are: of one tile. */
enum { SM_TILE_FLOATS = SM_TILE_NUMBERS / 2 };

/* Of A [m][k] or B [k][n], with n for m. */
bool sm_tiles_numbers(size_t m, size_t k, size_t *numbers);

/* What sm_products asks for, beside what multiplies. */
void sm_tiles_pack(const sm_kernels *kernels, size_t strip, int transpose,
                   size_t n, size_t k, const float *b, size_t ldb,
                   float *strips);
const float *sm_tiles_from(const float *strips, size_t column, size_t k);

/* C[m][n] = start + A B, of so many tiles along k; of B's rows of tiles each
 * has b_tiles. */
typedef void (*sm_tile_kernel)(const sm_start *start, size_t m, size_t n,
                               size_t tiles, const float *a, const float *b,
                               size_t b_tiles, float *c, size_t ldc);

/* The other three of sm_products by such a kernel. */
void sm_tiles_multiply(sm_tile_kernel kernel, size_t m, size_t n, size_t k,
                       const float *a, size_t a_row, size_t a_column,
                       const float *strips, float *c, size_t ldc, float *room);
void sm_tiles_multiply_on(sm_tile_kernel kernel, const sm_start *start,
                          size_t m, size_t n, size_t k, const float *a,
                          size_t a_row, const float *strips, float *c,
                          size_t ldc);
void sm_tiles_multiply_now(sm_tile_kernel kernel, size_t m, size_t n, size_t k,
                           const float *a, size_t a_row, size_t a_column,
                           const float *b, size_t ldb, float *c, size_t ldc,
                           bool add);

/* The products of a kernel, by that name. */
#define SM_PRODUCTS_OF_TILES(name, kernel)                                     \
    static void name##_multiply(const sm_kernels *kernels, size_t m, size_t n, \
                                size_t k, const float *a, size_t a_row,        \
                                size_t a_column, const float *strips,          \
                                float *c, size_t ldc, float *room)             \
    {                                                                          \
        (void)kernels;                                                         \
        sm_tiles_multiply(kernel, m, n, k, a, a_row, a_column, strips, c, ldc, \
                          room);                                               \
    }                                                                          \
    static void name##_on(const sm_kernels *kernels, const sm_start *start,    \
                          size_t m, size_t n, size_t k, const float *a,        \
                          size_t a_row, const float *strips, float *c,         \
                          size_t ldc)                                          \
    {                                                                          \
        (void)kernels;                                                         \
        sm_tiles_multiply_on(kernel, start, m, n, k, a, a_row, strips, c,      \
                             ldc);                                             \
    }                                                                          \
    static void name##_now(const sm_kernels *kernels, size_t m, size_t n,      \
                           size_t k, const float *a, size_t a_row,             \
                           size_t a_column, const float *b, size_t ldb,        \
                           float *c, size_t ldc, bool add)                     \
    {                                                                          \
        (void)kernels;                                                         \
        sm_tiles_multiply_now(kernel, m, n, k, a, a_row, a_column, b, ldb, c,  \
                              ldc, add);                                       \
    }                                                                          \
    const sm_products name = {                                                 \
        sm_tiles_numbers, sm_tiles_numbers, sm_tiles_pack, sm_tiles_from,      \
        name##_multiply,  name##_on,        name##_now};

#endif
