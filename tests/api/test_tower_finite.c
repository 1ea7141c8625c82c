/* Vectors are finite, or an error names the row: weights may be finite and
 * their products not. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { ROWS = 70, BAD = 53 };

static siamese_vocab *make_vocab(void)
{
    siamese_text const tokens[] = {
        {"", 0}, {"[UNK]", 5}, {"good", 4}, {"bad", 3}};
    siamese_vocab *vocab;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(siamese_vocab_set_tokens(vocab, tokens, 4), 0);
    return vocab;
}

/* A sum of embeddings: "good" is 1, 2, -1 and "bad" of the given size. */
static siamese_tower *make_tower(const siamese_vocab *vocab, int normalize,
                                 int32_t kernel, float size)
{
    float table[1001 * 3] = {[6] = 1, 2, -1, size, size, -size};
    siamese_tower_options o;
    siamese_tower *tower;
    siamese_tower_options_init(&o, sizeof o);
    o.encoder = SIAMESE_ENCODER_BAG;
    o.pooling = SIAMESE_POOLING_SUM;
    o.mask_zero = 1;
    o.embedding_dim = 3;
    o.normalize = normalize;
    o.kernel = kernel;
    o.threads = 3;
    assert_int_equal(siamese_tower_create(&tower, &o), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", vocab, NULL), 0);
    assert_int_equal(
        siamese_tower_parameter_set(tower, "embedding", table, 1001 * 3), 0);
    return tower;
}

static siamese_status encode(const siamese_tower *tower, const char *bad,
                             float *out)
{
    siamese_text rows[ROWS];
    for (size_t r = 0; r < ROWS; r++) rows[r] = (siamese_text){"good", 4};
    rows[BAD] = (siamese_text){bad, strlen(bad)};
    return siamese_tower_encode(tower, rows, ROWS, 1, out, ROWS * 3);
}

static void assert_refused(siamese_status status)
{
    assert_int_equal(status, SIAMESE_E_NOT_FINITE);
    assert_non_null(strstr(siamese_last_error(), "row 53"));
}

static void finite__overflow_is_an_error_with_its_row(void **state)
{
    siamese_vocab *const vocab = make_vocab();
    int64_t ids[ROWS * 2];
    size_t offsets[ROWS + 1];
    float out[ROWS * 3];
    (void)state;
    for (size_t r = 0; r <= ROWS; r++) offsets[r] = 2 * r;
    for (size_t i = 0; i < ROWS * 2; i++) ids[i] = i / 2 == BAD ? 3 : 2;
    for (int32_t precision = SIAMESE_PRECISION_FLOAT32;
         precision <= SIAMESE_PRECISION_INT8; precision += 2)
        for (int normalize = 0; normalize < 2; normalize++) {
            siamese_tower *const whole =
                make_tower(vocab, normalize, SIAMESE_KERNEL_AUTO, 3e38f);
            siamese_tower *tower;
            assert_int_equal(siamese_tower_quantize(&tower, whole, precision),
                             0);
            assert_refused(encode(tower, "bad bad", out));
            assert_refused(siamese_tower_encode_ids(tower, ids, offsets, ROWS,
                                                    out, ROWS * 3));
            assert_int_equal(encode(tower, "good good", out), 0);
            siamese_tower_free(tower);
            siamese_tower_free(whole);
        }
    siamese_vocab_free(vocab);
}

static void finite__of_numbers_that_are_too_large(void **state)
{
    float const weight = 1e30f;
    siamese_field_options f;
    siamese_tower_options o;
    siamese_tower *tower;
    siamese_text rows[] = {{"2", 1}, {"1e10", 4}, {"3", 1}};
    float out[3];
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    siamese_field_options_init(&f, sizeof f);
    f.kind = SIAMESE_FIELD_NUMBERS;
    f.dim = 1;
    assert_int_equal(siamese_tower_create(&tower, &o), 0);
    assert_int_equal(siamese_tower_add_field(tower, "price", NULL, &f), 0);
    assert_int_equal(
        siamese_tower_parameter_set(tower, "numbers_kernel", &weight, 1), 0);
    assert_int_equal(siamese_tower_encode(tower, rows, 3, 1, out, 3),
                     SIAMESE_E_NOT_FINITE);
    assert_non_null(strstr(siamese_last_error(), "row 1"));
    rows[1] = rows[0];
    assert_int_equal(siamese_tower_encode(tower, rows, 3, 1, out, 3), 0);
    assert_true(fabs(out[2] - 3e30) < 1e24);
    siamese_tower_free(tower);
}

/* A vector whose square alone is no float has a length all the same. */
static void finite__long_vectors_are_normalised(void **state)
{
    siamese_vocab *const vocab = make_vocab();
    float out[ROWS * 3];
    (void)state;
    for (int32_t kernel = SIAMESE_KERNEL_AUTO;
         kernel <= SIAMESE_KERNEL_PORTABLE; kernel++) {
        siamese_tower *const plain = make_tower(vocab, 0, kernel, 1e38f);
        siamese_tower *const unit = make_tower(vocab, 1, kernel, 1e38f);
        assert_int_equal(encode(plain, "bad", out), 0);
        assert_true(out[BAD * 3] == 1e38f && out[BAD * 3 + 2] == -1e38f);
        assert_int_equal(encode(unit, "bad", out), 0);
        for (size_t i = 0; i < 3; i++)
            assert_true(fabs(fabs(out[BAD * 3 + i]) - 1 / sqrt(3)) < 1e-6);
        assert_true(out[BAD * 3 + 2] < 0);
        assert_int_equal(encode(unit, "", out), 0); /* zero stays zero */
        for (size_t i = 0; i < 3; i++) assert_true(out[BAD * 3 + i] == 0);
        siamese_tower_free(plain);
        siamese_tower_free(unit);
    }
    siamese_vocab_free(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finite__overflow_is_an_error_with_its_row),
        cmocka_unit_test(finite__of_numbers_that_are_too_large),
        cmocka_unit_test(finite__long_vectors_are_normalised),
    };
    return cmocka_run_group_tests_name("tower_finite", tests, NULL, NULL);
}
