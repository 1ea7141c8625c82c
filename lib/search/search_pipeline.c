/* search_pipeline.c: a search that is more than a scan in, its hits out: scan,
 * rank, move the queries, scan again, rank anew, and choose k of them. For the
 * search request. */
#include "search/search_pipeline.h"

#include <stdatomic.h>

#include "common/memory.h"
#include "common/size.h"
#include "search/feedback.h"
#include "search/hits_choice.h"
#include "search/query_spelling.h"
#include "search/ranker.h"
#include "search/rerank.h"
#include "search/search_each.h"

/* What a request that asks for feedback gets of a ranker without. */
enum { FEEDBACK = 10 };

static double const ANY_SCORE = -1e20;

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
    bool is_first;        /* what feedback is made of is ranked */
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
                             .is_fixed = r->is_first,
                             .count = hits->offsets[q + 1] - first};
    bool found;
    if (query.count == 0 || atomic_load(&r->is_stale)) return SIAMESE_OK;
    if (r->before) query.before = r->before + q * searcher->dim;
    if (hits->shares && !r->is_first)
        query.shares = hits->shares + first * SM_FEATURES;
    SM_RETURN_IF_ERROR(
        sm_rerank(searcher->ranker, searcher->query, &query, &found));
    if (!found) atomic_store(&r->is_stale, true);
    return SIAMESE_OK;
}

static sm_status rerank(reranking *r, bool *found)
{
    SM_RETURN_IF_ERROR(sm_search_each(r->run, rerank_query, r));
    *found = !atomic_load(&r->is_stale);
    return SIAMESE_OK;
}

/* ---- all stages ---- */

/* Results of feedback's scan: those that are ranked anew, of which it is made
 * of the best. 0: there is none. */
static size_t first_results(const sm_search_run *r,
                            const sm_search_stages *stages)
{
    if (!stages->feedback || !stages->rerank) return stages->feedback;
    return sm_max(stages->feedback, r->searcher->ranker->options.rerank_depth);
}

/* The queries, moved by the first results, which alone are scanned for,
 * however much or little they score: what a request leaves out does not change
 * what its queries mean. */
static sm_status move_queries(sm_search_run *r, const sm_search_stages *stages,
                              float *moved, bool *done)
{
    double const weight = r->searcher->ranker->options.feedback_weight;
    reranking ranking = {.run = r, .is_first = true};
    siamese_search_request const request = r->request;
    size_t const least = r->least;
    r->least = 0;
    r->request.k = first_results(r, stages);
    r->request.min_score = ANY_SCORE;
    sm_status status = sm_search_scan(r);
    r->request = request;
    r->least = least;
    *done = true;
    if (status == SIAMESE_OK && stages->rerank) status = rerank(&ranking, done);
    if (status == SIAMESE_OK && *done)
        status = sm_feedback(r, stages->feedback, weight, moved, done);
    return status;
}

static sm_status run_stages(sm_search_run *r, const sm_search_stages *stages,
                            float *moved, bool *done)
{
    const float *const vectors = r->request.vectors;
    reranking ranking = {.run = r, .before = stages->feedback ? vectors : NULL};
    sm_status status = SIAMESE_OK;
    *done = true;
    if (stages->feedback) {
        SM_TRY(move_queries(r, stages, moved, done));
        r->request.vectors = moved;
    }
    if (!*done) goto out;
    SM_TRY(sm_search_scan(r));
    if (stages->rerank) SM_TRY(rerank(&ranking, done));
out:
    r->request.vectors = vectors;
    return status;
}

static sm_status run_until_done(sm_search_run *r,
                                const sm_search_stages *stages, float *moved)
{
    bool done = false;
    for (int tries = 0; tries < SM_SEARCH_TRIES && !done; tries++)
        SM_RETURN_IF_ERROR(run_stages(r, stages, moved, &done));
    SM_REQUIRE(done, SIAMESE_E_STATE,
               "the index has ids whose words are not known");
    return SIAMESE_OK;
}

/* ---- which hits stay ---- */

