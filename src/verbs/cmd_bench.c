/* cmd_bench.c: siamese bench: its arguments and its result. */
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_pairs.h"
#include "benchmark/benchmark.h"
#include "verbs/cmd_verbs.h"

typedef struct bench_kind {
    const char *name;
    json_t *(*run)(const benchmark_run *run);
    int takes_vectors;       /* --base and --query instead of --data */
    const char *defaults[8]; /* settings: name, value, ..., NULL */
} bench_kind;

static const bench_kind kinds[] = {
    {"train",
     benchmark_train,
     0,
     {"epochs", "3", "threads", "2", "metrics", "none", NULL}},
    {"encode", benchmark_encode, 0, {"threads", "2", NULL}},
    {"query", benchmark_query, 0, {"threads", "1", NULL}},
    {"vocab", benchmark_vocab, 0, {"threads", "2", NULL}},
    {"serve",
     benchmark_serve,
     0,
     {"index.nlist", "1024", "search.nprobe", "32", "threads", "2", NULL}},
    {"search",
     benchmark_search,
     1,
     {"index.nlist", "1024", "search.nprobe", "32", "threads", "1", NULL}},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const bench_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    cli_usage_error("bench %s: train, encode, query, vocab, serve or search is "
                    "expected",
                    name);
}

static const bench_kind *parse(benchmark_run *run, cli_settings *set,
                               const char **preset, const cli_verb *verb,
                               int argc, char **argv)
{
    cli_pairs_source *const s = &run->source;
    const cli_option options[] = {
        {"data", CLI_ARG_TEXT, &s->data, "FILE", "pairs, as CSV", NULL},
        {"encoding", CLI_ARG_TEXT, &s->encoding, "NAME",
         "of the data; default UTF-8", NULL},
        {"query-column", CLI_ARG_TEXT, &s->columns[CLI_ROLE_QUERY], "NAME",
         "column of queries", NULL},
        {"item-column", CLI_ARG_TEXT, &s->columns[CLI_ROLE_ITEM], "NAME",
         "column of item texts", NULL},
        {"id-column", CLI_ARG_TEXT, &s->columns[CLI_ROLE_ID], "NAME",
         "column of item ids", NULL},
        {"relevance-column", CLI_ARG_TEXT, &s->columns[CLI_ROLE_RELEVANCE],
         "NAME", "column of relevance", NULL},
        {"min-relevance", CLI_ARG_TEXT, &s->min_relevance, "NUMBER",
         "of a positive, default 2.0; none: every row is one", NULL},
        CLI_CSV_OPTIONS(s->csv),
        {"preset", CLI_ARG_TEXT, preset, "NAME", "notebook (default)", NULL},
        {"embed", CLI_ARG_SETTING, set, "N", "numbers a token; default 8",
         "embedding_dim"},
        {"units", CLI_ARG_SETTING, set, "N",
         "of the LSTM, each direction; default 8", "units"},
        {"batch", CLI_ARG_SETTING, set, "N", "pairs a step; default 256",
         "batch_size"},
        {"vocab", CLI_ARG_SETTING, set, "N", "tokens; default 1000",
         "max_tokens"},
        {"length", CLI_ARG_SETTING, set, "N", "tokens of a text; default 15",
         "vocab.sequence_length"},
        {"epochs", CLI_ARG_SETTING, set, "N", "default 3", "epochs"},
        {"metrics", CLI_ARG_SETTING, set, "epoch|step|none", "default none",
         "metrics"},
        {"base", CLI_ARG_TEXT, &run->base, "FILE", "vectors to search, .npy",
         NULL},
        {"query", CLI_ARG_TEXT, &run->query, "FILE",
         "vectors to search for, .npy", NULL},
        {"nlist", CLI_ARG_SETTING, set, "N", "default 1024", "index.nlist"},
        {"nprobe", CLI_ARG_SETTING, set, "N", "default 32", "search.nprobe"},
        {"k", CLI_ARG_COUNT, &run->k, "N", "results a query; default 10", NULL},
        {"items", CLI_ARG_COUNT, &run->items, "N",
         "vectors that serve searches; default 200000", NULL},
        {"threads", CLI_ARG_SETTING, set, "N",
         "default 2; of query and search 1", "threads"},
        {"seed", CLI_ARG_SETTING, set, "N", "of all that is random", "seed"},
        {"out", CLI_ARG_TEXT, &run->out, "DIR",
         "write what was computed as .npy; made if missing", NULL},
        {"set", CLI_ARG_SET, set, "NAME=VALUE",
         "any setting of the library, see below", NULL},
        CLI_COMMON_OPTIONS};

    if (cli_parse(verb, options, argc, argv, 1) != 1)
        cli_usage_error("one of train, encode, query, vocab, serve and "
                        "search is expected");
    const bench_kind *const kind = find_kind(argv[0]);
    if (kind->takes_vectors) {
        cli_require(run->base, "--base FILE");
        cli_require(run->query, "--query FILE");
    } else {
        cli_require(s->data, "--data FILE");
    }
    return kind;
}

int cmd_bench(const cli_verb *verb, int argc, char **argv)
{
    cli_settings given = {0}, settings = {0};
    benchmark_run run = {.k = 10, .items = 200000, .source.min_relevance = "2.0"};
    const char *preset = "notebook";

    settings.kinds = given.kinds = CLI_VOCAB | CLI_FIELD | CLI_TOWER |
                                   CLI_TRAINER | CLI_INDEX | CLI_SEARCH;
    const bench_kind *const kind =
        parse(&run, &given, &preset, verb, argc, argv);
    for (const char *const *d = kind->defaults; *d; d += 2)
        cli_settings_add_named(&settings, "set", d[0], d[1]);
    for (size_t i = 0; i < given.count; i++)
        cli_settings_add_named(&settings, given.list[i].given,
                               given.list[i].name, given.list[i].value);
    cli_settings_apply(&settings, preset, &run.options);
    if (run.out) cli_output_folder(run.out);
    json_t *const figures = kind->run(&run);
    cli_output_commit();
    json_object_set_new(figures, "peak_memory_bytes",
                        json_integer((json_int_t)cli_memory_peak()));
    cli_json_print(figures);
    cli_settings_free(&given);
    cli_settings_free(&settings);
    return 0;
}
