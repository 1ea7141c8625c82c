/* Tokens counted by threads apart, their sum, and its order, against one count
 * and a sort of everything. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/cancel.h"
#include "common/memory.h"
#include "common/rng.h"
#include "failing_allocator.h"
#include "text/token_order.h"

enum { PARTS = 3, TEXT_MAX = 64 };

/* ---- counting ---- */

/* Counts the words of a text of spaces and letters, all at once. */
static void count(sm_token_shards *part, const char *text, uint64_t number)
{
    sm_token tokens[TEXT_MAX];
    uint64_t numbers[TEXT_MAX];
    sm_byte_map map;
    size_t words = 0;
    sm_byte_map_init(&map, SIAMESE_STANDARDIZE_LOWER);
    sm_token_reader reader = sm_token_reader_of(&map, text, strlen(text));
    for (; sm_token_next(&reader, &tokens[words]); words++)
        numbers[words] = number;
    assert_int_equal(sm_token_shards_add(part, tokens, numbers, words),
                     SIAMESE_OK);
}

static const sm_token_counts *shard_of(const sm_token_shards *shards,
                                       const sm_ranked_token *token)
{
    return &shards->shards[token->shard];
}

static void test_shards__merge_is_the_sum(void **state)
{
    static const char *const texts[] = {"a b b", "B c", "", "c c d", "a"};
    static const char *const tokens[] = {"c", "b", "a", "d"};
    static const uint64_t times[] = {3, 3, 2, 1}, in[] = {2, 2, 2, 1};
    static sm_token_shards whole, parts[PARTS];
    sm_pool *pool;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 2), SIAMESE_OK);
    sm_token_shards_by_text(&whole, true);
    for (size_t i = 0; i < PARTS; i++) sm_token_shards_by_text(&parts[i], true);
    for (uint64_t round = 1; round <= 2; round++) {
        for (size_t i = 0; i < 5; i++) count(&parts[i % 2], texts[i], i + 1);
        assert_int_equal(sm_token_shards_merge(pool, &whole, parts, PARTS),
                         SIAMESE_OK);
        for (size_t i = 0; i < PARTS; i++) sm_token_shards_clear(&parts[i]);
        sm_ranked_token *order;
        size_t found;
        assert_int_equal(sm_token_shards_count(&whole), 4);
        assert_int_equal(sm_token_order(pool, &whole, 9, &order, &found),
                         SIAMESE_OK);
        assert_int_equal(found, 4);
        for (size_t i = 0; i < 4; i++) {
            const sm_token_counts *const shard = shard_of(&whole, &order[i]);
            sm_token const token = sm_token_of(tokens[i], 1);
            assert_memory_equal(
                sm_token_table_bytes(&shard->table, order[i].number), tokens[i],
                1);
            assert_int_equal(order[i].count, times[i] * round);
            assert_int_equal(sm_token_shards_times(&whole, &token),
                             times[i] * round);
            assert_int_equal(shard->texts[order[i].number].count,
                             in[i] * round);
        }
        sm_free(order);
    }
    sm_token const missing = sm_token_of("e", 1);
    assert_int_equal(sm_token_shards_times(&whole, &missing), 0);
    sm_token_shards_free(&whole);
    for (size_t i = 0; i < PARTS; i++) sm_token_shards_free(&parts[i]);
    sm_pool_free(pool);
}

/* ---- the order ---- */

typedef struct word {
    char bytes[24];
    size_t size;
    uint64_t count;
} word;

/* Most frequent first, ties by bytes descending. */
static int keras_order(const void *a, const void *b)
{
    const word *const x = a, *const y = b;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    size_t const shorter = x->size < y->size ? x->size : y->size;
    int const bytes = memcmp(x->bytes, y->bytes, shorter);
    if (bytes) return -bytes;
    return x->size == y->size ? 0 : x->size > y->size ? -1 : 1;
}

/* Words of 0 to 20 bytes, whose first 8 are often equal, some with bytes that
 * a signed comparison or one that fills up with zeros would put elsewhere. */
static word nth_word(size_t i, sm_rng *rng)
{
    static const char *const stems[] = {"", "abcdefgh", "abcdefg\xc3", "\xff"};
    word w = {{0}, 0, 0};
    size_t const stem = sm_rng_below(rng, 4);
    size_t const zeros = sm_rng_below(rng, 3);
    int const size = snprintf(w.bytes, sizeof w.bytes, "%s%zu", stems[stem], i);
    w.size = (size_t)size + zeros; /* with NULs behind */
    w.count = sm_rng_below(rng, 8) ? 1 + sm_rng_below(rng, 4)
                                   : 250 + sm_rng_below(rng, 70000);
    return w;
}

static void check_order(sm_pool *pool, const sm_token_shards *shards,
                        const word *words, size_t words_count, size_t most)
{
    sm_ranked_token *order;
    size_t found;
    size_t const expected = most < words_count ? most : words_count;
    assert_int_equal(sm_token_order(pool, shards, most, &order, &found),
                     SIAMESE_OK);
    assert_int_equal(found, expected);
    for (size_t i = 0; i < found; i++) {
        sm_token const token =
            sm_token_counts_get(shard_of(shards, &order[i]), order[i].number);
        assert_int_equal(order[i].count, words[i].count);
        assert_int_equal(token.size, words[i].size);
        assert_memory_equal(token.raw, words[i].bytes, token.size);
    }
    sm_free(order);
}

