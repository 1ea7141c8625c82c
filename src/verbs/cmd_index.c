/*
 * cmd_index.c: siamese index: from a model and a file of items to a model with
 * their index.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "shell/cli_progress.h"
#include "shell/cli_settings.h"
#include "data/cli_columns.h"
#include "data/cli_data_options.h"
#include "data/cli_item_columns.h"
#include "data/cli_items.h"
#include "data/cli_items_file.h"
#include "model/cli_encode.h"
#include "model/cli_items_model.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "model/cli_nprobe.h"
#include "verbs/cmd_verbs.h"

typedef struct index_run {
    const char *model, *out;
    int prints_json;
    cli_nprobe nprobe;
    cli_items_source source;
    cli_settings settings;
    cli_library_options options;
} index_run;

static const cli_option verb_options[] = {
    CLI_FILE("model", index_run, model, CLI_FILES_MODEL, "model to read"),
    CLI_FILE("data", index_run, source.data, CLI_FILES_CSV,
             "items, as CSV; - is stdin"),
    CLI_FILE("out", index_run, out, CLI_FILES_MODEL, "model to write"),
    CLI_SETTING("nlist", index_run, settings, "N",
                "lists of the index; default by the number of items", "nlist"),
    CLI_SETTING("nprobe", index_run, settings, "N",
                "lists that a search reads by default", "nprobe"),
    CLI_NUMBER(
        "target-recall", index_run, nprobe.wanted, "R",
        "choose nprobe so that a search finds this share of what an exact one "
        "does, measured on up to 1,000 queries of the data, or of its items"),
    CLI_COUNT("k", index_run, nprobe.k, "N",
              "results that --target-recall is of; default 10"),
    CLI_TEXT("query-column", index_run, nprobe.query_column, "NAME",
             "column of queries, for --target-recall"),
    CLI_ENCODING(index_run, source.encoding),
    CLI_ITEM_COLUMNS(index_run, source),
    CLI_ITEM_FIELDS(index_run, source),
    CLI_CALL("column", index_run, source.kept, "COLUMN[=TYPE]",
             "a column of the data to keep for siamese search --where "
             "(--help=all); may be repeated",
             cli_item_columns_take),
    CLI_CSV(index_run, source.csv),
    CLI_THREADS(index_run, settings),
    CLI_SETTING("seed", index_run, settings, "N", "of the k-means", "seed"),
    CLI_SET(index_run, settings),
    CLI_FLAG("json", index_run, prints_json,
             "print items, nlist, nprobe and seconds as JSON"),
    CLI_FIGURES_AS_CSV(index_run, prints_json),
    CLI_END};

static void parse(index_run *run, const cli_verb *verb, int argc, char **argv)
{
    cli_items_source *const s = &run->source;
    cli_settings *const set = &run->settings;
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};

    set->kinds = CLI_INDEX | CLI_RANKER | CLI_SAVE | CLI_LOAD;
    run->nprobe.k = 10;
    cli_parse(verb, tables, argc, argv, 0);
    cli_require(run->model, "--model FILE");
    cli_require(s->data, "--data FILE");
    cli_require(run->out, "--out FILE");
    if (strcmp(run->out, "-") == 0 && run->prints_json)
        cli_usage_error("--out - takes standard output for itself: no --json");
    if (strcmp(run->model, "-") == 0 && strcmp(s->data, "-") == 0)
        cli_usage_error("--model and --data cannot both be standard input");
    if (run->nprobe.wanted < 0 || run->nprobe.wanted > 1)
        cli_usage_error("--target-recall %g: a share above 0, up to 1, is "
                        "expected",
                        run->nprobe.wanted);
    if (run->nprobe.k == 0) cli_usage_error("-k 0: at least 1 is expected");
}

static void report(const index_run *run, const siamese_index *index,
                   double seconds)
{
    const cli_nprobe *const tuned = &run->nprobe;
    siamese_index_info info = {.struct_size = sizeof info};

    cli_try(siamese_index_get_info(index, &info));
    if (run->prints_json) {
        json_t *const object = json_pack(
            "{s:I, s:I, s:I, s:I, s:f, s:s}", "items", (json_int_t)info.count,
            "dim", (json_int_t)info.dim, "nlist", (json_int_t)info.nlist,
            "nprobe", (json_int_t)info.nprobe, "seconds", seconds, "out",
            run->out);
        if (tuned->wanted > 0)
            json_object_set_new(object, "tuned",
                                json_pack("{s:f, s:f, s:I, s:I}",
                                          "target_recall", tuned->wanted,
                                          "recall", tuned->reached, "k",
                                          (json_int_t)tuned->k, "queries",
                                          (json_int_t)tuned->queries));
        cli_json_print(object);
        return;
    }
    cli_note("wrote %zu items in %zu list%s (a search reads %zu) to %s in "
             "%.2f s",
             info.count, info.nlist, info.nlist == 1 ? "" : "s", info.nprobe,
             cli_output_name(run->out), seconds);
    if (tuned->wanted > 0)
        cli_note("recall@%zu %.4f of %zu queries", tuned->k, tuned->reached,
                 tuned->queries);
}

static int32_t show(void *user, const siamese_progress *progress)
{
    (void)user;
    cli_progress_draw("encode", progress->stage_done, "and index");
    return 0;
}

static void take_wish(void *user, const char *name, const char *value)
{
    int *const wishes = user;
    int const is_stage = strcmp(name, "rerank") == 0 ||
                         strcmp(name, "spelling") == 0 ||
                         strcmp(name, "feedback") == 0;

    *wishes |= !is_stage || strcmp(value, "0") != 0;
}

/* A model without a ranker gets one, of the defaults that the help shows, by
 * any option of it but those that turn a stage off, which it has not. */
