/* The LSTM step's kernels of every level: gates and states against double
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
static test_random random_state = {7};

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

/* ---- the activations ---- */

/* One row of 8 units: gate i is sigmoid(z), gate c is tanh(z). */
static void activations(const float z[8], float sigmoids[8], float tanhs[8])
{
    float gates[32] = {0}, c[8] = {0}, h[8];
    memcpy(gates, z, 8 * sizeof *z);
    memcpy(gates + 16, z, 8 * sizeof *z);
    kernels->lstm_forward(1, 8, gates, c, c, h);
    memcpy(sigmoids, gates, 8 * sizeof *z);
    memcpy(tanhs, gates + 16, 8 * sizeof *z);
}

static void test_activations__are_within_their_bounds(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (int start = -20000; start < 20000; start += 8) {
            float z[8], s[8], t[8];
            for (int i = 0; i < 8; i++) z[i] = (float)(start + i) * 1e-3f;
            activations(z, s, t);
            for (int i = 0; i < 8; i++) {
                check_near(s[i], sigmoid(z[i]), 2.5e-7, "sigmoid");
                check_near(t[i], tanh(z[i]), 3.5e-7, "tanh");
                assert_true(s[i] >= 0 && s[i] <= 1 && fabsf(t[i]) <= 1);
                /* small numbers keep their relative precision */
                check_near(t[i], tanh(z[i]), 5e-7 * fabs(tanh(z[i])), "tanh");
            }
        }
    }
}

static void test_activations__of_extremes_and_nan(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        float const z[8] = {INFINITY, -INFINITY, 3e38f, -3e38f,
                            NAN,      0,         -0.0f, 1e-40f};
        float s[8], t[8];
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        activations(z, s, t);
        for (size_t i = 0; i < 4; i++) {
            check_near(t[i], i % 2 ? -1 : 1, 3.5e-7, "tanh");
            check_near(s[i], i % 2 ? 0 : 1, 2.5e-7, "sigmoid");
        }
        assert_true(isnan(t[4]) && isnan(s[4]));
        assert_true(t[5] == 0 && t[6] == 0 && signbit(t[6]));
        assert_true(s[5] == 0.5f && s[6] == 0.5f && s[7] == 0.5f);
    }
}

/* ---- the step ---- */

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
    const float *const before = random_floats(1, n, 2);
    float *const c = random_floats(2, n, 1), *const h = random_floats(3, n, 1);
    const float *const z = guarded_copy(4, gates, 4 * n);
    kernels->lstm_forward(rows, units, gates, before, c, h);
    for (size_t at = 0; at < n; at++) {
        size_t const first = at / units * 4 * units + at % units;
        double const i = sigmoid(z[first]), f = sigmoid(z[first + units]);
        double const g = tanh(z[first + 2 * units]);
        double const o = sigmoid(z[first + 3 * units]);
        double const state = f * before[at] + i * g;
        check_near(gates[first], i, 4e-7, "i");
        check_near(gates[first + units], f, 4e-7, "f");
        check_near(gates[first + 2 * units], g, 4e-7, "g");
        check_near(gates[first + 3 * units], o, 4e-7, "o");
        check_near(c[at], state, 2e-6, "c");
        check_near(h[at], o * tanh(state), 2e-6, "h");
    }
    /* the state may be updated in place, and a row stands alone */
    for (size_t r = 0; r < rows; r++) {
        float *const one = guarded_copy(5, z + r * 4 * units, 4 * units);
        float *const in_place = guarded_copy(6, before + r * units, units);
        float *const out = guarded_floats(7, units);
        kernels->lstm_forward(1, units, one, in_place, in_place, out);
        assert_memory_equal(one, gates + r * 4 * units, 16 * units);
        assert_memory_equal(in_place, c + r * units, 4 * units);
        assert_memory_equal(out, h + r * units, 4 * units);
    }
}

static void test_lstm_forward__equals_double_precision(void **state)
{
    (void)state;
    for_each_shape(one_forward);
}

