/* distinct_rows.h: which rows of a ragged batch of token ids are equal. */
#ifndef SM_DISTINCT_ROWS_H
#define SM_DISTINCT_ROWS_H

#include "common/pool.h"

/* Reused from batch to batch; all zero to begin with. */
typedef struct sm_distinct_rows {
    size_t count;     /* distinct rows, in order of appearance */
    uint32_t *first;  /* [count]: the first row that shows it */
    uint32_t *number; /* [rows]: number of a row's distinct row */
    uint32_t *buckets;
    uint64_t *hashes; /* [rows] */
    size_t capacity;
} sm_distinct_rows;

/* Rows ids[offsets[r]] .. ids[offsets[r + 1] - 1], cut at `length` ids. pool:
 * NULL: on the calling thread, as a task or for few rows. */
sm_status sm_distinct_rows_find(sm_distinct_rows *d, sm_pool *pool,
                                const int32_t *ids, const size_t *offsets,
                                size_t rows, size_t length);

void sm_distinct_rows_free(sm_distinct_rows *d);

#endif
