/* The transformer: vectors against a plain one in double precision, gradients
 * against finite differences of that, with and without dropout. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hash.h"
#include "kernel_levels.h"
#include "nn/encoder_types.h"
#include "random_numbers.h"
#include "transformer_reference.h"

enum { TABLE = 11, PASS_SEED = 5, MODEL_SEED = 9 };

typedef struct shape {
    size_t dim, heads, feed_forward, layers, length, rows;
    int32_t activation, norm_first, pooling;
    double dropout;
} shape;

/* Every activation, pooling, number of heads and place of the norms. */
static const shape shapes[] = {
    {4, 1, 6, 1, 3, 12, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_MEAN, 0},
    {4, 2, 5, 1, 3, 12, SIAMESE_ACTIVATION_GELU_TANH, 1, SIAMESE_POOLING_MEAN,
     0},
    {6, 3, 9, 2, 5, 20, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_CLS, 0},
    {9, 3, 4, 2, 4, 20, SIAMESE_ACTIVATION_RELU, 1, SIAMESE_POOLING_MAX, 0},
    {24, 4, 40, 1, 6, 9, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_MAX, 0},
    {16, 8, 17, 2, 1, 7, SIAMESE_ACTIVATION_TANH, 1, SIAMESE_POOLING_CLS, 0},
    {5, 5, 33, 3, 7, 15, SIAMESE_ACTIVATION_RELU, 0, SIAMESE_POOLING_MEAN, 0},
    {6, 2, 7, 2, 5, 15, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_MEAN, 0.3},
    {5, 1, 4, 2, 4, 15, SIAMESE_ACTIVATION_GELU_TANH, 1, SIAMESE_POOLING_MAX,
     0.5},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* ---- a model, its double, and a batch ---- */

typedef struct fixture {
    test_random random;
    const sm_kernels *kernels;
    sm_pool *pool;
    sm_parameters list;
    sm_encoder *encoder;
    sm_encoder_pass *pass;
    reference plain;
    size_t rows, dim;
    int32_t *ids;
    size_t *offsets;
    float *weights; /* of the loss [rows][dim] */
} fixture;

static sm_encoder_config config_of(const shape *s, size_t table)
{
    return (sm_encoder_config){.kind = SIAMESE_ENCODER_TRANSFORMER,
                               .table = table,
                               .length = s->length,
                               .embedding_dim = s->dim,
                               .pooling = s->pooling,
                               .layers = s->layers,
                               .heads = s->heads,
                               .feed_forward = s->feed_forward,
                               .feed_forward_activation = s->activation,
                               .norm_first = s->norm_first,
                               .dropout = s->dropout,
                               .layer_norm_epsilon = 1e-5,
                               .seed = MODEL_SEED};
}

static void fixture_start(fixture *x, const shape *s, size_t table,
                          int32_t level, int32_t threads)
{
    *x = (fixture){.random = {77 + s->dim * 1000 + s->length}, .dim = s->dim};
    x->plain.config = config_of(s, table);
    assert_int_equal(sm_kernels_select(level, &x->kernels), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(sm_encoder_create(&x->encoder, &x->list, &x->plain.config),
                     0);
    assert_int_equal(x->encoder->dim, s->dim);
    assert_int_equal(x->list.count,
                     REFERENCE_FIRST + s->layers * REFERENCE_BLOCK);
    assert_int_equal(sm_parameters_train(&x->list, 0), 0);
    x->plain.parameters = calloc(x->list.count, sizeof(double *));
    for (size_t p = 0; p < x->list.count; p++) {
        sm_parameter *const own = x->list.items[p];
        test_random_floats(&x->random, 0.9, own->value, own->count);
        x->plain.parameters[p] = malloc(own->count * sizeof(double));
        for (size_t i = 0; i < own->count; i++)
            x->plain.parameters[p][i] = own->value[i];
    }
    x->encoder->type->update(x->encoder, x->kernels);
    assert_int_equal(x->encoder->type->pass_create(&x->pass), 0);
    x->pass->seed = PASS_SEED;
}

static void fixture_batch_free(fixture *x)
{
    free(x->ids);
    free(x->offsets);
    free(x->weights);
}

/* Rows of every length from none to more than T; one in four repeats an earlier
 * row, some have an id 0 inside. */
static void fixture_batch(fixture *x, size_t rows)
{
    size_t const longest = x->plain.config.length + 2;
    fixture_batch_free(x);
    x->rows = rows;
    x->ids = malloc((rows * longest + 1) * sizeof *x->ids);
    x->offsets = malloc((rows + 1) * sizeof *x->offsets);
    x->weights = malloc(rows * x->dim * sizeof *x->weights);
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
                to[i] = (int32_t)test_random_below(&x->random,
                                                   x->plain.config.table);
        }
        x->offsets[r + 1] = x->offsets[r] + count;
    }
    test_random_floats(&x->random, 1, x->weights, rows * x->dim);
}

