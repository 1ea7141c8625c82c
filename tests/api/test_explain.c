/* What hits are made of: the shares of features, and how features are
 * described. */
#include <math.h>

#include "api/ranked_items.h"

enum { MOST_FEATURES = 64 };

static size_t features_of(const siamese_ranker *ranker)
{
    siamese_ranker_info info = {.struct_size = sizeof info};
    ok(siamese_ranker_get_info(ranker, &info));
    assert_in_range(info.features, 1, MOST_FEATURES);
    return info.features;
}

/* The number of the feature of a name. */
static size_t feature(const siamese_ranker *ranker, const char *name)
{
    siamese_ranker_feature f = {.struct_size = sizeof f};
    for (size_t i = 0; i < features_of(ranker); i++) {
        ok(siamese_ranker_describe_feature(ranker, i, &f));
        if (strcmp(f.name, name) == 0) return i;
    }
    fail_msg("no feature %s", name);
    return 0;
}

static siamese_ranker *ranker_of(const siamese_searcher *searcher)
{
    siamese_ranker *ranker;
    ok(siamese_searcher_get_ranker(searcher, &ranker));
    return ranker;
}

static siamese_hits *explained(const siamese_searcher *searcher, size_t k)
{
    siamese_search_request request = request_of(0, QUERIES, k);
    request.explain = 1;
    return search(searcher, &request);
}

/* Of a ranker that has learned nothing: cosine and maxsim. */
static void test_explain__features_are_described(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_ranker *const ranker = ranker_of(searcher);
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature f = {.struct_size = sizeof f};
    size_t const count = features_of(ranker);
    (void)state;
    ok(siamese_ranker_get_info(ranker, &info));
    assert_int_equal(info.learned_queries, 0);
    assert_int_equal(info.uses_learned, 0);
    for (size_t i = 0; i < count; i++) {
        ok(siamese_ranker_describe_feature(ranker, i, &f));
        assert_true(strlen(f.name) > 0 && strlen(f.help) > 0);
        double const weight = strcmp(f.name, "score") == 0    ? 1
                              : strcmp(f.name, "maxsim") == 0 ? 0.8
                                                              : 0;
        assert_true(fabs(f.weight - weight) < 1e-7);
        assert_int_equal(feature(ranker, f.name), i);
    }
    assert_int_equal(siamese_ranker_describe_feature(ranker, count, &f),
                     SIAMESE_E_NOT_FOUND);
    siamese_ranker_free(ranker);
    siamese_searcher_free(searcher);
}

static void assert_made_of(const siamese_hits *hits, size_t q, size_t i,
                           size_t score, size_t maxsim, size_t count)
{
    float shares[MOST_FEATURES], sum = 0;
    size_t needed;
    ok(siamese_hits_get_shares(hits, q, i, shares, count, &needed));
    assert_int_equal(needed, count);
    for (size_t f = 0; f < count; f++) {
        sum += shares[f];
        if (f != score && f != maxsim) assert_true(shares[f] == 0);
    }
    assert_true(sum == siamese_hits_scores(hits, q)[i]);
    if (i < 100) {
        assert_true(shares[score] == siamese_hits_vector_scores(hits, q)[i]);
        assert_true(fabsf(shares[maxsim] -
                          0.8f * siamese_hits_confidences(hits, q)[i]) < 1e-6f);
    } else {
        assert_true(shares[maxsim] == 0);
    }
}

/* Of those behind the first 100 too; and the hits are those of a request that
 * asks for no shares. */
static void test_explain__shares_are_the_score(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_ranker *const ranker = ranker_of(searcher);
    size_t const count = features_of(ranker);
    (void)state;
    for (size_t k = 3; k <= 150; k += 147) {
        siamese_hits *const hits = explained(searcher, k);
        for (size_t q = 0; q < QUERIES; q++)
            for (size_t i = 0; i < siamese_hits_count(hits, q); i++)
                assert_made_of(hits, q, i, feature(ranker, "score"),
                               feature(ranker, "maxsim"), count);
        assert_all_same(hits, ask(searcher, k));
    }
    siamese_ranker_free(ranker);
    siamese_searcher_free(searcher);
}

static void test_explain__says_why_there_are_none(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_search_request request = request_of(0, QUERIES, 3);
    float shares[MOST_FEATURES];
    size_t needed;
    (void)state;
    siamese_hits *hits = ask(searcher, 3);
    assert_int_equal(
        siamese_hits_get_shares(hits, 0, 0, shares, MOST_FEATURES, &needed),
        SIAMESE_E_STATE);
    siamese_hits_free(hits);
    request.explain = 1;
    request.rerank = SIAMESE_RANK_OFF;
    hits = search(searcher, &request);
    assert_int_equal(
        siamese_hits_get_shares(hits, 0, 0, shares, MOST_FEATURES, &needed),
        SIAMESE_E_STATE);
    siamese_hits_free(hits);
    hits = explained(searcher, 3);
    assert_int_equal(
        siamese_hits_get_shares(hits, 0, 3, shares, MOST_FEATURES, &needed),
        SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_hits_get_shares(hits, QUERIES, 0, shares,
                                             MOST_FEATURES, &needed),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_hits_get_shares(hits, 0, 0, shares, 1, &needed),
                     SIAMESE_E_RANGE);
    assert_true(needed > 1);
    siamese_hits_free(hits);
    siamese_searcher_free(searcher);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_explain__features_are_described),
        cmocka_unit_test(test_explain__shares_are_the_score),
        cmocka_unit_test(test_explain__says_why_there_are_none),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
