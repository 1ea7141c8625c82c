/* item_counts.h: how often each item stands among what training draws from: the
 * probabilities of logq=counted. */
#ifndef SM_ITEM_COUNTS_H
#define SM_ITEM_COUNTS_H

#include "pairs/generated_pairs.h"
#include "train/mine.h"

/* What a step draws from: the first pairs and items of a store's catalogue, and
 * behind those pairs the ones that the epoch makes. */
typedef struct sm_drawn {
    size_t pairs, items;
    sm_generated_pairs *made;    /* NULL: none */
    const sm_mined *mined; /* negatives of those pairs; NULL: none */
} sm_drawn;

typedef struct sm_item_counts {
    double *times;       /* [identities] in the pairs and their negatives */
    uint64_t *catalogue; /* [identities] in the catalogue */
    size_t capacity;
    size_t negatives;    /* of the counted pairs, in all */
    size_t made;         /* pairs made an epoch */
    sm_drawn drawn;      /* that was counted */
} sm_item_counts;

/* Zeroed memory holds no counts. Counts anew unless that was counted already. */
sm_status sm_item_counts_update(sm_item_counts *counts,
                                const sm_pair_store *store, sm_drawn drawn);
void sm_item_counts_free(sm_item_counts *counts);

/*
 * The share that an item is expected to have of a step's columns, with P pairs,
 * those made counted among them, G negatives of theirs and a catalogue of M items,
 * n, g and m times the item,
 * for batches of B and R random negatives:
 * p = (B (n + g) + R P m / M) / (B (P + G) + R P); without a catalogue m / M is
 * n / P. Yang et al. 2020 (mixed negative sampling); n / P alone if R and G are 0.
 */
float sm_item_counts_probability(const sm_item_counts *counts,
                                 uint32_t number, size_t batch,
                                 size_t random);

#endif
