/* The vocabulary's options beyond the notebook's: splits, n-grams, Unicode,
 * stems, hashed features, rows of numbers, statistics. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* "split=none ngrams=1-2" */
static siamese_status set_options(siamese_vocab_options *options,
                                  const char *settings)
{
    char copy[200];
    siamese_vocab_options_init(options, sizeof *options);
    options->max_tokens = 0;
    snprintf(copy, sizeof copy, "%s", settings);
    for (char *word = strtok(copy, " "); word; word = strtok(NULL, " ")) {
        char *const value = strchr(word, '=');
        *value = '\0';
        if (siamese_vocab_options_set(options, word, value + 1))
            return SIAMESE_E_OPTION;
    }
    return SIAMESE_OK;
}

static siamese_vocab *vocab_of(const char *settings, const char *const *texts,
                               size_t count)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    assert_int_equal(set_options(&options, settings), 0);
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = text_of(texts[i]);
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

/* ---- tokens ---- */

static void test_tokens__follow_the_options(void **state)
{
    static const struct {
        const char *settings, *text, *tokens; /* each in brackets */
    } cases[] = {
        {"", "A-b  c", "[ab][c]"},
        {"split=none", " A-b\t c ", "[ ab\t c ]"},
        {"split=character", "A-\tb\xc3\xa9", "[a][\t][b][\xc3\xa9]"},
        {"split=character standardize=none", "A-\xff", "[A][-][\xef\xbf\xbd]"},
        {"split=character ngrams=2", "ab c", "[a b][b  ][  c]"},
        {"ngrams=1-2", "x Y z", "[x][y][z][x y][y z]"},
        {"ngrams=3,1", "x y z w", "[x y z][y z w][x][y][z][w]"},
        {"ngrams=2", "x", ""},
        {"ngrams=1-2 sequence_length=4", "x y z", "[x][y][z][x y]"},
        {"normalizer=unicode", "60Watt, \xc3\x89-x", "[60][watt][\xc3\xa9][x]"},
        {"normalizer=unicode split=none", "60W, x!", "[60 w x]"},
        {"normalizer=unicode split=character", "6W x!", "[6][ ][w][ ][x]"},
        {"normalizer=unicode standardize=none", "X-y", "[x][y]"},
        {"stemmer=english", "Running cabinet's", "[run][cabinet]"},
        {"normalizer=unicode stemmer=english ngrams=2", "Running SHELVES",
         "[run shelv]"},
        {"normalizer=unicode stemmer=german", "H\xc3\xa4user", "[haus]"},
        {"normalizer=unicode", "caf\xe9", "[caf\xef\xbf\xbd]"},
        {"output_mode=count", "b a", "[b][a]"},
        {"output_mode=count sequence_length=1", "b a", "[b][a]"},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        int64_t ids[16];
        size_t offsets[2], used = 0;
        char all[100] = "";
        siamese_text const text = text_of(cases[c].text);
        siamese_vocab *const vocab =
            vocab_of(cases[c].settings, &cases[c].text, 1);
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &text, 1, ids, 16, offsets, NULL), 0);
        for (size_t i = 0; i < offsets[1]; i++) {
            char token[32];
            assert_int_equal(
                siamese_vocab_token(vocab, ids[i], token, sizeof token, NULL),
                0);
            used +=
                (size_t)snprintf(all + used, sizeof all - used, "[%s]", token);
        }
        assert_string_equal(all, cases[c].tokens);
        siamese_vocab_free(vocab);
    }
}

/* Keras gives the empty text without a split the empty token, id 0. */
static void test_tokens__of_empty_texts(void **state)
{
    static const char *const modes[] = {
        "",
        "split=character",
        "normalizer=unicode",
        "split=none output_mode=count",
        "split=none hash_buckets=9",
        "normalizer=unicode split=none output_mode=tf_idf"};
    static const char *const texts[] = {"", "..", "a"};
    siamese_text const empty = {NULL, 0}, dots = {"..", 2};
    int64_t ids[2];
    size_t offsets[2];
    (void)state;
    for (size_t m = 0; m < COUNT(modes); m++) {
        siamese_vocab *const vocab = vocab_of(modes[m], texts, 3);
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &empty, 1, ids, 2, offsets, NULL), 0);
        assert_int_equal(offsets[1], 0);
        siamese_vocab_free(vocab);
    }
    siamese_vocab *const vocab = vocab_of("split=none", texts, 3);
    assert_int_equal(siamese_vocab_size(vocab), 3);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &dots, 1, ids, 2, offsets, NULL), 0);
    assert_int_equal(offsets[1], 1);
    assert_int_equal(ids[0], SIAMESE_ID_PAD);
    siamese_vocab_free(vocab);
}

