/* eval_report.c: figures in, JSON, lines and a table out. For cmd_eval. */
#include "eval/eval_report.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_stdio.h"
#include "data/cli_relevance.h"
#include "eval/eval_compare.h"

static json_t *number(double value)
{
    return isnan(value) ? json_null() : json_real(value);
}

/* ------------------------------------------------------------------------- */
/* Comparison                                                                */
/* ------------------------------------------------------------------------- */

static void compare(const eval_report *r, const cli_figures *a,
                    const cli_figures *b, size_t wanted,
                    eval_difference *result)
{
    size_t const queries = r->judgements->qids.count;
    double *const differences = cli_alloc(queries, sizeof *differences);
    size_t n = 0;

    for (size_t q = 0; q < queries; q++) {
        double const difference =
            cli_figures_value(a, wanted, q) - cli_figures_value(b, wanted, q);
        if (!isnan(difference)) differences[n++] = difference;
    }
    eval_compare(differences, n, r->resamples, (uint64_t)r->seed, result);
    free(differences);
}

static void tell_difference(const char *name, double mean, double other,
                            const eval_difference *d)
{
    cli_note("  %-16s %7.4f  %7.4f  %+10.4f  [%+.4f, %+.4f]  %7.4f  %6.4f",
             name, mean, other, d->mean, d->low, d->high, d->share, d->p);
}

static json_t *compare_all(const eval_report *r, const char *slice,
                           const cli_figures *a, const cli_figures *b)
{
    json_t *const object = json_object();

    if (r->tells)
        cli_note("%s, %zu queries, against %s:\n  %-16s %7s  %7s  %10s  %18s  "
                 "%7s  %6s",
                 slice, a->counts.relevant, r->other_name, "", "this", "other",
                 "difference", "95 % interval", "above 0", "p");
    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        const char *const name = r->metrics->wanted[i].name;
        double const mean = cli_figures_mean(a, i);
        double const other = cli_figures_mean(b, i);
        eval_difference d;
        compare(r, a, b, i, &d);
        if (r->tells) tell_difference(name, mean, other, &d);
        json_object_set_new(
            object, name,
            json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:I}", "this",
                      number(mean), "other", number(other), "difference",
                      number(d.mean), "low", number(d.low), "high",
                      number(d.high), "share_above_0", number(d.share),
                      "p_value", number(d.p), "queries",
                      (json_int_t)d.queries));
    }
    return object;
}

/* ------------------------------------------------------------------------- */
/* JSON                                                                      */
/* ------------------------------------------------------------------------- */

/* {"recall@10": [low, high], ...} of a search on a part. */
static json_t *intervals_json(const eval_report *r, const cli_figures *f)
{
    size_t const queries = r->judgements->qids.count;
    double *const values = cli_alloc(queries, sizeof *values);
    json_t *const object = json_object();

    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        double low, high;
        size_t n = 0;
        for (size_t q = 0; q < queries; q++) {
            double const value = cli_figures_value(f, i, q);
            if (!isnan(value)) values[n++] = value;
        }
        eval_interval(values, n, r->resamples, (uint64_t)r->seed, &low, &high);
        json_object_set_new(object, r->metrics->wanted[i].name,
                            json_pack("[o, o]", number(low), number(high)));
    }
    free(values);
    return object;
}

static json_t *figures_json(const eval_report *r, const cli_figures *f)
{
    json_t *const object = cli_figures_json(f);

    if (r->has_intervals)
        json_object_set_new(object, "intervals", intervals_json(r, f));
    return object;
}

static json_t *slice_json(const eval_report *r, int slice)
{
    const cli_figures *const f = &r->search->slices[slice];
    json_t *const object = figures_json(r, f);

    if (slice >= EVAL_SLICE_FREQUENCIES)
        json_object_update_new(
            object, json_pack("{s:s, s:I, s:I}", "frequency_of", r->counted,
                              "least_frequency", (json_int_t)f->part->least,
                              "most_frequency", (json_int_t)f->part->most));
    return object;
}

static void tell_row(const eval_report *r, const char *name,
                     const cli_figures *f)
{
    char *line = cli_format("  %-16s %7zu  %7zu", name, f->counts.relevant,
                            f->counts.relevant_items);

    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        char *const more =
            cli_format("%s  %10.4f", line, cli_figures_mean(f, i));
        free(line);
        line = more;
    }
    cli_note("%s", line);
    free(line);
}

static void tell(const eval_report *r)
{
    char *line = cli_format("  %-16s %7s  %7s", "", "queries", "pairs");

    for (size_t i = 0; i < r->metrics->wanted_count; i++) {
        char *const more =
            cli_format("%s  %10s", line, r->metrics->wanted[i].name);
        free(line);
        line = more;
    }
    cli_note("%s", line);
    free(line);
    tell_row(r, "all", &r->search->all);
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (r->search->slices[i].part)
            tell_row(r, eval_slice_name(i), &r->search->slices[i]);
}

static json_t *comparison_json(const eval_report *r)
{
    json_t *const object = json_pack(
        "{s:s, s:I, s:I, s:f, s:o}", "other", r->other_name, "resamples",
        (json_int_t)r->resamples, "seed", (json_int_t)r->seed, "confidence",
        0.95, "all", compare_all(r, "all", &r->search->all, &r->other->all));

    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (r->search->slices[i].part)
            json_object_set_new(object, eval_slice_name(i),
                                compare_all(r, eval_slice_name(i),
                                            &r->search->slices[i],
                                            &r->other->slices[i]));
    return object;
}

