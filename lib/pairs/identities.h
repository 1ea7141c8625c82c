/* identities.h: which items are the same one: by the ids that a host gave, or,
 * without one, by their texts. */
#ifndef SM_IDENTITIES_H
#define SM_IDENTITIES_H

#include <stdbool.h>

#include "common/row_slots.h"

/*
 * Identities are numbered in the order in which they came. Of a store without
 * ids an item's number is its row of texts, and nothing is kept. Zeroed memory
 * has none.
 */
typedef struct sm_identities {
    size_t count;
    /* from the first id on: ids as given, or rows of items without one, as
     * numbers of 32 bits for as long as that is enough */
    uint32_t *narrow;
    int64_t *wide;
    size_t narrow_capacity, wide_capacity;
    uint8_t *given; /* bits: it is an id */
    size_t given_capacity;
    sm_row_slots slots;
    /* the number that each row of items had first; NULL: the row itself */
    uint32_t *first;
    size_t first_capacity;
} sm_identities;

/* What stands for an item: an id, or the row of its texts. */
typedef struct sm_identity {
    int64_t value;
    bool given;
} sm_identity;

void sm_identities_free(sm_identities *identities);

/*
 * The number of an item whose texts are this row, which is the next one or one
 * that was there before; its identity is added if it is new. id is NULL where
 * there is none. Failing, the identities are as before.
 */
sm_status sm_identities_add(sm_identities *identities, uint32_t row,
                            bool is_new_row, const int64_t *id,
                            uint32_t *number);

sm_identity sm_identities_get(const sm_identities *identities, uint32_t number);

/* The number of an identity that is there, or SM_ROW_NONE. */
uint32_t sm_identities_find(const sm_identities *identities,
                            sm_identity identity);

/* The number that a row of items had first. */
static inline uint32_t sm_identities_first(const sm_identities *identities,
                                           uint32_t row)
{
    return identities->first ? identities->first[row] : row;
}

/* Takes the identities from `count` on out again. */
void sm_identities_cut(sm_identities *identities, size_t count);

/* A hash of an identity, the same for ever. */
uint64_t sm_identities_hash(const sm_identities *identities, uint32_t number);

#endif