/* ---- rows of numbers ---- */

static void test_encode__counts_and_weighs(void **state)
{
    static const char *const texts[] = {"a b", "b", "b c c", ""};
    siamese_text const probe[] = {{"c b c x", 7}, {"", 0}, {"x X y a", 7}};
    /* columns [UNK], b (3 times in 3 texts), c (2 in 1), a (1 in 1) */
    static const float counts[] = {1, 1, 2, 0, 0, 0, 0, 0, 3, 0, 0, 1};
    float rows[12], idf[4];
    (void)state;
    for (int m = 1; m <= 3; m++) {
        static const char *const modes[] = {"", "output_mode=multi_hot",
                                            "output_mode=count",
                                            "output_mode=tf_idf"};
        siamese_vocab *const vocab = vocab_of(modes[m], texts, 4);
        assert_int_equal(siamese_vocab_size(vocab), 4);
        assert_int_equal(siamese_vocab_encode(vocab, probe, 3, rows, 11),
                         SIAMESE_E_RANGE);
        assert_int_equal(siamese_vocab_encode(vocab, probe, 3, rows, 12), 0);
        double const df[] = {3, 1, 1};
        double weight[4] = {0};
        for (size_t i = 0; i < 3; i++) {
            weight[i + 1] = log(1 + 4 / (1 + df[i]));
            weight[0] += weight[i + 1] / 3;
        }
        for (size_t i = 0; i < 12; i++) {
            double const expected = m == 1 ? counts[i] > 0
                                    : m == 2
                                        ? (double)counts[i]
                                        : (double)counts[i] * weight[i % 4];
            assert_true(fabs((double)rows[i] - expected) <=
                        4 * FLT_EPSILON * expected);
        }
        assert_int_equal(siamese_vocab_get_idf(vocab, idf, 4),
                         m == 3 ? 0 : SIAMESE_E_STATE);
        siamese_vocab_free(vocab);
    }
}

static void test_encode__refuses_ids_and_the_unfinished(void **state)
{
    siamese_text const text = {"a", 1};
    siamese_vocab_options options;
    siamese_vocab *vocab = vocab_of("", &text.data, 1);
    float row[4];
    (void)state;
    assert_int_equal(siamese_vocab_encode(vocab, &text, 1, row, 4),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_encode(NULL, &text, 1, row, 4),
                     SIAMESE_E_ARGUMENT);
    siamese_vocab_free(vocab);
    set_options(&options, "output_mode=count");
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_encode(vocab, &text, 1, row, 4),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 1);
    assert_int_equal(siamese_vocab_encode(vocab, &text, 1, row, 1), 0);
    assert_true(row[0] == 1);
    siamese_vocab_free(vocab);
}

static void test_idf__of_another_program_is_set(void **state)
{
    siamese_text const tokens[] = {{"[UNK]", 5}, {"b", 1}, {"a", 1}};
    siamese_text const text = {"a b a z", 7};
    float const idf[] = {0.5f, 2, 3}, bad[] = {1, NAN, 1};
    siamese_vocab_options options;
    siamese_vocab *vocab;
    float row[3];
    (void)state;
    set_options(&options, "output_mode=tf_idf");
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_set_tokens(vocab, tokens, 3),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_set_idf(vocab, tokens, NULL, 3),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_set_idf(vocab, tokens, bad, 3),
                     SIAMESE_E_NOT_FINITE);
    assert_int_equal(siamese_vocab_set_idf(vocab, tokens + 1, idf, 2),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_set_idf(vocab, tokens, idf, 3), 0);
    assert_int_equal(siamese_vocab_encode(vocab, &text, 1, row, 3), 0);
    assert_true(row[0] == 0.5f && row[1] == 2 && row[2] == 6);
    assert_int_equal(siamese_vocab_get_idf(vocab, row, 2), SIAMESE_E_RANGE);
    assert_int_equal(siamese_vocab_get_idf(vocab, row, 3), 0);
    assert_memory_equal(row, idf, sizeof idf);
    siamese_vocab_free(vocab);

    set_options(&options, "output_mode=count");
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_set_idf(vocab, tokens, idf, 3),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_set_tokens(vocab, tokens, 3), 0);
    siamese_vocab_free(vocab);
}

