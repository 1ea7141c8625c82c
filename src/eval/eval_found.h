/*
 * eval_found.h: what a search found for each query, as a page shows it: the
 * first results, and where the judged items stand. The verbs feed it the
 * blocks that the figures are fed; a report reads it.
 */
#ifndef EVAL_FOUND_H
#define EVAL_FOUND_H

#include "eval/cli_judgements.h"
#include "eval/cli_metrics.h"

enum { EVAL_FOUND_FIRST = 5 };

typedef struct eval_found {
    const cli_judgements *judgements;
    double relevant; /* the lowest grade that is */
    size_t depth;    /* results that are looked at */
    uint32_t *ids;   /* [queries][EVAL_FOUND_FIRST] */
    double *scores;  /* the same */
    size_t *counts;  /* [queries] of them */
    uint32_t *ranks; /* [judgements] of the item; 0: not within depth */
    double *relevant_scores, *other_scores; /* of the results that are so */
    size_t relevant_count, other_count, relevant_capacity, other_capacity;
} eval_found;

void eval_found_begin(eval_found *found, const cli_judgements *judgements,
                      double relevant, size_t depth);
void eval_found_add(eval_found *found, const eval_block *block);
void eval_found_free(eval_found *found);

/* The rank of a query's first relevant item; 0: not within depth. */
size_t eval_found_rank(const eval_found *found, size_t query);

/* How many relevant items a query has, and, into *missed, how many of them are
 * not within depth. */
size_t eval_found_relevant(const eval_found *found, size_t query,
                           size_t *missed);

/*
 * The queries whose first relevant item stands lowest, not found at all before
 * others; of those alike that which misses more of them, then the earlier one.
 * Gives how many there are, at most `most`; the rest have it at rank 1.
 */
size_t eval_found_worst(const eval_found *found, size_t *queries, size_t most);

/* How many queries have their first relevant item at rank 1, 2 to 3, 4 to 10,
 * 11 to depth, and not within it, as JSON. */
json_t *eval_found_json(const eval_found *found);

#endif
