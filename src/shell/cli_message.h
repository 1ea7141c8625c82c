/*
 * cli_message.h: what the command says to people on stderr, and how it ends.
 *
 * Data goes to stdout and is no business of this file. A failure ends the
 * process: exit status 1 if the work failed, 2 if it was asked for wrongly;
 * unfinished outputs are removed on the way out.
 */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include <stddef.h>
#include <siamese/siamese.h>

#define CLI_PRINTF(place, first) __attribute__((format(printf, place, first)))

enum { CLI_EXIT_FAILED = 1, CLI_EXIT_USAGE = 2 };

/* The name that messages begin with and that hints refer to. */
void cli_set_verb(const char *verb);

/* One line of information, unless quiet. */
void cli_note(const char *format, ...) CLI_PRINTF(1, 2);

/* One line that a quiet user needs as well. */
void cli_warn(const char *format, ...) CLI_PRINTF(1, 2);

/* One line of what failed, where the command goes on. */
void cli_error(const char *format, ...) CLI_PRINTF(1, 2);

_Noreturn void cli_fail(const char *format, ...) CLI_PRINTF(1, 2);
_Noreturn void cli_usage_error(const char *format, ...) CLI_PRINTF(1, 2);

/* Fails with the library's own account of a status that is not 0. */
void cli_try(siamese_status status);

#endif
