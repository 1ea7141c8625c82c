/*
 * cli_pairs_source.h: what the user says of the files of training pairs, from
 * the options of a verb to who reads them.
 */
#ifndef CLI_PAIRS_SOURCE_H
#define CLI_PAIRS_SOURCE_H

#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "data/cli_fields.h"
#include "data/cli_paths.h"
#include "data/cli_positives.h"

/* What --data, --encoding, --query-column and so on say. */
typedef struct cli_pairs_source {
    const char *data; /* the first file; NULL: there is none */
    cli_paths files;  /* all of them; empty: the first alone */
    const char *encoding;
    cli_csv_rules csv;
    const char *columns[CLI_ROLE_COUNT]; /* named ones; NULL: by name lists */
    const char *trained[CLI_ROLE_COUNT]; /* of the model that is resumed */
    const char *row_numbers; /* what numbered the rows of its data, or NULL */
    cli_grades grades;
    int ignores_ids;
    cli_fields fields;     /* of items, beside their title */
    const char *catalogue; /* a file of items, or NULL */
    const char *catalogue_encoding;
    const char *catalogue_columns[CLI_ROLE_COUNT]; /* of id and item */
} cli_pairs_source;

#endif
