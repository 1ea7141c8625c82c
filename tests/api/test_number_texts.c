/* The texts of a field of numbers: what is read, what is absent, what is
 * refused, by every function that takes texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { NUMBERS = 3 };

/* An id, which adds nothing, and the numbers themselves: W is the identity. */
static siamese_tower *make_tower(void)
{
    float const w[NUMBERS * NUMBERS] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
    float const bias[NUMBERS] = {100, 200, 300}, none[3 * NUMBERS] = {0};
    siamese_tower_options o;
    siamese_field_options f;
    siamese_tower *t;
    siamese_tower_options_init(&o, sizeof o);
    siamese_field_options_init(&f, sizeof f);
    o.threads = 1;
    o.embedding_dim = NUMBERS;
    assert_int_equal(siamese_tower_create(&t, &o), 0);
    f.kind = SIAMESE_FIELD_ID;
    f.buckets = 2;
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &f), 0);
    f.kind = SIAMESE_FIELD_NUMBERS;
    f.numbers = NUMBERS;
    assert_int_equal(siamese_tower_add_field(t, "dims", NULL, &f), 0);
    assert_int_equal(
        siamese_tower_parameter_set(t, "embedding", none, 3 * NUMBERS), 0);
    assert_int_equal(siamese_tower_parameter_set(t, "dims_numbers_kernel", w,
                                                 NUMBERS * NUMBERS),
                     0);
    assert_int_equal(
        siamese_tower_parameter_set(t, "dims_numbers_bias", bias, NUMBERS), 0);
    return t;
}

static siamese_text text_of(const char *bytes)
{
    return (siamese_text){bytes, strlen(bytes)};
}

static void expect(const siamese_tower *t, const char *numbers, float a,
                   float b, float c)
{
    siamese_text const row[2] = {text_of("x"), text_of(numbers)};
    float out[NUMBERS];
    assert_int_equal(siamese_tower_encode(t, row, 1, 2, out, NUMBERS), 0);
    if (out[0] != a || out[1] != b || out[2] != c)
        fail_msg("'%s': %g %g %g", numbers, out[0], out[1], out[2]);
}

static void numbers__stand_between_white_space_or_commas(void **state)
{
    siamese_tower *const t = make_tower();
    (void)state;
    expect(t, "1 2 3", 101, 202, 303);
    expect(t, "1,2,3", 101, 202, 303);
    expect(t, " 1 ,\t2\n, 3\r\n", 101, 202, 303);
    expect(t, "1.5 -2e1,\v.25", 101.5f, 180, 300.25f);
    expect(t,
           "1\xC2\xA0"
           "2\xE3\x80\x80"
           "3",
           101, 202, 303);
    siamese_tower_free(t);
}

static void numbers__of_white_space_alone_are_absent(void **state)
{
    static const char *const blank[] = {
        "",
        " ",
        "\t \r\n\v\f",
        "\xC2\xA0",
        "\xE2\x80\x83 \xE2\x80\xA8",
        "\xE3\x80\x80",
        "\xC2\x85\xE1\x9A\x80\xE2\x80\xAF\xE2\x81\x9F"};
    siamese_tower *const t = make_tower();
    (void)state;
    for (size_t i = 0; i < sizeof blank / sizeof *blank; i++)
        expect(t, blank[i], 0, 0, 0);
    siamese_tower_free(t);
}

/* A word of the error for each. */
static const char *const bad[][2] = {{"12,,5", "comma"},
                                     {",1,2", "comma"},
                                     {"1,2,", "comma"},
                                     {",", "comma"},
                                     {" , , ", "comma"},
                                     {"1, ,2 3", "comma"},
                                     {"1", "1 number,"},
                                     {"1 2", "2 numbers"},
                                     {"1 2 3 4", "4 numbers"},
                                     {"1 2 x", "'x'"},
                                     {"1 2 3x", "'3x'"},
                                     {"nan 1 2", "'nan'"},
                                     {"1e39 1 2", "1e39"},
                                     {"0x10 1 2", "0x10"},
                                     {"1;2;3", "1;2;3"},
                                     {"\xEF\xBB\xBF"
                                      "1 2 3",
                                      "not a number"}};

enum { BAD = sizeof bad / sizeof *bad };

static void assert_told(const char *word, const char *row)
{
    const char *const error = siamese_last_error();
    if (!strstr(error, word) || !strstr(error, "dims") || !strstr(error, row))
        fail_msg("'%s' names not %s, dims and %s", error, word, row);
}

