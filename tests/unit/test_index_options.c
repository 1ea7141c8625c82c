/* Which vectors have codes, and which searches read them: the table of
 * docs/index.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/index_options.h"

enum { MEGABYTE = 1 << 20 };

static bool has_codes(int32_t scan, size_t dim, bool is_fast)
{
    siamese_index_options options;
    assert_int_equal(siamese_index_options_init(&options, sizeof options), 0);
    options.scan = scan;
    return sm_index_has_codes(&options, dim, is_fast);
}

static void test_options__codes_are_made_where_they_pay(void **state)
{
    (void)state;
    assert_true(has_codes(SIAMESE_SCAN_AUTO, 32, true));
    assert_true(has_codes(SIAMESE_SCAN_AUTO, 384, true));
    assert_false(has_codes(SIAMESE_SCAN_AUTO, 31, true));
    assert_false(has_codes(SIAMESE_SCAN_AUTO, 384, false));
    assert_true(has_codes(SIAMESE_SCAN_BOUNDED, 1, false));
    assert_false(has_codes(SIAMESE_SCAN_FLOAT, 384, true));
}

static bool reads(size_t queries, size_t bytes)
{
    sm_scan_size const size = {.queries = queries, .bytes = bytes};
    return sm_search_reads_codes(SIAMESE_SCAN_AUTO, &size);
}

static void test_options__a_few_small_lists_are_read_as_floats(void **state)
{
    (void)state;
    assert_false(reads(1, 8 * (size_t)MEGABYTE));
    assert_true(reads(1, 8 * (size_t)MEGABYTE + 1));
    assert_false(reads(2, 64 * (size_t)MEGABYTE));
    assert_true(reads(2, 64 * (size_t)MEGABYTE + 1));
    assert_false(reads(1000, 64 * (size_t)MEGABYTE));
}

static void test_options__all_lists_and_files_are_read_by_codes(void **state)
{
    sm_scan_size const every_list = {.queries = 1, .every_list = true};
    sm_scan_size const in_file = {.queries = 1000, .in_file = true};
    (void)state;
    assert_true(sm_search_reads_codes(SIAMESE_SCAN_AUTO, &every_list));
    assert_true(sm_search_reads_codes(SIAMESE_SCAN_AUTO, &in_file));
}

static void test_options__what_a_search_asks_for_is_done(void **state)
{
    sm_scan_size const small = {.queries = 1};
    sm_scan_size const large = {.queries = 1, .every_list = true};
    (void)state;
    assert_true(sm_search_reads_codes(SIAMESE_SCAN_BOUNDED, &small));
    assert_false(sm_search_reads_codes(SIAMESE_SCAN_FLOAT, &large));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options__codes_are_made_where_they_pay),
        cmocka_unit_test(test_options__a_few_small_lists_are_read_as_floats),
        cmocka_unit_test(test_options__all_lists_and_files_are_read_by_codes),
        cmocka_unit_test(test_options__what_a_search_asks_for_is_done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