static void fixture_end(fixture *x)
{
    fixture_batch_free(x);
    for (size_t p = 0; p < x->list.count; p++) free(x->plain.parameters[p]);
    free(x->plain.parameters);
    sm_encoder_pass_free(x->pass);
    sm_encoder_free(x->encoder);
    sm_parameters_free(&x->list);
    sm_pool_free(x->pool);
}

/* The plain vector of row r of the batch; map gives its distinct row. */
static void plain_vector(fixture *x, size_t r, double *out)
{
    x->plain.row = x->plain.dropout.rate > 0 ? x->pass->row_map[r] : 0;
    reference_encode(&x->plain, x->ids + x->offsets[r],
                     x->offsets[r + 1] - x->offsets[r], out);
}

static void check_vectors(fixture *x, const float *vectors, const uint32_t *map)
{
    double expected[REFERENCE_DIM];
    for (size_t r = 0; r < x->rows; r++) {
        const float *const got = vectors + (map ? map[r] : r) * x->dim;
        plain_vector(x, r, expected);
        for (size_t j = 0; j < x->dim; j++)
            if (!(fabs(got[j] - expected[j]) < 1e-5))
                fail_msg("row %zu, number %zu: %.9g, not %.9g (%s)", r, j,
                         (double)got[j], expected[j], x->kernels->name);
    }
}

/* ---- forward ---- */

static void encode(const fixture *x, size_t first, size_t rows, float *out)
{
    sm_encoder_scratch *scratch;
    assert_int_equal(x->encoder->type->scratch_create(&scratch), 0);
    assert_int_equal(x->encoder->type->encode(x->encoder, scratch, x->ids,
                                              x->offsets + first, rows, out),
                     0);
    sm_encoder_scratch_free(scratch);
}

static void test_encode__equals_plain_double_precision(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t i = 0; i < SHAPES; i++) {
            fixture x;
            float out[64 * REFERENCE_DIM];
            fixture_start(&x, &shapes[i], TABLE, level, 1);
            fixture_batch(&x, 60);
            encode(&x, 0, x.rows, out);
            check_vectors(&x, out, NULL);
            fixture_end(&x);
        }
}

static void test_encode__gives_a_row_the_same_bits_in_any_batch(void **state)
{
    shape const s = {
        16, 4, 24, 2, 9, 0, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_MEAN,
        0.1};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        fixture x;
        float *const all = malloc(700 * 16 * sizeof *all);
        float alone[16];
        fixture_start(&x, &s, 50, level, 1);
        fixture_batch(&x, 700); /* some chunks */
        encode(&x, 0, x.rows, all);
        for (size_t r = 0; r < x.rows; r += 13) {
            encode(&x, r, 1, alone);
            assert_memory_equal(alone, all + r * 16, sizeof alone);
        }
        free(all);
        fixture_end(&x);
    }
}

/* ---- backward ---- */

