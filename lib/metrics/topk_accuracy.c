/* topk_accuracy.c: towers, pairs and candidates in, hits at each k out,
 * exactly. For fit and validation. */
#include "metrics/topk_accuracy.h"

#include <math.h>

#include "common/cancel.h"
#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/size.h"
#include "tower/tower_encode.h"
#include "metrics/tie_counts.h"
#include "metrics/topk.h"

const size_t sm_topk_ks[SIAMESE_TOPK_COUNT] = {1, 5, 10, 50, 100};

/* Columns of equal multiplicity among rows first .. first + count - 1. */
static void find_runs(const sm_candidate_rows *c, size_t first, size_t count,
                      sm_topk_run *runs)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t const times = c->multiplicity[first + i];
        if (n == 0 || runs[n - 1].multiplicity != times)
            runs[n++].multiplicity = times;
        runs[n - 1].end = i + 1;
    }
}

/* What the phases of one evaluation share. */
typedef struct measurement {
    const sm_topk_accuracy_run *e;
    size_t dim;
    siamese_text *texts; /* of one chunk of queries */
    float *chunk;        /* vectors of one chunk */
    sm_topk_run *runs;
    double done, total; /* rows encoded or counted, and all of them */
} measurement;

static void measurement_free(measurement *x)
{
    sm_free(x->texts);
    sm_free(x->runs);
    sm_aligned_free(x->chunk);
}

static sm_status measurement_create(measurement *x,
                                    const sm_topk_accuracy_run *e)
{
    size_t const fields = siamese_tower_field_count(e->query);
    size_t texts, numbers;
    *x = (measurement){.e = e, .dim = siamese_tower_dim(e->query)};
    if (!sm_size_multiply(fields, SM_TOPK_CHUNK, &texts) ||
        !sm_size_multiply(x->dim, SM_TOPK_CHUNK, &numbers))
        return sm_fail_memory();
    x->texts = sm_alloc_array(texts, sizeof *x->texts);
    x->runs = sm_alloc_array(SM_TOPK_CHUNK, sizeof *x->runs);
    x->chunk = sm_aligned_array(numbers, sizeof *x->chunk);
    if (x->texts && x->runs && x->chunk) return SIAMESE_OK;
    measurement_free(x);
    return sm_fail_memory();
}

static sm_status tick(void *context)
{
    const measurement *const x = context;
    return x->e->tick(x->e->context, x->done / x->total);
}

/* Vectors [count][dim] of queries. */
static sm_status encode_queries(measurement *x, const sm_text_rows *from,
                                size_t count, float *out)
{
    for (size_t first = 0; first < count; first += SM_TOPK_CHUNK) {
        size_t const n = sm_min(SM_TOPK_CHUNK, count - first);
        for (size_t i = 0; i < n; i++)
            sm_text_rows_get(from, first + i, x->texts + i * from->fields);
        SM_RETURN_IF_ERROR(sm_tower_encode_rows(
            x->e->query, x->e->pool, x->texts, n, out + first * x->dim));
        x->done += (double)n;
        SM_RETURN_IF_ERROR(tick(x));
    }
    return SIAMESE_OK;
}

/* Vectors [count][dim] of the chosen rows, or, where that is NULL, of all. */
static sm_status encode_items(measurement *x, const sm_candidate_rows *c,
                              const uint32_t *chosen, size_t count, float *out)
{
    for (size_t first = 0; first < count; first += SM_TOPK_CHUNK) {
        size_t const n = sm_min(SM_TOPK_CHUNK, count - first);
        SM_RETURN_IF_ERROR(sm_candidate_rows_encode(
            c, x->e->item, x->e->pool, chosen ? chosen + first : NULL, first, n,
            out + first * x->dim));
        x->done += (double)n;
        SM_RETURN_IF_ERROR(tick(x));
    }
    return SIAMESE_OK;
}

/* vectors: of all rows in their order, or NULL to encode them here. */
static sm_status count_candidates(measurement *x, const sm_candidate_rows *c,
                                  const float *vectors,
                                  const sm_topk_queries *queries)
{
    sm_status status = SIAMESE_OK;
    sm_topk *topk = NULL;
    SM_TRY(sm_topk_create(&topk, x->e->pool, x->e->kernels, queries));
    for (size_t first = 0; first < c->count && !sm_topk_done(topk);
         first += SM_TOPK_CHUNK) {
        size_t const n = sm_min(SM_TOPK_CHUNK, c->count - first);
        sm_topk_chunk const chunk = {
            n, vectors ? vectors + first * x->dim : x->chunk, x->runs};
        find_runs(c, first, n, x->runs);
        if (vectors == NULL)
            SM_TRY(sm_candidate_rows_encode(c, x->e->item, x->e->pool, NULL,
                                            first, n, x->chunk));
        SM_TRY(sm_topk_count(topk, &chunk, tick, x));
        x->done += (double)n;
        SM_TRY(tick(x));
    }
out:
    sm_topk_free(topk);
    return status;
}

