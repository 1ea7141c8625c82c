/* products_bf16_avx512.c: products of bfloat16 by AVX512-BF16, in the order of
 * a chain. For products.c. */
#include "math/bfloat16.h"

#if defined(__AVX512BF16__)
#include <immintrin.h>

#include "common/size.h"
#include "math/tiles.h"

/* Rows and vectors of columns of one block: sums that registers hold. */
enum { ROWS = 4, VECTORS = SM_STRIP / SM_TILE_SIDE };

typedef struct block {
    const char *a;           /* pairs of its first row in the first tile */
    const char *b;           /* tiles of its first 16 columns */
    size_t b_row;            /* bytes to those of the next */
    size_t tiles;            /* along k */
    size_t rows, width;      /* that there are */
    const float *from[ROWS]; /* what they begin with; NULL: zeros */
} block;

/* The columns that vector v has of a row; all of them if it is whole. */
static inline __mmask16 columns_of(const block *x, int r, int v)
{
    size_t const at = (size_t)v * SM_TILE_SIDE;
    size_t const left =
        (size_t)r < x->rows && x->width > at ? x->width - at : 0;
    return (__mmask16)(left < SM_TILE_SIDE ? (1u << left) - 1 : 0xffff);
}

/* A whole block has all rows and vectors. */
static inline __attribute__((always_inline)) void
sum_block(const block *x, int const vectors, bool const whole, float *c,
          size_t ldc)
{
    __m512 sum[ROWS][VECTORS];
#pragma GCC unroll 4
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            const float *const from = x->from[r] + (size_t)v * SM_TILE_SIDE;
            if (x->from[0] == NULL)
                sum[r][v] = _mm512_setzero_ps();
            else
                sum[r][v] =
                    whole ? _mm512_loadu_ps(from)
                          : _mm512_maskz_loadu_ps(columns_of(x, r, v), from);
        }
    for (size_t t = 0; t < x->tiles; t++)
        for (size_t l = 0; l < SM_TILE_PAIRS; l++) {
            size_t const tile = t * SM_TILE_NUMBERS * sizeof(uint16_t);
            const char *const a = x->a + tile + l * sizeof(int32_t);
            const char *const b = x->b + tile + l * sizeof(__m512i);
            __m512bh pairs[VECTORS];
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                pairs[v] =
                    (__m512bh)_mm512_load_si512(b + (size_t)v * x->b_row);
#pragma GCC unroll 4
            for (int r = 0; r < ROWS; r++) {
                int32_t pair;
                memcpy(&pair, a + (size_t)r * sizeof(__m512i), sizeof pair);
                __m512bh const both = (__m512bh)_mm512_set1_epi32(pair);
#pragma GCC unroll 4
                for (int v = 0; v < vectors; v++)
                    sum[r][v] = _mm512_dpbf16_ps(sum[r][v], both, pairs[v]);
            }
        }
#pragma GCC unroll 4
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            float *const to = c + (size_t)r * ldc + (size_t)v * SM_TILE_SIDE;
            if (whole)
                _mm512_storeu_ps(to, sum[r][v]);
            else
                _mm512_mask_storeu_ps(to, columns_of(x, r, v), sum[r][v]);
        }
}

/* Blocks of which something is missing. */
static void sum_part(const block *x, float *c, size_t ldc)
{
    switch (sm_chunks(x->width, SM_TILE_SIDE)) {
    case 1:
        sum_block(x, 1, false, c, ldc);
        break;
    case 2:
        sum_block(x, 2, false, c, ldc);
        break;
    case 3:
        sum_block(x, 3, false, c, ldc);
        break;
    default:
        sum_block(x, 4, false, c, ldc);
        break;
    }
}

/* What rows i .. of the block begin with; a table's rows further down are asked
 * for, as it is larger than caches. */
static inline void begin(block *x, const sm_start *start, size_t i, size_t m,
                         size_t j)
{
    for (size_t r = 0; r < ROWS; r++)
        x->from[r] = start->from && r < x->rows ? sm_start_row(start, i + r) + j
                                                : start->from;
    if (start->rows == NULL) return;
    for (size_t below = i + ROWS; below < sm_min(i + 2 * ROWS, m); below++)
        for (size_t v = 0; v < SM_STRIP; v += SM_TILE_SIDE)
            __builtin_prefetch(sm_start_row(start, below) + j + v);
}

static void multiply_tiles(const sm_start *start, size_t m, size_t n,
                           size_t tiles, const float *a, const float *b,
                           size_t b_tiles, float *c, size_t ldc)
{
    size_t const row = tiles * SM_TILE_NUMBERS * sizeof(uint16_t);
    size_t const b_row = b_tiles * SM_TILE_NUMBERS * sizeof(uint16_t);
    for (size_t j = 0; j < n; j += SM_STRIP)
        for (size_t i = 0; i < m; i += ROWS) {
            block x = {.a = (const char *)a + i / SM_TILE_SIDE * row +
                            i % SM_TILE_SIDE * sizeof(__m512i),
                       .b = (const char *)b + j / SM_TILE_SIDE * b_row,
                       .b_row = b_row,
                       .tiles = tiles,
                       .rows = sm_min(ROWS, m - i),
                       .width = sm_min(SM_STRIP, n - j)};
            begin(&x, start, i, m, j);
            if (x.rows == ROWS && x.width == SM_STRIP)
                sum_block(&x, VECTORS, true, c + i * ldc + j, ldc);
            else
                sum_part(&x, c + i * ldc + j, ldc);
        }
}

SM_PRODUCTS_OF_TILES(sm_products_chain_bf16, multiply_tiles)
#elif defined(__x86_64__)
const sm_products sm_products_chain_bf16 = {0};
#endif
