/* cli_notes.c: a model in, the command's notes out, and back. For train and the
 * verbs that read a model. */
#include "model/cli_notes.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_entities.h"

json_t *cli_notes_load(const siamese_bundle *bundle)
{
    size_t size = 0;
    siamese_status const status =
        siamese_bundle_get_section(bundle, CLI_COMMAND_SECTION, NULL, 0, &size);

    if (status == SIAMESE_E_NOT_FOUND || size == 0) return json_object();
    char *const bytes = cli_alloc(size, 1);
    cli_try(siamese_bundle_get_section(bundle, CLI_COMMAND_SECTION, bytes, size,
                                       &size));
    json_error_t error;
    json_t *const notes = json_loadb(bytes, size, 0, &error);
    free(bytes);
    if (!json_is_object(notes))
        cli_fail("the model's section '%s' is damaged: %s", CLI_COMMAND_SECTION,
                 error.text);
    return notes;
}

void cli_notes_store(const json_t *notes, siamese_bundle *bundle)
{
    char *const text = json_dumps(notes, JSON_COMPACT | JSON_SORT_KEYS);

    if (!text) cli_fail("out of memory for the model's notes");
    cli_try(siamese_bundle_set_section(bundle, CLI_COMMAND_SECTION, text,
                                       strlen(text)));
    free(text);
}

static const char *const column_notes[CLI_ROLE_COUNT] = {
    [CLI_ROLE_ID] = "id_column",
    [CLI_ROLE_ITEM] = "item_column",
    [CLI_ROLE_QUERY] = "query_column",
    [CLI_ROLE_RELEVANCE] = "relevance_column"};

const char *cli_notes_column(const json_t *notes, cli_role role)
{
    return cli_notes_text(notes, column_notes[role]);
}

void cli_notes_set_column(json_t *notes, cli_role role, const char *name)
{
    json_object_set_new(notes, column_notes[role], json_string(name));
}

const char *cli_notes_text(const json_t *notes, const char *name)
{
    return json_string_value(json_object_get(notes, name));
}

const char *cli_notes_entities(const json_t *notes, const char *given)
{
    const char *const noted = cli_notes_text(notes, CLI_ENTITIES_NOTE);

    return given ? given : noted ? noted : CLI_ENTITIES_KEEP;
}
