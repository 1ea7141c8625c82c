/* bytes_avx2.h: bytes.h's vectors for AVX2: two registers. */
#ifndef SM_BYTES_AVX2_H
#define SM_BYTES_AVX2_H

#include "math/simd.h"

typedef struct bytes {
    __m256i half[2];
} bytes;
typedef bytes partial; /* int16 */
typedef bytes ints;    /* int32 */

enum { BYTES_STEPS = 8 };

static inline bytes bytes_load(const void *p)
{
    const __m256i *const at = p;
    return (bytes){{_mm256_loadu_si256(at), _mm256_loadu_si256(at + 1)}};
}
static inline void bytes_store(void *p, bytes x)
{
    __m256i *const at = p;
    _mm256_storeu_si256(at, x.half[0]);
    _mm256_storeu_si256(at + 1, x.half[1]);
}
static inline partial partial_zero(void)
{
    return (partial){{_mm256_setzero_si256(), _mm256_setzero_si256()}};
}
static inline ints ints_zero(void)
{
    return partial_zero();
}
static inline bytes bytes_repeat(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    return (bytes){{_mm256_set1_epi32(four), _mm256_set1_epi32(four)}};
}
static inline __m256i lower_halves(__m256i x)
{
    return _mm256_and_si256(x, _mm256_set1_epi8(15));
}
static inline bytes bytes_low(bytes x)
{
    return (bytes){{lower_halves(x.half[0]), lower_halves(x.half[1])}};
}
static inline bytes bytes_high(bytes x)
{
    return (bytes){{lower_halves(_mm256_srli_epi16(x.half[0], 4)),
                    lower_halves(_mm256_srli_epi16(x.half[1], 4))}};
}
static inline bytes bytes_load_halves(const uint8_t *p)
{
    __m256i const x = _mm256_loadu_si256((const void *)p);
    return (bytes){{lower_halves(x), lower_halves(_mm256_srli_epi16(x, 4))}};
}
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
    for (int i = 0; i < 2; i++)
        sum.half[i] = _mm256_add_epi16(
            sum.half[i], _mm256_maddubs_epi16(small.half[i], codes.half[i]));
    return sum;
}
static inline ints ints_take(ints sum, partial x)
{
    for (int i = 0; i < 2; i++)
        sum.half[i] = _mm256_add_epi32(
            sum.half[i], _mm256_madd_epi16(x.half[i], _mm256_set1_epi16(1)));
    return sum;
}
static inline int32_t ints_sum(ints x)
{
    __m256i const y = _mm256_add_epi32(x.half[0], x.half[1]);
    __m128i z = _mm_add_epi32(_mm256_castsi256_si128(y),
                              _mm256_extracti128_si256(y, 1));
    z = _mm_add_epi32(z, _mm_shuffle_epi32(z, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(z, _mm_shuffle_epi32(z, 0xb1)));
}
static inline void ints_add_sums(int32_t *p, const ints *x)
{
    for (int i = 0; i < 16; i++) p[i] += ints_sum(x[i]);
}
static inline vec vec_root_above(vec x)
{
    /* of 0 and of infinity the estimate below is none */
    x = _mm256_min_ps(_mm256_max_ps(x, _mm256_set1_ps(0x1p-100f)),
                      _mm256_set1_ps(0x1p126f));
    return _mm256_mul_ps(
        x, _mm256_mul_ps(_mm256_rsqrt_ps(x), _mm256_set1_ps(1 + 0x1p-11f)));
}
static inline void ints_store_16(int32_t *p, ints x, int32_t offset)
{
    for (int i = 0; i < 2; i++)
        x.half[i] = _mm256_add_epi32(_mm256_slli_epi32(x.half[i], 4),
                                     _mm256_set1_epi32(offset));
    bytes_store(p, x);
}
static inline vec vec_load_int32(const int32_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_loadu_si256((const void *)p));
}
static inline vec vec_load_bits(const uint32_t *p)
{
    return _mm256_castsi256_ps(_mm256_loadu_si256((const void *)p));
}
static inline vec vec_load_low_bits(const uint32_t *p)
{
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_loadu_si256((const void *)p), 16));
}
static inline void vec_store_int8(int8_t *p, vec x)
{
    __m256i const y = _mm256_cvtps_epi32(x);
    __m128i const z = _mm_packs_epi32(_mm256_castsi256_si128(y),
                                      _mm256_extracti128_si256(y, 1));
    _mm_storel_epi64((void *)p, _mm_packs_epi16(z, z));
}

#endif
