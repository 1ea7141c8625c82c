/* cli_describe.c: a bundle in, its handles' options and sizes as JSON out. For
 * info and reports. */
#include "model/cli_describe.h"

#include "shell/cli_message.h"
#include "shell/cli_settings.h"

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

static json_t *new_part(json_t *parts, const char *name)
{
    json_t *const part = json_object();

    json_object_set_new(parts, name, part);
    return part;
}

/* Of the query tower's first field, where a bundle has no other. */
static siamese_status vocab_of_tower(const siamese_bundle *bundle,
                                     siamese_vocab **vocab)
{
    siamese_tower *tower;

    siamese_status status = siamese_bundle_get_query_tower(bundle, &tower);
    if (status) return status;
    status = siamese_tower_get_vocab(tower, 0, vocab);
    siamese_tower_free(tower);
    return status;
}

static void describe_vocab(json_t *parts, const siamese_bundle *bundle)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab *vocab;

    if (siamese_bundle_get_vocab(bundle, &vocab) &&
        vocab_of_tower(bundle, &vocab))
        return;
    json_t *const part = new_part(parts, "vocab");
    put_count(part, "tokens", siamese_vocab_size(vocab));
    cli_try(siamese_vocab_get_options(vocab, &options));
    cli_settings_each(CLI_VOCAB, &options, put_option, part);
    siamese_vocab_free(vocab);
}

static void describe_tower(json_t *parts, const char *name,
                           siamese_tower *tower)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    json_t *const part = new_part(parts, name);
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

static void describe_towers(json_t *parts, const siamese_bundle *bundle)
{
    siamese_tower *query = NULL, *item = NULL;

    if (siamese_bundle_get_query_tower(bundle, &query) == SIAMESE_OK)
        describe_tower(parts, "query_tower", query);
    if (siamese_bundle_get_item_tower(bundle, &item) == SIAMESE_OK) {
        if (item == query)
            json_object_set_new(parts, "item_tower",
                                json_string("shared with query_tower"));
        else
            describe_tower(parts, "item_tower", item);
    }
    siamese_tower_free(query);
    siamese_tower_free(item);
}

static void describe_trainer(json_t *parts, const siamese_bundle *bundle)
{
    siamese_trainer_options options = {.struct_size = sizeof options};
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_trainer *trainer;

    if (siamese_bundle_get_trainer(bundle, &trainer)) return;
    json_t *const part = new_part(parts, "trainer");
    cli_try(siamese_trainer_get_progress(trainer, &progress));
    put_count(part, "steps_done", progress.step);
    put_count(part, "epochs_done", progress.epoch);
    cli_try(siamese_trainer_get_options(trainer, &options));
    cli_settings_each(CLI_TRAINER, &options, put_option, part);
    siamese_trainer_free(trainer);
}

static void describe_index(json_t *parts, const siamese_bundle *bundle)
{
    siamese_index_options options = {.struct_size = sizeof options};
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index *index;

    if (siamese_bundle_get_index(bundle, &index)) return;
    json_t *const part = new_part(parts, "index");
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

static void describe_items(json_t *parts, const siamese_bundle *bundle)
{
    siamese_items_info info = {.struct_size = sizeof info};
    siamese_items *items;

    if (siamese_bundle_get_items(bundle, &items)) return;
    json_t *const part = new_part(parts, "items");
    cli_try(siamese_items_get_info(items, &info));
    put_count(part, "rows", info.count);
    json_object_set_new(
        part, "ids",
        json_string(info.ids == SIAMESE_IDS_TEXT ? "text" : "integer"));
    json_object_set_new(part, "columns", columns_json(items, info.columns));
    siamese_items_free(items);
}

/* Of its weights those that are not 0. */
static void describe_ranker(json_t *parts, const siamese_bundle *bundle)
{
    siamese_ranker_options options = {.struct_size = sizeof options};
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    siamese_ranker *ranker;

    if (siamese_bundle_get_ranker(bundle, &ranker)) return;
    json_t *const part = new_part(parts, "ranker");
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

json_t *cli_describe(const siamese_bundle *bundle)
{
    json_t *const parts = json_object();

    describe_vocab(parts, bundle);
    describe_towers(parts, bundle);
    describe_trainer(parts, bundle);
    describe_index(parts, bundle);
    describe_items(parts, bundle);
    describe_ranker(parts, bundle);
    return parts;
}

json_t *cli_describe_options(unsigned kind, const void *options)
{
    json_t *const part = json_object();

    cli_settings_each(kind, options, put_option, part);
    return part;
}
