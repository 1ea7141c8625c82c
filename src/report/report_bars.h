/*
 * report_bars.h: plots of counts: histograms of several groups over one axis,
 * and bars under names. The reports of train and eval draw them.
 */
#ifndef REPORT_BARS_H
#define REPORT_BARS_H

#include <stddef.h>
#include <stdio.h>

enum { REPORT_GROUPS_MOST = 3 };

typedef struct report_group {
    const char *name;
    const double *values; /* [count] */
    size_t count;
} report_group;

/* The share of each group's values that a bin of the common range holds. */
void report_histogram_draw(FILE *stream, const char *title, const char *x_label,
                           const report_group *groups, size_t count);

/* counts[count] under names, with each one's number. */
void report_bars_draw(FILE *stream, const char *title, const char *x_label,
                      const char *y_label, const char *const *names,
                      const double *counts, size_t count);

/* A value with an interval around it, in a row under its name. */
typedef struct report_interval {
    const char *name;
    double value, low, high;
} report_interval;

/* rows[count]; a line stands at zero if the axis has it and `has_zero`. */
void report_intervals_draw(FILE *stream, const char *title, const char *x_label,
                           const report_interval *rows, size_t count,
                           int has_zero);

#endif
