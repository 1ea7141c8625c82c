/* The tower's promises, as a host meets them: fields, vectors, parameters, and
 * what is refused with what text. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "recurrent_reference.h"
#include "tower_host.h"

enum { WORDS = 30, LENGTH = 6, DIM = 10 };

static siamese_vocab *vocab;
static siamese_tower *tower; /* E 4, units 5 */

static int set_up(void **state)
{
    (void)state;
    vocab = host_vocab(WORDS, 40, LENGTH);
    tower = host_tower(vocab, 4, DIM / 2, 2, SIAMESE_KERNEL_AUTO);
    host_weights(tower, 5);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return 0;
}

static void check_error(const char *part)
{
    if (strstr(siamese_last_error(), part) == NULL)
        fail_msg("'%s' is not in: %s", part, siamese_last_error());
}

/* ---- fields ---- */

static void check_empty(const siamese_tower *t)
{
    assert_int_equal(siamese_tower_dim(t), 0);
    assert_int_equal(siamese_tower_field_count(t), 0);
    assert_int_equal(siamese_tower_parameter_count(t), 0);
}

static void test_create__without_options_has_the_defaults(void **state)
{
    siamese_tower *plain = NULL;
    siamese_tower_options o = {.struct_size = sizeof o};
    (void)state;
    assert_int_equal(siamese_tower_create(NULL, NULL), SIAMESE_E_ARGUMENT);
    check_error("out");
    assert_int_equal(siamese_tower_create(&plain, NULL), 0);
    assert_int_equal(siamese_tower_get_options(plain, &o), 0);
    assert_true(o.embedding_dim == 8 && o.units == 8 && o.kernel == 0);
    assert_int_equal(siamese_tower_get_options(NULL, &o), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_get_options(plain, NULL),
                     SIAMESE_E_ARGUMENT);
    check_empty(plain);
    check_empty(NULL);
    siamese_tower_free(plain);
    siamese_tower_free(NULL);
}

static void test_add_field__names_are_checked(void **state)
{
    static const char *const bad[] = {
        "",
        "Text",
        "a b",
        "a-b",
        "\xc3\xbc",
        "a\n",
        "0123456789012345678901234567890123456789012345678901234567890123"};
    siamese_tower *const t = host_tower(NULL, 4, 4, 1, 0);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(siamese_tower_add_field(t, bad[i], vocab, NULL),
                         SIAMESE_E_ARGUMENT);
        check_error("name");
    }
    assert_int_equal(siamese_tower_add_field(t, NULL, vocab, NULL),
                     SIAMESE_E_ARGUMENT);
    check_empty(t);
    assert_int_equal(siamese_tower_add_field(t, bad[6] + 1, vocab, NULL), 0);
    assert_int_equal(siamese_tower_dim(t), 8);
    assert_int_equal(siamese_tower_field_count(t), 1);
    siamese_tower_free(t);
}