/* ---- hashed features ---- */

static void test_hashed__features_equal_those_of_another_program(void **state)
{
    /* computed in Python from docs/text.md */
    static const struct {
        const char *settings, *text;
        size_t count;
        int64_t ids[16];
    } cases[] = {
        {"hash_buckets=1000 ngrams=1-2 char_ngrams=3,4",
         "Oak \xc3\xa9",
         9,
         {469, 440, 821, 485, 140, 967, 968, 517, 454}},
        {"hash_buckets=262144 char_ngrams=3-5 normalizer=unicode "
         "sequence_length=0",
         "60watt",
         14,
         {146865, 49127, 135353, 44848, 96696, 41884, 30331, 91722, 183041,
          117904, 239012, 122680, 234395, 128711}},
        {"hash_buckets=97 hash_words=0 char_ngrams=1,5,3",
         "A",
         4,
         {42, 13, 92, 54}},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        int64_t ids[16];
        size_t offsets[2], needed;
        siamese_text const text = text_of(cases[c].text);
        siamese_vocab *const vocab = vocab_of(cases[c].settings, NULL, 0);
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &text, 1, ids, 16, offsets, &needed),
            0);
        assert_int_equal(needed, cases[c].count);
        assert_memory_equal(ids, cases[c].ids, needed * sizeof *ids);
        siamese_vocab_free(vocab);
    }
}

static void test_hashed__has_ids_and_no_tokens(void **state)
{
    siamese_text const tokens[] = {{"", 0}, {"[UNK]", 5}};
    siamese_text const text = {"a b a", 5};
    siamese_vocab_options options;
    siamese_vocab *vocab;
    int64_t ids[4], id;
    size_t offsets[2];
    char buf[8];
    (void)state;
    set_options(&options, "hash_buckets=50 sequence_length=2");
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_set_tokens(vocab, tokens, 2),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 51);
    assert_int_equal(siamese_vocab_token(vocab, 3, buf, sizeof buf, NULL),
                     SIAMESE_E_STATE);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 4, offsets, NULL), 0);
    assert_int_equal(offsets[1], 2);
    assert_int_equal(siamese_vocab_lookup(vocab, "a", 1, &id), 0);
    assert_int_equal(id, ids[0]);
    assert_int_equal(siamese_vocab_lookup(vocab, "b", 1, &id), 0);
    assert_int_equal(id, ids[1]);
    siamese_vocab_free(vocab);
}

/* ---- statistics ---- */

static void assert_stats(const siamese_vocab_stats *stats, uint64_t texts,
                         uint64_t tokens, uint64_t unknown, uint64_t cut,
                         uint64_t tokens_cut)
{
    assert_int_equal(stats->texts, texts);
    assert_int_equal(stats->tokens, tokens);
    assert_int_equal(stats->unknown_tokens, unknown);
    assert_int_equal(stats->texts_cut, cut);
    assert_int_equal(stats->tokens_cut, tokens_cut);
}

static void test_stats__count_what_is_left_out(void **state)
{
    static const char *const texts[] = {"a a a b", "c a", "", "b d a"};
    siamese_text const probe[] = {{"z a z z", 7}, {"b", 1}};
    static const struct {
        const char *settings;
        uint64_t expected[5], probed[5];
    } cases[] = {
        /* a 5, b 2, d and c 1: the table holds a, b */
        {"max_tokens=4 sequence_length=3", {4, 9, 2, 1, 1}, {2, 5, 3, 1, 1}},
        {"max_tokens=0 sequence_length=0", {4, 9, 0, 0, 0}, {2, 5, 3, 0, 0}},
        {"max_tokens=3 output_mode=count", {4, 9, 2, 0, 0}, {2, 5, 3, 0, 0}},
        /* words and bigrams: 7 + 3 + 0 + 5 */
        {"ngrams=1-2 sequence_length=4", {4, 15, 0, 2, 4}, {2, 8, 6, 1, 3}},
        {"hash_buckets=9 sequence_length=3", {4, 9, 0, 1, 1}, {2, 5, 0, 1, 1}},
        /* the empty text is a token of its own, and known */
        {"split=none max_tokens=3", {4, 4, 2, 0, 0}, {2, 2, 2, 0, 0}},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        siamese_vocab_stats stats = {.struct_size = sizeof stats};
        siamese_vocab *const vocab = vocab_of(cases[c].settings, texts, 4);
        const uint64_t *e = cases[c].expected;
        assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
        assert_stats(&stats, e[0], e[1], e[2], e[3], e[4]);
        e = cases[c].probed;
        assert_int_equal(siamese_vocab_measure(vocab, probe, 2, &stats), 0);
        assert_stats(&stats, e[0], e[1], e[2], e[3], e[4]);
        siamese_vocab_free(vocab);
    }
}

