/* What a table of sections may hold: names, and bytes of what is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "checkpoint/section_table.h"

static void test_section_name__is_short_and_of_few_letters(void **state)
{
    char name[SM_SECTION_NAME_SIZE + 1] = "";
    (void)state;
    assert_false(sm_section_name_valid(name));
    for (size_t length = 1; length <= SM_SECTION_NAME_SIZE; length++) {
        name[length - 1] = 'a';
        assert_int_equal(sm_section_name_valid(name),
                         length < SM_SECTION_NAME_SIZE);
    }
    assert_true(sm_section_name_valid("vocab_0.of-9"));
    assert_false(sm_section_name_valid("Vocab"));
    assert_false(sm_section_name_valid("a b"));
}

/* A thousandth more, and so much for each section. */
static void test_stored_limit__is_a_little_more(void **state)
{
    uint64_t const beside = (uint64_t)SM_SECTIONS_MAX * 256;
    (void)state;
    assert_true(sm_stored_limit(0) == beside);
    assert_true(sm_stored_limit(1024000) == 1024000 + 1000 + beside);
    assert_true(sm_stored_limit(UINT64_MAX - beside) == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section_name__is_short_and_of_few_letters),
        cmocka_unit_test(test_stored_limit__is_a_little_more),
    };
    return cmocka_run_group_tests_name("section_table", tests, NULL, NULL);
}
