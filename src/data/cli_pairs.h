/* cli_pairs.h: training pairs (query, item) from a CSV file of judgements, and the
 * items of a catalogue beside them. */
#ifndef CLI_PAIRS_H
#define CLI_PAIRS_H

#include "shell/cli_strings.h"
#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "data/cli_fields.h"
#include "data/cli_items.h"
#include "data/cli_relevance.h"

/* What --data, --encoding, --query-column and so on say. */
typedef struct cli_pairs_source {
    const char *data, *encoding;
    cli_csv_rules csv;
    const char *columns[CLI_ROLE_COUNT]; /* named ones; NULL: by name lists */
    const char *trained[CLI_ROLE_COUNT]; /* of the model that is resumed */
    const char *row_numbers;   /* what numbered the rows of its data, or NULL */
    const char *min_relevance; /* a number, "auto", or "none" for all rows */
    const cli_threshold *threshold; /* the same, settled; or NULL */
    int ignores_ids;
    int weighs;            /* the relevance is a positive's weight */
    const char *negatives; /* rows of less relevance are negatives; or NULL */
    cli_fields fields;     /* of items, beside their title */
    const char *catalogue; /* a file of items, or NULL */
    const char *catalogue_encoding;
    const char *catalogue_columns[CLI_ROLE_COUNT]; /* of id and item */
} cli_pairs_source;

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

/*
 * Reads the data, if there is any, and the catalogue, if there is one. Rows whose
 * relevance is at least min_relevance are positives. A relevance that is neither
 * a finite number nor a word for one makes a bad row. Fails if there is no
 * positive in the data.
 */
void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source);
void cli_pairs_free(cli_pairs *pairs);

/* The columns, counts of rows, positives and items, and of each relevance. */
void cli_pairs_tell(const cli_pairs *pairs);

/* Whether items are told apart by ids. */
int cli_pairs_have_ids(const cli_pairs *pairs);

/* An empty vocabulary learns the positives' titles, their fields of text, then
 * their queries, then titles and fields of the catalogue's other items. */
void cli_pairs_count_tokens(const cli_pairs *pairs, siamese_vocab *vocab);

/* The same texts in that order, a text as often as it stands there; to be
 * freed, while the bytes stay the pairs'. */
siamese_text *cli_pairs_texts(const cli_pairs *pairs, size_t *count);

/* The values of field f of these items, 0 being the title, in the order they
 * come. */
void cli_pairs_values(const cli_pairs *pairs, size_t f, cli_strings *values);

/* Gives the positives, and the catalogue, to a trainer. */
void cli_pairs_add_to(const cli_pairs *pairs, siamese_trainer *trainer);

/* Gives them to a trainer to validate with, over the items of `training`, whose
 * ids they share; both have an id column, or neither. */
void cli_pairs_validate(const cli_pairs *pairs, const cli_pairs *training,
                        siamese_trainer *trainer);

#endif
