/*
 * cli_signal.h: an interrupt ends the command without leaving anything half
 * done.
 *
 * Three ways, by what is going on: ordinarily the unfinished outputs are
 * removed and the process ends by the signal; in a stretch of work that can be
 * cancelled the signal only raises a flag; in a stretch that must not be cut
 * (the saving of a model) it waits until the end of it.
 */
#ifndef CLI_SIGNAL_H
#define CLI_SIGNAL_H

/* Handles SIGINT, SIGTERM, SIGHUP and SIGPIPE from now on; a file that grows
 * too large is an error of its write, no SIGXFSZ. */
void cli_signal_install(void);

/* Signals raise the flag instead of ending the process, until turned off. */
void cli_signal_set_cancellable(int on);

/* Whether the flag was raised. */
int cli_signal_raised(void);

void cli_signal_hold(void);
void cli_signal_release(void);

#endif
