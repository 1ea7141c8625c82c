/* A tower's dense layers and normalisation against their definition in double
 * precision, forward and, by finite differences of that, backward. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "nn/normalise.h"
#include "random_numbers.h"
#include "tower/tower_head.h"

enum { MOST = 40, BIG = 600 };

typedef struct fixture {
    siamese_tower_options options;
    sm_parameters list;
    sm_head head;
    sm_pool *pool;
    const sm_kernels *kernels;
    size_t rows;
    float *in, *weights;      /* [rows][inputs], [rows][dim] */
    double *wide, *values[4]; /* in and the parameters in double */
} fixture;

static double *widen(const float *x, size_t count)
{
    double *const wide = malloc((count + 1) * sizeof *wide);
    for (size_t i = 0; i < count; i++) wide[i] = x[i];
    return wide;
}

static void start(fixture *x, size_t inputs, size_t hidden, size_t project,
                  int32_t activation, int32_t normalize, size_t rows,
                  int32_t level, int32_t threads)
{
    test_random random = {7};
    memset(x, 0, sizeof *x);
    siamese_tower_options_init(&x->options, sizeof x->options);
    x->options.hidden = hidden;
    x->options.project = project;
    x->options.hidden_activation = activation;
    x->options.project_activation = hidden ? 0 : activation;
    x->options.normalize = normalize;
    x->rows = rows;
    assert_int_equal(sm_kernels_select(level, &x->kernels), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(sm_head_create(&x->head, &x->list, inputs, &x->options),
                     0);
    assert_int_equal(sm_parameters_train(&x->list, 0), 0);
    sm_head_initialise(&x->head, 11);
    for (size_t p = 1; p < x->list.count; p += 2) /* biases are 0 */
        test_random_floats(&random, 0.5, x->list.items[p]->value,
                           x->list.items[p]->count);
    sm_head_update(&x->head, x->kernels);
    x->in = malloc(rows * inputs * sizeof *x->in);
    x->weights = malloc(rows * x->head.dim * sizeof *x->weights);
    test_random_floats(&random, 1, x->in, rows * inputs);
    test_random_floats(&random, 1, x->weights, rows * x->head.dim);
    x->wide = widen(x->in, rows * inputs);
    for (size_t p = 0; p < x->list.count; p++)
        x->values[p] = widen(x->list.items[p]->value, x->list.items[p]->count);
}

static void end(fixture *x)
{
    for (size_t p = 0; p < x->list.count; p++) free(x->values[p]);
    free(x->wide);
    free(x->in);
    free(x->weights);
    sm_head_free(&x->head);
    sm_parameters_free(&x->list);
    sm_pool_free(x->pool);
}

/* ---- the definition ---- */

static double define_activation(int32_t kind, double z)
{
    switch (kind) {
    case SIAMESE_ACTIVATION_RELU:
        return z > 0 ? z : 0;
    case SIAMESE_ACTIVATION_TANH:
        return tanh(z);
    case SIAMESE_ACTIVATION_GELU:
        return z * (1 + erf(z / sqrt(2))) / 2;
    case SIAMESE_ACTIVATION_GELU_TANH:
        return z / 2 *
               (1 + tanh(sqrt(2 / acos(-1)) * (z + 0.044715 * z * z * z)));
    default:
        return z;
    }
}

static void define_row(const fixture *x, size_t r, double *y)
{
    double v[MOST];
    size_t const inputs = x->head.inputs;
    memcpy(v, x->wide + r * inputs, inputs * sizeof *v);
    for (size_t l = 0; l < x->head.layer_count; l++) {
        const sm_dense *const d = &x->head.layers[l];
        for (size_t j = 0; j < d->outputs; j++) {
            double z = x->values[2 * l + 1][j];
            for (size_t i = 0; i < d->inputs; i++)
                z += v[i] * x->values[2 * l][i * d->outputs + j];
            y[j] = define_activation(d->activation, z);
        }
        memcpy(v, y, d->outputs * sizeof *v);
    }
    double square = 0;
    for (size_t j = 0; j < x->head.dim; j++) square += v[j] * v[j];
    for (size_t j = 0; j < x->head.dim; j++)
        y[j] = x->head.normalize ? v[j] / sqrt(fmax(square, 1e-12)) : v[j];
}

static double row_loss(const fixture *x, size_t r)
{
    double y[MOST], sum = 0;
    define_row(x, r, y);
    for (size_t j = 0; j < x->head.dim; j++)
        sum += x->weights[r * x->head.dim + j] * y[j];
    return sum;
}

static double loss(const fixture *x)
{
    double sum = 0;
    for (size_t r = 0; r < x->rows; r++) sum += row_loss(x, r);
    return sum;
}

static double slope(fixture *x, double *at)
{
    double const value = *at, h = 1e-6;
    *at = value + h;
    double const above = loss(x);
    *at = value - h;
    double const below = loss(x);
    *at = value;
    return (above - below) / (2 * h);
}

/* ---- checks ---- */

static void check_forward(const fixture *x, const float *vectors)
{
    for (size_t r = 0; r < x->rows; r++) {
        double y[MOST];
        define_row(x, r, y);
        for (size_t j = 0; j < x->head.dim; j++)
            assert_float_equal(vectors[r * x->head.dim + j], y[j], 2e-6);
    }
}

/* As in a tower: of all rows, and of one alone, the same bits. */
static void check_encode(const fixture *x, const float *vectors)
{
    sm_head_scratch scratch = {.capacity = 0};
    size_t const dim = x->head.dim, inputs = x->head.inputs;
    float *const out = malloc(x->rows * dim * sizeof *out);
    float *in;
    for (size_t r = 0; r < x->rows; r += 17) {
        assert_int_equal(sm_head_begin(&x->head, &scratch, 1, out, &in), 0);
        memcpy(in, x->in + r * inputs, inputs * sizeof *in);
        sm_head_encode(&x->head, &scratch, 1, out);
        assert_memory_equal(out, vectors + r * dim, dim * sizeof *out);
    }
    assert_int_equal(sm_head_begin(&x->head, &scratch, x->rows, out, &in), 0);
    memcpy(in, x->in, x->rows * inputs * sizeof *in);
    sm_head_encode(&x->head, &scratch, x->rows, out);
    assert_memory_equal(out, vectors, x->rows * dim * sizeof *out);
    free(out);
    sm_head_scratch_free(&scratch);
}

static void check_one(double got, double expected, const char *what, size_t i)
{
    if (!(fabs(got - expected) < 1e-5 * (1 + fabs(expected))))
        fail_msg("gradient %zu of %s: %.9g, not %.9g", i, what, got, expected);
}

static void check_backward(fixture *x, const sm_head_pass *pass)
{
    for (size_t p = 0; p < x->list.count; p++) {
        const sm_parameter *const own = x->list.items[p];
        for (size_t i = 0; i < own->count; i += 1 + own->count / 30)
            check_one(own->gradient[i], slope(x, x->values[p] + i), own->name,
                      i);
    }
    for (size_t i = 0; i < x->rows * x->head.inputs; i += 1 + x->rows / 5)
        check_one(pass->input_gradients[i], slope(x, x->wide + i), "input", i);
}

static void check(fixture *x, sm_head_pass *pass)
{
    assert_int_equal(sm_head_forward(&x->head, x->pool, pass, x->in, x->rows),
                     0);
    check_forward(x, pass->vectors);
    check_encode(x, pass->vectors);
    assert_int_equal(sm_head_backward(&x->head, x->pool, pass, x->weights), 0);
    check_backward(x, pass);
}

static void head__is_its_definition(void **state)
{
    static const size_t sizes[][2] = {{0, 0}, {0, 9}, {17, 0}, {33, 6}};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (size_t s = 0; s < 4; s++)
            for (int32_t activation = 0; activation < 5; activation++)
                for (int32_t normalize = 0; normalize < 2; normalize++) {
                    sm_head_pass pass = {.rows = 0};
                    fixture x;
                    start(&x, 12, sizes[s][0], sizes[s][1], activation,
                          normalize, 20, level, 2);
                    check(&x, &pass);
                    sm_head_pass_free(&pass);
                    end(&x);
                }
}

static void head__of_many_rows_sums_in_one_order(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    float *first[4];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        sm_head_pass pass = {.rows = 0};
        fixture x;
        start(&x, 10, 24, 16, SIAMESE_ACTIVATION_TANH, 1, BIG,
              SIAMESE_KERNEL_AUTO, threads[i]);
        if (i == 0)
            check(&x, &pass);
        else
            assert_int_equal(
                sm_head_forward(&x.head, x.pool, &pass, x.in, x.rows), 0);
        assert_int_equal(sm_head_backward(&x.head, x.pool, &pass, x.weights),
                         0);
        for (size_t p = 0; p < 4; p++) {
            const sm_parameter *const own = x.list.items[p];
            size_t const size = own->count * sizeof(float);
            if (i == 0) first[p] = memcpy(malloc(size), own->gradient, size);
            assert_memory_equal(own->gradient, first[p], size);
        }
        sm_head_pass_free(&pass);
        end(&x);
    }
    for (size_t p = 0; p < 4; p++) free(first[p]);
}

