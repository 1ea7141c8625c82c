/* A sort by what stands beside the numbers, against the closed form. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/merge_sort.h"

enum { MOST = 1025 };

/* Descending by what the context has for them. */
static int by_key(uint32_t x, uint32_t y, const void *context)
{
    const uint32_t *const key = context;
    return key[x] == key[y] ? 0 : key[x] > key[y] ? -1 : 1;
}

static void fill(uint32_t *numbers, uint32_t *keys, size_t count, uint32_t step,
                 uint32_t of)
{
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint32_t)i;
        keys[i] = (uint32_t)i * step % of;
    }
}

/* Each count up to some, so that the last runs have every size. */
static void test_merge_sort__sorts_by_the_context(void **state)
{
    static uint32_t numbers[MOST], spare[MOST], keys[MOST];
    (void)state;
    for (size_t count = 0; count <= 70; count++) {
        /* 101 is prime: all keys differ, and 32 is 1 / 60 by it */
        fill(numbers, keys, count, 60, 101);
        sm_merge_sort(numbers, spare, count, by_key, keys);
        size_t at = 0;
        for (uint32_t key = 101; key-- > 0;) {
            uint32_t const number = key * 32 % 101;
            if (number < count) assert_int_equal(numbers[at++], number);
        }
        assert_int_equal(at, count);
    }
}

static void test_merge_sort__keeps_the_order_of_equals(void **state)
{
    static uint32_t numbers[MOST], spare[MOST], keys[MOST];
    (void)state;
    fill(numbers, keys, MOST, 1, 3);
    sm_merge_sort(numbers, spare, MOST, by_key, keys);
    size_t at = 0;
    for (uint32_t key = 3; key-- > 0;)
        for (uint32_t number = key; number < MOST; number += 3)
            assert_int_equal(numbers[at++], number);
}

static void
test_merge_sort__leaves_sorted_numbers_and_turns_others(void **state)
{
    static uint32_t numbers[MOST], spare[MOST], keys[MOST];
    (void)state;
    fill(numbers, keys, MOST, 1, MOST);
    sm_merge_sort(numbers, spare, MOST, by_key, keys);
    for (uint32_t i = 0; i < MOST; i++)
        assert_int_equal(numbers[i], MOST - 1 - i);
    sm_merge_sort(numbers, spare, MOST, by_key, keys);
    for (uint32_t i = 0; i < MOST; i++)
        assert_int_equal(numbers[i], MOST - 1 - i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge_sort__sorts_by_the_context),
        cmocka_unit_test(test_merge_sort__keeps_the_order_of_equals),
        cmocka_unit_test(
            test_merge_sort__leaves_sorted_numbers_and_turns_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
