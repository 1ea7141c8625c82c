/* Numbers from and to text: the same for every rounding, locale and treatment
 * of small numbers that a host's thread may have. */
#include <fenv.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cmocka.h>

#include "common/number.h"

static const int roundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
                                FE_TOWARDZERO};

/* The compiler rounds them to nearest, whatever happens here. */
#define NUMBER(x) {#x, x, (float)x}
static const struct {
    const char *text;
    double value;
    float narrow;
} numbers[] = {
    NUMBER(0.1),
    NUMBER(0.3),
    NUMBER(-0.1),
    NUMBER(1e-3),
    NUMBER(2.5e-4),
    NUMBER(-7.7e-9),
    NUMBER(1e23),
    NUMBER(-1e23),
    NUMBER(0.05),
    NUMBER(16777217.0),
    NUMBER(3.3e38),
    NUMBER(1e-45),
    NUMBER(4.9e-324),
    NUMBER(2.2250738585072011e-308),
    NUMBER(123456.789),
    NUMBER(9007199254740993.0),
    NUMBER(0.30000000000000004),
};
enum { NUMBERS = sizeof numbers / sizeof numbers[0] };

static void check_numbers(void)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        const char *const text = numbers[i].text;
        double value, again;
        float narrow;
        char shown[64];
        assert_true(sm_parse_double(text, strlen(text), &value));
        assert_memory_equal(&value, &numbers[i].value, sizeof value);
        assert_true(sm_parse_float(text, strlen(text), &narrow));
        assert_memory_equal(&narrow, &numbers[i].narrow, sizeof narrow);
        sm_format_double(value, shown, sizeof shown);
        assert_true(sm_parse_double(shown, strlen(shown), &again));
        assert_memory_equal(&again, &value, sizeof value);
    }
}

static void test_number__is_the_same_under_every_rounding(void **state)
{
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(fesetround(roundings[i]), 0);
        check_numbers();
        assert_int_equal(fegetround(), roundings[i]);
    }
    fesetround(FE_TONEAREST);
}

static void test_number__is_written_alike_under_every_rounding(void **state)
{
    char expected[64], shown[64];
    (void)state;
    for (size_t i = 0; i < NUMBERS; i++) {
        sm_format_double(numbers[i].value, expected, sizeof expected);
        for (size_t r = 1; r < 4; r++) {
            fesetround(roundings[r]);
            sm_format_double(numbers[i].value, shown, sizeof shown);
            fesetround(FE_TONEAREST);
            assert_string_equal(shown, expected);
        }
    }
    sm_format_double(0.1, shown, sizeof shown);
    assert_string_equal(shown, "0.1");
}

/* As after loading a library that was built with -ffast-math. */
static void test_number__may_be_small_where_the_host_flushes(void **state)
{
    (void)state;
#if defined(__x86_64__)
    unsigned const before = _mm_getcsr();
    _mm_setcsr(before | 0x8040); /* flush to zero, denormals are zero */
    check_numbers();
    _mm_setcsr(before);
#endif
}

static void test_number__has_a_point_in_every_locale(void **state)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8",
                                        "ps_AF.UTF-8", "C"};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        if (setlocale(LC_NUMERIC, names[i])) check_numbers();
    setlocale(LC_NUMERIC, "C");
}

static void test_number__is_refused_unless_finite_and_whole(void **state)
{
    static const char *const bad[] = {"",      "1e999", "nan",  "inf",
                                      "0x1p3", "1 ",    " 1",   "1,5",
                                      "1e",    "--1",   "1.2.3"};
    static const char *const wide[] = {"3.5e38", "-3.5e38", "1e300"};
    double value;
    float narrow;
    (void)state;
    for (size_t r = 0; r < 4; r++) {
        fesetround(roundings[r]);
        for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
            assert_false(sm_parse_double(bad[i], strlen(bad[i]), &value));
        for (size_t i = 0; i < 3; i++) {
            assert_true(sm_parse_double(wide[i], strlen(wide[i]), &value));
            assert_false(sm_parse_float(wide[i], strlen(wide[i]), &narrow));
        }
    }
    fesetround(FE_TONEAREST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_number__is_the_same_under_every_rounding),
        cmocka_unit_test(test_number__is_written_alike_under_every_rounding),
        cmocka_unit_test(test_number__may_be_small_where_the_host_flushes),
        cmocka_unit_test(test_number__has_a_point_in_every_locale),
        cmocka_unit_test(test_number__is_refused_unless_finite_and_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
