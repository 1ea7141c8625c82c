/*
 * cli_held_lines.h: lines of a file that may be read again: those of the row
 * that is being read, and those behind it that were seen already. Between
 * cli_reader, which gives each line once, and cli_csv, which looks ahead.
 */
#ifndef CLI_HELD_LINES_H
#define CLI_HELD_LINES_H

#include "data/cli_reader.h"

#include <siamese/siamese.h>

typedef struct cli_held_lines {
    char *bytes;
    size_t size, bytes_capacity;
    struct cli_held_line {
        size_t begin, size, number;
    } *list;
    size_t count, capacity;
    size_t first, next; /* of the row; to be given */
} cli_held_lines;

/* A row begins with the next line: those before it are forgotten. */
void cli_held_begin(cli_held_lines *lines);

/* The next line with its end, good until the next call; 0 after the last. */
int cli_held_next(cli_held_lines *lines, cli_reader *reader,
                  siamese_text *line);

/* The number of that line in the file. */
size_t cli_held_number(const cli_held_lines *lines);

/* The next lines that are not blank, at most `most`, which stay to be given. */
size_t cli_held_peek(cli_held_lines *lines, cli_reader *reader,
                     siamese_text *list, size_t most);

/* The first line of the row; what follows it is given again. */
siamese_text cli_held_first(const cli_held_lines *lines);
void cli_held_rewind(cli_held_lines *lines);

/* Whether the lines of the row so far have this text. */
int cli_held_has(const cli_held_lines *lines, const char *text);

void cli_held_free(cli_held_lines *lines);

#endif
