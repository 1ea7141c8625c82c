/* rank.h: the order of results, higher score first and equal scores by lower
 * id, and the selection of the first in it, without memory of its own. */
#ifndef SM_RANK_H
#define SM_RANK_H

#include <stddef.h>
#include <stdint.h>

/*
 * Offers one pair to the `capacity` first ones in scores[] and ids[], of which
 * *count are held, as a heap with the last of them on top.
 */
void sm_rank_offer(float *scores, int64_t *ids, size_t capacity, size_t *count,
                   float score, int64_t id);

/* The same, but of one id only the best pair is held. */
void sm_rank_offer_distinct(float *scores, int64_t *ids, size_t capacity,
                            size_t *count, float score, int64_t id);

/* Sorts scores[count] and ids[count] together: the first comes first. */
void sm_rank_sort(float *scores, int64_t *ids, size_t count);

#endif
