/* row_slots.c: hashes and numbers of rows in, the numbers of those that may be
 * equal out. For text_rows and the identities of a pair store. */
#include "common/row_slots.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum { FIRST_SLOTS = 64 };

void sm_row_slots_free(sm_row_slots *slots)
{
    sm_free(slots->rows);
    sm_free(slots->tags);
    *slots = (sm_row_slots){.count = 0};
}

void sm_row_slots_insert(sm_row_slots *slots, uint64_t hash, uint32_t row)
{
    sm_row_probe const probe = sm_row_probe_begin(slots, hash);
    size_t at = probe.at;
    while (slots->tags[at]) at = at + 1 < slots->count ? at + 1 : 0;
    slots->tags[at] = probe.tag;
    slots->rows[at] = row;
}

sm_status sm_row_slots_reserve(sm_row_slots *slots, size_t rows,
                               sm_row_hash_fn hash_of, const void *context)
{
    if (rows < slots->count / 8 * 7) return SIAMESE_OK;
    sm_row_slots more = {.count = FIRST_SLOTS};
    if (slots->count &&
        !sm_size_add(slots->count, slots->count / 4, &more.count))
        return sm_fail_memory();
    more.rows = sm_alloc_array(more.count, sizeof *more.rows);
    more.tags = sm_calloc(more.count, 1);
    if (more.rows == NULL || more.tags == NULL) {
        sm_row_slots_free(&more);
        return sm_fail_memory();
    }
    for (size_t row = 0; row < rows; row++)
        sm_row_slots_insert(&more, hash_of(context, row), (uint32_t)row);
    sm_row_slots_free(slots);
    *slots = more;
    return SIAMESE_OK;
}

void sm_row_slots_remove_last(sm_row_slots *slots, uint64_t hash, uint32_t row)
{
    /* the last row in is the first out, so no probe chain is broken */
    size_t at = sm_row_probe_begin(slots, hash).at;
    while (slots->tags[at] == 0 || slots->rows[at] != row)
        at = at + 1 < slots->count ? at + 1 : 0;
    slots->tags[at] = 0;
}

void sm_row_slots_clear(sm_row_slots *slots)
{
    if (slots->count) memset(slots->tags, 0, slots->count);
}
