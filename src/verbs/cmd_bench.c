/* cmd_bench.c: siamese bench: its arguments and its result. */
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_data_options.h"
#include "data/cli_entities.h"
#include "benchmark/benchmark.h"
#include "verbs/cmd_verbs.h"

enum {
    KINDS = CLI_VOCAB | CLI_FIELD | CLI_TOWER | CLI_TRAINER | CLI_INDEX |
            CLI_SEARCH | CLI_LOAD
};

/* What a workload is of. */
enum { OF_PAIRS, OF_VECTORS, OF_A_MODEL };

typedef struct bench_kind {
    const char *name;
    json_t *(*run)(const benchmark_run *run);
    int takes;               /* OF_* */
    const char *defaults[8]; /* settings: name, value, ..., NULL */
} bench_kind;

static const bench_kind kinds[] = {
    {"train",
     benchmark_train,
     OF_PAIRS,
     {"epochs", "3", "threads", "2", "metrics", "none", NULL}},
    {"encode", benchmark_encode, OF_PAIRS, {"threads", "2", NULL}},
    {"query", benchmark_query, OF_PAIRS, {"threads", "1", NULL}},
    {"vocab", benchmark_vocab, OF_PAIRS, {"threads", "2", NULL}},
    {"serve",
     benchmark_serve,
     OF_PAIRS,
     {"index.nlist", "1024", "search.nprobe", "32", "threads", "2", NULL}},
    {"search",
     benchmark_search,
     OF_VECTORS,
     {"index.nlist", "1024", "search.nprobe", "32", "threads", "1", NULL}},
    {"stages", benchmark_stages, OF_A_MODEL, {"threads", "1", NULL}},
};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

static const bench_kind *find_kind(const char *name)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i].name, name) == 0) return &kinds[i];
    cli_usage_error("bench %s: train, encode, query, vocab, serve, search or "
                    "stages is expected",
                    name);
}

typedef struct bench_arguments {
    benchmark_run run;
    cli_settings given;
    const char *preset;
} bench_arguments;

static const cli_option verb_options[] = {
    CLI_FILE("data", bench_arguments, run.source.data, CLI_FILES_CSV,
             "pairs, as CSV"),
    CLI_ENCODING(bench_arguments, run.source.encoding),
    CLI_PAIR_TEXT_COLUMNS(bench_arguments, run.source.columns),
    CLI_TEXT("id-column", bench_arguments, run.source.columns[CLI_ROLE_ID],
             "NAME", "column of item ids"),
    CLI_RELEVANCE_COLUMN(bench_arguments, run.source.columns),
    CLI_TEXT("min-relevance", bench_arguments, run.source.grades.min_relevance,
             "NUMBER", "of a positive, default 2.0; none: every row is one"),
    CLI_CSV(bench_arguments, run.source.csv),
    CLI_TEXT("preset", bench_arguments, preset, "NAME", "notebook (default)"),
    CLI_SETTING("embed", bench_arguments, given, "N",
                "numbers a token; default 8", "embedding_dim"),
    CLI_SETTING("units", bench_arguments, given, "N",
                "of the LSTM, each direction; default 8", "units"),
    CLI_SETTING("batch", bench_arguments, given, "N",
                "pairs a step; default 256", "batch_size"),
    CLI_SETTING("vocab", bench_arguments, given, "N", "tokens; default 1000",
                "max_tokens"),
    CLI_SETTING("length", bench_arguments, given, "N",
                "tokens of a text; default 15", "vocab.sequence_length"),
    CLI_SETTING("epochs", bench_arguments, given, "N", "default 3", "epochs"),
    CLI_SETTING("metrics", bench_arguments, given, "epoch|step|none",
                "default none", "metrics"),
    CLI_FILE("base", bench_arguments, run.base, CLI_FILES_NPY,
             "vectors to search, .npy"),
    CLI_FILE("query", bench_arguments, run.query, CLI_FILES_NPY,
             "vectors to search for, .npy"),
    CLI_FILE("model", bench_arguments, run.model, CLI_FILES_MODEL,
             "model with a ranker and an index, for stages"),
    CLI_SETTING("nlist", bench_arguments, given, "N", "default 1024",
                "index.nlist"),
    CLI_SETTING("nprobe", bench_arguments, given, "N", "default 32",
                "search.nprobe"),
    CLI_COUNT("k", bench_arguments, run.k, "N", "results a query; default 10"),
    CLI_COUNT("items", bench_arguments, run.items, "N",
              "vectors that serve searches; default 200000"),
    CLI_SETTING("threads", bench_arguments, given, "N",
                "default 2; of query, search and stages 1", "threads"),
    CLI_SETTING("seed", bench_arguments, given, "N", "of all that is random",
                "seed"),
    CLI_TEXT("out", bench_arguments, run.out, "DIR",
             "write what was computed as .npy; made if missing"),
    CLI_SET(bench_arguments, given),
    CLI_END};

