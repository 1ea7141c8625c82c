/* cli_items_model.c: a model in, its items and their columns out, and back. For
 * index, search and embed. */
#include "model/cli_items_model.h"

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
        cli_items_add_stored(items, bytes + at, id_size + 1 + title_size + 1,
                             id_size);
        items->by_title &= id_size == title_size &&
                           memcmp(bytes + at, bytes + title, id_size) == 0;
        at = title + title_size + 1;
    }
    free(bytes);
}
