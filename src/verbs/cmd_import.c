/*
 * cmd_import.c: siamese import: from weights and tokens of others to a model.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_settings.h"
#include "data/cli_npy.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "model/cli_tokens.h"
#include "verbs/cmd_verbs.h"

typedef struct import_run {
    const char *parameters, *vocab, *vocab_format, *preset, *model;
    cli_settings settings;
    cli_library_options options;
} import_run;

static const cli_option verb_options[] = {
    CLI_TEXT("parameters", import_run, parameters, "DIR",
             "folder of the weights"),
    CLI_FILE("vocab", import_run, vocab, "txt json",
             "tokens, one a line, the first line empty"),
    CLI_TEXT("vocab-format", import_run, vocab_format, "lines|keras|json",
             "as export writes it; default lines"),
    CLI_TEXT("preset", import_run, preset, "NAME",
             "notebook (default): how texts become tokens"),
    CLI_FILE("model", import_run, model, CLI_FILES_MODEL, "model to write"),
    CLI_SET(import_run, settings),
    CLI_END};

static void parse(import_run *run, const cli_verb *verb, int argc, char **argv)
{
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    run->preset = "notebook";
    run->settings.kinds = CLI_VOCAB | CLI_FIELD | CLI_TOWER | CLI_SAVE;
    cli_parse(verb, tables, argc, argv, 0);
    cli_tokens_format_of(run->vocab_format);
    cli_require(run->parameters, "--parameters DIR");
    cli_require(run->vocab, "--vocab FILE");
    cli_require(run->model, "--model FILE");
}

/* DIR/w.NAME.npy, else DIR/NAME.npy; to be freed. Where both are, embedding.npy
 * may be the vectors of items. */
static char *file_of(const import_run *run, const char *name)
{
    static const char *const prefixes[] = {"w.", ""};

    for (int i = 0; i < 2; i++) {
        char *const path =
            cli_format("%s/%s%s.npy", run->parameters, prefixes[i], name);
        if (access(path, F_OK) == 0) return path;
        free(path);
    }
    cli_fail("%s: there is neither %s.npy nor w.%s.npy", run->parameters, name,
             name);
}

/* Sizes that the shapes alone tell; the tower checks the rest. */
static void read_sizes(import_run *run)
{
    char *const embedding = file_of(run, "embedding");
    int32_t const encoder = run->options.tower.encoder;
    cli_npy array;

    cli_npy_read(embedding, &array);
    if (array.rank != 2 || array.shape[0] < 3)
        cli_fail("%s: its shape must be (tokens + 1, embedding_dim)",
                 embedding);
    run->options.tower.embedding_dim = array.shape[1];
    run->options.vocab.max_tokens = array.shape[0] - 1;
    free(array.values);
    free(embedding);
    if (encoder != SIAMESE_ENCODER_LSTM && encoder != SIAMESE_ENCODER_GRU)
        return;
    char *const recurrent = file_of(run, "fw_recurrent");
    cli_npy_read(recurrent, &array);
    if (array.rank != 2)
        cli_fail("%s: its shape must be (units, gates of units)", recurrent);
    run->options.tower.units = array.shape[0];
    free(array.values);
    free(recurrent);
}

static siamese_vocab *read_vocab(const import_run *run)
{
    siamese_vocab *vocab;
    cli_tokens tokens = {0};

    cli_tokens_read(run->vocab, cli_tokens_format_of(run->vocab_format),
                    run->options.vocab.output_mode == SIAMESE_OUTPUT_INT,
                    &tokens);
    if (tokens.count > run->options.vocab.max_tokens)
        cli_fail("%s: %zu tokens, but the embedding has rows for %zu",
                 run->vocab, tokens.count, run->options.vocab.max_tokens);
    cli_try(siamese_vocab_create(&vocab, &run->options.vocab));
    if (siamese_vocab_set_tokens(vocab, tokens.texts, tokens.count))
        cli_fail("%s: %s", run->vocab, siamese_last_error());
    cli_tokens_free(&tokens);
    return vocab;
}

static void set_parameter(const import_run *run, siamese_tower *tower,
                          const siamese_parameter_info *info)
{
    char *const path = file_of(run, info->name);
    char found[96], expected[96];
    cli_npy array;

    cli_npy_read(path, &array);
    if (array.rank == 0) array.shape[array.rank++] = 1; /* one number alone */
    if (array.rank != info->rank ||
        memcmp(array.shape, info->shape, info->rank * sizeof *info->shape) !=
            0) {
        cli_npy_shape_text(array.shape, array.rank, found, sizeof found);
        cli_npy_shape_text(info->shape, info->rank, expected, sizeof expected);
        cli_fail("%s: its shape is %s; %s is expected", path, found, expected);
    }
    if (siamese_tower_parameter_set(tower, info->name, array.values,
                                    array.count))
        cli_fail("%s: %s", path, siamese_last_error());
    free(array.values);
    free(path);
}

static void save(const import_run *run, siamese_tower *tower)
{
    siamese_bundle *bundle;
    json_t *const notes = json_pack("{s:s}", "preset", run->preset);

    cli_try(siamese_bundle_create(&bundle));
    cli_try(siamese_bundle_set_query_tower(bundle, tower));
    cli_try(siamese_bundle_set_item_tower(bundle, tower));
    cli_notes_store(notes, bundle);
    cli_model_save(run->model, bundle, &run->options.save);
    siamese_bundle_free(bundle);
    json_decref(notes);
}

static int run_import(const cli_verb *verb, int argc, char **argv)
{
    import_run run = {0};
    siamese_tower *tower;

    parse(&run, verb, argc, argv);
    cli_settings_apply(&run.settings, run.preset, &run.options);
    cli_output_check(run.model);
    read_sizes(&run);
    siamese_vocab *const vocab = read_vocab(&run);
    cli_try(siamese_tower_create(&tower, &run.options.tower));
    cli_try(siamese_tower_add_field(tower, "text", vocab, &run.options.field));
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        cli_try(siamese_tower_parameter_info(tower, i, &info));
        set_parameter(&run, tower, &info);
    }
    if (run.options.tower.table_precision != SIAMESE_PRECISION_FLOAT32) {
        siamese_tower *rounded;
        cli_try(siamese_tower_quantize(&rounded, tower,
                                       run.options.tower.table_precision));
        siamese_tower_free(tower);
        tower = rounded;
    }
    save(&run, tower);
    cli_note("wrote %s: %zu tokens, %zu numbers a vector",
             cli_output_name(run.model), siamese_vocab_size(vocab),
             siamese_tower_dim(tower));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_import = {
    .name = "import",
    .synopsis = "--parameters DIR --vocab FILE --model FILE [options]",
    .summary = "make a model of weights and a vocabulary from elsewhere",
    .about = "Reads what siamese export writes: one .npy file a parameter, and "
             "the tokens.",
    .example = "  siamese import --parameters weights --vocab vocab.txt "
               "--model m.siamese",
    .details =
        "Reads what export writes: NAME.npy or w.NAME.npy for NAME embedding,\n"
        "fw_kernel, fw_recurrent, fw_bias, bw_kernel, bw_recurrent, bw_bias,\n"
        "or what the encoder that --set names has. Their shapes say "
        "embedding_dim\n"
        "and units; other sizes are settings.",
    .run = run_import,
};
