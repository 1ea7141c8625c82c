/* Initial weights: bounds, moments, orthonormal rows, seeds; and the list of
 * parameters that holds them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/encoder_types.h"
#include "nn/initialise.h"

static sm_parameter *add(sm_parameters *list, const char *name, size_t rows,
                         size_t columns)
{
    size_t const shape[] = {rows, columns};
    sm_parameter *p = NULL;
    assert_int_equal(sm_parameters_add(list, name, 2, shape, &p), 0);
    return p;
}

/* A uniform variable on [-l, l]: mean 0, variance l^2 / 3. */
static void check_uniform(const sm_parameter *p, double limit)
{
    double sum = 0, squares = 0, highest = 0;
    for (size_t i = 0; i < p->count; i++) {
        double const x = p->value[i];
        assert_true(fabs(x) <= (double)(float)limit);
        sum += x;
        squares += x * x;
        if (fabs(x) > highest) highest = fabs(x);
    }
    double const n = (double)p->count, variance = limit * limit / 3;
    assert_true(fabs(sum / n) < 5 * sqrt(variance / n));
    /* the variance of x^2 is 4 l^4 / 45 */
    assert_true(fabs(squares / n - variance) <
                5 * sqrt(4.0 / 45 / n) * limit * limit);
    assert_true(highest > 0.99 * limit);
}

static void test_uniform__keeps_its_bounds_and_moments(void **state)
{
    sm_parameters list = {.count = 0};
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 3, 0);
    sm_parameter *const p = add(&list, "p", 1001, 8);
    sm_initialise_uniform(p, &rng, 0.05);
    check_uniform(p, 0.05);
    sm_parameters_free(&list);
}

/* The normal distribution: each point's share below it by erf, and the moments,
 * within five standard errors. */
static void test_normal_rows__are_normal(void **state)
{
    static const double points[] = {-4,  -3.5, -3,  -2,  -1,  -0.3, 0,
                                    0.1, 0.5,  1.5, 2.5, 3.4, 3.45, 4.2};
    enum { POINTS = sizeof points / sizeof *points };
    sm_parameters list = {.count = 0};
    size_t below[POINTS] = {0};
    double sum = 0, squares = 0, cubes = 0, fourths = 0;
    (void)state;
    sm_parameter *const p = add(&list, "p", 4001, 500);
    sm_initialise_normal_rows(p, 9, 0.25);
    for (size_t i = 0; i < p->count; i++) {
        double const x = (double)p->value[i] / 0.25;
        for (size_t k = 0; k < POINTS; k++) below[k] += x < points[k];
        sum += x;
        squares += x * x;
        cubes += x * x * x;
        fourths += x * x * x * x;
    }
    double const n = (double)p->count;
    for (size_t k = 0; k < POINTS; k++) {
        double const share = 0.5 * erfc(-points[k] / sqrt(2));
        assert_true(fabs((double)below[k] / n - share) <
                    5 * sqrt(share * (1 - share) / n));
    }
    assert_true(fabs(sum / n) < 5 / sqrt(n));
    assert_true(fabs(squares / n - 1) < 5 * sqrt(2 / n));
    assert_true(fabs(cubes / n) < 5 * sqrt(15 / n));
    assert_true(fabs(fourths / n - 3) < 5 * sqrt(96 / n));
    sm_parameters_free(&list);
}

/* No row follows another, or the same row of another seed. */
static void test_normal_rows__do_not_correlate(void **state)
{
    enum { ROWS = 40, COLUMNS = 2000 };
    sm_parameters list = {.count = 0};
    (void)state;
    sm_parameter *const a = add(&list, "a", ROWS, COLUMNS);
    sm_parameter *const b = add(&list, "b", ROWS, COLUMNS);
    sm_initialise_normal_rows(a, 1, 1);
    sm_initialise_normal_rows(b, 2, 1);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t s = 0; s < ROWS; s++) {
            double within = 0, between = 0;
            for (size_t j = 0; j < COLUMNS; j++) {
                double const x = a->value[r * COLUMNS + j];
                within += x * (double)a->value[s * COLUMNS + j];
                between += x * (double)b->value[s * COLUMNS + j];
            }
            if (r != s) assert_true(fabs(within) < 6 * sqrt(COLUMNS));
            assert_true(fabs(between) < 6 * sqrt(COLUMNS));
        }
    sm_parameters_free(&list);
}

