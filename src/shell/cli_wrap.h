/* cli_wrap.h: words on lines of a width, for help. */
#ifndef CLI_WRAP_H
#define CLI_WRAP_H

/* Prints words on standard output where `at` columns are written: they begin,
 * and later lines too, at `indent`, or behind what is longer; lines end before
 * `width`. */
void cli_wrap_print(const char *text, int at, int indent, int width);

#endif
