/* ziggurat.c: a generator in, standard normal numbers out. For initialise. */
#include "common/ziggurat.h"

#include <math.h>

/* Where the tail begins, and the area of each layer, for 128 of them. */
static const double tail_begin = 3.442619855899;
static const double layer_area = 9.91256303526217e-3;

static double density(double x)
{
    return exp(-x * x / 2);
}

void sm_ziggurat_init(sm_ziggurat *z)
{
    double height = density(tail_begin);
    z->width[0] = layer_area / height; /* as if the tail were a rectangle */
    z->width[1] = tail_begin;
    for (int i = 2; i < SM_ZIGGURAT_LAYERS; i++) {
        height += layer_area / z->width[i - 1];
        z->width[i] = sqrt(-2 * log(height));
    }
    z->width[SM_ZIGGURAT_LAYERS] = 0;
    for (int i = 0; i < SM_ZIGGURAT_LAYERS; i++)
        z->inner[i] = z->width[i + 1] / z->width[i];
}

/* In (0, 1): a logarithm can be taken of it. */
static double uniform(sm_rng *rng)
{
    return sm_rng_uniform(rng) + 0x1.0p-54;
}

/* Marsaglia 1964: beyond tail_begin. */
static double tail(sm_rng *rng)
{
    double x, y;
    do {
        x = -log(uniform(rng)) / tail_begin;
        y = -log(uniform(rng));
    } while (2 * y < x * x);
    return tail_begin + x;
}

double sm_ziggurat_edge(const sm_ziggurat *z, sm_rng *rng, uint64_t bits)
{
    for (;; bits = sm_rng_next(rng)) {
        unsigned const layer = bits % SM_ZIGGURAT_LAYERS;
        double const u = sm_ziggurat_place(bits);
        double const x = u * z->width[layer];
        if (fabs(u) < z->inner[layer]) return x;
        if (layer == 0) return u < 0 ? -tail(rng) : tail(rng);
        double const low = density(z->width[layer]);
        double const high = density(z->width[layer + 1]);
        if (low + uniform(rng) * (high - low) < density(x)) return x;
    }
}
