/* pair_store.h: the training pairs: which texts belong together, with the
 * item's identity, weight and sampling probability. Texts are kept, not
 * tokens. */
#ifndef SM_PAIR_STORE_H
#define SM_PAIR_STORE_H

#include "pairs/pair_columns.h"
#include "text/text_rows.h"

/* An item that belongs to no pair. */
typedef struct sm_item {
    uint32_t row;    /* of items */
    uint32_t number; /* of identities */
    float probability;
} sm_item;

typedef struct sm_item_list {
    sm_item *items;
    size_t count, capacity;
} sm_item_list;

typedef struct sm_pair_store {
    sm_text_rows queries, items;
    sm_identities identities;
    sm_pair_columns columns;
    size_t count;           /* pairs */
    sm_item_list negatives; /* of the pairs, in their order */
    sm_item_list catalogue;
} sm_pair_store;

/* What sm_pair_store_add reads of a siamese_pairs. */
typedef enum sm_pair_kind {
    SM_PAIRS_WHOLE,    /* queries, items and negatives */
    SM_PAIRS_ITEMS,    /* items alone, as pairs without a query */
    SM_PAIRS_CATALOGUE /* items alone, into the catalogue */
} sm_pair_kind;

void sm_pair_store_init(sm_pair_store *store, size_t query_fields,
                        size_t item_fields);
void sm_pair_store_free(sm_pair_store *store);

/* Pair i < count. */
sm_pair sm_pair_store_get(const sm_pair_store *store, size_t i);

/*
 * Checks and copies pairs; all or nothing. SIAMESE_E_ARGUMENT names `what`, the
 * argument, and the row. query and item are NULL, or the towers that must be
 * able to read every text.
 */
sm_status sm_pair_store_add(sm_pair_store *store, const siamese_tower *query,
                            const siamese_tower *item,
                            const siamese_pairs *pairs, sm_pair_kind kind,
                            const char *what);

/* The checks of sm_pair_store_add, of pairs that are read already. */
sm_status sm_pair_store_check(const sm_pair_store *store,
                              const siamese_tower *query,
                              const siamese_tower *item,
                              const siamese_pairs *pairs, sm_pair_kind kind,
                              const char *what);

/* How much a store has. */
typedef struct sm_pair_mark {
    size_t queries, items, identities, pairs, negatives, catalogue;
} sm_pair_mark;

sm_pair_mark sm_pair_store_mark(const sm_pair_store *store);

/* Takes out all that came behind the mark. */
void sm_pair_store_cut(sm_pair_store *store, sm_pair_mark mark);

/* That weights and probabilities are numbers that they may be; the offsets of
 * the negatives have been looked at. SIAMESE_E_ARGUMENT names `what` and the
 * row. */
sm_status sm_pairs_check_numbers(const siamese_pairs *pairs, const char *what);

/*
 * The items of `before`, which may be NULL, of the first pairs and of the first
 * items of the catalogue, each identity once in that order, in place of what
 * the list held; of a list that could not be made nothing is known.
 */
sm_status sm_pair_store_distinct(const sm_pair_store *store,
                                 const sm_item_list *before, size_t pairs,
                                 size_t items, sm_item_list *list);

/*
 * The number in `other` of the item that has this row and number in `store`: by
 * its id, or, without one, by its texts; UINT32_MAX if it is not there.
 */
uint32_t sm_pair_store_item_in(const sm_pair_store *store, uint32_t row,
                               uint32_t number, const sm_pair_store *other);

/* A hash of the first pairs and items of the catalogue, of all that training
 * reads of them. */
sm_status sm_pair_store_fingerprint(const sm_pair_store *store, size_t pairs,
                                    size_t items, uint64_t *fingerprint);

/* A hash of an item's identity that does not depend on what else was added. */
uint64_t sm_pair_store_item_hash(const sm_pair_store *store, uint32_t row,
                                 uint32_t number);

#endif
