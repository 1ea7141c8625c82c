/* The layers of a transformer one by one: attention and pooling against their
 * definition and finite differences, what is dropped, how tokens are packed. */
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
#include "nn/attention.h"
#include "nn/token_pooling.h"
#include "nn/token_rows.h"
#include "random_numbers.h"

/* ---- attention ---- */

enum { DIM = 12, TOKENS = 7, SIZE = TOKENS * DIM };

/* sum of weights * context, with q, k, v = x[0], x[1], x[2] */
static double attend(double (*x)[SIZE], size_t tokens, size_t heads,
                     const sm_dropout *dropout, const float *weights,
                     double *context)
{
    size_t const width = DIM / heads;
    double sum = 0;
    for (size_t h = 0; h < heads; h++) {
        float kept[TOKENS * TOKENS];
        for (size_t i = 0; i < tokens * tokens; i++) kept[i] = 1;
        if (dropout) sm_dropout_apply(dropout, 3 + h, 8, tokens * tokens, kept);
        for (size_t t = 0; t < tokens; t++) {
            double p[TOKENS], total = 0;
            for (size_t s = 0; s < tokens; s++) {
                p[s] = 0;
                for (size_t j = h * width; j < (h + 1) * width; j++)
                    p[s] += x[0][t * DIM + j] * x[1][s * DIM + j];
                p[s] = exp(p[s] / sqrt((double)width));
                total += p[s];
            }
            for (size_t j = h * width; j < (h + 1) * width; j++) {
                double c = 0;
                for (size_t s = 0; s < tokens; s++)
                    c +=
                        p[s] / total * kept[t * tokens + s] * x[2][s * DIM + j];
                context[t * DIM + j] = c;
                sum += weights[t * DIM + j] * c;
            }
        }
    }
    return sum;
}

static void check_near(double got, double expected, const char *what)
{
    if (!(fabs(got - expected) < 2e-6 * (1 + fabs(expected))))
        fail_msg("%s: %.9g, not %.9g", what, got, expected);
}

static void check_attention(const sm_kernels *kernels, size_t tokens,
                            size_t heads, const sm_dropout *dropout)
{
    static double x[3][SIZE], context[SIZE];
    float q[3][SIZE], got[SIZE], weights[SIZE];
    test_random random = {tokens * 31 + heads};
    size_t room_size;
    sm_attention const a = {kernels, DIM, heads, dropout, 3, 8};
    assert_true(sm_attention_room(DIM, heads, tokens, &room_size));
    float *const room = malloc(room_size * sizeof *room);
    for (size_t i = 0; i < 3; i++) {
        test_random_floats(&random, 2, q[i], SIZE);
        for (size_t j = 0; j < SIZE; j++) x[i][j] = q[i][j];
    }
    test_random_floats(&random, 1, weights, SIZE);
    sm_attention_forward(&a, tokens, q[0], q[1], q[2], got, room);
    attend(x, tokens, heads, dropout, weights, context);
    for (size_t j = 0; j < tokens * DIM; j++)
        check_near(got[j], context[j], "context");

    sm_attention_backward(&a, tokens, weights, q[0], q[1], q[2], room);
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < tokens * DIM; j++) {
            double const value = x[i][j], h = 1e-6;
            x[i][j] = value + h;
            double const above =
                attend(x, tokens, heads, dropout, weights, context);
            x[i][j] = value - h;
            double const below =
                attend(x, tokens, heads, dropout, weights, context);
            x[i][j] = value;
            check_near(q[i][j], (above - below) / (2 * h), "gradient");
        }
    free(room);
}

static void test_attention__equals_its_definition(void **state)
{
    static const size_t heads[] = {1, 2, 3, 4, 12};
    sm_dropout const dropout = {17, 0.4};
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (size_t tokens = 1; tokens <= TOKENS; tokens++)
            for (size_t i = 0; i < 5; i++) {
                check_attention(kernels, tokens, heads[i], NULL);
                check_attention(kernels, tokens, heads[i], &dropout);
            }
    }
}

static void test_attention__room_may_not_overflow(void **state)
{
    size_t floats;
    (void)state;
    assert_false(sm_attention_room(8, 2, SIZE_MAX / 4, &floats));
}

/* ---- pooling ---- */

