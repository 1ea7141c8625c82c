/*
 * cli_positives.h: which rows of rated data are positives, and which are
 * explicit negatives: from rows in the order of the file, and from what the
 * user says about relevance, to the lists of cli_pairs. cli_pairs_file calls
 * it.
 */
#ifndef CLI_POSITIVES_H
#define CLI_POSITIVES_H

#include "shell/cli_strings.h"
#include "data/cli_pairs.h"
#include "data/cli_relevance.h"

/* What --min-relevance and so on say. */
typedef struct cli_grades {
    const char *min_relevance; /* a number, "auto", or "none" for all rows */
    const cli_threshold *threshold; /* the same, settled; or NULL */
    int weighs;                     /* the relevance is a positive's weight */
    const char *negatives; /* rows of less relevance are negatives; or NULL */
} cli_grades;

/* Rows of the data, not parted yet. */
typedef struct cli_rated_rows {
    cli_strings queries; /* of all rows; a row's `query` is one of these */
    cli_pair *list;
    size_t count, capacity;
} cli_rated_rows;

/* What the grades say of the threshold, before a row is read. */
void cli_positives_settle(cli_pairs *pairs, const cli_grades *grades);

/* Without a column of relevance every row is a positive. */
void cli_positives_all(cli_pairs *pairs);

/* Whether a row of this relevance is a positive, once the threshold is
 * found. */
int cli_positives_has(const cli_pairs *pairs, double relevance);

/* Counts the positives by the relevances of all rows, and fails as
 * cli_positives_take does. */
void cli_positives_count(cli_pairs *pairs, const cli_grades *grades,
                         const char *file);

/*
 * Rows whose relevance is at least the threshold are positives. Fails, naming
 * the file, if there is none, or where grades are asked for and there are none.
 */
void cli_positives_take(cli_pairs *pairs, const cli_rated_rows *rows,
                        const cli_grades *grades, const char *file);

#endif
