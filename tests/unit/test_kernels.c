/* The kernels of every level that this processor has, on buffers whose ends are
 * guarded: values against double precision, bits against their place. */
#include <float.h>
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
#include "math/cpu.h"
#include "math/gemm.h"
#include "math/kernels.h"
#include "random_numbers.h"

enum { LONGEST = 70 };

static const sm_kernels *kernels; /* of the level under test */
static test_random random_state = {2024};

/* Calls test(n) for n = 1 .. LONGEST and some longer, at each level. */
static void for_each_level_and_size(void (*test)(size_t n))
{
    static const size_t longer[] = {127, 128, 129, 255, 300, 1000};
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        assert_int_equal(kernels->level, level);
        for (size_t n = 1; n <= LONGEST; n++) test(n);
        for (size_t i = 0; i < 6; i++) test(longer[i]);
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

/* ---- vectors ---- */

static void one_dot(size_t n)
{
    const float *const a = random_floats(0, n, 1);
    const float *const b = random_floats(1, n, 1);
    double dot = 0, size = 0;
    for (size_t i = 0; i < n; i++) {
        dot += (double)a[i] * b[i];
        size += fabs((double)a[i] * b[i]);
    }
    check_near(kernels->dot(a, b, n), dot, 2e-7 * size, "dot", n);
    /* the same bits wherever the vectors stand */
    const float *const a2 = guarded_copy(2, a, n + 0);
    float *const b2 = guarded_floats(3, n + 3);
    memcpy(b2, b, n * sizeof *b);
    assert_true(kernels->dot(a, b, n) == kernels->dot(a2, b2, n));
}

static void test_dot__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_dot);
    assert_true(kernels->dot(NULL, NULL, 0) == 0);
}

static void one_add(size_t n)
{
    const float *const x = random_floats(0, n, 1);
    float *const y = random_floats(1, n, 1);
    const float *const before = guarded_copy(2, y, n);
    kernels->add(n, x, y);
    for (size_t i = 0; i < n; i++) assert_true(y[i] == before[i] + x[i]);
    kernels->scale(n, 0.3f, y);
    for (size_t i = 0; i < n; i++)
        assert_true(y[i] == (before[i] + x[i]) * 0.3f);
}

static void test_add__and_scale_are_exact(void **state)
{
    (void)state;
    for_each_level_and_size(one_add);
}

static void one_maximum(size_t n)
{
    float *const x = random_floats(0, n, 1);
    size_t const place = test_random_below(&random_state, n);
    float highest = x[0];
    for (size_t i = 1; i < n; i++)
        if (x[i] > highest) highest = x[i];
    assert_true(kernels->maximum(n, x) == highest);
    x[place] = INFINITY;
    assert_true(kernels->maximum(n, x) == INFINITY);
    x[place] = -INFINITY;
    for (size_t i = 0, first = 1; i < n; i++)
        if (i != place && (first || x[i] > highest)) highest = x[i], first = 0;
    assert_true(kernels->maximum(n, x) == (n == 1 ? -INFINITY : highest));
    x[place] = NAN;
    assert_true(isnan(kernels->maximum(n, x)));
    for (size_t i = 0; i < n; i++) x[i] = -INFINITY;
    assert_true(kernels->maximum(n, x) == -INFINITY);
}

static void test_maximum__sees_every_place_and_keeps_nan(void **state)
{
    (void)state;
    for_each_level_and_size(one_maximum);
}

static void one_count(size_t n)
{
    float *const x = random_floats(0, n, 2);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) x[i] = roundf(x[i] * 2) / 2; /* with ties */
    for (size_t i = 0; i < n; i++) count += x[i] > 0.5f;
    assert_int_equal(kernels->count_greater(n, x, 0.5f), count);
    assert_int_equal(kernels->count_greater(n, x, NAN), 0);
    assert_int_equal(kernels->count_greater(n, x, -9), n);
    x[n - 1] = NAN;
    assert_int_equal(kernels->count_greater(n, x, -9), n - 1);
}

static void test_count_greater__counts_strictly(void **state)
{
    (void)state;
    for_each_level_and_size(one_count);
}

static void one_exp_sum(size_t n)
{
    float *const x = random_floats(0, n, 40);
    const float *const before = guarded_copy(1, x, n);
    float const shift = 40;
    double sum = 0;
    double const got = kernels->exp_sum(n, shift, x);
    for (size_t i = 0; i < n; i++) {
        double const expected = exp((double)(before[i] - shift));
        check_near(x[i], expected, 2.0 * FLT_EPSILON * expected, "exp", n);
        sum += expected;
    }
    check_near(got, sum, 1e-6 * sum, "exp_sum", n);
    memcpy(x, before, n * sizeof *x);
    assert_true(kernels->exp_sum(n, shift, x) == got);
}

