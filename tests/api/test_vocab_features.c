/* Learned hashed features: only what occurred often enough has an id. The
 * buckets and counts that are asserted were computed in Python from
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

/* 50 buckets; words and 3- and 4-grams */
static siamese_vocab *empty_vocab(size_t min_count, size_t max_tokens,
                                  size_t sequence_length)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_vocab_options_init(&options, sizeof options);
    siamese_vocab_options_set(&options, "char_ngrams", "3-4");
    options.hash_buckets = 50;
    options.hash_min_count = min_count;
    options.max_tokens = max_tokens;
    options.sequence_length = sequence_length;
    options.threads = 1;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    return vocab;
}

static void add(siamese_vocab *vocab, const char *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = {texts[i], strlen(texts[i])};
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
}

static siamese_vocab *vocab_of(const char *const *texts, size_t count,
                               size_t min_count, size_t max_tokens)
{
    siamese_vocab *const vocab = empty_vocab(min_count, max_tokens, 0);
    add(vocab, texts, count);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

static void assert_ids(const siamese_vocab *vocab, const char *line,
                       const int64_t *expected, size_t count)
{
    siamese_text const text = {line, strlen(line)};
    int64_t ids[32];
    size_t ends[2], needed;
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 32, ends, &needed), 0);
    assert_int_equal(needed, count);
    assert_int_equal(ends[1], count);
    assert_memory_equal(ids, expected, count * sizeof *ids);
}

static const char *const seen[] = {"oak desk", "oak desk lamp", "lamp", "desk",
                                   "elm oak"};

static void test_features__that_occur_often_have_ids(void **state)
{
    static const struct {
        size_t min_count, max_tokens, size, unknown, oak_count, pine_count;
        int64_t oak_desk[14], pine_lamp[16];
    } cases[] = {
        {1,
         0,
         20,
         0,
         14,
         12,
         {9, 5, 15, 17, 7, 8, 7, 4, 15, 18, 13, 2, 1, 12},
         {12, 15, 19, 13, 7, 14, 11, 13, 16, 10, 13, 6}},
        {3,
         0,
         15,
         8,
         14,
         8,
         {7, 4, 11, 13, 5, 6, 5, 3, 11, 14, 10, 2, 1, 9},
         {9, 11, 10, 5, 8, 10, 12, 10}},
        {4, 0, 6, 35, 7, 5, {4, 1, 2, 1, 4, 5, 3}, {4, 3, 1, 3, 3}},
        /* four ids and the pad; the bucket of 4 that is left out is the last */
        {2, 5, 5, 39, 6, 5, {4, 1, 2, 1, 4, 3}, {4, 3, 1, 3, 3}},
        {9, 0, 1, 64, 0, 0, {0}, {0}},
    };
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        siamese_vocab_stats stats = {.struct_size = sizeof stats};
        siamese_vocab_stats again = stats;
        siamese_text texts[COUNT(seen)];
        siamese_vocab *const vocab = vocab_of(
            seen, COUNT(seen), cases[c].min_count, cases[c].max_tokens);
        assert_int_equal(siamese_vocab_size(vocab), cases[c].size);
        assert_ids(vocab, "oak desk", cases[c].oak_desk, cases[c].oak_count);
        assert_ids(vocab, "pine lamp", cases[c].pine_lamp, cases[c].pine_count);
        assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
        assert_int_equal(stats.texts, 5);
        assert_int_equal(stats.tokens, 64);
        assert_int_equal(stats.unknown_tokens, cases[c].unknown);
        for (size_t i = 0; i < COUNT(seen); i++)
            texts[i] = (siamese_text){seen[i], strlen(seen[i])};
        assert_int_equal(
            siamese_vocab_measure(vocab, texts, COUNT(seen), &again), 0);
        assert_memory_equal(&again, &stats, sizeof stats);
        siamese_vocab_free(vocab);
    }
}

/* sequence_length is of features, whether they have an id or not. */
static void test_features__are_cut_before_they_are_looked_up(void **state)
{
    siamese_vocab *const vocab = empty_vocab(4, 0, 4);
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    (void)state;
    add(vocab, seen, COUNT(seen));
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    /* buckets 34 18 34 28, and 18 7 34 39: learned are 16 17 26 34 42 */
    assert_ids(vocab, "lamp oak lamp", (int64_t[]){4, 4}, 2);
    assert_ids(vocab, "oak desk", (int64_t[]){4}, 1);
    assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
    assert_int_equal(stats.texts_cut, 5);
    assert_int_equal(stats.tokens_cut, 64 - 5 * 4);
    siamese_vocab_free(vocab);
}

