/* tiles_bf16_avx512.c: floats in, tiles of bfloat16 out. For products by
 * AVX512-BF16 and AMX. */
#if defined(__AVX512BF16__)
#include <immintrin.h>

#include "common/size.h"
#include "math/tiles.h"

bool sm_tiles_numbers(size_t m, size_t k, size_t *numbers)
{
    size_t tiles;
    return sm_size_multiply(sm_chunks(m, SM_TILE_SIDE),
                            sm_chunks(k, SM_TILE_DEPTH), &tiles) &&
           sm_size_multiply(tiles, SM_TILE_FLOATS, numbers);
}

const float *sm_tiles_from(const float *strips, size_t column, size_t k)
{
    return strips +
           column / SM_TILE_SIDE * sm_chunks(k, SM_TILE_DEPTH) * SM_TILE_FLOATS;
}

static __mmask16 first_of(size_t count)
{
    return (__mmask16)((1u << sm_min(count, SM_TILE_SIDE)) - 1);
}

/* Two rows, of which the masks' numbers are there, as one of bfloat16. */
static inline __m512i round_two(const float *low, __mmask16 of_low,
                                const float *high, __mmask16 of_high)
{
    return (__m512i)_mm512_cvtne2ps_pbh(_mm512_maskz_loadu_ps(of_high, high),
                                        _mm512_maskz_loadu_ps(of_low, low));
}

/* Tile line i: number i of the side, all of its depth. */
static inline void read_lines(const float *from, size_t stride, size_t side,
                              size_t depth, __m512i line[SM_TILE_SIDE])
{
    __mmask16 const low = first_of(depth);
    __mmask16 const high =
        first_of(depth > SM_TILE_SIDE ? depth - SM_TILE_SIDE : 0);
    if (side >= SM_TILE_SIDE) {
#pragma GCC unroll 16
        for (size_t i = 0; i < SM_TILE_SIDE; i++)
            line[i] = round_two(from + i * stride, low,
                                from + i * stride + SM_TILE_SIDE, high);
        return;
    }
    for (size_t i = 0; i < SM_TILE_SIDE; i++)
        line[i] = i < side ? round_two(from + i * stride, low,
                                       from + i * stride + SM_TILE_SIDE, high)
                           : _mm512_setzero_si512();
}

/* Numbers 0 .. 15 of one half, 16 .. 31 of the other: in turn. */
static const uint16_t in_turn[SM_TILE_DEPTH] = {
    0, 16, 1, 17, 2,  18, 3,  19, 4,  20, 5,  21, 6,  22, 7,  23,
    8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31};

/* Tile line i: pair i of the depth, all of its side. */
static inline void read_pairs(const float *from, size_t stride, size_t side,
                              size_t depth, __m512i line[SM_TILE_PAIRS])
{
    __m512i const turns = _mm512_loadu_si512(in_turn);
    __mmask16 const all = first_of(side);
    if (depth >= SM_TILE_DEPTH) {
#pragma GCC unroll 16
        for (size_t i = 0; i < SM_TILE_PAIRS; i++)
            line[i] = _mm512_permutexvar_epi16(
                turns, round_two(from + 2 * i * stride, all,
                                 from + (2 * i + 1) * stride, all));
        return;
    }
    for (size_t i = 0; i < SM_TILE_PAIRS; i++) {
        __mmask16 const even = 2 * i < depth ? all : 0;
        __mmask16 const odd = 2 * i + 1 < depth ? all : 0;
        line[i] = _mm512_permutexvar_epi16(
            turns, round_two(from + 2 * i * stride, even,
                             from + (2 * i + 1) * stride, odd));
    }
}

/* 16 lines of 16 pairs: line[i]'s pair j and line[j]'s pair i change places. */
static inline void exchange_pairs(__m512i line[SM_TILE_SIDE])
{
    __m512i a[SM_TILE_SIDE];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        a[2 * i] = _mm512_unpacklo_epi32(line[2 * i], line[2 * i + 1]);
        a[2 * i + 1] = _mm512_unpackhi_epi32(line[2 * i], line[2 * i + 1]);
    }
    /* quarters of columns 0 .. 3 of four lines each */
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        line[4 * i] = _mm512_unpacklo_epi64(a[4 * i], a[4 * i + 2]);
        line[4 * i + 1] = _mm512_unpackhi_epi64(a[4 * i], a[4 * i + 2]);
        line[4 * i + 2] = _mm512_unpacklo_epi64(a[4 * i + 1], a[4 * i + 3]);
        line[4 * i + 3] = _mm512_unpackhi_epi64(a[4 * i + 1], a[4 * i + 3]);
    }
#pragma GCC unroll 4
    for (int j = 0; j < 4; j++) {
        __m512i const low = _mm512_shuffle_i32x4(line[j], line[4 + j], 0x88);
        __m512i const high = _mm512_shuffle_i32x4(line[j], line[4 + j], 0xdd);
        __m512i const low2 =
            _mm512_shuffle_i32x4(line[8 + j], line[12 + j], 0x88);
        __m512i const high2 =
            _mm512_shuffle_i32x4(line[8 + j], line[12 + j], 0xdd);
        a[j] = _mm512_shuffle_i32x4(low, low2, 0x88);
        a[4 + j] = _mm512_shuffle_i32x4(high, high2, 0x88);
        a[8 + j] = _mm512_shuffle_i32x4(low, low2, 0xdd);
        a[12 + j] = _mm512_shuffle_i32x4(high, high2, 0xdd);
    }
