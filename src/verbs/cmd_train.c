/*
 * cmd_train.c: siamese train: reads pairs, makes or resumes a model, trains it,
 * and saves it, in this order. Its parts are train_arguments, train_model (with
 * train_notes) and train_report.
 */
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_quiet.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "model/cli_growth.h"
#include "model/cli_model.h"
#include "model/cli_training.h"
#include "model/cli_vocabulary.h"
#include "verbs/cmd_verbs.h"
#include "verbs/train_arguments.h"
#include "verbs/train_model.h"
#include "verbs/train_page.h"
#include "verbs/train_report.h"

/* Pairs that --stream shuffles among, unless it is said. */
#define STREAM_SHUFFLE ((size_t)100000)

typedef struct train_run {
    train_arguments arguments;
    cli_library_options options;
    size_t max_tokens; /* of --grow; 0: all */
    cli_pairs pairs, validation;
    cli_pairs_stream stream; /* with --stream */
    train_holdout holdout;
    train_quality quality; /* if queries are held back */
    train_model model;
    cli_training training;
    cli_history history; /* these two of --report */
    eval_found found;
    double read_seconds, save_seconds;
} train_run;

/* ------------------------------------------------------------------------- */
/* What is learned from                                                      */
/* ------------------------------------------------------------------------- */

/* From the columns that the training pairs were read from. */
static void read_validation(cli_pairs *validation, const cli_pairs *pairs,
                            const train_arguments *a)
{
    cli_pairs_source source = a->data.source;

    source.data = a->data.validation;
    source.files = (cli_paths){0};
    source.catalogue = NULL;
    source.grades.weighs = 0;
    source.grades.negatives = NULL;
    if (pairs->rows) {
        source.grades.threshold = &pairs->threshold;
        source.grades.min_relevance = pairs->min_relevance;
    }
    source.ignores_ids = pairs->row_numbers != NULL;
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++)
        source.columns[i] = pairs->columns[i];
    cli_pairs_read(validation, &source);
    validation->fields = pairs->fields;
}

/* Whether the trainer makes pairs of items. */
static int makes_pairs(const train_run *run)
{
    siamese_trainer_options options = {.struct_size = sizeof options};

    if (!run->model.trainer) return run->options.trainer.self_supervision > 0;
    cli_try(siamese_trainer_get_options(run->model.trainer, &options));
    return options.self_supervision > 0;
}

/* The pairs themselves are read when they are learned from. */
static void begin_stream(train_run *run)
{
    siamese_trainer_options const *const o = &run->options.trainer;

    if (!run->model.trainer && o->random_negatives > 0 &&
        !run->pairs.has_catalogue)
        cli_usage_error("random_negatives draws from all pairs, which --stream "
                        "does not keep, or from --catalogue FILE");
    cli_pairs_stream_begin(&run->stream, &run->arguments.data.source,
                           &run->pairs);
    run->model.stream = &run->stream;
    cli_note("pairs are read anew in each epoch; %zu at once are shuffled",
             o->shuffle_buffer);
}

/* A buffer of all pairs, as presets have it, and their accuracy would be all
 * of them in memory. */
static void settle_stream(train_run *run)
{
    train_arguments *const a = &run->arguments;
    siamese_trainer_options *const o = &run->options.trainer;

    if (!a->data.streams) return;
    if (run->holdout.share > 0)
        cli_usage_error("--resume: the model holds queries back, which needs "
                        "all pairs at once: --holdout none, or no --stream");
    if (!cli_settings_name(&a->settings, "trainer", "metrics"))
        o->metrics = SIAMESE_METRICS_NONE;
    if (!cli_settings_name(&a->settings, "trainer", "shuffle_buffer") &&
        o->shuffle_buffer > STREAM_SHUFFLE)
        o->shuffle_buffer = STREAM_SHUFFLE;
    if (run->model.trainer)
        cli_try(
            siamese_trainer_set_option(run->model.trainer, "metrics", "none"));
    cli_pairs_spool(&a->data.source);
}

