/* cli_cell.h: a cell of a CSV file, as RFC 4180 has it. */
#ifndef CLI_CELL_H
#define CLI_CELL_H

#include <stdio.h>
#include <siamese/siamese.h>

/* Writes the text, in quotes where it must be. */
void cli_cell_put(FILE *out, siamese_text text);

#endif
