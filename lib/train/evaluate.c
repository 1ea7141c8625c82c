#include "train/evaluate.h"

#include "common/memory.h"
#include "common/size.h"
#include "tower/tower_encode.h"
#include "train/topk.h"

/* ---- candidates ---- */

void sm_candidates_free(sm_candidates *candidates)
{
    sm_free(candidates->rows);
    sm_free(candidates->multiplicity);
    *candidates = (sm_candidates){0};
}

sm_status sm_candidates_create(sm_candidates *out, const sm_pair_store *store)
{
    sm_status status = SIAMESE_OK;
    size_t items = store->items.count, first = 0;
    uint64_t *times = sm_calloc(items, sizeof *times); /* of each row */
    size_t *starts = NULL; /* of each multiplicity, in the sorted order */
    sm_candidates made = {.store = store};
    uint64_t most = 0;
    SM_CHECK_MEMORY(times);
    made.rows = sm_alloc_array(items, sizeof *made.rows);
    SM_CHECK_MEMORY(made.rows);
    made.multiplicity = sm_alloc_array(items, sizeof *made.multiplicity);
    SM_CHECK_MEMORY(made.multiplicity);
    for (size_t i = 0; i < store->count; i++) {
        uint64_t const n = ++times[store->pairs[i].item];
        if (n > most) most = n;
    }
    /* counting sort */
    starts = sm_calloc((size_t)most + 2, sizeof *starts);
    SM_CHECK_MEMORY(starts);
    for (size_t row = 0; row < items; row++) starts[times[row] + 1]++;
    /* rows of no pair, negatives and the catalogue, are no candidates */
    first = starts[1];
    starts[1] = 0;
    made.count = items - first;
    for (size_t n = 1; n < (size_t)most + 2; n++) starts[n] += starts[n - 1];
    for (size_t row = 0; row < items; row++) {
        if (times[row] == 0) continue;
        size_t const at = starts[times[row]]++;
        made.rows[at] = (uint32_t)row;
        made.multiplicity[at] = times[row];
    }
    *out = made;
    made = (sm_candidates){0};
out:
    sm_candidates_free(&made);
    sm_free(times);
    sm_free(starts);
    return status;
}