#pragma GCC unroll 16
    for (int i = 0; i < SM_TILE_SIDE; i++) line[i] = a[i];
}

/*
 * One tile. by_pairs: [depth / 2][side][2], or else [side][depth]. Numbers of
 * the depth follow each other in memory, or with across those of the side.
 */
static void pack_tile(const float *from, size_t stride, int across, size_t side,
                      size_t depth, int by_pairs, float *to)
{
    __m512i line[SM_TILE_SIDE];
    if (across)
        read_pairs(from, stride, side, depth, line);
    else
        read_lines(from, stride, side, depth, line);
    if (across != by_pairs) exchange_pairs(line);
#pragma GCC unroll 16
    for (size_t i = 0; i < SM_TILE_SIDE; i++)
        _mm512_store_si512((char *)to + i * sizeof(__m512i), line[i]);
}

/* Rows of tiles first .. end - 1 of a matrix whose side is n. */
static void pack_rows(size_t first, size_t end, size_t n, size_t k,
                      const float *from, size_t stride, int across,
                      int by_pairs, float *to)
{
    size_t const tiles = sm_chunks(k, SM_TILE_DEPTH);
    for (size_t i = first; i < sm_min(end, n); i += SM_TILE_SIDE) {
        float *const row = to + i / SM_TILE_SIDE * tiles * SM_TILE_FLOATS;
        for (size_t l = 0; l < k; l += SM_TILE_DEPTH)
            pack_tile(across ? from + l * stride + i : from + i * stride + l,
                      stride, across, n - i, k - l, by_pairs,
                      row + l / SM_TILE_DEPTH * SM_TILE_FLOATS);
    }
}

void sm_tiles_pack(const sm_kernels *kernels, size_t strip, int transpose,
                   size_t n, size_t k, const float *b, size_t ldb,
                   float *strips)
{
    (void)kernels;
    pack_rows(strip * SM_STRIP, (strip + 1) * SM_STRIP, n, k, b, ldb,
              !transpose, 1, strips);
}

/* A, of whose strides one is 1. */
static void pack_left(size_t m, size_t k, const float *a, size_t a_row,
                      size_t a_column, float *to)
{
    int const across = a_row == 1 && a_column != 1;
    pack_rows(0, m, m, k, a, across ? a_column : a_row, across, 0, to);
}

/* ---- products ---- */

static const sm_start zeros = {NULL, 0, NULL};

void sm_tiles_multiply(sm_tile_kernel kernel, size_t m, size_t n, size_t k,
                       const float *a, size_t a_row, size_t a_column,
                       const float *strips, float *c, size_t ldc, float *room)
{
    size_t const tiles = sm_chunks(k, SM_TILE_DEPTH);
    pack_left(m, k, a, a_row, a_column, room);
    kernel(&zeros, m, n, tiles, room, strips, tiles, c, ldc);
}

/* Of A [ROWS][DEPTH] and B [DEPTH][COLUMNS] at once, packed on the stack. */
enum { ROWS = 64, COLUMNS = 128, DEPTH = 128 };

void sm_tiles_multiply_on(sm_tile_kernel kernel, const sm_start *start,
                          size_t m, size_t n, size_t k, const float *a,
                          size_t a_row, const float *strips, float *c,
                          size_t ldc)
{
    _Alignas(64) float left[ROWS * DEPTH / 2];
    size_t const b_tiles = sm_chunks(k, SM_TILE_DEPTH);
    for (size_t i = 0; i < m; i += ROWS)
        for (size_t l = 0; l < k; l += DEPTH) {
            size_t const rows = sm_min(ROWS, m - i);
            size_t const depth = sm_min(DEPTH, k - l);
            sm_start const from = l ? (sm_start){c + i * ldc, ldc, NULL}
                                    : sm_start_from(start, i);
            pack_left(rows, depth, a + i * a_row + l, a_row, 1, left);
            kernel(&from, rows, n, sm_chunks(depth, SM_TILE_DEPTH), left,
                   strips + l / SM_TILE_DEPTH * SM_TILE_FLOATS, b_tiles,
                   c + i * ldc, ldc);
        }
}

void sm_tiles_multiply_now(sm_tile_kernel kernel, size_t m, size_t n, size_t k,
                           const float *a, size_t a_row, size_t a_column,
                           const float *b, size_t ldb, float *c, size_t ldc,
                           bool add)
{
    _Alignas(64) float left[ROWS * DEPTH / 2], right[DEPTH * COLUMNS / 2];
    for (size_t l = 0; l < k; l += DEPTH) {
        size_t const depth = sm_min(DEPTH, k - l);
        size_t const tiles = sm_chunks(depth, SM_TILE_DEPTH);
        for (size_t j = 0; j < n; j += COLUMNS) {
            size_t const columns = sm_min(COLUMNS, n - j);
            pack_rows(0, columns, columns, depth, b + l * ldb + j, ldb, 1, 1,
                      right);
            for (size_t i = 0; i < m; i += ROWS) {
                size_t const rows = sm_min(ROWS, m - i);
                float *const to = c + i * ldc + j;
                sm_start const start = {add || l > 0 ? to : NULL, ldc, NULL};
                pack_left(rows, depth, a + i * a_row + l * a_column, a_row,
                          a_column, left);
                kernel(&start, rows, columns, tiles, left, right, tiles, to,
                       ldc);
            }
        }
    }
}
#else
typedef int sm_no_tiles;
#endif
