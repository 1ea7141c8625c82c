/*
 * cmd_info.c: siamese info: from files of models to what is in them, for
 * people or as JSON.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_json.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "model/cli_describe.h"
#include "model/cli_model.h"
#include "model/cli_notes.h"
#include "verbs/cmd_verbs.h"

typedef struct info_run {
    const char *path;
    int prints_json;
    siamese_section_info *sections;
    size_t section_count;
    uint32_t format;
    json_t *parts; /* of the loaded handles: name -> {size: .., option: ..} */
} info_run;

/* ------------------------------------------------------------------------- */
/* What the file and its handles say                                         */
/* ------------------------------------------------------------------------- */

static void read_sections(info_run *run)
{
    siamese_status const status = siamese_checkpoint_info(
        run->path, NULL, 0, &run->section_count, &run->format);

    if (status != SIAMESE_E_RANGE) cli_try(status);
    run->sections = cli_alloc(run->section_count, sizeof *run->sections);
    for (size_t i = 0; i < run->section_count; i++)
        run->sections[i].struct_size = sizeof *run->sections;
    cli_try(siamese_checkpoint_info(run->path, run->sections,
                                    run->section_count, &run->section_count,
                                    &run->format));
}

/* ------------------------------------------------------------------------- */
/* Printing                                                                  */
/* ------------------------------------------------------------------------- */

static void print_sections(const info_run *run)
{
    printf("%s: format version %u, %zu sections\n", run->path, run->format,
           run->section_count);
    printf("%-16s %-8s %7s %12s %12s  %s\n", "section", "of", "version",
           "in the file", "unpacked", "CRC32");
    for (size_t i = 0; i < run->section_count; i++) {
        const siamese_section_info *const s = &run->sections[i];
        printf("%-16s %-8s %7u %12llu %12llu  %08x\n", s->name,
               s->user ? "host" : "library", s->version,
               (unsigned long long)s->stored_size, (unsigned long long)s->size,
               s->crc32);
    }
}

static void print_part(const char *name, const json_t *part)
{
    const char *key;
    json_t *value;

    printf("%s:", name);
    if (json_is_string(part)) printf(" %s", json_string_value(part));
    json_object_foreach((json_t *)(uintptr_t)part, key, value)
    {
        char *const text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT |
                                                 JSON_REAL_PRECISION(9));
        if (json_is_string(value))
            printf(" %s=%s", key, json_string_value(value));
        else
            printf(" %s=%s", key, text);
        free(text);
    }
    putchar('\n');
}

static void print_lines(const info_run *run)
{
    const char *name;
    json_t *part;

    print_sections(run);
    json_object_foreach(run->parts, name, part) print_part(name, part);
}

static void print_json(info_run *run)
{
    json_t *const sections = json_array();

    for (size_t i = 0; i < run->section_count; i++) {
        const siamese_section_info *const s = &run->sections[i];
        json_array_append_new(
            sections,
            json_pack("{s:s, s:b, s:I, s:I, s:I, s:I}", "name", s->name, "user",
                      s->user, "version", (json_int_t)s->version, "stored_size",
                      (json_int_t)s->stored_size, "size", (json_int_t)s->size,
                      "crc32", (json_int_t)s->crc32));
    }
    json_t *const object =
        json_pack("{s:I, s:s, s:o}", "format_version", (json_int_t)run->format,
                  "library", siamese_version(), "sections", sections);
    json_object_update(object, run->parts);
    cli_json_print(object);
}

static const cli_option verb_options[] = {
    CLI_FLAG("json", info_run, prints_json, "print one JSON object"),
    CLI_FIGURES_AS_CSV(info_run, prints_json), CLI_END};

static int run_info(const cli_verb *verb, int argc, char **argv)
{
    info_run run = {0};
    const cli_options tables[] = {{verb_options, &run}, {NULL, NULL}};

    argc = cli_parse(verb, tables, argc, argv, 1);
    if (argc != 1) cli_usage_error("one FILE is expected");
    run.path = argv[0];
    read_sections(&run);
    siamese_bundle *const bundle = cli_model_load(run.path, NULL);
    run.parts = json_pack("{s:o}", "command", cli_notes_load(bundle));
    json_object_update_new(run.parts, cli_describe(bundle));
    if (run.prints_json)
        print_json(&run);
    else
        print_lines(&run);
    json_decref(run.parts);
    free(run.sections);
    siamese_bundle_free(bundle);
    return 0;
}

const cli_verb cmd_info = {
    .name = "info",
    .synopsis = "FILE",
    .summary = "show what a model holds: sections, sizes, options",
    .example = "  siamese info m.siamese",
    .rest = "FILE",
    .rest_files = CLI_FILES_MODEL,
    .run = run_info,
};
