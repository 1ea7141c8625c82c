/* Which release of Snowball cut a vocabulary's words: its fingerprint, and what
 * the log is told of a file that another one made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/stemmer.h"
#include "text/stemmer_probe.h"
#include "text/text_maker.h"
#include "text/vocab_state.h"
#include "memory_stream.h"

enum { MOST = 64, ENGLISH = 7 };

/* ---- fingerprints ---- */

static void test_probe__is_of_every_language(void **state)
{
    uint64_t prints[MOST] = {0}, again;
    int32_t languages = 0; /* "none" is the first name */
    char word[SM_PROBE_WORD_SIZE];
    (void)state;
    for (const char *p = SM_STEMMER_NAMES; *p; p++) languages += *p == '|';
    assert_in_range(languages, ENGLISH, MOST - 1);
    assert_false(sm_stemmer_probe_word(0, 0, word));
    assert_false(sm_stemmer_probe_word(languages + 1, 0, word));
    for (int32_t i = 1; i <= languages; i++) {
        assert_true(sm_stemmer_probe_word(i, 1000, word));
        sm_status const status = sm_stemmer_fingerprint(i, &prints[i]);
        if (status == SIAMESE_E_UNSUPPORTED) continue;
        assert_int_equal(status, 0);
        assert_int_equal(sm_stemmer_fingerprint(i, &again), 0);
        assert_true(again == prints[i] && again != 0);
        for (int32_t j = 1; j < i; j++) assert_true(prints[j] != prints[i]);
    }
}

/* By Snowball's own Python (snowballstemmer 2.2.0), and this hash in Python. */
static void test_probe__equals_that_of_another_program(void **state)
{
    static const struct {
        int32_t language;
        uint64_t print;
    } known[] = {{6, UINT64_C(0x6ce847b76927952d)},
                 {ENGLISH, UINT64_C(0xb7ab903a4163e6af)},
                 {10, UINT64_C(0x085d9b30cdfa00c7)}};
    siamese_vocab *vocab = NULL;
    siamese_vocab_options o;
    sm_text_maker here;
    (void)state;
    siamese_vocab_options_init(&o, sizeof o);
    o.stemmer = ENGLISH;
    assert_int_equal(siamese_vocab_create(&vocab, &o), 0);
    assert_int_equal(sm_text_maker_of(vocab, &here), 0);
    siamese_vocab_free(vocab);
    if (strcmp(here.release, "snowball 2.2.0") != 0) return; /* another's */
    for (size_t i = 0; i < 3; i++) {
        uint64_t print;
        assert_int_equal(sm_stemmer_fingerprint(known[i].language, &print), 0);
        assert_true(print == known[i].print);
    }
}

static void test_probe__has_the_words_that_releases_cut_otherwise(void **state)
{
    static const char *const words[] = {"organic", "paste", "internal",
                                        "university"};
    char word[SM_PROBE_WORD_SIZE];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        int found = 0;
        for (size_t n = 0; sm_stemmer_probe_word(ENGLISH, n, word); n++)
            found |= strcmp(word, words[i]) == 0;
        assert_true(found);
    }
}

/* ---- files ---- */

static struct {
    size_t count;
    int32_t level;
    char message[600];
} heard;

static void hear(void *user, int32_t level, const char *message)
{
    (void)user;
    heard.count++;
    heard.level = level;
    strncpy(heard.message, message, sizeof heard.message - 1);
}

static void write_vocab(const siamese_vocab *vocab, memory_stream *to)
{
    sm_writer writer = {memory_put, to};
    to->size = 0;
    assert_int_equal(sm_vocab_write(vocab, &writer), 0);
}

static void make(memory_stream *to, int32_t stemmer)
{
    siamese_text const text = {"oak desks for universities", 26};
    siamese_vocab *vocab = NULL;
    siamese_vocab_options o;
    siamese_vocab_options_init(&o, sizeof o);
    o.stemmer = stemmer;
    assert_int_equal(siamese_vocab_create(&vocab, &o), 0);
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    write_vocab(vocab, to);
    siamese_vocab_free(vocab);
}

/* Reads it, and writes it again: the maker stays as it was. */
static void read_again(memory_stream *from)
{
    static memory_stream again;
    siamese_vocab *vocab = NULL;
    sm_reader reader = {memory_take, from, from->size, 0, "vocab_0"};
    heard.count = 0;
    from->at = 0;
    assert_int_equal(siamese_set_log(hear, NULL, SIAMESE_LOG_WARN), 0);
    assert_int_equal(sm_vocab_read(&vocab, &reader, 3, 1), 0);
    write_vocab(vocab, &again);
    siamese_vocab_free(vocab);
    assert_int_equal(siamese_set_log(NULL, NULL, SIAMESE_LOG_OFF), 0);
    assert_int_equal(again.size, from->size);
    assert_memory_equal(again.bytes, from->bytes, from->size);
}

/* Where the release is written. */
static char *release_in(memory_stream *file)
{
    for (size_t i = 0; i + 8 < file->size; i++)
        if (memcmp(file->bytes + i, "snowball", 8) == 0)
            return (char *)file->bytes + i;
    fail_msg("the release is not written");
    return NULL;
}

static void test_maker__of_this_build_is_no_news(void **state)
{
    static memory_stream file;
    (void)state;
    for (int32_t stemmer = 0; stemmer <= ENGLISH; stemmer += ENGLISH) {
        make(&file, stemmer);
        read_again(&file);
        assert_int_equal(heard.count, 0);
    }
}

static void test_maker__of_other_stems_is_told(void **state)
{
    static memory_stream file;
    (void)state;
    make(&file, ENGLISH);
    char *const release = release_in(&file);
    uint64_t size;
    memcpy(&size, release - sizeof size, sizeof size);
    release[size] ^= 1; /* the fingerprint's first byte */
    read_again(&file);
    assert_int_equal(heard.count, 1);
    assert_int_equal(heard.level, SIAMESE_LOG_WARN);
    assert_non_null(strstr(heard.message, "vocab_0"));
    assert_non_null(strstr(heard.message, "snowball"));
    memset(release + size, 0, 8); /* nobody knows */
    read_again(&file);
    assert_int_equal(heard.count, 0);
}

static void test_maker__of_another_release_is_told(void **state)
{
    static memory_stream file;
    (void)state;
    make(&file, ENGLISH);
    char *const release = release_in(&file);
    if (release[8] != ' ') return; /* no package told which it is */
    release[9] = release[9] == '9' ? '8' : '9';
    read_again(&file);
    assert_int_equal(heard.count, 1);
    release[11] = '\0';
    assert_non_null(strstr(heard.message, release));
}

static void test_maker__that_is_no_text_is_refused(void **state)
{
    static memory_stream file;
    siamese_vocab *vocab = NULL;
    (void)state;
    make(&file, ENGLISH);
    release_in(&file)[3] = '\n';
    sm_reader reader = {memory_take, &file, file.size, 0, "vocab_0"};
    assert_int_equal(sm_vocab_read(&vocab, &reader, 3, 1), SIAMESE_E_FORMAT);
    assert_null(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_probe__is_of_every_language),
        cmocka_unit_test(test_probe__equals_that_of_another_program),
        cmocka_unit_test(test_probe__has_the_words_that_releases_cut_otherwise),
        cmocka_unit_test(test_maker__of_this_build_is_no_news),
        cmocka_unit_test(test_maker__of_other_stems_is_told),
        cmocka_unit_test(test_maker__of_another_release_is_told),
        cmocka_unit_test(test_maker__that_is_no_text_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
