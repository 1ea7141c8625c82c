/*
 * cli_pairs_file.h: training pairs from a CSV file of judgements, and the items
 * of a catalogue beside them: from what the user says of the files to
 * cli_pairs. The verbs that learn from data, or measure learning, call it.
 */
#ifndef CLI_PAIRS_FILE_H
#define CLI_PAIRS_FILE_H

#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "data/cli_fields.h"
#include "data/cli_pairs.h"
#include "data/cli_positives.h"

/* What --data, --encoding, --query-column and so on say. */
typedef struct cli_pairs_source {
    const char *data, *encoding;
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

/*
 * Reads the data, if there is any, and the catalogue, if there is one. A
 * relevance that is neither a finite number nor a word for one makes a bad row.
 * Fails if there is no positive in the data.
 */
void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source);

#endif
