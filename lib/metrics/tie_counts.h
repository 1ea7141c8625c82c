/* tie_counts.h: hits where a tie is a miss: how many candidates score as much
 * as a pair's own item, beside those that score more. */
#ifndef SM_TIE_COUNTS_H
#define SM_TIE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

/* Ties of an evaluation in which other candidates that score the same as a
 * pair's own item count as higher. */
typedef struct sm_ties {
    /* with a pair that has such a tie below the largest k */
    uint64_t queries;
    bool is_nothing; /* no query tells its candidates apart */
} sm_ties;

/* The pairs of query q are offsets[q] .. offsets[q + 1] - 1. */
typedef struct sm_tied_pairs {
    size_t queries;
    const size_t *offsets;  /* [queries + 1] */
    const float *positives; /* [pairs] score of each one's own item */
    const uint64_t *copies; /* [pairs] candidates that are that item */
} sm_tied_pairs;

/*
 * What sm_topk_count is asked: of each pair how many candidates score more than
 * its item, and how many as much. The counts begin at `start`, less the item's
 * own copies in the second, which meets them: with a limit of start and the
 * largest k none of them goes below 0. Zeroed memory has none.
 */
typedef struct sm_tie_counts {
    size_t *offsets;   /* [queries + 1], of pairs of counts */
    float *thresholds; /* [pairs][2] */
    uint64_t *counts;  /* [pairs][2] */
    uint64_t start;
} sm_tie_counts;

sm_status sm_tie_counts_create(sm_tie_counts *counts,
                               const sm_tied_pairs *pairs);
void sm_tie_counts_free(sm_tie_counts *counts);

/* Adds the pairs' hits at each k to hits[ks_count]; candidates: all there
 * are. */
void sm_tie_counts_add_hits(const sm_tie_counts *counts,
                            const sm_tied_pairs *pairs, uint64_t candidates,
                            const size_t *ks, size_t ks_count, uint64_t *hits,
                            sm_ties *ties);

#endif
