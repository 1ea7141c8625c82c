/* Numbers as values with units: vectors made by hand from docs/text.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/quantities.h"
#include "text/unicode_words.h"
#include "random_numbers.h"

static sm_words words, found;
static bool packs; /* are read */
static bool strip; /* accents */
static sm_code_points points, folded;

/* "[3/4][3/4 in]" */
static const char *quantities_of(const char *text)
{
    static char all[400];
    sm_unicode_rules const rules = {strip, &folded};
    size_t used = 0;
    sm_words_clear(&words);
    sm_words_clear(&found);
    folded.count = 0;
    assert_int_equal(
        sm_unicode_words(&words, &points, &rules, text, strlen(text)), 0);
    assert_int_equal(
        sm_quantities(&found, folded.points, folded.count, packs, NULL), 0);
    all[0] = '\0';
    for (size_t i = 0; i < found.count; i++)
        used += (size_t)snprintf(all + used, sizeof all - used, "[%.*s]",
                                 (int)found.words[i].size,
                                 found.bytes + found.words[i].offset);
    return all;
}

typedef struct vector {
    const char *text, *quantities;
} vector;

static void assert_vectors(const vector *vectors, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *const made = quantities_of(vectors[i].text);
        if (strcmp(made, vectors[i].quantities) != 0)
            fail_msg("%s: %s, not %s", vectors[i].text, made,
                     vectors[i].quantities);
    }
}

static void test_quantities__of_one_value_are_one(void **state)
{
    static const vector vectors[] = {
        {"3/4 in", "[3/4][3/4 in]"},          {"3/4 in.", "[3/4][3/4 in]"},
        {"3/4-Inch", "[3/4][3/4 in]"},        {"3/4\"", "[3/4][3/4 in]"},
        {"3/4\xe2\x80\x9d", "[3/4][3/4 in]"}, {"3/4''", "[3/4][3/4 in]"},
        {"3/4\xe2\x80\xb3", "[3/4][3/4 in]"}, /* double prime */
        {"\xc2\xbe inches", "[3/4][3/4 in]"}, {"0.75in", "[3/4][3/4 in]"},
        {".75 in", "[3/4][3/4 in]"},          {"0.750 in.", "[3/4][3/4 in]"},
        {"6/8 in", "[3/4][3/4 in]"},          {"12/16\"", "[3/4][3/4 in]"},
    };
    (void)state;
    assert_vectors(vectors, sizeof vectors / sizeof *vectors);
}

static void test_quantities__values(void **state)
{
    static const vector vectors[] = {
        {"", ""},
        {"oak desk", ""},
        {"60", ""}, /* its word says it */
        {"60.", ""},
        {"3.0", ""},
        {"0.5", "[1/2]"},
        {"1.5", "[3/2]"},
        {"1 1/2", "[3/2]"},
        {"1-1/2", "[3/2]"},
        {"1  1/2", "[3/2]"},
        {"1\xc2\xbd", "[3/2]"},
        {"\xc2\xbd", "[1/2]"},
        {"\xef\xbc\x91\xef\xbc\x8e\xef\xbc\x95", "[3/2]"}, /* full width */
        {"1/3 2/3", "[1/3][2/3]"},
        {"0.33", "[33/100]"},
        {"15/32", "[15/32]"},
        {"63/64 64/65 64/64", "[63/64]"},
        {"120/240 24/7 4/3", ""},
        {"0/5", ""},
        {"5/0", ""},
        {"3/4/2020", ""},
        {"12/31/1999", ""},
        {"1.2.3", ""},
        {"192.168.0.1 0.5", "[1/2]"},
        {"1,250.5", "[2501/2]"},
        {"1,25.5", "[51/2]"},
        {"1234,567.5", "[1135/2]"},
        {"123456789.5", ""}, /* the first nine digits */
        {"1234567890.5", ""},
        {"0.1234567891234", "[6172839/50000000]"},
        {"5.", ""},
        {".", ""},
        {"./5", ""},
        {"1/", ""},
        {"/2", ""},
        {"1 /2", ""},
        {"2-3/4-5", "[11/4]"},
        {"3 1", ""},
        {"x.5", "[1/2]"},
        {"00.5 03/04 0.50", "[1/2]"},
        {"007 in", ""},
    };
    (void)state;
    assert_vectors(vectors, sizeof vectors / sizeof *vectors);
}

