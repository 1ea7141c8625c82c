/* The nearest of many words: cases made by hand in five languages, and words
 * made at random beside a plain table of distances. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/rng.h"
#include "search/spelling.h"

enum { WORDS_MAX = 400, LETTERS_MAX = 12 };

/* What there is to correct to. */
static struct {
    sm_spelling_word words[WORDS_MAX];
    uint64_t signatures[WORDS_MAX];
    char bytes[WORDS_MAX][LETTERS_MAX + 1];
    size_t count;
} known;

static sm_spelling_word word_of(const void *context, size_t number)
{
    const sm_spelling_word *const words = context;
    return words[number];
}

static void add(const char *text, uint32_t rows)
{
    size_t const size = strlen(text);
    assert_true(known.count < WORDS_MAX);
    known.words[known.count] = (sm_spelling_word){text, size, rows};
    known.signatures[known.count++] = sm_spelling_signature(text, size);
}

static size_t find(const char *word)
{
    sm_spelling_words const words = {known.signatures, known.count, word_of,
                                     known.words};
    return sm_spelling_nearest(&words, word, strlen(word));
}

/* "" for none. */
static const char *nearest(const char *word)
{
    size_t const number = find(word);
    return number == SIZE_MAX ? "" : known.words[number].text;
}

typedef struct slip {
    const char *word, *right;
} slip;

static void assert_slips(const slip *slips, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(nearest(slips[i].word), slips[i].right) != 0)
            fail_msg("%s: '%s', not '%s'", slips[i].word,
                     nearest(slips[i].word), slips[i].right);
}
#define ASSERT_SLIPS(slips) assert_slips(slips, sizeof(slips) / sizeof *(slips))

static void test_spelling__corrects_english(void **state)
{
    static const slip slips[] = {
        {"flexable", "flexible"},       /* another letter */
        {"fece", "fence"},              /* one left out */
        {"drawwer", "drawer"},          /* one twice */
        {"teir", "tier"},               /* two in each other's place */
        {"qwhite", "white"},            /* one before all */
        {"refigrator", "refrigerator"}, /* two edits, of a long word */
        {"fenec", "fence"},
        {"fnece", "fence"},
        {"fnec", ""}, /* two edits of a short one */
        {"wite", "white"},
        {"sofa", ""},
        {"", ""},
    };
    (void)state;
    known.count = 0;
    add("flexible", 5);
    add("fence", 9);
    add("drawer", 3);
    add("tier", 2);
    add("white", 80);
    add("refrigerator", 4);
    ASSERT_SLIPS(slips);
}

/* Words as the normaliser leaves them; of German, accents off. */
static void test_spelling__corrects_other_languages(void **state)
{
    static const slip slips[] = {
        {"waschmachine", "waschmaschine"},
        {"geschirspueler", ""},
        {"shcrank", "schrank"},
        {"kuhlschrank", "kuhlschrank"},
        {"khulschrank", "kuhlschrank"},
        {"tonduese", "tondeuse"},
        {"aspirateuur", "aspirateur"},
        {"oreiler", "oreiller"},
        {"kulkhas", "kulkas"},
        {"lemmari", "lemari"},
        {"setirka", "setrika"},
        /* Cyrillic: \xd0\xbf\xd1\x8b... "pylesos", two letters swapped */
        {"\xd0\xbf\xd1\x8b\xd0\xbb\xd1\x81\xd0\xb5\xd0\xbe\xd1\x81",
         "\xd0\xbf\xd1\x8b\xd0\xbb\xd0\xb5\xd1\x81\xd0\xbe\xd1\x81"},
    };
    (void)state;
    known.count = 0;
    add("waschmaschine", 3);
    add("schrank", 7);
    add("kuhlschrank", 2);
    add("tondeuse", 4);
    add("aspirateur", 6);
    add("oreiller", 1);
    add("kulkas", 8);
    add("lemari", 5);
    add("setrika", 5);
    add("\xd0\xbf\xd1\x8b\xd0\xbb\xd0\xb5\xd1\x81\xd0\xbe\xd1\x81", 3);
    ASSERT_SLIPS(slips);
}

/* Katakana stands for words of its own; a run of ideographs and Hiragana is a
 * phrase, which is left alone whatever is near. */
static void test_spelling__of_japanese_corrects_katakana_alone(void **state)
{
    static const char battery[] = /* batterii */
        "\xe3\x83\x90\xe3\x83\x83\xe3\x83\x86\xe3\x83\xaa\xe3\x83\xbc";
    static const char map[] = /* nihon chizu */
        "\xe6\x97\xa5\xe6\x9c\xac\xe5\x9c\xb0\xe5\x9b\xb3";
    static const slip slips[] = {
        /* batteri, without the long vowel */
        {"\xe3\x83\x90\xe3\x83\x83\xe3\x83\x86\xe3\x83\xaa", battery},
        /* nihon jishin: another phrase, one ideograph away */
        {"\xe6\x97\xa5\xe6\x9c\xac\xe5\x9c\xb0\xe9\x9c\x87", ""},
    };
    (void)state;
    known.count = 0;
    add(battery, 2);
    add(map, 9);
    ASSERT_SLIPS(slips);
    assert_true(known.signatures[1] == SM_SPELLING_NONE);
}

