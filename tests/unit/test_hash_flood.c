/*
 * Texts and ids that somebody chose who knows the source: each set has one
 * place in a table that finds things by the hashes that are the same for ever,
 * as all tables once did. In tables by the process's secret they lie apart.
 * What is counted is probes, not time.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hash.h"
#include "common/platform.h"
#include "index/id_set.h"
#include "nn/distinct_rows.h"
#include "reliability.h"
#include "text/text_rows.h"
#include "text/token_counts.h"

/*
 * Slots in a row that are taken, in a table that is at most half full: for
 * hashes at random a run of L has a chance below (e^(1/2) / 2)^L to begin at a
 * slot, and a look-up has no more probes than its run is long. 0.8244^256 is
 * 3e-22.
 */
enum { RUN_MAX = 256 };

enum { TOKENS = 20000, TOKEN_SIZE = 16, ROWS = 600, ROW_SIZE = 12 };

/* x with x * odd = 1 modulo 2^64, by Newton: each turn doubles the bits. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;
    for (int turn = 0; turn < 6; turn++) x *= 2 - odd * x;
    return x;
}

/* h with sm_hash_mix(h) = mixed. A shift by 33 of 64 undoes itself. */
static uint64_t unmixed(uint64_t mixed)
{
    uint64_t h = mixed ^ (mixed >> 33);
    h *= inverse(UINT64_C(0xc4ceb9fe1a85ec53));
    h = (h ^ (h >> 33)) * inverse(UINT64_C(0xff51afd7ed558ccd));
    return h ^ (h >> 33);
}

static void test_mix__is_undone(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < 1000; i++)
        assert_true(sm_hash_mix(unmixed(i * SM_HASH_PRIME)) ==
                    i * SM_HASH_PRIME);
}

/* ---- tokens ---- */

/* Token i: a first word of its own, and the second that leads to one hash. */
static void bad_token(uint64_t i, char bytes[TOKEN_SIZE])
{
    uint64_t const target = 42, first = 0x6161616161616161u + i;
    uint64_t const second = sm_hash_mix(first) ^ unmixed(target);
    memcpy(bytes, &first, 8);
    memcpy(bytes + 8, &second, 8);
    assert_true(sm_hash_mix(sm_hash_mix(first) ^ second) == target);
}

static size_t longest_token_run(const sm_token_table *table)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < 2 * table->slot_count; i++) {
        run = table->slots[i & (table->slot_count - 1)].number ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    return longest;
}

static size_t run_of_bad_tokens(uint64_t tokens)
{
    sm_token_counts counts = {.by_text = false};
    char bytes[TOKEN_SIZE];
    for (uint64_t i = 0; i < tokens; i++) {
        bad_token(i, bytes);
        sm_token const token = sm_token_of(bytes, TOKEN_SIZE);
        assert_int_equal(sm_token_counts_add(&counts, &token, 1), SIAMESE_OK);
    }
    assert_int_equal(counts.table.count, tokens);
    size_t const longest = longest_token_run(&counts.table);
    sm_token_counts_free(&counts);
    return longest;
}

/* With the old hash's own factors all of them are one run. */
static void test_tokens__of_one_old_hash_lie_apart(void **state)
{
    sm_hash_secret const own = *sm_secret();
    (void)state;
    sm_secret_drawn = (sm_hash_secret){0, UINT64_C(0xff51afd7ed558ccd),
                                       UINT64_C(0xc4ceb9fe1a85ec53)};
    assert_int_equal(run_of_bad_tokens(ROWS), ROWS);
    sm_secret_drawn = own;
    assert_in_range(run_of_bad_tokens(TOKENS), 1, RUN_MAX);
    reliability_count("texts and ids of one hash", TOKENS);
}

/* Words of 8 bytes and less have one place where their hashes end in 0s. */
static void test_short_tokens__of_one_old_place_lie_apart(void **state)
{
    sm_token_table table = {0};
    size_t number;
    (void)state;
    for (uint64_t i = 1; i <= TOKENS; i++) {
        uint64_t const word = unmixed(i << 32);
        sm_token const token = sm_token_of((const char *)&word, 8);
        assert_int_equal(sm_token_table_add(&table, &token, &number),
                         SIAMESE_OK);
    }
    assert_in_range(longest_token_run(&table), 1, RUN_MAX);
    reliability_count("texts and ids of one hash", TOKENS);
    sm_token_table_free(&table);
}

/* ---- rows, found by search ---- */

/* Text number *from or a later one whose old hash has `zeros` low bits 0. */
static size_t next_bad_row(uint64_t *from, uint64_t zeros, char *bytes)
{
    for (;; ++*from) {
        int const size =
            snprintf(bytes, ROW_SIZE, "%llx", (unsigned long long)*from);
        uint64_t const length = (uint64_t)size;
        uint64_t h = sm_hash_bytes(SM_HASH_START, bytes, length);
        h = sm_hash_mix(sm_hash_bytes(h, &length, sizeof length));
        if ((h & zeros) == 0) break;
    }
    ++*from;
    return strlen(bytes);
}

