/* Embedding and bidirectional LSTM: vectors against a plain one in double
 * precision, gradients against finite differences of that. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bilstm_reference.h"
#include "math/cpu.h"
#include "nn/bilstm.h"
#include "random_numbers.h"

/* ---- a model, its double, and a batch ---- */

typedef struct fixture {
    test_random random;
    const sm_kernels *kernels;
    sm_pool *pool;
    sm_parameters list;
    sm_bilstm model;
    reference plain;
    size_t rows;
    int32_t *ids;
    size_t *offsets;
    float *weights; /* of the loss [rows][2 units] */
    sm_bilstm_pass pass;
} fixture;

static void fixture_start(fixture *x, int32_t level, int32_t threads,
                          size_t table, size_t inputs, size_t units,
                          size_t length)
{
    *x = (fixture){.random = {77 + units * 1000 + length}};
    assert_int_equal(sm_kernels_select(level, &x->kernels), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(
        sm_bilstm_create(&x->model, &x->list, table, inputs, units, length),
        0);
    assert_int_equal(x->list.count, REFERENCE_PARAMETERS);
    assert_int_equal(sm_parameters_train(&x->list, 0), 0);
    x->plain = (reference){
        .table = table, .inputs = inputs, .units = units, .length = length};
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) {
        sm_parameter *const own = x->list.items[p];
        test_random_floats(&x->random, 0.8, own->value, own->count);
        x->plain.counts[p] = own->count;
        x->plain.parameters[p] = malloc(own->count * sizeof(double));
        for (size_t i = 0; i < own->count; i++)
            x->plain.parameters[p][i] = own->value[i];
    }
    sm_bilstm_update(&x->model, x->kernels);
}

static void fixture_batch_free(fixture *x)
{
    free(x->ids);
    free(x->offsets);
    free(x->weights);
}

/*
 * Rows of every length from none to more than T; one in four repeats an earlier
 * row, some have an id 0 inside.
 */
static void fixture_batch(fixture *x, size_t rows)
{
    size_t const longest = x->plain.length + 2;
    fixture_batch_free(x);
    x->rows = rows;
    x->ids = malloc((rows * longest + 1) * sizeof *x->ids);
    x->offsets = malloc((rows + 1) * sizeof *x->offsets);
    x->weights = malloc(rows * 2 * x->plain.units * sizeof *x->weights);
    x->offsets[0] = 0;
    for (size_t r = 0; r < rows; r++) {
        int32_t *const to = x->ids + x->offsets[r];
        size_t count = r % (longest + 1);
        if (r > 4 && test_random_below(&x->random, 4) == 0) {
            size_t const other = test_random_below(&x->random, r);
            count = x->offsets[other + 1] - x->offsets[other];
            memcpy(to, x->ids + x->offsets[other], count * sizeof *to);
        } else {
            for (size_t i = 0; i < count; i++)
                to[i] = (int32_t)test_random_below(&x->random, x->plain.table);
        }
        x->offsets[r + 1] = x->offsets[r] + count;
    }
    test_random_floats(&x->random, 1, x->weights, rows * 2 * x->plain.units);
}

static void fixture_end(fixture *x)
{
    fixture_batch_free(x);
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++)
        free(x->plain.parameters[p]);
    sm_bilstm_pass_free(&x->pass);
    sm_bilstm_free(&x->model);
    sm_parameters_free(&x->list);
    sm_pool_free(x->pool);
}

/* ---- forward ---- */

static void check_vectors(const fixture *x, const float *vectors,
                          const uint32_t *map)
{
    size_t const dim = 2 * x->plain.units;
    double expected[128];
    for (size_t r = 0; r < x->rows; r++) {
        reference_encode(&x->plain, x->ids + x->offsets[r],
                         x->offsets[r + 1] - x->offsets[r], expected);
        const float *const got = vectors + (map ? map[r] : r) * dim;
        for (size_t j = 0; j < dim; j++)
            if (!(fabs(got[j] - expected[j]) < 1e-6))
                fail_msg("row %zu, number %zu: %.9g, not %.9g (%s)", r, j,
                         (double)got[j], expected[j], x->kernels->name);
    }
}

