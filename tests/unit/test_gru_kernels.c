/* The GRU step's kernels of every level: gates and states against double
 * precision, on buffers whose ends are guarded. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guarded.h"
#include "kernel_levels.h"
#include "math/kernels.h"
#include "random_numbers.h"

static const sm_kernels *kernels;
static test_random random_state = {8};

static float *random_floats(size_t buffer, size_t n, double limit)
{
    float *const x = guarded_floats(buffer, n);
    test_random_floats(&random_state, limit, x, n);
    return x;
}

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

static void check_near(double got, double expected, double tolerance,
                       const char *what)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%s at level %s: %.9g, not %.9g", what, kernels->name, got,
                 expected);
}

static const size_t unit_sizes[] = {8, 16, 24, 32, 40, 48, 104};
static const size_t row_sizes[] = {1, 2, 3, 7};

static void for_each_shape(void (*test)(size_t rows, size_t units))
{
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t u = 0; u < 7; u++)
            for (size_t r = 0; r < 4; r++) test(row_sizes[r], unit_sizes[u]);
    }
}

static void one_forward(size_t rows, size_t units)
{
    size_t const n = rows * units;
    float *const gates = random_floats(0, 4 * n, 5);
    const float *const before = random_floats(1, n, 1);
    float *const h = random_floats(2, n, 1);
    const float *const s = guarded_copy(3, gates, 4 * n);
    kernels->gru_forward(rows, units, gates, before, h);
    for (size_t at = 0; at < n; at++) {
        size_t const first = at / units * 4 * units + at % units;
        double const z = sigmoid(s[first]), r = sigmoid(s[first + units]);
        double const g =
            tanh(s[first + 2 * units] + r * (double)s[first + 3 * units]);
        check_near(gates[first], z, 4e-7, "z");
        check_near(gates[first + units], r, 4e-7, "r");
        check_near(gates[first + 2 * units], g, 2e-6, "g");
        assert_true(gates[first + 3 * units] == s[first + 3 * units]);
        check_near(h[at], z * before[at] + (1 - z) * g, 3e-6, "h");
    }
    /* the state may be updated in place, and a row stands alone */
    for (size_t r = 0; r < rows; r++) {
        float *const one = guarded_copy(4, s + r * 4 * units, 4 * units);
        float *const in_place = guarded_copy(5, before + r * units, units);
        kernels->gru_forward(1, units, one, in_place, in_place);
        assert_memory_equal(one, gates + r * 4 * units, 16 * units);
        assert_memory_equal(in_place, h + r * units, 4 * units);
    }
}

static void test_gru_forward__equals_double_precision(void **state)
{
    (void)state;
    for_each_shape(one_forward);
}

/* L = dh h' as a function of the four sums and of h. */
static double step_loss(const double s[4], double h, double dh)
{
    double const z = sigmoid(s[0]);
    return dh * (z * h + (1 - z) * tanh(s[2] + sigmoid(s[1]) * s[3]));
}

static void one_backward(size_t rows, size_t units)
{
    size_t const n = rows * units;
    float *const gates = random_floats(0, 4 * n, 2);
    const float *const s = guarded_copy(1, gates, 4 * n);
    const float *const before = random_floats(2, n, 1);
    float *const h = guarded_floats(3, n);
    float *const dh = random_floats(4, n, 1);
    const float *const dh_after = guarded_copy(5, dh, n);
    kernels->gru_forward(rows, units, gates, before, h);
    kernels->gru_backward(rows, units, gates, before, dh);
    double const step = 1e-5;
    for (size_t at = 0; at < n; at++) {
        size_t const first = at / units * 4 * units + at % units;
        double x[4];
        for (size_t k = 0; k < 4; k++) x[k] = s[first + k * units];
        for (size_t k = 0; k < 4; k++) {
            double const middle = x[k];
            x[k] = middle + step;
            double const above = step_loss(x, before[at], dh_after[at]);
            x[k] = middle - step;
            double const below = step_loss(x, before[at], dh_after[at]);
            x[k] = middle;
            check_near(gates[first + k * units], (above - below) / (2 * step),
                       3e-6, "ds");
        }
        check_near(dh[at],
                   (step_loss(x, before[at] + step, dh_after[at]) -
                    step_loss(x, before[at] - step, dh_after[at])) /
                       (2 * step),
                   3e-6, "dh");
    }
}

static void test_gru_backward__equals_finite_differences(void **state)
{
    (void)state;
    for_each_shape(one_backward);
}

static void one_padding(size_t rows, size_t units)
{
    size_t const n = rows * units;
    float *const gates = memset(guarded_floats(0, 4 * n), 0, 16 * n);
    float *const before = memset(guarded_floats(1, n), 0, 4 * n);
    float *const h = guarded_floats(2, n);
    float *const dh = memset(guarded_floats(3, n), 0, 4 * n);
    kernels->gru_forward(rows, units, gates, before, h);
    for (size_t i = 0; i < n; i++) assert_true(h[i] == 0);
    kernels->gru_backward(rows, units, gates, before, dh);
    for (size_t i = 0; i < n; i++) assert_true(dh[i] == 0);
    for (size_t i = 0; i < 4 * n; i++) assert_true(gates[i] == 0);
}

/* Units that only pad have sums of 0: they must not come alive. */
static void test_gru__of_nothing_is_nothing(void **state)
{
    (void)state;
    for_each_shape(one_padding);
}

static void one_nan(size_t rows, size_t units)
{
    size_t const n = rows * units, gate = test_random_below(&random_state, 4);
    size_t const bad = test_random_below(&random_state, n);
    float *const gates = random_floats(0, 4 * n, 2);
    float *const h = random_floats(1, n, 1);
    gates[bad / units * 4 * units + gate * units + bad % units] = NAN;
    kernels->gru_forward(rows, units, gates, h, h);
    for (size_t i = 0; i < n; i++) assert_int_equal(isnan(h[i]) != 0, i == bad);
}

static void test_gru__nan_stays_and_stays_where_it_is(void **state)
{
    (void)state;
    for_each_shape(one_nan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gru_forward__equals_double_precision),
        cmocka_unit_test(test_gru_backward__equals_finite_differences),
        cmocka_unit_test(test_gru__of_nothing_is_nothing),
        cmocka_unit_test(test_gru__nan_stays_and_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
