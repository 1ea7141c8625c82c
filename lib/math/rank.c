/* rank.c: scores and ids in, the best of them and their order out. For hits,
 * for whatever sorts results and for the mining of negatives. */
#include "math/rank.h"

#include <stdbool.h>

/* Whether pair a stands before pair b in the results. */
static inline bool before(float score_a, int64_t id_a, float score_b,
                          int64_t id_b)
{
    return score_a > score_b || (score_a == score_b && id_a < id_b);
}

/*
 * Puts a pair where position `at` was, in a heap of count pairs whose parents
 * stand behind their children in the order, and moves it down to its place.
 */
static void sift_down(float *scores, int64_t *ids, size_t count, size_t at,
                      float score, int64_t id)
{
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= count) break;
        if (child + 1 < count && before(scores[child], ids[child],
                                        scores[child + 1], ids[child + 1]))
            child++;
        if (!before(score, id, scores[child], ids[child])) break;
        scores[at] = scores[child];
        ids[at] = ids[child];
        at = child;
    }
    scores[at] = score;
    ids[at] = id;
}

static void sift_up(float *scores, int64_t *ids, size_t at, float score,
                    int64_t id)
{
    while (at > 0) {
        size_t const parent = (at - 1) / 2;
        if (!before(scores[parent], ids[parent], score, id)) break;
        scores[at] = scores[parent];
        ids[at] = ids[parent];
        at = parent;
    }
    scores[at] = score;
    ids[at] = id;
}

void sm_rank_offer(float *scores, int64_t *ids, size_t capacity, size_t *count,
                   float score, int64_t id)
{
    if (*count < capacity)
        sift_up(scores, ids, (*count)++, score, id);
    else if (before(score, id, scores[0], ids[0]))
        sift_down(scores, ids, capacity, 0, score, id);
}

void sm_rank_offer_distinct(float *scores, int64_t *ids, size_t capacity,
                            size_t *count, float score, int64_t id)
{
    for (size_t i = 0; i < *count; i++) {
        if (ids[i] != id) continue;
        if (score > scores[i]) sift_down(scores, ids, *count, i, score, id);
        return;
    }
    sm_rank_offer(scores, ids, capacity, count, score, id);
}

/* Heap sort: no memory, and never worse than n log n. */
void sm_rank_sort(float *scores, int64_t *ids, size_t count)
{
    for (size_t i = count / 2; i-- > 0;)
        sift_down(scores, ids, count, i, scores[i], ids[i]);
    for (size_t last = count; last-- > 1;) {
        float const score = scores[last];
        int64_t const id = ids[last];
        scores[last] = scores[0];
        ids[last] = ids[0];
        sift_down(scores, ids, last, 0, score, id);
    }
}