/* The loss's gradient for distinct vectors: rows that are equal add up. */
static void run_pass(fixture *x)
{
    const sm_encoder_type *const type = x->encoder->type;
    assert_int_equal(type->forward(x->encoder, x->pool, x->pass, x->ids,
                                   x->offsets, x->rows),
                     0);
    x->plain.dropout =
        (sm_dropout){sm_hash_mix(sm_hash_mix(MODEL_SEED) + x->pass->seed),
                     x->plain.config.dropout};
    float *const gradients =
        calloc(x->pass->distinct * x->dim, sizeof *gradients);
    for (size_t r = 0; r < x->rows; r++)
        for (size_t j = 0; j < x->dim; j++)
            gradients[x->pass->row_map[r] * x->dim + j] +=
                x->weights[r * x->dim + j];
    assert_int_equal(type->backward(x->encoder, x->pool, x->pass, gradients),
                     0);
    free(gradients);
}

static double loss(fixture *x)
{
    double sum = 0, vector[REFERENCE_DIM];
    for (size_t r = 0; r < x->rows; r++) {
        plain_vector(x, r, vector);
        for (size_t j = 0; j < x->dim; j++)
            sum += x->weights[r * x->dim + j] * vector[j];
    }
    return sum;
}

/* (L(theta + h) - L(theta - h)) / 2h for one number */
static double difference(fixture *x, size_t p, size_t i)
{
    double *const at = &x->plain.parameters[p][i];
    double const value = *at, h = 1e-6;
    *at = value + h;
    double const above = loss(x);
    *at = value - h;
    double const below = loss(x);
    *at = value;
    return (above - below) / (2 * h);
}

/* About `samples` numbers of each parameter. */
static void check_gradients(fixture *x, size_t samples)
{
    double norm = 0;
    float *dense[REFERENCE_FIRST + 4 * REFERENCE_BLOCK];
    for (size_t p = 0; p < x->list.count; p++) {
        const sm_parameter *const own = x->list.items[p];
        dense[p] = malloc(own->count * sizeof(float));
        sm_parameter_dense_gradient(own, 0, own->count, dense[p]);
        for (size_t i = 0; i < own->count; i++) norm += pow(dense[p][i], 2);
    }
    norm = sqrt(norm);
    for (size_t p = 0; p < x->list.count; p++) {
        const sm_parameter *const own = x->list.items[p];
        for (size_t i = 0; i < own->count; i += 1 + own->count / samples) {
            double const expected = difference(x, p, i);
            if (!(fabs(dense[p][i] - expected) < 3e-6 * norm + 1e-7))
                fail_msg("gradient %zu of %s is %.9g, not %.9g (%s, dim %zu)",
                         i, own->name, (double)dense[p][i], expected,
                         x->kernels->name, x->dim);
        }
        free(dense[p]);
    }
}

static void test_gradients__equal_finite_differences(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t i = 0; i < SHAPES; i++) {
            fixture x;
            fixture_start(&x, &shapes[i], TABLE, level, 2);
            fixture_batch(&x, shapes[i].rows);
            run_pass(&x);
            check_vectors(&x, x.pass->vectors, x.pass->row_map);
            check_gradients(&x, 6);
            fixture_end(&x);
        }
}

/* Nothing of a batch stays for the next. */
static void test_gradients__of_a_later_batch_stand_alone(void **state)
{
    static const size_t batches[] = {60, 3, 1, 25};
    (void)state;
    for (size_t i = 0; i < SHAPES; i += 7) {
        fixture x;
        fixture_start(&x, &shapes[i], 30, SIAMESE_KERNEL_AUTO, 2);
        for (size_t b = 0; b < 4; b++) {
            fixture_batch(&x, batches[b]);
            x.pass->seed = b;
            run_pass(&x);
            check_vectors(&x, x.pass->vectors, x.pass->row_map);
            check_gradients(&x, 4);
        }
        fixture_end(&x);
    }
}

static void only_rows_of_one_kind(size_t count, int32_t id)
{
    fixture x;
    fixture_start(&x, &shapes[2], TABLE, SIAMESE_KERNEL_AUTO, 2);
    fixture_batch(&x, 12);
    for (size_t r = 0; r <= x.rows; r++) x.offsets[r] = r * count;
    for (size_t i = 0; i < x.rows * count; i++)
        x.ids[i] = id < 0 ? 1 + (int32_t)(i * 7 / 3 % 10) : id;
    run_pass(&x);
    check_vectors(&x, x.pass->vectors, x.pass->row_map);
    check_gradients(&x, 8);
    fixture_end(&x);
}