/* L = sum dh h' + dc c' as a function of the four gates' z and of c. */
static double step_loss(const double z[4], double c, double dh, double dc)
{
    double const after = sigmoid(z[1]) * c + sigmoid(z[0]) * tanh(z[2]);
    return dh * sigmoid(z[3]) * tanh(after) + dc * after;
}

static void one_backward(size_t rows, size_t units)
{
    size_t const n = rows * units;
    float *const gates = random_floats(0, 4 * n, 3);
    const float *const z = guarded_copy(1, gates, 4 * n);
    const float *const before = random_floats(2, n, 2);
    float *const c = guarded_floats(3, n), *const h = guarded_floats(4, n);
    const float *const dh = random_floats(5, n, 1);
    float *const dc = random_floats(6, n, 1);
    const float *const dc_after = guarded_copy(7, dc, n);
    kernels->lstm_forward(rows, units, gates, before, c, h);
    kernels->lstm_backward(rows, units, gates, before, c, dh, dc);
    double const step = 1e-5;
    for (size_t at = 0; at < n; at++) {
        size_t const first = at / units * 4 * units + at % units;
        double x[4];
        for (size_t k = 0; k < 4; k++) x[k] = z[first + k * units];
        for (size_t k = 0; k < 4; k++) {
            double const middle = x[k];
            x[k] = middle + step;
            double const above = step_loss(x, before[at], dh[at], dc_after[at]);
            x[k] = middle - step;
            double const below = step_loss(x, before[at], dh[at], dc_after[at]);
            x[k] = middle;
            check_near(gates[first + k * units], (above - below) / (2 * step),
                       3e-6, "dz");
        }
        check_near(dc[at],
                   (step_loss(x, before[at] + step, dh[at], dc_after[at]) -
                    step_loss(x, before[at] - step, dh[at], dc_after[at])) /
                       (2 * step),
                   3e-6, "dc");
    }
}

static void test_lstm_backward__equals_finite_differences(void **state)
{
    (void)state;
    for_each_shape(one_backward);
}

static void one_padding(size_t rows, size_t units)
{
    size_t const n = rows * units;
    float *const gates = memset(guarded_floats(0, 4 * n), 0, 16 * n);
    float *const before = memset(guarded_floats(1, n), 0, 4 * n);
    float *const c = guarded_floats(2, n), *const h = guarded_floats(3, n);
    float *const dc = memset(guarded_floats(4, n), 0, 4 * n);
    kernels->lstm_forward(rows, units, gates, before, c, h);
    for (size_t i = 0; i < n; i++) assert_true(c[i] == 0 && h[i] == 0);
    kernels->lstm_backward(rows, units, gates, before, c, before, dc);
    for (size_t i = 0; i < n; i++) assert_true(dc[i] == 0);
    for (size_t i = 0; i < 4 * n; i++) assert_true(gates[i] == 0);
}

/* Units that only pad have z = 0: they must not come alive. */
static void test_lstm__of_nothing_is_nothing(void **state)
{
    (void)state;
    for_each_shape(one_padding);
}

static void one_nan(size_t rows, size_t units)
{
    size_t const n = rows * units, gate = test_random_below(&random_state, 4);
    size_t const bad = test_random_below(&random_state, n);
    float *const gates = random_floats(0, 4 * n, 2);
    float *const c = random_floats(1, n, 1), *const h = guarded_floats(2, n);
    gates[bad / units * 4 * units + gate * units + bad % units] = NAN;
    kernels->lstm_forward(rows, units, gates, c, c, h);
    for (size_t i = 0; i < n; i++) assert_int_equal(isnan(h[i]) != 0, i == bad);
}

static void test_lstm__nan_stays_and_stays_where_it_is(void **state)
{
    (void)state;
    for_each_shape(one_nan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_activations__are_within_their_bounds),
        cmocka_unit_test(test_activations__of_extremes_and_nan),
        cmocka_unit_test(test_lstm_forward__equals_double_precision),
        cmocka_unit_test(test_lstm_backward__equals_finite_differences),
        cmocka_unit_test(test_lstm__of_nothing_is_nothing),
        cmocka_unit_test(test_lstm__nan_stays_and_stays_where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
