/*
 * hash.h: 64-bit hashes of bytes, of two kinds. Those of fingerprints, features
 * and random draws are the same for ever; those by which tables find things are
 * made with a secret of the process, so that nobody can write texts or ids that
 * all lie in one place of a table.
 */
#ifndef SM_HASH_H
#define SM_HASH_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

/* ---- of tables ---- */

/* Drawn by the first who asks for it, and never changed. What it makes goes
 * into no file and decides no order that shows. */
typedef struct sm_hash_secret {
    uint64_t start;
    uint64_t first, second; /* odd */
} sm_hash_secret;

/* Hidden: read where they lie, not by way of the table of foreign symbols. */
extern __attribute__((visibility("hidden"))) sm_hash_secret sm_secret_drawn;
extern __attribute__((visibility("hidden"))) atomic_int sm_secret_is_drawn;

void sm_secret_draw(void);

static inline const sm_hash_secret *sm_secret(void)
{
    if (!atomic_load_explicit(&sm_secret_is_drawn, memory_order_acquire))
        sm_secret_draw();
    return &sm_secret_drawn;
}

/*
 * sm_hash_mix with factors that nobody knows. One to one, since they are odd.
 * For any two numbers the high bits of a product by a random odd factor are
 * equal with a chance of 2 in as many values as they have (multiply-shift,
 * Dietzfelbinger et al. 1997); the second product spreads that to the low bits,
 * by which tables choose their slots.
 */
static inline uint64_t sm_secret_mix(const sm_hash_secret *secret, uint64_t h)
{
    h = (h ^ (h >> 33)) * secret->first;
    h = (h ^ (h >> 33)) * secret->second;
    return h ^ (h >> 33);
}

/* Of a number, such as an id. */
static inline uint64_t sm_secret_number(uint64_t number)
{
    const sm_hash_secret *const secret = sm_secret();
    return sm_secret_mix(secret, secret->start ^ number);
}

/* Goes on from h, the hash of what comes before: h = mix(h ^ word) for words of
 * 8 bytes, the last with the size in it. */
static inline uint64_t sm_secret_more(const sm_hash_secret *secret, uint64_t h,
                                      const void *bytes, size_t size)
{
    const unsigned char *p = bytes;
    size_t left = size;
    uint64_t word;
    for (; left >= 8; left -= 8, p += 8) {
        memcpy(&word, p, 8);
        h = sm_secret_mix(secret, h ^ word);
    }
    word = 0;
    if (left) memcpy(&word, p, left);
    return sm_secret_mix(secret, h ^ word ^ (uint64_t)size << 56);
}

static inline uint64_t sm_secret_bytes(const void *bytes, size_t size)
{
    const sm_hash_secret *const secret = sm_secret();
    return sm_secret_more(secret, secret->start, bytes, size);
}

#endif
