#include "text/token_counts.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

void sm_token_counts_free(sm_token_counts *counts)
{
    sm_token_table_free(&counts->table);
    sm_free(counts->counts);
    *counts = (sm_token_counts){0};
}

void sm_token_counts_clear(sm_token_counts *counts)
{
    sm_token_table_clear(&counts->table);
    if (counts->table.slots == NULL) sm_token_counts_free(counts);
}

static sm_status reserve(sm_token_counts *counts, size_t tokens, size_t bytes)
{
    SM_RETURN_IF_ERROR(sm_token_table_reserve(&counts->table, tokens, bytes));
    size_t const wanted = counts->table.count + tokens;
    if (wanted <= counts->capacity) return SIAMESE_OK;
    uint64_t *const grown = sm_grow(counts->counts, &counts->capacity, wanted,
                                    sizeof *counts->counts);
    if (grown == NULL) return sm_fail_memory();
    counts->counts = grown;
    return SIAMESE_OK;
}

static sm_status add(sm_token_counts *counts, const sm_token *token,
                     uint64_t times)
{
    size_t const before = counts->table.count;
    size_t number = sm_token_table_find(&counts->table, token, SIZE_MAX);
    if (number == SIZE_MAX) {
        SM_RETURN_IF_ERROR(reserve(counts, 1, token->size));
        SM_RETURN_IF_ERROR(sm_token_table_add(&counts->table, token, &number));
        counts->counts[before] = 0;
    }
    counts->counts[number] += times;
    return SIAMESE_OK;
}

sm_status sm_token_counts_text(sm_token_counts *counts, const sm_byte_map *map,
                               const char *data, size_t size)
{
    sm_token_reader reader = sm_token_reader_of(map, data, size);
    sm_token token;
    while (sm_token_next(&reader, &token))
        SM_RETURN_IF_ERROR(add(counts, &token, 1));
    return SIAMESE_OK;
}

/* Tokens and bytes of part that counts lacks. */
static void measure_missing(const sm_token_counts *counts,
                            const sm_token_counts *part, size_t *tokens,
                            size_t *bytes)
{
    for (size_t i = 0; i < part->table.slot_count; i++) {
        const sm_token_slot *const slot = &part->table.slots[i];
        if (slot->number == 0) continue;
        sm_token const token = sm_token_table_get(&part->table, slot);
        if (sm_token_table_find(&counts->table, &token, SIZE_MAX) != SIZE_MAX)
            continue;
        *tokens += 1;
        *bytes += token.size; /* no overflow: all of them are in memory */
    }
}

sm_status sm_token_counts_merge(sm_token_counts *counts,
                                const sm_token_counts *parts, size_t part_count)
{
    size_t tokens = 0, bytes = 0;
    for (size_t p = 0; p < part_count; p++)
        measure_missing(counts, &parts[p], &tokens, &bytes);
    SM_RETURN_IF_ERROR(reserve(counts, tokens, bytes));

    for (size_t p = 0; p < part_count; p++) {
        const sm_token_table *const table = &parts[p].table;
        for (size_t i = 0; i < table->slot_count; i++) {
            const sm_token_slot *const slot = &table->slots[i];
            if (slot->number == 0) continue;
            sm_token const token = sm_token_table_get(table, slot);
            SM_RETURN_IF_ERROR(
                add(counts, &token, parts[p].counts[slot->number - 1]));
        }
    }
    return SIAMESE_OK;
}

/* Count descending, then bytes descending: a total order, tokens being
 * distinct, so the sort's own way does not show. */
static int compare(const void *a, const void *b, void *context)
{
    const sm_token_counts *const counts = context;
    size_t const x = *(const uint32_t *)a;
    size_t const y = *(const uint32_t *)b;
    if (counts->counts[x] != counts->counts[y])
        return counts->counts[x] > counts->counts[y] ? -1 : 1;
    size_t const x_size = sm_token_table_size(&counts->table, x);
    size_t const y_size = sm_token_table_size(&counts->table, y);
    int const bytes =
        memcmp(sm_token_table_bytes(&counts->table, x),
               sm_token_table_bytes(&counts->table, y), sm_min(x_size, y_size));
    if (bytes) return -bytes;
    return x_size == y_size ? 0 : x_size > y_size ? -1 : 1;
}

void sm_token_counts_sort(const sm_token_counts *counts, uint32_t *order)
{
    for (size_t i = 0; i < counts->table.count; i++) order[i] = (uint32_t)i;
    qsort_r(order, counts->table.count, sizeof *order, compare,
            (void *)(uintptr_t)counts);
}