/* Whatever the table's size, a row begins as it does. */
static void test_normal_rows__do_not_depend_on_the_table(void **state)
{
    sm_parameters list = {.count = 0};
    (void)state;
    sm_parameter *const few = add(&list, "few", 10, 7);
    sm_parameter *const more = add(&list, "more", 300, 7);
    sm_initialise_embedding(few, 5, 0.1);
    sm_initialise_embedding(more, 5, 0.1);
    assert_memory_equal(few->value, more->value, 70 * sizeof(float));
    sm_initialise_embedding(few, 6, 0.1);
    assert_memory_not_equal(few->value, more->value, 70 * sizeof(float));
    sm_initialise_embedding(more, 6, 0);
    check_uniform(more, 0.05);
    sm_parameters_free(&list);
}

static void test_glorot__has_its_limit_from_the_fans(void **state)
{
    sm_parameters list = {.count = 0};
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 4, 0);
    sm_parameter *const p = add(&list, "p", 30, 120);
    sm_initialise_glorot_uniform(p, &rng);
    check_uniform(p, 0.2); /* sqrt(6 / 150) */
    sm_parameters_free(&list);
}

static void test_orthogonal__rows_are_orthonormal(void **state)
{
    static const size_t sizes[] = {1, 2, 8, 11, 64};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        size_t const rows = sizes[i], columns = 4 * rows;
        sm_parameters list = {.count = 0};
        sm_rng rng;
        sm_rng_init(&rng, 5, i);
        sm_parameter *const p = add(&list, "p", rows, columns);
        assert_int_equal(sm_initialise_orthogonal(p, &rng), 0);
        for (size_t a = 0; a < rows; a++)
            for (size_t b = 0; b <= a; b++) {
                double sum = 0;
                for (size_t j = 0; j < columns; j++)
                    sum += (double)p->value[a * columns + j] *
                           p->value[b * columns + j];
                assert_true(fabs(sum - (a == b)) < 1e-6);
            }
        sm_parameters_free(&list);
    }
}

static void test_forget_bias__is_one_in_the_second_block_alone(void **state)
{
    sm_parameters list = {.count = 0};
    (void)state;
    sm_parameter *const p = add(&list, "p", 1, 12);
    for (size_t i = 0; i < 12; i++) p->value[i] = 9;
    sm_initialise_forget_bias(p);
    for (size_t i = 0; i < 12; i++)
        assert_true(p->value[i] == (i >= 3 && i < 6 ? 1.0f : 0.0f));
    sm_parameters_free(&list);
}

/* ---- a whole encoder ---- */

static sm_encoder *create(sm_parameters *list, int32_t kind, size_t layers,
                          int32_t bidirectional, uint64_t seed)
{
    sm_encoder_config const config = {.kind = kind,
                                      .table = 51,
                                      .length = 5,
                                      .embedding_dim = 6,
                                      .units = 9,
                                      .layers = layers,
                                      .bidirectional = bidirectional};
    sm_encoder *encoder = NULL;
    assert_int_equal(sm_encoder_create(&encoder, list, &config), 0);
    assert_int_equal(encoder->type->initialise(encoder, seed), 0);
    return encoder;
}

static int same_values(const sm_parameter *a, const sm_parameter *b)
{
    return memcmp(a->value, b->value, a->count * sizeof *a->value) == 0;
}

static void check_seed(int32_t kind)
{
    static const uint64_t seeds[] = {7, 7, 8};
    sm_parameters lists[3] = {{.count = 0}, {.count = 0}, {.count = 0}};
    for (size_t i = 0; i < 3; i++)
        sm_encoder_free(create(&lists[i], kind, 2, 1, seeds[i]));
    assert_int_equal(lists[0].count, 13);
    for (size_t i = 0; i < 13; i++) {
        int const bias = i > 0 && i % 3 == 0; /* no random numbers in them */
        assert_true(same_values(lists[0].items[i], lists[1].items[i]));
        assert_int_equal(same_values(lists[0].items[i], lists[2].items[i]),
                         bias);
    }
    /* no two directions begin alike */
    for (size_t i = 2; i < 13; i += 3)
        for (size_t j = 2; j < i; j += 3)
            assert_false(same_values(lists[0].items[i], lists[0].items[j]));
    for (size_t i = 0; i < 3; i++) sm_parameters_free(&lists[i]);
}

static void test_encoder__is_a_function_of_its_seed(void **state)
{
    (void)state;
    check_seed(SIAMESE_ENCODER_LSTM);
    check_seed(SIAMESE_ENCODER_GRU);
}