static void test_stats__refuse_bad_arguments(void **state)
{
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_text const text = {"a", 1}, broken = {NULL, 1};
    siamese_vocab *vocab;
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(siamese_vocab_get_stats(vocab, &stats), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_measure(vocab, &text, 1, &stats),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_get_stats(vocab, NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_measure(vocab, &broken, 1, &stats),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_measure(vocab, &text, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_measure(vocab, NULL, 0, &stats), 0);
    assert_stats(&stats, 0, 0, 0, 0, 0);
    siamese_vocab_free(vocab);
}

/* ---- towers ---- */

static void test_towers__take_hashed_ids_and_refuse_rows(void **state)
{
    siamese_text const text = {"A lamp of oak and more", 22};
    siamese_vocab *hashed, *rows;
    siamese_tower *tower;
    float vector[64];
    (void)state;
    rows = vocab_of("output_mode=count", &text.data, 1);
    hashed = vocab_of("hash_buckets=20 char_ngrams=3-5", NULL, 0);
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    assert_int_equal(siamese_tower_add_field(tower, "title", rows, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "output_mode"));
    assert_int_equal(siamese_tower_add_field(tower, "title", hashed, NULL), 0);
    assert_int_equal(siamese_tower_encode(tower, &text, 1, 1, vector, 64), 0);
    siamese_tower_free(tower);
    siamese_vocab_free(hashed);
    siamese_vocab_free(rows);
}

/* ---- options ---- */

static void test_options__that_do_not_go_together_are_refused(void **state)
{
    static const char *const bad[] = {
        "max_tokens=1",
        "stemmer=english split=character",
        "stemmer=english split=none",
        "char_ngrams=3",
        "hash_words=0",
        "hash_buckets=9 output_mode=count",
        "hash_buckets=9 split=none char_ngrams=3",
        "hash_buckets=9 hash_words=0",
    };
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(set_options(&options, bad[i]), 0);
        assert_int_equal(siamese_vocab_create(&vocab, &options),
                         SIAMESE_E_OPTION);
        assert_null(vocab);
        assert_non_null(strstr(siamese_last_error(), "vocab option"));
    }
    assert_int_equal(set_options(&options, "stemmer=klingon"),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "english"));
}

/* A host that was compiled before there were more than the first options. */
static void test_options__of_an_older_host_are_read(void **state)
{
    siamese_vocab_options options, in_force = {.struct_size = sizeof in_force};
    siamese_vocab *vocab;
    (void)state;
    set_options(&options, "hash_buckets=9 ngrams=2");
    options.struct_size = offsetof(siamese_vocab_options, normalizer);
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_get_options(vocab, &in_force), 0);
    assert_int_equal(in_force.hash_buckets, 0);
    assert_int_equal(in_force.hash_words, 1);
    assert_int_equal(in_force.ngrams[0], 0);
    siamese_vocab_free(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens__follow_the_options),
        cmocka_unit_test(test_tokens__of_empty_texts),
        cmocka_unit_test(test_encode__counts_and_weighs),
        cmocka_unit_test(test_encode__refuses_ids_and_the_unfinished),
        cmocka_unit_test(test_idf__of_another_program_is_set),
        cmocka_unit_test(test_hashed__features_equal_those_of_another_program),
        cmocka_unit_test(test_hashed__has_ids_and_no_tokens),
        cmocka_unit_test(test_stats__count_what_is_left_out),
        cmocka_unit_test(test_stats__refuse_bad_arguments),
        cmocka_unit_test(test_towers__take_hashed_ids_and_refuse_rows),
        cmocka_unit_test(test_options__that_do_not_go_together_are_refused),
        cmocka_unit_test(test_options__of_an_older_host_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
