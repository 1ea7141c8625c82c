/* step_pairs.h: the pairs of a training step, given and generated, drawn in
 * parallel, and the queries that the generated ones have. */
#ifndef SM_STEP_PAIRS_H
#define SM_STEP_PAIRS_H

#include "common/pool.h"
#include "train/batch_source.h"

/* Fragments that one task draws, one behind the other. */
typedef struct sm_fragment_part {
    char *bytes;
    size_t used, capacity;
    siamese_text *query; /* [query_fields], all empty but one */
} sm_fragment_part;

/* Reused from step to step. */
typedef struct sm_step_pairs {
    sm_pair *pairs; /* [count] */
    size_t *sizes;  /* [count]: of fragments; 0 of those that are a given query
                     * and of given pairs */
    size_t capacity;
    sm_text_rows fragments; /* the distinct ones that are no given query */
    sm_fragment_part *parts;
    size_t part_count;
} sm_step_pairs;

void sm_step_pairs_init(sm_step_pairs *step, size_t query_fields);
void sm_step_pairs_free(sm_step_pairs *step);

/*
 * The pairs of the batch. A generated one's query is a row of the store's
 * queries, or, if none is equal, queries.count + its row of the fragments. The
 * same for any number of threads.
 */
sm_status sm_step_pairs_read(sm_step_pairs *step, sm_pool *pool,
                             const sm_pair_store *store, const sm_batch *batch);

/* The texts of the i-th pair's query. */
void sm_step_pairs_query(const sm_step_pairs *step, const sm_pair_store *store,
                         size_t i, siamese_text *texts);

#endif
