/*
 * cmd_vocab.c: siamese vocab: what a model's vocabulary makes of texts; trains
 * a sentencepiece model.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_data_options.h"
#include "data/cli_fields.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "data/cli_reader.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "model/cli_sentencepiece.h"
#include "model/cli_tokens.h"
#include "model/cli_vocabulary.h"
#include "verbs/cmd_verbs.h"

typedef struct vocab_run {
    const char *model, *pieces;
    int tokenizes, measures, prints_json;
    int has_table;             /* ids are not hashed */
    size_t buckets, min_count; /* if they are */
    cli_pairs_source source;   /* to train on */
    json_t *counts;
    cli_settings settings;
    cli_library_options options;
    cli_tokens tokens;
} vocab_run;

static void check(const vocab_run *run, int argc, char **argv)
{
    if (run->pieces && (run->model || run->tokenizes))
        cli_usage_error("--train-sentencepiece goes with neither --model nor "
                        "--tokenize");
    if (run->pieces && strcmp(run->pieces, "-") == 0 &&
        (run->prints_json || run->measures))
        cli_usage_error("--train-sentencepiece - takes standard output for "
                        "itself: no --json, no --statistics");
    if (run->pieces)
        cli_require(run->source.data, "--data FILE");
    else
        cli_require(run->model, "--model FILE");
    if (!run->pieces && run->source.data)
        cli_usage_error("--data is for --train-sentencepiece FILE");
    if (argc > 0 && !run->tokenizes)
        cli_usage_error("'%s' is not understood here; --tokenize TEXT shows "
                        "its tokens",
                        argv[0]);
    if (run->tokenizes && run->measures)
        cli_usage_error("--tokenize and --statistics cannot both be printed");
    if (argc == 0 && run->tokenizes)
        cli_usage_error("--tokenize TEXT: the text is missing");
}

static const cli_option verb_options[] = {
    CLI_FILE("model", vocab_run, model, CLI_FILES_MODEL, "model to read"),
    CLI_FLAG("tokenize", vocab_run, tokenizes,
             "print ids and tokens of the texts that follow"),
    CLI_FLAG(
        "statistics", vocab_run, measures,
        "print what the table and sequence_length left out of the texts it "
        "was made of"),
    CLI_FILE("train-sentencepiece", vocab_run, pieces, "model",
             "instead: train a sentencepiece model, and write it there"),
    CLI_FILE("data", vocab_run, source.data, CLI_FILES_CSV,
             "to train on: pairs, as CSV; - is stdin"),
    CLI_ENCODING(vocab_run, source.encoding),
    CLI_PAIR_TEXT_COLUMNS(vocab_run, source.columns),
    CLI_CALL("text-column", vocab_run, source.fields, "NAME",
             "a further column of item texts; may be repeated",
             cli_fields_take_text),
    CLI_RELEVANCE_COLUMN(vocab_run, source.columns),
    CLI_TEXT(
        "min-relevance", vocab_run, source.grades.min_relevance, "NUMBER",
        "of a row that is read; auto (default): see siamese train; none: all"),
    CLI_CSV(vocab_run, source.csv),
    CLI_SET(vocab_run, settings),
    CLI_FLAG("json", vocab_run, prints_json,
             "print a JSON list instead of lines"),
    CLI_FIGURES_AS_CSV(vocab_run, prints_json),
    CLI_END};

static void parse(vocab_run *run, const cli_verb *verb, int *argc, char **argv)
{
    cli_pairs_source *const s = &run->source;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    s->grades.min_relevance = "auto";
    run->settings.kinds = CLI_VOCAB | CLI_LOAD;
    *argc = cli_parse(verb, tables, *argc, argv, 1);
    check(run, *argc, argv);
    run->settings.kinds = run->pieces ? CLI_VOCAB : CLI_LOAD;
}

/* A token that is not UTF-8 cannot stand in JSON. */
static json_t *json_token(siamese_text token)
{
    json_t *const string = json_stringn(token.data, token.size);

    return string ? string : json_string("\xef\xbf\xbd");
}

static void read_table(vocab_run *run, const siamese_vocab *vocab)
{
    siamese_vocab_options options = {.struct_size = sizeof options};

    cli_try(siamese_vocab_get_options(vocab, &options));
    run->has_table = options.hash_buckets == 0;
    run->buckets = options.hash_buckets;
    run->min_count = options.hash_min_count;
    if (run->has_table) cli_tokens_of(vocab, &run->tokens);
}

/* The notes have the counts if the vocabulary was not counted, but read. */
static json_t *counts_of(const siamese_bundle *bundle,
                         const siamese_vocab *vocab)
{
    json_t *const notes = cli_notes_load(bundle);
    json_t *const counts = cli_vocabulary_json(vocab, NULL);

    json_object_update_existing(counts,
                                json_object_get(notes, CLI_VOCABULARY_NOTE));
    json_decref(notes);
    return counts;
}

static void print_statistics(const vocab_run *run)
{
    const char *name;
    json_t *count;

    if (run->prints_json) {
        cli_json_print(json_incref(run->counts));
        return;
    }
    json_object_foreach(run->counts, name, count)
        printf("%s\t%lld\n", name, (long long)json_integer_value(count));
}

