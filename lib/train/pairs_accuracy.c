/*
 * pairs_accuracy.c: pairs and candidates come in as stores and go to
 * metrics/topk_accuracy.c as plain rows and numbers. fit.c, validation.c and
 * trainer_evaluate.c call it.
 */
#include "train/pairs_accuracy.h"

#include <stdbool.h>

#include "common/cancel.h"
#include "common/memory.h"

sm_status sm_pairs_candidates(sm_candidates *candidates,
                              const sm_pair_store *store, bool by_id)
{
    sm_status status = SIAMESE_OK;
    uint32_t *const rows = sm_alloc_array(store->count, sizeof *rows);
    uint32_t *ids = NULL;
    SM_CHECK_MEMORY(rows);
    if (by_id) {
        ids = sm_alloc_array(store->count, sizeof *ids);
        SM_CHECK_MEMORY(ids);
    }
    for (size_t i = 0; i < store->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        sm_pair const pair = sm_pair_store_get(store, i);
        rows[i] = pair.item;
        if (ids) ids[i] = pair.item_number;
    }
    sm_candidate_source const source = {&store->items, store->count, rows, ids,
                                        store->identities.count};
    SM_TRY(sm_candidates_create(candidates, &source));
out:
    sm_free(rows);
    sm_free(ids);
    return status;
}

uint32_t sm_pairs_own(const sm_pair_store *pairs, const sm_pair *pair,
                      const sm_pair_store *store, bool by_id)
{
    if (!by_id) return pair->item;
    uint32_t const number =
        sm_pair_store_item_in(pairs, pair->item, pair->item_number, store);
    return number == UINT32_MAX ? (uint32_t)store->identities.count : number;
}

sm_status sm_pairs_accuracy(const sm_topk_accuracy_run *evaluation,
                            const sm_pair_store *pairs,
                            const sm_pair_store *store, bool by_id,
                            const size_t *ks, size_t ks_count, uint64_t *hits,
                            sm_ties *ties)
{
    sm_status status = SIAMESE_OK;
    sm_candidates candidates = {.items = NULL};
    uint32_t *const queries = sm_alloc_array(pairs->count, sizeof *queries);
    uint32_t *const own = sm_alloc_array(pairs->count, sizeof *own);
    SM_CHECK_MEMORY(queries);
    SM_CHECK_MEMORY(own);
    SM_TRY(sm_pairs_candidates(&candidates, store, by_id));
    for (size_t i = 0; i < pairs->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        sm_pair const pair = sm_pair_store_get(pairs, i);
        queries[i] = pair.query;
        own[i] = sm_pairs_own(pairs, &pair, store, by_id);
    }
    sm_topk_pairs const lent = {pairs->count, &pairs->queries, &pairs->items,
                                queries, own};
    SM_TRY(sm_topk_accuracy(evaluation, &lent, &candidates, ks, ks_count, hits,
                            ties));
out:
    sm_candidates_free(&candidates);
    sm_free(queries);
    sm_free(own);
    return status;
}
