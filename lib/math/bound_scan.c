/* bound_scan.c: codes, vectors and queries in, the scores that may be above a
 * number out. For ranks, top-k counts and mined negatives. */
#include "math/bound_scan.h"

#include <math.h>

#include "common/memory.h"
#include "common/size.h"

enum { HELD = SM_BOUND_SCAN_BLOCKS, LEAST_DIM = 32 };

bool sm_bound_scan_pays(const sm_kernels *kernels, size_t dim)
{
    return dim >= LEAST_DIM && sm_bounds_are_faster(kernels);
}

/* ---- queries ---- */

sm_status sm_bound_queries_create(sm_bound_queries *queries, size_t count,
                                  size_t dim)
{
    queries->codes = sm_aligned_array(count, sm_bound_code_count(dim));
    if (queries->codes == NULL) return sm_fail_memory();
    queries->queries = sm_alloc_array(count, sizeof *queries->queries);
    return queries->queries ? SIAMESE_OK : sm_fail_memory();
}

void sm_bound_queries_free(sm_bound_queries *queries)
{
    sm_aligned_free(queries->codes);
    sm_free(queries->queries);
    *queries = (sm_bound_queries){NULL, NULL};
}

void sm_bound_queries_set(sm_bound_queries *queries, size_t q,
                          const float *vector, size_t dim)
{
    sm_bound_query_make(&queries->queries[q],
                        queries->codes + q * sm_bound_code_count(dim), vector,
                        dim);
}

/* ---- room ---- */

struct sm_bound_room {
    uint8_t *unpacked; /* of the kernels */
    int32_t dots[SM_BOUND_SCAN_QUERIES * HELD * SM_BOUND_ROWS];
    float tops[SM_BOUND_SCAN_QUERIES * HELD];
    uint32_t found[HELD];
};

sm_status sm_bound_room_create(sm_bound_room **out, size_t dim)
{
    sm_bound_room *const room = sm_aligned_array(1, sizeof *room);
    if (room == NULL) return sm_fail_memory();
    room->unpacked = sm_aligned_array(2 * SM_BOUND_MOST_TILE * SM_BOUND_ROWS,
                                      sm_bound_coarse_size(dim));
    *out = room;
    return room->unpacked ? SIAMESE_OK : sm_fail_memory();
}

void sm_bound_room_free(sm_bound_room *room)
{
    if (room) sm_aligned_free(room->unpacked);
    sm_aligned_free(room);
}

/* ---- scanning ---- */

typedef struct stage {
    sm_bound_scan *scan;
    const sm_bound_kernels *bounds;
    size_t query, count;
    size_t at[SM_BOUND_ROWS];
    sm_bound_rows rows;
} stage;

static void score_stage(stage *s)
{
    sm_bound_scan *const scan = s->scan;
    const sm_codes *const codes = scan->codes;
    float uppers[SM_BOUND_ROWS], lowers[SM_BOUND_ROWS];
    if (s->count == 0) return;
    for (size_t i = 0; i < s->count; i++) {
        s->rows.scales[i] = codes->rests[s->at[i]].scale;
        s->rows.errors[i] = codes->rests[s->at[i]].error;
        s->rows.norms[i] = codes->norms[s->at[i]];
    }
    s->bounds->fine(s->count, scan->dim, &s->rows, uppers, lowers);
    for (size_t i = 0; i < s->count; i++) {
        float score;
        if (!(uppers[i] > scan->above[s->query])) continue;
        scan->kernels->gemm(1, 1, scan->dim, scan->query_vectors[s->query],
                            scan->dim, 1, scan->vectors + s->at[i] * scan->dim,
                            1, &score, 1);
        scan->above[s->query] =
            scan->take(scan->context, s->query, s->at[i], score);
    }
    s->count = 0;
}

static void stage_block(stage *s, size_t block, const int32_t *dots)
{
    const sm_codes *const codes = s->scan->codes;
    const sm_bound_query *const query = s->scan->queries[s->query];
    size_t const first = block * SM_BOUND_ROWS;
    size_t const there = sm_min(codes->count - first, SM_BOUND_ROWS);
    unsigned rows =
        ((1u << there) - 1) &
        s->bounds->above(query, dots, codes->scales + first,
                         codes->norms + first, s->scan->above[s->query]);
    for (; rows; rows &= rows - 1) {
        size_t const r = (size_t)__builtin_ctz(rows);
        s->at[s->count] = first + r;
        s->rows.queries[s->count] = query;
        s->rows.fine[s->count] =
            codes->fine + (first + r) * sm_bound_fine_size(s->scan->dim);
        s->rows.dots[s->count++] = dots[r];
        if (s->count == SM_BOUND_ROWS) score_stage(s);
    }
}

/* The held blocks, of which `begin` is the first, for one query. */
static void take_blocks(stage *s, const sm_bound_room *room, uint32_t *at,
                        size_t begin, size_t held)
{
    const float *const tops = room->tops + s->query * HELD;
    size_t const found = s->scan->kernels->find_greater(
        held, tops, s->scan->above[s->query], at);
    for (size_t i = 0; i < found; i++)
        if (tops[at[i]] > s->scan->above[s->query])
            stage_block(s, begin + at[i],
                        room->dots + (s->query * HELD + at[i]) * SM_BOUND_ROWS);
    score_stage(s);
}

void sm_bound_scan_run(sm_bound_scan *scan, sm_bound_room *room)
{
    size_t const blocks = sm_chunks(scan->codes->count, SM_BOUND_ROWS);
    stage s = {.scan = scan, .bounds = sm_bound_kernels_of(scan->kernels)};
    for (size_t begin = 0; begin < blocks; begin += HELD) {
        size_t const held = sm_min(blocks - begin, HELD);
        sm_bound_blocks const at =
            sm_codes_blocks(scan->codes, scan->dim, begin);
        s.bounds->scan(scan->count, held, scan->dim, scan->queries, &at,
                       at.coarse, room->dots, HELD * SM_BOUND_ROWS, room->tops,
                       HELD, room->unpacked);
        for (s.query = 0; s.query < scan->count; s.query++)
            take_blocks(&s, room, room->found, begin, held);
    }
}
