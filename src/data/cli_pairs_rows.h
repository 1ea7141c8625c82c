/*
 * cli_pairs_rows.h: the rows of all files of judgements, one after the other,
 * with the columns that were found in the first. cli_pairs_file reads them
 * once, cli_pairs_stream in each epoch.
 */
#ifndef CLI_PAIRS_ROWS_H
#define CLI_PAIRS_ROWS_H

#include "data/cli_item_rows.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_source.h"

typedef struct cli_pairs_rows {
    const cli_pairs_source *source;
    cli_pairs *pairs; /* whose columns and threshold they are */
    size_t file;      /* that is read */
    cli_csv *csv;
    int columns[CLI_ROLE_COUNT];
    cli_item_rows items;
    const siamese_text *row; /* the last one */
    double relevance;        /* of it; 0 without a column */
    size_t count, skipped;   /* of the files that were read */
} cli_pairs_rows;

/* Opens the first file; its columns are found unless the pairs have them. */
void cli_pairs_rows_begin(cli_pairs_rows *rows, const cli_pairs_source *source,
                          cli_pairs *pairs);

/* The next good row, or 0 behind the last of the last file; a file that lacks a
 * column of the first ends the command. */
int cli_pairs_rows_next(cli_pairs_rows *rows);
void cli_pairs_rows_end(cli_pairs_rows *rows);

/* The row's cell of a role, which has a column. */
siamese_text cli_pairs_rows_cell(const cli_pairs_rows *rows, cli_role role);

#endif
