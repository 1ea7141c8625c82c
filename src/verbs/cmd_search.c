/*
 * cmd_search.c: siamese search: from a model with an index and queries, as
 * arguments or lines, to the nearest items.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_settings.h"
#include "shell/cli_strings.h"
#include "data/cli_items.h"
#include "data/cli_reader.h"
#include "data/cli_row_filter.h"
#include "model/cli_encode.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "eval/cli_judgements.h"
#include "verbs/cmd_verbs.h"

typedef struct search_run {
    const char *model, *format, *encoding;
    size_t k;
    int prints_json, dedupe;
    cli_row_filter files;
    cli_settings settings;
    cli_library_options options;

    siamese_tower *tower;
    siamese_index *index;
    cli_items items;
    siamese_id_filter *filter;
    float *vector;
    int64_t *ids; /* [most] */
    float *scores;
    size_t most;
    size_t queries; /* answered so far */
    /* blocks begin with their query: all but a lone argument's */
    int are_named;
} search_run;

static const cli_option verb_options[] = {
    CLI_TEXT("model", search_run, model, "FILE",
             "model with an index, as siamese index writes it"),
    CLI_COUNT("k", search_run, k, "N", "results a query; default 10"),
    CLI_SETTING("nprobe", search_run, settings, "N",
                "lists to read; default the index's", "search.nprobe"),
    CLI_SWITCH("exact", search_run, settings, "read every list",
               "search.exact"),
    CLI_SETTING("min-score", search_run, settings, "NUMBER",
                "leave out what scores less", "search.min_score"),
    CLI_TEXT("include-ids", search_run, files.include, "FILE",
             "search only items of these ids, one a line"),
    CLI_TEXT("exclude-ids", search_run, files.exclude, "FILE",
             "leave out items of these ids"),
    CLI_FLAG("dedupe", search_run, dedupe,
             "an id that has several titles once, with the best"),
    CLI_TEXT("format", search_run, format, "tsv|json|trec",
             "default tsv; json: one object a query"),
    CLI_FLAG("json", search_run, prints_json, "--format json"),
    CLI_TEXT("encoding", search_run, encoding, "NAME",
             "of standard input; default UTF-8"),
    CLI_THREADS(search_run, settings),
    CLI_SET(search_run, settings),
    CLI_END};

static void parse(search_run *run, const cli_verb *verb, int *argc, char **argv)
{
    cli_settings *const set = &run->settings;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    run->k = 10;
    run->format = "tsv";
    set->kinds = CLI_SEARCH | CLI_LOAD;
    *argc = cli_parse(verb, tables, *argc, argv, 1);
    cli_require(run->model, "--model FILE");
    if (run->prints_json) run->format = "json";
    if (strcmp(run->format, "tsv") != 0 && strcmp(run->format, "json") != 0 &&
        strcmp(run->format, "trec") != 0)
        cli_usage_error("--format %s: tsv, json or trec is expected",
                        run->format);
    if (*argc == 0 && strcmp(run->model, "-") == 0)
        cli_usage_error("--model - takes standard input for itself: give the "
                        "queries as arguments");
}

/* That a run can hold every id that may be found is known before its first
 * line. */
static void check_ids(const search_run *run, const unsigned char *passes)
{
    for (size_t row = 0; row < cli_items_count(&run->items); row++)
        if (!passes || passes[row])
            cli_judgements_check_word("id", cli_items_id(&run->items, row),
                                      run->model);
}

static void load(search_run *run)
{
    run->options.load.finished = 1;
    siamese_bundle *const bundle =
        cli_model_load(run->model, &run->options.load);
    siamese_status const status = siamese_bundle_get_index(bundle, &run->index);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no index; siamese index --model %s --data items.csv "
                 "--out %s adds one",
                 run->model, run->model, run->model);
    cli_try(status);
    cli_items_load(&run->items, bundle);
    if (siamese_index_count(run->index) != cli_items_count(&run->items))
        cli_fail("%s: %zu vectors, but %zu titles: not an index that siamese "
                 "index made",
                 run->model, siamese_index_count(run->index),
                 cli_items_count(&run->items));
    run->tower = cli_encode_tower(bundle, "query");
    siamese_bundle_free(bundle);
    run->vector = cli_alloc(siamese_tower_dim(run->tower), sizeof(float));

    /* k is the user's; more than there are items needs no room. */
    size_t const count = cli_items_count(&run->items);
    if (run->k > count) run->k = count;
    unsigned char *const passes = cli_row_filter_rows(&run->files, &run->items);
    if (strcmp(run->format, "trec") == 0) check_ids(run, passes);
    run->filter = cli_row_filter_make(passes, count);
    free(passes);
}

