/*
 * cli_items_file.h: items from a CSV file: which columns they are, and each row
 * into cli_items. The verbs that read a file of items call it, with what the
 * user said and what the model's notes say (cli_items_model).
 */
#ifndef CLI_ITEMS_FILE_H
#define CLI_ITEMS_FILE_H

#include "data/cli_csv.h"
#include "data/cli_fields.h"
#include "data/cli_item_columns.h"
#include "data/cli_items.h"

/* What --data, --encoding and so on say about a file of items. */
typedef struct cli_items_source {
    const char *data, *encoding;
    cli_csv_rules csv;
    const char *id_column, *item_column; /* NULL: found by name */
    const char *trained_id, *trained_item;
    const char *row_numbers; /* a column that numbered the training's rows */
    int by_title;            /* whatever columns there are */
    cli_fields names;        /* given: columns instead of those of the model */
    cli_fields fields;       /* beside the title */
    cli_item_columns kept; /* beside both, of --column; filled as it is read */
} cli_items_source;

void cli_items_source_free(cli_items_source *source);

/*
 * Reads a file of at least one item, and tells the columns. Where the file has
 * queries, and neither the user nor a model says what its column `id` is, it is
 * looked at as siamese train does: see cli_items_number_rows.
 */
void cli_items_read(cli_items *items, cli_items_source *source);

#endif
