/* cli_item_columns.c: --column arguments and the cells of rows in, columns of
 * items out. For index. */
#include "data/cli_item_columns.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_columns.h"
#include "data/cli_id_integer.h"
#include "data/cli_relevance.h"

enum { BY_CELLS = -1 };

/* What cells are that are not empty. */
enum { NO_INTEGER = 1, NO_NUMBER = 2 };

static const char *const types[] = {[SIAMESE_COLUMN_TEXT] = "text",
                                    [SIAMESE_COLUMN_INTEGER] = "integer",
                                    [SIAMESE_COLUMN_NUMBER] = "number"};
enum { TYPE_COUNT = sizeof types / sizeof *types };

/* ------------------------------------------------------------------------- */
/* The list                                                                  */
/* ------------------------------------------------------------------------- */

static int32_t type_of(const char *name, const char *definition)
{
    for (int32_t t = 0; t < TYPE_COUNT; t++)
        if (strcmp(types[t], name) == 0) return t;
    cli_usage_error("--column %s: '%s' is no type; text, integer and number "
                    "are",
                    definition, name);
}

void cli_item_columns_take(void *target, const char *definition)
{
    cli_item_columns *const columns = target;
    const char *const type = strrchr(definition, '=');
    size_t const size = type ? (size_t)(type - definition) : strlen(definition);

    if (size == 0)
        cli_usage_error("--column %s: the column is missing", definition);
    columns->list = cli_grow(columns->list, columns->count, &columns->capacity,
                             sizeof *columns->list);
    cli_item_column *const c = &columns->list[columns->count++];
    *c = (cli_item_column){.column = cli_format("%.*s", (int)size, definition),
                           .type =
                               type ? type_of(type + 1, definition) : BY_CELLS};
    cli_column_spell(c->column, c->name, sizeof c->name);
    if (strcmp(c->name, "id") == 0 || strcmp(c->name, "title") == 0)
        cli_usage_error("--column %s: items have '%s' anyway", definition,
                        c->name);
    for (size_t i = 0; i + 1 < columns->count; i++)
        if (strcmp(columns->list[i].name, c->name) == 0)
            cli_usage_error("--column %s: '%s' is there already", definition,
                            c->name);
}

void cli_item_columns_free(cli_item_columns *columns)
{
    for (size_t i = 0; i < columns->count; i++) {
        free(columns->list[i].column);
        cli_strings_free(&columns->list[i].values);
        free(columns->list[i].cells);
    }
    free(columns->list);
    *columns = (cli_item_columns){0};
}

void cli_item_columns_find(cli_item_columns *columns, cli_csv *csv, int id)
{
    for (size_t i = 0; i < columns->count; i++) {
        cli_item_column *const c = &columns->list[i];
        c->place = cli_column_named(csv, c->column, "column");
        if (c->place != id) cli_csv_is_text(csv, c->place);
    }
}

/* ------------------------------------------------------------------------- */
/* Cells                                                                     */
/* ------------------------------------------------------------------------- */

static int is_integer(siamese_text cell)
{
    int64_t value;

    return cli_id_integer(cell, &value);
}

static int is_number(siamese_text cell)
{
    double value;

    return cli_relevance_parse(cell, &value);
}

int cli_item_columns_accept(const cli_item_columns *columns,
                            const siamese_text *row, cli_csv *csv)
{
    for (size_t i = 0; i < columns->count; i++) {
        const cli_item_column *const c = &columns->list[i];
        siamese_text const cell = row[c->place];
        if (cell.size == 0 || c->type == BY_CELLS ||
            c->type == SIAMESE_COLUMN_TEXT ||
            (c->type == SIAMESE_COLUMN_INTEGER ? is_integer(cell)
                                               : is_number(cell)))
            continue;
        cli_csv_reject(csv, "column '%s' is \"%.*s\", not %s %s", c->column,
                       cell.size > 40 ? 40 : (int)cell.size, cell.data,
                       c->type == SIAMESE_COLUMN_INTEGER ? "an" : "a",
                       types[c->type]);
        return 0;
    }
    return 1;
}