static json_t *gain_json(const cli_metrics *m)
{
    int const is_linear = !m->gain || strcmp(m->gain, "linear") == 0;
    char text[64];

    snprintf(text, sizeof text,
             is_linear ? "grade - %g, not below 0"
                       : "2^(grade - %g) - 1, not below 0",
             m->gain_zero);
    return json_string(text);
}

json_t *eval_report_json(const eval_report *r)
{
    json_t *const object = figures_json(r, &r->search->all);
    json_t *const slices = json_object();

    if (r->tells) tell(r);
    json_object_update_new(object, json_pack("{s:f, s:o}", "relevant",
                                             r->metrics->relevant, "ndcg_gain",
                                             gain_json(r->metrics)));
    for (int i = 0; i < EVAL_SLICE_COUNT; i++)
        if (r->search->slices[i].part)
            json_object_set_new(slices, eval_slice_name(i), slice_json(r, i));
    if (json_object_size(slices) > 0) json_object_set(object, "slices", slices);
    json_decref(slices);
    if (r->other) json_object_set_new(object, "compare", comparison_json(r));
    return object;
}

/* ------------------------------------------------------------------------- */
/* One line a query                                                          */
/* ------------------------------------------------------------------------- */

typedef struct table {
    FILE *stream;
    const char *path;
    int is_csv;
    int cells; /* of the line so far */
} table;

/* CSV: in quotes where it must be. Else what would end a cell is a space. */
static void put_cell(table *t, siamese_text text)
{
    int const quotes = t->is_csv && strcspn(text.data, ",\"\r\n") < text.size;

    if (t->cells++) putc(t->is_csv ? ',' : '\t', t->stream);
    if (quotes) putc('"', t->stream);
    for (size_t i = 0; i < text.size; i++) {
        char const c = text.data[i];
        if (quotes && c == '"') putc('"', t->stream);
        putc(!t->is_csv && (c == '\t' || c == '\r' || c == '\n') ? ' ' : c,
             t->stream);
    }
    if (quotes) putc('"', t->stream);
}

static void put_text(table *t, const char *text)
{
    put_cell(t, (siamese_text){text, strlen(text)});
}

static void put_count(table *t, size_t count)
{
    char text[CLI_NUMBER_BYTES];

    snprintf(text, sizeof text, "%zu", count);
    put_text(t, text);
}

/* A figure that does not count is an empty cell. */
static void put_number(table *t, double value)
{
    char text[CLI_NUMBER_BYTES];

    put_text(t, isnan(value) ? "" : cli_number_text(value, text));
}

static void end_line(table *t)
{
    errno = 0;
    if (putc('\n', t->stream) == EOF || ferror(t->stream))
        cli_fail("cannot write %s: %s", t->path, cli_stdio_reason());
    t->cells = 0;
}

static int has_frequencies(const eval_report *r)
{
    return r->counted != NULL;
}

static void put_header(table *t, const eval_report *r)
{
    put_text(t, "qid");
    put_text(t, "query");
    put_text(t, "judged");
    put_text(t, "relevant");
    if (has_frequencies(r)) {
        put_text(t, "frequency");
        put_text(t, "slice");
    }
    for (size_t i = 0; i < r->metrics->wanted_count; i++)
        put_text(t, r->metrics->wanted[i].name);
    for (size_t i = 0; r->other && i < r->metrics->wanted_count; i++) {
        char *const name = cli_format("other_%s", r->metrics->wanted[i].name);
        put_text(t, name);
        free(name);
    }
    end_line(t);
}

static const char *frequency_slice(const eval_report *r, size_t q)
{
    for (int i = EVAL_SLICE_FREQUENCIES; i < EVAL_SLICE_COUNT; i++) {
        const eval_part *const part = r->search->slices[i].part;
        if (part && part->offsets[q + 1] > part->offsets[q])
            return eval_slice_name(i);
    }
    return "";
}

static size_t count_relevant(const eval_report *r, size_t q)
{
    const cli_judgements *const j = r->judgements;
    size_t count = 0;

    for (size_t i = j->offsets[q]; i < j->offsets[q + 1]; i++)
        count += j->list[i].grade >= r->metrics->relevant;
    return count;
}

static void put_query(table *t, const eval_report *r, size_t q)
{
    const cli_judgements *const j = r->judgements;

    put_cell(t, j->qids.texts[q]);
    put_cell(t, j->queries_known ? j->queries[q] : (siamese_text){"", 0});
    put_count(t, j->offsets[q + 1] - j->offsets[q]);
    put_count(t, count_relevant(r, q));
    if (has_frequencies(r)) {
        put_count(t, r->frequencies[q]);
        put_text(t, frequency_slice(r, q));
    }
    for (size_t i = 0; i < r->metrics->wanted_count; i++)
        put_number(t, cli_figures_value(&r->search->all, i, q));
    for (size_t i = 0; r->other && i < r->metrics->wanted_count; i++)
        put_number(t, cli_figures_value(&r->other->all, i, q));
    end_line(t);
}

void eval_report_queries(const eval_report *r, const char *path)
{
    size_t const size = strlen(path);
    table t = {cli_output_open(path), path,
               size > 4 && strcmp(path + size - 4, ".csv") == 0, 0};

    put_header(&t, r);
    for (size_t q = 0; q < r->judgements->qids.count; q++) put_query(&t, r, q);
}