static void test_quantities__units(void **state)
{
    static const vector vectors[] = {
        {"60-Watt bulb", "[60 w]"},
        {"60w", "[60 w]"},
        {"60 W.", "[60 w]"},
        {"60 Watts", "[60 w]"},
        {"6 ft.", "[6 ft]"},
        {"6ft", "[6 ft]"},
        {"6 foot", "[6 ft]"},
        {"6-feet", "[6 ft]"},
        {"6'", "[6 ft]"},
        {"6\xe2\x80\x99", "[6 ft]"},
        {"6\xe2\x80\xb2", "[6 ft]"},
        {"6'8\"", "[6 ft][8 in]"},
        {"5'x7'", "[5 ft][7 ft]"},
        {"5 ft. x 7 ft. 6 in.", "[5 ft][7 ft][6 in]"},
        {"the 1960's", ""},
        {"10 sq. ft.", "[10 sq ft]"},
        {"10 square feet", "[10 sq ft]"},
        {"10sqft", ""},
        {"10 sq", ""},
        {"10 sq. oak", ""},
        {"4.3 cu. ft.", "[43/10][43/10 cu ft]"},
        {"4.3-cubic-foot", "[43/10][43/10 cu ft]"},
        {"25 lb", "[25 lb]"},
        {"25 lbs.", "[25 lb]"},
        {"25-pound", "[25 lb]"},
        {"18V", "[18 v]"},
        {"120/240-Volt", ""},
        {"5 gal.", "[5 gal]"},
        {"5 Gallons", "[5 gal]"},
        {"15 amps", "[15 amp]"},
        {"1,000 g", "[1000 g]"},
        {"8 x 10", ""},
        {"60 wattage", ""},
        {"60 w\xc3\xa9", ""},
        {"60 -- in", ""},
        {"in 60", ""},
        {"60 . in", ""},
        {"1/2 hp", "[1/2][1/2 hp]"},
        {"24 internationalizations", ""},
    };
    (void)state;
    assert_vectors(vectors, sizeof vectors / sizeof *vectors);
}

static void test_quantities__packs(void **state)
{
    static const vector vectors[] = {
        {"4 pack", "[4 pack]"},
        {"(12-Pack)", "[12 pack]"},
        {"12 packs", "[12 pack]"},
        {"12pk", "[12 pack]"},
        {"24 ct.", "[24 pack]"},
        {"100-Count", "[100 pack]"},
        {"1,000 count", "[1000 pack]"},
        {"5-Piece", "[5 pc]"},
        {"5 pcs", "[5 pc]"},
        {"Pack of 12", "[12 pack]"},
        {"(Case  of  6)", "[6 pack]"},
        {"set of 4 chairs", "[4 pack]"},
        {"box of 1,000", "[1000 pack]"},
        {"pack of 12-pack", "[12 pack]"},
        {"pack of 12 oz cans", "[12 oz]"},
        {"12 pack 60 w", "[12 pack][60 w]"},
        {"1/2 ct", "[1/2]"}, /* carat */
        {"1.5 pack", "[3/2]"},
        {"backpack of 12", ""},
        {"\xc3\xa9pack of 12", ""},
        {"pack off 12", ""},
        {"pack of", ""},
        {"of 12", ""},
        {"pack of12", ""},
        {"packof 12", ""},
        {"12 packages", ""},
        {"pack 12", ""},
        {"007 pack", ""},
        {"12 pack\xc3\xa9", ""},
    };
    (void)state;
    packs = true;
    assert_vectors(vectors, sizeof vectors / sizeof *vectors);
    packs = false;
    for (size_t i = 0; i < 9; i++)
        assert_string_equal(quantities_of(vectors[i].text), "");
}

