#include "eval/eval_options.h"

#include <stdint.h>
#include <string.h>

#include "shell/cli_message.h"

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
            o->slices[i] = EVAL_NAMED;
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
    const char *at = o->slice_names;

    o->has_slices = at || o->train;
    if (!o->has_slices) return;
    if (!at || strcmp(at, "all") == 0) {
        for (int i = 0; i < EVAL_SLICE_COUNT; i++)
            o->slices[i] = EVAL_IF_IT_CAN_BE;
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
    if (!o->model && !o->run)
        cli_usage_error("--model FILE is missing, or --run FILE");
    if (o->judged && (o->queries || o->qrels))
        cli_usage_error("--judged has queries and judgements of its own: it "
                        "goes without --queries and --qrels");
    if (!o->judged) {
        if (o->model) cli_require(o->queries, "--queries FILE");
        cli_require(o->qrels, "--qrels FILE");
    }
    if (o->write_run && strcmp(o->write_run, "-") == 0)
        cli_usage_error("--write-run -: standard output is for the figures");
    if (o->per_query && strcmp(o->per_query, "-") == 0)
        cli_usage_error("--per-query -: standard output is for the figures");
    if (o->model && !o->source.data)
        for (size_t i = 0; i < o->settings.count; i++)
            if (strcmp(o->settings.list[i].name, "nlist") == 0)
                cli_usage_error("--nlist needs --items FILE: the model's own "
                                "index is searched as it is");
    if (o->resamples < 1 || o->resamples > MOST_RESAMPLES)
        cli_usage_error("--resamples %zu: 1 .. %d is expected", o->resamples,
                        MOST_RESAMPLES);
}

/* What the options mean together. */
static void settle(eval_options *o)
{
    if (o->model && o->run && !o->write_run) {
        o->write_run = o->run;
        o->run = NULL;
    }
    if (o->model && o->run)
        cli_usage_error("--model and --run are two searches: name one of them "
                        "by --compare");
    cli_metrics_choose(&o->metrics);
    choose_slices(o);
    o->ties = read_ties(o->ties_name);
    if (o->model && !o->compare &&
        (o->ties == EVAL_TIES_ID || o->ties == EVAL_TIES_RANK))
        cli_usage_error("--ties %s is of a run; a model's can be expected or row",
                        o->ties_name);
    check_files(o);
}

