/* cli_item_rows.c: the cells of a row, in the order of an item's texts. */
#include "data/cli_item_rows.h"

#include <stdlib.h>

#include "shell/cli_memory.h"

/* In all columns but that of the ids, which stay what they are elsewhere. */
static void decode_entities(const cli_item_rows *rows)
{
    if (rows->title != rows->id) cli_csv_is_text(rows->csv, rows->title);
    for (size_t i = 0; i < rows->fields->count; i++)
        if (rows->columns[i] != rows->id)
            cli_csv_is_text(rows->csv, rows->columns[i]);
}

cli_item_rows cli_item_rows_of(const cli_fields *fields, cli_csv *csv, int id,
                               int title)
{
    cli_item_rows const rows = {
        .fields = fields,
        .csv = csv,
        .id = id,
        .title = title,
        .columns = cli_fields_find(fields, csv),
        .texts = cli_alloc(2 + fields->count, sizeof(siamese_text))};

    decode_entities(&rows);
    return rows;
}

void cli_item_rows_free(cli_item_rows *rows)
{
    free(rows->columns);
    free(rows->texts);
}

int cli_item_rows_accept(const cli_item_rows *rows, const siamese_text *row)
{
    return cli_fields_accept(rows->fields, rows->columns, row, rows->csv);
}

size_t cli_item_rows_add(const cli_item_rows *rows, const siamese_text *row,
                         cli_items *items)
{
    siamese_text const none = {"", 0};
    siamese_text const title = row[rows->title];

    rows->texts[0] = rows->id >= 0    ? row[rows->id]
                     : rows->by_title ? title
                                      : none;
    rows->texts[1] = title;
    for (size_t i = 0; i < rows->fields->count; i++)
        rows->texts[2 + i] = row[rows->columns[i]];
    return cli_items_add(items, rows->texts);
}
