/* products_amx_avx512.c: products of bfloat16 by AMX, in the order of tiles.
 * For products.c. */
#include "math/bfloat16.h"

/* The second name is that of clang 14. */
#if defined(__AVX512BF16__) && (defined(__AMX_BF16__) || defined(__AMXBF16__))
#include <immintrin.h>

#include "common/size.h"
#include "math/tiles.h"

/* Rows and columns of a block: two tiles each. */
enum { SIDE = 2 * SM_TILE_SIDE, LINE = 64 /* bytes of a tile's line */ };

/* Registers 0 .. 3 hold the block, 4 and 5 tiles of A, 6 and 7 of B. Constant
 * memory, since gcc 12's _tile_loadconfig asks for its first 8 bytes alone. */
static const struct {
    uint8_t palette, start, reserved[14];
    uint16_t bytes[16];
    uint8_t lines[16];
} shapes = {1,
            0,
            {0},
            {LINE, LINE, LINE, LINE, LINE, LINE, LINE, LINE},
            {SM_TILE_SIDE, SM_TILE_SIDE, SM_TILE_SIDE, SM_TILE_SIDE,
             SM_TILE_SIDE, SM_TILE_SIDE, SM_TILE_SIDE, SM_TILE_SIDE}};

/* What was written stands in memory, of which gcc 12's _tile_loadd does not
 * tell the compiler that it is read. */
static inline void finish_writing(void)
{
    __asm__ volatile("" ::: "memory");
}

/*
 * block[32][32] = A B, or block + A B: two rows of tiles of A by two of B, the
 * second ones so many bytes behind, 0 where there are none.
 */
static void sum_block(const char *a, size_t a_next, const char *b,
                      size_t b_next, size_t tiles, float *block, size_t ld,
                      bool add)
{
    float *const below = block + SM_TILE_SIDE * ld;
    size_t const line = ld * sizeof(float);
    finish_writing();
    if (add) {
        _tile_loadd(0, block, line);
        _tile_loadd(1, block + SM_TILE_SIDE, line);
        _tile_loadd(2, below, line);
        _tile_loadd(3, below + SM_TILE_SIDE, line);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
    }
    for (size_t t = 0; t < tiles; t++) {
        size_t const at = t * SM_TILE_NUMBERS * sizeof(uint16_t);
        _tile_loadd(4, a + at, LINE);
        _tile_loadd(6, b + at, LINE);
        _tile_dpbf16ps(0, 4, 6);
        _tile_loadd(7, b + b_next + at, LINE);
        _tile_dpbf16ps(1, 4, 7);
        _tile_loadd(5, a + a_next + at, LINE);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, block, line);
    _tile_stored(1, block + SM_TILE_SIDE, line);
    _tile_stored(2, below, line);
    _tile_stored(3, below + SM_TILE_SIDE, line);
}

/* Rows of a block that begin with `from` from column j on, unless they do. */
static void begin(const sm_start *from, size_t j, size_t rows, size_t columns,
                  float *block, size_t ld)
{
    for (size_t r = 0; r < rows && sm_start_row(from, r) + j != block + r * ld;
         r++)
        memcpy(block + r * ld, sm_start_row(from, r) + j,
               columns * sizeof *block);
}

/* The same of fewer rows and columns, by way of a whole block. */
static void sum_part(const char *a, size_t a_row, const char *b, size_t b_row,
                     size_t tiles, const sm_start *from, size_t j, size_t rows,
                     size_t columns, float *c, size_t ldc)
{
    _Alignas(LINE) float block[SIDE][SIDE];
    bool const add = from->from != NULL;
    if (add) begin(from, j, rows, columns, block[0], SIDE);
    sum_block(a, rows > SM_TILE_SIDE ? a_row : 0, b,
              columns > SM_TILE_SIDE ? b_row : 0, tiles, block[0], SIDE, add);
    for (size_t r = 0; r < rows; r++)
        memcpy(c + r * ldc, block[r], columns * sizeof(float));
}

static void multiply_tiles(const sm_start *start, size_t m, size_t n,
                           size_t tiles, const float *a, const float *b,
                           size_t b_tiles, float *c, size_t ldc)
{
    size_t const row = tiles * SM_TILE_NUMBERS * sizeof(uint16_t);
    size_t const b_row = b_tiles * SM_TILE_NUMBERS * sizeof(uint16_t);
    bool const add = start->from != NULL;
    _tile_loadconfig(&shapes);
    for (size_t j = 0; j < n; j += SIDE)
        for (size_t i = 0; i < m; i += SIDE) {
            size_t const rows = sm_min(SIDE, m - i);
            size_t const columns = sm_min(SIDE, n - j);
            sm_start const from = sm_start_from(start, i);
            const char *const left = (const char *)a + i / SM_TILE_SIDE * row;
            const char *const right =
                (const char *)b + j / SM_TILE_SIDE * b_row;
            float *const to = c + i * ldc + j;
            if (rows < SIDE || columns < SIDE) {
                sum_part(left, row, right, b_row, tiles, &from, j, rows,
                         columns, to, ldc);
                continue;
            }
            if (add) begin(&from, j, rows, columns, to, ldc);
            sum_block(left, row, right, b_row, tiles, to, ldc, add);
        }
    _tile_release();
}

SM_PRODUCTS_OF_TILES(sm_products_tiles_amx, multiply_tiles)
#elif defined(__x86_64__)
const sm_products sm_products_tiles_amx = {0};
#endif
