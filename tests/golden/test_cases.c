/* The few golden vectors of tests/data, and the norms that measure them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "golden/support/golden_cases.h"
#include "golden/support/golden_files.h"

/* ---- the vectors ---- */

static void print_if_bad(void *user, const golden_result *result)
{
    (void)user;
    if (result->skipped)
        print_error("%s %s: skipped: %s\n", result->name, result->check,
                    result->skipped);
    else if (!(result->error <= result->tolerance))
        print_error("%s %s: error %g, tolerance %g%s%s\n", result->name,
                    result->check, result->error, result->tolerance,
                    result->failed ? ": " : "",
                    result->failed ? result->failed : "");
}

static void test_golden__each_check_is_within_its_tolerance(void **state)
{
    golden_report report = {.result = print_if_bad};
    const char *const data = getenv("SIAMESE_TEST_DATA");
    (void)state;
    char *const folder = golden_path(data ? data : "tests/data", "golden");
    assert_true(golden_run_all(&report, folder) >= 2);
    free(folder);
    assert_true(report.checks >= 50);
    assert_int_equal(report.failures, 0);
    assert_int_equal(report.skipped, 0);
}

/* ---- the norms ---- */

static void test_norms__are_those_of_the_tolerances(void **state)
{
    static const float got[] = {1, 2, 3.5f};
    static const double wanted[] = {1, 2, 3}, base[] = {1, 0, 3};
    (void)state;
    golden_norm const gradient = golden_difference(got, wanted, NULL, 3);
    assert_true(gradient.error == 0.25 && gradient.size == 14);
    golden_norm const change = golden_difference(got, wanted, base, 3);
    assert_true(golden_relative(change) == 0.25);
    golden_norm const both = golden_norm_sum(gradient, change);
    assert_true(both.error == 0.5 && both.size == 18);
    assert_true(golden_relative(golden_difference(got, base, base, 2)) == 2);
}

static void
test_norms__leave_out_rows_that_keras_has_no_number_for(void **state)
{
    static const float got[] = {1, 2, 5, 5, 1, 1};
    double const wanted[] = {1, 2.5, NAN, NAN, 1, 1.25};
    float const lost[] = {1, NAN};
    (void)state;
    assert_true(golden_largest(got, wanted, 3, 2) == 0.5);
    assert_true(isinf(golden_largest(lost, wanted, 1, 2)));
}

static void count_result(void *user, const golden_result *result)
{
    (void)result;
    ++*(int *)user;
}

static void test_report__tells_failures_from_skips(void **state)
{
    int results = 0;
    golden_report report = {count_result, &results, "case", 0, 0, 0};
    (void)state;
    golden_compared(&report, "a", 1e-7, 1e-6);
    golden_compared(&report, "b", 1e-6, 1e-6);
    golden_exact(&report, "c", 1);
    assert_int_equal(report.failures, 0);
    golden_compared(&report, "d", 2e-6, 1e-6);
    golden_compared(&report, "e", NAN, 1e-6);
    golden_exact(&report, "f", 0);
    golden_failed(&report, "g", "no answer");
    assert_int_equal(report.failures, 4);
    assert_int_equal(report.checks, 7);
    golden_skipped(&report, "h", "not yet");
    assert_int_equal(report.skipped, 1);
    assert_int_equal(report.checks, 7);
    assert_int_equal(results, 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden__each_check_is_within_its_tolerance),
        cmocka_unit_test(test_norms__are_those_of_the_tolerances),
        cmocka_unit_test(
            test_norms__leave_out_rows_that_keras_has_no_number_for),
        cmocka_unit_test(test_report__tells_failures_from_skips),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
