/* model_settings.c: a preset and options by name in, the options of all parts
 * out, and to a checkpoint and back. For the model. */
#include "model/model_settings.h"

#include <string.h>

#include "common/memory.h"
#include "common/option_stream.h"
#include "index/index_options.h"
#include "search/ranker.h"
#include "text/vocab_options.h"
#include "tower/tower.h"
#include "tower/tower_field.h"
#include "train/trainer_options.h"

static const sm_option model_options[] = {
    {"threads", SM_OPTION_INT32, offsetof(siamese_model_options, threads), "0",
     0, 1024, "0 .. 1024", "threads of all parts; 0: one a processor"},
    {"repeats", SM_OPTION_FLAG, offsetof(siamese_model_options, repeats), "0",
     0, 1, "0 | 1", "whether several rows may have one id"},
};

const sm_option_table sm_model_option_table = {
    "model", model_options, sizeof model_options / sizeof *model_options,
    sizeof(siamese_model_options)};

SM_OPTIONS_API(model, &sm_model_option_table)

/* ---- the kinds ---- */

typedef struct kind {
    const char *name;
    unsigned bit;
    const sm_option_table *table;
    size_t offset;
} kind;

#define AT(member) offsetof(sm_model_settings, member)

static const kind kinds[] = {
    {"vocab", SM_SET_VOCAB, &sm_vocab_option_table, AT(vocab)},
    {"field", SM_SET_FIELD, &sm_field_option_table, AT(field)},
    {"tower", SM_SET_TOWER, &sm_tower_option_table, AT(tower)},
    {"trainer", SM_SET_TRAINER, &sm_trainer_option_table, AT(trainer)},
    {"index", SM_SET_INDEX, &sm_index_option_table, AT(index)},
    {"ranker", SM_SET_RANKER, &sm_ranker_option_table, AT(ranker)},
};
enum {
    KIND_COUNT = sizeof kinds / sizeof *kinds,
    KEPT_COUNT = KIND_COUNT - 1, /* in the section: all but the last */
};

static void *options_of(const sm_model_settings *settings, const kind *k)
{
    return (char *)settings + k->offset;
}

sm_status sm_model_settings_init(sm_model_settings *settings,
                                 const char *preset,
                                 const siamese_model_options *options)
{
    memset(settings, 0, sizeof *settings);
    settings->options = *options;
    for (size_t i = 0; i < KIND_COUNT; i++)
        SM_RETURN_IF_ERROR(sm_options_init(kinds[i].table,
                                           options_of(settings, &kinds[i]),
                                           kinds[i].table->struct_size));
    SM_RETURN_IF_ERROR(
        siamese_preset_apply(preset, &settings->vocab, &settings->tower,
                             &settings->trainer, &settings->index));
    SM_RETURN_IF_ERROR(siamese_preset_apply_ranker(preset, &settings->ranker));
    strncpy(settings->preset, preset, sizeof settings->preset - 1);
    settings->vocab.threads = options->threads;
    settings->tower.threads = options->threads;
    settings->trainer.threads = options->threads;
    settings->index.threads = options->threads;
    return SIAMESE_OK;
}

void sm_model_settings_free(sm_model_settings *settings)
{
    sm_free(settings->fields);
}

sm_status sm_model_settings_find(const char *name, unsigned *found,
                                 const char **bare)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    const char *const dot = strchr(name, '.');
    size_t const size = dot ? (size_t)(dot - name) : 0;
    *bare = dot ? dot + 1 : name;
    *found = 0;
    for (size_t i = 0; i < KIND_COUNT; i++) {
        int const is_wanted =
            dot == NULL || (strlen(kinds[i].name) == size &&
                            memcmp(kinds[i].name, name, size) == 0);
        if (is_wanted && sm_options_find(kinds[i].table, *bare))
            *found |= kinds[i].bit;
    }
    SM_REQUIRE(*found != 0, SIAMESE_E_OPTION,
               "name: no option of vocab, field, tower, trainer, index or "
               "ranker has the name '%.80s'",
               name);
    return SIAMESE_OK;
}

sm_status sm_model_settings_set(sm_model_settings *settings, unsigned wanted,
                                const char *bare, const char *value)
{
    sm_model_settings changed = *settings;
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (kinds[i].bit & wanted)
            SM_RETURN_IF_ERROR(sm_options_set(
                kinds[i].table, options_of(&changed, &kinds[i]), bare, value));
    *settings = changed;
    return SIAMESE_OK;
}

/* A number of buckets that no tower takes is a word to us; the tower gets the
 * default, which it does not read beside a vocabulary. */
