/* cli_pairs.h: training pairs (query, item) from a CSV file of judgements. */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "cli_columns.h"
#include "cli_items.h"
#include "cli_relevance.h"

/* What --data, --encoding, --query-column and so on say. */
typedef struct cli_pairs_source {
    const char *data, *encoding, *on_bad_row;
    const char *columns[CLI_ROLE_COUNT]; /* named ones; NULL: by name lists */
    const char *trained[CLI_ROLE_COUNT]; /* of the model that is resumed */
    const char *min_relevance;           /* a number, or "none" for all rows */
    cli_fields fields;                   /* of items, beside their title */
} cli_pairs_source;

typedef struct cli_pairs {
    cli_items items;     /* of all rows */
    cli_strings ids;     /* distinct item ids of all rows */
    cli_strings queries; /* distinct queries of the positives */
    uint32_t *item_rows; /* [count] positives: their item, query and item id */
    uint32_t *query_rows;
    uint32_t *id_rows;
    size_t count, capacity;
    size_t rows, skipped;
    cli_relevance relevance;       /* of all rows; empty without relevance */
    char *columns[CLI_ROLE_COUNT]; /* names of those that were read, or NULL */
    const cli_fields *fields;      /* the source's */
} cli_pairs;

/*
 * Rows whose relevance is at least min_relevance are positives. A relevance
 * that is no finite number makes a bad row. Fails if there is no positive.
 */
void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source);
void cli_pairs_free(cli_pairs *pairs);

/* Counts of rows, positives and items, and of each relevance. */
void cli_pairs_tell(const cli_pairs *pairs, const char *min_relevance);

/* An empty vocabulary learns the positives' titles, their fields of text, then
 * their queries. */
void cli_pairs_count_tokens(const cli_pairs *pairs, siamese_vocab *vocab);

/* The same texts in that order, a text as often as it stands there; to be
 * freed, while the bytes stay the pairs'. */
siamese_text *cli_pairs_texts(const cli_pairs *pairs, size_t *count);

/* The values of field f of the positives' items, 0 being the title, in the order
 * they come. */
void cli_pairs_values(const cli_pairs *pairs, size_t f, cli_strings *values);

/* Gives the positives to a trainer. */
void cli_pairs_add_to(const cli_pairs *pairs, siamese_trainer *trainer);

/* Gives them to a trainer to validate with, over the items of `training`, whose
 * ids they share; both have an id column, or neither. */
void cli_pairs_validate(const cli_pairs *pairs, const cli_pairs *training,
                        siamese_trainer *trainer);

#endif
