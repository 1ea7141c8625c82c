/* rank_features.c: a query and its candidates in, the features of each
 * candidate out. For ranking by learned weights, and for learning them. */
#include "search/rank_features.h"

#include <math.h>
#include <string.h>

#include "common/merge_sort.h"
#include "common/size.h"

_Static_assert(SM_QUERY_TERMS <= 64, "a query's words are bits of a number");

static const char *const names[SM_FEATURES] = {
#define NAME(upper, name, help) name,
    SM_FEATURE_LIST(NAME)
#undef NAME
};

static const char *const helps[SM_FEATURES] = {
#define HELP(upper, name, help) help,
    SM_FEATURE_LIST(HELP)
#undef HELP
};

const char *sm_feature_name(size_t feature)
{
    return names[feature];
}

const char *sm_feature_help(size_t feature)
{
    return helps[feature];
}

/* ---- the query ---- */

/* Words of the query are bits: word w is 1 << w. */
typedef struct query_facts {
    const sm_rank_view *view;
    const sm_title_term *terms; /* [view->term_count] */
    uint64_t plain;             /* words that are no quantities */
    uint64_t numbers;           /* of these, those that begin with a digit */
    uint64_t distinct;   /* of these, those whose stem no earlier one has */
    size_t last, rarest; /* words; the last that is no quantity, if one is */
    float idf;           /* of all that are no quantities */
    float length;        /* ln(1 + how many those are) */
    float mean_length;   /* of titles */
} query_facts;

static bool is_number(const char *text, size_t size)
{
    return size > 0 && text[0] >= '0' && text[0] <= '9';
}

/* Which words of the query have the stem. */
static uint64_t words_of_stem(const sm_rank_view *view, int32_t stem)
{
    uint64_t found = 0;
    for (size_t w = 0; w < view->word_count; w++)
        if (view->words[w].stem == stem) found |= UINT64_C(1) << w;
    return stem == SM_NO_TERM ? 0 : found;
}

static query_facts look_at_query(const sm_rank_view *view,
                                 const sm_title_term *terms)
{
    query_facts q = {.view = view,
                     .terms = terms,
                     .last = view->word_count - 1,
                     .length = log1pf((float)view->plain_words),
                     .mean_length = (float)view->mean_length};
    if (view->plain_words) q.last = view->plain_words - 1;
    for (size_t w = 0; w < view->word_count; w++) {
        const sm_query_word *const word = &view->words[w];
        uint64_t const bit = UINT64_C(1) << w;
        if (word->idf > view->words[q.rarest].idf) q.rarest = w;
        if (word->is_quantity) continue;
        q.plain |= bit;
        q.idf += word->idf;
        if (is_number(word->text, word->size)) q.numbers |= bit;
        if ((words_of_stem(view, word->stem) & (bit - 1)) == 0)
            q.distinct |= bit;
    }
    return q;
}

/* ---- the terms of all titles ---- */

/* The best cosine of term t with a word of the query of its kind; 0 where none
 * is like it. */
static float best_of(const sm_rank_view *view, size_t t, bool is_quantity)
{
    size_t const first = is_quantity ? view->plain_words : 0;
    size_t const end = is_quantity ? view->word_count : view->plain_words;
    float best = 0;
    for (size_t w = first; w < end; w++) {
        float const cosine = view->cosines[w * view->term_count + t];
        if (cosine > best) best = cosine;
    }
    return best;
}

static void look_at_terms(const sm_rank_view *view, sm_title_term *out)
{
    for (size_t t = 0; t < view->term_count; t++) {
        sm_term const term = sm_words_term(view->catalogue, view->terms[t]);
        uint32_t const rows = sm_words_stem_rows(view->catalogue, term.stem);
        uint64_t const same = words_of_stem(view, term.stem);
        uint64_t written = 0;
        for (size_t w = 0; same && w < view->word_count; w++)
            if (view->words[w].term == (int32_t)view->terms[t])
                written |= UINT64_C(1) << w;
        out[t] = (sm_title_term){
            .same = same,
            .written = written & same,
            .weight = sqrtf(sm_words_idf(view->catalogue, rows)),
            .similar = best_of(view, t, term.is_quantity),
            .is_number = !term.is_quantity && is_number(term.text, term.size)};
    }
}

/* ---- a title ---- */

/* What a title has of the query. */
typedef struct title_facts {
    uint64_t met;     /* words whose stem is there */
    uint64_t written; /* words that are there as they are written */
    uint64_t behind;  /* words that stand right behind the word before */
    uint64_t ordered; /* words that come later than the word before */
    uint32_t counts[SM_QUERY_TERMS]; /* how often the stem is there */
    size_t first, last;              /* where the first and last met stand */
    size_t numbers;                  /* that the query has not */
    float weight, met_weight;        /* sums of sqrt(idf), of all terms */
    float weighted, sum;             /* of their similarity */
} title_facts;