/* LSTM: 1 in the forget gate's block of each direction; GRU: 0. */
static void test_encoder__biases_are_keras_s(void **state)
{
    (void)state;
    for (int gru = 0; gru < 2; gru++) {
        sm_parameters list = {.count = 0};
        sm_encoder_free(create(
            &list, gru ? SIAMESE_ENCODER_GRU : SIAMESE_ENCODER_LSTM, 2, 1, 3));
        for (size_t p = 3; p < list.count; p += 3)
            for (size_t i = 0; i < list.items[p]->count; i++)
                assert_true(list.items[p]->value[i] ==
                            (!gru && i >= 9 && i < 18 ? 1 : 0));
        sm_parameters_free(&list);
    }
}

typedef struct named_shape {
    const char *name;
    size_t rank, shape[4];
} named_shape;

static void check_names(int32_t kind, size_t layers, int32_t bidirectional,
                        const named_shape *expected, size_t count)
{
    sm_parameters list = {.count = 0};
    sm_encoder_free(create(&list, kind, layers, bidirectional, 1));
    assert_int_equal(list.count, count);
    for (size_t i = 0; i < count; i++) {
        const sm_parameter *const p = list.items[i];
        assert_string_equal(p->name, expected[i].name);
        assert_int_equal(p->rank, expected[i].rank);
        assert_memory_equal(p->shape, expected[i].shape, sizeof p->shape);
        assert_ptr_equal(sm_parameters_find(&list, p->name), p);
    }
    assert_null(sm_parameters_find(&list, "fw_gamma"));
    sm_parameters_free(&list);
}

static void test_encoder__names_and_shapes_are_keras_s(void **state)
{
    static const named_shape lstm[] = {
        {"embedding", 2, {51, 6, 1, 1}},
        {"fw_kernel", 2, {6, 36, 1, 1}},
        {"fw_recurrent", 2, {9, 36, 1, 1}},
        {"fw_bias", 1, {36, 1, 1, 1}},
        {"bw_kernel", 2, {6, 36, 1, 1}},
        {"bw_recurrent", 2, {9, 36, 1, 1}},
        {"bw_bias", 1, {36, 1, 1, 1}},
        {"layer2_fw_kernel", 2, {18, 36, 1, 1}},
        {"layer2_fw_recurrent", 2, {9, 36, 1, 1}},
        {"layer2_fw_bias", 1, {36, 1, 1, 1}},
        {"layer2_bw_kernel", 2, {18, 36, 1, 1}},
        {"layer2_bw_recurrent", 2, {9, 36, 1, 1}},
        {"layer2_bw_bias", 1, {36, 1, 1, 1}}};
    static const named_shape gru[] = {{"embedding", 2, {51, 6, 1, 1}},
                                      {"fw_kernel", 2, {6, 27, 1, 1}},
                                      {"fw_recurrent", 2, {9, 27, 1, 1}},
                                      {"fw_bias", 2, {2, 27, 1, 1}},
                                      {"layer2_fw_kernel", 2, {9, 27, 1, 1}},
                                      {"layer2_fw_recurrent", 2, {9, 27, 1, 1}},
                                      {"layer2_fw_bias", 2, {2, 27, 1, 1}}};
    (void)state;
    check_names(SIAMESE_ENCODER_LSTM, 1, 1, lstm, 7);
    check_names(SIAMESE_ENCODER_LSTM, 2, 1, lstm, 13);
    check_names(SIAMESE_ENCODER_GRU, 2, 0, gru, 7);
}

static void test_parameters__too_large_are_refused(void **state)
{
    size_t const shapes[][2] = {{SIZE_MAX, 2}, {SIZE_MAX / 8, 4}};
    sm_parameters list = {.count = 0};
    sm_parameter *p = NULL;
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(sm_parameters_add(&list, "p", 2, shapes[i], &p),
                         SIAMESE_E_LIMIT);
        assert_null(p);
        assert_int_equal(list.count, 0);
    }
    sm_parameters_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uniform__keeps_its_bounds_and_moments),
        cmocka_unit_test(test_normal_rows__are_normal),
        cmocka_unit_test(test_normal_rows__do_not_correlate),
        cmocka_unit_test(test_normal_rows__do_not_depend_on_the_table),
        cmocka_unit_test(test_glorot__has_its_limit_from_the_fans),
        cmocka_unit_test(test_orthogonal__rows_are_orthonormal),
        cmocka_unit_test(test_forget_bias__is_one_in_the_second_block_alone),
        cmocka_unit_test(test_encoder__is_a_function_of_its_seed),
        cmocka_unit_test(test_encoder__biases_are_keras_s),
        cmocka_unit_test(test_encoder__names_and_shapes_are_keras_s),
        cmocka_unit_test(test_parameters__too_large_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
