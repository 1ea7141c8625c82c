/*
 * cli_terminal.h: what a stream of the process is to a person: whether it is a
 * terminal, how wide, and in which colours it is written.
 */
#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stddef.h>

typedef enum cli_color {
    CLI_PLAIN, /* ends the others */
    CLI_BOLD,
    CLI_DIM,
    CLI_RED,
    CLI_YELLOW,
    CLI_CYAN
} cli_color;

/* Whether the file is a terminal that can move its cursor: by TERM, which is
 * neither missing nor "dumb". */
int cli_terminal_moves(int file);

/* Its width in columns, asked anew each time, since windows change: of the
 * terminal, else of COLUMNS, else 80. */
size_t cli_terminal_columns(int file);

/* Takes "auto", "always" or "never"; 0 for another word. Auto is the default:
 * colours where the file is a terminal that can, and the variable NO_COLOR is
 * missing or empty. */
int cli_terminal_set_color(const char *when);

/* What turns the colour on in that file, or nothing. */
const char *cli_terminal_color(int file, cli_color color);

#endif
