/*
 * report_axis.h: the axes of a plot: from a range of numbers to round ticks,
 * and from numbers to places in an SVG. The plots of src/report are drawn on
 * them.
 */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdio.h>

/* The plane of a plot in its viewBox; the rest holds ticks and labels. */
enum {
    REPORT_PLOT_WIDTH = 520,
    REPORT_PLOT_HEIGHT = 280,
    REPORT_PLOT_LEFT = 82,
    REPORT_PLOT_RIGHT = 508,
    REPORT_PLOT_TOP = 12,
    REPORT_PLOT_BOTTOM = 232
};

typedef struct report_axis {
    double low, high, step; /* round numbers */
    double from, to;        /* places of low and high */
} report_axis;

/* Some `ticks` steps of 1, 2 or 5 times a power of ten that hold the range. */
report_axis report_axis_of(double low, double high, int ticks, double from,
                           double to);

/* A range as it stands, with round ticks inside. */
report_axis report_axis_tight(double low, double high, int ticks, double from,
                              double to);

double report_axis_at(const report_axis *axis, double value);

/* A plot's figure, its caption before and its legend behind the SVG. */
void report_figure_begin(FILE *stream, const char *title);
void report_figure_legend(FILE *stream, const char *const *names, size_t count);
void report_figure_end(FILE *stream);

/* Opens the SVG of a plot: its title and, for who does not see it, what it
 * shows. */
void report_svg_begin(FILE *stream, int height, const char *title,
                      const char *description);
void report_svg_end(FILE *stream);

/* Grid, ticks and labels of both axes of a plane. */
void report_axes_draw(FILE *stream, const report_axis *x, const char *x_label,
                      const report_axis *y, const char *y_label);

/* The same of x alone, under rows that end at `bottom`. */
void report_axis_rows_draw(FILE *stream, const report_axis *x,
                           const char *x_label, int bottom);

#endif
