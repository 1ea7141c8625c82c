/*
 * cli_items_model.h: what a model knows of items: the columns that it was
 * trained with, in its notes, and the rows of its index, in the user section
 * "items": for each row its id, NUL, its title, NUL, one behind the other.
 */
#ifndef CLI_ITEMS_MODEL_H
#define CLI_ITEMS_MODEL_H

#include <jansson.h>

#include "data/cli_items.h"
#include "data/cli_items_file.h"

#define CLI_ITEMS_SECTION "items"

/* What the notes of a model say on its items: the columns of id and title; with
 * those of the further fields. */
void cli_items_source_columns(cli_items_source *source, const json_t *notes);
void cli_items_source_load(cli_items_source *source,
                           const siamese_bundle *bundle, const json_t *notes);

/* To and from the section of a model, which has no further fields. */
void cli_items_store(const cli_items *items, siamese_bundle *bundle);
void cli_items_load(cli_items *items, const siamese_bundle *bundle);

#endif
