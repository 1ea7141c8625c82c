/* The vocabulary as a host sees it: each promise of siamese.h's comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

static siamese_vocab *vocab_with(const char *option, const char *value)
{
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    assert_int_equal(siamese_vocab_options_init(&options, sizeof options), 0);
    if (option)
        assert_int_equal(siamese_vocab_options_set(&options, option, value), 0);
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    return vocab;
}

static void add_all(siamese_vocab *vocab, const char *const *texts,
                    size_t count)
{
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = text_of(texts[i]);
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
}

static void assert_token(const siamese_vocab *vocab, int64_t id,
                         const char *expected)
{
    char buf[64];
    size_t needed;
    int64_t found;
    assert_int_equal(siamese_vocab_token(vocab, id, buf, sizeof buf, &needed),
                     0);
    assert_string_equal(buf, expected);
    assert_int_equal(needed, strlen(expected));
    assert_int_equal(siamese_vocab_lookup(vocab, expected, needed, &found), 0);
    assert_int_equal(found, id);
}

/* ---- the table ---- */

static void test_vocab__orders_by_count_then_bytes_descending(void **state)
{
    static const char *const texts[] = {"b a", "a b c", "c B", "\xc3\xa9 z",
                                        "\xc3\x89 z"};
    (void)state;
    siamese_vocab *const vocab = vocab_with("max_tokens", "0");
    add_all(vocab, texts, COUNT(texts));
    assert_int_equal(siamese_vocab_size(vocab), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 8);
    assert_token(vocab, 0, "");
    assert_token(vocab, 1, "[UNK]");
    assert_token(vocab, 2, "b");
    assert_token(vocab, 3, "z");
    assert_token(vocab, 4, "c");
    assert_token(vocab, 5, "a");
    assert_token(vocab, 6, "\xc3\xa9");
    assert_token(vocab, 7, "\xc3\x89");
    siamese_vocab_free(vocab);
}

static void test_vocab__max_tokens_includes_the_two_specials(void **state)
{
    static const char *const texts[] = {"a b b c c c d d d d"};
    (void)state;
    siamese_vocab *vocab = vocab_with("max_tokens", "4");
    add_all(vocab, texts, 1);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 4);
    assert_token(vocab, 2, "d");
    assert_token(vocab, 3, "c");
    siamese_vocab_free(vocab);

    vocab = vocab_with("max_tokens", "2");
    add_all(vocab, texts, 1);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 2);
    siamese_vocab_free(vocab);
}

static void test_vocab__never_learns_the_specials(void **state)
{
    static const char *const texts[] = {"[UNK] [UNK] [UNK] x", "", " "};
    (void)state;
    siamese_vocab *const vocab = vocab_with("standardize", "none");
    add_all(vocab, texts, COUNT(texts));
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 3);
    assert_token(vocab, 2, "x");

    siamese_text const text = text_of("x [UNK] [unk]");
    int64_t ids[3];
    size_t offsets[2];
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 3, offsets, NULL), 0);
    assert_int_equal(ids[0], 2);
    assert_int_equal(ids[1], SIAMESE_ID_UNKNOWN);
    assert_int_equal(ids[2], SIAMESE_ID_UNKNOWN);
    siamese_vocab_free(vocab);
}

static void test_vocab__counts_before_truncation(void **state)
{
    static const char *const texts[] = {"a b c c", "a c"};
    (void)state;
    siamese_vocab *const vocab = vocab_with("sequence_length", "1");
    add_all(vocab, texts, COUNT(texts));
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_token(vocab, 2, "c");
    assert_token(vocab, 3, "a");
    assert_token(vocab, 4, "b");
    siamese_vocab_free(vocab);
}

static void test_vocab__may_be_finished_without_texts(void **state)
{
    (void)state;
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    assert_int_equal(siamese_vocab_add(vocab, NULL, 0), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 2);
    siamese_vocab_free(vocab);
}

static void test_vocab__holds_a_state(void **state)
{
    siamese_text const text = text_of("a");
    size_t offsets[2];
    int64_t id;
    char buf[8];
    (void)state;
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, &id, 1, offsets, NULL),
        SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_token(vocab, 0, buf, sizeof buf, NULL),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_lookup(vocab, "a", 1, &id), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_finish(vocab), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_set_tokens(vocab, &text, 1),
                     SIAMESE_E_STATE);
    siamese_vocab_free(vocab);
    siamese_vocab_free(NULL);
}

/* ---- a given table ---- */

static void test_vocab__set_tokens_is_the_table(void **state)
{
    static const char *const tokens[] = {"", "[UNK]", "desk", "Two words",
                                         "a longer token than 8 bytes"};
    siamese_text texts[COUNT(tokens)];
    (void)state;
    for (size_t i = 0; i < COUNT(tokens); i++) texts[i] = text_of(tokens[i]);
    siamese_vocab *const vocab = vocab_with("max_tokens", "5");
    assert_int_equal(siamese_vocab_set_tokens(vocab, texts, COUNT(texts)), 0);
    assert_int_equal(siamese_vocab_size(vocab), COUNT(texts));
    for (size_t i = 0; i < COUNT(tokens); i++)
        assert_token(vocab, (int64_t)i, tokens[i]);
    siamese_vocab_free(vocab);
}

