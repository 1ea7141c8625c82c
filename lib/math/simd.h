/* simd.h: a vector of floats at the level that a kernels_*.c file is compiled
 * for: VEC_WIDTH lanes, the few operations that kernels_impl.h needs, and
 * nothing else. The portable level uses the compiler's generic vectors of four
 * lanes, which are NEON registers on AArch64. */
#ifndef SM_SIMD_H
#define SM_SIMD_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "math/half.h"

#if defined(SM_LEVEL_AVX512)

#include <immintrin.h>

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

#elif defined(SM_LEVEL_AVX2)

#include <immintrin.h>

enum { VEC_WIDTH = 8 };
typedef __m256 vec;

/* clang-format off */
static inline vec vec_set(float x) { return _mm256_set1_ps(x); }
static inline vec vec_load(const float *p) { return _mm256_loadu_ps(p); }
static inline void vec_store(float *p, vec x) { _mm256_storeu_ps(p, x); }
static inline vec vec_add(vec a, vec b) { return _mm256_add_ps(a, b); }
static inline vec vec_sub(vec a, vec b) { return _mm256_sub_ps(a, b); }
static inline vec vec_mul(vec a, vec b) { return _mm256_mul_ps(a, b); }
static inline vec vec_div(vec a, vec b) { return _mm256_div_ps(a, b); }
static inline vec vec_max(vec a, vec b) { return _mm256_max_ps(a, b); }
static inline vec vec_min(vec a, vec b) { return _mm256_min_ps(a, b); }
static inline vec vec_sqrt(vec a) { return _mm256_sqrt_ps(a); }
/* clang-format on */
static inline vec vec_over_root(vec a, vec x)
{
    return _mm256_div_ps(a, _mm256_sqrt_ps(x));
}
static inline vec vec_fma(vec a, vec b, vec c)
{
    return _mm256_fmadd_ps(a, b, c);
}
static inline vec vec_round(vec a)
{
    return _mm256_round_ps(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
static inline vec vec_power2(vec n)
{
    __m256i const exponent =
        _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    return _mm256_castsi256_ps(_mm256_slli_epi32(exponent, 23));
}
static inline __m256i vec_part_mask(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
static inline vec vec_load_part(const float *p, size_t n)
{
    return _mm256_maskload_ps(p, vec_part_mask(n));
}
static inline void vec_store_part(float *p, size_t n, vec x)
{
    _mm256_maskstore_ps(p, vec_part_mask(n), x);
}
static inline unsigned vec_greater(vec a, vec b)
{
    return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ));
}
static inline vec vec_load_half(const uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128((const void *)p));
}
static inline vec vec_load_int8(const int8_t *p)
{
    return _mm256_cvtepi32_ps(
        _mm256_cvtepi8_epi32(_mm_loadl_epi64((const void *)p)));
}
static inline size_t vec_count_greater(vec a, vec b)
{
    return (size_t)__builtin_popcount(vec_greater(a, b));
}
static inline vec vec_where_greater(vec a, vec b, vec x)
{
    return _mm256_and_ps(_mm256_cmp_ps(a, b, _CMP_GT_OQ), x);
}
static inline vec vec_where_equal(const uint32_t *p, uint32_t own, vec x)
{
    __m256i const mask = _mm256_cmpeq_epi32(
        _mm256_loadu_si256((const __m256i *)p), _mm256_set1_epi32((int)own));
    return _mm256_and_ps(_mm256_castsi256_ps(mask), x);
}
/* the sum of the lanes, half upon half: one fixed order, without memory */
static inline float vec_sum(vec x)
{
    __m128 y =
        _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_add_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_add_ss(y, _mm_movehdup_ps(y)));
}
static inline float vec_largest(vec x)
{
    __m128 y =
        _mm_max_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    y = _mm_max_ps(y, _mm_movehl_ps(y, y));
    return _mm_cvtss_f32(_mm_max_ss(y, _mm_movehdup_ps(y)));
}
/* lane r = vec_sum(x[r]), to the last bit: halves, pairs, lanes */
static inline __attribute__((always_inline)) vec vec_sums(const vec *x)
{
    vec y[4], z[2];
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        y[i] = _mm256_add_ps(_mm256_blend_ps(x[i], x[i + 4], 0xf0),
                             _mm256_permute2f128_ps(x[i], x[i + 4], 0x21));
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++)
        z[i] = _mm256_add_ps(_mm256_shuffle_ps(y[2 * i], y[2 * i + 1], 0x44),
                             _mm256_shuffle_ps(y[2 * i], y[2 * i + 1], 0xee));
    return _mm256_add_ps(_mm256_shuffle_ps(z[0], z[1], 0x88),
                         _mm256_shuffle_ps(z[0], z[1], 0xdd));
}

