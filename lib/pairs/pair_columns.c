/* pair_columns.c: pairs in, their numbers in columns out. For the pair
 * store. */
#include "pairs/pair_columns.h"

#include <stdbool.h>

#include "common/memory.h"
#include "common/size.h"

void sm_pair_columns_free(sm_pair_columns *columns)
{
    sm_free(columns->queries);
    sm_free(columns->items);
    sm_free(columns->numbers);
    sm_free(columns->weights);
    sm_free(columns->probabilities);
    sm_free(columns->first_negatives);
    *columns = (sm_pair_columns){.capacity = 0};
}

/* ---- room ---- */

/* The column with so many elements, of which the first ones stay. */
#define RESIZE(column, capacity)                                               \
    do {                                                                       \
        void *const resized_ =                                                 \
            sm_realloc_array((column), (capacity), sizeof *(column));          \
        if (resized_ == NULL) return sm_fail_memory();                         \
        (column) = resized_;                                                   \
    } while (0)

/* All columns that are there; until they all are as long, the capacity is that
 * of the shortest. */
static sm_status lengthen(sm_pair_columns *c, size_t wanted)
{
    size_t capacity;
    if (wanted <= c->capacity && c->queries) return SIAMESE_OK;
    if (!sm_size_add(wanted, wanted / 8 + 8, &capacity))
        return sm_fail_memory();
    RESIZE(c->queries, capacity);
    RESIZE(c->items, capacity);
    if (c->numbers) RESIZE(c->numbers, capacity);
    if (c->weights) RESIZE(c->weights, capacity);
    if (c->probabilities) RESIZE(c->probabilities, capacity);
    if (c->first_negatives) RESIZE(c->first_negatives, capacity + 1);
    c->capacity = capacity;
    return SIAMESE_OK;
}

static bool any_not_one(const float *x, size_t count)
{
    for (size_t i = 0; x && i < count; i++)
        if (x[i] != 1) return true;
    return false;
}

static sm_status begin_reals(float **column, size_t count, size_t capacity)
{
    RESIZE(*column, capacity);
    for (size_t i = 0; i < count; i++) (*column)[i] = 1;
    return SIAMESE_OK;
}

sm_status sm_pair_columns_reserve(sm_pair_columns *c, size_t count,
                                  size_t wanted, const siamese_pairs *pairs)
{
    SM_RETURN_IF_ERROR(lengthen(c, wanted));
    if (!c->weights && any_not_one(pairs->weights, pairs->count))
        SM_RETURN_IF_ERROR(begin_reals(&c->weights, count, c->capacity));
    if (!c->probabilities &&
        any_not_one(pairs->item_probabilities, pairs->count))
        SM_RETURN_IF_ERROR(begin_reals(&c->probabilities, count, c->capacity));
    if (!c->first_negatives && pairs->negatives) {
        RESIZE(c->first_negatives, c->capacity + 1);
        for (size_t i = 0; i <= count; i++) c->first_negatives[i] = 0;
    }
    return SIAMESE_OK;
}

sm_status sm_pair_columns_spell_numbers(sm_pair_columns *c,
                                        const sm_identities *identities,
                                        size_t count)
{
    RESIZE(c->numbers, c->capacity);
    for (size_t i = 0; i < count; i++)
        c->numbers[i] = sm_identities_first(identities, c->items[i]);
    return SIAMESE_OK;
}

/* ---- pairs ---- */

void sm_pair_columns_set(sm_pair_columns *c, size_t i, const sm_pair *pair)
{
    c->queries[i] = pair->query;
    c->items[i] = pair->item;
    if (c->numbers) c->numbers[i] = pair->item_number;
    if (c->weights) c->weights[i] = pair->weight;
    if (c->probabilities) c->probabilities[i] = pair->probability;
    if (c->first_negatives) {
        c->first_negatives[i] = pair->first_negative;
        c->first_negatives[i + 1] = pair->first_negative + pair->negative_count;
    }
}
