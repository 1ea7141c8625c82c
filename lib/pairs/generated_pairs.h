/* generated_pairs.h: self-supervision: pairs that each epoch generates of the
 * catalogue, a fragment of an item's text as a query for it. */
#ifndef SM_GENERATED_PAIRS_H
#define SM_GENERATED_PAIRS_H

#include "pairs/fragment.h"
#include "pairs/pair_store.h"

typedef struct sm_generation_rules {
    double share; /* pairs an epoch for each item; 0: none */
    sm_fragment_rules fragments;
    float weight;
    size_t query_field, item_field; /* the texts that are read and written */
    uint64_t seed;
} sm_generation_rules;

/*
 * The items, each identity once in the order of the pairs and then of the
 * catalogue, without those whose text has no word. Zeroed memory has none.
 */
typedef struct sm_generated_pairs {
    sm_generation_rules rules;
    sm_item_list list;
    size_t *words; /* [list.count]: of each one's text */
    size_t words_capacity;
    size_t of_pairs, of_items; /* of the store, that the items are taken from */
    size_t count;              /* pairs an epoch */
    uint32_t *sampled; /* [sampled_count] items of the copy that not all have */
    size_t sampled_count, sampled_capacity;
    uint64_t epoch; /* that is under way */
    char *buffer;   /* of one fragment */
    size_t buffer_size;
    siamese_text *query; /* [query_field + 1], all empty but the last */
} sm_generated_pairs;

void sm_generated_pairs_free(sm_generated_pairs *generated);

/* Takes the items of `before`, which may be NULL, of the first pairs and of the
 * first items of the catalogue, unless it has those of as many. */
sm_status sm_generated_pairs_update(sm_generated_pairs *generated,
                                    const sm_pair_store *store,
                                    const sm_item_list *before, size_t pairs,
                                    size_t items);

/* The items are others now, as many as they may be. */
void sm_generated_pairs_forget(sm_generated_pairs *generated);

/* Draws the epoch's items. */
sm_status sm_generated_pairs_draw(sm_generated_pairs *generated,
                                  uint64_t epoch);

/*
 * Pair `number` < count of the epoch. Its query is a row of the store's
 * queries, or, if none is equal, queries.count + its row of `fragments`, which
 * has as many fields. It follows from seed, epoch and number alone.
 */
sm_status sm_generated_pairs_get(sm_generated_pairs *generated,
                                 const sm_pair_store *store, size_t number,
                                 sm_text_rows *fragments, sm_pair *pair);

#endif
