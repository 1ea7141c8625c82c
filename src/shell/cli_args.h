/*
 * cli_args.h: the arguments of a verb, and what messages may advise, from the
 * table of its options (cli_option.h).
 *
 * --name value, --name=value, -k value, -kvalue; "--" ends the options. What is
 * not understood ends the command with status 2 and a suggestion.
 */
#ifndef CLI_ARGS_H
#define CLI_ARGS_H

#include "shell/cli_option.h"

/*
 * Reads argv[0 .. argc) by the tables into their structs; --quiet and --help
 * (cli_help.h) are known to every verb. Arguments that are not options are
 * moved to the front of argv, and their number is the result; if the verb takes
 * none (`takes_rest` is 0), one is an error.
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
