/* The kernels of layers at every level: softmax, layer normalisation and
 * activation functions against double precision, their gradients against the
 * derivative in closed form or finite differences, on buffers whose ends are
 * guarded. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guarded.h"
#include "kernel_levels.h"
#include "math/kernels.h"
#include "random_numbers.h"

static const sm_kernels *kernels; /* of the level under test */
static test_random random_state = {77};

enum { ROWS = 3, LONGEST = 300 };

static void for_each_level_and_size(void (*test)(size_t n))
{
    static const size_t longer[] = {64, 65, 100, 255, LONGEST};
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t n = 1; n <= 35; n++) test(n);
        for (size_t i = 0; i < 5; i++) test(longer[i]);
    }
}

static float *random_floats(size_t buffer, size_t n, double limit)
{
    float *const x = guarded_floats(buffer, n);
    test_random_floats(&random_state, limit, x, n);
    return x;
}

static void check_near(double got, double expected, double tolerance,
                       const char *what, size_t n)
{
    if (!(fabs(got - expected) <= tolerance))
        fail_msg("%s of %zu at level %s: %.9g, not %.9g", what, n,
                 kernels->name, got, expected);
}

/* ---- softmax ---- */

static void plain_softmax(size_t n, double scale, const float *x, double *p)
{
    double highest = x[0], sum = 0;
    for (size_t i = 1; i < n; i++) highest = fmax(highest, x[i]);
    for (size_t i = 0; i < n; i++) sum += p[i] = exp(scale * (x[i] - highest));
    for (size_t i = 0; i < n; i++) p[i] /= sum;
}

static void one_softmax(size_t n)
{
    static const double offsets[] = {0, 90, -500};
    for (size_t k = 0; k < 3; k++) {
        double expected[ROWS * LONGEST];
        float *const x = random_floats(0, ROWS * n, 6);
        for (size_t i = 0; i < ROWS * n; i++) x[i] += (float)offsets[k];
        for (size_t r = 0; r < ROWS; r++)
            plain_softmax(n, 0.7, x + r * n, expected + r * n);
        float *const alone = guarded_copy(1, x + n, n);
        kernels->softmax(ROWS, n, 0.7f, x);
        for (size_t i = 0; i < ROWS * n; i++)
            check_near(x[i], expected[i], 1e-6 * expected[i] + 1e-9, "softmax",
                       n);
        kernels->softmax(1, n, 0.7f, alone);
        assert_memory_equal(alone, x + n, n * sizeof *x);
    }
}

static void one_softmax_gradient(size_t n)
{
    double p[LONGEST], mean = 0;
    const float *const x = random_floats(2, n, 4);
    float *const own = random_floats(0, n, 4);
    float *const g = random_floats(1, n, 1);
    double before[LONGEST];
    plain_softmax(n, 0.3, x, p);
    for (size_t i = 0; i < n; i++) own[i] = (float)p[i], before[i] = g[i];
    for (size_t i = 0; i < n; i++) mean += p[i] * before[i];
    kernels->softmax_gradient(1, n, 0.3f, own, g);
    for (size_t i = 0; i < n; i++)
        check_near(g[i], 0.3 * p[i] * (before[i] - mean), 3e-7,
                   "softmax's gradient", n);
}

static void test_softmax__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_softmax);
    for_each_level_and_size(one_softmax_gradient);
}

/* ---- layer normalisation ---- */

/* Returns the sum of weights * y, and y where it is not NULL. */
static double plain_norm(size_t n, const double *x, const double *gamma,
                         const double *beta, double epsilon,
                         const float *weights, double *y)
{
    double mean = 0, variance = 0, sum = 0;
    for (size_t i = 0; i < n; i++) mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        variance += (x[i] - mean) * (x[i] - mean) / (double)n;
    for (size_t i = 0; i < n; i++) {
        double const z = (x[i] - mean) / sqrt(variance + epsilon);
        if (y) y[i] = gamma[i] * z + beta[i];
        sum += weights[i] * (gamma[i] * z + beta[i]);
    }
    return sum;
}

