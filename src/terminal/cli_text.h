/*
 * cli_text.h: texts in the columns of a terminal: how many they take, and as
 * much of them as fits.
 *
 * A text of a file may hold anything. What a terminal would obey is not shown
 * as it stands: white space is a blank, other control characters and bytes that
 * are not UTF-8 are U+FFFD, and marks that turn the direction of writing are
 * left out.
 */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdio.h>
#include <siamese/siamese.h>

/* Columns of the text as it is shown; wide characters take two. */
size_t cli_text_width(siamese_text text);

/*
 * Prints the text in at most `columns` columns; where it takes more, it ends
 * with an ellipsis, and never within what a reader takes for one character. The
 * columns that were printed.
 */
size_t cli_text_print(FILE *out, siamese_text text, size_t columns);

/* The same, and blanks up to `columns`. */
void cli_text_print_padded(FILE *out, siamese_text text, size_t columns);

#endif
