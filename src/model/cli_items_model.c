/* cli_items_model.c: a model in, its items and their columns out, and back. For
 * index, search and embed. */
#include "model/cli_items_model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "model/cli_notes.h"

void cli_items_source_columns(cli_items_source *source, const json_t *notes)
{
    source->trained_id = cli_notes_column(notes, CLI_ROLE_ID);
    source->trained_item = cli_notes_column(notes, CLI_ROLE_ITEM);
    source->row_numbers = cli_notes_text(notes, CLI_ROW_NUMBERS_NOTE);
    source->csv.entities = cli_notes_entities(notes, source->csv.entities);
}

void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes)
{
    siamese_tower *tower;

    cli_items_source_columns(source, notes);
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

/* Where a model of version 0.1 has its items. */
#define OLD_SECTION "items"

/* ------------------------------------------------------------------------- */
/* Items in                                                                  */
/* ------------------------------------------------------------------------- */

static siamese_items *make_items(void)
{
    siamese_items_options options;
    siamese_items *items;

    cli_try(siamese_items_options_init(&options, sizeof options));
    options.ids = SIAMESE_IDS_TEXT;
    options.repeats = 1;
    cli_try(siamese_items_create(&items, &options));
    return items;
}

/* Field i of the tower, of all items, as a column. */
static siamese_column_values field_column(const cli_items *items,
                                          const siamese_tower *tower, size_t i)
{
    size_t const count = cli_items_count(items);
    siamese_text *const fields = cli_alloc(1 + items->further, sizeof *fields);
    siamese_text *const texts = cli_alloc(count, sizeof *texts);
    unsigned char *const present = cli_alloc(count, 1);
    char *const name = cli_alloc(64, 1);

    cli_try(siamese_tower_get_field_name(tower, i, name, 64, NULL));
    for (size_t row = 0; row < count; row++) {
        cli_items_fields(items, row, fields);
        texts[row] = fields[i];
        present[row] = fields[i].size > 0;
    }
    free(fields);
    return (siamese_column_values){.struct_size = sizeof(siamese_column_values),
                                   .name = name,
                                   .texts = texts,
                                   .present = present};
}

static void add_rows(siamese_items *to, const cli_items *items,
                     const siamese_column_values *columns, size_t column_count)
{
    size_t const count = cli_items_count(items);
    siamese_text *const ids = cli_alloc(count, sizeof *ids);
    siamese_text *const titles = cli_alloc(count, sizeof *titles);

    for (size_t row = 0; row < count; row++) {
        ids[row] = cli_items_id(items, row);
        titles[row] = cli_items_title(items, row);
    }
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = count,
                                    .text_ids = ids,
                                    .titles = titles,
                                    .columns = columns,
                                    .column_count = column_count};
    cli_try(siamese_items_add(to, &rows, NULL, 0));
    free(ids);
    free(titles);
}

/* The columns of the tower's fields, into columns[items->further]. */
static void field_columns(const cli_items *items, const siamese_tower *tower,
                          siamese_items *own, siamese_column_values *columns)
{
    for (size_t i = 0; i < items->further; i++) {
        columns[i] = field_column(items, tower, 1 + i);
        cli_try(siamese_items_add_column(own, columns[i].name,
                                         SIAMESE_COLUMN_TEXT));
    }
}

/* A field's cells are there already. */
static void check_names(const cli_item_columns *kept,
                        const siamese_column_values *fields, size_t count)
{
    for (size_t k = 0; k < kept->count; k++)
        for (size_t i = 0; i < count; i++)
            if (strcmp(kept->list[k].name, fields[i].name) == 0)
                cli_usage_error("--column %s: the model's items have '%s' "
                                "already, as a field",
                                kept->list[k].column, fields[i].name);
}

void cli_items_forget(siamese_bundle *bundle)
{
    cli_try(siamese_bundle_set_items(bundle, NULL));
    cli_try(siamese_bundle_set_section(bundle, OLD_SECTION, NULL, 0));
}

void cli_items_store(const cli_items *items, const cli_item_columns *kept,
                     const siamese_tower *tower, siamese_bundle *bundle)
{
    size_t const further = items->further;
    siamese_items *const own = make_items();
    siamese_column_values *const columns =
        cli_alloc(further + kept->count, sizeof *columns);

    field_columns(items, tower, own, columns);
    check_names(kept, columns, further);
    cli_item_columns_values(kept, own, columns + further);
    add_rows(own, items, columns, further + kept->count);
    for (size_t i = 0; i < further; i++) free((void *)columns[i].name);
    cli_item_columns_values_free(columns, further + kept->count);
    free(columns);
    cli_items_forget(bundle);
    cli_try(siamese_bundle_set_items(bundle, own));
    siamese_items_free(own);
}

/* ------------------------------------------------------------------------- */
/* Items out                                                                 */
/* ------------------------------------------------------------------------- */

