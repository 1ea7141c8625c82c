/*
 * candidates.c: counts how often each item stands in what a caller lends, and
 * lists the items of each id; topk_accuracy.c ranks them.
 */
#include "metrics/candidates.h"

#include "common/assert.h"
#include "common/cancel.h"
#include "common/counting_sort.h"
#include "common/memory.h"

void sm_candidates_free(sm_candidates *candidates)
{
    sm_free(candidates->rows);
    sm_free(candidates->multiplicity);
    sm_free(candidates->id_offsets);
    sm_free(candidates->id_rows);
    sm_free(candidates->id_times);
    *candidates = (sm_candidates){0};
}

/* The distinct rows of items of each id. */
static sm_status list_ids(sm_candidates *made, const sm_candidate_source *from)
{
    sm_status status = SIAMESE_OK;
    size_t const numbers = from->id_count;
    uint32_t *const seen = sm_calloc(from->items->count, sizeof *seen);
    size_t *const place = sm_calloc(from->items->count, sizeof *place);
    uint32_t *const all = sm_alloc_array(from->count, sizeof *all);
    size_t *const begin = sm_alloc_array(numbers + 2, sizeof *begin);
    size_t kept = 0;
    made->id_offsets = sm_alloc_array(numbers + 2, sizeof *made->id_offsets);
    made->id_rows = sm_alloc_array(from->count, sizeof *made->id_rows);
    made->id_times = sm_alloc_array(from->count, sizeof *made->id_times);
    SM_CHECK_MEMORY(made->id_offsets);
    SM_CHECK_MEMORY(made->id_rows);
    SM_CHECK_MEMORY(made->id_times);
    SM_CHECK_MEMORY(seen);
    SM_CHECK_MEMORY(place);
    SM_CHECK_MEMORY(all);
    SM_CHECK_MEMORY(begin);
    /* the rows by id */
    sm_sort_begin(begin, numbers);
    for (size_t i = 0; i < from->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        sm_sort_count(begin, from->ids[i]);
    }
    sm_sort_sum(begin, numbers);
    for (size_t i = 0; i < from->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        all[sm_sort_place(begin, from->ids[i])] = from->rows[i];
    }
    for (size_t n = 0, i = 0; n < numbers; n++) {
        SM_TRY(sm_cancel_check_at(n));
        made->id_offsets[n] = kept;
        for (; i < begin[n + 1]; i++) {
            if (seen[all[i]] == n + 1) {
                made->id_times[place[all[i]]]++;
                continue;
            }
            seen[all[i]] = (uint32_t)n + 1;
            place[all[i]] = kept;
            made->id_times[kept] = 1;
            made->id_rows[kept++] = all[i];
        }
    }
    /* one more, without rows, for ids that are not there */
    made->id_offsets[numbers] = kept;
    made->id_offsets[numbers + 1] = kept;
out:
    sm_free(seen);
    sm_free(place);
    sm_free(all);
    sm_free(begin);
    return status;
}

sm_status sm_candidates_create(sm_candidates *out,
                               const sm_candidate_source *source)
{
    sm_status status = SIAMESE_OK;
    size_t const items = source->items->count;
    size_t keys;
    uint64_t *times = sm_calloc(items, sizeof *times); /* of each row */
    size_t *begin = NULL; /* of each multiplicity, in the sorted order */
    sm_candidates made = {.items = source->items};
    uint64_t most = 0;
    SM_CHECK_MEMORY(times);
    made.rows = sm_alloc_array(items, sizeof *made.rows);
    SM_CHECK_MEMORY(made.rows);
    made.multiplicity = sm_alloc_array(items, sizeof *made.multiplicity);
    SM_CHECK_MEMORY(made.multiplicity);
    for (size_t i = 0; i < source->count; i++) {
        SM_TRY(sm_cancel_check_at(i));
        uint64_t const n = ++times[source->rows[i]];
        if (n > most) most = n;
    }
    keys = (size_t)most + 1;
    begin = sm_alloc_array(keys + 2, sizeof *begin);
    SM_CHECK_MEMORY(begin);
    sm_sort_begin(begin, keys);
    for (size_t row = 0; row < items; row++) {
        if (times[row] == 0) continue; /* it stands nowhere: no candidate */
        sm_sort_count(begin, times[row]);
        made.count++;
    }
    sm_sort_sum(begin, keys);
    for (size_t row = 0; row < items; row++) {
        SM_TRY(sm_cancel_check_at(row));
        if (times[row] == 0) continue;
        size_t const at = sm_sort_place(begin, times[row]);
        made.rows[at] = (uint32_t)row;
        made.multiplicity[at] = times[row];
    }
    for (size_t i = 1; i < made.count; i++)
        sm_assert(made.multiplicity[i - 1] <= made.multiplicity[i]);
    if (source->ids) SM_TRY(list_ids(&made, source));
    *out = made;
    made = (sm_candidates){0};
out:
    sm_candidates_free(&made);
    sm_free(times);
    sm_free(begin);
    return status;
}

const uint32_t *sm_candidates_own_rows(const sm_candidates *candidates,
                                       const uint32_t *own, size_t *count)
{
    const size_t *const offsets = candidates->id_offsets;
    *count = offsets ? offsets[*own + 1] - offsets[*own] : 1;
    return offsets ? candidates->id_rows + offsets[*own] : own;
}
