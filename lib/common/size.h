/* size.h: size arithmetic that tells when it overflows. */
#ifndef SM_SIZE_H
#define SM_SIZE_H

#include <stdbool.h>
#include <stddef.h>

/* *out = a * b or a + b; false, and *out is not to be used, on overflow. */
static inline bool sm_size_multiply(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

static inline bool sm_size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline size_t sm_min(size_t a, size_t b)
{
    return a < b ? a : b;
}

static inline size_t sm_max(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* A capacity with room to grow, so that batches of like sizes reuse it. */
static inline size_t sm_roomy(size_t count)
{
    return count + count / 4 + 16;
}

/* Chunks of `chunk` that count elements make: ceil(count / chunk). */
static inline size_t sm_chunks(size_t count, size_t chunk)
{
    return count / chunk + (count % chunk != 0);
}

#endif
