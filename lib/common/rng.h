/* rng.h: seeded random numbers, the same on every machine (xoshiro256++ by
 * Blackman and Vigna, seeded through splitmix64). */
#ifndef SM_RNG_H
#define SM_RNG_H

#include <stdint.h>

typedef struct sm_rng {
    uint64_t state[4];
} sm_rng;

/* Streams of one seed are independent of each other. */
void sm_rng_init(sm_rng *rng, uint64_t seed, uint64_t stream);

uint64_t sm_rng_next(sm_rng *rng);

/* Uniform in [0, bound), without bias; bound > 0. */
uint64_t sm_rng_below(sm_rng *rng, uint64_t bound);

/* Uniform in [0, 1), 53 bits. */
double sm_rng_uniform(sm_rng *rng);

/* Standard normal. */
double sm_rng_normal(sm_rng *rng);

#endif
