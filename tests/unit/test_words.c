/* Code points, Unicode words, stems and n-grams. The expected values are of
 * Python's codecs and unicodedata, and of the snowballstemmer package. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libstemmer.h>
#include <siamese/siamese.h>
#include <utf8proc.h>

#include "common/memory.h"
#include "common/rng.h"
#include "text/stemmer.h"
#include "text/unicode_words.h"
#include "text/utf8.h"
#include "random_numbers.h"

static const sm_unicode_rules as_it_is = {0, NULL};

/* ---- code points ---- */

static void test_utf8__replaces_what_is_none(void **state)
{
    static const struct {
        const char *bytes;
        size_t count;
        int32_t points[5];
    } cases[] = {
        {"a\x80"
         "b",
         3,
         {0x61, 0xFFFD, 0x62}},
        {"\xc3\xa9", 1, {0xE9}},
        {"\xc3", 1, {0xFFFD}},
        {"\xe2\x82", 1, {0xFFFD}},
        {"\xe2\x82\xac", 1, {0x20AC}},
        {"\xe2(\xa1", 3, {0xFFFD, 0x28, 0xFFFD}},
        {"\xf0\x9f\xaa\x91", 1, {0x1FA91}},
        {"\xf0\x9f\xaa", 1, {0xFFFD}},
        {"\xf0\x80\x80\x80", 4, {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xed\xa0\x80", 3, {0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xf4\x90\x80\x80", 4, {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xc0\xaf", 2, {0xFFFD, 0xFFFD}},
        {"\xe0\x9f\xbf", 3, {0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xff\xfe", 2, {0xFFFD, 0xFFFD}},
        {"\xf1\x80\x80z", 2, {0xFFFD, 0x7A}},
        {"\xef\xbf\xbd", 1, {0xFFFD}},
        {"\xf8\x88\x80\x80\x80", 5, {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD}},
        {"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf"
         "A",
         5,
         {0xFFFD, 0xFFFD, 0xFFFD, 0xFFFD, 0x41}},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t const size = strlen(cases[c].bytes);
        /* to the byte, so that a sanitizer sees a step past it */
        unsigned char *const exact = malloc(size);
        size_t count = 0, length;
        memcpy(exact, cases[c].bytes, size);
        for (size_t i = 0; i < size; i += length) {
            assert_in_range(count, 0, cases[c].count - 1);
            assert_int_equal(sm_utf8_next(exact + i, size - i, &length),
                             cases[c].points[count++]);
        }
        assert_int_equal(count, cases[c].count);
        free(exact);
    }
}

static void test_utf8__writes_what_it_reads(void **state)
{
    (void)state;
    for (int32_t point = 0; point < 0x110000; point++) {
        char bytes[4];
        size_t length;
        if (point >= 0xD800 && point < 0xE000) continue;
        size_t const size = sm_utf8_write(point, bytes);
        assert_int_equal(
            sm_utf8_next((const unsigned char *)bytes, size, &length), point);
        assert_int_equal(length, size);
    }
}

/* ---- Unicode words ---- */

static void test_unicode__gives_the_words(void **state)
{
    static const char *const cases[][2] = {
        {"60watt", "60 watt"},
        {"12-gauge STRONG-TIE", "12 gauge strong tie"},
        {"it's", "it s"},
        {"1/2 in. x 3 ft.", "1 2 in x 3 ft"},
        {"\xc2\xbd in", "1 2 in"},
        {"\xc3\x89 \xc3\xa9", "\xc3\xa9 \xc3\xa9"},
        {"\xce\xa3\xce\x8a\xce\xa3\xce\xa5\xce\xa6\xce\x9f\xce\xa3",
         "\xcf\x83\xce\xaf\xcf\x83\xcf\x85\xcf\x86\xce\xbf\xcf\x83"},
        {"\xc4\xb0stanbul", "i\xcc\x87stanbul"},
        {"\xef\xac\x81ne oak", "fine oak"},
        {"desk\xe2\x80\x8blamp", "desklamp"},
        {"Stra\xc3\x9f"
         "e",
         "strasse"},
        {"\xe2\x91\xa0\xe2\x91\xa1", "12"},
        {"\xef\xbd\x86\xef\xbd\x95\xef\xbd\x8c\xef\xbd\x8c\xe3\x80\x80\xef\xbd"
         "\x97\xef\xbd\x89\xef\xbd\x84\xef\xbd\x94\xef\xbd\x88",
         "full width"},
        {"\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\x87\xe3\x82\xb9\xe3\x82"
         "\xaf",
         "\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e\xe3\x83\x87\xe3\x82\xb9\xe3\x82"
         "\xaf"},
        {"\xf0\x9f\xaa\x91 chair", "chair"},
        {"e\xcc\x81"
         "a\xcc\xa7\xcc\x81",
         "\xc3\xa9\xc3\xa1\xcc\xa7"},
        {"\xe3\x82\xab\xe3\x82\x99", "\xe3\x82\xac"},
        {"\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4",
         "\xed\x95\x9c\xea\xb5\xad\xec\x96\xb4"},
        {"\xe1\x84\x92\xe1\x85\xa1\xe1\x86\xab", "\xed\x95\x9c"},
        {"\xef\xb7\xba",
         "\xd8\xb5\xd9\x84\xd9\x89 \xd8\xa7\xd9\x84\xd9\x84\xd9\x87 "
         "\xd8\xb9\xd9\x84\xd9\x8a\xd9\x87 \xd9\x88\xd8\xb3\xd9\x84\xd9\x85"},
        {"\xc3\x85 \xc3\x85", "\xc3\xa5 \xc3\xa5"},
        {"5\xe3\x8e\x8f", "5 kg"},
        {"m\xc2\xb2", "m 2"},
        {"x\xc2\xadyz", "xyz"},
        {"a_b~c", "a b c"},
        {"\xd9\xa1\xd9\xa2\xd9\xa3\xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8",
         "\xd9\xa1\xd9\xa2\xd9\xa3 \xd9\x83\xd8\xaa\xd8\xa7\xd8\xa8"},
        {"\xd0\xba\xd0\xb8\xd1\x80\xd0\xbf\xd0\xb8\xd1\x87-\xd0\x9c"
         "100",
         "\xd0\xba\xd0\xb8\xd1\x80\xd0\xbf\xd0\xb8\xd1\x87 \xd0\xbc 100"},
        {"\xcc\x81", "\xcc\x81"},
        {"na\xc3\xafve caf\xc3\xa9", "na\xc3\xafve caf\xc3\xa9"},
        {"\xc7\x85ungla", "d\xc5\xbeungla"},
        {"\xe1\xba\x9e", "ss"},
        {"A\xcc\x8a"
         "1",
         "\xc3\xa5 1"},
        {"soft\xe2\x80\x91hyphen", "soft hyphen"},
        {"\xe2\x85\xa3", "iv"},
        {"\xd9\xa3"
         "a",
         "\xd9\xa3 a"},
        {"caf\xe9 60\xffwatt", "caf\xef\xbf\xbd 60 \xef\xbf\xbdwatt"},
        {"", ""},
        {" .,-!", ""},
    };
    sm_words words = {0};
    sm_code_points points = {0};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sm_words_clear(&words);
        assert_int_equal(sm_unicode_words(&words, &points, &as_it_is,
                                          cases[c][0], strlen(cases[c][0])),
                         0);
        assert_int_equal(words.used, strlen(cases[c][1]));
        if (words.used)
            assert_memory_equal(words.bytes, cases[c][1], words.used);
        size_t spaces = 0;
        for (size_t i = 0; cases[c][1][i]; i++) spaces += cases[c][1][i] == ' ';
        assert_int_equal(words.count, words.used ? spaces + 1 : 0);
    }
    sm_words_free(&words);
    sm_code_points_free(&points);
}

/* Letters and marks alone, so that nothing is cut: utf8proc's own function over
 * the whole text is the reference. */
static void test_unicode__folds_as_utf8proc_does(void **state)
{
    static const int32_t some[] = {
        'a',    'Z',    0xE9,   0x130,  0x301,  0x327,  0x345,  0x3A3,
        0x1E9E, 0xFB01, 0x1112, 0x1161, 0x11AB, 0xD55C, 0x30AB, 0x3099,
        0x200D, 0xAD,   0x1F88, 0x958,  0x93C,  0x1D15E};
    sm_words words = {0};
    sm_code_points points = {0};
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 3, 0);
    for (int round = 0; round < 20000; round++) {
        char text[128];
        size_t size = 0;
        size_t const count = 1 + sm_rng_below(&rng, 20);
        for (size_t i = 0; i < count; i++)
            size += sm_utf8_write(
                some[sm_rng_below(&rng, sizeof some / sizeof *some - 1)],
                text + size);
        text[size] = '\0';
        sm_words_clear(&words);
        assert_int_equal(
            sm_unicode_words(&words, &points, &as_it_is, text, size), 0);
        utf8proc_uint8_t *const expected =
            utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)text);
        assert_non_null(expected);
        assert_int_equal(words.used, strlen((const char *)expected));
        if (words.used) assert_memory_equal(words.bytes, expected, words.used);
        sm_free(expected); /* embedded.redefine's */
    }
    sm_words_free(&words);
    sm_code_points_free(&points);
}

/* ---- the memory of the C libraries inside ---- */

static void *counted_malloc(void *user, size_t size)
{
    ++*(int *)user;
    return malloc(size);
}

static void *counted_realloc(void *user, void *pointer, size_t size)
{
    ++*(int *)user;
    return realloc(pointer, size);
}

static void counted_free(void *user, void *pointer)
{
    --*(int *)user;
    free(pointer);
}

static void test_embedded__memory_is_the_hosts(void **state)
{
    int live = 0;
    siamese_allocator const own = {sizeof own, &live, counted_malloc,
                                   counted_realloc, counted_free};
    (void)state;
    assert_int_equal(siamese_set_allocator(&own), 0);
    utf8proc_uint8_t *const folded =
        utf8proc_NFKC_Casefold((const utf8proc_uint8_t *)"\xC3\x89");
    assert_non_null(folded);
    assert_true(live > 0);
    sm_free(folded);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

static void test_unicode__takes_linear_time_for_marks(void **state)
{
    enum { MARKS = 200000 };
    char *const text = malloc(2 * MARKS);
    sm_words words = {0};
    sm_code_points points = {0};
    size_t size = 0;
    (void)state;
    for (size_t i = 0; i < MARKS; i++) /* classes 230 and 220 in turn */
        size += sm_utf8_write(i % 2 ? 0x316 : 0x301, text + size);
    assert_int_equal(sm_unicode_words(&words, &points, &as_it_is, text, size),
                     0);
    assert_int_equal(words.count, 1);
    assert_int_equal(words.used, size);
    sm_words_free(&words);
    sm_code_points_free(&points);
    free(text);
}

/* ---- stems ---- */

static int32_t language_of(const char *name)
{
    const char *p = SM_STEMMER_NAMES;
    for (int32_t i = 0;; i++) {
        size_t const length = strcspn(p, " |");
        if (strlen(name) == length && memcmp(p, name, length) == 0) return i;
        p += length;
        if (*p == '\0') return -1;
        p += strspn(p, " |");
    }
}

static void test_stemmer__has_every_language(void **state)
{
    size_t names = 1;
    (void)state;
    for (const char *p = SM_STEMMER_NAMES; *p; p++) names += *p == '|';
    size_t known = 1; /* none */
    for (const char **name = sb_stemmer_list(); *name; name++, known++) {
        sm_stemmer *stemmer;
        int32_t const language = language_of(*name);
        assert_true(language > 0);
        assert_int_equal(sm_stemmer_create(&stemmer, language), 0);
        sm_stemmer_free(stemmer);
    }
    assert_int_equal(known, names);
    assert_int_equal(language_of("none"), 0);
    assert_int_equal(language_of("english"),
                     7); /* in files: never renumbered */
}

static void test_stemmer__stems(void **state)
{
    static const char *const cases[][3] = {
        {"english", "running", "run"},
        {"english", "cabinets", "cabinet"},
        {"english", "shelves", "shelv"},
        {"english", "generously", "generous"},
        {"english", "skies", "sky"},
        {"english", "brushed", "brush"},
        {"german", "h\xc3\xa4user", "haus"},
        {"german",
         "m\xc3\xb6"
         "bel",
         "mobel"},
        {"german", "tischlampen", "tischlamp"},
        {"french", "continuellement", "continuel"},
        {"french", "chaises", "chais"},
        {"russian", "\xd0\xba\xd0\xb8\xd1\x80\xd0\xbf\xd0\xb8\xd1\x87\xd0\xb8",
         "\xd0\xba\xd0\xb8\xd1\x80\xd0\xbf\xd0\xb8\xd1\x87"},
        {"russian", "\xd1\x81\xd1\x82\xd1\x83\xd0\xbb\xd1\x8c\xd0\xb5\xd0\xb2",
         "\xd1\x81\xd1\x82\xd1\x83\xd0\xbb"},
        {"spanish", "sillas", "sill"},
        {"spanish", "habitaciones", "habit"},
        {"porter", "generously", "gener"},
        {"porter", "ponies", "poni"},
        {"swedish", "lamporna", "lamp"},
        {"turkish", "masalar", "masa"},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sm_stemmer *stemmer;
        const char *stem;
        size_t size;
        assert_int_equal(sm_stemmer_create(&stemmer, language_of(cases[c][0])),
                         0);
        assert_int_equal(sm_stemmer_stem(stemmer, cases[c][1],
                                         strlen(cases[c][1]), &stem, &size),
                         0);
        assert_int_equal(size, strlen(cases[c][2]));
        assert_memory_equal(stem, cases[c][2], size);
        sm_stemmer_free(stemmer);
    }
}

static void test_stemmer__leaves_other_things_alone(void **state)
{
    sm_stemmer *stemmer;
    char word[600];
    const char *stem;
    size_t size;
    (void)state;
    assert_int_equal(sm_stemmer_create(&stemmer, language_of("english")), 0);
    memset(word, 'a', sizeof word);
    memcpy(word + SM_STEM_SIZE - 3, "ings", 4);
    assert_int_equal(
        sm_stemmer_stem(stemmer, word, SM_STEM_SIZE + 1, &stem, &size), 0);
    assert_ptr_equal(stem, word);
    assert_int_equal(size, SM_STEM_SIZE + 1);
    assert_int_equal(sm_stemmer_stem(stemmer, "caf\xe9s", 5, &stem, &size), 0);
    assert_int_equal(size, 5);
    assert_int_equal(sm_stemmer_stem(stemmer, "", 0, &stem, &size), 0);
    assert_int_equal(size, 0);
    sm_stemmer_free(stemmer);
}

/* ---- n-grams ---- */

/* Stems that are kept are those that Snowball gives, whatever came between. */
static void test_stemmer__keeps_stems_as_they_are(void **state)
{
    static const char *const ends[] = {"ing",     "s", "es",     "ly",
                                       "ational", "",  "edness", "ies"};
    static const char *const languages[] = {"english", "german"};
    (void)state;
    for (int l = 0; l < 2; l++) {
        struct sb_stemmer *const direct = sb_stemmer_new(languages[l], "UTF_8");
        uint32_t random = 11;
        sm_stemmer *stemmer;
        assert_int_equal(sm_stemmer_create(&stemmer, l ? 10 : 7), 0);
        for (int round = 0; round < 60000; round++) {
            char word[40];
            const char *stem;
            size_t size;
            uint32_t const high = test_lcg(&random) >> 16;
            int const length =
                snprintf(word, sizeof word, "%c%c%s%s", 'a' + high % 5,
                         'o' + high / 5 % 11, high % 3 ? "unt" : "ack",
                         ends[high / 64 % 8]);
            const sb_symbol *const expected =
                sb_stemmer_stem(direct, (const sb_symbol *)word, length);
            assert_int_equal(
                sm_stemmer_stem(stemmer, word, (size_t)length, &stem, &size),
                0);
            assert_int_equal(size, sb_stemmer_length(direct));
            assert_memory_equal(stem, expected, size);
        }
        sb_stemmer_delete(direct);
        sm_stemmer_free(stemmer);
    }
}

/* Python: NFD of NFKC case-folded text, less what has a combining class of 200
 * or more, in NFC; the letters without a decomposition by hand. */
static void test_accents__are_stripped(void **state)
{
    static const char *const cases[][2] = {
        {"Caf\xc3\xa9 cafe\xcc\x81 CAFE", "cafe cafe cafe"},
        {"cr\xc3\xa8me br\xc3\xbbl\xc3\xa9"
         "e",
         "creme brulee"},
        {"\xc3\x9c\x62\x65r Stra\xc3\x9f"
         "e",
         "uber strasse"},
        {"ja\xc5\xba\xc5\x84 \xc5\x81\xc3\xb3"
         "d\xc5\xba",
         "jazn lodz"},
        {"\xc5\x9ei\xc5\x9f"
         "e \xc4\xb1",
         "sise i"},
        {"\xc3\x98re \xc3\x86sir \xc5\x92uvre", "ore aesir oeuvre"},
        {"\xc3\x90 \xc3\x9e \xc4\x90 \xc4\xa6 \xc5\xa6", "d th d h t"},
        {"\xc7\xbf", "o"}, /* o with stroke and acute */
        {"Vi\xe1\xbb\x87t ph\xe1\xbb\x9f", "viet pho"},
        {"\xce\xac\xcf\x81\xcf\x84\xce\xbf\xcf\x82",
         "\xce\xb1\xcf\x81\xcf\x84\xce\xbf\xcf\x83"}, /* Greek */
        {"\xd1\x91\xd0\xb9", "\xd0\xb5\xd0\xb8"},     /* Cyrillic io, short i */
        /* kana's voicing mark, Devanagari's vowel sign and virama stay */
        {"\xe3\x81\x8c", "\xe3\x81\x8c"},
        {"\xe0\xa4\x95\xe0\xa5\x81\xe0\xa4\x95\xe0\xa5\x8d",
         "\xe0\xa4\x95\xe0\xa5\x81\xe0\xa4\x95\xe0\xa5\x8d"},
        {"\xea\xb0\x81", "\xea\xb0\x81"}, /* Hangul */
        {"\xcc\x81", ""},
        {"a \xcc\x81 b", "a b"},
    };
    static const sm_unicode_rules strip = {1, NULL};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sm_words words = {0};
        sm_code_points points = {0};
        assert_int_equal(sm_unicode_words(&words, &points, &strip, cases[c][0],
                                          strlen(cases[c][0])),
                         0);
        assert_int_equal(words.used, strlen(cases[c][1]));
        assert_memory_equal(words.bytes ? words.bytes : "", cases[c][1],
                            words.used);
        sm_words_free(&words);
        sm_code_points_free(&points);
    }
}

static void test_grams__are_in_the_order_of_keras(void **state)
{
    static const char *const texts[] = {"a", "bc", "", "d"};
    static const struct {
        int32_t widths[SIAMESE_LIST_SIZE];
        const char *grams; /* each in brackets */
    } cases[] = {
        {{1}, "[a][bc][][d]"},
        {{1, 2}, "[a][bc][][d][a bc][bc ][ d]"},
        {{3, 1}, "[a bc ][bc  d][a][bc][][d]"},
        {{4, 5, 4}, "[a bc  d][a bc  d]"},
        {{5, 255}, ""},
    };
    sm_words words = {0};
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(sm_words_push(&words, texts[i], strlen(texts[i])), 0);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        sm_gram_reader reader = {&words, cases[c].widths, 0, 0};
        sm_gram gram;
        char all[200] = "";
        size_t used = 0, count = 0;
        for (; sm_gram_next(&reader, &gram); count++)
            used += (size_t)snprintf(all + used, sizeof all - used, "[%.*s]",
                                     (int)gram.size, gram.bytes);
        assert_string_equal(all, cases[c].grams);
        assert_int_equal(sm_gram_count(&words, cases[c].widths), count);
    }
    sm_words_free(&words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_utf8__replaces_what_is_none),
        cmocka_unit_test(test_utf8__writes_what_it_reads),
        cmocka_unit_test(test_unicode__gives_the_words),
        cmocka_unit_test(test_unicode__folds_as_utf8proc_does),
        cmocka_unit_test(test_embedded__memory_is_the_hosts),
        cmocka_unit_test(test_unicode__takes_linear_time_for_marks),
        cmocka_unit_test(test_stemmer__has_every_language),
        cmocka_unit_test(test_stemmer__stems),
        cmocka_unit_test(test_stemmer__leaves_other_things_alone),
        cmocka_unit_test(test_stemmer__keeps_stems_as_they_are),
        cmocka_unit_test(test_accents__are_stripped),
        cmocka_unit_test(test_grams__are_in_the_order_of_keras),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
