/*
 * bounds_pick_vnni_avx512.c: blocks with all of their codes and queries in, the
 * rows whose fine bound is above what a query still wants out. For batches,
 * with AVX-512 and VNNI.
 *
 * Where several queries share what is read, products are what counts, and one
 * of 8 bits takes no longer than one of 4: the fine bound of every row costs
 * what the coarse one does, and leaves hardly anything to look at again. A
 * tile's codes are put together once, as bytes c + 136 of 1 .. 255, four
 * numbers of 16 rows side by side, and stay in the cache for all queries.
 */
#if defined(__x86_64__)
#define SM_LEVEL_AVX512
#define SM_LEVEL_VNNI
#include "math/bounds_pick_vnni.h"
#include "math/bytes.h"

enum {
    ROWS = SM_BOUND_ROWS,
    WORD = 64, /* bytes: four numbers of a block's rows */
    BLOCKS = SM_BOUND_MOST_TILE,
    QUERIES = 4,  /* a tile's, whose sums fill the registers */
    OFFSET = 136, /* of codes: 16 (h + 8) + l + 8 */
    LINE = 64,
};

#define INLINE static inline __attribute__((always_inline))

/* ---- a tile ---- */

typedef struct tile {
    int blocks;
    size_t words;         /* of each block */
    const uint8_t *codes; /* [blocks][words][WORD] */
    float scales[BLOCKS * ROWS], errors[BLOCKS * ROWS];
    const uint32_t *norms;
} tile;

/* Of 32 bytes of each row, four a vector: vector i has the bytes 4 i .. of row
 * r in its place r. */
INLINE void turn(const uint8_t *rows, size_t stride, __m512i out[8])
{
    __m512i const first = _mm512_setr_epi64(0, 1, 8, 9, 4, 5, 12, 13);
    __m512i const second = _mm512_setr_epi64(2, 3, 10, 11, 6, 7, 14, 15);
    __m512i x[8], y[8];
    for (size_t r = 0; r < 8; r++) {
        const uint8_t *const low = rows + r * stride;
        x[r] = _mm512_inserti64x4(
            _mm512_castsi256_si512(_mm256_loadu_si256((const void *)low)),
            _mm256_loadu_si256((const void *)(low + 8 * stride)), 1);
    }
    for (size_t r = 0; r < 8; r += 2) {
        y[r] = _mm512_unpacklo_epi32(x[r], x[r + 1]);
        y[r + 1] = _mm512_unpackhi_epi32(x[r], x[r + 1]);
    }
    for (size_t r = 0; r < 8; r += 4) {
        x[r] = _mm512_unpacklo_epi64(y[r], y[r + 2]);
        x[r + 1] = _mm512_unpackhi_epi64(y[r], y[r + 2]);
        x[r + 2] = _mm512_unpacklo_epi64(y[r + 1], y[r + 3]);
        x[r + 3] = _mm512_unpackhi_epi64(y[r + 1], y[r + 3]);
    }
    for (size_t i = 0; i < 4; i++) {
        out[i] = _mm512_permutex2var_epi64(x[i], first, x[i + 4]);
        out[i + 4] = _mm512_permutex2var_epi64(x[i], second, x[i + 4]);
    }
}

/* Word w of a block, of which low has l + 8. */
INLINE void join(const uint8_t *coarse, size_t w, __m512i low, uint8_t *room)
{
    __m512i const half = _mm512_set1_epi8(15);
    __m512i high = _mm512_loadu_si512(coarse + w / 2 * WORD);
    if (w % 2 == 0) high = _mm512_slli_epi16(high, 4);
    /* high where half has no bits, low where it has */
    _mm512_storeu_si512(room + w * WORD,
                        _mm512_ternarylogic_epi32(half, low, high, 0xca));
}

INLINE void join_block(size_t words, const uint8_t *coarse, const uint8_t *fine,
                       size_t fine_size, uint8_t *room)
{
    for (size_t g = 0; 16 * g < words; g++) {
        __m512i low[8];
        turn(fine + 32 * g, fine_size, low);
        for (size_t i = 0; i < 8; i++) {
            size_t const w = 16 * g + i;
            if (w < words) join(coarse, w, low[i], room);
            if (w + 8 < words)
                join(coarse, w + 8, _mm512_srli_epi16(low[i], 4), room);
        }
    }
}

