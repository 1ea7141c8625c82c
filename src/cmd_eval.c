/* cmd_eval.c: siamese eval. */
#include <stdlib.h>
#include <string.h>

#include "cli_collection.h"
#include "cli_encode.h"
#include "cli_memory.h"
#include "cli_message.h"
#include "cli_metrics.h"
#include "cli_model.h"
#include "cli_output.h"
#include "cli_progress.h"
#include "cmd_verbs.h"

enum { RESULTS_AT_ONCE = 1 << 16 };

typedef struct eval_run {
    const char *model, *queries, *qrels, *run_file;
    cli_items_source source;
    cli_settings settings;
    cli_library_options options;
    cli_items items;
    cli_judgements judgements;
    cli_metrics metrics;
    json_t *figures;
    siamese_index *index;
    FILE *run_stream;
    size_t k; /* results to ask for, so that `depth` ids are among them */
    uint32_t *seen; /* [ids.count] the last query + 1 that had the id */
} eval_run;

static void parse(eval_run *run, const cli_verb *verb, int argc, char **argv)
{
    cli_items_source *const s = &run->source;
    cli_settings *const set = &run->settings;
    const cli_option options[] = {
        {"model", CLI_ARG_TEXT, &run->model, "FILE", "model to measure", NULL},
        {"items", CLI_ARG_TEXT, &s->data, "FILE", "all items, as CSV", NULL},
        {"queries", CLI_ARG_TEXT, &run->queries, "FILE",
         "lines qid TAB query, UTF-8", NULL},
        {"qrels", CLI_ARG_TEXT, &run->qrels, "FILE",
         "judgements, lines qid 0 id grade", NULL},
        {"relevant", CLI_ARG_NUMBER, &run->metrics.relevant, "GRADE",
         "lowest grade of a relevant item; default 2.33", NULL},
        {"metrics", CLI_ARG_TEXT, &run->metrics.names, "LIST",
         "of recall, precision, hit, mrr, map, ndcg and ndcg_binary", NULL},
        {"ks", CLI_ARG_TEXT, &run->metrics.cutoffs, "LIST",
         "ranks to measure them at, such as 10,100", NULL},
        {"exact", CLI_ARG_SWITCH, set, NULL,
         "score every item, instead of an index's nearest lists",
         "search.exact"},
        {"nlist", CLI_ARG_SETTING, set, "N",
         "lists of the index; default by the number of items", "nlist"},
        {"nprobe", CLI_ARG_SETTING, set, "N", "lists to read", "search.nprobe"},
        {"run", CLI_ARG_TEXT, &run->run_file, "FILE",
         "write the first 100, or the largest k, of each query as a TREC run",
         NULL},
        {"encoding", CLI_ARG_TEXT, &s->encoding, "NAME",
         "of the items; default UTF-8", NULL},
        {"id-column", CLI_ARG_TEXT, &s->id_column, "NAME", "column of item ids",
         NULL},
        {"item-column", CLI_ARG_TEXT, &s->item_column, "NAME",
         "column of item texts", NULL},
        {"field", CLI_ARG_FIELD, &s->names, "COLUMN",
         "columns of the further fields, in the model's order, if they have "
         "other names here; may be repeated",
         NULL},
        {"on-bad-row", CLI_ARG_TEXT, &s->on_bad_row, "fail|skip",
         "what to do about bad rows; default fail", NULL},
        {"threads", CLI_ARG_SETTING, set, "N", "default: one a processor",
         "threads"},
        {"set", CLI_ARG_SET, set, "NAME=VALUE",
         "any setting of the library, see below", NULL},
        CLI_COMMON_OPTIONS};

    run->metrics.relevant = 2.33;
    set->kinds = CLI_INDEX | CLI_SEARCH | CLI_LOAD;
    cli_parse(verb, options, argc, argv, 0);
    cli_metrics_choose(&run->metrics);
    cli_require(run->model, "--model FILE");
    cli_require(s->data, "--items FILE");
    cli_require(run->queries, "--queries FILE");
    cli_require(run->qrels, "--qrels FILE");
    if (run->run_file && strcmp(run->run_file, "-") == 0)
        cli_usage_error("--run -: standard output is for the figures");
}

/* One query: an id counts once, where it comes first; gives how many do. */
static size_t take_query(eval_run *run, size_t query, const int64_t *rows,
                         const float *scores, size_t found, int64_t *ids)
{
    const cli_judgements *const j = &run->judgements;
    size_t n = 0;

    for (size_t i = 0; i < found && n < run->metrics.depth; i++) {
        uint32_t const id = j->id_of_row[rows[i]];
        if (run->seen[id] == (uint32_t)query + 1) continue;
        run->seen[id] = (uint32_t)query + 1;
        ids[n++] = id;
        if (run->run_stream &&
            fprintf(run->run_stream, "%s Q0 %s %zu %.9g siamese\n",
                    j->qids.texts[query].data, j->ids.texts[id].data, n,
                    (double)scores[i]) < 0)
            cli_fail("cannot write %s", run->run_file);
    }
    return n;
}

