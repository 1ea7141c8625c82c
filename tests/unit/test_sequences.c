/* Batches of token rows: distinct rows, order, slots and tokens against what a
 * reader of sequences.h would work out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/sequences.h"
#include "random_numbers.h"

enum { ROWS_MAX = 700, LENGTH_MAX = 12 };

typedef struct batch {
    int32_t ids[ROWS_MAX * LENGTH_MAX];
    size_t offsets[ROWS_MAX + 1];
    size_t rows, length, table;
} batch;

static size_t cut_length(const batch *b, size_t row)
{
    size_t const count = b->offsets[row + 1] - b->offsets[row];
    return count < b->length ? count : b->length;
}

static int equal_rows(const batch *b, size_t r, size_t other)
{
    size_t const n = cut_length(b, r);
    return n == cut_length(b, other) &&
           memcmp(b->ids + b->offsets[r], b->ids + b->offsets[other],
                  n * sizeof *b->ids) == 0;
}

static void make_batch(batch *b, test_random *random, size_t rows,
                       size_t length, size_t table)
{
    b->rows = rows;
    b->length = length;
    b->table = table;
    b->offsets[0] = test_random_below(random, 3); /* need not begin at 0 */
    for (size_t r = 0; r < rows; r++) {
        size_t const count = test_random_below(random, LENGTH_MAX);
        for (size_t i = 0; i < count; i++)
            b->ids[b->offsets[r] + i] =
                (int32_t)test_random_below(random, table);
        b->offsets[r + 1] = b->offsets[r] + count;
    }
}

static void check_distinct(const batch *b, const sm_sequences *s)
{
    size_t distinct = 0;
    for (size_t r = 0; r < b->rows; r++) {
        size_t other = 0;
        assert_in_range(s->row_map[r], 0, s->distinct - 1);
        assert_int_equal(s->lengths[s->row_map[r]], cut_length(b, r));
        while (!equal_rows(b, r, other)) other++;
        distinct += other == r;
        /* equal rows have one number, different rows have two */
        for (size_t q = 0; q < r; q++)
            assert_int_equal(equal_rows(b, r, q),
                             s->row_map[r] == s->row_map[q]);
    }
    assert_int_equal(s->distinct, distinct);
    assert_int_equal(s->chunks, (distinct + 63) / 64);
    for (size_t d = 1; d < distinct; d++)
        assert_true(s->lengths[d] <= s->lengths[d - 1]);
}

static void check_slots(const batch *b, const sm_sequences *s)
{
    for (size_t r = 0; r < b->rows; r++) {
        size_t const d = s->row_map[r], chunk = d / SM_CHUNK_ROWS;
        for (size_t t = 0; t < b->length; t++) {
            uint32_t const number =
                s->slots[sm_slot(s, chunk, t) + d % SM_CHUNK_ROWS];
            int32_t const id =
                t < cut_length(b, r) ? b->ids[b->offsets[r] + t] : 0;
            assert_in_range(number, 0, s->token_count - 1);
            assert_int_equal(s->tokens[number], id);
        }
    }
    for (size_t c = 0; c < s->chunks; c++)
        for (size_t t = 0; t <= b->length; t++) {
            size_t active = 0;
            for (size_t r = 0; r < sm_chunk_rows(s, c); r++)
                active += s->lengths[c * SM_CHUNK_ROWS + r] > t;
            assert_int_equal(sm_chunk_active(s, c, t), active);
        }
}

static void check_tokens(const batch *b, const sm_sequences *s)
{
    char *const seen = calloc(b->table, 1);
    assert_int_equal(s->tokens[0], 0);
    for (size_t n = 0; n < s->token_count; n++) {
        assert_in_range(s->tokens[n], 0, b->table - 1);
        assert_false(seen[s->tokens[n]]++);
    }
    free(seen);
    for (size_t i = 0; i < s->table; i++)
        assert_int_equal(s->token_number[i], 0);
}

/* Every slot before a row's pads is in its token's group, once. */
static void check_groups(const sm_sequences *s)
{
    size_t total = 0;
    for (size_t d = 0; d < s->distinct; d++) total += s->lengths[d];
    assert_int_equal(s->token_begin[0], 0);
    assert_int_equal(s->token_begin[s->token_count], total);
    for (size_t n = 0; n < s->token_count; n++)
        for (size_t i = s->token_begin[n]; i < s->token_begin[n + 1]; i++) {
            uint32_t const slot = s->token_slots[i];
            size_t const row = slot % SM_CHUNK_ROWS;
            size_t const at = slot / SM_CHUNK_ROWS;
            size_t const chunk = at / s->length, t = at % s->length;
            assert_int_equal(s->slots[slot], n);
            assert_true(s->lengths[chunk * SM_CHUNK_ROWS + row] > t);
            if (i > s->token_begin[n])
                assert_true((int32_t)slot > s->token_slots[i - 1]);
        }
}

static void test_sequences__describe_their_batch(void **state)
{
    static const struct {
        size_t rows, length, table;
    } sizes[] = {{1, 1, 2},      {5, 3, 3},    {64, 2, 2},   {65, 12, 50},
                 {700, 4, 6},    {3, 12, 900}, {130, 1, 40}, {256, 7, 5},
                 {700, 12, 900}, {2, 1, 1}};
    test_random random = {99};
    batch *const b = malloc(sizeof *b);
    sm_sequences s = {.rows = 0};
    (void)state;
    for (size_t round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            make_batch(b, &random, sizes[i].rows, sizes[i].length,
                       sizes[i].table);
            assert_int_equal(sm_sequences_prepare(&s, b->ids, b->offsets,
                                                  b->rows, b->length, b->table),
                             0);
            check_distinct(b, &s);
            check_slots(b, &s);
            check_tokens(b, &s);
            assert_int_equal(sm_sequences_group(&s), 0);
            check_groups(&s);
        }
    sm_sequences_free(&s);
    free(b);
}

