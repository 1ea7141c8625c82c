/*
 * cli_items.h: the items of a collection: each distinct (id, title), with its
 * further fields, once, first seen first. The row of an item is its id in the
 * index.
 *
 * An id may have several titles, so ids cannot name vectors; rows do. A model
 * keeps the items in the user section "items": for each row its id, NUL, its
 * title, NUL, one behind the other.
 */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include <siamese/siamese.h>

#include "cli_fields.h"
#include "cli_strings.h"

#define CLI_ITEMS_SECTION "items"

typedef struct cli_items {
    size_t further;        /* fields beside the title */
    cli_strings rows;      /* "id NUL title", then "NUL field" for each */
    size_t *title_offsets; /* [count] of the title in its row */
    size_t offset_capacity;
    char *key; /* room to put a row together */
    size_t key_capacity;
} cli_items;

/* A zeroed struct is an empty collection. */
void cli_items_free(cli_items *items);

/* The row of the item: id, title and its further fields, none with a NUL. */
size_t cli_items_add(cli_items *items, const siamese_text *texts);

size_t cli_items_count(const cli_items *items);
siamese_text cli_items_id(const cli_items *items, size_t row);
siamese_text cli_items_title(const cli_items *items, size_t row);

/* Title and further fields into fields[1 + further]. */
void cli_items_fields(const cli_items *items, size_t row, siamese_text *fields);

/* What --data, --encoding and so on say about a file of items. */
typedef struct cli_items_source {
    const char *data, *encoding;
    cli_csv_rules csv;
    const char *id_column, *item_column; /* NULL: found by name */
    const char *trained_id, *trained_item;
    cli_fields names;  /* given: columns instead of those of the model */
    cli_fields fields; /* beside the title */
} cli_items_source;

/* What the notes of a model say on its items: their columns. */
void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes);
void cli_items_source_free(cli_items_source *source);

/* Reads a file of at least one item. */
void cli_items_read(cli_items *items, const cli_items_source *source);

/* To and from the section of a model, which has no further fields. */
void cli_items_store(const cli_items *items, siamese_bundle *bundle);
void cli_items_load(cli_items *items, const siamese_bundle *bundle);

#endif
