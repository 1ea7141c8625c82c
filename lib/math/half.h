/* half.h: IEEE 754 binary16, the "half" of float16 tables, to and from float.
 * By integers alone, so that a host's flush-to-zero mode changes nothing. */
#ifndef SM_HALF_H
#define SM_HALF_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Beyond any finite half lie infinities and NaNs. */
#define SM_HALF_EXPONENT UINT16_C(0x7c00)

static inline bool sm_half_finite(uint16_t half)
{
    return (half & SM_HALF_EXPONENT) != SM_HALF_EXPONENT;
}

/* Exact: every half is a float. */
static inline float sm_half_to_float(uint16_t half)
{
    uint32_t const sign = (uint32_t)(half & 0x8000) << 16;
    uint32_t const exponent = (half >> 10) & 31, fraction = half & 0x3ff;
    uint32_t bits;
    float x;
    if (exponent == 31) {
        bits = 0x7f800000 | fraction << 13;
    } else if (exponent > 0) {
        bits = (exponent + 127 - 15) << 23 | fraction << 13;
    } else if (fraction == 0) {
        bits = 0;
    } else { /* fraction 2^-24, of which the highest bit is implied */
        uint32_t const top = 31 - (uint32_t)__builtin_clz(fraction);
        bits = (top + 127 - 24) << 23 | ((fraction << (23 - top)) & 0x7fffff);
    }
    bits |= sign;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* To nearest, ties to even; from 65520 on the largest half, 65504. x is
 * finite. */
static inline uint16_t sm_half_of_float(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    uint16_t const sign = (uint16_t)((bits >> 16) & 0x8000);
    bits &= 0x7fffffff;
    if (bits >= 0x477ff000) return sign | 0x7bff; /* 65520 */
    if (bits >= 0x38800000) {                     /* 2^-14: a normal number */
        bits += 0xfff + ((bits >> 13) & 1);
        return (uint16_t)(sign | (bits - 0x38000000) >> 13);
    }
    if (bits <= 0x33000000) return sign; /* 2^-25, half of the smallest */
    /* the fraction in 2^-24 */
    uint32_t const shift = 126 - (bits >> 23);
    uint32_t const fraction = (bits & 0x7fffff) | 0x800000;
    uint32_t const whole = fraction >> shift;
    uint32_t const rest = fraction & ((UINT32_C(1) << shift) - 1);
    uint32_t const middle = UINT32_C(1) << (shift - 1);
    uint32_t const up = rest > middle || (rest == middle && (whole & 1));
    return (uint16_t)(sign | (whole + up));
}

#endif
