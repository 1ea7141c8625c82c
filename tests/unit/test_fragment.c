/* Fragments of texts: what a word is, and that each draw is one of the
 * rules'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pairs/fragment.h"

static siamese_text text(const char *s)
{
    return (siamese_text){s, strlen(s)};
}

static void fragment__words_stand_between_white_space(void **state)
{
    static const struct {
        const char *text;
        size_t words;
    } cases[] = {{"", 0},
                 {" \t\n\v\f\r ", 0},
                 {"\xc2\xa0\xe3\x80\x80", 0}, /* U+00A0, U+3000 */
                 {"one", 1},
                 {" two, words ", 2},
                 {"caf\xc3\xa9\xc2\xa0noir", 2},
                 {"a\xff \xfe"
                  "b",
                  2},                                         /* no UTF-8 */
                 {"\xe4\xb8\x8d\xe9\x94\x88\xe9\x92\xa2", 2}, /* three Han */
                 {"A4\xe7\xb4\x99 x", 3},
                 {"no\x1f"
                  "space \x7f!",
                  2}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        siamese_text const t = text(cases[i].text);
        if (sm_fragment_words(&t) != cases[i].words)
            fail_msg("case %zu: %zu words", i, sm_fragment_words(&t));
    }
}

/* Draws 4,000 times and counts how often each of the wanted ones came; others
 * fail. */
static void draw(const char *s, sm_fragment_rules rules,
                 const char *const *wanted, size_t count, size_t *times)
{
    siamese_text const t = text(s);
    char out[200];
    sm_rng rng;
    sm_rng_init(&rng, 5, 0);
    memset(times, 0, count * sizeof *times);
    for (size_t n = 0; n < 4000; n++) {
        size_t const size =
            sm_fragment_draw(&t, sm_fragment_words(&t), &rules, &rng, out);
        size_t i = 0;
        while (i < count &&
               (strlen(wanted[i]) != size || memcmp(wanted[i], out, size) != 0))
            i++;
        if (i == count) fail_msg("'%.*s'", (int)size, out);
        times[i]++;
    }
}

/* Within five standard deviations of a share of 4,000 draws. */
static void near(size_t times, double share)
{
    double const mean = 4000 * share;
    double const off = (double)times - mean;
    assert_true(off * off < 25 * mean * (1 - share));
}

static void fragment__contiguous_ones_stand_in_the_text(void **state)
{
    static const char *const two[] = {"a  b", "b\tc", "c d", "a  b\tc",
                                      "b\tc d"};
    size_t times[5];
    (void)state;
    draw(" a  b\tc d ", (sm_fragment_rules){2, 3, 1}, two, 5, times);
    for (size_t i = 0; i < 5; i++) near(times[i], i < 3 ? 1.0 / 6 : 0.25);
}

static void fragment__subsets_are_in_order_and_equally_likely(void **state)
{
    static const char *const pairs[] = {"a b", "a c", "a d",
                                        "b c", "b d", "c d"};
    size_t times[6];
    (void)state;
    draw(" a  b\tc d ", (sm_fragment_rules){2, 2, 0}, pairs, 6, times);
    for (size_t i = 0; i < 6; i++) near(times[i], 1.0 / 6);
}

static void fragment__has_no_more_words_than_the_text(void **state)
{
    static const char *const all[] = {"a", "b", "a b"};
    size_t times[3];
    (void)state;
    draw("a b", (sm_fragment_rules){1, 5, 0.5}, all, 3, times);
    near(times[2], 0.5);
    near(times[0], 0.25);
    draw("a b", (sm_fragment_rules){4, 9, 0.5}, all + 2, 1, times);
}

static void fragment__neighbours_without_space_stay_so(void **state)
{
    /* words of two characters, of which the first and the second touch */
    static const char *const all[] = {
        "\xe4\xb8\x8d\xe9\x94\x88\xe9\x92\xa2\xe5\x88\x80",
        "\xe4\xb8\x8d\xe9\x94\x88 x", "\xe9\x92\xa2\xe5\x88\x80 x"};
    size_t times[3];
    (void)state;
    draw("\xe4\xb8\x8d\xe9\x94\x88\xe9\x92\xa2\xe5\x88\x80 x",
         (sm_fragment_rules){2, 2, 0}, all, 3, times);
    for (size_t i = 0; i < 3; i++) near(times[i], 1.0 / 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fragment__words_stand_between_white_space),
        cmocka_unit_test(fragment__contiguous_ones_stand_in_the_text),
        cmocka_unit_test(fragment__subsets_are_in_order_and_equally_likely),
        cmocka_unit_test(fragment__has_no_more_words_than_the_text),
        cmocka_unit_test(fragment__neighbours_without_space_stay_so),
    };
    return cmocka_run_group_tests_name("fragment", tests, NULL, NULL);
}