static void numbers__that_are_none_are_refused_by_encode(void **state)
{
    siamese_tower *const t = make_tower();
    siamese_text rows[50 * 2];
    float out[50 * NUMBERS];
    (void)state;
    for (size_t i = 0; i < BAD; i++) {
        for (size_t r = 0; r < 50; r++) {
            rows[2 * r] = text_of("x");
            rows[2 * r + 1] = text_of(r == 41 ? bad[i][0] : "1 2 3");
        }
        assert_int_equal(
            siamese_tower_encode(t, rows, 50, 2, out, 50 * NUMBERS),
            SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "row 41");
    }
    siamese_tower_free(t);
}

/* When they are added, not in the middle of training. */
static void numbers__that_are_none_are_refused_by_trainers(void **state)
{
    siamese_tower *const t = make_tower();
    siamese_text const good[] = {{"x", 1}, {"1 2 3", 5}, {"y", 1}, {" ", 1}};
    size_t const offsets[] = {0, 1, 2}, ks[] = {1};
    double accuracy;
    siamese_trainer *trainer;
    (void)state;
    assert_int_equal(siamese_trainer_create(&trainer, t, t, NULL), 0);
    for (size_t i = 0; i < BAD; i++) {
        siamese_text const rows[] = {
            {"x", 1}, {"1 2 3", 5}, {"y", 1}, text_of(bad[i][0])};
        siamese_pairs const sound = {.struct_size = sizeof sound,
                                     .queries = good,
                                     .items = good,
                                     .query_fields = 2,
                                     .item_fields = 2,
                                     .count = 2};
        siamese_pairs query = sound, item = sound, negative = sound;
        siamese_pairs catalogue = sound, candidates = sound;
        query.queries = item.items = negative.negatives = rows;
        negative.negative_offsets = offsets;
        catalogue.queries = candidates.queries = NULL;
        catalogue.items = candidates.items = rows;
        assert_int_equal(siamese_trainer_add_pairs(trainer, &query),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "query 1");
        assert_int_equal(siamese_trainer_add_pairs(trainer, &item),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "item 1");
        assert_int_equal(siamese_trainer_add_pairs(trainer, &negative),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "negative 1");
        assert_int_equal(siamese_trainer_add_items(trainer, &catalogue),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "item 1");
        assert_int_equal(siamese_trainer_set_validation(trainer, &item, NULL),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "item 1");
        assert_int_equal(siamese_trainer_evaluate(trainer, &sound, &candidates,
                                                  ks, 1, &accuracy, 1),
                         SIAMESE_E_ARGUMENT);
        assert_told(bad[i][1], "candidates: item 1");
        assert_int_equal(siamese_trainer_pair_count(trainer), 0);
        assert_int_equal(siamese_trainer_item_count(trainer), 0);
    }
    siamese_trainer_free(trainer);
    siamese_tower_free(t);
}

/* Training reads absent numbers as encoding does: they get no gradient. */
static void numbers__that_are_absent_do_not_learn(void **state)
{
    siamese_tower *const t = make_tower();
    siamese_text const rows[] = {{"x", 1}, {"\xC2\xA0 ", 3}, {"y", 1}, {"", 0}};
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = rows,
                                 .items = rows,
                                 .query_fields = 2,
                                 .item_fields = 2,
                                 .count = 2};
    size_t const both[] = {0, 1};
    float gradient[NUMBERS];
    siamese_trainer *trainer;
    (void)state;
    assert_int_equal(siamese_trainer_create(&trainer, t, t, NULL), 0);
    assert_int_equal(siamese_trainer_add_pairs(trainer, &pairs), 0);
    assert_int_equal(siamese_trainer_step(trainer, both, 2, NULL), 0);
    assert_int_equal(siamese_trainer_get_gradient(trainer, SIAMESE_SIDE_QUERY,
                                                  "dims_numbers_bias", gradient,
                                                  NUMBERS, NULL),
                     0);
    for (int i = 0; i < NUMBERS; i++) assert_true(gradient[i] == 0);
    siamese_trainer_free(trainer);
    siamese_tower_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers__stand_between_white_space_or_commas),
        cmocka_unit_test(numbers__of_white_space_alone_are_absent),
        cmocka_unit_test(numbers__that_are_none_are_refused_by_encode),
        cmocka_unit_test(numbers__that_are_none_are_refused_by_trainers),
        cmocka_unit_test(numbers__that_are_absent_do_not_learn),
    };
    return cmocka_run_group_tests_name("number_texts", tests, NULL, NULL);
}