static void set_ranker(siamese_model *model, const siamese_bundle *bundle,
                       const index_run *run)
{
    siamese_ranker *ranker = NULL;
    int wishes = 0;
    siamese_status const status = siamese_bundle_get_ranker(bundle, &ranker);

    if (status != SIAMESE_E_NOT_FOUND) cli_try(status);
    siamese_ranker_free(ranker);
    cli_settings_given(&run->settings, CLI_RANKER, take_wish, &wishes);
    if (status != SIAMESE_OK && wishes)
        cli_model_set(model, CLI_RANKER, "ranker", &run->options.ranker);
    else if (status == SIAMESE_OK)
        cli_model_set_given(model, CLI_RANKER, "ranker", &run->settings);
}

/* The items into the bundle; the model that it is then, with their index. */
static siamese_model *index_items(index_run *run, siamese_bundle *bundle)
{
    siamese_tower *const tower = cli_encode_tower(bundle, "item");
    cli_items items = {0};

    cli_items_read(&items, &run->source);
    cli_items_store(&items, &run->source.kept, tower, bundle);
    cli_items_free(&items);
    siamese_tower_free(tower);
    cli_try(siamese_bundle_set_index(bundle, NULL));
    siamese_model *const model = cli_model_of(bundle);
    cli_model_set(model, CLI_INDEX, "index", &run->options.index);
    set_ranker(model, bundle, run);
    cli_try(siamese_model_rebuild(model, show, NULL));
    cli_progress_clear();
    return model;
}

static void save(const index_run *run, const siamese_model *model)
{
    siamese_bundle *bundle;

    cli_try(siamese_model_get_bundle(model, &bundle));
    cli_model_save(run->out, bundle, &run->options.save);
    siamese_bundle_free(bundle);
}

static int run_index(const cli_verb *verb, int argc, char **argv)
{
    index_run run = {0};
    siamese_index *index;
    double const begin = cli_seconds();

    parse(&run, verb, argc, argv);
    cli_settings_apply(&run.settings, NULL, &run.options);
    cli_output_check(run.out);
    siamese_bundle *const bundle = cli_model_load(run.model, &run.options.load);
    json_t *const notes = cli_notes_load(bundle);
    cli_items_source_load(&run.source, bundle, notes);
    siamese_model *const model = index_items(&run, bundle);
    cli_try(siamese_model_get_index(model, &index));
    if (run.nprobe.wanted > 0)
        cli_nprobe_tune(&run.nprobe, index, &run.source, model);
    save(&run, model);
    report(&run, index, cli_seconds() - begin);

    cli_items_source_free(&run.source);
    siamese_index_free(index);
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    json_decref(notes);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_index = {
    .name = "index",
    .synopsis = "--model FILE --data FILE --out FILE [options]",
    .summary = "encode items and add a search index to a model",
    .about = "Writes a complete model: all that --model holds (the trainer "
             "too), and the\n"
             "index with ids and titles. --out may be the same file. An item's "
             "id in the\n"
             "index is its row among the distinct (id, title) of the file.",
    .often = "model data out column target-recall nlist nprobe encoding "
             "id-column item-column threads json set",
    .example =
        "  siamese index --model m.siamese --data items.csv --column price \\\n"
        "      --out m.siamese",
    .details = CLI_ITEM_COLUMN_HELP "\n"
                                    "\n" CLI_COLUMN_HELP,
    .run = run_index,
};
