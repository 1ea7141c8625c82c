/* cli_items.c: rows in, distinct items with numbers out. For whatever reads
 * items. */
#include "data/cli_items.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "data/cli_columns.h"

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
        /* NOLINTNEXTLINE(clang-analyzer-core.*): reserve_key made room */
        if (texts[i].size > 0) memcpy(at, texts[i].data, texts[i].size);
        at += texts[i].size;
        *at++ = '\0'; /* NOLINT(clang-analyzer-core.NullDereference) */
    }
    return add_row(items, items->key, size - 1, texts[0].size);
}

void cli_items_add_stored(cli_items *items, const char *bytes, size_t size,
                          size_t id_size)
{
    size_t const number = cli_items_count(items);

    reserve_key(items, size + sizeof number);
    memcpy(items->key, bytes, size);
    memcpy(items->key + size, &number, sizeof number);
    add_row(items, items->key, size + sizeof number, id_size);
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

size_t *cli_items_without_ids(const cli_items *items, cli_items *out,
                              int is_empty)
{
    size_t const count = cli_items_count(items);
    size_t *const rows = cli_alloc(count, sizeof *rows);
    siamese_text *const texts = cli_alloc(2 + items->further, sizeof *texts);

    *out = (cli_items){.by_title = 1, .further = items->further};
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
    cli_items by_text;

    if (!cli_column_same(column, "id") || cli_items_count(items) != rows ||
        distinct_ids(items) != rows)
        return 0;
    free(cli_items_without_ids(items, &by_text, 1));
    int const come_again = cli_items_count(&by_text) < rows;
    cli_items_free(&by_text);
    return come_again;
}

size_t *cli_items_drop_ids(cli_items *items, int is_empty)
{
    cli_items by_text;
    size_t *const rows = cli_items_without_ids(items, &by_text, is_empty);

    cli_items_free(items);
    *items = by_text;
    return rows;
}
