/* cmd_train.c: siamese train. */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_quiet.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_data_options.h"
#include "data/cli_fields.h"
#include "data/cli_items.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "data/cli_relevance.h"
#include "model/cli_growth.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "model/cli_pairs_trainer.h"
#include "model/cli_sentencepiece.h"
#include "model/cli_tower.h"
#include "model/cli_training.h"
#include "model/cli_vocabulary.h"
#include "verbs/cmd_verbs.h"

enum {
    KINDS =
        CLI_VOCAB | CLI_FIELD | CLI_TOWER | CLI_TRAINER | CLI_SAVE | CLI_LOAD
};

/* Of a model that keeps its trainer's state unless told otherwise: it is then some
 * 30 MB. */
#define RESUMABLE_WEIGHTS ((size_t)4000000)

/* Where a model's notes say that it was validated. */
#define VALIDATION_NOTE "validation"

/* And that grades are weights or negatives. */
#define WEIGHTS_NOTE "grade_weights"
#define NEGATIVES_NOTE "grade_negatives"

typedef struct train_run {
    const char *model, *preset, *resume, *log, *sentencepiece, *validation;
    size_t checkpoint_every;
    size_t max_tokens; /* of --grow; 0: all */
    int prints_json, grows, resumable;
    cli_pairs_source source;
    cli_settings settings;
    cli_library_options options;

    cli_pairs pairs, validation_pairs;
    siamese_trainer *trainer;
    siamese_bundle *bundle;
    json_t *notes, *vocabulary;
    cli_training training;
    double read_seconds, vocabulary_seconds, save_seconds;
} train_run;

/* ------------------------------------------------------------------------- */
/* Arguments                                                                 */
/* ------------------------------------------------------------------------- */

static int is_stdin(const char *file)
{
    return file && strcmp(file, "-") == 0;
}

static void check_stdin(const train_run *run)
{
    if (is_stdin(run->source.data) + is_stdin(run->source.catalogue) +
            is_stdin(run->validation) >
        1)
        cli_usage_error("of --data, --catalogue and --validation only one can "
                        "be stdin");
}

/* What fits together. */
static void check_arguments(train_run *run)
{
    if (!run->source.catalogue) cli_require(run->source.data, "--data FILE");
    cli_require(run->model, "--model FILE");
    if (strcmp(run->model, "-") == 0 &&
        (run->prints_json || run->checkpoint_every))
        cli_usage_error("--model - takes standard output for itself: no "
                        "--json, no --checkpoint-every");
    check_stdin(run);
    if (run->resume && run->sentencepiece)
        cli_usage_error(
            "--sentencepiece is fixed by the model that is resumed");
    if (run->grows && !run->resume)
        cli_usage_error("--grow needs --resume FILE, the model to grow");
    if (run->resume && run->preset)
        cli_usage_error("--preset is fixed by the model that is resumed");
    if (!run->preset) run->preset = "default";
    if (!run->source.grades.min_relevance && !run->resume)
        run->source.grades.min_relevance =
            strcmp(run->preset, "notebook") == 0 ? "2.0" : "auto";
}