static const bench_kind *parse(bench_arguments *a, const cli_verb *verb,
                               int argc, char **argv)
{
    const cli_options tables[] = {{verb_options, a}, {NULL, NULL}};

    a->given.kinds = KINDS;
    if (cli_parse(verb, tables, argc, argv, 1) != 1)
        cli_usage_error("one of train, encode, query, vocab, serve, search "
                        "and stages is expected");
    const bench_kind *const kind = find_kind(argv[0]);
    if (kind->takes == OF_VECTORS) {
        cli_require(a->run.base, "--base FILE");
        cli_require(a->run.query, "--query FILE");
    } else if (kind->takes == OF_A_MODEL) {
        cli_require(a->run.model, "--model FILE");
    } else {
        cli_require(a->run.source.data, "--data FILE");
    }
    return kind;
}

/* Those of the workload, then those that were given. */
static cli_settings settle(const bench_kind *kind, const cli_settings *given)
{
    cli_settings all = {.kinds = KINDS};

    for (const char *const *d = kind->defaults; *d; d += 2)
        cli_settings_add_named(&all, "set", d[0], d[1]);
    for (size_t i = 0; i < given->count; i++)
        cli_settings_add_named(&all, given->list[i].given, given->list[i].name,
                               given->list[i].value);
    return all;
}

static int run_bench(const cli_verb *verb, int argc, char **argv)
{
    bench_arguments a = {.preset = "notebook",
                         .run = {.k = 10,
                                 .items = 200000,
                                 .source.grades.min_relevance = "2.0"}};
    const bench_kind *const kind = parse(&a, verb, argc, argv);
    cli_settings settings = settle(kind, &a.given);

    if (!a.run.source.csv.entities && strcmp(a.preset, "notebook") == 0)
        a.run.source.csv.entities = CLI_ENTITIES_KEEP;
    cli_settings_apply(&settings, a.preset, &a.run.options);
    if (a.run.out) cli_output_folder(a.run.out);
    json_t *const figures = kind->run(&a.run);
    cli_output_commit();
    json_object_set_new(figures, "peak_memory_bytes",
                        json_integer((json_int_t)cli_memory_peak()));
    cli_json_print(figures);
    cli_settings_free(&a.given);
    cli_settings_free(&settings);
    return 0;
}

const cli_verb cmd_bench = {
    .name = "bench",
    .synopsis = "train|encode|query|vocab|serve|search|stages [options]",
    .summary = "measure speed; prints one JSON object",
    .about = "Measures what its argument says, on the data that are given.\n"
             "  train     pairs, from text to update        encode  items, to "
             "vectors\n"
             "  query     queries, one at a time            vocab   texts, to "
             "a vocabulary\n"
             "  serve     text to results, by some threads  search  vectors "
             "among vectors\n"
             "  stages    what each stage adds to a search",
    .often = "data preset epochs batch metrics base query model k items "
             "threads seed out set",
    .example =
        "  siamese bench train --data train.csv --epochs 3\n"
        "  siamese bench search --base items.npy --query queries.npy -k 10",
    .details =
        "train   pairs of --data from text to update: pairs_per_s, "
        "step_ms_median\n"
        "        and epoch_s, all of epochs after the first; epoch_wall_s, of "
        "all,\n"
        "        with what comes after an epoch\n"
        "encode  distinct items of --data from text to vectors: items_per_s\n"
        "query   distinct queries of --data, one at a time: query_us_median, "
        "_p99\n"
        "vocab   all texts of --data to a vocabulary: texts_per_s\n"
        "serve   queries of --data among --items vectors, by --threads "
        "threads, each\n"
        "        one at a time from text to results: serve_us_median, _p99\n"
        "search  --query vectors among --base vectors: build_s, one_us, "
        "batch_qps\n"
        "stages  queries of standard input, one a line, by --model, one at a "
        "time: the\n"
        "        median and p99 of what each stage adds to the scan, and of "
        "all; then\n"
        "        as a batch\n"
        "\n" CLI_COLUMN_HELP,
    .rest = "train|encode|query|vocab|serve|search|stages",
    .run = run_bench,
};