/* The rows of version 0.1, from bytes[size]. */
static siamese_items *items_of_bytes(const char *bytes, size_t size)
{
    siamese_items *const items = make_items();
    siamese_text *ids = NULL, *titles = NULL;
    size_t count = 0, ids_capacity = 0, titles_capacity = 0;

    for (size_t at = 0; at < size;) {
        size_t const id_size = strnlen(bytes + at, size - at);
        size_t const title = at + id_size + 1;
        size_t const title_size =
            title < size ? strnlen(bytes + title, size - title) : 0;
        if (title + title_size >= size)
            cli_fail("the model's section '%s' is damaged at byte %zu",
                     OLD_SECTION, at);
        ids = cli_grow(ids, count, &ids_capacity, sizeof *ids);
        titles = cli_grow(titles, count, &titles_capacity, sizeof *titles);
        ids[count] = (siamese_text){bytes + at, id_size};
        titles[count++] = (siamese_text){bytes + title, title_size};
        at = title + title_size + 1;
    }
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = count,
                                    .text_ids = ids,
                                    .titles = titles};
    if (count > 0) cli_try(siamese_items_add(items, &rows, NULL, 0));
    free(ids);
    free(titles);
    return items;
}

static siamese_items *items_of(const siamese_bundle *bundle)
{
    siamese_items *items;
    size_t size = 0;

    if (siamese_bundle_get_items(bundle, &items) == SIAMESE_OK) return items;
    siamese_status const status =
        siamese_bundle_get_section(bundle, OLD_SECTION, NULL, 0, &size);
    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("the model has an index, but no section '%s' with ids and "
                 "titles: was it made with siamese index?",
                 OLD_SECTION);
    if (status != SIAMESE_OK && status != SIAMESE_E_RANGE) cli_try(status);
    char *const bytes = cli_alloc(size, 1);
    cli_try(
        siamese_bundle_get_section(bundle, OLD_SECTION, bytes, size, &size));
    items = items_of_bytes(bytes, size);
    free(bytes);
    return items;
}

siamese_items *cli_indexed_items(const siamese_bundle *bundle, const char *path,
                                 siamese_index **index)
{
    siamese_status const status = siamese_bundle_get_index(bundle, index);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no index; siamese index --model %s --data items.csv "
                 "--out %s adds one",
                 path, path, path);
    cli_try(status);
    siamese_items *const items = items_of(bundle);
    if (siamese_index_count(*index) != siamese_items_count(items))
        cli_fail("%s: %zu vectors, but %zu titles: not an index that siamese "
                 "index made",
                 path, siamese_index_count(*index), siamese_items_count(items));
    return items;
}

/* Ids that are integers, which a host's model may have, as texts. */
static siamese_text *printed_ids(const siamese_items *items, char **bytes)
{
    enum { SIZE = 24 }; /* of an int64_t with its sign and a NUL */
    size_t const count = siamese_items_count(items);
    int64_t *const ids = cli_alloc(count, sizeof *ids);
    siamese_text *const texts = cli_alloc(count, sizeof *texts);

    *bytes = cli_alloc(count, SIZE);
    cli_try(
        siamese_items_get_integers(items, "id", NULL, count, ids, count, NULL));
    for (size_t i = 0; i < count; i++) {
        char *const at = *bytes + i * SIZE;
        int const size = snprintf(at, SIZE, "%lld", (long long)ids[i]);
        texts[i] = (siamese_text){at, (size_t)size};
    }
    free(ids);
    return texts;
}

siamese_text *cli_items_texts(const siamese_items *items, const char *column,
                              char **bytes)
{
    size_t const count = siamese_items_count(items);
    size_t *const offsets = cli_alloc(count + 1, sizeof *offsets);
    siamese_text *const texts = cli_alloc(count, sizeof *texts);
    size_t size = 0;
    siamese_status const status = siamese_items_get_texts(
        items, column, NULL, count, offsets, NULL, 0, &size, NULL);

    if (status == SIAMESE_E_STATE && strcmp(column, "id") == 0) {
        free(offsets);
        free(texts);
        return printed_ids(items, bytes);
    }
    if (status != SIAMESE_OK && status != SIAMESE_E_RANGE) cli_try(status);
    *bytes = cli_alloc(size, 1);
    cli_try(siamese_items_get_texts(items, column, NULL, count, offsets, *bytes,
                                    size, NULL, NULL));
    for (size_t i = 0; i < count; i++)
        texts[i] =
            (siamese_text){*bytes + offsets[i], offsets[i + 1] - offsets[i]};
    free(offsets);
    return texts;
}

void cli_items_load(cli_items *items, const siamese_bundle *bundle)
{
    siamese_items *const own = items_of(bundle);
    siamese_items_info info = {.struct_size = sizeof info};
    char *id_bytes, *title_bytes, *row = NULL;

    cli_try(siamese_items_get_info(own, &info));
    if (info.next_row != (int64_t)info.count)
        cli_fail("the model's items have changed since they were indexed; "
                 "--items FILE names them");
    siamese_text *const ids = cli_items_texts(own, "id", &id_bytes);
    siamese_text *const titles = cli_items_texts(own, "title", &title_bytes);
    items->by_title = 1;
    for (size_t i = 0; i < info.count; i++) {
        size_t const size = ids[i].size + titles[i].size + 2;
        row = cli_resize(row, size, 1);
        memcpy(row, ids[i].data, ids[i].size);
        row[ids[i].size] = '\0';
        memcpy(row + ids[i].size + 1, titles[i].data, titles[i].size);
        row[size - 1] = '\0';
        cli_items_add_stored(items, row, size, ids[i].size);
        items->by_title &=
            ids[i].size == titles[i].size &&
            memcmp(ids[i].data, titles[i].data, ids[i].size) == 0;
    }
    free(row);
    free(ids);
    free(titles);
    free(id_bytes);
    free(title_bytes);
    siamese_items_free(own);
}