typedef struct norm_case {
    float *x, *gamma, *beta, *weights; /* [ROWS][n], [n], [n], [ROWS][n] */
    double x2[ROWS * LONGEST], gamma2[LONGEST], beta2[LONGEST];
} norm_case;

static double norm_loss(const norm_case *c, size_t n, double epsilon)
{
    double sum = 0;
    for (size_t r = 0; r < ROWS; r++)
        sum += plain_norm(n, c->x2 + r * n, c->gamma2, c->beta2, epsilon,
                          c->weights + r * n, NULL);
    return sum;
}

static double norm_difference(const norm_case *c, size_t n, double epsilon,
                              double *at)
{
    double const value = *at, h = 1e-6;
    *at = value + h;
    double const above = norm_loss(c, n, epsilon);
    *at = value - h;
    double const below = norm_loss(c, n, epsilon);
    *at = value;
    return (above - below) / (2 * h);
}

static norm_case make_norm_case(size_t n)
{
    norm_case c = {random_floats(0, ROWS * n, 2),
                   random_floats(1, n, 1),
                   random_floats(2, n, 1),
                   random_floats(3, ROWS * n, 1),
                   {0},
                   {0},
                   {0}};
    for (size_t i = 0; i < ROWS * n; i++) c.x2[i] = c.x[i] += 3;
    for (size_t i = 0; i < n; i++) {
        c.gamma2[i] = c.gamma[i];
        c.beta2[i] = c.beta[i];
    }
    return c;
}

static void one_norm(size_t n)
{
    double const epsilon = 1e-3;
    norm_case c = make_norm_case(n);
    double expected[LONGEST];
    float *const normalised = guarded_floats(4, ROWS * n);
    float *const inverse = guarded_floats(5, ROWS);
    float *const y = guarded_floats(6, ROWS * n);
    kernels->layer_norm(ROWS, n, c.x, c.gamma, c.beta, (float)epsilon,
                        normalised, inverse, y);
    for (size_t r = 0; r < ROWS; r++) {
        plain_norm(n, c.x2 + r * n, c.gamma2, c.beta2, epsilon, c.weights,
                   expected);
        for (size_t i = 0; i < n; i++)
            check_near(y[r * n + i], expected[i], 2e-5, "layer norm", n);
    }
    /* in place, alone, and keeping nothing: the same bits */
    kernels->layer_norm(1, n, c.x + n, c.gamma, c.beta, (float)epsilon, NULL,
                        NULL, c.x + n);
    assert_memory_equal(c.x + n, y + n, n * sizeof *y);

    float *const gradient = guarded_copy(0, c.weights, ROWS * n);
    float *const dgamma = memset(guarded_floats(6, n), 0, n * sizeof(float));
    float *const dbeta = memset(guarded_floats(7, n), 0, n * sizeof(float));
    kernels->layer_norm_gradient(ROWS, n, c.gamma, normalised, inverse,
                                 gradient, dgamma, dbeta);
    for (size_t i = 0; i < n; i++) {
        check_near(dgamma[i], norm_difference(&c, n, epsilon, &c.gamma2[i]),
                   3e-5, "gamma's gradient", n);
        check_near(dbeta[i], norm_difference(&c, n, epsilon, &c.beta2[i]), 3e-6,
                   "beta's gradient", n);
    }
    for (size_t i = 0; i < ROWS * n; i++) {
        double const slope = norm_difference(&c, n, epsilon, &c.x2[i]);
        check_near(gradient[i], slope, 2e-4 * (fabs(slope) + 1), "gradient", n);
    }
}

static void test_layer_norm__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_norm);
}

static void test_layer_norm__of_equal_numbers_is_beta(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        float const x[] = {5, 5, 5, 5, 5}, gamma[] = {1, 2, 3, 4, 5};
        float const beta[] = {1, 0, -1, 0.5f, 7};
        float y[5];
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        kernels->layer_norm(1, 5, x, gamma, beta, 1e-12f, NULL, NULL, y);
        assert_memory_equal(y, beta, sizeof y);
    }
}

