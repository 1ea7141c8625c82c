/*
 * token_order.c: counts of tokens in, the most frequent of them in order out.
 * For a vocabulary that is being finished.
 *
 * Those that are kept are selected first, then sorted: by radix in chunks of
 * the pool, which are merged. The key is (count, prefix); tokens of one key are
 * compared by their bytes. No two are equal, so neither the chunks nor the
 * shards show in the order.
 */
#include "text/token_order.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

/* Digits of 8 bits: 0 .. 7 of the prefix, 8 .. 15 of the count. */
enum { DIGITS = 16, VALUES = 256 };

/* Tokens a chunk at least; a chunk is a task. */
enum { CHUNK_MIN = 1 << 14 };

static size_t digit_of(const sm_ranked_token *token, size_t digit)
{
    uint64_t const key = digit < 8 ? token->prefix : token->count;
    return key >> (8 * (digit % 8)) & (VALUES - 1);
}

static uint64_t prefix_of(const char *bytes, size_t size)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < 8; i++)
        prefix = prefix << 8 | (i < size ? (unsigned char)bytes[i] : 0u);
    return prefix;
}

/* ---- the tokens of all shards ---- */

typedef struct list_job {
    const sm_token_shards *shards;
    size_t begin[SM_TOKEN_SHARDS];
    sm_ranked_token *list;
} list_job;

static sm_status list_shard(void *context, size_t shard, size_t worker)
{
    const list_job *const job = context;
    const sm_token_counts *const counts = &job->shards->shards[shard];
    sm_ranked_token *const list = job->list + job->begin[shard];
    (void)worker;
    for (size_t i = 0; i < counts->table.count; i++)
        list[i] =
            (sm_ranked_token){counts->counts[i].count,
                              prefix_of(sm_token_table_bytes(&counts->table, i),
                                        sm_token_table_size(&counts->table, i)),
                              (uint32_t)shard, (uint32_t)i};
    return SIAMESE_OK;
}

/* ---- selecting ---- */

/* The digits in which tokens of list[count] differ, a bit each. */
static uint32_t digits_that_differ(const sm_ranked_token *list, size_t count)
{
    uint64_t counts = 0, prefixes = 0;
    uint32_t digits = 0;
    for (size_t i = 1; i < count; i++) {
        counts |= list[i].count ^ list[0].count;
        prefixes |= list[i].prefix ^ list[0].prefix;
    }
    for (size_t d = 0; d < 8; d++) {
        if (prefixes >> (8 * d) & (VALUES - 1)) digits |= UINT32_C(1) << d;
        if (counts >> (8 * d) & (VALUES - 1)) digits |= UINT32_C(256) << d;
    }
    return digits;
}

/* How many of list[count] have each value of the digit. */
static void count_values(const sm_ranked_token *list, size_t count,
                         size_t digit, size_t times[VALUES])
{
    memset(times, 0, VALUES * sizeof *times);
    for (size_t i = 0; i < count; i++) times[digit_of(&list[i], digit)]++;
}

/* Moves those of list[count] whose digit is `above` the value, or not below it,
 * to the front; returns how many. */
static size_t move_to_front(sm_ranked_token *list, size_t count, size_t digit,
                            size_t value)
{
    size_t front = 0;
    for (size_t i = 0; i < count; i++) {
        if (digit_of(&list[i], digit) < value) continue;
        sm_ranked_token const token = list[i];
        list[i] = list[front];
        list[front++] = token;
    }
    return front;
}

/*
 * Moves the `most` tokens of the highest keys to the front of list[count], and
 * with them all of the lowest key that is among them; returns how many. Digit
 * by digit: what is above the value on which the last of them falls is in, what
 * is below it is out, and the next digit decides among the others.
 */
static size_t select_most(sm_ranked_token *list, size_t count, size_t most)
{
    uint32_t const digits = digits_that_differ(list, count);
    size_t in = 0;
    for (size_t d = DIGITS; d-- > 0 && count > most;) {
        size_t times[VALUES], value = VALUES, above = 0;
        if (!(digits >> d & 1)) continue;
        count_values(list + in, count - in, d, times);
        while (in + above + times[value - 1] < most) above += times[--value];
        count = in + move_to_front(list + in, count - in, d, value - 1);
        in += move_to_front(list + in, count - in, d, value);
    }
    return count;
}

/* ---- sorting ---- */

typedef struct sort_job {
    const sm_token_shards *shards;
    sm_ranked_token *list, *spare; /* [count] */
    size_t count, width;           /* of a sorted run */
} sort_job;

/* Below 0 if x goes before y. */
static int compare_bytes(const sm_token_shards *shards,
                         const sm_ranked_token *x, const sm_ranked_token *y)
{
    const sm_token_table *const xs = &shards->shards[x->shard].table;
    const sm_token_table *const ys = &shards->shards[y->shard].table;
    size_t const x_size = sm_token_table_size(xs, x->number);
    size_t const y_size = sm_token_table_size(ys, y->number);
    int const bytes =
        memcmp(sm_token_table_bytes(xs, x->number),
               sm_token_table_bytes(ys, y->number), sm_min(x_size, y_size));
    if (bytes) return -bytes;
    return x_size == y_size ? 0 : x_size > y_size ? -1 : 1;
}

