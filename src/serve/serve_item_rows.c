/* serve_item_rows.c: arrays of JSON in, rows of items out. For /items. */
#include "serve/serve_item_rows.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------------- */
/* Ids                                                                       */
/* ------------------------------------------------------------------------- */

static int make_ids(serve_item_rows *rows, size_t count,
                    const siamese_items *items)
{
    siamese_items_info info = {.struct_size = sizeof info};

    if (siamese_items_get_info(items, &info)) return 0;
    rows->rows.struct_size = sizeof rows->rows;
    rows->rows.count = count;
    if (info.ids == SIAMESE_IDS_INTEGER)
        rows->rows.ids = calloc(count + 1, sizeof *rows->rows.ids);
    else
        rows->rows.text_ids = calloc(count + 1, sizeof *rows->rows.text_ids);
    rows->printed = calloc(count + 1, sizeof *rows->printed);
    return (rows->rows.ids || rows->rows.text_ids) && rows->printed;
}

/* As an integer, given as such or as text. */
static int read_integer(const json_t *id, int64_t *integer)
{
    const char *const text = json_string_value(id);
    char *end = NULL;

    if (json_is_integer(id)) {
        *integer = json_integer_value(id);
        return 1;
    }
    if (!text || !(*text == '-' || (*text >= '0' && *text <= '9'))) return 0;
    errno = 0;
    *integer = strtoll(text, &end, 10);
    return !errno && *end == '\0';
}

/* Id i, which is a text or an integer in either kind of items. */
static int read_id(serve_item_rows *rows, size_t i, const json_t *id,
                   const char *list, serve_answer *answer)
{
    int64_t *const integers = (int64_t *)(uintptr_t)rows->rows.ids;
    siamese_text *const texts = (siamese_text *)(uintptr_t)rows->rows.text_ids;

    if (integers && read_integer(id, &integers[i])) return 1;
    if (texts && json_is_string(id)) {
        texts[i] =
            (siamese_text){json_string_value(id), json_string_length(id)};
        return 1;
    }
    if (texts && json_is_integer(id)) {
        int const size = snprintf(rows->printed[i], sizeof *rows->printed,
                                  "%lld", (long long)json_integer_value(id));
        texts[i] = (siamese_text){rows->printed[i], (size_t)size};
        return 1;
    }
    serve_answer_error(answer, 422, "%s: element %zu: the id is to be %s", list,
                       i, integers ? "an integer" : "a text or an integer");
    return 0;
}

int serve_item_rows_read_ids(serve_item_rows *rows, const json_t *array,
                             const siamese_items *items, serve_answer *answer)
{
    size_t const count = json_array_size(array);

    if (!make_ids(rows, count, items)) {
        serve_answer_json(answer, 503, NULL);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_id(rows, i, json_array_get(array, i), "remove", answer))
            return 0;
    return 1;
}

/* ------------------------------------------------------------------------- */
/* Columns                                                                   */
/* ------------------------------------------------------------------------- */

static const char *const type_names[] = {[SIAMESE_COLUMN_TEXT] = "a text",
                                         [SIAMESE_COLUMN_INTEGER] =
                                             "an integer",
                                         [SIAMESE_COLUMN_NUMBER] = "a number"};

/* A column of the items, with all of its values missing. */
static int make_column(siamese_column_values *column,
                       const siamese_column_info *info, size_t count)
{
    column->struct_size = sizeof *column;
    column->name = info->name;
    column->present = calloc(count + 1, 1);
    if (info->type == SIAMESE_COLUMN_TEXT)
        column->texts = calloc(count + 1, sizeof *column->texts);
    else if (info->type == SIAMESE_COLUMN_INTEGER)
        column->integers = calloc(count + 1, sizeof *column->integers);
    else
        column->numbers = calloc(count + 1, sizeof *column->numbers);
    return column->present &&
           (column->texts || column->integers || column->numbers);
}

