#include "train/pair_store.h"

#include <math.h>
#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"

void sm_pair_store_init(sm_pair_store *store, size_t query_fields,
                        size_t item_fields)
{
    *store = (sm_pair_store){0};
    sm_text_rows_init(&store->queries, query_fields);
    sm_text_rows_init(&store->items, item_fields);
    sm_text_rows_init(&store->identities, 1);
}

void sm_pair_store_free(sm_pair_store *store)
{
    sm_text_rows_free(&store->queries);
    sm_text_rows_free(&store->items);
    sm_text_rows_free(&store->identities);
    sm_free(store->pairs);
    store->pairs = NULL;
    store->count = store->capacity = 0;
}

static sm_status check_texts(const siamese_text *texts, size_t count,
                             size_t fields, size_t wanted, const char *what,
                             const char *side)
{
    SM_REQUIRE(fields == wanted, SIAMESE_E_ARGUMENT,
               "%s: rows of %zu %s texts, the tower has %zu fields", what,
               fields, side, wanted);
    size_t total;
    SM_REQUIRE(texts != NULL && sm_size_multiply(count, fields, &total),
               SIAMESE_E_ARGUMENT, "%s: the %s texts are missing", what,
               side);
    for (size_t i = 0; i < total; i++)
        SM_REQUIRE(texts[i].data != NULL || texts[i].size == 0,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: a %s text of %zu bytes is NULL", what,
                   i / fields, side, texts[i].size);
    return SIAMESE_OK;
}

static sm_status check_numbers(const siamese_pairs *pairs, const char *what)
{
    for (size_t i = 0; pairs->weights && i < pairs->count; i++)
        SM_REQUIRE(isfinite(pairs->weights[i]) && pairs->weights[i] >= 0,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: weight %g is not a number >= 0", what, i,
                   (double)pairs->weights[i]);
    for (size_t i = 0; pairs->item_probabilities && i < pairs->count; i++)
        SM_REQUIRE(pairs->item_probabilities[i] > 0 &&
                       pairs->item_probabilities[i] <= 1,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: probability %g is not in (0, 1]", what, i,
                   (double)pairs->item_probabilities[i]);
    return SIAMESE_OK;
}

static sm_status check_pairs(const sm_pair_store *store,
                             const siamese_pairs *pairs, sm_pair_kind kind,
                             const char *what)
{
    if (kind == SM_PAIRS_ITEMS)
        SM_REQUIRE(pairs->queries == NULL, SIAMESE_E_ARGUMENT,
                   "%s: queries must be NULL, these are items alone", what);
    else
        SM_RETURN_IF_ERROR(check_texts(pairs->queries, pairs->count,
                                       pairs->query_fields,
                                       store->queries.fields, what, "query"));
    SM_RETURN_IF_ERROR(check_texts(pairs->items, pairs->count,
                                   pairs->item_fields, store->items.fields,
                                   what, "item"));
    return check_numbers(pairs, what);
}

/* The number of an item: by its id, or, without one, by its texts. */
static sm_status identify(sm_pair_store *store, const int64_t *id,
                          uint32_t item, uint32_t *number)
{
    struct {
        int64_t id, given;
    } const key = {id ? *id : (int64_t)item, id != NULL};
    siamese_text const text = {(const char *)&key, sizeof key};
    return sm_text_rows_add(&store->identities, &text, number);
}

static sm_status add_pair(sm_pair_store *store, const siamese_pairs *pairs,
                          sm_pair_kind kind, size_t i)
{
    sm_pair pair = {.weight = 1, .probability = 1};
    if (kind == SM_PAIRS_WHOLE)
        SM_RETURN_IF_ERROR(sm_text_rows_add(
            &store->queries, pairs->queries + i * pairs->query_fields,
            &pair.query));
    SM_RETURN_IF_ERROR(sm_text_rows_add(
        &store->items, pairs->items + i * pairs->item_fields, &pair.item));
    SM_RETURN_IF_ERROR(
        identify(store, pairs->item_ids ? &pairs->item_ids[i] : NULL,
                 pair.item, &pair.item_number));
    if (pairs->weights) pair.weight = pairs->weights[i];
    if (pairs->item_probabilities)
        pair.probability = pairs->item_probabilities[i];
    store->pairs[store->count++] = pair;
    return SIAMESE_OK;
}

sm_status sm_pair_store_add(sm_pair_store *store, const siamese_pairs *user,
                            sm_pair_kind kind, const char *what)
{
    siamese_pairs pairs;
    SM_RETURN_IF_ERROR(sm_struct_read(&pairs, sizeof pairs, user, what));
    if (pairs.count == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(check_pairs(store, &pairs, kind, what));

    size_t wanted;
    if (!sm_size_add(store->count, pairs.count, &wanted))
        return sm_fail_memory();
    sm_pair *const grown =
        sm_grow(store->pairs, &store->capacity, wanted, sizeof *grown);
    if (grown == NULL) return sm_fail_memory();
    store->pairs = grown;

    size_t const count = store->count;
    size_t const queries = store->queries.count, items = store->items.count;
    size_t const identities = store->identities.count;
    for (size_t i = 0; i < pairs.count; i++) {
        sm_status const status = add_pair(store, &pairs, kind, i);
        if (status == SIAMESE_OK) continue;
        sm_text_rows_cut(&store->queries, queries);
        sm_text_rows_cut(&store->items, items);
        sm_text_rows_cut(&store->identities, identities);
        store->count = count;
        return status;
    }
    return SIAMESE_OK;
}

uint64_t sm_pair_store_fingerprint(const sm_pair_store *store, size_t count)
{
    uint64_t h = SM_HASH_START;
    for (size_t i = 0; i < count; i++) {
        const sm_pair *const pair = &store->pairs[i];
        uint64_t const words[] = {
            sm_text_rows_hash(&store->queries, pair->query),
            sm_text_rows_hash(&store->items, pair->item),
            sm_text_rows_hash(&store->identities, pair->item_number)};
        float const reals[] = {pair->weight, pair->probability};
        h = sm_hash_bytes(h, words, sizeof words);
        h = sm_hash_bytes(h, reals, sizeof reals);
    }
    return sm_hash_mix(h);
}
