/* cli_fields.c: --field arguments in, the further columns of an item and their
 * kinds out. For all verbs that read items. */
#include "data/cli_fields.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_columns.h"

static const char fields_note[] = "fields";

/* The library's kind; a category is an id with a vocabulary. */
static const char *const kinds[][2] = {
    {"text", "text"}, {"id", "id"}, {"category", "id"}, {"numbers", "numbers"}};
enum { KIND_COUNT = sizeof kinds / sizeof *kinds };

/* ------------------------------------------------------------------------- */
/* The list                                                                  */
/* ------------------------------------------------------------------------- */

static const char *library_kind(const char *kind)
{
    for (size_t i = 0; i < KIND_COUNT; i++)
        if (strcmp(kinds[i][0], kind) == 0) return kinds[i][1];
    return NULL;
}

/* Takes the three texts. */
static void append(cli_fields *fields, char *column, char *kind, char *settings)
{
    fields->list = cli_grow(fields->list, fields->count, &fields->capacity,
                            sizeof *fields->list);
    fields->list[fields->count++] =
        (cli_field){column, kind, settings, 1, NULL};
}

void cli_fields_take(void *fields, const char *definition)
{
    int const column = (int)strcspn(definition, "=");
    const char *const kind = definition + column + (definition[column] == '=');
    int const kind_size = (int)strcspn(kind, ",");
    const char *const settings = kind + kind_size + (kind[kind_size] == ',');
    char *const name = kind_size > 0 ? cli_format("%.*s", kind_size, kind)
                                     : cli_format("text");

    if (column == 0)
        cli_usage_error("--field %s: the column is missing", definition);
    if (!library_kind(name))
        cli_usage_error("--field %s: '%s' is no kind; text, id, category and "
                        "numbers are",
                        definition, name);
    append(fields, cli_format("%.*s", column, definition), name,
           cli_format("%s", settings));
}

void cli_fields_take_text(void *fields, const char *column)
{
    append(fields, cli_format("%s", column), cli_format("text"),
           cli_format("%s", ""));
}

void cli_fields_free(cli_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        free(fields->list[i].column);
        free(fields->list[i].kind);
        free(fields->list[i].settings);
        siamese_tower_free(fields->list[i].reader);
    }
    free(fields->list);
    *fields = (cli_fields){0};
}

/* ------------------------------------------------------------------------- */
/* The library's options                                                     */
/* ------------------------------------------------------------------------- */

static void set_option(const cli_field *field, siamese_field_options *options,
                       const char *name, const char *value)
{
    if (siamese_field_options_set(options, name, value))
        cli_usage_error("--field %s: %s", field->column, siamese_last_error());
}

void cli_fields_options(const cli_fields *fields, size_t i,
                        const siamese_field_options *base,
                        siamese_field_options *options)
{
    const cli_field *const field = &fields->list[i];
    char *const settings = cli_format("%s", field->settings);
    char *rest = settings;

    *options = *base;
    set_option(field, options, "kind", library_kind(field->kind));
    while (*rest) {
        char *const name = rest;
        char *const value = strchr(name, '=');
        rest += strcspn(rest, ",");
        if (*rest) *rest++ = '\0';
        if (!value || value >= name + strlen(name) || value == name)
            cli_usage_error("--field %s: '%s': option=value is expected",
                            field->column, name);
        *value = '\0';
        if (strcmp(name, "kind") == 0)
            cli_usage_error("--field %s: the kind stands behind the first '='",
                            field->column);
        set_option(field, options, name, value + 1);
    }
    free(settings);
}

void cli_fields_check(cli_fields *fields, const siamese_field_options *base)
{
    siamese_field_options options;

    for (size_t i = 0; i < fields->count; i++) {
        cli_fields_options(fields, i, base, &options);
        fields->list[i].numbers = options.numbers;
    }
}

/* ------------------------------------------------------------------------- */
/* Notes                                                                     */
/* ------------------------------------------------------------------------- */

