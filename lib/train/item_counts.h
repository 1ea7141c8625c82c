/* item_counts.h: how often each item stands among what training draws from: the
 * probabilities of logq=counted. */
#ifndef SM_ITEM_COUNTS_H
#define SM_ITEM_COUNTS_H

#include "train/batch_source.h"

typedef struct sm_item_counts {
    double *times;       /* [identities] in the pairs and their negatives */
    uint64_t *catalogue; /* [identities] in the catalogue */
    size_t capacity;
    size_t negatives;       /* of the counted pairs, in all */
    size_t generated;       /* pairs generated an epoch */
    sm_batch_source source; /* that was counted */
} sm_item_counts;

/* Zeroed memory holds no counts. Counts anew unless that was counted
 * already. */
sm_status sm_item_counts_update(sm_item_counts *counts,
                                const sm_pair_store *store,
                                sm_batch_source source);
void sm_item_counts_free(sm_item_counts *counts);

/*
 * The share that an item is expected to have of a step's columns, with P pairs,
 * generated ones counted among them, G negatives of theirs and a catalogue of M
 * items, n, g and m times the item, for batches of B and R random negatives: p
 * = (B (n + g) + R P m / M) / (B (P + G) + R P); without a catalogue m / M is n
 * / P. Yang et al. 2020 (mixed negative sampling); n / P alone if R and G are
 * 0.
 */
float sm_item_counts_probability(const sm_item_counts *counts, uint32_t number,
                                 size_t batch, size_t random);

#endif
