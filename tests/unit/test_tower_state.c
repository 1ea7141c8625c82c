/* A tower's state on a stream: the round trip, and damaged states, which must
 * be refused or be another whole tower. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "memory_stream.h"
#include "tower_host.h"

#include "tower/tower_state.h"

enum { DIM = 6 };

/* ---- an allocator that knows its peak ---- */

static size_t live, peak, blocks;

static void *measured_allocate(void *user, size_t size)
{
    (void)user;
    size_t *const block = malloc(size + 16);
    if (block == NULL) return NULL;
    *block = size;
    live += size;
    blocks++;
    if (live > peak) peak = live;
    return (char *)block + 16;
}

static void measured_deallocate(void *user, void *pointer)
{
    (void)user;
    size_t *const block = (size_t *)(void *)((char *)pointer - 16);
    live -= *block;
    blocks--;
    free(block);
}

static void *measured_reallocate(void *user, void *pointer, size_t size)
{
    void *const fresh = measured_allocate(user, size);
    if (fresh == NULL) return NULL;
    size_t const before = *(size_t *)(void *)((char *)pointer - 16);
    memcpy(fresh, pointer, before < size ? before : size);
    measured_deallocate(user, pointer);
    return fresh;
}

static siamese_vocab *vocab, *other_vocab;

static int set_up(void **state)
{
    siamese_allocator const measured = {sizeof measured, NULL,
                                        measured_allocate, measured_reallocate,
                                        measured_deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&measured), 0);
    vocab = host_vocab(20, 0, 5);
    other_vocab = host_vocab(3, 0, 5);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    siamese_vocab_free(vocab);
    siamese_vocab_free(other_vocab);
    return blocks != 0 || siamese_set_allocator(NULL);
}

/* ---- writing and reading ---- */

/* Of tables in SIAMESE_PRECISION_*. */
static siamese_tower *example(int32_t precision)
{
    siamese_tower *const tower = host_tower(vocab, 2, DIM / 2, 1, 0), *packed;
    host_weights(tower, 6);
    assert_int_equal(siamese_tower_quantize(&packed, tower, precision), 0);
    siamese_tower_free(tower);
    return packed;
}

static void write_tower(const siamese_tower *tower, memory_stream *to)
{
    static const uint32_t numbers[] = {1};
    sm_writer writer = {memory_put, to};
    to->size = 0;
    assert_int_equal(sm_tower_write(tower, numbers, &writer), 0);
}

static sm_status read_tower(memory_stream *from, siamese_tower **tower)
{
    siamese_vocab *const vocabs[] = {other_vocab, vocab};
    sm_reader reader = {memory_take, from, from->size, 0, "query_tower"};
    from->at = 0;
    *tower = NULL;
    sm_status status = sm_tower_read(tower, &reader, 4, vocabs, 2, 2);
    if (status != SIAMESE_OK) {
        assert_null(*tower);
        return status;
    }
    status = sm_read_end(&reader);
    if (status == SIAMESE_OK) return status;
    siamese_tower_free(*tower);
    *tower = NULL;
    return status;
}

static void check_same_vectors(const siamese_tower *a, const siamese_tower *b)
{
    host_texts const texts = host_make_texts(20, 20, 7, 1);
    float one[20 * DIM], other[20 * DIM];
    assert_int_equal(siamese_tower_encode(a, texts.texts, 20, 1, one, 20 * DIM),
                     0);
    assert_int_equal(
        siamese_tower_encode(b, texts.texts, 20, 1, other, 20 * DIM), 0);
    assert_memory_equal(one, other, sizeof one);
    host_free_texts(texts);
}

static void check_round_trip(int32_t precision)
{
    static memory_stream bytes, again;
    siamese_tower *const tower = example(precision);
    siamese_tower *same = NULL, *clone = NULL;
    siamese_tower_options before = {.struct_size = sizeof before};
    siamese_tower_options after = {.struct_size = sizeof after};
    siamese_parameter_info info = {.struct_size = sizeof info};
    write_tower(tower, &bytes);
    assert_int_equal(read_tower(&bytes, &same), 0);
    check_same_vectors(tower, same);
    assert_int_equal(siamese_tower_parameter_info(same, 0, &info), 0);
    assert_int_equal(info.precision, precision);
    siamese_tower_get_options(tower, &before);
    siamese_tower_get_options(same, &after);
    assert_int_equal(after.threads, 2); /* the reader's own */
    after.threads = before.threads;
    assert_memory_equal(&before, &after, sizeof before);
    assert_ptr_equal(sm_tower_field_vocab(same, 0), vocab);
    write_tower(same, &again);
    assert_int_equal(bytes.size, again.size);
    assert_memory_equal(bytes.bytes, again.bytes, bytes.size);
    assert_int_equal(sm_tower_clone(&clone, tower, precision), 0);
    check_same_vectors(tower, clone);
    siamese_tower_free(tower);
    siamese_tower_free(same);
    siamese_tower_free(clone);
}

static void test_state__returns_the_tower(void **state)
{
    (void)state;
    check_round_trip(SIAMESE_PRECISION_FLOAT32);
    check_round_trip(SIAMESE_PRECISION_FLOAT16);
    check_round_trip(SIAMESE_PRECISION_INT8);
}

