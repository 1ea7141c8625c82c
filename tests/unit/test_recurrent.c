/* Recurrent encoders of every kind: vectors against a plain one in double
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

#include "kernel_levels.h"
#include "math/cpu.h"
#include "nn/encoder_types.h"
#include "random_numbers.h"
#include "recurrent_reference.h"

/* ---- an encoder, its double, and a batch ---- */

typedef struct kind {
    int32_t encoder;
    int bidirectional, mask_zero;
    size_t layers;
} kind;

static const kind kinds[] = {
    {SIAMESE_ENCODER_LSTM, 1, 0, 1}, {SIAMESE_ENCODER_GRU, 1, 0, 1},
    {SIAMESE_ENCODER_LSTM, 0, 0, 1}, {SIAMESE_ENCODER_GRU, 0, 0, 1},
    {SIAMESE_ENCODER_LSTM, 1, 1, 1}, {SIAMESE_ENCODER_GRU, 1, 1, 1},
    {SIAMESE_ENCODER_LSTM, 0, 1, 1}, {SIAMESE_ENCODER_GRU, 0, 1, 1},
    {SIAMESE_ENCODER_LSTM, 1, 0, 2}, {SIAMESE_ENCODER_GRU, 1, 0, 2},
    {SIAMESE_ENCODER_LSTM, 0, 0, 2}, {SIAMESE_ENCODER_GRU, 0, 0, 3},
    {SIAMESE_ENCODER_LSTM, 1, 1, 3}, {SIAMESE_ENCODER_GRU, 1, 1, 2},
    {SIAMESE_ENCODER_LSTM, 0, 1, 2}, {SIAMESE_ENCODER_GRU, 0, 1, 2},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

typedef struct shape {
    size_t inputs, units, length, rows;
} shape;

static const shape shapes[] = {{1, 1, 1, 5},    {5, 5, 3, 20}, {8, 8, 7, 70},
                               {3, 11, 3, 130}, {7, 16, 2, 9}, {5, 17, 4, 66},
                               {4, 8, 1, 65}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

typedef struct fixture {
    test_random random;
    const sm_kernels *kernels;
    sm_pool *pool;
    sm_parameters list;
    sm_encoder *encoder;
    sm_encoder_pass *pass;
    reference plain;
    size_t rows;
    int32_t *ids;
    size_t *offsets;
    float *weights; /* of the loss [rows][dim] */
} fixture;

static void fixture_start(fixture *x, const kind *k, int32_t level,
                          int32_t threads, size_t table, const shape *s)
{
    sm_encoder_config const config = {
        .kind = k->encoder,
        .table = table,
        .length = s->length,
        .embedding_dim = s->inputs,
        .mask_zero = k->mask_zero,
        .units = s->units,
        .layers = k->layers,
        .bidirectional = k->bidirectional,
    };
    *x = (fixture){.random = {77 + s->units * 1000 + s->length}};
    assert_int_equal(sm_kernels_select(level, &x->kernels), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(sm_encoder_create(&x->encoder, &x->list, &config), 0);
    assert_int_equal(x->encoder->type->pass_create(&x->pass), 0);
    assert_int_equal(sm_parameters_train(&x->list, 0), 0);
    x->plain = (reference){.gru = k->encoder == SIAMESE_ENCODER_GRU,
                           .masked = k->mask_zero,
                           .ways = k->bidirectional ? 2 : 1,
                           .layers = k->layers,
                           .table = table,
                           .inputs = s->inputs,
                           .units = s->units,
                           .length = s->length};
    assert_int_equal(x->encoder->dim, x->plain.ways * s->units);
    assert_int_equal(x->list.count, 1 + 3 * x->plain.ways * k->layers);
    x->plain.parameter_count = x->list.count;
    for (size_t p = 0; p < x->list.count; p++) {
        sm_parameter *const own = x->list.items[p];
        test_random_floats(&x->random, 0.8, own->value, own->count);
        x->plain.counts[p] = own->count;
        x->plain.parameters[p] = malloc(own->count * sizeof(double));
        for (size_t i = 0; i < own->count; i++)
            x->plain.parameters[p][i] = own->value[i];
    }
    x->encoder->type->update(x->encoder, x->kernels);
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
    x->weights = malloc(rows * x->encoder->dim * sizeof *x->weights);
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
    test_random_floats(&x->random, 1, x->weights, rows * x->encoder->dim);
}

static void fixture_end(fixture *x)
{
    fixture_batch_free(x);
    for (size_t p = 0; p < x->list.count; p++) free(x->plain.parameters[p]);
    sm_encoder_pass_free(x->pass);
    sm_encoder_free(x->encoder);
    sm_parameters_free(&x->list);
    sm_pool_free(x->pool);
}

/* ---- forward ---- */

static void check_vectors(const fixture *x, const float *vectors)
{
    size_t const dim = x->encoder->dim;
    double expected[2 * REFERENCE_UNITS];
    for (size_t r = 0; r < x->rows; r++) {
        reference_encode(&x->plain, x->ids + x->offsets[r],
                         x->offsets[r + 1] - x->offsets[r], expected);
        for (size_t j = 0; j < dim; j++)
            if (!(fabs(vectors[r * dim + j] - expected[j]) < 1e-6))
                fail_msg("row %zu, number %zu: %.9g, not %.9g (%s, gru %d)", r,
                         j, (double)vectors[r * dim + j], expected[j],
                         x->kernels->name, x->plain.gru);
    }
}

/* The batch's vectors, from one scratch that earlier batches used. */
static float *encode(const fixture *x, sm_encoder_scratch *scratch)
{
    float *const out = calloc(x->rows * x->encoder->dim, sizeof *out);
    assert_int_equal(x->encoder->type->encode(x->encoder, scratch, x->ids,
                                              x->offsets, x->rows, out),
                     0);
    return out;
}

static void test_encode__equals_plain_double_precision(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t i = 0; i < KINDS * SHAPES; i++) {
            const shape *const s = &shapes[i % SHAPES];
            fixture x;
            sm_encoder_scratch *scratch;
            fixture_start(&x, &kinds[i / SHAPES], level, 1, 23, s);
            assert_int_equal(x.encoder->type->scratch_create(&scratch), 0);
            for (size_t rows = 1; rows <= s->rows; rows += s->rows - 1) {
                fixture_batch(&x, rows);
                float *const out = encode(&x, scratch);
                check_vectors(&x, out);
                free(out);
            }
            sm_encoder_scratch_free(scratch);
            fixture_end(&x);
        }
}

/* Alone, in a batch, and in a training pass. */
static void test_encode__gives_a_row_the_same_bits_anywhere(void **state)
{
    shape const s = {6, 11, 6, 200};
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        fixture x;
        sm_encoder_scratch *scratch;
        fixture_start(&x, &kinds[i], SIAMESE_KERNEL_AUTO, 3, 30, &s);
        const sm_encoder_type *const type = x.encoder->type;
        size_t const dim = x.encoder->dim;
        float one[2 * REFERENCE_UNITS];
        assert_int_equal(type->scratch_create(&scratch), 0);
        fixture_batch(&x, s.rows);
        float *const all = encode(&x, scratch);
        assert_int_equal(
            type->forward(x.encoder, x.pool, x.pass, x.ids, x.offsets, x.rows),
            0);
        for (size_t r = 0; r < x.rows; r++) {
            size_t const offsets[2] = {x.offsets[r], x.offsets[r + 1]};
            assert_int_equal(
                type->encode(x.encoder, scratch, x.ids, offsets, 1, one), 0);
            assert_memory_equal(one, all + r * dim, dim * sizeof *one);
            assert_memory_equal(one, x.pass->vectors + x.pass->row_map[r] * dim,
                                dim * sizeof *one);
        }
        free(all);
        sm_encoder_scratch_free(scratch);
        fixture_end(&x);
    }
}

static void test_encode__of_an_empty_row_with_a_mask_is_zero(void **state)
{
    shape const s = {4, 5, 3, 4};
    static const int32_t ids[] = {2, 0, 0, 0, 1};
    static const size_t offsets[] = {0, 1, 1, 4, 5}; /* rows 1, 2: no token */
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        fixture x;
        float out[4 * 2 * REFERENCE_UNITS];
        sm_encoder_scratch *scratch;
        fixture_start(&x, &kinds[i], SIAMESE_KERNEL_AUTO, 1, 9, &s);
        const sm_encoder_type *const type = x.encoder->type;
        assert_int_equal(type->scratch_create(&scratch), 0);
        assert_int_equal(type->encode(x.encoder, scratch, ids, offsets, 4, out),
                         0);
        for (size_t j = x.encoder->dim; j < 3 * x.encoder->dim; j++)
            assert_true(isfinite(out[j]) && (out[j] == 0 || !x.plain.masked));
        sm_encoder_scratch_free(scratch);
        fixture_end(&x);
    }
}

