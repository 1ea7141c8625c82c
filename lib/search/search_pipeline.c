/* search_pipeline.c: a search with a ranker in, its hits out: scan, move the
 * queries, scan again, rank anew, and keep the k best. For the search
 * request. */
#include "search/search_pipeline.h"

#include <stdatomic.h>
#include <string.h>

#include "common/size.h"
#include "search/feedback.h"
#include "search/query_spelling.h"
#include "search/ranker.h"
#include "search/rerank.h"
#include "search/search_each.h"

/* What a request that asks for feedback gets of a ranker without. */
enum { FEEDBACK = 10 };

static bool is_on(int32_t asked, bool usually)
{
    return asked == SIAMESE_RANK_AUTO ? usually : asked == SIAMESE_RANK_ON;
}

sm_search_stages sm_search_stages_of(const sm_search_run *run)
{
    const siamese_search_request *const q = &run->request;
    const siamese_ranker *const ranker = run->searcher->ranker;
    sm_search_stages stages = {false, false, 0};
    if (run->texts == NULL || ranker == NULL) return stages;
    const siamese_ranker_options *const o = &ranker->options;
    stages.rerank = ranker->words != NULL && is_on(q->rerank, o->rerank);
    if (is_on(q->feedback, o->feedback > 0))
        stages.feedback = o->feedback ? o->feedback : FEEDBACK;
    stages.spelling = ranker->words != NULL && is_on(q->spelling, o->spelling);
    return stages;
}

/* ---- ranking anew ---- */

typedef struct reranking {
    sm_search_run *run;
    const float *before;  /* vectors of the queries before feedback; NULL:
                           * there was none */
    atomic_bool is_stale; /* a row is gone: the search is done again */
} reranking;

static sm_status rerank_query(void *context, size_t q)
{
    reranking *const r = context;
    const siamese_searcher *const searcher = r->run->searcher;
    siamese_hits *const hits = r->run->hits;
    size_t const first = hits->offsets[q];
    sm_rerank_query query = {.text = sm_search_text(r->run, q),
                             .rows = hits->rows + first,
                             .scores = hits->scores + first,
                             .vector_scores = hits->vector_scores + first,
                             .confidences = hits->confidences + first,
                             .index = searcher->index,
                             .count = hits->offsets[q + 1] - first};
    bool found;
    if (query.count == 0 || atomic_load(&r->is_stale)) return SIAMESE_OK;
    if (r->before) query.before = r->before + q * searcher->dim;
    if (hits->shares) query.shares = hits->shares + first * SM_FEATURES;
    SM_RETURN_IF_ERROR(
        sm_rerank(searcher->ranker, searcher->query, &query, &found));
    if (!found) atomic_store(&r->is_stale, true);
    return SIAMESE_OK;
}

static sm_status rerank(sm_search_run *run, const float *before, bool *found)
{
    reranking r = {.run = run, .before = before};
    SM_RETURN_IF_ERROR(sm_search_each(run, rerank_query, &r));
    *found = !atomic_load(&r.is_stale);
    return SIAMESE_OK;
}

static void move_hits(siamese_hits *hits, size_t to, size_t from, size_t count)
{
    size_t const f = SM_FEATURES;
    memmove(hits->rows + to, hits->rows + from, count * sizeof *hits->rows);
    memmove(hits->scores + to, hits->scores + from,
            count * sizeof *hits->scores);
    memmove(hits->vector_scores + to, hits->vector_scores + from,
            count * sizeof *hits->vector_scores);
    memmove(hits->confidences + to, hits->confidences + from,
            count * sizeof *hits->confidences);
    if (hits->shares)
        memmove(hits->shares + to * f, hits->shares + from * f,
                count * f * sizeof *hits->shares);
}

/* The first k of each query. */
static void cut(siamese_hits *hits, size_t k)
{
    size_t begin = 0, to = 0;
    for (size_t q = 0; q < hits->query_count; q++) {
        size_t const end = hits->offsets[q + 1];
        size_t const kept = k ? sm_min(k, end - begin) : end - begin;
        if (kept && to != begin) move_hits(hits, to, begin, kept);
        to += kept;
        begin = end;
        hits->offsets[q + 1] = to;
    }
}

/* ---- all stages ---- */

/* The queries, moved by the first results, which alone are scanned for. */
static sm_status move_queries(sm_search_run *r, size_t results, float *moved)
{
    double const weight = r->searcher->ranker->options.feedback_weight;
    size_t const k = r->request.k;
    if (k) r->request.k = results;
    sm_status status = sm_search_scan(r);
    r->request.k = k;
    if (status == SIAMESE_OK) status = sm_feedback(r, results, weight, moved);
    return status;
}

static sm_status run_stages(sm_search_run *r, const sm_search_stages *stages,
                            float *moved, bool *done)
{
    const float *const vectors = r->request.vectors;
    sm_status status = SIAMESE_OK;
    if (stages->feedback) {
        SM_TRY(move_queries(r, stages->feedback, moved));
        r->request.vectors = moved;
    }
    SM_TRY(sm_search_scan(r));
    *done = true;
    if (stages->rerank)
        SM_TRY(rerank(r, stages->feedback ? vectors : NULL, done));
out:
    r->request.vectors = vectors;
    return status;
}

sm_status sm_search_pipeline(sm_search_run *r, const sm_search_stages *stages,
                             float *moved)
{
    sm_status status = SIAMESE_OK;
    size_t const k = r->request.k;
    bool done = false;
    if (stages->rerank)
        r->parts = r->request.explain ? SM_HITS_SHARES : SM_HITS_RANKS;
    if (k && stages->rerank)
        r->request.k = sm_max(k, r->searcher->ranker->options.rerank_depth);
    r->room = sm_max(r->request.k, stages->feedback);
    for (int tries = 0; tries < SM_SEARCH_TRIES && !done; tries++)
        SM_TRY(run_stages(r, stages, moved, &done));
    SM_CHECK(done, SIAMESE_E_STATE,
             "the index has ids whose words are not known");
    cut(r->hits, k);
out:
    r->request.k = k;
    return status;
}
