/* pair_store.c: a host's pairs and items in, kept as distinct texts with their
 * numbers, weights and ids. For the trainer and all that draws from it. */
#include "pairs/pair_store.h"

#include <math.h>
#include <stdbool.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"
#include "tower/tower.h"

void sm_pair_store_init(sm_pair_store *store, size_t query_fields,
                        size_t item_fields)
{
    *store = (sm_pair_store){0};
    sm_text_rows_init(&store->queries, query_fields);
    sm_text_rows_init(&store->items, item_fields);
}

void sm_pair_store_free(sm_pair_store *store)
{
    sm_text_rows_free(&store->queries);
    sm_text_rows_free(&store->items);
    sm_identities_free(&store->identities);
    sm_pair_columns_free(&store->columns);
    sm_free(store->negatives.items);
    sm_free(store->catalogue.items);
    store->count = 0;
    store->negatives = store->catalogue = (sm_item_list){.count = 0};
}

sm_pair sm_pair_store_get(const sm_pair_store *store, size_t i)
{
    const sm_pair_columns *const c = &store->columns;
    sm_pair pair = {.query = c->queries[i],
                    .item = c->items[i],
                    .item_number = c->numbers
                                       ? c->numbers[i]
                                       : sm_identities_first(&store->identities,
                                                             c->items[i]),
                    .weight = c->weights ? c->weights[i] : 1,
                    .probability = c->probabilities ? c->probabilities[i] : 1};
    if (c->first_negatives) {
        pair.first_negative = c->first_negatives[i];
        pair.negative_count =
            (uint32_t)(c->first_negatives[i + 1] - pair.first_negative);
    }
    return pair;
}

/* ---- checks ---- */

static sm_status check_texts(const siamese_text *texts, size_t count,
                             size_t fields, size_t wanted, const char *what,
                             const char *side)
{
    SM_REQUIRE(fields >= 1 && fields <= wanted, SIAMESE_E_ARGUMENT,
               "%s: rows of %zu %s texts, the tower has %zu fields", what,
               fields, side, wanted);
    size_t total;
    SM_REQUIRE(texts != NULL && sm_size_multiply(count, fields, &total),
               SIAMESE_E_ARGUMENT, "%s: the %s texts are missing", what, side);
    for (size_t i = 0; i < total; i++)
        SM_REQUIRE(texts[i].data != NULL || texts[i].size == 0,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: a %s text of %zu bytes is NULL", what,
                   i / fields, side, texts[i].size);
    return SIAMESE_OK;
}

static sm_status check_probabilities(const float *probabilities, size_t count,
                                     const char *what, const char *side)
{
    for (size_t i = 0; probabilities && i < count; i++)
        SM_REQUIRE(probabilities[i] > 0 && probabilities[i] <= 1,
                   SIAMESE_E_ARGUMENT,
                   "%s: %s %zu: probability %g is not in (0, 1]", what, side, i,
                   (double)probabilities[i]);
    return SIAMESE_OK;
}

sm_status sm_pairs_check_numbers(const siamese_pairs *pairs, const char *what)
{
    size_t const negatives =
        pairs->negative_offsets ? pairs->negative_offsets[pairs->count] : 0;
    for (size_t i = 0; pairs->weights && i < pairs->count; i++)
        SM_REQUIRE(isfinite(pairs->weights[i]) && pairs->weights[i] >= 0,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: weight %g is not a number >= 0", what, i,
                   (double)pairs->weights[i]);
    SM_RETURN_IF_ERROR(check_probabilities(pairs->item_probabilities,
                                           pairs->count, what, "row"));
    return check_probabilities(pairs->negative_probabilities, negatives, what,
                               "negative");
}

