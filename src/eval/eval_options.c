/* eval_options.c: argv in, what is to be measured out. For cmd_eval. */
#include "eval/eval_options.h"

#include <stdint.h>
#include <string.h>

#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "data/cli_data_options.h"

enum { RESAMPLES = 10000, MOST_RESAMPLES = 10000000 };

/* ------------------------------------------------------------------------- */
/* Choices                                                                   */
/* ------------------------------------------------------------------------- */

static eval_ties read_ties(const char *name)
{
    if (!name) return EVAL_TIES_AUTO;
    if (strcmp(name, "expected") == 0) return EVAL_TIES_EXPECTED;
    if (strcmp(name, "row") == 0) return EVAL_TIES_ROW;
    if (strcmp(name, "id") == 0) return EVAL_TIES_ID;
    if (strcmp(name, "rank") == 0) return EVAL_TIES_RANK;
    cli_usage_error("--ties %s: expected, row, id or rank is possible", name);
}

static void want_slice(eval_options *o, const char *word, size_t size)
{
    for (int i = 0; i < EVAL_SLICE_COUNT; i++) {
        const char *const name = eval_slice_name(i);
        if (strlen(name) == size && memcmp(name, word, size) == 0) {
            o->slices.wanted[i] = EVAL_NAMED;
            return;
        }
    }
    cli_usage_error("--slices: '%.*s' is not all, no_shared_token, "
                    "unseen_items, head, torso or tail",
                    (int)size, word);
}

/* --train alone asks for what it is good for. */
static void choose_slices(eval_options *o)
{
    const char *at = o->slices.names;

    o->slices.any = at || o->files.train;
    if (!o->slices.any) return;
    if (!at || strcmp(at, "all") == 0) {
        for (int i = 0; i < EVAL_SLICE_COUNT; i++)
            o->slices.wanted[i] = EVAL_IF_IT_CAN_BE;
        return;
    }
    for (;;) {
        size_t const size = strcspn(at, ",");
        want_slice(o, at, size);
        if (at[size] == '\0') return;
        at += size + 1;
    }
}

/* ------------------------------------------------------------------------- */
/* What goes with what                                                       */
/* ------------------------------------------------------------------------- */

static void check_files(const eval_options *o)
{
    if (!o->measured.model && !o->measured.run)
        cli_usage_error("--model FILE is missing, or --run FILE");
    if (o->files.judged && (o->files.queries || o->files.qrels))
        cli_usage_error("--judged has queries and judgements of its own: it "
                        "goes without --queries and --qrels");
    if (!o->files.judged) {
        if (o->measured.model) cli_require(o->files.queries, "--queries FILE");
        cli_require(o->files.qrels, "--qrels FILE");
    }
    if (o->output.run && strcmp(o->output.run, "-") == 0)
        cli_usage_error("--write-run -: standard output is for the figures");
    if (o->output.per_query && strcmp(o->output.per_query, "-") == 0)
        cli_usage_error("--per-query -: standard output is for the figures");
    if (o->output.report && strcmp(o->output.report, "-") == 0)
        cli_usage_error("--report -: a page is a file");
    if (o->measured.model && !o->source.data)
        for (size_t i = 0; i < o->settings.count; i++)
            if (strcmp(o->settings.list[i].name, "nlist") == 0)
                cli_usage_error("--nlist needs --items FILE: the model's own "
                                "index is searched as it is");
    if (o->bootstrap.resamples < 1 || o->bootstrap.resamples > MOST_RESAMPLES)
        cli_usage_error("--resamples %zu: 1 .. %d is expected",
                        o->bootstrap.resamples, MOST_RESAMPLES);
}

/* What the options mean together. */
static void settle(eval_options *o)
{
    if (o->measured.model && o->measured.run && !o->output.run) {
        o->output.run = o->measured.run;
        o->measured.run = NULL;
    }
    if (o->measured.model && o->measured.run)
        cli_usage_error("--model and --run are two searches: name one of them "
                        "by --compare");
    cli_metrics_choose(&o->metrics);
    choose_slices(o);
    o->ties.rule = read_ties(o->ties.name);
    if (o->measured.model && !o->measured.compare &&
        (o->ties.rule == EVAL_TIES_ID || o->ties.rule == EVAL_TIES_RANK))
        cli_usage_error(
            "--ties %s is of a run; a model's can be expected or row",
            o->ties.name);
    check_files(o);
}

/* What is measured, and on which judgements. */
static const cli_option file_options[] = {
    CLI_FILE("model", eval_options, measured.model, CLI_FILES_MODEL,
             "model to measure"),
    CLI_FILE(
        "run", eval_options, measured.run, CLI_FILES_RUN,
        "TREC run to measure instead of a model: lines qid Q0 id rank score "
        "tag; beside --model it is --write-run"),
    CLI_FILE(
        "items", eval_options, source.data, CLI_FILES_CSV,
        "all items, as CSV; without it the model's index is searched, and the "
        "ids of a run are not checked"),
    CLI_FILE("queries", eval_options, files.queries, CLI_FILES_TEXT,
             "lines qid TAB query; a run does without"),
    CLI_FILE("qrels", eval_options, files.qrels, "txt qrels qrels.gz txt.gz",
             "judgements, lines qid 0 id grade, or qid id grade"),
    CLI_FILE(
        "judged", eval_options, files.judged, CLI_FILES_CSV,
        "instead of both: CSV with query, id and relevance, as for training; "
        "the n-th distinct query has the qid n"),
    CLI_END};