static void rank(eval_run *run, const float *vectors, size_t dim)
{
    size_t const count = run->judgements.qids.count;
    size_t const depth = run->metrics.depth;
    size_t const block = 1 + RESULTS_AT_ONCE / (run->k > depth ? run->k : depth);
    size_t const numbers = block * run->k;
    int64_t *const rows = cli_alloc(numbers, sizeof *rows);
    float *const scores = cli_alloc(numbers, sizeof *scores);
    size_t *const found = cli_alloc(block, sizeof *found);
    int64_t *const ids = cli_alloc(block * depth, sizeof *ids);

    for (size_t first = 0; first < count; first += block) {
        size_t const n = count - first < block ? count - first : block;
        cli_progress_draw("rank", (double)first / (double)count, "");
        cli_try(siamese_index_search(run->index, vectors + first * dim, n,
                                     run->k, &run->options.search, rows, scores,
                                     numbers, found));
        for (size_t q = 0; q < n; q++)
            found[q] = take_query(run, first + q, rows + q * run->k,
                                  scores + q * run->k, found[q],
                                  ids + q * depth);
        cli_metrics_add(&run->metrics, &run->judgements, first, n, ids, found);
    }
    cli_progress_clear();
    free(rows);
    free(scores);
    free(found);
    free(ids);
}

/* An index of the items, whose rows break ties as the items stand. */
static void build(eval_run *run, const siamese_bundle *bundle)
{
    siamese_tower *const tower = cli_encode_tower(bundle, "item");
    size_t const count = cli_items_count(&run->items);
    float *const vectors = cli_collection_encode(tower, &run->items);

    run->index = cli_collection_index(
        vectors, count, siamese_tower_dim(tower), &run->options.index,
        run->options.search.exact && run->options.index.nlist == 0);
    free(vectors);
    siamese_tower_free(tower);
    run->k = count / run->judgements.most_rows < run->metrics.depth
                 ? count
                 : run->metrics.depth * run->judgements.most_rows;
    run->seen = cli_alloc(run->judgements.ids.count, sizeof *run->seen);
}

static void evaluate(eval_run *run, const siamese_bundle *bundle)
{
    siamese_tower *const tower = cli_encode_tower(bundle, "query");
    float *const vectors =
        cli_encode_all(tower, cli_rows_of_texts(run->judgements.queries,
                                                run->judgements.qids.count));

    if (run->run_file) run->run_stream = cli_output_open(run->run_file);
    cli_metrics_begin(&run->metrics, &run->judgements);
    rank(run, vectors, siamese_tower_dim(tower));
    run->figures = cli_metrics_json(&run->metrics);
    if (run->figures == NULL)
        cli_fail("%s: no query has an item of grade %g or more", run->qrels,
                 run->metrics.relevant);
    cli_output_commit();
    free(vectors);
    siamese_tower_free(tower);
}

static void report(const eval_run *run, double seconds)
{
    siamese_index_info info = {.struct_size = sizeof info};
    size_t const nprobe = run->options.search.nprobe;

    cli_try(siamese_index_get_info(run->index, &info));
    int const is_exact = run->options.search.exact || info.nlist <= 1;
    json_object_update_new(run->figures,
                           json_pack("{s:I, s:s, s:I, s:I, s:f}", "items",
                                     (json_int_t)cli_items_count(&run->items),
                                     "search", is_exact ? "exact" : "ivf",
                                     "nlist", (json_int_t)info.nlist, "nprobe",
                                     (json_int_t)(is_exact ? info.nlist
                                                  : nprobe ? nprobe
                                                           : info.nprobe),
                                     "seconds", seconds));
    cli_json_print(run->figures);
}

int cmd_eval(const cli_verb *verb, int argc, char **argv)
{
    eval_run run = {0};
    double const begin = cli_seconds();

    parse(&run, verb, argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    if (run.run_file) cli_output_check(run.run_file);
    siamese_bundle *const bundle = cli_model_load(run.model, &run.options.load);
    json_t *const notes = cli_notes_load(bundle);
    cli_items_source_load(&run.source, bundle, notes);
    cli_items_read(&run.items, &run.source);
    cli_judgements_read(&run.judgements, &run.items, run.queries, run.qrels);
    build(&run, bundle);
    evaluate(&run, bundle);
    report(&run, cli_seconds() - begin);

    cli_judgements_free(&run.judgements);
    cli_items_source_free(&run.source);
    cli_items_free(&run.items);
    siamese_index_free(run.index);
    siamese_bundle_free(bundle);
    json_decref(notes);
    cli_metrics_free(&run.metrics);
    free(run.seen);
    cli_settings_free(&run.settings);
    return 0;
}
