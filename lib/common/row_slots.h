/* row_slots.h: a table that finds numbered rows by their hashes, in few bytes a
 * row. What a row is, and its hash, is the caller's. */
#ifndef SM_ROW_SLOTS_H
#define SM_ROW_SLOTS_H

#include <stdint.h>

#include "common/status.h"

/* Open addressing at a load of up to 7/8: probes are many, but they read the
 * tags, bytes that lie side by side. A tag, 8 bits of the hash, tells most
 * other rows apart without a look at them. */
typedef struct sm_row_slots {
    uint32_t *rows; /* [count] */
    uint8_t *tags;  /* [count]; 0: free */
    size_t count;
} sm_row_slots;

#define SM_ROW_NONE UINT32_MAX

/* The hash of a row that the table has. */
typedef uint64_t (*sm_row_hash_fn)(const void *context, size_t row);

void sm_row_slots_free(sm_row_slots *slots);

/* Room for one more than the `rows` rows there are. Failing, the table is as
 * before. */
sm_status sm_row_slots_reserve(sm_row_slots *slots, size_t rows,
                               sm_row_hash_fn hash_of, const void *context);

/* A row that is not there; room was reserved. */
void sm_row_slots_insert(sm_row_slots *slots, uint64_t hash, uint32_t row);

/* Takes out the row that was inserted last. */
void sm_row_slots_remove_last(sm_row_slots *slots, uint64_t hash, uint32_t row);

/* Takes all out. */
void sm_row_slots_clear(sm_row_slots *slots);

/* Where the rows of a hash stand. */
typedef struct sm_row_probe {
    size_t at;
    uint8_t tag;
} sm_row_probe;

/* The high bits choose the slot, the low ones the tag. */
static inline sm_row_probe sm_row_probe_begin(const sm_row_slots *slots,
                                              uint64_t hash)
{
    return (sm_row_probe){(size_t)((hash >> 32) * slots->count >> 32),
                          (uint8_t)(hash % 255 + 1)};
}

/* The next row that may be the one, or SM_ROW_NONE behind the last. */
static inline uint32_t sm_row_probe_next(const sm_row_slots *slots,
                                         sm_row_probe *probe)
{
    if (slots->count == 0) return SM_ROW_NONE;
    for (;;) {
        size_t const at = probe->at;
        uint8_t const tag = slots->tags[at];
        if (tag == 0) return SM_ROW_NONE;
        probe->at = at + 1 < slots->count ? at + 1 : 0;
        if (tag == probe->tag) return slots->rows[at];
    }
}

#endif
