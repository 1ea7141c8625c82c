/* cli_args.c: argv and a table in, values out, or help, or an error with a
 * suggestion. For every verb. */
#include "shell/cli_args.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_quiet.h"
#include "shell/cli_stdio.h"
#include "shell/cli_suggest.h"

/* ------------------------------------------------------------------------- */
/* The options of the verb that runs                                         */
/* ------------------------------------------------------------------------- */

static const cli_option common_options[] = {
    {"quiet", CLI_ARG_FLAG, 0, NULL, "no notes, no progress bar", NULL, NULL},
    {"help", CLI_ARG_FLAG, 0, NULL, "show this help", NULL, NULL},
    CLI_END};

/* A row of a table, and what it fills. */
typedef struct known_option {
    const cli_option *option;
    void *target;
} known_option;

static known_option *known;
static size_t known_count, known_capacity;

static void know(const cli_option *list, void *target)
{
    for (const cli_option *o = list; o->name; o++) {
        known = cli_grow(known, known_count, &known_capacity, sizeof *known);
        known[known_count++] =
            (known_option){o, target ? (char *)target + o->offset : NULL};
    }
}

static const known_option *find(const char *name, size_t size)
{
    for (size_t i = 0; i < known_count; i++)
        if (strlen(known[i].option->name) == size &&
            strncmp(known[i].option->name, name, size) == 0)
            return &known[i];
    return NULL;
}

int cli_has_option(const char *name)
{
    return known_count == 0 || find(name, strlen(name));
}

/* "--name", or "-k": the dashes of an option. */
static const char *dashes(const char *name)
{
    return name[1] ? "--" : "-";
}

/* ------------------------------------------------------------------------- */
/* Help                                                                      */
/* ------------------------------------------------------------------------- */

enum { HELP_INDENT = 28, HELP_WIDTH = 79 };

/* Words from column `at` on; they begin, and later lines too, at `indent`. */
static void print_wrapped(const char *text, int at, int indent)
{
    int is_first = 1;

    if (at < indent)
        at += printf("%*s", indent - at, "");
    else
        at += printf("  ");
    while (*text) {
        int const size = (int)strcspn(text, " ");
        if (!is_first && at + 1 + size > HELP_WIDTH)
            at = printf("\n%*s", indent, "") - 1;
        else if (!is_first)
            at += printf(" ");
        at += printf("%.*s", size, text);
        text += size + (text[size] == ' ');
        is_first = 0;
    }
    putchar('\n');
}

static void show_setting(const char *kind, const siamese_option_info *info)
{
    int const left =
        printf("  %s.%s=%s", kind, info->name, info->default_value);
    char *const text =
        cli_format("%s (%s: %s)", info->help, info->type, info->range);

    print_wrapped(text, left, HELP_INDENT);
    free(text);
}

/* The settings, if the verb takes any. */
static void show_settings(void)
{
    const known_option *const o = find("set", 3);

    if (!o) return;
    printf("\nsettings, with their defaults (--set name=value, or "
           "kind.name=value)\n");
    cli_settings_describe(((const cli_settings *)o->target)->kinds,
                          show_setting);
}

/* The presets, if the verb has the option, with what they set. */
static void show_presets(void)
{
    siamese_preset_info info = {.struct_size = sizeof info};

    if (!find("preset", 6)) return;
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
        print_wrapped(text, left, HELP_INDENT);
        free(text);
    }
}

static _Noreturn void show_help(const cli_verb *verb)
{
    printf("siamese %s: %s\n\n", verb->name, verb->summary);
    int const usage = printf("usage: siamese %s", verb->name);
    print_wrapped(verb->synopsis, usage, usage + 1);
    if (verb->details) printf("\n%s\n", verb->details);
    printf("\noptions\n");
    for (size_t i = 0; i < known_count; i++) {
        const cli_option *const o = known[i].option;
        int const left = printf("  %s%s%s%s", dashes(o->name), o->name,
                                o->value ? " " : "", o->value ? o->value : "");
        print_wrapped(o->help, left, HELP_INDENT);
    }
    show_settings();
    show_presets();
    cli_stdio_flush();
    exit(0);
}

/* ------------------------------------------------------------------------- */
/* Values                                                                    */
/* ------------------------------------------------------------------------- */

