/*
 * cli_args.h: the arguments of a verb and its --help, both from one table.
 *
 * --name value, --name=value, -k value, -kvalue; "--" ends the options. What is
 * not understood ends the command with status 2 and a suggestion.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H


typedef enum cli_kind {
    CLI_ARG_FLAG,      /* int: set to 1 */
    CLI_ARG_TEXT,      /* const char *: the value, which lives on */
    CLI_ARG_COUNT,     /* size_t */
    CLI_ARG_NUMBER,    /* double, finite */
    CLI_ARG_SET,       /* cli_settings: --set name=value */
    CLI_ARG_SETTING,   /* cli_settings: --epochs 3 for --set epochs=3 */
    CLI_ARG_SWITCH,    /* cli_settings: --exact for --set exact=1 */
    CLI_ARG_FIELD,     /* cli_fields: --field COLUMN=KIND */
    CLI_ARG_TEXT_FIELD /* cli_fields: --text-column COLUMN */
} cli_kind;

typedef struct cli_option {
    const char *name; /* without the dashes; NULL ends the table */
    cli_kind kind;
    void *target;
    const char *value; /* what the value is, in the help; NULL for a flag */
    const char *help;
    const char *setting; /* the library's name, for CLI_ARG_SETTING */
} cli_option;

typedef struct cli_verb {
    const char *name;
    const char *synopsis; /* behind the name */
    const char *summary;  /* one line */
    const char *details;  /* paragraphs, or NULL */
    int (*run)(const struct cli_verb *verb, int argc, char **argv);
} cli_verb;

/* The options that every verb has. */
#define CLI_COMMON_OPTIONS                                                     \
    {"quiet", CLI_ARG_FLAG, NULL, NULL, "no notes, no progress bar", NULL},    \
        {"help", CLI_ARG_FLAG, NULL, NULL, "show this help", NULL},            \
    {                                                                          \
        NULL, CLI_ARG_FLAG, NULL, NULL, NULL, NULL                             \
    }

/* Those of a verb that reads CSV files: `rules` of all of them. */
#define CLI_CSV_OPTIONS(rules)                                                 \
    {"on-bad-row", CLI_ARG_TEXT, &(rules).on_bad_row, "fail|skip",             \
     "what to do about bad rows; default fail", NULL},                         \
        {"delimiter", CLI_ARG_TEXT, &(rules).delimiter, "CHARACTER",           \
         "of CSV files, or its name: tab, comma, semicolon, pipe; auto "       \
         "(default): the one that splits the header and the rows alike",       \
         NULL},                                                                \
    {                                                                          \
        "quoting", CLI_ARG_TEXT, &(rules).quoting, "auto|csv|none",            \
            "whether quotes enclose fields (csv) or are text (none); auto "    \
            "(default): text in a file of tabs, and where a quoted field "     \
            "would run over a line that is a row by itself",                   \
            NULL                                                               \
    }

/*
 * Reads argv[0 .. argc) by the table into the targets. Arguments that are not
 * options are moved to the front of argv, and their number is the result; if
 * the verb takes none (`takes_rest` is 0), one is an error.
 */
int cli_parse(const cli_verb *verb, const cli_option *options, int argc,
              char **argv, int takes_rest);

/*
 * Whether the verb that runs has this option, so that messages advise no other.
 * True before cli_parse, and of what runs without a verb.
 */
int cli_has_option(const char *name);

/* Fails with status 2 if a value that must be given is NULL. */
void cli_require(const char *value, const char *option);

#endif