/* 007 is a code, 0 and 0.5 are numbers. */
static int has_spare_zero(siamese_text cell)
{
    size_t const sign = *cell.data == '-' || *cell.data == '+';

    return cell.size > sign + 1 && cell.data[sign] == '0' &&
           cell.data[sign + 1] != '.';
}

void cli_item_columns_add(cli_item_columns *columns, size_t item,
                          const siamese_text *row)
{
    if (item != columns->rows) return;
    for (size_t i = 0; i < columns->count; i++) {
        cli_item_column *const c = &columns->list[i];
        siamese_text const cell = row[c->place];
        c->cells = cli_grow(c->cells, item, &c->capacity, sizeof *c->cells);
        c->cells[item] = 0;
        if (cell.size == 0) continue;
        if (!is_number(cell) || has_spare_zero(cell))
            c->seen |= NO_NUMBER | NO_INTEGER;
        else if (!is_integer(cell))
            c->seen |= NO_INTEGER;
        c->cells[item] =
            1 + (uint32_t)cli_strings_add(&c->values, cell.data, cell.size);
    }
    columns->rows++;
}

void cli_item_columns_renumber(cli_item_columns *columns, const size_t *items)
{
    size_t rows = 0;

    for (size_t row = 0; row < columns->rows; row++) {
        if (items[row] != rows) continue;
        for (size_t i = 0; i < columns->count; i++)
            columns->list[i].cells[rows] = columns->list[i].cells[row];
        rows++;
    }
    columns->rows = rows;
}

/* ------------------------------------------------------------------------- */
/* Values                                                                    */
/* ------------------------------------------------------------------------- */

static int32_t settled_type(const cli_item_column *c)
{
    if (c->type != BY_CELLS) return c->type;
    if (c->values.count == 0 || c->seen & NO_NUMBER) return SIAMESE_COLUMN_TEXT;
    return c->seen & NO_INTEGER ? SIAMESE_COLUMN_NUMBER
                                : SIAMESE_COLUMN_INTEGER;
}

static siamese_column_values values_of(const cli_item_column *c, int32_t type,
                                       size_t rows)
{
    unsigned char *const present = cli_alloc(rows, 1);
    siamese_text *const texts = cli_alloc(rows, sizeof *texts);
    int64_t *const integers = cli_alloc(rows, sizeof *integers);
    double *const numbers = cli_alloc(rows, sizeof *numbers);

    for (size_t row = 0; row < rows; row++) {
        if (c->cells[row] == 0) continue;
        siamese_text const cell = c->values.texts[c->cells[row] - 1];
        present[row] = 1;
        texts[row] = cell;
        if (type == SIAMESE_COLUMN_INTEGER)
            cli_id_integer(cell, &integers[row]);
        if (type == SIAMESE_COLUMN_NUMBER)
            cli_relevance_parse(cell, &numbers[row]);
    }
    siamese_column_values values = {
        .struct_size = sizeof values, .name = c->name, .present = present};
    if (type == SIAMESE_COLUMN_TEXT) values.texts = texts;
    if (type == SIAMESE_COLUMN_INTEGER) values.integers = integers;
    if (type == SIAMESE_COLUMN_NUMBER) values.numbers = numbers;
    if (!values.texts) free(texts);
    if (!values.integers) free(integers);
    if (!values.numbers) free(numbers);
    return values;
}

void cli_item_columns_values(const cli_item_columns *columns,
                             siamese_items *items,
                             siamese_column_values *values)
{
    for (size_t i = 0; i < columns->count; i++) {
        const cli_item_column *const c = &columns->list[i];
        int32_t const type = settled_type(c);
        cli_try(siamese_items_add_column(items, c->name, type));
        values[i] = values_of(c, type, columns->rows);
        cli_note("column '%s' is kept as %s, a column of %ss", c->column,
                 c->name, types[type]);
    }
}

void cli_item_columns_values_free(siamese_column_values *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free((void *)values[i].texts);
        free((void *)values[i].integers);
        free((void *)values[i].numbers);
        free((void *)values[i].present);
    }
}