static void test_exp_sum__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_exp_sum);
}

/* All of [-87, 88] in steps of 1e-3: within 2 ulp; below it next to nothing. */
static void test_exp__is_within_two_ulp(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (int start = -87000; start < 88000; start += 1000) {
            float x[1000];
            for (int i = 0; i < 1000; i++) x[i] = (float)(start + i) * 1e-3f;
            kernels->exp_sum(1000, 0, x);
            for (int i = 0; i < 1000; i++) {
                double const expected =
                    exp((double)((float)(start + i) * 1e-3f));
                check_near(x[i], expected, 2.0 * FLT_EPSILON * expected, "exp",
                           (size_t)i);
            }
        }
        float low[] = {-88, -100, -1e30f, -FLT_MAX, -INFINITY, 0};
        kernels->exp_sum(6, 0, low);
        for (size_t i = 0; i < 5; i++)
            assert_true(low[i] >= 0 && low[i] < 1.3e-38f);
        assert_true(low[5] == 1);
    }
}

static void one_adam(size_t n)
{
    float *const value = random_floats(0, n, 1);
    const float *const gradient = random_floats(1, n, 1);
    float *const m = random_floats(2, n, 0.1);
    float *const v = random_floats(3, n, 0.1);
    float const alpha = 0.003f, rest1 = 0.1f, rest2 = 0.001f, epsilon = 1e-7f;
    for (size_t i = 0; i < n; i++) v[i] = fabsf(v[i]);
    const float *const value0 = guarded_copy(4, value, n);
    const float *const m0 = guarded_copy(5, m, n);
    const float *const v0 = guarded_copy(6, v, n);
    kernels->adam(n, value, gradient, m, v, alpha, rest1, rest2, epsilon);
    for (size_t i = 0; i < n; i++) {
        double const g = gradient[i];
        double const m1 = m0[i] + (g - m0[i]) * rest1;
        double const v1 = v0[i] + (g * g - v0[i]) * rest2;
        double const change = alpha * m1 / (sqrt(v1) + epsilon);
        check_near(m[i], m1, 2e-7, "m", n);
        check_near(v[i], v1, 2e-7 * v1, "v", n);
        check_near(value[i], value0[i] - change,
                   1.5e-7 * (1 + fabs(change) * 8), "value", n);
    }
}

static void test_adam__equals_double_precision(void **state)
{
    (void)state;
    for_each_level_and_size(one_adam);
}

/* ---- matrix products ---- */

typedef struct product {
    size_t m, n, k;
    int transposed, ragged; /* A; rows further apart than they are long */
    size_t a_row, a_column, ldb, ldc;
    const float *a, *b, *bias;
} product;

static product make_product(size_t m, size_t n, size_t k, int transposed,
                            int ragged)
{
    size_t const lda = (transposed ? m : k) + (ragged ? 3 : 0);
    product p = {.m = m, .n = n, .k = k, .transposed = transposed};
    p.a_row = transposed ? 1 : lda;
    p.a_column = transposed ? lda : 1;
    p.ldb = n + (ragged ? 5 : 0);
    p.ldc = n + (ragged ? 2 : 0);
    /* the last row ends with its last element */
    size_t const a_rows = transposed ? k : m;
    size_t const a_size =
        a_rows ? (a_rows - 1) * lda + (transposed ? m : k) : 0;
    p.a = random_floats(0, a_size, 1);
    p.b = random_floats(1, k ? (k - 1) * p.ldb + n : 0, 1);
    p.bias = random_floats(2, n, 1);
    return p;
}

static double element(const product *p, size_t i, size_t j, double *size)
{
    double sum = 0;
    *size = 0;
    for (size_t k = 0; k < p->k; k++) {
        double const x =
            (double)p->a[i * p->a_row + k * p->a_column] * p->b[k * p->ldb + j];
        sum += x;
        *size += fabs(x);
    }
    return sum;
}

static void run_product(const product *p, int variant, float *c)
{
    if (variant == 0)
        kernels->gemm(p->m, p->n, p->k, p->a, p->a_row, p->a_column, p->b,
                      p->ldb, c, p->ldc);
    else if (variant == 1)
        kernels->gemm_add(p->m, p->n, p->k, p->a, p->a_row, p->a_column, p->b,
                          p->ldb, c, p->ldc);
    else
        kernels->gemm_bias(p->m, p->n, p->k, p->a, p->a_row, p->a_column, p->b,
                           p->ldb, p->bias, c, p->ldc);
}

