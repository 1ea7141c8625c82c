/* The vocabulary's state on a stream: the round trip, and damaged states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/vocab_state.h"
#include "memory_stream.h"

static const char *const lines[] = {"Desk lamp, 60-watt", "oak DESK",
                                    "a considerably-longer-token lamp",
                                    "d\xc3\xa9sk \xff"};

/* Options beyond those of the first library. */
typedef enum kind { NOTEBOOK, WEIGHTED, HASHED, LEARNED, KINDS } kind;

static void set_kind(siamese_vocab_options *options, kind of)
{
    if (of == NOTEBOOK) return;
    siamese_vocab_options_set(options, "normalizer", "unicode");
    siamese_vocab_options_set(options, "stemmer", "english");
    siamese_vocab_options_set(options, "ngrams", "2,1");
    if (of == WEIGHTED)
        siamese_vocab_options_set(options, "output_mode", "tf_idf");
    else
        siamese_vocab_options_set(options, "hash_buckets", "77");
    if (of >= HASHED) siamese_vocab_options_set(options, "char_ngrams", "3-5");
    if (of != LEARNED) return;
    siamese_vocab_options_set(options, "hash_min_count", "2");
    siamese_vocab_options_set(options, "strip_accents", "1");
    siamese_vocab_options_set(options, "compounds", "1");
    siamese_vocab_options_set(options, "quantities", "add");
    siamese_vocab_options_set(options, "number_ngrams", "0");
    siamese_vocab_options_set(options, "written_words", "1");
}

static siamese_vocab *example(kind of)
{
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = 8;
    options.sequence_length = 7;
    options.standardize = SIAMESE_STANDARDIZE_LOWER;
    set_kind(&options, of);
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    for (size_t i = 0; i < 4; i++) {
        siamese_text const text = {lines[i], strlen(lines[i])};
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    }
    return vocab;
}

static void write_example(memory_stream *to, kind of)
{
    siamese_vocab *const vocab = example(of);
    sm_writer writer = {memory_put, to};
    to->size = to->at = 0;
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(sm_vocab_write(vocab, &writer), 0);
    siamese_vocab_free(vocab);
}

/* Of the section that is read: the one that is written. */
static uint32_t version = 3;

/* Reads all of from; *vocab stays NULL on failure. */
static sm_status read_back(memory_stream *from, siamese_vocab **vocab)
{
    sm_reader reader = {memory_take, from, from->size, 0, "vocab"};
    from->at = 0;
    *vocab = NULL;
    sm_status status = sm_vocab_read(vocab, &reader, version, 1);
    if (status == SIAMESE_OK)
        status = sm_read_end(&reader);
    else
        assert_null(*vocab);
    return status;
}

static void test_state__returns_options_and_tokens(void **state)
{
    static memory_stream saved, again;
    siamese_vocab *const vocab = example(NOTEBOOK);
    siamese_vocab *loaded;
    (void)state;
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    write_example(&saved, NOTEBOOK);
    assert_int_equal(read_back(&saved, &loaded), 0);
    assert_int_equal(siamese_vocab_size(loaded), 8);
    for (int64_t id = 0; id < 8; id++) {
        char a[64], b[64];
        size_t needed;
        assert_int_equal(siamese_vocab_token(vocab, id, a, sizeof a, &needed),
                         0);
        assert_int_equal(siamese_vocab_token(loaded, id, b, sizeof b, &needed),
                         0);
        assert_string_equal(a, b);
    }
    const siamese_vocab_options *const options = sm_vocab_options(loaded);
    assert_int_equal(options->max_tokens, 8);
    assert_int_equal(options->sequence_length, 7);
    assert_int_equal(options->standardize, SIAMESE_STANDARDIZE_LOWER);
    assert_int_equal(options->threads, 1);

    sm_writer writer = {memory_put, &again};
    assert_int_equal(sm_vocab_write(loaded, &writer), 0);
    assert_int_equal(again.size, saved.size);
    assert_memory_equal(again.bytes, saved.bytes, saved.size);
    siamese_vocab_free(vocab);
    siamese_vocab_free(loaded);
}

