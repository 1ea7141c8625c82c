/* bytes_avx512.h: bytes.h's vectors for AVX-512: one register, and, with
 * VNNI, sums in one step. */
#ifndef SM_BYTES_AVX512_H
#define SM_BYTES_AVX512_H

#include "math/simd.h"

typedef __m512i bytes;
typedef __m512i partial; /* of some products: int16, or int32 with VNNI */
typedef __m512i ints;    /* 16 int32 */

/* clang-format off */
static inline bytes bytes_load(const void *p) { return _mm512_loadu_si512(p); }
static inline void bytes_store(void *p, bytes x) { _mm512_storeu_si512(p, x); }
static inline partial partial_zero(void) { return _mm512_setzero_si512(); }
static inline ints ints_zero(void) { return _mm512_setzero_si512(); }
/* clang-format on */
/* the four bytes at p, 16 times */
static inline bytes bytes_repeat(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return _mm512_set1_epi32(four);
}
/* the lower, or upper, half of each byte */
static inline bytes bytes_low(bytes x)
{
    return _mm512_and_si512(x, _mm512_set1_epi8(15));
}
static inline bytes bytes_high(bytes x)
{
    return bytes_low(_mm512_srli_epi16(x, 4));
}
/* the lower halves of 32 bytes, then the upper ones */
static inline bytes bytes_load_halves(const uint8_t *p)
{
    __m256i const x = _mm256_loadu_si256((const void *)p);
    return bytes_low(_mm512_inserti64x4(_mm512_castsi256_si512(x),
                                        _mm256_srli_epi16(x, 4), 1));
}
#if defined(SM_LEVEL_VNNI)
enum { BYTES_STEPS = 1 << 30 };
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
    return _mm512_dpbusd_epi32(sum, small, codes);
}
static inline ints ints_take(ints sum, partial x)
{
    return _mm512_add_epi32(sum, x);
}
#else
enum { BYTES_STEPS = 8 };
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
    return _mm512_add_epi16(sum, _mm512_maddubs_epi16(small, codes));
}
static inline ints ints_take(ints sum, partial x)
{
    return _mm512_add_epi32(sum, _mm512_madd_epi16(x, _mm512_set1_epi16(1)));
}
#endif
/* p[i] += the sum of x[i], for 16, halves, quarters, pairs and lanes at once */
static inline void ints_add_sums(int32_t *p, const ints *x)
{
    __m512i h[8], y[4], z[2];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        __m512i const a = x[i + (i & 4)], b = x[i + (i & 4) + 4];
        h[i] = _mm512_add_epi32(_mm512_mask_blend_epi32(0xff00, a, b),
                                _mm512_shuffle_i32x4(a, b, 0x4e));
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        y[i] = _mm512_add_epi32(_mm512_shuffle_i32x4(h[i], h[i + 4], 0x88),
                                _mm512_shuffle_i32x4(h[i], h[i + 4], 0xdd));
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++)
        z[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(y[2 * i], y[2 * i + 1]),
                                _mm512_unpackhi_epi64(y[2 * i], y[2 * i + 1]));
    __m512 const c = _mm512_castsi512_ps(z[0]), d = _mm512_castsi512_ps(z[1]);
    __m512i const sum =
        _mm512_add_epi32(_mm512_castps_si512(_mm512_shuffle_ps(c, d, 0x88)),
                         _mm512_castps_si512(_mm512_shuffle_ps(c, d, 0xdd)));
    _mm512_storeu_si512(p, _mm512_add_epi32(sum, _mm512_loadu_si512(p)));
}
/* a number of sqrt(x) or more, if by little, for x of 0 .. 2^126 */
static inline vec vec_root_above(vec x)
{
    /* of 0 and of infinity the estimate below is none */
    x = _mm512_min_ps(_mm512_max_ps(x, _mm512_set1_ps(0x1p-100f)),
                      _mm512_set1_ps(0x1p126f));
    return _mm512_mul_ps(
        x, _mm512_mul_ps(_mm512_rsqrt14_ps(x), _mm512_set1_ps(1 + 0x1p-13f)));
}
/* p[i] = the largest lane of x[i], for four */
static inline void vec_largest_of_four(float *p, const vec *x)
{
    __m512 const a = _mm512_max_ps(_mm512_unpacklo_ps(x[0], x[1]),
                                   _mm512_unpackhi_ps(x[0], x[1]));
    __m512 const b = _mm512_max_ps(_mm512_unpacklo_ps(x[2], x[3]),
                                   _mm512_unpackhi_ps(x[2], x[3]));
    __m512 const c = _mm512_max_ps(_mm512_shuffle_ps(a, b, 0x44),
                                   _mm512_shuffle_ps(a, b, 0xee));
    __m256 const d =
        _mm256_max_ps(_mm512_castps512_ps256(c), _mm512_extractf32x8_ps(c, 1));
    _mm_storeu_ps(
        p, _mm_max_ps(_mm256_castps256_ps128(d), _mm256_extractf128_ps(d, 1)));
}
/* p[i] = 16 x_i + offset */
static inline void ints_store_16(int32_t *p, ints x, int32_t offset)
{
    _mm512_storeu_si512(p, _mm512_add_epi32(_mm512_slli_epi32(x, 4),
                                            _mm512_set1_epi32(offset)));
}
static inline vec vec_load_int32(const int32_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_loadu_si512(p));
}
/* floats by their bits, and those whose upper bits are the lower ones here */
static inline vec vec_load_bits(const uint32_t *p)
{
    return _mm512_castsi512_ps(_mm512_loadu_si512(p));
}
static inline vec vec_load_low_bits(const uint32_t *p)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_loadu_si512(p), 16));
}
/* whole numbers of -128 .. 127 as bytes */
static inline void vec_store_int8(int8_t *p, vec x)
{
    _mm_storeu_si128((void *)p, _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(x)));
}

#endif
