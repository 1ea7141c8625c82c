/* The bag of embeddings against its definition in double precision, forward
 * and, by finite differences of that, backward; masks, pads, empty texts, runs;
 * the same bits in any batch and for any number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/marked_id.h"
#include "kernel_levels.h"
#include "nn/bag.h"
#include "nn/encoder_types.h"
#include "random_numbers.h"

enum { TABLE = 150, DIM = 21, ROWS = 120, LONGEST = 30 };

typedef struct fixture {
    sm_parameters list;
    sm_encoder *encoder;
    sm_pool *pool;
    const sm_kernels *kernels;
    sm_encoder_config config;
    int32_t ids[ROWS * LONGEST];
    size_t offsets[ROWS + 1];
    float weights[ROWS * DIM]; /* loss = sum of weights times vectors */
    double table[TABLE * DIM], token_weight[TABLE];
} fixture;

static void start(fixture *x, int32_t pooling, int32_t mask_zero, size_t length,
                  int32_t level, int32_t threads)
{
    test_random random = {99};
    memset(x, 0, sizeof *x);
    x->config = (sm_encoder_config){.kind = SIAMESE_ENCODER_BAG,
                                    .table = TABLE,
                                    .length = length,
                                    .embedding_dim = DIM,
                                    .pooling = pooling,
                                    .mask_zero = mask_zero};
    assert_int_equal(sm_kernels_select(level, &x->kernels), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(sm_encoder_create(&x->encoder, &x->list, &x->config), 0);
    assert_int_equal(sm_parameters_train(&x->list, 0), 0);
    assert_int_equal(x->encoder->type->initialise(x->encoder, 3), 0);
    for (size_t p = 0; p < x->list.count; p++)
        test_random_floats(&random, 1, x->list.items[p]->value,
                           x->list.items[p]->count);
    x->encoder->type->update(x->encoder, x->kernels);
    for (size_t i = 0; i < TABLE * DIM; i++)
        x->table[i] = x->list.items[0]->value[i];
    for (size_t i = 0; i < TABLE; i++)
        x->token_weight[i] = x->list.count > 1 ? x->list.items[1]->value[i] : 1;
    /* rows of every length, with pads and repeats within, some twice */
    for (size_t r = 0; r < ROWS; r++) {
        size_t const n = r % 7 == 3 ? 0 : test_random_below(&random, LONGEST);
        int32_t *const to = x->ids + x->offsets[r];
        size_t count = n;
        for (size_t i = 0; i < n; i++)
            to[i] = (int32_t)test_random_below(&random,
                                               i % 4 == 0 ? 4 : TABLE - 30);
        if (r % 5 == 4) {
            count = x->offsets[r - 1] - x->offsets[r - 2];
            memcpy(to, x->ids + x->offsets[r - 2], count * sizeof *to);
        }
        x->offsets[r + 1] = x->offsets[r] + count;
    }
    test_random_floats(&random, 1, x->weights, ROWS * DIM);
}

static void end(fixture *x)
{
    sm_encoder_free(x->encoder);
    sm_parameters_free(&x->list);
    sm_pool_free(x->pool);
}

/* ---- the definition ---- */

static void define_row(const fixture *x, size_t r, double *v)
{
    const sm_encoder_config *const c = &x->config;
    size_t const given = x->offsets[r + 1] - x->offsets[r];
    size_t const places = c->length ? c->length : given;
    size_t counted = 0;
    memset(v, 0, DIM * sizeof *v);
    for (size_t i = 0; i < places; i++) {
        int32_t const id =
            i < given ? sm_id_unmarked(x->ids[x->offsets[r] + i]) : 0;
        if (c->mask_zero && id == 0) continue;
        counted++;
        for (size_t j = 0; j < DIM; j++)
            v[j] += x->token_weight[id] * x->table[(size_t)id * DIM + j];
    }
    for (size_t j = 0; j < DIM; j++)
        if (c->pooling != SIAMESE_POOLING_SUM && counted)
            v[j] /= (double)counted;
}

static double loss(const fixture *x)
{
    double sum = 0, v[DIM];
    for (size_t r = 0; r < ROWS; r++) {
        define_row(x, r, v);
        for (size_t j = 0; j < DIM; j++) sum += x->weights[r * DIM + j] * v[j];
    }
    return sum;
}

/* Of a loss that is linear in this number. */
static double slope(fixture *x, double *at)
{
    double const value = *at;
    *at = value + 0.5;
    double const above = loss(x);
    *at = value - 0.5;
    double const below = loss(x);
    *at = value;
    return above - below;
}

/* ---- forward and backward ---- */

static void check_vectors(const fixture *x, const float *vectors)
{
    for (size_t r = 0; r < ROWS; r++) {
        double v[DIM];
        define_row(x, r, v);
        for (size_t j = 0; j < DIM; j++)
            assert_float_equal(vectors[r * DIM + j], v[j],
                               x->config.pooling == SIAMESE_POOLING_SUM ? 1e-5
                                                                        : 1e-6);
    }
}

static void check_encode(const fixture *x, float *vectors)
{
    const sm_encoder_type *const type = x->encoder->type;
    sm_encoder_scratch *scratch = NULL;
    assert_int_equal(type->scratch_create(&scratch), 0);
    assert_int_equal(
        type->encode(x->encoder, scratch, x->ids, x->offsets, ROWS, vectors),
        0);
    check_vectors(x, vectors);
    for (size_t r = 0; r < ROWS; r++) {
        float alone[DIM];
        size_t const offsets[2] = {0, x->offsets[r + 1] - x->offsets[r]};
        assert_int_equal(type->encode(x->encoder, scratch,
                                      x->ids + x->offsets[r], offsets, 1,
                                      alone),
                         0);
        assert_memory_equal(alone, vectors + r * DIM, sizeof alone);
    }
    sm_encoder_scratch_free(scratch);
}

/* Forward, into a vector a row, and backward. */
static void pass_both_ways(const fixture *x, sm_encoder_pass *pass,
                           float *vectors)
{
    const sm_encoder_type *const type = x->encoder->type;
    float *const gradients = calloc(ROWS * DIM, sizeof *gradients);
    assert_int_equal(
        type->forward(x->encoder, x->pool, pass, x->ids, x->offsets, ROWS), 0);
    assert_true(pass->distinct < ROWS);
    for (size_t r = 0; r < ROWS; r++) {
        size_t const at = pass->row_map[r] * DIM;
        memcpy(vectors + r * DIM, pass->vectors + at, DIM * sizeof *vectors);
        for (size_t j = 0; j < DIM; j++)
            gradients[at + j] += x->weights[r * DIM + j];
    }
    assert_int_equal(type->backward(x->encoder, x->pool, pass, gradients), 0);
    free(gradients);
}

/* The pass's vectors are those of encode. */
static void run_pass(const fixture *x, sm_encoder_pass *pass,
                     const float *vectors)
{
    static float found[ROWS * DIM];
    pass_both_ways(x, pass, found);
    assert_memory_equal(found, vectors, sizeof found);
}

static void check_gradients(fixture *x)
{
    double *const places[] = {x->table, x->token_weight};
    for (size_t p = 0; p < x->list.count; p++) {
        const sm_parameter *const own = x->list.items[p];
        size_t const step = own->count > 1000 ? 13 : 1;
        for (size_t i = 0; i < own->count; i += step) {
            float gradient;
            sm_parameter_dense_gradient(own, i, 1, &gradient);
            double const expected = slope(x, places[p] + i);
            if (!(fabs(gradient - expected) < 2e-6 * (3 + fabs(expected))))
                fail_msg("%s %zu: %.9g, not %.9g (pooling %d, mask %d)",
                         own->name, i, (double)gradient, expected,
                         (int)x->config.pooling, (int)x->config.mask_zero);
        }
    }
}

static void bag__is_its_definition(void **state)
{
    static const size_t lengths[] = {0, 9, LONGEST};
    static fixture x;
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (int32_t pooling = 0; pooling < 3; pooling++)
            for (int32_t mask = 0; mask < 2; mask++)
                for (size_t l = 0; l < 3; l++) {
                    float vectors[ROWS * DIM];
                    sm_encoder_pass *pass = NULL;
                    start(&x, pooling, mask, lengths[l], level, 2);
                    check_encode(&x, vectors);
                    assert_int_equal(x.encoder->type->pass_create(&pass), 0);
                    run_pass(&x, pass, vectors);
                    check_gradients(&x);
                    sm_encoder_pass_free(pass);
                    end(&x);
                }
}

static void bag__gradients_have_the_same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    static float first[TABLE * DIM + TABLE];
    static fixture x;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        float vectors[ROWS * DIM], dense[TABLE * DIM + TABLE];
        sm_encoder_pass *pass = NULL;
        start(&x, SIAMESE_POOLING_WEIGHTED, 0, 12, SIAMESE_KERNEL_AUTO,
              threads[i]);
        check_encode(&x, vectors);
        assert_int_equal(x.encoder->type->pass_create(&pass), 0);
        run_pass(&x, pass, vectors);
        sm_parameter_dense_gradient(x.list.items[0], 0, TABLE * DIM, dense);
        sm_parameter_dense_gradient(x.list.items[1], 0, TABLE,
                                    dense + TABLE * DIM);
        if (i == 0) memcpy(first, dense, sizeof first);
        assert_memory_equal(dense, first, sizeof first);
        sm_encoder_pass_free(pass);
        end(&x);
    }
}

