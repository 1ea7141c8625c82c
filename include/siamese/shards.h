/*
 * shards.h: what several indexes have found for the same queries, as one index
 * of all their vectors would have found it. No handle is involved: the results
 * may come from anywhere. docs/index.md has the recipe.
 */
#ifndef LIBSIAMESE_SHARDS_H
#define LIBSIAMESE_SHARDS_H

#include <siamese/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Merges what the shards of a collection have found for the same queries with
 * the same k: the k best of all, a higher score first, and of equal scores the
 * lower id, as siamese_index_search of one index has them. An id that several
 * shards have counts once for each of its vectors, or once with dedupe.
 *   shard_ids     [shards] arrays of [count][k], as siamese_index_search writes
 *                 them: the best first, -1 where there are fewer than k. NULL
 *                 in place of an array: the shard has not answered
 *   shard_scores  [shards] arrays of [count][k]
 *   shards        the number of shards that the collection has
 *   count         the number of queries
 *   k             the number of results per query, at least 1
 *   dedupe        1: an id is found once, by its best vector; 0: by each
 *   ids           [count][k] receives the ids; -1 where there are fewer than k
 *   scores        [count][k] receives the scores; -infinity where there are
 *                 fewer
 *   capacity      of ids and of scores, in elements
 *   found         [count] receives the number of results per query; may be NULL
 *   missing       NULL: all shards must have answered. Otherwise the results of
 *                 those that have are merged, and missing[shards] receives 1
 *                 for each shard that has not, 0 for the others
 * Errors: SIAMESE_E_NOT_FOUND names the shard, from 0, that has not answered;
 * SIAMESE_E_ARGUMENT names shard and query where results are not in order or a
 * score is not finite;
 * SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_hits_merge(
    const int64_t *const *shard_ids, const float *const *shard_scores,
    size_t shards, size_t count, size_t k, int32_t dedupe, int64_t *ids,
    float *scores, size_t capacity, size_t *found, int32_t *missing);

/*
 * Merges what siamese_index_range_search of the shards of a collection has
 * found for the same queries and the same min_score.
 *   shard_offsets  [shards] arrays of [count + 1]. NULL in place of an array:
 *                  the shard has not answered
 *   shard_ids      [shards] arrays of [offsets[count]] of the shard; an array
 *                  may be NULL where that is 0
 *   shard_scores   the same
 *   dedupe         1: an id is found once, by its best vector; 0: by each
 *   offsets        [count + 1] is filled in with SIAMESE_E_RANGE too
 *   ids            [capacity] receives the ids
 *   scores         [capacity] receives the scores
 *   capacity       of ids and of scores, in elements
 *   needed         receives the number of results; may be NULL
 *   the other parameters and errors are those of siamese_hits_merge
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_hits_merge_range(
    const size_t *const *shard_offsets, const int64_t *const *shard_ids,
    const float *const *shard_scores, size_t shards, size_t count,
    int32_t dedupe, size_t *offsets, int64_t *ids, float *scores,
    size_t capacity, size_t *needed, int32_t *missing);

#ifdef __cplusplus
}
#endif

#endif
