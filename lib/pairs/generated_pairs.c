#include "pairs/generated_pairs.h"

#include <math.h>
#include <string.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

/* Streams of random numbers: those of epochs and of the fragments in them. */
#define DRAWN_ITEMS (UINT64_C(1) << 61)
#define FRAGMENTS (UINT64_C(1) << 63)

void sm_generated_pairs_free(sm_generated_pairs *made)
{
    sm_free(made->list.items);
    sm_free(made->drawn);
    sm_free(made->buffer);
    sm_free(made->query);
    *made = (sm_generated_pairs){.rules = made->rules};
}

/* The text that fragments of an item are taken from. */
static siamese_text text_of(const sm_generated_pairs *made,
                            const sm_pair_store *store, uint32_t row)
{
    return sm_text_rows_text(&store->items, row, made->rules.item_field);
}

/* ---- the items ---- */

/* Of all items so many are drawn, beside the whole copies. */
static size_t part_of(const sm_generated_pairs *made, size_t items)
{
    double const share = made->rules.share;
    return (size_t)((share - floor(share)) * (double)items + 0.5);
}

sm_status sm_generated_pairs_update(sm_generated_pairs *made, const sm_pair_store *store,
                               size_t pairs, size_t items)
{
    if (made->rules.share == 0 ||
        (made->of_pairs == pairs && made->of_items == items))
        return SIAMESE_OK;
    sm_item_list *const list = &made->list;
    size_t kept = 0;
    if (made->query == NULL)
        made->query =
            sm_calloc(made->rules.query_field + 1, sizeof *made->query);
    if (made->query == NULL) return sm_fail_memory();
    made->of_pairs = SIZE_MAX; /* until the list is whole */
    SM_RETURN_IF_ERROR(sm_pair_store_distinct(store, pairs, items, list));
    for (size_t i = 0; i < list->count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        siamese_text const text = text_of(made, store, list->items[i].row);
        if (sm_fragment_words(&text) > 0) list->items[kept++] = list->items[i];
    }
    list->count = kept;
    made->of_pairs = pairs;
    made->of_items = items;
    made->drawn_count = 0;
    made->count = (size_t)made->rules.share * made->list.count +
                  part_of(made, made->list.count);
    return SIAMESE_OK;
}

/* ---- an epoch ---- */

sm_status sm_generated_pairs_draw(sm_generated_pairs *made, uint64_t epoch)
{
    size_t const count = made->list.count;
    size_t const drawn = part_of(made, count);
    made->epoch = epoch;
    made->drawn_count = drawn;
    if (drawn == 0) return SIAMESE_OK;
    uint32_t *const all = sm_grow(made->drawn, &made->drawn_capacity, count,
                                  sizeof *all);
    if (all == NULL) return sm_fail_memory();
    made->drawn = all;
    sm_rng rng;
    sm_rng_init(&rng, made->rules.seed, DRAWN_ITEMS + epoch);
    for (size_t i = 0; i < count; i++) all[i] = (uint32_t)i;
    for (size_t i = 0; i < drawn; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        size_t const j = i + (size_t)sm_rng_below(&rng, count - i);
        uint32_t const item = all[j];
        all[j] = all[i];
        all[i] = item;
    }
    return SIAMESE_OK;
}

static sm_status reserve_buffer(sm_generated_pairs *made, size_t size)
{
    char *const grown =
        sm_grow(made->buffer, &made->buffer_size, sm_max(size, (size_t)1), 1);
    if (grown == NULL) return sm_fail_memory();
    made->buffer = grown;
    return SIAMESE_OK;
}

/* Pairs come in whole copies of the items, then in the drawn ones. */
static size_t item_of(const sm_generated_pairs *made, size_t number, size_t *copy)
{
    *copy = number / made->list.count;
    if (*copy < (size_t)made->rules.share) return number % made->list.count;
    return made->drawn[number - *copy * made->list.count];
}

/* The row of a query whose text of one field is this. */
static sm_status query_of(sm_generated_pairs *made, const sm_pair_store *store,
                          const siamese_text *fragment,
                          sm_text_rows *fragments, uint32_t *query)
{
    size_t const field = made->rules.query_field;
    const siamese_text *const texts = made->query;
    uint32_t row;
    made->query[field] = *fragment;
    *query = sm_text_rows_find(&store->queries, texts, field + 1);
    if (*query != UINT32_MAX) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_text_rows_add(fragments, texts, field + 1, &row));
    SM_REQUIRE(row < UINT32_MAX - store->queries.count, SIAMESE_E_LIMIT,
               "more than %u distinct queries", UINT32_MAX - 1);
    *query = (uint32_t)store->queries.count + row;
    return SIAMESE_OK;
}

sm_status sm_generated_pairs_get(sm_generated_pairs *made, const sm_pair_store *store,
                            size_t number, sm_text_rows *fragments,
                            sm_pair *pair)
{
    size_t copy;
    size_t const at = item_of(made, number, &copy);
    const sm_item *const item = &made->list.items[at];
    siamese_text const text = text_of(made, store, item->row);
    SM_RETURN_IF_ERROR(reserve_buffer(made, text.size));
    sm_rng rng;
    sm_rng_init(&rng, sm_hash_mix(made->rules.seed) ^ sm_hash_mix(~made->epoch),
                FRAGMENTS + ((uint64_t)at << 16) + copy);
    siamese_text const fragment = {
        made->buffer,
        sm_fragment_draw(&text, sm_fragment_words(&text),
                         &made->rules.fragments, &rng, made->buffer)};
    *pair = (sm_pair){.item = item->row,
                      .item_number = item->number,
                      .weight = made->rules.weight,
                      .probability = item->probability};
    return query_of(made, store, &fragment, fragments, &pair->query);
}
