/*
 * report_lines.h: curves over steps as an SVG with its legend: losses, rates,
 * accuracies. report_train draws them.
 */
#ifndef REPORT_LINES_H
#define REPORT_LINES_H

#include <stddef.h>
#include <stdio.h>

enum { REPORT_LINES_MOST = 5 };

typedef struct report_line {
    const char *name;
    const double *x, *y; /* [count]; NaN: no point */
    size_t count;
    int is_marked; /* its points are seen, as those of few validations */
} report_line;

typedef struct report_lines {
    const char *title, *x_label, *y_label;
    report_line lines[REPORT_LINES_MOST];
    size_t count;
    int from_zero; /* the y axis begins there */
    int decimals;  /* of a point's number */
    double mark;   /* an x that a vertical line stands at; 0: none does */
    const char *mark_name;
} report_lines;

/* Nothing, if no line has a point. */
void report_lines_draw(FILE *stream, const report_lines *plot);

#endif
