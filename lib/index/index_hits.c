/* index_hits.c: scores and ids in, the best or all above a score out, in order.
 * For the searches of one query and of a group. */
#include "index/index_hits.h"

#include <math.h>
#include <string.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "index/id_set.h"
#include "math/rank.h"

enum { FIRST_CAPACITY = 64 };

/* The numbers above this one are min_score and more. */
static float just_below(float min_score)
{
    return nextafterf(min_score, -INFINITY);
}

void sm_hits_best(sm_hits *hits, float *scores, int64_t *ids, size_t capacity,
                  float min_score, bool dedupe)
{
    *hits = (sm_hits){.scores = scores,
                      .ids = ids,
                      .capacity = capacity,
                      .least = min_score,
                      .dedupe = dedupe};
    sm_hits_restart(hits);
}

void sm_hits_all(sm_hits *hits, float min_score, bool dedupe)
{
    *hits = (sm_hits){.least = min_score, .grows = true, .dedupe = dedupe};
    sm_hits_restart(hits);
}

void sm_hits_restart(sm_hits *hits)
{
    hits->count = 0;
    hits->above = just_below(hits->least);
}

void sm_hits_raise(sm_hits *hits, float above)
{
    hits->above = fmaxf(hits->above, above);
}

void sm_hits_free(sm_hits *hits)
{
    sm_free(hits->scores);
    sm_free(hits->ids);
}

static sm_status make_room(sm_hits *hits)
{
    size_t capacity = FIRST_CAPACITY;
    if (hits->count < hits->capacity) return SIAMESE_OK;
    if (hits->capacity && !sm_size_multiply(hits->capacity, 2, &capacity))
        return sm_fail_memory();
    float *const scores =
        sm_realloc_array(hits->scores, capacity, sizeof *scores);
    if (scores == NULL) return sm_fail_memory();
    hits->scores = scores;
    int64_t *const ids = sm_realloc_array(hits->ids, capacity, sizeof *ids);
    if (ids == NULL) return sm_fail_memory();
    hits->ids = ids;
    hits->capacity = capacity;
    return SIAMESE_OK;
}

sm_status sm_hits_offer(sm_hits *hits, float score, int64_t id)
{
    if (hits->grows) {
        SM_RETURN_IF_ERROR(make_room(hits));
        hits->scores[hits->count] = score;
        hits->ids[hits->count++] = id;
        return SIAMESE_OK;
    }
    sm_assert(hits->capacity > 0 && hits->count <= hits->capacity);
    (hits->dedupe ? sm_rank_offer_distinct : sm_rank_offer)(
        hits->scores, hits->ids, hits->capacity, &hits->count, score, id);
    /* An equal score may still come before the last by its id. */
    if (hits->count == hits->capacity)
        sm_hits_raise(hits, just_below(hits->scores[0]));
    return SIAMESE_OK;
}

/* Of sorted hits the first of each id. */
static sm_status drop_repeated(sm_hits *hits)
{
    sm_id_set seen = {0};
    size_t kept = 0;
    SM_RETURN_IF_ERROR(sm_id_set_create(&seen, hits->count));
    for (size_t i = 0; i < hits->count; i++) {
        sm_assert(i == 0 || hits->scores[i - 1] >= hits->scores[i]);
        if (!sm_id_set_add(&seen, hits->ids[i])) continue;
        hits->ids[kept] = hits->ids[i];
        hits->scores[kept++] = hits->scores[i];
    }
    hits->count = kept;
    sm_id_set_clear(&seen);
    return SIAMESE_OK;
}

sm_status sm_hits_finish(sm_hits *hits)
{
    sm_rank_sort(hits->scores, hits->ids, hits->count);
    return hits->grows && hits->dedupe ? drop_repeated(hits) : SIAMESE_OK;
}

void sm_hits_pad(sm_hits *hits)
{
    for (size_t i = hits->count; i < hits->capacity; i++) {
        hits->ids[i] = -1;
        hits->scores[i] = -INFINITY;
    }
}

sm_status sm_hits_hand_out(const sm_hits *all, size_t queries, size_t *offsets,
                           int64_t *ids, float *scores, size_t capacity,
                           size_t *needed)
{
    size_t total = 0;
    for (size_t q = 0; q < queries; q++) {
        offsets[q] = total;
        total += all[q].count;
    }
    offsets[queries] = total;
    SM_RETURN_IF_ERROR(sm_room("ids", ids, capacity, total, needed));
    for (size_t q = 0; q < queries; q++) {
        const sm_hits *const hits = &all[q];
        if (hits->count == 0) continue;
        memcpy(ids + offsets[q], hits->ids, hits->count * sizeof *ids);
        memcpy(scores + offsets[q], hits->scores, hits->count * sizeof *scores);
    }
    return SIAMESE_OK;
}
