/* pair_store.h: the training pairs: which texts belong together, with the item's
 * identity, weight and sampling probability. Texts are kept, not tokens. */
#ifndef SM_PAIR_STORE_H
#define SM_PAIR_STORE_H

#include "train/text_rows.h"

typedef struct sm_pair {
    uint32_t query;       /* row of queries */
    uint32_t item;        /* row of items */
    uint32_t item_number; /* row of identities: equal for equal items */
    float weight;         /* >= 0 */
    float probability;    /* of the item as a negative, (0, 1]; 1: no logQ */
} sm_pair;

typedef struct sm_pair_store {
    sm_text_rows queries, items;
    sm_text_rows identities; /* ids as given, or for items without, their row */
    sm_pair *pairs;
    size_t count, capacity;
} sm_pair_store;

/* What sm_pair_store_add reads of a siamese_pairs. */
typedef enum sm_pair_kind {
    SM_PAIRS_WHOLE, /* queries and items */
    SM_PAIRS_ITEMS  /* items alone: a catalogue */
} sm_pair_kind;

void sm_pair_store_init(sm_pair_store *store, size_t query_fields,
                        size_t item_fields);
void sm_pair_store_free(sm_pair_store *store);

/*
 * Checks and copies pairs; all or nothing. SIAMESE_E_ARGUMENT names `what`, the
 * argument, and the row.
 */
sm_status sm_pair_store_add(sm_pair_store *store, const siamese_pairs *pairs,
                            sm_pair_kind kind, const char *what);

/* A hash of the first `count` pairs, of all that training reads of them. */
uint64_t sm_pair_store_fingerprint(const sm_pair_store *store, size_t count);

#endif
