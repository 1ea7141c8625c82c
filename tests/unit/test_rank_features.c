/* test_rank_features.c: each feature of a ranking beside its definition, worked
 * out from the texts by hand, in double. */
#include "api/ranked_words.h"
#include "search/rank_features.h"
#include "search/ranker.h"

enum { DEPTH = 100 };

/* Of codes of 8 bits cosines are off by a hundredth. */
#define NEAR 0.02

/* A query and a title as their words. */
typedef struct pair_by_hand {
    hand_word query[WORDS], title[WORDS];
    size_t words, plain, terms, title_plain;
    double idf[WORDS], title_idf[WORDS];
    double similar[WORDS][WORDS]; /* query word, title word */
} pair_by_hand;

static size_t plain_of(const hand_word *words, size_t count)
{
    size_t plain = 0;
    for (size_t i = 0; i < count; i++) plain += !words[i].is_quantity;
    return plain;
}

static double alike(const hand_word *a, const hand_word *b)
{
    siamese_text const x = {a->text, strlen(a->text)};
    siamese_text const y = {b->text, strlen(b->text)};
    double u[DIM], v[DIM];
    if (a->is_quantity != b->is_quantity) return 0;
    encode(&x, u);
    encode(&y, v);
    double const c = cosine(u, v);
    return c > 0 ? c : 0;
}

static pair_by_hand read_pair(const char *query, const char *title)
{
    pair_by_hand p;
    memset(&p, 0, sizeof p);
    p.words = words_of(query, p.query);
    p.terms = words_of(title, p.title);
    p.plain = plain_of(p.query, p.words);
    p.title_plain = plain_of(p.title, p.terms);
    for (size_t i = 0; i < p.words; i++) p.idf[i] = idf_of(&p.query[i]);
    for (size_t t = 0; t < p.terms; t++) p.title_idf[t] = idf_of(&p.title[t]);
    for (size_t i = 0; i < p.words; i++)
        for (size_t t = 0; t < p.terms; t++)
            p.similar[i][t] = alike(&p.query[i], &p.title[t]);
    return p;
}

/* ---- counts ---- */

/* How often the title has the stem of word i, and where first. */
static size_t count_of(const pair_by_hand *p, size_t i)
{
    size_t count = 0;
    for (size_t t = 0; t < p->terms; t++)
        count += same_stem(&p->query[i], &p->title[t]);
    return count;
}

static size_t place_of(const pair_by_hand *p, size_t i)
{
    for (size_t t = 0; t < p->terms; t++)
        if (same_stem(&p->query[i], &p->title[t])) return t;
    return SIZE_MAX;
}

static int is_written(const pair_by_hand *p, size_t i)
{
    for (size_t t = 0; t < p->terms; t++)
        if (strcmp(p->query[i].text, p->title[t].text) == 0 &&
            p->query[i].is_quantity == p->title[t].is_quantity)
            return 1;
    return 0;
}

static int in_query(const pair_by_hand *p, size_t t)
{
    for (size_t i = 0; i < p->words; i++)
        if (same_stem(&p->query[i], &p->title[t])) return 1;
    return 0;
}

static int is_number(const hand_word *word)
{
    return !word->is_quantity && word->text[0] >= '0' && word->text[0] <= '9';
}

static double best_of_word(const pair_by_hand *p, size_t i)
{
    double best = 0;
    for (size_t t = 0; t < p->terms; t++) best = fmax(best, p->similar[i][t]);
    return best;
}

static double best_of_term(const pair_by_hand *p, size_t t)
{
    double best = 0;
    for (size_t i = 0; i < p->words; i++) best = fmax(best, p->similar[i][t]);
    return best;
}

/* ---- the definitions ---- */

static double mean_length(void)
{
    double sum = 0;
    for (size_t i = 0; i < COUNT; i++) {
        hand_word words[WORDS];
        sum += (double)plain_of(words, words_of(w.names[i], words));
    }
    return sum / COUNT;
}

static double bm25(const pair_by_hand *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->plain; i++) {
        double const n = (double)count_of(p, i);
        double const length = (double)p->title_plain / mean_length();
        sum += p->idf[i] * n * 2.2 / (n + 1.2 * (0.25 + 0.75 * length));
    }
    return sum;
}

static double sum_idf(const pair_by_hand *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->plain; i++) sum += p->idf[i];
    return sum;
}

static double length_of_query(const pair_by_hand *p)
{
    return log(1 + (double)p->plain);
}

