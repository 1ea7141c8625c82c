/*
 * cmd_info.c: siamese info: from files of models to what is in them, for
 * people or as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_settings.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "verbs/cmd_verbs.h"

typedef struct info_run {
    const char *path;
    int prints_json;
    siamese_section_info *sections;
    size_t section_count;
    uint32_t format;
    json_t *parts; /* of the loaded handles: name -> {size: .., option: ..} */
} info_run;

/* ------------------------------------------------------------------------- */
/* What the file and its handles say                                         */
/* ------------------------------------------------------------------------- */

static void read_sections(info_run *run)
{
    siamese_status const status = siamese_checkpoint_info(
        run->path, NULL, 0, &run->section_count, &run->format);

    if (status != SIAMESE_E_RANGE) cli_try(status);
    run->sections = cli_alloc(run->section_count, sizeof *run->sections);
    for (size_t i = 0; i < run->section_count; i++)
        run->sections[i].struct_size = sizeof *run->sections;
    cli_try(siamese_checkpoint_info(run->path, run->sections,
                                    run->section_count, &run->section_count,
                                    &run->format));
}

/* Numbers as numbers, words as texts. */
static void put_option(void *part, const char *name, const char *value)
{
    json_t *number = json_loads(value, JSON_DECODE_ANY, NULL);

    if (!json_is_number(number)) {
        json_decref(number);
        number = json_string(value);
    }
    json_object_set_new(part, name, number);
}

static void put_count(json_t *part, const char *name, size_t value)
{
    json_object_set_new(part, name, json_integer((json_int_t)value));
}

static json_t *new_part(info_run *run, const char *name)
{
    json_t *const part = json_object();

    json_object_set_new(run->parts, name, part);
    return part;
}

static void describe_vocab(info_run *run, const siamese_bundle *bundle)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab;

    if (siamese_bundle_get_vocab(bundle, &vocab)) return;
    json_t *const part = new_part(run, "vocab");
    put_count(part, "tokens", siamese_vocab_size(vocab));
    cli_try(siamese_vocab_get_options(vocab, &options));
    cli_settings_each(CLI_VOCAB, &options, put_option, part);
    siamese_vocab_free(vocab);
}

static void describe_tower(info_run *run, const char *name,
                           siamese_tower *tower)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    json_t *const part = new_part(run, name);
    json_t *const shapes = json_object();
    size_t total = 0;

    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        cli_try(siamese_tower_parameter_info(tower, i, &info));
        json_t *const shape = json_array();
        for (size_t d = 0; d < info.rank; d++)
            json_array_append_new(shape,
                                  json_integer((json_int_t)info.shape[d]));
        json_object_set_new(shapes, info.name, shape);
        total += info.count;
    }
    put_count(part, "dim", siamese_tower_dim(tower));
    put_count(part, "fields", siamese_tower_field_count(tower));
    put_count(part, "parameters", total);
    cli_try(siamese_tower_get_options(tower, &options));
    cli_settings_each(CLI_TOWER, &options, put_option, part);
    json_object_set_new(part, "shapes", shapes);
}

static void describe_towers(info_run *run, const siamese_bundle *bundle)
{
    siamese_tower *query = NULL, *item = NULL;

    if (siamese_bundle_get_query_tower(bundle, &query) == SIAMESE_OK)
        describe_tower(run, "query_tower", query);
    if (siamese_bundle_get_item_tower(bundle, &item) == SIAMESE_OK) {
        if (item == query)
            json_object_set_new(run->parts, "item_tower",
                                json_string("shared with query_tower"));
        else
            describe_tower(run, "item_tower", item);
    }
    siamese_tower_free(query);
    siamese_tower_free(item);
}

static void describe_trainer(info_run *run, const siamese_bundle *bundle)
{
    siamese_trainer_options options = {.struct_size = sizeof options};
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_trainer *trainer;

    if (siamese_bundle_get_trainer(bundle, &trainer)) return;
    json_t *const part = new_part(run, "trainer");
    cli_try(siamese_trainer_get_progress(trainer, &progress));
    put_count(part, "steps_done", progress.step);
    put_count(part, "epochs_done", progress.epoch);
    cli_try(siamese_trainer_get_options(trainer, &options));
    cli_settings_each(CLI_TRAINER, &options, put_option, part);
    siamese_trainer_free(trainer);
}

static void describe_index(info_run *run, const siamese_bundle *bundle)
{
    siamese_index_options options = {.struct_size = sizeof options};
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index *index;

    if (siamese_bundle_get_index(bundle, &index)) return;
    json_t *const part = new_part(run, "index");
    cli_try(siamese_index_get_options(index, &options));
    cli_settings_each(CLI_INDEX, &options, put_option, part);
    cli_try(siamese_index_get_info(index, &info));
    put_count(part, "vectors", info.count);
    put_count(part, "dim", info.dim);
    put_count(part, "nlist", info.nlist);
    put_count(part, "nprobe", info.nprobe);
    siamese_index_free(index);
}

