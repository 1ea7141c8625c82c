/*
 * mine.c: encodes all items and the queries of pairs, ranks and draws, in
 * portions of bounded memory; fit.c calls it at the beginning of an epoch.
 */
#include "train/mine.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/cancel.h"
#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/rng.h"
#include "common/size.h"
#include "math/bound_scan.h"
#include "math/gemm.h"
#include "math/rank.h"
#include "metrics/topk.h"
#include "tower/tower_encode.h"

enum {
    QUERIES = 16384,   /* that are ranked at once */
    CHUNK = 4096,      /* items, or queries, that are encoded at once */
    BLOCK = 64,        /* queries of a task */
    PORTION = 1 << 28, /* multiply-adds between two ticks */
    TILE = 8 * SM_STRIP
};

/* Streams of random numbers from here on, one a pair and epoch. */
#define MINED (UINT64_C(3) << 61)

/* ---- one run ---- */

typedef struct miner {
    const sm_topk_accuracy_run *e;
    const sm_mine_rules *rules;
    const sm_pair_store *store;
    const sm_item_list *items;
    size_t dim;
    size_t *offsets;    /* [queries + 2] into order */
    uint32_t *order;    /* pairs, those of a query together */
    uint32_t *place_of; /* [identities] number of the item */
    float *own;         /* [pairs] score of the pair's item, as in order */
    siamese_text *texts;
    float *vectors; /* of one chunk of items */
    float *panel;   /* the same in strips */
    float *queries; /* [QUERIES][dim] of the block of queries */
    float *best;    /* [QUERIES][last] scores */
    int64_t *found; /* [QUERIES][last] numbers of the items */
    size_t *kept;   /* [QUERIES] how many of them there are */
    float *scores;  /* [threads][BLOCK][TILE] */
    float *packed;  /* [threads] of a block of queries in a product */
    size_t first_query, query_count;  /* of the block */
    size_t first_item, item_count;    /* of the chunk */
    size_t first_ranked, last_ranked; /* of the block's queries, in this run */
    double done, total;               /* pairs of a query and an item */

    /* in place of products, where vectors are so long that bounds pay */
    bool by_bounds;
    sm_bound_queries bounded; /* [QUERIES] of the block */
    sm_codes codes;           /* of the chunk */
    sm_bound_room **rooms;    /* [threads] */
} miner;

static void miner_free(miner *m)
{
    sm_free(m->offsets);
    sm_free(m->order);
    sm_free(m->place_of);
    sm_free(m->own);
    sm_free(m->texts);
    sm_aligned_free(m->vectors);
    sm_aligned_free(m->panel);
    sm_aligned_free(m->queries);
    sm_free(m->best);
    sm_free(m->found);
    sm_free(m->kept);
    sm_aligned_free(m->scores);
    sm_aligned_free(m->packed);
    sm_bound_queries_free(&m->bounded);
    sm_codes_free(&m->codes);
    for (size_t i = 0; m->rooms && i < sm_pool_threads(m->e->pool); i++)
        sm_bound_room_free(m->rooms[i]);
    sm_free(m->rooms);
}

static sm_status create_bounds(miner *m, size_t queries)
{
    size_t const threads = sm_pool_threads(m->e->pool);
    m->by_bounds = sm_bound_scan_pays(m->e->kernels, m->dim);
    if (!m->by_bounds) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_bound_queries_create(&m->bounded, queries, m->dim));
    SM_RETURN_IF_ERROR(sm_codes_reserve(&m->codes, m->dim, CHUNK));
    m->rooms = sm_calloc(threads, sizeof *m->rooms);
    if (m->rooms == NULL) return sm_fail_memory();
    for (size_t i = 0; i < threads; i++)
        SM_RETURN_IF_ERROR(sm_bound_room_create(&m->rooms[i], m->dim));
    return SIAMESE_OK;
}

/* Pairs by their query, in their order. */
static sm_status sort_pairs(miner *m, size_t pairs, size_t queries)
{
    const uint32_t *const query_of = m->store->columns.queries;
    sm_sort_begin(m->offsets, queries);
    for (size_t i = 0; i < pairs; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        sm_sort_count(m->offsets, query_of[i]);
    }
    sm_sort_sum(m->offsets, queries);
    for (size_t i = 0; i < pairs; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        m->order[sm_sort_place(m->offsets, query_of[i])] = (uint32_t)i;
    }
    return SIAMESE_OK;
}