static void test_add_field__refuses_what_it_cannot_use(void **state)
{
    siamese_tower *const t = host_tower(NULL, 4, 4, 1, 0);
    siamese_vocab *growing = NULL;
    siamese_field_options o;
    (void)state;
    siamese_field_options_init(&o, sizeof o);
    assert_int_equal(siamese_tower_add_field(NULL, "text", vocab, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_add_field(t, "text", NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    check_error("vocab");
    siamese_vocab_create(&growing, NULL);
    assert_int_equal(siamese_tower_add_field(t, "text", growing, NULL),
                     SIAMESE_E_STATE);
    check_error("finished");
    siamese_vocab_free(growing);
    /* a length must come from one of the two, and not be too long */
    siamese_vocab *const endless = host_vocab(3, 0, 0);
    siamese_vocab *const lengthy = host_vocab(3, 0, 4097);
    assert_int_equal(siamese_tower_add_field(t, "text", endless, NULL),
                     SIAMESE_E_OPTION);
    check_error("sequence_length");
    assert_int_equal(siamese_tower_add_field(t, "text", lengthy, NULL),
                     SIAMESE_E_OPTION);
    check_error("4096");
    o.sequence_length = 4097;
    assert_int_equal(siamese_tower_add_field(t, "text", endless, &o),
                     SIAMESE_E_OPTION);
    check_empty(t);
    o.sequence_length = 3;
    assert_int_equal(siamese_tower_add_field(t, "text", endless, &o), 0);
    assert_int_equal(siamese_tower_add_field(t, "text", vocab, NULL),
                     SIAMESE_E_ARGUMENT);
    check_error("'text' already");
    assert_int_equal(siamese_tower_field_count(t), 1);
    siamese_vocab_free(endless);
    siamese_vocab_free(lengthy);
    siamese_tower_free(t);
}

/* Embedding(max_tokens + 1) as Keras has it; of the table's size if no
 * limit. */
static void test_add_field__makes_a_table_for_the_vocabulary(void **state)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    siamese_vocab *const unlimited = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = host_tower(unlimited, 4, 4, 1, 0);
    (void)state;
    assert_int_equal(siamese_tower_parameter_info(tower, 0, &info), 0);
    assert_string_equal(info.name, "embedding");
    assert_true(info.shape[0] == 41 && info.shape[1] == 4 && info.rank == 2);
    assert_int_equal(siamese_tower_parameter_info(t, 0, &info), 0);
    assert_int_equal(info.shape[0], WORDS + 2 + 1);
    siamese_tower_free(t);
    siamese_vocab_free(unlimited);
}

static void test_get_vocab__gives_a_handle_of_its_own(void **state)
{
    siamese_vocab *own = host_vocab(3, 0, 4), *same = NULL;
    siamese_tower *const t = host_tower(own, 4, 4, 1, 0);
    int64_t id = 0;
    (void)state;
    siamese_vocab_free(own);
    assert_int_equal(siamese_tower_get_vocab(t, 1, &same), SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_tower_get_vocab(t, 0, NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_get_vocab(NULL, 0, &same),
                     SIAMESE_E_ARGUMENT);
    assert_null(same);
    assert_int_equal(siamese_tower_get_vocab(t, 0, &same), 0);
    siamese_tower_free(t);
    assert_int_equal(siamese_vocab_lookup(same, "w2", 2, &id), 0);
    assert_int_equal(id, 4);
    siamese_vocab_free(same);
}

/* ---- vectors ---- */

/* The double-precision model with the tower's own parameters. */
static reference copy_parameters(void)
{
    reference plain = {.ways = 2,
                       .layers = 1,
                       .table = 41,
                       .inputs = 4,
                       .units = 5,
                       .length = LENGTH};
    plain.parameter_count = siamese_tower_parameter_count(tower);
    for (size_t p = 0; p < plain.parameter_count; p++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        siamese_tower_parameter_info(tower, p, &info);
        float *const values = malloc(info.count * sizeof *values);
        siamese_tower_parameter_get(tower, info.name, values, info.count, NULL);
        plain.parameters[p] = malloc(info.count * sizeof(double));
        for (size_t i = 0; i < info.count; i++)
            plain.parameters[p][i] = values[i];
        free(values);
    }
    return plain;
}

static void check_vector(const reference *plain, const int32_t *ids,
                         size_t count, const float *vector)
{
    double expected[DIM];
    reference_encode(plain, ids, count, expected);
    for (size_t j = 0; j < DIM; j++)
        assert_true(fabs(vector[j] - expected[j]) < 1e-6);
}

static void test_encode__equals_plain_double_precision(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        int32_t ids[LENGTH];
    } cases[] = {
        {"", 0, {0}},
        {"  \t\n ", 0, {0}},
        {"w0", 1, {2}},
        {"W3, unheard-of w29!", 3, {5, 1, 31}},
        {"w1 w2 w3 w4 w5 w6", 6, {3, 4, 5, 6, 7, 8}},
        {"w1 w2 w3 w4 w5 w6 w7 w8", 6, {3, 4, 5, 6, 7, 8}},
    };
    reference const plain = copy_parameters();
    siamese_text texts[6];
    float vectors[6 * DIM + 4];
    (void)state;
    for (size_t i = 0; i < 6; i++)
        texts[i] = (siamese_text){cases[i].text, strlen(cases[i].text)};
    for (size_t i = 0; i < 6 * DIM + 4; i++) vectors[i] = 77;
    assert_int_equal(siamese_tower_encode(tower, texts, 6, 1, vectors, 6 * DIM),
                     0);
    for (size_t i = 0; i < 6; i++)
        check_vector(&plain, cases[i].ids, cases[i].count, vectors + i * DIM);
    for (size_t i = 6 * DIM; i < 6 * DIM + 4; i++)
        assert_true(vectors[i] == 77);
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) free(plain.parameters[p]);
}

static void test_encode_ids__equals_encode(void **state)
{
    enum { COUNT = 300 };
    host_texts const texts = host_make_texts(COUNT, WORDS, 9, 11);
    static float from_texts[COUNT * DIM], from_ids[COUNT * DIM];
    static int64_t ids[COUNT * LENGTH];
    static size_t offsets[COUNT + 1];
    (void)state;
    assert_int_equal(siamese_tower_encode(tower, texts.texts, COUNT, 1,
                                          from_texts, COUNT * DIM),
                     0);
    assert_int_equal(siamese_vocab_tokenize(vocab, texts.texts, COUNT, ids,
                                            COUNT * LENGTH, offsets, NULL),
                     0);
    assert_int_equal(siamese_tower_encode_ids(tower, ids, offsets, COUNT,
                                              from_ids, COUNT * DIM),
                     0);
    assert_memory_equal(from_texts, from_ids, sizeof from_ids);
    host_free_texts(texts);
}

/* Without a length nothing is padded: an id 0 is a token wherever it stands. */
static void test_encode_ids__of_any_length_keep_every_token(void **state)
{
    enum { SIZE = 8 };
    int64_t const ids[] = {2, 0, 0, 2, 2};
    size_t const offsets[] = {0, 2, 4, 5};
    float table[3 * SIZE], vectors[3 * SIZE];
    siamese_vocab_options options;
    siamese_tower_options bag;
    siamese_vocab *any = NULL;
    siamese_tower *mean = NULL;
    siamese_text const tokens[] = {{"", 0}, {"[UNK]", 5}};
    (void)state;
    siamese_vocab_options_init(&options, sizeof options);
    siamese_tower_options_init(&bag, sizeof bag);
    options.max_tokens = 2; /* ids 0 to 2 */
    options.sequence_length = 0;
    bag.encoder = SIAMESE_ENCODER_BAG;
    bag.embedding_dim = SIZE;
    assert_int_equal(siamese_vocab_create(&any, &options), 0);
    assert_int_equal(siamese_vocab_set_tokens(any, tokens, 2), 0);
    assert_int_equal(siamese_tower_create(&mean, &bag), 0);
    assert_int_equal(siamese_tower_add_field(mean, "text", any, NULL), 0);
    assert_int_equal(
        siamese_tower_parameter_get(mean, "embedding", table, 3 * SIZE, NULL),
        0);
    assert_int_equal(
        siamese_tower_encode_ids(mean, ids, offsets, 3, vectors, 3 * SIZE), 0);
    for (size_t i = 0; i < SIZE; i++) {
        float const expected = (table[i] + table[2 * SIZE + i]) / 2;
        assert_float_equal(vectors[i], expected, 1e-7);
        assert_float_equal(vectors[SIZE + i], expected, 1e-7);
        assert_float_equal(vectors[2 * SIZE + i], table[2 * SIZE + i], 1e-7);
    }
    siamese_tower_free(mean);
    siamese_vocab_free(any);
}

/* Padded to the length or beyond, cut, or in the midst of other numbers. */
static void test_encode_ids__pads_and_cuts(void **state)
{
    int64_t const ids[] = {9, 3, 0, 4, 3, 0, 4, 0, 0, 0, 0, 0, 3,
                           0, 4, 5, 6, 7, 8, 9, 3, 0, 4, 5, 6, 7};
    size_t const offsets[] = {1, 4, 12, 20, 26};
    float vectors[4 * DIM];
    (void)state;
    assert_int_equal(
        siamese_tower_encode_ids(tower, ids, offsets, 4, vectors, 4 * DIM), 0);
    assert_memory_equal(vectors, vectors + DIM, DIM * sizeof(float));
    assert_memory_equal(vectors + 2 * DIM, vectors + 3 * DIM,
                        DIM * sizeof(float));
}

static void test_encode__refuses_bad_arguments(void **state)
{
    siamese_text const texts[] = {{"w1", 2}, {NULL, 0}, {NULL, 3}};
    siamese_tower *const bare = host_tower(NULL, 4, 5, 1, 0);
    float out[3 * DIM];
    (void)state;
    for (size_t i = 0; i < 3 * DIM; i++) out[i] = 77;
    assert_int_equal(siamese_tower_encode(bare, texts, 2, 1, out, 3 * DIM),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_tower_encode(NULL, texts, 2, 1, out, 3 * DIM),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_encode(tower, NULL, 2, 1, out, 3 * DIM),
                     SIAMESE_E_ARGUMENT);
    check_error("rows");
    assert_int_equal(siamese_tower_encode(tower, texts, 3, 1, out, 3 * DIM),
                     SIAMESE_E_ARGUMENT);
    check_error("row 2");
    static const size_t fields[] = {0, 2, SIZE_MAX};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(
            siamese_tower_encode(tower, texts, 1, fields[i], out, 3 * DIM),
            SIAMESE_E_ARGUMENT);
        check_error("fields");
    }
    assert_int_equal(siamese_tower_encode(tower, texts, 2, 1, out, 19),
                     SIAMESE_E_RANGE);
    check_error("20 are needed");
    assert_int_equal(siamese_tower_encode(tower, texts, 2, 1, NULL, 20),
                     SIAMESE_E_ARGUMENT);
    check_error("out");
    assert_int_equal(siamese_tower_encode(tower, texts, 2, 1, NULL, 0),
                     SIAMESE_E_RANGE);
    assert_int_equal(
        siamese_tower_encode(tower, texts, SIZE_MAX / 2, 1, out, SIZE_MAX),
        SIAMESE_E_ARGUMENT);
    for (size_t i = 0; i < 3 * DIM; i++) assert_true(out[i] == 77);
    assert_int_equal(siamese_tower_encode(tower, NULL, 0, 1, NULL, 0), 0);
    assert_int_equal(siamese_tower_encode(tower, texts, 2, 1, out, 20), 0);
    siamese_tower_free(bare);
}

