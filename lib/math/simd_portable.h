/* simd_portable.h: simd.h's vectors of 4 floats, for any processor: the
 * compiler's generic vectors, without a multiply-add of one rounding, so that
 * the bits are the same everywhere. */
#ifndef SM_SIMD_PORTABLE_H
#define SM_SIMD_PORTABLE_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "math/half.h"

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
