#include "common/option_stream.h"

#include <string.h>

#include "common/memory.h"

enum { NAME_SIZE = 64, VALUE_SIZE = 64, OPTIONS_MAX = 1000 };

sm_status sm_options_stream_write(const sm_option_table *table,
                                  const void *options, sm_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        count += strcmp(table->options[i].name, "threads") != 0;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, count));
    for (size_t i = 0; i < table->count; i++) {
        char value[VALUE_SIZE];
        size_t size;
        const char *const name = table->options[i].name;
        if (strcmp(name, "threads") == 0) continue;
        SM_RETURN_IF_ERROR(sm_options_get(table, options, name, value,
                                          sizeof value, &size));
        SM_RETURN_IF_ERROR(sm_write_bytes(writer, name, strlen(name)));
        SM_RETURN_IF_ERROR(sm_write_bytes(writer, value, size));
    }
    return SIAMESE_OK;
}

static int has_option(const sm_option_table *table, const char *name)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->options[i].name, name) == 0) return 1;
    return 0;
}

static sm_status read_option(const sm_option_table *table, sm_reader *reader,
                             void *options)
{
    sm_status status = SIAMESE_OK;
    char *name = NULL, *value = NULL;
    char again[VALUE_SIZE];
    size_t name_size, value_size;
    SM_TRY(sm_read_bytes(reader, "an option's name", NAME_SIZE, &name,
                         &name_size));
    SM_TRY(sm_read_bytes(reader, "an option's value", VALUE_SIZE, &value,
                         &value_size));
    SM_CHECK(strlen(name) == name_size && strlen(value) == value_size,
             SIAMESE_E_FORMAT, "section %s: an option holds a NUL",
             reader->section);
    SM_CHECK(has_option(table, name), SIAMESE_E_VERSION,
             "section %s: %s option '%.60s' is of a newer library",
             reader->section, table->kind, name);
    SM_TRY(sm_options_set(table, options, name, value));
    /* "1E-3" and " 7" are values too, but none that was written */
    SM_TRY(sm_options_get(table, options, name, again, sizeof again, NULL));
    SM_CHECK(strcmp(value, again) == 0, SIAMESE_E_FORMAT,
             "section %s: %s option %s is written as '%.60s'",
             reader->section, table->kind, name, value);
out:
    if (status == SIAMESE_E_OPTION)
        status = sm_fail(SIAMESE_E_FORMAT, "section %s: %s", reader->section,
                         siamese_last_error());
    sm_free(name);
    sm_free(value);
    return status;
}

sm_status sm_options_stream_read(const sm_option_table *table,
                                 sm_reader *reader, void *options)
{
    size_t count;
    SM_RETURN_IF_ERROR(sm_options_init(table, options, table->struct_size));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "the options", 0, OPTIONS_MAX, &count));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(read_option(table, reader, options));
    return SIAMESE_OK;
}
