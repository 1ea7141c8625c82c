/* serve_log.h: what a server tells while it runs: lines on standard error with
 * the time, none with --quiet. */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

/* One line, whole, whichever threads write at once. */
void serve_log(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