void eval_options_parse(eval_options *o, const cli_verb *verb, int argc,
                        char **argv)
{
    cli_items_source *const s = &o->source;
    cli_settings *const set = &o->settings;
    const cli_option options[] = {
        {"model", CLI_ARG_TEXT, &o->model, "FILE", "model to measure", NULL},
        {"run", CLI_ARG_TEXT, &o->run, "FILE",
         "TREC run to measure instead of a model: lines qid Q0 id rank score "
         "tag; beside --model it is --write-run",
         NULL},
        {"items", CLI_ARG_TEXT, &s->data, "FILE",
         "all items, as CSV; without it the model's index is searched, and the "
         "ids of a run are not checked",
         NULL},
        {"queries", CLI_ARG_TEXT, &o->queries, "FILE",
         "lines qid TAB query; a run does without", NULL},
        {"qrels", CLI_ARG_TEXT, &o->qrels, "FILE",
         "judgements, lines qid 0 id grade, or qid id grade", NULL},
        {"judged", CLI_ARG_TEXT, &o->judged, "FILE",
         "instead of both: CSV with query, id and relevance, as for training; "
         "the n-th distinct query has the qid n",
         NULL},
        {"relevant", CLI_ARG_NUMBER, &o->metrics.relevant, "GRADE",
         "lowest grade of a relevant item; default 2.33", NULL},
        {"metrics", CLI_ARG_TEXT, &o->metrics.names, "LIST",
         "of recall, precision, hit, mrr, map, ndcg and ndcg_binary", NULL},
        {"ks", CLI_ARG_TEXT, &o->metrics.cutoffs, "LIST",
         "ranks to measure them at, such as 10,100", NULL},
        {"gain", CLI_ARG_TEXT, &o->metrics.gain, "linear|exponential",
         "of ndcg: grade - zero, or 2^(grade - zero) - 1; default linear",
         NULL},
        {"gain-zero", CLI_ARG_NUMBER, &o->metrics.gain_zero, "GRADE",
         "the zero: grades up to it gain nothing; default 1", NULL},
        {"slices", CLI_ARG_TEXT, &o->slice_names, "LIST",
         "of no_shared_token, unseen_items, head, torso, tail; or all", NULL},
        {"train", CLI_ARG_TEXT, &o->train, "FILE",
         "CSV the model learned from: what is unseen, how frequent queries are",
         NULL},
        {"per-query", CLI_ARG_TEXT, &o->per_query, "FILE",
         "write each query's figures, as CSV (*.csv) or between tabs", NULL},
        {"compare", CLI_ARG_TEXT, &o->compare, "FILE",
         "a model or a run: differences to it, with 95 % intervals", NULL},
        {"resamples", CLI_ARG_COUNT, &o->resamples, "N",
         "of the bootstrap and the randomisation test; default 10000", NULL},
        {"seed", CLI_ARG_COUNT, &o->seed, "N", "of both; default 1", NULL},
        {"write-run", CLI_ARG_TEXT, &o->write_run, "FILE",
         "the first 100, or the largest k, of each query as a TREC run", NULL},
        {"write-qrels", CLI_ARG_TEXT, &o->write_qrels, "FILE",
         "the judgements as qrels", NULL},
        {"write-queries", CLI_ARG_TEXT, &o->write_queries, "FILE",
         "lines qid TAB query", NULL},
        {"ties", CLI_ARG_TEXT, &o->ties_name, "expected|row|id|rank",
         "equal scores: the mean over their orders (a model's default), or "
         "first the lower row (a run's with --items), the greater id (a run's "
         "without; as trec_eval), the lower rank",
         NULL},
        {"exact", CLI_ARG_SWITCH, set, NULL,
         "score every item, instead of an index's nearest lists",
         "search.exact"},
        {"nlist", CLI_ARG_SETTING, set, "N",
         "lists of the index; default by the number of items", "nlist"},
        {"nprobe", CLI_ARG_SETTING, set, "N", "lists to read", "search.nprobe"},
        {"encoding", CLI_ARG_TEXT, &s->encoding, "NAME",
         "of the items; default UTF-8", NULL},
        {"queries-encoding", CLI_ARG_TEXT, &o->queries_encoding, "NAME",
         "of --queries; default UTF-8", NULL},
        {"train-encoding", CLI_ARG_TEXT, &o->train_encoding, "NAME",
         "of --train; default UTF-8", NULL},
        {"judged-encoding", CLI_ARG_TEXT, &o->judged_encoding, "NAME",
         "of --judged; default UTF-8", NULL},
        {"id-column", CLI_ARG_TEXT, &s->id_column, "NAME", "column of item ids",
         NULL},
        {"item-column", CLI_ARG_TEXT, &s->item_column, "NAME",
         "column of item texts", NULL},
        {"query-column", CLI_ARG_TEXT, &o->query_column, "NAME",
         "column of queries, of --train and --judged", NULL},
        {"relevance-column", CLI_ARG_TEXT, &o->relevance_column, "NAME",
         "column of relevance, of --judged", NULL},
        {"field", CLI_ARG_FIELD, &s->names, "COLUMN",
         "columns of the further fields, in the model's order, if they have "
         "other names here; may be repeated",
         NULL},
        CLI_CSV_OPTIONS(s->csv),
        {"threads", CLI_ARG_SETTING, set, "N", "default: one a processor",
         "threads"},
        {"json", CLI_ARG_FLAG, &o->prints_json, NULL,
         "the JSON object alone, no tables on standard error", NULL},
        {"set", CLI_ARG_SET, set, "NAME=VALUE",
         "any setting of the library, see below", NULL},
        CLI_COMMON_OPTIONS};

    o->metrics.relevant = 2.33;
    o->metrics.gain_zero = 1;
    o->resamples = RESAMPLES;
    o->seed = 1;
    set->kinds = CLI_INDEX | CLI_SEARCH | CLI_LOAD;
    cli_parse(verb, options, argc, argv, 0);
    settle(o);
}

void eval_options_free(eval_options *o)
{
    cli_items_source_free(&o->source);
    cli_settings_free(&o->settings);
    cli_metrics_free(&o->metrics);
}
