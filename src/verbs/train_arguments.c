/* train_arguments.c: the options of siamese train, and what fits together. */
#include "verbs/train_arguments.h"

#include <string.h>

#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "data/cli_columns.h"
#include "data/cli_data_options.h"
#include "data/cli_entities.h"
#include "data/cli_fields.h"
#include "data/cli_positives.h"

enum {
    KINDS = CLI_VOCAB | CLI_FIELD | CLI_TOWER | CLI_TRAINER | CLI_RANKER |
            CLI_SAVE | CLI_LOAD
};

static void take_data(void *source, const char *value)
{
    cli_pairs_source *const s = source;

    cli_paths_add(&s->files, "data", value);
    s->data = s->files.list[0];
}

/* What is learned from. */
static const cli_option data_options[] = {
    {"data", CLI_ARG_CALL, offsetof(train_arguments, data.source), "FILE",
     "pairs, CSV; - is stdin; may be repeated, and be a quoted pattern as "
     "'log-*.csv'",
     NULL, take_data, CLI_FILES_CSV},
    CLI_FLAG("stream", train_arguments, data.streams,
             "read the pairs anew in each epoch, for more of them than fit "
             "into memory (--help=all)"),
    CLI_FILE("validation", train_arguments, data.validation, CLI_FILES_CSV,
             "pairs to validate with, in the same columns and encoding"),
    CLI_CALL("holdout", train_arguments, data.holdout, "SHARE",
             "of the queries, as 2% or 0.02, is not learned from, but measured "
             "at the end (--help=all); none: not of a resumed model either",
             train_holdout_take_share),
    CLI_FILE("write-holdout", train_arguments, data.holdout.file, CLI_FILES_CSV,
             "the pairs that are held back, as siamese eval --judged reads "
             "them"),
    CLI_FILE(
        "catalogue", train_arguments, data.source.catalogue, CLI_FILES_CSV,
        "items to learn from their texts, as CSV; alone, or beside --data"),
    CLI_TEXT("catalogue-encoding", train_arguments,
             data.source.catalogue_encoding, "NAME",
             "of that file; default: that of the data"),
    CLI_TEXT("catalogue-item-column", train_arguments,
             data.source.catalogue_columns[CLI_ROLE_ITEM], "NAME",
             "its column of item texts; default: that of the data"),
    CLI_TEXT("catalogue-id-column", train_arguments,
             data.source.catalogue_columns[CLI_ROLE_ID], "NAME",
             "its column of item ids; the same"),
    CLI_ENCODING(train_arguments, data.source.encoding),
    CLI_PAIR_TEXT_COLUMNS(train_arguments, data.source.columns),
    CLI_TEXT("id-column", train_arguments, data.source.columns[CLI_ROLE_ID],
             "NAME", "column of item ids; may be missing"),
    CLI_RELEVANCE_COLUMN(train_arguments, data.source.columns),
    CLI_CALL("field", train_arguments, data.source.fields,
             "COLUMN[=KIND[,...]]",
             "a further field of items (--help=all); may be repeated",
             cli_fields_take),
    CLI_CALL("text-column", train_arguments, data.source.fields, "NAME",
             "the same for a column of texts", cli_fields_take_text),
    CLI_TEXT(
        "min-relevance", train_arguments, data.source.grades.min_relevance,
        "NUMBER",
        "of a positive; auto (default; of notebook 2.0): by the values there "
        "are (--help=all); none: every row is one"),
    CLI_FLAG("grade-weights", train_arguments, data.source.grades.weighs,
             "positives weigh by their relevance, the lowest half as much"),
    CLI_TEXT("grade-negatives", train_arguments, data.source.grades.negatives,
             "BELOW",
             "rows of less relevance are explicit negatives of their query"),
    CLI_CSV(train_arguments, data.source.csv),
    CLI_END};

/* What learns. */
static const cli_option model_options[] = {
    CLI_TEXT("preset", train_arguments, model.preset, "NAME",
             "default: best retrieval; small: in a small file; notebook: that "
             "of Keras; --help=settings has what they set"),
    {"sentencepiece", CLI_ARG_TEXT,
     CLI_MEMBER(const char *, train_arguments, model.sentencepiece),
     "FILE|train",
     "tokenise by this .model file, or by one trained on the texts, of "
     "max_tokens ids at most",
     NULL, NULL, "model"},
    CLI_FILE("resume", train_arguments, model.resume, CLI_FILES_MODEL,
             "go on with this model, on the same data"),
    CLI_FLAG("grow", train_arguments, model.grows,
             "with --resume, on new data: its tokens join the vocabulary, "
             "--set max_tokens=N in all (default: every one)"),
    CLI_END};

/* How it learns: settings of the library. */
static const cli_option training_options[] = {
    CLI_SETTING("epochs", train_arguments, settings, "N",
                "default by the preset; few pairs take more", "epochs"),
    CLI_SETTING("batch", train_arguments, settings, "N", "pairs a step",
                "batch_size"),
    CLI_THREADS(train_arguments, settings),
    CLI_SETTING("seed", train_arguments, settings, "N",
                "of weights and shuffle", "seed"),
    CLI_SETTING("metrics", train_arguments, settings, "epoch|step|none",
                "when to measure top-k accuracy", "metrics"),
    CLI_SET(train_arguments, settings),
    CLI_END};