static json_t *columns_json(const siamese_items *items, size_t count)
{
    static const char *const types[] = {[SIAMESE_COLUMN_TEXT] = "text",
                                        [SIAMESE_COLUMN_INTEGER] = "integer",
                                        [SIAMESE_COLUMN_NUMBER] = "number"};
    json_t *const columns = json_object();

    for (size_t i = 0; i < count; i++) {
        siamese_column_info info = {.struct_size = sizeof info};
        cli_try(siamese_items_get_column(items, i, &info));
        json_object_set_new(columns, info.name, json_string(types[info.type]));
    }
    return columns;
}

static void describe_items(info_run *run, const siamese_bundle *bundle)
{
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_items *items;

    if (siamese_bundle_get_items(bundle, &items)) return;
    json_t *const part = new_part(run, "items");
    cli_try(siamese_items_get_info(items, &info));
    put_count(part, "rows", info.count);
    json_object_set_new(
        part, "ids",
        json_string(info.ids == SIAMESE_IDS_TEXT ? "text" : "integer"));
    json_object_set_new(part, "columns", columns_json(items, info.columns));
    siamese_items_free(items);
}

/* Of its weights those that are not 0. */
static void describe_ranker(info_run *run, const siamese_bundle *bundle)
{
    siamese_ranker_options options = {.struct_size = sizeof options};
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    siamese_ranker *ranker;

    if (siamese_bundle_get_ranker(bundle, &ranker)) return;
    json_t *const part = new_part(run, "ranker");
    json_t *const weights = json_object();
    cli_try(siamese_ranker_get_options(ranker, &options));
    cli_settings_each(CLI_RANKER, &options, put_option, part);
    cli_try(siamese_ranker_get_info(ranker, &info));
    put_count(part, "learned_queries", (size_t)info.learned_queries);
    for (size_t i = 0; i < info.features; i++) {
        cli_try(siamese_ranker_describe_feature(ranker, i, &feature));
        if (feature.weight != 0)
            json_object_set_new(weights, feature.name,
                                json_real(feature.weight));
    }
    json_object_set_new(part, "weights", weights);
    siamese_ranker_free(ranker);
}

/* ------------------------------------------------------------------------- */
/* Printing                                                                  */
/* ------------------------------------------------------------------------- */

static void print_sections(const info_run *run)
{
    printf("%s: format version %u, %zu sections\n", run->path, run->format,
           run->section_count);
    printf("%-16s %-8s %7s %12s %12s  %s\n", "section", "of", "version",
           "in the file", "unpacked", "CRC32");
    for (size_t i = 0; i < run->section_count; i++) {
        const siamese_section_info *const s = &run->sections[i];
        printf("%-16s %-8s %7u %12llu %12llu  %08x\n", s->name,
               s->user ? "host" : "library", s->version,
               (unsigned long long)s->stored_size, (unsigned long long)s->size,
               s->crc32);
    }
}

static void print_part(const char *name, const json_t *part)
{
    const char *key;
    json_t *value;

    printf("%s:", name);
    if (json_is_string(part)) printf(" %s", json_string_value(part));
    json_object_foreach((json_t *)(uintptr_t)part, key, value)
    {
        char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
                                                 JSON_REAL_PRECISION(9));
        if (json_is_string(value))
            printf(" %s=%s", key, json_string_value(value));
        else
            printf(" %s=%s", key, text);
        free(text);
    }
    putchar('\n');
}

static void print_lines(const info_run *run)
{
    const char *name;
    json_t *part;

    print_sections(run);
    json_object_foreach(run->parts, name, part) print_part(name, part);
}

static void print_json(info_run *run)
{
    json_t *const sections = json_array();

    for (size_t i = 0; i < run->section_count; i++) {
        const siamese_section_info *const s = &run->sections[i];
        json_array_append_new(
            sections,
            json_pack("{s:s, s:b, s:I, s:I, s:I, s:I}", "name", s->name, "user",
                      s->user, "version", (json_int_t)s->version, "stored_size",
                      (json_int_t)s->stored_size, "size", (json_int_t)s->size,
                      "crc32", (json_int_t)s->crc32));
    }
    json_t *const object =
        json_pack("{s:I, s:s, s:o}", "format_version", (json_int_t)run->format,
                  "library", siamese_version(), "sections", sections);
    json_object_update(object, run->parts);
    cli_json_print(object);
}

static const cli_option verb_options[] = {
    CLI_FLAG("json", info_run, prints_json, "print one JSON object"), CLI_END};

static int run_info(const cli_verb *verb, int argc, char **argv)
{
    info_run run = {.parts = json_object()};
    const cli_options tables[] = {{verb_options, &run}, {NULL, NULL}};

    argc = cli_parse(verb, tables, argc, argv, 1);
    if (argc != 1) cli_usage_error("one FILE is expected");
    run.path = argv[0];
    read_sections(&run);
    siamese_bundle *const bundle = cli_model_load(run.path, NULL);
    json_object_set_new(run.parts, "command", cli_notes_load(bundle));
    describe_vocab(&run, bundle);
    describe_towers(&run, bundle);
    describe_trainer(&run, bundle);
    describe_index(&run, bundle);
    describe_items(&run, bundle);
    describe_ranker(&run, bundle);
    if (run.prints_json)
        print_json(&run);
    else
        print_lines(&run);
    json_decref(run.parts);
    free(run.sections);
    siamese_bundle_free(bundle);
    return 0;
}

const cli_verb cmd_info = {"info", "FILE",
                           "show what a model holds: sections, sizes, options",
                           NULL, run_info};
