/* Gradients of a batch's rows summed by distinct row, against plain loops, for
 * any number of threads, from step to step of other sizes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "random_numbers.h"
#include "train/row_gradients.h"

enum { ROWS = 300, FIRST = 170, DISTINCT = 140, DIM = 150 };

/* In the order of the rows. */
static void add_up(const float *gradients, const uint32_t *map, size_t rows,
                   size_t dim, float *out)
{
    memset(out, 0, DISTINCT * dim * sizeof *out);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < dim; j++)
            out[map[i] * dim + j] += gradients[i * dim + j];
}

static float gradients[ROWS * DIM], expected[DISTINCT * DIM];

/* Both parts at once, or all of it the first. */
static void check(sm_row_gradients *rows, sm_pool *pool,
                  const sm_kernels *kernels, const uint32_t *map, size_t dim)
{
    static const size_t firsts[] = {FIRST, ROWS, 0};
    add_up(gradients, map, ROWS, dim, expected);
    for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
        size_t const first = firsts[i];
        sm_row_part const parts[SM_ROW_PARTS] = {
            {first ? gradients : NULL, first},
            {first < ROWS ? gradients + first * dim : NULL, ROWS - first}};
        if (rows->values) memset(rows->values, 1, rows->numbers_capacity * 4);
        assert_int_equal(sm_row_gradients_sum(rows, pool, kernels, map, parts,
                                              DISTINCT, dim),
                         0);
        assert_memory_equal(rows->values, expected,
                            DISTINCT * dim * sizeof *expected);
    }
}

static void row_gradients__are_sums_in_the_order_of_rows(void **state)
{
    static const size_t dims[] = {1, 16, 64, 65, DIM};
    uint32_t map[ROWS];
    test_random random = {9};
    (void)state;
    test_random_floats(&random, 1, gradients, ROWS * DIM);
    /* one distinct row has none */
    for (size_t i = 0; i < ROWS; i++)
        map[i] = (uint32_t)test_random_below(&random, DISTINCT - 1);
    for (int32_t level = 0; test_next_level(&level);)
        for (int32_t threads = 1; threads < 4; threads++) {
            sm_row_gradients rows = {.values = NULL};
            const sm_kernels *kernels;
            sm_pool *pool;
            assert_int_equal(sm_kernels_select(level, &kernels), 0);
            assert_int_equal(sm_pool_create(&pool, threads), 0);
            for (size_t d = 0; d < sizeof dims / sizeof *dims; d++)
                check(&rows, pool, kernels, map, dims[d]);
            sm_row_gradients_free(&rows);
            sm_pool_free(pool);
        }
}

/* A batch may have fewer rows than the one before, and then more. */
static void row_gradients__hold_for_batches_of_any_size(void **state)
{
    sm_row_gradients rows = {.values = NULL};
    const sm_kernels *kernels;
    uint32_t map[ROWS];
    sm_pool *pool;
    (void)state;
    assert_int_equal(sm_kernels_select(0, &kernels), 0);
    assert_int_equal(sm_pool_create(&pool, 2), 0);
    for (size_t i = 0; i < ROWS; i++) {
        map[i] = (uint32_t)i;
        gradients[i] = (float)i;
    }
    static const size_t counts[] = {1, 200, 3, ROWS, 0, ROWS};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        size_t const n = counts[i];
        sm_row_part const parts[SM_ROW_PARTS] = {{gradients, n}, {NULL, 0}};
        assert_int_equal(
            sm_row_gradients_sum(&rows, pool, kernels, map, parts, n, 1), 0);
        if (n) assert_memory_equal(rows.values, gradients, n * sizeof(float));
    }
    sm_row_gradients_free(&rows);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_gradients__are_sums_in_the_order_of_rows),
        cmocka_unit_test(row_gradients__hold_for_batches_of_any_size),
    };
    return cmocka_run_group_tests_name("row_gradients", tests, NULL, NULL);
}
