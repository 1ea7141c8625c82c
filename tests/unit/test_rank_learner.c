/* test_rank_learner.c: weights that are learned, held to what the lists were
 * made by. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "random_numbers.h"
#include "search/rank_learner.h"

enum { LISTS = 600, HITS = 10 };

static float features[LISTS * HITS * SM_FEATURES];
static float gains[LISTS * HITS];
static size_t offsets[LISTS + 1];

/* Hits are relevant with the chance 1 / (1 + exp(-z)), z = 3 written - length
 * + cosine / 2 - 1. */
static double truth(const float *x)
{
    return 3 * (double)x[SM_FEATURE_WRITTEN] - (double)x[SM_FEATURE_LENGTH] +
           (double)x[SM_FEATURE_COSINE] / 2 - 1;
}

static sm_rank_lists make_lists(size_t count)
{
    test_random random = {11};
    memset(features, 0, sizeof features);
    for (size_t i = 0; i < count * HITS; i++) {
        float *const x = features + i * SM_FEATURES;
        for (size_t f = 0; f < SM_FEATURES; f++)
            if (f % 3 != 1) x[f] = (float)test_random_real(&random, 1);
        x[SM_FEATURE_WRITTEN] = (float)test_random_real(&random, 1);
        x[SM_FEATURE_LENGTH] = (float)test_random_real(&random, 1);
        x[SM_FEATURE_COSINE] = (float)test_random_real(&random, 1);
        double const chance = 1 / (1 + exp(-truth(x)));
        gains[i] = (test_random_real(&random, 0.5) + 0.5) < chance;
    }
    for (size_t q = 0; q <= count; q++) offsets[q] = q * HITS;
    return (sm_rank_lists){features, gains, offsets, count};
}

static sm_linear_ranker learn(size_t count)
{
    sm_rank_lists const lists = make_lists(count);
    sm_linear_ranker ranker;
    assert_int_equal(sm_rank_learn(&lists, 0.8, &ranker), SIAMESE_OK);
    return ranker;
}

/* The share of pairs of a relevant and another hit that are in order. */
static double order_of(const sm_linear_ranker *ranker, size_t count)
{
    double right = 0, all = 0;
    for (size_t q = 0; q < count; q++)
        for (size_t i = q * HITS; i < (q + 1) * HITS; i++)
            for (size_t j = q * HITS; j < (q + 1) * HITS; j++) {
                if (gains[i] == 0 || gains[j] > 0) continue;
                all++;
                right += sm_linear_score(ranker, features + i * SM_FEATURES) >
                         sm_linear_score(ranker, features + j * SM_FEATURES);
            }
    return right / all;
}

static void test_learner__finds_what_the_lists_were_made_by(void **state)
{
    sm_linear_ranker const ranker = learn(LISTS);
    sm_linear_ranker const fixed = sm_linear_fixed(0.8);
    sm_linear_ranker best = {.queries = 0};
    (void)state;
    best.weights[SM_FEATURE_WRITTEN] = 3;
    best.weights[SM_FEATURE_LENGTH] = -1;
    best.weights[SM_FEATURE_COSINE] = 0.5f;
    assert_in_range(ranker.queries, LISTS * 9 / 10, LISTS);
    assert_true(order_of(&fixed, LISTS) < 0.55);
    assert_true(order_of(&ranker, LISTS) > order_of(&best, LISTS) - 0.01);
    double const by = (double)ranker.weights[SM_FEATURE_WRITTEN] / 3;
    assert_true(by > 0);
    assert_float_equal((double)ranker.weights[SM_FEATURE_LENGTH] / by, -1, 0.2);
    assert_float_equal((double)ranker.weights[SM_FEATURE_COSINE] / by, 0.5,
                       0.2);
}

/* Of the logistic's own likelihood: what it says is what there is. */
static void test_learner__confidence_is_the_share_of_relevant_hits(void **state)
{
    sm_linear_ranker const ranker = learn(LISTS);
    double said[2] = {0}, are[2] = {0}, count[2] = {0};
    (void)state;
    for (size_t i = 0; i < LISTS * (size_t)HITS; i++) {
        float const confidence = sm_linear_confidence(
            &ranker, sm_linear_score(&ranker, features + i * SM_FEATURES));
        size_t const half = confidence > 0.5f;
        said[half] += (double)confidence;
        are[half] += (double)gains[i];
        count[half]++;
    }
    for (size_t half = 0; half < 2; half++)
        assert_float_equal(said[half] / count[half], are[half] / count[half],
                           0.03);
}

/* The fewer there are, the nearer it is to the fixed ranker. */
static void test_learner__few_lists_move_it_little(void **state)
{
    double away[2];
    (void)state;
    for (int many = 0; many < 2; many++) {
        sm_linear_ranker const ranker = learn(many ? LISTS : 20);
        double const unit = (double)fabsf(ranker.weights[SM_FEATURE_SCORE]) +
                            (double)fabsf(ranker.weights[SM_FEATURE_MAXSIM]);
        away[many] =
            (double)fabsf(ranker.weights[SM_FEATURE_WRITTEN]) / fmax(unit, 1);
    }
    assert_true(away[0] < away[1] / 2);
}

