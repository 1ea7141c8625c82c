/*
 * cli_help.h: what --help says of a verb, all from the table of its options.
 *
 * --help is a screen: what the verb is for, its usual options, an example.
 * --help=settings has the rest, that is its other options, the library's
 * settings and presets; --help=all is everything, with the rules that options
 * refer to. --help=completion is the same for a shell (cli_completion.h).
 */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "shell/cli_option.h"

/* Shows it and ends the command; `what` is behind the = of --help, or NULL. */
_Noreturn void cli_help_show(const cli_verb *verb,
                             const cli_known_option *known, size_t count,
                             const char *what);

#endif