static void check_product(const product *p)
{
    size_t const size = (p->m - 1) * p->ldc + p->n;
    for (int variant = 0; variant < 3; variant++) {
        float *const c = random_floats(3, size, 1);
        const float *const before = guarded_copy(4, c, size);
        run_product(p, variant, c);
        for (size_t at = 0; at < size; at++) {
            size_t const i = at / p->ldc, j = at % p->ldc;
            if (j >= p->n) { /* between the rows: untouched */
                assert_true(c[at] == before[at]);
                continue;
            }
            double terms;
            double const start = variant == 0   ? 0
                                 : variant == 1 ? before[at]
                                                : p->bias[j];
            double const sum = start + element(p, i, j, &terms);
            check_near(c[at], sum,
                       (double)(p->k + 1) * 6e-8 * (terms + fabs(start)),
                       "gemm", j);
        }
    }
}

static void test_gemm__equals_double_precision(void **state)
{
    static const size_t rows[] = {1, 2, 3, 5, 6, 7, 8, 9, 13};
    static const size_t depths[] = {0, 1, 3, 18};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t i = 0; i < 9; i++)
            for (size_t n = 1; n <= LONGEST; n++) {
                size_t const k = depths[(n + i) % 4];
                product const p =
                    make_product(rows[i], n, k, n % 3 == 0, (n + i) % 2 == 0);
                check_product(&p);
            }
    }
}

/* Each element of a large product, computed as a product of one element. */
static void check_places(const product *p)
{
    for (int variant = 0; variant < 3; variant++) {
        size_t const size = (p->m - 1) * p->ldc + p->n;
        float *const c = random_floats(3, size, 1);
        const float *const before = guarded_copy(4, c, size);
        run_product(p, variant, c);
        for (size_t i = 0; i < p->m; i++)
            for (size_t j = 0; j < p->n; j++) {
                float alone = before[i * p->ldc + j];
                product one = *p;
                one.m = one.n = 1;
                one.a += i * p->a_row;
                one.b += j;
                one.bias += j;
                run_product(&one, variant, &alone);
                if (memcmp(&alone, &c[i * p->ldc + j], sizeof alone) != 0)
                    fail_msg("element %zu, %zu of %zu x %zu x %zu, level %s", i,
                             j, p->m, p->n, p->k, kernels->name);
            }
    }
}

static void test_gemm__bits_do_not_depend_on_the_place(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t m = 1; m <= 20; m++) {
            product const p = make_product(m, LONGEST, 19, 0, 0);
            check_places(&p);
        }
        for (size_t n = 1; n <= LONGEST; n++) {
            product const p = make_product(9, n, 33, n % 2, 0);
            check_places(&p);
        }
        product const wide = make_product(70, 130, 64, 0, 0);
        check_places(&wide);
    }
}

static void test_gemm_look_up__adds_to_the_looked_up_rows(void **state)
{
    enum { M = 13, K = 9, TABLE = 5 };
    static const uint32_t rows[M] = {4, 0, 0, 3, 1, 2, 2, 4, 4, 1, 0, 3, 2};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t n = 1; n <= 140; n++) {
            const float *const a = random_floats(0, M * K, 1);
            float b[K * 140], table[TABLE * 140], c[M * 140], wanted[M * 140];
            test_random_floats(&random_state, 1, b, K * n);
            test_random_floats(&random_state, 1, table, TABLE * n);
            for (size_t i = 0; i < M; i++)
                memcpy(wanted + i * n, table + rows[i] * n, n * sizeof *c);
            kernels->gemm_add(M, n, K, a, K, 1, b, n, wanted, n);
            kernels->gemm_look_up(M, n, K, a, K, 1, b, n, table, rows, c, n);
            assert_memory_equal(c, wanted, M * n * sizeof *c);
        }
    }
}

/* From the smallest to the largest sums; one that overflowed stops the
 * number. */
static void test_adagrad__equals_double_precision(void **state)
{
    enum { COUNT = 61 };
    float value[COUNT], gradient[COUNT], sum[COUNT];
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (int i = 0; i < COUNT; i++) {
            gradient[i] = ldexpf(i % 2 ? 0.7f : -0.9f, i - 30);
            sum[i] = i == 7 ? INFINITY : ldexpf(0.3f, 2 * (i - 25));
            value[i] = 0;
        }
        kernels->adagrad(COUNT, value, gradient, sum, 0.5f, 1e-7f);
        for (int i = 0; i < COUNT; i++) {
            double const g = gradient[i];
            double const s = i == 7 ? INFINITY : ldexpf(0.3f, 2 * (i - 25));
            double const wanted = -0.5 * g / sqrt(s + g * g + 1e-7);
            check_near(value[i], wanted, 5e-7 * fabs(wanted), "adagrad",
                       (size_t)i);
        }
    }
}