/* Stated by hand for what shops of each language write. */
static const vector packs_abroad[] = {
    /* German */
    {"4er Pack", "[4 pack]"},
    {"4er-Pack", "[4 pack]"},
    {"10er-Set", "[10 pack]"},
    {"4-er Packung", "[4 pack]"},
    {"6erPack", "[6 pack]"},
    {"12 Stück", "[12 pack]"},
    {"12 Stueck", "[12 pack]"},
    {"12 Stk.", "[12 pack]"},
    {"Packung mit 4", "[4 pack]"},
    {"Packung mit 4 Stück", "[4 pack]"},
    {"Set aus 3 Schüsseln", "[3 pack]"},
    {"Pack à 10", "[10 pack]"},
    {"5-teilig", "[5 pc]"},
    {"5-tlg. Set", "[5 pc]"},
    {"3er BMW", ""},
    {"Schrank mit 4", ""},
    {"Box mit 2 Fächern", ""},
    {"12 stückweise", ""},
    /* Dutch */
    {"12 stuks", "[12 pack]"},
    {"set van 4", "[4 pack]"},
    {"5-delig", "[5 pc]"},
    /* French */
    {"lot de 4", "[4 pack]"},
    {"Paquet de 6", "[6 pack]"},
    {"boîte de 100", "[100 pack]"},
    {"lot de 6 pièces", "[6 pack]"},
    {"6 pièces", "[6 pc]"},
    {"6 unités", "[6 pack]"},
    {"pot de 4", ""},
    {"lot des 4", ""},
    {"lot de 4 kg", "[4 kg]"},
    /* Spanish, Portuguese, Italian */
    {"paquete de 4", "[4 pack]"},
    {"Juego de 6", "[6 pack]"},
    {"4 unidades", "[4 pack]"},
    {"12 uds.", "[12 pack]"},
    {"8 piezas", "[8 pc]"},
    {"pacote com 3", "[3 pack]"},
    {"kit com 3 peças", "[3 pack]"},
    {"confezione da 6", "[6 pack]"},
    {"set di 4 pezzi", "[4 pack]"},
    {"4 pezzi", "[4 pc]"},
    /* Indonesian */
    {"isi 4", "[4 pack]"},
    {"ISI 12 pcs", "[12 pack]"},
    {"isi4", "[4 pack]"},
    {"berisi 4", ""},
    {"kursi 4", ""},
    {"4 buah", "[4 pc]"},
    /* Japanese */
    {"4個入り", "[4 pack]"},
    {"６本セット", "[6 pack]"},
    {"50枚入マスク", "[50 pack]"},
    {"マスク 50枚", "[50 pack]"},
    {"12個", "[12 pack]"},
    {"4パック", "[4 pack]"},
    {"4ﾊﾟｯｸ", "[4 pack]"},
    {"10足組", "[10 pack]"},
    {"5点セット", "[5 pc]"},
    {"1000ピース", "[1000 pc]"},
    {"3枚刃", ""},
    {"5点", ""},
    {"2人用", ""},
    {"0.5個", "[1/2]"},
    {"007個", ""},
    /* English */
    {"4-pack", "[4 pack]"},
    {"4pk", "[4 pack]"},
    {"pack of 4 pieces", "[4 pack]"},
    {"set of 3", "[3 pack]"},
    {"case of 12", "[12 pack]"},
    {"12-count", "[12 pack]"},
};

static void test_quantities__packs_in_other_languages(void **state)
{
    (void)state;
    packs = true;
    assert_vectors(packs_abroad, sizeof packs_abroad / sizeof *packs_abroad);
    strip = true; /* stuck, boite, pieces, but never the marks of kana */
    assert_vectors(packs_abroad, sizeof packs_abroad / sizeof *packs_abroad);
    strip = false;
    packs = false;
    assert_string_equal(quantities_of("4er Pack"), "");
    assert_string_equal(quantities_of("4個入り"), "");
}

/* Integers and units in one spelling, other numbers gone. */
static void test_quantities__rewrite_the_text(void **state)
{
    static const vector vectors[] = {
        {"oak desk", "oak desk"},
        {"60-Watt bulb", " 60 w  bulb"},
        {"3/4 in. pipe", " in . pipe"},
        {"6' x 1\xc2\xbd\"", " 6 ft  x  in "},
        {"1,000 sq. ft.", " 1000 sq ft ."},
        {"3.0 and .5", " 3  and   "},
        {"part 00750-in", "part 00750-in"},
        {"on 3/4/2020 ok", "on 3/4/2020 ok"},
        {"dcd771c2", "dcd 771 c 2 "},
        {"", ""},
    };
    (void)state;
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        sm_unicode_rules const rules = {0, &folded};
        sm_code_points rewritten = {0};
        char all[200] = "";
        size_t used = 0;
        folded.count = 0;
        assert_int_equal(sm_unicode_words(&words, &points, &rules,
                                          vectors[i].text,
                                          strlen(vectors[i].text)),
                         0);
        assert_int_equal(sm_quantities(&found, folded.points, folded.count,
                                       packs, &rewritten),
                         0);
        for (size_t k = 0; k < rewritten.count; k++)
            all[used++] = (char)rewritten.points[k];
        all[used] = '\0';
        assert_string_equal(all, vectors[i].quantities);
        sm_code_points_free(&rewritten);
    }
}

