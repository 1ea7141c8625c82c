/* eval_compare.c: two searches' figures by query in, their difference and how
 * sure it is out. For eval --compare. */
#include "eval/eval_compare.h"

#include <math.h>
#include <stdlib.h>

#include "shell/cli_memory.h"

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Two numbers below count, which is less than 2^32. */
static double drawn_sum(const double *values, size_t count, uint64_t *state)
{
    double sum = 0;

    for (size_t i = 0; i < count; i += 2) {
        uint64_t const bits = next_random(state);
        sum += values[(bits >> 32) * count >> 32];
        if (i + 1 < count) sum += values[(bits & 0xffffffff) * count >> 32];
    }
    return sum;
}

static double flipped_sum(const double *values, size_t count, uint64_t *state)
{
    uint64_t bits = 0;
    double sum = 0;

    for (size_t i = 0; i < count; i++, bits >>= 1) {
        if (i % 64 == 0) bits = next_random(state);
        sum += bits & 1 ? values[i] : -values[i];
    }
    return sum;
}

static int ascending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* The element at a share of the way, between its neighbours. */
static double percentile(const double *sorted, size_t count, double share)
{
    double const place = share * (double)(count - 1);
    size_t const at = (size_t)place;

    if (at + 1 >= count) return sorted[count - 1];
    return sorted[at] + (place - (double)at) * (sorted[at + 1] - sorted[at]);
}

/* The means of the resamples, ascending, to be freed. */
static double *bootstrap(const double *values, size_t count, size_t resamples,
                         uint64_t seed)
{
    double *const means = cli_alloc(resamples, sizeof *means);

    for (size_t i = 0; i < resamples; i++)
        means[i] = drawn_sum(values, count, &seed) / (double)count;
    qsort(means, resamples, sizeof *means, ascending);
    return means;
}

void eval_interval(const double *values, size_t count, size_t resamples,
                   uint64_t seed, double *low, double *high)
{
    *low = *high = NAN;
    if (count == 0) return;
    double *const means = bootstrap(values, count, resamples, seed);
    *low = percentile(means, resamples, 0.025);
    *high = percentile(means, resamples, 0.975);
    free(means);
}

static void compare_means(const double *values, size_t count, size_t resamples,
                          uint64_t seed, eval_difference *result)
{
    double *const means = bootstrap(values, count, resamples, seed);
    size_t above = 0;

    for (size_t i = 0; i < resamples; i++) above += means[i] > 0;
    result->low = percentile(means, resamples, 0.025);
    result->high = percentile(means, resamples, 0.975);
    result->share = (double)above / (double)resamples;
    free(means);
}

/* Sums of the same numbers in other signs differ by their rounding. */
static void randomise(const double *values, size_t count, size_t resamples,
                      uint64_t seed, eval_difference *result)
{
    double sum = 0, size = 0;
    size_t far = 0;

    for (size_t i = 0; i < count; i++) {
        sum += values[i];
        size += fabs(values[i]);
    }
    double const observed = fabs(sum) - 1e-12 * size;
    for (size_t i = 0; i < resamples; i++)
        far += fabs(flipped_sum(values, count, &seed)) >= observed;
    result->p = (double)(1 + far) / (double)(1 + resamples);
}

void eval_compare(const double *differences, size_t count, size_t resamples,
                  uint64_t seed, eval_difference *result)
{
    double sum = 0;

    *result = (eval_difference){count, NAN, NAN, NAN, NAN, NAN};
    if (count == 0) return;
    for (size_t i = 0; i < count; i++) sum += differences[i];
    result->mean = sum / (double)count;
    compare_means(differences, count, resamples, seed, result);
    /* the test's own numbers, not those of the bootstrap */
    randomise(differences, count, resamples, ~seed, result);
}