static const struct {
    size_t inputs, units, length, rows;
} shapes[] = {{1, 1, 1, 5},  {5, 5, 3, 20},  {8, 8, 7, 70}, {3, 11, 3, 130},
              {7, 16, 2, 9}, {5, 17, 4, 66}, {4, 8, 1, 65}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static void test_encode__equals_plain_double_precision(void **state)
{
    (void)state;
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++)
        for (size_t i = 0; i < SHAPES; i++) {
            fixture x;
            sm_bilstm_scratch scratch = {.vectors_capacity = 0};
            fixture_start(&x, level, 1, 23, shapes[i].inputs, shapes[i].units,
                          shapes[i].length);
            for (size_t rows = 1; rows <= shapes[i].rows;
                 rows += shapes[i].rows - 1) {
                fixture_batch(&x, rows);
                float *const out =
                    calloc(rows * 2 * shapes[i].units, sizeof *out);
                assert_int_equal(sm_bilstm_encode(&x.model, &scratch, x.ids,
                                                  x.offsets, rows, out),
                                 0);
                check_vectors(&x, out, NULL);
                free(out);
            }
            sm_bilstm_scratch_free(&scratch);
            fixture_end(&x);
        }
}

/* ---- backward ---- */

/* The loss's gradient for distinct vectors: rows that are equal add up. */
static void run_pass(fixture *x)
{
    size_t const dim = 2 * x->plain.units;
    assert_int_equal(sm_bilstm_forward(&x->model, x->pool, &x->pass, x->ids,
                                       x->offsets, x->rows),
                     0);
    const sm_sequences *const s = &x->pass.sequences;
    check_vectors(x, x->pass.vectors, s->row_map);
    float *const gradients = calloc(s->distinct * dim, sizeof *gradients);
    for (size_t r = 0; r < x->rows; r++)
        for (size_t j = 0; j < dim; j++)
            gradients[s->row_map[r] * dim + j] += x->weights[r * dim + j];
    assert_int_equal(
        sm_bilstm_backward(&x->model, x->pool, &x->pass, gradients), 0);
    free(gradients);
}

static double loss(const fixture *x)
{
    return reference_loss(&x->plain, x->ids, x->offsets, x->rows, x->weights);
}

/* (L(theta + h) - L(theta - h)) / 2h for one number */
static double difference(const fixture *x, size_t p, size_t i)
{
    double *const at = &x->plain.parameters[p][i];
    double const value = *at, h = 1e-5;
    *at = value + h;
    double const above = loss(x);
    *at = value - h;
    double const below = loss(x);
    *at = value;
    return (above - below) / (2 * h);
}

static float gradient_at(const sm_parameter *p, size_t i)
{
    float gradient;
    sm_parameter_dense_gradient(p, i, 1, &gradient);
    return gradient;
}

/* The same along a random direction in all parameters. */
static void check_direction(fixture *x)
{
    double const h = 1e-6;
    double expected = 0, slope = 0, size = 0, above = 0;
    for (int side = 0; side < 3; side++) {
        test_random direction = {4711};
        for (size_t p = 0; p < REFERENCE_PARAMETERS; p++)
            for (size_t i = 0; i < x->plain.counts[p]; i++) {
                double const along = test_random_real(&direction, 1);
                double const g = gradient_at(x->list.items[p], i);
                x->plain.parameters[p][i] +=
                    side == 0 ? h * along
                              : (side == 1 ? -2 * h * along : h * along);
                if (side == 2) slope += g * along;
                if (side == 2) size += g * g;
            }
        if (side == 0) above = loss(x);
        if (side == 1) expected = (above - loss(x)) / (2 * h);
    }
    if (!(fabs(slope - expected) < 2e-5 * sqrt(size) + 1e-6))
        fail_msg("along a direction: %.9g, not %.9g", slope, expected);
}

/* About `samples` numbers of each parameter; all are checked where it has no
 * more. */