static uint64_t largest(const size_t *ks, size_t ks_count)
{
    uint64_t most = 0;
    for (size_t i = 0; i < ks_count; i++)
        if (ks[i] > most) most = ks[i];
    return most;
}

static void add_hits(const float *positives, const uint64_t *higher,
                     size_t count, const size_t *ks, size_t ks_count,
                     uint64_t *hits)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < ks_count; k++)
            hits[k] += (uint64_t)sm_topk_hit(positives[i], higher[i], ks[k]);
}

/* ---- the pairs' own items ---- */

/* Vectors of items by the number of their row. */
typedef struct item_vectors {
    const sm_candidate_rows *rows;
    float *vectors;     /* [so many as there are][dim] */
    uint32_t *place_of; /* [rows]: where each one's stands; NULL: in order */
} item_vectors;

static const float *vector_of(const measurement *x, const item_vectors *items,
                              uint32_t item_row)
{
    size_t const row = items->rows->place_of[item_row];
    return items->vectors +
           (items->place_of ? items->place_of[row] : row) * x->dim;
}

/* The best score of a pair's own items; NaN if none is finite. *copies, unless
 * it is NULL: how many candidates of the pair's id have it. */
static float score_own(const measurement *x, const sm_candidates *c,
                       const item_vectors *items, const float *query,
                       const uint32_t *own, uint64_t *copies)
{
    size_t count;
    const uint32_t *const rows = sm_candidates_own_rows(c, own, &count);
    const uint64_t *const times =
        copies && c->id_times ? c->id_times + (rows - c->id_rows) : NULL;
    float best = NAN;
    for (size_t i = 0; i < count; i++) {
        float const score = sm_topk_score(x->e->kernels, query,
                                          vector_of(x, items, rows[i]), x->dim);
        if (times && score == best) *copies += times[i];
        if (!isfinite(score) || score <= best) continue;
        best = score;
        if (times) *copies = times[i];
    }
    return best;
}

/* ---- lent pairs ---- */

/* Pairs sorted by their query's row. */
typedef struct grouped {
    size_t *offsets;    /* [queries + 1] */
    uint32_t *own;      /* [pairs] the pairs of a query together */
    float *positives;   /* [pairs] */
    uint64_t *higher;   /* [pairs] */
    uint64_t *copies;   /* [pairs] of the own item; NULL: ties are hits */
    float *queries;     /* [queries][dim] */
    item_vectors items; /* all of them */
} grouped;

static void grouped_free(grouped *g)
{
    sm_free(g->offsets);
    sm_free(g->own);
    sm_free(g->positives);
    sm_free(g->higher);
    sm_free(g->copies);
    sm_aligned_free(g->queries);
    sm_aligned_free(g->items.vectors);
}

/* held: the items of the pairs. Failing, what it has is freed by the caller. */
static sm_status grouped_create(grouped *g, const sm_topk_pairs *pairs,
                                const sm_candidate_rows *held, size_t dim)
{
    size_t const rows = pairs->queries->count;
    size_t queries, items;
    *g = (grouped){0};
    if (!sm_size_multiply(rows, dim, &queries) ||
        !sm_size_multiply(held->count, dim, &items))
        return sm_fail_memory();
    g->items.rows = held;
    g->offsets = sm_alloc_array(rows + 2, sizeof *g->offsets);
    g->own = sm_alloc_array(pairs->count, sizeof *g->own);
    g->positives = sm_alloc_array(pairs->count, sizeof *g->positives);
    g->higher = sm_calloc(pairs->count, sizeof *g->higher);
    g->queries = sm_aligned_array(queries, sizeof *g->queries);
    g->items.vectors = sm_aligned_array(items, sizeof *g->items.vectors);
    if (!g->offsets || !g->own || !g->positives || !g->higher || !g->queries ||
        !g->items.vectors)
        return sm_fail_memory();
    sm_sort_begin(g->offsets, rows);
    for (size_t i = 0; i < pairs->count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        sm_sort_count(g->offsets, pairs->query_rows[i]);
    }
    sm_sort_sum(g->offsets, rows);
    for (size_t i = 0; i < pairs->count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        g->own[sm_sort_place(g->offsets, pairs->query_rows[i])] = pairs->own[i];
    }
    return SIAMESE_OK;
}

