/* batch_source.h: a batch, and what its pairs and random negatives are taken
 * from. */
#ifndef SM_BATCH_SOURCE_H
#define SM_BATCH_SOURCE_H

#include "pairs/generated_pairs.h"
#include "train/mined.h"

/* The first pairs and items of a store's catalogue, and behind those pairs the
 * ones that the epoch generates. */
typedef struct sm_batch_source {
    size_t pairs, items;
    const sm_generated_pairs *generated; /* NULL: none */
    const sm_mined *mined; /* negatives of the pairs; NULL: none */
} sm_batch_source;

/* The pairs rows[count] of a source: those from source.pairs on are
 * generated. */
typedef struct sm_batch {
    const size_t *rows;
    size_t count;
    sm_batch_source source;
} sm_batch;

#endif
