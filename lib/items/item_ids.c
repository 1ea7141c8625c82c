/* item_ids.c: hashes of ids and rows in, the row of an id out. For items. */
#include "items/item_ids.h"

#include <string.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"

enum { FREE = -1, REMOVED = -2, FIRST_SLOTS = 16 };

static void put(sm_item_ids *ids, uint64_t hash, int64_t row)
{
    size_t at = (size_t)hash & ids->mask;
    while (ids->slots[at].row >= 0) at = (at + 1) & ids->mask;
    ids->used += ids->slots[at].row == FREE;
    ids->slots[at] = (sm_item_slot){row, hash};
    ids->count++;
}

/* At most half of the slots are used, so that runs stay short; a new table is
 * good for a fifth more, so that ids that come and go do not ask for one each
 * time. */
sm_status sm_item_ids_reserve(sm_item_ids *ids, size_t more)
{
    size_t wanted, size = FIRST_SLOTS;
    size_t const now = ids->slots ? ids->mask + 1 : 0;
    if (!sm_size_add(ids->count, more, &wanted) ||
        wanted > SIZE_MAX / (8 * sizeof *ids->slots))
        return sm_fail_memory();
    if (ids->slots && ids->used + more <= now / 2) return SIAMESE_OK;
    while (size / 2 < wanted + wanted / 4) size *= 2;
    sm_item_ids fresh = {.slots = sm_alloc_array(size, sizeof *fresh.slots),
                         .mask = size - 1};
    if (fresh.slots == NULL) return sm_fail_memory();
    for (size_t i = 0; i < size; i++) fresh.slots[i].row = FREE;
    for (size_t i = 0; i < now; i++)
        if (ids->slots[i].row >= 0)
            put(&fresh, ids->slots[i].hash, ids->slots[i].row);
    sm_free(ids->slots);
    *ids = fresh;
    return SIAMESE_OK;
}

sm_status sm_item_ids_copy(sm_item_ids *to, const sm_item_ids *from)
{
    *to = *from;
    if (from->slots == NULL) return SIAMESE_OK;
    to->slots = sm_alloc_array(from->mask + 1, sizeof *to->slots);
    if (to->slots == NULL) return sm_fail_memory();
    memcpy(to->slots, from->slots, (from->mask + 1) * sizeof *to->slots);
    return SIAMESE_OK;
}

void sm_item_ids_free(sm_item_ids *ids)
{
    sm_free(ids->slots);
}

sm_item_slot *sm_item_ids_find(const sm_item_ids *ids, uint64_t hash,
                               sm_item_matches matches, const void *context)
{
    if (ids->slots == NULL) return NULL;
    for (size_t at = (size_t)hash & ids->mask; ids->slots[at].row != FREE;
         at = (at + 1) & ids->mask) {
        sm_item_slot *const slot = &ids->slots[at];
        if (slot->row >= 0 && slot->hash == hash && matches(context, slot->row))
            return slot;
    }
    return NULL;
}

void sm_item_ids_insert(sm_item_ids *ids, uint64_t hash, int64_t row)
{
    sm_assert(ids->slots != NULL && ids->count <= ids->mask / 2);
    put(ids, hash, row);
}

void sm_item_ids_remove(sm_item_ids *ids, sm_item_slot *slot)
{
    slot->row = REMOVED;
    ids->count--;
}
