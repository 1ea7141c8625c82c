/* batch_source.h: what the pairs and the random negatives of a batch are taken
 * from. */
#ifndef SM_BATCH_SOURCE_H
#define SM_BATCH_SOURCE_H

#include "pairs/generated_pairs.h"
#include "train/mined.h"

/* The first pairs and items of a store's catalogue, and behind those pairs the
 * ones that the epoch generates. */
typedef struct sm_batch_source {
    size_t pairs, items;
    sm_generated_pairs *generated; /* NULL: none */
    const sm_mined *mined;         /* negatives of the pairs; NULL: none */
} sm_batch_source;

#endif