static const cli_option verb_options[] = {
    CLI_TEXT("data", train_run, source.data, "FILE", "pairs, CSV; - is stdin"),
    CLI_TEXT("validation", train_run, validation, "FILE",
             "pairs to validate with, in the same columns and encoding"),
    CLI_TEXT("model", train_run, model, "FILE", "model to write"),
    CLI_TEXT(
        "catalogue", train_run, source.catalogue, "FILE",
        "items to learn from their texts, as CSV; alone, or beside --data"),
    CLI_TEXT("catalogue-encoding", train_run, source.catalogue_encoding, "NAME",
             "of that file; default: that of the data"),
    CLI_TEXT("catalogue-item-column", train_run,
             source.catalogue_columns[CLI_ROLE_ITEM], "NAME",
             "its column of item texts; default: that of the data"),
    CLI_TEXT("catalogue-id-column", train_run,
             source.catalogue_columns[CLI_ROLE_ID], "NAME",
             "its column of item ids; the same"),
    CLI_TEXT("preset", train_run, preset, "NAME",
             "default: best retrieval; small: in a small file; notebook: the "
             "two-tower notebook of Keras; see below"),
    CLI_ENCODING(train_run, source.encoding),
    CLI_PAIR_TEXT_COLUMNS(train_run, source.columns),
    CLI_CALL("field", train_run, source.fields, "COLUMN[=KIND[,...]]",
             "a further field of items, see above; may be repeated",
             cli_fields_take),
    CLI_CALL("text-column", train_run, source.fields, "NAME",
             "the same for a column of texts", cli_fields_take_text),
    CLI_TEXT("sentencepiece", train_run, sentencepiece, "FILE|train",
             "tokenise by this .model file, or by one trained on the texts, of "
             "max_tokens ids at most"),
    CLI_TEXT("id-column", train_run, source.columns[CLI_ROLE_ID], "NAME",
             "column of item ids; may be missing"),
    CLI_RELEVANCE_COLUMN(train_run, source.columns),
    CLI_TEXT(
        "min-relevance", train_run, source.grades.min_relevance, "NUMBER",
        "of a positive; auto (default; of notebook 2.0): by the values there "
        "are, see below; none: every row is one"),
    CLI_FLAG("grade-weights", train_run, source.grades.weighs,
             "positives weigh by their relevance, the lowest half as much"),
    CLI_TEXT("grade-negatives", train_run, source.grades.negatives, "BELOW",
             "rows of less relevance are explicit negatives of their query"),
    CLI_CSV(train_run, source.csv),
    CLI_SETTING("epochs", train_run, settings, "N", "default by the preset",
                "epochs"),
    CLI_SETTING("batch", train_run, settings, "N", "pairs a step",
                "batch_size"),
    CLI_THREADS(train_run, settings),
    CLI_SETTING("seed", train_run, settings, "N", "of weights and shuffle",
                "seed"),
    CLI_SETTING("metrics", train_run, settings, "epoch|step|none",
                "when to measure top-k accuracy", "metrics"),
    CLI_TEXT("resume", train_run, resume, "FILE",
             "go on with this model, on the same data"),
    CLI_FLAG("grow", train_run, grows,
             "with --resume, on new data: its tokens join the vocabulary, "
             "--set max_tokens=N in all (default: every one)"),
    CLI_FLAG("resumable", train_run, resumable,
             "keep what --resume needs in a model of over 4,000,000 weights"),
    CLI_SETTING("table-precision", train_run, settings, "float32|float16|int8",
                "of the embedding tables in the model", "table_precision"),
    CLI_COUNT("checkpoint-every", train_run, checkpoint_every, "STEPS",
              "save the model on the way"),
    CLI_TEXT("log", train_run, log, "FILE",
             "one JSON object a step, written as it goes"),
    CLI_SET(train_run, settings),
    CLI_FLAG("json", train_run, prints_json,
             "print the figures as one JSON object on stdout"),
    CLI_END};

static void parse(train_run *run, const cli_verb *verb, int argc, char **argv)
{
    cli_settings *const set = &run->settings;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    set->kinds = KINDS;
    cli_parse(verb, tables, argc, argv, 0);
    check_arguments(run);
}

/* ------------------------------------------------------------------------- */
/* A trainer, new or resumed                                                 */
/* ------------------------------------------------------------------------- */

/* From the columns that the training pairs were read from. */
static void read_validation(train_run *run)
{
    cli_pairs_source source = run->source;

    source.data = run->validation;
    source.catalogue = NULL;
    source.grades.weighs = 0;
    source.grades.negatives = NULL;
    if (run->pairs.rows) {
        source.grades.threshold = &run->pairs.threshold;
        source.grades.min_relevance = run->pairs.min_relevance;
    }
    source.ignores_ids = run->pairs.row_numbers != NULL;
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++)
        source.columns[i] = run->pairs.columns[i];
    cli_pairs_read(&run->validation_pairs, &source);
    run->validation_pairs.fields = &run->source.fields;
}

/* Whether the trainer makes pairs of items. */
static int makes_pairs(const train_run *run)
{
    siamese_trainer_options options = {.struct_size = sizeof options};

    if (!run->resume) return run->options.trainer.self_supervision > 0;
    cli_try(siamese_trainer_get_options(run->trainer, &options));
    return options.self_supervision > 0;
}

