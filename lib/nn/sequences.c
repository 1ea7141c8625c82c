/* sequences.c: a ragged batch in, its distinct rows by length, in chunks, with
 * numbered tokens out. For recurrent encoders. */
#include "nn/sequences.h"

#include "common/assert.h"
#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/renew.h"
#include "nn/ragged.h"

static sm_status reserve_rows(sm_sequences *s, size_t rows, size_t length)
{
    size_t wanted = 16;
    while (wanted < rows)
        if (!sm_size_multiply(wanted, 2, &wanted)) return sm_fail_memory();
    if (wanted > s->rows_capacity) {
        s->rows_capacity = 0;
        SM_RENEW(s->lengths, wanted);
        SM_RENEW(s->sorted, wanted);
        SM_RENEW(s->rank, wanted);
        s->rows_capacity = wanted;
    }
    if (length + 3 > s->length_capacity) {
        s->length_capacity = 0;
        SM_RENEW(s->counts, length + 3);
        s->length_capacity = length + 3;
    }
    return SIAMESE_OK;
}

static sm_status reserve_slots(sm_sequences *s)
{
    size_t slots;
    s->chunks = sm_chunks(s->distinct, SM_CHUNK_ROWS);
    if (!sm_size_multiply(s->chunks * SM_CHUNK_ROWS, s->length, &slots) ||
        slots >= INT32_MAX)
        return sm_fail(SIAMESE_E_LIMIT,
                       "a batch of %zu rows of %zu tokens is too large",
                       s->distinct, s->length);
    if (slots > s->slots_capacity || s->slots == NULL || s->tokens == NULL) {
        s->slots_capacity = 0;
        s->tokens_capacity = 0;
        SM_RENEW(s->slots, slots + 1);
        SM_RENEW(s->tokens, slots + 1);
        s->slots_capacity = slots;
    }
    return SIAMESE_OK;
}

static sm_status reserve_table(sm_sequences *s, size_t table)
{
    if (table <= s->table) return SIAMESE_OK;
    s->table = 0;
    sm_free(s->token_number);
    s->token_number = sm_calloc(table, sizeof *s->token_number);
    if (s->token_number == NULL) return sm_fail_memory();
    s->table = table;
    return SIAMESE_OK;
}

/* ---- distinct rows ---- */

/* Stable counting sort of the distinct rows, the longest first. */
static void sort_by_length(sm_sequences *s, const sm_ragged *b)
{
    size_t const length = b->length;
    const uint32_t *const order = s->found.first;
    sm_sort_begin(s->counts, length + 1);
    for (size_t d = 0; d < s->distinct; d++)
        sm_sort_count(s->counts, length - sm_ragged_length(b, order[d]));
    sm_sort_sum(s->counts, length + 1);
    for (size_t d = 0; d < s->distinct; d++) {
        size_t const n = sm_ragged_length(b, order[d]);
        size_t const to = sm_sort_place(s->counts, length - n);
        s->rank[d] = (uint32_t)to;
        s->sorted[to] = order[d];
        s->lengths[to] = (uint32_t)n;
    }
    for (size_t d = 1; d < s->distinct; d++)
        sm_assert(s->lengths[d - 1] >= s->lengths[d]);
    for (size_t r = 0; r < s->rows; r++) s->row_map[r] = s->rank[s->row_map[r]];
}

/* ---- tokens ---- */

static void fill_slots(sm_sequences *s, const sm_ragged *b)
{
    s->tokens[0] = 0; /* the pad has number 0 whether it occurs or not */
    s->token_number[0] = 1;
    s->token_count = 1;
    for (size_t d = 0; d < s->distinct; d++) {
        const int32_t *const ids = b->ids + b->offsets[s->sorted[d]];
        size_t const chunk = d / SM_CHUNK_ROWS, row = d % SM_CHUNK_ROWS;
        for (size_t t = 0; t < s->length; t++) {
            uint32_t number = 1;
            if (t < s->lengths[d]) {
                sm_assert(ids[t] >= 0 && (size_t)ids[t] < s->table);
                uint32_t *const known = &s->token_number[ids[t]];
                if (*known == 0) {
                    s->tokens[s->token_count++] = ids[t];
                    *known = (uint32_t)s->token_count;
                }
                number = *known;
            }
            s->slots[sm_slot(s, chunk, t) + row] = number - 1;
        }
    }
    for (size_t n = 0; n < s->token_count; n++)
        s->token_number[s->tokens[n]] = 0;
}

