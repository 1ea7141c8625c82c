/*
 * bfloat16.h: numbers of 8 bits of significand, and the sums of their products.
 *
 * A float is rounded to the nearest bfloat16, ties to even; one below 2^-126
 * becomes a zero. Products of two are exact in floats. An element of a product
 * over k, all sums rounded to floats:
 *
 *   chain: s = a_1 b_1 + s, s = a_0 b_0 + s, s = a_3 b_3 + s, s = a_2 b_2 + s,
 *          .. from 0 on, as vdpbf16ps has it;
 *   tiles: of 32 k at a time, e = a_0 b_0 + a_2 b_2 + .. + a_30 b_30 and
 *          o = a_1 b_1 + .. + a_31 b_31 in that order from 0 on, then
 *          s = s + (e + o), as tdpbf16ps has it.
 *
 * Where k ends sooner, zeros follow.
 */
#ifndef SM_BFLOAT16_H
#define SM_BFLOAT16_H

#include <stdint.h>
#include <string.h>

#include "math/products_type.h"

/* k of a tile, and the rows or columns it holds. */
enum { SM_TILE_DEPTH = 32, SM_TILE_SIDE = 16 };

static inline float sm_bfloat16_round(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    uint32_t const magnitude = bits & 0x7fffffffu;
    if (magnitude < 0x00800000u) {
        bits &= 0x80000000u;
    } else if (magnitude > 0x7f800000u) {
        bits = (bits | 0x00400000u) & 0xffff0000u; /* NaN stays one */
    } else {
        bits = (bits + 0x7fffu + (bits >> 16 & 1)) & 0xffff0000u;
    }
    memcpy(&value, &bits, sizeof value);
    return value;
}

extern const sm_kernels sm_kernels_portable;
#if defined(__x86_64__)
extern const sm_kernels sm_kernels_avx2, sm_kernels_avx512;
#elif defined(__aarch64__)
extern const sm_kernels sm_kernels_neon;
#endif

#if defined(__x86_64__)
/* By AVX512-BF16 and AMX: all NULL if the compiler does not know them. Whether
 * the processor does is another matter. */
extern const sm_products sm_products_chain_bf16, sm_products_tiles_amx;
#endif

#endif
