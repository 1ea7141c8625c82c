/*
 * index_append.c: vectors and their lists in, the lists with them out. For
 * index_update, index_regroup and index_state.
 *
 * One thread numbers the new rows of each list. All of them then lengthen the
 * lists, fill the rows in, with codes, and chain the ids: a list, a row and a
 * bucket of ids each belong to one task, so what comes out does not depend on
 * the number of threads.
 */
#include "index/index_append.h"

#include "common/arena.h"
#include "common/assert.h"
#include "common/cancel.h"
#include "common/memory.h"
#include "common/size.h"
#include "index/index_vectors.h"

enum {
    ROWS_OF_A_TASK = 256,
    NUMBERS_AT_ONCE = 1 << 15, /* of vectors that a thread prepares */
    ROWS_TO_SHARE = 4096,      /* whose ids one thread chains alone */
    AHEAD = 16,                /* ids before one whose place is fetched */
};

/* ---- memory ---- */

static void lay_out(sm_appender *a, const sm_lists *lists, sm_arena *arena)
{
    size_t const dim = lists->centroids->dim;
    size_t const rows = sm_pool_threads(a->pool) * a->some;
    size_t const coded = lists->codes ? rows : 0;
    a->vectors = sm_arena_array(arena, a->normalises ? rows : 0,
                                dim * sizeof *a->vectors);
    a->rows.coarse = sm_arena_array(arena, coded, sm_bound_coarse_size(dim));
    a->rows.fine = sm_arena_array(arena, coded, sm_bound_fine_size(dim));
    a->rows.rows = sm_arena_array(arena, coded, sizeof *a->rows.rows);
}

sm_status sm_appender_create(sm_appender *a, const sm_lists *lists,
                             sm_pool *pool, bool normalises, size_t most)
{
    sm_arena arena = {NULL, 0};
    size_t const some = sm_max(1, NUMBERS_AT_ONCE / lists->centroids->dim);
    *a = (sm_appender){.pool = pool,
                       .normalises = normalises,
                       .most = most,
                       .some = sm_min(some, ROWS_OF_A_TASK)};
    lay_out(a, lists, &arena);
    a->memory = sm_aligned_array(arena.used, 1);
    if (a->memory == NULL) return sm_fail_memory();
    arena = (sm_arena){a->memory, 0};
    lay_out(a, lists, &arena);
    return SIAMESE_OK;
}

void sm_appender_free(sm_appender *a)
{
    sm_aligned_free(a->memory);
    *a = (sm_appender){0};
}

/* ---- what threads share ---- */

typedef struct appending {
    sm_lists *lists;
    const sm_appender *appender;
    const int64_t *ids;
    const float *vectors;
    const sm_place *places;
    size_t count;
    size_t shares; /* of the ids' buckets */
} appending;

/* The task with the last new row of a list makes its rows. */
static sm_status lengthen_lists(void *context, size_t task, size_t worker)
{
    const appending *const a = context;
    sm_lists *const lists = a->lists;
    size_t const end = sm_min((task + 1) * ROWS_OF_A_TASK, a->count);
    (void)worker;
    for (size_t r = task * ROWS_OF_A_TASK; r < end; r++) {
        size_t const l = sm_place_list(a->places[r]);
        size_t const size = sm_place_row(a->places[r]) + 1;
        if (size != sm_places_size(&lists->places, l)) continue;
        sm_faiss_resize(lists->faiss, l, size);
        if (lists->codes)
            sm_codes_lengthen(&lists->codes[l], lists->centroids->dim, size);
    }
    return SIAMESE_OK;
}

/* Vectors that a thread prepares, and where it does. */
typedef struct prepared {
    size_t first, count; /* rows of the call */
    size_t at;           /* the first one's of the appender's buffers */
    const float *vectors;
} prepared;

