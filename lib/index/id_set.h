/* id_set.h: a set of ids, none below 0, by open addressing. */
#ifndef SM_ID_SET_H
#define SM_ID_SET_H

#include <stdbool.h>

#include "common/assert.h"
#include "common/hash.h"
#include "common/status.h"

typedef struct sm_id_set {
    int64_t *slots; /* [mask + 1]; -1: free */
    size_t mask;    /* a power of two, at least twice the ids, less one */
} sm_id_set;

/* Empty, with room for this many ids. */
sm_status sm_id_set_create(sm_id_set *set, size_t most);
void sm_id_set_clear(sm_id_set *set);

/* Where the id is, or would be. */
static inline size_t sm_id_set_slot(const sm_id_set *set, int64_t id)
{
    sm_assert(id >= 0 && (set->mask & (set->mask + 1)) == 0);
    size_t slot = (size_t)sm_secret_number((uint64_t)id) & set->mask;
    while (set->slots[slot] >= 0 && set->slots[slot] != id)
        slot = (slot + 1) & set->mask;
    return slot;
}

static inline bool sm_id_set_has(const sm_id_set *set, int64_t id)
{
    return set->slots[sm_id_set_slot(set, id)] == id;
}

/* False if the id was there already. */
static inline bool sm_id_set_add(sm_id_set *set, int64_t id)
{
    size_t const slot = sm_id_set_slot(set, id);
    if (set->slots[slot] == id) return false;
    set->slots[slot] = id;
    return true;
}

#endif
