/* token_rows.c: a ragged batch in, the real tokens of distinct rows in chunks
 * out. For the transformer. */
#include "nn/token_rows.h"

#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"

static sm_status reserve(sm_token_rows *t, size_t distinct, size_t tokens)
{
    if (distinct > t->rows_capacity || t->begin == NULL) {
        size_t const capacity = sm_roomy(distinct);
        t->rows_capacity = 0;
        SM_RENEW(t->begin, capacity + 1);
        SM_RENEW(t->chunk_begin, capacity + 1);
        t->rows_capacity = capacity;
    }
    if (tokens > t->tokens_capacity || t->positions == NULL) {
        size_t const capacity = sm_roomy(tokens);
        t->tokens_capacity = 0;
        SM_RENEW(t->positions, capacity);
        SM_RENEW(t->numbers, capacity);
        SM_RENEW(t->order, capacity);
        t->tokens_capacity = capacity;
    }
    return SIAMESE_OK;
}

/* The tokens of row r from `used` on; returns the end. */
static size_t pack_row(sm_token_rows *t, size_t r, size_t used)
{
    const sm_sequences *const s = &t->sequences;
    size_t const chunk = r / SM_CHUNK_ROWS, row = r % SM_CHUNK_ROWS;
    for (size_t at = 0; at < s->lengths[r]; at++) {
        uint32_t const number = s->slots[sm_slot(s, chunk, at) + row];
        if (number == 0) continue;
        t->positions[used] = (uint32_t)at;
        t->numbers[used++] = number;
    }
    return used;
}

static void cut_chunks(sm_token_rows *t)
{
    size_t const distinct = t->sequences.distinct;
    size_t first = 0;
    t->chunks = t->chunk_tokens = 0;
    while (first < distinct) {
        size_t last = first + 1;
        while (last < distinct &&
               t->begin[last + 1] - t->begin[first] <= SM_CHUNK_TOKENS)
            last++;
        t->chunk_begin[t->chunks++] = first;
        t->chunk_tokens =
            sm_max(t->chunk_tokens, t->begin[last] - t->begin[first]);
        first = last;
    }
    t->chunk_begin[t->chunks] = distinct;
}

sm_status sm_token_rows_prepare(sm_token_rows *t, const int32_t *ids,
                                const size_t *offsets, size_t rows,
                                size_t length, size_t table)
{
    sm_sequences *const s = &t->sequences;
    size_t tokens = 0;
    SM_RETURN_IF_ERROR(
        sm_sequences_prepare(s, ids, offsets, rows, length, table));
    for (size_t r = 0; r < s->distinct; r++) tokens += s->lengths[r];
    SM_RETURN_IF_ERROR(reserve(t, s->distinct, tokens));
    t->begin[0] = t->longest = 0;
    for (size_t r = 0; r < s->distinct; r++) {
        t->begin[r + 1] = pack_row(t, r, t->begin[r]);
        t->longest = sm_max(t->longest, t->begin[r + 1] - t->begin[r]);
    }
    cut_chunks(t);
    return SIAMESE_OK;
}

sm_token_chunk sm_token_rows_chunk(const sm_token_rows *t, size_t chunk)
{
    size_t const first = t->chunk_begin[chunk];
    size_t const last = t->chunk_begin[chunk + 1];
    return (sm_token_chunk){.first_row = first,
                            .rows = last - first,
                            .tokens = t->begin[last] - t->begin[first],
                            .begin = t->begin + first};
}

sm_status sm_token_rows_group(sm_token_rows *t)
{
    size_t const count = t->sequences.token_count;
    size_t const tokens = t->begin[t->sequences.distinct];
    if (count + 2 > t->group_capacity) {
        size_t const capacity = sm_roomy(count);
        t->group_capacity = 0;
        SM_RENEW(t->group_begin, capacity + 2);
        t->group_capacity = capacity + 2;
    }
    size_t *const begin = t->group_begin;
    sm_sort_begin(begin, count);
    for (size_t i = 0; i < tokens; i++) sm_sort_count(begin, t->numbers[i]);
    sm_sort_sum(begin, count);
    for (size_t i = 0; i < tokens; i++)
        t->order[sm_sort_place(begin, t->numbers[i])] = (uint32_t)i;
    return SIAMESE_OK;
}

void sm_token_rows_free(sm_token_rows *t)
{
    sm_sequences_free(&t->sequences);
    sm_free(t->begin);
    sm_free(t->positions);
    sm_free(t->numbers);
    sm_free(t->chunk_begin);
    sm_free(t->group_begin);
    sm_free(t->order);
    *t = (sm_token_rows){.chunks = 0};
}
