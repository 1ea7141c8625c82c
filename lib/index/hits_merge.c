/*
 * hits_merge.c: what several indexes have found for the same queries in, what
 * one index of all their vectors would have found out. For hosts, and without
 * any index.
 *
 * A score and the place of an id among equal scores depend on a vector and its
 * query alone, so the k best of a collection are the k best of the k best of
 * its parts.
 */
#include <math.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"
#include "common/size.h"
#include "index/index_hits.h"

/* What the shards have found; the members are the arguments of the call. */
typedef struct answers {
    const int64_t *const *ids;
    const float *const *scores;
    const size_t *const *offsets; /* NULL: k results for each query */
    size_t count, queries, k;
} answers;

/* The results of a query of one shard. */
typedef struct row {
    const int64_t *ids;
    const float *scores;
    size_t count;
} row;

static bool has_answered(const answers *all, size_t shard)
{
    return all->offsets ? all->offsets[shard] != NULL
                        : all->ids[shard] != NULL || all->queries == 0;
}

static row row_of(const answers *all, size_t shard, size_t query)
{
    size_t first = query * all->k, end = first + all->k;
    if (all->offsets) {
        first = all->offsets[shard][query];
        end = all->offsets[shard][query + 1];
    }
    if (first == end) return (row){NULL, NULL, 0};
    row r = {all->ids[shard] + first, all->scores[shard] + first, end - first};
    while (!all->offsets && r.count > 0 && r.ids[r.count - 1] == -1) r.count--;
    return r;
}

/* ---- what a host gives ---- */

static sm_status check_row(const row *r, size_t shard, size_t query)
{
    for (size_t i = 0; i < r->count; i++) {
        SM_REQUIRE(r->ids[i] >= 0, SIAMESE_E_ARGUMENT,
                   "shard_ids: shard %zu, query %zu: result %zu has the id "
                   "%lld, an id is 0 or more",
                   shard, query, i, (long long)r->ids[i]);
        SM_REQUIRE(isfinite(r->scores[i]), SIAMESE_E_ARGUMENT,
                   "shard_scores: shard %zu, query %zu: the score of result "
                   "%zu is not finite",
                   shard, query, i);
        bool const follows =
            i == 0 || r->scores[i - 1] > r->scores[i] ||
            (r->scores[i - 1] == r->scores[i] && r->ids[i - 1] <= r->ids[i]);
        SM_REQUIRE(follows, SIAMESE_E_ARGUMENT,
                   "shard_scores: shard %zu, query %zu: result %zu is not in "
                   "its order",
                   shard, query, i);
    }
    return SIAMESE_OK;
}

static sm_status check_offsets(const answers *all, size_t shard)
{
    const size_t *const offsets = all->offsets[shard];
    for (size_t q = 0; q < all->queries; q++)
        SM_REQUIRE(offsets[q] <= offsets[q + 1], SIAMESE_E_ARGUMENT,
                   "shard_offsets: shard %zu: that of query %zu is more than "
                   "the next one",
                   shard, q);
    size_t const last = offsets[all->queries];
    SM_REQUIRE(last == offsets[0] || (all->ids[shard] && all->scores[shard]),
               SIAMESE_E_ARGUMENT,
               "shard_ids: shard %zu has %zu results and no arrays", shard,
               last);
    return SIAMESE_OK;
}

static sm_status check_shard(const answers *all, size_t shard)
{
    if (all->offsets) SM_RETURN_IF_ERROR(check_offsets(all, shard));
    SM_REQUIRE(all->offsets || all->queries == 0 || all->scores[shard],
               SIAMESE_E_ARGUMENT,
               "shard_scores: shard %zu has ids and no scores", shard);
    for (size_t q = 0; q < all->queries; q++) {
        row const r = row_of(all, shard, q);
        SM_RETURN_IF_ERROR(check_row(&r, shard, q));
    }
    return SIAMESE_OK;
}

