/* ranks.c: query and item vectors in, the rank of each judged item out. For
 * evaluator. */
#include "metrics/ranks.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/size.h"
#include "math/bound_scan.h"
#include "metrics/rank_metrics.h"
#include "metrics/rank_tile.h"
#include "metrics/topk.h"

enum { BLOCK = 32, /* queries of one task */ PANEL = 64 /* columns of one */ };

/* Below it a vector counts as zero, whose cosine is 0. */
static const double least_norm = 1e-12;

/* What one thread works with. */
typedef struct worker_scratch {
    float *queries;       /* [BLOCK][dim] */
    float *item;          /* [dim] */
    float *scores;        /* [BLOCK][SM_RANK_TILE] */
    sm_rank_best *best;   /* [SM_RANK_TILE] */
    sm_judgement **order; /* [most judgements of a query] */
    sm_bound_room *room;  /* by bounds */
} worker_scratch;

typedef struct searcher {
    const sm_rank_search *search;
    sm_judgements *judgements;
    siamese_vectors vectors;
    sm_item_groups groups;
    float *panel;        /* of the tile, transposed [dim][SM_RANK_TILE] */
    sm_rank_best *carry; /* [queries] */
    size_t *active;      /* queries with a rank to count, ascending */
    size_t active_count;
    worker_scratch *scratch; /* [threads] */
    sm_rank_tile tile;

    /* by bounds: of ids that stand for one row each */
    bool by_bounds;
    float *rows;              /* of the tile [SM_RANK_TILE][dim] */
    float *placed;            /* [queries][dim] */
    sm_bound_queries bounded; /* [queries] */
    sm_codes codes;           /* of the tile */
} searcher;

static void searcher_free(searcher *s)
{
    size_t const threads = sm_pool_threads(s->search->pool);
    for (size_t i = 0; s->scratch && i < threads; i++) {
        sm_aligned_free(s->scratch[i].queries);
        sm_aligned_free(s->scratch[i].item);
        sm_aligned_free(s->scratch[i].scores);
        sm_free(s->scratch[i].best);
        sm_free(s->scratch[i].order);
        sm_bound_room_free(s->scratch[i].room);
    }
    sm_aligned_free(s->rows);
    sm_aligned_free(s->placed);
    sm_bound_queries_free(&s->bounded);
    sm_codes_free(&s->codes);
    sm_free(s->scratch);
    sm_free(s->active);
    sm_free(s->carry);
    sm_aligned_free(s->panel);
    sm_item_groups_free(&s->groups);
}

static sm_status scratch_create(worker_scratch *b, size_t dim, size_t most)
{
    size_t queries;
    if (!sm_size_multiply(dim, BLOCK, &queries)) return sm_fail_memory();
    b->queries = sm_aligned_array(queries, sizeof *b->queries);
    b->item = sm_aligned_array(dim, sizeof *b->item);
    b->scores = sm_aligned_array(BLOCK * SM_RANK_TILE, sizeof *b->scores);
    b->best = sm_alloc_array(SM_RANK_TILE, sizeof *b->best);
    b->order = sm_alloc_array(most, sizeof *b->order);
    return b->queries && b->item && b->scores && b->best && b->order
               ? SIAMESE_OK
               : sm_fail_memory();
}

/* Where vectors are so long that bounds pay. */
static sm_status create_bounds(searcher *s)
{
    size_t const dim = s->vectors.dim, queries = s->judgements->queries;
    size_t numbers;
    s->by_bounds = sm_bound_scan_pays(s->search->kernels, dim);
    if (!s->by_bounds) return SIAMESE_OK;
    if (!sm_size_multiply(dim, queries, &numbers)) return sm_fail_memory();
    s->rows = sm_aligned_array(dim * SM_RANK_TILE, sizeof *s->rows);
    s->placed = sm_aligned_array(numbers, sizeof *s->placed);
    if (!s->rows || !s->placed) return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_bound_queries_create(&s->bounded, queries, dim));
    SM_RETURN_IF_ERROR(sm_codes_reserve(&s->codes, dim, SM_RANK_TILE));
    for (size_t i = 0; i < sm_pool_threads(s->search->pool); i++)
        SM_RETURN_IF_ERROR(sm_bound_room_create(&s->scratch[i].room, dim));
    return SIAMESE_OK;
}

