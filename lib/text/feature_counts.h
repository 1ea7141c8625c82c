/* feature_counts.h: how often each bucket of hashed features occurs in the
 * texts seen so far; many threads count at once. */
#ifndef SM_FEATURE_COUNTS_H
#define SM_FEATURE_COUNTS_H

#include <stdatomic.h>
#include <stdbool.h>

#include "common/status.h"

/*
 * All zero is empty. Sums do not depend on the order of the summands, so
 * neither texts' order nor threads show. What an add counts stands apart until
 * it has come to its end.
 */
typedef struct sm_feature_counts {
    uint32_t *total;         /* [buckets]; UINT32_MAX is that or more */
    _Atomic uint32_t *added; /* [buckets]: by the add that is under way */
    uint32_t *touched;       /* [buckets]: those whose added is not 0 */
    atomic_size_t touched_count;
} sm_feature_counts;

void sm_feature_counts_free(sm_feature_counts *counts);

/* Takes the memory, if there is none yet: 12 bytes a bucket. */
sm_status sm_feature_counts_reserve(sm_feature_counts *counts, size_t buckets);

/* Counts the buckets ids[i] - 1. Any thread. */
void sm_feature_counts_add(sm_feature_counts *counts, const int32_t *ids,
                           size_t count);

/* The end of an add: what it counted is kept, or forgotten. */
void sm_feature_counts_end(sm_feature_counts *counts, bool keep);

/*
 * The buckets that occur min_count times or more, ascending, into *out[*count];
 * of more than `most` the most frequent, of equal counts the lower buckets.
 * *occurrences is the sum of their counts.
 */
sm_status sm_feature_counts_select(const sm_feature_counts *counts,
                                   size_t buckets, size_t min_count,
                                   size_t most, uint32_t **out, size_t *count,
                                   uint64_t *occurrences);

#endif