static sm_status check_negatives(const sm_pair_store *store,
                                 const siamese_pairs *pairs, const char *what)
{
    const size_t *const offsets = pairs->negative_offsets;
    if (pairs->negatives == NULL) {
        SM_REQUIRE(!offsets && !pairs->negative_ids &&
                       !pairs->negative_probabilities,
                   SIAMESE_E_ARGUMENT, "%s: negatives is NULL", what);
        return SIAMESE_OK;
    }
    SM_REQUIRE(offsets != NULL && offsets[0] == 0, SIAMESE_E_ARGUMENT,
               "%s: negative_offsets is NULL or does not begin with 0", what);
    for (size_t i = 0; i < pairs->count; i++)
        SM_REQUIRE(offsets[i] <= offsets[i + 1] &&
                       offsets[i + 1] - offsets[i] <= UINT32_MAX,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu: its negatives begin at %zu and end at %zu",
                   what, i, offsets[i], offsets[i + 1]);
    return check_texts(pairs->negatives, offsets[pairs->count],
                       pairs->item_fields, store->items.fields, what,
                       "negative");
}

static sm_status check_pairs(const sm_pair_store *store,
                             const siamese_pairs *pairs, sm_pair_kind kind,
                             const char *what)
{
    if (kind != SM_PAIRS_WHOLE)
        SM_REQUIRE(pairs->queries == NULL && pairs->negatives == NULL,
                   SIAMESE_E_ARGUMENT,
                   "%s: queries and negatives must be NULL, these are items "
                   "alone",
                   what);
    else
        SM_RETURN_IF_ERROR(check_texts(pairs->queries, pairs->count,
                                       pairs->query_fields,
                                       store->queries.fields, what, "query"));
    SM_RETURN_IF_ERROR(check_texts(pairs->items, pairs->count,
                                   pairs->item_fields, store->items.fields,
                                   what, "item"));
    SM_RETURN_IF_ERROR(check_negatives(store, pairs, what));
    return sm_pairs_check_numbers(pairs, what);
}

/* Texts that the towers would refuse to read, once it is their turn. */
static sm_status check_with(const siamese_tower *query,
                            const siamese_tower *item,
                            const siamese_pairs *pairs, const char *what)
{
    if (pairs->queries)
        SM_RETURN_IF_ERROR(
            sm_tower_check_texts(query, pairs->queries, pairs->count,
                                 pairs->query_fields, what, "query"));
    if (pairs->negatives)
        SM_RETURN_IF_ERROR(sm_tower_check_texts(
            item, pairs->negatives, pairs->negative_offsets[pairs->count],
            pairs->item_fields, what, "negative"));
    return sm_tower_check_texts(item, pairs->items, pairs->count,
                                pairs->item_fields, what, "item");
}

/* ---- adding ---- */

/* The row and number of an item: by its id, or, without one, by its texts. */
static sm_status add_item(sm_pair_store *store, const siamese_text *texts,
                          size_t fields, const int64_t *ids, size_t i,
                          uint32_t *row, uint32_t *number)
{
    size_t const rows = store->items.count;
    SM_RETURN_IF_ERROR(
        sm_text_rows_add(&store->items, texts + i * fields, fields, row));
    return sm_identities_add(&store->identities, *row, *row == rows,
                             ids ? &ids[i] : NULL, number);
}

uint64_t sm_pair_store_item_hash(const sm_pair_store *store, uint32_t row,
                                 uint32_t number)
{
    return sm_identities_get(&store->identities, number).given
               ? sm_identities_hash(&store->identities, number)
               : sm_text_rows_hash(&store->items, row);
}

uint32_t sm_pair_store_item_in(const sm_pair_store *store, uint32_t row,
                               uint32_t number, const sm_pair_store *other)
{
    if (store == other) return number;
    sm_identity identity = sm_identities_get(&store->identities, number);
    if (!identity.given) {
        uint32_t const found =
            sm_text_rows_find_row(&other->items, &store->items, row);
        if (found == UINT32_MAX) return UINT32_MAX;
        identity.value = found;
    }
    return sm_identities_find(&other->identities, identity);
}

/* Item i of texts; the list has room. */
static sm_status append_item(sm_pair_store *store, sm_item_list *list,
                             const siamese_text *texts, size_t fields,
                             const int64_t *ids, const float *probabilities,
                             size_t i)
{
    sm_item item = {.probability = probabilities ? probabilities[i] : 1};
    SM_RETURN_IF_ERROR(
        add_item(store, texts, fields, ids, i, &item.row, &item.number));
    list->items[list->count++] = item;
    return SIAMESE_OK;
}

