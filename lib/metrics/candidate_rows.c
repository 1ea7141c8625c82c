/* candidate_rows.c: candidates in, their ids out, equal rows once. For top-k of
 * every step, where texts stay and weights change. */
#include "metrics/candidate_rows.h"

#include <string.h>

#include "common/cancel.h"
#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/size.h"
#include "nn/distinct_rows.h"

void sm_candidate_rows_free(sm_candidate_rows *rows)
{
    sm_free(rows->rows);
    sm_free(rows->multiplicity);
    sm_free(rows->place_of);
    sm_tower_ids_free(&rows->ids);
    *rows = (sm_candidate_rows){.count = 0};
}

/* The texts of rows[count] of the items. */
static sm_status get_texts(const sm_candidates *c, const uint32_t *rows,
                           size_t count, siamese_text **out)
{
    size_t const fields = c->items->fields;
    size_t wanted;
    if (!sm_size_multiply(count, fields, &wanted)) return sm_fail_memory();
    siamese_text *const texts = sm_alloc_array(wanted, sizeof *texts);
    if (texts == NULL) return sm_fail_memory();
    sm_status status = SIAMESE_OK;
    for (size_t i = 0; i < count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        sm_text_rows_get(c->items, rows[i], texts + i * fields);
    }
    *out = texts;
    return SIAMESE_OK;
out:
    sm_free(texts);
    return status;
}

/* Every candidate as a row of its own. */
static void take_all(sm_candidate_rows *made)
{
    const sm_candidates *const c = made->candidates;
    made->count = c->count;
    for (size_t i = 0; i < c->count; i++) {
        made->rows[i] = c->rows[i];
        made->multiplicity[i] = c->multiplicity[i];
        made->place_of[c->rows[i]] = (uint32_t)i;
    }
}

/* How many rows of found come before each, by times ascending; the sort is
 * stable. The candidates' own order is ascending, so times are few. */
static sm_status sort_by_times(const uint64_t *times, size_t count,
                               size_t *place)
{
    uint64_t most = 0;
    for (size_t d = 0; d < count; d++)
        if (times[d] > most) most = times[d];
    size_t const keys = (size_t)most + 1;
    size_t *const begin = sm_alloc_array(keys + 2, sizeof *begin);
    if (begin == NULL) return sm_fail_memory();
    sm_sort_begin(begin, keys);
    for (size_t d = 0; d < count; d++) sm_sort_count(begin, times[d]);
    sm_sort_sum(begin, keys);
    for (size_t d = 0; d < count; d++)
        place[d] = sm_sort_place(begin, times[d]);
    sm_free(begin);
    return SIAMESE_OK;
}

/* The found rows' ids, in the order of their places, in place of all. */
static sm_status keep_distinct(sm_candidate_rows *made,
                               const sm_distinct_rows *found,
                               const size_t *place)
{
    sm_tower_ids *const all = &made->ids;
    sm_tower_ids kept = {.rows = found->count,
                         .rows_capacity = found->count,
                         .ids_capacity = all->offsets[all->rows] + 1};
    kept.offsets = sm_alloc_array(found->count + 1, sizeof *kept.offsets);
    kept.ids = sm_alloc_array(kept.ids_capacity, sizeof *kept.ids);
    if (kept.offsets == NULL || kept.ids == NULL) {
        sm_tower_ids_free(&kept);
        return sm_fail_memory();
    }
    kept.offsets[0] = 0;
    for (size_t d = 0; d < found->count; d++) {
        size_t const r = found->first[d];
        kept.offsets[place[d] + 1] = all->offsets[r + 1] - all->offsets[r];
    }
    for (size_t i = 0; i < found->count; i++)
        kept.offsets[i + 1] += kept.offsets[i];
    for (size_t d = 0; d < found->count; d++) {
        sm_status const status = sm_cancel_check_at(d);
        if (status != SIAMESE_OK) {
            sm_tower_ids_free(&kept);
            return status;
        }
        size_t const r = found->first[d];
        size_t const n = all->offsets[r + 1] - all->offsets[r];
        if (n)
            memcpy(kept.ids + kept.offsets[place[d]],
                   all->ids + all->offsets[r], n * sizeof *kept.ids);
    }
    sm_tower_ids_free(all);
    *all = kept;
    return SIAMESE_OK;
}