static sm_status score_positives(measurement *x, const sm_candidates *c,
                                 const grouped *g, size_t queries)
{
    for (size_t q = 0; q < queries; q++) {
        for (size_t p = g->offsets[q]; p < g->offsets[q + 1]; p++) {
            g->positives[p] =
                score_own(x, c, &g->items, g->queries + q * x->dim, &g->own[p],
                          g->copies ? &g->copies[p] : NULL);
            if (p % SM_TOPK_CHUNK == 0) SM_RETURN_IF_ERROR(tick(x));
        }
    }
    return SIAMESE_OK;
}

/* ---- ties ---- */

/* How often the text of each pair's item stands among the candidates; by id,
 * score_own counts them instead. */
static sm_status count_copies(grouped *g, const sm_topk_pairs *pairs,
                              const sm_candidates *c)
{
    sm_status status = SIAMESE_OK;
    const sm_text_rows *const items = c->items;
    uint64_t *const times = sm_calloc(items->count, sizeof *times);
    SM_CHECK_MEMORY(times);
    g->copies = sm_calloc(pairs->count, sizeof *g->copies);
    SM_CHECK_MEMORY(g->copies);
    if (c->id_offsets) goto out;
    for (size_t i = 0; i < c->count; i++)
        times[c->rows[i]] = c->multiplicity[i];
    for (size_t p = 0; p < pairs->count; p++) {
        SM_TRY(sm_cancel_check_at(p));
        uint32_t const row =
            items == pairs->items
                ? g->own[p]
                : sm_text_rows_find_row(items, pairs->items, g->own[p]);
        if (row != UINT32_MAX) g->copies[p] = times[row];
    }
out:
    sm_free(times);
    return status;
}

static sm_status count_with_ties(measurement *x, const sm_candidate_rows *c,
                                 const float *vectors, const grouped *g,
                                 size_t queries, const size_t *ks,
                                 size_t ks_count, uint64_t *hits, sm_ties *ties)
{
    sm_status status = SIAMESE_OK;
    sm_tie_counts t = {.start = 0};
    uint64_t candidates = 0;
    for (size_t i = 0; i < c->count; i++) candidates += c->multiplicity[i];
    sm_tied_pairs const tied = {queries, g->offsets, g->positives, g->copies};
    SM_TRY(sm_tie_counts_create(&t, &tied));
    sm_topk_queries const asked = {queries,
                                   x->dim,
                                   g->queries,
                                   t.offsets,
                                   t.thresholds,
                                   t.counts,
                                   t.start + largest(ks, ks_count)};
    SM_TRY(count_candidates(x, c, vectors, &asked));
    sm_tie_counts_add_hits(&t, &tied, candidates, ks, ks_count, hits, ties);
out:
    sm_tie_counts_free(&t);
    return status;
}

sm_status sm_topk_accuracy(const sm_topk_accuracy_run *evaluation,
                           const sm_topk_pairs *pairs,
                           const sm_candidates *candidates, const size_t *ks,
                           size_t ks_count, uint64_t *hits, sm_ties *ties)
{
    sm_status status = SIAMESE_OK;
    /* where the pairs' own items are candidates, these are encoded once */
    int const same =
        candidates->items == pairs->items || candidates->id_offsets;
    size_t const queries = pairs->queries->count;
    measurement x;
    grouped g = {0};
    sm_candidates own = {0};
    sm_candidate_rows all = {.count = 0}, own_rows = {.count = 0};
    const sm_candidate_rows *const held = same ? &all : &own_rows;
    SM_RETURN_IF_ERROR(measurement_create(&x, evaluation));
    SM_TRY(sm_candidate_rows_create(&all, candidates, evaluation->item,
                                    evaluation->pool));
    if (!same) {
        sm_candidate_source const items = {pairs->items, pairs->count,
                                           pairs->own, NULL, 0};
        SM_TRY(sm_candidates_create(&own, &items));
        SM_TRY(sm_candidate_rows_create(&own_rows, &own, evaluation->item,
                                        evaluation->pool));
    }
    x.total = (double)queries + (double)held->count + (double)all.count;
    SM_TRY(grouped_create(&g, pairs, held, x.dim));
    SM_TRY(encode_queries(&x, pairs->queries, queries, g.queries));
    SM_TRY(encode_items(&x, held, NULL, held->count, g.items.vectors));
    if (ties) SM_TRY(count_copies(&g, pairs, candidates));
    SM_TRY(score_positives(&x, candidates, &g, queries));
    if (ties) {
        SM_TRY(count_with_ties(&x, &all, same ? g.items.vectors : NULL, &g,
                               queries, ks, ks_count, hits, ties));
        goto out;
    }
    sm_topk_queries const asked = {queries,
                                   x.dim,
                                   g.queries,
                                   g.offsets,
                                   g.positives,
                                   g.higher,
                                   largest(ks, ks_count)};
    SM_TRY(count_candidates(&x, &all, same ? g.items.vectors : NULL, &asked));
    add_hits(g.positives, g.higher, pairs->count, ks, ks_count, hits);
out:
    sm_candidate_rows_free(&own_rows);
    sm_candidate_rows_free(&all);
    sm_candidates_free(&own);
    grouped_free(&g);
    measurement_free(&x);
    return status;
}

