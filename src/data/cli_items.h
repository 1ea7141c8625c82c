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

#include "data/cli_fields.h"
#include "shell/cli_strings.h"

#define CLI_ITEMS_SECTION "items"

typedef struct cli_items {
    char *id_column; /* that the ids were read from; NULL: none, or not known */
    int by_title;    /* there are no ids: the title is the id */
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
    const char *row_numbers; /* a column that numbered the training's rows */
    int by_title;            /* whatever columns there are */
    cli_fields names;  /* given: columns instead of those of the model */
    cli_fields fields; /* beside the title */
} cli_items_source;

/* What the notes of a model say on its items: their columns. */
void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes);
void cli_items_source_free(cli_items_source *source);

/*
 * Which column has the ids of items; -1: none, the title is the id. The one
 * that numbered the rows of the model's training data is none. A model that was
 * trained with ids needs them.
 */
int cli_items_id_column(const cli_items_source *source, const cli_csv *csv);

/*
 * Reads a file of at least one item, and tells the columns. Where the file has
 * queries, and neither the user nor a model says what its column `id` is, it is
 * looked at as siamese train does: see cli_items_number_rows.
 */
void cli_items_read(cli_items *items, const cli_items_source *source);

/*
 * Whether the ids, of a column of this name, number `rows` rows: it is named id,
 * all of its values differ, while titles (and fields) come again.
 */
int cli_items_number_rows(const cli_items *items, const char *column,
                          size_t rows);

/*
 * Tells the items apart by title and fields alone; the new row of each old one,
 * to be freed. The title becomes the id, or nothing if `is_empty`.
 */
size_t *cli_items_drop_ids(cli_items *items, int is_empty);

/* To and from the section of a model, which has no further fields. */
void cli_items_store(const cli_items *items, siamese_bundle *bundle);
void cli_items_load(cli_items *items, const siamese_bundle *bundle);

#endif