/* Failing, what it has is freed by the caller. */
static sm_status searcher_create(searcher *s)
{
    size_t const threads = sm_pool_threads(s->search->pool);
    size_t const queries = s->judgements->queries;
    size_t panel;
    if (!sm_size_multiply(s->vectors.dim, SM_RANK_TILE, &panel))
        return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_item_groups_create(&s->groups, s->vectors.item_ids,
                                             s->vectors.item_count));
    s->panel = sm_aligned_array(panel, sizeof *s->panel);
    s->carry = sm_alloc_array(queries, sizeof *s->carry);
    s->active = sm_alloc_array(queries, sizeof *s->active);
    s->scratch = sm_calloc(threads, sizeof *s->scratch);
    if (!s->panel || !s->carry || !s->active || !s->scratch)
        return sm_fail_memory();
    for (size_t i = 0; i < threads; i++)
        SM_RETURN_IF_ERROR(scratch_create(&s->scratch[i], s->vectors.dim,
                                          s->judgements->most));
    return create_bounds(s);
}

static sm_status check_vectors(const siamese_vectors *v, size_t queries)
{
    size_t numbers;
    SM_REQUIRE(v->dim > 0, SIAMESE_E_ARGUMENT, "vectors: dim is 0");
    SM_REQUIRE(v->queries != NULL || queries == 0, SIAMESE_E_ARGUMENT,
               "vectors: queries is NULL");
    SM_REQUIRE(v->items != NULL || v->item_count == 0, SIAMESE_E_ARGUMENT,
               "vectors: items is NULL");
    SM_REQUIRE(
        sm_size_multiply(v->dim, sm_max(queries, v->item_count), &numbers) &&
            sm_size_multiply(numbers, sizeof(float), &numbers),
        SIAMESE_E_ARGUMENT, "vectors: %zu of %zu numbers are too many",
        sm_max(queries, v->item_count), v->dim);
    return SIAMESE_OK;
}

/* to[i * stride] = from[i], of length 1 for the cosine. */
static void place_vector(const searcher *s, const float *from, float *to,
                         size_t stride)
{
    size_t const dim = s->vectors.dim;
    double scale = 1;
    if (s->search->options->metric == SIAMESE_METRIC_COSINE) {
        double sum = 0;
        for (size_t i = 0; i < dim; i++) sum += (double)from[i] * from[i];
        scale = 1 / fmax(sqrt(sum), least_norm);
        /* fmax drops a NaN; the product keeps it */
        if (isnan(sum)) scale = NAN;
    }
    for (size_t i = 0; i < dim; i++) to[i * stride] = (float)(from[i] * scale);
}

/* ---- each judged item's own score ---- */

static bool is_wanted(const searcher *s, const sm_judgement *j)
{
    const siamese_evaluator_options *const o = s->search->options;
    return o->judged_only || j->grade >= o->relevant ||
           sm_gain(o, j->grade) > 0;
}

/* The best row of the judged id, the lowest of equal ones. */
static void score_judged(const searcher *s, const worker_scratch *b,
                         sm_judgement *j)
{
    size_t const dim = s->vectors.dim;
    size_t first, count;
    sm_item_groups_find(&s->groups, j->id, &first, &count);
    for (size_t i = first; i < first + count; i++) {
        size_t const row = s->groups.sorted[i].row;
        place_vector(s, s->vectors.items + row * dim, b->item, 1);
        float const score =
            sm_topk_score(s->search->kernels, b->queries, b->item, dim);
        if (!isfinite(score) || (j->found && score <= j->score)) continue;
        j->found = true;
        j->score = score;
        j->row = row;
    }
}

/* The query as it was placed, for the bounds. */
static void bound_query(const searcher *s, const worker_scratch *b, size_t q)
{
    size_t const dim = s->vectors.dim;
    float *const placed = s->placed + q * dim;
    sm_bound_queries bounded = s->bounded;
    memcpy(placed, b->queries, dim * sizeof *placed);
    sm_bound_queries_set(&bounded, q, placed, dim);
}

