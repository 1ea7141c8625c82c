/* maxsim.c: words of a query and titles of candidates in, the similarity of
 * each word with each title out. For the re-ranking. */
#include "search/maxsim.h"

#include <math.h>

#include "common/size.h"
#include "math/kernels.h"

/* The terms of all titles, each once, and where each stands among them. */
static sm_status gather(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                        size_t count, size_t *distinct)
{
    size_t total = 0, found = 0;
    for (size_t c = 0; c < count; c++) total += s->candidates[c].terms.count;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->distinct, &s->distinct_capacity, total,
                                    sizeof *s->distinct));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->seen, &s->seen_capacity,
                                    sm_words_term_count(catalogue),
                                    sizeof *s->seen));
    if (++s->queries == 0) { /* numbers begin anew */
        for (size_t i = 0; i < s->seen_capacity; i++) s->seen[i] = 0;
        s->queries = 1;
    }
    for (size_t c = 0; c < count; c++) {
        sm_row_terms const terms = s->candidates[c].terms;
        for (size_t i = 0; i < terms.count; i++) {
            uint64_t *const seen = &s->seen[terms.terms[i]];
            if (*seen >> 32 == s->queries) continue;
            *seen = (uint64_t)s->queries << 32 | found;
            s->distinct[found++] = terms.terms[i];
        }
    }
    *distinct = found;
    return SIAMESE_OK;
}

/* A word of the query with terms first .. end - 1 of a title, which are of its
 * kind: words are compared with words, quantities with quantities. */
static float compare_word(const sm_rank_scratch *s,
                          const sm_catalogue_words *catalogue, size_t w,
                          size_t distinct, const sm_candidate *candidate,
                          size_t first, size_t end)
{
    const int32_t *const dots = s->dots + w * distinct;
    float best = 0;
    for (size_t i = first; i < end; i++) {
        uint32_t const term = candidate->terms.terms[i];
        float const cosine = (float)dots[(uint32_t)s->seen[term]] *
                             s->scales[w] * sm_words_scale(catalogue, term);
        if (cosine > best) best = cosine;
    }
    return best;
}

/* One title: the best of each word; 0 for what is unlike all. */
static void compare(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                    size_t c, size_t count, size_t distinct)
{
    sm_candidate *const candidate = &s->candidates[c];
    sm_row_terms const terms = candidate->terms;
    float sum = 0;
    for (size_t w = 0; w < s->text_count; w++) {
        bool const is_word = w < s->plain_texts;
        float const best = compare_word(s, catalogue, w, distinct, candidate,
                                        is_word ? 0 : terms.words,
                                        is_word ? terms.words : terms.count);
        s->best[w * count + c] = best;
        sum += s->words[w].weight * best;
    }
    candidate->maxsim = sum;
}

sm_status sm_maxsim(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                    size_t count, sm_rank_view *view)
{
    size_t distinct;
    sm_word_codes const codes = sm_words_codes(catalogue);
    SM_RETURN_IF_ERROR(gather(s, catalogue, count, &distinct));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->dots, &s->dot_capacity,
                                    s->text_count * distinct, sizeof *s->dots));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->best, &s->best_capacity,
                                    s->text_count * count, sizeof *s->best));
    if (s->text_count && distinct)
        sm_kernels_best()->dots_int8(s->text_count, distinct, codes.padded_dim,
                                     s->wide, s->distinct, codes.codes, s->dots,
                                     distinct);
    for (size_t c = 0; c < count; c++)
        compare(s, catalogue, c, count, distinct);
    *view = (sm_rank_view){.catalogue = catalogue,
                           .mean_length = sm_words_mean_length(catalogue),
                           .words = s->words,
                           .word_count = s->text_count,
                           .plain_words = s->plain_texts,
                           .candidates = s->candidates,
                           .candidate_count = count,
                           .best = s->best};
    return SIAMESE_OK;
}
