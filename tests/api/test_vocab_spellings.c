/* Hashed features for what is spelt in several ways: quantities, compounds,
 * numbers. Hashes that are asserted were computed in Python from
 * docs/text.md. */
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

static void add(siamese_vocab *vocab, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = {texts[i], strlen(texts[i])};
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
}

/* Ids that a text has more with the second settings than with the first; both
 * in the order of the list. */
static size_t added(const char *line, const char *with, const char *value,
                    int64_t *more)
{
    siamese_text const text = {line, strlen(line)};
    int64_t ids[2][200];
    size_t ends[2][2], at = 0, count = 0;
    for (int on = 0; on < 2; on++) {
        siamese_vocab_options options;
        siamese_vocab *vocab;
        siamese_vocab_options_init(&options, sizeof options);
        options.normalizer = SIAMESE_NORMALIZER_UNICODE;
        options.sequence_length = 0;
        options.hash_buckets = 1 << 20;
        siamese_vocab_options_set(&options, "char_ngrams", "3-4");
        siamese_vocab_options_set(&options, "stemmer", "english");
        if (on) siamese_vocab_options_set(&options, with, value);
        assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        assert_int_equal(siamese_vocab_tokenize(vocab, &text, 1, ids[on], 200,
                                                ends[on], NULL),
                         0);
        siamese_vocab_free(vocab);
    }
    for (size_t i = 0; i < ends[1][1]; i++)
        if (at < ends[0][1] && ids[1][i] == ids[0][at])
            at++;
        else
            more[count++] = ids[1][i];
    assert_int_equal(at, ends[0][1]);
    return count;
}

static int64_t word_id(const char *word)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    int64_t id;
    siamese_vocab_options_init(&options, sizeof options);
    options.hash_buckets = 1 << 20;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_lookup(vocab, word, strlen(word), &id), 0);
    siamese_vocab_free(vocab);
    return id;
}

/* Learned from texts; with compounds or without. */
static siamese_vocab *compounds_of(const char *const *texts, size_t count,
                                   int on)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_vocab_options_init(&options, sizeof options);
    options.normalizer = SIAMESE_NORMALIZER_UNICODE;
    options.max_tokens = 0;
    options.sequence_length = 0;
    options.hash_buckets = 1 << 24;
    options.hash_min_count = 1;
    options.compounds = on;
    siamese_vocab_options_set(&options, "stemmer", "english");
    siamese_vocab_options_set(&options, "char_ngrams", "3-4");
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    add(vocab, texts, count);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

/* Two words that were learned as one, and one that was learned as two: by
 * stems, and behind all other features. */
static void test_compounds__are_the_words_that_were_learned(void **state)
{
    static const char *const learned[] = {
        "Deckover paints", "door bells and bell wires",
        "foot stool",      "caf\xc3\xa9 bar 34",
        "over and deck",   "abcdef ghij abcde fghij",
        "xy zabc"};
    static const struct {
        const char *text, *more[5]; /* as the table has them */
    } cases[] = {
        {"deck over", {"deckov"}},
        {"Deck-Overs", {"deckov"}},
        {"deckover", {NULL}}, /* known as it is */
        {"doorbell", {"door", "bell"}},
        {"doorbells wired", {"door", "bell"}},
        {"caf\xc3\xa9"
         "bars",
         {"caf\xc3\xa9", "bar"}},
        {"doorknob", {NULL}},
        {"3 4", {NULL}},
        {"xyzabc", {NULL}}, /* a part of two letters */
        /* the parts that are most alike: 5 and 5, not 6 and 4 */
        {"abcdefghij", {"abcd", "fghij"}},
        {"deck over doorbell", {"deckov", "door", "bell"}},
        {"", {NULL}},
    };
    siamese_vocab *const on = compounds_of(learned, COUNT(learned), 1);
    siamese_vocab *const off = compounds_of(learned, COUNT(learned), 0);
    (void)state;
    assert_int_equal(siamese_vocab_size(on), siamese_vocab_size(off));
    for (size_t c = 0; c < COUNT(cases); c++) {
        siamese_text const text = {cases[c].text, strlen(cases[c].text)};
        siamese_vocab_stats a = {.struct_size = sizeof a}, b = a;
        int64_t ids[2][100], id;
        size_t ends[2][2], count = 0;
        assert_int_equal(
            siamese_vocab_tokenize(off, &text, 1, ids[0], 100, ends[0], NULL),
            0);
        assert_int_equal(
            siamese_vocab_tokenize(on, &text, 1, ids[1], 100, ends[1], NULL),
            0);
        size_t const before = ends[0][1];
        assert_memory_equal(ids[0], ids[1], before * sizeof **ids);
        for (; count < 5 && cases[c].more[count]; count++) {
            const char *const word = cases[c].more[count];
            assert_int_equal(siamese_vocab_lookup(on, word, strlen(word), &id),
                             0);
            assert_true(id > 0);
            assert_int_equal(ids[1][before + count], id);
        }
        assert_int_equal(ends[1][1], before + count);
        /* they are no tokens, known or not */
        assert_int_equal(siamese_vocab_measure(off, &text, 1, &a), 0);
        assert_int_equal(siamese_vocab_measure(on, &text, 1, &b), 0);
        assert_memory_equal(&a, &b, sizeof a);
    }
    siamese_vocab_free(on);
    siamese_vocab_free(off);
}

