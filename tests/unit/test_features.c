/* Hashed features against values computed in Python from docs/text.md. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "text/features.h"

static void test_hash__is_the_documented_one(void **state)
{
    static const struct {
        unsigned char tag;
        const char *bytes;
        uint64_t hash;
        int32_t id; /* of 262144 buckets */
    } cases[] = {
        {'w', "desk", UINT64_C(0x4970c8f744aa8c2f), 166960},
        {'c', "desk", UINT64_C(0x58e9f6964d07c804), 247813},
        {'w', "oak desk", UINT64_C(0x92eb4307ab51f985), 129414},
        {'w', "", UINT64_C(0x436b07a81e11261d), 75294},
        {'c', "<de", UINT64_C(0x53c02ce8a25d3fe8), 81897},
        {'c', "sk>", UINT64_C(0xb8494597bb5da5c2), 107971},
        {'w', "\xc3\xa9", UINT64_C(0x3f258ca51bbb1de7), 204264},
        {'q', "3/4 in", UINT64_C(0xca461572601c19c3), 6596},
        {'w', "60", UINT64_C(0xd7ad02e7ce0a3db0), 146865},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint64_t const hash = sm_feature_hash(cases[c].tag, cases[c].bytes,
                                              strlen(cases[c].bytes));
        assert_true(hash == cases[c].hash);
        assert_int_equal(sm_feature_id(hash, 262144), cases[c].id);
    }
}

static void test_buckets__leave_the_pad_alone(void **state)
{
    (void)state;
    assert_int_equal(sm_feature_id(0, 7), 1);
    assert_int_equal(sm_feature_id(6, 7), 7);
    assert_int_equal(sm_feature_id(7, 7), 1);
    assert_int_equal(sm_feature_id(UINT64_MAX, 1), 1);
    assert_int_equal(sm_feature_id(UINT64_C(2147483645), 2147483646),
                     2147483646);
}

/* Words of ASCII, short and long: the n-gram at each place by its bytes, of
 * widths that ascend, which share hashes, and others. */
static void test_character_grams__equal_slow_reference(void **state)
{
    static const int32_t all_widths[][SIAMESE_LIST_SIZE] = {
        {3, 1, 5, 2}, {3, 4, 5}, {1, 2, 7}, {2}, {3, 3}, {1, 60, 70, 80}};
    static const char *const words[] = {
        "",
        "a",
        "ab",
        "oak",
        "cabinet",
        "a-word-of-exactly-sixty-four-bytes-which-is-the-longest-short-1",
        "a-word-of-exactly-sixty-four-bytes-which-is-the-longest-short-12",
        "a-word-of-exactly-sixty-five-bytes-which-is-the-first-of-the-long"};
    (void)state;
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        for (size_t k = 0; k < sizeof all_widths / sizeof *all_widths; k++) {
            const int32_t *const widths = all_widths[k];
            size_t const buckets = w % 2 ? 1000 : 1024;
            char marked[80];
            int32_t ids[300], expected[300];
            size_t count = 0;
            size_t const size =
                (size_t)snprintf(marked, sizeof marked, "<%s>", words[w]);
            for (size_t i = 0; widths[i]; i++)
                for (size_t at = 0; at + (size_t)widths[i] <= size; at++)
                    expected[count++] =
                        (int32_t)(1 + sm_feature_hash('c', marked + at,
                                                      (size_t)widths[i]) %
                                          buckets);
            assert_int_equal(
                sm_character_gram_count(words[w], size - 2, widths), count);
            for (size_t limit = 0; limit <= count + 1; limit++) {
                size_t const some = limit < count ? limit : count;
                assert_int_equal(sm_character_gram_ids(words[w], size - 2,
                                                       widths, buckets, limit,
                                                       ids),
                                 some);
                assert_memory_equal(ids, expected, some * sizeof *ids);
            }
        }
}

static void test_character_grams__are_of_code_points(void **state)
{
    static const int32_t widths[SIAMESE_LIST_SIZE] = {2};
    static const char *const grams[] = {"<\xc3\xa9", "\xc3\xa9\xe2\x82\xac",
                                        "\xe2\x82\xac\xff", "\xff>"};
    int32_t ids[8];
    (void)state;
    assert_int_equal(sm_character_gram_ids("\xc3\xa9\xe2\x82\xac\xff", 6,
                                           widths, 1 << 20, 8, ids),
                     4);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(
            ids[i],
            sm_feature_id(sm_feature_hash('c', grams[i], strlen(grams[i])),
                          1 << 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hash__is_the_documented_one),
        cmocka_unit_test(test_buckets__leave_the_pad_alone),
        cmocka_unit_test(test_character_grams__equal_slow_reference),
        cmocka_unit_test(test_character_grams__are_of_code_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
