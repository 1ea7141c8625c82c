/* pairs_accuracy.h: FactorizedTopK of the pairs of a store: lends lib/metrics
 * what it reads of them. */
#ifndef SM_PAIRS_ACCURACY_H
#define SM_PAIRS_ACCURACY_H

#include <stdbool.h>

#include "metrics/topk_accuracy.h"
#include "pairs/pair_store.h"

/* The items of a store's pairs as candidates, which borrow its texts. */
sm_status sm_pairs_candidates(sm_candidates *candidates,
                              const sm_pair_store *store, bool by_id);

/*
 * What counts as the own item of a pair of `pairs` among candidates of `store`:
 * by id its group, the empty one if its id is not there; else its item's row.
 */
uint32_t sm_pairs_own(const sm_pair_store *pairs, const sm_pair *pair,
                      const sm_pair_store *store, bool by_id);

/* Adds to hits[ks_count] the hits of `pairs` among the items of `store`; ties
 * as sm_topk_accuracy has them. */
sm_status sm_pairs_accuracy(const sm_topk_accuracy_run *evaluation,
                            const sm_pair_store *pairs,
                            const sm_pair_store *store, bool by_id,
                            const size_t *ks, size_t ks_count, uint64_t *hits,
                            sm_ties *ties);

#endif
