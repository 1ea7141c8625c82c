/* rerank.c: one query and the rows that a scan found in, the same rows in the
 * order of cosine and words out. For the search request. */
#include "search/rerank.h"

#include <string.h>

#include "common/merge_sort.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_ids.h"
#include "index/index_vectors.h"
#include "math/kernels.h"
#include "search/maxsim.h"
#include "search/query_words.h"

/* Higher scores first, then lower rows. */
static int in_order(uint32_t x, uint32_t y, const void *candidates)
{
    const sm_candidate *const a = (const sm_candidate *)candidates + x;
    const sm_candidate *const b = (const sm_candidate *)candidates + y;
    if (a->rank != b->rank) return a->rank > b->rank ? -1 : 1;
    return (a->row > b->row) - (a->row < b->row);
}

/* A learned one as it was fitted; else how alike the words are. */
static float confidence_of(const sm_linear_ranker *weights,
                           const sm_candidate *candidate)
{
    float const x = candidate->maxsim;
    if (weights->queries > 0)
        return sm_linear_confidence(weights, candidate->rank);
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* Cosines with the query as it was before feedback, to s->before; *found is
 * false if a row's vector is gone. */
static sm_status find_cosines(sm_rank_scratch *s, const sm_rerank_query *q,
                              size_t depth, size_t dim, bool *found)
{
    size_t there = 0;
    *found = true;
    if (q->before == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->vectors, &s->vector_capacity,
                                    (depth + 1) * dim, sizeof *s->vectors));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->before, &s->before_capacity, depth,
                                    sizeof *s->before));
    SM_RETURN_IF_ERROR(
        sm_index_vectors_of(q->index, q->rows, depth, s->vectors, &there));
    *found = there == depth;
    float const length =
        sm_index_normalises(q->index) ? sm_vector_length(q->before, dim) : 1;
    for (size_t i = 0; i < there; i++)
        s->before[i] =
            length > 0
                ? sm_kernels_best()->dot(q->before, s->vectors + i * dim, dim) /
                      length
                : 0;
    return SIAMESE_OK;
}

/* The candidates with their terms; whether all of them are there. */
static sm_status take_candidates(sm_rank_scratch *s,
                                 const sm_catalogue_words *words,
                                 const sm_rerank_query *q, size_t depth,
                                 bool *found)
{
    SM_RETURN_IF_ERROR(sm_rank_room(&s->candidates, &s->candidate_capacity,
                                    depth, sizeof *s->candidates));
    bool const has_cosines = q->before != NULL;
    *found = true;
    for (size_t i = 0; i < depth && *found; i++) {
        sm_candidate *const c = &s->candidates[i];
        *c =
            (sm_candidate){.row = q->rows[i],
                           .score = q->scores[i],
                           .cosine = has_cosines ? s->before[i] : q->scores[i]};
        *found = sm_words_row(words, c->row, &c->terms);
    }
    return SIAMESE_OK;
}

static sm_status find_features(sm_rank_scratch *s, const sm_rank_view *view)
{
    size_t const count = view->candidate_count;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->features, &s->feature_capacity,
                                    count * SM_FEATURES, sizeof *s->features));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->title_terms, &s->title_term_capacity,
                                    view->term_count, sizeof *s->title_terms));
    sm_rank_features(view, s->title_terms, s->order, s->features);
    return SIAMESE_OK;
}

static const sm_linear_ranker *weights_of(const siamese_ranker *ranker,
                                          const sm_rerank_query *q)
{
    return q->is_fixed ? &ranker->fixed : sm_ranker_weights(ranker);
}

static sm_status score(const siamese_ranker *ranker, sm_rank_scratch *s,
                       const sm_rerank_query *q, size_t depth, bool wants,
                       bool *found)
{
    const sm_catalogue_words *const words = ranker->words;
    const sm_linear_ranker *const weights = weights_of(ranker, q);
    float const weight = weights->weights[SM_FEATURE_MAXSIM];
    sm_rank_view view;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->order, &s->order_capacity, 2 * depth,
                                    sizeof *s->order));
    SM_RETURN_IF_ERROR(take_candidates(s, words, q, depth, found));
    if (!*found) return SIAMESE_OK;
    sm_query_words_find(s, words);
    SM_RETURN_IF_ERROR(sm_maxsim(s, words, depth, &view));
    if (wants) SM_RETURN_IF_ERROR(find_features(s, &view));
    for (size_t i = 0; i < depth; i++) {
        sm_candidate *const c = &s->candidates[i];
        c->rank = weights->queries > 0
                      ? sm_linear_score(weights, s->features + i * SM_FEATURES)
                      : c->score + weight * c->maxsim;
        s->order[i] = (uint32_t)i;
    }
    return SIAMESE_OK;
}

/* What each feature adds to the scores. A hit that was not ranked anew has all
 * of its score by the scan. */
static void put_shares(const sm_linear_ranker *weights,
                       const sm_rank_scratch *s, const sm_rerank_query *q,
                       size_t depth)
{
    if (q->shares == NULL) return;
    memset(q->shares, 0, q->count * SM_FEATURES * sizeof *q->shares);
    for (size_t i = 0; i < depth; i++)
        for (size_t f = 0; f < SM_FEATURES; f++)
            q->shares[i * SM_FEATURES + f] =
                weights->weights[f] *
                s->features[s->order[i] * SM_FEATURES + f];
    for (size_t i = depth; i < q->count; i++)
        q->shares[i * SM_FEATURES + SM_FEATURE_SCORE] = q->scores[i];
}

/* What was ranked, then what was not. */
static void put(const sm_linear_ranker *weights, sm_rank_scratch *s,
                const sm_rerank_query *q, size_t depth)
{
    sm_merge_sort(s->order, s->order + depth, depth, in_order, s->candidates);
    if (q->count) memcpy(q->vector_scores, q->scores, q->count * sizeof(float));
    for (size_t i = 0; i < depth; i++) {
        const sm_candidate *const c = &s->candidates[s->order[i]];
        q->rows[i] = c->row;
        q->scores[i] = c->rank;
        q->vector_scores[i] = c->score;
        q->confidences[i] = confidence_of(weights, c);
    }
    if (depth == 0) return;
    float const last = s->candidates[s->order[depth - 1]].rank;
    float const edge = s->candidates[depth - 1].score;
    for (size_t i = depth; i < q->count; i++) {
        q->scores[i] = last - (edge - q->scores[i]);
        q->confidences[i] = 0;
    }
    put_shares(weights, s, q, depth);
}

sm_status sm_rerank(const siamese_ranker *ranker, const siamese_tower *tower,
                    const sm_rerank_query *query, bool *found)
{
    sm_status status = SIAMESE_OK;
    sm_rank_scratch *s = NULL;
    const sm_linear_ranker *const weights = weights_of(ranker, query);
    size_t const depth = sm_min(ranker->options.rerank_depth, query->count);
    bool const wants = weights->queries > 0 || query->shares;
    sm_rerank_query own = *query;
    SM_TRY(sm_rank_scratch_borrow(ranker->scratches, &s));
    if (!wants) own.before = NULL;
    SM_TRY(find_cosines(s, &own, depth, siamese_tower_dim(tower), found));
    if (!*found) goto out;
    SM_TRY(sm_query_words_read(s, tower, own.text,
                               sm_words_padded_dim(ranker->words)));
    sm_words_lock_read(ranker->words);
    status = score(ranker, s, &own, depth, wants, found);
    sm_words_unlock(ranker->words);
    if (status == SIAMESE_OK && *found) put(weights, s, &own, depth);
out:
    sm_rank_scratch_return(ranker->scratches, s);
    return status;
}
