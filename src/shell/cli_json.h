/* cli_json.h: the figures of a verb as one line of JSON on standard output. */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <jansson.h>

#include "shell/cli_option.h"

/* The line without its end, to be freed; NULL: memory has run out. */
char *cli_json_text(const json_t *object);

/* A row of options: --csv, beside --json whose int it sets too, prints the same
 * figures as CSV. */
#define CLI_FIGURES_AS_CSV(type, member)                                       \
    {"csv",                                                                    \
     CLI_ARG_CALL,                                                             \
     CLI_MEMBER(int, type, member),                                            \
     NULL,                                                                     \
     "the same as CSV, with a header: name,value, or a column each",           \
     NULL,                                                                     \
     cli_json_take_csv,                                                        \
     NULL}
void cli_json_take_csv(void *prints, const char *unused);

/* Prints it, as CSV after --csv, and takes it. */
void cli_json_print(json_t *object);

#endif
