/* Gradients of towers of several fields against central differences. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tower_host.h"

#include "tower/tower_pass.h"

enum { WORDS = 12, ROWS = 9, FIELDS = 4 };

static siamese_tower *tower_of(int32_t combine, const siamese_vocab *vocab)
{
    siamese_tower_options o;
    siamese_field_options f;
    siamese_tower *t = NULL;
    siamese_tower_options_init(&o, sizeof o);
    o.embedding_dim = 4;
    o.units = 2;
    o.combine = combine;
    o.project = 3;
    o.normalize = 1;
    assert_int_equal(siamese_tower_create(&t, &o), 0);
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    siamese_field_options_init(&f, sizeof f);
    f.shared_field = 1;
    f.weight = 0.75;
    assert_int_equal(siamese_tower_add_field(t, "text", vocab, &f), 0);
    siamese_field_options_init(&f, sizeof f);
    f.kind = SIAMESE_FIELD_ID;
    f.buckets = 5;
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &f), 0);
    f.kind = SIAMESE_FIELD_NUMBERS;
    f.numbers = 2;
    f.weight = -0.5;
    assert_int_equal(siamese_tower_add_field(t, "size", NULL, &f), 0);
    host_weights(t, 3);
    return t;
}

static const char *const texts[ROWS][FIELDS] = {
    {"w1 w2", "w3", "a", "1 2"},
    {"w4", "", "b", "0.5 0"},
    {"", "w5 w5", "a", ""},
    {"w1 w2", "w3", "a", "1 2"},
    {"w9 w8 w7 w6", "w2", "", "-1 0"},
    {"w3", "w4", "c", "2 -0.25"},
    {"w99", "w1 w2", "d", "0.5 0.5"},
    {"w0", "w0", "e", "1 0"},
    {"w11", "w10", "b", ""}};

/* L = sum_r c_r . v_r, c fixed */
static float coefficient(size_t row, size_t j)
{
    return (float)((row * 7 + j * 5) % 11) / 5 - 1;
}

static double loss(const siamese_tower *t)
{
    siamese_text rows[ROWS * FIELDS];
    float out[ROWS * 3];
    double sum = 0;
    for (size_t i = 0; i < ROWS * FIELDS; i++)
        rows[i] = (siamese_text){texts[i / FIELDS][i % FIELDS],
                                 strlen(texts[i / FIELDS][i % FIELDS])};
    assert_int_equal(siamese_tower_encode(t, rows, ROWS, FIELDS, out, ROWS * 3),
                     0);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < 3; j++)
            sum += (double)coefficient(r, j) * out[r * 3 + j];
    return sum;
}

static void backward(siamese_tower *t, sm_tower_pass *pass)
{
    siamese_text rows[ROWS * FIELDS];
    float gradients[ROWS * 3] = {0};
    for (size_t i = 0; i < ROWS * FIELDS; i++)
        rows[i] = (siamese_text){texts[i / FIELDS][i % FIELDS],
                                 strlen(texts[i / FIELDS][i % FIELDS])};
    assert_int_equal(sm_tower_forward(t, pass, rows, ROWS), 0);
    assert_int_equal(sm_tower_pass_distinct(pass), ROWS - 1);
    for (size_t r = 0; r < ROWS; r++)
        for (size_t j = 0; j < 3; j++)
            gradients[sm_tower_pass_row_map(pass)[r] * 3 + j] +=
                coefficient(r, j);
    assert_int_equal(sm_tower_backward(t, pass, gradients), 0);
}

static void check(int32_t combine)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, 4);
    siamese_tower *const t = tower_of(combine, vocab);
    sm_parameters *const list = sm_tower_parameters(t);
    sm_tower_pass *pass = NULL;
    sm_pool *pool = NULL;
    double squares = 0, errors = 0;
    assert_int_equal(sm_parameters_train(list, 0), 0);
    assert_int_equal(sm_pool_create(&pool, 2), 0);
    assert_int_equal(sm_tower_pass_create(&pass, pool, false), 0);
    backward(t, pass);
    for (size_t p = 0; p < list->count; p++) {
        sm_parameter *const parameter = list->items[p];
        float *const gradient = calloc(parameter->count, sizeof *gradient);
        sm_parameter_dense_gradient(parameter, 0, parameter->count, gradient);
        for (size_t i = 0; i < parameter->count; i++) {
            float const before = parameter->value[i], step = 2e-2f;
            parameter->value[i] = before + step;
            sm_tower_parameters_changed(t);
            double const above = loss(t);
            parameter->value[i] = before - step;
            sm_tower_parameters_changed(t);
            double const slope = (above - loss(t)) / (2 * step);
            parameter->value[i] = before;
            squares += slope * slope;
            errors += (slope - gradient[i]) * (slope - gradient[i]);
        }
        free(gradient);
    }
    /* float32 differences: a few parts in a thousand of the norm */
    if (sqrt(errors) > 5e-3 * sqrt(squares))
        fail_msg("error %g of %g", sqrt(errors), sqrt(squares));
    sm_tower_pass_free(pass);
    sm_pool_free(pool);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

static void test_gradients__of_a_sum(void **state)
{
    (void)state;
    check(SIAMESE_COMBINE_SUM);
}

static void test_gradients__of_a_concatenation(void **state)
{
    (void)state;
    check(SIAMESE_COMBINE_CONCAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gradients__of_a_sum),
        cmocka_unit_test(test_gradients__of_a_concatenation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