/* Asks for more until a query has its k, or all that there are. Its first
 * results, and so the query moved and what is ranked anew, are the same however
 * many are asked for. */
static sm_status search_further(const sm_search_run *r,
                                const sm_search_stages *stages, float *moved,
                                const sm_hits_choice *choice, size_t q,
                                siamese_hits **out)
{
    sm_status status = SIAMESE_OK;
    sm_search_run one = sm_search_of_query(r, q);
    sm_hits_choice own = *choice;
    size_t const all = siamese_index_count(r->searcher->index);
    unsigned char falls_short = 1;
    while (falls_short && own.asked < all) {
        own.asked = own.asked > all / 2 ? all : 2 * own.asked;
        one.request.k = own.asked;
        one.room = sm_max(own.asked, first_results(&one, stages));
        SM_TRY(run_until_done(&one, stages, moved));
        own.tables = one.tables;
        SM_TRY(sm_hits_choose(one.hits, &own, &falls_short));
    }
    *out = one.hits;
    one.hits = NULL;
out:
    siamese_hits_free(one.hits);
    sm_hit_tables_release(&one.tables);
    return status;
}

/* Searches further for the queries that fell short. *found is false where a row
 * has come and gone meanwhile. */
static sm_status fill_up(sm_search_run *r, const sm_search_stages *stages,
                         float *moved, const sm_hits_choice *choice,
                         const unsigned char *short_of, bool *found)
{
    sm_status status = SIAMESE_OK;
    size_t const queries = r->hits->query_count, dim = r->searcher->dim;
    bool any = false;
    siamese_hits **const further = sm_calloc(queries, sizeof *further);
    *found = true;
    SM_CHECK_MEMORY(further);
    for (size_t q = 0; q < queries; q++) {
        if (!short_of[q]) continue;
        any = true;
        SM_TRY(search_further(r, stages, moved ? moved + q * dim : NULL, choice,
                              q, &further[q]));
    }
    if (!any) goto out;
    SM_TRY(sm_search_replace(r, further, found));
out:
    for (size_t q = 0; further && q < queries; q++)
        siamese_hits_free(further[q]);
    sm_free(further);
    return status;
}

/* Each title once. One query is searched further for by itself, so that it
 * finds the same alone or in any batch. */
static sm_status collapse(sm_search_run *r, const sm_search_stages *stages,
                          float *moved, sm_hits_choice *choice)
{
    sm_status status = SIAMESE_OK;
    size_t const queries = r->request.count;
    bool found = false;
    unsigned char *const short_of = sm_calloc(queries, 1);
    SM_CHECK_MEMORY(short_of);
    for (int tries = 0; tries < SM_SEARCH_TRIES && !found; tries++) {
        SM_TRY(run_until_done(r, stages, moved));
        choice->tables = r->tables;
        SM_TRY(sm_hits_choose(r->hits, choice, short_of));
        SM_TRY(fill_up(r, stages, moved, choice, short_of, &found));
    }
    SM_CHECK(found, SIAMESE_E_STATE,
             "the index has ids that the items have no more");
out:
    sm_free(short_of);
    return status;
}

sm_status sm_search_pipeline(sm_search_run *r, const sm_search_stages *stages,
                             float *moved)
{
    sm_status status = SIAMESE_OK;
    sm_hits_choice choice = {.k = r->request.k,
                             .min_confidence = r->request.min_confidence,
                             .collapses = r->request.collapse_titles};
    if (stages->rerank)
        r->parts = r->request.explain ? SM_HITS_SHARES : SM_HITS_RANKS;
    if (choice.k && stages->rerank)
        r->request.k =
            sm_max(choice.k, r->searcher->ranker->options.rerank_depth);
    choice.asked = r->request.k;
    r->room = sm_max(r->request.k, first_results(r, stages));
    if (choice.collapses) {
        SM_TRY(collapse(r, stages, moved, &choice));
    } else {
        SM_TRY(run_until_done(r, stages, moved));
        SM_TRY(sm_hits_choose(r->hits, &choice, NULL));
    }
out:
    r->request.k = choice.k;
    return status;
}
