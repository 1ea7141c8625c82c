#include "data/cli_items.h"

#include <stdlib.h>
#include <string.h>

#include "data/cli_columns.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "model/cli_model.h"

void cli_items_free(cli_items *items)
{
    cli_strings_free(&items->rows);
    free(items->title_offsets);
    free(items->key);
    free(items->id_column);
    memset(items, 0, sizeof *items);
}

/* ------------------------------------------------------------------------- */
/* Rows                                                                      */
/* ------------------------------------------------------------------------- */

/* Adds "id NUL title ..."; one that is there already keeps its row. */
static size_t add_row(cli_items *items, const char *key, size_t size,
                      size_t id_size)
{
    size_t const before = items->rows.count;
    size_t const row = cli_strings_add(&items->rows, key, size);

    if (row == before) {
        items->title_offsets =
            cli_grow(items->title_offsets, row, &items->offset_capacity,
                     sizeof *items->title_offsets);
        items->title_offsets[row] = id_size + 1;
    }
    return row;
}

static void reserve_key(cli_items *items, size_t size)
{
    if (size <= items->key_capacity) return;
    items->key_capacity = 2 * size;
    items->key = cli_resize(items->key, items->key_capacity, 1);
}

size_t cli_items_add(cli_items *items, const siamese_text *texts)
{
    size_t const count = 2 + items->further;
    size_t size = 0;

    for (size_t i = 0; i < count; i++) size += texts[i].size + 1;
    reserve_key(items, size);
    char *at = items->key;
    for (size_t i = 0; i < count; i++) {
        if (texts[i].size > 0) memcpy(at, texts[i].data, texts[i].size);
        at += texts[i].size;
        *at++ = '\0';
    }
    return add_row(items, items->key, size - 1, texts[0].size);
}

size_t cli_items_count(const cli_items *items)
{
    return items->rows.count;
}

siamese_text cli_items_id(const cli_items *items, size_t row)
{
    return (siamese_text){items->rows.texts[row].data,
                          items->title_offsets[row] - 1};
}

/* The texts have a NUL behind them: the next begins there. */
static siamese_text text_at(const char *data)
{
    return (siamese_text){data, strlen(data)};
}

siamese_text cli_items_title(const cli_items *items, size_t row)
{
    return text_at(items->rows.texts[row].data + items->title_offsets[row]);
}

void cli_items_fields(const cli_items *items, size_t row, siamese_text *fields)
{
    fields[0] = cli_items_title(items, row);
    for (size_t i = 1; i <= items->further; i++)
        fields[i] = text_at(fields[i - 1].data + fields[i - 1].size + 1);
}

/* ------------------------------------------------------------------------- */
/* Ids that are none                                                         */
/* ------------------------------------------------------------------------- */

/* The same items without their ids; gives the new row of each. */
static size_t *without_ids(const cli_items *items, cli_items *out, int is_empty)
{
    size_t const count = cli_items_count(items);
    size_t *const rows = cli_alloc(count, sizeof *rows);
    siamese_text *const texts = cli_alloc(2 + items->further, sizeof *texts);

    out->further = items->further;
    for (size_t i = 0; i < count; i++) {
        cli_items_fields(items, i, texts + 1);
        texts[0] = is_empty ? (siamese_text){"", 0} : texts[1];
        rows[i] = cli_items_add(out, texts);
    }
    free(texts);
    return rows;
}

static size_t distinct_ids(const cli_items *items)
{
    cli_strings ids = {0};

    for (size_t i = 0; i < cli_items_count(items); i++) {
        siamese_text const id = cli_items_id(items, i);
        cli_strings_add(&ids, id.data, id.size);
    }
    size_t const count = ids.count;
    cli_strings_free(&ids);
    return count;
}

int cli_items_number_rows(const cli_items *items, const char *column,
                          size_t rows)
{
    cli_items by_text = {0};

    if (!cli_column_same(column, "id") || cli_items_count(items) != rows ||
        distinct_ids(items) != rows)
        return 0;
    free(without_ids(items, &by_text, 1));
    int const come_again = cli_items_count(&by_text) < rows;
    cli_items_free(&by_text);
    return come_again;
}

size_t *cli_items_drop_ids(cli_items *items, int is_empty)
{
    cli_items by_text = {.by_title = 1};
    size_t *const rows = without_ids(items, &by_text, is_empty);

    cli_items_free(items);
    *items = by_text;
    return rows;
}

/* ------------------------------------------------------------------------- */
/* From a file                                                               */
/* ------------------------------------------------------------------------- */

void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes)
{
    siamese_tower *tower;

    source->trained_id = cli_notes_text(notes, "id_column");
    source->trained_item = cli_notes_text(notes, "item_column");
    source->row_numbers = cli_notes_text(notes, CLI_ROW_NUMBERS_NOTE);
    cli_fields_load(&source->fields, notes);
    if (siamese_bundle_get_item_tower(bundle, &tower)) return;
    size_t const count = siamese_tower_field_count(tower);
    siamese_tower_free(tower);
    if (count != 1 + source->fields.count)
        cli_fail("the model's items have %zu fields, but its notes tell the "
                 "columns of %zu: was it made with siamese train?",
                 count, 1 + source->fields.count);
    cli_fields_rename(&source->fields, &source->names);
}

