/*
 * cli_reader.h: text files of any encoding as lines of UTF-8, gzip or not.
 *
 * The encoding is taken at its word: a byte that cannot be of it ends the
 * command with a message that names file, line and byte. But a byte order mark
 * of UTF-16 or UTF-32 is believed where UTF-8 was expected.
 */
#ifndef CLI_READER_H
#define CLI_READER_H

#include <stddef.h>

typedef struct cli_reader cli_reader;

/* The encoding of a file, and the option that names it, without dashes. */
typedef struct cli_encoding {
    const char *name;   /* NULL: UTF-8 */
    const char *option; /* NULL: none does, the file must be UTF-8 */
} cli_encoding;

#define CLI_UTF8 ((cli_encoding){NULL, NULL})

/* "-" is standard input. */
cli_reader *cli_reader_open(const char *path, cli_encoding encoding);
void cli_reader_close(cli_reader *reader);

/* Messages call the file at this path, which stays, standard input. */
void cli_reader_copies_stdin(const char *path);

/*
 * The next line with its end (LF, CR LF, or a CR alone), without a byte order
 * mark; 0 after the last. The bytes are good until the next call.
 */
int cli_reader_next(cli_reader *reader, const char **line, size_t *size);

/* The same without its end. */
int cli_reader_next_text(cli_reader *reader, const char **line, size_t *size);

/* The number of that line, from 1; a CR alone counts only where no LF is. */
size_t cli_reader_line(const cli_reader *reader);

/* Fails unless the text, an argument called `what`, is UTF-8. */
void cli_check_utf8(const char *what, const char *text);

/* Fails, with "WHAT 2: ...", unless each of these arguments is UTF-8. */
void cli_check_arguments(const char *what, int count, char **texts);

/* What messages call the file at a path. */
const char *cli_reader_name_of(const char *path);

/* The name for messages. */
const char *cli_reader_name(const cli_reader *reader);

#endif