static void put_similarity(const pair_by_hand *p, double *out)
{
    double weights = 0, sum = 0, worst = 1, rarest = -1;
    for (size_t i = 0; i < p->words; i++) {
        double const best = best_of_word(p, i);
        sum += sqrt(p->idf[i]) * best;
        weights += sqrt(p->idf[i]);
        worst = fmin(worst, best);
        if (p->idf[i] > rarest) {
            rarest = p->idf[i];
            out[SM_FEATURE_RAREST_WORD] = best;
        }
    }
    out[SM_FEATURE_MAXSIM] = sum / weights;
    out[SM_FEATURE_WORST_WORD] = worst;
    out[SM_FEATURE_FIRST_WORD] = best_of_word(p, 0);
    out[SM_FEATURE_LAST_WORD] = best_of_word(p, p->plain - 1);
    out[SM_FEATURE_LAST_WORD_LONG] =
        best_of_word(p, p->plain - 1) * length_of_query(p);
    weights = sum = 0;
    for (size_t t = 0; t < p->terms; t++) {
        sum += sqrt(p->title_idf[t]) * best_of_term(p, t);
        weights += sqrt(p->title_idf[t]);
        out[SM_FEATURE_REVERSE_MEAN] += best_of_term(p, t) / (double)p->terms;
    }
    out[SM_FEATURE_REVERSE] = sum / weights;
    out[SM_FEATURE_TITLE_START] = best_of_term(p, 0);
    out[SM_FEATURE_TITLE_END] = best_of_term(p, p->title_plain - 1);
}

static void put_cover(const pair_by_hand *p, double *out)
{
    double met = 0, idf = 0, written = 0, weights = 0, weight = 0;
    for (size_t i = 0; i < p->plain; i++) {
        met += count_of(p, i) > 0;
        if (count_of(p, i) > 0) idf += p->idf[i];
        written += is_written(p, i);
        out[SM_FEATURE_NUMBERS_MET] +=
            is_number(&p->query[i]) && count_of(p, i) > 0;
    }
    out[SM_FEATURE_BM25] = bm25(p);
    out[SM_FEATURE_BM25_LONG] = bm25(p) / sum_idf(p) * length_of_query(p);
    out[SM_FEATURE_COVERED] = met / (double)p->plain;
    out[SM_FEATURE_COVERED_IDF] = idf / sum_idf(p);
    out[SM_FEATURE_WRITTEN] = written / (double)p->plain;
    out[SM_FEATURE_ALL_COVERED] = met == (double)p->plain;
    double others = 0;
    for (size_t t = 0; t < p->terms; t++) {
        weights += sqrt(p->title_idf[t]);
        if (in_query(p, t)) weight += sqrt(p->title_idf[t]);
        others += is_number(&p->title[t]) && !in_query(p, t);
    }
    out[SM_FEATURE_TITLE_COVERED] = weight / weights;
    out[SM_FEATURE_NUMBERS_ELSE] = log(1 + others);
    out[SM_FEATURE_LENGTH] = log(1 + (double)p->title_plain);
}

/* "50 ft" and "25 ft" are of one unit; "3/4" has none. */
static int same_unit(const hand_word *a, const hand_word *b)
{
    const char *const x = strchr(a->text, ' '), *const y = strchr(b->text, ' ');
    return x && y && strcmp(x, y) == 0;
}

static void put_quantities(const pair_by_hand *p, double *out)
{
    for (size_t i = p->plain; i < p->words; i++) {
        int missed = 0;
        for (size_t t = p->title_plain; t < p->terms; t++)
            missed |= same_unit(&p->query[i], &p->title[t]);
        out[SM_FEATURE_QUANTITIES_MET] += count_of(p, i) > 0;
        out[SM_FEATURE_QUANTITIES_MISSED] += count_of(p, i) == 0 && missed;
    }
}

static void put_places(const pair_by_hand *p, double *out)
{
    size_t first = SIZE_MAX, last = 0;
    double met = 0;
    for (size_t i = 0; i + 1 < p->plain; i++) {
        int neighbours = 0;
        for (size_t t = 0; t + 1 < p->title_plain; t++)
            neighbours |= same_stem(&p->query[i], &p->title[t]) &&
                          same_stem(&p->query[i + 1], &p->title[t + 1]);
        out[SM_FEATURE_PHRASE] += neighbours / (double)(p->plain - 1);
        out[SM_FEATURE_ORDER] += (place_of(p, i + 1) != SIZE_MAX &&
                                  place_of(p, i) < place_of(p, i + 1)) /
                                 (double)(p->plain - 1);
    }
    for (size_t i = 0; i < p->plain; i++) met += count_of(p, i) > 0;
    for (size_t t = 0; t < p->title_plain; t++) {
        if (!in_query(p, t)) continue;
        if (first == SIZE_MAX) first = t;
        last = t;
    }
    /* no query has a stem twice */
    if (met > 0) out[SM_FEATURE_SPAN] = met / (double)(last - first + 1);
}

/* ---- what the library says ---- */

/* With weights 1 the shares of a score are the features. */
static siamese_searcher *make_ones(void)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    siamese_ranker_options options;
    sm_linear_ranker ones = {.queries = 1};
    siamese_ranker *ranker;
    for (size_t f = 0; f < SM_FEATURES; f++) ones.weights[f] = 1;
    ok(siamese_ranker_options_init(&options, sizeof options));
    ok(sm_ranker_create(&ranker, &options, &ones));
    add(searcher, 0, COUNT);
    ok(siamese_searcher_set_ranker(searcher, ranker));
    siamese_ranker_free(ranker);
    return searcher;
}

