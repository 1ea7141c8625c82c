/*
 * cli_quiet.h: whether --quiet was given. cli_args sets it while it reads the
 * arguments; notes and the progress bar ask it before they write a line.
 */
#ifndef CLI_QUIET_H
#define CLI_QUIET_H

/* No notes and no progress bar; failures are always told. */
void cli_set_quiet(int quiet);
int cli_quiet(void);

#endif
