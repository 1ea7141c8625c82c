/*
 * cli_items.h: the items of a collection: each distinct (id, title), with its
 * further fields, once, first seen first. The row of an item is its id in the
 * index.
 *
 * An id may have several titles, so ids cannot name vectors; rows do. Readers
 * of files (cli_items_file, cli_pairs) and of models (cli_items_model) add the
 * rows; whoever encodes, indexes or prints items takes them from here.
 */
#ifndef CLI_ITEMS_H
#define CLI_ITEMS_H

#include <siamese/siamese.h>

#include "shell/cli_strings.h"

typedef struct cli_items {
    char *id_column; /* that the ids were read from; NULL: none, or not known */
    int by_title;    /* there are no ids: the title is the id */
    size_t further;  /* fields beside the title */
    cli_strings rows;      /* "id NUL title", then "NUL field" for each */
    size_t *title_offsets; /* [count] of the title in its row */
    size_t offset_capacity;
    char *key; /* buffer in which a row is put together */
    size_t key_capacity;
} cli_items;

/* A zeroed struct is an empty collection. */
void cli_items_free(cli_items *items);

/* The row of the item: id, title and its further fields, none with a NUL. */
size_t cli_items_add(cli_items *items, const siamese_text *texts);

/* A row as a model keeps it, "id NUL title NUL" of `size` bytes: its number
 * keeps apart what further fields kept apart before. */
void cli_items_add_stored(cli_items *items, const char *bytes, size_t size,
                          size_t id_size);

size_t cli_items_count(const cli_items *items);
siamese_text cli_items_id(const cli_items *items, size_t row);
siamese_text cli_items_title(const cli_items *items, size_t row);

/* Title and further fields into fields[1 + further]. */
void cli_items_fields(const cli_items *items, size_t row, siamese_text *fields);

/*
 * Whether the ids, of a column of this name, number `rows` rows: it is named
 * id, all of its values differ, while titles (and fields) come again.
 */
int cli_items_number_rows(const cli_items *items, const char *column,
                          size_t rows);

/*
 * The items told apart by title and fields alone, into `out`; the new row of
 * each old one, to be freed. The title becomes the id, or nothing if
 * `is_empty`.
 */
size_t *cli_items_without_ids(const cli_items *items, cli_items *out,
                              int is_empty);

/* The same in place of the items. */
size_t *cli_items_drop_ids(cli_items *items, int is_empty);

#endif
