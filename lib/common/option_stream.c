/* option_stream.c: an options struct and its table in, name and value pairs on
 * a stream out, and back. For the states of towers and trainers. */
#include "common/option_stream.h"

#include <string.h>

#include "common/memory.h"

enum { NAME_SIZE = 64 };

sm_status sm_options_stream_put(const sm_option_table *table, size_t i,
                                const void *options, sm_writer *writer)
{
    const char *const name = table->options[i].name;
    char value[SM_OPTION_TEXT];
    size_t size;
    SM_RETURN_IF_ERROR(
        sm_options_get(table, options, name, value, sizeof value, &size));
    SM_RETURN_IF_ERROR(sm_write_bytes(writer, name, strlen(name)));
    return sm_write_bytes(writer, value, size);
}

sm_status sm_options_stream_write(const sm_option_table *table,
                                  const void *options, sm_writer *writer)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        count += strcmp(table->options[i].name, "threads") != 0;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, count));
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->options[i].name, "threads") != 0)
            SM_RETURN_IF_ERROR(
                sm_options_stream_put(table, i, options, writer));
    return SIAMESE_OK;
}

/* A word that may be a choice's or a flag's, but is none that is known. */
static bool is_newer_value(const sm_option *option, const char *value)
{
    return (option->type == SM_OPTION_CHOICE ||
            option->type == SM_OPTION_FLAG) &&
           *value &&
           value[strspn(value, "abcdefghijklmnopqrstuvwxyz"
                               "0123456789_-.+")] == '\0';
}

/* What an option is set to as it was written, or why it was never written
 * so. */
static sm_status set(const sm_option_table *table, const char *section,
                     const char *name, const char *value, void *options)
{
    const sm_option *const option = sm_options_find(table, name);
    char again[SM_OPTION_TEXT];
    SM_REQUIRE(option != NULL, SIAMESE_E_VERSION,
               "section %s: %s option '%.60s' is of a newer library", section,
               table->kind, name);
    sm_status const status = sm_options_set(table, options, name, value);
    SM_REQUIRE(status != SIAMESE_E_OPTION || !is_newer_value(option, value),
               SIAMESE_E_VERSION,
               "section %s: %s option %s has a value of a newer library: "
               "'%.60s'",
               section, table->kind, name, value);
    SM_REQUIRE(status != SIAMESE_E_OPTION, SIAMESE_E_FORMAT, "section %s: %s",
               section, siamese_last_error());
    SM_RETURN_IF_ERROR(status);
    /* "1E-3" and " 7" are values too, but none that was written */
    SM_RETURN_IF_ERROR(
        sm_options_get(table, options, name, again, sizeof again, NULL));
    SM_REQUIRE(strcmp(value, again) == 0, SIAMESE_E_FORMAT,
               "section %s: %s option %s is written as '%.60s'", section,
               table->kind, name, value);
    return SIAMESE_OK;
}

sm_status sm_options_stream_next(const sm_option_table *table,
                                 sm_reader *reader, void *options, size_t *at)
{
    sm_status status = SIAMESE_OK;
    char *name = NULL, *value = NULL;
    size_t name_size, value_size;
    SM_TRY(sm_read_bytes(reader, "an option's name", NAME_SIZE, &name,
                         &name_size));
    SM_TRY(sm_read_bytes(reader, "an option's value", SM_OPTION_TEXT, &value,
                         &value_size));
    SM_CHECK(strlen(name) == name_size && strlen(value) == value_size,
             SIAMESE_E_FORMAT, "section %s: an option holds a NUL",
             reader->section);
    SM_TRY(set(table, reader->section, name, value, options));
    *at = (size_t)(sm_options_find(table, name) - table->options);
out:
    sm_free(name);
    sm_free(value);
    return status;
}

sm_status sm_options_stream_read(const sm_option_table *table,
                                 sm_reader *reader, void *options)
{
    size_t count, at;
    SM_RETURN_IF_ERROR(sm_options_init(table, options, table->struct_size));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "the options", 0, SM_OPTIONS_MAX, &count));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(sm_options_stream_next(table, reader, options, &at));
    return SIAMESE_OK;
}