/* ---- backward ---- */

/* The loss's gradient for distinct vectors: rows that are equal add up. */
static void run_pass(fixture *x)
{
    const sm_encoder_type *const type = x->encoder->type;
    size_t const dim = x->encoder->dim;
    assert_int_equal(type->forward(x->encoder, x->pool, x->pass, x->ids,
                                   x->offsets, x->rows),
                     0);
    const uint32_t *const map = x->pass->row_map;
    float *const rows = calloc(x->rows * dim, sizeof *rows);
    float *const gradients = calloc(x->pass->distinct * dim, sizeof *rows);
    for (size_t r = 0; r < x->rows; r++)
        for (size_t j = 0; j < dim; j++) {
            rows[r * dim + j] = x->pass->vectors[map[r] * dim + j];
            gradients[map[r] * dim + j] += x->weights[r * dim + j];
        }
    check_vectors(x, rows);
    assert_int_equal(type->backward(x->encoder, x->pool, x->pass, gradients),
                     0);
    free(rows);
    free(gradients);
}

static double loss(const fixture *x)
{
    return reference_loss(&x->plain, x->ids, x->offsets, x->rows, x->weights);
}

static float *dense_gradient(const sm_parameter *p)
{
    float *const dense = malloc(p->count * sizeof *dense);
    sm_parameter_dense_gradient(p, 0, p->count, dense);
    return dense;
}

