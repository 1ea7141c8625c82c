/* hash.h: the 64-bit hash of bytes that tables and fingerprints use. */
#ifndef SM_HASH_H
#define SM_HASH_H

#include <stddef.h>
#include <stdint.h>

#define SM_HASH_START UINT64_C(0xcbf29ce484222325)
#define SM_HASH_PRIME UINT64_C(0x100000001b3)

/* FNV-1a, 64 bits: h = (h ^ byte) * prime, over bytes[size] from h = state. */
static inline uint64_t sm_hash_bytes(uint64_t state, const void *bytes,
                                     size_t size)
{
    const unsigned char *const p = bytes;
    for (size_t i = 0; i < size; i++)
        /* NOLINTNEXTLINE(clang-analyzer-core.*): what the caller filled */
        state = (state ^ p[i]) * SM_HASH_PRIME;
    return state;
}

/* Spreads the bits of an FNV state or an integer key (MurmurHash3's last
 * mix). */
static inline uint64_t sm_hash_mix(uint64_t h)
{
    h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ (h >> 33);
}

#endif
