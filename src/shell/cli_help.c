/* cli_help.c: a verb and its options in, what people read of them out. For
 * cli_args.c. */
#include "shell/cli_help.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_completion.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_stdio.h"
#include "shell/cli_wrap.h"

enum { INDENT = 28, WIDTH = 79 };

/* The options that are shown. */
typedef struct help_options {
    const cli_known_option *list;
    size_t count;
} help_options;

static const cli_known_option *find(const help_options *options,
                                    const char *name, size_t size)
{
    for (size_t i = 0; i < options->count; i++)
        if (strlen(options->list[i].option->name) == size &&
            memcmp(options->list[i].option->name, name, size) == 0)
            return &options->list[i];
    return NULL;
}

/* ------------------------------------------------------------------------- */
/* Options                                                                   */
/* ------------------------------------------------------------------------- */

static void show_option(const cli_option *o)
{
    int const left = printf("  %s%s%s%s", cli_option_dashes(o->name), o->name,
                            o->value ? " " : "", o->value ? o->value : "");

    cli_wrap_print(o->help, left, INDENT, WIDTH);
}

/* Whether the verb's list of usual options has the name. --help is in each. */
static int is_usual(const cli_verb *verb, const char *name)
{
    size_t const size = strlen(name);

    if (!verb->often || strcmp(name, "help") == 0) return 1;
    for (const char *at = verb->often; *at; at += strspn(at, " ")) {
        size_t const word = strcspn(at, " ");
        if (word == size && memcmp(at, name, size) == 0) return 1;
        at += word;
    }
    return 0;
}

/* In the order of the verb's list, and at last --help, which says how to see
 * the others. */
static void show_usual(const cli_verb *verb, const help_options *options)
{
    printf("\noptions\n");
    for (const char *at = verb->often; at && *at; at += strspn(at, " ")) {
        size_t const size = strcspn(at, " ");
        show_option(find(options, at, size)->option);
        at += size;
    }
    for (size_t i = 0; i < options->count; i++)
        if (!verb->often || strcmp(options->list[i].option->name, "help") == 0)
            show_option(options->list[i].option);
}

static void show_others(const cli_verb *verb, const help_options *options)
{
    printf("other options of siamese %s\n", verb->name);
    for (size_t i = 0; i < options->count; i++)
        if (!is_usual(verb, options->list[i].option->name))
            show_option(options->list[i].option);
}

/* ------------------------------------------------------------------------- */
/* Settings                                                                  */
/* ------------------------------------------------------------------------- */

static void show_setting(void *unused, const char *kind,
                         const siamese_option_info *info)
{
    int const left =
        printf("  %s.%s=%s", kind, info->name, info->default_value);
    char *const text =
        cli_format("%s (%s: %s)", info->help, info->type, info->range);

    (void)unused;
    cli_wrap_print(text, left, INDENT, WIDTH);
    free(text);
}

/* The settings, if the verb takes any. */
static void show_settings(const help_options *options)
{
    const cli_known_option *const o = find(options, "set", 3);

    if (!o) return;
    printf("\nsettings, with their defaults (--set name=value, or "
           "kind.name=value)\n");
    cli_settings_describe(((const cli_settings *)o->target)->kinds,
                          show_setting, NULL);
}

/* The presets, if the verb has the option, with what they set. */
static void show_presets(const help_options *options)
{
    siamese_preset_info info = {.struct_size = sizeof info};

    if (!find(options, "preset", 6)) return;
    printf("\npresets (--preset NAME): settings that come before all others\n");
    for (size_t i = 0; siamese_preset_describe(i, &info) == SIAMESE_OK; i++) {
        siamese_preset_setting s = {.struct_size = sizeof s};
        char *text = cli_format("%s:", info.help);
        int const left = printf("  %s", info.name);
        for (size_t j = 0; siamese_preset_get(info.name, j, &s) == SIAMESE_OK;
             j++) {
            char *const more =
                cli_format("%s %s.%s=%s", text, s.kind, s.name, s.value);
            free(text);
            text = more;
        }
        cli_wrap_print(text, left, INDENT, WIDTH);
        free(text);
    }
}

/* ------------------------------------------------------------------------- */
/* The pages                                                                 */
/* ------------------------------------------------------------------------- */

static void show_usage(const cli_verb *verb)
{
    printf("siamese %s: %s\n\n", verb->name, verb->summary);
    int const usage = printf("usage: siamese %s", verb->name);
    cli_wrap_print(verb->synopsis, usage, usage + 1, WIDTH);
    if (verb->about) printf("\n%s\n", verb->about);
}

static void show_example(const cli_verb *verb)
{
    if (verb->example) printf("\nexample\n%s\n", verb->example);
}

static void show_screen(const cli_verb *verb, const help_options *options)
{
    show_usage(verb);
    show_usual(verb, options);
    show_example(verb);
}

static void show_rest(const cli_verb *verb, const help_options *options)
{
    show_others(verb, options);
    show_settings(options);
    show_presets(options);
}

static void show_all(const cli_verb *verb, const help_options *options)
{
    show_usage(verb);
    if (verb->details) printf("\n%s\n", verb->details);
    printf("\noptions\n");
    for (size_t i = 0; i < options->count; i++)
        show_option(options->list[i].option);
    show_settings(options);
    show_presets(options);
    show_example(verb);
}

_Noreturn void cli_help_show(const cli_verb *verb,
                             const cli_known_option *known, size_t count,
                             const char *what)
{
    help_options const options = {known, count};

    if (!what)
        show_screen(verb, &options);
    else if (strcmp(what, "settings") == 0)
        show_rest(verb, &options);
    else if (strcmp(what, "all") == 0)
        show_all(verb, &options);
    else if (strcmp(what, "completion") == 0)
        cli_completion_print(verb, known, count);
    else
        cli_usage_error("--help=%s: all or settings is expected", what);
    cli_stdio_flush();
    exit(0);
}
