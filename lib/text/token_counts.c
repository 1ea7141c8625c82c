/* token_counts.c: tokens in, how often each came out. For a vocabulary that is
 * being built. */
#include "text/token_counts.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

/* Tokens of a part whose place in another table is asked for ahead. */
enum { AHEAD = 16 };

void sm_token_counts_free(sm_token_counts *counts)
{
    sm_token_table_free(&counts->table);
    sm_free(counts->counts);
    sm_free(counts->texts);
    *counts = (sm_token_counts){.by_text = counts->by_text};
}

void sm_token_counts_clear(sm_token_counts *counts)
{
    if (counts->table.count == 0) return;
    sm_token_table_clear(&counts->table);
    if (counts->table.slots == NULL) sm_token_counts_free(counts);
}

sm_status sm_token_counts_reserve(sm_token_counts *counts, size_t tokens,
                                  size_t bytes)
{
    SM_RETURN_IF_ERROR(sm_token_table_reserve(&counts->table, tokens, bytes));
    size_t const wanted = counts->table.count + tokens;
    if (wanted > counts->capacity) {
        sm_token_count *const grown = sm_grow(counts->counts, &counts->capacity,
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

/* The number of the token that the table has just been given: if it is a new
 * one, it counts nothing yet. */
static void begin_at_0(sm_token_counts *counts, size_t before, uint64_t hash)
{
    if (counts->table.count == before) return;
    counts->counts[before] = (sm_token_count){hash, 0};
    if (counts->by_text) counts->texts[before] = (sm_token_texts){0, 0};
}

sm_status sm_token_counts_add(sm_token_counts *counts, const sm_token *token,
                              uint64_t text)
{
    size_t number, before = counts->table.count;
    if (before == counts->capacity ||
        (counts->by_text && before == counts->texts_capacity))
        SM_RETURN_IF_ERROR(sm_token_counts_reserve(counts, 1, token->size));
    SM_RETURN_IF_ERROR(sm_token_table_add(&counts->table, token, &number));
    begin_at_0(counts, before, token->hash);
    counts->counts[number].count++;
    if (counts->by_text) {
        sm_token_texts *const texts = &counts->texts[number];
        texts->count += texts->last != text;
        texts->last = text;
    }
    return SIAMESE_OK;
}

static void prefetch(const sm_token_counts *counts, const sm_token_counts *part,
                     size_t number)
{
    if (number < part->table.count)
        sm_token_table_prefetch(&counts->table, part->counts[number].hash);
}

void sm_token_counts_missing(const sm_token_counts *counts,
                             const sm_token_counts *part, size_t *tokens,
                             size_t *bytes)
{
    for (size_t i = 0; i < part->table.count; i++) {
        prefetch(counts, part, i + AHEAD);
        sm_token const token = sm_token_counts_get(part, i);
        if (sm_token_table_find(&counts->table, &token, SIZE_MAX) != SIZE_MAX)
            continue;
        *tokens += 1;
        *bytes += token.size; /* no overflow: all of them are in memory */
    }
}

void sm_token_counts_merge(sm_token_counts *counts, const sm_token_counts *part)
{
    for (size_t i = 0; i < part->table.count; i++) {
        size_t to, before = counts->table.count;
        prefetch(counts, part, i + AHEAD);
        sm_token const token = sm_token_counts_get(part, i);
        sm_status const status =
            sm_token_table_add(&counts->table, &token, &to);
        sm_assert(status == SIAMESE_OK);
        (void)status;
        begin_at_0(counts, before, token.hash);
        counts->counts[to].count += part->counts[i].count;
        if (counts->by_text) counts->texts[to].count += part->texts[i].count;
    }
}
