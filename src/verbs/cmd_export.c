/*
 * cmd_export.c: siamese export: from a model to its weights, tokens or index
 * in the formats of others.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "model/cli_encode.h"
#include "model/cli_model.h"
#include "model/cli_parameters.h"
#include "model/cli_sentencepiece.h"
#include "model/cli_tokens.h"
#include "verbs/cmd_verbs.h"

typedef struct export_run {
    const char *model, *side, *parameters, *vocab, *sentencepiece, *faiss;
    const char *finished, *table_precision, *vocab_format;
    cli_settings settings;
    cli_library_options options;
} export_run;

static const cli_option verb_options[] = {
    CLI_FILE("model", export_run, model, CLI_FILES_MODEL, "model to read"),
    CLI_TEXT("parameters", export_run, parameters, "DIR",
             "write the tower's weights there; made if missing"),
    CLI_TEXT("side", export_run, side, "item|query",
             "whose tower, if the model has two; default item"),
    CLI_FILE("vocab", export_run, vocab, "txt json",
             "write the tokens, one a line"),
    CLI_TEXT(
        "vocab-format", export_run, vocab_format, "lines|keras|json",
        "keras: without '' and [UNK], as Keras reads vocabulary=PATH; json: "
        "an array, for tokens with line ends; default lines"),
    CLI_FILE("sentencepiece", export_run, sentencepiece, "model",
             "write the vocabulary's sentencepiece model"),
    CLI_FILE("faiss", export_run, faiss, "faiss index",
             "write the index in FAISS's format; its ids are rows"),
    CLI_FILE("finished", export_run, finished, CLI_FILES_MODEL,
             "write the model without what --resume needs"),
    CLI_TEXT("table-precision", export_run, table_precision,
             "float32|float16|int8",
             "of the embedding tables there; default: as they are"),
    CLI_SET(export_run, settings),
    CLI_END};

static void parse(export_run *run, const cli_verb *verb, int argc, char **argv)
{
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    run->side = "item";
    run->settings.kinds = CLI_SAVE | CLI_LOAD;
    cli_parse(verb, tables, argc, argv, 0);
    cli_require(run->model, "--model FILE");
    if (!run->parameters && !run->vocab && !run->sentencepiece && !run->faiss &&
        !run->finished)
        cli_usage_error("--parameters DIR, --vocab FILE, --sentencepiece FILE, "
                        "--faiss FILE or --finished FILE is missing");
    if (run->table_precision && !run->finished)
        cli_usage_error("--table-precision is of the model that --finished "
                        "FILE writes");
    if (run->vocab_format && !run->vocab)
        cli_usage_error(
            "--vocab-format is of the file that --vocab FILE names");
    cli_tokens_format_of(run->vocab_format);
    if (strcmp(run->side, "item") != 0 && strcmp(run->side, "query") != 0)
        cli_usage_error("--side %s: item or query is expected", run->side);
}

/* The folder first: the other files may go there. */
static void prepare(const export_run *run)
{
    if (run->parameters) cli_output_folder(run->parameters);
    if (run->vocab) cli_output_check(run->vocab);
    if (run->sentencepiece) cli_output_check(run->sentencepiece);
    if (run->finished) cli_output_check(run->finished);
    if (!run->faiss) return;
    cli_output_check(run->faiss);
    if (strcmp(run->faiss, "-") == 0 || cli_output_is_special(run->faiss))
        cli_fail("cannot write %s: FAISS's format needs a regular file",
                 cli_output_name(run->faiss));
}

/* NULL unless it is asked for; fails if there is nothing to write. */
static siamese_vocab *vocab_of(const export_run *run,
                               const siamese_bundle *bundle)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab = NULL;
    size_t size;

    if (!run->vocab && !run->sentencepiece) return NULL;
    siamese_status const status = siamese_bundle_get_vocab(bundle, &vocab);
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no vocabulary", run->model);
    cli_try(status);
    cli_try(siamese_vocab_get_options(vocab, &options));
    if (run->vocab && options.hash_buckets > 0)
        cli_fail("%s has no table of tokens: it hashes them to ids",
                 run->model);
    if (run->sentencepiece && siamese_vocab_get_sentencepiece(
                                  vocab, NULL, 0, &size) == SIAMESE_E_STATE)
        cli_fail("%s has no sentencepiece model", run->model);
    return vocab;
}