/* (L(theta + h along) - L(theta - h along)) / 2h along a random direction in
 * one parameter, against the gradient's part along it. */
static void check_parameter(fixture *x, size_t p, double norm)
{
    size_t const count = x->plain.counts[p];
    double *const theta = x->plain.parameters[p];
    double *const middle = malloc(count * sizeof *middle);
    float *const gradient = dense_gradient(x->list.items[p]);
    double const h = 1e-6;
    double sides[2], slope = 0, size = 0;
    memcpy(middle, theta, count * sizeof *middle);
    for (int side = 0; side < 2; side++) {
        test_random direction = {4711 + p};
        for (size_t i = 0; i < count; i++)
            theta[i] =
                middle[i] + (side ? -h : h) * test_random_real(&direction, 1);
        sides[side] = loss(x);
    }
    test_random direction = {4711 + p};
    for (size_t i = 0; i < count; i++) {
        slope += gradient[i] * test_random_real(&direction, 1);
        size += (double)gradient[i] * gradient[i];
    }
    memcpy(theta, middle, count * sizeof *middle);
    double const expected = (sides[0] - sides[1]) / (2 * h);
    if (!(fabs(slope - expected) < 2e-5 * sqrt(size) + 2e-6 * norm + 1e-7))
        fail_msg("%s: slope %.9g, not %.9g (%s, gru %d, masked %d, %zu units, "
                 "%zu layers of %zu)",
                 x->list.items[p]->name, slope, expected, x->kernels->name,
                 x->plain.gru, x->plain.masked, x->plain.units, x->plain.layers,
                 x->plain.ways);
    free(middle);
    free(gradient);
}

static void check_gradients(fixture *x)
{
    double norm = 0;
    for (size_t p = 0; p < x->list.count; p++) {
        float *const gradient = dense_gradient(x->list.items[p]);
        for (size_t i = 0; i < x->plain.counts[p]; i++)
            norm += (double)gradient[i] * gradient[i];
        free(gradient);
    }
    for (size_t p = 0; p < x->list.count; p++)
        check_parameter(x, p, sqrt(norm));
}

