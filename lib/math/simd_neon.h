/* simd_neon.h: simd.h's vectors of 8 floats, for AArch64: two NEON registers,
 * whose lanes stand and are added as AVX2's, so that a kernel has that level's
 * bits. They differ in which NaN a NaN is, alone. */
#ifndef SM_SIMD_NEON_H
#define SM_SIMD_NEON_H

#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { VEC_WIDTH = 8 };
typedef struct vec {
    float32x4_t a, b; /* lanes 0 .. 3 and 4 .. 7 */
} vec;

static inline vec vec_set(float x)
{
    return (vec){vdupq_n_f32(x), vdupq_n_f32(x)};
}
static inline vec vec_load(const float *p)
{
    return (vec){vld1q_f32(p), vld1q_f32(p + 4)};
}
static inline void vec_store(float *p, vec x)
{
    vst1q_f32(p, x.a);
    vst1q_f32(p + 4, x.b);
}
static inline vec vec_add(vec x, vec y)
{
    return (vec){vaddq_f32(x.a, y.a), vaddq_f32(x.b, y.b)};
}
static inline vec vec_sub(vec x, vec y)
{
    return (vec){vsubq_f32(x.a, y.a), vsubq_f32(x.b, y.b)};
}
static inline vec vec_mul(vec x, vec y)
{
    return (vec){vmulq_f32(x.a, y.a), vmulq_f32(x.b, y.b)};
}
static inline vec vec_div(vec x, vec y)
{
    return (vec){vdivq_f32(x.a, y.a), vdivq_f32(x.b, y.b)};
}
/* As the other levels' (y if either is NaN, or both are zeros), which is not
 * what FMAX and FMIN do. */
static inline vec vec_max(vec x, vec y)
{
    return (vec){vbslq_f32(vcgtq_f32(x.a, y.a), x.a, y.a),
                 vbslq_f32(vcgtq_f32(x.b, y.b), x.b, y.b)};
}
static inline vec vec_min(vec x, vec y)
{
    return (vec){vbslq_f32(vcltq_f32(x.a, y.a), x.a, y.a),
                 vbslq_f32(vcltq_f32(x.b, y.b), x.b, y.b)};
}
/* x within the bounds, neither of them 0; a NaN stays one: FMAX and FMIN give
 * it whichever operand it is */
static inline vec vec_bound(vec lowest, vec highest, vec x)
{
    return (vec){vminq_f32(highest.a, vmaxq_f32(lowest.a, x.a)),
                 vminq_f32(highest.b, vmaxq_f32(lowest.b, x.b))};
}
static inline vec vec_sqrt(vec x)
{
    return (vec){vsqrtq_f32(x.a), vsqrtq_f32(x.b)};
}
static inline vec vec_over_root(vec x, vec y)
{
    return vec_div(x, vec_sqrt(y));
}
static inline vec vec_fma(vec x, vec y, vec z)
{
    return (vec){vfmaq_f32(z.a, x.a, y.a), vfmaq_f32(z.b, x.b, y.b)};
}

/*
 * FMLA adds to the register that it writes, so a constant to which a product is
 * added is needed anew each time: one load of a pair of registers takes the
 * place of two moves, and none of the units that do arithmetic. A compiler
 * would load the constant once and move it.
 */
static inline vec vec_load_anew(const float *eight)
{
    vec x;
    __asm__("" : "+r"(eight)); /* the address stays in a register */
    __asm__("ldp %q0, %q1, %2"
            : "=w"(x.a), "=w"(x.b)
            : "Q"(*(const float(*)[8])(const void *)eight));
    return x;
}
#define VEC_ADDEND(C)                                                          \
    __extension__({                                                            \
        static const float eight[8] __attribute__((aligned(32))) = {           \
            (C), (C), (C), (C), (C), (C), (C), (C)};                           \
        vec_load_anew(eight);                                                  \
    })

/* A load has room for a distance from one register: without this a compiler
 * adds the distances to what p was made of, each in a register of its own. */
static inline const void *vec_base(const void *p)
{
    __asm__("" : "+r"(p));
    return p;
}
#define VEC_BASE(P) vec_base(P)

