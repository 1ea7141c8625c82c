/* simd_avx2.h: simd.h's vectors of 8 floats, for AVX2 with FMA and F16C. */
#ifndef SM_SIMD_AVX2_H
#define SM_SIMD_AVX2_H

#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

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

#endif