static sm_status read_field_options(sm_model_field *field,
                                    const siamese_field_options *options)
{
    siamese_field_options own;
    SM_RETURN_IF_ERROR(sm_options_init(&sm_field_option_table, &field->options,
                                       sizeof field->options));
    if (options == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_struct_read(&own, sizeof own, options, "options"));
    field->by_value = own.kind == SIAMESE_FIELD_ID && own.buckets == 0;
    if (field->by_value) own.buckets = field->options.buckets;
    return sm_options_read(&sm_field_option_table,
                           field->by_value ? &own : options, &field->options);
}

sm_status sm_model_settings_add_field(sm_model_settings *settings,
                                      const char *name,
                                      const siamese_field_options *options)
{
    sm_model_field *const fields =
        sm_grow(settings->fields, &settings->field_capacity,
                settings->field_count + 1, sizeof *fields);
    if (fields == NULL) return sm_fail_memory();
    settings->fields = fields;
    sm_model_field *const field = &fields[settings->field_count];
    memset(field, 0, sizeof *field);
    SM_RETURN_IF_ERROR(read_field_options(field, options));
    for (size_t f = 0; f < settings->field_count; f++)
        SM_REQUIRE(strcmp(fields[f].name, name) != 0, SIAMESE_E_ARGUMENT,
                   "name: there is a field '%s' already", name);
    strcpy(field->name, name);
    settings->field_count++;
    return SIAMESE_OK;
}

/* ---- to a checkpoint and back ---- */

sm_status sm_model_settings_write(const sm_model_settings *settings,
                                  sm_writer *writer)
{
    SM_RETURN_IF_ERROR(
        sm_write_bytes(writer, settings->preset, strlen(settings->preset)));
    SM_RETURN_IF_ERROR(sm_options_stream_write(&sm_model_option_table,
                                               &settings->options, writer));
    for (size_t i = 0; i < KEPT_COUNT; i++)
        SM_RETURN_IF_ERROR(sm_options_stream_write(
            kinds[i].table, options_of(settings, &kinds[i]), writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, settings->field_count));
    for (size_t f = 0; f < settings->field_count; f++) {
        const sm_model_field *const field = &settings->fields[f];
        SM_RETURN_IF_ERROR(
            sm_write_bytes(writer, field->name, strlen(field->name)));
        SM_RETURN_IF_ERROR(sm_options_stream_write(&sm_field_option_table,
                                                   &field->options, writer));
        SM_RETURN_IF_ERROR(sm_write_u32(writer, field->by_value));
    }
    return SIAMESE_OK;
}

/* A short text without a NUL inside. */
static sm_status read_name(sm_reader *reader, const char *what, char name[64])
{
    char *bytes;
    size_t size;
    SM_RETURN_IF_ERROR(sm_read_bytes(reader, what, 63, &bytes, &size));
    strcpy(name, bytes);
    sm_free(bytes);
    SM_REQUIRE(strlen(name) == size, SIAMESE_E_FORMAT,
               "section %s: the %s has a NUL in it", reader->section, what);
    return SIAMESE_OK;
}

static sm_status read_fields(sm_model_settings *settings, sm_reader *reader)
{
    size_t count;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "fields", 0, reader->left / 8, &count));
    for (size_t f = 0; f < count; f++) {
        char name[64];
        siamese_field_options options;
        uint32_t by_value;
        SM_RETURN_IF_ERROR(read_name(reader, "name of a field", name));
        SM_RETURN_IF_ERROR(
            sm_options_stream_read(&sm_field_option_table, reader, &options));
        SM_RETURN_IF_ERROR(sm_read_u32(reader, &by_value));
        if (by_value) options.buckets = 0;
        SM_RETURN_IF_ERROR(
            sm_model_settings_add_field(settings, name, &options));
    }
    return SIAMESE_OK;
}

sm_status sm_model_settings_read(sm_model_settings *settings, sm_reader *reader)
{
    int32_t const threads = settings->options.threads;
    SM_RETURN_IF_ERROR(read_name(reader, "preset", settings->preset));
    SM_RETURN_IF_ERROR(sm_options_stream_read(&sm_model_option_table, reader,
                                              &settings->options));
    for (size_t i = 0; i < KEPT_COUNT; i++)
        SM_RETURN_IF_ERROR(sm_options_stream_read(
            kinds[i].table, reader, options_of(settings, &kinds[i])));
    SM_RETURN_IF_ERROR(read_fields(settings, reader));
    settings->options.threads = threads;
    settings->vocab.threads = threads;
    settings->tower.threads = threads;
    settings->trainer.threads = threads;
    settings->index.threads = threads;
    return sm_read_end(reader);
}
