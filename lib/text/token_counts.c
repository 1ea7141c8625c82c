/* token_counts.c: tokens in, how often each came out. For a vocabulary that is
 * being built. */
#include "text/token_counts.h"

#include <string.h>

#include "common/memory.h"
#include "common/merge_sort.h"
#include "common/size.h"

void sm_token_counts_free(sm_token_counts *counts)
{
    sm_token_table_free(&counts->table);
    sm_free(counts->counts);
    sm_free(counts->texts);
    *counts = (sm_token_counts){.by_text = counts->by_text};
}

void sm_token_counts_clear(sm_token_counts *counts)
{
    sm_token_table_clear(&counts->table);
    counts->text = 0;
    if (counts->table.slots == NULL) sm_token_counts_free(counts);
}

static sm_status reserve(sm_token_counts *counts, size_t tokens, size_t bytes)
{
    SM_RETURN_IF_ERROR(sm_token_table_reserve(&counts->table, tokens, bytes));
    size_t const wanted = counts->table.count + tokens;
    if (wanted > counts->capacity) {
        uint64_t *const grown = sm_grow(counts->counts, &counts->capacity,
                                        wanted, sizeof *counts->counts);
        if (grown == NULL) return sm_fail_memory();
        counts->counts = grown;
    }
    if (counts->by_text && wanted > counts->texts_capacity) {
        sm_token_texts *const grown =
            sm_grow(counts->texts, &counts->texts_capacity, wanted,
                    sizeof *counts->texts);
        if (grown == NULL) return sm_fail_memory();
        counts->texts = grown;
    }
    return SIAMESE_OK;
}

/* The token's number; a new one counts nothing yet. */
static sm_status find_or_add(sm_token_counts *counts, const sm_token *token,
                             size_t *number)
{
    size_t const before = counts->table.count;
    *number = sm_token_table_find(&counts->table, token, SIZE_MAX);
    if (*number != SIZE_MAX) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(reserve(counts, 1, token->size));
    SM_RETURN_IF_ERROR(sm_token_table_add(&counts->table, token, number));
    counts->counts[before] = 0;
    if (counts->by_text) counts->texts[before] = (sm_token_texts){0, 0};
    return SIAMESE_OK;
}

sm_status sm_token_counts_add(sm_token_counts *counts, const sm_token *token)
{
    size_t number;
    SM_RETURN_IF_ERROR(find_or_add(counts, token, &number));
    counts->counts[number]++;
    if (counts->by_text) {
        sm_token_texts *const texts = &counts->texts[number];
        texts->count += texts->last != counts->text;
        texts->last = counts->text;
    }
    return SIAMESE_OK;
}

sm_status sm_token_counts_text(sm_token_counts *counts, const sm_byte_map *map,
                               const char *data, size_t size, size_t *tokens)
{
    sm_token_reader reader = sm_token_reader_of(map, data, size);
    sm_token token;
    sm_token_counts_next_text(counts);
    for (*tokens = 0; sm_token_next(&reader, &token); ++*tokens)
        SM_RETURN_IF_ERROR(sm_token_counts_add(counts, &token));
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
            size_t const from = slot->number - 1;
            size_t to;
            SM_RETURN_IF_ERROR(find_or_add(counts, &token, &to));
            counts->counts[to] += parts[p].counts[from];
            if (counts->by_text)
                counts->texts[to].count += parts[p].texts[from].count;
        }
    }
    return SIAMESE_OK;
}

/* Count descending, then bytes descending: a total order, tokens being
 * distinct, so the sort's own way does not show. */
static int compare(uint32_t x, uint32_t y, const void *context)
{
    const sm_token_counts *const counts = context;
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

sm_status sm_token_counts_sort(const sm_token_counts *counts, uint32_t *order)
{
    uint32_t *const spare = sm_alloc_array(counts->table.count, sizeof *spare);
    if (spare == NULL) return sm_fail_memory();
    for (size_t i = 0; i < counts->table.count; i++) order[i] = (uint32_t)i;
    sm_merge_sort(order, spare, counts->table.count, compare, counts);
    sm_free(spare);
    return SIAMESE_OK;
}
