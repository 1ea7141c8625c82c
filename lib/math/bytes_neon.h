/* bytes_neon.h: bytes.h's vectors for NEON: four registers, and, with its dot
 * product, sums in one step. */
#ifndef SM_BYTES_NEON_H
#define SM_BYTES_NEON_H

#include "math/simd.h"

typedef struct bytes {
    uint8x16_t part[4];
} bytes;
typedef struct ints {
    int32x4_t part[4];
} ints;

static inline bytes bytes_load(const void *p)
{
    bytes x;
    for (int i = 0; i < 4; i++)
        x.part[i] = vld1q_u8((const uint8_t *)p + 16 * i);
    return x;
}
static inline void bytes_store(void *p, bytes x)
{
    for (int i = 0; i < 4; i++) vst1q_u8((uint8_t *)p + 16 * i, x.part[i]);
}
static inline bytes bytes_repeat(const int8_t *p)
{
    int32_t four;
    memcpy(&four, p, sizeof four);
    uint8x16_t const x = vreinterpretq_u8_s32(vdupq_n_s32(four));
    return (bytes){{x, x, x, x}};
}
static inline bytes bytes_low(bytes x)
{
    for (int i = 0; i < 4; i++) x.part[i] = vandq_u8(x.part[i], vdupq_n_u8(15));
    return x;
}
static inline bytes bytes_high(bytes x)
{
    for (int i = 0; i < 4; i++) x.part[i] = vshrq_n_u8(x.part[i], 4);
    return x;
}
static inline bytes bytes_load_halves(const uint8_t *p)
{
    uint8x16_t const a = vld1q_u8(p), b = vld1q_u8(p + 16);
    return (bytes){{vandq_u8(a, vdupq_n_u8(15)), vandq_u8(b, vdupq_n_u8(15)),
                    vshrq_n_u8(a, 4), vshrq_n_u8(b, 4)}};
}
static inline ints ints_zero(void)
{
    int32x4_t const zero = vdupq_n_s32(0);
    return (ints){{zero, zero, zero, zero}};
}
#if defined(SM_LEVEL_DOT)
typedef ints partial;
enum { BYTES_STEPS = 1 << 30 };

static inline partial partial_zero(void)
{
    return ints_zero();
}
/* numbers below 16 are the same with a sign */
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++)
        sum.part[i] = vdotq_s32(sum.part[i], vreinterpretq_s8_u8(small.part[i]),
                                vreinterpretq_s8_u8(codes.part[i]));
    return sum;
}
static inline ints ints_take(ints sum, partial x)
{
    for (int i = 0; i < 4; i++) sum.part[i] = vaddq_s32(sum.part[i], x.part[i]);
    return sum;
}
#else
typedef struct partial {
    int16x8_t part[8];
} partial;
enum { BYTES_STEPS = 16 };

static inline partial partial_zero(void)
{
    int16x8_t const zero = vdupq_n_s16(0);
    return (partial){{zero, zero, zero, zero, zero, zero, zero, zero}};
}
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) {
        int8x16_t const a = vreinterpretq_s8_u8(small.part[i]);
        int8x16_t const b = vreinterpretq_s8_u8(codes.part[i]);
        sum.part[2 * i] =
            vmlal_s8(sum.part[2 * i], vget_low_s8(a), vget_low_s8(b));
        sum.part[2 * i + 1] = vmlal_high_s8(sum.part[2 * i + 1], a, b);
    }
    return sum;
}
static inline ints ints_take(ints sum, partial x)
{
    for (int i = 0; i < 4; i++)
        sum.part[i] =
            vaddq_s32(sum.part[i], vpaddq_s32(vpaddlq_s16(x.part[2 * i]),
                                              vpaddlq_s16(x.part[2 * i + 1])));
    return sum;
}
#endif
static inline int32_t ints_sum(ints x)
{
    return vaddvq_s32(vaddq_s32(vaddq_s32(x.part[0], x.part[1]),
                                vaddq_s32(x.part[2], x.part[3])));
}
static inline void ints_add_sums(int32_t *p, const ints *x)
{
    for (int i = 0; i < 16; i++) p[i] += ints_sum(x[i]);
}
static inline void ints_store_16(int32_t *p, ints x, int32_t offset)
{
    for (int i = 0; i < 4; i++)
        vst1q_s32(p + 4 * i,
                  vaddq_s32(vshlq_n_s32(x.part[i], 4), vdupq_n_s32(offset)));
}
static inline vec vec_root_above(vec x)
{
    return vec_sqrt(x);
}
static inline vec vec_load_int32(const int32_t *p)
{
    return (vec){vcvtq_f32_s32(vld1q_s32(p)), vcvtq_f32_s32(vld1q_s32(p + 4))};
}
static inline vec vec_load_bits(const uint32_t *p)
{
    return (vec){vreinterpretq_f32_u32(vld1q_u32(p)),
                 vreinterpretq_f32_u32(vld1q_u32(p + 4))};
}
static inline vec vec_load_low_bits(const uint32_t *p)
{
    return (vec){vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32(p), 16)),
                 vreinterpretq_f32_u32(vshlq_n_u32(vld1q_u32(p + 4), 16))};
}
static inline void vec_store_int8(int8_t *p, vec x)
{
    int16x8_t const y = vcombine_s16(vmovn_s32(vcvtq_s32_f32(x.a)),
                                     vmovn_s32(vcvtq_s32_f32(x.b)));
    vst1_s8(p, vmovn_s16(y));
}

#endif
