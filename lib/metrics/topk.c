/* topk.c: scores in, how many are above each positive out. For topk_accuracy
 * and ranks. */
#include "metrics/topk.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/bound_scan.h"
#include "math/gemm.h"

enum {
    BLOCK = 64,          /* queries of one task */
    TILE = 8 * SM_STRIP, /* candidates that it scores at once */
    PORTION = 1 << 28    /* multiply-adds of one run of the pool */
};

/* What one thread works with. */
typedef struct worker_scratch {
    float *queries;      /* [BLOCK][dim] */
    float *packed;       /* for them in a product */
    float *scores;       /* [BLOCK][TILE] */
    sm_bound_room *room; /* by bounds, in place of those */
} worker_scratch;

struct sm_topk {
    sm_pool *pool;
    const sm_kernels *kernels;
    sm_topk_queries queries;
    float *panel;   /* the chunk's vectors transposed, in strips */
    size_t *active; /* queries with a pair below the limit, ascending */
    size_t active_count;
    worker_scratch *scratch; /* [threads] */
    const sm_topk_chunk *chunk;
    bool by_bounds;           /* and not by products */
    sm_bound_queries bounded; /* all of them */
    sm_codes codes;           /* of the chunk */
    size_t run_count;         /* of the chunk */
    size_t first;             /* of active, where this run begins */
    size_t last;              /* and where it ends */
};

void sm_topk_free(sm_topk *topk)
{
    if (topk == NULL) return;
    for (size_t i = 0; topk->scratch && i < sm_pool_threads(topk->pool); i++) {
        sm_aligned_free(topk->scratch[i].queries);
        sm_aligned_free(topk->scratch[i].packed);
        sm_aligned_free(topk->scratch[i].scores);
        sm_bound_room_free(topk->scratch[i].room);
    }
    sm_bound_queries_free(&topk->bounded);
    sm_codes_free(&topk->codes);
    sm_free(topk->scratch);
    sm_free(topk->active);
    sm_aligned_free(topk->panel);
    sm_free(topk);
}

/* Vectors of so many numbers that bounds pay. */
static sm_status create_bounds(sm_topk *topk)
{
    const sm_topk_queries *const q = &topk->queries;
    topk->by_bounds = sm_bound_scan_pays(topk->kernels, q->dim);
    if (!topk->by_bounds) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        sm_bound_queries_create(&topk->bounded, q->count, q->dim));
    for (size_t i = 0; i < q->count; i++)
        sm_bound_queries_set(&topk->bounded, i, q->vectors + i * q->dim,
                             q->dim);
    SM_RETURN_IF_ERROR(sm_codes_reserve(&topk->codes, q->dim, SM_TOPK_CHUNK));
    for (size_t i = 0; i < sm_pool_threads(topk->pool); i++)
        SM_RETURN_IF_ERROR(
            sm_bound_room_create(&topk->scratch[i].room, q->dim));
    return SIAMESE_OK;
}

/* Buffers of products. */
static sm_status create_scratch(sm_topk *topk, size_t panel, size_t block,
                                size_t packed)
{
    topk->panel = sm_aligned_array(panel, sizeof *topk->panel);
    if (topk->panel == NULL) return sm_fail_memory();
    for (size_t i = 0; i < sm_pool_threads(topk->pool); i++) {
        worker_scratch *const b = &topk->scratch[i];
        b->queries = sm_aligned_array(block, sizeof *b->queries);
        b->packed = sm_aligned_array(packed, sizeof *b->packed);
        b->scores = sm_aligned_array(BLOCK * TILE, sizeof *b->scores);
        if (!b->queries || !b->packed || !b->scores) return sm_fail_memory();
    }
    return SIAMESE_OK;
}

