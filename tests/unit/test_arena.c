/* Arrays one after the other: their places, and sizes beyond what there is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/arena.h"

static void test_arena__without_memory_only_counts(void **state)
{
    sm_arena arena = {NULL, 0};
    (void)state;
    assert_null(sm_arena_array(&arena, 3, 4));
    assert_int_equal(arena.used, 64);
    assert_null(sm_arena_array(&arena, 0, 8));
    assert_int_equal(arena.used, 64);
    assert_null(sm_arena_array(&arena, 65, 1));
    assert_int_equal(arena.used, 192);
}

static void test_arena__arrays_begin_at_multiples_of_64(void **state)
{
    _Alignas(64) char memory[192];
    sm_arena arena = {memory, 0};
    (void)state;
    assert_ptr_equal(sm_arena_array(&arena, 3, 4), memory);
    assert_ptr_equal(sm_arena_array(&arena, 65, 1), memory + 64);
    assert_int_equal(arena.used, 192);
}

static void test_arena__too_much_stays_too_much(void **state)
{
    sm_arena arena = {NULL, 0};
    (void)state;
    sm_arena_array(&arena, SIZE_MAX / 2, 4);
    assert_true(arena.used == SIZE_MAX);
    sm_arena_array(&arena, 1, 1);
    assert_true(arena.used == SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arena__without_memory_only_counts),
        cmocka_unit_test(test_arena__arrays_begin_at_multiples_of_64),
        cmocka_unit_test(test_arena__too_much_stays_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
