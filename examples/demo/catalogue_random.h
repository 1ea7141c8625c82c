/*
 * SplitMix64 (Steele, Lea and Flood, 2014): the demo's random numbers, the
 * same on every platform.
 */
#ifndef CATALOGUE_RANDOM_H
#define CATALOGUE_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t state;
} random_source;

static inline uint64_t random_next(random_source *r)
{
    uint64_t z = (r->state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* A stream of its own for each use, so that one can draw more numbers
 * without changing what another writes. */
static inline random_source random_stream(uint64_t seed, uint64_t stream)
{
    random_source r = {seed ^ (stream * UINT64_C(0xd1342543de82ef95))};
    random_next(&r);
    return r;
}

/* Uniform in [0, n), n > 0. */
static inline int random_below(random_source *r, int n)
{
    return (int)(((random_next(r) >> 32) * (uint64_t)n) >> 32);
}

static inline bool random_chance(random_source *r, int percent)
{
    return random_below(r, 100) < percent;
}

#endif
