/*
 * eval_compare.h: whether two searches differ by more than the choice of
 * queries, from their figures of the same queries. eval_report prints it.
 */
#ifndef EVAL_COMPARE_H
#define EVAL_COMPARE_H

#include <stddef.h>
#include <stdint.h>

typedef struct eval_difference {
    size_t queries;   /* that count */
    double mean;      /* of the differences, figure - other */
    double low, high; /* 95 % interval by the paired bootstrap */
    double share;     /* of the resamples whose mean is above 0 */
    double p;         /* of the paired randomisation test, two-sided */
} eval_difference;

/*
 * differences[count] of the queries that count. Bootstrap (Efron 1979; Sakai
 * 2006): `resamples` times as many queries are drawn with replacement; the
 * interval is between the 2.5 and 97.5 percentiles of the means, interpolated.
 * Randomisation (Fisher 1935; Smucker et al. 2007): each difference keeps or
 * changes its sign; p is how often the mean is as far from 0, with the observed
 * one among them: (1 + n) / (1 + resamples). The same seed gives the same bits,
 * whatever else is compared.
 */
void eval_compare(const double *differences, size_t count, size_t resamples,
                  uint64_t seed, eval_difference *result);

/* The 95 % interval of the mean of values[count] by the same bootstrap; NaN of
 * none. */
void eval_interval(const double *values, size_t count, size_t resamples,
                   uint64_t seed, double *low, double *high);

#endif