static void test_learner__of_nothing_is_the_fixed_one(void **state)
{
    sm_linear_ranker const fixed = sm_linear_fixed(0.8);
    sm_rank_lists lists = make_lists(5);
    sm_linear_ranker ranker;
    (void)state;
    memset(gains, 0, sizeof gains);
    for (size_t count = 0; count <= 5; count += 5) {
        lists.count = count;
        assert_int_equal(sm_rank_learn(&lists, 0.8, &ranker), SIAMESE_OK);
        assert_int_equal(ranker.queries, 0);
        assert_memory_equal(ranker.weights, fixed.weights,
                            sizeof fixed.weights);
    }
}

/* ---- how much words count, by few queries ---- */

/* Each list has one relevant hit, the second by cosine; words put it first, or
 * behind all others, or of every other list one or the other. */
static sm_linear_ranker choose(size_t count, int helps, int misleads)
{
    sm_rank_lists const lists = {features, gains, offsets, count};
    sm_linear_ranker ranker;
    memset(features, 0, sizeof features);
    memset(gains, 0, sizeof gains);
    for (size_t q = 0; q <= count; q++) offsets[q] = q * HITS;
    for (size_t i = 0; i < count * HITS; i++) {
        float *const x = features + i * SM_FEATURES;
        int const is_relevant = i % HITS == 1;
        int const is_odd = i / HITS % 2;
        gains[i] = (float)is_relevant;
        x[SM_FEATURE_SCORE] = 0.9f - 0.01f * (float)(i % HITS);
        if (helps && (!misleads || is_odd))
            x[SM_FEATURE_MAXSIM] = (float)is_relevant;
        else if (misleads)
            x[SM_FEATURE_MAXSIM] = (float)!is_relevant;
    }
    assert_int_equal(sm_rank_choose(&lists, 0.8, &ranker), SIAMESE_OK);
    return ranker;
}

static void test_choice__keeps_words_that_help(void **state)
{
    sm_linear_ranker const ranker = choose(60, 1, 0);
    (void)state;
    assert_int_equal(ranker.queries, 0);
    assert_float_equal(ranker.weights[SM_FEATURE_MAXSIM], 0.8, 1e-6);
}

/* Of no weight the relevant is second, of any other the tenth. */
static void test_choice__drops_words_that_mislead(void **state)
{
    sm_linear_ranker const ranker = choose(60, 0, 1);
    (void)state;
    assert_int_equal(ranker.queries, 60);
    assert_true(ranker.weights[SM_FEATURE_MAXSIM] == 0);
    assert_true(ranker.weights[SM_FEATURE_SCORE] == 1);
    assert_true(ranker.slope >= 0);
    assert_true(isfinite(ranker.intercept));
}

/* 1 and 1 / 10 by words, mean .55, against 1 / 2 by cosine alone. */
static void test_choice__keeps_words_that_help_more_than_they_mislead(void **s)
{
    (void)s;
    assert_int_equal(choose(60, 1, 1).queries, 0);
}

/* Of 100 lists that gain .4 or nothing by less weight, k that gain it are
 * .4 k / 100 in the mean, sqrt(k / (1 - k / 100)) standard errors: 1.43 of two,
 * 1.76 of three. */
static void test_choice__is_sure_before_it_drops_words(void **state)
{
    sm_rank_lists const lists = {features, gains, offsets, 100};
    sm_linear_ranker ranker;
    (void)state;
    (void)choose(100, 0, 0);
    for (size_t k = 0; k < 3; k++) {
        for (size_t i = 0; i < HITS; i++)
            features[(k * HITS + i) * SM_FEATURES + SM_FEATURE_MAXSIM] = i != 1;
        assert_int_equal(sm_rank_choose(&lists, 0.8, &ranker), SIAMESE_OK);
        assert_int_equal(ranker.queries, k == 2 ? 100 : 0);
    }
}

static void test_choice__of_nothing_is_the_fixed_one(void **state)
{
    sm_rank_lists const lists = {features, gains, offsets, 0};
    sm_linear_ranker ranker;
    (void)state;
    offsets[0] = 0;
    assert_int_equal(sm_rank_choose(&lists, 0.8, &ranker), SIAMESE_OK);
    assert_int_equal(ranker.queries, 0);
    assert_float_equal(ranker.weights[SM_FEATURE_MAXSIM], 0.8, 1e-6);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learner__finds_what_the_lists_were_made_by),
        cmocka_unit_test(
            test_learner__confidence_is_the_share_of_relevant_hits),
        cmocka_unit_test(test_learner__few_lists_move_it_little),
        cmocka_unit_test(test_learner__of_nothing_is_the_fixed_one),
        cmocka_unit_test(test_choice__keeps_words_that_help),
        cmocka_unit_test(test_choice__drops_words_that_mislead),
        cmocka_unit_test(
            test_choice__keeps_words_that_help_more_than_they_mislead),
        cmocka_unit_test(test_choice__is_sure_before_it_drops_words),
        cmocka_unit_test(test_choice__of_nothing_is_the_fixed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
