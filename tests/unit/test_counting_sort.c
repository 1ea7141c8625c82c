/* A stable counting sort: what stands where, and where the runs begin. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/counting_sort.h"

static void test_counting_sort__keeps_the_order_within_a_key(void **state)
{
    static const size_t keys[] = {3, 0, 3, 1, 0, 3};
    static const size_t sorted[] = {1, 4, 3, 0, 2, 5}; /* items, by key */
    static const size_t runs[] = {0, 2, 3, 3, 6};      /* of keys 0 .. 3 */
    size_t begin[4 + 2], order[6];
    (void)state;
    sm_sort_begin(begin, 4);
    for (size_t i = 0; i < 6; i++) sm_sort_count(begin, keys[i]);
    sm_sort_sum(begin, 4);
    for (size_t i = 0; i < 6; i++) order[sm_sort_place(begin, keys[i])] = i;
    for (size_t i = 0; i < 6; i++) assert_int_equal(order[i], sorted[i]);
    for (size_t k = 0; k <= 4; k++) assert_int_equal(begin[k], runs[k]);
}

static void test_counting_sort__of_no_keys_has_no_run(void **state)
{
    size_t begin[2] = {7, 7};
    (void)state;
    sm_sort_begin(begin, 0);
    sm_sort_sum(begin, 0);
    assert_int_equal(begin[0], 0);
    assert_int_equal(begin[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_counting_sort__keeps_the_order_within_a_key),
        cmocka_unit_test(test_counting_sort__of_no_keys_has_no_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
