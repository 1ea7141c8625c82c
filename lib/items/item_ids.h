/* item_ids.h: from an item's id to its row, by a hash table with open
 * addressing that holds rows and hashes, not ids. */
#ifndef SM_ITEM_IDS_H
#define SM_ITEM_IDS_H

#include <stdbool.h>

#include "common/status.h"

typedef struct sm_item_slot {
    int64_t row; /* -1: free, -2: was removed */
    uint64_t hash;
} sm_item_slot;

/* Zeroed memory is an empty one. */
typedef struct sm_item_ids {
    sm_item_slot *slots; /* [mask + 1], a power of two */
    size_t mask;
    size_t used; /* slots that are not free */
    size_t count;
} sm_item_ids;

/* Whether the row has the id that is looked for. */
typedef bool (*sm_item_matches)(const void *context, int64_t row);

/* Room for `more` ids beside those that are there; nothing else changes. */
sm_status sm_item_ids_reserve(sm_item_ids *ids, size_t more);
sm_status sm_item_ids_copy(sm_item_ids *to, const sm_item_ids *from);
void sm_item_ids_free(sm_item_ids *ids);

/* The slot of an id; NULL: it is not there. */
sm_item_slot *sm_item_ids_find(const sm_item_ids *ids, uint64_t hash,
                               sm_item_matches matches, const void *context);

/* An id that is not there; room was reserved. */
void sm_item_ids_insert(sm_item_ids *ids, uint64_t hash, int64_t row);
void sm_item_ids_remove(sm_item_ids *ids, sm_item_slot *slot);

#endif
