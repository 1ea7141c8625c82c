/* ziggurat.h: standard normal numbers at the cost of one draw each (Marsaglia
 * and Tsang 2000, in Doornik's form of 2005, whose numbers have all their
 * bits). */
#ifndef SM_ZIGGURAT_H
#define SM_ZIGGURAT_H

#include "common/rng.h"

enum { SM_ZIGGURAT_LAYERS = 128 };

/* Layers of equal area under exp(-x^2 / 2), the tail with the lowest of
 * them. */
typedef struct sm_ziggurat {
    double width[SM_ZIGGURAT_LAYERS + 1]; /* falling; the last is 0 */
    double inner[SM_ZIGGURAT_LAYERS];     /* width[i + 1] / width[i] */
} sm_ziggurat;

void sm_ziggurat_init(sm_ziggurat *z);

/* What is not within a layer's inner part: 2 of 100 numbers. */
double sm_ziggurat_edge(const sm_ziggurat *z, sm_rng *rng, uint64_t bits);

/* The layer is of other bits than the place in it. */
static inline double sm_ziggurat_place(uint64_t bits)
{
    return (double)((int64_t)bits >> 11) * 0x1.0p-52;
}

static inline double sm_ziggurat_next(const sm_ziggurat *z, sm_rng *rng)
{
    uint64_t const bits = sm_rng_next(rng);
    unsigned const layer = bits % SM_ZIGGURAT_LAYERS;
    double const u = sm_ziggurat_place(bits); /* in [-1, 1) */
    if ((u < 0 ? -u : u) < z->inner[layer]) return u * z->width[layer];
    return sm_ziggurat_edge(z, rng, bits);
}

#endif
