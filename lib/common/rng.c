/* rng.c: a seed in, the same random numbers on every machine out. For initial
 * values, samplers, k-means, dropout. */
#include "common/rng.h"

#include <math.h>

#include "common/assert.h"

static uint64_t splitmix64(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

void sm_rng_init(sm_rng *rng, uint64_t seed, uint64_t stream)
{
    uint64_t state = seed;
    state = splitmix64(&state) ^ stream;
    for (int i = 0; i < 4; i++) rng->state[i] = splitmix64(&state);
}

uint64_t sm_rng_next(sm_rng *rng)
{
    uint64_t *const s = rng->state;
    uint64_t const result = rotate(s[0] + s[3], 23) + s[0];
    uint64_t const t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate(s[3], 45);
    return result;
}

uint64_t sm_rng_below(sm_rng *rng, uint64_t bound)
{
    sm_assert(bound > 0);
    /* draws under 2^64 mod bound are drawn again, the rest is uniform */
    uint64_t const reject = -bound % bound;
    uint64_t draw;
    do draw = sm_rng_next(rng);
    while (draw < reject);
    return draw % bound;
}

double sm_rng_uniform(sm_rng *rng)
{
    return (double)(sm_rng_next(rng) >> 11) * 0x1.0p-53;
}

double sm_rng_normal(sm_rng *rng)
{
    /* Marsaglia's polar method; the second number is not kept */
    double u, v, s;
    do {
        u = 2 * sm_rng_uniform(rng) - 1;
        v = 2 * sm_rng_uniform(rng) - 1;
        s = u * u + v * v;
    } while (s >= 1 || s == 0);
    return u * sqrt(-2 * log(s) / s);
}