static sm_status miner_create(miner *m, size_t pairs)
{
    size_t const queries = m->store->queries.count;
    size_t const block = sm_min(queries, (size_t)QUERIES);
    size_t const fields =
        sm_max(m->store->queries.fields, m->store->items.fields);
    size_t chunk, panel, packed_size, vectors, best, texts;
    if (!sm_size_multiply(m->dim, CHUNK, &chunk) ||
        !sm_packed_numbers(CHUNK, m->dim, &panel) ||
        !sm_packed_numbers(BLOCK, m->dim, &packed_size) ||
        !sm_size_multiply(packed_size, sm_pool_threads(m->e->pool),
                          &packed_size) ||
        !sm_size_multiply(m->dim, block, &vectors) ||
        !sm_size_multiply(m->rules->last, block, &best) ||
        !sm_size_multiply(fields, CHUNK, &texts))
        return sm_fail_memory();
    m->offsets = sm_alloc_array(queries + 2, sizeof *m->offsets);
    m->order = sm_alloc_array(pairs, sizeof *m->order);
    m->place_of =
        sm_alloc_array(m->store->identities.count, sizeof *m->place_of);
    m->own = sm_alloc_array(pairs, sizeof *m->own);
    m->texts = sm_alloc_array(texts, sizeof *m->texts);
    m->vectors = sm_aligned_array(chunk, sizeof *m->vectors);
    m->panel = sm_aligned_array(panel, sizeof *m->panel);
    m->queries = sm_aligned_array(vectors, sizeof *m->queries);
    m->best = sm_alloc_array(best, sizeof *m->best);
    m->found = sm_alloc_array(best, sizeof *m->found);
    m->kept = sm_alloc_array(block, sizeof *m->kept);
    m->scores = sm_aligned_array(sm_pool_threads(m->e->pool) * BLOCK * TILE,
                                 sizeof *m->scores);
    m->packed = sm_aligned_array(packed_size, sizeof *m->packed);
    if (!m->offsets || !m->order || !m->place_of || !m->own || !m->texts ||
        !m->vectors || !m->panel || !m->queries || !m->best || !m->found ||
        !m->kept || !m->scores || !m->packed)
        return sm_fail_memory();
    SM_RETURN_IF_ERROR(create_bounds(m, block));
    SM_RETURN_IF_ERROR(sort_pairs(m, pairs, queries));
    for (size_t i = 0; i < m->items->count; i++)
        m->place_of[m->items->items[i].number] = (uint32_t)i;
    m->total = (double)queries * (double)m->items->count;
    return SIAMESE_OK;
}

/* ---- ranking ---- */

/* The number of the item of pair order[p]. */
static size_t place_of_own(const miner *m, size_t p)
{
    return m->place_of[sm_pair_store_get(m->store, m->order[p]).item_number];
}

/* The scores of a tile for one query: the own items' are noted, the best
 * kept. */
static void take_scores(miner *m, size_t query, size_t first, size_t count,
                        const float *scores)
{
    size_t const most = m->rules->last, q = m->first_query + query;
    float *const best = m->best + query * most;
    size_t kept = m->kept[query];
    for (size_t p = m->offsets[q]; p < m->offsets[q + 1]; p++) {
        size_t const at = place_of_own(m, p);
        if (at >= first && at < first + count) m->own[p] = scores[at - first];
    }
    for (size_t i = 0; i < count; i++) {
        if (isnan(scores[i]) || (kept == most && scores[i] <= best[0]))
            continue;
        sm_rank_offer(best, m->found + query * most, most, &kept, scores[i],
                      (int64_t)(first + i));
    }
    m->kept[query] = kept;
}

static sm_status rank_task(void *context, size_t task, size_t worker)
{
    miner *const m = context;
    float *const scores = m->scores + worker * BLOCK * TILE;
    size_t const first = m->first_ranked + task * BLOCK;
    size_t const rows = sm_min((size_t)BLOCK, m->last_ranked - first);
    size_t packed_size = 0;
    sm_packed_numbers(BLOCK, m->dim, &packed_size);
    for (size_t at = 0; at < m->item_count; at += TILE) {
        size_t const count = sm_min((size_t)TILE, m->item_count - at);
        sm_gemm_strips(m->e->kernels, rows, count, m->dim,
                       m->queries + first * m->dim, m->dim, 1,
                       m->panel + at * m->dim, scores, TILE,
                       m->packed + worker * packed_size);
        for (size_t r = 0; r < rows; r++)
            take_scores(m, first + r, m->first_item + at, count,
                        scores + r * TILE);
    }
    return SIAMESE_OK;
}

/* ---- the same by bounds ---- */

typedef struct bound_block {
    miner *m;
    size_t first; /* query of the block */
} bound_block;

