/* distinct_rows.c: rows of ids in, the distinct ones and which row is which
 * out. For encoders, fields and candidates, so that equal rows cost once. */
#include "nn/distinct_rows.h"

#include <string.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "nn/ragged.h"

/* Rows of a task. */
enum { BLOCK = 256 };

static sm_status reserve(sm_distinct_rows *d, size_t rows)
{
    size_t capacity = 16;
    SM_REQUIRE(rows < UINT32_MAX / 2, SIAMESE_E_LIMIT,
               "a batch of %zu rows is too large", rows);
    while (capacity < rows) capacity *= 2;
    if (capacity <= d->capacity) return SIAMESE_OK;
    sm_distinct_rows_free(d);
    d->first = sm_alloc_array(capacity, sizeof *d->first);
    d->number = sm_alloc_array(capacity, sizeof *d->number);
    d->buckets = sm_alloc_array(2 * capacity, sizeof *d->buckets);
    d->hashes = sm_alloc_array(capacity, sizeof *d->hashes);
    if (!d->first || !d->number || !d->buckets || !d->hashes) {
        sm_distinct_rows_free(d);
        return sm_fail_memory();
    }
    d->capacity = capacity;
    return SIAMESE_OK;
}

static bool same_row(const sm_ragged *b, size_t row, size_t other)
{
    size_t const n = sm_ragged_length(b, row);
    return n == sm_ragged_length(b, other) &&
           (n == 0 ||
            memcmp(b->ids + b->offsets[row], b->ids + b->offsets[other],
                   n * sizeof *b->ids) == 0);
}

static uint64_t hash_row(const sm_ragged *b, size_t row)
{
    return sm_secret_bytes(b->ids + b->offsets[row],
                           sm_ragged_length(b, row) * sizeof *b->ids);
}

/* ---- hashes ---- */

typedef struct hashing {
    const sm_ragged *rows;
    size_t count;
    uint64_t *hashes;
} hashing;

static sm_status hash_task(void *context, size_t task, size_t worker)
{
    const hashing *const h = context;
    size_t const end = sm_min((task + 1) * BLOCK, h->count);
    (void)worker;
    for (size_t row = task * BLOCK; row < end; row++)
        h->hashes[row] = hash_row(h->rows, row);
    return sm_cancel_check();
}

static sm_status hash_rows(hashing *h, sm_pool *pool)
{
    size_t const tasks = sm_chunks(h->count, BLOCK);
    if (pool) return sm_pool_run(pool, tasks, hash_task, h);
    for (size_t task = 0; task < tasks; task++)
        SM_RETURN_IF_ERROR(hash_task(h, task, 0));
    return SIAMESE_OK;
}

/* ---- the rows ---- */

/* Open addressing; a bucket holds 1 + the number of a distinct row. */
sm_status sm_distinct_rows_find(sm_distinct_rows *d, sm_pool *pool,
                                const int32_t *ids, const size_t *offsets,
                                size_t rows, size_t length)
{
    sm_ragged const b = {ids, offsets, length};
    size_t size = 16;
    SM_RETURN_IF_ERROR(reserve(d, rows));
    hashing own = {&b, rows, d->hashes};
    SM_RETURN_IF_ERROR(hash_rows(&own, pool));
    while (size < 2 * rows) size *= 2;
    memset(d->buckets, 0, size * sizeof *d->buckets);
    d->count = 0;
    for (size_t row = 0; row < rows; row++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(row));
        size_t at = d->hashes[row] & (size - 1);
        while (d->buckets[at] &&
               !same_row(&b, row, d->first[d->buckets[at] - 1]))
            at = (at + 1) & (size - 1);
        if (d->buckets[at] == 0) {
            d->first[d->count++] = (uint32_t)row;
            d->buckets[at] = (uint32_t)d->count;
        }
        d->number[row] = d->buckets[at] - 1;
    }
    return SIAMESE_OK;
}

void sm_distinct_rows_free(sm_distinct_rows *d)
{
    sm_free(d->first);
    sm_free(d->number);
    sm_free(d->buckets);
    sm_free(d->hashes);
    *d = (sm_distinct_rows){.count = 0};
}
