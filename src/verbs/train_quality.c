/* train_quality.c: held-back queries and searches in, a small table out. */
#include "verbs/train_quality.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "data/cli_items.h"
#include "model/cli_model.h"
#include "eval/eval_bm25.h"
#include "eval/eval_compare.h"
#include "eval/eval_rank.h"

void train_quality_begin(train_quality *q, train_holdout *holdout,
                         const cli_library_options *options)
{
    q->holdout = holdout;
    q->options = options;
    q->metrics.relevant = 1; /* each positive has that grade */
    cli_metrics_want(&q->metrics, SIAMESE_RANKING_RECALL, 10);
    cli_metrics_want(&q->metrics, SIAMESE_RANKING_RECALL, 100);
    cli_metrics_want(&q->metrics, SIAMESE_RANKING_MRR, 10);
    eval_part_all(&q->part, &holdout->judgements);
}

void train_quality_free(train_quality *q)
{
    cli_metrics_free(&q->metrics);
    eval_part_free(&q->part);
}

/* ------------------------------------------------------------------------- */
/* Measuring                                                                 */
/* ------------------------------------------------------------------------- */

typedef struct taker {
    cli_figures figures;
    eval_found *found; /* or NULL */
} taker;

static void take(void *user, const eval_block *block)
{
    taker *const t = user;

    cli_figures_add(&t->figures, block);
    if (t->found) eval_found_add(t->found, block);
}

/* What ranks gives its results to t through `wanted`. */
static eval_wanted begin_figures(const train_quality *q, taker *t)
{
    cli_figures_begin(&t->figures, &q->metrics, &q->part,
                      q->holdout->judgements.qids.count, 1);
    return (eval_wanted){q->metrics.depth, 1, take, t};
}

/* By the bootstrap of siamese eval, with its defaults. */
static void measure_interval(train_quality *q, train_searched searched,
                             const cli_figures *figures, size_t wanted)
{
    enum { RESAMPLES = 10000, SEED = 1 };
    size_t const queries = q->holdout->judgements.qids.count;
    double *const values = cli_alloc(queries, sizeof *values);
    size_t n = 0;

    for (size_t i = 0; i < queries; i++) {
        double const value = cli_figures_value(figures, wanted, i);
        if (!isnan(value)) values[n++] = value;
    }
    eval_interval(values, n, RESAMPLES, SEED, &q->low[searched][wanted],
                  &q->high[searched][wanted]);
    free(values);
}

static void end_figures(train_quality *q, train_searched searched,
                        cli_figures *figures)
{
    cli_figures_end(figures);
    for (size_t i = 0; i < TRAIN_QUALITY_FIGURES; i++) {
        q->figures[searched][i] = cli_figures_mean(figures, i);
        if (q->found) measure_interval(q, searched, figures, i);
    }
    cli_figures_free(figures);
}

typedef struct bytes {
    char *data;
    size_t size, capacity;
} bytes;

