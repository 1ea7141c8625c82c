/*
 * generated_pairs.c: takes the items of a store, gives pair after pair of an
 * epoch; the fit of lib/train calls it, and its batches read the pairs.
 */
#include "pairs/generated_pairs.h"

#include <math.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"

/* Streams of random numbers: those of epochs and of the fragments in them. */
#define SAMPLED_ITEMS (UINT64_C(1) << 61)
#define FRAGMENTS (UINT64_C(1) << 63)

void sm_generated_pairs_free(sm_generated_pairs *generated)
{
    sm_free(generated->list.items);
    sm_free(generated->words);
    sm_free(generated->sampled);
    *generated = (sm_generated_pairs){.rules = generated->rules};
}

/* The text that fragments of an item are taken from. */
static siamese_text text_of(const sm_generated_pairs *generated,
                            const sm_pair_store *store, uint32_t row)
{
    return sm_text_rows_text(&store->items, row, generated->rules.item_field);
}

/* ---- the items ---- */

/* Of all items so many are drawn, beside the whole copies. */
static size_t part_of(const sm_generated_pairs *generated, size_t items)
{
    double const share = generated->rules.share;
    return (size_t)((share - floor(share)) * (double)items + 0.5);
}

/* Leaves out items without words, and counts those of the others. */
static sm_status count_words(sm_generated_pairs *generated,
                             const sm_pair_store *store)
{
    sm_item_list *const list = &generated->list;
    size_t kept = 0;
    size_t *const words =
        sm_grow_by_part(generated->words, &generated->words_capacity,
                        list->count, sizeof *words);
    if (words == NULL) return sm_fail_memory();
    generated->words = words;
    for (size_t i = 0; i < list->count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        siamese_text const text = text_of(generated, store, list->items[i].row);
        words[kept] = sm_fragment_words(&text);
        list->items[kept] = list->items[i];
        kept += words[kept] > 0;
    }
    list->count = kept;
    return SIAMESE_OK;
}

sm_status sm_generated_pairs_update(sm_generated_pairs *generated,
                                    const sm_pair_store *store,
                                    const sm_item_list *before, size_t pairs,
                                    size_t items)
{
    if (generated->rules.share == 0 ||
        (generated->of_pairs == pairs && generated->of_items == items))
        return SIAMESE_OK;
    generated->of_pairs = SIZE_MAX; /* until the list is whole */
    SM_RETURN_IF_ERROR(
        sm_pair_store_distinct(store, before, pairs, items, &generated->list));
    SM_RETURN_IF_ERROR(count_words(generated, store));
    generated->of_pairs = pairs;
    generated->of_items = items;
    generated->sampled_count = 0;
    generated->count = (size_t)generated->rules.share * generated->list.count +
                       part_of(generated, generated->list.count);
    return SIAMESE_OK;
}

void sm_generated_pairs_forget(sm_generated_pairs *generated)
{
    generated->of_pairs = SIZE_MAX;
}

/* ---- an epoch ---- */

sm_status sm_generated_pairs_draw(sm_generated_pairs *generated, uint64_t epoch)
{
    size_t const count = generated->list.count;
    size_t const sampled = part_of(generated, count);
    generated->epoch = epoch;
    generated->sampled_count = sampled;
    if (sampled == 0) return SIAMESE_OK;
    uint32_t *const all = sm_grow(
        generated->sampled, &generated->sampled_capacity, count, sizeof *all);
    if (all == NULL) return sm_fail_memory();
    generated->sampled = all;
    sm_rng rng;
    sm_rng_init(&rng, generated->rules.seed, SAMPLED_ITEMS + epoch);
    for (size_t i = 0; i < count; i++) all[i] = (uint32_t)i;
    for (size_t i = 0; i < sampled; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        size_t const j = i + (size_t)sm_rng_below(&rng, count - i);
        uint32_t const item = all[j];
        all[j] = all[i];
        all[i] = item;
    }
    return SIAMESE_OK;
}

/* Pairs come in whole copies of the items, then in the sampled ones. */
static size_t item_of(const sm_generated_pairs *generated, size_t number,
                      size_t *copy)
{
    *copy = number / generated->list.count;
    if (*copy < (size_t)generated->rules.share)
        return number % generated->list.count;
    return generated->sampled[number - *copy * generated->list.count];
}

size_t sm_generated_pairs_room(const sm_generated_pairs *generated,
                               const sm_pair_store *store, size_t number)
{
    size_t copy;
    size_t const at = item_of(generated, number, &copy);
    return text_of(generated, store, generated->list.items[at].row).size;
}

size_t sm_generated_pairs_get(const sm_generated_pairs *generated,
                              const sm_pair_store *store, size_t number,
                              sm_pair *pair, char *out)
{
    size_t copy;
    size_t const at = item_of(generated, number, &copy);
    const sm_item *const item = &generated->list.items[at];
    siamese_text const text = text_of(generated, store, item->row);
    sm_rng rng;
    sm_rng_init(&rng,
                sm_hash_mix(generated->rules.seed) ^
                    sm_hash_mix(~generated->epoch),
                FRAGMENTS + ((uint64_t)at << 16) + copy);
    *pair = (sm_pair){.item = item->row,
                      .item_number = item->number,
                      .weight = generated->rules.weight,
                      .probability = item->probability};
    return sm_fragment_draw(&text, generated->words[at],
                            &generated->rules.fragments, &rng, out);
}
