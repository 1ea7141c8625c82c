/*
 * cli_times.h: measured times and their order statistics, for siamese bench.
 */
#ifndef CLI_TIMES_H
#define CLI_TIMES_H

#include <stddef.h>

typedef struct cli_times {
    double *seconds;
    size_t count, capacity;
} cli_times;

/* A zeroed struct is empty. */
void cli_times_add(cli_times *times, double seconds);
void cli_times_free(cli_times *times);

/* The time that `share` of them (0 .. 1) do not exceed; 0.5 is the median. */
double cli_times_quantile(cli_times *times, double share);
double cli_times_mean(const cli_times *times);

#endif
