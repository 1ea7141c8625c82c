/* report_train.c: the figures and the course of a training in, a page out. For
 * siamese train. */
#include "report/report_train.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "report/report_bars.h"
#include "report/report_html.h"
#include "report/report_lines.h"
#include "report/report_tables.h"
#include "report/report_worst.h"

CLI_EMBEDDED(cli_report_page_css);

static const json_t *member(const json_t *object, const char *name)
{
    return json_object_get(object, name);
}

/* The numbers of an array, to be freed. */
static double *numbers(const json_t *array)
{
    double *const list = cli_alloc(json_array_size(array) + 1, sizeof *list);

    for (size_t i = 0; i < json_array_size(array); i++)
        list[i] = report_html_number(json_array_get(array, i));
    return list;
}

/* A member of each object of an array: "loss", or of "topk" number k. */
static double *members(const json_t *array, const char *name, size_t k)
{
    double *const list = cli_alloc(json_array_size(array) + 1, sizeof *list);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *const one = member(json_array_get(array, i), name);
        list[i] = report_html_number(json_is_array(one) ? json_array_get(one, k)
                                                        : one);
    }
    return list;
}

/* ------------------------------------------------------------------------- */
/* The head                                                                  */
/* ------------------------------------------------------------------------- */

static void put_tile(FILE *stream, const char *name, const json_t *value,
                     int decimals, const char *below)
{
    if (!value) return;
    report_tile_begin(stream, name);
    report_html_value(stream, value, decimals);
    fprintf(stream, "</b><small>%s</small>", below);
    report_tile_end(stream);
}

static void put_tiles(FILE *stream, const json_t *f)
{
    const json_t *const found = member(member(f, "holdout"), "model");
    const json_t *const validation = member(f, "validation");

    fputs("<div class=\"tiles\">\n", stream);
    put_tile(stream, "recall@10", member(found, "recall@10"), 4,
             "of queries held back");
    put_tile(stream, "mrr@10", member(found, "mrr@10"), 4,
             "of queries held back");
    put_tile(stream, "best validation", member(validation, "best_value"), 4,
             "the figure that is monitored");
    put_tile(stream, "loss a pair", member(f, "loss_mean_per_pair"), 4,
             "mean of the last epoch");
    put_tile(stream, "steps", member(f, "steps"), 0, "in all");
    put_tile(stream, "pairs a second", member(f, "pairs_per_s"), 0,
             "in training steps");
    put_tile(stream, "seconds", member(member(f, "seconds"), "total"), 1,
             "from files to model");
    fputs("</div>\n", stream);
}

static void put_head(FILE *stream, const report_train *r)
{
    const json_t *const f = r->figures;

    fputs("<header><p class=\"kind\">Training</p><h1>", stream);
    report_html_string(stream, r->of);
    fputs("</h1>\n<p class=\"note\">", stream);
    report_html_value(stream, member(f, "positives"), 0);
    fputs(" positive pairs of ", stream);
    report_html_value(stream, member(f, "rows"), 0);
    fputs(" rows, ", stream);
    report_html_value(stream, member(f, "items"), 0);
    fputs(" items; ", stream);
    report_html_value(stream, member(f, "epochs"), 0);
    fputs(" epochs.</p></header>\n", stream);
    put_tiles(stream, f);
}

/* ------------------------------------------------------------------------- */
/* Curves                                                                    */
/* ------------------------------------------------------------------------- */

typedef struct course {
    const json_t *history, *validations, *epochs;
    double best_step; /* of the validations; 0: there are none */
    size_t count, validation_count, epoch_count;
    double *steps, *validation_steps, *epoch_steps;
} course;

static void draw_loss(FILE *stream, const course *c)
{
    double *const loss = numbers(member(c->history, "loss"));
    double *const validation = members(c->validations, "loss", 0);
    report_lines plot = {.title = "Loss",
                         .x_label = "step",
                         .y_label = "loss a pair",
                         .decimals = 4,
                         .from_zero = 1,
                         .mark = c->best_step,
                         .mark_name = "best"};

    plot.lines[plot.count++] =
        (report_line){"training", c->steps, loss, c->count, c->count < 3};
    if (c->validation_count > 0)
        plot.lines[plot.count++] =
            (report_line){"validation", c->validation_steps, validation,
                          c->validation_count, 1};
    report_lines_draw(stream, &plot);
    free(loss);
    free(validation);
}

