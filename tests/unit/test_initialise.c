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

#include "nn/bilstm.h"
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

static void create(sm_bilstm *model, sm_parameters *list, uint64_t seed)
{
    assert_int_equal(sm_bilstm_create(model, list, 51, 6, 9, 5), 0);
    assert_int_equal(sm_bilstm_initialise(model, seed), 0);
}

static int same_values(const sm_parameter *a, const sm_parameter *b)
{
    return memcmp(a->value, b->value, a->count * sizeof *a->value) == 0;
}

static void test_encoder__is_a_function_of_its_seed(void **state)
{
    sm_parameters lists[3] = {{.count = 0}, {.count = 0}, {.count = 0}};
    sm_bilstm models[3];
    (void)state;
    create(&models[0], &lists[0], 7);
    create(&models[1], &lists[1], 7);
    create(&models[2], &lists[2], 8);
    for (size_t i = 0; i < 7; i++) {
        int const bias = i == 3 || i == 6; /* no random numbers in them */
        assert_true(same_values(lists[0].items[i], lists[1].items[i]));
        assert_int_equal(
            same_values(lists[0].items[i], lists[2].items[i]), bias);
    }
    /* the directions do not begin alike */
    assert_false(same_values(lists[0].items[1], lists[0].items[4]));
    for (size_t i = 0; i < 3; i++) {
        sm_bilstm_free(&models[i]);
        sm_parameters_free(&lists[i]);
    }
}

static void test_encoder__names_and_shapes_are_keras_s(void **state)
{
    static const struct {
        const char *name;
        size_t rank, shape[4];
    } expected[] = {
        {"embedding", 2, {51, 6, 1, 1}},  {"fw_kernel", 2, {6, 36, 1, 1}},
        {"fw_recurrent", 2, {9, 36, 1, 1}}, {"fw_bias", 1, {36, 1, 1, 1}},
        {"bw_kernel", 2, {6, 36, 1, 1}},  {"bw_recurrent", 2, {9, 36, 1, 1}},
        {"bw_bias", 1, {36, 1, 1, 1}}};
    sm_parameters list = {.count = 0};
    sm_bilstm model;
    (void)state;
    create(&model, &list, 1);
    assert_int_equal(list.count, 7);
    for (size_t i = 0; i < 7; i++) {
        const sm_parameter *const p = list.items[i];
        assert_string_equal(p->name, expected[i].name);
        assert_int_equal(p->rank, expected[i].rank);
        assert_memory_equal(p->shape, expected[i].shape, sizeof p->shape);
        assert_ptr_equal(sm_parameters_find(&list, p->name), p);
    }
    assert_null(sm_parameters_find(&list, "fw_gamma"));
    sm_bilstm_free(&model);
    sm_parameters_free(&list);
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
        cmocka_unit_test(test_glorot__has_its_limit_from_the_fans),
        cmocka_unit_test(test_orthogonal__rows_are_orthonormal),
        cmocka_unit_test(test_forget_bias__is_one_in_the_second_block_alone),
        cmocka_unit_test(test_encoder__is_a_function_of_its_seed),
        cmocka_unit_test(test_encoder__names_and_shapes_are_keras_s),
        cmocka_unit_test(test_parameters__too_large_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