static void read_pairs(train_run *run)
{
    const train_arguments *const a = &run->arguments;
    cli_pairs *const validation = &run->validation;
    double const begin = cli_seconds();

    if (a->data.streams)
        cli_pairs_survey(&run->pairs, &a->data.source);
    else
        cli_pairs_read(&run->pairs, &a->data.source);
    if (a->data.validation) read_validation(validation, &run->pairs, a);
    run->read_seconds = cli_seconds() - begin;
    run->pairs.has_catalogue |= makes_pairs(run);
    cli_pairs_tell(&run->pairs);
    if (a->data.streams) begin_stream(run);
    if (run->holdout.share > 0)
        train_holdout_take(&run->holdout, &a->data.holdout, &run->pairs);
    if (a->data.validation)
        cli_note("%zu rows to validate with, %zu positive",
                 validation->rows - validation->skipped, validation->count);
    if (run->pairs.count == 0 && !makes_pairs(run))
        cli_usage_error("--catalogue alone needs pairs made of it: --set "
                        "self_supervision=1, which the presets default and "
                        "small have");
}

/* ------------------------------------------------------------------------- */
/* What was held back                                                        */
/* ------------------------------------------------------------------------- */

static void settle_holdout(train_run *run)
{
    const train_arguments *const a = &run->arguments;

    train_holdout_settle(&run->holdout, &a->data.holdout,
                         run->options.tower.seed,
                         a->model.resume ? run->model.notes : NULL);
}

/* The model as it stands before its first step. */
static void measure_before(train_run *run)
{
    if (run->holdout.queries == 0) return;
    train_quality_begin(&run->quality, &run->holdout, &run->options);
    if (run->arguments.output.report) {
        const train_quality *const q = &run->quality;
        eval_found_begin(&run->found, &run->holdout.judgements,
                         q->metrics.relevant, q->metrics.depth);
        run->quality.found = &run->found;
    }
    train_quality_measure(&run->quality, TRAIN_SEARCHED_BEFORE,
                          train_model_collect(&run->model));
}

static void measure_after(train_run *run)
{
    if (run->holdout.queries == 0) return;
    train_quality_measure(&run->quality, TRAIN_SEARCHED_MODEL,
                          run->model.bundle);
    train_quality_measure_bm25(&run->quality, run->pairs.fields);
}

/* ------------------------------------------------------------------------- */
/* What is learned                                                           */
/* ------------------------------------------------------------------------- */

