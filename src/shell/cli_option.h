/*
 * cli_option.h: the options of a verb as a table, from which arguments are read
 * (cli_args.h), helped with (cli_help.h) and completed (cli_completion.h).
 *
 * An option is one row: its name, the member of the verb's struct that it
 * fills, and its help. A verb has one table, or one for each part of its job.
 */
#ifndef CLI_OPTION_H
#define CLI_OPTION_H

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
    const char *files; /* endings of the files that a value names: "csv tsv" */
} cli_option;

/* A table and the struct that it fills. */
typedef struct cli_options {
    const cli_option *list; /* NULL ends the tables */
    void *target;
} cli_options;

/* A row of a table, and what it fills. */
typedef struct cli_known_option {
    const cli_option *option;
    void *target;
} cli_known_option;

/* The rows of a table: the member must be of the kind's type. */
#define CLI_MEMBER(of, type, member)                                           \
    _Generic(&((type *)NULL)->member, of *: offsetof(type, member))
#define CLI_ROW(name, kind, offset, value, help)                               \
    {name, kind, offset, value, help, NULL, NULL, NULL}
#define CLI_FLAG(name, type, member, help)                                     \
    CLI_ROW(name, CLI_ARG_FLAG, CLI_MEMBER(int, type, member), NULL, help)
#define CLI_TEXT(name, type, member, value, help)                              \
    CLI_ROW(name, CLI_ARG_TEXT, CLI_MEMBER(const char *, type, member), value, \
            help)
#define CLI_COUNT(name, type, member, value, help)                             \
    CLI_ROW(name, CLI_ARG_COUNT, CLI_MEMBER(size_t, type, member), value, help)
#define CLI_NUMBER(name, type, member, value, help)                            \
    CLI_ROW(name, CLI_ARG_NUMBER, CLI_MEMBER(double, type, member), value, help)
#define CLI_SETTING(name, type, member, value, help, setting)                  \
    {name,  CLI_ARG_SETTING, CLI_MEMBER(cli_settings, type, member),           \
     value, help,            setting,                                          \
     NULL,  NULL}
#define CLI_SWITCH(name, type, member, help, setting)                          \
    {name, CLI_ARG_SWITCH, CLI_MEMBER(cli_settings, type, member),             \
     NULL, help,           setting,                                            \
     NULL, NULL}
#define CLI_CALL(name, type, member, value, help, take)                        \
    {name, CLI_ARG_CALL, offsetof(type, member), value, help, NULL, take, NULL}
#define CLI_END CLI_ROW(NULL, CLI_ARG_FLAG, 0, NULL, NULL)

/* A file, whose name ends as one of `files` says (CLI_FILES_*), mostly: what a
 * shell offers first. */
#define CLI_FILE(name, type, member, files, help)                              \
    {name,   CLI_ARG_TEXT, CLI_MEMBER(const char *, type, member),             \
     "FILE", help,         NULL,                                               \
     NULL,   files}
#define CLI_FILES_MODEL "siamese"
#define CLI_FILES_CSV "csv tsv csv.gz tsv.gz"
#define CLI_FILES_NPY "npy"
#define CLI_FILES_TEXT "txt tsv txt.gz tsv.gz"
#define CLI_FILES_RUN "run trec txt run.gz trec.gz txt.gz"

/* Rows that many verbs have. */
#define CLI_SET(type, member)                                                  \
    CLI_ROW("set", CLI_ARG_SET, CLI_MEMBER(cli_settings, type, member),        \
            "NAME=VALUE", "any setting of the library, see --help=settings")
#define CLI_THREADS(type, member)                                              \
    CLI_SETTING("threads", type, member, "N", "default: one a processor",      \
                "threads")

typedef struct cli_verb {
    const char *name;
    const char *synopsis; /* behind the name */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs of --help=all, or NULL */
    int (*run)(const struct cli_verb *verb, int argc, char **argv);
    const char *about;      /* a few lines of --help, or NULL */
    const char *often;      /* names of its options, by blanks; NULL: all */
    const char *example;    /* commands, or NULL */
    const char *rest;       /* what its arguments are, as an option's value */
    const char *rest_files; /* the endings of their files */
} cli_verb;

/* "--", or "-" of a name of one letter. */
const char *cli_option_dashes(const char *name);

#endif
