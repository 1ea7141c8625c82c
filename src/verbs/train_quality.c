/* train_quality.c: held-back queries and searches in, a small table out. */
#include "verbs/train_quality.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "data/cli_items.h"
#include "model/cli_model.h"
#include "eval/eval_bm25.h"
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

static void take(void *figures, const eval_block *block)
{
    cli_figures_add(figures, block);
}

/* What ranks gives its results to figures through `wanted`. */
static eval_wanted begin_figures(const train_quality *q, cli_figures *figures)
{
    cli_figures_begin(figures, &q->metrics, &q->part,
                      q->holdout->judgements.qids.count, 1);
    return (eval_wanted){q->metrics.depth, 1, take, figures};
}

static void end_figures(train_quality *q, train_searched searched,
                        cli_figures *figures)
{
    cli_figures_end(figures);
    for (size_t i = 0; i < TRAIN_QUALITY_FIGURES; i++)
        q->figures[searched][i] = cli_figures_mean(figures, i);
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
    cli_figures figures;
    eval_wanted const wanted = begin_figures(q, &figures);
    eval_model model = {.path = "the model",
                        .bundle = saved(bundle, q->options),
                        .items = *q->holdout->items};

    model.model = cli_model_of(model.bundle);
    eval_model_rank(&model, &q->holdout->judgements, q->options, &wanted);
    model.items = (cli_items){0}; /* which were lent */
    eval_model_free(&model);
    end_figures(q, searched, &figures);
    q->seconds += cli_seconds() - begin;
}

void train_quality_measure_bm25(train_quality *q, const cli_fields *fields)
{
    double const begin = cli_seconds();
    cli_figures figures;
    eval_wanted const wanted = begin_figures(q, &figures);

    q->without_bm25 = eval_bm25_rank(q->holdout->items, fields,
                                     &q->holdout->judgements, &wanted);
    if (q->without_bm25)
        cli_figures_free(&figures);
    else
        end_figures(q, TRAIN_SEARCHED_BM25, &figures);
    q->seconds += cli_seconds() - begin;
}

/* ------------------------------------------------------------------------- */
/* Telling                                                                   */
/* ------------------------------------------------------------------------- */

static int is_measured(const train_quality *q, train_searched searched)
{
    return searched != TRAIN_SEARCHED_BM25 || !q->without_bm25;
}

static json_t *row_json(const train_quality *q, train_searched searched)
{
    if (!is_measured(q, searched)) return json_null();
    json_t *const row = json_object();
    for (size_t i = 0; i < TRAIN_QUALITY_FIGURES; i++)
        json_object_set_new(row, q->metrics.wanted[i].name,
                            json_real(q->figures[searched][i]));
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