/* What is written, and when. */
static const cli_option output_options[] = {
    CLI_FILE("model", train_arguments, output.model, CLI_FILES_MODEL,
             "model to write"),
    CLI_SETTING("table-precision", train_arguments, settings,
                "float32|float16|int8", "of the embedding tables in the model",
                "table_precision"),
    CLI_FLAG("resumable", train_arguments, output.resumable,
             "keep what --resume needs in a model of over 4,000,000 weights"),
    CLI_COUNT("checkpoint-every", train_arguments, output.checkpoint_every,
              "STEPS", "save the model on the way"),
    CLI_FILE("log", train_arguments, output.log, "jsonl",
             "one JSON object a step, written as it goes"),
    CLI_FILE("report", train_arguments, output.report, "html",
             "write a page: curves, rates, figures of what was held back, "
             "scores, vocabulary, settings"),
    CLI_FLAG("json", train_arguments, output.prints_json,
             "print the figures as one JSON object on stdout"),
    CLI_FIGURES_AS_CSV(train_arguments, output.prints_json),
    CLI_END};

static int is_standard(const char *file)
{
    return file && strcmp(file, "-") == 0;
}

static void check_data(const train_arguments *a)
{
    const cli_pairs_source *const source = &a->data.source;

    if (!source->catalogue) cli_require(source->data, "--data FILE");
    cli_require(a->output.model, "--model FILE");
    if (is_standard(a->output.model) &&
        (a->output.prints_json || a->output.checkpoint_every))
        cli_usage_error("--model - takes standard output for itself: no "
                        "--json, no --checkpoint-every");
    if (is_standard(a->output.report))
        cli_usage_error("--report -: a page is a file");
    if (is_standard(a->data.holdout.file) &&
        (a->output.prints_json || is_standard(a->output.model)))
        cli_usage_error("--write-holdout - takes standard output for itself: "
                        "no --json, no --model -");
    if (cli_paths_has_stdin(&source->files) + is_standard(source->catalogue) +
            is_standard(a->data.validation) >
        1)
        cli_usage_error("of --data, --catalogue and --validation only one can "
                        "be stdin");
}

/* What needs all pairs at once. */
static void check_stream(const train_arguments *a)
{
    const cli_pairs_source *const source = &a->data.source;
    const char *const refused =
        a->data.holdout.share > 0 || a->data.holdout.file ? "--holdout"
        : a->model.grows                                  ? "--grow"
        : a->model.sentencepiece                          ? "--sentencepiece"
        : source->grades.negatives                        ? "--grade-negatives"
        : a->output.report                                ? "--report"
                                                          : NULL;
    if (!a->data.streams) return;
    cli_require(source->data, "--data FILE");
    if (refused)
        cli_usage_error("%s needs all pairs at once, which --stream does not "
                        "keep%s",
                        refused,
                        strcmp(refused, "--holdout") == 0
                            ? ": --validation FILE measures others"
                            : "");
    for (size_t i = 0; i < source->fields.count; i++)
        if (strcmp(source->fields.list[i].kind, "category") == 0)
            cli_usage_error("--field %s=category needs all pairs at once, "
                            "which --stream does not keep: =id hashes the "
                            "values",
                            source->fields.list[i].column);
}

/* A new model has a preset, one that is resumed what it was made with. */
static void settle_model(train_arguments *a)
{
    cli_pairs_source *const source = &a->data.source;
    cli_grades *const grades = &source->grades;

    if (a->model.resume && a->model.sentencepiece)
        cli_usage_error(
            "--sentencepiece is fixed by the model that is resumed");
    if (a->model.grows && !a->model.resume)
        cli_usage_error("--grow needs --resume FILE, the model to grow");
    if (a->model.resume && a->model.preset)
        cli_usage_error("--preset is fixed by the model that is resumed");
    if (!a->model.preset) a->model.preset = "default";
    if (a->model.resume) return;
    int const is_notebook = strcmp(a->model.preset, "notebook") == 0;
    if (!grades->min_relevance)
        grades->min_relevance = is_notebook ? "2.0" : "auto";
    if (!source->csv.entities)
        source->csv.entities =
            is_notebook ? CLI_ENTITIES_KEEP : CLI_ENTITIES_DECODE;
}

void train_arguments_parse(train_arguments *a, const cli_verb *verb, int argc,
                           char **argv)
{
    const cli_options tables[] = {{data_options, a},
                                  {model_options, a},
                                  {training_options, a},
                                  {output_options, a},
                                  {NULL, NULL}};

    a->settings.kinds = KINDS;
    cli_parse(verb, tables, argc, argv, 0);
    check_data(a);
    check_stream(a);
    settle_model(a);
}

void train_arguments_free(train_arguments *a)
{
    cli_fields_free(&a->data.source.fields);
    cli_paths_free(&a->data.source.files);
    cli_settings_free(&a->settings);
}
