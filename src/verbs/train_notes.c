/* train_notes.c: columns, grades and fields, to and from a model's notes. */
#include "verbs/train_notes.h"

#include "shell/cli_message.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "data/cli_positives.h"
#include "model/cli_notes.h"

/* That grades are weights, or below what they are negatives. */
#define WEIGHTS_NOTE "grade_weights"
#define NEGATIVES_NOTE "grade_negatives"

#define MIN_RELEVANCE_NOTE "min_relevance"

void train_notes_read(const json_t *notes, cli_pairs_source *source)
{
    cli_grades *const grades = &source->grades;

    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++)
        source->trained[role] = cli_notes_column(notes, role);
    source->row_numbers = cli_notes_text(notes, CLI_ROW_NUMBERS_NOTE);
    source->csv.entities = cli_notes_entities(notes, source->csv.entities);
    if (source->fields.count > 0)
        cli_usage_error("--field: the fields are fixed by the model that is "
                        "resumed");
    cli_fields_load(&source->fields, notes);
    if (!grades->min_relevance)
        grades->min_relevance = cli_notes_text(notes, MIN_RELEVANCE_NOTE);
    if (!grades->min_relevance) grades->min_relevance = "auto";
    grades->weighs |= json_is_true(json_object_get(notes, WEIGHTS_NOTE));
    if (!grades->negatives)
        grades->negatives = cli_notes_text(notes, NEGATIVES_NOTE);
}

static void set_text(json_t *notes, const char *name, const char *text)
{
    json_object_set_new(notes, name, json_string(text));
}

void train_notes_write(json_t *notes, const cli_pairs_source *source,
                       const cli_pairs *pairs)
{
    const cli_grades *const grades = &source->grades;

    if (pairs->rows > 0)
        set_text(notes, MIN_RELEVANCE_NOTE, pairs->min_relevance);
    set_text(notes, CLI_ENTITIES_NOTE, source->csv.entities);
    if (grades->weighs) json_object_set_new(notes, WEIGHTS_NOTE, json_true());
    if (grades->negatives) set_text(notes, NEGATIVES_NOTE, grades->negatives);
    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++)
        if (pairs->columns[role])
            cli_notes_set_column(notes, role, pairs->columns[role]);
    json_object_del(notes, CLI_ROW_NUMBERS_NOTE);
    if (pairs->row_numbers)
        set_text(notes, CLI_ROW_NUMBERS_NOTE, pairs->row_numbers);
    cli_fields_store(&source->fields, notes);
}