static sm_status take_distinct(sm_candidate_rows *made,
                               const siamese_tower *tower, sm_pool *pool)
{
    sm_status status = SIAMESE_OK;
    const sm_candidates *const c = made->candidates;
    siamese_text *texts = NULL;
    size_t *place = NULL;
    uint64_t *times = NULL;
    sm_distinct_rows found = {.count = 0};
    SM_TRY(get_texts(c, c->rows, c->count, &texts));
    SM_TRY(sm_tower_read_ids(tower, pool, texts, c->count, &made->ids));
    SM_TRY(sm_distinct_rows_find(&found, pool, made->ids.ids, made->ids.offsets,
                                 c->count, SIZE_MAX));
    times = sm_calloc(found.count, sizeof *times);
    SM_CHECK_MEMORY(times);
    place = sm_alloc_array(found.count, sizeof *place);
    SM_CHECK_MEMORY(place);
    for (size_t i = 0; i < c->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        times[found.number[i]] += c->multiplicity[i];
    }
    SM_TRY(sort_by_times(times, found.count, place));
    SM_TRY(keep_distinct(made, &found, place));
    made->count = found.count;
    for (size_t d = 0; d < found.count; d++) {
        made->multiplicity[place[d]] = times[d];
        made->rows[place[d]] = c->rows[found.first[d]];
    }
    for (size_t i = 0; i < c->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        made->place_of[c->rows[i]] = (uint32_t)place[found.number[i]];
    }
out:
    sm_distinct_rows_free(&found);
    sm_free(texts);
    sm_free(place);
    sm_free(times);
    return status;
}

sm_status sm_candidate_rows_create(sm_candidate_rows *rows,
                                   const sm_candidates *candidates,
                                   const siamese_tower *tower, sm_pool *pool)
{
    sm_status status = SIAMESE_OK;
    size_t const count = candidates->count;
    sm_candidate_rows made = {.candidates = candidates};
    made.rows = sm_alloc_array(count, sizeof *made.rows);
    SM_CHECK_MEMORY(made.rows);
    made.multiplicity = sm_alloc_array(count, sizeof *made.multiplicity);
    SM_CHECK_MEMORY(made.multiplicity);
    made.place_of = sm_calloc(candidates->items->count, sizeof *made.place_of);
    SM_CHECK_MEMORY(made.place_of);
    if (count > 0 && sm_tower_reads_ids(tower))
        SM_TRY(take_distinct(&made, tower, pool));
    else
        take_all(&made);
    *rows = made;
    made = (sm_candidate_rows){.count = 0};
out:
    sm_candidate_rows_free(&made);
    return status;
}

/* The chosen rows' ids, one behind the other. */
static sm_status encode_chosen(const sm_candidate_rows *rows,
                               const siamese_tower *tower, sm_pool *pool,
                               const uint32_t *chosen, size_t count, float *out)
{
    sm_status status = SIAMESE_OK;
    const sm_tower_ids *const all = &rows->ids;
    size_t *const offsets = sm_alloc_array(count + 1, sizeof *offsets);
    int32_t *ids = NULL;
    SM_CHECK_MEMORY(offsets);
    offsets[0] = 0;
    for (size_t i = 0; i < count; i++)
        offsets[i + 1] =
            offsets[i] + all->offsets[chosen[i] + 1] - all->offsets[chosen[i]];
    ids = sm_alloc_array(offsets[count] + 1, sizeof *ids);
    SM_CHECK_MEMORY(ids);
    for (size_t i = 0; i < count; i++)
        if (offsets[i + 1] > offsets[i])
            memcpy(ids + offsets[i], all->ids + all->offsets[chosen[i]],
                   (offsets[i + 1] - offsets[i]) * sizeof *ids);
    SM_TRY(sm_tower_encode_read(tower, pool, ids, offsets, count, out));
out:
    sm_free(offsets);
    sm_free(ids);
    return status;
}

static sm_status encode_texts(const sm_candidate_rows *rows,
                              const siamese_tower *tower, sm_pool *pool,
                              const uint32_t *chosen, size_t first,
                              size_t count, float *out)
{
    sm_status status = SIAMESE_OK;
    siamese_text *texts = NULL;
    uint32_t *const of = sm_alloc_array(count, sizeof *of);
    SM_CHECK_MEMORY(of);
    for (size_t i = 0; i < count; i++)
        of[i] = rows->rows[chosen ? chosen[i] : first + i];
    SM_TRY(get_texts(rows->candidates, of, count, &texts));
    SM_TRY(sm_tower_encode_rows(tower, pool, texts, count, out));
out:
    sm_free(of);
    sm_free(texts);
    return status;
}

sm_status sm_candidate_rows_encode(const sm_candidate_rows *rows,
                                   const siamese_tower *tower, sm_pool *pool,
                                   const uint32_t *chosen, size_t first,
                                   size_t count, float *out)
{
    if (count == 0) return SIAMESE_OK;
    if (rows->ids.offsets == NULL)
        return encode_texts(rows, tower, pool, chosen, first, count, out);
    if (chosen) return encode_chosen(rows, tower, pool, chosen, count, out);
    return sm_tower_encode_read(tower, pool, rows->ids.ids,
                                rows->ids.offsets + first, count, out);
}
