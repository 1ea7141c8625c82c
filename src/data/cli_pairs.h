/*
 * cli_pairs.h: training pairs (query, item) and the items beside them, as they
 * were read. cli_pairs_file fills them from CSV files by what cli_positives
 * says of each row; cli_pairs_texts and cli_pairs_model hand them to the
 * library.
 */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "shell/cli_strings.h"
#include "data/cli_columns.h"
#include "data/cli_fields.h"
#include "data/cli_items.h"
#include "data/cli_relevance.h"

/* A row of the data. */
typedef struct cli_pair {
    uint32_t item, query, id; /* row of items, of queries, number of the id */
    uint32_t positive;        /* of a negative: the pair that it belongs to */
    double relevance;
} cli_pair;

typedef struct cli_pairs {
    cli_items items;     /* of all rows and of the catalogue */
    cli_strings ids;     /* distinct item ids of all of them */
    cli_strings queries; /* distinct queries of the positives */
    cli_pair *list;      /* [count] positives */
    size_t count;
    cli_pair *low; /* [low_count] negatives, by `positive`, then as they came */
    size_t low_count;
    int weighs;
    int is_streamed; /* pairs and queries are counted, and not there */
    size_t rows, skipped;
    size_t catalogue_rows;         /* read from the catalogue's file */
    int has_catalogue;             /* all items are the trainer's catalogue */
    char *row_numbers;             /* a column that numbers the rows, or NULL */
    cli_relevance relevance;       /* of all rows; empty without relevance */
    cli_threshold threshold;       /* of positives: that was found or given */
    char *min_relevance;           /* its name, or the number that is it */
    char *columns[CLI_ROLE_COUNT]; /* names of those that were read, or NULL */
    const cli_fields *fields;      /* the source's */
} cli_pairs;

/* A zeroed struct has none. */
void cli_pairs_free(cli_pairs *pairs);

/* The columns, counts of rows, positives and items, and of each relevance. */
void cli_pairs_tell(const cli_pairs *pairs);

/* Whether items are told apart by ids. */
int cli_pairs_have_ids(const cli_pairs *pairs);

/* Whether every row is a positive, whatever its relevance. */
int cli_pairs_take_all(const cli_pairs *pairs);

#endif
