/*
 * products_same.c: two ways to multiply in, whether they give the same bits
 * out. For products.c, which asks it of instructions: a processor or an
 * emulator may round another number of times than the rest.
 */
#include "math/products_same.h"

#include <fenv.h>
#include <string.h>

#include "math/bfloat16.h"

/* Two tiles deep, and one that ends before a tile does. */
enum { SIDE = SM_TILE_SIDE + 1, DEPTH = 2 * SM_TILE_DEPTH + 5 };

/* Of both signs and sixteen magnitudes: sums lose bits in all places. */
static void fill(float *numbers, size_t count)
{
    uint32_t x = 1;
    for (size_t i = 0; i < count; i++) {
        x = x * 1664525u + 1013904223u;
        numbers[i] = (float)(int32_t)x / (float)(1u << (x >> 8 & 15));
    }
}

static bool are_same(const sm_products *one, const sm_products *other,
                     const sm_kernels *kernels)
{
    float a[SIDE * DEPTH], b[DEPTH * SIDE];
    float c[SIDE * SIDE], d[SIDE * SIDE];
    fill(a, SIDE * DEPTH);
    fill(b, DEPTH * SIDE);
    fill(c, SIDE * SIDE);
    fill(d, SIDE * SIDE);
    one->multiply_now(kernels, SIDE, SIDE, DEPTH, a, DEPTH, 1, b, SIDE, c, SIDE,
                      true);
    other->multiply_now(kernels, SIDE, SIDE, DEPTH, a, DEPTH, 1, b, SIDE, d,
                        SIDE, true);
    /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): bits */
    return memcmp(c, d, sizeof c) == 0;
}

/* However the caller rounds. */
bool sm_products_same(const sm_products *one, const sm_products *other,
                      const sm_kernels *kernels)
{
    fenv_t before;
    fegetenv(&before);
    fesetenv(FE_DFL_ENV);
    bool const same = are_same(one, other, kernels);
    fesetenv(&before);
    return same;
}
