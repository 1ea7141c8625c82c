#include "cli_items.h"

#include <stdlib.h>
#include <string.h>

#include "cli_columns.h"
#include "cli_memory.h"
#include "cli_message.h"

void cli_items_free(cli_items *items)
{
    cli_strings_free(&items->pairs);
    free(items->title_offsets);
    free(items->key);
    memset(items, 0, sizeof *items);
}

/* Adds "id NUL title"; a pair that is there already keeps its row. */
static size_t add_pair(cli_items *items, const char *pair, size_t size,
                       size_t id_size)
{
    size_t const before = items->pairs.count;
    size_t const row = cli_strings_add(&items->pairs, pair, size);

    if (row == before) {
        items->title_offsets =
            cli_grow(items->title_offsets, row, &items->offset_capacity,
                     sizeof *items->title_offsets);
        items->title_offsets[row] = id_size + 1;
    }
    return row;
}

size_t cli_items_add(cli_items *items, siamese_text id, siamese_text title)
{
    size_t const size = id.size + 1 + title.size;

    if (size > items->key_capacity) {
        items->key_capacity = 2 * size;
        items->key = cli_resize(items->key, items->key_capacity, 1);
    }
    if (id.size > 0) memcpy(items->key, id.data, id.size);
    items->key[id.size] = '\0';
    if (title.size > 0)
        memcpy(items->key + id.size + 1, title.data, title.size);
    return add_pair(items, items->key, size, id.size);
}

size_t cli_items_count(const cli_items *items)
{
    return items->pairs.count;
}

siamese_text cli_items_id(const cli_items *items, size_t row)
{
    return (siamese_text){items->pairs.texts[row].data,
                          items->title_offsets[row] - 1};
}

siamese_text cli_items_title(const cli_items *items, size_t row)
{
    siamese_text const pair = items->pairs.texts[row];
    size_t const offset = items->title_offsets[row];

    return (siamese_text){pair.data + offset, pair.size - offset};
}

void cli_items_read(cli_items *items, const cli_items_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data, source->encoding, source->on_bad_row);
    int const id = cli_column_find(csv, CLI_ROLE_ID, source->id_column,
                                   source->trained_id, 0);
    int const title = cli_column_find(csv, CLI_ROLE_ITEM, source->item_column,
                                      source->trained_item, 0);
    const siamese_text *row;

    while ((row = cli_csv_next(csv))) cli_items_add(items, row[id], row[title]);
    if (cli_items_count(items) == 0)
        cli_fail("%s: there is no row below the header", cli_csv_name(csv));
    cli_csv_close(csv);
}

void cli_items_store(const cli_items *items, siamese_bundle *bundle)
{
    size_t const count = cli_items_count(items);
    size_t size = 0;

    for (size_t i = 0; i < count; i++) size += items->pairs.texts[i].size + 1;
    char *const bytes = cli_alloc(size, 1);
    char *at = bytes;
    for (size_t i = 0; i < count; i++) {
        memcpy(at, items->pairs.texts[i].data, items->pairs.texts[i].size + 1);
        at += items->pairs.texts[i].size + 1;
    }
    cli_try(siamese_bundle_set_section(bundle, CLI_ITEMS_SECTION, bytes, size));
    free(bytes);
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
        add_pair(items, bytes + at, id_size + 1 + title_size, id_size);
        at = title + title_size + 1;
    }
    free(bytes);
}
