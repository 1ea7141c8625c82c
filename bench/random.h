/*
 * random.h: the numbers of invented data, for the programs of bench/: the same
 * for the same seed, on any machine.
 */
#ifndef BENCH_RANDOM_H
#define BENCH_RANDOM_H

#include <stdint.h>

/* SplitMix64 (Steele, Lea and Flood 2014). */
static inline uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* sum of four uniforms, of variance 1: near enough to a normal number here */
static inline float normal(uint64_t *state)
{
    uint64_t const bits = next(state);
    double sum = 0;

    for (int i = 0; i < 4; i++)
        sum += (double)((bits >> (16 * i)) & 0xffff) / 65536 - 0.5;
    return (float)(sum * 1.7320508075688772);
}

#endif
