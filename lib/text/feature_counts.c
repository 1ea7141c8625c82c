/* feature_counts.c: buckets in, how often each came out, from many threads. For
 * a vocabulary that learns hashed features. */
#include "text/feature_counts.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/merge_sort.h"

/* An add counts no further, with room for what all threads have under way. */
#define ADDED_MAX (UINT32_MAX - (UINT32_C(1) << 16))

void sm_feature_counts_free(sm_feature_counts *counts)
{
    sm_free(counts->total);
    sm_free((void *)counts->added);
    sm_free(counts->touched);
    counts->total = counts->touched = NULL;
    counts->added = NULL;
    atomic_store(&counts->touched_count, 0);
}

sm_status sm_feature_counts_reserve(sm_feature_counts *counts, size_t buckets)
{
    if (counts->total) return SIAMESE_OK;
    counts->total = sm_calloc(buckets, sizeof *counts->total);
    counts->added = sm_calloc(buckets, sizeof *counts->added);
    counts->touched = sm_alloc_array(buckets, sizeof *counts->touched);
    if (counts->total && counts->added && counts->touched) return SIAMESE_OK;
    sm_feature_counts_free(counts);
    return sm_fail_memory();
}

void sm_feature_counts_add(sm_feature_counts *counts, const int32_t *ids,
                           size_t count)
{
    for (size_t i = 0; i < count; i++) {
        sm_assert(ids[i] >= 1);
        uint32_t const bucket = (uint32_t)ids[i] - 1;
        _Atomic uint32_t *const added = &counts->added[bucket];
        if (atomic_load_explicit(added, memory_order_relaxed) >= ADDED_MAX)
            continue;
        if (atomic_fetch_add_explicit(added, 1, memory_order_relaxed) > 0)
            continue;
        /* the first of this bucket, and of all threads the only one */
        size_t const at = atomic_fetch_add_explicit(&counts->touched_count, 1,
                                                    memory_order_relaxed);
        counts->touched[at] = bucket;
    }
}

void sm_feature_counts_end(sm_feature_counts *counts, bool keep)
{
    size_t const touched = atomic_load(&counts->touched_count);
    for (size_t i = 0; i < touched; i++) {
        uint32_t const bucket = counts->touched[i];
        uint32_t const added =
            atomic_load_explicit(&counts->added[bucket], memory_order_relaxed);
        uint32_t *const total = &counts->total[bucket];
        if (keep)
            *total = *total > UINT32_MAX - added ? UINT32_MAX : *total + added;
        atomic_store_explicit(&counts->added[bucket], 0, memory_order_relaxed);
    }
    atomic_store(&counts->touched_count, 0);
}

/* ---- selecting ---- */

static int by_count(uint32_t x, uint32_t y, const void *context)
{
    const uint32_t *const total = context;
    if (total[x] != total[y]) return total[x] > total[y] ? -1 : 1;
    return x < y ? -1 : x > y;
}

static int by_bucket(const void *a, const void *b)
{
    uint32_t const x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

sm_status sm_feature_counts_select(const sm_feature_counts *counts,
                                   size_t buckets, size_t min_count,
                                   size_t most, uint32_t **out, size_t *count,
                                   uint64_t *occurrences)
{
    uint32_t *const total = counts->total;
    size_t found = 0, kept = 0;
    for (size_t b = 0; total && b < buckets; b++)
        found += total[b] >= min_count;
    uint32_t *const list = sm_alloc_array(found, sizeof *list);
    if (list == NULL) return sm_fail_memory();
    for (size_t b = 0; kept < found; b++)
        if (total[b] >= min_count) list[kept++] = (uint32_t)b;
    if (found > most) {
        uint32_t *const spare = sm_alloc_array(found, sizeof *spare);
        if (spare == NULL) {
            sm_free(list);
            return sm_fail_memory();
        }
        sm_merge_sort(list, spare, found, by_count, total);
        sm_free(spare);
        kept = most;
        qsort(list, kept, sizeof *list, by_bucket);
    }
    *occurrences = 0;
    for (size_t i = 0; i < kept; i++) {
        sm_assert(i == 0 || list[i - 1] < list[i]);
        *occurrences += total[list[i]];
    }
    *out = list;
    *count = kept;
    return SIAMESE_OK;
}
