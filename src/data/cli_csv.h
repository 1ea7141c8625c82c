/*
 * cli_csv.h: rows of a CSV file (RFC 4180) with a header, one at a time.
 *
 * Fields are separated by the delimiter that splits the header and the first
 * rows alike. They may be quoted and then hold line ends; white space is kept
 * as it is. Blank lines are passed over. A row is bad if it has more or fewer
 * fields than the header, a NUL byte or a stray quote, or if the caller says
 * so; it ends the command, or is told and counted, and reading goes on behind
 * the line on which it began.
 *
 * Not every file quotes. In one of tabs whose header has no quotes, and where a
 * quoted field would run over a line that is a row by itself, quotes are text,
 * and a note says so; but the line that closes a row's first field is its rest.
 * Where such a field is closed nowhere, too, if the line is a
 * row without its quotes.
 */
#ifndef CLI_CSV_H
#define CLI_CSV_H

#include <siamese/siamese.h>

#include "data/cli_reader.h"

typedef struct cli_csv cli_csv;

/* The values of --on-bad-row, --delimiter, --quoting and --entities; NULL: the
 * default. */
typedef struct cli_csv_rules {
    const char *on_bad_row, *delimiter, *quoting, *entities;
} cli_csv_rules;

cli_csv *cli_csv_open(const char *path, cli_encoding encoding,
                      const cli_csv_rules *rules);

/* Tells how many rows were skipped, if any. */
void cli_csv_close(cli_csv *csv);

const char *cli_csv_name(const cli_csv *csv);

/* Names of the columns. */
size_t cli_csv_column_count(const cli_csv *csv);
const siamese_text *cli_csv_header(const cli_csv *csv);

/*
 * The cells of this column are texts: HTML's entities are decoded in them,
 * unless --entities keep says otherwise. To be called before the first row.
 */
void cli_csv_is_text(cli_csv *csv, int column);

/*
 * The next good row, of as many fields as the header; NULL after the last. The
 * bytes are good until the next call.
 */
const siamese_text *cli_csv_next(cli_csv *csv);

/* Rejects the last row: fails, or tells and counts it, as --on-bad-row says. */
void cli_csv_reject(cli_csv *csv, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Good and bad rows so far. */
size_t cli_csv_row_count(const cli_csv *csv);
size_t cli_csv_skipped(const cli_csv *csv);

#endif
