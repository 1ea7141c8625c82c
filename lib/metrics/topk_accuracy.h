/* topk_accuracy.h: FactorizedTopK of towers over pairs and candidates: encodes
 * them in portions and counts, exactly, in memory that grows with their number
 * and not with its square. */
#ifndef SM_TOPK_ACCURACY_H
#define SM_TOPK_ACCURACY_H

#include "tower/tower.h"
#include "metrics/candidate_rows.h"
#include "metrics/tie_counts.h"

/* Called every few milliseconds with the share of the work that is done; a
 * failure ends the evaluation. */
typedef sm_status (*sm_topk_accuracy_tick_fn)(void *context, double done);

typedef struct sm_topk_accuracy_run {
    const siamese_tower *query, *item;
    sm_pool *pool;
    const sm_kernels *kernels;
    sm_topk_accuracy_tick_fn tick;
    void *context;
} sm_topk_accuracy_run;

/* The k that training measures at. */
extern const size_t sm_topk_ks[SIAMESE_TOPK_COUNT];

/* Pairs to measure, as whoever keeps them lends them. */
typedef struct sm_topk_pairs {
    size_t count;
    const sm_text_rows *queries;
    const sm_text_rows
        *items; /* of the pairs' own; the candidates' or others */
    const uint32_t *query_rows; /* [count] of queries */
    const uint32_t *own;        /* [count] rows of items, or, by id, groups of
                                   the candidates */
} sm_topk_pairs;

/*
 * Adds to hits[ks_count] how many of the pairs are hits at each k. By id, the
 * best of the candidates of the pair's id is its own, and without one it is a
 * miss. A tie is a hit if ties is NULL, as TFRS has it, else a miss.
 */
sm_status sm_topk_accuracy(const sm_topk_accuracy_run *evaluation,
                           const sm_topk_pairs *pairs,
                           const sm_candidates *candidates, const size_t *ks,
                           size_t ks_count, uint64_t *hits, sm_ties *ties);

/* The same for pairs whose own items are candidates and whose queries are
 * encoded: vectors[count][dim]; own[count]: rows of the candidates' items, or
 * their groups. The candidates' rows are kept from one batch to the next. */
sm_status sm_topk_accuracy_batch(const sm_topk_accuracy_run *evaluation,
                                 size_t count, const float *vectors,
                                 const uint32_t *own,
                                 const sm_candidate_rows *candidates,
                                 const size_t *ks, size_t ks_count,
                                 uint64_t *hits);

#endif