/* 1 + FNV-1a of "q" and the text, mixed, mod 2^20: computed in Python. */
static void test_quantities__add_hashes(void **state)
{
    static const struct {
        const char *text;
        size_t count;
        int64_t ids[3];
    } cases[] = {
        {"0.75-inch pipe, 60w", 3, {755725, 793028, 745254}},
        {"pipe 60", 0, {0}},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        int64_t more[200];
        assert_int_equal(added(cases[c].text, "quantities", "add", more),
                         cases[c].count);
        assert_memory_equal(more, cases[c].ids, cases[c].count * sizeof *more);
    }
}

/* So a preset that reads them can have its quantities turned off alone. */
static void test_packs__without_quantities_are_none(void **state)
{
    int64_t more[200];
    (void)state;
    assert_int_equal(added("12-pack, 0.75 inch", "packs", "1", more), 0);
}

/* "shelves", but not "oak", is another word than its stem "shelv". */
static void test_written_words__are_beside_their_stems(void **state)
{
    siamese_text const text = {"Oak shelves", 11};
    static const char *const words[] = {"oak", "shelv", "shelves"};
    siamese_vocab_options options;
    siamese_vocab *vocab;
    size_t ends[2];
    int64_t ids[9];
    (void)state;
    siamese_vocab_options_init(&options, sizeof options);
    options.hash_buckets = 1048576;
    options.sequence_length = 0;
    siamese_vocab_options_set(&options, "stemmer", "english");
    options.written_words = 1;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 9, ends, NULL), 0);
    assert_int_equal(ends[1], COUNT(words));
    for (size_t i = 0; i < COUNT(words); i++)
        assert_int_equal(ids[i], word_id(words[i]));
    siamese_vocab_free(vocab);
}

/* Words that begin with a digit have no parts then. */
static void test_number_ngrams__can_be_left_out(void **state)
{
    siamese_text const text = {"oak 1234", 8};
    (void)state;
    for (int with = 0; with < 2; with++) {
        siamese_vocab_options options;
        siamese_vocab *vocab;
        size_t ends[2];
        int64_t ids[20];
        siamese_vocab_options_init(&options, sizeof options);
        options.hash_buckets = 1000;
        siamese_vocab_options_set(&options, "char_ngrams", "3");
        options.number_ngrams = with;
        assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &text, 1, ids, 20, ends, NULL), 0);
        /* two words, <oa oak ak>, <12 123 234 34> */
        assert_int_equal(ends[1], with ? 9 : 5);
        siamese_vocab_free(vocab);
    }
}

