/* id_runs.c: rows of marked ids in, their lone ids and the numbers of their
 * runs out. For bags. */
#include "nn/id_runs.h"

#include <string.h>

#include "common/hash.h"
#include "common/marked_id.h"
#include "common/renew.h"
#include "common/size.h"

/* ---- memory ---- */

void sm_id_runs_free(sm_id_runs *x)
{
    sm_free(x->ids);
    sm_free(x->rows);
    sm_free(x->places);
    sm_free(x->numbers);
    sm_free(x->distinct);
    sm_free(x->buckets);
    *x = (sm_id_runs){.count = 0};
}

/* Runs have two ids or more. */
static size_t most_runs(size_t ids)
{
    return ids / 2;
}

/* A power of two, more than twice as many as there may be runs. */
static size_t bucket_count(size_t runs)
{
    size_t count = 16;
    while (count < 2 * runs) count *= 2;
    return count;
}

static sm_status reserve_ids(sm_id_runs *x, size_t ids)
{
    size_t const capacity = sm_roomy(ids), runs = most_runs(capacity);
    SM_REQUIRE(capacity < INT32_MAX, SIAMESE_E_LIMIT,
               "a batch of %zu tokens is too large", ids);
    x->ids_capacity = 0;
    SM_RENEW(x->ids, capacity);
    SM_RENEW(x->places, runs);
    SM_RENEW(x->numbers, runs);
    SM_RENEW(x->distinct, runs);
    SM_RENEW(x->buckets, bucket_count(runs));
    x->ids_capacity = capacity;
    return SIAMESE_OK;
}

sm_status sm_id_runs_reserve(sm_id_runs *x, size_t rows, size_t ids)
{
    if (rows > x->rows_capacity) {
        size_t const capacity = sm_roomy(rows);
        x->rows_capacity = 0;
        SM_RENEW(x->rows, capacity);
        x->rows_capacity = capacity;
    }
    if (ids <= x->ids_capacity && x->ids) return SIAMESE_OK;
    return reserve_ids(x, ids);
}

/* ---- one row ---- */

/* Copies the ids up to the next mark, or those up to the end, that count;
 * returns where they end, and how many they are. */
static size_t copy_ids(const int32_t *marked, size_t begin, size_t end,
                       bool skip_zero, int32_t *to, size_t *copied)
{
    size_t used = 0, i = begin;
    do {
        to[used] = sm_id_unmarked(marked[i]);
        used += !skip_zero || to[used] != 0;
        i++;
    } while (i < end && !sm_id_begins_run(marked[i]));
    *copied = used;
    return i;
}

static sm_id_run run_at(const sm_id_runs *x, size_t begin, size_t count)
{
    uint64_t const hash =
        sm_secret_bytes(x->ids + begin, count * sizeof *x->ids);
    return (sm_id_run){begin, (uint32_t)count, (uint32_t)(hash >> 32)};
}

/* Runs are written from the row's begin on, lone ids from its end back. */
static void take_runs(sm_id_runs *x, sm_id_row *row, const int32_t *marked,
                      size_t from, size_t end, bool skip_zero)
{
    size_t to = row->begin, used;
    for (size_t i = from; i < end;) {
        i = copy_ids(marked, i, end, skip_zero, x->ids + to, &used);
        if (used == 1) {
            x->ids[--row->alone_begin] = x->ids[to];
            row->alone++;
        } else if (used > 1) {
            x->places[row->first + row->runs++] = run_at(x, to, used);
            to += used;
        }
    }
    row->count = row->alone + (to - row->begin);
}

void sm_id_runs_take(sm_id_runs *x, size_t r, const int32_t *marked,
                     size_t begin, size_t count, bool skip_zero)
{
    size_t const end = begin + count;
    sm_id_row row = {
        .begin = begin, .alone_begin = begin, .first = most_runs(begin + 1)};
    size_t i = begin;
    /* what comes before the first mark is alone */
    if (count > 0 && !sm_id_begins_run(marked[i]))
        i = copy_ids(marked, i, end, skip_zero, x->ids + begin, &row.alone);
    row.count = row.alone;
    if (i < end) {
        row.alone_begin = end - row.alone;
        memmove(x->ids + row.alone_begin, x->ids + begin,
                row.alone * sizeof *x->ids);
        take_runs(x, &row, marked, i, end, skip_zero);
    }
    x->rows[r] = row;
}

/* ---- runs of all rows ---- */

static bool same_run(const sm_id_runs *x, const sm_id_run *a,
                     const sm_id_run *b)
{
    return a->hash == b->hash && a->count == b->count &&
           memcmp(x->ids + a->begin, x->ids + b->begin,
                  a->count * sizeof *x->ids) == 0;
}

/* Open addressing; a bucket holds 1 + the number of a run. */
static uint32_t number_of(sm_id_runs *x, size_t mask, size_t place)
{
    const sm_id_run *const run = &x->places[place];
    size_t at = run->hash & mask;
    for (; x->buckets[at]; at = (at + 1) & mask)
        if (same_run(x, run, &x->places[x->distinct[x->buckets[at] - 1]]))
            return x->buckets[at] - 1;
    x->distinct[x->count] = (uint32_t)place;
    x->buckets[at] = (uint32_t)++x->count;
    return x->buckets[at] - 1;
}

void sm_id_runs_number(sm_id_runs *x, size_t rows)
{
    size_t runs = 0;
    for (size_t r = 0; r < rows; r++) runs += x->rows[r].runs;
    size_t const size = bucket_count(runs);
    memset(x->buckets, 0, size * sizeof *x->buckets);
    x->count = 0;
    for (size_t r = 0; r < rows; r++)
        for (size_t i = 0; i < x->rows[r].runs; i++) {
            size_t const place = x->rows[r].first + i;
            x->numbers[place] = (int32_t)number_of(x, size - 1, place);
        }
}
