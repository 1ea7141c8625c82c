/* report_bars.c: numbers in, plots of their counts and intervals out. For the
 * reports of train and eval. */
#include "report/report_bars.h"

#include <math.h>
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "report/report_axis.h"
#include "report/report_html.h"

enum { BINS = 40, ROW_HEIGHT = 30, NAME_WIDTH = 150 };

/* ------------------------------------------------------------------------- */
/* Histograms                                                                */
/* ------------------------------------------------------------------------- */

static void count_bins(const report_group *g, const report_axis *x,
                       double shares[BINS])
{
    for (int i = 0; i < BINS; i++) shares[i] = 0;
    for (size_t i = 0; i < g->count; i++) {
        double const place = (g->values[i] - x->low) / (x->high - x->low);
        int const bin = (int)(place * BINS);
        shares[bin < 0       ? 0
               : bin >= BINS ? BINS - 1
                             : bin] += 100.0 / (double)g->count;
    }
}

/* The outline of the bins, with the plane under it. */
static void draw_group(FILE *stream, const double shares[BINS], size_t number,
                       const report_axis *x, const report_axis *y)
{
    double const width = (x->to - x->from) / BINS;

    for (int pass = 0; pass < 2; pass++) {
        fprintf(stream, "<path class=\"%s s%zu\" d=\"M%.1f %.1f",
                pass ? "line" : "area", number, x->from, y->from);
        for (int i = 0; i < BINS; i++)
            fprintf(stream, "V%.1fH%.1f", report_axis_at(y, shares[i]),
                    x->from + width * (i + 1));
        fprintf(stream, "V%.1f\"/>\n", y->from);
    }
}

static char *describe_groups(const report_group *groups, size_t count)
{
    char *text = cli_format("%s", "Means:");

    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t k = 0; k < groups[i].count; k++) sum += groups[i].values[k];
        char *const more =
            cli_format("%s %s %.3f of %zu;", text, groups[i].name,
                       sum / (double)groups[i].count, groups[i].count);
        free(text);
        text = more;
    }
    return text;
}

void report_histogram_draw(FILE *stream, const char *title, const char *x_label,
                           const report_group *groups, size_t count)
{
    double shares[REPORT_GROUPS_MOST][BINS];
    const char *names[REPORT_GROUPS_MOST];
    double low = INFINITY, high = -INFINITY, most = 0;

    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < groups[i].count; k++) {
            low = fmin(low, groups[i].values[k]);
            high = fmax(high, groups[i].values[k]);
        }
    if (!isfinite(low)) return;
    report_axis const x =
        report_axis_of(low, high, 6, REPORT_PLOT_LEFT, REPORT_PLOT_RIGHT);
    for (size_t i = 0; i < count; i++) {
        count_bins(&groups[i], &x, shares[i]);
        for (int k = 0; k < BINS; k++) most = fmax(most, shares[i][k]);
        names[i] = groups[i].name;
    }
    report_axis const y =
        report_axis_of(0, most, 5, REPORT_PLOT_BOTTOM, REPORT_PLOT_TOP);
    char *const description = describe_groups(groups, count);

    report_figure_begin(stream, title);
    report_svg_begin(stream, REPORT_PLOT_HEIGHT, title, description);
    free(description);
    report_axes_draw(stream, &x, x_label, &y, "% of the pairs");
    for (size_t i = count; i-- > 0;)
        draw_group(stream, shares[i], i + 1, &x, &y);
    report_svg_end(stream);
    report_figure_legend(stream, names, count);
    report_figure_end(stream);
}

/* ------------------------------------------------------------------------- */
/* Bars                                                                      */
/* ------------------------------------------------------------------------- */