/* In the precision that is asked for. */
static siamese_tower *quantized(const export_run *run, siamese_tower *tower)
{
    siamese_tower_options options;
    siamese_tower *copy;

    if (!run->table_precision) return tower;
    cli_try(siamese_tower_options_init(&options, sizeof options));
    if (siamese_tower_options_set(&options, "table_precision",
                                  run->table_precision))
        cli_usage_error("--table-precision %s: %s", run->table_precision,
                        siamese_last_error());
    cli_try(siamese_tower_quantize(&copy, tower, options.table_precision));
    siamese_tower_free(tower);
    return copy;
}

/* The model with towers in place of a trainer. */
static void write_finished(const export_run *run, siamese_bundle *bundle)
{
    siamese_tower *query = NULL, *item = NULL;
    siamese_status status = siamese_bundle_get_query_tower(bundle, &query);

    if (status != SIAMESE_E_NOT_FOUND) cli_try(status);
    status = siamese_bundle_get_item_tower(bundle, &item);
    if (status != SIAMESE_E_NOT_FOUND) cli_try(status);
    int const is_shared = item == query;
    cli_try(siamese_bundle_set_trainer(bundle, NULL));
    if (is_shared) siamese_tower_free(item);
    if (query) query = quantized(run, query);
    if (item) item = is_shared ? query : quantized(run, item);
    cli_try(siamese_bundle_set_query_tower(bundle, query));
    cli_try(siamese_bundle_set_item_tower(bundle, item));
    cli_model_save(run->finished, bundle, &run->options.save);
    siamese_tower_free(query);
    if (!is_shared) siamese_tower_free(item);
}

static void export_all(const export_run *run, siamese_bundle *bundle)
{
    siamese_tower *tower = NULL;
    siamese_vocab *const vocab = vocab_of(run, bundle);
    siamese_index *index = NULL;
    cli_tokens tokens = {0};

    if (run->parameters) tower = cli_encode_tower(bundle, run->side);
    if (run->faiss &&
        siamese_bundle_get_index(bundle, &index) == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no index", run->model);
    prepare(run);
    if (run->sentencepiece) cli_sentencepiece_write(run->sentencepiece, vocab);
    if (run->vocab) {
        cli_tokens_of(vocab, &tokens);
        cli_tokens_write(run->vocab, cli_tokens_format_of(run->vocab_format),
                         &tokens);
    }
    if (tower) cli_parameters_write(run->parameters, tower);
    if (index) cli_try(siamese_index_export_faiss(index, run->faiss));
    cli_output_commit();
    if (run->finished) write_finished(run, bundle);
    cli_tokens_free(&tokens);
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    siamese_index_free(index);
}

static int run_export(const cli_verb *verb, int argc, char **argv)
{
    export_run run = {0};

    parse(&run, verb, argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    run.options.load.finished = 1;
    siamese_bundle *const bundle = cli_model_load(run.model, &run.options.load);
    export_all(&run, bundle);
    siamese_bundle_free(bundle);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_export = {
    .name = "export",
    .synopsis =
        "--model FILE [--parameters DIR] [--vocab FILE] [--sentencepiece FILE] "
        "[--faiss FILE] [--finished FILE]",
    .summary =
        "write a model's weights, vocabulary or index for other programs",
    .about = "Parameters are one .npy file each, named and laid out as Keras "
             "has them; a\n"
             "finished model is smaller: it has no trainer's state.",
    .often = "model parameters vocab sentencepiece faiss finished "
             "table-precision side vocab-format set",
    .example =
        "  siamese export --model m.siamese --finished small.siamese \\\n"
        "      --table-precision int8",
    .details =
        "Parameters are one .npy file each, named and laid out as Keras has "
        "them;\n"
        "line n of the vocabulary is token n - 1, the first one is empty, but "
        "with\n"
        "--vocab-format keras or json. --finished\n"
        "writes a smaller model: no trainer's state, tables of any precision.",
    .run = run_export,
};
