/*
 * validation_pairs.c: copies and hashes what siamese_trainer_set_validation
 * gives; validation.c measures it.
 */
#include "train/validation_pairs.h"

#include "common/hash.h"

void sm_validation_pairs_init(sm_validation_pairs *validation,
                              size_t query_fields, size_t item_fields)
{
    *validation = (sm_validation_pairs){.has_candidates = false};
    sm_pair_store_init(&validation->pairs, query_fields, item_fields);
    sm_pair_store_init(&validation->candidates, query_fields, item_fields);
}

void sm_validation_pairs_free(sm_validation_pairs *validation)
{
    sm_pair_store_free(&validation->pairs);
    sm_pair_store_free(&validation->candidates);
}

sm_status sm_validation_pairs_add(sm_validation_pairs *validation,
                                  const siamese_tower *query,
                                  const siamese_tower *item,
                                  const siamese_pairs *pairs,
                                  const siamese_pairs *candidates)
{
    SM_RETURN_IF_ERROR(sm_pair_store_add(&validation->pairs, query, item, pairs,
                                         SM_PAIRS_WHOLE, "pairs"));
    SM_REQUIRE(validation->pairs.count > 0, SIAMESE_E_ARGUMENT,
               "pairs: there are none");
    if (candidates == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_pair_store_add(&validation->candidates, query, item,
                                         candidates, SM_PAIRS_ITEMS,
                                         "candidates"));
    SM_REQUIRE(validation->candidates.count > 0, SIAMESE_E_ARGUMENT,
               "candidates: there are none");
    validation->has_candidates = true;
    return SIAMESE_OK;
}

sm_status sm_validation_pairs_fingerprint(const sm_validation_pairs *v,
                                          uint64_t *out)
{
    uint64_t h;
    SM_RETURN_IF_ERROR(
        sm_pair_store_fingerprint(&v->pairs, v->pairs.count, 0, &h));
    for (size_t i = 0; v->has_candidates && i < v->candidates.count; i++) {
        sm_pair const pair = sm_pair_store_get(&v->candidates, i);
        uint64_t const item[] = {
            sm_text_rows_hash(&v->candidates.items, pair.item),
            sm_identities_hash(&v->candidates.identities, pair.item_number)};
        h = sm_hash_bytes(h, item, sizeof item);
    }
    *out = sm_hash_mix(h) | 1;
    return SIAMESE_OK;
}