static void test_state__of_the_empty_table(void **state)
{
    static memory_stream saved;
    siamese_vocab *vocab, *loaded;
    sm_writer writer = {memory_put, &saved};
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(sm_vocab_write(vocab, &writer), SIAMESE_E_STATE);
    assert_int_equal(saved.size, 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(sm_vocab_write(vocab, &writer), 0);
    assert_int_equal(read_back(&saved, &loaded), 0);
    assert_int_equal(siamese_vocab_size(loaded), 2);
    siamese_vocab_free(vocab);
    siamese_vocab_free(loaded);
}

static void test_state__returns_what_every_kind_has(void **state)
{
    static memory_stream saved, again;
    (void)state;
    for (kind of = NOTEBOOK; of < KINDS; of++) {
        siamese_vocab *const vocab = example(of);
        siamese_vocab *loaded;
        siamese_text const text = {"Oak desks, 60watt lamps", 23};
        siamese_vocab_options options = {.struct_size = sizeof options};
        siamese_vocab_options back = {.struct_size = sizeof back};
        siamese_vocab_stats stats = {.struct_size = sizeof stats}, read = stats;
        sm_writer writer = {memory_put, &again};
        int64_t a[64], b[64];
        float x[8], y[8];
        size_t ends[2];
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        write_example(&saved, of);
        assert_int_equal(read_back(&saved, &loaded), 0);
        again.size = 0;
        assert_int_equal(sm_vocab_write(loaded, &writer), 0);
        assert_int_equal(again.size, saved.size);
        assert_memory_equal(again.bytes, saved.bytes, saved.size);

        assert_int_equal(siamese_vocab_get_options(vocab, &options), 0);
        assert_int_equal(siamese_vocab_get_options(loaded, &back), 0);
        back.threads = options.threads;
        assert_memory_equal(&back, &options, sizeof back);
        assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
        assert_int_equal(siamese_vocab_get_stats(loaded, &read), 0);
        assert_memory_equal(&stats, &read, sizeof stats);
        assert_int_equal(stats.texts, 4);
        siamese_vocab_tokenize(vocab, &text, 1, a, 64, ends, NULL);
        size_t const count = ends[1];
        siamese_vocab_tokenize(loaded, &text, 1, b, 64, ends, NULL);
        assert_int_equal(ends[1], count);
        assert_memory_equal(a, b, count * sizeof *a);
        if (of == WEIGHTED) {
            assert_int_equal(siamese_vocab_encode(vocab, &text, 1, x, 8), 0);
            assert_int_equal(siamese_vocab_encode(loaded, &text, 1, y, 8), 0);
            assert_memory_equal(x, y, sizeof x);
        }
        siamese_vocab_free(vocab);
        siamese_vocab_free(loaded);
    }
}

static void test_state__cut_short_is_refused(void **state)
{
    static memory_stream saved;
    siamese_vocab *vocab;
    (void)state;
    for (kind of = NOTEBOOK; of < KINDS; of++) {
        write_example(&saved, of);
        for (size_t size = saved.size; size-- > 0;) {
            saved.size = size;
            sm_status const status = read_back(&saved, &vocab);
            assert_int_equal(status, SIAMESE_E_FORMAT);
            assert_non_null(strstr(siamese_last_error(), "vocab"));
        }
    }
}

/* Before there were more options and statistics, the tokens were the end. */
static void test_state__of_the_first_library_is_read(void **state)
{
    static memory_stream saved, again;
    siamese_vocab *vocab;
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    sm_writer writer = {memory_put, &again};
    (void)state;
    write_example(&saved, NOTEBOOK);
    size_t const whole = saved.size;
    /* no options, five statistics, nothing that cuts words */
    saved.size -= 8 * sizeof(uint64_t);
    assert_int_equal(read_back(&saved, &vocab), SIAMESE_E_FORMAT);
    version = 1;
    assert_int_equal(read_back(&saved, &vocab), 0);
    version = 3;
    assert_int_equal(siamese_vocab_size(vocab), 8);
    assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
    assert_int_equal(stats.tokens, 0);
    again.size = 0;
    assert_int_equal(sm_vocab_write(vocab, &writer), 0);
    assert_int_equal(again.size, whole);
    assert_memory_equal(again.bytes, saved.bytes, saved.size);
    siamese_vocab_free(vocab);
}

static void test_state__with_a_flipped_bit_is_whole_or_refused(void **state)
{
    static memory_stream saved, again;
    siamese_vocab *vocab;
    (void)state;
    for (kind of = NOTEBOOK; of < KINDS; of++) {
        write_example(&saved, of);
        for (size_t bit = 0; bit < saved.size * 8; bit++) {
            unsigned char const mask = (unsigned char)(1u << (bit % 8));
            saved.bytes[bit / 8] ^= mask;
            sm_status const status = read_back(&saved, &vocab);
            if (status == SIAMESE_OK) {
                /* a token's byte or a limit: another sound vocabulary */
                sm_writer writer = {memory_put, &again};
                again.size = 0;
                assert_int_equal(sm_vocab_write(vocab, &writer), 0);
                assert_int_equal(again.size, saved.size);
                assert_memory_equal(again.bytes, saved.bytes, saved.size);
            } else if (status != SIAMESE_E_VERSION) { /* an option's */
                assert_int_equal(status, SIAMESE_E_FORMAT);
            }
            siamese_vocab_free(vocab);
            saved.bytes[bit / 8] ^= mask;
        }
    }
}

static void assert_refused(const uint64_t *head, uint32_t standardize,
                           const uint64_t *tail, size_t tail_count,
                           const char *bytes)
{
    static memory_stream made;
    sm_writer writer = {memory_put, &made};
    siamese_vocab *vocab;
    made.size = 0;
    sm_write_u64(&writer, head[0]);
    sm_write_u64(&writer, head[1]);
    sm_write_u32(&writer, standardize);
    for (size_t i = 0; i < tail_count; i++) sm_write_u64(&writer, tail[i]);
    sm_write_bytes(&writer, bytes, strlen(bytes));
    version = 1;
    assert_int_equal(read_back(&made, &vocab), SIAMESE_E_FORMAT);
    version = 3;
}

static void test_state__made_up_is_refused(void **state)
{
    static const uint64_t head[] = {10, 5}, limit[] = {1, 5}, few[] = {3, 5};
    static const uint64_t long_sequence[] = {10, UINT64_MAX};
    static const uint64_t none[] = {0}, two[] = {2, 1, 1};
    static const uint64_t many[] = {UINT64_MAX}, large[] = {1 << 30};
    static const uint64_t empty[] = {2, 0, 2}, negative[] = {2, UINT64_MAX, 3};
    static const uint64_t long_one[] = {1, INT64_MAX}, unknown[] = {1, 5};
    (void)state;
    assert_refused(limit, 3, none, 1, "");
    assert_refused(long_sequence, 3, none, 1, "");
    assert_refused(head, 3, many, 1, "");
    assert_refused(head, 3, large, 1, "");
    assert_refused(head, 3, empty, 3, "ab");
    assert_refused(head, 3, negative, 3, "ab");
    assert_refused(head, 3, long_one, 2, "ab");
    assert_refused(head, 3, two, 3, "a");   /* too few bytes */
    assert_refused(head, 3, two, 3, "abc"); /* too many */
    assert_refused(head, 3, two, 3, "aa");  /* one token twice */
    assert_refused(few, 3, two, 3, "ab");   /* more than max_tokens */
    assert_refused(head, 3, unknown, 2, "[UNK]");
    assert_refused(head, 3, none, 1, "x");
}

/* A notebook's vocabulary with one option of these bytes behind its tokens. */
static sm_status read_option(uint32_t standardize, const char *name,
                             const char *value)
{
    static memory_stream made;
    sm_writer writer = {memory_put, &made};
    siamese_vocab *vocab;
    made.size = 0;
    sm_write_u64(&writer, 0);
    sm_write_u64(&writer, 5);
    sm_write_u32(&writer, standardize);
    sm_write_u64(&writer, 0);
    sm_write_bytes(&writer, "", 0);
    sm_write_u64(&writer, 1);
    sm_write_bytes(&writer, name, strlen(name));
    sm_write_bytes(&writer, value, strlen(value));
    for (int i = 0; i < 5; i++) sm_write_u64(&writer, 0);
    version = 2;
    sm_status const status = read_back(&made, &vocab);
    version = 3;
    if (status == SIAMESE_OK) siamese_vocab_free(vocab);
    return status;
}

static void test_state__tells_newer_libraries_from_damage(void **state)
{
    (void)state;
    assert_int_equal(read_option(3, "split", "character"), 0);
    assert_int_equal(read_option(3, "lemmas", "1"), SIAMESE_E_VERSION);
    assert_non_null(strstr(siamese_last_error(), "lemmas"));
    assert_int_equal(read_option(3, "split", "morphemes"), SIAMESE_E_VERSION);
    assert_non_null(strstr(siamese_last_error(), "morphemes"));
    assert_int_equal(read_option(3, "compounds", "2"), SIAMESE_E_VERSION);
    assert_int_equal(read_option(4, "split", "none"), SIAMESE_E_VERSION);
    assert_int_equal(read_option(UINT32_MAX, "split", "none"),
                     SIAMESE_E_VERSION);
    /* what no library writes: a default, a fixed option, another spelling */
    assert_int_equal(read_option(3, "split", "whitespace"), SIAMESE_E_FORMAT);
    assert_int_equal(read_option(3, "max_tokens", "7"), SIAMESE_E_FORMAT);
    assert_int_equal(read_option(3, "ngrams", "1-2,"), SIAMESE_E_FORMAT);
    assert_int_equal(read_option(3, "compounds", "yes"), SIAMESE_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_state__returns_options_and_tokens),
        cmocka_unit_test(test_state__returns_what_every_kind_has),
        cmocka_unit_test(test_state__of_the_empty_table),
        cmocka_unit_test(test_state__cut_short_is_refused),
        cmocka_unit_test(test_state__of_the_first_library_is_read),
        cmocka_unit_test(test_state__with_a_flipped_bit_is_whole_or_refused),
        cmocka_unit_test(test_state__made_up_is_refused),
        cmocka_unit_test(test_state__tells_newer_libraries_from_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