static size_t count_bits(uint64_t bits)
{
    size_t count = 0;
    for (; bits; bits &= bits - 1) count++;
    return count;
}

static float part(size_t count, size_t of)
{
    return of ? (float)count / (float)of : 0;
}

/* A word of the title at place i. `before` are the words of the query that the
 * place before has. */
static void meet_word(title_facts *t, const sm_title_term *term, size_t i,
                      uint64_t before)
{
    uint64_t const same = term->same;
    t->numbers += same == 0 && term->is_number;
    if (same == 0) return;
    t->ordered |= same & ~t->met & (t->met << 1);
    t->behind |= same & (before << 1);
    if (t->met == 0) t->first = i;
    t->last = i;
    t->met |= same;
    t->written |= term->written;
    for (size_t w = 0; w < SM_QUERY_TERMS && same >> w; w++)
        t->counts[w] += same >> w & 1;
}

static void look_at_title(const query_facts *q, const sm_candidate *c,
                          title_facts *t)
{
    const uint32_t *const places = q->view->places + c->first_term;
    uint64_t before = 0;
    *t = (title_facts){.met = 0};
    for (size_t i = 0; i < c->terms.count; i++) {
        const sm_title_term *const term = &q->terms[places[i]];
        if (i < c->terms.words)
            meet_word(t, term, i, before);
        else
            t->met |= term->same;
        before = term->same;
        t->weight += term->weight;
        if (term->same) t->met_weight += term->weight;
        t->weighted += term->weight * term->similar;
        t->sum += term->similar;
    }
}

/* ---- quantities ---- */

/* "ft" of "50 ft"; of a value alone nothing. */
static siamese_text unit_of(const char *text, size_t size)
{
    for (size_t i = size; i > 0; i--)
        if (text[i - 1] == ' ') return (siamese_text){text + i, size - i};
    return (siamese_text){NULL, 0};
}

static bool has_unit(const query_facts *q, const sm_candidate *c,
                     siamese_text unit)
{
    for (size_t i = c->terms.words; unit.size && i < c->terms.count; i++) {
        sm_term const term =
            sm_words_term(q->view->catalogue, c->terms.terms[i]);
        siamese_text const own = unit_of(term.text, term.size);
        if (own.size == unit.size &&
            memcmp(own.data, unit.data, unit.size) == 0)
            return true;
    }
    return false;
}

static size_t count_missed(const query_facts *q, const sm_candidate *c,
                           uint64_t met)
{
    const sm_rank_view *const view = q->view;
    size_t missed = 0;
    for (size_t w = view->plain_words; w < view->word_count; w++)
        if ((met & UINT64_C(1) << w) == 0)
            missed += has_unit(
                q, c, unit_of(view->words[w].text, view->words[w].size));
    return missed;
}

/* ---- the features of one candidate ---- */

/* sum_w idf_w n_w (k1 + 1) / (n_w + k1 (1 - b + b length / mean length)) */
static float bm25(const query_facts *q, const title_facts *t, size_t length)
{
    float const k1 = 1.2f, b = 0.75f;
    float const norm =
        k1 * (1 - b + b * (float)length / fmaxf(q->mean_length, 1));
    float sum = 0;
    for (size_t w = 0; w < q->view->plain_words; w++) {
        float const n = (float)t->counts[w];
        if (n > 0) sum += q->view->words[w].idf * n * (k1 + 1) / (n + norm);
    }
    return sum;
}

/* Of the query's words, one by one. */
static void put_words(const query_facts *q, const title_facts *t, float *out)
{
    const sm_rank_view *const view = q->view;
    size_t const words = view->plain_words;
    uint64_t const met = t->met & q->plain;
    float covered = 0;
    for (size_t w = 0; w < words; w++)
        if (met & UINT64_C(1) << w) covered += view->words[w].idf;
    out[SM_FEATURE_COVERED] = part(count_bits(met), words);
    out[SM_FEATURE_COVERED_IDF] = q->idf > 0 ? covered / q->idf : 0;
    out[SM_FEATURE_WRITTEN] = part(count_bits(t->written), words);
    out[SM_FEATURE_ALL_COVERED] = (float)(words > 0 && met == q->plain);
    out[SM_FEATURE_NUMBERS_MET] = (float)count_bits(met & q->numbers);
    out[SM_FEATURE_NUMBERS_ELSE] = log1pf((float)t->numbers);
    if (words < 2) return;
    out[SM_FEATURE_PHRASE] = part(count_bits(t->behind), words - 1);
    out[SM_FEATURE_ORDER] = part(count_bits(t->ordered), words - 1);
}