/* 1 and a sign for a half is 1 1/2, not 11/2, where quantities are read. */
static void test_quantities__part_signs_of_fractions(void **state)
{
    static const char *const texts[] = {"1\xc2\xbd in", "1 1/2 in"};
    int64_t ids[2][40];
    size_t ends[2];
    siamese_vocab_options options;
    siamese_vocab *vocab;
    (void)state;
    siamese_vocab_options_init(&options, sizeof options);
    options.normalizer = SIAMESE_NORMALIZER_UNICODE;
    options.hash_buckets = 1 << 20;
    options.quantities = SIAMESE_QUANTITIES_ADD;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    for (int i = 0; i < 2; i++) {
        siamese_text const text = {texts[i], strlen(texts[i])};
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &text, 1, ids[i], 40, ends, NULL), 0);
        assert_int_equal(ends[1], 6); /* 1 1 2 in, and two quantities */
    }
    assert_memory_equal(ids[0], ids[1], 6 * sizeof **ids);
    siamese_vocab_free(vocab);
}

/* A fraction or decimal number is then no word, and a unit is in one
 * spelling. */
static void test_quantities__replace_words(void **state)
{
    static const struct {
        const char *text, *words[6];
        size_t count; /* with the quantities */
    } cases[] = {
        {"3/4 in. oak", {"in", "oak"}, 4},
        {"oak .75-inch", {"oak", "in"}, 4},
        {"5\" oak 1,000 pounds", {"5", "in", "oak", "1000", "lb"}, 7},
        {"6 ft. x 1-1/2 in.", {"6", "ft", "x", "in"}, 7},
        {"1\xc2\xbd caf\xc3\xa9s 8x10", {"caf\xc3\xa9s", "8", "x", "10"}, 5},
        {"3/4/2020", {"3", "4", "2020"}, 3},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        siamese_text const text = {cases[c].text, strlen(cases[c].text)};
        siamese_vocab_options options;
        siamese_vocab *vocab;
        int64_t ids[20];
        size_t ends[2];
        siamese_vocab_options_init(&options, sizeof options);
        options.normalizer = SIAMESE_NORMALIZER_UNICODE;
        options.hash_buckets = 1 << 20;
        options.quantities = SIAMESE_QUANTITIES_REPLACE;
        assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        assert_int_equal(
            siamese_vocab_tokenize(vocab, &text, 1, ids, 20, ends, NULL), 0);
        assert_int_equal(ends[1], cases[c].count);
        for (size_t i = 0; i < 6 && cases[c].words[i]; i++)
            assert_int_equal(ids[i], word_id(cases[c].words[i]));
        siamese_vocab_free(vocab);
    }
}

static void test_options__that_need_others_are_refused(void **state)
{
    static const char *const bad[][4] = {
        {"strip_accents"},
        {"compounds"},
        {"quantities"},
        {"quantities", "hash_buckets", "9"},
        {"compounds", "hash_buckets", "9"},
        {"written_words", "hash_buckets", "9"},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(bad); c++) {
        siamese_vocab_options options;
        siamese_vocab *vocab = NULL;
        siamese_vocab_options_init(&options, sizeof options);
        siamese_vocab_options_set(&options, bad[c][0], "1");
        siamese_vocab_options_set(&options, bad[c][0], "add");
        if (bad[c][1])
            assert_int_equal(
                siamese_vocab_options_set(&options, bad[c][1], bad[c][2]), 0);
        assert_int_equal(siamese_vocab_create(&vocab, &options),
                         SIAMESE_E_OPTION);
        assert_non_null(strstr(siamese_last_error(), bad[c][0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_compounds__are_the_words_that_were_learned),
        cmocka_unit_test(test_quantities__add_hashes),
        cmocka_unit_test(test_packs__without_quantities_are_none),
        cmocka_unit_test(test_written_words__are_beside_their_stems),
        cmocka_unit_test(test_number_ngrams__can_be_left_out),
        cmocka_unit_test(test_quantities__part_signs_of_fractions),
        cmocka_unit_test(test_quantities__replace_words),
        cmocka_unit_test(test_options__that_need_others_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
