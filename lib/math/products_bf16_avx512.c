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
    const char *a;      /* pairs of its first row in the first tile */
    const char *b;      /* tiles of its first 16 columns */
    size_t b_row;       /* bytes to those of the next */
    size_t tiles;       /* along k */
    size_t rows, width; /* that there are */
    bool add;           /* to what C has */
} block;

/* The columns that vector v has. */
static inline __mmask16 columns_of(const block *x, int v)
{
    size_t const at = (size_t)v * SM_TILE_SIDE;
    size_t const left = x->width > at ? x->width - at : 0;
    return (__mmask16)(left < SM_TILE_SIDE ? (1u << left) - 1 : 0xffff);
}

static inline __attribute__((always_inline)) void
sum_block(const block *x, int const vectors, float *c, size_t ldc)
{
    __m512 sum[ROWS][VECTORS];
#pragma GCC unroll 4
    for (int r = 0; r < ROWS; r++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++)
            sum[r][v] = _mm512_maskz_loadu_ps(
                x->add && (size_t)r < x->rows ? columns_of(x, v) : 0,
                c + (size_t)r * ldc + (size_t)v * SM_TILE_SIDE);
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
        for (int v = 0; v < vectors; v++)
            _mm512_mask_storeu_ps(
                c + (size_t)r * ldc + (size_t)v * SM_TILE_SIDE,
                (size_t)r < x->rows ? columns_of(x, v) : 0, sum[r][v]);
}

static void multiply_tiles(size_t m, size_t n, size_t tiles, const float *a,
                           const float *b, float *c, size_t ldc, bool add)
{
    size_t const row = tiles * SM_TILE_NUMBERS * sizeof(uint16_t);
    for (size_t j = 0; j < n; j += SM_STRIP)
        for (size_t i = 0; i < m; i += ROWS) {
            block const x = {(const char *)a + i / SM_TILE_SIDE * row +
                                 i % SM_TILE_SIDE * sizeof(__m512i),
                             (const char *)b + j / SM_TILE_SIDE * row,
                             row,
                             tiles,
                             sm_min(ROWS, m - i),
                             sm_min(SM_STRIP, n - j),
                             add};
            switch (sm_chunks(x.width, SM_TILE_SIDE)) {
            case 1:
                sum_block(&x, 1, c + i * ldc + j, ldc);
                break;
            case 2:
                sum_block(&x, 2, c + i * ldc + j, ldc);
                break;
            case 3:
                sum_block(&x, 3, c + i * ldc + j, ldc);
                break;
            default:
                sum_block(&x, 4, c + i * ldc + j, ldc);
                break;
            }
        }
}

SM_PRODUCTS_OF_TILES(sm_products_chain_bf16, multiply_tiles)
#elif defined(__x86_64__)
const sm_products sm_products_chain_bf16 = {0};
#endif