static void check_bad_id(int64_t id, const char *row)
{
    int64_t const ids[] = {3, 40, id, 5, -9};
    size_t const offsets[] = {0, 2, 2, 4, 5};
    float out[4 * DIM] = {77};
    assert_int_equal(
        siamese_tower_encode_ids(tower, ids, offsets, 4, out, 4 * DIM),
        SIAMESE_E_ARGUMENT);
    check_error(row);
    assert_true(out[0] == 77);
}

static void test_encode_ids__names_the_first_bad_row(void **state)
{
    int64_t const ids[] = {3, 4, 5};
    size_t const falling[] = {0, 2, 1, 3};
    size_t const whole[] = {0, 3};
    float out[3 * DIM];
    (void)state;
    check_bad_id(-1, "row 2");
    check_bad_id(41, "row 2");
    check_bad_id(INT64_MAX, "row 2");
    check_bad_id(INT64_MIN, "row 2");
    check_bad_id(INT64_C(1) << 32, "row 2");
    check_bad_id(40, "row 3");
    assert_int_equal(
        siamese_tower_encode_ids(tower, ids, falling, 3, out, 3 * DIM),
        SIAMESE_E_ARGUMENT);
    check_error("row 1");
    assert_int_equal(
        siamese_tower_encode_ids(tower, ids, NULL, 1, out, 3 * DIM),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_tower_encode_ids(tower, NULL, whole, 1, out, 3 * DIM),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_tower_encode_ids(NULL, ids, whole, 1, out, 3 * DIM),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_encode_ids(tower, ids, whole, 1, out, 9),
                     SIAMESE_E_RANGE);
    /* empty rows need no ids */
    assert_int_equal(
        siamese_tower_encode_ids(tower, NULL, (size_t[]){3, 3}, 1, out, DIM),
        0);
}