static void test_gradients__equal_finite_differences(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t i = 0; i < KINDS * SHAPES; i++) {
            /* all shapes at the best level, by turns at the others */
            if (level < sm_cpu_best_level() && i % 5) continue;
            fixture x;
            fixture_start(&x, &kinds[i / SHAPES], level, 3, 9,
                          &shapes[i % SHAPES]);
            fixture_batch(&x, shapes[i % SHAPES].rows);
            run_pass(&x);
            check_gradients(&x);
            fixture_end(&x);
        }
}

static void test_gradients__of_more_than_one_block_of_tokens(void **state)
{
    shape const s = {3, 4, 4, 200};
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        fixture x;
        fixture_start(&x, &kinds[i], SIAMESE_KERNEL_AUTO, 2, 300, &s);
        fixture_batch(&x, s.rows);
        run_pass(&x);
        assert_true(x.list.items[0]->touched_count > 128);
        check_gradients(&x);
        fixture_end(&x);
    }
}

/* Nothing of a batch stays for the next: not in the embedding's gradient, and
 * not where the next batch is smaller or has other lengths. */
static void test_gradients__of_a_later_batch_stand_alone(void **state)
{
    shape const s = {4, 5, 5, 0};
    size_t const batches[] = {150, 3, 1, 70};
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        fixture x;
        fixture_start(&x, &kinds[i], SIAMESE_KERNEL_AUTO, 2, 40, &s);
        for (size_t b = 0; b < 4; b++) {
            fixture_batch(&x, batches[b]);
            run_pass(&x);
            check_gradients(&x);
        }
        fixture_end(&x);
    }
}

static void only_rows_of_one_kind(const kind *k, size_t count, int32_t id)
{
    shape const s = {3, 5, 4, 0};
    fixture x;
    fixture_start(&x, k, SIAMESE_KERNEL_AUTO, 2, 5, &s);
    fixture_batch(&x, 80);
    for (size_t r = 0; r <= x.rows; r++) x.offsets[r] = r * count;
    for (size_t i = 0; i < x.rows * count; i++)
        x.ids[i] = id < 0 ? (int32_t)(i * 7 / 3 % 5) : id;
    run_pass(&x);
    check_gradients(&x);
    fixture_end(&x);
}

static void test_gradients__of_empty_full_and_padded_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++) {
        only_rows_of_one_kind(&kinds[i], 0, 0);  /* all empty */
        only_rows_of_one_kind(&kinds[i], 4, -1); /* all full */
        only_rows_of_one_kind(&kinds[i], 4, 0);  /* all written out as pads */
        only_rows_of_one_kind(&kinds[i], 2, 3);  /* all the same */
    }
}

static void same_bits_for_any_threads(const kind *k, int32_t level)
{
    static const int32_t threads[] = {1, 2, 7};
    shape const s = {6, 9, 6, 0};
    float *first[REFERENCE_PARAMETERS] = {NULL};
    for (size_t i = 0; i < 3; i++) {
        fixture x;
        fixture_start(&x, k, level, threads[i], 150, &s);
        fixture_batch(&x, 300);
        run_pass(&x);
        for (size_t p = 0; p < x.list.count; p++) {
            float *const dense = dense_gradient(x.list.items[p]);
            if (i == 0) {
                first[p] = dense;
                continue;
            }
            assert_memory_equal(dense, first[p],
                                x.list.items[p]->count * sizeof *dense);
            free(dense);
        }
        fixture_end(&x);
    }
    for (size_t p = 0; p < REFERENCE_PARAMETERS; p++) free(first[p]);
}

static void test_gradients__have_the_same_bits_for_any_threads(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t i = 0; i < KINDS; i++)
            same_bits_for_any_threads(&kinds[i], level);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode__equals_plain_double_precision),
        cmocka_unit_test(test_encode__gives_a_row_the_same_bits_anywhere),
        cmocka_unit_test(test_encode__of_an_empty_row_with_a_mask_is_zero),
        cmocka_unit_test(test_gradients__equal_finite_differences),
        cmocka_unit_test(test_gradients__of_more_than_one_block_of_tokens),
        cmocka_unit_test(test_gradients__of_a_later_batch_stand_alone),
        cmocka_unit_test(test_gradients__of_empty_full_and_padded_rows),
        cmocka_unit_test(test_gradients__have_the_same_bits_for_any_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
