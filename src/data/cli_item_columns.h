/*
 * cli_item_columns.h: columns of a file of items that no tower reads, kept with
 * the items so that a search can ask for them: --column COLUMN[=TYPE] of index,
 * to siamese search --where. cli_items_file reads them beside the items,
 * cli_items_model puts them into a model.
 */
#ifndef CLI_ITEM_COLUMNS_H
#define CLI_ITEM_COLUMNS_H

#include <siamese/siamese.h>

#include "shell/cli_strings.h"
#include "data/cli_csv.h"

typedef struct cli_item_column {
    char *column;  /* of the data */
    char name[64]; /* of the items: in [a-z0-9_] */
    int32_t type;  /* SIAMESE_COLUMN_*; -1: by what the cells are */
    int place;     /* in the data */
    unsigned seen; /* what cells were so far */
    cli_strings values;
    uint32_t *cells; /* [rows] 1 + the number of the value; 0: missing */
    size_t capacity;
} cli_item_column;

typedef struct cli_item_columns {
    cli_item_column *list;
    size_t count, capacity;
    size_t rows; /* items so far */
} cli_item_columns;

#define CLI_ITEM_COLUMN_HELP                                                   \
    "--column COLUMN[=TYPE] keeps a column of the data with the items, for\n"  \
    "siamese search --where, under its name in lower case, with _ for what\n"  \
    "is no letter or digit. TYPE is text, integer or number; without one it\n" \
    "is by the cells: integer or number if all that are not empty are such,\n" \
    "and none begins with a 0 that has no value. An empty cell is missing.\n"  \
    "Columns of --field need no --column. Of rows of one item the first counts."

/* Takes the value of --column into a cli_item_columns. */
void cli_item_columns_take(void *columns, const char *definition);
void cli_item_columns_free(cli_item_columns *columns);

/* Finds them in the file, whose column `id` (-1: none) has the ids; a column
 * that is not there fails. */
void cli_item_columns_find(cli_item_columns *columns, cli_csv *csv, int id);

/* Whether the cells of a row are of their types; if not, it is rejected. */
int cli_item_columns_accept(const cli_item_columns *columns,
                            const siamese_text *row, cli_csv *csv);

/* Keeps the cells of a row for an item that is new; others stay. */
void cli_item_columns_add(cli_item_columns *columns, size_t item,
                          const siamese_text *row);

/* The items have other numbers: `items[rows]` of each. */
void cli_item_columns_renumber(cli_item_columns *columns, const size_t *items);

/* Adds the columns to items without rows; the values of all rows into
 * values[count], whose arrays cli_item_columns_values_free frees. */
void cli_item_columns_values(const cli_item_columns *columns,
                             siamese_items *items,
                             siamese_column_values *values);
void cli_item_columns_values_free(siamese_column_values *values, size_t count);

#endif
