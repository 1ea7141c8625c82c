/* report_eval.c: the figures of an evaluation in, a page out. For siamese
 * eval. */
#include "report/report_eval.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "report/report_bars.h"
#include "report/report_html.h"
#include "report/report_tables.h"
#include "report/report_worst.h"

CLI_EMBEDDED(cli_report_page_css);

static const json_t *member(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

/* ------------------------------------------------------------------------- */
/* The head                                                                  */
/* ------------------------------------------------------------------------- */

static void put_range(FILE *stream, const json_t *low_high)
{
    report_html_value(stream, json_array_get(low_high, 0), 4);
    fputs(" to ", stream);
    report_html_value(stream, json_array_get(low_high, 1), 4);
}

static void put_head(FILE *stream, const report_eval *r)
{
    const json_t *const f = r->figures;

    fputs("<header><p class=\"kind\">Evaluation</p><h1>", stream);
    report_html_string(stream, r->of);
    fputs("</h1>\n<p class=\"note\">", stream);
    report_html_value(stream, member(f, "queries"), 0);
    fputs(" queries with ", stream);
    report_html_value(stream, member(f, "relevant_pairs"), 0);
    fputs(" relevant items", stream);
    if (member(f, "items")) {
        fputs(", over ", stream);
        report_html_value(stream, member(f, "items"), 0);
        fputs(" items", stream);
    }
    fputs("; search: ", stream);
    report_html_value(stream, member(f, "search"), 0);
    fputs("; relevant is a grade of ", stream);
    report_html_value(stream, member(f, "relevant"), 2);
    fputs(" or more.</p></header>\n<div class=\"tiles\">\n", stream);
    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        const char *const name = r->metrics->wanted[i].name;
        report_tile_begin(stream, name);
        report_html_value(stream, member(f, name), 4);
        fputs("</b><small>", stream);
        put_range(stream, member(member(f, "intervals"), name));
        fputs("</small>", stream);
        report_tile_end(stream);
    }
    fputs("</div>\n", stream);
}

/* ------------------------------------------------------------------------- */
/* Figures and slices                                                        */
/* ------------------------------------------------------------------------- */

static void put_row(FILE *stream, const report_eval *r, const char *name,
                    const json_t *f)
{
    fprintf(stream, "<tr><th scope=\"row\">%s</th><td>", name);
    report_html_value(stream, member(f, "queries"), 0);
    fputs("</td><td>", stream);
    report_html_value(stream, member(f, "relevant_pairs"), 0);
    fputs("</td>", stream);
    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        const char *const wanted = r->metrics->wanted[i].name;
        fputs("<td>", stream);
        report_html_value(stream, member(f, wanted), 4);
        fputs("<small>", stream);
        put_range(stream, member(member(f, "intervals"), wanted));
        fputs("</small></td>", stream);
    }
    fputs("</tr>\n", stream);
}

static void put_table(FILE *stream, const report_eval *r)
{
    const json_t *const slices = member(r->figures, "slices");

    fputs("<table><thead><tr><th scope=\"col\"></th><th "
          "scope=\"col\">queries</th><th scope=\"col\">pairs</th>",
          stream);
    for (size_t i = 0; i < r->metrics->wanted_count; i++)
        fprintf(stream, "<th scope=\"col\">%s</th>",
                r->metrics->wanted[i].name);
    fputs("</tr></thead><tbody>\n", stream);
    put_row(stream, r, "all", r->figures);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (member(slices, eval_slice_name(i)))
            put_row(stream, r, eval_slice_name(i),
                    member(slices, eval_slice_name(i)));
    fputs("</tbody></table>\n", stream);
}

static report_interval interval_of(const char *name, const json_t *f,
                                   const char *wanted)
{
    const json_t *const range = member(member(f, "intervals"), wanted);

    return (report_interval){name, report_html_number(member(f, wanted)),
                             report_html_number(json_array_get(range, 0)),
                             report_html_number(json_array_get(range, 1))};
}

/* One plot a figure, of all queries and the slices. */
static void draw_slices(FILE *stream, const report_eval *r)
{
    const json_t *const slices = member(r->figures, "slices");
    report_interval rows[1 + EVAL_SLICE_COUNT];

    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        const char *const wanted = r->metrics->wanted[i].name;
        size_t count = 0;
        rows[count++] = interval_of("all", r->figures, wanted);
        for (int s = 0; s < EVAL_SLICE_COUNT; s++) {
            const char *const name = eval_slice_name(s);
            if (member(slices, name))
                rows[count++] = interval_of(name, member(slices, name), wanted);
        }
        report_intervals_draw(stream, wanted, "mean over the queries", rows,
                              count, 0);
    }
}

