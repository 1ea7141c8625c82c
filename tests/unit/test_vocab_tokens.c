/* The tokeniser and the token table against slow ones, made from the rules; the
 * handle as other floors use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/marked_id.h"
#include "common/rng.h"
#include "text/token_table.h"
#include "text/vocab.h"
#include "text/vocab_lookup.h"
#include "text/vocab_rows.h"

/* ---- the reference: one whole pass over the text for each rule ---- */

static const char punctuation[] = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'";

static size_t reference_standardize(const char *text, size_t size, int mode,
                                    char *out)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if ((mode & SIAMESE_STANDARDIZE_LOWER) && c >= 'A' && c <= 'Z')
            c = (char)(c + 32);
        if ((mode & SIAMESE_STANDARDIZE_STRIP_PUNCTUATION) && c != '\0' &&
            strchr(punctuation, c))
            continue;
        out[length++] = c;
    }
    return length;
}

typedef struct piece {
    const char *bytes;
    size_t size;
} piece;

static size_t reference_split(const char *text, size_t size, piece *pieces)
{
    size_t count = 0;
    for (size_t i = 0; i < size;) {
        size_t end = i;
        while (end < size &&
               !(text[end] != '\0' && strchr(" \t\n\v\f\r", text[end])))
            end++;
        if (end > i) pieces[count++] = (piece){text + i, end - i};
        i = end + 1;
    }
    return count;
}

/* Bytes of all kinds, the telling ones more often. */
static size_t random_text(sm_rng *rng, char *text, size_t most)
{
    static const char telling[] =
        " \t\n\v\f\r.-'_aAzZ@[`{\0\x7f\x80\xff\xc3\xa9";
    size_t const size = sm_rng_below(rng, most + 1);
    for (size_t i = 0; i < size; i++)
        text[i] = sm_rng_below(rng, 3)
                      ? telling[sm_rng_below(rng, sizeof telling - 1)]
                      : (char)sm_rng_below(rng, 256);
    return size;
}

static void test_tokens__equal_slow_reference(void **state)
{
    enum { MOST = 300 };
    char text[MOST], standard[MOST], copy[MOST];
    piece pieces[MOST];
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 7, 0);
    for (int round = 0; round < 20000; round++) {
        int const mode = round % 4;
        sm_byte_map map;
        sm_byte_map_init(&map, mode);
        size_t const size = random_text(&rng, text, round % MOST);
        size_t const length = reference_standardize(text, size, mode, standard);
        size_t const count = reference_split(standard, length, pieces);

        sm_token_reader reader = sm_token_reader_of(&map, text, size);
        sm_token token;
        for (size_t i = 0; i < count; i++) {
            assert_true(sm_token_next(&reader, &token));
            assert_int_equal(token.size, pieces[i].size);
            sm_token_copy(&token, copy);
            assert_memory_equal(copy, pieces[i].bytes, token.size);
            assert_true(sm_token_equals(&token, pieces[i].bytes));
            sm_token const plain = sm_token_of(pieces[i].bytes, pieces[i].size);
            assert_true(token.hash == plain.hash);
        }
        assert_false(sm_token_next(&reader, &token));
        assert_int_equal(sm_count_tokens(&map, text, size, SIZE_MAX), count);
        assert_int_equal(sm_count_tokens(&map, text, size, 3),
                         count < 3 ? count : 3);
    }
}

static void test_tokens__keeps_within_the_text(void **state)
{
    /* allocated to the byte, so that a sanitizer sees a step past it */
    static const char *const texts[] = {"",    "-",   "a-",       "desk...",
                                        "  x", "x  ", "abcdefgh", "abcdefghi-"};
    static const size_t counts[] = {0, 0, 1, 1, 1, 1, 1, 1};
    sm_byte_map map;
    (void)state;
    sm_byte_map_init(&map, SIAMESE_STANDARDIZE_LOWER_AND_STRIP_PUNCTUATION);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        size_t const size = strlen(texts[i]);
        char *const exact = malloc(size + !size);
        memcpy(exact, texts[i], size);
        assert_int_equal(sm_count_tokens(&map, exact, size, 9), counts[i]);
        free(exact);
    }
    assert_int_equal(sm_count_tokens(&map, NULL, 0, 9), 0);
}

/* ---- the table ---- */

/* Token `i` as text: short ones, ones of 8 bytes and long ones. */
static size_t nth_token(size_t i, char *out, size_t capacity)
{
    static const char *const formats[] = {"%zu", "%08zu",
                                          "a rather long token, number %zu"};
    return (size_t)snprintf(out, capacity, formats[i % 3], i);
}

