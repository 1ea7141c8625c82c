/* search_request.c: a searcher and a request in, hits out: encode the queries,
 * correct them, find the nearest vectors, rank them anew, look up their items.
 * For hosts and the model. */
#include "common/memory.h"
#include "common/size.h"
#include "index/index_options.h"
#include "items/items.h"
#include "search/query_spelling.h"
#include "search/search_pipeline.h"

enum { SMALL = 1024 };

/* The vectors of a few queries, or of many. */
typedef struct vectors {
    float small[SMALL];
    float *large;
} vectors;

static sm_status make_room(vectors *v, size_t numbers, float **out)
{
    *out = v->small;
    if (numbers <= SMALL) return SIAMESE_OK;
    *out = v->large = sm_aligned_array(numbers, sizeof *v->large);
    return *out ? SIAMESE_OK : sm_fail_memory();
}

/* ---- the queries ---- */

static sm_status check(const sm_search_run *r)
{
    const siamese_search_request *const q = &r->request;
    SM_REQUIRE(!q->texts || !q->vectors, SIAMESE_E_ARGUMENT,
               "request: it has texts and vectors");
    SM_REQUIRE(q->texts || q->vectors || q->count == 0, SIAMESE_E_ARGUMENT,
               "request: it has neither texts nor vectors");
    SM_REQUIRE(q->vectors == NULL || q->dim == 0 || q->dim == r->searcher->dim,
               SIAMESE_E_ARGUMENT,
               "request: dim: its vectors have %zu numbers, those of the index "
               "%zu",
               q->dim, r->searcher->dim);
    SM_REQUIRE(q->k > 0 || q->min_score > -1e20, SIAMESE_E_ARGUMENT,
               "request: k is 0, which takes a min_score");
    SM_REQUIRE(!q->texts || r->searcher->query, SIAMESE_E_STATE,
               "request: it has texts, but there is no query tower");
    return SIAMESE_OK;
}

/* Texts become vectors. */
static sm_status encode(sm_search_run *r, vectors *room)
{
    siamese_search_request *const q = &r->request;
    float *out;
    size_t numbers;
    if (q->texts == NULL) return SIAMESE_OK;
    SM_REQUIRE(sm_size_multiply(q->count, r->searcher->dim, &numbers),
               SIAMESE_E_ARGUMENT, "request: count: %zu queries are too many",
               q->count);
    SM_RETURN_IF_ERROR(make_room(room, numbers, &out));
    SM_RETURN_IF_ERROR(siamese_tower_encode(r->searcher->query, q->texts,
                                            q->count, q->fields, out, numbers));
    r->texts = q->texts;
    q->vectors = out;
    return SIAMESE_OK;
}

/* What would leave out all hits, or none, is told instead. */
static sm_status check_choice(const sm_search_run *r,
                              const sm_search_stages *stages)
{
    const siamese_search_request *const q = &r->request;
    SM_REQUIRE(!q->collapse_titles || r->searcher->items, SIAMESE_E_STATE,
               "request: collapse_titles: the searcher has no items");
    if (q->min_confidence <= 0 || stages->rerank || q->count == 0)
        return SIAMESE_OK;
    SM_REQUIRE(r->texts, SIAMESE_E_ARGUMENT,
               "request: min_confidence: it has vectors; hits of texts alone "
               "are ranked anew and have confidences");
    SM_REQUIRE(q->rerank != SIAMESE_RANK_OFF, SIAMESE_E_ARGUMENT,
               "request: min_confidence: rerank is off, which confidences are "
               "of");
    return sm_fail(SIAMESE_E_STATE,
                   "request: min_confidence: the searcher has no ranker that "
                   "ranks anew, which confidences are of");
}

static sm_status find(sm_search_run *r, vectors *own, vectors *room)
{
    sm_search_stages const stages = sm_search_stages_of(r);
    float *moved = NULL;
    SM_RETURN_IF_ERROR(check_choice(r, &stages));
    if (stages.spelling)
        SM_RETURN_IF_ERROR(
            sm_correct_queries(r, own->large ? own->large : own->small));
    bool const chooses =
        r->request.collapse_titles || r->request.min_confidence > 0;
    if (!stages.rerank && stages.feedback == 0 && !chooses)
        return sm_search_scan(r);
    if (stages.feedback)
        SM_RETURN_IF_ERROR(
            make_room(room, r->request.count * r->searcher->dim, &moved));
    return sm_search_pipeline(r, &stages, moved);
}

/* The ids of the hits, where they are integers. */
static void fill_ids(sm_search_run *r)
{
    siamese_hits *const hits = r->hits;
    const sm_item_chunk *chunk = NULL;
    hits->tables = r->tables;
    r->tables = (sm_hit_tables){NULL, NULL, 0, 0};
    if (hits->tables.table == NULL) {
        hits->ids = hits->rows;
        return;
    }
    if (hits->tables.table->ids == SIAMESE_IDS_TEXT) {
        hits->ids = NULL;
        return;
    }
    for (size_t i = 0; i < hits->offsets[hits->query_count]; i++) {
        size_t const at =
            sm_hit_tables_find(&hits->tables, hits->rows[i], &chunk);
        hits->ids[i] = chunk->ids[at];
    }
}

siamese_status siamese_searcher_search(const siamese_searcher *searcher,
                                       const siamese_search_request *request,
                                       siamese_hits **out)
{
    sm_status status = SIAMESE_OK;
    sm_search_run r = {.searcher = searcher};
    vectors own, moved;
    own.large = moved.large = NULL;
    SM_CHECK(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(sm_search_request_read(&r.request, request));
    SM_TRY(check(&r));
    SM_TRY(encode(&r, &own));
    /* rows are distinct; of one item there may be several */
    r.is_distinct = r.request.dedupe && searcher->items &&
                    sm_items_options(searcher->items)->repeats;
    if (searcher->items) r.request.dedupe = 0;
    r.least = r.request.k;
    SM_TRY(find(&r, &own, &moved));
    fill_ids(&r);
    r.hits->corrections = r.corrections;
    r.corrections = (sm_corrections){.queries = NULL};
    *out = r.hits;
    r.hits = NULL;
out:
    siamese_hits_free(r.hits);
    sm_hit_tables_release(&r.tables);
    sm_corrections_free(&r.corrections);
    sm_aligned_free(own.large);
    sm_aligned_free(moved.large);
    return status;
}
