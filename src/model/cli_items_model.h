/*
 * cli_items_model.h: what a model knows of items: the columns that it was
 * trained with, in its notes, and the rows of its index, as siamese_items. A
 * model of version 0.1 has them in the user section "items": for each row its
 * id, NUL, its title, NUL, one behind the other.
 */
#ifndef CLI_ITEMS_MODEL_H
#define CLI_ITEMS_MODEL_H

#include <jansson.h>

#include "data/cli_items.h"
#include "data/cli_items_file.h"

/* What the notes of a model say on its items: the columns of id and title; with
 * those of the further fields. */
void cli_items_source_columns(cli_items_source *source, const json_t *notes);
void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes);

/*
 * The items of a model with an index, which has a vector for each of them: ids
 * as texts, of which several rows may have the same, or what a host has put
 * there, which may be integers; titles, and as columns what the item tower's
 * further fields read. Of a model of version 0.1 they are read from its user
 * section. Items and index are to be freed. It fails where the file at path has
 * no index.
 */
siamese_items *cli_indexed_items(const siamese_bundle *bundle, const char *path,
                                 siamese_index **index);

/* Puts them into a bundle, in whose item tower the fields have their names,
 * with the columns that are kept beside these. An empty cell is missing. */
void cli_items_store(const cli_items *items, const cli_item_columns *kept,
                     const siamese_tower *tower, siamese_bundle *bundle);
void cli_items_forget(siamese_bundle *bundle);

/* Those of a model as they stand in its index, without further fields. */
void cli_items_load(cli_items *items, const siamese_bundle *bundle);

/* Reads a column of texts of all of its rows, to be freed with *bytes; "id" as
 * texts, of integers too. */
siamese_text *cli_items_texts(const siamese_items *items, const char *column,
                              char **bytes);

#endif