static bool goes_before(const sm_token_shards *shards, const sm_ranked_token *x,
                        const sm_ranked_token *y)
{
    if (x->count != y->count) return x->count > y->count;
    if (x->prefix != y->prefix) return x->prefix > y->prefix;
    return compare_bytes(shards, x, y) < 0;
}

/* The sorted runs from[0 .. middle - 1] and from[middle .. end - 1], as one, to
 * to[end]. */
static void merge(const sm_token_shards *shards, const sm_ranked_token *from,
                  size_t middle, size_t end, sm_ranked_token *to)
{
    size_t left = 0, right = middle;
    while (left < middle && right < end)
        *to++ = goes_before(shards, &from[right], &from[left]) ? from[right++]
                                                               : from[left++];
    memcpy(to, from + left, (middle - left) * sizeof *to);
    memcpy(to + (middle - left), from + right, (end - right) * sizeof *to);
}

/* Tokens of one key, by their bytes. */
static void sort_ties(const sm_token_shards *shards, sm_ranked_token *list,
                      sm_ranked_token *spare, size_t count)
{
    sm_ranked_token *from = list, *to = spare;
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t at = 0; at < count; at += 2 * width) {
            size_t const end = sm_min(2 * width, count - at);
            merge(shards, from + at, sm_min(width, end), end, to + at);
        }
        sm_ranked_token *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != list) memcpy(list, from, count * sizeof *list);
}

/* By keys alone: the lowest digit first, each pass stable. */
static void sort_keys(sm_ranked_token *list, sm_ranked_token *spare,
                      size_t count)
{
    uint32_t const digits = digits_that_differ(list, count);
    sm_ranked_token *from = list, *to = spare;
    for (size_t d = 0; d < DIGITS; d++) {
        size_t place[VALUES], begin = 0;
        if (!(digits >> d & 1)) continue;
        count_values(from, count, d, place);
        for (size_t v = VALUES; v-- > 0;) { /* the highest value first */
            size_t const times = place[v];
            place[v] = begin;
            begin += times;
        }
        for (size_t i = 0; i < count; i++)
            to[place[digit_of(&from[i], d)]++] = from[i];
        sm_ranked_token *const sorted = to;
        to = from;
        from = sorted;
    }
    if (from != list) memcpy(list, from, count * sizeof *list);
}

static bool has_key_of(const sm_ranked_token *x, const sm_ranked_token *y)
{
    return x->count == y->count && x->prefix == y->prefix;
}

static sm_status sort_chunk(void *context, size_t task, size_t worker)
{
    const sort_job *const job = context;
    size_t const begin = task * job->width;
    size_t const count = sm_min(job->width, job->count - begin);
    sm_ranked_token *const list = job->list + begin;
    sm_ranked_token *const spare = job->spare + begin;
    (void)worker;
    sort_keys(list, spare, count);
    for (size_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && has_key_of(&list[i], &list[end]);)
            end++;
        if (end - i > 1) sort_ties(job->shards, list + i, spare + i, end - i);
    }
    return SIAMESE_OK;
}

static sm_status merge_runs(void *context, size_t task, size_t worker)
{
    const sort_job *const job = context;
    size_t const begin = task * 2 * job->width;
    size_t const end = sm_min(2 * job->width, job->count - begin);
    (void)worker;
    merge(job->shards, job->list + begin, sm_min(job->width, end), end,
          job->spare + begin);
    return SIAMESE_OK;
}

/* Sorts job->list; which of the two arrays has the order is changed. */
static sm_status sort(sm_pool *pool, sort_job *job)
{
    size_t const threads = sm_pool_threads(pool);
    if (job->count == 0) return SIAMESE_OK;
    job->width = sm_max(CHUNK_MIN, sm_chunks(job->count, threads));
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, sm_chunks(job->count, job->width), sort_chunk, job));
    for (; job->width < job->count; job->width *= 2) {
        size_t const runs = sm_chunks(job->count, 2 * job->width);
        SM_RETURN_IF_ERROR(sm_pool_run(pool, runs, merge_runs, job));
        sm_ranked_token *const sorted = job->spare;
        job->spare = job->list;
        job->list = sorted;
    }
    return SIAMESE_OK;
}

sm_status sm_token_order(sm_pool *pool, const sm_token_shards *shards,
                         size_t most, sm_ranked_token **out, size_t *count)
{
    sm_status status = SIAMESE_OK;
    sort_job job = {.shards = shards};
    list_job lists = {.shards = shards};
    size_t all = 0;
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++) {
        lists.begin[s] = all;
        all += shards->shards[s].table.count;
    }
    job.list = lists.list = sm_alloc_array(all, sizeof *job.list);
    SM_CHECK_MEMORY(job.list);
    SM_TRY(sm_pool_run(pool, SM_TOKEN_SHARDS, list_shard, &lists));
    job.count = select_most(job.list, all, most);
    job.spare = sm_alloc_array(job.count, sizeof *job.spare);
    SM_CHECK_MEMORY(job.spare);
    SM_TRY(sort(pool, &job));
    *count = sm_min(job.count, most);
    *out = job.list;
    job.list = NULL;
out:
    sm_free(job.list);
    sm_free(job.spare);
    return status;
}
