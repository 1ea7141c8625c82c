/*
 * cli_model.h: model files, and what the command notes in them for later: the
 * user section "command", a JSON object.
 */
#ifndef CLI_MODEL_H
#define CLI_MODEL_H

#include <jansson.h>
#include <siamese/siamese.h>

#define CLI_COMMAND_SECTION "command"

/* "-" is standard input and output. A model appears whole or not at all. */
siamese_bundle *cli_model_load(const char *path,
                               const siamese_load_options *options);
void cli_model_save(const char *path, const siamese_bundle *bundle,
                    const siamese_save_options *options);

/* The notes; an empty object if the model has none. */
json_t *cli_notes_load(const siamese_bundle *bundle);
void cli_notes_store(const json_t *notes, siamese_bundle *bundle);

/* A text of the notes, NULL if it is not there; it lives as long as they do. */
const char *cli_notes_text(const json_t *notes, const char *name);

/* Of a column that was named id, but numbered the rows of the training data. */
#define CLI_ROW_NUMBERS_NOTE "row_number_column"

/* One line of JSON on standard output; takes the object. */
void cli_json_print(json_t *object);

#endif
