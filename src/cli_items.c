#include "cli_items.h"

#include <stdlib.h>
#include <string.h>

#include "cli_columns.h"
#include "cli_memory.h"
#include "cli_message.h"
#include "cli_model.h"

void cli_items_free(cli_items *items)
{
    cli_strings_free(&items->rows);
    free(items->title_offsets);
    free(items->key);
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
/* From a file                                                               */
/* ------------------------------------------------------------------------- */

void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes)
{
    siamese_tower *tower;

    source->trained_id = cli_notes_text(notes, "id_column");
    source->trained_item = cli_notes_text(notes, "item_column");
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

void cli_items_read(cli_items *items, const cli_items_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data,
                     (cli_encoding){source->encoding, "encoding"}, &source->csv);
    int const id = cli_column_find(csv, CLI_ROLE_ID, source->id_column,
                                   source->trained_id, 0);
    int const title = cli_column_find(csv, CLI_ROLE_ITEM, source->item_column,
                                      source->trained_item, 0);
    int *const columns = cli_fields_find(&source->fields, csv);
    siamese_text *const texts =
        cli_alloc(2 + source->fields.count, sizeof *texts);
    const siamese_text *row;

    items->further = source->fields.count;
    while ((row = cli_csv_next(csv))) {
        if (!cli_fields_accept(&source->fields, columns, row, csv)) continue;
        texts[0] = row[id];
        texts[1] = row[title];
        for (size_t i = 0; i < items->further; i++)
            texts[2 + i] = row[columns[i]];
        cli_items_add(items, texts);
    }
    if (cli_items_count(items) == 0)
        cli_fail("%s: there is no row below the header", cli_csv_name(csv));
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
    for (size_t at = 0; at < size;) {
        size_t const id_size = strnlen(bytes + at, size - at);
        size_t const title = at + id_size + 1;
        size_t const title_size =
            title < size ? strnlen(bytes + title, size - title) : 0;
        if (title + title_size >= size)
            cli_fail("the model's section '%s' is damaged at byte %zu",
                     CLI_ITEMS_SECTION, at);
        add_stored(items, bytes + at, id_size + 1 + title_size + 1, id_size);
        at = title + title_size + 1;
    }
    free(bytes);
}