/* ---- activation functions ---- */

static double plain_activation(int32_t kind, double x)
{
    double const pi = 3.14159265358979323846;
    switch (kind) {
    case SIAMESE_ACTIVATION_RELU:
        return x > 0 ? x : 0;
    case SIAMESE_ACTIVATION_TANH:
        return tanh(x);
    case SIAMESE_ACTIVATION_GELU:
        return x * erfc(-x / sqrt(2)) / 2;
    case SIAMESE_ACTIVATION_GELU_TANH:
        return x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)));
    default:
        return x;
    }
}

enum {
    FIRST_KIND = SIAMESE_ACTIVATION_NONE,
    LAST_KIND = SIAMESE_ACTIVATION_GELU_TANH
};

static void one_activation(size_t n)
{
    for (int32_t kind = FIRST_KIND; kind <= LAST_KIND; kind++) {
        const float *const x = random_floats(0, n, 7);
        float *const y = guarded_floats(1, n);
        float *const g = random_floats(2, n, 1);
        const float *const before = guarded_copy(3, g, n);
        kernels->activate(kind, n, x, y);
        kernels->activate_gradient(kind, n, x, g);
        for (size_t i = 0; i < n; i++) {
            double const h = 1e-6, at = x[i];
            double const slope = (plain_activation(kind, at + h) -
                                  plain_activation(kind, at - h)) /
                                 (2 * h);
            check_near(y[i], plain_activation(kind, at), 5e-7 * (1 + fabs(at)),
                       "activation", n);
            /* tanh's 3.5e-7 counts x inner' times in the last kind */
            check_near(g[i], before[i] * slope,
                       kind == SIAMESE_ACTIVATION_GELU_TANH ? 1e-5 : 3e-6,
                       "its gradient", n);
        }
        float *const in_place = guarded_copy(2, x, n);
        kernels->activate(kind, n, in_place, in_place);
        assert_memory_equal(in_place, y, n * sizeof *y);
    }
}

static void test_activation__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_activation);
}

/* What is stated in kernels_layers_impl.h of erf, seen through GELU. */
static void test_activation__gelu_is_close_everywhere(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (int32_t i = -200000; i <= 200000; i++) {
            float const x = (float)i * 5e-5f;
            float y;
            kernels->activate(SIAMESE_ACTIVATION_GELU, 1, &x, &y);
            /* x Phi(x): half of erf's error, and the last rounding */
            check_near(y, plain_activation(SIAMESE_ACTIVATION_GELU, x),
                       fabs((double)x) * 2.5e-7, "gelu at", 1);
        }
    }
}

static void test_activation__of_large_and_odd_numbers(void **state)
{
    static const float x[] = {-1e30f, -100, -0.0f, 0, 100, 1e30f};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        float y[6], g[6] = {1, 1, 1, 1, 1, 1};
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        kernels->activate(SIAMESE_ACTIVATION_GELU, 6, x, y);
        for (size_t i = 0; i < 6; i++) assert_true(y[i] == (x[i] > 0) * x[i]);
        kernels->activate_gradient(SIAMESE_ACTIVATION_RELU, 6, x, g);
        for (size_t i = 0; i < 6; i++) assert_true(g[i] == (x[i] > 0));
        for (int32_t kind = FIRST_KIND; kind <= LAST_KIND; kind++) {
            float nan[2] = {NAN, 1};
            kernels->activate(kind, 2, nan, nan);
            assert_true(isnan(nan[0]) && !isnan(nan[1]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_softmax__equals_double_precision),
        cmocka_unit_test(test_layer_norm__equals_double_precision),
        cmocka_unit_test(test_layer_norm__of_equal_numbers_is_beta),
        cmocka_unit_test(test_activation__equals_double_precision),
        cmocka_unit_test(test_activation__gelu_is_close_everywhere),
        cmocka_unit_test(test_activation__of_large_and_odd_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
