/*
 * cli_csv_line.h: lines to fields: by libcsv, which knows quotes, or at each
 * delimiter where quotes are text. cli_csv calls it for each line.
 */
#ifndef CLI_CSV_LINE_H
#define CLI_CSV_LINE_H

#include <csv.h>
#include <siamese/siamese.h>

/* Fields of a row: their bytes one behind the other, and where each ends. */
typedef struct cli_row {
    char *bytes;
    size_t size, bytes_capacity;
    size_t *ends;
    size_t count, ends_capacity;
    siamese_text *fields; /* [count], once the row is whole */
    size_t fields_capacity;
    int is_whole;
} cli_row;

typedef struct cli_csv_line {
    struct csv_parser parser;
    unsigned char delimiter;
    int is_begun; /* the parser is in a row */
    cli_row row;
} cli_csv_line;

void cli_csv_line_free(cli_csv_line *line);
void cli_row_free(cli_row *row);

/* Begins a row anew. */
void cli_csv_line_begin(cli_csv_line *line);

/*
 * Adds a line to the row, which is whole then unless a quote is open; 0 if its
 * quotes are wrong. A quote inside a field that is not quoted ('12" pipe') is
 * no danger and is taken as it stands.
 */
int cli_csv_line_add(cli_csv_line *line, const char *text, size_t size);

/* The same at the end of the file: 0 if a quote is open. */
int cli_csv_line_end(cli_csv_line *line);

/* A whole row of this line, quotes being text. */
void cli_csv_line_split(cli_csv_line *line, const char *text, size_t size);

/* Makes the line a whole row by itself; with quotes as text if they are
 * wrong. */
void cli_csv_line_alone(cli_csv_line *line, const char *text, size_t size);

#endif
