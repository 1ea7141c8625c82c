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
#include "shell/cli_settings.h"
#include "shell/cli_suggest.h"
#include "data/cli_fields.h"

/* ------------------------------------------------------------------------- */
/* Help                                                                      */
/* ------------------------------------------------------------------------- */

static const cli_settings *settings_of(const cli_option *options)
{
    for (; options->name; options++)
        if (options->kind == CLI_ARG_SET) return options->target;
    return NULL;
}

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

/* The presets, if the verb has the option, with what they set. */
static void show_presets(const cli_option *options)
{
    siamese_preset_info info = {.struct_size = sizeof info};
    const cli_option *o = options;

    while (o->name && strcmp(o->name, "preset") != 0) o++;
    if (!o->name) return;
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

static void show_help(const cli_verb *verb, const cli_option *options)
{
    printf("siamese %s: %s\n\n", verb->name, verb->summary);
    int const usage = printf("usage: siamese %s", verb->name);
    print_wrapped(verb->synopsis, usage, usage + 1);
    if (verb->details) printf("\n%s\n", verb->details);
    printf("\noptions\n");
    for (const cli_option *o = options; o->name; o++) {
        int const left = printf("  %s%s%s%s", o->name[1] ? "--" : "-", o->name,
                                o->value ? " " : "", o->value ? o->value : "");
        print_wrapped(o->help, left, HELP_INDENT);
    }
    const cli_settings *const settings = settings_of(options);
    if (settings) {
        printf("\nsettings, with their defaults (--set name=value, or "
               "kind.name=value)\n");
        cli_settings_describe(settings->kinds, show_setting);
    }
    show_presets(options);
    exit(0);
}

/* ------------------------------------------------------------------------- */
/* Values                                                                    */
/* ------------------------------------------------------------------------- */

static size_t parse_count(const char *name, const char *text)
{
    char *end;

    errno = 0;
    unsigned long long const value = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || *end || errno || value > SIZE_MAX / 2)
        cli_usage_error("%s%s %s: a whole number from 0 to %zu is expected",
                        name[1] ? "--" : "-", name, text, SIZE_MAX / 2);
    return (size_t)value;
}

static double parse_number(const char *name, const char *text)
{
    char *end;
    double const value = strtod(text, &end);

    if (end == text || *end || !isfinite(value))
        cli_usage_error("%s%s %s: a number is expected", name[1] ? "--" : "-",
                        name, text);
    return value;
}

static void take(const cli_verb *verb, const cli_option *options,
                 const cli_option *o, const char *value)
{
    switch (o->kind) {
    case CLI_ARG_FLAG:
        if (strcmp(o->name, "help") == 0)
            show_help(verb, options);
        else if (strcmp(o->name, "quiet") == 0)
            cli_set_quiet(1);
        else
            *(int *)o->target = 1;
        break;
    case CLI_ARG_TEXT:
        *(const char **)o->target = value;
        break;
    case CLI_ARG_COUNT:
        *(size_t *)o->target = parse_count(o->name, value);
        break;
    case CLI_ARG_NUMBER:
        *(double *)o->target = parse_number(o->name, value);
        break;
    case CLI_ARG_SET:
        cli_settings_add(o->target, value);
        break;
    case CLI_ARG_SETTING:
        cli_settings_add_named(o->target, o->name, o->setting, value);
        break;
    case CLI_ARG_SWITCH:
        cli_settings_add_named(o->target, o->name, o->setting, "1");
        break;
    case CLI_ARG_FIELD:
        cli_fields_add(o->target, value);
        break;
    case CLI_ARG_TEXT_FIELD:
        cli_fields_add_text(o->target, value);
        break;
    }
}

/* ------------------------------------------------------------------------- */
/* Arguments                                                                 */
/* ------------------------------------------------------------------------- */

/* The option of argv[i], which begins with a dash; *value: what is attached. */
static const cli_option *find(const cli_option *options, const char *argument,
                              const char **value)
{
    *value = NULL;
    if (argument[1] != '-') { /* -k 10 or -k10 */
        for (const cli_option *o = options; o->name; o++)
            if (o->name[1] == '\0' && o->name[0] == argument[1]) {
                *value = argument[2] ? argument + 2 : NULL;
                return o;
            }
        return NULL;
    }
    size_t const size = strcspn(argument + 2, "=");
    if (argument[2 + size] == '=') *value = argument + 2 + size + 1;
    for (const cli_option *o = options; o->name; o++)
        if (o->name[1] && strlen(o->name) == size &&
            strncmp(o->name, argument + 2, size) == 0)
            return o;
    return NULL;
}

static _Noreturn void fail_unknown(const cli_option *options, char *argument)
{
    const char *closest = NULL;
    size_t distance = CLI_SUGGEST_NONE;

    argument[strcspn(argument, "=")] = '\0';
    for (const cli_option *o = options; o->name; o++)
        cli_suggest(argument + strspn(argument, "-"), o->name, &closest,
                    &distance);
    if (closest)
        cli_usage_error("there is no option %s; did you mean %s%s?", argument,
                        closest[1] ? "--" : "-", closest);
    cli_usage_error("there is no option %s", argument);
}

/* The names of the verb's options: its table does not live as long. */
static const char **known;
static size_t known_count;

static void remember(const cli_option *options)
{
    size_t capacity = 0;

    for (const cli_option *o = options; o->name; o++) {
        known = cli_grow(known, known_count, &capacity, sizeof *known);
        known[known_count++] = o->name;
    }
}

int cli_has_option(const char *name)
{
    for (size_t i = 0; i < known_count; i++)
        if (strcmp(known[i], name) == 0) return 1;
    return known_count == 0;
}

int cli_parse(const cli_verb *verb, const cli_option *options, int argc,
              char **argv, int takes_rest)
{
    int rest = 0;

    remember(options);
    for (int i = 0; i < argc; i++) {
        const char *value;
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc) argv[rest++] = argv[i];
            break;
        }
        if (argv[i][0] != '-' || argv[i][1] == '\0') {
            argv[rest++] = argv[i];
            continue;
        }
        const cli_option *const o = find(options, argv[i], &value);
        if (!o) fail_unknown(options, argv[i]);
        if (o->value && !value && ++i < argc) value = argv[i];
        if (o->value && !value)
            cli_usage_error("%s%s %s: the value is missing",
                            o->name[1] ? "--" : "-", o->name, o->value);
        if (!o->value && value) cli_usage_error("--%s takes no value", o->name);
        take(verb, options, o, value);
    }
    if (rest > 0 && !takes_rest)
        cli_usage_error("'%s' is not understood here", argv[0]);
    return rest;
}

void cli_require(const char *value, const char *option)
{
    if (!value) cli_usage_error("%s is missing", option);
}