/* What a score of the query must be above to be kept. */
static float least_kept(const miner *m, size_t query)
{
    size_t const most = m->rules->last;
    return m->kept[query] == most ? m->best[query * most] : -INFINITY;
}

static float take_score(void *context, size_t i, size_t row, float score)
{
    const bound_block *const block = context;
    miner *const m = block->m;
    size_t const query = block->first + i, most = m->rules->last;
    if (score > least_kept(m, query) ||
        (score == -INFINITY && m->kept[query] < most))
        sm_rank_offer(m->best + query * most, m->found + query * most, most,
                      &m->kept[query], score, (int64_t)(m->first_item + row));
    return least_kept(m, query);
}

/* The scores of the own items that are in the chunk. */
static void note_own(miner *m, size_t query)
{
    size_t const q = m->first_query + query;
    for (size_t p = m->offsets[q]; p < m->offsets[q + 1]; p++) {
        size_t const at = place_of_own(m, p) - m->first_item;
        if (at < m->item_count)
            m->own[p] =
                sm_topk_score(m->e->kernels, m->queries + query * m->dim,
                              m->vectors + at * m->dim, m->dim);
    }
}

static sm_status bound_task(void *context, size_t task, size_t worker)
{
    miner *const m = context;
    bound_block block = {m, m->first_ranked + task * BLOCK};
    sm_bound_scan scan = {
        .kernels = m->e->kernels,
        .dim = m->dim,
        .codes = &m->codes,
        .vectors = m->vectors,
        .count = sm_min((size_t)BLOCK, m->last_ranked - block.first),
        .take = take_score,
        .context = &block};
    for (size_t i = 0; i < scan.count; i++) {
        size_t const query = block.first + i;
        note_own(m, query);
        scan.queries[i] = &m->bounded.queries[query];
        scan.query_vectors[i] = m->queries + query * m->dim;
        scan.above[i] = least_kept(m, query);
    }
    sm_bound_scan_run(&scan, m->rooms[worker]);
    return SIAMESE_OK;
}

static sm_status encode_codes(miner *m)
{
    sm_code_rows rows = {NULL, NULL, NULL};
    sm_status const status =
        sm_code_rows_make(&rows, sm_bound_kernels_of(m->e->kernels), m->e->pool,
                          m->vectors, m->item_count, m->dim);
    sm_codes_keep(&m->codes, 0);
    for (size_t r = 0; r < m->item_count && status == SIAMESE_OK; r++)
        sm_codes_append(&m->codes, m->dim, &rows, r);
    sm_code_rows_free(&rows);
    return status;
}

/* ---- items and queries ---- */

static sm_status encode_items(miner *m)
{
    size_t const fields = m->store->items.fields;
    for (size_t i = 0; i < m->item_count; i++)
        sm_text_rows_get(&m->store->items,
                         m->items->items[m->first_item + i].row,
                         m->texts + i * fields);
    SM_RETURN_IF_ERROR(sm_tower_encode_rows(m->e->item, m->e->pool, m->texts,
                                            m->item_count, m->vectors));
    if (m->by_bounds) return encode_codes(m);
    for (size_t s = 0; s < sm_chunks(m->item_count, SM_STRIP); s++)
        sm_strip_pack(m->e->kernels, s, 1, m->item_count, m->dim, m->vectors,
                      m->dim, m->panel);
    return SIAMESE_OK;
}

static sm_status encode_queries(miner *m)
{
    size_t const fields = m->store->queries.fields;
    for (size_t first = 0; first < m->query_count; first += CHUNK) {
        size_t const count = sm_min((size_t)CHUNK, m->query_count - first);
        for (size_t i = 0; i < count; i++)
            sm_text_rows_get(&m->store->queries, m->first_query + first + i,
                             m->texts + i * fields);
        SM_RETURN_IF_ERROR(sm_tower_encode_rows(m->e->query, m->e->pool,
                                                m->texts, count,
                                                m->queries + first * m->dim));
        for (size_t q = first; m->by_bounds && q < first + count; q++)
            sm_bound_queries_set(&m->bounded, q, m->queries + q * m->dim,
                                 m->dim);
    }
    return SIAMESE_OK;
}

/* The items of the chunk for all queries of the block, in portions. */
static sm_status rank_chunk(miner *m)
{
    size_t const work = sm_max(m->dim * m->item_count, (size_t)1);
    size_t const least = BLOCK * sm_pool_threads(m->e->pool);
    size_t const portion = sm_max(PORTION / work, least);
    for (size_t at = 0; at < m->query_count; at = m->last_ranked) {
        m->first_ranked = at;
        m->last_ranked = at + sm_min(portion, m->query_count - at);
        SM_RETURN_IF_ERROR(
            sm_pool_run(m->e->pool, sm_chunks(m->last_ranked - at, BLOCK),
                        m->by_bounds ? bound_task : rank_task, m));
        m->done += (double)(m->last_ranked - at) * (double)m->item_count;
        SM_RETURN_IF_ERROR(m->e->tick(m->e->context, m->done / m->total));
    }
    return SIAMESE_OK;
}