/* The scales and the errors of 16 rows apart. */
INLINE void part_rests(const sm_bound_rest *rests, float *scales, float *errors)
{
    __m512i const even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18,
                                           20, 22, 24, 26, 28, 30);
    __m512i const odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21,
                                          23, 25, 27, 29, 31);
    vec const a = _mm512_loadu_ps((const float *)(const void *)rests);
    vec const b = _mm512_loadu_ps((const float *)(const void *)(rests + 8));
    _mm512_storeu_ps(scales, _mm512_permutex2var_ps(a, even, b));
    _mm512_storeu_ps(errors, _mm512_permutex2var_ps(a, odd, b));
}

static void make_tile(tile *t, int blocks, size_t dim, const sm_bound_full *at,
                      uint8_t *room)
{
    size_t const fine_size = sm_bound_fine_size(dim);
    size_t const coarse_size = ROWS * sm_bound_coarse_size(dim);
    t->blocks = blocks;
    t->words = (dim + 7) / 8 * 2;
    t->codes = room;
    t->norms = at->norms;
    for (size_t b = 0; b < (size_t)blocks; b++) {
        join_block(t->words, at->coarse + b * coarse_size,
                   at->fine + b * ROWS * fine_size, fine_size,
                   room + b * t->words * WORD);
        part_rests(at->rests + b * ROWS, t->scales + b * ROWS,
                   t->errors + b * ROWS);
    }
}

/* ---- what is read afterwards ---- */

typedef struct asking {
    const sm_bound_full *at;
    size_t coarse, fine, rests, norms; /* bytes */
} asking;

/* Part i of n of some memory. */
INLINE void ask_part(const void *memory, size_t size, size_t i, size_t n)
{
    size_t const lines = size / LINE + 1;
    for (size_t l = lines * i / n; l < lines * (i + 1) / n; l++)
        __builtin_prefetch((const char *)memory + l * LINE, 0, 2);
}

INLINE void ask(const asking *next, size_t i, size_t n)
{
    ask_part(next->at->coarse, next->coarse, i, n);
    ask_part(next->at->fine, next->fine, i, n);
    ask_part(next->at->rests, next->rests, i, n);
    ask_part(next->at->norms, next->norms, i, n);
}

/* ---- a tile and some queries ---- */

/* scale s dot + sign (by_error E + fine_by_norm N) of a block's rows */
INLINE vec bound(const sm_bound_query *query, const tile *t, size_t b, ints sum,
                 vec sign)
{
    size_t const r = b * ROWS;
    vec const dot = _mm512_cvtepi32_ps(
        _mm512_sub_epi32(sum, _mm512_set1_epi32(OFFSET * query->sum)));
    vec const slack = vec_fma(
        vec_set(query->by_error), vec_load(t->errors + r),
        vec_mul(vec_set(query->fine_by_norm), vec_load_low_bits(t->norms + r)));
    vec const scale = vec_mul(vec_set(query->scale), vec_load(t->scales + r));
    return vec_fma(scale, dot, vec_mul(sign, slack));
}

static __attribute__((noinline)) void take(const sm_bound_query *query,
                                           const tile *t, const ints *sums,
                                           uint64_t rows, uint32_t first,
                                           sm_bound_pick *pick)
{
    float uppers[BLOCKS * ROWS], lowers[BLOCKS * ROWS];
    size_t count = pick->count;
    for (size_t b = 0; b < (size_t)t->blocks; b++) {
        vec_store(uppers + b * ROWS, bound(query, t, b, sums[b], vec_set(1)));
        vec_store(lowers + b * ROWS, bound(query, t, b, sums[b], vec_set(-1)));
    }
    for (; rows; rows &= rows - 1, count++) {
        size_t const r = (size_t)__builtin_ctzll(rows);
        pick->at[count] = first + (uint32_t)r;
        pick->uppers[count] = uppers[r];
        pick->lowers[count] = lowers[r];
    }
    pick->count = count;
}

