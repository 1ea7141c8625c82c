/*
 * sequences.h: a batch of token rows as a recurrent encoder wants it: each
 * distinct row once, the longest first, cut into chunks of rows that are worked
 * on independently, with its distinct tokens numbered.
 *
 * What depends on a token alone is then computed once a token, pads at the end
 * of rows are a count, and the chunks, which do not depend on the number of
 * threads, are the unit of work and of every reduction.
 */
#ifndef SM_SEQUENCES_H
#define SM_SEQUENCES_H

#include <stdint.h>

#include "nn/distinct_rows.h"

/* Rows a chunk. */
enum { SM_CHUNK_ROWS = 64 };

typedef struct sm_sequences {
    size_t length; /* T: rows are cut at it and padded to it */

    size_t rows;       /* as given */
    size_t distinct;   /* different ones */
    uint32_t *row_map; /* [rows]: number of the distinct row */
    uint32_t *lengths; /* [distinct]: tokens before the pads, descending */
    size_t chunks;

    size_t token_count;
    int32_t *tokens; /* [token_count]: ids; tokens[0] is the pad, id 0 */

    /* Token numbers, time by time in each chunk: that of row r of chunk c at
     * time t stands at sm_slot(s, c, t) + r; 0 for a pad. */
    uint32_t *slots; /* [chunks][length][SM_CHUNK_ROWS] */

    /* Slots of each token, ascending: those of number n are
     * token_slots[token_begin[n]] .. token_slots[token_begin[n + 1] - 1]. The
     * pads that rows end with are in none; an id 0 before them is a token's. */
    size_t *token_begin; /* [token_count + 1] */
    int32_t *token_slots;

    /* scratch, kept from batch to batch */
    uint32_t
        *token_number; /* [table]: number + 1 of an id, 0 between batches */
    size_t table;
    sm_distinct_rows found;
    uint32_t *sorted, *rank;
    size_t *counts;
    int32_t *unmasked_ids;
    size_t *unmasked_offsets;
    size_t unmasked_ids_capacity, unmasked_offsets_capacity;
    size_t rows_capacity, slots_capacity, tokens_capacity, length_capacity;
} sm_sequences;

/*
 * Prepares the rows ids[offsets[r]] .. ids[offsets[r + 1] - 1], each id in
 * 0 .. table - 1. s is reused from batch to batch; start from zeros.
 */
sm_status sm_sequences_prepare(sm_sequences *s, const int32_t *ids,
                               const size_t *offsets, size_t rows,
                               size_t length, size_t table);

/* The same without the ids 0 of rows, which a mask passes over wherever they
 * stand; rows are cut at length before. */
sm_status sm_sequences_prepare_masked(sm_sequences *s, const int32_t *ids,
                                      const size_t *offsets, size_t rows,
                                      size_t length, size_t table);

/* Makes the pads of every row tokens: all rows have `length`. */
void sm_sequences_count_pads(sm_sequences *s);

/* Adds token_begin and token_slots, which only a backward pass needs. */
sm_status sm_sequences_group(sm_sequences *s);

void sm_sequences_free(sm_sequences *s);

static inline size_t sm_slot(const sm_sequences *s, size_t chunk, size_t t)
{
    return (chunk * s->length + t) * SM_CHUNK_ROWS;
}

/* Distinct rows of a chunk; its first is chunk * SM_CHUNK_ROWS. */
static inline size_t sm_chunk_rows(const sm_sequences *s, size_t chunk)
{
    size_t const left = s->distinct - chunk * SM_CHUNK_ROWS;
    return left < SM_CHUNK_ROWS ? left : SM_CHUNK_ROWS;
}

/* Rows of a chunk with more than t tokens: the first ones. */
size_t sm_chunk_active(const sm_sequences *s, size_t chunk, size_t t);

#endif
