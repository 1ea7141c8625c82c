/* Scores of vectors against queries at every level: values against double
 * precision, bits against their place, nothing read or written past the
 * ends. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "guarded.h"
#include "kernel_levels.h"
#include "math/kernels.h"
#include "random_numbers.h"

enum { MOST_QUERIES = 11, MOST_ROWS = 53, LDO = MOST_ROWS + 2 };

static const sm_kernels *kernels;

static void for_each_level(void (*test)(void))
{
    for (int32_t level = 0; test_next_level(&level);) {
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        test();
    }
}

static void check_score(size_t dim, const float *query, const float *row,
                        float got)
{
    double sum = 0, size = 0;
    for (size_t i = 0; i < dim; i++) {
        sum += (double)query[i] * row[i];
        size += fabs((double)query[i] * row[i]);
    }
    assert_float_equal(got, sum, 1e-6 * size + 1e-30);
}

/* All shapes up to the largest give the same bits for each pair. */
static void check_dim(size_t dim)
{
    test_random random = {dim + 1};
    float *const queries = guarded_floats(0, MOST_QUERIES * dim);
    float *const rows = guarded_floats(1, MOST_ROWS * dim);
    float all[MOST_QUERIES * LDO], some[MOST_QUERIES * LDO];
    test_random_floats(&random, 1, queries, MOST_QUERIES * dim);
    test_random_floats(&random, 1, rows, MOST_ROWS * dim);
    kernels->scores(MOST_QUERIES, MOST_ROWS, dim, queries, rows, NULL, all,
                    LDO);
    for (size_t q = 0; q < MOST_QUERIES; q++)
        for (size_t r = 0; r < MOST_ROWS; r++)
            check_score(dim, queries + q * dim, rows + r * dim,
                        all[q * LDO + r]);
    for (size_t m = 1; m <= MOST_QUERIES; m++)
        for (size_t n = 1; n <= MOST_ROWS; n += n < 18 ? 1 : 7) {
            const float *const a = queries + (MOST_QUERIES - m) * dim;
            const float *const b = rows + (MOST_ROWS - n) * dim;
            for (size_t i = 0; i < m * LDO; i++) some[i] = NAN;
            kernels->scores(m, n, dim, a, b, queries, some, LDO);
            for (size_t q = 0; q < m; q++) {
                for (size_t r = 0; r < n; r++)
                    assert_true(
                        some[q * LDO + r] ==
                        all[(MOST_QUERIES - m + q) * LDO + MOST_ROWS - n + r]);
                assert_true(isnan(some[q * LDO + n]));
            }
        }
}

static void check_dims(void)
{
    static const size_t dims[] = {1,  2,  3,  7,  8,  9,  15,  16, 17,
                                  31, 32, 33, 48, 64, 65, 100, 128};
    for (size_t i = 0; i < sizeof dims / sizeof *dims; i++) check_dim(dims[i]);
}

static void scores__are_the_same_bits_in_any_shape(void **state)
{
    (void)state;
    for_each_level(check_dims);
}

static void check_find_greater(void)
{
    test_random random = {3};
    for (size_t n = 0; n <= 200; n++) {
        float *const x = guarded_floats(0, n);
        uint32_t at[201];
        size_t found = 0;
        for (size_t i = 0; i < n; i++)
            x[i] = (float)test_random_below(&random, 9) - 4.0f;
        for (float threshold = -5; threshold <= 5; threshold += 1) {
            size_t const count = kernels->find_greater(n, x, threshold, at);
            found = 0;
            for (size_t i = 0; i < n; i++)
                if (x[i] > threshold) assert_int_equal(at[found++], i);
            assert_int_equal(count, found);
        }
        assert_int_equal(kernels->find_greater(n, x, -INFINITY, at), n);
    }
}

static void find_greater__finds_all_in_order(void **state)
{
    (void)state;
    for_each_level(check_find_greater);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores__are_the_same_bits_in_any_shape),
        cmocka_unit_test(find_greater__finds_all_in_order),
    };
    return cmocka_run_group_tests_name("score_kernels", tests, NULL, NULL);
}
