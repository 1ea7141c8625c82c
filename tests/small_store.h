/* small_store.h: a store of the small pairs, for tests of what pairs are
 * generated of it. */
#ifndef SMALL_STORE_H
#define SMALL_STORE_H

#include "pairs/pair_store.h"
#include "small_pairs.h"

static small_pairs world;
static sm_pair_store store;

/* 60 pairs and 200 items of the catalogue, of 40 ids in all. */
static inline int small_store_setup(void **state)
{
    siamese_pairs pairs;
    (void)state;
    small_pairs_create(&world);
    sm_pair_store_init(&store, 2, 1);
    pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.count = 60;
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "p"), 0);
    pairs.queries = NULL;
    pairs.count = 200;
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_CATALOGUE, "p"),
        0);
    return 0;
}

static inline int small_store_teardown(void **state)
{
    (void)state;
    sm_pair_store_free(&store);
    small_pairs_free(&world);
    return 0;
}

#endif
