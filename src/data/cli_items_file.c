/* cli_items_file.c: a CSV file in, items out. For the verbs that read one. */
#include "data/cli_items_file.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_columns.h"
#include "data/cli_item_rows.h"
#include "data/cli_reader.h"

void cli_items_source_free(cli_items_source *source)
{
    cli_fields_free(&source->names);
    cli_fields_free(&source->fields);
    cli_item_columns_free(&source->kept);
}

/*
 * Which column has the ids of items; -1: none, the title is the id. The one
 * that numbered the rows of the model's training data is none. A model that was
 * trained with ids needs them.
 */
static int id_column(const cli_items_source *source, const cli_csv *csv)
{
    if (source->by_title) return -1;
    return cli_column_find(
        csv, CLI_ROLE_ID,
        (cli_column_wish){.named = source->id_column,
                          .trained = source->trained_id,
                          .avoided = source->row_numbers,
                          .is_optional = !source->trained_id});
}

static void tell_columns(const cli_items_source *source, const cli_csv *csv,
                         int id, int title)
{
    const siamese_text *const header = cli_csv_header(csv);

    if (id >= 0)
        cli_note("%s: columns: id '%s', item '%s'", cli_csv_name(csv),
                 header[id].data, header[title].data);
    else if (source->row_numbers && !source->by_title &&
             cli_column_is_there(csv, CLI_ROLE_ID))
        cli_note("%s: columns: item '%s', which is the id as well: '%s' "
                 "numbered the rows of the training data; --id-column chooses",
                 cli_csv_name(csv), header[title].data, source->row_numbers);
    else
        cli_note("%s: columns: item '%s', which is the id as well",
                 cli_csv_name(csv), header[title].data);
}

/* Where nothing is known about the ids of a file of pairs, they may be none. */
static void look_at_ids(cli_items *items, cli_items_source *source,
                        const cli_csv *csv, int id, size_t rows)
{
    const char *const name = cli_csv_header(csv)[id].data;

    if (source->id_column ||
        (source->trained_id && cli_column_same(source->trained_id, name)) ||
        !cli_column_is_there(csv, CLI_ROLE_QUERY) ||
        !cli_items_number_rows(items, name, rows)) {
        items->id_column = cli_format("%s", name);
        return;
    }
    size_t *const numbers = cli_items_drop_ids(items, 0);
    cli_item_columns_renumber(&source->kept, numbers);
    free(numbers);
    cli_note("%s: column '%s' numbers the rows: %zu items are told apart by "
             "their %s; --id-column %s takes it",
             cli_csv_name(csv), name, cli_items_count(items),
             items->further ? "fields" : "titles", name);
}

void cli_items_read(cli_items *items, cli_items_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data, (cli_encoding){source->encoding, "encoding"},
                     &source->csv);
    int const id = id_column(source, csv);
    int const title =
        cli_column_find(csv, CLI_ROLE_ITEM,
                        (cli_column_wish){.named = source->item_column,
                                          .trained = source->trained_item});
    cli_item_rows rows = cli_item_rows_of(&source->fields, csv, id, title);
    const siamese_text *row;
    size_t count = 0;

    cli_item_columns_find(&source->kept, csv, id);
    tell_columns(source, csv, id, title);
    items->further = source->fields.count;
    items->by_title = rows.by_title = id < 0;
    while ((row = cli_csv_next(csv))) {
        if (!cli_item_rows_accept(&rows, row) ||
            !cli_item_columns_accept(&source->kept, row, csv))
            continue;
        cli_item_columns_add(&source->kept,
                             cli_item_rows_add(&rows, row, items), row);
        count++;
    }
    if (count == 0)
        cli_fail("%s: there is no row below the header", cli_csv_name(csv));
    if (id >= 0) look_at_ids(items, source, csv, id, count);
    cli_csv_close(csv);
    cli_item_rows_free(&rows);
}