static void check_pooling(int32_t pooling, const float *expected)
{
    /* the maximum of column 1 stands twice: the first takes the gradient */
    static const float x[] = {1, 5, -3, 2, 5, -4, 6, -1, -2};
    static const float gradient[] = {3, 6, 9};
    float vector[3], dx[9];
    sm_token_pooling_forward(sm_kernels_best(), pooling, 3, 3, x, vector);
    assert_memory_equal(vector, expected, sizeof vector);
    sm_token_pooling_backward(pooling, 3, 3, x, gradient, dx);
    assert_memory_equal(dx, expected + 3, sizeof dx);
    /* no tokens: zeros, and nothing to write a gradient to */
    memset(vector, 1, sizeof vector);
    sm_token_pooling_forward(sm_kernels_best(), pooling, 0, 3, x, vector);
    for (size_t j = 0; j < 3; j++) assert_true(vector[j] == 0);
    sm_token_pooling_backward(pooling, 0, 3, x, gradient, NULL);
}

static void test_pooling__and_its_gradient_are_those_of_the_tokens(void **state)
{
    static const float mean[] = {3, 3, -3, 1, 2, 3, 1, 2, 3, 1, 2, 3};
    static const float cls[] = {1, 5, -3, 3, 6, 9, 0, 0, 0, 0, 0, 0};
    static const float max[] = {6, 5, -2, 0, 6, 0, 0, 0, 0, 3, 0, 9};
    (void)state;
    check_pooling(SIAMESE_POOLING_CLS, cls);
    check_pooling(SIAMESE_POOLING_MAX, max);
    /* thirds are rounded once more */
    float vector[3], dx[9];
    static const float x[] = {1, 5, -3, 2, 5, -4, 6, -1, -2};
    static const float gradient[] = {3, 6, 9};
    sm_token_pooling_forward(sm_kernels_best(), SIAMESE_POOLING_MEAN, 3, 3, x,
                             vector);
    sm_token_pooling_backward(SIAMESE_POOLING_MEAN, 3, 3, x, gradient, dx);
    for (size_t j = 0; j < 3; j++) assert_float_equal(vector[j], mean[j], 1e-6);
    for (size_t j = 0; j < 9; j++) assert_float_equal(dx[j], mean[3 + j], 1e-6);
}

/* ---- dropout ---- */

enum { MANY = 200000 };

static float drops[MANY];

static const float *dropped(double rate, uint64_t seed, uint64_t place,
                            uint64_t row, size_t count)
{
    sm_dropout const dropout = {seed, rate};
    for (size_t i = 0; i < count; i++) drops[i] = 1;
    sm_dropout_apply(&dropout, place, row, count, drops);
    return drops;
}

static void test_dropout__drops_its_share_and_scales_the_rest(void **state)
{
    static const double rates[] = {0.1, 0.5, 0.9};
    (void)state;
    for (size_t k = 0; k < 3; k++) {
        const float *const x = dropped(rates[k], 1, 2, 3, MANY);
        size_t zeros = 0, both = 0;
        for (size_t i = 0; i < MANY; i++) {
            zeros += x[i] == 0;
            both += i && x[i] == 0 && x[i - 1] == 0;
            assert_true(x[i] == 0 || x[i] == (float)(1 / (1 - rates[k])));
        }
        /* five standard deviations; neighbours are independent */
        double const p = rates[k], q = p * p;
        assert_true(fabs((double)zeros - MANY * p) <
                    5 * sqrt(MANY * p * (1 - p)));
        assert_true(fabs((double)both - MANY * q) <
                    5 * sqrt(3 * MANY * q * (1 - q)));
    }
}

/* Pairs of masks that differ in one argument agree as chance has it. */
static void test_dropout__is_another_for_each_seed_place_and_row(void **state)
{
    static float first[MANY];
    (void)state;
    memcpy(first, dropped(0.5, 1, 2, 3, MANY), sizeof first);
    assert_memory_equal(first, dropped(0.5, 1, 2, 3, MANY), sizeof first);
    for (size_t k = 0; k < 4; k++) {
        const float *const x = dropped(0.5, 1 + (k == 0), 2 + (k == 1),
                                       3 + (k >= 2) * (k - 1), MANY);
        size_t equal = 0;
        for (size_t i = 0; i < MANY; i++) equal += x[i] == first[i];
        assert_true(fabs((double)equal - MANY / 2) < 5 * sqrt(MANY * 0.25));
    }
}

static void
test_dropout__of_an_element_does_not_depend_on_the_others(void **state)
{
    float first[9];
    (void)state;
    memcpy(first, dropped(0.5, 7, 7, 7, 9), sizeof first);
    for (size_t n = 1; n <= 9; n++)
        assert_memory_equal(dropped(0.5, 7, 7, 7, n), first, n * sizeof *first);
    for (size_t i = 0; i < 5; i++) assert_true(dropped(0, 7, 7, 7, 5)[i] == 1);
}