static sm_status score_task(void *context, size_t task, size_t worker)
{
    const searcher *const s = context;
    const worker_scratch *const b = &s->scratch[worker];
    size_t const last = sm_min((task + 1) * BLOCK, s->judgements->queries);
    for (size_t q = task * BLOCK; q < last; q++) {
        size_t const begin = s->judgements->offsets[q];
        size_t const count = s->judgements->offsets[q + 1] - begin;
        sm_judgement *const list = s->judgements->list + begin;
        place_vector(s, s->vectors.queries + q * s->vectors.dim, b->queries, 1);
        if (s->by_bounds) bound_query(s, b, q);
        for (size_t i = 0; i < count; i++)
            if (is_wanted(s, &list[i])) score_judged(s, b, &list[i]);
        if (s->search->options->judged_only)
            sm_judgements_rank_alone(s->search->options, list, count, b->order);
    }
    return SIAMESE_OK;
}

/* ---- the items, tile by tile ---- */

static sm_status panel_task(void *context, size_t task, size_t worker)
{
    const searcher *const s = context;
    size_t const last = sm_min((task + 1) * PANEL, s->tile.count);
    (void)worker;
    for (size_t i = task * PANEL; i < last; i++)
        place_vector(s,
                     s->vectors.items +
                         s->groups.columns[s->tile.first + i] * s->vectors.dim,
                     s->panel + i, SM_RANK_TILE);
    return SIAMESE_OK;
}

static sm_status tile_task(void *context, size_t task, size_t worker)
{
    const searcher *const s = context;
    const worker_scratch *const b = &s->scratch[worker];
    size_t const dim = s->vectors.dim;
    const size_t *const active = s->active + task * BLOCK;
    size_t const rows = sm_min(BLOCK, s->active_count - task * BLOCK);
    for (size_t r = 0; r < rows; r++)
        place_vector(s, s->vectors.queries + active[r] * dim,
                     b->queries + r * dim, 1);
    s->search->kernels->gemm(rows, s->tile.count, dim, b->queries, dim, 1,
                             s->panel, SM_RANK_TILE, b->scores, SM_RANK_TILE);
    for (size_t r = 0; r < rows; r++) {
        const size_t *const offsets = s->judgements->offsets + active[r];
        sm_rank_tile_count(
            s->search->kernels, &s->tile, b->scores + r * SM_RANK_TILE,
            &s->carry[active[r]], b->best, s->search->limit,
            s->judgements->list + offsets[0], offsets[1] - offsets[0]);
    }
    return SIAMESE_OK;
}

/* ---- the same by bounds ---- */

static sm_status place_task(void *context, size_t task, size_t worker)
{
    const searcher *const s = context;
    size_t const dim = s->vectors.dim;
    size_t const last = sm_min((task + 1) * PANEL, s->tile.count);
    (void)worker;
    for (size_t i = task * PANEL; i < last; i++)
        place_vector(
            s, s->vectors.items + s->groups.columns[s->tile.first + i] * dim,
            s->rows + i * dim, 1);
    return SIAMESE_OK;
}

static sm_status encode_tile(searcher *s)
{
    size_t const dim = s->vectors.dim, count = s->tile.count;
    sm_code_rows rows = {NULL, NULL, NULL};
    sm_status status =
        sm_pool_run(s->search->pool, sm_chunks(count, PANEL), place_task, s);
    if (status == SIAMESE_OK)
        status =
            sm_code_rows_make(&rows, sm_bound_kernels_of(s->search->kernels),
                              s->search->pool, s->rows, count, dim);
    sm_codes_keep(&s->codes, 0);
    for (size_t r = 0; r < count && status == SIAMESE_OK; r++)
        sm_codes_append(&s->codes, dim, &rows, r);
    sm_code_rows_free(&rows);
    return status;
}

typedef struct bound_block {
    const searcher *s;
    const size_t *query; /* [BLOCK] */
} bound_block;