void cli_fields_store(const cli_fields *fields, json_t *notes)
{
    if (fields->count == 0) return;
    json_t *const array = json_array();
    for (size_t i = 0; i < fields->count; i++) {
        const cli_field *const f = &fields->list[i];
        json_array_append_new(
            array, json_pack("{s:s, s:s, s:s, s:I}", "column", f->column,
                             "kind", f->kind, "settings", f->settings,
                             "numbers", (json_int_t)f->numbers));
    }
    json_object_set_new(notes, fields_note, array);
}

void cli_fields_load(cli_fields *fields, const json_t *notes)
{
    const json_t *const array = json_object_get(notes, fields_note);

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *const f = json_array_get(array, i);
        const char *const column =
            json_string_value(json_object_get(f, "column"));
        const char *const kind = json_string_value(json_object_get(f, "kind"));
        const char *const settings =
            json_string_value(json_object_get(f, "settings"));
        json_int_t const numbers =
            json_integer_value(json_object_get(f, "numbers"));
        if (!column || !kind || !library_kind(kind) || numbers < 0)
            cli_fail("the model's notes on its field %zu are damaged", i + 2);
        append(fields, cli_format("%s", column), cli_format("%s", kind),
               cli_format("%s", settings ? settings : ""));
        fields->list[i].numbers = (size_t)numbers;
    }
}

void cli_fields_rename(cli_fields *fields, const cli_fields *names)
{
    if (names->count == 0) return;
    if (names->count != fields->count)
        cli_usage_error("--field: %zu given, but the model's items have %zu "
                        "beside their title",
                        names->count, fields->count);
    for (size_t i = 0; i < names->count; i++) {
        free(fields->list[i].column);
        fields->list[i].column = cli_format("%s", names->list[i].column);
    }
}

/* ------------------------------------------------------------------------- */
/* Rows                                                                      */
/* ------------------------------------------------------------------------- */

int *cli_fields_find(const cli_fields *fields, const cli_csv *csv)
{
    int *const columns = cli_alloc(fields->count + 1, sizeof *columns);

    for (size_t i = 0; i < fields->count; i++)
        columns[i] = cli_column_named(csv, fields->list[i].column, "field");
    return columns;
}

/* A tower of the field alone: what it reads, any tower with the field reads. */
static siamese_tower *make_reader(size_t numbers)
{
    siamese_tower_options tower;
    siamese_field_options field;
    siamese_tower *reader;

    cli_try(siamese_tower_options_init(&tower, sizeof tower));
    cli_try(siamese_field_options_init(&field, sizeof field));
    tower.threads = 1;
    field.kind = SIAMESE_FIELD_NUMBERS;
    field.numbers = numbers;
    field.dim = 1;
    cli_try(siamese_tower_create(&reader, &tower));
    cli_try(siamese_tower_add_field(reader, "numbers", NULL, &field));
    return reader;
}

/* The rules for a cell of numbers are the library's. */
static int holds_numbers(cli_field *field, siamese_text cell)
{
    float vector;

    if (!field->reader) field->reader = make_reader(field->numbers);
    return siamese_tower_encode(field->reader, &cell, 1, 1, &vector, 1) !=
           SIAMESE_E_ARGUMENT;
}

int cli_fields_accept(const cli_fields *fields, const int *columns,
                      const siamese_text *row, cli_csv *csv)
{
    for (size_t i = 0; i < fields->count; i++) {
        cli_field *const f = &fields->list[i];
        siamese_text const cell = row[columns[i]];
        if (strcmp(f->kind, "numbers") != 0 || cell.size == 0 ||
            holds_numbers(f, cell))
            continue;
        cli_csv_reject(csv, "column '%s' is \"%.*s\", not %zu number%s",
                       f->column, cell.size > 40 ? 40 : (int)cell.size,
                       cell.data, f->numbers, f->numbers == 1 ? "" : "s");
        return 0;
    }
    return 1;
}