static void read_features(const siamese_hits *hits, float *out)
{
    assert_int_equal(siamese_hits_count(hits, 0), DEPTH);
    for (size_t i = 0; i < DEPTH; i++)
        ok(siamese_hits_get_shares(hits, 0, i, out + i * SM_FEATURES,
                                   SM_FEATURES, NULL));
}

/* Hits before hit i by a feature, those of equal values in the scan's order. */
static size_t before(const siamese_hits *hits, const float *features,
                     enum sm_feature by, size_t i)
{
    const float *const scores = siamese_hits_vector_scores(hits, 0);
    const int64_t *const rows = siamese_hits_rows(hits, 0);
    size_t count = 0;
    for (size_t j = 0; j < DEPTH; j++) {
        float const a = features[j * SM_FEATURES + by];
        float const b = features[i * SM_FEATURES + by];
        count += a > b ||
                 (a == b && (scores[j] > scores[i] ||
                             (scores[j] == scores[i] && rows[j] < rows[i])));
    }
    return count;
}

static void put_ranks(const siamese_hits *hits, const float *features, size_t i,
                      double *out)
{
    double const rank = 1 + (double)before(hits, features, SM_FEATURE_SCORE, i);
    out[SM_FEATURE_RANK] = 1 / rank;
    out[SM_FEATURE_RANK_LOG] = log(rank);
    out[SM_FEATURE_RANK_MAXSIM] =
        log(1 + (double)before(hits, features, SM_FEATURE_MAXSIM, i));
    out[SM_FEATURE_RANK_BM25] =
        log(1 + (double)before(hits, features, SM_FEATURE_BM25, i));
}

static void compare(size_t q, const siamese_hits *hits, const float *features,
                    size_t i)
{
    const char *const title = w.names[siamese_hits_ids(hits, 0)[i] - 1000];
    siamese_text const text = {title, strlen(title)};
    pair_by_hand const p = read_pair(w.asked[q], title);
    double out[SM_FEATURES] = {0}, query[DIM], item[DIM];
    encode(&w.queries[q], query);
    encode(&text, item);
    out[SM_FEATURE_SCORE] = (double)siamese_hits_vector_scores(hits, 0)[i];
    out[SM_FEATURE_COSINE] = cosine(query, item);
    out[SM_FEATURE_COSINE_LONG] = cosine(query, item) * length_of_query(&p);
    put_similarity(&p, out);
    put_cover(&p, out);
    put_quantities(&p, out);
    put_places(&p, out);
    put_ranks(hits, features, i, out);
    for (size_t f = 0; f < SM_FEATURES; f++) {
        double const is = (double)features[i * SM_FEATURES + f];
        if (!(fabs(is - out[f]) < NEAR))
            fail_msg("%s of '%s' and '%s': %g, by hand %g", sm_feature_name(f),
                     w.asked[q], title, is, out[f]);
    }
}

static void test_features__are_their_definitions(void **state)
{
    static float features[DEPTH * SM_FEATURES];
    siamese_searcher *const searcher = make_ones();
    double most[SM_FEATURES] = {0};
    (void)state;
    for (size_t q = 0; q < QUERIES; q++) {
        siamese_search_request request = request_of(q, 1, DEPTH);
        request.explain = 1;
        request.spelling = SIAMESE_RANK_OFF;
        siamese_hits *const hits = search(searcher, &request);
        read_features(hits, features);
        for (size_t i = 0; i < DEPTH; i += 7) compare(q, hits, features, i);
        for (size_t i = 0; i < DEPTH * SM_FEATURES; i++)
            most[i % SM_FEATURES] =
                fmax(most[i % SM_FEATURES], fabs((double)features[i]));
        siamese_hits_free(hits);
    }
    /* none was 0 all the time */
    for (size_t f = 0; f < SM_FEATURES; f++)
        if (most[f] == 0) fail_msg("%s is 0", sm_feature_name(f));
    siamese_searcher_free(searcher);
}

/* Without feedback there is one cosine. */
static void test_features__without_feedback_cosine_is_the_score(void **state)
{
    static float features[DEPTH * SM_FEATURES];
    siamese_searcher *const searcher = make_ones();
    siamese_search_request request = request_of(1, 1, DEPTH);
    (void)state;
    request.explain = 1;
    request.feedback = SIAMESE_RANK_OFF;
    siamese_hits *const hits = search(searcher, &request);
    read_features(hits, features);
    for (size_t i = 0; i < DEPTH; i++)
        assert_true(features[i * SM_FEATURES + SM_FEATURE_SCORE] ==
                    features[i * SM_FEATURES + SM_FEATURE_COSINE]);
    siamese_hits_free(hits);
    siamese_searcher_free(searcher);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features__are_their_definitions),
        cmocka_unit_test(test_features__without_feedback_cosine_is_the_score),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
