/* random_numbers.h: random numbers of the tests' own (xorshift64*, Vigna 2016),
 * so that no expected value depends on the library's. */
#ifndef RANDOM_NUMBERS_H
#define RANDOM_NUMBERS_H

#include <stddef.h>
#include <stdint.h>

typedef struct test_random {
    uint64_t state; /* not 0 */
} test_random;

static inline uint64_t test_random_bits(test_random *random)
{
    uint64_t x = random->state;
    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    random->state = x;
    return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* 0 .. bound - 1 */
static inline size_t test_random_below(test_random *random, size_t bound)
{
    return (size_t)((test_random_bits(random) >> 32) % bound);
}

/* Uniform in [-limit, limit). */
static inline double test_random_real(test_random *random, double limit)
{
    return ((double)(test_random_bits(random) >> 11) * 0x1.0p-52 - 1) * limit;
}

static inline void test_random_floats(test_random *random, double limit,
                                      float *x, size_t count)
{
    for (size_t i = 0; i < count; i++)
        x[i] = (float)test_random_real(random, limit);
}

/* The next of a linear congruential generator (Numerical Recipes'), where many
 * numbers of no great quality are needed; the high bits are the better ones. */
static inline uint32_t test_lcg(uint32_t *state)
{
    return *state = *state * 1664525u + 1013904223u;
}

#endif
