/* items_edit.c: a host's rows and ids in, to be added, replaced and removed. */
#include "common/room.h"
#include "items/items_change.h"

static sm_status change_rows(siamese_items *items,
                             const siamese_item_rows *host, int replaces,
                             int64_t *numbers, size_t capacity)
{
    sm_status status = SIAMESE_OK;
    sm_item_rows rows = {.values = NULL};
    sm_items_change change;
    SM_CHECK(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_TRY(sm_item_rows_read(&rows, host));
    if (numbers)
        SM_TRY(sm_room("numbers", numbers, capacity, rows.host.count, NULL));
    SM_TRY(sm_items_stage(&change, items, &rows, replaces));
    for (size_t i = 0; numbers && i < change.count; i++)
        numbers[i] = change.first + (int64_t)i;
    sm_items_commit(&change);
out:
    sm_item_rows_free(&rows);
    return status;
}

siamese_status siamese_items_add(siamese_items *items,
                                 const siamese_item_rows *rows,
                                 int64_t *numbers, size_t capacity)
{
    return change_rows(items, rows, 0, numbers, capacity);
}

siamese_status siamese_items_update(siamese_items *items,
                                    const siamese_item_rows *rows,
                                    int64_t *numbers, size_t capacity)
{
    return change_rows(items, rows, 1, numbers, capacity);
}

siamese_status siamese_items_remove(siamese_items *items, const int64_t *ids,
                                    const siamese_text *text_ids, size_t count,
                                    size_t *removed)
{
    sm_items_change change;
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(
        sm_items_stage_removal(&change, items, ids, text_ids, count));
    if (removed) *removed = change.removed_count;
    sm_items_commit(&change);
    return SIAMESE_OK;
}
