/*
 * step_columns.c: the pairs of a batch and their source come in, rows of items
 * go out; batch_gradients.c gathers them, train_update.c counts them.
 */
#include "train/step_columns.h"

#include "common/memory.h"
#include "common/size.h"

void sm_step_columns_free(sm_step_columns *columns)
{
    sm_free(columns->rows);
    sm_free(columns->numbers);
    sm_free(columns->probabilities);
    *columns = (sm_step_columns){.count = 0};
}

static sm_status reserve(sm_step_columns *columns, size_t count)
{
    if (count <= columns->capacity) return SIAMESE_OK;
    sm_step_columns more = {
        .capacity = count,
        .rows = sm_alloc_array(count, sizeof *more.rows),
        .numbers = sm_alloc_array(count, sizeof *more.numbers),
        .probabilities = sm_alloc_array(count, sizeof *more.probabilities)};
    if (!more.rows || !more.numbers || !more.probabilities) {
        sm_step_columns_free(&more);
        return sm_fail_memory();
    }
    sm_step_columns_free(columns);
    *columns = more;
    return SIAMESE_OK;
}

static void append(sm_step_columns *columns, const sm_item *item)
{
    size_t const at = columns->count++;
    columns->rows[at] = item->row;
    columns->numbers[at] = item->number;
    columns->probabilities[at] = item->probability;
}

static sm_item item_of(sm_pair pair)
{
    return (sm_item){pair.item, pair.item_number, pair.probability};
}

/* Those of pair `row`, if any were mined for it. */
static void append_mined(sm_step_columns *columns, const sm_mined *mined,
                         size_t row)
{
    if (row >= mined->count) return;
    const uint32_t *const numbers = mined->numbers + row * mined->negatives;
    for (size_t n = 0; n < mined->negatives; n++)
        if (numbers[n] != SM_MINED_NONE)
            append(columns, &mined->items.items[numbers[n]]);
}

sm_status sm_step_columns_gather(sm_step_columns *columns,
                                 const sm_pair_store *store, const size_t *rows,
                                 const sm_pair *batch, size_t count,
                                 size_t random, sm_batch_source source,
                                 sm_rng *rng)
{
    size_t wanted = 0;
    for (size_t i = 0; i < count; i++)
        if (!sm_size_add(wanted, 1 + batch[i].negative_count, &wanted))
            return sm_fail_memory();
    size_t const mined = source.mined ? source.mined->negatives : 0;
    if (!sm_size_add(wanted, random, &wanted) ||
        !sm_size_add(wanted, count * mined, &wanted))
        return sm_fail_memory();
    SM_RETURN_IF_ERROR(reserve(columns, wanted));
    columns->count = 0;
    for (size_t i = 0; i < count; i++) {
        sm_item const item = item_of(batch[i]);
        append(columns, &item);
    }
    for (size_t i = 0; i < count; i++) {
        const sm_pair *const pair = &batch[i];
        for (size_t n = 0; n < pair->negative_count; n++)
            append(columns, &store->negatives.items[pair->first_negative + n]);
    }
    for (size_t i = 0; mined > 0 && i < count; i++)
        append_mined(columns, source.mined, rows[i]);
    for (size_t i = 0; i < random; i++) {
        sm_item item;
        if (source.items)
            item = store->catalogue
                       .items[sm_rng_below(rng, (uint64_t)source.items)];
        else
            item = item_of(sm_pair_store_get(
                store, sm_rng_below(rng, (uint64_t)source.pairs)));
        append(columns, &item);
    }
    return SIAMESE_OK;
}

uint64_t sm_step_columns_hash(const sm_step_columns *columns,
                              const sm_pair_store *store, size_t j)
{
    return sm_pair_store_item_hash(store, columns->rows[j],
                                   columns->numbers[j]);
}