/* Top-k accuracy of validations or epochs, if it was measured. */
static void draw_topk(FILE *stream, const char *title, const json_t *list,
                      const double *steps, double best_step)
{
    static const char *const names[] = {"top 1", "top 5", "top 10", "top 50",
                                        "top 100"};
    size_t const count = json_array_size(list);
    double *topk[SIAMESE_TOPK_COUNT];
    report_lines plot = {.title = title,
                         .x_label = "step",
                         .y_label = "share of queries",
                         .decimals = 4,
                         .from_zero = 1,
                         .mark = best_step,
                         .mark_name = "best"};

    if (!member(json_array_get(list, 0), "topk")) return;
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++) {
        topk[k] = members(list, "topk", k);
        plot.lines[plot.count++] =
            (report_line){names[k], steps, topk[k], count, 1};
    }
    report_lines_draw(stream, &plot);
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++) free(topk[k]);
}

static void draw_rate(FILE *stream, const course *c, const char *title,
                      const char *name, const char *label, int decimals)
{
    double *const values = numbers(member(c->history, name));
    report_lines const plot = {
        .title = title,
        .x_label = "step",
        .y_label = label,
        .decimals = decimals,
        .from_zero = 1,
        .lines = {{label, c->steps, values, c->count, c->count < 3}},
        .count = 1};

    report_lines_draw(stream, &plot);
    free(values);
}

static course course_of(const json_t *figures)
{
    const json_t *const h = member(figures, "history");
    course c = {.history = h,
                .validations = member(h, "validations"),
                .epochs = member(h, "epochs")};

    c.count = json_array_size(member(h, "steps"));
    c.validation_count = json_array_size(c.validations);
    c.epoch_count = json_array_size(c.epochs);
    c.steps = numbers(member(h, "steps"));
    c.validation_steps = members(c.validations, "step", 0);
    c.epoch_steps = members(c.epochs, "step", 0);
    if (c.validation_count > 0)
        c.best_step = (double)json_integer_value(
            member(member(figures, "validation"), "best_step"));
    return c;
}

static void put_course(FILE *stream, const report_train *r)
{
    course c = course_of(r->figures);

    report_html_section(stream, "course", "The course of training",
                        c.count > 500 / 2
                            ? "Each point of the curves is a mean over some "
                              "steps."
                            : NULL);
    fputs("<div class=\"plots\">\n", stream);
    draw_loss(stream, &c);
    draw_topk(stream, "Accuracy in validation", c.validations,
              c.validation_steps, c.best_step);
    draw_topk(stream, "Accuracy over the training pairs", c.epochs,
              c.epoch_steps, 0);
    draw_rate(stream, &c, "Speed", "pairs_per_s", "pairs a second", 0);
    draw_rate(stream, &c, "Learning rate", "learning_rate", "learning rate", 6);
    fputs("</div>\n", stream);
    if (c.count == 0)
        fputs("<p>No step was done: the epochs wanted were done before.</p>\n",
              stream);
    report_html_section_end(stream);
    free(c.steps);
    free(c.validation_steps);
    free(c.epoch_steps);
}

/* ------------------------------------------------------------------------- */
/* What was held back                                                        */
/* ------------------------------------------------------------------------- */

static const char *const held_back[] = {"recall@10", "recall@100", "mrr@10"};
enum { HELD_BACK = sizeof held_back / sizeof *held_back };

static void put_searched(FILE *stream, const char *name, const json_t *row)
{
    if (!json_is_object(row)) return;
    fprintf(stream, "<tr><th scope=\"row\">%s</th>", name);
    for (size_t i = 0; i < HELD_BACK; i++) {
        const json_t *const range =
            member(member(row, "intervals"), held_back[i]);
        fputs("<td>", stream);
        report_html_value(stream, member(row, held_back[i]), 4);
        fputs("<small>", stream);
        report_html_value(stream, json_array_get(range, 0), 4);
        fputs(" to ", stream);
        report_html_value(stream, json_array_get(range, 1), 4);
        fputs("</small></td>", stream);
    }
    fputs("</tr>\n", stream);
}