/* The counts of words, each divided among the parts. */
static void spread(sm_token_shards *parts, const word *words, size_t count,
                   sm_rng *rng)
{
    for (size_t i = 0; i < count; i++) {
        sm_token const token = sm_token_of(words[i].bytes, words[i].size);
        size_t const first = sm_rng_below(rng, PARTS);
        uint64_t left = words[i].count;
        for (size_t p = 0; p < PARTS && left; p++) {
            size_t const shard = sm_token_shard(token.hash);
            sm_token_counts *const to =
                &parts[(first + p) % PARTS].shards[shard];
            uint64_t const here =
                p + 1 < PARTS ? sm_rng_below(rng, left) : left;
            if (here == 0) continue;
            assert_int_equal(sm_token_counts_add(to, &token, 1), SIAMESE_OK);
            to->counts[sm_token_table_find(&to->table, &token, 0)].count +=
                here - 1;
            left -= here;
        }
    }
}

static void test_order__is_that_of_one_sort(void **state)
{
    enum { WORDS = 60000 };
    static sm_token_shards whole, parts[PARTS];
    static const size_t most[] = {0,    1,     2,         999,   7500,
                                  7501, 20000, WORDS - 1, WORDS, SIZE_MAX};
    word *const words = malloc(WORDS * sizeof *words);
    sm_rng rng;
    sm_pool *pools[3];
    (void)state;
    assert_non_null(words);
    sm_rng_init(&rng, 5, 0);
    for (size_t i = 0; i < WORDS; i++) words[i] = nth_word(i, &rng);
    for (int32_t i = 0; i < 3; i++)
        assert_int_equal(sm_pool_create(&pools[i], i + 1), SIAMESE_OK);
    spread(parts, words, WORDS, &rng);
    assert_int_equal(sm_token_shards_merge(pools[1], &whole, parts, PARTS),
                     SIAMESE_OK);
    assert_int_equal(sm_token_shards_count(&whole), WORDS);
    qsort(words, WORDS, sizeof *words, keras_order);
    for (size_t i = 0; i < sizeof most / sizeof *most; i++)
        for (size_t p = 0; p < 3; p++)
            check_order(pools[p], &whole, words, WORDS, most[i]);
    for (size_t p = 0; p < 3; p++) sm_pool_free(pools[p]);
    sm_token_shards_free(&whole);
    for (size_t p = 0; p < PARTS; p++) sm_token_shards_free(&parts[p]);
    free(words);
}

static void test_order__of_nothing_is_empty(void **state)
{
    static sm_token_shards none;
    sm_ranked_token *order;
    size_t found = 9;
    sm_pool *pool;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 1), SIAMESE_OK);
    assert_int_equal(sm_token_order(pool, &none, 5, &order, &found),
                     SIAMESE_OK);
    assert_int_equal(found, 0);
    sm_free(order);
    sm_pool_free(pool);
}

/* ---- all or nothing ---- */

static void fill(sm_token_shards *shards, size_t from, size_t end)
{
    char text[32];
    for (size_t i = from; i < end; i++) {
        snprintf(text, sizeof text, "number %zu", i);
        count(shards, text, i + 1);
    }
}

/* An allocation that fails leaves what was there. */
static void test_merge__adds_all_or_nothing(void **state)
{
    enum { OLD = 500, NEW = 4000 };
    static sm_token_shards whole, parts[2];
    siamese_allocator const failing = {sizeof failing, NULL, allocate,
                                       reallocate, deallocate};
    sm_token const number = sm_token_of("number", 6);
    sm_pool *pool;
    size_t failed = 0;
    (void)state;
    assert_int_equal(siamese_set_allocator(&failing), SIAMESE_OK);
    assert_int_equal(sm_pool_create(&pool, 1), SIAMESE_OK);
    fill(&whole, 0, OLD);
    fill(&parts[0], 0, NEW);
    fill(&parts[1], NEW / 2, 2 * NEW);
    /* what an attempt made room for stays, so each comes further */
    for (;; failed++) {
        fail_after((long)failed);
        sm_status const status = sm_token_shards_merge(pool, &whole, parts, 2);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
        assert_int_equal(sm_token_shards_count(&whole), OLD + 1);
        assert_int_equal(sm_token_shards_times(&whole, &number), OLD);
    }
    fail_after(-1);
    assert_true(failed > 3);
    assert_int_equal(sm_token_shards_count(&whole), 2 * NEW + 1);
    assert_int_equal(sm_token_shards_times(&whole, &number),
                     OLD + NEW + 2 * NEW - NEW / 2);
    sm_token_shards_free(&whole);
    for (size_t i = 0; i < 2; i++) sm_token_shards_free(&parts[i]);
    sm_pool_free(pool);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_OK);
}

/* Nor does a caller that cancels leave half a sum. */
static void test_merge__is_whole_or_cancelled(void **state)
{
    enum { WORDS = 20000 };
    static sm_token_shards whole, part;
    static atomic_int flag = 1;
    sm_pool *pool;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 2), SIAMESE_OK);
    fill(&part, 0, WORDS);
    const atomic_int *const before = sm_cancel_watch(&flag);
    assert_int_equal(sm_token_shards_merge(pool, &whole, &part, 1),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(sm_token_shards_count(&whole), 0);
    atomic_store(&flag, 0);
    assert_int_equal(sm_token_shards_merge(pool, &whole, &part, 1), SIAMESE_OK);
    assert_ptr_equal(sm_cancel_watched(), &flag);
    sm_cancel_watch(before);
    assert_int_equal(sm_token_shards_count(&whole), WORDS + 1);
    sm_token_shards_free(&whole);
    sm_token_shards_free(&part);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shards__merge_is_the_sum),
        cmocka_unit_test(test_order__is_that_of_one_sort),
        cmocka_unit_test(test_order__of_nothing_is_empty),
        cmocka_unit_test(test_merge__adds_all_or_nothing),
        cmocka_unit_test(test_merge__is_whole_or_cancelled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
