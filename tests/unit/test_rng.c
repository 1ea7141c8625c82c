/* Random numbers: the published generators' own first outputs, and the laws the
 * derived ones must follow. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/rng.h"

static void test_rng__is_xoshiro256plusplus(void **state)
{
    /* its reference implementation, from the state 1, 2, 3, 4 */
    static const uint64_t expected[] = {UINT64_C(41943041),
                                        UINT64_C(58720359),
                                        UINT64_C(3588806011781223),
                                        UINT64_C(3591011842654386),
                                        UINT64_C(9228616714210784205),
                                        UINT64_C(9973669472204895162),
                                        UINT64_C(14011001112246962877),
                                        UINT64_C(12406186145184390807),
                                        UINT64_C(15849039046786891736),
                                        UINT64_C(10450023813501588000)};
    sm_rng rng = {{1, 2, 3, 4}};
    (void)state;
    for (size_t i = 0; i < 10; i++)
        assert_true(sm_rng_next(&rng) == expected[i]);
}

/* State j is splitmix64's output j from splitmix64(seed) ^ stream, worked out
 * by a program in another language. */
static void test_rng__is_seeded_through_splitmix64(void **state)
{
    static const struct {
        uint64_t seed, stream, state[4], next[3];
    } cases[] = {
        {0,
         0,
         {0xa706dd2f4d197e6f, 0xb382a305f4414f5e, 0x631a9154fbabf717,
          0xa80aba8c86640906},
         {0x84f09bf307c1073a, 0xc82ffb597ceee51b, 0xadf96905c5df4417}},
        {1,
         1,
         {0xe9fd6049d65af21e, 0xc51e9aa03802868b, 0xf51621f8179d6256,
          0x484b90fcf1d24019},
         {0x8d6176e2f1f41696, 0x4488d4fc02c8f1e9, 0xf2c0ec18a408301}},
        {UINT64_MAX,
         5,
         {0x3562133a936c2870, 0x8960b84bc4094e8e, 0xc388b0c7e924c4be,
          0xdb8e67e38055c000},
         {0xc46bf42ecb74a0ad, 0xdfe65f6a9c2d5649, 0x2c6d7e362813a482}},
    };
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sm_rng rng;
        sm_rng_init(&rng, cases[i].seed, cases[i].stream);
        assert_memory_equal(rng.state, cases[i].state, sizeof rng.state);
        for (size_t j = 0; j < 3; j++)
            assert_true(sm_rng_next(&rng) == cases[i].next[j]);
    }
}

/* Chi-square of n draws over `bound` cells: mean bound - 1, variance twice
 * it. */
static void test_below__is_uniform(void **state)
{
    static const size_t bounds[] = {1, 2, 3, 10, 257, 1000};
    enum { DRAWS = 200000 };
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 42, 0);
    for (size_t i = 0; i < 6; i++) {
        size_t counts[1000] = {0};
        double const expected = (double)DRAWS / (double)bounds[i];
        double chi = 0, freedom = (double)bounds[i] - 1;
        for (size_t d = 0; d < DRAWS; d++) {
            uint64_t const draw = sm_rng_below(&rng, bounds[i]);
            assert_true(draw < bounds[i]);
            counts[draw]++;
        }
        for (size_t c = 0; c < bounds[i]; c++)
            chi += pow((double)counts[c] - expected, 2) / expected;
        assert_true(fabs(chi - freedom) <= 5 * sqrt(2 * freedom));
    }
}

/* A bound just above 2^63 would show a modulus: the lower half twice as
 * often. */
static void test_below__has_no_bias_at_large_bounds(void **state)
{
    uint64_t const bound = (UINT64_C(1) << 63) + (UINT64_C(1) << 62);
    size_t low = 0;
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 43, 0);
    for (size_t i = 0; i < 30000; i++) {
        uint64_t const draw = sm_rng_below(&rng, bound);
        assert_true(draw < bound);
        low += draw < bound / 3;
    }
    /* 10000 expected; a modulus without rejection gives 15000 */
    assert_true(fabs((double)low - 10000) < 5 * sqrt(30000.0 * 2 / 9));
}

static void test_uniform__fills_zero_to_one(void **state)
{
    double sum = 0, squares = 0, lowest = 1, highest = 0;
    size_t const n = 100000;
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 44, 0);
    for (size_t i = 0; i < n; i++) {
        double const x = sm_rng_uniform(&rng);
        assert_true(x >= 0 && x < 1);
        sum += x;
        squares += x * x;
        lowest = fmin(lowest, x);
        highest = fmax(highest, x);
    }
    assert_true(fabs(sum / (double)n - 0.5) < 5 * sqrt(1.0 / 12 / (double)n));
    assert_true(fabs(squares / (double)n - 1.0 / 3) <
                5 * sqrt(4.0 / 45 / (double)n));
    assert_true(lowest < 1e-4 && highest > 1 - 1e-4);
}

/* Moments 0, 1, 0, 3 of the standard normal. */
static void test_normal__has_the_moments_of_one(void **state)
{
    double moments[4] = {0, 0, 0, 0};
    size_t const n = 200000;
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 45, 0);
    for (size_t i = 0; i < n; i++) {
        double const x = sm_rng_normal(&rng);
        for (int k = 0; k < 4; k++) moments[k] += pow(x, k + 1) / (double)n;
    }
    double const root = sqrt((double)n);
    assert_true(fabs(moments[0]) < 5 * 1 / root);
    assert_true(fabs(moments[1] - 1) < 5 * sqrt(2) / root);
    assert_true(fabs(moments[2]) < 5 * sqrt(15) / root);
    assert_true(fabs(moments[3] - 3) < 5 * sqrt(96) / root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rng__is_xoshiro256plusplus),
        cmocka_unit_test(test_rng__is_seeded_through_splitmix64),
        cmocka_unit_test(test_below__is_uniform),
        cmocka_unit_test(test_below__has_no_bias_at_large_bounds),
        cmocka_unit_test(test_uniform__fills_zero_to_one),
        cmocka_unit_test(test_normal__has_the_moments_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