static void test_table__numbers_tokens_in_order(void **state)
{
    enum { COUNT = 20000 };
    sm_token_table table = {0};
    char text[64];
    (void)state;
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < COUNT; i++) {
            size_t number;
            size_t const size = nth_token(i, text, sizeof text);
            sm_token const token = sm_token_of(text, size);
            assert_int_equal(sm_token_table_find(&table, &token, COUNT),
                             round ? i : COUNT);
            assert_int_equal(sm_token_table_add(&table, &token, &number),
                             SIAMESE_OK);
            assert_int_equal(number, i);
            assert_int_equal(sm_token_table_size(&table, i), size);
            assert_memory_equal(sm_token_table_bytes(&table, i), text, size);
        }
    assert_int_equal(table.count, COUNT);
    sm_token_table_clear(&table);
    assert_int_equal(table.count, 0);
    sm_token_table_free(&table);
}

static void test_table__compares_tokens_of_one_hash(void **state)
{
    sm_token_table table = {0};
    sm_token a = sm_token_of("a long token, one", 17);
    sm_token b = sm_token_of("a long token, two", 17);
    sm_token c = sm_token_of("a long token, 3", 15);
    size_t number;
    (void)state;
    a.hash = b.hash = c.hash = 42;
    assert_int_equal(sm_token_table_add(&table, &a, &number), SIAMESE_OK);
    assert_int_equal(sm_token_table_find(&table, &b, 9), 9);
    assert_int_equal(sm_token_table_add(&table, &b, &number), SIAMESE_OK);
    assert_int_equal(sm_token_table_add(&table, &c, &number), SIAMESE_OK);
    assert_int_equal(sm_token_table_find(&table, &a, 9), 0);
    assert_int_equal(sm_token_table_find(&table, &b, 9), 1);
    assert_int_equal(sm_token_table_find(&table, &c, 9), 2);
    sm_token_table_free(&table);
}

static void test_table__tells_padded_words_apart(void **state)
{
    /* equal but for trailing NULs: the same words, other sizes */
    static const char bytes[16] = "ab";
    sm_token_table table = {0};
    size_t number;
    (void)state;
    for (size_t size = 1; size <= sizeof bytes; size++) {
        sm_token const token = sm_token_of(bytes, size);
        assert_int_equal(sm_token_table_add(&table, &token, &number),
                         SIAMESE_OK);
        assert_int_equal(number, size - 1);
    }
    sm_token_table_free(&table);
}

static void test_table__refuses_more_than_ids_can_number(void **state)
{
    sm_token_table table = {0};
    (void)state;
    assert_int_equal(sm_token_table_reserve(&table, SM_TOKENS_MAX + 1, 0),
                     SIAMESE_E_LIMIT);
    assert_int_equal(sm_token_table_reserve(&table, SIZE_MAX, 0),
                     SIAMESE_E_LIMIT);
    sm_token_table_free(&table);
}

/* ---- the handle, as the other floors use it ---- */

static void test_vocab__lives_as_long_as_its_references(void **state)
{
    static const siamese_text text = {"desk lamp desk", 14};
    siamese_vocab *vocab;
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), SIAMESE_OK);
    assert_false(sm_vocab_finished(vocab));
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), SIAMESE_OK);
    assert_int_equal(siamese_vocab_finish(vocab), SIAMESE_OK);
    siamese_vocab *const second = sm_vocab_reference(vocab);
    siamese_vocab_free(vocab);
    assert_true(sm_vocab_finished(second));
    assert_int_equal(sm_vocab_options(second)->sequence_length, 15);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_E_STATE);

    static const int32_t expected[] = {3, 2, 1};
    static const char line[] = "Lamp, DESK; rug desk";
    sm_id_list list = {0};
    assert_int_equal(sm_vocab_tokenize_append(second, line, 20, 3, &list), 0);
    assert_int_equal(list.count, 3);
    assert_memory_equal(list.ids, expected, sizeof expected);
    assert_int_equal(sm_vocab_tokenize_append(second, "a b", 3, 0, &list), 0);
    assert_int_equal(sm_vocab_tokenize_append(second, NULL, 0, 8, &list), 0);
    assert_int_equal(list.count, 3);
    assert_int_equal(sm_vocab_rows(second), 1001);

    list.count = 0;
    for (size_t i = 0; i < 50; i++)
        assert_int_equal(
            sm_vocab_tokenize_append(second, line, 20, SIZE_MAX, &list), 0);
    assert_int_equal(list.count, 200);
    for (size_t i = 0; i < 200; i += 4) {
        assert_memory_equal(list.ids + i, expected, sizeof expected);
        assert_int_equal(list.ids[i + 3], 2);
    }
    sm_id_list_free(&list);
    siamese_vocab_free(second);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_OK);
}