static float take_score(void *context, size_t i, size_t column, float score)
{
    const bound_block *const block = context;
    const searcher *const s = block->s;
    const size_t *const offsets = s->judgements->offsets + block->query[i];
    return sm_rank_one(&s->tile, column, score, s->search->limit,
                       s->judgements->list + offsets[0],
                       offsets[1] - offsets[0]);
}

static sm_status bound_task(void *context, size_t task, size_t worker)
{
    const searcher *const s = context;
    size_t const dim = s->vectors.dim;
    bound_block block = {s, s->active + task * BLOCK};
    sm_bound_scan scan = {.kernels = s->search->kernels,
                          .dim = dim,
                          .codes = &s->codes,
                          .vectors = s->rows,
                          .count =
                              sm_min(BLOCK, s->active_count - task * BLOCK),
                          .take = take_score,
                          .context = &block};
    for (size_t i = 0; i < scan.count; i++) {
        size_t const query = block.query[i];
        const size_t *const offsets = s->judgements->offsets + query;
        scan.queries[i] = &s->bounded.queries[query];
        scan.query_vectors[i] = s->placed + query * dim;
        scan.above[i] =
            sm_rank_above(s->judgements->list + offsets[0],
                          offsets[1] - offsets[0], s->search->limit);
    }
    sm_bound_scan_run(&scan, s->scratch[worker].room);
    return SIAMESE_OK;
}

/* A query is done when all that it looks for is behind the limit. */
static bool is_open(const searcher *s, size_t query)
{
    const sm_judgements *const j = s->judgements;
    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++)
        if (j->list[i].found && j->list[i].rank < s->search->limit) return true;
    return false;
}

static void drop_done(searcher *s)
{
    size_t kept = 0;
    for (size_t i = 0; i < s->active_count; i++)
        if (is_open(s, s->active[i])) s->active[kept++] = s->active[i];
    s->active_count = kept;
}

/* Columns first .. last - 1. */
static sm_status count_columns(searcher *s, size_t first, size_t last)
{
    for (; first < last && s->active_count; first += s->tile.count) {
        s->tile =
            (sm_rank_tile){&s->groups, s->vectors.item_ids, first,
                           sm_min(SM_RANK_TILE, last - first),
                           s->search->options->ties == SIAMESE_TIES_EXPECTED};
        bool const by_bounds = s->by_bounds && first < s->groups.alone;
        SM_RETURN_IF_ERROR(by_bounds
                               ? encode_tile(s)
                               : sm_pool_run(s->search->pool,
                                             sm_chunks(s->tile.count, PANEL),
                                             panel_task, s));
        SM_RETURN_IF_ERROR(sm_pool_run(s->search->pool,
                                       sm_chunks(s->active_count, BLOCK),
                                       by_bounds ? bound_task : tile_task, s));
        drop_done(s);
    }
    return SIAMESE_OK;
}

/* From ids before an item to its rank. */
static void finish(const searcher *s)
{
    const sm_judgements *const j = s->judgements;
    for (size_t i = 0; i < j->offsets[j->queries]; i++) {
        sm_judgement *const one = &j->list[i];
        one->rank =
            one->found && one->rank < s->search->limit ? one->rank + 1 : 0;
    }
}

sm_status sm_ranks_by_vectors(const sm_rank_search *search,
                              sm_judgements *judgements,
                              const siamese_vectors *user)
{
    sm_status status = SIAMESE_OK;
    searcher s = {.search = search, .judgements = judgements};
    SM_RETURN_IF_ERROR(
        sm_struct_read(&s.vectors, sizeof s.vectors, user, "vectors"));
    SM_RETURN_IF_ERROR(check_vectors(&s.vectors, judgements->queries));
    SM_TRY(searcher_create(&s));
    SM_TRY(sm_pool_run(search->pool, sm_chunks(judgements->queries, BLOCK),
                       score_task, &s));
    if (search->options->judged_only) goto out;
    for (size_t q = 0; q < judgements->queries; q++) s.active[q] = q;
    s.active_count = judgements->queries;
    drop_done(&s);
    SM_TRY(count_columns(&s, 0, s.groups.alone));
    SM_TRY(count_columns(&s, s.groups.alone, s.groups.count));
    finish(&s);
out:
    searcher_free(&s);
    return status;
}
