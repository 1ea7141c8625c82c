/* Memory: overflow, alignment, growth, and that nothing leaks past the
 * hooks. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/large_pages.h"
#include "common/memory.h"
#include "common/size.h"
#include "common/status.h"

/* ---- hooks that count ---- */

static size_t live, refused;

static void *counting_allocate(void *user, size_t size)
{
    if (*(int *)user) return refused++, NULL;
    live++;
    return malloc(size);
}

static void *counting_reallocate(void *user, void *pointer, size_t size)
{
    if (*(int *)user) return refused++, NULL;
    return realloc(pointer, size);
}

static void counting_deallocate(void *user, void *pointer)
{
    (void)user;
    live--;
    free(pointer);
}

static int refuse;

static int use_counting_hooks(void **state)
{
    siamese_allocator const counting = {sizeof counting, &refuse,
                                        counting_allocate, counting_reallocate,
                                        counting_deallocate};
    (void)state;
    live = refused = 0;
    refuse = 0;
    return siamese_set_allocator(&counting);
}

static int use_own_hooks(void **state)
{
    (void)state;
    return live != 0 || siamese_set_allocator(NULL);
}

static void test_memory__overflowing_sizes_are_refused(void **state)
{
    size_t const half = SIZE_MAX / 2 + 1;
    size_t capacity = 0;
    (void)state;
    void *const old = sm_alloc(8);
    assert_null(sm_alloc_array(half, 2));
    assert_null(sm_calloc(2, half));
    assert_null(sm_realloc_array(old, half, 3));
    assert_null(sm_aligned_array(half, 2));
    assert_null(sm_aligned_array(SIZE_MAX, 1));
    assert_null(sm_aligned_calloc(SIZE_MAX - 64, 1));
    assert_null(sm_grow(NULL, &capacity, half + 1, 1));
    assert_null(sm_grow(NULL, &capacity, half / 2, 8));
    assert_int_equal(capacity, 0);
    sm_free(old);
    assert_int_equal(live, 0);
}

static void test_memory__none_is_a_valid_pointer(void **state)
{
    (void)state;
    void *const pointers[] = {sm_alloc(0), sm_alloc_array(0, 8),
                              sm_calloc(5, 0), sm_realloc_array(NULL, 0, 4)};
    for (size_t i = 0; i < 4; i++) {
        assert_non_null(pointers[i]);
        sm_free(pointers[i]);
    }
    void *const aligned = sm_aligned_array(0, 4);
    assert_non_null(aligned);
    sm_aligned_free(aligned);
    sm_free(NULL);
    sm_aligned_free(NULL);
}

static void test_memory__is_aligned_and_zero_where_promised(void **state)
{
    (void)state;
    for (size_t size = 1; size < 300; size += 7) {
        unsigned char *const a = sm_aligned_array(size, 1);
        unsigned char *const b = sm_aligned_calloc(1, size);
        unsigned char *const c = sm_calloc(size, 1);
        assert_int_equal((uintptr_t)a % 64, 0);
        assert_int_equal((uintptr_t)b % 64, 0);
        memset(a, 0xff, size); /* every byte is ours */
        for (size_t i = 0; i < size; i++) assert_int_equal(b[i] | c[i], 0);
        sm_aligned_free(a);
        sm_aligned_free(b);
        sm_free(c);
    }
}

static void test_grow__keeps_what_the_buffer_held(void **state)
{
    uint32_t *numbers = NULL;
    size_t capacity = 0, grown = 0;
    (void)state;
    for (uint32_t i = 0; i < 5000; i++) {
        size_t const before = capacity;
        numbers = sm_grow(numbers, &capacity, i + 1, sizeof *numbers);
        assert_non_null(numbers);
        assert_true(capacity > i);
        grown += capacity != before;
        numbers[i] = i * i;
    }
    assert_in_range(grown, 1, 13); /* by doubling */
    for (uint32_t i = 0; i < 5000; i++) assert_int_equal(numbers[i], i * i);
    refuse = 1;
    size_t const before = capacity;
    assert_null(sm_grow(numbers, &capacity, before + 1, sizeof *numbers));
    refuse = 0;
    assert_int_equal(capacity, before);
    assert_int_equal(numbers[4999], 4999 * 4999);
    sm_free(numbers);
}

static void test_memory__refusals_of_the_host_are_passed_on(void **state)
{
    (void)state;
    refuse = 1;
    refused = 0;
    assert_null(sm_alloc(1));
    assert_null(sm_calloc(1, 1));
    assert_null(sm_aligned_array(1, 1));
    assert_null(sm_aligned_calloc(1, 1));
    assert_int_equal(refused, 4);
    refuse = 0;
}

static void test_size__tells_overflow(void **state)
{
    size_t out;
    (void)state;
    assert_true(sm_size_multiply(SIZE_MAX, 1, &out) && out == SIZE_MAX);
    assert_true(sm_size_multiply(0, SIZE_MAX, &out) && out == 0);
    assert_false(sm_size_multiply(SIZE_MAX / 2 + 1, 2, &out));
    assert_true(sm_size_add(SIZE_MAX, 0, &out) && out == SIZE_MAX);
    assert_false(sm_size_add(SIZE_MAX, 1, &out));
    assert_int_equal(sm_chunks(0, 64), 0);
    assert_int_equal(sm_chunks(1, 64), 1);
    assert_int_equal(sm_chunks(64, 64), 1);
    assert_int_equal(sm_chunks(65, 64), 2);
    assert_true(sm_chunks(SIZE_MAX, 2) == SIZE_MAX / 2 + 1);
}

/* Also of what no page is whole of, and where the system refuses. */
static void test_memory__of_large_pages_is_memory_as_any_other(void **state)
{
    size_t const size = (size_t)9 << 20;
    (void)state;
    unsigned char *memory = sm_alloc(size);
    for (size_t i = 0; i < size; i += 4000) memory[i] = (unsigned char)i;
    errno = ERANGE;
    sm_large_pages_ask(memory, size);
    sm_large_pages_ask(memory + 1, 1);
    sm_large_pages_ask(memory + 4097, 4096);
    assert_int_equal(errno, ERANGE);
    memory = sm_realloc_array(memory, 2, size);
    for (size_t i = 0; i < size; i += 4000)
        assert_int_equal(memory[i], (unsigned char)i);
    sm_free(memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory__overflowing_sizes_are_refused),
        cmocka_unit_test(test_memory__none_is_a_valid_pointer),
        cmocka_unit_test(test_memory__is_aligned_and_zero_where_promised),
        cmocka_unit_test(test_grow__keeps_what_the_buffer_held),
        cmocka_unit_test(test_memory__refusals_of_the_host_are_passed_on),
        cmocka_unit_test(test_memory__of_large_pages_is_memory_as_any_other),
        cmocka_unit_test(test_size__tells_overflow),
    };
    return cmocka_run_group_tests(tests, use_counting_hooks, use_own_hooks);
}
