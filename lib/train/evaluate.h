/* evaluate.h: FactorizedTopK of towers over pairs and candidates: encodes them
 * in portions and counts, exactly, in memory that grows with their number and not
 * with its square. */
#ifndef SM_EVALUATE_H
#define SM_EVALUATE_H

#include "tower/tower.h"
#include "train/pair_store.h"

/* The distinct items of a store, each with how often it stands there. */
typedef struct sm_candidates {
    const sm_pair_store *store;
    size_t count;
    uint32_t *rows;         /* of store->items, by multiplicity ascending */
    uint64_t *multiplicity; /* [count] */
} sm_candidates;

sm_status sm_candidates_create(sm_candidates *candidates,
                               const sm_pair_store *store);
void sm_candidates_free(sm_candidates *candidates);

/* Called every few milliseconds with the share of the work that is done; a
 * failure ends the evaluation. */
typedef sm_status (*sm_evaluate_tick_fn)(void *context, double done);

typedef struct sm_evaluation {
    const siamese_tower *query, *item;
    sm_pool *pool;
    const sm_kernels *kernels;
    sm_evaluate_tick_fn tick;
    void *context;
} sm_evaluation;

/* Adds to hits[ks_count] how many of the pairs are hits at each k. */
sm_status sm_evaluate(const sm_evaluation *evaluation,
                      const sm_pair_store *pairs,
                      const sm_candidates *candidates, const size_t *ks,
                      size_t ks_count, uint64_t *hits);

/* The same for pairs whose queries are encoded: vectors[count][dim], and
 * items[count], rows of the candidates' store. */
sm_status sm_evaluate_batch(const sm_evaluation *evaluation, size_t count,
                            const float *vectors, const uint32_t *items,
                            const sm_candidates *candidates, const size_t *ks,
                            size_t ks_count, uint64_t *hits);

#endif
