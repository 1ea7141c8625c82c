/* rerank.c: one query and the rows that a scan found in, the same rows in the
 * order of cosine and words out. For the search request. */
#include "search/rerank.h"

#include <string.h>

#include "common/merge_sort.h"
#include "common/size.h"
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

static float confidence_of(const sm_candidate *candidate)
{
    float const x = candidate->maxsim;
    return x < 0 ? 0 : x > 1 ? 1 : x;
}

/* The candidates with their terms; whether all of them are there. */
static sm_status take_candidates(sm_rank_scratch *s,
                                 const sm_catalogue_words *words,
                                 const sm_rerank_query *q, size_t depth,
                                 bool *found)
{
    SM_RETURN_IF_ERROR(sm_rank_room(&s->candidates, &s->candidate_capacity,
                                    depth, sizeof *s->candidates));
    *found = true;
    for (size_t i = 0; i < depth && *found; i++) {
        sm_candidate *const c = &s->candidates[i];
        *c = (sm_candidate){
            .row = q->rows[i], .score = q->scores[i], .cosine = q->scores[i]};
        *found = sm_words_row(words, c->row, &c->terms);
    }
    return SIAMESE_OK;
}

static sm_status score(const siamese_ranker *ranker, sm_rank_scratch *s,
                       const sm_rerank_query *q, size_t depth, bool *found)
{
    const sm_catalogue_words *const words = ranker->words;
    float const weight = (float)ranker->options.maxsim_weight;
    sm_rank_view view;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->order, &s->order_capacity, 2 * depth,
                                    sizeof *s->order));
    SM_RETURN_IF_ERROR(take_candidates(s, words, q, depth, found));
    if (!*found) return SIAMESE_OK;
    sm_query_words_find(s, words);
    SM_RETURN_IF_ERROR(sm_maxsim(s, words, depth, &view));
    for (size_t i = 0; i < depth; i++) {
        sm_candidate *const c = &s->candidates[i];
        c->rank = c->score + weight * c->maxsim;
        s->order[i] = (uint32_t)i;
    }
    return SIAMESE_OK;
}

/* What was ranked, then what was not. */
static void put(sm_rank_scratch *s, const sm_rerank_query *q, size_t depth)
{
    sm_merge_sort(s->order, s->order + depth, depth, in_order, s->candidates);
    if (q->count) memcpy(q->vector_scores, q->scores, q->count * sizeof(float));
    for (size_t i = 0; i < depth; i++) {
        const sm_candidate *const c = &s->candidates[s->order[i]];
        q->rows[i] = c->row;
        q->scores[i] = c->rank;
        q->vector_scores[i] = c->score;
        q->confidences[i] = confidence_of(c);
    }
    if (depth == 0) return;
    float const last = s->candidates[s->order[depth - 1]].rank;
    float const edge = s->candidates[depth - 1].score;
    for (size_t i = depth; i < q->count; i++) {
        q->scores[i] = last - (edge - q->scores[i]);
        q->confidences[i] = 0;
    }
}

sm_status sm_rerank(const siamese_ranker *ranker, const siamese_tower *tower,
                    const sm_rerank_query *query, bool *found)
{
    sm_status status = SIAMESE_OK;
    sm_rank_scratch *s = NULL;
    size_t const depth = sm_min(ranker->options.rerank_depth, query->count);
    SM_TRY(sm_rank_scratch_borrow(ranker->scratches, &s));
    SM_TRY(sm_query_words_read(s, tower, query->text,
                               sm_words_codes(ranker->words).padded_dim));
    sm_words_lock_read(ranker->words);
    status = score(ranker, s, query, depth, found);
    sm_words_unlock(ranker->words);
    if (status == SIAMESE_OK && *found) put(s, query, depth);
out:
    sm_rank_scratch_return(ranker->scratches, s);
    return status;
}