static void print_table(const vocab_run *run, const siamese_vocab *vocab)
{
    json_t *const array = json_array();

    if (!run->has_table)
        cli_note("tokens are hashed to %zu ids: there is no table",
                 siamese_vocab_size(vocab));
    if (run->min_count)
        cli_note("  learned: of %zu buckets, those with %zu or more features",
                 run->buckets, run->min_count);
    for (size_t i = 0; i < run->tokens.count; i++) {
        if (run->prints_json)
            json_array_append_new(array, json_token(run->tokens.texts[i]));
        else
            printf("%zu\t%s\n", i, run->tokens.texts[i].data);
    }
    if (run->prints_json)
        cli_json_print(array);
    else
        json_decref(array);
    cli_vocabulary_tell(run->counts);
}

static void print_ids(const vocab_run *run, const char *text,
                      const int64_t *ids, size_t count, json_t *array)
{
    json_t *const id_list = json_array(), *const token_list = json_array();

    for (size_t i = 0; i < count; i++) {
        json_array_append_new(id_list, json_integer((json_int_t)ids[i]));
        if (run->has_table)
            json_array_append_new(token_list,
                                  json_token(run->tokens.texts[ids[i]]));
        if (!run->prints_json)
            printf("%s%lld", i ? " " : "", (long long)ids[i]);
    }
    for (size_t i = 0; !run->prints_json && run->has_table && i < count; i++)
        printf("%s%s", i ? " " : "\t", run->tokens.texts[ids[i]].data);
    if (!run->prints_json) putchar('\n');
    json_array_append_new(
        array, json_pack("{s:o, s:o, s:o}", "text",
                         json_token((siamese_text){text, strlen(text)}), "ids",
                         id_list, "tokens", token_list));
}

static void tokenize(const vocab_run *run, const siamese_vocab *vocab,
                     int count, char **texts)
{
    json_t *const array = json_array();

    for (int i = 0; i < count; i++) {
        siamese_text const text = {texts[i], strlen(texts[i])};
        size_t offsets[2], needed = 0;
        siamese_status status =
            siamese_vocab_tokenize(vocab, &text, 1, NULL, 0, offsets, &needed);
        if (status != SIAMESE_E_RANGE) cli_try(status);
        int64_t *const ids = cli_alloc(needed, sizeof *ids);
        cli_try(siamese_vocab_tokenize(vocab, &text, 1, ids, needed, offsets,
                                       &needed));
        print_ids(run, texts[i], ids, needed, array);
        free(ids);
    }
    if (run->prints_json)
        cli_json_print(array);
    else
        json_decref(array);
}

static void show_model(vocab_run *run, int argc, char **argv)
{
    run->options.load.finished = 1;
    siamese_bundle *const bundle =
        cli_model_load(run->model, &run->options.load);
    siamese_vocab *vocab;
    siamese_status const status = siamese_bundle_get_vocab(bundle, &vocab);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no vocabulary", run->model);
    cli_try(status);
    read_table(run, vocab);
    run->counts = counts_of(bundle, vocab);
    if (run->measures)
        print_statistics(run);
    else if (run->tokenizes)
        tokenize(run, vocab, argc, argv);
    else
        print_table(run, vocab);
    siamese_vocab_free(vocab);
    siamese_bundle_free(bundle);
}

static void train_pieces(vocab_run *run)
{
    cli_pairs pairs = {0};

    cli_output_check(run->pieces);
    cli_pairs_read(&pairs, &run->source);
    siamese_vocab *const vocab =
        cli_sentencepiece_train(&pairs, &run->options.vocab);
    cli_sentencepiece_write(run->pieces, vocab);
    cli_output_commit();
    run->counts = cli_vocabulary_json(vocab, NULL);
    cli_vocabulary_tell(run->counts);
    cli_note("wrote %s", cli_output_name(run->pieces));
    if (run->prints_json || run->measures) print_statistics(run);
    siamese_vocab_free(vocab);
    cli_pairs_free(&pairs);
}

static int run_vocab(const cli_verb *verb, int argc, char **argv)
{
    vocab_run run = {0};

    parse(&run, verb, &argc, argv);
    cli_check_arguments("text", argc, argv);
    cli_settings_apply(&run.settings, run.pieces ? "notebook" : NULL,
                       &run.options);
    if (run.pieces)
        train_pieces(&run);
    else
        show_model(&run, argc, argv);
    cli_fields_free(&run.source.fields);
    cli_tokens_free(&run.tokens);
    json_decref(run.counts);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_vocab = {
    .name = "vocab",
    .synopsis =
        "--model FILE [--tokenize TEXT ...] | --train-sentencepiece FILE "
        "--data FILE [options]",
    .summary = "show a model's tokens or those of texts; train sentencepiece",
    .about =
        "Prints id and token, or ids, tab and tokens of each text. How many "
        "tokens\n"
        "are not in the table and how many texts are cut is told on stderr.",
    .often = "model tokenize statistics train-sentencepiece data encoding "
             "min-relevance json set",
    .example = "  siamese vocab --model m.siamese --tokenize 'standing desk'",
    .details = "--train-sentencepiece reads the data as siamese train does, "
               "and writes a\n"
               "model of at most vocab.max_tokens ids for siamese train "
               "--sentencepiece.\n"
               "\n" CLI_COLUMN_HELP,
    .rest = "TEXT",
    .run = run_vocab,
};
