/* simd.h: a vector of floats at the level that a kernels_*.c file is compiled
 * for: VEC_WIDTH lanes, the few operations that kernels_impl.h needs, and
 * nothing else. What a level does in its own way is in simd_LEVEL.h; here are
 * the functions that are made of it. */
#ifndef SM_SIMD_H
#define SM_SIMD_H

#include <float.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(SM_LEVEL_AVX512)
#include "math/simd_avx512.h"
#elif defined(SM_LEVEL_AVX2)
#include "math/simd_avx2.h"
#elif defined(SM_LEVEL_NEON)
#include "math/simd_neon.h"
#else
#include "math/simd_portable.h"
#endif

#if !defined(SM_LEVEL_NEON)
/* x within the bounds; in this order a NaN stays one */
static inline vec vec_bound(vec lowest, vec highest, vec x)
{
    return vec_min(highest, vec_max(lowest, x));
}
/* a constant in all lanes, to which a product is added */
#define VEC_ADDEND(C) vec_set(C)
/* P, from which several vectors are loaded */
#define VEC_BASE(P) (P)
#endif

#if defined(SM_LEVEL_AVX2) || defined(SM_LEVEL_PORTABLE)
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
    x = vec_bound(vec_sub(vec_set(0), limit), limit, x);
    vec const x2 = vec_mul(x, x);
    vec p = vec_set(-2.76076847742355e-16f);
    p = vec_fma(p, x2, VEC_ADDEND(2.00018790482477e-13f));
    p = vec_fma(p, x2, VEC_ADDEND(-8.60467152213735e-11f));
    p = vec_fma(p, x2, VEC_ADDEND(5.12229709037114e-08f));
    p = vec_fma(p, x2, VEC_ADDEND(1.48572235717979e-05f));
    p = vec_fma(p, x2, VEC_ADDEND(6.37261928875436e-04f));
    p = vec_fma(p, x2, VEC_ADDEND(4.89352455891786e-03f));
    vec q = vec_set(1.19825839466702e-06f);
    q = vec_fma(q, x2, VEC_ADDEND(1.18534705686654e-04f));
    q = vec_fma(q, x2, VEC_ADDEND(2.26843463243900e-03f));
    q = vec_fma(q, x2, VEC_ADDEND(4.89352518554385e-03f));
    return vec_div(vec_mul(x, p), q);
}

/* sigma(x) = 1/2 + tanh(x/2) / 2 */
static inline vec vec_sigmoid(vec x)
{
    vec const half = vec_set(0.5f);
    return vec_fma(half, vec_tanh(vec_mul(half, x)), VEC_ADDEND(0.5f));
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
    p = vec_fma(p, r, VEC_ADDEND(1.3981999507e-3f));
    p = vec_fma(p, r, VEC_ADDEND(8.3334519073e-3f));
    p = vec_fma(p, r, VEC_ADDEND(4.1665795894e-2f));
    p = vec_fma(p, r, VEC_ADDEND(1.6666665459e-1f));
    p = vec_fma(p, r, VEC_ADDEND(5.0000001201e-1f));
    p = vec_add(vec_fma(vec_mul(r, r), p, r), vec_set(1.0f));
    return vec_mul(p, vec_power2(n));
}

#endif