static void prepare(const appending *a, prepared *p)
{
    const sm_appender *const appender = a->appender;
    const sm_lists *const lists = a->lists;
    const sm_code_rows *const rows = &appender->rows;
    size_t const dim = lists->centroids->dim;
    p->vectors = a->vectors + p->first * dim;
    if (appender->normalises) {
        float *const own = appender->vectors + p->at * dim;
        sm_vectors_normalise(p->vectors, p->count, dim, own);
        p->vectors = own;
    }
    for (size_t r = p->at; lists->codes && r < p->at + p->count; r++)
        lists->bounds->encode(dim, p->vectors + (r - p->at) * dim,
                              rows->coarse + r * sm_bound_coarse_size(dim),
                              rows->fine + r * sm_bound_fine_size(dim),
                              &rows->rows[r]);
}

static void put(const appending *a, const prepared *p)
{
    sm_lists *const lists = a->lists;
    size_t const dim = lists->centroids->dim;
    for (size_t r = 0; r < p->count; r++) {
        sm_place const place = a->places[p->first + r];
        size_t const l = sm_place_list(place), row = sm_place_row(place);
        sm_faiss_put(lists->faiss, l, row, a->ids[p->first + r],
                     p->vectors + r * dim);
        if (lists->codes)
            sm_codes_put(&lists->codes[l], dim, &a->appender->rows, p->at + r,
                         row);
    }
}

static sm_status fill_rows(void *context, size_t task, size_t worker)
{
    const appending *const a = context;
    size_t const some = a->appender->some;
    size_t const end = sm_min((task + 1) * ROWS_OF_A_TASK, a->count);
    for (size_t r = task * ROWS_OF_A_TASK; r < end; r += some) {
        prepared p = {r, sm_min(end - r, some), worker * some, NULL};
        prepare(a, &p);
        put(a, &p);
    }
    return SIAMESE_OK;
}

static bool is_of_share(const appending *a, size_t row, size_t share)
{
    return row < a->count &&
           (a->shares == 1 || sm_places_share(&a->lists->places, a->ids[row],
                                              a->shares) == share);
}

/* Chains the ids of a share of the buckets: no other share reads its heads. */
static sm_status link_ids(void *context, size_t share, size_t worker)
{
    const appending *const a = context;
    sm_places *const places = &a->lists->places;
    (void)worker;
    for (size_t r = 0; r < a->count; r++) {
        if (r + 2 * AHEAD < a->count)
            sm_places_prefetch(places, a->ids[r + 2 * AHEAD]);
        if (is_of_share(a, r + AHEAD, share))
            sm_places_prefetch_link(places, a->ids[r + AHEAD]);
        if (is_of_share(a, r, share))
            sm_places_link(places, a->places[r], a->ids[r]);
    }
    return SIAMESE_OK;
}

/* ---- in order ---- */

static void run(const sm_appender *a, size_t tasks, sm_task_fn fn,
                appending *context)
{
    sm_status const status = sm_pool_run(a->pool, tasks, fn, context);
    sm_assert(status == SIAMESE_OK);
    (void)status;
}

void sm_lists_append(sm_lists *lists, sm_appender *a, const int64_t *ids,
                     const float *vectors, int64_t *list_of, size_t count)
{
    sm_place *const places = (sm_place *)list_of;
    appending work = {lists, a, ids, vectors, places, count, 1};
    size_t const tasks = sm_chunks(count, ROWS_OF_A_TASK);
    sm_assert(count <= a->most);
    for (size_t r = 0; r < count; r++)
        places[r] = sm_places_append(&lists->places, (size_t)list_of[r]);
    lists->count += count;
    sm_faiss_set_count(lists->faiss, lists->count);
    /* what has begun is brought to its end, whatever the thread watches */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    run(a, tasks, lengthen_lists, &work);
    run(a, tasks, fill_rows, &work);
    if (count >= ROWS_TO_SHARE) work.shares = sm_pool_threads(a->pool);
    run(a, work.shares, link_ids, &work);
    sm_cancel_watch(watched);
}
