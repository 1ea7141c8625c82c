/*
 * cmd_search.c: siamese search: from a model with an index and queries, as
 * arguments or lines, to the nearest items.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "shell/cli_settings.h"
#include "shell/cli_stdio.h"
#include "data/cli_data_options.h"
#include "data/cli_entities.h"
#include "data/cli_reader.h"
#include "data/cli_row_filter.h"
#include "model/cli_encode.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "eval/cli_judgements.h"
#include "verbs/cmd_verbs.h"
#include "verbs/search_explain.h"

typedef struct search_run {
    const char *model, *format, *encoding, *entities;
    const char *rerank, *spelling, *feedback;
    size_t k;
    double min_confidence;
    int prints_json, dedupe, collapses, decodes, explains;
    cli_row_filter files;
    cli_settings settings;
    cli_library_options options;

    siamese_model *searched;
    siamese_id_filter *filter;
    siamese_search_request request; /* of each query */
    size_t queries;                 /* answered so far */
    /* blocks begin with their query: all but a lone argument's */
    int are_named;
} search_run;

static const cli_option verb_options[] = {
    CLI_FILE("model", search_run, model, CLI_FILES_MODEL,
             "model with an index, as siamese index writes it"),
    CLI_COUNT("k", search_run, k, "N", "results a query; default 10"),
    CLI_SETTING("nprobe", search_run, settings, "N",
                "lists to read; default the index's", "search.nprobe"),
    CLI_SWITCH("exact", search_run, settings, "read every list",
               "search.exact"),
    CLI_SETTING("min-score", search_run, settings, "NUMBER",
                "leave out items whose vector scores less", "search.min_score"),
    CLI_NUMBER("min-confidence", search_run, min_confidence, "NUMBER",
               "leave out results that are less confident; 0 .. 1"),
    CLI_FILE("include-ids", search_run, files.include, CLI_FILES_TEXT,
             "search only items of these ids, one a line"),
    CLI_FILE("exclude-ids", search_run, files.exclude, CLI_FILES_TEXT,
             "leave out items of these ids"),
    CLI_TEXT("where", search_run, files.where, "EXPRESSION",
             "search only items of which this is true (--help=all)"),
    CLI_FLAG("dedupe", search_run, dedupe,
             "an id that has several titles once, with the best"),
    CLI_FLAG("collapse-titles", search_run, collapses,
             "of results with the same title the best alone"),
    CLI_TEXT("rerank", search_run, rerank, "on|off",
             "rank the first results anew; default as the model says"),
    CLI_TEXT("spelling", search_run, spelling, "on|off",
             "correct unknown words; default as the model says"),
    CLI_TEXT("feedback", search_run, feedback, "on|off",
             "scan again with the first results; default as the model says"),
    CLI_FLAG("explain", search_run, explains,
             "show what each feature of the ranker adds to a score"),
    CLI_TEXT("format", search_run, format, "tsv|json|trec",
             "default tsv; json: one object a query"),
    CLI_FLAG("json", search_run, prints_json, "--format json"),
    CLI_TEXT("encoding", search_run, encoding, "NAME",
             "of standard input; default UTF-8"),
    CLI_ENTITIES(search_run, entities),
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
    if (run->explains && strcmp(run->format, "trec") == 0)
        cli_usage_error("--explain: a run has no place for it; --format tsv "
                        "or json is expected");
    if (*argc == 0 && strcmp(run->model, "-") == 0)
        cli_usage_error("--model - takes standard input for itself: give the "
                        "queries as arguments");
}

/* That a run can hold every id that may be found is known before its first
 * line. */
static void check_ids(const search_run *run, const siamese_items *items)
{
    char *bytes;
    siamese_text *const ids = cli_items_texts(items, "id", &bytes);

    for (size_t i = 0; i < siamese_items_count(items); i++)
        if (cli_row_filter_passes(&run->files, ids[i]))
            cli_judgements_check_word("id", ids[i], run->model);
    free(ids);
    free(bytes);
}

