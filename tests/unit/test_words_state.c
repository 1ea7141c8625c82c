/* The words of a catalogue to a stream and back: the same words, and nothing
 * believed. Also what stands in them, row by row. */
#include <stdio.h>

#include "memory_stream.h"

#include "items/items.h"
#include "search/words_change.h"
#include "search/words_state.h"

enum { COUNT = 5, DIM = 5 };

static const siamese_text titles[COUNT] = {{"Red lamps", 9},
                                           {"red LAMP 50 ft", 14},
                                           {"", 0},
                                           {"oak table", 9},
                                           {"red red oak lamp", 16}};

static siamese_tower *tower;

static void ok(sm_status status)
{
    assert_string_equal(status == SIAMESE_OK ? "" : siamese_last_error(), "");
}

static int make_tower(void **state)
{
    siamese_vocab_options v;
    siamese_tower_options t;
    siamese_vocab *vocab;
    (void)state;
    ok(siamese_vocab_options_init(&v, sizeof v));
    ok(siamese_tower_options_init(&t, sizeof t));
    ok(siamese_preset_apply("default", &v, &t, NULL, NULL));
    v.threads = t.threads = 1;
    t.embedding_dim = DIM;
    ok(siamese_vocab_create(&vocab, &v));
    ok(siamese_vocab_add(vocab, titles, COUNT));
    ok(siamese_vocab_finish(vocab));
    ok(siamese_tower_create(&tower, &t));
    ok(siamese_tower_add_field(tower, "text", vocab, NULL));
    siamese_vocab_free(vocab);
    return 0;
}

static int free_tower(void **state)
{
    (void)state;
    siamese_tower_free(tower);
    return 0;
}

static sm_catalogue_words *make_words(void)
{
    static const int64_t numbers[COUNT] = {2, 3, 5, 7, 11};
    siamese_items *items;
    sm_item_table *table;
    sm_catalogue_words *words;
    sm_words_change *change;
    int64_t next_row;
    ok(siamese_items_create(&items, NULL));
    table = sm_items_table(items, &next_row);
    ok(sm_words_create(&words, tower, table, NULL, 0));
    sm_item_table_release(table);
    siamese_items_free(items);
    ok(sm_words_stage(&change, words, titles, numbers, COUNT, NULL, 0));
    sm_words_commit(change);
    return words;
}

static void remove_row(sm_catalogue_words *words, int64_t row)
{
    sm_words_change *change;
    ok(sm_words_stage(&change, words, NULL, NULL, 0, &row, 1));
    sm_words_commit(change);
}

/* "red lamps |" of a row, with the quantities behind the line. */
static void assert_row(const sm_catalogue_words *words, int64_t row,
                       const char *wanted)
{
    char text[128] = "";
    sm_row_terms terms;
    assert_true(sm_words_row(words, row, &terms));
    for (size_t i = 0; i < terms.count; i++) {
        sm_term const term = sm_words_term(words, terms.terms[i]);
        size_t const used = strlen(text);
        if (i == terms.words) strcat(text, "| ");
        assert_int_equal(term.is_quantity, i >= terms.words);
        snprintf(text + strlen(text), sizeof text - used - 3, "%.*s ",
                 (int)term.size, term.text);
    }
    assert_string_equal(text, wanted);
}

static uint32_t rows_of(const sm_catalogue_words *words, const char *text)
{
    int32_t const term = sm_words_find(words, text, strlen(text), false);
    return term < 0 ? 0 : sm_words_term(words, (size_t)term).rows;
}

static uint32_t rows_of_stem(const sm_catalogue_words *words, const char *stem)
{
    return sm_words_stem_rows(
        words, sm_words_find_stem(words, stem, strlen(stem), false));
}