/* Columns of equal multiplicity among candidates first .. first + count - 1. */
static void find_runs(const sm_candidates *c, size_t first, size_t count,
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

/* ---- one evaluation ---- */

/* What the phases of one evaluation share. */
typedef struct evaluator {
    const sm_evaluation *e;
    size_t dim;
    siamese_text *texts; /* of one chunk of rows */
    float *chunk;        /* vectors of one chunk */
    sm_topk_run *runs;
    double done, total; /* rows encoded or counted, and all of them */
} evaluator;

static void evaluator_free(evaluator *x)
{
    sm_free(x->texts);
    sm_free(x->runs);
    sm_aligned_free(x->chunk);
}

static sm_status evaluator_create(evaluator *x, const sm_evaluation *e)
{
    size_t const fields = sm_max(siamese_tower_field_count(e->query),
                                 siamese_tower_field_count(e->item));
    size_t texts, numbers;
    *x = (evaluator){.e = e, .dim = siamese_tower_dim(e->query)};
    if (!sm_size_multiply(fields, SM_TOPK_CHUNK, &texts) ||
        !sm_size_multiply(x->dim, SM_TOPK_CHUNK, &numbers))
        return sm_fail_memory();
    x->texts = sm_alloc_array(texts, sizeof *x->texts);
    x->runs = sm_alloc_array(SM_TOPK_CHUNK, sizeof *x->runs);
    x->chunk = sm_aligned_array(numbers, sizeof *x->chunk);
    if (x->texts && x->runs && x->chunk) return SIAMESE_OK;
    evaluator_free(x);
    return sm_fail_memory();
}

static sm_status tick(void *context)
{
    const evaluator *const x = context;
    return x->e->tick(x->e->context, x->done / x->total);
}

static sm_status encode_chunk(const evaluator *x, const siamese_tower *tower,
                              const sm_text_rows *from, const uint32_t *rows,
                              size_t first, size_t count, float *out)
{
    for (size_t i = 0; i < count; i++)
        sm_text_rows_get(from, rows ? rows[first + i] : first + i,
                         x->texts + i * from->fields);
    return sm_tower_encode_rows(tower, x->e->pool, x->texts, count, out);
}

/* Vectors [count][dim] of `rows`, or, where that is NULL, of all in order. */
static sm_status encode_all(evaluator *x, const siamese_tower *tower,
                            const sm_text_rows *from, const uint32_t *rows,
                            size_t count, float *out)
{
    for (size_t first = 0; first < count; first += SM_TOPK_CHUNK) {
        size_t const n = sm_min(SM_TOPK_CHUNK, count - first);
        SM_RETURN_IF_ERROR(encode_chunk(x, tower, from, rows, first, n,
                                        out + first * x->dim));
        x->done += (double)n;
        SM_RETURN_IF_ERROR(tick(x));
    }
    return SIAMESE_OK;
}

/* vectors: of all candidates in their order, or NULL to encode them here. */
static sm_status count_candidates(evaluator *x, const sm_candidates *c,
                                  const float *vectors,
                                  const sm_topk_queries *queries)
{
    sm_status status = SIAMESE_OK;
    sm_topk *topk = NULL;
    SM_TRY(sm_topk_create(&topk, x->e->pool, x->e->kernels, queries));
    for (size_t first = 0; first < c->count; first += SM_TOPK_CHUNK) {
        size_t const n = sm_min(SM_TOPK_CHUNK, c->count - first);
        sm_topk_chunk const chunk = {
            n, vectors ? vectors + first * x->dim : x->chunk, x->runs};
        find_runs(c, first, n, x->runs);
        if (vectors == NULL)
            SM_TRY(encode_chunk(x, x->e->item, &c->store->items, c->rows,
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

/* ---- pairs of a store ---- */

/* Pairs sorted by their query's row. */
typedef struct grouped {
    size_t *offsets;    /* [queries + 1] */
    uint32_t *items;    /* [pairs] item rows, the pairs of a query together */
    float *positives;   /* [pairs] */
    uint64_t *higher;   /* [pairs] */
    float *queries;     /* [queries][dim] */
    float *items_all;   /* [items][dim], in `order` */
    uint32_t *place_of; /* [items] the place of a row in `order` */
} grouped;

static void grouped_free(grouped *g)
{
    sm_free(g->offsets);
    sm_free(g->items);
    sm_free(g->positives);
    sm_free(g->higher);
    sm_free(g->place_of);
    sm_aligned_free(g->queries);
    sm_aligned_free(g->items_all);
}

/* Failing, what it has is freed by the caller. */
static sm_status grouped_create(grouped *g, const sm_pair_store *pairs,
                                size_t dim)
{
    size_t const rows = pairs->queries.count;
    size_t queries, items;
    *g = (grouped){0};
    if (!sm_size_multiply(rows, dim, &queries) ||
        !sm_size_multiply(pairs->items.count, dim, &items))
        return sm_fail_memory();
    g->offsets = sm_calloc(rows + 2, sizeof *g->offsets);
    g->items = sm_alloc_array(pairs->count, sizeof *g->items);
    g->positives = sm_alloc_array(pairs->count, sizeof *g->positives);
    g->higher = sm_calloc(pairs->count, sizeof *g->higher);
    g->place_of = sm_alloc_array(pairs->items.count, sizeof *g->place_of);
    g->queries = sm_aligned_array(queries, sizeof *g->queries);
    g->items_all = sm_aligned_array(items, sizeof *g->items_all);
    if (!g->offsets || !g->items || !g->positives || !g->higher ||
        !g->place_of || !g->queries || !g->items_all)
        return sm_fail_memory();
    /* counting sort: offsets[q + 1] runs from the start of q to its end */
    for (size_t i = 0; i < pairs->count; i++)
        g->offsets[pairs->pairs[i].query + 2]++;
    for (size_t q = 0; q < rows; q++) g->offsets[q + 2] += g->offsets[q + 1];
    for (size_t i = 0; i < pairs->count; i++)
        g->items[g->offsets[pairs->pairs[i].query + 1]++] =
            pairs->pairs[i].item;
    return SIAMESE_OK;
}

static sm_status score_positives(evaluator *x, const grouped *g,
                                 size_t queries)
{
    size_t const dim = x->dim;
    for (size_t q = 0; q < queries; q++) {
        for (size_t p = g->offsets[q]; p < g->offsets[q + 1]; p++)
            g->positives[p] = sm_topk_score(
                x->e->kernels, g->queries + q * dim,
                g->items_all + g->place_of[g->items[p]] * dim, dim);
        if (q % SM_TOPK_CHUNK == 0) SM_RETURN_IF_ERROR(tick(x));
    }
    return SIAMESE_OK;
}

sm_status sm_evaluate(const sm_evaluation *evaluation,
                      const sm_pair_store *pairs,
                      const sm_candidates *candidates, const size_t *ks,
                      size_t ks_count, uint64_t *hits)
{
    sm_status status = SIAMESE_OK;
    /* the pairs' items as candidates are encoded once, in their order */
    int const same = candidates->store == pairs;
    size_t const queries = pairs->queries.count;
    evaluator x;
    grouped g = {0};
    sm_candidates own = {0};
    const sm_candidates *const order = same ? candidates : &own;
    SM_RETURN_IF_ERROR(evaluator_create(&x, evaluation));
    if (!same) SM_TRY(sm_candidates_create(&own, pairs));
    x.total =
        (double)queries + (double)order->count + (double)candidates->count;
    SM_TRY(grouped_create(&g, pairs, x.dim));
    for (size_t i = 0; i < order->count; i++)
        g.place_of[order->rows[i]] = (uint32_t)i;
    SM_TRY(encode_all(&x, evaluation->query, &pairs->queries, NULL, queries,
                      g.queries));
    SM_TRY(encode_all(&x, evaluation->item, &pairs->items, order->rows,
                      order->count, g.items_all));
    SM_TRY(score_positives(&x, &g, queries));
    sm_topk_queries const all = {queries,     x.dim,    g.queries, g.offsets,
                                 g.positives, g.higher, largest(ks, ks_count)};
    SM_TRY(count_candidates(&x, candidates, same ? g.items_all : NULL, &all));
    add_hits(g.positives, g.higher, pairs->count, ks, ks_count, hits);
out:
    sm_candidates_free(&own);
    grouped_free(&g);
    evaluator_free(&x);
    return status;
}

/* ---- one batch ---- */

/*
 * The positives are encoded here like the candidates, not taken from the training
 * pass, so that their scores have the same bits.
 */
sm_status sm_evaluate_batch(const sm_evaluation *evaluation, size_t count,
                            const float *vectors, const uint32_t *items,
                            const sm_candidates *candidates, const size_t *ks,
                            size_t ks_count, uint64_t *hits)
{
    sm_status status = SIAMESE_OK;
    size_t *offsets = NULL;
    float *positives = NULL, *item_vectors = NULL;
    uint64_t *higher = NULL;
    size_t numbers;
    evaluator x;
    SM_RETURN_IF_ERROR(evaluator_create(&x, evaluation));
    x.total = (double)count + (double)candidates->count;
    offsets = sm_alloc_array(count + 1, sizeof *offsets);
    SM_CHECK_MEMORY(offsets);
    positives = sm_alloc_array(count, sizeof *positives);
    SM_CHECK_MEMORY(positives);
    higher = sm_calloc(count, sizeof *higher);
    SM_CHECK_MEMORY(higher);
    if (!sm_size_multiply(count, x.dim, &numbers)) numbers = SIZE_MAX;
    item_vectors = sm_aligned_array(numbers, sizeof *item_vectors);
    SM_CHECK_MEMORY(item_vectors);
    SM_TRY(encode_all(&x, evaluation->item, &candidates->store->items, items,
                      count, item_vectors));
    for (size_t i = 0; i <= count; i++) offsets[i] = i;
    for (size_t i = 0; i < count; i++)
        positives[i] =
            sm_topk_score(evaluation->kernels, vectors + i * x.dim,
                          item_vectors + i * x.dim, x.dim);
    sm_topk_queries const all = {count,     x.dim,  vectors, offsets,
                                 positives, higher, largest(ks, ks_count)};
    SM_TRY(count_candidates(&x, candidates, NULL, &all));
    add_hits(positives, higher, count, ks, ks_count, hits);
out:
    sm_free(offsets);
    sm_free(positives);
    sm_free(higher);
    sm_aligned_free(item_vectors);
    evaluator_free(&x);
    return status;
}
