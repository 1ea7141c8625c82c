/* pair_columns.h: the columns of a pair store, which are there once a pair
 * needs them. */
#ifndef SM_PAIR_COLUMNS_H
#define SM_PAIR_COLUMNS_H

#include "pairs/identities.h"

typedef struct sm_pair {
    uint32_t query;       /* row of queries */
    uint32_t item;        /* row of items */
    uint32_t item_number; /* of identities: equal for equal items */
    float weight;         /* >= 0 */
    float probability;    /* of the item as a negative, (0, 1]; 1: no logQ */
    uint32_t negative_count;
    size_t first_negative; /* of the store's negatives */
} sm_pair;

/* The pairs, column by column; what all of them have alike is not there. */
typedef struct sm_pair_columns {
    uint32_t *queries, *items; /* [count] rows */
    uint32_t *numbers; /* of identities; NULL: those that the rows had first */
    float *weights, *probabilities; /* NULL: all 1 */
    size_t *first_negatives;        /* [count + 1]; NULL: there are none */
    size_t capacity;                /* of each column that is there */
} sm_pair_columns;

void sm_pair_columns_free(sm_pair_columns *columns);

/* Room for `wanted` pairs in all, and the columns that `pairs` have and that
 * the `count` ones before lacked. Failing, what they hold is as before. */
sm_status sm_pair_columns_reserve(sm_pair_columns *columns, size_t count,
                                  size_t wanted, const siamese_pairs *pairs);

/* Writes the numbers of the first pairs down, so that others may differ. */
sm_status sm_pair_columns_spell_numbers(sm_pair_columns *columns,
                                        const sm_identities *identities,
                                        size_t count);

/* Pair i; there is room for it. */
void sm_pair_columns_set(sm_pair_columns *columns, size_t i,
                         const sm_pair *pair);

#endif