/* ---- packing ---- */

/* Each distinct row's tokens and places, found by looking for them. */
static void check_row(const sm_token_rows *t, size_t row, const int32_t *ids,
                      size_t count)
{
    size_t at = t->begin[row];
    for (size_t i = 0; i < count; i++) {
        if (ids[i] == 0) continue;
        assert_true(at < t->begin[row + 1]);
        assert_int_equal(t->positions[at], i);
        assert_int_equal(t->sequences.tokens[t->numbers[at]], ids[i]);
        at++;
    }
    assert_int_equal(at, t->begin[row + 1]);
}

static void check_groups(const sm_token_rows *t)
{
    size_t const tokens = t->begin[t->sequences.distinct];
    size_t at = 0;
    for (size_t n = 0; n < t->sequences.token_count; n++) {
        assert_int_equal(t->group_begin[n], at);
        for (; at < t->group_begin[n + 1]; at++) {
            assert_int_equal(t->numbers[t->order[at]], n);
            assert_true(at == t->group_begin[n] ||
                        t->order[at] > t->order[at - 1]);
        }
    }
    assert_int_equal(at, tokens);
}

static void check_chunks(const sm_token_rows *t)
{
    size_t row = 0;
    for (size_t c = 0; c < t->chunks; c++) {
        sm_token_chunk const chunk = sm_token_rows_chunk(t, c);
        assert_int_equal(chunk.first_row, row);
        assert_true(chunk.rows > 0);
        assert_true(chunk.tokens <= SM_CHUNK_TOKENS || chunk.rows == 1);
        assert_true(chunk.tokens <= t->chunk_tokens);
        assert_int_equal(chunk.tokens,
                         chunk.begin[chunk.rows] - chunk.begin[0]);
        row += chunk.rows;
    }
    assert_int_equal(row, t->sequences.distinct);
}

static void test_token_rows__hold_the_real_tokens_of_each_row(void **state)
{
    enum { ROWS = 300, MOST = 9, LENGTH = 8 };
    static int32_t ids[ROWS * MOST];
    static size_t offsets[ROWS + 1];
    static const size_t counts[] = {ROWS, 1, 40};
    test_random random = {5};
    sm_token_rows t = {.chunks = 0};
    (void)state;
    for (size_t b = 0; b < 3; b++) {
        for (size_t r = 0; r < counts[b]; r++) {
            size_t const n = test_random_below(&random, MOST + 1);
            for (size_t i = 0; i < n; i++)
                ids[offsets[r] + i] = (int32_t)test_random_below(&random, 40);
            offsets[r + 1] = offsets[r] + n;
        }
        assert_int_equal(
            sm_token_rows_prepare(&t, ids, offsets, counts[b], LENGTH, 40), 0);
        for (size_t r = 0; r < counts[b]; r++) {
            size_t const n = offsets[r + 1] - offsets[r];
            check_row(&t, t.sequences.row_map[r], ids + offsets[r],
                      n < LENGTH ? n : LENGTH);
        }
        check_chunks(&t);
        assert_int_equal(sm_token_rows_group(&t), 0);
        check_groups(&t);
    }
    sm_token_rows_free(&t);
}

static void test_token_rows__longer_than_a_chunk_stand_alone(void **state)
{
    enum { LENGTH = SM_CHUNK_TOKENS + 9 };
    static int32_t ids[3 * LENGTH];
    size_t const offsets[] = {0, LENGTH, LENGTH + 2, 3 * LENGTH};
    sm_token_rows t = {.chunks = 0};
    (void)state;
    for (size_t i = 0; i < 3 * LENGTH; i++) ids[i] = 1 + (int32_t)(i % 7);
    assert_int_equal(sm_token_rows_prepare(&t, ids, offsets, 3, LENGTH, 9), 0);
    assert_int_equal(t.chunks, 3);
    assert_int_equal(t.longest, LENGTH);
    check_chunks(&t);
    sm_token_rows_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_attention__equals_its_definition),
        cmocka_unit_test(test_attention__room_may_not_overflow),
        cmocka_unit_test(
            test_pooling__and_its_gradient_are_those_of_the_tokens),
        cmocka_unit_test(test_dropout__drops_its_share_and_scales_the_rest),
        cmocka_unit_test(test_dropout__is_another_for_each_seed_place_and_row),
        cmocka_unit_test(
            test_dropout__of_an_element_does_not_depend_on_the_others),
        cmocka_unit_test(test_token_rows__hold_the_real_tokens_of_each_row),
        cmocka_unit_test(test_token_rows__longer_than_a_chunk_stand_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