static void test_vocab__set_tokens_refuses_other_tables(void **state)
{
    static const struct {
        const char *tokens[6];
        size_t count;
    } bad[] = {
        {{""}, 0},
        {{""}, 1},
        {{"[UNK]", ""}, 2},
        {{"", "[unk]"}, 2},
        {{"", "[UNK]", ""}, 3},
        {{"", "[UNK]", "a", "b", "a"}, 5},
        {{"", "[UNK]", "[UNK]"}, 3},
        {{"", "[UNK]", "a", "b", "c", "d"}, 6},
    };
    (void)state;
    siamese_vocab *const vocab = vocab_with("max_tokens", "5");
    for (size_t i = 0; i < COUNT(bad); i++) {
        siamese_text texts[6];
        for (size_t t = 0; t < bad[i].count; t++)
            texts[t] = text_of(bad[i].tokens[t]);
        assert_int_equal(siamese_vocab_set_tokens(vocab, texts, bad[i].count),
                         SIAMESE_E_ARGUMENT);
        assert_int_equal(siamese_vocab_size(vocab), 0);
    }
    assert_int_equal(siamese_vocab_set_tokens(vocab, NULL, 3),
                     SIAMESE_E_ARGUMENT);
    /* and is as before: it can still count */
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    siamese_vocab_free(vocab);
}

/* ---- tokenising ---- */

static void test_tokenize__is_ragged_and_cut(void **state)
{
    static const char *const lines[] = {"a b", "", "b b b b", "...", "q A!"};
    siamese_text texts[COUNT(lines)];
    int64_t ids[16];
    size_t offsets[COUNT(lines) + 1], needed;
    static const size_t expected_offsets[] = {0, 2, 2, 5, 5, 7};
    static const int64_t expected[] = {3, 2, 2, 2, 2, 1, 3};
    (void)state;
    for (size_t i = 0; i < COUNT(lines); i++) texts[i] = text_of(lines[i]);
    siamese_vocab *const vocab = vocab_with("sequence_length", "3");
    assert_int_equal(siamese_vocab_add(vocab, texts, 3), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_tokenize(vocab, texts, COUNT(texts), ids, 7,
                                            offsets, &needed),
                     0);
    assert_int_equal(needed, 7);
    assert_memory_equal(offsets, expected_offsets, sizeof expected_offsets);
    assert_memory_equal(ids, expected, sizeof expected);

    /* too small: nothing written but the offsets */
    memset(offsets, 0xff, sizeof offsets);
    ids[0] = -5;
    needed = 0;
    assert_int_equal(siamese_vocab_tokenize(vocab, texts, COUNT(texts), ids, 6,
                                            offsets, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 7);
    assert_int_equal(ids[0], -5);
    assert_memory_equal(offsets, expected_offsets, sizeof expected_offsets);
    assert_int_equal(siamese_vocab_tokenize(vocab, texts, COUNT(texts), NULL, 0,
                                            offsets, NULL),
                     SIAMESE_E_RANGE);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, NULL, 0, NULL, 0, offsets, &needed), 0);
    assert_int_equal(needed, 0);
    siamese_vocab_free(vocab);
}

static void test_tokenize__names_a_bad_argument(void **state)
{
    siamese_text texts[] = {{"a", 1}, {NULL, 0}, {NULL, 3}};
    int64_t ids[4];
    size_t offsets[4];
    (void)state;
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    assert_int_equal(siamese_vocab_add(vocab, texts, 3), SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "texts[2]"));
    assert_int_equal(siamese_vocab_add(vocab, NULL, 1), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 2);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, texts, 3, ids, 4, offsets, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, texts, 2, ids, 4, NULL, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, texts, 2, NULL, 4, offsets, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, texts, 2, ids, 4, offsets, NULL), 0);
    assert_int_equal(siamese_vocab_lookup(vocab, NULL, 1, ids),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_lookup(vocab, "a", 1, NULL),
                     SIAMESE_E_ARGUMENT);
    siamese_vocab_free(vocab);
    assert_int_equal(siamese_vocab_create(NULL, NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_add(NULL, texts, 1), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_finish(NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_size(NULL), 0);
}

static void test_tokenize__takes_any_bytes(void **state)
{
    /* NULs and invalid UTF-8 are bytes like others */
    static const char bytes[] = "a\0b \xff\xfe \xc3 a\0c\0 \x85";
    static const size_t sizes[] = {3, 2, 1, 4, 1};
    static const char *const tokens[] = {"a\0b", "\xff\xfe", "\xc3", "a\0c\0",
                                         "\x85"};
    siamese_text const text = {bytes, sizeof bytes - 1};
    (void)state;
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_size(vocab), 7);
    int64_t ids[5], id;
    size_t offsets[2];
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 5, offsets, NULL), 0);
    assert_int_equal(offsets[1], 5);
    for (size_t i = 0; i < 5; i++) {
        char buf[8];
        size_t needed;
        assert_int_equal(siamese_vocab_lookup(vocab, tokens[i], sizes[i], &id),
                         0);
        assert_int_equal(id, ids[i]);
        assert_int_equal(
            siamese_vocab_token(vocab, id, buf, sizeof buf, &needed), 0);
        assert_int_equal(needed, sizes[i]);
        assert_memory_equal(buf, tokens[i], sizes[i] + 1);
    }
    siamese_vocab_free(vocab);
}

