/* token_table.c: tokens in, their numbers out, and a token's number by its
 * bytes. For vocabularies. */
#include "text/token_table.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum { SLOTS_MIN = 64, SLOTS_KEPT = 1024, BYTES_KEPT = 1 << 16 };

void sm_token_table_free(sm_token_table *table)
{
    sm_free(table->slots);
    sm_free(table->spans);
    sm_free(table->bytes);
    *table = (sm_token_table){0};
}

void sm_token_table_clear(sm_token_table *table)
{
    if (table->slot_count > SLOTS_KEPT || table->bytes_capacity > BYTES_KEPT) {
        sm_token_table_free(table);
        return;
    }
    if (table->count)
        memset(table->slots, 0, table->slot_count * sizeof *table->slots);
    table->count = 0;
    table->bytes_used = 0;
}

/* Moves what the table holds to slot_count slots. */
static sm_status set_slots(sm_token_table *table, size_t slot_count)
{
    sm_token_slot *const slots = sm_calloc(slot_count, sizeof *slots);
    if (slots == NULL) return sm_fail_memory();
    size_t const mask = slot_count - 1;
    for (size_t i = 0; i < table->slot_count; i++) {
        if (table->slots[i].number == 0) continue;
        size_t at = table->slots[i].hash & mask;
        while (slots[at].number) at = (at + 1) & mask;
        slots[at] = table->slots[i];
    }
    sm_free(table->slots);
    table->slots = slots;
    table->slot_count = slot_count;
    return SIAMESE_OK;
}

sm_status sm_token_table_reserve(sm_token_table *table, size_t tokens,
                                 size_t bytes)
{
    size_t const room = SM_TOKENS_MAX - table->count;
    SM_REQUIRE(tokens <= room, SIAMESE_E_LIMIT, "more than %zu distinct tokens",
               SM_TOKENS_MAX);
    size_t const count = table->count + tokens;
    size_t used;
    if (!sm_size_add(table->bytes_used, bytes, &used)) return sm_fail_memory();

    if (count > table->span_capacity) {
        sm_token_span *const spans =
            sm_grow(table->spans, &table->span_capacity, count, sizeof *spans);
        if (spans == NULL) return sm_fail_memory();
        table->spans = spans;
    }
    if (used > table->bytes_capacity || table->bytes == NULL) {
        char *const grown =
            sm_grow(table->bytes, &table->bytes_capacity, used, 1);
        if (grown == NULL) return sm_fail_memory();
        table->bytes = grown;
    }
    size_t slot_count = sm_max(table->slot_count, SLOTS_MIN);
    while (slot_count / 2 <= count)
        if (!sm_size_multiply(slot_count, 2, &slot_count))
            return sm_fail_memory();
    if (slot_count > table->slot_count)
        SM_RETURN_IF_ERROR(set_slots(table, slot_count));
    return SIAMESE_OK;
}

/* Whether one token more fits as the table is. */
static bool has_room(const sm_token_table *table, size_t bytes)
{
    return table->count + 1 < table->slot_count / 2 &&
           table->count < table->span_capacity &&
           bytes <= table->bytes_capacity - table->bytes_used;
}

sm_status sm_token_table_add(sm_token_table *table, const sm_token *token,
                             size_t *number)
{
    sm_token_slot *slot = NULL;
    if (table->slot_count) {
        slot = sm_token_table_slot(table, token);
        if (slot->number) {
            *number = slot->number - 1;
            return SIAMESE_OK;
        }
    }
    if (slot == NULL || !has_room(table, token->size)) {
        SM_RETURN_IF_ERROR(sm_token_table_reserve(table, 1, token->size));
        slot = sm_token_table_slot(table, token);
    }

    size_t const next = table->count++;
    table->spans[next] = (sm_token_span){table->bytes_used, token->size};
    sm_token_copy(token, table->bytes + table->bytes_used);
    table->bytes_used += token->size;
    slot->hash = token->hash;
    slot->size = (uint32_t)sm_min(token->size, UINT32_MAX);
    slot->number = (uint32_t)next + 1;
    *number = next;
    return SIAMESE_OK;
}