void cli_items_source_free(cli_items_source *source)
{
    cli_fields_free(&source->names);
    cli_fields_free(&source->fields);
}

int cli_items_id_column(const cli_items_source *source, const cli_csv *csv)
{
    if (source->by_title) return -1;
    return cli_column_find(csv, CLI_ROLE_ID,
                           (cli_column_wish){.named = source->id_column,
                                             .trained = source->trained_id,
                                             .avoided = source->row_numbers,
                                             .is_optional =
                                                 !source->trained_id});
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
static void look_at_ids(cli_items *items, const cli_items_source *source,
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
    free(cli_items_drop_ids(items, 0));
    cli_note("%s: column '%s' numbers the rows: %zu items are told apart by "
             "their %s; --id-column %s takes it",
             cli_csv_name(csv), name, cli_items_count(items),
             items->further ? "fields" : "titles", name);
}

void cli_items_read(cli_items *items, const cli_items_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data,
                     (cli_encoding){source->encoding, "encoding"}, &source->csv);
    int const id = cli_items_id_column(source, csv);
    int const title =
        cli_column_find(csv, CLI_ROLE_ITEM,
                        (cli_column_wish){.named = source->item_column,
                                          .trained = source->trained_item});
    int *const columns = cli_fields_find(&source->fields, csv);
    siamese_text *const texts =
        cli_alloc(2 + source->fields.count, sizeof *texts);
    const siamese_text *row;
    size_t rows = 0;

    tell_columns(source, csv, id, title);
    items->further = source->fields.count;
    items->by_title = id < 0;
    while ((row = cli_csv_next(csv))) {
        if (!cli_fields_accept(&source->fields, columns, row, csv)) continue;
        texts[0] = row[id < 0 ? title : id];
        texts[1] = row[title];
        for (size_t i = 0; i < items->further; i++)
            texts[2 + i] = row[columns[i]];
        cli_items_add(items, texts);
        rows++;
    }
    if (rows == 0)
        cli_fail("%s: there is no row below the header", cli_csv_name(csv));
    if (id >= 0) look_at_ids(items, source, csv, id, rows);
    cli_csv_close(csv);
    free(columns);
    free(texts);
}

/* ------------------------------------------------------------------------- */
/* To and from a model                                                       */
/* ------------------------------------------------------------------------- */

/* Of id and title, and the NUL of each. */
static size_t stored_size(const cli_items *items, size_t row)
{
    return items->title_offsets[row] + cli_items_title(items, row).size + 1;
}

void cli_items_store(const cli_items *items, siamese_bundle *bundle)
{
    size_t const count = cli_items_count(items);
    size_t size = 0;

    for (size_t i = 0; i < count; i++) size += stored_size(items, i);
    char *const bytes = cli_alloc(size, 1);
    char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, items->rows.texts[i].data, stored_size(items, i));
        at += stored_size(items, i);
    }
    cli_try(siamese_bundle_set_section(bundle, CLI_ITEMS_SECTION, bytes, size));
    free(bytes);
}

/*
 * "id NUL title NUL": the row's number behind it keeps apart what further
 * fields kept apart before.
 */
static void add_stored(cli_items *items, const char *bytes, size_t size,
                       size_t id_size)
{
    size_t const number = cli_items_count(items);

    reserve_key(items, size + sizeof number);
    memcpy(items->key, bytes, size);
    memcpy(items->key + size, &number, sizeof number);
    add_row(items, items->key, size + sizeof number, id_size);
}

void cli_items_load(cli_items *items, const siamese_bundle *bundle)
{
    size_t size = 0;
    siamese_status status =
        siamese_bundle_get_section(bundle, CLI_ITEMS_SECTION, NULL, 0, &size);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("the model has an index, but no section '%s' with ids and "
                 "titles: was it made with siamese index?",
                 CLI_ITEMS_SECTION);
    if (status != SIAMESE_OK && status != SIAMESE_E_RANGE) cli_try(status);
    char *const bytes = cli_alloc(size, 1);
    cli_try(siamese_bundle_get_section(bundle, CLI_ITEMS_SECTION, bytes, size,
                                       &size));
    items->by_title = 1;
    for (size_t at = 0; at < size;) {
        size_t const id_size = strnlen(bytes + at, size - at);
        size_t const title = at + id_size + 1;
        size_t const title_size =
            title < size ? strnlen(bytes + title, size - title) : 0;
        if (title + title_size >= size)
            cli_fail("the model's section '%s' is damaged at byte %zu",
                     CLI_ITEMS_SECTION, at);
        add_stored(items, bytes + at, id_size + 1 + title_size + 1, id_size);
        items->by_title &= id_size == title_size &&
                           memcmp(bytes + at, bytes + title, id_size) == 0;
        at = title + title_size + 1;
    }
    free(bytes);
}
