/* simd_avx512.h: simd.h's vectors of 16 floats, for AVX-512 F, DQ, BW, VL. */
#ifndef SM_SIMD_AVX512_H
#define SM_SIMD_AVX512_H

#include <float.h>
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

enum { VEC_WIDTH = 16 };
typedef __m512 vec;

/* one operation a line */
/* clang-format off */
static inline vec vec_set(float x) { return _mm512_set1_ps(x); }
static inline vec vec_load(const float *p) { return _mm512_loadu_ps(p); }
static inline void vec_store(float *p, vec x) { _mm512_storeu_ps(p, x); }
static inline vec vec_add(vec a, vec b) { return _mm512_add_ps(a, b); }
static inline vec vec_sub(vec a, vec b) { return _mm512_sub_ps(a, b); }
static inline vec vec_mul(vec a, vec b) { return _mm512_mul_ps(a, b); }
static inline vec vec_div(vec a, vec b) { return _mm512_div_ps(a, b); }
static inline vec vec_max(vec a, vec b) { return _mm512_max_ps(a, b); }
static inline vec vec_min(vec a, vec b) { return _mm512_min_ps(a, b); }
static inline vec vec_sqrt(vec a) { return _mm512_sqrt_ps(a); }
/* clang-format on */
/* a / sqrt(x) within 3 ulp: Newton's step on the processor's estimate takes a
 * third of the time that its root and its quotient do; 0 and infinity need
 * none */
static inline vec vec_over_root(vec a, vec x)
{
    vec const y = _mm512_rsqrt14_ps(x), half = _mm512_mul_ps(vec_set(0.5f), y);
    vec const rest = _mm512_fnmadd_ps(_mm512_mul_ps(x, y), y, vec_set(1));
    __mmask16 const inside =
        _mm512_cmp_ps_mask(x, vec_set(0), _CMP_GT_OQ) &
        _mm512_cmp_ps_mask(x, vec_set(FLT_MAX), _CMP_LE_OQ);
    return _mm512_mul_ps(a, _mm512_mask3_fmadd_ps(half, rest, y, inside));
}
/* a b + c */
static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm512_fmadd_ps(a, b, c);
}
static inline vec vec_round(vec a)
{
    return _mm512_roundscale_ps(a,
                                _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
/* 2^n for whole n in -126 .. 127 */
static inline vec vec_power2(vec n)
{
    return _mm512_scalef_ps(_mm512_set1_ps(1.0f), n);
}
/* the first n < VEC_WIDTH lanes; the others are 0, or not stored */
static inline vec vec_load_part(const float *p, size_t n)
{
    return _mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
}
static inline void vec_store_part(float *p, size_t n, vec x)
{
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), x);
}
/* bit l: whether a > b in lane l */
static inline unsigned vec_greater(vec a, vec b)
{
    return _mm512_cmp_ps_mask(a, b, _CMP_GT_OQ);
}
/* halves, or int8, as floats */
static inline vec vec_load_half(const uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256((const void *)p));
}
static inline vec vec_load_half_part(const uint16_t *p, size_t n)
{
    return _mm512_cvtph_ps(
        _mm256_maskz_loadu_epi16((__mmask16)((1u << n) - 1), p));
}
static inline vec vec_load_int8(const int8_t *p)
{
    return _mm512_cvtepi32_ps(
        _mm512_cvtepi8_epi32(_mm_loadu_si128((const void *)p)));
}
static inline vec vec_load_int8_part(const int8_t *p, size_t n)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(
        _mm_maskz_loadu_epi8((__mmask16)((1u << n) - 1), p)));
}
static inline size_t vec_count_greater(vec a, vec b)
{
    return (size_t)__builtin_popcount(vec_greater(a, b));
}
/* x in the lanes in which a > b, or in which p[] is own, and 0 in the others */
static inline vec vec_where_greater(vec a, vec b, vec x)
{
    return _mm512_maskz_mov_ps(_mm512_cmp_ps_mask(a, b, _CMP_GT_OQ), x);
}
static inline vec vec_where_equal(const uint32_t *p, uint32_t own, vec x)
{
    return _mm512_maskz_mov_ps(
        _mm512_cmpeq_epi32_mask(_mm512_loadu_si512(p),
                                _mm512_set1_epi32((int)own)),
        x);
}
/* the sum of the lanes, half upon half: one fixed order, without memory */
static inline float vec_sum(vec x)
{
    __m256 const h =
        _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps(x, 1));
    __m128 y =
        _mm_add_ps(_mm256_castps256_ps128(h), _mm256_extractf128_ps(h, 1));
    y = _mm_add_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
}
/* the largest lane, if none is NaN */
static inline float vec_largest(vec x)
{
    return _mm512_reduce_max_ps(x);
}
/* lane r = vec_sum(x[r]), to the last bit: halves, quarters, pairs, lanes */
static inline __attribute__((always_inline)) vec vec_sums(const vec *x)
{
    vec h[8], y[4], z[2];
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) {
        vec const a = x[i + (i & 4)], b = x[i + (i & 4) + 4];
        h[i] = _mm512_add_ps(_mm512_mask_blend_ps(0xff00, a, b),
                             _mm512_shuffle_f32x4(a, b, 0x4e));
    }
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        y[i] = _mm512_add_ps(_mm512_shuffle_f32x4(h[i], h[i + 4], 0x88),
                             _mm512_shuffle_f32x4(h[i], h[i + 4], 0xdd));
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++)
        z[i] = _mm512_add_ps(_mm512_shuffle_ps(y[2 * i], y[2 * i + 1], 0x44),
                             _mm512_shuffle_ps(y[2 * i], y[2 * i + 1], 0xee));
    return _mm512_add_ps(_mm512_shuffle_ps(z[0], z[1], 0x88),
                         _mm512_shuffle_ps(z[0], z[1], 0xdd));
}

/* half a vector, and another behind it */
enum { VEC_HALF = VEC_WIDTH / 2 };
static inline vec vec_load_halves(const float *p, const float *q)
{
    return _mm512_insertf32x8(_mm512_castps256_ps512(_mm256_loadu_ps(p)),
                              _mm256_loadu_ps(q), 1);
}
static inline void vec_store_halves(float *p, float *q, vec x)
{
    _mm256_storeu_ps(p, _mm512_castps512_ps256(x));
    _mm256_storeu_ps(q, _mm512_extractf32x8_ps(x, 1));
}

#endif
