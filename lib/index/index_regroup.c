/* index_regroup.c: lists in, new ones with the same vectors out. For
 * index_train and index_update. */
#include "index/index_regroup.h"

#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"
#include "index/index_append.h"

/* Vectors that are moved at once. */
enum { ROWS_AT_ONCE = 16384 };

/* What is moved, and where to. */
typedef struct regrouping {
    const sm_lists *from;
    sm_centroids *centroids;
    sm_pool *pool;
    const sm_pause *pause;
    float *room; /* [ROWS_AT_ONCE][dim], for vectors of a file */
    sm_appender appender;
    sm_lists *lists;  /* new ones */
    int64_t *list_of; /* [from->count] of all vectors, list after list */
    size_t *added;    /* [nlist], how many a list gets */
} regrouping;

/* Rows of one old list: vectors[count][dim], the first one being number `at` of
 * all. */
typedef struct old_rows {
    const int64_t *ids;
    const float *vectors;
    size_t list, at, count;
} old_rows;

static sm_status assign_rows(regrouping *g, const old_rows *rows)
{
    return sm_centroids_assign(g->centroids, g->pool, rows->vectors, NULL,
                               false, rows->count, g->list_of + rows->at);
}

static sm_status keep_list(regrouping *g, const old_rows *rows)
{
    for (size_t r = 0; r < rows->count; r++)
        g->list_of[rows->at + r] = (int64_t)rows->list;
    return SIAMESE_OK;
}

static sm_status append_rows(regrouping *g, const old_rows *rows)
{
    sm_lists_append(g->lists, &g->appender, rows->ids, rows->vectors,
                    g->list_of + rows->at, rows->count);
    return SIAMESE_OK;
}

/* All rows, a block at a time; first and last: shares of the whole work. */
static sm_status for_all(regrouping *g,
                         sm_status (*work)(regrouping *, const old_rows *),
                         double first, double last)
{
    size_t const all = g->from->count;
    size_t done = 0;
    for (size_t l = 0; l < g->from->centroids->nlist; l++) {
        const int64_t *ids;
        size_t const size = sm_lists_ids(g->from, l, &ids);
        for (size_t r = 0; r < size; r += ROWS_AT_ONCE) {
            old_rows rows = {ids + r, NULL, l, done,
                             sm_min(size - r, ROWS_AT_ONCE)};
            size_t const before = done / ROWS_AT_ONCE;
            if (work != keep_list)
                SM_RETURN_IF_ERROR(sm_lists_vectors(g->from, l, r, rows.count,
                                                    g->room, &rows.vectors));
            SM_RETURN_IF_ERROR(work(g, &rows));
            done += rows.count;
            if (g->pause == NULL || done / ROWS_AT_ONCE == before) continue;
            SM_RETURN_IF_ERROR(g->pause->call(
                g->pause->context,
                first + (last - first) * ((double)done / (double)all)));
        }
    }
    sm_assert(done == all);
    return SIAMESE_OK;
}

sm_status sm_lists_regroup(sm_lists **out, const sm_lists *from,
                           sm_centroids *centroids, sm_pool *pool,
                           const sm_pause *pause)
{
    sm_status status = SIAMESE_OK;
    regrouping g = {
        .from = from, .centroids = centroids, .pool = pool, .pause = pause};
    bool const as_it_lies = centroids == from->centroids;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    size_t const count = from->count;
    g.list_of = sm_alloc_array(count, sizeof *g.list_of);
    SM_CHECK_MEMORY(g.list_of);
    g.added = sm_calloc(centroids->nlist, sizeof *g.added);
    SM_CHECK_MEMORY(g.added);
    if (from->mapped) {
        g.room = sm_alloc_array(sm_min(count, ROWS_AT_ONCE),
                                centroids->dim * sizeof(float));
        SM_CHECK_MEMORY(g.room);
    }
    SM_TRY(for_all(&g, as_it_lies ? keep_list : assign_rows, 0, 0.5));
    for (size_t i = 0; i < count; i++) g.added[g.list_of[i]]++;
    SM_TRY(sm_lists_create(&g.lists, centroids, from->bounds));
    SM_TRY(sm_lists_reserve(g.lists, g.added));
    SM_TRY(sm_appender_create(&g.appender, g.lists, pool, false,
                              sm_min(count, ROWS_AT_ONCE)));
    SM_TRY(for_all(&g, append_rows, 0.5, 1));
    *out = g.lists;
    g.lists = NULL;
out:
    sm_lists_release(g.lists);
    sm_appender_free(&g.appender);
    sm_free(g.room);
    sm_free(g.added);
    sm_free(g.list_of);
    sm_faiss_leave(&region);
    return status;
}