static void assert_words(const sm_catalogue_words *words)
{
    sm_row_terms terms;
    assert_row(words, 2, "red lamps ");
    assert_row(words, 3, "red lamp 50 ft | 50 ft ");
    assert_row(words, 5, "");
    assert_row(words, 7, "oak table ");
    assert_row(words, 11, "red red oak lamp ");
    assert_false(sm_words_row(words, 4, &terms));
    assert_false(sm_words_row(words, 12, &terms));
    assert_int_equal(sm_words_row_count(words), 5);
    assert_true(sm_words_mean_length(words) == 12.0 / 5);
    assert_int_equal(rows_of(words, "red"), 3);
    assert_int_equal(rows_of(words, "lamps"), 1);
    assert_int_equal(rows_of_stem(words, "lamp"), 3);
    assert_int_equal(rows_of(words, "50 ft"), 0);
    assert_true(sm_words_find(words, "50 ft", 5, true) >= 0);
    assert_int_equal(sm_words_find(words, "red", 3, true), SM_NO_TERM);
}

static void test_words__are_those_of_the_titles(void **state)
{
    sm_catalogue_words *const words = make_words();
    (void)state;
    assert_words(words);
    remove_row(words, 2);
    remove_row(words, 3);
    assert_int_equal(rows_of(words, "lamps"), 0);
    assert_int_equal(rows_of_stem(words, "lamp"), 1);
    assert_int_equal(sm_words_find(words, "50 ft", 5, true), SM_NO_TERM);
    assert_int_equal(sm_words_row_count(words), 3);
    assert_true(sm_words_mean_length(words) == 2.0);
    /* those who found the row before may still ask */
    assert_row(words, 2, "red lamps ");
    sm_words_release(words);
}

static memory_stream written(const sm_catalogue_words *words)
{
    memory_stream s = {.size = 0};
    sm_writer writer = {memory_put, &s};
    ok(sm_words_write(words, &writer));
    return s;
}

static sm_status read_back(sm_catalogue_words **out, memory_stream *s)
{
    sm_reader reader = {memory_take, s, s->size, 0, "words"};
    s->at = 0;
    return sm_words_read(out, &reader);
}

static void test_stream__gives_the_words_back(void **state)
{
    sm_catalogue_words *words = make_words(), *again;
    sm_row_terms terms;
    memory_stream s = written(words);
    (void)state;
    ok(read_back(&again, &s));
    assert_words(again);
    sm_word_codes const a = sm_words_codes(words), b = sm_words_codes(again);
    size_t const count = sm_words_term_count(words);
    assert_int_equal(sm_words_term_count(again), count);
    assert_memory_equal(a.codes, b.codes, count * a.padded_dim);
    for (uint32_t t = 0; t < count; t++) {
        float before, now;
        sm_words_scales(words, &t, 1, &before);
        sm_words_scales(again, &t, 1, &now);
        assert_true(before == now);
    }
    sm_words_release(again);
    /* of what is gone nothing */
    remove_row(words, 3);
    s = written(words);
    ok(read_back(&again, &s));
    assert_int_equal(sm_words_term_count(again), count - 3);
    assert_false(sm_words_row(again, 3, &terms));
    assert_row(again, 11, "red red oak lamp ");
    sm_words_release(again);
    sm_words_release(words);
}

/* Each byte another one, and each end: words or an error, no more. */
static void test_damage__is_an_error_or_other_words(void **state)
{
    sm_catalogue_words *words = make_words(), *again;
    memory_stream const sound = written(words);
    memory_stream s;
    size_t refused = 0;
    (void)state;
    for (size_t size = 0; size < sound.size; size++) {
        s = sound;
        s.size = size;
        assert_int_equal(read_back(&again, &s), SIAMESE_E_FORMAT);
    }
    for (size_t i = 0; i < sound.size; i++)
        for (int bit = 0; bit < 8; bit++) {
            s = sound;
            s.bytes[i] ^= (unsigned char)(1 << bit);
            sm_status const status = read_back(&again, &s);
            refused += status == SIAMESE_E_FORMAT;
            assert_true(status == SIAMESE_OK || status == SIAMESE_E_FORMAT);
            if (status == SIAMESE_OK) sm_words_release(again);
        }
    assert_true(refused > sound.size);
    sm_words_release(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words__are_those_of_the_titles),
        cmocka_unit_test(test_stream__gives_the_words_back),
        cmocka_unit_test(test_damage__is_an_error_or_other_words),
    };
    return cmocka_run_group_tests(tests, make_tower, free_tower);
}
