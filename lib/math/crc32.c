/*
 * crc32.c: bytes in, their CRC32 out, by products without carries where the
 * processor has them, else by zlib. For checkpoints.
 *
 * A message is a polynomial over bits, and its CRC32 what is left of it when it
 * is divided by P = x^32 + x^26 + ... + 1. What stands d bits before the end
 * counts x^d mod P, so that 128 bits can be moved to others d bits behind them
 * by two products and an addition ("folding"; Gopal et al., Fast CRC
 * computation for generic polynomials using PCLMULQDQ, 2009). Bits are
 * reflected, as CRC32 has them.
 */
#include "math/crc32.h"

#include <zlib.h>

#if defined(__x86_64__)
#include <immintrin.h>

enum { LANE = 16, LANES = 4, WIDE = LANE * LANES }; /* bytes */

#define FOLDING __attribute__((target("pclmul,sse4.1")))

/* x^d mod P, reflected, for both halves of what is moved. */
static const uint64_t over_wide[2] = {0x0154442bd4, 0x01c6e41596};
static const uint64_t over_lane[2] = {0x01751997d0, 0x00ccaa009e};
static const uint64_t to_64[2] = {0x0163cd6124, 0};
/* P and floor(x^64 / P), for what Barrett's reduction divides by. */
static const uint64_t divisor[2] = {0x01db710641, 0x01f7011641};

FOLDING static __m128i load(const void *from)
{
    return _mm_loadu_si128((const __m128i *)from);
}

/* x moved to y. */
FOLDING static __m128i fold(__m128i x, __m128i y, __m128i by)
{
    __m128i const low = _mm_clmulepi64_si128(x, by, 0x00);
    __m128i const high = _mm_clmulepi64_si128(x, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), y);
}

/* What is left of 128 bits. */
FOLDING static uint32_t reduce(__m128i x)
{
    __m128i const words = _mm_setr_epi32(-1, 0, -1, 0);
    __m128i const by = load(divisor);
    __m128i y = _mm_clmulepi64_si128(x, load(over_lane), 0x10);
    x = _mm_xor_si128(_mm_srli_si128(x, 8), y);
    y = _mm_srli_si128(x, 4);
    x = _mm_clmulepi64_si128(_mm_and_si128(x, words), load(to_64), 0x00);
    x = _mm_xor_si128(x, y);
    y = _mm_clmulepi64_si128(_mm_and_si128(x, words), by, 0x10);
    y = _mm_clmulepi64_si128(_mm_and_si128(y, words), by, 0x00);
    return (uint32_t)_mm_extract_epi32(_mm_xor_si128(x, y), 1);
}

/* Of size bytes, a multiple of LANE and WIDE at least; crc as it is within, all
 * bits turned. */
FOLDING static uint32_t folded(uint32_t crc, const unsigned char *at,
                               size_t size)
{
    __m128i lanes[LANES];
    __m128i const wide = load(over_wide), lane = load(over_lane);
    for (int i = 0; i < LANES; i++) lanes[i] = load(at + LANE * i);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi32_si128((int)crc));
    for (at += WIDE, size -= WIDE; size >= WIDE; at += WIDE, size -= WIDE)
        for (int i = 0; i < LANES; i++)
            lanes[i] = fold(lanes[i], load(at + LANE * i), wide);
    __m128i x = lanes[0];
    for (int i = 1; i < LANES; i++) x = fold(x, lanes[i], lane);
    for (; size > 0; at += LANE, size -= LANE) x = fold(x, load(at), lane);
    return reduce(x);
}

uint32_t sm_crc32(uint32_t crc, const void *data, size_t size)
{
    const unsigned char *const bytes = data;
    size_t done = 0;
    if (size == 0) return crc; /* of which zlib would make a beginning */
    __builtin_cpu_init();
    if (size >= WIDE && __builtin_cpu_supports("pclmul") &&
        __builtin_cpu_supports("sse4.1")) {
        done = size - size % LANE;
        crc = ~folded(~crc, bytes, done);
    }
    return (uint32_t)crc32_z(crc, bytes + done, size - done);
}

#else

uint32_t sm_crc32(uint32_t crc, const void *data, size_t size)
{
    return size ? (uint32_t)crc32_z(crc, data, size) : crc;
}

#endif
