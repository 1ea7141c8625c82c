/*
 * token_rows.h: a batch of token rows as a transformer wants it: the real
 * tokens of each distinct row side by side, without pads, in chunks of whole
 * rows that are worked on independently and do not depend on the number of
 * threads.
 */
#ifndef SM_TOKEN_ROWS_H
#define SM_TOKEN_ROWS_H

#include "nn/sequences.h"

/* Tokens of a chunk at the most, unless one row has more. */
enum { SM_CHUNK_TOKENS = 512 };

typedef struct sm_token_rows {
    sm_sequences sequences; /* distinct rows, the longest first */

    /* of each distinct row, the tokens that are no pads: those of row r are
     * begin[r] .. begin[r + 1] - 1 */
    size_t *begin;       /* [distinct + 1] */
    uint32_t *positions; /* [tokens]: place in the row, pads counted */
    uint32_t *numbers;   /* [tokens]: into sequences.tokens */
    size_t longest;      /* tokens of a row */

    size_t chunks;
    size_t *chunk_begin; /* [chunks + 1]: first row */
    size_t chunk_tokens; /* of the largest chunk */

    /* by sm_token_rows_group: tokens of number n, ascending, are
     * order[group_begin[n]] .. order[group_begin[n + 1] - 1] */
    size_t *group_begin; /* [token_count + 1] */
    uint32_t *order;     /* [tokens] */

    size_t rows_capacity, tokens_capacity, group_capacity;
} sm_token_rows;

/* As sm_sequences_prepare; ids 0 are pads wherever they stand. */
sm_status sm_token_rows_prepare(sm_token_rows *t, const int32_t *ids,
                                const size_t *offsets, size_t rows,
                                size_t length, size_t table);

/* Adds group_begin and order, which only a backward pass needs. */
sm_status sm_token_rows_group(sm_token_rows *t);

void sm_token_rows_free(sm_token_rows *t);

/* The rows of one chunk: row r has tokens begin[r] - begin[0] .. of it. */
typedef struct sm_token_chunk {
    size_t first_row, rows, tokens;
    const size_t *begin; /* [rows + 1] */
} sm_token_chunk;

sm_token_chunk sm_token_rows_chunk(const sm_token_rows *t, size_t chunk);

#endif