#else

enum { VEC_WIDTH = 4 };
typedef float vec __attribute__((vector_size(16)));
typedef int vec_bits __attribute__((vector_size(16)));

static inline vec vec_set(float x)
{
    return (vec){x, x, x, x};
}
static inline vec vec_load(const float *p)
{
    vec x;
    memcpy(&x, p, sizeof x);
    return x;
}
/* clang-format off */
static inline void vec_store(float *p, vec x) { memcpy(p, &x, sizeof x); }
static inline vec vec_add(vec a, vec b) { return a + b; }
static inline vec vec_sub(vec a, vec b) { return a - b; }
static inline vec vec_mul(vec a, vec b) { return a * b; }
static inline vec vec_div(vec a, vec b) { return a / b; }
static inline vec vec_choose(vec_bits mask, vec a, vec b)
{
    return (vec)((mask & (vec_bits)a) | (~mask & (vec_bits)b));
}
static inline vec vec_max(vec a, vec b) { return vec_choose(a > b, a, b); }
static inline vec vec_min(vec a, vec b) { return vec_choose(a < b, a, b); }
static inline vec vec_sqrt(vec a)
{
    return (vec){sqrtf(a[0]), sqrtf(a[1]), sqrtf(a[2]), sqrtf(a[3])};
}
static inline vec vec_over_root(vec a, vec x) { return a / vec_sqrt(x); }
static inline vec vec_fma(vec a, vec b, vec c) { return a * b + c; }
/* clang-format on */
static inline vec vec_round(vec a)
{
    /* to nearest, for |a| < 2^22: the sum keeps no fraction */
    vec const magic = vec_set(12582912.0f);
    return (a + magic) - magic;
}
static inline vec vec_power2(vec n)
{
    return (vec)((__builtin_convertvector(n, vec_bits) + 127) << 23);
}
static inline vec vec_load_part(const float *p, size_t n)
{
    vec x = vec_set(0);
    memcpy(&x, p, n * sizeof *p);
    return x;
}
static inline void vec_store_part(float *p, size_t n, vec x)
{
    memcpy(p, &x, n * sizeof *p);
}
static inline unsigned vec_greater(vec a, vec b)
{
    vec_bits const m = (a > b) & (vec_bits){1, 2, 4, 8};
    return (unsigned)((m[0] | m[1]) | (m[2] | m[3]));
}
static inline vec vec_load_half(const uint16_t *p)
{
    return (vec){sm_half_to_float(p[0]), sm_half_to_float(p[1]),
                 sm_half_to_float(p[2]), sm_half_to_float(p[3])};
}
static inline vec vec_load_int8(const int8_t *p)
{
    return (vec){(float)p[0], (float)p[1], (float)p[2], (float)p[3]};
}
static inline size_t vec_count_greater(vec a, vec b)
{
    vec_bits const m = a > b;
    return (size_t)-(m[0] + m[1] + m[2] + m[3]);
}
static inline vec vec_where_greater(vec a, vec b, vec x)
{
    return (vec)((a > b) & (vec_bits)x);
}
static inline vec vec_where_equal(const uint32_t *p, uint32_t own, vec x)
{
    vec_bits numbers;
    memcpy(&numbers, p, sizeof numbers);
    return (vec)((numbers == (int)own) & (vec_bits)x);
}
/* the sum of the lanes, half upon half: one fixed order, without memory */
static inline float vec_sum(vec x)
{
    return (x[0] + x[2]) + (x[1] + x[3]);
}
static inline float vec_largest(vec x)
{
    float const a = x[0] > x[2] ? x[0] : x[2], b = x[1] > x[3] ? x[1] : x[3];
    return a > b ? a : b;
}
/* lane r = vec_sum(x[r]) */
static inline vec vec_sums(const vec *x)
{
    return (vec){vec_sum(x[0]), vec_sum(x[1]), vec_sum(x[2]), vec_sum(x[3])};
}