static void read_pairs(train_run *run)
{
    double const begin = cli_seconds();

    cli_pairs_read(&run->pairs, &run->source);
    if (run->validation) read_validation(run);
    run->read_seconds = cli_seconds() - begin;
    run->pairs.has_catalogue |= makes_pairs(run);
    cli_pairs_tell(&run->pairs);
    if (run->validation)
        cli_note("%zu rows to validate with, %zu positive",
                 run->validation_pairs.rows - run->validation_pairs.skipped,
                 run->validation_pairs.count);
}

/* A model that was trained with validation pairs needs them again. */
static void validate(train_run *run)
{
    if (run->validation) {
        cli_pairs_validate(&run->validation_pairs, &run->pairs, run->trainer);
        json_object_set_new(run->notes, VALIDATION_NOTE, json_true());
    } else if (json_object_get(run->notes, VALIDATION_NOTE))
        cli_usage_error("%s was trained with --validation FILE and needs it "
                        "again",
                        run->resume);
}

/* A sentencepiece model that was read has counted nothing: what it makes of
 * these texts stands in the notes. */
static void count_vocabulary(train_run *run, const siamese_vocab *vocab)
{
    int const is_read =
        run->sentencepiece && strcmp(run->sentencepiece, "train") != 0;

    if (is_read) {
        siamese_vocab_stats const stats =
            cli_sentencepiece_measure(vocab, &run->pairs);
        run->vocabulary = cli_vocabulary_json(vocab, &stats);
        json_object_set(run->notes, CLI_VOCABULARY_NOTE, run->vocabulary);
    } else
        run->vocabulary = cli_vocabulary_json(vocab, NULL);
    cli_vocabulary_tell(run->vocabulary);
}

static void grow(train_run *run)
{
    double const begin = cli_seconds();
    siamese_tower *tower;
    siamese_vocab *vocab;

    cli_grow_trainer(run->trainer, &run->pairs, run->max_tokens);
    cli_try(siamese_trainer_snapshot(run->trainer, &tower, NULL));
    cli_try(siamese_tower_get_vocab(tower, 0, &vocab));
    siamese_vocab_stats const stats =
        cli_sentencepiece_measure(vocab, &run->pairs);
    run->vocabulary = cli_vocabulary_json(vocab, &stats);
    json_object_set(run->notes, CLI_VOCABULARY_NOTE, run->vocabulary);
    cli_vocabulary_tell(run->vocabulary);
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    run->vocabulary_seconds = cli_seconds() - begin;
}

/* Unless it is said, a large model does not keep what --resume needs. */
static void settle_finished(train_run *run, const siamese_tower *tower)
{
    size_t const weights = cli_tower_weights(tower);

    if (run->resumable || cli_settings_name(&run->settings, "save", "finished"))
        return;
    run->options.save.finished = weights > RESUMABLE_WEIGHTS;
    if (run->options.save.finished)
        cli_note("the model will not hold what --resume needs; with "
                 "--resumable it does, in some %.0f MB more",
                 (double)(2 * weights * sizeof(float)) / 1e6);
}

static void create(train_run *run)
{
    double const begin = cli_seconds();
    siamese_vocab *const vocab =
        cli_vocab_of(&run->pairs, run->sentencepiece, &run->options.vocab);

    count_vocabulary(run, vocab);
    run->vocabulary_seconds = cli_seconds() - begin;
    siamese_tower *const tower =
        cli_tower_of(&run->pairs, vocab, &run->options);
    settle_finished(run, tower);
    cli_try(siamese_trainer_create(&run->trainer, tower, tower,
                                   &run->options.trainer));
    cli_try(siamese_bundle_create(&run->bundle));
    cli_try(siamese_bundle_set_trainer(run->bundle, run->trainer));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
}

