/*
 * mined.c: lists the items that negatives are mined from, by a store's pairs
 * and catalogue; mine.c fills in the numbers, step_columns.c reads them.
 */
#include "train/mined.h"

#include "common/memory.h"

void sm_mined_free(sm_mined *mined)
{
    sm_free(mined->items.items);
    sm_free(mined->numbers);
    *mined = (sm_mined){.count = 0};
}

sm_status sm_mined_update(sm_mined *mined, const sm_pair_store *store,
                          size_t pairs, size_t items)
{
    if (mined->of_pairs == pairs && mined->of_items == items) return SIAMESE_OK;
    mined->of_pairs = SIZE_MAX; /* until the list is whole */
    SM_RETURN_IF_ERROR(
        sm_pair_store_distinct(store, NULL, pairs, items, &mined->items));
    mined->of_pairs = pairs;
    mined->of_items = items;
    return SIAMESE_OK;
}

bool sm_mined_fits(const sm_mined *mined)
{
    for (size_t i = 0; i < mined->count * mined->negatives; i++)
        if (mined->numbers[i] >= mined->items.count &&
            mined->numbers[i] != SM_MINED_NONE)
            return false;
    return true;
}