/* ---- runs ---- */

enum { RUNS = 6, RUN_LENGTH = 4 };

/* Two of few runs into each row that is long enough, with what is cut or masked
 * of some, and marks at lone ids behind them. */
static void put_runs(fixture *x)
{
    test_random random = {17};
    int32_t runs[RUNS][RUN_LENGTH];
    for (size_t i = 0; i < RUNS * RUN_LENGTH; i++)
        runs[i / RUN_LENGTH][i % RUN_LENGTH] =
            (int32_t)test_random_below(&random, i % 5 ? TABLE - 30 : 1);
    for (size_t r = 0; r < ROWS; r++) {
        int32_t *const row = x->ids + x->offsets[r];
        size_t const count = x->offsets[r + 1] - x->offsets[r];
        if (count < 3 + 2 * RUN_LENGTH) continue;
        for (size_t n = 0; n < 2; n++) {
            int32_t *const to = row + 3 + n * RUN_LENGTH;
            memcpy(to, runs[test_random_below(&random, RUNS)], sizeof *runs);
            *to = sm_id_marked(*to, true);
        }
        for (size_t i = 3 + 2 * RUN_LENGTH; i < count; i++)
            row[i] = sm_id_marked(row[i], i % 3 != 1);
    }
}

static void check_runs(fixture *x, float *dense)
{
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    put_runs(x);
    assert_int_equal(x->encoder->type->pass_create(&pass), 0);
    for (size_t again = 0; again < 2; again++) {
        pass_both_ways(x, pass, vectors);
        check_vectors(x, vectors);
    }
    check_gradients(x);
    memcpy(dense, vectors, sizeof vectors);
    sm_parameter_dense_gradient(x->list.items[0], 0, TABLE * DIM,
                                dense + ROWS * DIM);
    sm_encoder_pass_free(pass);
}