/* What was noted in the model stands in for what is not said now. */
static void load(train_run *run)
{
    static const char *const names[CLI_ROLE_COUNT] = {
        "id_column", "item_column", "query_column", "relevance_column"};

    run->bundle = cli_model_load(run->resume, &run->options.load);
    siamese_status const status =
        siamese_bundle_get_trainer(run->bundle, &run->trainer);
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no trainer to resume; siamese train --resumable "
                 "keeps it",
                 run->resume);
    cli_try(status);
    json_decref(run->notes);
    run->notes = cli_notes_load(run->bundle);
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++)
        run->source.trained[i] = cli_notes_text(run->notes, names[i]);
    run->source.row_numbers = cli_notes_text(run->notes, CLI_ROW_NUMBERS_NOTE);
    if (run->source.fields.count > 0)
        cli_usage_error("--field: the fields are fixed by the model that is "
                        "resumed");
    cli_fields_load(&run->source.fields, run->notes);
    if (!run->source.grades.min_relevance)
        run->source.grades.min_relevance =
            cli_notes_text(run->notes, "min_relevance");
    run->source.grades.weighs |=
        json_is_true(json_object_get(run->notes, WEIGHTS_NOTE));
    if (!run->source.grades.negatives)
        run->source.grades.negatives =
            cli_notes_text(run->notes, NEGATIVES_NOTE);
    cli_settings_apply_to_trainer(&run->settings, run->trainer);
    /* An index of the old weights would answer wrongly. */
    cli_try(siamese_bundle_set_index(run->bundle, NULL));
    cli_try(
        siamese_bundle_set_section(run->bundle, CLI_ITEMS_SECTION, NULL, 0));
}

static void note_source(train_run *run)
{
    static const char *const names[CLI_ROLE_COUNT] = {
        "id_column", "item_column", "query_column", "relevance_column"};

    if (!run->resume)
        json_object_set_new(run->notes, "preset", json_string(run->preset));
    if (run->pairs.rows > 0)
        json_object_set_new(run->notes, "min_relevance",
                            json_string(run->pairs.min_relevance));
    if (run->source.grades.weighs)
        json_object_set_new(run->notes, WEIGHTS_NOTE, json_true());
    if (run->source.grades.negatives)
        json_object_set_new(run->notes, NEGATIVES_NOTE,
                            json_string(run->source.grades.negatives));
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++)
        if (run->pairs.columns[i])
            json_object_set_new(run->notes, names[i],
                                json_string(run->pairs.columns[i]));
    json_object_del(run->notes, CLI_ROW_NUMBERS_NOTE);
    if (run->pairs.row_numbers)
        json_object_set_new(run->notes, CLI_ROW_NUMBERS_NOTE,
                            json_string(run->pairs.row_numbers));
    cli_fields_store(&run->source.fields, run->notes);
    cli_notes_store(run->notes, run->bundle);
}

static void save(train_run *run, const siamese_save_options *options)
{
    double const begin = cli_seconds();

    cli_model_save(run->model, run->bundle, options);
    run->save_seconds += cli_seconds() - begin;
}

/* On the way: to be resumed, whatever becomes of the finished model. */
static void save_checkpoint(void *user)
{
    train_run *const run = user;
    siamese_save_options options = run->options.save;

    options.finished = 0;
    save(run, &options);
}

/* ------------------------------------------------------------------------- */
/* Report                                                                    */
/* ------------------------------------------------------------------------- */

static json_t *report(const train_run *run, size_t pair_count, double total)
{
    const siamese_progress *const p = &run->training.last;
    json_t *const o = json_object();
    json_t *const topk = cli_training_topk(p);
    json_t *const validation = cli_training_validation(&run->training);

    if (run->pairs.relevance.values.count > 0)
        json_object_set_new(o, "relevance_counts",
                            cli_relevance_json(&run->pairs.relevance));
    if (run->pairs.rows > 0)
        json_object_set_new(o, "min_relevance",
                            json_string(run->pairs.min_relevance));
    json_object_update_new(
        o, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}", "rows",
                     (json_int_t)run->pairs.rows, "skipped_rows",
                     (json_int_t)run->pairs.skipped, "positives",
                     (json_int_t)pair_count, "items",
                     (json_int_t)cli_items_count(&run->pairs.items), "steps",
                     (json_int_t)p->step, "epochs", (json_int_t)p->epoch,
                     "loss_mean_per_pair", p->loss_mean, "loss_last_batch_sum",
                     p->loss_batch_sum));
    if (topk) json_object_set_new(o, "topk", topk);
    if (validation) json_object_set_new(o, "validation", validation);
    if (run->vocabulary) json_object_set(o, "vocabulary", run->vocabulary);
    json_object_update_new(
        o, json_pack("{s:f, s:{s:f, s:f, s:f, s:f, s:f, s:f, s:f}, s:I, s:s}",
                     "pairs_per_s", p->pairs_per_second, "seconds", "read",
                     run->read_seconds, "vocabulary", run->vocabulary_seconds,
                     "train", run->training.train_seconds, "evaluate",
                     run->training.evaluate_seconds, "mine",
                     run->training.mine_seconds, "save", run->save_seconds,
                     "total", total, "peak_memory_bytes",
                     (json_int_t)cli_memory_peak(), "model", run->model));
    return o;
}