sm_status sm_sequences_prepare(sm_sequences *s, const int32_t *ids,
                               const size_t *offsets, size_t rows,
                               size_t length, size_t table)
{
    sm_ragged const batch = {ids, offsets, length};
    SM_RETURN_IF_ERROR(
        sm_distinct_rows_find(&s->found, NULL, ids, offsets, rows, length));
    SM_RETURN_IF_ERROR(reserve_rows(s, rows, length));
    SM_RETURN_IF_ERROR(reserve_table(s, table));
    s->rows = rows;
    s->length = length;
    s->distinct = s->found.count;
    s->row_map = s->found.number;
    sort_by_length(s, &batch);
    SM_RETURN_IF_ERROR(reserve_slots(s));
    fill_slots(s, &batch);
    return SIAMESE_OK;
}

/* Whether a row, cut at length, has an id 0. */
static bool has_pad(const sm_ragged *b, size_t row)
{
    const int32_t *const ids = b->ids + b->offsets[row];
    size_t const count = sm_ragged_length(b, row);
    for (size_t i = 0; i < count; i++)
        if (ids[i] == 0) return true;
    return false;
}

/* Copies the rows, cut at length, without ids 0. */
static sm_status leave_pads_out(sm_sequences *s, const sm_ragged *b,
                                size_t rows)
{
    size_t wanted = 0, used = 0;
    for (size_t r = 0; r < rows; r++) wanted += sm_ragged_length(b, r);
    if (wanted > s->unmasked_ids_capacity || s->unmasked_ids == NULL) {
        s->unmasked_ids_capacity = 0;
        SM_RENEW(s->unmasked_ids, wanted);
        s->unmasked_ids_capacity = wanted;
    }
    if (rows + 1 > s->unmasked_offsets_capacity) {
        s->unmasked_offsets_capacity = 0;
        SM_RENEW(s->unmasked_offsets, rows + 1);
        s->unmasked_offsets_capacity = rows + 1;
    }
    for (size_t r = 0; r < rows; r++) {
        const int32_t *const ids = b->ids + b->offsets[r];
        s->unmasked_offsets[r] = used;
        for (size_t i = 0; i < sm_ragged_length(b, r); i++)
            if (ids[i] != 0) s->unmasked_ids[used++] = ids[i];
    }
    s->unmasked_offsets[rows] = used;
    return SIAMESE_OK;
}

sm_status sm_sequences_prepare_masked(sm_sequences *s, const int32_t *ids,
                                      const size_t *offsets, size_t rows,
                                      size_t length, size_t table)
{
    sm_ragged const batch = {ids, offsets, length};
    size_t r = 0;
    while (r < rows && !has_pad(&batch, r)) r++;
    if (r == rows)
        return sm_sequences_prepare(s, ids, offsets, rows, length, table);
    SM_RETURN_IF_ERROR(leave_pads_out(s, &batch, rows));
    return sm_sequences_prepare(s, s->unmasked_ids, s->unmasked_offsets, rows,
                                length, table);
}

void sm_sequences_count_pads(sm_sequences *s)
{
    for (size_t d = 0; d < s->distinct; d++)
        s->lengths[d] = (uint32_t)s->length;
}

size_t sm_chunk_active(const sm_sequences *s, size_t chunk, size_t t)
{
    const uint32_t *const lengths = s->lengths + chunk * SM_CHUNK_ROWS;
    size_t active = sm_chunk_rows(s, chunk);
    while (active > 0 && lengths[active - 1] <= t) active--;
    return active;
}

sm_status sm_sequences_group(sm_sequences *s)
{
    if (s->slots_capacity > s->tokens_capacity || s->token_begin == NULL ||
        s->token_slots == NULL) {
        s->tokens_capacity = 0;
        SM_RENEW(s->token_begin, s->slots_capacity + 3);
        SM_RENEW(s->token_slots, s->slots_capacity + 1);
        s->tokens_capacity = s->slots_capacity;
    }
    size_t *const begin = s->token_begin;
    sm_sort_begin(begin, s->token_count);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t c = 0; c < s->chunks; c++)
            for (size_t t = 0; t < s->length; t++) {
                size_t const slot = sm_slot(s, c, t);
                size_t const active = sm_chunk_active(s, c, t);
                for (size_t r = slot; r < slot + active; r++) {
                    uint32_t const n = s->slots[r];
                    if (pass == 0)
                        sm_sort_count(begin, n);
                    else
                        s->token_slots[sm_sort_place(begin, n)] = (int32_t)r;
                }
            }
        if (pass == 0) sm_sort_sum(begin, s->token_count);
    }
    return SIAMESE_OK;
}

void sm_sequences_free(sm_sequences *s)
{
    sm_distinct_rows_free(&s->found);
    sm_free(s->lengths);
    sm_free(s->tokens);
    sm_free(s->slots);
    sm_free(s->token_begin);
    sm_free(s->token_slots);
    sm_free(s->token_number);
    sm_free(s->sorted);
    sm_free(s->rank);
    sm_free(s->counts);
    sm_free(s->unmasked_ids);
    sm_free(s->unmasked_offsets);
    *s = (sm_sequences){.rows = 0};
}