static int make_columns(serve_item_rows *rows, size_t count,
                        const siamese_items *items)
{
    siamese_items_info info = {.struct_size = sizeof info};

    if (siamese_items_get_info(items, &info)) return 0;
    rows->infos = calloc(info.columns + 1, sizeof *rows->infos);
    rows->columns = calloc(info.columns + 1, sizeof *rows->columns);
    if (!rows->infos || !rows->columns) return 0;
    for (size_t c = 0; c < info.columns; c++) {
        siamese_column_info *const column = &rows->infos[c];
        column->struct_size = sizeof *column;
        if (siamese_items_get_column(items, c, column)) return 0;
        rows->column_count++;
        if (!make_column(&rows->columns[c], column, count)) return 0;
    }
    rows->rows.columns = rows->columns;
    rows->rows.column_count = rows->column_count;
    return 1;
}

/* Whether the value is one of the column's type. */
static int put_value(siamese_column_values *column, size_t i,
                     const json_t *value)
{
    if (json_is_null(value)) return 1;
    if (column->texts && json_is_string(value))
        ((siamese_text *)(uintptr_t)column->texts)[i] =
            (siamese_text){json_string_value(value), json_string_length(value)};
    else if (column->integers && json_is_integer(value))
        ((int64_t *)(uintptr_t)column->integers)[i] = json_integer_value(value);
    else if (column->numbers && json_is_number(value))
        ((double *)(uintptr_t)column->numbers)[i] = json_number_value(value);
    else
        return 0;
    ((unsigned char *)(uintptr_t)column->present)[i] = 1;
    return 1;
}

static int read_columns(serve_item_rows *rows, size_t i, json_t *columns,
                        serve_answer *answer)
{
    const char *name;
    json_t *value;

    json_object_foreach(columns, name, value)
    {
        size_t c = 0;
        while (c < rows->column_count && strcmp(rows->infos[c].name, name) != 0)
            c++;
        if (c == rows->column_count) {
            serve_answer_error(answer, 422,
                               "add: element %zu: the items have no column "
                               "'%s'",
                               i, name);
            return 0;
        }
        if (!put_value(&rows->columns[c], i, value)) {
            serve_answer_error(answer, 422,
                               "add: element %zu: column '%s' takes %s", i,
                               name, type_names[rows->infos[c].type]);
            return 0;
        }
    }
    return 1;
}

/* ------------------------------------------------------------------------- */
/* Items                                                                     */
/* ------------------------------------------------------------------------- */

static int read_item(serve_item_rows *rows, size_t i, json_t *item,
                     serve_answer *answer)
{
    siamese_text *const titles = (siamese_text *)(uintptr_t)rows->rows.titles;
    const json_t *const title = json_object_get(item, "title");
    json_t *const columns = json_object_get(item, "columns");
    size_t const known = 2 + (columns != NULL);

    if (!json_is_object(item) || !json_is_string(title) ||
        !json_object_get(item, "id") || json_object_size(item) != known ||
        (columns && !json_is_object(columns))) {
        serve_answer_error(answer, 422,
                           "add: element %zu: an object with id, title and, "
                           "where there are some, columns is expected",
                           i);
        return 0;
    }
    titles[i] =
        (siamese_text){json_string_value(title), json_string_length(title)};
    return read_id(rows, i, json_object_get(item, "id"), "add", answer) &&
           read_columns(rows, i, columns, answer);
}

int serve_item_rows_read(serve_item_rows *rows, const json_t *array,
                         const siamese_items *items, serve_answer *answer)
{
    size_t const count = json_array_size(array);

    if (!make_ids(rows, count, items) || !make_columns(rows, count, items) ||
        !(rows->rows.titles = calloc(count + 1, sizeof(siamese_text)))) {
        serve_answer_json(answer, 503, NULL);
        return 0;
    }
    for (size_t i = 0; i < count; i++)
        if (!read_item(rows, i, json_array_get(array, i), answer)) return 0;
    return 1;
}

/* What this file made is not constant, though the library reads it so. */
static void free_made(const void *made)
{
    free((void *)(uintptr_t)made);
}

void serve_item_rows_free(serve_item_rows *rows)
{
    for (size_t c = 0; c < rows->column_count; c++) {
        const siamese_column_values *const column = &rows->columns[c];
        free_made(column->texts);
        free_made(column->integers);
        free_made(column->numbers);
        free_made(column->present);
    }
    free(rows->infos);
    free(rows->columns);
    free_made(rows->rows.ids);
    free_made(rows->rows.text_ids);
    free_made(rows->rows.titles);
    free(rows->printed);
    memset(rows, 0, sizeof *rows);
}
