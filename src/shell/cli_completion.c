/* cli_completion.c: a verb's options in, lines for a shell out. For
 * cli_help.c. */
#include "shell/cli_completion.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

/* No text has a tab in it. */
static void print_line(const char *name, const char *kind, const char *detail,
                       const char *help)
{
    printf("%s\t%s\t%s\t%s\n", name, kind, detail, help);
}

/* Of "FILE|train" or "tsv|json" what is a word, and no name for one, which is
 * in capitals; to be freed. */
static char *words_of(const char *value)
{
    char *const words = cli_alloc(strlen(value) + 1, 1);
    char *out = words;

    for (const char *at = value; *at; at += *at == '|') {
        size_t const size = strcspn(at, "|");
        if (!isupper((unsigned char)*at)) {
            if (out > words) *out++ = '|';
            memcpy(out, at, size);
            out += size;
        }
        at += size;
    }
    return words;
}

/* The names of all presets, to be freed. */
static char *presets(void)
{
    siamese_preset_info info = {.struct_size = sizeof info};
    char *names = cli_format("%s", "");

    for (size_t i = 0; siamese_preset_describe(i, &info) == SIAMESE_OK; i++) {
        char *const more = cli_format("%s%s%s", names, i ? "|" : "", info.name);
        free(names);
        names = more;
    }
    return names;
}

/* What a value may be, each way a line; the library's presets are none of the
 * table. */
static void print_value(const char *name, const char *value, const char *files,
                        const char *help)
{
    char *const words =
        strcmp(name, "--preset") == 0 ? presets() : words_of(value);
    int const is_folder = strcmp(value, "DIR") == 0;

    if (*words) print_line(name, "words", words, help);
    if (files)
        print_line(name, "files", files, help);
    else if (is_folder)
        print_line(name, "folder", "", help);
    else if (!*words)
        print_line(name, "value", value, help);
    free(words);
}

/* A choice's range is its words, with blanks around the bars. */
static void print_setting(void *unused, const char *kind,
                          const siamese_option_info *info)
{
    char *const name = cli_format("%s.%s=", kind, info->name);
    char *const words = cli_format("%s", info->range);
    int const is_choice = strcmp(info->type, "choice") == 0;
    char *out = words;

    (void)unused;
    for (const char *in = words; *in; in++)
        if (*in != ' ') *out++ = *in;
    *out = '\0';
    if (strcmp(info->type, "flag") == 0)
        print_line(name, "words", "0|1", info->help);
    else
        print_line(name, is_choice ? "words" : "value", is_choice ? words : "",
                   info->help);
    free(words);
    free(name);
}

void cli_completion_print(const cli_verb *verb, const cli_known_option *known,
                          size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const cli_option *const o = known[i].option;
        char *const name =
            cli_format("%s%s", cli_option_dashes(o->name), o->name);
        if (o->value)
            print_value(name, o->value, o->files, o->help);
        else
            print_line(name, "flag", "", o->help);
        if (o->kind == CLI_ARG_SET)
            cli_settings_describe(
                ((const cli_settings *)known[i].target)->kinds, print_setting,
                NULL);
        free(name);
    }
    print_line("--help", "joined", "settings|all", "");
    if (verb->rest)
        print_value(":", verb->rest, verb->rest_files, verb->summary);
}
