/* index_hits.h: what a search has found so far for one query: the k best in the
 * host's arrays, or all above a score in arrays of its own. */
#ifndef SM_INDEX_HITS_H
#define SM_INDEX_HITS_H

#include <stdbool.h>

#include "common/status.h"

typedef struct sm_hits {
    float *scores; /* [capacity] */
    int64_t *ids;
    size_t count, capacity;
    float least; /* min_score */
    float above; /* only what scores more may still be taken */
    bool grows;  /* capacity grows with count; else the best are kept */
    bool dedupe; /* of an id only the best is kept */
} sm_hits;

/* The `capacity` best of those that score min_score or more, into arrays of the
 * caller. */
void sm_hits_best(sm_hits *hits, float *scores, int64_t *ids, size_t capacity,
                  float min_score, bool dedupe);

/* All that score min_score or more, in arrays that sm_hits_free frees. */
void sm_hits_all(sm_hits *hits, float min_score, bool dedupe);
void sm_hits_free(sm_hits *hits);

/* Offers a pair; fails only where capacity grows, for want of memory. */
sm_status sm_hits_offer(sm_hits *hits, float score, int64_t id);

/* Only what scores more than `above` may still be taken: as many vectors as are
 * wanted are known to. */
void sm_hits_raise(sm_hits *hits, float above);

/* As it was before the first offer. */
void sm_hits_restart(sm_hits *hits);

/* Puts the best first; no more offers afterwards. Fails only where capacity
 * grows and ids count once, for want of memory. */
sm_status sm_hits_finish(sm_hits *hits);

/* Of the best: ids -1 and scores -infinity behind them, up to capacity. */
void sm_hits_pad(sm_hits *hits);

/*
 * The hits of all[queries], one query after the other, to the buffers of a
 * host, each of `capacity`; offsets[queries + 1] and *needed, which may be
 * NULL, tell how many there are even where they have no room.
 */
sm_status sm_hits_hand_out(const sm_hits *all, size_t queries, size_t *offsets,
                           int64_t *ids, float *scores, size_t capacity,
                           size_t *needed);

#endif
