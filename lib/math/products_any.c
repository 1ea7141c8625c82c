/* products_any.c: products of bfloat16 by kernels of floats, on any processor.
 * For products.c.
 *
 * The numbers are rounded and stay floats; their products are exact, so that a
 * chain of float multiply-adds in the order of math/bfloat16.h has its bits.
 */
#include "math/products_any.h"

#include <string.h>

#include "common/size.h"
#include "math/bfloat16.h"
#include "math/gemm.h"

/* Of so many rows at once, the sums of tiles are held. */
enum { HELD_ROWS = 16, HELD_COLUMNS = 64 };

/* Where number l of k stands. */
typedef size_t (*place_of)(size_t l, size_t k);

/* Pairs, the second of each before the first. */
static size_t place_in_chain(size_t l, size_t k)
{
    return (l ^ 1) < k ? l ^ 1 : l;
}

/* Of each tile's depth the even ones, then the odd ones. */
static size_t place_in_tiles(size_t l, size_t k)
{
    size_t const first = l / SM_TILE_DEPTH * SM_TILE_DEPTH;
    size_t const depth = sm_min(SM_TILE_DEPTH, k - first);
    size_t const at = l - first;
    return first + (at % 2 ? (depth + 1) / 2 : 0) + at / 2;
}

/* ---- packing ---- */

/* Strips as gemm.h has them, of rounded numbers at their places. */
static void pack(const sm_kernels *kernels, size_t strip, int transpose,
                 size_t n, size_t k, const float *b, size_t ldb, float *strips,
                 place_of place)
{
    size_t const first = strip * SM_STRIP;
    size_t const last = sm_min(first + SM_STRIP, n);
    for (size_t j = first; j < last; j += kernels->panel) {
        size_t const width = sm_min(kernels->panel, last - j);
        for (size_t l = 0; l < k; l++) {
            float *const to = strips + j * k + place(l, k) * width;
            for (size_t i = 0; i < width; i++)
                to[i] = sm_bfloat16_round(transpose ? b[(j + i) * ldb + l]
                                                    : b[l * ldb + j + i]);
        }
    }
}

static void pack_chain(const sm_kernels *kernels, size_t strip, int transpose,
                       size_t n, size_t k, const float *b, size_t ldb,
                       float *strips)
{
    pack(kernels, strip, transpose, n, k, b, ldb, strips, place_in_chain);
}

static void pack_tiles(const sm_kernels *kernels, size_t strip, int transpose,
                       size_t n, size_t k, const float *b, size_t ldb,
                       float *strips)
{
    pack(kernels, strip, transpose, n, k, b, ldb, strips, place_in_tiles);
}

/* A's rows, rounded, beside the room of a product of floats. */
static bool left_numbers(size_t m, size_t k, size_t *numbers)
{
    size_t rows, room;
    return sm_size_multiply(m, k, &rows) && sm_packed_numbers(m, k, &room) &&
           sm_size_add(rows, room, numbers);
}

static float *round_rows(size_t m, size_t k, const float *a, size_t a_row,
                         size_t a_column, float *room, place_of place)
{
    size_t numbers = 0;
    sm_packed_numbers(m, k, &numbers);
    float *const rows = room + numbers;
    for (size_t i = 0; i < m; i++)
        for (size_t l = 0; l < k; l++)
            rows[i * k + place(l, k)] =
                sm_bfloat16_round(a[i * a_row + l * a_column]);
    return rows;
}

/* ---- products of strips ---- */

static void multiply_chain(const sm_kernels *kernels, size_t m, size_t n,
                           size_t k, const float *a, size_t a_row,
                           size_t a_column, const float *strips, float *c,
                           size_t ldc, float *room)
{
    const float *const rows =
        round_rows(m, k, a, a_row, a_column, room, place_in_chain);
    sm_gemm_strips(kernels, m, n, k, rows, k, 1, strips, c, ldc, room);
}

/* s = s + (e + o), from 0 on */
static void add_tile(size_t m, size_t width, const float *even,
                     const float *odd, float *c, size_t ldc, bool is_first)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < width; j++) {
            size_t const at = i * HELD_COLUMNS + j;
            float const before = is_first ? 0 : c[i * ldc + j];
            c[i * ldc + j] = before + (even[at] + odd[at]);
        }
}