/* ---- parameters ---- */

static void test_parameter_info__lists_them_in_keras_s_order(void **state)
{
    static const char *const names[] = {
        "embedding", "fw_kernel",    "fw_recurrent", "fw_bias",
        "bw_kernel", "bw_recurrent", "bw_bias"};
    static const size_t counts[] = {41 * 4, 80, 100, 20, 80, 100, 20};
    siamese_parameter_info info = {.struct_size = sizeof info};
    (void)state;
    assert_int_equal(siamese_tower_parameter_count(tower), 7);
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(siamese_tower_parameter_info(tower, i, &info), 0);
        assert_string_equal(info.name, names[i]);
        assert_int_equal(info.count, counts[i]);
        assert_int_equal(info.shape[0] * info.shape[1], counts[i]);
        assert_true(info.shape[2] == 1 && info.shape[3] == 1);
    }
    assert_int_equal(siamese_tower_parameter_info(tower, 7, &info),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_tower_parameter_info(tower, 0, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_parameter_info(NULL, 0, &info),
                     SIAMESE_E_ARGUMENT);
    info.struct_size = 0;
    assert_int_equal(siamese_tower_parameter_info(tower, 0, &info),
                     SIAMESE_E_ARGUMENT);
}

static void test_parameter_get__refuses_bad_arguments(void **state)
{
    float values[41 * 4];
    size_t needed = 0;
    (void)state;
    assert_int_equal(
        siamese_tower_parameter_get(tower, "embedding", NULL, 0, &needed),
        SIAMESE_E_RANGE);
    assert_int_equal(needed, 41 * 4);
    assert_int_equal(siamese_tower_parameter_get(tower, "embedding", values,
                                                 41 * 4 - 1, NULL),
                     SIAMESE_E_RANGE);
    assert_int_equal(
        siamese_tower_parameter_get(tower, "embedding", values, 41 * 4, NULL),
        0);
    assert_int_equal(
        siamese_tower_parameter_get(tower, NULL, values, 164, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_tower_parameter_get(NULL, "embedding", values, 164, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_tower_parameter_get(tower, "fw_gamma", values, 164, NULL),
        SIAMESE_E_NOT_FOUND);
    check_error("fw_gamma");
    check_error("embedding, fw_kernel, fw_recurrent, fw_bias, bw_kernel, "
                "bw_recurrent, bw_bias");
}

static void test_parameter_set__takes_all_or_nothing(void **state)
{
    float before[20], values[21] = {0}, after[20];
    (void)state;
    siamese_tower_parameter_get(tower, "fw_bias", before, 20, NULL);
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        values[19] = bad[i];
        assert_int_equal(
            siamese_tower_parameter_set(tower, "fw_bias", values, 20),
            SIAMESE_E_NOT_FINITE);
        check_error("number 19 of fw_bias");
    }
    values[19] = 0;
    static const size_t counts[] = {0, 19, 21};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            siamese_tower_parameter_set(tower, "fw_bias", values, counts[i]),
            SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_parameter_set(tower, "fw_bias", NULL, 20),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_parameter_set(tower, "", values, 20),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_tower_parameter_set(NULL, "fw_bias", values, 20),
                     SIAMESE_E_ARGUMENT);
    siamese_tower_parameter_get(tower, "fw_bias", after, 20, NULL);
    assert_memory_equal(before, after, sizeof after);
    assert_int_equal(siamese_tower_parameter_set(tower, "fw_bias", values, 20),
                     0);
    siamese_tower_parameter_get(tower, "fw_bias", after, 20, NULL);
    assert_memory_equal(values, after, sizeof after);
}

