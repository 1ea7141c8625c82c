/* cmd_vocab.c: siamese vocab. */
#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_model.h"
#include "cli_tokens.h"
#include "cli_vocabulary.h"
#include "cmd_verbs.h"

typedef struct vocab_run {
    const char *model;
    int tokenizes, measures, prints_json;
    int has_table; /* ids are not hashed */
    cli_settings settings;
    cli_library_options options;
    cli_tokens tokens;
} vocab_run;

static void parse(vocab_run *run, const cli_verb *verb, int *argc, char **argv)
{
    const cli_option options[] = {
        {"model", CLI_ARG_TEXT, &run->model, "FILE", "model to read", NULL},
        {"tokenize", CLI_ARG_FLAG, &run->tokenizes, NULL,
         "print ids and tokens of the texts that follow", NULL},
        {"statistics", CLI_ARG_FLAG, &run->measures, NULL,
         "print what the table and sequence_length left out of the texts it "
         "was made of",
         NULL},
        {"set", CLI_ARG_SET, &run->settings, "NAME=VALUE",
         "any setting of the library, see below", NULL},
        {"json", CLI_ARG_FLAG, &run->prints_json, NULL,
         "print a JSON list instead of lines", NULL},
        CLI_COMMON_OPTIONS};

    run->settings.kinds = CLI_LOAD;
    *argc = cli_parse(verb, options, *argc, argv, 1);
    cli_require(run->model, "--model FILE");
    if (*argc > 0 && !run->tokenizes)
        cli_usage_error("'%s' is not understood here; --tokenize TEXT shows "
                        "its tokens",
                        argv[0]);
    if (run->tokenizes && run->measures)
        cli_usage_error("--tokenize and --statistics cannot both be printed");
    if (*argc == 0 && run->tokenizes)
        cli_usage_error("--tokenize TEXT: the text is missing");
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
    if (run->has_table) cli_tokens_of(vocab, &run->tokens);
}

static void print_statistics(const vocab_run *run, const siamese_vocab *vocab)
{
    json_t *const counts = cli_vocabulary_json(vocab);
    const char *name;
    json_t *count;

    if (run->prints_json) {
        cli_json_print(counts);
        return;
    }
    json_object_foreach(counts, name, count)
        printf("%s\t%lld\n", name, (long long)json_integer_value(count));
    json_decref(counts);
}

static void print_table(const vocab_run *run, const siamese_vocab *vocab)
{
    json_t *const array = json_array();

    if (!run->has_table)
        cli_note("tokens are hashed to %zu ids: there is no table",
                 siamese_vocab_size(vocab));
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
    cli_vocabulary_tell(vocab);
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

int cmd_vocab(const cli_verb *verb, int argc, char **argv)
{
    vocab_run run = {0};
    siamese_vocab *vocab;

    parse(&run, verb, &argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    siamese_bundle *const bundle = cli_model_load(run.model, &run.options.load);
    siamese_status const status = siamese_bundle_get_vocab(bundle, &vocab);
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no vocabulary", run.model);
    cli_try(status);
    read_table(&run, vocab);
    if (run.measures)
        print_statistics(&run, vocab);
    else if (run.tokenizes)
        tokenize(&run, vocab, argc, argv);
    else
        print_table(&run, vocab);
    cli_tokens_free(&run.tokens);
    siamese_vocab_free(vocab);
    siamese_bundle_free(bundle);
    cli_settings_free(&run.settings);
    return 0;
}