/* HELD_ROWS rows of A and HELD_COLUMNS columns of B at most, tile by tile. */
static void sum_tiles(const sm_kernels *kernels, size_t m, size_t width,
                      size_t k, const float *rows, size_t a_row,
                      const float *columns, size_t ldb, float *c, size_t ldc,
                      bool add)
{
    float even[HELD_ROWS * HELD_COLUMNS], odd[HELD_ROWS * HELD_COLUMNS];
    for (size_t l = 0; l < k; l += SM_TILE_DEPTH) {
        size_t const depth = sm_min(SM_TILE_DEPTH, k - l);
        size_t const evens = (depth + 1) / 2;
        kernels->gemm(m, width, evens, rows + l, a_row, 1, columns + l * ldb,
                      ldb, even, HELD_COLUMNS);
        kernels->gemm(m, width, depth - evens, rows + l + evens, a_row, 1,
                      columns + (l + evens) * ldb, ldb, odd, HELD_COLUMNS);
        add_tile(m, width, even, odd, c, ldc, l == 0 && !add);
    }
}

static void multiply_tiles(const sm_kernels *kernels, size_t m, size_t n,
                           size_t k, const float *a, size_t a_row,
                           size_t a_column, const float *strips, float *c,
                           size_t ldc, float *room)
{
    const float *const rows =
        round_rows(m, k, a, a_row, a_column, room, place_in_tiles);
    for (size_t j = 0; j < n; j += kernels->panel) {
        size_t const width = sm_min(kernels->panel, n - j);
        for (size_t i = 0; i < m; i += HELD_ROWS)
            sum_tiles(kernels, sm_min(HELD_ROWS, m - i), width, k, rows + i * k,
                      k, strips + j * k, width, c + i * ldc + j, ldc, false);
    }
}

/* ---- products at once ---- */

/* A block of each side, rounded. */
enum { ROWS = 64, COLUMNS = 64, DEPTH = 64 };

typedef struct blocks {
    float a[ROWS * DEPTH];    /* [rows][DEPTH] */
    float b[DEPTH * COLUMNS]; /* [depth][COLUMNS] */
} blocks;

static void round_block_a(float *to, size_t m, size_t k, const float *a,
                          size_t a_row, size_t a_column, place_of place)
{
    for (size_t l = 0; l < k; l++)
        for (size_t i = 0; i < m; i++)
            to[i * DEPTH + place(l, k)] =
                sm_bfloat16_round(a[i * a_row + l * a_column]);
}

static void round_block_b(float *to, size_t n, size_t k, const float *b,
                          size_t ldb, place_of place)
{
    for (size_t l = 0; l < k; l++)
        for (size_t j = 0; j < n; j++)
            to[place(l, k) * COLUMNS + j] = sm_bfloat16_round(b[l * ldb + j]);
}

/* C = or += of one block each: a is [m][DEPTH], b's rows are ldb apart. */
typedef void (*multiply_block)(const sm_kernels *kernels, const float *a,
                               const float *b, size_t ldb, size_t m, size_t n,
                               size_t k, float *c, size_t ldc, bool add);

/* The zeros behind k, of which -0 becomes 0; no other sum is -0. */
static void add_zeros(size_t m, size_t n, float *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) c[i * ldc + j] += 0.0f;
}

static void multiply_chain_block(const sm_kernels *kernels, const float *a,
                                 const float *b, size_t ldb, size_t m, size_t n,
                                 size_t k, float *c, size_t ldc, bool add)
{
    (add ? kernels->gemm_add : kernels->gemm)(m, n, k, a, DEPTH, 1, b, ldb, c,
                                              ldc);
    if (add && k % SM_TILE_DEPTH) add_zeros(m, n, c, ldc);
}

static void multiply_tiles_block(const sm_kernels *kernels, const float *a,
                                 const float *b, size_t ldb, size_t m, size_t n,
                                 size_t k, float *c, size_t ldc, bool add)
{
    for (size_t i = 0; i < m; i += HELD_ROWS)
        sum_tiles(kernels, sm_min(HELD_ROWS, m - i), n, k, a + i * DEPTH, DEPTH,
                  b, ldb, c + i * ldc, ldc, add);
}