/* Every length, so that whole vectors and rests are met. */
static void test_mask__adds_where_either_number_is_the_own(void **state)
{
    enum { MOST = 40 };
    uint32_t a[MOST], b[MOST];
    float x[MOST];
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t n = 0; n <= MOST; n++)
            for (int use = 0; use < 4; use++) {
                for (size_t i = 0; i < MOST; i++) {
                    a[i] = (uint32_t)i % 3 + 4000000000u;
                    b[i] = (uint32_t)i % 5;
                    x[i] = (float)i;
                }
                kernels->mask(n, use & 1 ? a : NULL, 4000000001u,
                              use & 2 ? b : NULL, 4, -100, x);
                for (size_t i = 0; i < MOST; i++) {
                    int const hit = i < n && (((use & 1) && i % 3 == 1) ||
                                              ((use & 2) && i % 5 == 4));
                    assert_float_equal(x[i], (float)i - (hit ? 100 : 0), 0);
                }
            }
    }
}

static void test_shares__scales_what_is_above_the_least(void **state)
{
    enum { MOST = 40 };
    float x[MOST];
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t n = 0; n <= MOST; n++) {
            for (size_t i = 0; i < MOST; i++) x[i] = (float)i;
            kernels->shares(n, 7, 0.5f, 4, x);
            for (size_t i = 0; i < MOST; i++)
                assert_float_equal(x[i],
                                   i >= n  ? (float)i
                                   : i > 7 ? 2 * (float)i
                                           : 0,
                                   0);
        }
    }
}

static void test_gemm__of_training_equals_double_precision(void **state)
{
    static const size_t shapes[][3] = {
        {1, 1, 1}, {3, 5, 7}, {17, 33, 9}, {40, 300, 230}, {33, 64, 129}};
    (void)state;
    kernels = sm_kernels_best();
    for (size_t i = 0; i < 5; i++)
        for (int t = 0; t < 4; t++) {
            size_t const m = shapes[i][0], n = shapes[i][1], k = shapes[i][2];
            int const ta = t & 1, tb = t >> 1;
            const float *const a = random_floats(0, m * k, 1);
            float *const b = malloc(n * k * sizeof *b);
            size_t of_strips, of_room;
            assert_true(sm_packed_numbers(n, k, &of_strips));
            assert_true(sm_packed_numbers(m, k, &of_room));
            float *const strips = aligned_alloc(64, of_strips * sizeof *strips);
            float *const room = aligned_alloc(64, of_room * sizeof *room);
            float *const c = malloc(m * n * sizeof *c);
            test_random_floats(&random_state, 1, b, n * k);
            for (size_t s = 0; s < (n + SM_STRIP - 1) / SM_STRIP; s++)
                sm_strip_pack(kernels, s, tb, n, k, b, tb ? k : n, strips);
            sm_gemm_strips(kernels, m, n, k, a, ta ? 1 : k, ta ? m : 1, strips,
                           c, n, room);
            for (size_t at = 0; at < m * n; at++) {
                double sum = 0;
                for (size_t j = 0; j < k; j++)
                    sum += (double)a[ta ? j * m + at / n : at / n * k + j] *
                           b[tb ? at % n * k + j : j * n + at % n];
                check_near(c[at], sum, 1e-6 * (double)(k + 1), "gemm", at);
            }
            free(b);
            free(strips);
            free(room);
            free(c);
        }
}

/* ---- choice of level ---- */

static void test_select__refuses_what_the_processor_lacks(void **state)
{
    const sm_kernels *chosen = NULL;
    (void)state;
    assert_int_equal(sm_kernels_select(SIAMESE_KERNEL_AUTO, &chosen), 0);
    assert_ptr_equal(chosen, sm_kernels_best());
    assert_int_equal(chosen->level, sm_cpu_best_level());
    chosen = NULL;
    for (int32_t level = -1; level < 7; level++) {
        if (sm_kernels_available(level)) continue;
        assert_int_equal(sm_kernels_select(level, &chosen),
                         SIAMESE_E_UNSUPPORTED);
        assert_null(chosen);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dot__equals_double_precision),
        cmocka_unit_test(test_add__and_scale_are_exact),
        cmocka_unit_test(test_maximum__sees_every_place_and_keeps_nan),
        cmocka_unit_test(test_count_greater__counts_strictly),
        cmocka_unit_test(test_exp_sum__equals_double_precision),
        cmocka_unit_test(test_exp__is_within_two_ulp),
        cmocka_unit_test(test_adam__equals_double_precision),
        cmocka_unit_test(test_gemm__equals_double_precision),
        cmocka_unit_test(test_gemm__bits_do_not_depend_on_the_place),
        cmocka_unit_test(test_adagrad__equals_double_precision),
        cmocka_unit_test(test_gemm_look_up__adds_to_the_looked_up_rows),
        cmocka_unit_test(test_mask__adds_where_either_number_is_the_own),
        cmocka_unit_test(test_shares__scales_what_is_above_the_least),
        cmocka_unit_test(test_gemm__of_training_equals_double_precision),
        cmocka_unit_test(test_select__refuses_what_the_processor_lacks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