static void test_state__of_a_tower_without_fields(void **state)
{
    static memory_stream bytes;
    siamese_tower *const tower = host_tower(NULL, 7, 9, 1, 0), *same = NULL;
    siamese_tower_options o = {.struct_size = sizeof o};
    (void)state;
    write_tower(tower, &bytes);
    assert_int_equal(read_tower(&bytes, &same), 0);
    siamese_tower_get_options(same, &o);
    assert_true(o.embedding_dim == 7 && o.units == 9);
    assert_int_equal(siamese_tower_field_count(same), 0);
    siamese_tower_free(tower);
    siamese_tower_free(same);
}

static void check_cut(int32_t precision)
{
    static memory_stream bytes;
    siamese_tower *const tower = example(precision), *same;
    write_tower(tower, &bytes);
    siamese_tower_free(tower);
    size_t const blocks_before = blocks;
    for (size_t whole = bytes.size; bytes.size > 0;) {
        bytes.size--;
        peak = live;
        size_t const before = live;
        assert_int_equal(read_tower(&bytes, &same), SIAMESE_E_FORMAT);
        assert_non_null(strstr(siamese_last_error(), "query_tower"));
        assert_in_range(peak - before, 0, 64 * 1024 + 8 * whole);
    }
    assert_int_equal(blocks, blocks_before);
}

static void test_state__cut_short_is_refused(void **state)
{
    (void)state;
    check_cut(SIAMESE_PRECISION_FLOAT32);
    check_cut(SIAMESE_PRECISION_FLOAT16);
    check_cut(SIAMESE_PRECISION_INT8);
}

/* A damaged state that is read all the same writes as it was read. */
static void check_damaged(memory_stream *damaged)
{
    static memory_stream again;
    siamese_tower *tower;
    size_t const before = live, blocks_before = blocks;
    peak = live;
    sm_status const status = read_tower(damaged, &tower);
    /* a sequence_length of 4096, which costs no bytes there, takes 1.6 MB */
    assert_in_range(peak - before, 0, 2 * 1024 * 1024 + 8 * damaged->size);
    if (status == SIAMESE_OK) {
        write_tower(tower, &again);
        assert_int_equal(again.size, damaged->size);
        assert_memory_equal(again.bytes, damaged->bytes, again.size);
        siamese_tower_free(tower);
    } else if (status != SIAMESE_E_VERSION) { /* an option's name */
        assert_int_equal(status, SIAMESE_E_FORMAT);
    }
    assert_int_equal(blocks, blocks_before);
}

static void check_flipped(int32_t precision)
{
    static memory_stream bytes, damaged;
    test_random random = {31};
    siamese_tower *const tower = example(precision);
    write_tower(tower, &bytes);
    siamese_tower_free(tower);
    for (size_t bit = 0; bit < 8 * bytes.size; bit++) {
        damaged = bytes;
        damaged.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        check_damaged(&damaged);
    }
    for (size_t round = 0; round < 1000; round++) {
        damaged = bytes;
        for (size_t i = 0; i < 5; i++)
            damaged.bytes[test_random_below(&random, bytes.size)] =
                (unsigned char)test_random_bits(&random);
        check_damaged(&damaged);
    }
}

static void test_state__with_flipped_bits_is_whole_or_refused(void **state)
{
    (void)state;
    check_flipped(SIAMESE_PRECISION_FLOAT32);
    check_flipped(SIAMESE_PRECISION_FLOAT16);
    check_flipped(SIAMESE_PRECISION_INT8);
}

/* Version 3 has no precision, and floats alone. */
static void test_state__of_version_3_is_read(void **state)
{
    static memory_stream bytes, old;
    siamese_tower *const tower = example(SIAMESE_PRECISION_FLOAT32), *same;
    sm_writer writer = {memory_put, &old};
    sm_reader reader = {memory_take, &old, 0, 0, "query_tower"};
    siamese_vocab *const vocabs[] = {other_vocab, vocab};
    size_t options = 8;
    (void)state;
    write_tower(tower, &bytes);
    /* the options' end: each name and value is a size and bytes */
    uint64_t count;
    memcpy(&count, bytes.bytes, 8);
    for (uint64_t i = 0; i < 2 * count; i++) {
        uint64_t size;
        memcpy(&size, bytes.bytes + options, 8);
        options += 8 + (size_t)size;
    }
    old.size = old.at = 0;
    writer.write(writer.context, bytes.bytes, options);
    writer.write(writer.context, bytes.bytes + options + 8,
                 bytes.size - options - 8);
    reader.left = old.size;
    assert_int_equal(sm_tower_read(&same, &reader, 3, vocabs, 2, 2), 0);
    assert_int_equal(sm_read_end(&reader), 0);
    check_same_vectors(tower, same);
    siamese_tower_free(tower);
    siamese_tower_free(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state__returns_the_tower),
        cmocka_unit_test(test_state__of_a_tower_without_fields),
        cmocka_unit_test(test_state__cut_short_is_refused),
        cmocka_unit_test(test_state__with_flipped_bits_is_whole_or_refused),
        cmocka_unit_test(test_state__of_version_3_is_read),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
