/* cli_judgements.h: queries and TREC qrels, checked against the items. */
#ifndef CLI_JUDGEMENTS_H
#define CLI_JUDGEMENTS_H

#include <stdint.h>

#include "cli_items.h"

typedef struct cli_judgement {
    uint32_t query; /* number of the query */
    uint32_t item;  /* number of the item's id */
    double grade;
} cli_judgement;

typedef struct cli_judgements {
    cli_strings ids;     /* distinct ids of the items */
    uint32_t *id_of_row; /* [items] the number of each row's id */
    size_t most_rows;    /* that share one id */
    cli_strings qids;
    siamese_text *queries; /* [qids.count] */
    cli_strings texts;     /* the bytes of the queries */
    size_t query_capacity;
    cli_judgement *list; /* by query, then item; one for each pair */
    size_t count, capacity;
    size_t *offsets; /* [qids.count + 1] where a query's begin in list */
} cli_judgements;

/*
 * queries: lines qid TAB query; qrels: lines qid 0 id grade. An id that is not
 * among the items, or a qid that is not among the queries, fails naming the
 * line. The last grade of a pair counts.
 */
void cli_judgements_read(cli_judgements *judgements, const cli_items *items,
                         const char *queries, const char *qrels);
void cli_judgements_free(cli_judgements *judgements);

#endif
