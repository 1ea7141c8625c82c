/* cli_times.c: times in, median and percentiles out. For bench. */
#include "shell/cli_times.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

void cli_times_add(cli_times *times, double seconds)
{
    times->seconds = cli_grow(times->seconds, times->count, &times->capacity,
                              sizeof *times->seconds);
    times->seconds[times->count++] = seconds;
}

void cli_times_free(cli_times *times)
{
    free(times->seconds);
    memset(times, 0, sizeof *times);
}

static int ascending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

double cli_times_quantile(cli_times *times, double share)
{
    if (times->count == 0) return 0;
    qsort(times->seconds, times->count, sizeof *times->seconds, ascending);
    double const place = share * (double)(times->count - 1);
    size_t const below = (size_t)place;
    size_t const above = below + 1 < times->count ? below + 1 : below;
    double const part = place - (double)below;
    return (1 - part) * times->seconds[below] + part * times->seconds[above];
}

double cli_times_mean(const cli_times *times)
{
    double sum = 0;

    for (size_t i = 0; i < times->count; i++) sum += times->seconds[i];
    return times->count ? sum / (double)times->count : 0;
}
