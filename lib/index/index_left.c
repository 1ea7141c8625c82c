/* index_left.c: vectors that bounds left in, kept for a query or scored and
 * offered to its hits. For index_bounded and index_pick. */
#include "index/index_left.h"

#include <math.h>

enum { LINE = 64 /* bytes */ };

void sm_left_lay_out(sm_left *left, sm_arena *arena)
{
    const sm_lists *const lists = left->lists;
    left->room = sm_arena_array(
        arena, lists->mapped ? SM_LEFT * lists->centroids->dim : 0,
        sizeof(float));
}

/* ---- floats ---- */

sm_status sm_left_score(sm_left *left)
{
    size_t const dim = left->lists->centroids->dim;
    for (size_t i = 0; i < left->count; i++) {
        sm_hits *const hits = left->hits[i];
        float score;
        left->kernels->scores(1, 1, dim, left->queries[i], left->vectors[i],
                              NULL, &score, 1);
        if (score > hits->above)
            SM_RETURN_IF_ERROR(sm_hits_offer(hits, score, *left->ids[i]));
    }
    left->count = 0;
    return SIAMESE_OK;
}

static void prefetch(const void *memory, size_t size)
{
    for (size_t i = 0; i < size; i += LINE)
        __builtin_prefetch((const char *)memory + i);
}

static sm_status ask(sm_left *left, const sm_bounded_query *query,
                     const sm_bounded_rows *rows, size_t at)
{
    size_t const dim = left->lists->centroids->dim, i = left->count;
    if (rows->vectors) {
        left->vectors[i] = rows->vectors + at * dim;
        prefetch(left->vectors[i], dim * sizeof(float));
    } else {
        float *const room = left->room + i * dim;
        SM_RETURN_IF_ERROR(
            sm_mapped_read(left->lists->mapped, rows->list, at, 1, room));
        left->vectors[i] = room;
    }
    left->ids[i] = rows->ids + at;
    prefetch(left->ids[i], sizeof *left->ids[i]);
    left->queries[i] = query->vector;
    left->hits[i] = query->hits;
    left->count++;
    return left->count == SM_LEFT ? sm_left_score(left) : SIAMESE_OK;
}

/* ---- vectors that are kept ---- */

sm_bounded_rows sm_left_rows(const sm_left *left, size_t list)
{
    sm_bounded_rows rows = {NULL, NULL, NULL, list};
    if (left->only) return *left->only;
    if (left->lists->mapped)
        sm_lists_ids(left->lists, list, &rows.ids);
    else
        sm_faiss_list(left->lists->faiss, list, &rows.ids, &rows.vectors);
    return rows;
}

/* Of the rows that are kept those above low, but not above high. */
static sm_status ask_kept(sm_left *left, const sm_bounded_query *query,
                          float low, float high)
{
    const sm_kept *const kept = query->kept;
    for (size_t i = 0; i < kept->count; i++) {
        const sm_kept_row *const row = &kept->rows[i];
        if (!(row->upper > low && row->upper > query->hits->above) ||
            row->upper > high)
            continue;
        sm_bounded_rows const rows = sm_left_rows(left, row->list);
        SM_RETURN_IF_ERROR(ask(left, query, &rows, row->at));
    }
    return SIAMESE_OK;
}

/* The best first: their scores exclude some of the others. */
sm_status sm_left_score_kept(sm_left *left, const sm_bounded_query *query)
{
    float const first = sm_kept_settle(query->kept, left->kernels, query->hits);
    SM_RETURN_IF_ERROR(ask_kept(left, query, first, INFINITY));
    SM_RETURN_IF_ERROR(ask_kept(left, query, -INFINITY, first));
    sm_kept_restart(query->kept);
    return SIAMESE_OK;
}

sm_status sm_left_take(sm_left *left, const sm_bounded_query *query,
                       const sm_bounded_rows *rows, size_t at, float upper,
                       float lower)
{
    sm_kept_row const row = {at, (uint32_t)rows->list, upper};
    if (query->kept == NULL) return ask(left, query, rows, at);
    if (sm_kept_is_full(query->kept, left->kernels, query->hits)) {
        SM_RETURN_IF_ERROR(sm_left_score_kept(left, query));
        SM_RETURN_IF_ERROR(sm_left_score(left));
    }
    sm_kept_add(query->kept, left->kernels, query->hits, &row, lower);
    return SIAMESE_OK;
}
