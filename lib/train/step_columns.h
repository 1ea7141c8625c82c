/* step_columns.h: the items that a step scores its queries against: those of
 * its pairs, then their explicit negatives, then mined ones, then random ones
 * of the catalogue. */
#ifndef SM_STEP_COLUMNS_H
#define SM_STEP_COLUMNS_H

#include "common/rng.h"
#include "train/batch_source.h"

typedef struct sm_step_columns {
    size_t count, capacity;
    uint32_t *rows;       /* of the store's items */
    uint32_t *numbers;    /* of its identities */
    float *probabilities; /* as given */
} sm_step_columns;

void sm_step_columns_free(sm_step_columns *columns);

/*
 * Of the pairs batch[count], which are the pairs rows[count], with their
 * negatives in the store, those that were mined for them, and `random` ones
 * drawn uniformly, with repeats, from the catalogue or, without one, from the
 * pairs' items.
 */
sm_status sm_step_columns_gather(sm_step_columns *columns,
                                 const sm_pair_store *store, const size_t *rows,
                                 const sm_pair *batch, size_t count,
                                 size_t random, sm_batch_source source,
                                 sm_rng *rng);

/* A hash of column j's item that does not depend on what else was added. */
uint64_t sm_step_columns_hash(const sm_step_columns *columns,
                              const sm_pair_store *store, size_t j);

#endif