static sm_status rank_block(miner *m)
{
    memset(m->kept, 0, m->query_count * sizeof *m->kept);
    SM_RETURN_IF_ERROR(encode_queries(m));
    for (size_t first = 0; first < m->items->count; first += CHUNK) {
        m->first_item = first;
        m->item_count = sm_min((size_t)CHUNK, m->items->count - first);
        SM_RETURN_IF_ERROR(encode_items(m));
        SM_RETURN_IF_ERROR(rank_chunk(m));
    }
    for (size_t q = 0; q < m->query_count; q++) {
        SM_RETURN_IF_ERROR(sm_cancel_check());
        sm_rank_sort(m->best + q * m->rules->last,
                     m->found + q * m->rules->last, m->kept[q]);
    }
    return SIAMESE_OK;
}

/* ---- drawing ---- */

/* Whether a pair of query q has the item, as its own or as a negative. */
static bool is_judged(const miner *m, size_t q, uint32_t number)
{
    for (size_t p = m->offsets[q]; p < m->offsets[q + 1]; p++) {
        sm_pair const pair = sm_pair_store_get(m->store, m->order[p]);
        if (pair.item_number == number) return true;
        for (size_t n = 0; n < pair.negative_count; n++)
            if (m->store->negatives.items[pair.first_negative + n].number ==
                number)
                return true;
    }
    return false;
}

/* For pair order[p] of the block's query; allowed: [last]. */
static void draw(const miner *m, size_t query, size_t p, uint64_t epoch,
                 uint32_t *allowed, uint32_t *numbers)
{
    const sm_mine_rules *const rules = m->rules;
    const float *const best = m->best + query * rules->last;
    const int64_t *const found = m->found + query * rules->last;
    double const own = m->own[p];
    double const most = own - (1 - rules->below) * fabs(own);
    size_t count = 0, drawn = 0;
    sm_rng rng;
    for (size_t r = rules->first - 1; r < m->kept[query]; r++)
        if ((double)best[r] <= most &&
            !is_judged(m, m->first_query + query,
                       m->items->items[found[r]].number))
            allowed[count++] = (uint32_t)found[r];
    sm_rng_init(&rng, rules->seed ^ (epoch << 32), MINED + m->order[p]);
    for (; drawn < rules->negatives && count > 0; drawn++) {
        size_t const at = (size_t)sm_rng_below(&rng, count);
        numbers[drawn] = allowed[at];
        allowed[at] = allowed[--count];
    }
    for (; drawn < rules->negatives; drawn++) numbers[drawn] = SM_MINED_NONE;
}

static sm_status draw_block(const miner *m, uint64_t epoch, uint32_t *allowed,
                            uint32_t *numbers)
{
    for (size_t q = 0; q < m->query_count; q++) {
        size_t const query = m->first_query + q;
        for (size_t p = m->offsets[query]; p < m->offsets[query + 1]; p++) {
            SM_RETURN_IF_ERROR(sm_cancel_check());
            draw(m, q, p, epoch, allowed,
                 numbers + m->order[p] * m->rules->negatives);
        }
    }
    return SIAMESE_OK;
}

sm_status sm_mine(const sm_topk_accuracy_run *evaluation,
                  const sm_mine_rules *rules, const sm_pair_store *store,
                  size_t pairs, uint64_t epoch, const sm_item_list *items,
                  uint32_t *numbers)
{
    sm_status status = SIAMESE_OK;
    size_t const queries = store->queries.count;
    uint32_t *allowed = NULL;
    miner m = {.e = evaluation,
               .rules = rules,
               .store = store,
               .items = items,
               .dim = siamese_tower_dim(evaluation->query)};
    SM_TRY(miner_create(&m, pairs));
    allowed = sm_alloc_array(rules->last, sizeof *allowed);
    SM_CHECK_MEMORY(allowed);
    for (size_t first = 0; first < queries; first += QUERIES) {
        m.first_query = first;
        m.query_count = sm_min((size_t)QUERIES, queries - first);
        SM_TRY(rank_block(&m));
        SM_TRY(draw_block(&m, epoch, allowed, numbers));
    }
out:
    sm_free(allowed);
    miner_free(&m);
    return status;
}
