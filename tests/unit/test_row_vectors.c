/* Vectors of distinct rows copied to a batch's, and gradients summed back,
 * against plain loops, for any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "random_numbers.h"
#include "train/row_vectors.h"

enum { ROWS = 300, FIRST = 170, DISTINCT = 140, DIM = 150 };

static const size_t dims[] = {1, 16, 64, 65, DIM};

static void row_vectors__are_copies_of_the_distinct_ones(void **state)
{
    static float distinct[DISTINCT * DIM], vectors[ROWS * DIM];
    uint32_t map[ROWS];
    test_random random = {7};
    (void)state;
    test_random_floats(&random, 1, distinct, DISTINCT * DIM);
    for (size_t i = 0; i < ROWS; i++)
        map[i] = (uint32_t)test_random_below(&random, DISTINCT);
    for (int32_t threads = 1; threads < 4; threads++)
        for (size_t d = 0; d < sizeof dims / sizeof *dims; d++) {
            sm_pool *pool;
            assert_int_equal(sm_pool_create(&pool, threads), 0);
            memset(vectors, 0, sizeof vectors);
            assert_int_equal(sm_row_vectors_copy(pool, distinct, map, ROWS,
                                                 dims[d], vectors),
                             0);
            for (size_t i = 0; i < ROWS; i++)
                assert_memory_equal(vectors + i * dims[d],
                                    distinct + map[i] * dims[d],
                                    dims[d] * sizeof *vectors);
            sm_pool_free(pool);
        }
}

/* In the order of the rows; one distinct row has none. */
static void add_up(const float *gradients, const uint32_t *map, size_t rows,
                   size_t dim, float *out)
{
    memset(out, 0, DISTINCT * dim * sizeof *out);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < dim; j++)
            out[map[i] * dim + j] += gradients[i * dim + j];
}

static void row_gradients__are_sums_in_the_order_of_rows(void **state)
{
    static float gradients[ROWS * DIM], expected[DISTINCT * DIM];
    static float out[DISTINCT * DIM];
    uint32_t map[ROWS];
    test_random random = {9};
    (void)state;
    test_random_floats(&random, 1, gradients, ROWS * DIM);
    for (size_t i = 0; i < ROWS; i++)
        map[i] = (uint32_t)test_random_below(&random, DISTINCT - 1);
    for (int32_t level = 0; test_next_level(&level);)
        for (int32_t threads = 1; threads < 4; threads++)
            for (size_t d = 0; d < 2 * (sizeof dims / sizeof *dims); d++) {
                size_t const dim = dims[d / 2], first = d % 2 ? ROWS : FIRST;
                sm_row_part const parts[] = {
                    {gradients, first},
                    {d % 2 ? NULL : gradients + first * dim, ROWS - first}};
                const sm_kernels *kernels;
                sm_pool *pool;
                assert_int_equal(sm_kernels_select(level, &kernels), 0);
                assert_int_equal(sm_pool_create(&pool, threads), 0);
                memset(out, 1, sizeof out); /* overwritten */
                add_up(gradients, map, ROWS, dim, expected);
                assert_int_equal(sm_row_gradients_sum(pool, kernels, map, parts,
                                                      DISTINCT, dim, out),
                                 0);
                assert_memory_equal(out, expected,
                                    DISTINCT * dim * sizeof *out);
                sm_pool_free(pool);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_vectors__are_copies_of_the_distinct_ones),
        cmocka_unit_test(row_gradients__are_sums_in_the_order_of_rows),
    };
    return cmocka_run_group_tests_name("row_vectors", tests, NULL, NULL);
}
