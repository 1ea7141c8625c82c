/*
 * cli_notes.h: what the command notes in a model for later: a JSON object in
 * its user section "command". siamese train writes the columns and grades that
 * it learned from; the verbs that read a model look there.
 */
#ifndef CLI_NOTES_H
#define CLI_NOTES_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "data/cli_columns.h"

#define CLI_COMMAND_SECTION "command"

/* Of a column that was named id, but numbered the rows of the training data. */
#define CLI_ROW_NUMBERS_NOTE "row_number_column"

/* How the texts of the training data were read: --entities. */
#define CLI_ENTITIES_NOTE "entities"

/* The notes; an empty object if the model has none. */
json_t *cli_notes_load(const siamese_bundle *bundle);
void cli_notes_store(const json_t *notes, siamese_bundle *bundle);

/* The name of the column that the model was trained with, NULL if it is not
 * there or notes is NULL; as below. */
const char *cli_notes_column(const json_t *notes, cli_role role);
void cli_notes_set_column(json_t *notes, cli_role role, const char *name);

/* How entities are read: as the user says, else as the model's texts were; what
 * notes nothing of it, as a model that a host made, has kept them. */
const char *cli_notes_entities(const json_t *notes, const char *given);

/* A text of the notes, NULL if it is not there; it lives as long as they do. */
const char *cli_notes_text(const json_t *notes, const char *name);

#endif