static size_t parse_count(const char *name, const char *text)
{
    char *end;

    errno = 0;
    /* NOLINTNEXTLINE(clang-analyzer-core.*): this kind always has a value */
    unsigned long long const value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno || value > SIZE_MAX / 2)
        cli_usage_error("%s%s %s: a whole number from 0 to %zu is expected",
                        dashes(name), name, text, SIZE_MAX / 2);
    return (size_t)value;
}

static double parse_number(const char *name, const char *text)
{
    char *end;
    /* NOLINTNEXTLINE(clang-analyzer-core.*): this kind always has a value */
    double const value = strtod(text, &end);

    if (end == text || *end || !isfinite(value))
        cli_usage_error("%s%s %s: a number is expected", dashes(name), name,
                        text);
    return value;
}

static void take(const cli_verb *verb, const known_option *known_one,
                 const char *value)
{
    const cli_option *const o = known_one->option;
    void *const target = known_one->target;

    switch (o->kind) {
    case CLI_ARG_FLAG:
        if (strcmp(o->name, "help") == 0)
            show_help(verb);
        else if (strcmp(o->name, "quiet") == 0)
            cli_set_quiet(1);
        else
            *(int *)target = 1;
        break;
    case CLI_ARG_TEXT:
        *(const char **)target = value;
        break;
    case CLI_ARG_COUNT:
        *(size_t *)target = parse_count(o->name, value);
        break;
    case CLI_ARG_NUMBER:
        *(double *)target = parse_number(o->name, value);
        break;
    case CLI_ARG_SET:
        cli_settings_add(target, value);
        break;
    case CLI_ARG_SETTING:
        cli_settings_add_named(target, o->name, o->setting, value);
        break;
    case CLI_ARG_SWITCH:
        cli_settings_add_named(target, o->name, o->setting, "1");
        break;
    case CLI_ARG_CALL:
        o->take(target, value);
        break;
    }
}

/* ------------------------------------------------------------------------- */
/* Arguments                                                                 */
/* ------------------------------------------------------------------------- */

/* The option of an argument that begins with a dash; *value: what is
 * attached. */
static const known_option *read_name(const char *argument, const char **value)
{
    *value = NULL;
    if (argument[1] != '-') { /* -k 10 or -k10 */
        *value = argument[2] ? argument + 2 : NULL;
        return find(argument + 1, 1);
    }
    size_t const size = strcspn(argument + 2, "=");
    if (argument[2 + size] == '=') *value = argument + 2 + size + 1;
    return size > 1 ? find(argument + 2, size) : NULL;
}

static _Noreturn void fail_unknown(char *argument)
{
    const char *closest = NULL;
    size_t distance = CLI_SUGGEST_NONE;

    argument[strcspn(argument, "=")] = '\0';
    for (size_t i = 0; i < known_count; i++)
        cli_suggest(argument + strspn(argument, "-"), known[i].option->name,
                    &closest, &distance);
    if (closest)
        cli_usage_error("there is no option %s; did you mean %s%s?", argument,
                        dashes(closest), closest);
    cli_usage_error("there is no option %s", argument);
}

/* Reads the option at argv[i], and its value; the place of the last it took. */
static int read_option(const cli_verb *verb, int argc, char **argv, int i)
{
    const char *value;
    const known_option *const found = read_name(argv[i], &value);

    if (!found) fail_unknown(argv[i]);
    const cli_option *const o = found->option;
    if (o->value && !value && ++i < argc) value = argv[i];
    if (o->value && !value)
        cli_usage_error("%s%s %s: the value is missing", dashes(o->name),
                        o->name, o->value);
    if (!o->value && value) cli_usage_error("--%s takes no value", o->name);
    take(verb, found, value);
    return i;
}

int cli_parse(const cli_verb *verb, const cli_options *tables, int argc,
              char **argv, int takes_rest)
{
    int rest = 0;

    for (; tables->list; tables++) know(tables->list, tables->target);
    know(common_options, NULL);
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc) argv[rest++] = argv[i];
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0')
            argv[rest++] = argv[i];
        else
            i = read_option(verb, argc, argv, i);
    }
    if (rest > 0 && !takes_rest)
        cli_usage_error("'%s' is not understood here", argv[0]);
    return rest;
}

void cli_require(const char *value, const char *option)
{
    if (!value) cli_usage_error("%s is missing", option);
}
