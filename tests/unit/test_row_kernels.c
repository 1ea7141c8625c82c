/* Sums of rows of a table against double precision, and products of rows of
 * int8 against the plain loop, at every level. */
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

/* ---- products of int8 ---- */

enum { VECTORS = 7, ROWS = 9 };

static void dots(size_t m, size_t n, size_t dim, const int16_t *vectors,
                 const uint32_t *rows, const int8_t *table)
{
    int32_t out[VECTORS * (ROWS + 1)];
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t i = 0; i < sizeof out / sizeof *out; i++) out[i] = -7;
        kernels->dots_int8(m, n, dim, vectors, rows, table, out, ROWS + 1);
        for (size_t q = 0; q < m; q++) {
            for (size_t r = 0; r < n; r++) {
                int64_t sum = 0;
                for (size_t i = 0; i < dim; i++)
                    sum += vectors[q * dim + i] * table[rows[r] * dim + i];
                assert_int_equal(out[q * (ROWS + 1) + r], sum);
            }
            assert_int_equal(out[q * (ROWS + 1) + n], -7);
        }
    }
}

static void dots_int8__are_those_of_the_plain_loop(void **state)
{
    static const size_t dims[] = {32, 64, 96, 384};
    test_random random = {6};
    uint32_t rows[ROWS];
    (void)state;
    for (size_t r = 0; r < ROWS; r++)
        rows[r] = (uint32_t)test_random_below(&random, TABLE);
    for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
        size_t const dim = dims[d];
        int16_t *const vectors = malloc(VECTORS * dim * sizeof *vectors);
        int8_t *const table = malloc(TABLE * dim);
        /* the largest that there are first */
        for (size_t i = 0; i < VECTORS * dim; i++)
            vectors[i] =
                (int16_t)(i < dim ? 127
                                  : (int)test_random_below(&random, 255) - 127);
        for (size_t i = 0; i < TABLE * dim; i++)
            table[i] =
                (int8_t)(i / dim == rows[0]
                             ? -127
                             : (int)test_random_below(&random, 255) - 127);
        for (size_t m = 0; m <= VECTORS; m++)
            for (size_t n = 0; n <= ROWS; n += 3)
                dots(m, n, dim, vectors, rows, table);
        free(vectors);
        free(table);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sum_rows__is_the_sum),
        cmocka_unit_test(dots_int8__are_those_of_the_plain_loop),
    };
    return cmocka_run_group_tests_name("row_kernels", tests, NULL, NULL);
}