/* Batches of other sizes on one pass. */
static void head__keeps_nothing_of_a_batch(void **state)
{
    static const size_t rows[] = {300, 1, 257, 20};
    sm_head_pass pass = {.rows = 0};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        fixture x;
        start(&x, 12, 8, 5, SIAMESE_ACTIVATION_GELU, 1, rows[i],
              SIAMESE_KERNEL_AUTO, 2);
        check(&x, &pass);
        end(&x);
    }
    sm_head_pass_free(&pass);
}

static void head__begins_glorot_uniform(void **state)
{
    fixture x;
    (void)state;
    start(&x, 40, 30, 0, 0, 0, 1, SIAMESE_KERNEL_AUTO, 1);
    double const limit = sqrt(6.0 / 70);
    double square = 0;
    for (size_t i = 0; i < 1200; i++) {
        assert_true(fabs(x.list.items[0]->value[i]) <= limit);
        square += pow(x.list.items[0]->value[i], 2);
    }
    assert_float_equal(square / 1200, limit * limit / 3, 0.003);
    end(&x);
    start(&x, 4, 3, 2, 0, 0, 1, SIAMESE_KERNEL_AUTO, 1);
    sm_head_initialise(&x.head, 11);
    for (size_t p = 1; p < 4; p += 2)
        for (size_t i = 0; i < x.list.items[p]->count; i++)
            assert_true(x.list.items[p]->value[i] == 0);
    static const char *const names[] = {"hidden_kernel", "hidden_bias",
                                        "dense_kernel", "dense_bias"};
    for (size_t p = 0; p < 4; p++)
        assert_string_equal(x.list.items[p]->name, names[p]);
    end(&x);
}