static void bag__of_runs_is_its_definition_with_any_threads(void **state)
{
    static const size_t lengths[] = {0, 9};
    static const int32_t threads[] = {1, 2, 7};
    static float dense[3][ROWS * DIM + TABLE * DIM];
    static fixture x;
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (int32_t pooling = 0; pooling < 3; pooling++)
            for (size_t i = 0; i < 4; i++) {
                for (size_t t = 0; t < 3; t++) {
                    start(&x, pooling, i / 2, lengths[i % 2], level,
                          threads[t]);
                    check_runs(&x, dense[t]);
                    end(&x);
                }
                assert_memory_equal(dense[0], dense[1], sizeof *dense);
                assert_memory_equal(dense[0], dense[2], sizeof *dense);
            }
}

/* The layer looks at its gradient's squares while it has it at hand. */
static void bag__sees_gradients_whose_squares_are_not_finite(void **state)
{
    static fixture x;
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    (void)state;
    start(&x, SIAMESE_POOLING_SUM, 1, 0, SIAMESE_KERNEL_AUTO, 2);
    assert_int_equal(x.encoder->type->pass_create(&pass), 0);
    pass_both_ways(&x, pass, vectors);
    assert_true(x.list.items[0]->is_sound);
    x.weights[2 * DIM + 3] = 1e25f;
    assert_true(x.offsets[3] > x.offsets[2]);
    pass_both_ways(&x, pass, vectors);
    assert_false(x.list.items[0]->is_sound);
    x.weights[2 * DIM + 3] = NAN;
    pass_both_ways(&x, pass, vectors);
    assert_false(x.list.items[0]->is_sound);
    x.weights[2 * DIM + 3] = 1;
    pass_both_ways(&x, pass, vectors);
    assert_true(x.list.items[0]->is_sound);
    sm_encoder_pass_free(pass);
    end(&x);
}