static void tell(const train_run *run, double total)
{
    cli_note("seconds: read %.2f, vocabulary %.2f, train %.2f, evaluate %.2f, "
             "save %.2f, total %.2f; peak memory %.0f MB",
             run->read_seconds, run->vocabulary_seconds,
             run->training.train_seconds, run->training.evaluate_seconds,
             run->save_seconds, total, (double)cli_memory_peak() / 1e6);
    cli_note("wrote %s", cli_output_name(run->model));
}

static void free_run(train_run *run)
{
    cli_pairs_free(&run->pairs);
    cli_pairs_free(&run->validation_pairs);
    cli_fields_free(&run->source.fields);
    siamese_trainer_free(run->trainer);
    siamese_bundle_free(run->bundle);
    json_decref(run->notes);
    json_decref(run->vocabulary);
    cli_settings_free(&run->settings);
}

static int run_train(const cli_verb *verb, int argc, char **argv)
{
    train_run run = {.notes = json_object()};
    double const begin = cli_seconds();

    parse(&run, verb, argc, argv);
    /* a sentencepiece model has rules of its own */
    cli_settings_apply_some(&run.settings, run.preset,
                            run.sentencepiece ? CLI_VOCAB : 0, &run.options);
    if (run.resumable) run.options.save.finished = 0;
    cli_fields_check(&run.source.fields, &run.options.field);
    cli_output_check(run.model);
    if (run.log) cli_output_check(run.log);
    if (run.grows && cli_settings_take_max_tokens(&run.settings))
        run.max_tokens = run.options.vocab.max_tokens;
    if (run.resume) load(&run);
    if (!run.source.grades.min_relevance)
        run.source.grades.min_relevance = "auto";
    read_pairs(&run);
    if (run.pairs.count == 0 && !makes_pairs(&run))
        cli_usage_error("--catalogue alone needs pairs made of it: --set "
                        "self_supervision=1, which the presets default and "
                        "small have");
    if (!run.resume) create(&run);
    if (run.grows)
        grow(&run);
    else if (run.resume && !cli_quiet())
        cli_growth_tell(run.bundle, &run.pairs,
                        json_object_get(run.notes, CLI_VOCABULARY_NOTE));
    validate(&run);
    note_source(&run);
    cli_pairs_add_to(&run.pairs, run.trainer);

    run.training = (cli_training){
        .trainer = run.trainer,
        .log = run.log,
        .appends = run.resume != NULL,
        .checkpoint_every = run.checkpoint_every,
        .checkpoint = save_checkpoint,
        .user = &run,
    };
    cli_training_run(&run.training);
    save(&run, &run.options.save);
    double const total = cli_seconds() - begin;
    if (run.prints_json)
        cli_json_print(report(&run, run.pairs.count, total));
    else
        tell(&run, total);
    free_run(&run);
    return 0;
}

const cli_verb cmd_train = {
    "train", "--data FILE | --catalogue FILE --model FILE [options]",
    "learn a model from judged pairs of query and item",
    "Reads pairs from a CSV file with a header. Rows with enough relevance "
    "are\n"
    "positives: each query is trained to be near its item and far from the\n"
    "other items of its batch. The model keeps the trainer's state, so that\n"
    "--resume goes on where it stopped, bit for bit, unless it is large: of "
    "over\n"
    "4,000,000 weights, or with --set finished=1, it keeps the tower "
    "alone.\n\n"
    "Items of --catalogue, and all items of --data, are also learned from\n"
    "fragments of their own titles, if the preset says so "
    "(self_supervision).\n\n"
    "Relevance: --min-relevance auto is 2 where the highest value is above 2 "
    "and\n"
    "at most 3, else the middle of the lowest and the highest; data without "
    "a\n"
    "column of relevance are all positive. Words count: exact 3, partial or\n"
    "substitute 2, complement 1, irrelevant 0, or their first letters E, S, "
    "C, I.\n\n" CLI_COLUMN_HELP "\n\n" CLI_FIELD_HELP,
    run_train};
