/* A tower's options in its state: every option is kept by name, files of
 * version 1 are read, and what cannot be true is refused before memory is taken
 * for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/parameter_list.h"
#include "tower/tower_state.h"
#include "memory_stream.h"

static siamese_vocab *vocab;

static int setup(void **state)
{
    static const siamese_text texts[] = {{"oak desk", 8}, {"oak lamp", 8}};
    siamese_vocab_options options;
    (void)state;
    if (siamese_vocab_options_init(&options, sizeof options)) return 1;
    options.max_tokens = 6;
    options.sequence_length = 3;
    return siamese_vocab_create(&vocab, &options) ||
           siamese_vocab_add(vocab, texts, 2) || siamese_vocab_finish(vocab);
}

static int teardown(void **state)
{
    (void)state;
    siamese_vocab_free(vocab);
    return 0;
}

static siamese_tower *create(const siamese_tower_options *options)
{
    siamese_tower *tower;
    assert_int_equal(siamese_tower_create(&tower, options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "title", vocab, NULL), 0);
    return tower;
}

static sm_status load(memory_stream *from, uint32_t version,
                      siamese_tower **out)
{
    from->at = 0;
    sm_reader reader = {memory_take, from, from->size, 0, "query_tower"};
    *out = NULL;
    return sm_tower_read(out, &reader, version, &vocab, 1, 1);
}

static void assert_same_vectors(const siamese_tower *a, const siamese_tower *b)
{
    static const siamese_text rows[] = {
        {"oak lamp", 8}, {"", 0}, {"what oak desk is", 16}};
    float of_a[300], of_b[300];
    size_t const size = 3 * siamese_tower_dim(a) * sizeof *of_a;
    assert_int_equal(siamese_tower_encode(a, rows, 3, 1, of_a, 300), 0);
    assert_int_equal(siamese_tower_encode(b, rows, 3, 1, of_b, 300), 0);
    assert_memory_equal(of_a, of_b, size);
}

/* ---- reading ---- */

static void test_options__of_what_was_written_has_every_option(void **state)
{
    siamese_tower_options options, read = {.struct_size = sizeof read};
    uint32_t const number = 0;
    memory_stream m = {.size = 0};
    sm_writer writer = {memory_put, &m};
    siamese_tower *other;
    (void)state;
    siamese_tower_options_init(&options, sizeof options);
    options.embedding_dim = 3;
    options.units = 5;
    options.seed = UINT64_MAX;
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    options.encoder = SIAMESE_ENCODER_GRU;
    options.bidirectional = 0;
    options.layers = 3;
    options.mask_zero = 1;
    siamese_tower *const tower = create(&options);
    assert_int_equal(sm_tower_write(tower, &number, &writer), 0);
    assert_int_equal(load(&m, 4, &other), 0);
    assert_int_equal(m.at, m.size);
    assert_int_equal(siamese_tower_get_options(other, &read), 0);
    options.threads = 1;
    assert_memory_equal(&options, &read, sizeof read);
    assert_same_vectors(tower, other);
    siamese_tower_free(tower);
    siamese_tower_free(other);
}

static void test_options__of_several_fields_under_a_dense_layer(void **state)
{
    static const uint32_t numbers[] = {0, 0};
    siamese_tower_options options;
    memory_stream m = {.size = 0};
    sm_writer writer = {memory_put, &m};
    siamese_tower *other;
    (void)state;
    siamese_tower_options_init(&options, sizeof options);
    options.embedding_dim = 2;
    options.units = 2;
    options.project = 150;
    siamese_tower *const tower = create(&options);
    assert_int_equal(siamese_tower_add_field(tower, "about", vocab, NULL), 0);
    assert_int_equal(sm_tower_write(tower, numbers, &writer), 0);
    assert_int_equal(load(&m, 4, &other), 0);
    assert_int_equal(m.at, m.size);
    siamese_text const row[] = {{"oak lamp", 8}, {"desk", 4}};
    float a[150], b[150];
    assert_int_equal(siamese_tower_encode(tower, row, 1, 2, a, 150), 0);
    assert_int_equal(siamese_tower_encode(other, row, 1, 2, b, 150), 0);
    assert_memory_equal(a, b, sizeof a);
    siamese_tower_free(tower);
    siamese_tower_free(other);
}