sm_status sm_topk_create(sm_topk **out, sm_pool *pool,
                         const sm_kernels *kernels,
                         const sm_topk_queries *queries)
{
    sm_status status = SIAMESE_OK;
    size_t const threads = sm_pool_threads(pool);
    size_t panel, block, packed;
    sm_topk *topk = sm_calloc(1, sizeof *topk);
    SM_CHECK_MEMORY(topk);
    *topk = (sm_topk){.pool = pool, .kernels = kernels, .queries = *queries};
    SM_CHECK(sm_packed_numbers(SM_TOPK_CHUNK, queries->dim, &panel) &&
                 sm_size_multiply(queries->dim, BLOCK, &block) &&
                 sm_packed_numbers(BLOCK, queries->dim, &packed),
             SIAMESE_E_LIMIT, "vectors of %zu numbers are too long",
             queries->dim);
    topk->active = sm_alloc_array(queries->count, sizeof *topk->active);
    SM_CHECK_MEMORY(topk->active);
    topk->scratch = sm_calloc(threads, sizeof *topk->scratch);
    SM_CHECK_MEMORY(topk->scratch);
    SM_TRY(create_bounds(topk));
    if (!topk->by_bounds) SM_TRY(create_scratch(topk, panel, block, packed));
    for (size_t i = 0; i < queries->count; i++) topk->active[i] = i;
    topk->active_count = queries->count;
    *out = topk;
    topk = NULL;
out:
    sm_topk_free(topk);
    return status;
}

float sm_topk_score(const sm_kernels *kernels, const float *query,
                    const float *item, size_t dim)
{
    float score;
    kernels->gemm(1, 1, dim, query, dim, 1, item, 1, &score, 1);
    return score;
}

bool sm_topk_hit(float positive, uint64_t higher, size_t k)
{
    return isfinite(positive) && higher < k;
}

static bool is_done(const sm_topk_queries *q, size_t query)
{
    size_t p = q->offsets[query];
    while (p < q->offsets[query + 1] && q->higher[p] >= q->limit) p++;
    return p == q->offsets[query + 1];
}

/* Counts scores of the chunk's candidates first .. last - 1 for a query's
 * pairs. */
static void count_row(const sm_topk *topk, size_t query, size_t first,
                      size_t last, const float *scores)
{
    const sm_topk_queries *const q = &topk->queries;
    const sm_topk_run *start = topk->chunk->runs;
    while (start->end <= first) start++;
    for (size_t p = q->offsets[query]; p < q->offsets[query + 1]; p++) {
        const sm_topk_run *run = start;
        for (size_t at = first; at < last && q->higher[p] < q->limit;
             at = run++->end)
            q->higher[p] +=
                run->multiplicity * topk->kernels->count_greater(
                                        sm_min(run->end, last) - at,
                                        scores + (at - first), q->positives[p]);
    }
}

/* Tile upon tile for those queries of a block that still have a pair to count
 * for. */
static sm_status count_task(void *context, size_t task, size_t worker)
{
    const sm_topk *const topk = context;
    const sm_topk_queries *const q = &topk->queries;
    const worker_scratch *const b = &topk->scratch[worker];
    size_t const first = topk->first + task * BLOCK;
    size_t rows = sm_min(BLOCK, topk->last - first), count = topk->chunk->count;
    size_t query[BLOCK];
    for (size_t r = 0; r < rows; r++) {
        query[r] = topk->active[first + r];
        memcpy(b->queries + r * q->dim, q->vectors + query[r] * q->dim,
               q->dim * sizeof *b->queries);
    }
    for (size_t at = 0; at < count && rows > 0; at += TILE) {
        size_t const last = sm_min(at + TILE, count);
        size_t kept = 0;
        sm_gemm_strips(topk->kernels, rows, last - at, q->dim, b->queries,
                       q->dim, 1, topk->panel + at * q->dim, b->scores, TILE,
                       b->packed);
        for (size_t r = 0; r < rows; r++) {
            count_row(topk, query[r], at, last, b->scores + r * TILE);
            if (is_done(q, query[r])) continue;
            query[kept] = query[r];
            if (kept++ < r)
                memcpy(b->queries + (kept - 1) * q->dim,
                       b->queries + r * q->dim, q->dim * sizeof *b->queries);
        }
        rows = kept;
    }
    return SIAMESE_OK;
}

/* ---- by bounds ---- */

/* The number that a candidate must be above to count for a pair of the query;
 * infinity if none is open. */
static float least_positive(const sm_topk_queries *q, size_t query)
{
    float least = INFINITY;
    for (size_t p = q->offsets[query]; p < q->offsets[query + 1]; p++)
        if (q->higher[p] < q->limit) least = fminf(least, q->positives[p]);
    return least;
}

/* How often the chunk's candidate counts. */
static uint64_t multiplicity_of(const sm_topk *topk, size_t row)
{
    const sm_topk_chunk *const chunk = topk->chunk;
    size_t low = 0, high = topk->run_count - 1;
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (chunk->runs[middle].end <= row)
            low = middle + 1;
        else
            high = middle;
    }
    return chunk->runs[low].multiplicity;
}

