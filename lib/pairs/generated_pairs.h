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

/* Bytes of the text that pair `number` < count of the epoch has a fragment
 * of. */
size_t sm_generated_pairs_room(const sm_generated_pairs *generated,
                               const sm_pair_store *store, size_t number);

/*
 * That pair, but for its query, whose only text, in the field query_field, is
 * the fragment that is written to out; returns its size, 1 .. room. It follows
 * from seed, epoch and number alone. Any thread.
 */
size_t sm_generated_pairs_get(const sm_generated_pairs *generated,
                              const sm_pair_store *store, size_t number,
                              sm_pair *pair, char *out);

#endif
