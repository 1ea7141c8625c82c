/*
 * cli_csv_dialect.h: how a CSV file is written: its delimiter, what quotes are.
 * From the header and the first rows to the rules by which cli_csv reads on.
 */
#ifndef CLI_CSV_DIALECT_H
#define CLI_CSV_DIALECT_H

#include "data/cli_csv_line.h"

typedef enum cli_quoting {
    CLI_QUOTING_AUTO,
    CLI_QUOTING_CSV, /* as RFC 4180 has them */
    CLI_QUOTING_NONE /* text */
} cli_quoting;

/* The values of --quoting and --delimiter; 0: it is to be found out. */
cli_quoting cli_quoting_of(const char *name);
unsigned char cli_delimiter_of(const char *name);

/*
 * Of comma, tab, semicolon and pipe the one that splits the header, lines[0],
 * and the lines behind it alike: into the most fields, weighed by the share of
 * lines that agree.
 */
unsigned char cli_delimiter_find(const siamese_text *lines, size_t count);

/*
 * What the fields of each column had in the rows so far, so that a line can be
 * told from a piece of prose, which has a blank behind its commas.
 */
typedef struct cli_csv_columns {
    unsigned char *seen; /* [count] */
    size_t count;
} cli_csv_columns;

/* Takes in the header: where a name begins with a blank, fields may. */
void cli_csv_columns_begin(cli_csv_columns *columns, const cli_row *header);

/* Takes in the first `count` fields of a row. */
void cli_csv_columns_see(cli_csv_columns *columns, const cli_row *row,
                         size_t count);

/* Whether a row could be one of them: numbers where there were numbers alone,
 * no blank before a field where there was none. */
int cli_csv_columns_fit(const cli_csv_columns *columns, const cli_row *row);
void cli_csv_columns_free(cli_csv_columns *columns);

#endif