static void check_gradients(fixture *x, size_t samples)
{
    double norm = 0;
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++)
        for (size_t i = 0; i < x->plain.counts[p]; i++)
            norm += pow(gradient_at(x->list.items[p], i), 2);
    norm = sqrt(norm);
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) {
        const sm_parameter *const own = x->list.items[p];
        size_t const step = 1 + own->count / samples;
        for (size_t i = 0; i < own->count; i += step) {
            double const expected = difference(x, p, i);
            double const got = gradient_at(own, i);
            if (!(fabs(got - expected) < 2e-6 * norm + 1e-7))
                fail_msg("gradient %zu of %s is %.9g, not %.9g (%s, %zu units)",
                         i, own->name, got, expected,
                         x->kernels->name, x->plain.units);
        }
    }
    check_direction(x);
}

static void test_gradients__equal_finite_differences(void **state)
{
    (void)state;
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++)
        for (size_t i = 0; i < SHAPES; i++) {
            fixture x;
            fixture_start(&x, level, 3, 9, shapes[i].inputs, shapes[i].units,
                          shapes[i].length);
            fixture_batch(&x, shapes[i].rows);
            run_pass(&x);
            check_gradients(&x, level < sm_cpu_best_level() ? 3 : 12);
            fixture_end(&x);
        }
}

static void test_gradients__of_more_than_one_block_of_tokens(void **state)
{
    fixture x;
    (void)state;
    fixture_start(&x, SIAMESE_KERNEL_AUTO, 2, 300, 3, 4, 4);
    fixture_batch(&x, 200);
    run_pass(&x);
    assert_true(x.pass.sequences.token_count > 128);
    check_gradients(&x, 12);
    fixture_end(&x);
}

/* Nothing of a batch stays for the next: not in the embedding's gradient, and
 * not where the next batch is smaller or has other lengths. */
static void test_gradients__of_a_later_batch_stand_alone(void **state)
{
    fixture x;
    (void)state;
    fixture_start(&x, SIAMESE_KERNEL_AUTO, 2, 40, 4, 5, 5);
    size_t const batches[] = {150, 3, 1, 70};
    for (size_t i = 0; i < 4; i++) {
        fixture_batch(&x, batches[i]);
        run_pass(&x);
        check_gradients(&x, 25);
    }
    fixture_end(&x);
}

static void only_rows_of_one_kind(size_t count, int32_t id)
{
    fixture x;
    fixture_start(&x, SIAMESE_KERNEL_AUTO, 2, 5, 3, 5, 4);
    fixture_batch(&x, 80);
    for (size_t r = 0; r <= x.rows; r++) x.offsets[r] = r * count;
    for (size_t i = 0; i < x.rows * count; i++)
        x.ids[i] = id < 0 ? (int32_t)(i * 7 / 3 % 5) : id;
    run_pass(&x);
    check_gradients(&x, 30);
    fixture_end(&x);
}

static void test_gradients__of_empty_full_and_padded_rows(void **state)
{
    (void)state;
    only_rows_of_one_kind(0, 0);  /* all empty */
    only_rows_of_one_kind(4, -1); /* all full */
    only_rows_of_one_kind(4, 0);  /* all written out as pads */
    only_rows_of_one_kind(2, 3);  /* all the same */
}

static void test_gradients__have_the_same_bits_for_any_threads(void **state)
{
    (void)state;
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++) {
        float *first[REFERENCE_PARAMETERS] = {NULL};
        static const int32_t threads[] = {1, 2, 7};
        for (size_t i = 0; i < 3; i++) {
            fixture x;
            fixture_start(&x, level, threads[i], 150, 6, 9, 6);
            fixture_batch(&x, 400);
            run_pass(&x);
            for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) {
                const sm_parameter *const own = x.list.items[p];
                size_t const size = own->count * sizeof(float);
                float *const dense = malloc(size);
                sm_parameter_dense_gradient(own, 0, own->count, dense);
                if (i == 0) {
                    first[p] = dense;
                    continue;
                }
                assert_memory_equal(dense, first[p], size);
                free(dense);
            }
            fixture_end(&x);
        }
        for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) free(first[p]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode__equals_plain_double_precision),
        cmocka_unit_test(test_gradients__equal_finite_differences),
        cmocka_unit_test(test_gradients__of_more_than_one_block_of_tokens),
        cmocka_unit_test(test_gradients__of_a_later_batch_stand_alone),
        cmocka_unit_test(test_gradients__of_empty_full_and_padded_rows),
        cmocka_unit_test(test_gradients__have_the_same_bits_for_any_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
