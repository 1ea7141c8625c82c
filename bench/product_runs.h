/* product_runs.h: numbers to multiply and the time of a thread, for measures of
 * products. */
#ifndef PRODUCT_RUNS_H
#define PRODUCT_RUNS_H

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static inline double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline float *take(size_t count)
{
    float *const values = aligned_alloc(64, (count + 15) / 16 * 64);
    if (values == NULL) {
        perror("products");
        exit(1);
    }
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(rand() % 2001 - 1000) / 1000.0f;
    return values;
}

static inline int ascending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

#endif
