/* bounds_impl.h: the kernels of bounds.h, included once by each bounds_LEVEL.c,
 * which says its level and the name to define. No include guard on purpose. */
#include <stdbool.h>

#include "math/bounds.h"
#include "math/bounds_range.h"
#include "math/bytes.h"

enum { GROUP = 64, /* bytes of four numbers of a block's rows */ PIECE = 64 };

/* Tiles that fill the registers without spilling the sums. */
#if defined(SM_LEVEL_VNNI)
enum { TILE_BLOCKS = 4, TILE_QUERIES = 4 };
#elif defined(SM_LEVEL_AVX512)
enum { TILE_BLOCKS = 2, TILE_QUERIES = 4 };
#elif defined(SM_LEVEL_AVX2) || defined(SM_LEVEL_DOT)
enum { TILE_BLOCKS = 1, TILE_QUERIES = 4 };
#else
enum { TILE_BLOCKS = 1, TILE_QUERIES = 1 };
#endif

#define INLINE static inline __attribute__((always_inline))

/* ---- a row to codes ---- */

static float largest_magnitude(size_t dim, const float *x)
{
    float most = 0;
    size_t i = 0;
    vec largest = vec_set(0);
    for (; i + VEC_WIDTH <= dim; i += VEC_WIDTH) {
        vec const v = vec_load(x + i);
        largest = vec_max(largest, vec_max(v, vec_sub(vec_set(0), v)));
    }
    most = vec_largest(largest);
    for (; i < dim; i++) most = fmaxf(most, fabsf(x[i]));
    return most;
}

/* |x|^2, x . h, |h|^2 and |x - s c|^2 */
typedef struct row_sums {
    vec length, product, coarse, fine_error;
} row_sums;

/*
 * c = round(x / s), h = round((c + 1/2) / 16), which is no tie, and
 * l = c - 16 h: fine[i] = l + 8 and coarse[i] = h + 8.
 */
INLINE void encode_piece(const float *x, float scale, float over,
                         row_sums *sums, int8_t *coarse, int8_t *fine)
{
    vec const middle = vec_set(8), sixteen = vec_set(16);
    for (int i = 0; i < PIECE; i += VEC_WIDTH) {
        vec const v = vec_load(x + i);
        vec const c = vec_round(vec_mul(v, vec_set(over)));
        vec const h = vec_round(
            vec_mul(vec_add(c, vec_set(0.5f)), vec_set(1.0f / 16.0f)));
        vec const rest = vec_fma(vec_set(-scale), c, v);
        sums->length = vec_fma(v, v, sums->length);
        sums->product = vec_fma(v, h, sums->product);
        sums->coarse = vec_fma(h, h, sums->coarse);
        sums->fine_error = vec_fma(rest, rest, sums->fine_error);
        vec_store_int8(coarse + i, vec_add(h, middle));
        vec_store_int8(fine + i,
                       vec_add(vec_sub(c, vec_mul(sixteen, h)), middle));
    }
}

