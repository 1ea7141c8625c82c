/* kernels_words_impl.h: products of int8 rows that stand anywhere in a table
 * with a few int16 vectors; for kernels_impl.h. Whole numbers: the same at each
 * level. No include guard on purpose. */

#if defined(SM_LEVEL_AVX512)

typedef __m512i shorts;
enum { SHORTS = 32 };

static inline shorts shorts_of_bytes(const int8_t *p)
{
    return _mm512_cvtepi8_epi16(_mm256_loadu_si256((const void *)p));
}
static inline shorts shorts_load(const int16_t *p)
{
    return _mm512_loadu_si512(p);
}
static inline shorts shorts_add_products(shorts sum, shorts x, shorts y)
{
    return _mm512_add_epi32(sum, _mm512_madd_epi16(x, y));
}
static inline shorts shorts_zero(void)
{
    return _mm512_setzero_si512();
}
static inline int32_t shorts_sum(shorts x)
{
    return _mm512_reduce_add_epi32(x);
}

#elif defined(SM_LEVEL_AVX2)

typedef __m256i shorts;
enum { SHORTS = 16 };

static inline shorts shorts_of_bytes(const int8_t *p)
{
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const void *)p));
}
static inline shorts shorts_load(const int16_t *p)
{
    return _mm256_loadu_si256((const void *)p);
}
static inline shorts shorts_add_products(shorts sum, shorts x, shorts y)
{
    return _mm256_add_epi32(sum, _mm256_madd_epi16(x, y));
}
static inline shorts shorts_zero(void)
{
    return _mm256_setzero_si256();
}
static inline int32_t shorts_sum(shorts x)
{
    __m128i y = _mm_add_epi32(_mm256_castsi256_si128(x),
                              _mm256_extracti128_si256(x, 1));
    y = _mm_add_epi32(y, _mm_shuffle_epi32(y, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(y, _mm_shuffle_epi32(y, 0xb1)));
}

#elif defined(SM_LEVEL_NEON)

typedef struct shorts {
    int16x8_t x; /* numbers, or, of sums, four of 32 bits */
} shorts;
enum { SHORTS = 8 };

static inline shorts shorts_of_bytes(const int8_t *p)
{
    return (shorts){vmovl_s8(vld1_s8(p))};
}
static inline shorts shorts_load(const int16_t *p)
{
    return (shorts){vld1q_s16(p)};
}
static inline shorts shorts_add_products(shorts sum, shorts x, shorts y)
{
    int32x4_t s = vreinterpretq_s32_s16(sum.x);
    s = vmlal_s16(s, vget_low_s16(x.x), vget_low_s16(y.x));
    s = vmlal_s16(s, vget_high_s16(x.x), vget_high_s16(y.x));
    return (shorts){vreinterpretq_s16_s32(s)};
}
static inline shorts shorts_zero(void)
{
    return (shorts){vdupq_n_s16(0)};
}
static inline int32_t shorts_sum(shorts x)
{
    return vaddvq_s32(vreinterpretq_s32_s16(x.x));
}

#else

/* The plain loop, which the others are held to. */
typedef int32_t shorts;
enum { SHORTS = 1 };

static inline shorts shorts_of_bytes(const int8_t *p)
{
    return *p;
}
static inline shorts shorts_load(const int16_t *p)
{
    return *p;
}
static inline shorts shorts_add_products(shorts sum, shorts x, shorts y)
{
    return sum + x * y;
}
static inline shorts shorts_zero(void)
{
    return 0;
}
static inline int32_t shorts_sum(shorts x)
{
    return x;
}

#endif

/* The products of one row with some vectors, rows of out ldo apart. */
static inline __attribute__((always_inline)) void
words_tile(size_t dim, const int16_t *vectors, const int8_t *row, int32_t *out,
           size_t ldo, int const count)
{
    shorts sum[4];
#pragma GCC unroll 4
    for (int q = 0; q < count; q++) sum[q] = shorts_zero();
    for (size_t i = 0; i < dim; i += SHORTS) {
        shorts const x = shorts_of_bytes(row + i);
#pragma GCC unroll 4
        for (int q = 0; q < count; q++)
            sum[q] = shorts_add_products(
                sum[q], x, shorts_load(vectors + (size_t)q * dim + i));
    }
#pragma GCC unroll 4
    for (int q = 0; q < count; q++) out[(size_t)q * ldo] = shorts_sum(sum[q]);
}

static void kernel_dots_int8(size_t m, size_t n, size_t dim,
                             const int16_t *vectors, const uint32_t *rows,
                             const int8_t *table, int32_t *out, size_t ldo)
{
    enum { AHEAD = 4, LINE = 64 };
    for (size_t r = 0; r < n; r++) {
        const int8_t *const row = table + rows[r] * dim;
        if (r + AHEAD < n)
            for (size_t i = 0; i < dim; i += LINE)
                __builtin_prefetch(table + rows[r + AHEAD] * dim + i);
        size_t q = 0;
        for (; q + 4 <= m; q += 4)
            words_tile(dim, vectors + q * dim, row, out + q * ldo + r, ldo, 4);
        for (; q < m; q++)
            words_tile(dim, vectors + q * dim, row, out + q * ldo + r, ldo, 1);
    }
}