static void put_similarity(const query_facts *q, const title_facts *t, size_t i,
                           float *out)
{
    const sm_rank_view *const view = q->view;
    const sm_candidate *const c = &view->candidates[i];
    const float *const best = view->best + i;
    const uint32_t *const places = view->places + c->first_term;
    size_t const n = view->candidate_count;
    float worst = best[0];
    for (size_t w = 1; w < view->word_count; w++)
        worst = fminf(worst, best[w * n]);
    out[SM_FEATURE_MAXSIM] = c->maxsim;
    out[SM_FEATURE_WORST_WORD] = worst;
    out[SM_FEATURE_FIRST_WORD] = best[0];
    out[SM_FEATURE_LAST_WORD] = best[q->last * n];
    out[SM_FEATURE_LAST_WORD_LONG] = best[q->last * n] * q->length;
    out[SM_FEATURE_RAREST_WORD] = best[q->rarest * n];
    if (c->terms.count == 0) return;
    out[SM_FEATURE_REVERSE] = t->weight > 0 ? t->weighted / t->weight : 0;
    out[SM_FEATURE_REVERSE_MEAN] = t->sum / (float)c->terms.count;
    if (c->terms.words == 0) return;
    out[SM_FEATURE_TITLE_START] = q->terms[places[0]].similar;
    out[SM_FEATURE_TITLE_END] = q->terms[places[c->terms.words - 1]].similar;
}

static void put_title(const query_facts *q, const title_facts *t,
                      const sm_candidate *c, float *out)
{
    uint64_t const quantities = t->met & ~q->plain;
    size_t const words = c->terms.words;
    out[SM_FEATURE_BM25] = bm25(q, t, words);
    out[SM_FEATURE_BM25_LONG] =
        q->idf > 0 ? out[SM_FEATURE_BM25] / q->idf * q->length : 0;
    out[SM_FEATURE_TITLE_COVERED] =
        t->weight > 0 ? t->met_weight / t->weight : 0;
    out[SM_FEATURE_QUANTITIES_MET] = (float)count_bits(quantities);
    out[SM_FEATURE_QUANTITIES_MISSED] = (float)count_missed(q, c, t->met);
    out[SM_FEATURE_LENGTH] = log1pf((float)words);
    if (t->met & q->plain)
        out[SM_FEATURE_SPAN] =
            part(count_bits(t->met & q->distinct), t->last - t->first + 1);
}

static void put_candidate(const query_facts *q, size_t i, float *out)
{
    const sm_candidate *const c = &q->view->candidates[i];
    memset(out, 0, SM_FEATURES * sizeof *out);
    out[SM_FEATURE_SCORE] = c->score;
    out[SM_FEATURE_COSINE] = c->cosine;
    out[SM_FEATURE_RANK] = 1 / (float)(i + 1);
    out[SM_FEATURE_RANK_LOG] = logf((float)(i + 1));
    if (q->view->word_count == 0) return;
    title_facts t;
    look_at_title(q, c, &t);
    out[SM_FEATURE_COSINE_LONG] = c->cosine * q->length;
    put_similarity(q, &t, i, out);
    put_words(q, &t, out);
    put_title(q, &t, c, out);
}

/* ---- ranks ---- */

static int larger_first(uint32_t x, uint32_t y, const void *column)
{
    const float *const values = column;
    float const a = values[x * (size_t)SM_FEATURES];
    float const b = values[y * (size_t)SM_FEATURES];
    return (a < b) - (a > b);
}

/* ln(rank) by another feature; equals stand in the order of the scan. */
static void put_ranks(float *out, size_t count, uint32_t *order,
                      enum sm_feature by, enum sm_feature to)
{
    for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
    sm_merge_sort(order, order + count, count, larger_first, out + by);
    for (size_t rank = 0; rank < count; rank++)
        out[order[rank] * (size_t)SM_FEATURES + to] = logf((float)(rank + 1));
}

void sm_rank_features(const sm_rank_view *view, sm_title_term *terms,
                      uint32_t *order, float *out)
{
    size_t const n = view->candidate_count;
    query_facts q = {.view = view};
    if (view->word_count) {
        look_at_terms(view, terms);
        q = look_at_query(view, terms);
    }
    for (size_t i = 0; i < n; i++) put_candidate(&q, i, out + i * SM_FEATURES);
    if (view->word_count == 0) return;
    put_ranks(out, n, order, SM_FEATURE_MAXSIM, SM_FEATURE_RANK_MAXSIM);
    put_ranks(out, n, order, SM_FEATURE_BM25, SM_FEATURE_RANK_BM25);
}