static void save(train_run *run, const siamese_save_options *options)
{
    double const begin = cli_seconds();

    cli_model_save(run->arguments.output.model,
                   train_model_collect(&run->model), options);
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

static void train(train_run *run)
{
    const train_arguments *const a = &run->arguments;

    run->training = (cli_training){
        .model = run->model.model,
        .trainer = run->model.trainer,
        .log = a->output.log,
        .appends = a->model.resume != NULL,
        .checkpoint_every = a->output.checkpoint_every,
        .checkpoint = save_checkpoint,
        .user = run,
        .history = a->output.report ? &run->history : NULL,
    };
    measure_before(run);
    cli_training_run(&run->training);
    save(run, &run->options.save);
    measure_after(run);
    cli_output_commit();
}

/* ------------------------------------------------------------------------- */
/* The whole                                                                 */
/* ------------------------------------------------------------------------- */

/* The library's options, and whether what is asked for can be done, before data
 * are read. */
static void prepare(train_run *run)
{
    train_arguments *const a = &run->arguments;
    cli_library_options *const options = &run->options;

    /* a sentencepiece model has rules of its own */
    cli_settings_apply_some(&a->settings, a->model.preset,
                            a->model.sentencepiece ? CLI_VOCAB : 0, options);
    if (a->output.resumable) options->save.finished = 0;
    cli_fields_check(&a->data.source.fields, &options->field);
    cli_output_check(a->output.model);
    if (a->output.log) cli_output_check(a->output.log);
    if (a->output.report) cli_output_check(a->output.report);
    if (a->model.grows && cli_settings_take_max_tokens(&a->settings))
        run->max_tokens = options->vocab.max_tokens;
}

static void make_model(train_run *run)
{
    const train_arguments *const a = &run->arguments;
    train_model *const model = &run->model;

    if (!a->model.resume)
        train_model_create(model, a, &run->pairs, &run->options);
    else if (a->model.grows)
        train_model_grow(model, &run->pairs, run->max_tokens);
    else if (!cli_quiet() && !a->data.streams)
        cli_growth_tell(model->bundle, &run->pairs,
                        json_object_get(model->notes, CLI_VOCABULARY_NOTE));
    train_model_validate(model, a, a->data.validation ? &run->validation : NULL,
                         &run->pairs);
    train_model_give(model, a, &run->pairs, &run->options.save);
    train_holdout_note(&run->holdout, model->notes);
    train_model_note(model, a, &run->pairs);
}

static void write_page(const train_run *run, json_t *figures)
{
    train_page const page = {.path = run->arguments.output.report,
                             .name = run->arguments.output.model,
                             .model = &run->model,
                             .holdout = &run->holdout,
                             .found = &run->found,
                             .pairs = &run->pairs,
                             .validation = &run->validation};

    train_page_write(&page, figures);
    cli_output_commit();
}

static void report(const train_run *run, double seconds)
{
    train_report const r = {
        .path = run->arguments.output.model,
        .pairs = &run->pairs,
        .model = &run->model,
        .training = &run->training,
        .quality = run->holdout.queries ? &run->quality : NULL,
        .history = run->arguments.output.report ? &run->history : NULL,
        .read_seconds = run->read_seconds,
        .save_seconds = run->save_seconds,
        .seconds = seconds};

    json_t *const figures = train_report_json(&r);
    if (run->arguments.output.report) write_page(run, figures);
    if (run->arguments.output.prints_json)
        cli_json_print(json_incref(figures));
    else
        train_report_tell(&r);
    json_decref(figures);
}

static int run_train(const cli_verb *verb, int argc, char **argv)
{
    train_run run = {0};
    double const begin = cli_seconds();

    train_arguments_parse(&run.arguments, verb, argc, argv);
    prepare(&run);
    if (run.arguments.model.resume)
        train_model_resume(&run.model, &run.arguments, &run.options.load);
    settle_holdout(&run);
    settle_stream(&run);
    read_pairs(&run);
    make_model(&run);
    train(&run);
    report(&run, cli_seconds() - begin);
    cli_history_free(&run.history);
    eval_found_free(&run.found);
    train_quality_free(&run.quality);
    train_holdout_free(&run.holdout);
    if (run.model.stream) cli_pairs_stream_end(&run.stream);
    cli_pairs_free(&run.pairs);
    cli_pairs_free(&run.validation);
    train_model_free(&run.model);
    train_arguments_free(&run.arguments);
    return 0;
}

const cli_verb cmd_train = {
    .name = "train",
    .synopsis = "--data FILE | --catalogue FILE --model FILE [options]",
    .summary = "learn a model from judged pairs of query and item",
    .about = "Reads pairs from a CSV file with a header. Rows with enough "
             "relevance are\n"
             "positives: each query is trained to be near its item and far "
             "from the other\n"
             "items of its batch. The model keeps the trainer's state, so that "
             "--resume\n"
             "goes on where it stopped, bit for bit, unless it is large: of "
             "over 4,000,000\n"
             "weights, or with --set finished=1, it keeps the tower alone.",
    .often = "data model preset catalogue validation holdout resume epochs "
             "threads seed min-relevance encoding report json set",
    .example =
        "  siamese train --data train.csv --preset small --model m.siamese",
    .details =
        "Items of --catalogue, and all items of --data, are also learned from\n"
        "fragments of their own titles, if the preset says so "
        "(self_supervision).\n"
        "\n"
        "Relevance: --min-relevance auto is 2 where the highest value is above "
        "2 and\n"
        "at most 3, else the middle of the lowest and the highest; data "
        "without a\n"
        "column of relevance are all positive. Words count: exact 3, partial "
        "or\n"
        "substitute 2, complement 1, irrelevant 0, or their first letters E, "
        "S, C, I.\n"
        "\n"
        "--data may be repeated, and be a quoted pattern, whose files are read "
        "in\n"
        "the order of their names; all files have the columns of the first. "
        "With\n"
        "--stream the pairs are not kept but read anew in each epoch, once "
        "more to\n"
        "find the items and the relevance of a positive, and once to make the\n"
        "vocabulary: memory grows with the items and their ids, not with the "
        "pairs.\n"
        "The weights are those that the same --set shuffle_buffer=N gives "
        "without "
        "it\n"
        "(default 100000); the ranker keeps fixed weights. What needs all "
        "pairs at\n"
        "once is refused: --holdout, --grow, --sentencepiece, "
        "--grade-negatives,\n"
        "--report, fields of categories, mined_negatives, logq=counted, "
        "metrics.\n\n"
        "--holdout 2% keeps the pairs of one query in 50 out of training, and "
        "ends\n"
        "with recall@10, recall@100 and MRR@10 of these queries over all "
        "items: of the\n"
        "model with its whole search, of BM25 (SQLite's FTS5) and of the model "
        "before\n"
        "its first step. The seed draws the queries, those of the same words "
        "together.\n"
        "A model for use may learn from all of them, without the option; "
        "--resume keeps\n"
        "them held back.\n"
        "\n" CLI_COLUMN_HELP "\n"
        "\n" CLI_FIELD_HELP,
    .run = run_train,
};
