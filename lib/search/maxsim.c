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
    for (size_t c = 0; c < count; c++) {
        s->candidates[c].first_term = total;
        total += s->candidates[c].terms.count;
    }
    SM_RETURN_IF_ERROR(sm_rank_room(&s->distinct, &s->distinct_capacity, total,
                                    sizeof *s->distinct));
    SM_RETURN_IF_ERROR(
        sm_rank_room(&s->places, &s->place_capacity, total, sizeof *s->places));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->seen, &s->seen_capacity,
                                    sm_words_term_count(catalogue),
                                    sizeof *s->seen));
    if (++s->queries == 0) { /* numbers begin anew */
        for (size_t i = 0; i < s->seen_capacity; i++) s->seen[i] = 0;
        s->queries = 1;
    }
    for (size_t c = 0; c < count; c++) {
        sm_row_terms const terms = s->candidates[c].terms;
        uint32_t *const places = s->places + s->candidates[c].first_term;
        for (size_t i = 0; i < terms.count; i++) {
            uint64_t *const seen = &s->seen[terms.terms[i]];
            if (*seen >> 32 != s->queries) {
                *seen = (uint64_t)s->queries << 32 | found;
                s->distinct[found++] = terms.terms[i];
            }
            places[i] = (uint32_t)*seen;
        }
    }
    *distinct = found;
    return SIAMESE_OK;
}

/* Each word of the query with each of these terms. */
static sm_status compare_terms(sm_rank_scratch *s,
                               const sm_catalogue_words *catalogue,
                               size_t distinct)
{
    sm_word_codes const codes = sm_words_codes(catalogue);
    size_t const words = s->text_count;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->dots, &s->dot_capacity,
                                    words * distinct, sizeof *s->dots));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->cosines, &s->cosine_capacity,
                                    words * distinct, sizeof *s->cosines));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->term_scales, &s->term_scale_capacity,
                                    distinct, sizeof *s->term_scales));
    if (words == 0 || distinct == 0) return SIAMESE_OK;
    sm_kernels_best()->dots_int8(words, distinct, codes.padded_dim, s->wide,
                                 s->distinct, codes.codes, s->dots, distinct);
    sm_words_scales(catalogue, s->distinct, distinct, s->term_scales);
    for (size_t w = 0; w < words; w++) {
        const int32_t *const dots = s->dots + w * distinct;
        float *const cosines = s->cosines + w * distinct;
        for (size_t t = 0; t < distinct; t++)
            cosines[t] = (float)dots[t] * s->scales[w] * s->term_scales[t];
    }
    return SIAMESE_OK;
}

/* The best of some terms; 0 where none is like the word. */
static float best_of(const float *cosines, const uint32_t *places, size_t count)
{
    float best = 0;
    for (size_t i = 0; i < count; i++)
        if (cosines[places[i]] > best) best = cosines[places[i]];
    return best;
}

/* One title: the best of each word. Words are compared with words, quantities
 * with quantities. */
static void compare(sm_rank_scratch *s, size_t c, size_t count, size_t distinct)
{
    sm_candidate *const candidate = &s->candidates[c];
    sm_row_terms const terms = candidate->terms;
    const uint32_t *const places = s->places + candidate->first_term;
    float sum = 0;
    for (size_t w = 0; w < s->text_count; w++) {
        const float *const cosines = s->cosines + w * distinct;
        float const best = w < s->plain_texts
                               ? best_of(cosines, places, terms.words)
                               : best_of(cosines, places + terms.words,
                                         terms.count - terms.words);
        s->best[w * count + c] = best;
        sum += s->words[w].weight * best;
    }
    candidate->maxsim = sum;
}

sm_status sm_maxsim(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                    size_t count, sm_rank_view *view)
{
    size_t distinct;
    SM_RETURN_IF_ERROR(gather(s, catalogue, count, &distinct));
    SM_RETURN_IF_ERROR(compare_terms(s, catalogue, distinct));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->best, &s->best_capacity,
                                    s->text_count * count, sizeof *s->best));
    for (size_t c = 0; c < count; c++) compare(s, c, count, distinct);
    *view = (sm_rank_view){.catalogue = catalogue,
                           .mean_length = sm_words_mean_length(catalogue),
                           .words = s->words,
                           .word_count = s->text_count,
                           .plain_words = s->plain_texts,
                           .candidates = s->candidates,
                           .candidate_count = count,
                           .best = s->best,
                           .terms = s->distinct,
                           .term_count = distinct,
                           .places = s->places,
                           .cosines = s->cosines};
    return SIAMESE_OK;
}
