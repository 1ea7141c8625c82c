/*
 * cli_item_rows.h: rows of a CSV file as items: id, title and further fields by
 * the columns that were found for them. Every reader of a file that has items
 * (cli_items_file, cli_pairs_file) puts them together here.
 */
#ifndef CLI_ITEM_ROWS_H
#define CLI_ITEM_ROWS_H

#include "data/cli_csv.h"
#include "data/cli_fields.h"
#include "data/cli_items.h"

typedef struct cli_item_rows {
    const cli_fields *fields;
    cli_csv *csv;
    int id, title; /* columns; id -1: there is none */
    int by_title;  /* without ids the title is the id, else it is empty */
    int *columns;  /* of the fields */
    siamese_text *texts;
} cli_item_rows;

/* Finds the columns of the fields; those of id and title are known. */
cli_item_rows cli_item_rows_of(const cli_fields *fields, cli_csv *csv, int id,
                               int title);
void cli_item_rows_free(cli_item_rows *rows);

/* Whether the row's cells can be read; if not, it is rejected. */
int cli_item_rows_accept(const cli_item_rows *rows, const siamese_text *row);

/* Adds the row's item, and gives its row among the items. */
size_t cli_item_rows_add(const cli_item_rows *rows, const siamese_text *row,
                         cli_items *items);

#endif
