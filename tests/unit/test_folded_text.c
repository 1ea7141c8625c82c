/* Texts folded: what Unicode says is the same text to a reader. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "text/folded_text.h"

static void fold(const char *text, sm_code_points *out)
{
    sm_folder folder = {0};
    assert_int_equal(sm_fold_text(&folder, text, strlen(text), out),
                     SIAMESE_OK);
    sm_folder_free(&folder);
}

static int is_same(const char *a, const char *b)
{
    sm_code_points x = {0}, y = {0};
    fold(a, &x);
    fold(b, &y);
    int const same =
        x.count == y.count &&
        (x.count == 0 || memcmp(x.points, y.points, x.count * 4) == 0);
    sm_code_points_free(&x);
    sm_code_points_free(&y);
    return same;
}

static void test_fold__makes_these_the_same(void **state)
{
    static const char *const pairs[][2] = {
        {"Oak TABLE", "oak table"},
        {"  oak\ttable\r\n", "oak table"},
        {"oak\xc2\xa0table", "oak table"},     /* U+00A0 */
        {"oak\xe3\x80\x80table", "oak table"}, /* U+3000 */
        {"oak\xe2\x80\xa8table", "oak table"}, /* U+2028 */
        {"Caf\xc3\xa9", "CAFE\xcc\x81"},       /* composed, or not */
        {"Stra\xc3\x9f"
         "e",
         "STRASSE"},                            /* U+00DF */
        {"\xef\xbc\xb4\xef\xbc\xb6 5", "tv 5"}, /* full width */
        {"sof\xc2\xad"
         "a",
         "sofa"},                                    /* a soft hyphen */
        {"\xce\xa3\xce\x99\xce\x93\xce\x86\xce\xa3", /* a final sigma */
         "\xcf\x83\xce\xb9\xce\xb3\xce\xac\xcf\x82"},
        {"", " \t\n"}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (!is_same(pairs[i][0], pairs[i][1]))
            fail_msg("'%s' is not '%s'", pairs[i][0], pairs[i][1]);
}

static void test_fold__keeps_these_apart(void **state)
{
    static const char *const pairs[][2] = {
        {"C++", "C"},         {"oak table", "oaktable"},
        {"3/4 in", "3 4 in"}, {"caf\xc3\xa9", "cafe"},
        {"a\xff", "a"},       {"5 ft", "5 ft."}};
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (is_same(pairs[i][0], pairs[i][1]))
            fail_msg("'%s' is '%s'", pairs[i][0], pairs[i][1]);
}

static void test_fold__appends(void **state)
{
    static const int32_t wanted[] = {'a', 'b', ' ', 'c'};
    sm_code_points out = {0};
    (void)state;
    fold("A", &out);
    fold(" b  C ", &out);
    assert_int_equal(out.count, 4);
    assert_memory_equal(out.points, wanted, sizeof wanted);
    sm_code_points_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fold__makes_these_the_same),
        cmocka_unit_test(test_fold__keeps_these_apart),
        cmocka_unit_test(test_fold__appends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