/* ---- runs ---- */

static siamese_vocab *hashed(const char *min_count)
{
    static const siamese_text learned[] = {{"oak desk", 8}, {"oakwood", 7}};
    siamese_vocab_options o;
    siamese_vocab *vocab;
    siamese_vocab_options_init(&o, sizeof o);
    siamese_vocab_options_set(&o, "hash_buckets", "1048576");
    siamese_vocab_options_set(&o, "char_ngrams", "3-5");
    siamese_vocab_options_set(&o, "sequence_length", "0");
    siamese_vocab_options_set(&o, "normalizer", "unicode");
    siamese_vocab_options_set(&o, "hash_min_count", min_count);
    siamese_vocab_options_set(&o, "max_tokens", "0");
    siamese_vocab_options_set(&o, "compounds", *min_count == '0' ? "0" : "1");
    assert_int_equal(siamese_vocab_create(&vocab, &o), SIAMESE_OK);
    assert_int_equal(siamese_vocab_add(vocab, learned, 2), SIAMESE_OK);
    assert_int_equal(siamese_vocab_finish(vocab), SIAMESE_OK);
    return vocab;
}

static int by_id(const void *a, const void *b)
{
    int32_t const x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

/* The marks of a text, as 1, and its other ids, as 0; they are the ids of the
 * text in another order. */
static void marks_of(const siamese_vocab *vocab, const char *text, char *marks)
{
    sm_id_list plain = {0}, marked = {.marks_runs = true};
    assert_int_equal(
        sm_vocab_tokenize_append(vocab, text, strlen(text), SIZE_MAX, &plain),
        0);
    assert_int_equal(
        sm_vocab_tokenize_append(vocab, text, strlen(text), SIZE_MAX, &marked),
        0);
    assert_int_equal(marked.count, plain.count);
    for (size_t i = 0; i < plain.count; i++) {
        marks[i] = sm_id_begins_run(marked.ids[i]) ? '1' : '0';
        marked.ids[i] = sm_id_unmarked(marked.ids[i]);
    }
    marks[plain.count] = '\0';
    qsort(plain.ids, plain.count, sizeof *plain.ids, by_id);
    qsort(marked.ids, plain.count, sizeof *plain.ids, by_id);
    assert_memory_equal(marked.ids, plain.ids, plain.count * sizeof *plain.ids);
    sm_id_list_free(&plain);
    sm_id_list_free(&marked);
}

static void test_vocab__marks_the_ids_of_each_word(void **state)
{
    char marks[64];
    (void)state;
    siamese_vocab *vocab = hashed("0");
    /* a word and its n-grams, of <oak> 3 + 2 + 1, of <desk> 4 + 3 + 2 */
    marks_of(vocab, "oak desk oak", marks);
    assert_string_equal(marks, "1000000"
                               "1000000000"
                               "1000000");
    /* of a text that is cut the first ids are wanted, and none is marked */
    sm_id_list cut = {.marks_runs = true}, plain = {0};
    assert_int_equal(sm_vocab_tokenize_append(vocab, "oak desk", 8, 16, &cut),
                     0);
    assert_int_equal(sm_vocab_tokenize_append(vocab, "oak desk", 8, 16, &plain),
                     0);
    assert_int_equal(cut.count, 16);
    assert_memory_equal(cut.ids, plain.ids, 16 * sizeof *cut.ids);
    sm_id_list_free(&cut);
    sm_id_list_free(&plain);
    siamese_vocab_free(vocab);

    vocab = hashed("1");
    /* learned of <oaks>: <oa oak <oak; of zzz none; of <wood>: woo ood od> wood
     * ood> wood>; then oakwood, which two words are joined to */
    marks_of(vocab, "desk oaks", marks);
    assert_string_equal(marks, "1000000000"
                               "100");
    marks_of(vocab, "oak zzz", marks);
    assert_string_equal(marks, "1000000");
    marks_of(vocab, "oak wood", marks);
    assert_string_equal(marks, "1000000"
                               "100000"
                               "1");
    siamese_vocab_free(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens__equal_slow_reference),
        cmocka_unit_test(test_tokens__keeps_within_the_text),
        cmocka_unit_test(test_table__numbers_tokens_in_order),
        cmocka_unit_test(test_table__compares_tokens_of_one_hash),
        cmocka_unit_test(test_table__tells_padded_words_apart),
        cmocka_unit_test(test_table__refuses_more_than_ids_can_number),
        cmocka_unit_test(test_vocab__lives_as_long_as_its_references),
        cmocka_unit_test(test_vocab__marks_the_ids_of_each_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
