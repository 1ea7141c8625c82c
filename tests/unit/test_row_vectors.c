/* Vectors of distinct rows copied to a batch's, for any number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "random_numbers.h"
#include "train/row_vectors.h"

enum { ROWS = 300, DISTINCT = 140, DIM = 150 };

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(row_vectors__are_copies_of_the_distinct_ones),
    };
    return cmocka_run_group_tests_name("row_vectors", tests, NULL, NULL);
}