typedef struct block_of_queries {
    const sm_topk *topk;
    size_t query[BLOCK];
} block_of_queries;

static float take_score(void *context, size_t i, size_t row, float score)
{
    const block_of_queries *const block = context;
    const sm_topk_queries *const q = &block->topk->queries;
    size_t const query = block->query[i];
    uint64_t const times = multiplicity_of(block->topk, row);
    for (size_t p = q->offsets[query]; p < q->offsets[query + 1]; p++)
        if (q->higher[p] < q->limit && score > q->positives[p])
            q->higher[p] += times;
    return least_positive(q, query);
}

static sm_status bound_task(void *context, size_t task, size_t worker)
{
    const sm_topk *const topk = context;
    const sm_topk_queries *const q = &topk->queries;
    size_t const first = topk->first + task * BLOCK;
    block_of_queries block = {.topk = topk};
    sm_bound_scan scan = {.kernels = topk->kernels,
                          .dim = q->dim,
                          .codes = &topk->codes,
                          .vectors = topk->chunk->vectors,
                          .count = sm_min(BLOCK, topk->last - first),
                          .take = take_score,
                          .context = &block};
    for (size_t i = 0; i < scan.count; i++) {
        size_t const query = topk->active[first + i];
        block.query[i] = query;
        scan.queries[i] = &topk->bounded.queries[query];
        scan.query_vectors[i] = q->vectors + query * q->dim;
        scan.above[i] = least_positive(q, query);
    }
    sm_bound_scan_run(&scan, topk->scratch[worker].room);
    return SIAMESE_OK;
}

static sm_status encode_chunk(sm_topk *topk)
{
    size_t const dim = topk->queries.dim, count = topk->chunk->count;
    sm_code_rows rows = {NULL, NULL, NULL};
    sm_status const status =
        sm_code_rows_make(&rows, sm_bound_kernels_of(topk->kernels), topk->pool,
                          topk->chunk->vectors, count, dim);
    sm_codes_keep(&topk->codes, 0);
    for (size_t r = 0; r < count && status == SIAMESE_OK; r++)
        sm_codes_append(&topk->codes, dim, &rows, r);
    sm_code_rows_free(&rows);
    return status;
}

static void drop_done(sm_topk *topk)
{
    size_t kept = 0;
    for (size_t i = 0; i < topk->active_count; i++)
        if (!is_done(&topk->queries, topk->active[i]))
            topk->active[kept++] = topk->active[i];
    topk->active_count = kept;
}

bool sm_topk_done(const sm_topk *topk)
{
    return topk->active_count == 0;
}

static sm_status pack_task(void *context, size_t task, size_t worker)
{
    const sm_topk *const topk = context;
    size_t const dim = topk->queries.dim, count = topk->chunk->count;
    size_t const strips = sm_chunks(count, SM_STRIP);
    size_t const each = TILE / SM_STRIP;
    (void)worker;
    for (size_t s = task * each; s < sm_min((task + 1) * each, strips); s++)
        sm_strip_pack(topk->kernels, s, 1, count, dim, topk->chunk->vectors,
                      dim, topk->panel);
    return SIAMESE_OK;
}

sm_status sm_topk_count(sm_topk *topk, const sm_topk_chunk *chunk,
                        sm_topk_tick_fn tick, void *context)
{
    size_t const work = sm_max(topk->queries.dim * SM_TOPK_CHUNK, (size_t)1);
    size_t const least = BLOCK * sm_pool_threads(topk->pool);
    size_t const portion = sm_max(PORTION / work, least);
    topk->chunk = chunk;
    topk->run_count = 1;
    while (chunk->runs[topk->run_count - 1].end < chunk->count)
        topk->run_count++;
    SM_RETURN_IF_ERROR(
        topk->by_bounds ? encode_chunk(topk)
                        : sm_pool_run(topk->pool, sm_chunks(chunk->count, TILE),
                                      pack_task, topk));
    for (size_t at = 0; at < topk->active_count; at = topk->last) {
        topk->first = at;
        topk->last = at + sm_min(portion, topk->active_count - at);
        SM_RETURN_IF_ERROR(
            sm_pool_run(topk->pool, sm_chunks(topk->last - at, BLOCK),
                        topk->by_bounds ? bound_task : count_task, topk));
        if (tick) SM_RETURN_IF_ERROR(tick(context));
    }
    drop_done(topk);
    return SIAMESE_OK;
}