/* Which figures, of which queries. */
static const cli_option metric_options[] = {
    CLI_NUMBER("relevant", eval_options, metrics.relevant, "GRADE",
               "lowest grade of a relevant item; default 2.33"),
    CLI_TEXT("metrics", eval_options, metrics.names, "LIST",
             "of recall, precision, hit, mrr, map, ndcg and ndcg_binary"),
    CLI_TEXT("ks", eval_options, metrics.cutoffs, "LIST",
             "ranks to measure them at, such as 10,100"),
    CLI_TEXT("gain", eval_options, metrics.gain, "linear|exponential",
             "of ndcg: grade - zero, or 2^(grade - zero) - 1; default linear"),
    CLI_NUMBER("gain-zero", eval_options, metrics.gain_zero, "GRADE",
               "the zero: grades up to it gain nothing; default 1"),
    CLI_TEXT("slices", eval_options, slices.names, "LIST",
             "of no_shared_token, unseen_items, head, torso, tail; or all"),
    CLI_FILE(
        "train", eval_options, files.train, CLI_FILES_CSV,
        "CSV the model learned from: what is unseen, how frequent queries are"),
    CLI_FILE("per-query", eval_options, output.per_query, CLI_FILES_CSV,
             "write each query's figures, as CSV (*.csv) or between tabs"),
    CLI_FILE("report", eval_options, output.report, "html",
             "write a page: figures with intervals, slices, the worst queries, "
             "scores; the figures of JSON have intervals then"),
    CLI_END};

/* What is compared, and written. */
static const cli_option output_options[] = {
    CLI_FILE("compare", eval_options, measured.compare,
             CLI_FILES_MODEL " " CLI_FILES_RUN,
             "a model or a run: differences to it, with 95 % intervals"),
    CLI_COUNT("resamples", eval_options, bootstrap.resamples, "N",
              "of the bootstrap and the randomisation test; default 10000"),
    CLI_COUNT("seed", eval_options, bootstrap.seed, "N", "of both; default 1"),
    CLI_FILE("write-run", eval_options, output.run, CLI_FILES_RUN,
             "the first 100, or the largest k, of each query as a TREC run"),
    CLI_FILE("write-qrels", eval_options, output.qrels, "txt qrels",
             "the judgements as qrels"),
    CLI_FILE("write-queries", eval_options, output.queries, CLI_FILES_TEXT,
             "lines qid TAB query"),
    CLI_END};

/* How it is searched. */
static const cli_option search_options[] = {
    CLI_TEXT(
        "ties", eval_options, ties.name, "expected|row|id|rank",
        "equal scores: the mean over their orders (a model's default), or "
        "first the lower row (a run's with --items), the greater id (a run's "
        "without; as trec_eval), the lower rank"),
    CLI_SWITCH("exact", eval_options, settings,
               "score every item, instead of an index's nearest lists",
               "search.exact"),
    CLI_SETTING("nlist", eval_options, settings, "N",
                "lists of the index; default by the number of items", "nlist"),
    CLI_SETTING("nprobe", eval_options, settings, "N", "lists to read",
                "search.nprobe"),
    CLI_END};

/* How the files are read. */
static const cli_option reading_options[] = {
    CLI_TEXT("encoding", eval_options, source.encoding, "NAME",
             "of the items; default UTF-8"),
    CLI_TEXT("queries-encoding", eval_options, files.queries_encoding, "NAME",
             "of --queries; default UTF-8"),
    CLI_TEXT("train-encoding", eval_options, files.train_encoding, "NAME",
             "of --train; default UTF-8"),
    CLI_TEXT("judged-encoding", eval_options, files.judged_encoding, "NAME",
             "of --judged; default UTF-8"),
    CLI_ITEM_COLUMNS(eval_options, source),
    CLI_TEXT("query-column", eval_options, files.query_column, "NAME",
             "column of queries, of --train and --judged"),
    CLI_TEXT("relevance-column", eval_options, files.relevance_column, "NAME",
             "column of relevance, of --judged"),
    CLI_ITEM_FIELDS(eval_options, source),
    CLI_CSV(eval_options, source.csv),
    CLI_END};

/* The rest. */
static const cli_option other_options[] = {
    CLI_THREADS(eval_options, settings),
    CLI_FLAG("json", eval_options, output.prints_json,
             "the JSON object alone, no tables on standard error"),
    CLI_FIGURES_AS_CSV(eval_options, output.prints_json),
    CLI_SET(eval_options, settings), CLI_END};

void eval_options_parse(eval_options *o, const cli_verb *verb, int argc,
                        char **argv)
{
    const cli_options tables[] = {{file_options, o},    {metric_options, o},
                                  {output_options, o},  {search_options, o},
                                  {reading_options, o}, {other_options, o},
                                  {NULL, NULL}};

    o->metrics.relevant = 2.33;
    o->metrics.gain_zero = 1;
    o->bootstrap.resamples = RESAMPLES;
    o->bootstrap.seed = 1;
    o->settings.kinds = CLI_INDEX | CLI_SEARCH | CLI_LOAD;
    cli_parse(verb, tables, argc, argv, 0);
    settle(o);
}

void eval_options_free(eval_options *o)
{
    cli_items_source_free(&o->source);
    cli_settings_free(&o->settings);
    cli_metrics_free(&o->metrics);
}