/* The model with its items, whichever version wrote it. */
static siamese_items *load_model(search_run *run)
{
    siamese_index *index = NULL;
    siamese_bundle *const bundle =
        cli_model_load(run->model, &run->options.load);
    siamese_status const status = siamese_bundle_get_index(bundle, &index);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no index; siamese index --model %s --data items.csv "
                 "--out %s adds one",
                 run->model, run->model, run->model);
    cli_try(status);
    siamese_items *const items = cli_items_of(bundle);
    if (siamese_index_count(index) != siamese_items_count(items))
        cli_fail("%s: %zu vectors, but %zu titles: not an index that siamese "
                 "index made",
                 run->model, siamese_index_count(index),
                 siamese_items_count(items));
    cli_try(siamese_bundle_set_items(bundle, items));
    json_t *const notes = cli_notes_load(bundle);
    run->decodes =
        cli_entities_are_decoded(cli_notes_entities(notes, run->entities));
    json_decref(notes);
    run->searched = cli_model_of(bundle);
    (void)cli_encoder_of(run->searched, "query");
    siamese_index_free(index);
    siamese_bundle_free(bundle);
    return items;
}

static void set_stage(siamese_search_request *request, const char *stage,
                      const char *value)
{
    if (value && siamese_search_request_set(request, stage, value))
        cli_usage_error("--%s %s: on or off is expected", stage, value);
}

static void prepare_request(search_run *run)
{
    const siamese_search_options *const o = &run->options.search;
    siamese_search_request *const r = &run->request;

    if (run->k == 0) cli_fail("k: is 0");
    cli_try(siamese_search_request_init(r, sizeof *r));
    r->count = 1;
    r->k = run->k;
    r->min_score = o->min_score;
    r->nprobe = o->nprobe;
    r->exact = o->exact;
    r->dedupe = run->dedupe;
    r->collapse_titles = run->collapses;
    r->min_confidence = run->min_confidence;
    r->explain = run->explains;
    r->filter = run->filter;
    set_stage(r, "rerank", run->rerank);
    set_stage(r, "spelling", run->spelling);
    set_stage(r, "feedback", run->feedback);
}

/* Known before the first query's output, as the rest. */
static void check_explained(const search_run *run)
{
    siamese_ranker_options options = {.struct_size = sizeof options};
    siamese_ranker *ranker;
    siamese_status const status =
        siamese_model_get_ranker(run->searched, &ranker);

    if (status == SIAMESE_E_NOT_FOUND) search_explain_fail();
    cli_try(status);
    cli_try(siamese_ranker_get_options(ranker, &options));
    siamese_ranker_free(ranker);
    if (run->request.rerank == SIAMESE_RANK_OFF ||
        (run->request.rerank == SIAMESE_RANK_AUTO && !options.rerank))
        search_explain_fail();
}

static void load(search_run *run)
{
    run->options.load.finished = 1;
    run->options.load.map = 1;
    siamese_items *const items = load_model(run);
    cli_row_filter_read(&run->files, items);
    if (strcmp(run->format, "trec") == 0) check_ids(run, items);
    run->filter = cli_row_filter_make(&run->files, items);
    siamese_items_free(items);
    prepare_request(run);
    if (run->explains) check_explained(run);
}

/* A text on one line: what would end a column or a row becomes a space. */
static void print_flat(siamese_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        char const c = text.data[i];
        putchar(c == '\t' || c == '\n' || c == '\r' ? ' ' : c);
    }
}

/* Ids and titles that the command writes have no NUL in them. */
static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* The id of a hit. A host's model may have integers; they are printed there. */
static siamese_text id_of(const siamese_hits *hits, size_t i, char printed[24])
{
    const char *const text = siamese_hits_text_id(hits, 0, i);

    if (text) return text_of(text);
    snprintf(printed, 24, "%lld", (long long)siamese_hits_ids(hits, 0)[i]);
    return text_of(printed);
}

static json_t *json_text(siamese_text text)
{
    return json_stringn(text.data, text.size);
}

static json_t *json_hit(const search_run *run, const siamese_hits *hits,
                        size_t i)
{
    char printed[24];
    json_t *const hit =
        json_pack("{s:I, s:o, s:f, s:o}", "rank", (json_int_t)(i + 1), "id",
                  json_text(id_of(hits, i, printed)), "score",
                  (double)siamese_hits_scores(hits, 0)[i], "title",
                  json_text(text_of(siamese_hits_title(hits, 0, i))));

    if (run->explains) search_explain_json(hits, i, hit);
    return hit;
}

