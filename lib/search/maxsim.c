/* maxsim.c: words of a query and titles of candidates in, the similarity of
 * each word with each title, and back, out. For the re-ranking. */
#include "search/maxsim.h"

#include <math.h>

#include "common/size.h"
#include "math/kernels.h"

/* The terms of all titles, each once, and where each stands among them. */
static sm_status gather(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                        size_t count, size_t *distinct, size_t *all)
{
    size_t total = 0, found = 0;
    for (size_t c = 0; c < count; c++) {
        s->candidates[c].first_term = total;
        total += s->candidates[c].terms.count;
    }
    *all = total;
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

/* One title: the best of each word and of each term. */
static void compare(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                    size_t c, size_t count, size_t distinct)
{
    sm_candidate *const candidate = &s->candidates[c];
    sm_row_terms const terms = candidate->terms;
    float *const reverse = s->reverse + candidate->first_term;
    uint16_t *const reverse_word = s->reverse_word + candidate->first_term;
    float sum = 0;
    for (size_t i = 0; i < terms.count; i++) {
        reverse[i] = 0;
        reverse_word[i] = 0;
    }
    for (size_t w = 0; w < s->text_count; w++) {
        const int32_t *const dots = s->dots + w * distinct;
        float best = terms.count ? -1.0f : 0.0f;
        for (size_t i = 0; i < terms.count; i++) {
            uint32_t const term = terms.terms[i];
            float const cosine = (float)dots[(uint32_t)s->seen[term]] *
                                 s->scales[w] * sm_words_scale(catalogue, term);
            if (cosine > best) best = cosine;
            if (w == 0 || cosine > reverse[i]) {
                reverse[i] = cosine;
                reverse_word[i] = (uint16_t)w;
            }
        }
        s->best[w * count + c] = best;
        sum += s->words[w].weight * best;
    }
    candidate->maxsim = sum;
}

sm_status sm_maxsim(sm_rank_scratch *s, const sm_catalogue_words *catalogue,
                    size_t count, sm_rank_view *view)
{
    size_t distinct, all;
    sm_word_codes const codes = sm_words_codes(catalogue);
    SM_RETURN_IF_ERROR(gather(s, catalogue, count, &distinct, &all));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->dots, &s->dot_capacity,
                                    s->text_count * distinct, sizeof *s->dots));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->best, &s->best_capacity,
                                    s->text_count * count, sizeof *s->best));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->reverse, &s->reverse_capacity, all,
                                    sizeof *s->reverse));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->reverse_word, &s->reverse_word_capacity,
                                    all, sizeof *s->reverse_word));
    if (s->text_count && distinct)
        sm_kernels_best()->dots_int8(s->text_count, distinct, codes.padded_dim,
                                     s->wide, s->distinct, codes.codes, s->dots,
                                     distinct);
    for (size_t c = 0; c < count; c++)
        compare(s, catalogue, c, count, distinct);
    *view = (sm_rank_view){.catalogue = catalogue,
                           .words = s->words,
                           .word_count = s->text_count,
                           .plain_words = s->plain_texts,
                           .candidates = s->candidates,
                           .candidate_count = count,
                           .best = s->best,
                           .reverse = s->reverse,
                           .reverse_word = s->reverse_word};
    return SIAMESE_OK;
}