static void test_features__are_looked_up_by_word(void **state)
{
    static const struct {
        const char *word;
        int64_t id;
    } cases[] = {{"lamp", 11}, {"oak", 7}, {"desk", 4},
                 {"pine", 9},  {"elm", 0}, {"zebra", 0}};
    siamese_vocab *const vocab = vocab_of(seen, COUNT(seen), 3, 0);
    int64_t id;
    char buf[8];
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        assert_int_equal(siamese_vocab_lookup(vocab, cases[c].word,
                                              strlen(cases[c].word), &id),
                         0);
        assert_int_equal(id, cases[c].id);
    }
    assert_int_equal(siamese_vocab_token(vocab, 3, buf, sizeof buf, NULL),
                     SIAMESE_E_STATE);
    siamese_vocab_free(vocab);
}

static void test_options__of_learned_features(void **state)
{
    static const struct {
        size_t buckets;
        siamese_status status;
    } cases[] = {{0, SIAMESE_E_OPTION},
                 {(1u << 26) + 1, SIAMESE_E_OPTION},
                 {1u << 26, SIAMESE_OK}};
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++) {
        siamese_vocab_options options;
        siamese_vocab *vocab = NULL;
        siamese_vocab_options_init(&options, sizeof options);
        options.hash_min_count = 1;
        options.hash_buckets = cases[c].buckets;
        assert_int_equal(siamese_vocab_create(&vocab, &options),
                         cases[c].status);
        if (cases[c].status)
            assert_non_null(strstr(siamese_last_error(), "hash_min_count"));
        siamese_vocab_free(vocab);
    }
}

/* ---- growing ---- */

static const char *const old_texts[] = {"oak desk", "oak lamp"};
static const char *const new_texts[] = {"elm", "elm lamp", "lamp"};

static void test_grow__keeps_ids_and_appends(void **state)
{
    siamese_vocab *const old = vocab_of(old_texts, 2, 2, 0);
    siamese_vocab *const fresh = vocab_of(new_texts, 3, 2, 0);
    siamese_vocab *grown = NULL, *few = NULL, *twice = NULL;
    siamese_vocab_options options = {.struct_size = sizeof options};
    (void)state;
    /* buckets 16 17 18 26 34 39, then 5 11 19 24 28 38 42 44 */
    assert_int_equal(siamese_vocab_size(old), 7);
    assert_int_equal(siamese_vocab_size(fresh), 12);
    assert_int_equal(siamese_vocab_grow(&grown, old, fresh, 0), 0);
    assert_int_equal(siamese_vocab_size(grown), 15);
    assert_ids(grown, "oak lamp",
               (int64_t[]){3, 5, 5, 6, 1, 2, 1, 11, 10, 4, 12, 9, 4, 8}, 14);
    assert_ids(grown, "elm lamp",
               (int64_t[]){7, 5, 14, 12, 10, 2, 13, 11, 10, 4, 12, 9, 4, 8},
               14);
    assert_int_equal(siamese_vocab_grow(&few, old, fresh, 9), 0);
    assert_int_equal(siamese_vocab_size(few), 9);
    assert_ids(few, "elm", (int64_t[]){7, 2}, 2);
    assert_int_equal(siamese_vocab_get_options(few, &options), 0);
    assert_int_equal(options.max_tokens, 9);
    assert_int_equal(siamese_vocab_grow(&twice, grown, old, 0), 0);
    assert_int_equal(siamese_vocab_size(twice), 15);
    siamese_vocab_free(twice);
    twice = NULL;
    assert_int_equal(siamese_vocab_grow(&twice, old, fresh, 6),
                     SIAMESE_E_ARGUMENT);
    assert_null(twice);
    siamese_vocab_free(old);
    siamese_vocab_free(fresh);
    siamese_vocab_free(grown);
    siamese_vocab_free(few);
}

static void test_grow__refuses_other_features(void **state)
{
    siamese_vocab *const old = vocab_of(old_texts, 2, 2, 0);
    siamese_vocab *const other = vocab_of(new_texts, 3, 3, 0);
    siamese_vocab *const plain = vocab_of(new_texts, 0, 0, 0);
    siamese_vocab *out = NULL;
    (void)state;
    assert_int_equal(siamese_vocab_grow(&out, old, other, 0),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "hash_min_count"));
    assert_int_equal(siamese_vocab_grow(&out, old, plain, 0), SIAMESE_E_STATE);
    assert_int_equal(siamese_vocab_grow(&out, plain, plain, 0),
                     SIAMESE_E_STATE);
    assert_null(out);
    siamese_vocab_free(old);
    siamese_vocab_free(other);
    siamese_vocab_free(plain);
}

/* ---- towers ---- */

enum { DIM = 8 };