static void print_json(const search_run *run, siamese_text query,
                       const siamese_hits *hits)
{
    json_t *const results = json_array();
    json_t *const object =
        json_pack("{s:o, s:o}", "query", json_text(query), "results", results);

    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
        json_array_append_new(results, json_hit(run, hits, i));
    if (!siamese_hits_known(hits, 0))
        json_object_set_new(object, "no_known_word", json_true());
    if (siamese_hits_corrected(hits, 0))
        json_object_set_new(
            object, "searched_also_for",
            json_text(text_of(siamese_hits_corrected(hits, 0))));
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

static void print_lines(const search_run *run, const siamese_hits *hits)
{
    int const is_trec = strcmp(run->format, "trec") == 0;
    char printed[24];

    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
        siamese_text const id = id_of(hits, i, printed);
        double const score = (double)siamese_hits_scores(hits, 0)[i];
        if (is_trec) {
            printf("%zu Q0 ", run->queries + 1);
            print_flat(id);
            printf(" %zu %.9g siamese\n", i + 1, score);
            continue;
        }
        printf("%zu\t", i + 1);
        print_flat(id);
        printf("\t%.6f\t", score);
        print_flat(text_of(siamese_hits_title(hits, 0, i)));
        putchar('\n');
        if (run->explains) search_explain_line(hits, i);
    }
}

static siamese_hits *search(search_run *run, siamese_text query)
{
    siamese_text const text = cli_entities_copy(query, run->decodes);
    siamese_hits *hits;

    run->request.texts = &text;
    cli_try(siamese_model_search(run->searched, &run->request, &hits));
    free((void *)(uintptr_t)text.data);
    return hits;
}

static void answer(search_run *run, siamese_text query)
{
    siamese_hits *const hits = search(run, query);

    if (run->explains) search_explain_check(hits);
    if (!siamese_hits_known(hits, 0))
        cli_note(
            "query %zu: the model knows no word of it, its vector is zero: "
            "no results",
            run->queries + 1);
    if (siamese_hits_corrected(hits, 0))
        cli_note("query %zu: searched also for: %s", run->queries + 1,
                 siamese_hits_corrected(hits, 0));
    if (strcmp(run->format, "json") == 0) {
        print_json(run, query, hits);
    } else {
        if (strcmp(run->format, "tsv") == 0) print_heading(run, query);
        print_lines(run, hits);
    }
    siamese_hits_free(hits);
    run->queries++;
    cli_stdio_flush();
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
    cli_check_arguments("query", argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    load(&run);
    run.are_named = argc != 1;
    for (int i = 0; i < argc; i++)
        answer(&run, (siamese_text){argv[i], strlen(argv[i])});
    if (argc == 0) answer_lines(&run);

    siamese_model_free(run.searched);
    siamese_id_filter_free(run.filter);
    cli_row_filter_free(&run.files);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_search = {
    .name = "search",
    .synopsis = "--model FILE [options] [QUERY ...]",
    .summary = "find the nearest items of queries",
    .about = "Queries are arguments, or lines of standard input. Prints rank, "
             "id, score\n"
             "and title. Of several queries, and of lines of standard input, "
             "each block\n"
             "begins with # N, tab and the query, behind an empty line.",
    .often = "model k where exact nprobe explain format json include-ids "
             "exclude-ids dedupe min-confidence rerank spelling feedback "
             "threads set",
    .example =
        "  siamese search --model m.siamese 'standing desk'\n"
        "  siamese search --model m.siamese --where 'price < 50' desk chair",
    .details =
        "--where 'brand = \"x\" and price < 50': column, then = != < <= > >=, "
        "in\n"
        "(value, ...) or not in, and a number or a text in quotes; or is "
        "missing;\n"
        "joined by and, or, not and brackets. Columns are id, title, those of\n"
        "siamese train --field and siamese index --column; siamese info lists\n"
        "them. A comparison with a missing value is neither true nor false.",
    .rest = "QUERY",
    .run = run_search,
};