/* ---- one batch ---- */

/*
 * Encodes the batch's own items, each once. The positives are encoded here like
 * the candidates, not taken from the training pass, so that their scores have
 * the same bits. Failing, what it has is freed by the caller.
 */
static sm_status encode_own(measurement *x, const sm_candidate_rows *c,
                            const uint32_t *own, size_t count,
                            item_vectors *items)
{
    sm_status status = SIAMESE_OK;
    uint32_t *const chosen = sm_alloc_array(c->count, sizeof *chosen);
    size_t kept = 0, numbers;
    items->rows = c;
    SM_CHECK_MEMORY(chosen);
    items->place_of = sm_calloc(c->count, sizeof *items->place_of);
    SM_CHECK_MEMORY(items->place_of);
    for (size_t i = 0; i < count; i++) {
        size_t n;
        const uint32_t *const of_pair =
            sm_candidates_own_rows(c->candidates, &own[i], &n);
        for (size_t r = 0; r < n; r++) {
            uint32_t const row = c->place_of[of_pair[r]];
            uint32_t *const place = &items->place_of[row];
            if (*place < kept && chosen[*place] == row) continue;
            *place = (uint32_t)kept;
            chosen[kept++] = row;
        }
    }
    if (!sm_size_multiply(kept, x->dim, &numbers)) numbers = SIZE_MAX;
    items->vectors = sm_aligned_array(numbers, sizeof *items->vectors);
    SM_CHECK_MEMORY(items->vectors);
    x->total += (double)kept;
    SM_TRY(encode_items(x, c, chosen, kept, items->vectors));
out:
    sm_free(chosen);
    return status;
}

sm_status sm_topk_accuracy_batch(const sm_topk_accuracy_run *evaluation,
                                 size_t count, const float *vectors,
                                 const uint32_t *own,
                                 const sm_candidate_rows *candidates,
                                 const size_t *ks, size_t ks_count,
                                 uint64_t *hits)
{
    sm_status status = SIAMESE_OK;
    size_t *offsets = NULL;
    float *positives = NULL;
    item_vectors items = {0};
    uint64_t *higher = NULL;
    measurement x;
    SM_RETURN_IF_ERROR(measurement_create(&x, evaluation));
    x.total = (double)candidates->count;
    offsets = sm_alloc_array(count + 1, sizeof *offsets);
    SM_CHECK_MEMORY(offsets);
    positives = sm_alloc_array(count, sizeof *positives);
    SM_CHECK_MEMORY(positives);
    higher = sm_calloc(count, sizeof *higher);
    SM_CHECK_MEMORY(higher);
    SM_TRY(encode_own(&x, candidates, own, count, &items));
    for (size_t i = 0; i <= count; i++) offsets[i] = i;
    for (size_t i = 0; i < count; i++)
        positives[i] = score_own(&x, candidates->candidates, &items,
                                 vectors + i * x.dim, &own[i], NULL);
    sm_topk_queries const all = {count,
                                 x.dim,
                                 vectors,
                                 offsets,
                                 positives,
                                 higher,
                                 largest(ks, ks_count)};
    SM_TRY(count_candidates(&x, candidates, NULL, &all));
    add_hits(positives, higher, count, ks, ks_count, hits);
out:
    sm_free(offsets);
    sm_free(positives);
    sm_free(higher);
    sm_free(items.place_of);
    sm_aligned_free(items.vectors);
    measurement_free(&x);
    return status;
}