/* some: it will do if some of them have answered. */
static sm_status check_shards(const answers *all, int32_t dedupe, bool some)
{
    SM_REQUIRE((all->ids && all->scores) || all->count == 0, SIAMESE_E_ARGUMENT,
               "%s: is NULL", all->ids ? "shard_scores" : "shard_ids");
    SM_REQUIRE(dedupe == 0 || dedupe == 1, SIAMESE_E_ARGUMENT,
               "dedupe: %d is neither 0 nor 1", (int)dedupe);
    for (size_t s = 0; s < all->count; s++) {
        SM_REQUIRE(some || has_answered(all, s), SIAMESE_E_NOT_FOUND,
                   "shard %zu of %zu has not answered", s, all->count);
        if (has_answered(all, s)) SM_RETURN_IF_ERROR(check_shard(all, s));
    }
    return SIAMESE_OK;
}

static void tell_missing(const answers *all, int32_t *missing)
{
    for (size_t s = 0; missing && s < all->count; s++)
        missing[s] = !has_answered(all, s);
}

/* ---- merging ---- */

/* A shard's results come in order: behind one that was not taken there is none
 * that will be. */
static sm_status take_query(const answers *all, size_t query, sm_hits *hits)
{
    for (size_t s = 0; s < all->count; s++) {
        if (!has_answered(all, s)) continue;
        row const r = row_of(all, s, query);
        for (size_t i = 0; i < r.count && r.scores[i] >= hits->above; i++)
            SM_RETURN_IF_ERROR(sm_hits_offer(hits, r.scores[i], r.ids[i]));
    }
    return sm_hits_finish(hits);
}

siamese_status siamese_hits_merge(const int64_t *const *shard_ids,
                                  const float *const *shard_scores,
                                  size_t shards, size_t count, size_t k,
                                  int32_t dedupe, int64_t *ids, float *scores,
                                  size_t capacity, size_t *found,
                                  int32_t *missing)
{
    answers const all = {.ids = shard_ids,
                         .scores = shard_scores,
                         .count = shards,
                         .queries = count,
                         .k = k};
    size_t needed;
    SM_REQUIRE(k > 0, SIAMESE_E_ARGUMENT, "k: is 0");
    SM_REQUIRE(sm_size_multiply(count, k, &needed), SIAMESE_E_ARGUMENT,
               "k: %zu results for each of %zu queries are too many", k, count);
    SM_RETURN_IF_ERROR(sm_room("ids", ids, capacity, needed, NULL));
    SM_RETURN_IF_ERROR(sm_room("scores", scores, capacity, needed, NULL));
    SM_RETURN_IF_ERROR(check_shards(&all, dedupe, missing != NULL));
    for (size_t q = 0; q < count; q++) {
        sm_hits hits;
        sm_hits_best(&hits, scores + q * k, ids + q * k, k, -INFINITY, dedupe);
        SM_RETURN_IF_ERROR(take_query(&all, q, &hits));
        sm_hits_pad(&hits);
        if (found) found[q] = hits.count;
    }
    tell_missing(&all, missing);
    return SIAMESE_OK;
}

siamese_status siamese_hits_merge_range(
    const size_t *const *shard_offsets, const int64_t *const *shard_ids,
    const float *const *shard_scores, size_t shards, size_t count,
    int32_t dedupe, size_t *offsets, int64_t *ids, float *scores,
    size_t capacity, size_t *needed, int32_t *missing)
{
    sm_status status = SIAMESE_OK;
    sm_hits *merged = NULL;
    answers const all = {.ids = shard_ids,
                         .scores = shard_scores,
                         .offsets = shard_offsets,
                         .count = shards,
                         .queries = count};
    SM_CHECK(shard_offsets != NULL || shards == 0, SIAMESE_E_ARGUMENT,
             "shard_offsets: is NULL");
    SM_CHECK(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_TRY(sm_room("ids", ids, capacity, 0, NULL));
    SM_TRY(sm_room("scores", scores, capacity, 0, NULL));
    SM_TRY(check_shards(&all, dedupe, missing != NULL));
    merged = sm_calloc(count, sizeof *merged);
    SM_CHECK_MEMORY(merged);
    for (size_t q = 0; q < count; q++) {
        sm_hits_all(&merged[q], -INFINITY, dedupe);
        SM_TRY(take_query(&all, q, &merged[q]));
    }
    SM_TRY(sm_hits_hand_out(merged, count, offsets, ids, scores, capacity,
                            needed));
    tell_missing(&all, missing);
out:
    for (size_t q = 0; merged && q < count; q++) sm_hits_free(&merged[q]);
    sm_free(merged);
    return status;
}
