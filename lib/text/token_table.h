/* token_table.h: distinct tokens, numbered from 0 in the order they came, found
 * by their bytes; each token's bytes are held once. */
#ifndef SM_TOKEN_TABLE_H
#define SM_TOKEN_TABLE_H

#include "common/assert.h"
#include "common/status.h"
#include "text/tokenize.h"

/* Token numbers are int32_t ids to the floors below. */
#define SM_TOKENS_MAX ((size_t)INT32_MAX)

typedef struct sm_token_slot {
    uint64_t hash;
    uint32_t size;   /* the token's, or UINT32_MAX if it has more */
    uint32_t number; /* + 1; 0: the slot is free */
} sm_token_slot;

typedef struct sm_token_span {
    size_t offset, size;
} sm_token_span;

/* All zero is an empty table. */
typedef struct sm_token_table {
    sm_token_slot *slots; /* open addressing, linear probing */
    size_t slot_count;    /* 0 or a power of two, over twice count */
    sm_token_span *spans; /* [count], into bytes */
    size_t count, span_capacity;
    char *bytes;
    size_t bytes_used, bytes_capacity;
} sm_token_table;

void sm_token_table_free(sm_token_table *table);

/* Empties it, and keeps its memory if that is little. */
void sm_token_table_clear(sm_token_table *table);

/* Room for so many more tokens and bytes: adding them then cannot fail. */
sm_status sm_token_table_reserve(sm_token_table *table, size_t tokens,
                                 size_t bytes);

/* Finds the token or adds it; *number is its number either way. */
sm_status sm_token_table_add(sm_token_table *table, const sm_token *token,
                             size_t *number);

static inline const char *sm_token_table_bytes(const sm_token_table *table,
                                               size_t number)
{
    return table->bytes + table->spans[number].offset;
}

static inline size_t sm_token_table_size(const sm_token_table *table,
                                         size_t number)
{
    return table->spans[number].size;
}

/* Asks for the memory where a token of this hash is looked for first. */
static inline void sm_token_table_prefetch(const sm_token_table *table,
                                           uint64_t hash)
{
    if (table->slot_count)
        __builtin_prefetch(&table->slots[hash & (table->slot_count - 1)]);
}

/* The token's slot, or the free one where it would go; the table has slots. */
static inline sm_token_slot *sm_token_table_slot(const sm_token_table *table,
                                                 const sm_token *token)
{
    size_t const mask = table->slot_count - 1;
    sm_assert(table->slot_count > 0 && (table->slot_count & mask) == 0);
    sm_assert(table->count < table->slot_count / 2);
    uint32_t const size =
        token->size < UINT32_MAX ? (uint32_t)token->size : UINT32_MAX;
    size_t at = token->hash & mask;
    for (;; at = (at + 1) & mask) {
        sm_token_slot *const slot = &table->slots[at];
        if (slot->number == 0) return slot;
        if (slot->hash != token->hash || slot->size != size) continue;
        if (size <= SM_TOKEN_EXACT_HASH) return slot;
        size_t const number = slot->number - 1;
        if (sm_token_table_size(table, number) == token->size &&
            sm_token_equals(token, sm_token_table_bytes(table, number)))
            return slot;
    }
}

/* The token's number, or `missing`. */
static inline size_t sm_token_table_find(const sm_token_table *table,
                                         const sm_token *token, size_t missing)
{
    if (table->slot_count == 0) return missing;
    uint32_t const number = sm_token_table_slot(table, token)->number;
    return number ? number - 1 : missing;
}

#endif