static sm_status add_pair(sm_pair_store *store, const siamese_pairs *pairs,
                          sm_pair_kind kind, size_t i)
{
    sm_pair pair = {.weight = 1,
                    .probability = 1,
                    .first_negative = store->negatives.count};
    if (kind == SM_PAIRS_CATALOGUE)
        return append_item(store, &store->catalogue, pairs->items,
                           pairs->item_fields, pairs->item_ids,
                           pairs->item_probabilities, i);
    if (kind == SM_PAIRS_WHOLE)
        SM_RETURN_IF_ERROR(sm_text_rows_add(
            &store->queries, pairs->queries + i * pairs->query_fields,
            pairs->query_fields, &pair.query));
    SM_RETURN_IF_ERROR(add_item(store, pairs->items, pairs->item_fields,
                                pairs->item_ids, i, &pair.item,
                                &pair.item_number));
    if (pairs->weights) pair.weight = pairs->weights[i];
    if (pairs->item_probabilities)
        pair.probability = pairs->item_probabilities[i];
    size_t const *const offsets = pairs->negative_offsets;
    for (size_t n = offsets ? offsets[i] : 0; offsets && n < offsets[i + 1];
         n++) {
        SM_RETURN_IF_ERROR(append_item(
            store, &store->negatives, pairs->negatives, pairs->item_fields,
            pairs->negative_ids, pairs->negative_probabilities, n));
        pair.negative_count++;
    }
    bool const is_first =
        pair.item_number == sm_identities_first(&store->identities, pair.item);
    if (!is_first && store->columns.numbers == NULL)
        SM_RETURN_IF_ERROR(sm_pair_columns_spell_numbers(
            &store->columns, &store->identities, store->count));
    sm_pair_columns_set(&store->columns, store->count++, &pair);
    return SIAMESE_OK;
}

static sm_status reserve_items(sm_item_list *list, size_t more)
{
    size_t wanted;
    if (more == 0) return SIAMESE_OK;
    if (!sm_size_add(list->count, more, &wanted)) return sm_fail_memory();
    sm_item *const grown =
        sm_grow_by_part(list->items, &list->capacity, wanted, sizeof *grown);
    if (grown == NULL) return sm_fail_memory();
    list->items = grown;
    return SIAMESE_OK;
}

static sm_status reserve(sm_pair_store *store, const siamese_pairs *pairs,
                         sm_pair_kind kind)
{
    size_t wanted;
    if (kind == SM_PAIRS_CATALOGUE)
        return reserve_items(&store->catalogue, pairs->count);
    if (pairs->negatives)
        SM_RETURN_IF_ERROR(reserve_items(
            &store->negatives, pairs->negative_offsets[pairs->count]));
    if (!sm_size_add(store->count, pairs->count, &wanted))
        return sm_fail_memory();
    return sm_pair_columns_reserve(&store->columns, store->count, wanted,
                                   pairs);
}

sm_status sm_pair_store_check(const sm_pair_store *store,
                              const siamese_tower *query,
                              const siamese_tower *item,
                              const siamese_pairs *pairs, sm_pair_kind kind,
                              const char *what)
{
    SM_RETURN_IF_ERROR(check_pairs(store, pairs, kind, what));
    return item ? check_with(query, item, pairs, what) : SIAMESE_OK;
}

sm_pair_mark sm_pair_store_mark(const sm_pair_store *store)
{
    return (sm_pair_mark){.queries = store->queries.count,
                          .items = store->items.count,
                          .identities = store->identities.count,
                          .pairs = store->count,
                          .negatives = store->negatives.count,
                          .catalogue = store->catalogue.count};
}

void sm_pair_store_cut(sm_pair_store *store, sm_pair_mark mark)
{
    sm_text_rows_cut(&store->queries, mark.queries);
    sm_text_rows_cut(&store->items, mark.items);
    sm_identities_cut(&store->identities, mark.identities);
    store->count = mark.pairs;
    store->negatives.count = mark.negatives;
    store->catalogue.count = mark.catalogue;
}