/* Nothing is read behind the end, and every text comes to one. */
static void test_quantities__of_any_bytes_end(void **state)
{
    static const char alphabet[] = "0159/.,-' \"xinftpackoerisi\xc2\xbd個入本";
    uint32_t random = 5;
    (void)state;
    for (int round = 0; round < 20000; round++) {
        size_t const size = (random >> 8) % 24;
        char *const text = malloc(size + 1);
        sm_unicode_rules const rules = {0, &folded};
        for (size_t i = 0; i < size; i++) {
            text[i] =
                alphabet[(test_lcg(&random) >> 16) % (sizeof alphabet - 1)];
        }
        test_lcg(&random);
        sm_words_clear(&words);
        sm_words_clear(&found);
        folded.count = 0;
        assert_int_equal(sm_unicode_words(&words, &points, &rules, text, size),
                         0);
        points.count = 0;
        int32_t *const exact = malloc(folded.count * sizeof *exact + 1);
        if (folded.count)
            memcpy(exact, folded.points, folded.count * sizeof *exact);
        assert_int_equal(sm_quantities(&found, exact, folded.count,
                                       round % 3 == 0,
                                       round % 2 ? &points : NULL),
                         0);
        assert_true(found.count <= folded.count);
        free(exact);
        free(text);
    }
}

/* A text with each "-" written as another hyphen, to be freed. */
static char *with_hyphen(const char *text, const char *hyphen)
{
    char *const made = malloc(strlen(text) * strlen(hyphen) + 1);
    size_t used = 0;
    assert_non_null(made);
    for (; *text; text++)
        if (*text == '-') {
            memcpy(made + used, hyphen, strlen(hyphen));
            used += strlen(hyphen);
        } else {
            made[used++] = *text;
        }
    made[used] = '\0';
    return made;
}

/* "[oak][desk]" of the words that quantities_of read last. */
static void copy_words(char *all, size_t size)
{
    size_t used = 0;
    all[0] = '\0';
    for (size_t i = 0; i < words.count; i++)
        used += (size_t)snprintf(all + used, size - used, "[%.*s]",
                                 (int)words.words[i].size,
                                 words.bytes + words.words[i].offset);
}

static void test_quantities__hyphens_are_one(void **state)
{
    /* U+2010 to U+2013, minus, small and full-width hyphen-minus */
    static const char *const hyphens[] = {
        "\xe2\x80\x90", "\xe2\x80\x91", "\xe2\x80\x92", "\xe2\x80\x93",
        "\xe2\x88\x92", "\xef\xb9\xa3", "\xef\xbc\x8d"};
    static const vector vectors[] = {
        {"60-watt", "[60 w]"},
        {"1-1/2 in", "[3/2][3/2 in]"},
        {"3/4-in", "[3/4][3/4 in]"},
        {"2-pack", ""},
        {"5-cu.-ft x 4-sq-in", "[4 sq in]"},
        {"5-cu-ft", "[5 cu ft]"},
        {"-5 ft", "[5 ft]"},
        {"2-3/4-5-gal", "[11/4][5 gal]"},
        {"6--in", ""},
        {"deck-over 100-lbs", "[100 lb]"},
    };
    (void)state;
    assert_vectors(vectors, sizeof vectors / sizeof *vectors);
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        for (size_t k = 0; k < sizeof hyphens / sizeof *hyphens; k++) {
            char *const other = with_hyphen(vectors[i].text, hyphens[k]);
            vector const same = {other, vectors[i].quantities};
            char plain_words[200], other_words[200];
            quantities_of(vectors[i].text);
            copy_words(plain_words, sizeof plain_words);
            assert_vectors(&same, 1);
            copy_words(other_words, sizeof other_words);
            assert_string_equal(other_words, plain_words);
            free(other);
        }
    /* a dash that joins nothing */
    assert_string_equal(quantities_of("60\xe2\x80\x94watt"), "");
}

static int release(void **state)
{
    (void)state;
    sm_words_free(&words);
    sm_words_free(&found);
    sm_code_points_free(&points);
    sm_code_points_free(&folded);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantities__of_one_value_are_one),
        cmocka_unit_test(test_quantities__values),
        cmocka_unit_test(test_quantities__units),
        cmocka_unit_test(test_quantities__packs),
        cmocka_unit_test(test_quantities__packs_in_other_languages),
        cmocka_unit_test(test_quantities__rewrite_the_text),
        cmocka_unit_test(test_quantities__hyphens_are_one),
        cmocka_unit_test(test_quantities__of_any_bytes_end),
    };
    return cmocka_run_group_tests(tests, NULL, release);
}