static int32_t write_bytes(void *user, const void *data, size_t size)
{
    bytes *const b = user;

    if (b->size + size > b->capacity) {
        b->capacity = 2 * (b->size + size);
        b->data = cli_resize(b->data, b->capacity, 1);
    }
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

/* What a file of it would hold, at the precision of its tables. */
static siamese_bundle *saved(const siamese_bundle *bundle,
                             const cli_library_options *options)
{
    siamese_save_options save = options->save;
    siamese_load_options load = options->load;
    siamese_bundle *copy;
    bytes b = {0};

    save.finished = load.finished = 1;
    save.compression = 0;
    cli_try(siamese_checkpoint_write(write_bytes, &b, bundle, &save));
    cli_try(siamese_checkpoint_load_memory(&copy, b.data, b.size, &load));
    free(b.data);
    return copy;
}

void train_quality_measure(train_quality *q, train_searched searched,
                           const siamese_bundle *bundle)
{
    double const begin = cli_seconds();
    taker t = {.found = searched == TRAIN_SEARCHED_MODEL ? q->found : NULL};
    eval_wanted const wanted = begin_figures(q, &t);
    eval_model model = {.path = "the model",
                        .bundle = saved(bundle, q->options),
                        .items = *q->holdout->items};

    model.model = cli_model_of(model.bundle);
    eval_model_rank(&model, &q->holdout->judgements, q->options, &wanted);
    model.items = (cli_items){0}; /* which were lent */
    eval_model_free(&model);
    end_figures(q, searched, &t.figures);
    q->seconds += cli_seconds() - begin;
}

void train_quality_measure_bm25(train_quality *q, const cli_fields *fields)
{
    double const begin = cli_seconds();
    taker t = {.found = NULL};
    eval_wanted const wanted = begin_figures(q, &t);

    q->without_bm25 = eval_bm25_rank(q->holdout->items, fields,
                                     &q->holdout->judgements, &wanted);
    if (q->without_bm25)
        cli_figures_free(&t.figures);
    else
        end_figures(q, TRAIN_SEARCHED_BM25, &t.figures);
    q->seconds += cli_seconds() - begin;
}

/* ------------------------------------------------------------------------- */
/* Telling                                                                   */
/* ------------------------------------------------------------------------- */

static int is_measured(const train_quality *q, train_searched searched)
{
    return searched != TRAIN_SEARCHED_BM25 || !q->without_bm25;
}

static json_t *intervals_json(const train_quality *q, train_searched searched)
{
    json_t *const intervals = json_object();

    for (size_t i = 0; i < TRAIN_QUALITY_FIGURES; i++)
        json_object_set_new(
            intervals, q->metrics.wanted[i].name,
            json_pack("[f, f]", q->low[searched][i], q->high[searched][i]));
    return intervals;
}

static json_t *row_json(const train_quality *q, train_searched searched)
{
    if (!is_measured(q, searched)) return json_null();
    json_t *const row = json_object();
    for (size_t i = 0; i < TRAIN_QUALITY_FIGURES; i++)
        json_object_set_new(row, q->metrics.wanted[i].name,
                            json_real(q->figures[searched][i]));
    if (q->found)
        json_object_set_new(row, "intervals", intervals_json(q, searched));
    return row;
}

json_t *train_quality_json(const train_quality *q)
{
    const train_holdout *const h = q->holdout;

    return json_pack("{s:f, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f}", "share",
                     h->share, "seed", (json_int_t)h->seed, "queries",
                     (json_int_t)h->queries, "pairs", (json_int_t)h->pairs,
                     "items", (json_int_t)cli_items_count(h->items), "model",
                     row_json(q, TRAIN_SEARCHED_MODEL), "bm25",
                     row_json(q, TRAIN_SEARCHED_BM25),
                     h->is_resumed ? "before" : "untrained",
                     row_json(q, TRAIN_SEARCHED_BEFORE), "seconds", q->seconds);
}

static void tell_row(const train_quality *q, train_searched searched,
                     const char *name)
{
    const double *const f = q->figures[searched];

    if (is_measured(q, searched))
        cli_note("  %-24s %10.4f %10.4f %10.4f", name, f[0], f[1], f[2]);
    else
        cli_note("  %-24s not measured: %s", name, q->without_bm25);
}

void train_quality_tell(const train_quality *q)
{
    const train_holdout *const h = q->holdout;
    const cli_figure *const names = q->metrics.wanted;

    cli_note("%zu queries held back, over all %zu items:\n  %-24s %10s %10s "
             "%10s",
             h->queries, cli_items_count(h->items), "", names[0].name,
             names[1].name, names[2].name);
    tell_row(q, TRAIN_SEARCHED_MODEL, "this model");
    tell_row(q, TRAIN_SEARCHED_BM25, "BM25 (SQLite's FTS5)");
    tell_row(q, TRAIN_SEARCHED_BEFORE,
             h->is_resumed ? "the model before" : "untrained model");
}
