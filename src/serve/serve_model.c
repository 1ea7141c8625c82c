/* serve_model.c: a path in, a model that searches out. For siamese serve. */
#include "serve/serve_model.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_entities.h"
#include "model/cli_notes.h"

enum { MOST_SECTIONS = 4096, REASON = 512 };

/* Why a file cannot be served, though it may be a model. */
static const char no_parts[] =
    "it has no items to find; siamese index --data items.csv adds them";

/* Whether the file has what a search needs: towers and items. The index is
 * made of them where a file has none. */
static int has_parts(const siamese_section_info *sections, size_t count)
{
    int towers = 0, items = 0;

    for (size_t i = 0; i < count; i++) {
        if (sections[i].user) continue;
        towers |= strcmp(sections[i].name, "query_tower") == 0 ||
                  strcmp(sections[i].name, "trainer") == 0;
        items |= strcmp(sections[i].name, "items") == 0;
    }
    return towers && items;
}

static int fail(char *reason, size_t size, const char *why)
{
    snprintf(reason, size, "%s", why);
    return 0;
}

static int check(const char *path, char *reason, size_t size)
{
    size_t count = 0;
    siamese_section_info *const sections =
        calloc(MOST_SECTIONS, sizeof *sections);

    if (!sections) return fail(reason, size, "memory has run out");
    for (size_t i = 0; i < MOST_SECTIONS; i++)
        sections[i].struct_size = sizeof *sections;
    siamese_status const status =
        siamese_checkpoint_info(path, sections, MOST_SECTIONS, &count, NULL);
    int const fits = status == SIAMESE_OK && has_parts(sections, count);
    free(sections);
    if (status) return fail(reason, size, siamese_last_error());
    return fits || fail(reason, size, no_parts);
}

/* As siamese search reads queries. A damaged note is none. */
static void read_notes(serve_model *served)
{
    siamese_bundle *bundle;
    size_t size = 0;
    int decodes = 0;

    if (siamese_model_get_bundle(served->model, &bundle)) return;
    siamese_bundle_get_section(bundle, CLI_COMMAND_SECTION, NULL, 0, &size);
    char *const bytes = malloc(size + 1);
    if (bytes && siamese_bundle_get_section(bundle, CLI_COMMAND_SECTION, bytes,
                                            size, &size) == SIAMESE_OK) {
        json_t *const notes = json_loadb(bytes, size, 0, NULL);
        const char *const value =
            json_string_value(json_object_get(notes, CLI_ENTITIES_NOTE));
        decodes = value && strcmp(value, CLI_ENTITIES_DECODE) == 0;
        json_decref(notes);
    }
    free(bytes);
    siamese_bundle_free(bundle);
    atomic_store(&served->decodes, decodes);
}

void serve_model_open(serve_model *served, const char *path,
                      const siamese_load_options *load)
{
    const char *const slash = strrchr(path, '/');
    const char *const file = slash ? slash + 1 : path;
    const char *const dot = strrchr(file, '.');
    char reason[REASON];

    served->path = path;
    served->load = *load;
    if (!check(path, reason, sizeof reason)) {
        /* the library's account names the file itself */
        if (strstr(reason, path)) cli_fail("%s", reason);
        cli_fail("%s: %s", path, reason);
    }
    served->name = cli_format(
        "%.*s", dot && dot > file ? (int)(dot - file) : (int)strlen(file),
        file);
    cli_try(siamese_model_open(&served->model, path, load));
    read_notes(served);
}

void serve_model_close(serve_model *served)
{
    siamese_model_free(served->model);
    free(served->name);
    memset(served, 0, sizeof *served);
}

int serve_model_reload(serve_model *served, char *reason, size_t size)
{
    if (!check(served->path, reason, size)) return 0;
    if (siamese_model_reload(served->model, served->path, &served->load))
        return fail(reason, size, siamese_last_error());
    read_notes(served);
    return 1;
}

siamese_model_info serve_model_info(const serve_model *served)
{
    siamese_model_info info = {.struct_size = sizeof info};

    if (siamese_model_get_info(served->model, &info))
        memset(&info, 0, sizeof info);
    return info;
}