/* tf.math.l2_normalize: x / sqrt(max(sum x^2, 1e-12)), so that short vectors
 * are lengthened by 10^6 at the most. */
static void normalise__of_zeros_and_short_rows(void **state)
{
    static const float x[3][2] = {{0, 0}, {3e-7f, -4e-7f}, {3e-6f, 4e-6f}};
    static const float dy[3][2] = {{1, 2}, {1, 2}, {4, -3}};
    float y[3][2], squares[3], dx[3][2];
    (void)state;
    sm_normalise_rows(sm_kernels_best(), 3, 2, x[0], y[0], squares);
    assert_true(y[0][0] == 0 && y[0][1] == 0);
    assert_float_equal(y[1][0], 0.3, 1e-6);
    assert_float_equal(y[1][1], -0.4, 1e-6);
    assert_float_equal(y[2][0], 0.6, 1e-6);
    assert_float_equal(y[2][1], 0.8, 1e-6);
    sm_normalise_gradient(sm_kernels_best(), 3, 2, y[0], squares, dy[0], dx[0]);
    assert_true(dx[0][0] == 0 && dx[0][1] == 0);
    assert_float_equal(dx[1][0], 1e6, 1);
    assert_float_equal(dx[1][1], 2e6, 1);
    /* (4, -3) is across (0.6, 0.8): no part of it is taken away */
    assert_float_equal(dx[2][0], 8e5, 1);
    assert_float_equal(dx[2][1], -6e5, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head__is_its_definition),
        cmocka_unit_test(head__of_many_rows_sums_in_one_order),
        cmocka_unit_test(head__keeps_nothing_of_a_batch),
        cmocka_unit_test(head__begins_glorot_uniform),
        cmocka_unit_test(normalise__of_zeros_and_short_rows),
    };
    return cmocka_run_group_tests_name("head", tests, NULL, NULL);
}