static void put_holdout(FILE *stream, const report_train *r)
{
    const json_t *const h = member(r->figures, "holdout");

    if (!h) return;
    report_html_section(stream, "holdout", "Queries that were held back",
                        "No pair of theirs was learned from. Means over the "
                        "queries and all items, with 95 % intervals by the "
                        "bootstrap.");
    fputs("<p>", stream);
    report_html_value(stream, member(h, "queries"), 0);
    fputs(" queries with ", stream);
    report_html_value(stream, member(h, "pairs"), 0);
    fputs(" pairs, over ", stream);
    report_html_value(stream, member(h, "items"), 0);
    fputs(" items.</p>\n<table><thead><tr><th scope=\"col\"></th>", stream);
    for (size_t i = 0; i < HELD_BACK; i++)
        fprintf(stream, "<th scope=\"col\">%s</th>", held_back[i]);
    fputs("</tr></thead><tbody>\n", stream);
    put_searched(stream, "this model", member(h, "model"));
    put_searched(stream, "BM25 (SQLite&#39;s FTS5)", member(h, "bm25"));
    put_searched(stream, "untrained model", member(h, "untrained"));
    put_searched(stream, "the model before", member(h, "before"));
    fputs("</tbody></table>\n<div class=\"plots\">\n", stream);
    report_first_relevant(stream, member(r->figures, "first_relevant"));
    fputs("</div>\n", stream);
    report_html_section_end(stream);
}

/* ------------------------------------------------------------------------- */
/* Data and time                                                             */
/* ------------------------------------------------------------------------- */

enum { MOST_BARS = 9 };

static void draw_object(FILE *stream, const char *title, const char *x_label,
                        const char *y_label, const json_t *object)
{
    const char *names[MOST_BARS], *name;
    double counts[MOST_BARS];
    size_t count = 0;
    json_t *value;

    if (json_object_size(object) > MOST_BARS) return;
    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        names[count] = name;
        counts[count++] = report_html_number(value);
    }
    if (count > 0)
        report_bars_draw(stream, title, x_label, y_label, names, counts, count);
}

static void put_rows(FILE *stream, const json_t *object)
{
    const char *name;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, name, value)
    {
        fputs("<tr><th scope=\"row\">", stream);
        report_html_string(stream, name);
        fputs("</th><td>", stream);
        report_html_value(stream, value, 2);
        fputs("</td></tr>\n", stream);
    }
}

static void put_data(FILE *stream, const report_train *r)
{
    const json_t *const counts = member(r->figures, "relevance_counts");

    report_html_section(stream, "data", "Data and time", NULL);
    fputs("<div class=\"plots\">\n", stream);
    draw_object(stream, "Rows by relevance", "relevance", "rows", counts);
    fputs("<div><table><thead><tr><th scope=\"col\">stage</th><th "
          "scope=\"col\">seconds</th></tr></thead><tbody>\n",
          stream);
    put_rows(stream, member(r->figures, "seconds"));
    fputs("</tbody></table></div>\n", stream);
    if (json_object_size(counts) > MOST_BARS) {
        fputs("<div><table><thead><tr><th scope=\"col\">relevance</th><th "
              "scope=\"col\">rows</th></tr></thead><tbody>\n",
              stream);
        put_rows(stream, counts);
        fputs("</tbody></table></div>\n", stream);
    }
    fputs("</div>\n", stream);
    report_html_section_end(stream);
}

/* ------------------------------------------------------------------------- */
/* The page                                                                  */
/* ------------------------------------------------------------------------- */

void report_train_write(FILE *stream, const report_train *r)
{
    const report_page page = {
        .kind = "Training", .title = r->of, .style = cli_report_page_css};
    const json_t *const vocabulary = member(r->figures, "vocabulary");

    report_html_begin(stream, &page);
    put_head(stream, r);
    put_course(stream, r);
    put_holdout(stream, r);
    if (member(r->figures, "scores")) {
        report_html_section(stream, "scores", "Scores",
                            "How far the scores of items that are wanted lie "
                            "from those of others.");
        report_scores_draw(stream, r->scores, member(r->figures, "scores"));
        report_html_section_end(stream);
    }
    if (r->found) report_worst(stream, r->found, r->items);
    if (vocabulary) {
        json_t *const rows =
            json_pack("{s:O}", "training", (json_t *)(uintptr_t)vocabulary);
        report_vocabulary(stream, rows, NULL);
        json_decref(rows);
    }
    put_data(stream, r);
    report_settings(stream, r->settings);
    report_command(stream, r->command);
    report_figures(stream, r->figures);
    report_html_end(stream, &page);
}