static void test_spelling__takes_fewer_edits_then_more_rows(void **state)
{
    (void)state;
    known.count = 0;
    add("printing", 90); /* two edits */
    add("running", 3);
    add("pruning", 8);
    assert_string_equal(nearest("prunning"), "pruning");
    known.words[1].rows = 9;
    assert_string_equal(nearest("prunning"), "running");
    known.words[1].rows = 8; /* alike: by the bytes, wherever they stand */
    assert_string_equal(nearest("prunning"), "pruning");
    known.words[2].rows = 0; /* gone from the catalogue */
    assert_string_equal(nearest("prunning"), "running");
    known.words[1].rows = 0;
    assert_string_equal(nearest("prunning"), "printing");
    known.words[0].rows = 0;
    assert_string_equal(nearest("prunning"), "");
}

static void test_spelling__never_touches_numbers(void **state)
{
    static const slip slips[] = {
        {"50ftt", ""}, {"12341", ""}, {"a1b2c3d4", ""}, {"wf330", ""}};
    (void)state;
    known.count = 0;
    add("50ft", 4);
    add("1234", 4);
    add("a1b2c3d5", 4);
    add("wfff", 4);
    ASSERT_SLIPS(slips);
    assert_int_equal(sm_spelling_edits("50ftt", 5), 0);
    assert_int_equal(sm_spelling_edits("abc", 3), 0);
    assert_int_equal(sm_spelling_edits("abcd", 4), 1);
    assert_int_equal(sm_spelling_edits("abcdef", 6), 1);
    assert_int_equal(sm_spelling_edits("abcdefg", 7), 2);
}

/* Damage, and words as long as may be. */
static void test_spelling__leaves_what_is_no_word(void **state)
{
    static const char longest[] = "abcdefghijklmnopqrstuvwxyzabcde";
    (void)state;
    known.count = 0;
    add(longest, 1);
    assert_string_equal(nearest("bcdefghijklmnopqrstuvwxyzabcde"), longest);
    assert_string_equal(nearest("abcdefghijklmnopqrstuvwxyzabcdef"), "");
    assert_true(sm_spelling_signature("ab\xff\xfe", 4) == SM_SPELLING_NONE);
    assert_true(sm_spelling_signature("50 ft", 5) == SM_SPELLING_NONE);
    assert_true(sm_spelling_signature("ab", 2) == SM_SPELLING_NONE);
}

/* ---- beside a plain table ---- */

static size_t min2(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t plain_distance(const char *a, const char *b)
{
    static size_t d[LETTERS_MAX + 4][LETTERS_MAX + 4];
    size_t const n = strlen(a), m = strlen(b);
    for (size_t i = 0; i <= n; i++)
        for (size_t j = 0; j <= m; j++) {
            d[i][j] = i == 0 ? j : j == 0 ? i : SIZE_MAX;
            if (i == 0 || j == 0) continue;
            d[i][j] = min2(d[i - 1][j] + 1, d[i][j - 1] + 1);
            d[i][j] = min2(d[i][j], d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                d[i][j] = min2(d[i][j], d[i - 2][j - 2] + 1);
        }
    return d[n][m];
}

static size_t plain_nearest(const char *word)
{
    size_t const letters = strlen(word);
    size_t const most = letters < 4 ? 0 : letters < 7 ? 1 : 2;
    size_t best = SIZE_MAX, fewest = SIZE_MAX;
    for (size_t i = 0; most && i < known.count; i++) {
        const sm_spelling_word *const w = &known.words[i];
        size_t const d = plain_distance(word, w->text);
        if (d > most || w->rows == 0 || w->size < 3) continue;
        if (best != SIZE_MAX && d > fewest) continue;
        if (best != SIZE_MAX && d == fewest &&
            (w->rows < known.words[best].rows ||
             (w->rows == known.words[best].rows &&
              strcmp(w->text, known.words[best].text) > 0)))
            continue;
        best = i;
        fewest = d;
    }
    return best;
}

static void draw(sm_rng *rng, char *word)
{
    size_t const size = 2 + sm_rng_below(rng, LETTERS_MAX - 2);
    for (size_t i = 0; i < size; i++)
        word[i] = (char)('a' + sm_rng_below(rng, 3)); /* few: many are near */
    word[size] = '\0';
}

static void test_spelling__is_that_of_a_plain_table(void **state)
{
    char word[LETTERS_MAX + 1];
    size_t found = 0;
    sm_rng rng;
    (void)state;
    sm_rng_init(&rng, 7, 0);
    known.count = 0;
    while (known.count < WORDS_MAX) {
        char *const bytes = known.bytes[known.count];
        draw(&rng, bytes);
        add(bytes, (uint32_t)sm_rng_below(&rng, 4));
    }
    for (int i = 0; i < 2000; i++) {
        draw(&rng, word);
        size_t const right = plain_nearest(word), number = find(word);
        found += right != SIZE_MAX;
        if (right == SIZE_MAX || number == SIZE_MAX)
            assert_true(right == number);
        else /* a word may be there twice */
            assert_string_equal(known.words[number].text,
                                known.words[right].text);
    }
    assert_true(found > 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spelling__corrects_english),
        cmocka_unit_test(test_spelling__corrects_other_languages),
        cmocka_unit_test(test_spelling__of_japanese_corrects_katakana_alone),
        cmocka_unit_test(test_spelling__takes_fewer_edits_then_more_rows),
        cmocka_unit_test(test_spelling__never_touches_numbers),
        cmocka_unit_test(test_spelling__leaves_what_is_no_word),
        cmocka_unit_test(test_spelling__is_that_of_a_plain_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
