/*
 * cli_args.h: the arguments of a verb, its --help, and what messages may
 * advise, all from one table of its options.
 *
 * --name value, --name=value, -k value, -kvalue; "--" ends the options. What is
 * not understood ends the command with status 2 and a suggestion. An option is
 * one row: its name, the member of the verb's struct that it fills, and its
 * help. A verb has one table, or one for each part of its job.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include <stddef.h>

#include "shell/cli_settings.h"

typedef enum cli_kind {
    CLI_ARG_FLAG,    /* int: set to 1 */
    CLI_ARG_TEXT,    /* const char *: the value, which lives on */
    CLI_ARG_COUNT,   /* size_t */
    CLI_ARG_NUMBER,  /* double, finite */
    CLI_ARG_SET,     /* cli_settings: --set name=value */
    CLI_ARG_SETTING, /* cli_settings: --epochs 3 for --set epochs=3 */
    CLI_ARG_SWITCH,  /* cli_settings: --exact for --set exact=1 */
    CLI_ARG_CALL     /* take(target, value) reads it */
} cli_kind;

typedef struct cli_option {
    const char *name; /* without the dashes; NULL ends the table */
    cli_kind kind;
    size_t offset;     /* of the target in the struct that is filled */
    const char *value; /* what the value is, in the help; NULL for a flag */
    const char *help;
    const char *setting; /* the library's name, for CLI_ARG_SETTING */
    void (*take)(void *target, const char *value);
} cli_option;

/* A table and the struct that it fills. */
typedef struct cli_options {
    const cli_option *list; /* NULL ends the tables */
    void *target;
} cli_options;

/* The rows of a table: the member must be of the kind's type. */
#define CLI_MEMBER(of, type, member)                                           \
    _Generic(&((type *)NULL)->member, of *: offsetof(type, member))
#define CLI_FLAG(name, type, member, help)                                     \
    {name, CLI_ARG_FLAG, CLI_MEMBER(int, type, member), NULL, help, NULL, NULL}
#define CLI_TEXT(name, type, member, value, help)                              \
    {name, CLI_ARG_TEXT, CLI_MEMBER(const char *, type, member),               \
     value, help,        NULL,                                                 \
     NULL}
#define CLI_COUNT(name, type, member, value, help)                             \
    {name, CLI_ARG_COUNT, CLI_MEMBER(size_t, type, member),                    \
     value, help,         NULL,                                                \
     NULL}
#define CLI_NUMBER(name, type, member, value, help)                            \
    {name, CLI_ARG_NUMBER, CLI_MEMBER(double, type, member),                   \
     value, help,          NULL,                                               \
     NULL}
#define CLI_SETTING(name, type, member, value, help, setting)                  \
    {name, CLI_ARG_SETTING, CLI_MEMBER(cli_settings, type, member),            \
     value, help,           setting,                                           \
     NULL}
#define CLI_SWITCH(name, type, member, help, setting)                          \
    {name, CLI_ARG_SWITCH, CLI_MEMBER(cli_settings, type, member),             \
     NULL, help,           setting,                                            \
     NULL}
#define CLI_CALL(name, type, member, value, help, take)                        \
    {name, CLI_ARG_CALL, offsetof(type, member), value, help, NULL, take}
#define CLI_END {NULL, CLI_ARG_FLAG, 0, NULL, NULL, NULL, NULL}

/* Rows that many verbs have. */
#define CLI_SET(type, member)                                                  \
    {"set",                                                                    \
     CLI_ARG_SET,                                                              \
     CLI_MEMBER(cli_settings, type, member),                                   \
     "NAME=VALUE",                                                             \
     "any setting of the library, see below",                                  \
     NULL,                                                                     \
     NULL}
#define CLI_THREADS(type, member)                                              \
    CLI_SETTING("threads", type, member, "N", "default: one a processor",      \
                "threads")

typedef struct cli_verb {
    const char *name;
    const char *synopsis; /* behind the name */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs, or NULL */
    int (*run)(const struct cli_verb *verb, int argc, char **argv);
} cli_verb;

/*
 * Reads argv[0 .. argc) by the tables into their structs; --quiet and --help
 * are known to every verb. Arguments that are not options are moved to the
 * front of argv, and their number is the result; if the verb takes none
 * (`takes_rest` is 0), one is an error.
 */
int cli_parse(const cli_verb *verb, const cli_options *tables, int argc,
              char **argv, int takes_rest);

/*
 * Whether the verb that runs has this option, so that messages advise no other.
 * True before cli_parse, and of what runs without a verb.
 */
int cli_has_option(const char *name);

/* Fails with status 2 if a value that must be given is NULL. */
void cli_require(const char *value, const char *option);

#endif
