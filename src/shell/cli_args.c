/* cli_args.c: argv and a table in, values out, or help, or an error with a
 * suggestion. For every verb. */
#include "shell/cli_args.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_help.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_quiet.h"
#include "shell/cli_suggest.h"
#include "shell/cli_terminal.h"

/* ------------------------------------------------------------------------- */
/* The options of the verb that runs                                         */
/* ------------------------------------------------------------------------- */

static void take_color(void *unused, const char *when)
{
    (void)unused;
    if (!cli_terminal_set_color(when))
        cli_usage_error("--color %s: auto, always or never is expected", when);
}

static const cli_option common_options[] = {
    {"color", CLI_ARG_CALL, 0, "auto|always|never",
     "auto (default): on a terminal, unless NO_COLOR is set", NULL, take_color,
     NULL},
    CLI_ROW("quiet", CLI_ARG_FLAG, 0, NULL, "no notes, no progress bar"),
    CLI_ROW("help", CLI_ARG_FLAG, 0, NULL,
            "--help=settings: the rest; --help=all: everything"),
    CLI_END};

static cli_known_option *known;
static size_t known_count, known_capacity;

static const cli_known_option *find(const char *name, size_t size)
{
    for (size_t i = 0; i < known_count; i++)
        if (strlen(known[i].option->name) == size &&
            strncmp(known[i].option->name, name, size) == 0)
            return &known[i];
    return NULL;
}

/* One that is known already is the verb's own, and stays: map has a --color. */
static void know(const cli_option *list, void *target)
{
    for (const cli_option *o = list; o->name; o++) {
        if (find(o->name, strlen(o->name))) continue;
        known = cli_grow(known, known_count, &known_capacity, sizeof *known);
        known[known_count++] =
            (cli_known_option){o, target ? (char *)target + o->offset : NULL};
    }
}

int cli_has_option(const char *name)
{
    return known_count == 0 || find(name, strlen(name));
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
    if (!isdigit((unsigned char)*text) || *end)
        cli_usage_error("%s%s %s: a whole number from 0 on is expected",
                        cli_option_dashes(name), name, text);
    if (errno || value > SIZE_MAX / 2)
        cli_usage_error("%s%s %s: is more than %zu", cli_option_dashes(name),
                        name, text, SIZE_MAX / 2);
    return (size_t)value;
}

static double parse_number(const char *name, const char *text)
{
    char *end;
    /* NOLINTNEXTLINE(clang-analyzer-core.*): this kind always has a value */
    double const value = strtod(text, &end);

    if (end == text || *end || !isfinite(value))
        cli_usage_error("%s%s %s: a number is expected",
                        cli_option_dashes(name), name, text);
    return value;
}

static void take(const cli_known_option *known_one, const char *value)
{
    const cli_option *const o = known_one->option;
    void *const target = known_one->target;

    switch (o->kind) {
    case CLI_ARG_FLAG:
        if (strcmp(o->name, "quiet") == 0)
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
static const cli_known_option *read_name(const char *argument,
                                         const char **value)
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
                        cli_option_dashes(closest), closest);
    cli_usage_error("there is no option %s", argument);
}

/* Reads the option at argv[i], and its value; the place of the last it took. */
static int read_option(const cli_verb *verb, int argc, char **argv, int i)
{
    const char *value;
    const cli_known_option *const found = read_name(argv[i], &value);

    if (!found) fail_unknown(argv[i]);
    const cli_option *const o = found->option;
    if (strcmp(o->name, "help") == 0)
        cli_help_show(verb, known, known_count, value);
    if (o->value && !value && ++i < argc) value = argv[i];
    if (o->value && !value)
        cli_usage_error("%s%s %s: the value is missing",
                        cli_option_dashes(o->name), o->name, o->value);
    if (!o->value && value) cli_usage_error("--%s takes no value", o->name);
    take(found, value);
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