sm_status sm_pair_store_add(sm_pair_store *store, const siamese_tower *query,
                            const siamese_tower *item,
                            const siamese_pairs *user, sm_pair_kind kind,
                            const char *what)
{
    siamese_pairs pairs;
    SM_RETURN_IF_ERROR(sm_struct_read(&pairs, sizeof pairs, user, what));
    if (pairs.count == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        sm_pair_store_check(store, query, item, &pairs, kind, what));
    SM_RETURN_IF_ERROR(reserve(store, &pairs, kind));

    sm_pair_mark const before = sm_pair_store_mark(store);
    for (size_t i = 0; i < pairs.count; i++) {
        sm_status status = sm_cancel_check_at(i);
        if (status == SIAMESE_OK) status = add_pair(store, &pairs, kind, i);
        if (status == SIAMESE_OK) continue;
        sm_pair_store_cut(store, before);
        return status;
    }
    return SIAMESE_OK;
}

/* ---- distinct items ---- */

static void take_item(sm_item_list *list, unsigned char *seen, sm_item item)
{
    if (seen[item.number]) return;
    seen[item.number] = 1;
    list->items[list->count++] = item;
}

static sm_status take_items(const sm_pair_store *store,
                            const sm_item_list *before, size_t pairs,
                            size_t items, sm_item_list *list,
                            unsigned char *seen)
{
    list->count = 0;
    for (size_t i = 0; before && i < before->count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        take_item(list, seen, before->items[i]);
    }
    for (size_t i = 0; i < pairs; i++) {
        sm_pair const pair = sm_pair_store_get(store, i);
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        take_item(list, seen,
                  (sm_item){pair.item, pair.item_number, pair.probability});
    }
    for (size_t i = 0; i < items; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        take_item(list, seen, store->catalogue.items[i]);
    }
    return SIAMESE_OK;
}

sm_status sm_pair_store_distinct(const sm_pair_store *store,
                                 const sm_item_list *before, size_t pairs,
                                 size_t items, sm_item_list *list)
{
    size_t const numbers = sm_max(store->identities.count, (size_t)1);
    size_t wanted;
    if (!sm_size_add(pairs, items, &wanted) ||
        !sm_size_add(wanted, before ? before->count : 0, &wanted))
        return sm_fail_memory();
    wanted = sm_max(sm_min(numbers, wanted), (size_t)1);
    sm_item *const grown =
        sm_grow(list->items, &list->capacity, wanted, sizeof *grown);
    if (grown == NULL) return sm_fail_memory();
    list->items = grown;
    unsigned char *const seen = sm_calloc(numbers, 1);
    if (seen == NULL) return sm_fail_memory();
    sm_status const status =
        take_items(store, before, pairs, items, list, seen);
    sm_free(seen);
    return status;
}

/* ---- fingerprint ---- */

static uint64_t hash_item(const sm_pair_store *store, uint64_t h,
                          const sm_item *item)
{
    uint64_t const words[] = {
        sm_text_rows_hash(&store->items, item->row),
        sm_identities_hash(&store->identities, item->number)};
    h = sm_hash_bytes(h, words, sizeof words);
    return sm_hash_bytes(h, &item->probability, sizeof item->probability);
}

sm_status sm_pair_store_fingerprint(const sm_pair_store *store, size_t pairs,
                                    size_t items, uint64_t *fingerprint)
{
    uint64_t h = SM_HASH_START;
    for (size_t i = 0; i < pairs; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        sm_pair const pair = sm_pair_store_get(store, i);
        uint64_t const words[] = {
            sm_text_rows_hash(&store->queries, pair.query),
            sm_text_rows_hash(&store->items, pair.item),
            sm_identities_hash(&store->identities, pair.item_number)};
        float const reals[] = {pair.weight, pair.probability};
        h = sm_hash_bytes(h, words, sizeof words);
        h = sm_hash_bytes(h, reals, sizeof reals);
        for (size_t n = 0; n < pair.negative_count; n++)
            h = hash_item(store, h,
                          &store->negatives.items[pair.first_negative + n]);
    }
    for (size_t i = 0; i < items; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        h = hash_item(store, h, &store->catalogue.items[i]);
    }
    *fingerprint = sm_hash_mix(h);
    return SIAMESE_OK;
}