#endif

#if !defined(SM_LEVEL_AVX512)
static inline vec vec_load_half_part(const uint16_t *p, size_t n)
{
    uint16_t lanes[VEC_WIDTH] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vec_load_half(lanes);
}
static inline vec vec_load_int8_part(const int8_t *p, size_t n)
{
    int8_t lanes[VEC_WIDTH] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vec_load_int8(lanes);
}
#endif

/* tanh, within 3.5e-7: x P(x^2) / Q(x^2) after clamping, with the coefficients
 * of Eigen's float tanh, which is TensorFlow's too. */
static inline vec vec_tanh(vec x)
{
    vec const limit = vec_set(7.90531110763549805f);
    /* in this order a NaN stays one */
    x = vec_min(limit, vec_max(vec_sub(vec_set(0), limit), x));
    vec const x2 = vec_mul(x, x);
    vec p = vec_set(-2.76076847742355e-16f);
    p = vec_fma(p, x2, vec_set(2.00018790482477e-13f));
    p = vec_fma(p, x2, vec_set(-8.60467152213735e-11f));
    p = vec_fma(p, x2, vec_set(5.12229709037114e-08f));
    p = vec_fma(p, x2, vec_set(1.48572235717979e-05f));
    p = vec_fma(p, x2, vec_set(6.37261928875436e-04f));
    p = vec_fma(p, x2, vec_set(4.89352455891786e-03f));
    vec q = vec_set(1.19825839466702e-06f);
    q = vec_fma(q, x2, vec_set(1.18534705686654e-04f));
    q = vec_fma(q, x2, vec_set(2.26843463243900e-03f));
    q = vec_fma(q, x2, vec_set(4.89352518554385e-03f));
    return vec_div(vec_mul(x, p), q);
}

/* sigma(x) = 1/2 + tanh(x/2) / 2 */
static inline vec vec_sigmoid(vec x)
{
    vec const half = vec_set(0.5f);
    return vec_fma(half, vec_tanh(vec_mul(half, x)), half);
}

/* exp for x <= 88; below -87.3 as there, 1e-38. exp(x) = 2^n exp(r),
 * r = x - n ln 2, the latter by Cephes's polynomial. */
static inline vec vec_exp(vec x)
{
    vec const lowest = vec_set(-87.33654f);
    vec const y = vec_max(lowest, x);
    vec const n = vec_round(vec_mul(y, vec_set(1.44269504088896341f)));
    vec r = vec_fma(n, vec_set(-0.693359375f), y);
    r = vec_fma(n, vec_set(2.12194440e-4f), r);
    vec p = vec_set(1.9875691500e-4f);
    p = vec_fma(p, r, vec_set(1.3981999507e-3f));
    p = vec_fma(p, r, vec_set(8.3334519073e-3f));
    p = vec_fma(p, r, vec_set(4.1665795894e-2f));
    p = vec_fma(p, r, vec_set(1.6666665459e-1f));
    p = vec_fma(p, r, vec_set(5.0000001201e-1f));
    p = vec_add(vec_fma(vec_mul(r, r), p, r), vec_set(1.0f));
    return vec_mul(p, vec_power2(n));
}

#endif