/* The rows of b, cut at the length, without their ids 0. */
static void take_pads_out(const batch *b, batch *to)
{
    *to = *b;
    to->offsets[0] = 0;
    for (size_t r = 0; r < b->rows; r++) {
        size_t at = to->offsets[r];
        for (size_t i = 0; i < cut_length(b, r); i++) {
            int32_t const id = b->ids[b->offsets[r] + i];
            if (id != 0) to->ids[at++] = id;
        }
        to->offsets[r + 1] = at;
    }
}

static void test_sequences__with_a_mask_have_no_pads(void **state)
{
    static const struct {
        size_t rows, length, table;
    } sizes[] = {{1, 1, 2}, {65, 12, 50}, {700, 4, 3}, {3, 12, 900}, {9, 5, 1}};
    test_random random = {17};
    batch *const b = malloc(sizeof *b), *const unmasked = malloc(sizeof *b);
    sm_sequences s = {.rows = 0};
    (void)state;
    for (size_t i = 0; i < 2 * sizeof sizes / sizeof sizes[0]; i++) {
        size_t const k = i / 2;
        make_batch(b, &random, sizes[k].rows, sizes[k].length, sizes[k].table);
        take_pads_out(b, unmasked);
        /* with ids 0 to be left out, and with none */
        const batch *const given = i % 2 ? unmasked : b;
        assert_int_equal(sm_sequences_prepare_masked(
                             &s, given->ids, given->offsets, given->rows,
                             given->length, given->table),
                         0);
        check_distinct(unmasked, &s);
        check_slots(unmasked, &s);
        check_tokens(unmasked, &s);
    }
    sm_sequences_free(&s);
    free(b);
    free(unmasked);
}

static void test_sequences__may_count_pads_as_tokens(void **state)
{
    test_random random = {18};
    batch *const b = malloc(sizeof *b);
    sm_sequences s = {.rows = 0};
    (void)state;
    make_batch(b, &random, 200, 5, 30);
    assert_int_equal(sm_sequences_prepare(&s, b->ids, b->offsets, b->rows,
                                          b->length, b->table),
                     0);
    sm_sequences_count_pads(&s);
    check_slots(b, &s);
    assert_int_equal(sm_sequences_group(&s), 0);
    check_groups(&s);
    for (size_t d = 0; d < s.distinct; d++) assert_int_equal(s.lengths[d], 5);
    sm_sequences_free(&s);
    free(b);
}

static void test_sequences__of_no_rows_are_empty(void **state)
{
    size_t const offsets[] = {0};
    sm_sequences s = {.rows = 0};
    (void)state;
    assert_int_equal(sm_sequences_prepare(&s, NULL, offsets, 0, 5, 3), 0);
    assert_int_equal(sm_sequences_group(&s), 0);
    assert_int_equal(s.distinct, 0);
    assert_int_equal(s.chunks, 0);
    sm_sequences_free(&s);
}

static void test_sequences__too_many_rows_are_refused(void **state)
{
    sm_sequences s = {.rows = 0};
    (void)state;
    assert_int_equal(sm_sequences_prepare(&s, NULL, NULL, UINT32_MAX, 5, 3),
                     SIAMESE_E_LIMIT);
    sm_sequences_free(&s);
}

/* Each allocation of two growing batches made to fail in turn, then a success
 * in the same memory. */
static size_t allowed;

static void *limited_allocate(void *user, size_t size)
{
    (void)user;
    return allowed-- ? malloc(size) : (allowed = 0, NULL);
}

static void *limited_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return allowed-- ? realloc(pointer, size) : (allowed = 0, NULL);
}

static void limited_deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static sm_status prepare_and_group(sm_sequences *s, const batch *b)
{
    SM_RETURN_IF_ERROR(sm_sequences_prepare(s, b->ids, b->offsets, b->rows,
                                            b->length, b->table));
    return sm_sequences_group(s);
}

static void test_sequences__go_on_after_memory_ran_out(void **state)
{
    siamese_allocator const limited = {sizeof limited, NULL, limited_allocate,
                                       limited_reallocate, limited_deallocate};
    test_random random = {5};
    batch *const small = malloc(sizeof *small);
    batch *const large = malloc(sizeof *large);
    (void)state;
    make_batch(small, &random, 20, 3, 9);
    make_batch(large, &random, 500, 9, 400);
    assert_int_equal(siamese_set_allocator(&limited), 0);
    for (size_t turn = 0, failed = 1; failed; turn++) {
        sm_sequences s = {.rows = 0};
        assert_true(turn < 100);
        allowed = turn;
        sm_status const first = prepare_and_group(&s, small);
        sm_status const second = first ? first : prepare_and_group(&s, large);
        assert_true(second == 0 || second == SIAMESE_E_MEMORY);
        failed = second != 0;
        allowed = SIZE_MAX;
        const batch *const next = turn % 2 ? small : large;
        assert_int_equal(prepare_and_group(&s, next), 0);
        check_distinct(next, &s);
        check_slots(next, &s);
        check_tokens(next, &s);
        check_groups(&s);
        sm_sequences_free(&s);
    }
    assert_int_equal(siamese_set_allocator(NULL), 0);
    free(small);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sequences__describe_their_batch),
        cmocka_unit_test(test_sequences__with_a_mask_have_no_pads),
        cmocka_unit_test(test_sequences__may_count_pads_as_tokens),
        cmocka_unit_test(test_sequences__of_no_rows_are_empty),
        cmocka_unit_test(test_sequences__too_many_rows_are_refused),
        cmocka_unit_test(test_sequences__go_on_after_memory_ran_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
