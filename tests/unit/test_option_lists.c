/* Options that are lists of numbers: as text, in structs, and refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/options.h"

typedef struct example {
    size_t struct_size;
    int32_t widths[SIAMESE_LIST_SIZE];
    int32_t after;
} example;

static const sm_option option_list[] = {
    {"widths", SM_OPTION_LIST, offsetof(example, widths), "1-2", 1, 20,
     "1 .. 20", "For the test."},
    {"after", SM_OPTION_INT32, offsetof(example, after), "7", 0, 9, "0 .. 9",
     "Stands behind it."},
};

static const sm_option_table table = {"example", option_list, 2,
                                      sizeof(example)};

static void assert_reads(const char *text, const char *canonical,
                         const int32_t *values, size_t count)
{
    example options = {.struct_size = sizeof options};
    char buf[80];
    size_t needed;
    memset(options.widths, 0x55, sizeof options.widths);
    assert_int_equal(sm_options_set(&table, &options, "widths", text), 0);
    assert_int_equal(
        sm_options_get(&table, &options, "widths", buf, sizeof buf, &needed),
        0);
    assert_string_equal(buf, canonical);
    assert_int_equal(needed, strlen(canonical));
    for (size_t i = 0; i < SIAMESE_LIST_SIZE; i++)
        assert_int_equal(options.widths[i], i < count ? values[i] : 0);
    assert_int_equal(options.after, 0);
}

static void test_lists__have_a_text(void **state)
{
    static const int32_t some[] = {1, 3}, range[] = {3, 4, 5}, twice[] = {2, 2};
    static const int32_t mixed[] = {9, 1, 2, 20};
    static const int32_t full[] = {1, 2,  3,  4,  5,  6,  7,  8,
                                   9, 10, 11, 12, 13, 14, 15, 16};
    (void)state;
    assert_reads("none", "none", NULL, 0);
    assert_reads("1,3", "1,3", some, 2);
    assert_reads("3-5", "3,4,5", range, 3);
    assert_reads("2,2-2", "2,2", twice, 2);
    assert_reads("9,1-2,20", "9,1,2,20", mixed, 4);
    assert_reads("1-16", "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16", full, 16);
}

static void test_lists__refuse_other_texts(void **state)
{
    static const char *const bad[] = {"",
                                      "None",
                                      "0",
                                      "21",
                                      "1,",
                                      ",1",
                                      "1,,2",
                                      "1-",
                                      "-1",
                                      "3-1",
                                      "1-21",
                                      "1-3-5",
                                      "1, 2",
                                      " 1",
                                      "1.5",
                                      "1-17",
                                      "a",
                                      "1x",
                                      "none,1",
                                      "1,1-16",
                                      "99999999999999999999",
                                      "1-99999999999999999999"};
    example options = {.struct_size = sizeof options};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        options.widths[0] = 5;
        assert_int_equal(sm_options_set(&table, &options, "widths", bad[i]),
                         SIAMESE_E_OPTION);
        assert_non_null(strstr(siamese_last_error(), "1 .. 20"));
        assert_int_equal(options.widths[0], 5);
    }
}

static void test_lists__default_and_describe(void **state)
{
    example options;
    siamese_option_info info = {.struct_size = sizeof info};
    (void)state;
    assert_int_equal(sm_options_init(&table, &options, sizeof options), 0);
    assert_int_equal(options.widths[0], 1);
    assert_int_equal(options.widths[1], 2);
    assert_int_equal(options.widths[2], 0);
    assert_int_equal(options.after, 7);
    assert_int_equal(sm_options_describe(&table, 0, &info), 0);
    assert_string_equal(info.type, "list");
}

static void test_lists__in_structs_are_checked(void **state)
{
    example options, own;
    (void)state;
    for (size_t i = 0; i < SIAMESE_LIST_SIZE; i++) {
        sm_options_init(&table, &options, sizeof options);
        options.widths[i] = 21;
        assert_int_equal(sm_options_read(&table, &options, &own),
                         SIAMESE_E_OPTION);
        options.widths[i] = -1;
        assert_int_equal(sm_options_read(&table, &options, &own),
                         SIAMESE_E_OPTION);
    }
    sm_options_init(&table, &options, sizeof options);
    options.widths[3] = 3; /* behind the 0 that ends it */
    assert_int_equal(sm_options_read(&table, &options, &own), SIAMESE_E_OPTION);
    options.widths[2] = 20;
    assert_int_equal(sm_options_read(&table, &options, &own), 0);
    assert_memory_equal(own.widths, options.widths, sizeof own.widths);
}

static void test_lists__are_left_out_of_older_structs(void **state)
{
    example options = {.struct_size = offsetof(example, after)}, own;
    (void)state;
    options.struct_size -= 4; /* the last number is missing */
    assert_int_equal(sm_options_read(&table, &options, &own), 0);
    assert_int_equal(own.widths[1], 2);
    assert_int_equal(sm_options_set(&table, &options, "widths", "1"),
                     SIAMESE_E_OPTION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists__have_a_text),
        cmocka_unit_test(test_lists__refuse_other_texts),
        cmocka_unit_test(test_lists__default_and_describe),
        cmocka_unit_test(test_lists__in_structs_are_checked),
        cmocka_unit_test(test_lists__are_left_out_of_older_structs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
