/* tie_counts.c: candidates and their scores in, how many are equal to a pair's
 * own out. For topk_accuracy. */
#include "metrics/tie_counts.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

#include "common/memory.h"
#include "common/size.h"
#include "metrics/topk.h"

/* The largest number below a score: what scores the same is higher than it. The
 * step down from 0 is one that no flushing of small numbers takes away. */
static float just_below(float score)
{
    return score == 0 ? -FLT_MIN : nextafterf(score, -INFINITY);
}

void sm_tie_counts_free(sm_tie_counts *t)
{
    sm_free(t->offsets);
    sm_free(t->thresholds);
    sm_free(t->counts);
    *t = (sm_tie_counts){.start = 0};
}

sm_status sm_tie_counts_create(sm_tie_counts *t, const sm_tied_pairs *pairs)
{
    size_t const count = pairs->offsets[pairs->queries];
    size_t twice;
    *t = (sm_tie_counts){.start = 0};
    if (!sm_size_multiply(count, 2, &twice)) return sm_fail_memory();
    t->offsets = sm_alloc_array(pairs->queries + 1, sizeof *t->offsets);
    t->thresholds = sm_alloc_array(twice, sizeof *t->thresholds);
    t->counts = sm_alloc_array(twice, sizeof *t->counts);
    if (!t->offsets || !t->thresholds || !t->counts) {
        sm_tie_counts_free(t);
        return sm_fail_memory();
    }
    for (size_t q = 0; q <= pairs->queries; q++)
        t->offsets[q] = 2 * pairs->offsets[q];
    for (size_t p = 0; p < count; p++)
        if (pairs->copies[p] > t->start) t->start = pairs->copies[p];
    for (size_t p = 0; p < count; p++) {
        t->thresholds[2 * p] = pairs->positives[p];
        t->thresholds[2 * p + 1] = just_below(pairs->positives[p]);
        t->counts[2 * p] = t->start;
        t->counts[2 * p + 1] = t->start - pairs->copies[p];
    }
    return SIAMESE_OK;
}

/* One pair's part; whether it is tied, and whether it tells candidates
 * apart. */
static bool add_pair(const sm_tie_counts *t, const sm_tied_pairs *pairs,
                     size_t p, uint64_t candidates, const size_t *ks,
                     size_t ks_count, uint64_t *hits, sm_ties *ties)
{
    float const own = pairs->positives[p];
    uint64_t const higher = t->counts[2 * p] - t->start;
    uint64_t const reached = t->counts[2 * p + 1];
    uint64_t const as_high = reached > t->start ? reached - t->start : 0;
    uint64_t most = 0;
    for (size_t k = 0; k < ks_count; k++) {
        hits[k] += (uint64_t)sm_topk_hit(own, as_high, ks[k]);
        if (ks[k] > most) most = ks[k];
    }
    /* nothing: all score the same, or more of them than any k asks for */
    if (!isfinite(own) || higher > 0 || as_high == 0 ||
        (as_high < most && as_high + pairs->copies[p] < candidates))
        ties->is_nothing = false;
    return isfinite(own) && higher < most && as_high > higher;
}

void sm_tie_counts_add_hits(const sm_tie_counts *t, const sm_tied_pairs *pairs,
                            uint64_t candidates, const size_t *ks,
                            size_t ks_count, uint64_t *hits, sm_ties *ties)
{
    *ties = (sm_ties){.is_nothing = true};
    for (size_t q = 0; q < pairs->queries; q++) {
        bool is_tied = false;
        for (size_t p = pairs->offsets[q]; p < pairs->offsets[q + 1]; p++)
            is_tied |=
                add_pair(t, pairs, p, candidates, ks, ks_count, hits, ties);
        ties->queries += (uint64_t)is_tied;
    }
}
