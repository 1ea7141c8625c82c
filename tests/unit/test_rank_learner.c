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

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learner__finds_what_the_lists_were_made_by),
        cmocka_unit_test(
            test_learner__confidence_is_the_share_of_relevant_hits),
        cmocka_unit_test(test_learner__few_lists_move_it_little),
        cmocka_unit_test(test_learner__of_nothing_is_the_fixed_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