INLINE void pick_tile(const tile *t, const sm_bound_query *const *q,
                      uint64_t passing, uint32_t first, sm_bound_pick *picks,
                      int const blocks, int const queries)
{
    ints sum[QUERIES][BLOCKS];
#pragma GCC unroll 4
    for (int i = 0; i < queries; i++)
#pragma GCC unroll 4
        for (int b = 0; b < blocks; b++) sum[i][b] = ints_zero();
    for (size_t w = 0; w < t->words; w++) {
        bytes x[BLOCKS];
#pragma GCC unroll 4
        for (int b = 0; b < blocks; b++)
            x[b] = bytes_load(t->codes + ((size_t)b * t->words + w) * WORD);
#pragma GCC unroll 4
        for (int i = 0; i < queries; i++) {
            bytes const code = bytes_repeat(q[i]->codes + 4 * w);
#pragma GCC unroll 4
            for (int b = 0; b < blocks; b++)
                /* of the intrinsic gcc 12 makes a copy of each sum as well */
                __asm__("vpdpbusd %2, %1, %0"
                        : "+v"(sum[i][b])
                        : "v"(x[b]), "v"(code));
        }
    }
#pragma GCC unroll 4
    for (int i = 0; i < queries; i++) {
        uint64_t rows = 0;
#pragma GCC unroll 4
        for (int b = 0; b < blocks; b++)
            rows |= (uint64_t)vec_greater(
                        bound(q[i], t, (size_t)b, sum[i][b], vec_set(1)),
                        vec_set(picks[i].above))
                    << (b * ROWS);
        rows &= passing;
        if (rows) {
            ints own[BLOCKS]; /* the sums themselves stay in registers */
#pragma GCC unroll 4
            for (int b = 0; b < blocks; b++) own[b] = sum[i][b];
            take(q[i], t, own, rows, first, &picks[i]);
        }
    }
}

INLINE void pick_queries(size_t m, const tile *t,
                         const sm_bound_query *const *queries, uint64_t passing,
                         uint32_t first, const asking *next,
                         sm_bound_pick *picks, int const blocks)
{
    size_t const parts = (m + QUERIES - 1) / QUERIES;
    size_t q = 0;
    for (size_t part = 0; part < parts; part++) {
        ask(next, part, parts);
        if (q + QUERIES <= m) {
            pick_tile(t, queries + q, passing, first, picks + q, blocks,
                      QUERIES);
            q += QUERIES;
            continue;
        }
        if (q + 2 <= m) {
            pick_tile(t, queries + q, passing, first, picks + q, blocks, 2);
            q += 2;
        }
        if (q < m)
            pick_tile(t, queries + q, passing, first, picks + q, blocks, 1);
    }
}

static sm_bound_full from_block(const sm_bound_full *blocks, size_t dim,
                                size_t b)
{
    return (sm_bound_full){blocks->coarse +
                               b * ROWS * sm_bound_coarse_size(dim),
                           blocks->fine + b * ROWS * sm_bound_fine_size(dim),
                           blocks->rests + b * ROWS, blocks->norms + b * ROWS};
}

void sm_bound_pick_vnni(size_t m, size_t n, size_t dim,
                        const sm_bound_query *const *queries,
                        const sm_bound_full *blocks, const uint16_t *passing,
                        const sm_bound_full *next, sm_bound_pick *picks,
                        uint8_t *room)
{
    sm_bound_full at = *blocks, later = *next;
    for (size_t b = 0, some; b < n; b += some) {
        some = n - b >= BLOCKS ? BLOCKS : 1;
        asking const asked = {&later, some * ROWS * sm_bound_coarse_size(dim),
                              some * ROWS * sm_bound_fine_size(dim),
                              some * ROWS * sizeof *at.rests,
                              some * ROWS * sizeof *at.norms};
        uint32_t const first = (uint32_t)(b * ROWS);
        uint64_t mask = 0;
        tile t;
        for (size_t i = 0; i < some; i++)
            mask |= (uint64_t)passing[b + i] << (i * ROWS);
        make_tile(&t, (int)some, dim, &at, room);
        if (some == BLOCKS)
            pick_queries(m, &t, queries, mask, first, &asked, picks, BLOCKS);
        else
            pick_queries(m, &t, queries, mask, first, &asked, picks, 1);
        at = from_block(&at, dim, some);
        later = from_block(&later, dim, some);
    }
}
#endif
