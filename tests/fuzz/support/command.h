/* command.h: the readers of the command, called in a fuzz target's process:
 * where the command would end, a run ends, and what it left behind is taken
 * back. The build wraps malloc, fopen and their kin for that. */
#ifndef COMMAND_H
#define COMMAND_H

/* What the last run said last. */
const char *command_message(void);

#define FUZZ_ACCOUNT command_message()
#include "fuzz/support/fuzz.h"
#include "fuzz/support/memory_file.h"

/* As cli_fail and cli_usage_error end the command. */
enum { COMMAND_DONE = 0, COMMAND_FAILED = 1, COMMAND_USAGE = 2 };

/* Calls work(user). One that comes to its end must have freed all it took. */
int command_run(void (*work)(void *user), void *user);

#endif