/* Two to a byte, in words, whose bytes stay apart. */
INLINE void pack_piece(const int8_t *coarse, const int8_t *fine, uint8_t *high,
                       size_t high_size, uint8_t *low)
{
    for (size_t g = 0; g < high_size / 4; g++) {
        uint32_t first, second;
        memcpy(&first, coarse + 8 * g, 4);
        memcpy(&second, coarse + 8 * g + 4, 4);
        first |= second << 4;
        memcpy(high + 4 * g, &first, 4);
    }
    for (size_t j = 0; j < 32; j += 8) {
        uint64_t first, second;
        memcpy(&first, fine + j, 8);
        memcpy(&second, fine + 32 + j, 8);
        first |= second << 4;
        memcpy(low + j, &first, 8);
    }
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* See sm_bound_row: both parts positive and finite. */
static uint32_t join_norms(float ratio, uint32_t norm)
{
    uint32_t const joined = (bits_of(ratio) & 0xffff0000u) | norm;
    return joined < bits_of(ratio) ? joined + 0x10000u : joined;
}

/*
 * The sums are in float, each term of them positive: one of n terms a lane is
 * off by less than gamma = (n + 16) u of itself, and so is r, twice. With
 * x . h and r |h|^2 no more than |x| |h| and that,
 *
 *   |x - r h|^2 = |x|^2 - 2 r x . h + r^2 |h|^2
 *
 * is off by less than 5 gamma |x|^2. A difference x - s c is off by less than
 * 2 u (|x| + itself), and 2^-20 |x| is eight times what that makes of |x|;
 * squares that vanish make less than sqrt(dim) 2^-63, which is below 2^-20 |x|
 * too.
 */
static void set_norms(size_t dim, const row_sums *sums, sm_bound_row *row)
{
    size_t const terms = dim / VEC_WIDTH;
    double const gamma = ((double)terms + 16) * 0x1p-24;
    double const length = (double)vec_sum(sums->length);
    double const product = (double)vec_sum(sums->product);
    double const coarse = (double)vec_sum(sums->coarse);
    float const norm = (float)(sqrt(length) * (1 + 2 * gamma));
    uint32_t const upper = (bits_of(norm) + 0xffff) >> 16;
    row->scale = (float)(product / coarse) / 16;
    double const r = 16 * (double)row->scale;
    double const left = length + r * (r * coarse - 2 * product);
    double const error = sqrt(fmax(left, 0) + 6 * gamma * length);
    row->norms =
        join_norms((float)(error / sqrt(length) * (1 + 2 * gamma)), upper);
    row->rest.error =
        (float)(sqrt((double)vec_sum(sums->fine_error)) * (1 + 2 * gamma)) +
        0x1p-20f * norm;
}

/* Infinity as the norm, 1 as the ratio. */
static const uint32_t no_bound = 0x3f807f80u;

static void bound_encode(size_t dim, const float *x, uint8_t *coarse,
                         uint8_t *fine, sm_bound_row *row)
{
    float const most = largest_magnitude(dim, x);
    size_t const coarse_size = sm_bound_coarse_size(dim);
    row_sums sums = {vec_set(0), vec_set(0), vec_set(0), vec_set(0)};
    bool const has_bound = most >= SM_BOUND_LEAST && most <= SM_BOUND_MOST;
    bool const is_read = has_bound || most == 0;
    *row = (sm_bound_row){0, no_bound, {has_bound ? most / 119 : 0, 0}};
    float const over = has_bound ? 119 / most : 0;
    for (size_t i = 0; i < dim; i += PIECE) {
        int8_t high[PIECE], low[PIECE];
        float part[PIECE] = {0};
        const float *from = x + i;
        size_t const at = i / 2, size = coarse_size - at;
        if (dim - i < PIECE || !is_read) {
            if (is_read) memcpy(part, from, (dim - i) * sizeof *part);
            from = part;
        }
        encode_piece(from, row->rest.scale, over, &sums, high, low);
        pack_piece(high, low, coarse + at, size < 32 ? size : 32, fine + at);
    }
    /* of a number that is none, which no comparison above found */
    if (!isfinite(vec_sum(sums.length)))
        *row = (sm_bound_row){0, no_bound, {0, 0}};
    else if (has_bound)
        set_norms(dim, &sums, row);
    else if (is_read)
        row->norms = SM_BOUND_NO_NORMS;
}

/* ---- the bounds of blocks ---- */

/*
 * length (p + (ratio sqrt(square N^2 - p^2) + by_norm N)) of VEC_WIDTH rows
 * from `r` on
 */
INLINE vec coarse_bound(const sm_bound_query *query, const int32_t *dots,
                        const float *scales, const uint32_t *norms, size_t r)
{
    vec const n = vec_load_low_bits(norms + r);
    vec const p =
        vec_mul(vec_mul(vec_set(query->over_length), vec_load(scales + r)),
                vec_load_int32(dots + r));
    vec const square =
        vec_sub(vec_mul(vec_mul(vec_set(query->square), n), n), vec_mul(p, p));
    vec const root = vec_root_above(vec_max(square, vec_set(0)));
    vec const slack = vec_fma(vec_load_bits(norms + r), root,
                              vec_mul(vec_set(query->by_norm), n));
    return vec_mul(vec_set(query->length), vec_add(p, slack));
}

INLINE float block_top(const sm_bound_query *query, const int32_t *dots,
                       const float *scales, const uint32_t *norms)
{
    vec top = coarse_bound(query, dots, scales, norms, 0);
    for (size_t r = VEC_WIDTH; r < SM_BOUND_ROWS; r += VEC_WIDTH)
        top = vec_max(top, coarse_bound(query, dots, scales, norms, r));
    return vec_largest(top);
}

/* tops[b] of some blocks */
INLINE void store_tops(const sm_bound_query *query, const int32_t *dots,
                       const sm_bound_blocks *blocks, float *tops,
                       int const count)
{
#if defined(SM_LEVEL_AVX512)
    if (count == 4) {
        vec bound[4];
#pragma GCC unroll 4
        for (size_t b = 0; b < 4; b++)
            bound[b] = coarse_bound(query, dots, blocks->scales, blocks->norms,
                                    b * SM_BOUND_ROWS);
        vec_largest_of_four(tops, bound);
        return;
    }
#endif
    for (int b = 0; b < count; b++) {
        size_t const r = (size_t)b * SM_BOUND_ROWS;
        tops[b] =
            block_top(query, dots + r, blocks->scales + r, blocks->norms + r);
    }
}

static unsigned bound_above(const sm_bound_query *query, const int32_t *dots,
                            const float *scales, const uint32_t *norms,
                            float threshold)
{
    unsigned mask = 0;
    for (size_t r = 0; r < SM_BOUND_ROWS; r += VEC_WIDTH)
        mask |= vec_greater(coarse_bound(query, dots, scales, norms, r),
                            vec_set(threshold))
                << r;
    return mask;
}

/* ---- one query ---- */

/* Bytes that are asked for before they are read. */
enum { AHEAD = 4096 };

/* What is read AHEAD bytes after `at` of a block list that ends at `end`. */
INLINE const uint8_t *read_later(const uint8_t *at, const uint8_t *end,
                                 const uint8_t *next)
{
    size_t const left = (size_t)(end - at);
    return left > AHEAD ? at + AHEAD : next + (AHEAD - left);
}

/* Sum of h + 8 times the codes, of one block. */
INLINE ints block_sum(size_t groups, const int8_t *codes, const uint8_t *coarse,
                      const uint8_t *later)
{
    ints sum = ints_zero();
    for (size_t g = 0; g < groups;) {
        partial even = partial_zero(), odd = partial_zero();
        size_t const end = groups - g < BYTES_STEPS ? groups : g + BYTES_STEPS;
        for (; g < end; g++) {
            bytes const x = bytes_load(coarse + g * GROUP);
            __builtin_prefetch(later + g * GROUP);
            even = partial_add(even, bytes_low(x), bytes_repeat(codes + 8 * g));
            odd = partial_add(odd, bytes_high(x),
                              bytes_repeat(codes + 8 * g + 4));
        }
        sum = ints_take(ints_take(sum, even), odd);
    }
    return sum;
}

static void scan_one(size_t n, size_t dim, const sm_bound_query *query,
                     const sm_bound_blocks *blocks, const uint8_t *next,
                     int32_t *dots, float *tops)
{
    size_t const groups = (dim + 7) / 8, size = groups * GROUP;
    const uint8_t *at = blocks->coarse, *const end = at + n * size;
    for (size_t b = 0; b < n; b++, at += size) {
        ints_store_16(
            dots + b * SM_BOUND_ROWS,
            block_sum(groups, query->codes, at, read_later(at, end, next)),
            -128 * query->sum);
        /* four at once where there are as many */
        size_t const some = b % 4 == 3 ? 4 : b >= n / 4 * 4 ? 1 : 0;
        size_t const first = b + 1 - some, r = first * SM_BOUND_ROWS;
        sm_bound_blocks const known = {NULL, blocks->scales + r,
                                       blocks->norms + r};
        if (some == 4)
            store_tops(query, dots + r, &known, tops + first, 4);
        else if (some == 1)
            store_tops(query, dots + r, &known, tops + first, 1);
    }
}

/* ---- many queries ---- */

/* Blocks one behind the other, each [2 groups][GROUP], a number a byte. */
static void unpack(size_t n, size_t groups, const uint8_t *coarse,
                   const uint8_t *later, uint8_t *room)
{
    for (size_t g = 0; g < n * groups; g++) {
        bytes const x = bytes_load(coarse + g * GROUP);
        __builtin_prefetch(later + g * GROUP);
        bytes_store(room + 2 * g * GROUP, bytes_low(x));
        bytes_store(room + (2 * g + 1) * GROUP, bytes_high(x));
    }
}

/* sum[b * queries + q] of unpacked blocks */
INLINE void tile_sums(size_t words, const sm_bound_query *const *q,
                      const uint8_t *room, ints *sum, int const blocks,
                      int const queries)
{
#pragma GCC unroll 16
    for (int s = 0; s < blocks * queries; s++) sum[s] = ints_zero();
    for (size_t w = 0; w < words;) {
        partial part[TILE_BLOCKS * TILE_QUERIES];
        size_t const end = words - w < BYTES_STEPS ? words : w + BYTES_STEPS;
#pragma GCC unroll 16
        for (int s = 0; s < blocks * queries; s++) part[s] = partial_zero();
        for (; w < end; w++) {
            bytes x[TILE_BLOCKS];
#pragma GCC unroll 4
            for (int b = 0; b < blocks; b++)
                x[b] = bytes_load(room + ((size_t)b * words + w) * GROUP);
#pragma GCC unroll 4
            for (int i = 0; i < queries; i++) {
                bytes const code = bytes_repeat(q[i]->codes + 4 * w);
#pragma GCC unroll 4
                for (int b = 0; b < blocks; b++)
                    part[b * queries + i] =
                        partial_add(part[b * queries + i], x[b], code);
            }
        }
#pragma GCC unroll 16
        for (int s = 0; s < blocks * queries; s++)
            sum[s] = ints_take(sum[s], part[s]);
    }
}

/* Where the results of a scan go; of its first block and query. */
typedef struct scan_out {
    int32_t *dots;
    size_t dots_stride;
    float *tops;
    size_t tops_stride;
} scan_out;

INLINE void scan_tile(size_t words, const sm_bound_query *const *q,
                      const sm_bound_blocks *blocks, const uint8_t *room,
                      const scan_out *out, int const block_count,
                      int const queries)
{
    ints sum[TILE_BLOCKS * TILE_QUERIES];
    tile_sums(words, q, room, sum, block_count, queries);
#pragma GCC unroll 4
    for (int i = 0; i < queries; i++) {
        int32_t *const dots = out->dots + (size_t)i * out->dots_stride;
#pragma GCC unroll 4
        for (int b = 0; b < block_count; b++)
            ints_store_16(dots + b * SM_BOUND_ROWS, sum[b * queries + i],
                          -128 * q[i]->sum);
        store_tops(q[i], dots, blocks, out->tops + (size_t)i * out->tops_stride,
                   block_count);
    }
}

/* All queries over some unpacked blocks. */
INLINE void scan_blocks(size_t m, size_t words,
                        const sm_bound_query *const *queries,
                        const sm_bound_blocks *blocks, const uint8_t *room,
                        scan_out out, int const block_count)
{
    size_t q = 0;
    for (; q + TILE_QUERIES <= m; q += TILE_QUERIES) {
        scan_tile(words, queries + q, blocks, room, &out, block_count,
                  TILE_QUERIES);
        out.dots += TILE_QUERIES * out.dots_stride;
        out.tops += TILE_QUERIES * out.tops_stride;
    }
    if (TILE_QUERIES > 2 && q + 2 <= m) {
        scan_tile(words, queries + q, blocks, room, &out, block_count, 2);
        out.dots += 2 * out.dots_stride;
        out.tops += 2 * out.tops_stride;
        q += 2;
    }
    for (; q < m; q++) {
        scan_tile(words, queries + q, blocks, room, &out, block_count, 1);
        out.dots += out.dots_stride;
        out.tops += out.tops_stride;
    }
}

static void bound_scan(size_t m, size_t n, size_t dim,
                       const sm_bound_query *const *queries,
                       const sm_bound_blocks *blocks, const uint8_t *next,
                       int32_t *dots, size_t dots_stride, float *tops,
                       size_t tops_stride, uint8_t *room)
{
    size_t const groups = (dim + 7) / 8;
    scan_out out = {dots, dots_stride, tops, tops_stride};
    sm_bound_blocks at = *blocks;
    const uint8_t *const end = at.coarse + n * groups * GROUP;
    if (m == 1) {
        scan_one(n, dim, queries[0], blocks, next, dots, tops);
        return;
    }
    for (size_t b = 0; b < n;) {
        size_t const some = n - b >= TILE_BLOCKS ? TILE_BLOCKS : 1;
        unpack(some, groups, at.coarse, read_later(at.coarse, end, next), room);
        if (some == TILE_BLOCKS)
            scan_blocks(m, 2 * groups, queries, &at, room, out, TILE_BLOCKS);
        else
            scan_blocks(m, 2 * groups, queries, &at, room, out, 1);
        at.coarse += some * groups * GROUP;
        at.scales += some * SM_BOUND_ROWS;
        at.norms += some * SM_BOUND_ROWS;
        out.dots += some * SM_BOUND_ROWS;
        out.tops += some;
        b += some;
    }
}

/* ---- the rest of a row's code ---- */

/* Sum of l + 8 times the codes. */
INLINE ints fine_sum(size_t dim, const sm_bound_query *query,
                     const uint8_t *fine)
{
    ints sum = ints_zero();
    for (size_t i = 0; i < dim;) {
        partial part = partial_zero();
        for (size_t step = 0; step < BYTES_STEPS && i < dim; step++, i += PIECE)
            part = partial_add(part, bytes_load_halves(fine + i / 2),
                               bytes_load(query->codes + i));
        sum = ints_take(sum, part);
    }
    return sum;
}

/* scale s dot +- (by_error E + fine_by_norm N), dot of all the code */
static void bound_fine(size_t n, size_t dim, const sm_bound_rows *rows,
                       float *uppers, float *lowers)
{
    int32_t dots[SM_BOUND_ROWS];
    float scales[SM_BOUND_ROWS], by_error[SM_BOUND_ROWS],
        by_norm[SM_BOUND_ROWS];
    ints sums[SM_BOUND_ROWS];
    for (size_t i = 0; i < SM_BOUND_ROWS; i++) {
        const sm_bound_query *const query = rows->queries[i < n ? i : 0];
        sums[i] = i < n ? fine_sum(dim, query, rows->fine[i]) : ints_zero();
        scales[i] = query->scale;
        by_error[i] = query->by_error;
        by_norm[i] = query->fine_by_norm;
        dots[i] = i < n ? rows->dots[i] - 8 * query->sum : 0;
    }
    ints_add_sums(dots, sums);
    for (size_t i = 0; i < SM_BOUND_ROWS; i += VEC_WIDTH) {
        vec const slack = vec_fma(
            vec_load(by_error + i), vec_load(rows->errors + i),
            vec_mul(vec_load(by_norm + i), vec_load_low_bits(rows->norms + i)));
        vec const scale =
            vec_mul(vec_load(scales + i), vec_load(rows->scales + i));
        vec const dot = vec_load_int32(dots + i);
        vec_store(uppers + i, vec_fma(scale, dot, slack));
        vec_store(lowers + i, vec_fma(scale, dot, vec_sub(vec_set(0), slack)));
    }
}

const sm_bound_kernels SM_BOUND_KERNELS = {
    .encode = bound_encode,
    .scan = bound_scan,
    .above = bound_above,
    .fine = bound_fine,
#if defined(SM_LEVEL_VNNI)
    .pick = sm_bound_pick_vnni,
#endif
};