static void multiply_blocks(const sm_kernels *kernels, size_t m, size_t n,
                            size_t k, const float *a, size_t a_row,
                            size_t a_column, const float *b, size_t ldb,
                            float *c, size_t ldc, bool add, place_of place,
                            multiply_block multiply)
{
    blocks x;
    for (size_t l = 0; l < k; l += DEPTH) {
        size_t const depth = sm_min(DEPTH, k - l);
        for (size_t j = 0; j < n; j += COLUMNS) {
            size_t const columns = sm_min(COLUMNS, n - j);
            round_block_b(x.b, columns, depth, b + l * ldb + j, ldb, place);
            for (size_t i = 0; i < m; i += ROWS) {
                size_t const rows = sm_min(ROWS, m - i);
                round_block_a(x.a, rows, depth, a + i * a_row + l * a_column,
                              a_row, a_column, place);
                multiply(kernels, x.a, x.b, COLUMNS, rows, columns, depth,
                         c + i * ldc + j, ldc, add || l > 0);
            }
        }
    }
}

static void chain_now(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                      const float *a, size_t a_row, size_t a_column,
                      const float *b, size_t ldb, float *c, size_t ldc,
                      bool add)
{
    multiply_blocks(kernels, m, n, k, a, a_row, a_column, b, ldb, c, ldc, add,
                    place_in_chain, multiply_chain_block);
}

static void tiles_now(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                      const float *a, size_t a_row, size_t a_column,
                      const float *b, size_t ldb, float *c, size_t ldc,
                      bool add)
{
    multiply_blocks(kernels, m, n, k, a, a_row, a_column, b, ldb, c, ldc, add,
                    place_in_tiles, multiply_tiles_block);
}

/* ---- products behind a start ---- */

/* C as the sums begin, unless it is that; whether there is anything. */
static bool begin(const sm_start *start, size_t m, size_t n, float *c,
                  size_t ldc)
{
    for (size_t i = 0; start->from && start->from != c && i < m; i++)
        memcpy(c + i * ldc, sm_start_row(start, i), n * sizeof *c);
    return start->from != NULL;
}

static void multiply_strips(const sm_kernels *kernels, const sm_start *start,
                            size_t m, size_t n, size_t k, const float *a,
                            size_t a_row, const float *strips, float *c,
                            size_t ldc, place_of place, multiply_block multiply)
{
    float rounded[ROWS * DEPTH];
    bool const add = begin(start, m, n, c, ldc);
    for (size_t i = 0; i < m; i += ROWS)
        for (size_t l = 0; l < k; l += DEPTH) {
            size_t const rows = sm_min(ROWS, m - i);
            size_t const depth = sm_min(DEPTH, k - l);
            round_block_a(rounded, rows, depth, a + i * a_row + l, a_row, 1,
                          place);
            for (size_t j = 0; j < n; j += kernels->panel) {
                size_t const width = sm_min(kernels->panel, n - j);
                multiply(kernels, rounded, strips + j * k + l * width, width,
                         rows, width, depth, c + i * ldc + j, ldc,
                         add || l > 0);
            }
        }
}

static void chain_on(const sm_kernels *kernels, const sm_start *start, size_t m,
                     size_t n, size_t k, const float *a, size_t a_row,
                     const float *strips, float *c, size_t ldc)
{
    multiply_strips(kernels, start, m, n, k, a, a_row, strips, c, ldc,
                    place_in_chain, multiply_chain_block);
}

static void tiles_on(const sm_kernels *kernels, const sm_start *start, size_t m,
                     size_t n, size_t k, const float *a, size_t a_row,
                     const float *strips, float *c, size_t ldc)
{
    multiply_strips(kernels, start, m, n, k, a, a_row, strips, c, ldc,
                    place_in_tiles, multiply_tiles_block);
}

const sm_products sm_products_chain_any = {
    sm_packed_numbers, left_numbers, pack_chain, sm_strips_from,
    multiply_chain,    chain_on,     chain_now};
const sm_products sm_products_tiles_any = {
    sm_packed_numbers, left_numbers, pack_tiles, sm_strips_from,
    multiply_tiles,    tiles_on,     tiles_now};
