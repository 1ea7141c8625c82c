/* bounds.c: a query in, its codes and the factors of its bounds out; and the
 * kernels of a level. For the index's scans and wherever ranks are counted. */
#include "math/bounds.h"

#include <math.h>
#include <string.h>

#include "math/bounds_range.h"
#include "math/cpu.h"

extern const sm_bound_kernels sm_bound_kernels_portable;
#if defined(__x86_64__)
extern const sm_bound_kernels sm_bound_kernels_avx2, sm_bound_kernels_avx512,
    sm_bound_kernels_vnni_avx512;
#elif defined(__aarch64__)
extern const sm_bound_kernels sm_bound_kernels_neon, sm_bound_kernels_dot_neon;
#endif

const sm_bound_kernels *sm_bound_kernels_of(const sm_kernels *kernels)
{
#if defined(__x86_64__)
    if (kernels->level == SIAMESE_KERNEL_AVX512)
        return sm_cpu_has_dot() ? &sm_bound_kernels_vnni_avx512
                                : &sm_bound_kernels_avx512;
    if (kernels->level == SIAMESE_KERNEL_AVX2) return &sm_bound_kernels_avx2;
#elif defined(__aarch64__)
    if (kernels->level == SIAMESE_KERNEL_NEON)
        return sm_cpu_has_dot() ? &sm_bound_kernels_dot_neon
                                : &sm_bound_kernels_neon;
#endif
    (void)kernels;
    return &sm_bound_kernels_portable;
}

bool sm_bounds_are_faster(const sm_kernels *kernels)
{
    return kernels->level != SIAMESE_KERNEL_PORTABLE;
}

/* ---- a query ---- */

enum { MOST_CODE = 127 };

/* Half the distance from 1 to the next float: what one rounding is off by. */
static const double unit = 0x1p-24;

/* The next float that is x or more. */
static float float_from(double x)
{
    float const nearest = (float)x;
    return nearest < x ? nextafterf(nearest, INFINITY) : nearest;
}

/*
 * Beside what the equations of bounds.h have,
 *
 *   gamma |q| N, gamma = n u / (1 - n u), n = dim + 8, is what a score of dim
 *   products in any order is off by, with or without fused multiply-adds;
 *   4 gamma |t a| N is more than what r, of float sums, is off the least
 *   squares by, and 8 gamma does the same to the square under the root;
 *   16 u (|q| + |t a|) N and 64 u of each factor is more than the bound's own
 *   roundings, six at the most, of terms that are |t a| N at the most.
 */
static void set_factors(sm_bound_query *query, size_t dim, double length,
                        double coded, double error)
{
    double const n = ((double)dim + 8) * unit, gamma = n / (1 - n);
    double const more = 1 + 64 * unit;
    double const all =
        error + gamma * (length + 4 * coded) + 16 * unit * (length + coded);
    query->length = float_from(coded);
    query->over_length = (float)((double)query->scale / (double)query->length);
    query->square = float_from(1 + 8 * gamma + 128 * unit);
    query->by_norm = float_from(all * more / coded);
    query->by_error = float_from(coded * more);
    query->fine_by_norm = float_from(all * more);
}

void sm_bound_query_make(sm_bound_query *query, int8_t *codes, const float *q,
                         size_t dim)
{
    double length = 0, coded = 0, error = 0;
    float most = 0;
    memset(codes, 0, sm_bound_code_count(dim));
    for (size_t i = 0; i < dim; i++) most = fmaxf(most, fabsf(q[i]));
    *query = (sm_bound_query){.codes = codes,
                              .length = 1,
                              .square = 1,
                              .by_norm = INFINITY,
                              .fine_by_norm = INFINITY};
    if (!(most >= SM_BOUND_LEAST && most <= SM_BOUND_MOST)) return;
    query->scale = most / MOST_CODE;
    double const t = (double)query->scale;
    for (size_t i = 0; i < dim; i++) {
        float const code = rintf(q[i] * (MOST_CODE / most));
        double const rest = (double)q[i] - t * (double)code;
        codes[i] = (int8_t)code;
        query->sum += (int32_t)code;
        length += (double)q[i] * (double)q[i];
        coded += (double)code * (double)code;
        error += rest * rest;
    }
    /* sums of 65536 terms in double are off by less than 2^-36 */
    double const more = 1 + 0x1p-30;
    set_factors(query, dim, more * sqrt(length), more * t * sqrt(coded),
                more * sqrt(error));
}