static size_t longest_run(const uint32_t *slots, size_t count)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < 2 * count; i++) {
        run = slots[i & (count - 1)] ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    return longest;
}

/* The same of a table that is 650 / 921 full: (0.706 e^0.294)^512 is 8e-13. */
enum { FULL_ROWS = 650, FULL_SLOTS = 921, FULL_RUN_MAX = 512 };

static size_t longest_run_of_tags(const sm_row_slots *slots)
{
    size_t longest = 0, run = 0;
    for (size_t i = 0; i < 2 * slots->count; i++) {
        run = slots->tags[i % slots->count] ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    return longest;
}

static void test_rows__of_one_old_place_lie_apart(void **state)
{
    sm_text_rows rows;
    uint64_t from = 0;
    uint32_t number;
    memset(&rows, 0, sizeof rows);
    sm_text_rows_init(&rows, 1);
    (void)state;
    for (uint32_t i = 0; i < FULL_ROWS; i++) {
        char bytes[ROW_SIZE];
        siamese_text const text = {bytes, next_bad_row(&from, 2047, bytes)};
        assert_int_equal(sm_text_rows_add(&rows, &text, 1, &number),
                         SIAMESE_OK);
        assert_int_equal(number, i);
        assert_int_equal(sm_text_rows_find(&rows, &text, 1), i);
    }
    assert_int_equal(rows.slots.count, FULL_SLOTS);
    assert_in_range(longest_run_of_tags(&rows.slots), 1, FULL_RUN_MAX);
    reliability_count("texts and ids of one hash", FULL_ROWS);
    sm_text_rows_free(&rows);
}

static void test_rows_of_ids__of_one_old_place_lie_apart(void **state)
{
    sm_distinct_rows rows = {.count = 0};
    int32_t ids[ROWS];
    size_t offsets[ROWS + 1];
    int32_t id = 0;
    (void)state;
    for (size_t i = 0; i < ROWS; i++, id++) {
        uint64_t const start = SM_HASH_START;
        while (sm_hash_mix((start ^ (uint32_t)id) * SM_HASH_PRIME) & 2047) id++;
        ids[i] = id;
        offsets[i] = i;
    }
    offsets[ROWS] = ROWS;
    assert_int_equal(sm_distinct_rows_find(&rows, NULL, ids, offsets, ROWS, 1),
                     SIAMESE_OK);
    assert_int_equal(rows.count, ROWS);
    assert_in_range(longest_run(rows.buckets, 2048), 1, RUN_MAX);
    reliability_count("texts and ids of one hash", ROWS);
    sm_distinct_rows_free(&rows);
}

/* ---- ids ---- */

static void test_ids__of_one_old_place_lie_apart(void **state)
{
    sm_id_set set;
    size_t longest = 0, run = 0, count = 0;
    (void)state;
    assert_int_equal(sm_id_set_create(&set, TOKENS), SIAMESE_OK);
    for (uint64_t i = 1; count < TOKENS; i++) {
        int64_t const id = (int64_t)unmixed(i << 32);
        if (id >= 0) count += sm_id_set_add(&set, id);
    }
    for (size_t i = 0; i < 2 * (set.mask + 1); i++) {
        run = set.slots[i & set.mask] >= 0 ? run + 1 : 0;
        if (run > longest) longest = run;
    }
    assert_in_range(longest, 1, RUN_MAX);
    reliability_count("texts and ids of one hash", TOKENS);
    sm_id_set_clear(&set);
}

/* ---- the secret ---- */

/* Drawn of the system; its factors are odd, so that no two numbers have one
 * hash. */
static void test_secret__is_drawn_and_one_to_one(void **state)
{
    sm_hash_secret const before = *sm_secret();
    unsigned char bytes[2][16];
    (void)state;
    assert_true(before.first & before.second & 1);
    assert_true(before.start != 0 && before.first != before.second);
    assert_true(sm_random_bytes(bytes[0], 16) && sm_random_bytes(bytes[1], 16));
    assert_memory_not_equal(bytes[0], bytes[1], 16);
    /* factors 1 leave what two shifts make of a number */
    sm_secret_drawn = (sm_hash_secret){0, 1, 1};
    assert_true(sm_secret_number(5) == 5);
    assert_true(sm_secret_number(UINT64_C(1) << 33) ==
                ((UINT64_C(1) << 33) | 1));
    assert_true(sm_secret_bytes("a", 1) ==
                sm_secret_mix(sm_secret(), 'a' | UINT64_C(1) << 56));
    sm_secret_drawn = before;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mix__is_undone),
        cmocka_unit_test(test_tokens__of_one_old_hash_lie_apart),
        cmocka_unit_test(test_short_tokens__of_one_old_place_lie_apart),
        cmocka_unit_test(test_rows__of_one_old_place_lie_apart),
        cmocka_unit_test(test_rows_of_ids__of_one_old_place_lie_apart),
        cmocka_unit_test(test_ids__of_one_old_place_lie_apart),
        cmocka_unit_test(test_secret__is_drawn_and_one_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