/* A text on one line: what would end a column or a row becomes a space. */
static void print_flat(siamese_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char const c = text.data[i];
        putchar(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

static json_t *json_text(siamese_text text)
{
    return json_stringn(text.data, text.size);
}

static void print_json(const search_run *run, siamese_text query, size_t found,
                       int is_known)
{
    json_t *const results = json_array();
    json_t *const object =
        json_pack("{s:o, s:o}", "query", json_text(query), "results", results);

    for (size_t i = 0; i < found; i++) {
        size_t const row = (size_t)run->ids[i];
        json_array_append_new(
            results,
            json_pack("{s:I, s:o, s:f, s:o}", "rank", (json_int_t)(i + 1), "id",
                      json_text(cli_items_id(&run->items, row)), "score",
                      (double)run->scores[i], "title",
                      json_text(cli_items_title(&run->items, row))));
    }
    if (!is_known) json_object_set_new(object, "no_known_word", json_true());
    cli_json_print(object);
}

/* Which query a block answers: `# 2`, tab, its text. A lone argument's block
 * has no such line; a line of standard input has it, since more may come. */
static void print_heading(const search_run *run, siamese_text query)
{
    if (run->queries > 0) putchar('\n');
    if (!run->are_named) return;
    printf("# %zu\t", run->queries + 1);
    print_flat(query);
    putchar('\n');
}

static void print_lines(const search_run *run, size_t found)
{
    int const is_trec = strcmp(run->format, "trec") == 0;

    for (size_t i = 0; i < found; i++) {
        size_t const row = (size_t)run->ids[i];
        if (is_trec) {
            printf("%zu Q0 ", run->queries + 1);
            print_flat(cli_items_id(&run->items, row));
            printf(" %zu %.9g siamese\n", i + 1, (double)run->scores[i]);
            continue;
        }
        printf("%zu\t", i + 1);
        print_flat(cli_items_id(&run->items, row));
        printf("\t%.6f\t", (double)run->scores[i]);
        print_flat(cli_items_title(&run->items, row));
        putchar('\n');
    }
}

/* The best k rows for run->vector; how many were found. */
static size_t search_rows(search_run *run, size_t k)
{
    size_t found = 0;

    if (k > run->most) {
        run->ids = cli_resize(run->ids, k, sizeof *run->ids);
        run->scores = cli_resize(run->scores, k, sizeof *run->scores);
        run->most = k;
    }
    cli_try(siamese_index_search_filtered(run->index, run->vector, 1, k,
                                          &run->options.search, run->filter,
                                          run->ids, run->scores, k, &found));
    for (size_t i = 0; i < found; i++)
        if (run->ids[i] < 0 ||
            (size_t)run->ids[i] >= cli_items_count(&run->items))
            cli_fail("%s: the index has id %lld, which has no title",
                     run->model, (long long)run->ids[i]);
    return found;
}

/* Of rows in order the first of each item id; how many. */
static size_t drop_repeated(search_run *run, size_t found)
{
    cli_strings seen = {0};
    size_t kept = 0;

    for (size_t i = 0; i < found; i++) {
        siamese_text const id = cli_items_id(&run->items, (size_t)run->ids[i]);
        if (cli_strings_add(&seen, id.data, id.size) < kept) continue;
        run->ids[kept] = run->ids[i];
        run->scores[kept++] = run->scores[i];
    }
    cli_strings_free(&seen);
    return kept;
}

/* The best k item ids: rows are asked for until they have so many, or end. */
static size_t search_distinct(search_run *run)
{
    size_t const count = cli_items_count(&run->items);
    size_t k = run->k;

    for (;;) {
        size_t const found = search_rows(run, k);
        size_t const kept = drop_repeated(run, found);
        if (kept >= run->k || found < k || k == count)
            return kept < run->k ? kept : run->k;
        k = k > count / 2 ? count : 2 * k;
    }
}

/* Whether anything of the query is in its vector: the score of every item is 0
 * otherwise, and their order that of the rows. */
static int is_known(const search_run *run)
{
    for (size_t i = 0; i < siamese_tower_dim(run->tower); i++)
        if (run->vector[i] != 0) return 1;
    return 0;
}

static void answer(search_run *run, siamese_text query)
{
    size_t const dim = siamese_tower_dim(run->tower);
    size_t found = 0;

    cli_try(siamese_tower_encode(run->tower, &query, 1, 1, run->vector, dim));
    int const known = is_known(run);
    if (known)
        found = run->dedupe ? search_distinct(run) : search_rows(run, run->k);
    else
        cli_note(
            "query %zu: the model knows no word of it, its vector is zero: "
            "no results",
            run->queries + 1);
    if (strcmp(run->format, "json") == 0) {
        print_json(run, query, found, known);
    } else {
        if (strcmp(run->format, "tsv") == 0) print_heading(run, query);
        print_lines(run, found);
    }
    run->queries++;
    if (fflush(stdout) != 0) cli_fail("cannot write standard output");
}

static void answer_lines(search_run *run)
{
    cli_reader *const reader =
        cli_reader_open("-", (cli_encoding){run->encoding, "encoding"});
    siamese_text query;

    if (isatty(STDIN_FILENO)) cli_note("one query a line; Ctrl-D ends");
    while (cli_reader_next_text(reader, &query.data, &query.size))
        answer(run, query);
    cli_reader_close(reader);
}

static int run_search(const cli_verb *verb, int argc, char **argv)
{
    search_run run = {0};

    parse(&run, verb, &argc, argv);
    for (int i = 0; i < argc; i++) {
        char *const what = cli_format("query %d", i + 1);
        cli_check_utf8(what, argv[i]);
        free(what);
    }
    cli_settings_apply(&run.settings, NULL, &run.options);
    load(&run);
    run.are_named = argc != 1;
    for (int i = 0; i < argc; i++)
        answer(&run, (siamese_text){argv[i], strlen(argv[i])});
    if (argc == 0) answer_lines(&run);

    cli_items_free(&run.items);
    siamese_tower_free(run.tower);
    siamese_index_free(run.index);
    siamese_id_filter_free(run.filter);
    free(run.vector);
    free(run.ids);
    free(run.scores);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_search = {
    "search", "--model FILE [options] [QUERY ...]",
    "find the nearest items of queries",
    "Queries are arguments, or lines of standard input. Prints rank, id, "
    "score\n"
    "and title. Of several queries, and of lines of standard input, each\n"
    "block begins with # N, tab and the query, behind an empty line.\n"
    "A query whose vector is zero has no results: the model knows no word\n"
    "of it.",
    run_search};
