/* bytes_portable.h: bytes.h's vectors for any processor: the compiler's generic
 * ones. */
#ifndef SM_BYTES_PORTABLE_H
#define SM_BYTES_PORTABLE_H

#include "math/simd.h"

/* Eight products of int16 at once, which compilers have instructions for. */
typedef int16_t eight __attribute__((vector_size(16)));
typedef uint8_t eight_bytes __attribute__((vector_size(8)));
typedef int8_t eight_codes __attribute__((vector_size(8)));

typedef struct bytes {
    eight_bytes part[8];
} bytes;
typedef struct partial {
    eight part[8];
} partial;
typedef struct ints {
    int32_t lane[16];
} ints;

enum { BYTES_STEPS = 16 };

static inline bytes bytes_load(const void *p)
{
    bytes x;
    memcpy(&x, p, sizeof x);
    return x;
}
static inline void bytes_store(void *p, bytes x)
{
    memcpy(p, &x, sizeof x);
}
static inline partial partial_zero(void)
{
    return (partial){{{0}}};
}
static inline ints ints_zero(void)
{
    return (ints){{0}};
}
static inline bytes bytes_repeat(const int8_t *p)
{
    bytes x;
    for (size_t i = 0; i < sizeof x; i += 4) memcpy((char *)&x + i, p, 4);
    return x;
}
static inline bytes bytes_low(bytes x)
{
    for (int i = 0; i < 8; i++) x.part[i] &= 15;
    return x;
}
static inline bytes bytes_high(bytes x)
{
    for (int i = 0; i < 8; i++) x.part[i] >>= 4;
    return x;
}
static inline bytes bytes_load_halves(const uint8_t *p)
{
    bytes x;
    memcpy(&x, p, 32);
    for (int i = 0; i < 4; i++) {
        x.part[4 + i] = x.part[i] >> 4;
        x.part[i] &= 15;
    }
    return x;
}
static inline partial partial_add(partial sum, bytes small, bytes codes)
{
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++)
        sum.part[i] +=
            __builtin_convertvector(small.part[i], eight) *
            __builtin_convertvector((eight_codes)codes.part[i], eight);
    return sum;
}
static inline ints ints_take(ints sum, partial x)
{
    for (int i = 0; i < 8; i++)
        for (int j = 0; j < 8; j++) sum.lane[2 * i + j / 4] += x.part[i][j];
    return sum;
}
static inline int32_t ints_sum(ints x)
{
    int32_t sum = 0;
    for (int i = 0; i < 16; i++) sum += x.lane[i];
    return sum;
}
static inline void ints_add_sums(int32_t *p, const ints *x)
{
    for (int i = 0; i < 16; i++) p[i] += ints_sum(x[i]);
}
static inline void ints_store_16(int32_t *p, ints x, int32_t offset)
{
    for (int i = 0; i < 16; i++) p[i] = 16 * x.lane[i] + offset;
}
static inline vec vec_root_above(vec x)
{
    return vec_sqrt(x);
}
static inline vec vec_load_int32(const int32_t *p)
{
    vec_bits x;
    memcpy(&x, p, sizeof x);
    return __builtin_convertvector(x, vec);
}
static inline vec vec_load_bits(const uint32_t *p)
{
    vec x;
    memcpy(&x, p, sizeof x);
    return x;
}
static inline vec vec_load_low_bits(const uint32_t *p)
{
    uint32_t bits[VEC_WIDTH];
    for (int i = 0; i < VEC_WIDTH; i++) bits[i] = p[i] << 16;
    return vec_load_bits(bits);
}
/* What is no byte, as a NaN, is 0: C says nothing of its conversion. */
static inline void vec_store_int8(int8_t *p, vec x)
{
    for (int i = 0; i < VEC_WIDTH; i++)
        p[i] = x[i] >= INT8_MIN && x[i] <= INT8_MAX ? (int8_t)x[i] : 0;
}

#endif
