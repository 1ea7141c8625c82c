/* report_lines.c: series of points in, a plot of curves out. For
 * report_train. */
#include "report/report_lines.h"

#include <math.h>
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "report/report_axis.h"
#include "report/report_html.h"

/* ------------------------------------------------------------------------- */
/* Curves                                                                    */
/* ------------------------------------------------------------------------- */

typedef struct bounds {
    double x_low, x_high, y_low, y_high;
    size_t points;
} bounds;

static bounds bounds_of(const report_lines *plot)
{
    bounds b = {INFINITY, -INFINITY, INFINITY, -INFINITY, 0};

    for (size_t i = 0; i < plot->count; i++)
        for (size_t k = 0; k < plot->lines[i].count; k++) {
            double const x = plot->lines[i].x[k], y = plot->lines[i].y[k];
            if (!isfinite(y)) continue;
            b.points++;
            b.x_low = fmin(b.x_low, x);
            b.x_high = fmax(b.x_high, x);
            b.y_low = fmin(b.y_low, y);
            b.y_high = fmax(b.y_high, y);
        }
    if (plot->from_zero && b.y_low > 0) b.y_low = 0;
    return b;
}

static void draw_line(FILE *stream, const report_line *line, size_t number,
                      const report_axis *x, const report_axis *y)
{
    int begins = 1;

    fprintf(stream, "<path class=\"line s%zu\" d=\"", number);
    for (size_t k = 0; k < line->count; k++) {
        if (!isfinite(line->y[k])) {
            begins = 1;
            continue;
        }
        fprintf(stream, "%s%.1f %.1f", begins ? "M" : "L",
                report_axis_at(x, line->x[k]), report_axis_at(y, line->y[k]));
        begins = 0;
    }
    fputs("\"/>\n", stream);
}

/* Points that tell their numbers under the pointer. */
static void draw_points(FILE *stream, const report_lines *plot, size_t i,
                        const report_axis *x, const report_axis *y)
{
    const report_line *const line = &plot->lines[i];
    char step[32];

    for (size_t k = 0; k < line->count; k++) {
        if (!isfinite(line->y[k])) continue;
        report_html_grouped((json_int_t)line->x[k], step);
        fprintf(stream,
                "<circle class=\"point s%zu\" cx=\"%.1f\" cy=\"%.1f\" "
                "r=\"3\"><title>%s, %s %s: %.*f</title></circle>\n",
                i + 1, report_axis_at(x, line->x[k]),
                report_axis_at(y, line->y[k]), line->name, plot->x_label, step,
                plot->decimals, line->y[k]);
    }
}

static void draw_mark(FILE *stream, const report_lines *plot,
                      const report_axis *x)
{
    double const at = report_axis_at(x, plot->mark);
    int const is_right = at > (REPORT_PLOT_LEFT + REPORT_PLOT_RIGHT) / 2.0;

    fprintf(stream,
            "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
            "y2=\"%d\"/><text class=\"mark\" x=\"%.1f\" y=\"%d\" "
            "text-anchor=\"%s\">%s</text>\n",
            at, at, REPORT_PLOT_TOP, REPORT_PLOT_BOTTOM,
            is_right ? at - 6 : at + 6, REPORT_PLOT_TOP + 12,
            is_right ? "end" : "start", plot->mark_name);
}

/* "loss: from 0.9 to 0.2; ..." */
static char *describe(const report_lines *plot)
{
    char *text = cli_format("%s over %s.", plot->y_label, plot->x_label);

    for (size_t i = 0; i < plot->count; i++) {
        const report_line *const l = &plot->lines[i];
        if (l->count == 0) continue;
        char *const more = cli_format("%s %s: %.*f at first, %.*f at last.",
                                      text, l->name, plot->decimals, l->y[0],
                                      plot->decimals, l->y[l->count - 1]);
        free(text);
        text = more;
    }
    return text;
}

void report_lines_draw(FILE *stream, const report_lines *plot)
{
    bounds const b = bounds_of(plot);
    const char *names[REPORT_LINES_MOST];

    if (b.points == 0) return;
    report_axis const x = report_axis_tight(
        b.x_low, b.x_high, 6, REPORT_PLOT_LEFT, REPORT_PLOT_RIGHT);
    report_axis const y = report_axis_of(b.y_low, b.y_high, 5,
                                         REPORT_PLOT_BOTTOM, REPORT_PLOT_TOP);
    char *const description = describe(plot);

    report_figure_begin(stream, plot->title);
    report_svg_begin(stream, REPORT_PLOT_HEIGHT, plot->title, description);
    free(description);
    report_axes_draw(stream, &x, plot->x_label, &y, plot->y_label);
    if (plot->mark > 0) draw_mark(stream, plot, &x);
    for (size_t i = 0; i < plot->count; i++) {
        draw_line(stream, &plot->lines[i], i + 1, &x, &y);
        if (plot->lines[i].is_marked) draw_points(stream, plot, i, &x, &y);
        names[i] = plot->lines[i].name;
    }
    report_svg_end(stream);
    if (plot->count > 1) report_figure_legend(stream, names, plot->count);
    report_figure_end(stream);
}
