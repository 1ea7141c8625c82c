/* Sums of rows of a table against double precision, at every level. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "math/kernels.h"
#include "random_numbers.h"

enum { TABLE = 40, WIDEST = 300, MOST = 131 };

static void check(const sm_kernels *kernels, size_t n, size_t count,
                  const int32_t *rows, const float *weights, const float *table)
{
    /* exactly as large as it must be, so that a sanitizer sees what is past */
    float *const out = malloc(n * sizeof *out);
    for (size_t j = 0; j < n; j++) out[j] = NAN;
    kernels->sum_rows(n, count, rows, weights, table, out);
    for (size_t j = 0; j < n; j++) {
        double expected = 0;
        for (size_t i = 0; i < count; i++)
            expected += (weights ? (double)weights[i] : 1) *
                        table[(size_t)rows[i] * n + j];
        assert_float_equal(out[j], expected, 1e-4);
    }
    free(out);
}

static void sum_rows__is_the_sum(void **state)
{
    static const size_t widths[] = {1,  3,   8,   16,  17,    31,
                                    64, 128, 130, 256, WIDEST};
    static const size_t counts[] = {0, 1, 2, 5, 6, MOST};
    test_random random = {5};
    int32_t rows[MOST];
    float weights[MOST];
    (void)state;
    test_random_floats(&random, 1, weights, MOST);
    for (size_t i = 0; i < MOST; i++)
        rows[i] = (int32_t)test_random_below(&random, TABLE);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++) {
        size_t const n = widths[w];
        float *const table = malloc(TABLE * n * sizeof *table);
        test_random_floats(&random, 1, table, TABLE * n);
        for (int32_t level = 0; test_next_level(&level);) {
            const sm_kernels *kernels;
            assert_int_equal(sm_kernels_select(level, &kernels), 0);
            for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                check(kernels, n, counts[c], rows, NULL, table);
                check(kernels, n, counts[c], rows, weights, table);
            }
        }
        free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_rows__is_the_sum),
    };
    return cmocka_run_group_tests_name("row_kernels", tests, NULL, NULL);
}