/* docs/format.md's version 1: four numbers stand for the options. */
static void write_version_1(const siamese_tower *tower, uint64_t embedding_dim,
                            uint64_t units, memory_stream *m)
{
    sm_writer writer = {memory_put, m};
    sm_write_u64(&writer, embedding_dim);
    sm_write_u64(&writer, units);
    sm_write_u64(&writer, 7);
    sm_write_u64(&writer, SIAMESE_KERNEL_AUTO);
    sm_write_u64(&writer, 1);
    sm_write_bytes(&writer, "title", 5);
    sm_write_u64(&writer, 0);
    sm_write_u64(&writer, 0);
    const sm_parameters *const list = sm_tower_const_parameters(tower);
    sm_write_u64(&writer, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const sm_parameter *const p = list->items[i];
        sm_write_bytes(&writer, p->name, strlen(p->name));
        sm_write_u64(&writer, p->count);
        sm_write_f32s(&writer, p->value, p->count);
    }
}

static void test_options__of_version_1_has_the_defaults(void **state)
{
    siamese_tower_options options, read = {.struct_size = sizeof read};
    memory_stream m = {.size = 0};
    siamese_tower *other;
    (void)state;
    siamese_tower_options_init(&options, sizeof options);
    options.embedding_dim = 4;
    options.units = 3;
    options.seed = 7;
    siamese_tower *const tower = create(&options);
    write_version_1(tower, 4, 3, &m);
    assert_int_equal(load(&m, 1, &other), 0);
    assert_int_equal(m.at, m.size);
    assert_int_equal(siamese_tower_get_options(other, &read), 0);
    options.threads = 1;
    assert_memory_equal(&options, &read, sizeof read);
    assert_same_vectors(tower, other);
    siamese_tower_free(other);
    /* 16384 x 8192 numbers that the file does not have */
    m.size = 0;
    write_version_1(tower, 16384, 8192, &m);
    assert_int_equal(load(&m, 1, &other), SIAMESE_E_FORMAT);
    siamese_tower_free(tower);
}

static sm_status load_option(const char *name, const char *value)
{
    memory_stream m = {.size = 0};
    sm_writer writer = {memory_put, &m};
    siamese_tower *tower;
    sm_write_u64(&writer, 1);
    sm_write_bytes(&writer, name, strlen(name));
    sm_write_bytes(&writer, value, strlen(value));
    sm_write_u64(&writer, 0); /* fields */
    sm_write_u64(&writer, 0); /* parameters */
    sm_status const status = load(&m, 2, &tower);
    siamese_tower_free(tower);
    return status;
}

static void test_options__tells_newer_options_from_bad_values(void **state)
{
    (void)state;
    assert_int_equal(load_option("units", "3"), 0);
    assert_int_equal(load_option("units", "0"), SIAMESE_E_FORMAT);
    assert_int_equal(load_option("units", "many"), SIAMESE_E_FORMAT);
    assert_int_equal(load_option("wings", "2"), SIAMESE_E_VERSION);
    assert_non_null(strstr(siamese_last_error(), "wings"));
    /* a word of a choice or a flag that this library does not know */
    assert_int_equal(load_option("encoder", "mamba-2"), SIAMESE_E_VERSION);
    assert_non_null(strstr(siamese_last_error(), "mamba-2"));
    assert_int_equal(load_option("mask_zero", "2"), SIAMESE_E_VERSION);
    assert_int_equal(load_option("encoder", "b\001g"), SIAMESE_E_FORMAT);
    assert_int_equal(load_option("encoder", ""), SIAMESE_E_FORMAT);
    assert_int_equal(load_option("mask_zero", "yes"), SIAMESE_E_FORMAT);
    assert_int_equal(load_option("seed", "07"), SIAMESE_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options__of_what_was_written_has_every_option),
        cmocka_unit_test(test_options__of_several_fields_under_a_dense_layer),
        cmocka_unit_test(test_options__of_version_1_has_the_defaults),
        cmocka_unit_test(test_options__tells_newer_options_from_bad_values),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
