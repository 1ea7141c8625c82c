#include "train/topk.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum {
    BLOCK = 64,          /* queries of one task */
    PORTION = 1 << 28    /* multiply-adds of one run of the pool */
};

/* What one thread works with. */
typedef struct bench {
    float *queries; /* [BLOCK][dim] */
    float *scores;  /* [BLOCK][SM_TOPK_CHUNK] */
} bench;

struct sm_topk {
    sm_pool *pool;
    const sm_kernels *kernels;
    sm_topk_queries queries;
    float *panel;   /* the chunk's vectors transposed [dim][SM_TOPK_CHUNK] */
    size_t *active; /* queries with a pair below the limit, ascending */
    size_t active_count;
    bench *benches; /* [threads] */
    const sm_topk_chunk *chunk;
    size_t first;   /* of active, where this run begins */
    size_t last;    /* and where it ends */
};

void sm_topk_free(sm_topk *topk)
{
    if (topk == NULL) return;
    for (size_t i = 0; topk->benches && i < sm_pool_threads(topk->pool); i++) {
        sm_aligned_free(topk->benches[i].queries);
        sm_aligned_free(topk->benches[i].scores);
    }
    sm_free(topk->benches);
    sm_free(topk->active);
    sm_aligned_free(topk->panel);
    sm_free(topk);
}

sm_status sm_topk_create(sm_topk **out, sm_pool *pool,
                         const sm_kernels *kernels,
                         const sm_topk_queries *queries)
{
    sm_status status = SIAMESE_OK;
    size_t const threads = sm_pool_threads(pool);
    size_t panel, block;
    sm_topk *topk = sm_calloc(1, sizeof *topk);
    SM_CHECK_MEMORY(topk);
    *topk = (sm_topk){.pool = pool, .kernels = kernels, .queries = *queries};
    SM_CHECK(sm_size_multiply(queries->dim, SM_TOPK_CHUNK, &panel) &&
                 sm_size_multiply(queries->dim, BLOCK, &block),
             SIAMESE_E_LIMIT, "vectors of %zu numbers are too long",
             queries->dim);
    topk->panel = sm_aligned_array(panel, sizeof *topk->panel);
    SM_CHECK_MEMORY(topk->panel);
    topk->active = sm_alloc_array(queries->count, sizeof *topk->active);
    SM_CHECK_MEMORY(topk->active);
    topk->benches = sm_calloc(threads, sizeof *topk->benches);
    SM_CHECK_MEMORY(topk->benches);
    for (size_t i = 0; i < threads; i++) {
        bench *const b = &topk->benches[i];
        b->queries = sm_aligned_array(block, sizeof *b->queries);
        SM_CHECK_MEMORY(b->queries);
        b->scores =
            sm_aligned_array(BLOCK * SM_TOPK_CHUNK, sizeof *b->scores);
        SM_CHECK_MEMORY(b->scores);
    }
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

int sm_topk_hit(float positive, uint64_t higher, size_t k)
{
    return isfinite(positive) && higher < k;
}

/* Counts one row of scores for the pairs of a query. */
static void count_row(const sm_topk *topk, size_t query, const float *scores)
{
    const sm_topk_queries *const q = &topk->queries;
    for (size_t p = q->offsets[query]; p < q->offsets[query + 1]; p++) {
        const sm_topk_run *run = topk->chunk->runs;
        for (size_t at = 0; at < topk->chunk->count && q->higher[p] < q->limit;
             at = run++->end)
            q->higher[p] +=
                run->multiplicity *
                topk->kernels->count_greater(run->end - at, scores + at,
                                             q->positives[p]);
    }
}

static sm_status count_task(void *context, size_t task, size_t worker)
{
    const sm_topk *const topk = context;
    const sm_topk_queries *const q = &topk->queries;
    const bench *const b = &topk->benches[worker];
    const size_t *const active = topk->active + topk->first + task * BLOCK;
    size_t const rows =
        sm_min(BLOCK, topk->last - topk->first - task * BLOCK);
    for (size_t r = 0; r < rows; r++)
        memcpy(b->queries + r * q->dim, q->vectors + active[r] * q->dim,
               q->dim * sizeof *b->queries);
    topk->kernels->gemm(rows, topk->chunk->count, q->dim, b->queries, q->dim,
                        1, topk->panel, SM_TOPK_CHUNK, b->scores,
                        SM_TOPK_CHUNK);
    for (size_t r = 0; r < rows; r++)
        count_row(topk, active[r], b->scores + r * SM_TOPK_CHUNK);
    return SIAMESE_OK;
}

/* A query is done when all of its pairs have reached the limit. */
static void drop_done(sm_topk *topk)
{
    const sm_topk_queries *const q = &topk->queries;
    size_t kept = 0;
    for (size_t i = 0; i < topk->active_count; i++) {
        size_t const query = topk->active[i];
        size_t p = q->offsets[query];
        while (p < q->offsets[query + 1] && q->higher[p] >= q->limit) p++;
        if (p < q->offsets[query + 1]) topk->active[kept++] = query;
    }
    topk->active_count = kept;
}

sm_status sm_topk_count(sm_topk *topk, const sm_topk_chunk *chunk,
                        sm_topk_tick_fn tick, void *context)
{
    size_t const dim = topk->queries.dim;
    size_t const work = sm_max(dim * SM_TOPK_CHUNK, (size_t)1);
    size_t const portion = sm_max(PORTION / work, (size_t)BLOCK);
    for (size_t i = 0; i < chunk->count; i++)
        for (size_t d = 0; d < dim; d++)
            topk->panel[d * SM_TOPK_CHUNK + i] = chunk->vectors[i * dim + d];
    topk->chunk = chunk;
    for (size_t at = 0; at < topk->active_count; at = topk->last) {
        topk->first = at;
        topk->last = at + sm_min(portion, topk->active_count - at);
        SM_RETURN_IF_ERROR(sm_pool_run(
            topk->pool, sm_chunks(topk->last - at, BLOCK), count_task, topk));
        if (tick) SM_RETURN_IF_ERROR(tick(context));
    }
    drop_done(topk);
    return SIAMESE_OK;
}