static void test_gradients__of_empty_full_and_padded_rows(void **state)
{
    (void)state;
    only_rows_of_one_kind(0, 0);  /* all empty */
    only_rows_of_one_kind(5, -1); /* all full */
    only_rows_of_one_kind(5, 0);  /* all written out as pads */
    only_rows_of_one_kind(2, 3);  /* all the same */
}

/* Rows of more than a chunk's tokens, and more blocks of tokens than one. */
static void test_gradients__have_the_same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    shape const s = {
        12, 3, 70, 2, 12, 0, SIAMESE_ACTIVATION_GELU, 0, SIAMESE_POOLING_MEAN,
        0.2};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        float *first[REFERENCE_FIRST + 2 * REFERENCE_BLOCK] = {NULL};
        for (size_t i = 0; i < 3; i++) {
            fixture x;
            fixture_start(&x, &s, 400, level, threads[i]);
            fixture_batch(&x, 500);
            run_pass(&x);
            for (size_t p = 0; p < x.list.count; p++) {
                const sm_parameter *const own = x.list.items[p];
                size_t const size =
                    sm_parameter_gradient_count(own) * sizeof(float);
                if (i == 0)
                    first[p] = memcpy(malloc(size), own->gradient, size);
                else
                    assert_memory_equal(own->gradient, first[p], size);
            }
            fixture_end(&x);
        }
        for (size_t p = 0; p < sizeof first / sizeof *first; p++)
            free(first[p]);
    }
}

/* ---- dropout ---- */

static void test_dropout__is_a_function_of_the_seed(void **state)
{
    fixture x;
    float first[40 * 6], again[40 * 6], without[40 * 6];
    (void)state;
    fixture_start(&x, &shapes[7], TABLE, SIAMESE_KERNEL_AUTO, 2);
    fixture_batch(&x, 40);
    run_pass(&x);
    size_t const size = x.pass->distinct * x.dim * sizeof(float);
    memcpy(first, x.pass->vectors, size);
    x.pass->seed = PASS_SEED + 1;
    run_pass(&x);
    assert_memory_not_equal(first, x.pass->vectors, size);
    x.pass->seed = PASS_SEED;
    run_pass(&x);
    memcpy(again, x.pass->vectors, size);
    assert_memory_equal(first, again, size);
    /* encoding drops nothing */
    x.plain.dropout.rate = 0;
    encode(&x, 0, x.rows, without);
    check_vectors(&x, without, NULL);
    fixture_end(&x);
}

/* ---- what cannot be ---- */

static void test_create__refuses_what_does_not_fit(void **state)
{
    sm_encoder_config config = config_of(&shapes[0], TABLE);
    sm_parameters list = {.count = 0};
    sm_encoder *encoder = NULL;
    (void)state;
    config.heads = 3;
    assert_int_equal(sm_encoder_create(&encoder, &list, &config),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "heads"));
    config.heads = 2;
    config.pooling = SIAMESE_POOLING_SUM;
    assert_int_equal(sm_encoder_create(&encoder, &list, &config),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "pooling"));
    config.kind = SIAMESE_ENCODER_BAG;
    config.pooling = SIAMESE_POOLING_CLS;
    assert_int_equal(sm_encoder_create(&encoder, &list, &config),
                     SIAMESE_E_OPTION);
    assert_null(encoder);
    sm_parameters_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode__equals_plain_double_precision),
        cmocka_unit_test(test_encode__gives_a_row_the_same_bits_in_any_batch),
        cmocka_unit_test(test_gradients__equal_finite_differences),
        cmocka_unit_test(test_gradients__of_a_later_batch_stand_alone),
        cmocka_unit_test(test_gradients__of_empty_full_and_padded_rows),
        cmocka_unit_test(test_gradients__have_the_same_bits_for_any_threads),
        cmocka_unit_test(test_dropout__is_a_function_of_the_seed),
        cmocka_unit_test(test_create__refuses_what_does_not_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
