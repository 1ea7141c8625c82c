/* mined.h: the hard negatives of an epoch, and the items that they are mined
 * from. */
#ifndef SM_MINED_H
#define SM_MINED_H

#include <stdbool.h>

#include "pairs/pair_store.h"

/*
 * Items numbered in the order of the pairs and then of the catalogue, each
 * identity once; and numbers of the negatives of each pair. Zeroed memory has
 * none.
 */
typedef struct sm_mined {
    sm_item_list items;
    size_t of_pairs, of_items; /* of the store, that they were taken from */
    size_t negatives;          /* of a pair */
    size_t count;              /* pairs that have some; 0: none are mined */
    uint32_t *numbers; /* [count][negatives], SM_MINED_NONE at the end */
} sm_mined;

#define SM_MINED_NONE UINT32_MAX

void sm_mined_free(sm_mined *mined);

/* Takes the items of the first pairs and items of the catalogue, unless they
 * are those that it has. */
sm_status sm_mined_update(sm_mined *mined, const sm_pair_store *store,
                          size_t pairs, size_t items);

/* Whether every number is one of an item. */
bool sm_mined_fits(const sm_mined *mined);

#endif
