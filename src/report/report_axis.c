/* report_axis.c: ranges in, axes of an SVG out. For the plots of src/report. */
#include "report/report_axis.h"

#include <math.h>
#include <string.h>

#include "report/report_html.h"

/* ------------------------------------------------------------------------- */
/* Numbers                                                                   */
/* ------------------------------------------------------------------------- */

/* The least of 1, 2, 5 times a power of ten that is not below size. */
static double round_step(double size)
{
    double const power = pow(10, floor(log10(size)));
    double const share = size / power;

    return power * (share <= 1.0000001   ? 1
                    : share <= 2.0000001 ? 2
                    : share <= 5.0000001 ? 5
                                         : 10);
}

report_axis report_axis_tight(double low, double high, int ticks, double from,
                              double to)
{
    if (!(high > low)) { /* one value, or none */
        double const half = low != 0 ? fabs(low) / 2 : 0.5;
        high = low + half;
        low -= half;
    }
    return (report_axis){low, high, round_step((high - low) / ticks), from, to};
}

report_axis report_axis_of(double low, double high, int ticks, double from,
                           double to)
{
    report_axis axis = report_axis_tight(low, high, ticks, from, to);

    axis.low = axis.step * floor(axis.low / axis.step + 1e-9);
    axis.high = axis.step * ceil(axis.high / axis.step - 1e-9);
    return axis;
}

double report_axis_at(const report_axis *axis, double value)
{
    return axis->from + (value - axis->low) / (axis->high - axis->low) *
                            (axis->to - axis->from);
}

/* A tick's number as HTML, with a minus that is one. */
static void axis_label(const report_axis *axis, double value, char text[40])
{
    int const decimals =
        axis->step < 1 ? (int)ceil(-log10(axis->step) - 1e-9) : 0;
    char digits[32];

    if (fabs(value) < axis->step / 2) value = 0;
    if (decimals > 5 || axis->high >= 1e7)
        snprintf(digits, sizeof digits, "%.3g", fabs(value));
    else if (decimals > 0)
        snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    else
        report_html_grouped((json_int_t)llround(fabs(value)), digits);
    snprintf(text, 40, "%s%s", value < 0 ? "&#8722;" : "", digits);
}

/* ------------------------------------------------------------------------- */
/* The frame of a plot                                                       */
/* ------------------------------------------------------------------------- */

void report_figure_begin(FILE *stream, const char *title)
{
    fputs("<figure>\n<figcaption>", stream);
    report_html_string(stream, title);
    fputs("</figcaption>\n", stream);
}

void report_figure_legend(FILE *stream, const char *const *names, size_t count)
{
    fputs("<p class=\"legend\">", stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream,
                "<span><svg class=\"key\" viewBox=\"0 0 28 10\" "
                "aria-hidden=\"true\"><line class=\"line s%zu\" x1=\"1\" "
                "x2=\"27\" y1=\"5\" y2=\"5\"/></svg>",
                i + 1);
        report_html_string(stream, names[i]);
        fputs("</span>\n", stream);
    }
    fputs("</p>\n", stream);
}

void report_figure_end(FILE *stream)
{
    fputs("</figure>\n", stream);
}

/* ------------------------------------------------------------------------- */
/* Drawing                                                                   */
/* ------------------------------------------------------------------------- */

void report_svg_begin(FILE *stream, int height, const char *title,
                      const char *description)
{
    fprintf(stream,
            "<svg viewBox=\"0 0 %d %d\" role=\"img\" "
            "xmlns=\"http://www.w3.org/2000/svg\"><title>",
            REPORT_PLOT_WIDTH, height);
    report_html_string(stream, title);
    fputs("</title><desc>", stream);
    report_html_string(stream, description);
    fputs("</desc>\n", stream);
}

void report_svg_end(FILE *stream)
{
    fputs("</svg>\n", stream);
}

/* grid_top: where lines of the grid begin; below it they would not be seen. */
static void draw_x(FILE *stream, const report_axis *x, const char *label,
                   int bottom, int grid_top)
{
    char text[40];

    for (double i = ceil(x->low / x->step - 1e-9);
         i * x->step <= x->high + 1e-9 * x->step; i++) {
        double const at = report_axis_at(x, i * x->step);
        axis_label(x, i * x->step, text);
        fprintf(stream,
                "<line class=\"%s\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" "
                "y2=\"%d\"/><text x=\"%.1f\" y=\"%d\" "
                "text-anchor=\"middle\">%s</text>\n",
                grid_top < bottom ? "grid" : "tick", at, at, grid_top,
                bottom + 5, at, bottom + 20, text);
    }
    fprintf(stream,
            "<text class=\"axis\" x=\"%.1f\" y=\"%d\" "
            "text-anchor=\"middle\">",
            (x->from + x->to) / 2, bottom + 42);
    report_html_string(stream, label);
    fputs("</text>\n", stream);
}

static void draw_y(FILE *stream, const report_axis *y, const char *label)
{
    char text[40];

    for (double i = ceil(y->low / y->step - 1e-9);
         i * y->step <= y->high + 1e-9 * y->step; i++) {
        double const at = report_axis_at(y, i * y->step);
        axis_label(y, i * y->step, text);
        fprintf(stream,
                "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" "
                "y2=\"%.1f\"/><text x=\"%d\" y=\"%.1f\" "
                "text-anchor=\"end\">%s</text>\n",
                REPORT_PLOT_LEFT, REPORT_PLOT_RIGHT, at, at,
                REPORT_PLOT_LEFT - 8, at + 4.5, text);
    }
    fprintf(stream,
            "<text class=\"axis\" transform=\"translate(12 %d) rotate(-90)\" "
            "text-anchor=\"middle\">",
            (REPORT_PLOT_TOP + REPORT_PLOT_BOTTOM) / 2);
    report_html_string(stream, label);
    fputs("</text>\n", stream);
}

void report_axes_draw(FILE *stream, const report_axis *x, const char *x_label,
                      const report_axis *y, const char *y_label)
{
    draw_y(stream, y, y_label);
    draw_x(stream, x, x_label, REPORT_PLOT_BOTTOM, REPORT_PLOT_BOTTOM);
    fprintf(stream,
            "<line class=\"base\" x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\"/>\n",
            REPORT_PLOT_LEFT, REPORT_PLOT_RIGHT, REPORT_PLOT_BOTTOM,
            REPORT_PLOT_BOTTOM);
}

void report_axis_rows_draw(FILE *stream, const report_axis *x,
                           const char *x_label, int bottom)
{
    draw_x(stream, x, x_label, bottom, REPORT_PLOT_TOP);
}
