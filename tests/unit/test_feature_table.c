/* Learned buckets: the table against a plain array, the counts against sums. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/memory.h"
#include "common/pool.h"
#include "text/feature_counts.h"
#include "text/feature_table.h"
#include "random_numbers.h"

static uint32_t next_random(uint32_t *state)
{
    return test_lcg(state) >> 8;
}

/* Every bucket's id against the list itself, ascending or not. */
static void test_table__finds_what_is_listed(void **state)
{
    static const size_t sizes[] = {1, 31, 32, 33, 64, 1000, 4097};
    uint32_t random = 7;
    (void)state;
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (uint32_t keep = 0; keep <= 4; keep++)
            for (int shuffled = 0; shuffled < 2; shuffled++) {
                sm_feature_table table = {0};
                uint32_t *const list = malloc(sizes[s] * sizeof *list);
                int32_t *const ids = calloc(sizes[s], sizeof *ids);
                size_t count = 0;
                for (uint32_t b = 0; b < sizes[s]; b++)
                    if (next_random(&random) % 4 < keep) list[count++] = b;
                for (size_t i = count; shuffled && i > 1; i--) {
                    size_t const other = next_random(&random) % i;
                    uint32_t const moved = list[i - 1];
                    list[i - 1] = list[other];
                    list[other] = moved;
                }
                for (size_t i = 0; i < count; i++)
                    ids[list[i]] = (int32_t)i + 1;
                assert_int_equal(
                    sm_feature_table_create(&table, sizes[s], list, count, -1),
                    0);
                assert_int_equal(table.count, count);
                for (uint32_t b = 0; b < sizes[s]; b++)
                    assert_int_equal(sm_feature_table_find(&table, b), ids[b]);
                sm_feature_table_free(&table);
                free(list);
                free(ids);
            }
}

static void test_table__refuses_repeated_and_far_buckets(void **state)
{
    static const uint32_t twice[] = {3, 5, 3}, far[] = {3, 10};
    sm_feature_table table = {0};
    (void)state;
    assert_int_equal(
        sm_feature_table_create(&table, 10, twice, 3, SIAMESE_E_FORMAT),
        SIAMESE_E_FORMAT);
    assert_int_equal(
        sm_feature_table_create(&table, 10, far, 2, SIAMESE_E_ARGUMENT),
        SIAMESE_E_ARGUMENT);
    assert_null(table.blocks);
    assert_int_equal(sm_feature_table_create(&table, 11, far, 2, -1), 0);
    sm_feature_table_free(&table);
}

enum { BUCKETS = 300, TASKS = 64, EACH = 1000 };

static int32_t made[TASKS][EACH];

static sm_status add_task(void *context, size_t task, size_t worker)
{
    (void)worker;
    sm_feature_counts_add(context, made[task], EACH);
    return SIAMESE_OK;
}

/* Whatever thread adds them, and when; a dropped add leaves nothing. */
static void test_counts__are_sums(void **state)
{
    uint32_t expected[BUCKETS] = {0}, random = 3;
    sm_feature_counts counts = {0};
    sm_pool *pool;
    (void)state;
    for (size_t t = 0; t < TASKS; t++)
        for (size_t i = 0; i < EACH; i++) {
            uint32_t const bucket =
                next_random(&random) % 20 * (next_random(&random) % 15);
            made[t][i] = (int32_t)bucket + 1;
            expected[bucket]++;
        }
    assert_int_equal(sm_pool_create(&pool, 4), 0);
    assert_int_equal(sm_feature_counts_reserve(&counts, BUCKETS), 0);
    for (uint32_t round = 1; round <= 3; round++) {
        assert_int_equal(sm_pool_run(pool, TASKS, add_task, &counts), 0);
        sm_feature_counts_end(&counts, 0);
        assert_int_equal(sm_pool_run(pool, TASKS, add_task, &counts), 0);
        sm_feature_counts_end(&counts, 1);
        for (size_t b = 0; b < BUCKETS; b++)
            assert_int_equal(counts.total[b], round * expected[b]);
    }
    counts.total[7] = UINT32_MAX - 1;
    static const int32_t more[] = {8, 8, 8, 1};
    uint32_t const first = counts.total[0];
    sm_feature_counts_add(&counts, more, 4);
    sm_feature_counts_end(&counts, 1);
    assert_true(counts.total[7] == UINT32_MAX);
    assert_int_equal(counts.total[0], first + 1);
    sm_feature_counts_free(&counts);
    sm_pool_free(pool);
}

static void test_counts__select_the_most_frequent(void **state)
{
    static const int32_t seen[] = {3, 9, 3, 1, 9, 5, 9, 1, 7};
    /* buckets 0 and 2 twice, 8 three times, 4 and 6 once */
    static const struct {
        size_t min_count, most, count;
        uint32_t buckets[5];
        uint64_t occurrences;
    } cases[] = {
        {1, SIZE_MAX, 5, {0, 2, 4, 6, 8}, 9},
        {2, SIZE_MAX, 3, {0, 2, 8}, 7},
        {2, 3, 3, {0, 2, 8}, 7},
        {1, 2, 2, {0, 8}, 5},
        {1, 4, 4, {0, 2, 4, 8}, 8},
        {4, 3, 0, {0}, 0},
        {1, 0, 0, {0}, 0},
    };
    sm_feature_counts counts = {0};
    (void)state;
    assert_int_equal(sm_feature_counts_reserve(&counts, 10), 0);
    sm_feature_counts_add(&counts, seen, 9);
    sm_feature_counts_end(&counts, 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint32_t *list;
        size_t count;
        uint64_t occurrences;
        assert_int_equal(sm_feature_counts_select(
                             &counts, 10, cases[c].min_count, cases[c].most,
                             &list, &count, &occurrences),
                         0);
        assert_int_equal(count, cases[c].count);
        assert_memory_equal(list, cases[c].buckets, count * sizeof *list);
        assert_int_equal(occurrences, cases[c].occurrences);
        sm_free(list);
    }
    sm_feature_counts_free(&counts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table__finds_what_is_listed),
        cmocka_unit_test(test_table__refuses_repeated_and_far_buckets),
        cmocka_unit_test(test_counts__are_sums),
        cmocka_unit_test(test_counts__select_the_most_frequent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