static inline vec vec_round(vec x)
{
    return (vec){vrndnq_f32(x.a), vrndnq_f32(x.b)};
}
static inline float32x4_t vec_power2_half(float32x4_t n)
{
    int32x4_t const exponent = vaddq_s32(vcvtq_s32_f32(n), vdupq_n_s32(127));
    return vreinterpretq_f32_s32(vshlq_n_s32(exponent, 23));
}
static inline vec vec_power2(vec n)
{
    return (vec){vec_power2_half(n.a), vec_power2_half(n.b)};
}
/* From the end on: the last one of an odd number, then two, then four. */
static inline vec vec_load_part(const float *p, size_t n)
{
    float32x4_t rest = vdupq_n_f32(0);
    if (n & 1) rest = vld1q_lane_f32(p + (n & 6), rest, 0);
    if (n & 2) rest = vcombine_f32(vld1_f32(p + (n & 4)), vget_low_f32(rest));
    if (n & 4) return (vec){vld1q_f32(p), rest};
    return (vec){rest, vdupq_n_f32(0)};
}
static inline void vec_store_part(float *p, size_t n, vec x)
{
    float32x4_t rest = x.a;
    if (n & 4) {
        vst1q_f32(p, x.a);
        rest = x.b;
        p += 4;
    }
    if (n & 2) {
        vst1_f32(p, vget_low_f32(rest));
        rest = vcombine_f32(vget_high_f32(rest), vget_high_f32(rest));
        p += 2;
    }
    if (n & 1) vst1q_lane_f32(p, rest, 0);
}
/* bit l: whether x > y in lane l */
static inline unsigned vec_greater(vec x, vec y)
{
    static const uint16_t bits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    uint16x8_t const greater = vcombine_u16(vmovn_u32(vcgtq_f32(x.a, y.a)),
                                            vmovn_u32(vcgtq_f32(x.b, y.b)));
    return vaddvq_u16(vandq_u16(greater, vld1q_u16(bits)));
}
static inline vec vec_of_halves(uint16x8_t x)
{
    float16x8_t const halves = vreinterpretq_f16_u16(x);
    return (vec){vcvt_f32_f16(vget_low_f16(halves)), vcvt_high_f32_f16(halves)};
}
static inline vec vec_of_int8(int8x8_t x)
{
    int16x8_t const wide = vmovl_s8(x);
    return (vec){vcvtq_f32_s32(vmovl_s16(vget_low_s16(wide))),
                 vcvtq_f32_s32(vmovl_high_s16(wide))};
}
static inline vec vec_load_half(const uint16_t *p)
{
    return vec_of_halves(vld1q_u16(p));
}
static inline vec vec_load_int8(const int8_t *p)
{
    return vec_of_int8(vld1_s8(p));
}
/* As vec_load_part does: bytes, the last ones first, in a register. */
static inline vec vec_load_half_part(const uint16_t *p, size_t n)
{
    uint64_t rest = 0, four;
    uint32_t two;
    if (n & 1) rest = p[n & 6];
    if (n & 2) {
        memcpy(&two, p + (n & 4), sizeof two);
        rest = rest << 32 | two;
    }
    if (!(n & 4))
        return vec_of_halves(vcombine_u16(vcreate_u16(rest), vcreate_u16(0)));
    memcpy(&four, p, sizeof four);
    return vec_of_halves(vcombine_u16(vcreate_u16(four), vcreate_u16(rest)));
}
static inline vec vec_load_int8_part(const int8_t *p, size_t n)
{
    uint64_t rest = 0;
    uint32_t four;
    uint16_t two;
    if (n & 1) rest = (uint8_t)p[n & 6];
    if (n & 2) {
        memcpy(&two, p + (n & 4), sizeof two);
        rest = rest << 16 | two;
    }
    if (n & 4) {
        memcpy(&four, p, sizeof four);
        rest = rest << 32 | four;
    }
    return vec_of_int8(vcreate_s8(rest));
}
static inline size_t vec_count_greater(vec x, vec y)
{
    uint32x4_t const all = vaddq_u32(vcgtq_f32(x.a, y.a), vcgtq_f32(x.b, y.b));
    return (size_t)-vaddvq_s32(vreinterpretq_s32_u32(all));
}
static inline float32x4_t vec_masked(uint32x4_t mask, float32x4_t x)
{
    return vreinterpretq_f32_u32(vandq_u32(mask, vreinterpretq_u32_f32(x)));
}
static inline vec vec_where_greater(vec x, vec y, vec z)
{
    return (vec){vec_masked(vcgtq_f32(x.a, y.a), z.a),
                 vec_masked(vcgtq_f32(x.b, y.b), z.b)};
}
static inline vec vec_where_equal(const uint32_t *p, uint32_t own, vec x)
{
    uint32x4_t const wanted = vdupq_n_u32(own);
    return (vec){vec_masked(vceqq_u32(vld1q_u32(p), wanted), x.a),
                 vec_masked(vceqq_u32(vld1q_u32(p + 4), wanted), x.b)};
}
/* the sum of the lanes, half upon half: one fixed order, without memory */
static inline float vec_sum(vec x)
{
    float32x4_t const y = vaddq_f32(x.a, x.b);
    return vaddv_f32(vadd_f32(vget_low_f32(y), vget_high_f32(y)));
}
static inline float vec_largest(vec x)
{
    return vmaxvq_f32(vmaxq_f32(x.a, x.b));
}
/* the sums of four vectors: halves, quarters, pairs */
static inline float32x4_t vec_four_sums(const vec *x)
{
    float32x4_t two[2];
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) {
        float64x2_t const p =
            vreinterpretq_f64_f32(vaddq_f32(x[2 * i].a, x[2 * i].b));
        float64x2_t const q =
            vreinterpretq_f64_f32(vaddq_f32(x[2 * i + 1].a, x[2 * i + 1].b));
        two[i] = vaddq_f32(vreinterpretq_f32_f64(vzip1q_f64(p, q)),
                           vreinterpretq_f32_f64(vzip2q_f64(p, q)));
    }
    return vpaddq_f32(two[0], two[1]);
}
/* lane r = vec_sum(x[r]), to the last bit */
static inline __attribute__((always_inline)) vec vec_sums(const vec *x)
{
    return (vec){vec_four_sums(x), vec_four_sums(x + 4)};
}

#endif
