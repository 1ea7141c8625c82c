/* test_linear_ranker.c: weights of a ranker to a section and back, and sections
 * that nobody wrote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <string.h>

#include <cmocka.h>

#include "search/linear_ranker.h"

typedef struct bytes {
    unsigned char data[4096];
    size_t size, at;
} bytes;

static sm_status put(void *context, const void *data, size_t size)
{
    bytes *const to = context;
    assert_true(size <= sizeof to->data - to->size);
    memcpy(to->data + to->size, data, size);
    to->size += size;
    return SIAMESE_OK;
}

static sm_status take(void *context, void *data, size_t size)
{
    bytes *const from = context;
    assert_true(size <= from->size - from->at);
    memcpy(data, from->data + from->at, size);
    from->at += size;
    return SIAMESE_OK;
}

static sm_status read(bytes *from, sm_linear_ranker *ranker)
{
    from->at = 0;
    sm_reader reader = {take, from, from->size, 0, "ranker"};
    return sm_linear_read(ranker, &reader);
}

static sm_linear_ranker example(void)
{
    sm_linear_ranker ranker = {.slope = 2.5f, .intercept = -1, .queries = 300};
    for (size_t f = 0; f < SM_FEATURES; f++)
        ranker.weights[f] = (float)f / 3 - 4;
    return ranker;
}

static bytes written(const sm_linear_ranker *ranker)
{
    bytes to = {.size = 0};
    sm_writer writer = {put, &to};
    assert_int_equal(sm_linear_write(ranker, &writer), SIAMESE_OK);
    return to;
}

static void test_linear__comes_back(void **state)
{
    sm_linear_ranker const ranker = example();
    sm_linear_ranker again, none = {.queries = 0};
    bytes file = written(&ranker);
    (void)state;
    assert_int_equal(read(&file, &again), SIAMESE_OK);
    assert_memory_equal(again.weights, ranker.weights, sizeof again.weights);
    assert_true(again.slope == 2.5f && again.intercept == -1);
    assert_int_equal(again.queries, 300);
    file = written(&none);
    assert_int_equal(file.size, 8);
    assert_int_equal(read(&file, &again), SIAMESE_OK);
    assert_int_equal(again.queries, 0);
}

static void test_linear__that_ends_early_is_an_error(void **state)
{
    sm_linear_ranker const ranker = example();
    sm_linear_ranker again;
    bytes file = written(&ranker);
    (void)state;
    for (size_t size = file.size; size-- > 0;) {
        file.size = size;
        assert_int_equal(read(&file, &again), SIAMESE_E_FORMAT);
    }
}

/* Places: 8 bytes of queries, 4 each of slope and intercept, 8 of the count;
 * then a name's size, the name and the weight of each feature. */
enum { SLOPE = 8, INTERCEPT = 12, COUNT = 16, NAME = 24 + 8 };

static void expect(bytes file, size_t at, float number, siamese_status status)
{
    sm_linear_ranker again;
    memcpy(file.data + at, &number, sizeof number);
    assert_int_equal(read(&file, &again), status);
}

static void test_linear__that_nobody_wrote_is_an_error(void **state)
{
    sm_linear_ranker const ranker = example();
    sm_linear_ranker again;
    bytes const file = written(&ranker);
    size_t const weight = NAME + strlen(sm_feature_name(0));
    size_t const second = weight + 4 + 8;
    (void)state;
    expect(file, weight, NAN, SIAMESE_E_FORMAT);
    expect(file, weight, INFINITY, SIAMESE_E_FORMAT);
    expect(file, weight, -2e9f, SIAMESE_E_FORMAT);
    expect(file, weight, -1e9f, SIAMESE_OK);
    expect(file, SLOPE, -1, SIAMESE_E_FORMAT);
    expect(file, SLOPE, NAN, SIAMESE_E_FORMAT);
    expect(file, INTERCEPT, INFINITY, SIAMESE_E_FORMAT);
    bytes other = file;
    other.data[COUNT + 7] = 1;
    assert_int_equal(read(&other, &again), SIAMESE_E_FORMAT);
    other = file;
    other.data[NAME] = 'S';
    assert_int_equal(read(&other, &again), SIAMESE_E_VERSION);
    /* "score", and then "cosine" of as many letters as that: "score" again */
    other = file;
    other.data[second - 8] = 5;
    memcpy(other.data + second, "score", 5);
    memmove(other.data + second + 5, file.data + second + 6,
            file.size - second - 6);
    other.size--;
    assert_int_equal(read(&other, &again), SIAMESE_E_FORMAT);
}

static void test_linear__score_and_confidence_are_their_formulas(void **state)
{
    sm_linear_ranker const fixed = sm_linear_fixed(0.5);
    sm_linear_ranker ranker = example();
    float features[SM_FEATURES] = {0};
    (void)state;
    features[SM_FEATURE_SCORE] = 2;
    features[SM_FEATURE_MAXSIM] = 3;
    features[SM_FEATURE_BM25] = 100;
    assert_true(sm_linear_score(&fixed, features) == 3.5f);
    /* 1 / (1 + exp(-(2.5 * 0.4 - 1))) = 1 / 2 */
    assert_float_equal(sm_linear_confidence(&ranker, 0.4f), 0.5, 1e-6);
    assert_float_equal(sm_linear_confidence(&ranker, 1), 0.8175745, 1e-6);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_linear__comes_back),
        cmocka_unit_test(test_linear__that_ends_early_is_an_error),
        cmocka_unit_test(test_linear__that_nobody_wrote_is_an_error),
        cmocka_unit_test(test_linear__score_and_confidence_are_their_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