static void test_tokenize__takes_huge_texts_and_tokens(void **state)
{
    size_t const size = (size_t)8 << 20;
    char *const bytes = malloc(size);
    char *const token = malloc(size + 1);
    (void)state;
    memset(bytes, 'X', size);
    memcpy(bytes + size - 4, " - x", 4);
    siamese_text const text = {bytes, size};
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    int64_t ids[2];
    size_t offsets[2], needed;
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 2, offsets, NULL), 0);
    assert_int_equal(offsets[1], 2);
    assert_int_equal(ids[0], 2); /* "xx...": a tie, and greater than "x" */
    assert_int_equal(ids[1], 3);
    assert_int_equal(siamese_vocab_token(vocab, 2, token, size, &needed), 0);
    assert_int_equal(needed, size - 4);
    assert_int_equal(token[0], 'x');
    assert_int_equal(token[needed - 1], 'x');
    siamese_vocab_free(vocab);
    free(bytes);
    free(token);
}

static void test_token__fits_its_buffer_or_says_so(void **state)
{
    static const char *const texts[] = {"desk"};
    char buf[5] = "????";
    size_t needed = 0;
    (void)state;
    siamese_vocab *const vocab = vocab_with(NULL, NULL);
    add_all(vocab, texts, 1);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_token(vocab, 2, buf, 4, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 4);
    assert_string_equal(buf, "????");
    assert_int_equal(siamese_vocab_token(vocab, 2, NULL, 0, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(siamese_vocab_token(vocab, 2, buf, 5, NULL), 0);
    assert_string_equal(buf, "desk");
    assert_int_equal(siamese_vocab_token(vocab, 0, buf, 1, &needed), 0);
    assert_string_equal(buf, "");
    assert_int_equal(siamese_vocab_token(vocab, 3, buf, 5, NULL),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_vocab_token(vocab, -1, buf, 5, NULL),
                     SIAMESE_E_NOT_FOUND);
    siamese_vocab_free(vocab);
}

/* ---- options ---- */

static void test_options__default_to_the_notebook(void **state)
{
    siamese_vocab *vocab = NULL;
    siamese_vocab_options options = {0};
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    options.struct_size = sizeof options;
    assert_int_equal(siamese_vocab_get_options(vocab, &options), 0);
    assert_int_equal(options.max_tokens, 1000);
    assert_int_equal(options.sequence_length, 15);
    assert_int_equal(options.standardize,
                     SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION);
    assert_int_equal(options.threads, 0);
    siamese_vocab_free(vocab);
}

static void test_options__refuse_what_is_out_of_range(void **state)
{
    siamese_vocab *vocab = NULL;
    siamese_vocab_options options;
    (void)state;
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = 1;
    assert_int_equal(siamese_vocab_create(&vocab, &options), SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "max_tokens"));
    siamese_vocab_options_init(&options, sizeof options);
    options.standardize = 4;
    assert_int_equal(siamese_vocab_create(&vocab, &options), SIAMESE_E_OPTION);
    siamese_vocab_options_init(&options, sizeof options);
    options.threads = -1;
    assert_int_equal(siamese_vocab_create(&vocab, &options), SIAMESE_E_OPTION);
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = SIZE_MAX;
    assert_int_equal(siamese_vocab_create(&vocab, &options), SIAMESE_E_OPTION);
    assert_int_equal(
        siamese_vocab_options_set(&options, "standardize", "upper"),
        SIAMESE_E_OPTION);
    assert_null(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocab__orders_by_count_then_bytes_descending),
        cmocka_unit_test(test_vocab__max_tokens_includes_the_two_specials),
        cmocka_unit_test(test_vocab__never_learns_the_specials),
        cmocka_unit_test(test_vocab__counts_before_truncation),
        cmocka_unit_test(test_vocab__may_be_finished_without_texts),
        cmocka_unit_test(test_vocab__holds_a_state),
        cmocka_unit_test(test_vocab__set_tokens_is_the_table),
        cmocka_unit_test(test_vocab__set_tokens_refuses_other_tables),
        cmocka_unit_test(test_tokenize__is_ragged_and_cut),
        cmocka_unit_test(test_tokenize__names_a_bad_argument),
        cmocka_unit_test(test_tokenize__takes_any_bytes),
        cmocka_unit_test(test_tokenize__takes_huge_texts_and_tokens),
        cmocka_unit_test(test_token__fits_its_buffer_or_says_so),
        cmocka_unit_test(test_options__default_to_the_notebook),
        cmocka_unit_test(test_options__refuse_what_is_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
