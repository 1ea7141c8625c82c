/*
 * cmd_search.c: siamese search: from a model with an index and queries, as
 * arguments or lines, to the nearest items.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_args.h"
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
#include "verbs/search_output.h"
#include "verbs/search_session.h"

typedef struct search_run {
    const char *model, *format, *encoding, *entities;
    const char *rerank, *spelling, *feedback;
    size_t k;
    double min_confidence;
    int prints_json, prints_csv, dedupe, collapses, decodes, explains, forgets;
    cli_row_filter files;
    cli_settings settings;
    cli_library_options options;

    siamese_model *searched;
    siamese_id_filter *filter;
    siamese_items *items;
    siamese_search_request request; /* of each query */
    search_output output;
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
    CLI_TEXT("format", search_run, format, SEARCH_FORMATS,
             "default: table on a terminal, else tsv"),
    CLI_FLAG("json", search_run, prints_json,
             "--format json: one object a query"),
    CLI_FLAG("csv", search_run, prints_csv, "--format csv, with a header"),
    CLI_FLAG("no-history", search_run, forgets,
             "keep no queries that are typed for the next session"),
    CLI_TEXT("encoding", search_run, encoding, "NAME",
             "of standard input; default UTF-8"),
    CLI_ENTITIES(search_run, entities),
    CLI_THREADS(search_run, settings),
    CLI_SET(search_run, settings),
    CLI_END};

static void choose_format(search_run *run)
{
    if (run->prints_json && run->prints_csv)
        cli_usage_error("--json and --csv: one of them is expected");
    if (run->prints_json) run->format = "json";
    if (run->prints_csv) run->format = "csv";
    if (!run->format) run->format = isatty(STDOUT_FILENO) ? "table" : "tsv";
    run->output.format = search_format_of(run->format);
    if (run->output.format == SEARCH_FORMAT_COUNT)
        cli_usage_error("--format %s: table, tsv, csv, json or trec is "
                        "expected",
                        run->format);
}

static void parse(search_run *run, const cli_verb *verb, int *argc, char **argv)
{
    cli_settings *const set = &run->settings;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    run->k = 10;
    set->kinds = CLI_SEARCH | CLI_LOAD;
    *argc = cli_parse(verb, tables, *argc, argv, 1);
    cli_require(run->model, "--model FILE");
    choose_format(run);
    run->output.explains = run->explains;
    if (run->explains && run->output.format == SEARCH_TREC)
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
    siamese_items *const items = cli_indexed_items(bundle, run->model, &index);

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

    if (run->k == 0)
        cli_usage_error("-k 0: a whole number from 1 on is expected");
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
    if (run->output.format == SEARCH_TREC) check_ids(run, items);
    run->filter = cli_row_filter_make(&run->files, items);
    run->items = items;
    prepare_request(run);
    if (run->explains) check_explained(run);
}

static siamese_hits *search(search_run *run, siamese_text query)
{
    siamese_text const text = cli_entities_copy(query, run->decodes);
    siamese_hits *hits;

    run->request.texts = &text;
    cli_try(siamese_model_search(run->searched, &run->request, &hits));
    run->request.texts = NULL;
    free((void *)(uintptr_t)text.data);
    return hits;
}

static void answer(search_run *run, siamese_text query)
{
    siamese_hits *const hits = search(run, query);

    if (run->output.explains && !search_explain_can(hits))
        search_explain_fail();
    search_output_print(&run->output, query, hits);
    siamese_hits_free(hits);
}

static void answer_lines(search_run *run)
{
    cli_reader *const reader =
        cli_reader_open("-", (cli_encoding){run->encoding, "encoding"});
    siamese_text query;

    while (cli_reader_next_text(reader, &query.data, &query.size))
        answer(run, query);
    cli_reader_close(reader);
}

/* Ends the command itself where a search that was given up goes on, since what
 * that reads cannot be freed. */
static void answer_person(search_run *run)
{
    search_session session = {.model = run->searched,
                              .items = run->items,
                              .files = &run->files,
                              .request = &run->request,
                              .output = &run->output,
                              .decodes = run->decodes,
                              .keeps_history = !run->forgets};

    run->output.is_session = 1;
    if (search_session_run(&session)) return;
    cli_stdio_flush();
    _exit(0);
}

static int run_search(const cli_verb *verb, int argc, char **argv)
{
    search_run run = {0};

    parse(&run, verb, &argc, argv);
    cli_check_arguments("query", argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    load(&run);
    run.output.are_named = argc != 1;
    for (int i = 0; i < argc; i++)
        answer(&run, (siamese_text){argv[i], strlen(argv[i])});
    if (argc == 0 && isatty(STDIN_FILENO))
        answer_person(&run);
    else if (argc == 0)
        answer_lines(&run);

    siamese_items_free(run.items);
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
    .often = "model k where exact nprobe explain format json csv include-ids "
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
