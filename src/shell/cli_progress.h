/*
 * cli_progress.h: one line on stderr that shows how far the work is.
 *
 * It is drawn only on a terminal and not when quiet, at most ten times a
 * second, each time in one write, and is cleared before anything else is said.
 */
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

/* "label [====>    ] details", with share 0 .. 1 of the bar filled. */
void cli_progress_draw(const char *label, double share, const char *details);

/* Takes the line away, if there is one. */
void cli_progress_clear(void);

/* Seconds of a clock that only runs forward. */
double cli_seconds(void);

#endif
