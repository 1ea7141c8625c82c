/* Texts that come again: they are kept the second time, with their ids, until
 * the room is used up, and what could not be kept harms nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/memory.h"
#include "failing_allocator.h"
#include "text/known_texts.h"

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* Its ids, or whether there are none: a list with a first id of its own. */
static bool is_known(const sm_known_texts *known, const char *text,
                     const int32_t *ids, size_t count)
{
    sm_id_list list = {0};
    siamese_text const asked = text_of(text);
    bool found;
    assert_int_equal(sm_id_list_reserve(&list, 1), SIAMESE_OK);
    list.ids[list.count++] = -7;
    assert_int_equal(sm_known_texts_read(known, &asked, &list, &found),
                     SIAMESE_OK);
    assert_int_equal(list.count, found ? 1 + count : 1);
    assert_int_equal(list.ids[0], -7);
    if (found && count)
        assert_memory_equal(list.ids + 1, ids, count * sizeof *ids);
    sm_id_list_free(&list);
    return found;
}

static sm_status add(sm_known_texts *known, const char *text,
                     const int32_t *ids, size_t count)
{
    siamese_text const added = text_of(text);
    return sm_known_texts_add(known, &added, sm_known_texts_key(&added), ids,
                              count);
}

static void test_known__a_text_is_kept_the_second_time(void **state)
{
    sm_known_texts known = {.ids = NULL};
    int32_t const red[] = {4, 5, 6}, blue[] = {9};
    (void)state;
    assert_false(is_known(&known, "red", NULL, 0));
    assert_int_equal(add(&known, "red", red, 3), SIAMESE_OK);
    assert_false(is_known(&known, "red", NULL, 0));
    assert_int_equal(add(&known, "", NULL, 0), SIAMESE_OK);
    assert_int_equal(add(&known, "blue", blue, 1), SIAMESE_OK);
    assert_int_equal(add(&known, "red", red, 3), SIAMESE_OK);
    assert_true(is_known(&known, "red", red, 3));
    assert_false(is_known(&known, "blue", NULL, 0));
    assert_false(is_known(&known, "re", NULL, 0));
    /* three times in one batch: the third has been kept meanwhile */
    assert_int_equal(add(&known, "red", red, 3), SIAMESE_OK);
    assert_int_equal(add(&known, "", NULL, 0), SIAMESE_OK);
    assert_int_equal(add(&known, "blue", blue, 1), SIAMESE_OK);
    assert_true(is_known(&known, "", NULL, 0));
    assert_true(is_known(&known, "blue", blue, 1));
    assert_true(is_known(&known, "red", red, 3));
    sm_known_texts_free(&known);
}

/* 64 MiB for texts and ids, whatever comes. */
static void test_known__there_is_room_for_64_mib(void **state)
{
    enum { IDS = 1 << 20, KEPT = 15 };
    sm_known_texts known = {.ids = NULL};
    int32_t *const ids = sm_calloc(2 * IDS, sizeof *ids);
    char name[16];
    (void)state;
    assert_non_null(ids);
    for (int32_t i = 0; i < 2 * IDS; i++) ids[i] = i;
    for (int i = 0; i < 40; i++) {
        snprintf(name, sizeof name, "text %d", i / 2);
        assert_int_equal(add(&known, name, ids + i / 2, IDS), SIAMESE_OK);
    }
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "text %d", i);
        assert_int_equal(is_known(&known, name, ids + i, IDS), i < KEPT);
    }
    /* a small one still has room, and no sum of sizes comes round */
    siamese_text const vast = {name, SIZE_MAX / 2};
    assert_int_equal(sm_known_texts_add(&known, &vast, 0, ids, 1), SIAMESE_OK);
    assert_int_equal(add(&known, "vast", ids, SIZE_MAX / 2), SIAMESE_OK);
    assert_int_equal(add(&known, "small", ids, 2), SIAMESE_OK);
    assert_int_equal(add(&known, "small", ids, 2), SIAMESE_OK);
    assert_true(is_known(&known, "small", ids, 2));
    sm_free(ids);
    sm_known_texts_free(&known);
}

/* Of ever new texts few are kept, and those that come again still are. */
static void test_known__of_new_texts_few_are_kept(void **state)
{
    sm_known_texts known = {.ids = NULL};
    int32_t const id = 3;
    char name[16];
    (void)state;
    for (int i = 0; i < 400000; i++) {
        snprintf(name, sizeof name, "%d", i);
        assert_int_equal(add(&known, name, &id, 1), SIAMESE_OK);
    }
    assert_in_range(known.texts.count, 1, 400000 / 8);
    assert_int_equal(add(&known, "red", &id, 1), SIAMESE_OK);
    assert_int_equal(add(&known, "red", &id, 1), SIAMESE_OK);
    assert_true(is_known(&known, "red", &id, 1));
    sm_known_texts_free(&known);
}

static void test_known__without_memory_nothing_is_lost(void **state)
{
    siamese_allocator const failing = {sizeof failing, NULL, allocate,
                                       reallocate, deallocate};
    int32_t const red[] = {4, 5, 6};
    long allocations = 0;
    (void)state;
    assert_int_equal(siamese_set_allocator(&failing), SIAMESE_OK);
    for (bool done = false; !done; allocations++) {
        sm_known_texts known = {.ids = NULL};
        fail_after(allocations);
        done = add(&known, "red", red, 3) == SIAMESE_OK &&
               add(&known, "red", red, 3) == SIAMESE_OK;
        fail_after(-1);
        assert_int_equal(is_known(&known, "red", red, 3), done);
        assert_int_equal(add(&known, "red", red, 3), SIAMESE_OK);
        assert_int_equal(add(&known, "red", red, 3), SIAMESE_OK);
        assert_true(is_known(&known, "red", red, 3));
        sm_known_texts_free(&known);
    }
    assert_in_range(allocations, 5, 20);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known__a_text_is_kept_the_second_time),
        cmocka_unit_test(test_known__there_is_room_for_64_mib),
        cmocka_unit_test(test_known__of_new_texts_few_are_kept),
        cmocka_unit_test(test_known__without_memory_nothing_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