static siamese_tower *bag_of(const siamese_vocab *vocab)
{
    siamese_tower_options options;
    siamese_tower *tower;
    siamese_tower_options_init(&options, sizeof options);
    options.encoder = SIAMESE_ENCODER_BAG;
    options.embedding_dim = DIM;
    options.threads = 1;
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "title", vocab, NULL), 0);
    return tower;
}

static size_t embedding(const siamese_tower *tower, float *values)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_tower_parameter_info(tower, 0, &info), 0);
    assert_string_equal(info.name, "embedding");
    assert_int_equal(siamese_tower_parameter_get(tower, "embedding", values,
                                                 info.count, NULL),
                     0);
    return info.count;
}

/* As many rows as learned features and the pad; growth appends rows. */
static void test_tower__has_a_row_for_each_learned_feature(void **state)
{
    siamese_vocab *const old = vocab_of(old_texts, 2, 2, 0);
    siamese_vocab *const fresh = vocab_of(new_texts, 3, 2, 0);
    siamese_vocab *grown;
    siamese_text const text = {"oak lamp and elm", 16};
    float a[50 * DIM], b[50 * DIM], before[DIM], after[DIM];
    siamese_tower *more = NULL, *refused = NULL;
    (void)state;
    siamese_tower *const tower = bag_of(old);
    assert_int_equal(siamese_vocab_grow(&grown, old, fresh, 0), 0);
    assert_int_equal(siamese_tower_grow(&more, tower, 0, grown), 0);
    assert_int_equal(embedding(tower, a), 7 * DIM);
    assert_int_equal(embedding(more, b), 15 * DIM);
    assert_memory_equal(a, b, 7 * DIM * sizeof *a);
    assert_int_equal(siamese_tower_encode(tower, &text, 1, 1, before, DIM), 0);
    assert_int_equal(siamese_tower_encode(more, &text, 1, 1, after, DIM), 0);
    assert_memory_not_equal(before, after, sizeof before);
    assert_int_equal(siamese_tower_grow(&refused, tower, 0, fresh),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "not under its old id"));
    assert_null(refused);
    siamese_tower_free(tower);
    siamese_tower_free(more);
    siamese_vocab_free(old);
    siamese_vocab_free(fresh);
    siamese_vocab_free(grown);
}

/* The mean is of learned features alone: others do not move a vector. */
static void test_tower__is_not_disturbed_by_other_features(void **state)
{
    static const char *const one[] = {"oak"};
    siamese_vocab *const vocab = vocab_of(one, 1, 1, 0);
    siamese_text const texts[] = {
        {"oak", 3}, {"oak jj", 6}, {"jj", 2}, {"", 0}};
    float out[4 * DIM];
    (void)state;
    siamese_tower *const tower = bag_of(vocab);
    /* jj, <jj, jj>, <jj>: buckets that "oak" has not */
    assert_ids(vocab, "jj", NULL, 0);
    assert_int_equal(siamese_tower_encode(tower, texts, 4, 1, out, 4 * DIM), 0);
    assert_memory_equal(out, out + DIM, DIM * sizeof *out);
    assert_memory_equal(out + 2 * DIM, out + 3 * DIM, DIM * sizeof *out);
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
}

/* An encoder is shared where the same features have the same ids. */
static void test_tower__shares_an_encoder_of_the_same_features(void **state)
{
    siamese_vocab *const a = vocab_of(old_texts, 2, 2, 5);
    siamese_vocab *const b = vocab_of(new_texts, 3, 2, 5);
    siamese_vocab *const same = vocab_of(old_texts, 2, 2, 5);
    siamese_field_options options;
    (void)state;
    siamese_tower *const tower = bag_of(a);
    siamese_field_options_init(&options, sizeof options);
    assert_int_equal(siamese_field_options_set(&options, "shared_field", "1"),
                     0);
    assert_int_equal(siamese_tower_add_field(tower, "other", b, &options),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_tower_add_field(tower, "other", same, &options),
                     0);
    siamese_tower_free(tower);
    siamese_vocab_free(a);
    siamese_vocab_free(b);
    siamese_vocab_free(same);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_features__that_occur_often_have_ids),
        cmocka_unit_test(test_features__are_cut_before_they_are_looked_up),
        cmocka_unit_test(test_features__are_looked_up_by_word),
        cmocka_unit_test(test_options__of_learned_features),
        cmocka_unit_test(test_grow__keeps_ids_and_appends),
        cmocka_unit_test(test_grow__refuses_other_features),
        cmocka_unit_test(test_tower__has_a_row_for_each_learned_feature),
        cmocka_unit_test(test_tower__is_not_disturbed_by_other_features),
        cmocka_unit_test(test_tower__shares_an_encoder_of_the_same_features),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
