/*
 * cli_items.h: the items of a collection: each distinct (id, title) once, first
 * seen first. The row of an item is its id in the index.
 *
 * An id may have several titles, so ids cannot name vectors; rows do. A model
 * keeps the items in the user section "items": for each row its id, NUL, its
 * title, NUL, one behind the other.
 */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include <siamese/siamese.h>

#include "cli_strings.h"

#define CLI_ITEMS_SECTION "items"

typedef struct cli_items {
    cli_strings pairs;     /* "id NUL title" */
    size_t *title_offsets; /* [count] of the title in its pair */
    size_t offset_capacity;
    char *key; /* room to put a pair together */
    size_t key_capacity;
} cli_items;

/* A zeroed struct is an empty collection. */
void cli_items_free(cli_items *items);

/* The row of the item; neither text may hold a NUL. */
size_t cli_items_add(cli_items *items, siamese_text id, siamese_text title);

size_t cli_items_count(const cli_items *items);
siamese_text cli_items_id(const cli_items *items, size_t row);
siamese_text cli_items_title(const cli_items *items, size_t row);

/* What --data, --encoding and so on say about a file of items. */
typedef struct cli_items_source {
    const char *data, *encoding, *on_bad_row;
    const char *id_column, *item_column; /* NULL: found by name */
    const char *trained_id, *trained_item;
} cli_items_source;

/* Reads a file of at least one item. */
void cli_items_read(cli_items *items, const cli_items_source *source);

/* To and from the section of a model. */
void cli_items_store(const cli_items *items, siamese_bundle *bundle);
void cli_items_load(cli_items *items, const siamese_bundle *bundle);

#endif