/* Without slices: one plot of all figures. */
static void draw_all(FILE *stream, const report_eval *r)
{
    size_t const count = r->metrics->wanted_count;
    report_interval *const rows = cli_alloc(count, sizeof *rows);

    for (size_t i = 0; i < count; i++) {
        const char *const wanted = r->metrics->wanted[i].name;
        rows[i] = interval_of(wanted, r->figures, wanted);
    }
    report_intervals_draw(stream, "All figures", "mean over the queries", rows,
                          count, 0);
    free(rows);
}

static void put_figures(FILE *stream, const report_eval *r)
{
    const int has_slices = member(r->figures, "slices") != NULL;

    report_html_section(
        stream, "metrics", has_slices ? "Figures and slices" : "Figures",
        "Means over the queries, with 95 % intervals by the bootstrap over "
        "queries.");
    put_table(stream, r);
    fputs("<div class=\"plots\">\n", stream);
    if (has_slices)
        draw_slices(stream, r);
    else
        draw_all(stream, r);
    report_first_relevant(stream, member(r->figures, "first_relevant"));
    fputs("</div>\n", stream);
    report_html_section_end(stream);
}

/* ------------------------------------------------------------------------- */
/* Comparison                                                                */
/* ------------------------------------------------------------------------- */

static void put_difference(FILE *stream, const char *name, const json_t *d)
{
    static const char *const cells[] = {"this",    "other",  "difference",
                                        "low",     "high",   "share_above_0",
                                        "p_value", "queries"};

    fprintf(stream, "<tr><th scope=\"row\">%s</th>", name);
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        fputs("<td>", stream);
        report_html_value(stream, member(d, cells[i]), 4);
        fputs("</td>", stream);
    }
    fputs("</tr>\n", stream);
}

static void put_compared(FILE *stream, const report_eval *r, const char *slice,
                         const json_t *differences)
{
    fprintf(stream,
            "<table><thead><tr><th scope=\"col\">%s</th><th "
            "scope=\"col\">this</th><th scope=\"col\">other</th><th "
            "scope=\"col\">difference</th><th scope=\"col\">low</th><th "
            "scope=\"col\">high</th><th scope=\"col\">above 0</th><th "
            "scope=\"col\">p</th><th scope=\"col\">queries</th></tr></thead>"
            "<tbody>\n",
            slice);
    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        const char *const name = r->metrics->wanted[i].name;
        put_difference(stream, name, member(differences, name));
    }
    fputs("</tbody></table>\n", stream);
}

static void draw_compared(FILE *stream, const report_eval *r,
                          const json_t *differences)
{
    size_t const count = r->metrics->wanted_count;
    report_interval *const rows = cli_alloc(count, sizeof *rows);

    for (size_t i = 0; i < count; i++) {
        const char *const name = r->metrics->wanted[i].name;
        const json_t *const d = member(differences, name);
        rows[i] =
            (report_interval){name, report_html_number(member(d, "difference")),
                              report_html_number(member(d, "low")),
                              report_html_number(member(d, "high"))};
    }
    fputs("<div class=\"plots\">\n", stream);
    report_intervals_draw(stream, "Differences of all queries", "this - other",
                          rows, count, 1);
    fputs("</div>\n", stream);
    free(rows);
}

static void put_comparison(FILE *stream, const report_eval *r)
{
    const json_t *const c = member(r->figures, "compare");

    if (!c) return;
    report_html_section(
        stream, "compare", "Against another search",
        "Differences over the same queries: 95 % intervals by the paired "
        "bootstrap, p by the randomisation test.");
    fputs("<p>The other is <code>", stream);
    report_html_value(stream, member(c, "other"), 0);
    fputs("</code>.</p>\n", stream);
    draw_compared(stream, r, member(c, "all"));
    put_compared(stream, r, "all", member(c, "all"));
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (member(c, eval_slice_name(i)))
            put_compared(stream, r, eval_slice_name(i),
                         member(c, eval_slice_name(i)));
    report_html_section_end(stream);
}

/* ------------------------------------------------------------------------- */
/* The page                                                                  */
/* ------------------------------------------------------------------------- */

void report_eval_write(FILE *stream, const report_eval *r)
{
    const report_page page = {
        .kind = "Evaluation", .title = r->of, .style = cli_report_page_css};

    report_html_begin(stream, &page);
    put_head(stream, r);
    put_figures(stream, r);
    put_comparison(stream, r);
    report_html_section(stream, "scores", "Scores",
                        "How far the scores of items that are wanted lie from "
                        "those of others.");
    report_scores_draw(stream, r->scores, member(r->figures, "scores"));
    report_html_section_end(stream);
    report_worst(stream, r->found, r->items);
    if (member(r->figures, "vocabulary"))
        report_vocabulary(stream, member(r->figures, "vocabulary"),
                          member(r->figures, "unknown_words"));
    report_settings(stream, r->settings);
    report_command(stream, r->command);
    report_figures(stream, r->figures);
    report_html_end(stream, &page);
}