/* ---- rows of the gradient that are made when they are read ---- */

static void all_rows(const fixture *x, float *dense)
{
    sm_parameter_dense_gradient(x->list.items[0], 0, TABLE * DIM, dense);
}

/* The same bits, made or held; rows of a weighted mean are always held. */
static void check_made(fixture *x)
{
    static float held[TABLE * DIM], made[TABLE * DIM], room[DIM];
    sm_parameter *const table = x->list.items[0];
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    put_runs(x);
    assert_int_equal(x->encoder->type->pass_create(&pass), 0);
    pass_both_ways(x, pass, vectors);
    assert_true(table->make_row == NULL);
    all_rows(x, held);
    table->is_read_once = true;
    pass_both_ways(x, pass, vectors);
    assert_true(table->is_sound);
    assert_int_equal(table->make_row == NULL,
                     x->config.pooling == SIAMESE_POOLING_WEIGHTED);
    all_rows(x, made);
    assert_memory_equal(made, held, sizeof held);
    for (size_t i = 0; i < table->touched_count; i++)
        assert_memory_equal(sm_parameter_read_row(table, i, room),
                            held + (size_t)table->touched[i] * DIM,
                            sizeof room);
    sm_parameter_hold_rows(table);
    assert_true(table->make_row == NULL);
    sm_encoder_pass_free(pass);
    all_rows(x, made);
    assert_memory_equal(made, held, sizeof held);
}

static void bag__rows_that_are_made_are_those_that_are_held(void **state)
{
    static const size_t lengths[] = {0, 9, LONGEST};
    static fixture x;
    (void)state;
    for (int32_t level = 0; test_next_level(&level);)
        for (int32_t pooling = 0; pooling < 3; pooling++)
            for (size_t i = 0; i < 6; i++) {
                start(&x, pooling, i / 3, lengths[i % 3], level, 2);
                check_made(&x);
                end(&x);
            }
}

/* What may not be finite is looked at, and held. */
static void bag__rows_of_large_gradients_are_held(void **state)
{
    static const struct {
        float weight;
        bool is_made, is_sound;
    } cases[] = {{1e11f, true, true},      {1e13f, false, true},
                 {-1e13f, false, true},    {1e25f, false, false},
                 {INFINITY, false, false}, {NAN, false, false},
                 {0x1.8p40f, false, true}, {0x1.8p39f, true, true}};
    static fixture x;
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    (void)state;
    start(&x, SIAMESE_POOLING_SUM, 1, 0, SIAMESE_KERNEL_AUTO, 2);
    sm_parameter *const table = x.list.items[0];
    table->is_read_once = true;
    assert_int_equal(x.encoder->type->pass_create(&pass), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        x.weights[2 * DIM + DIM - 1] = cases[i].weight;
        pass_both_ways(&x, pass, vectors);
        assert_int_equal(table->make_row != NULL, cases[i].is_made);
        assert_int_equal(table->is_sound, cases[i].is_sound);
    }
    sm_encoder_pass_free(pass);
    end(&x);
}