static void draw_bar(FILE *stream, const char *name, double count, double left,
                     double width, const report_axis *y)
{
    double const top = report_axis_at(y, count);
    double const middle = left + width / 2;
    char text[32];

    report_html_grouped((json_int_t)count, text);
    fprintf(stream,
            "<rect class=\"area s1\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
            "height=\"%.1f\"><title>",
            left + width * 0.12, top, width * 0.76, REPORT_PLOT_BOTTOM - top);
    report_html_string(stream, name);
    fprintf(stream,
            ": %s</title></rect><text x=\"%.1f\" y=\"%.1f\" "
            "text-anchor=\"middle\">%s</text><text x=\"%.1f\" y=\"%d\" "
            "text-anchor=\"middle\">",
            text, middle, top - 6, text, middle, REPORT_PLOT_BOTTOM + 20);
    report_html_string(stream, name);
    fputs("</text>\n", stream);
}

void report_bars_draw(FILE *stream, const char *title, const char *x_label,
                      const char *y_label, const char *const *names,
                      const double *counts, size_t count)
{
    double const width =
        (double)(REPORT_PLOT_RIGHT - REPORT_PLOT_LEFT) / (double)count;
    /* bars stand between ticks that are none */
    report_axis const x = {1, 0, 1, REPORT_PLOT_LEFT, REPORT_PLOT_RIGHT};
    double most = 0;

    for (size_t i = 0; i < count; i++) most = fmax(most, counts[i]);
    if (most == 0) return;
    report_axis const y =
        report_axis_of(0, most * 1.08, 4, REPORT_PLOT_BOTTOM, REPORT_PLOT_TOP);
    report_figure_begin(stream, title);
    report_svg_begin(stream, REPORT_PLOT_HEIGHT, title, y_label);
    report_axes_draw(stream, &x, x_label, &y, y_label);
    for (size_t i = 0; i < count; i++)
        draw_bar(stream, names[i], counts[i],
                 REPORT_PLOT_LEFT + width * (double)i, width, &y);
    report_svg_end(stream);
    report_figure_end(stream);
}

/* ------------------------------------------------------------------------- */
/* Intervals                                                                 */
/* ------------------------------------------------------------------------- */

static void draw_interval(FILE *stream, const report_interval *row,
                          const report_axis *x, double at)
{
    fprintf(stream, "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">",
            NAME_WIDTH - 10, at + 4.5);
    report_html_string(stream, row->name);
    fputs("</text>\n", stream);
    if (!isfinite(row->value)) return;
    fprintf(stream,
            "<g><title>%.4f, %.4f to %.4f</title><line class=\"whisker\" "
            "x1=\"%.1f\" x2=\"%.1f\" y1=\"%.1f\" y2=\"%.1f\"/><circle "
            "class=\"point s1\" cx=\"%.1f\" cy=\"%.1f\" r=\"4.5\"/></g>\n",
            row->value, row->low, row->high, report_axis_at(x, row->low),
            report_axis_at(x, row->high), at, at, report_axis_at(x, row->value),
            at);
}

void report_intervals_draw(FILE *stream, const char *title, const char *x_label,
                           const report_interval *rows, size_t count,
                           int has_zero)
{
    double low = has_zero ? 0 : INFINITY, high = has_zero ? 0 : -INFINITY;
    int const bottom = REPORT_PLOT_TOP + ROW_HEIGHT * (int)count;

    for (size_t i = 0; i < count; i++) {
        if (!isfinite(rows[i].value)) continue;
        low = fmin(low, rows[i].low);
        high = fmax(high, rows[i].high);
    }
    if (!isfinite(low)) return;
    report_axis const x =
        report_axis_of(low, high, 4, NAME_WIDTH, REPORT_PLOT_RIGHT - 10);
    report_figure_begin(stream, title);
    report_svg_begin(stream, bottom + 50, title, x_label);
    report_axis_rows_draw(stream, &x, x_label, bottom);
    if (has_zero)
        fprintf(stream,
                "<line class=\"mark\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
                "y2=\"%d\"/>\n",
                report_axis_at(&x, 0), report_axis_at(&x, 0), REPORT_PLOT_TOP,
                bottom);
    for (size_t i = 0; i < count; i++)
        draw_interval(stream, &rows[i], &x,
                      REPORT_PLOT_TOP + ROW_HEIGHT * ((double)i + 0.5));
    report_svg_end(stream);
    report_figure_end(stream);
}