static void test_seed__decides_the_initial_weights(void **state)
{
    float first[100], other[100];
    (void)state;
    for (uint64_t seed = 0; seed < 3; seed++) {
        siamese_tower_options o;
        siamese_tower *t = NULL;
        siamese_tower_options_init(&o, sizeof o);
        o.embedding_dim = 4;
        o.units = 5;
        o.seed = seed % 2;
        siamese_tower_create(&t, &o);
        siamese_tower_add_field(t, "text", vocab, NULL);
        float *const to = seed ? other : first;
        assert_int_equal(
            siamese_tower_parameter_get(t, "bw_recurrent", to, 100, NULL), 0);
        if (seed)
            assert_int_equal(memcmp(first, other, sizeof first) == 0,
                             seed == 2);
        siamese_tower_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_create__without_options_has_the_defaults),
        cmocka_unit_test(test_add_field__names_are_checked),
        cmocka_unit_test(test_add_field__refuses_what_it_cannot_use),
        cmocka_unit_test(test_add_field__makes_a_table_for_the_vocabulary),
        cmocka_unit_test(test_get_vocab__gives_a_handle_of_its_own),
        cmocka_unit_test(test_encode__equals_plain_double_precision),
        cmocka_unit_test(test_encode_ids__equals_encode),
        cmocka_unit_test(test_encode_ids__of_any_length_keep_every_token),
        cmocka_unit_test(test_encode_ids__pads_and_cuts),
        cmocka_unit_test(test_encode__refuses_bad_arguments),
        cmocka_unit_test(test_encode_ids__names_the_first_bad_row),
        cmocka_unit_test(test_parameter_info__lists_them_in_keras_s_order),
        cmocka_unit_test(test_parameter_get__refuses_bad_arguments),
        cmocka_unit_test(test_parameter_set__takes_all_or_nothing),
        cmocka_unit_test(test_seed__decides_the_initial_weights),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