/* Nothing of a batch stays for the next, and tokens that none has are not
 * touched. */
static void bag__of_a_later_batch_stands_alone(void **state)
{
    static fixture x;
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    (void)state;
    start(&x, SIAMESE_POOLING_MEAN, 1, 0, SIAMESE_KERNEL_AUTO, 2);
    assert_int_equal(x.encoder->type->pass_create(&pass), 0);
    check_encode(&x, vectors);
    run_pass(&x, pass, vectors);
    size_t const touched = x.list.items[0]->touched_count;
    assert_in_range(touched, 50, TABLE - 30);
    for (size_t i = 0; i < x.offsets[ROWS]; i++)
        x.ids[i] = x.ids[i] % 3 ? 140 + x.ids[i] % 3 : 0;
    check_encode(&x, vectors);
    run_pass(&x, pass, vectors);
    assert_int_equal(x.list.items[0]->touched_count, 2);
    check_gradients(&x);
    sm_encoder_pass_free(pass);
    end(&x);
}

static void bag__of_nothing_is_zero_and_learns_nothing(void **state)
{
    static const float zeros[ROWS * DIM];
    static fixture x;
    float vectors[ROWS * DIM];
    sm_encoder_pass *pass = NULL;
    (void)state;
    for (int32_t pooling = 0; pooling < 3; pooling++) {
        start(&x, pooling, 1, 0, SIAMESE_KERNEL_AUTO, 1);
        memset(x.ids, 0, sizeof x.ids);
        check_encode(&x, vectors);
        assert_memory_equal(vectors, zeros, sizeof vectors);
        assert_int_equal(x.encoder->type->pass_create(&pass), 0);
        run_pass(&x, pass, vectors);
        assert_int_equal(x.list.items[0]->touched_count, 0);
        sm_encoder_pass_free(pass);
        end(&x);
    }
}

/* A weighted bag begins as the mean. */
static void bag__begins_with_keras_embeddings_and_weights_of_one(void **state)
{
    static fixture x;
    (void)state;
    start(&x, SIAMESE_POOLING_WEIGHTED, 1, 0, SIAMESE_KERNEL_AUTO, 1);
    assert_int_equal(x.encoder->type->initialise(x.encoder, 5), 0);
    double square = 0;
    for (size_t i = 0; i < TABLE * DIM; i++) {
        double const value = x.list.items[0]->value[i];
        assert_true(fabs(value) <= 0.05);
        square += value * value;
    }
    /* U(-l, l) has the variance l^2 / 3 */
    assert_float_equal(square / (TABLE * DIM), 0.05 * 0.05 / 3, 5e-5);
    for (size_t i = 0; i < TABLE; i++)
        assert_true(x.list.items[1]->value[i] == 1);
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bag__is_its_definition),
        cmocka_unit_test(bag__gradients_have_the_same_bits_for_any_threads),
        cmocka_unit_test(bag__of_runs_is_its_definition_with_any_threads),
        cmocka_unit_test(bag__sees_gradients_whose_squares_are_not_finite),
        cmocka_unit_test(bag__rows_that_are_made_are_those_that_are_held),
        cmocka_unit_test(bag__rows_of_large_gradients_are_held),
        cmocka_unit_test(bag__of_a_later_batch_stands_alone),
        cmocka_unit_test(bag__of_nothing_is_zero_and_learns_nothing),
        cmocka_unit_test(bag__begins_with_keras_embeddings_and_weights_of_one),
    };
    return cmocka_run_group_tests_name("bag", tests, NULL, NULL);
}
