/* The probabilities of the logQ correction: counted ones against the expected
 * share of an epoch's columns, streaming ones against known frequencies; and
 * the columns that a step gathers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/hash.h"
#include "train/item_counts.h"
#include "train/step_columns.h"
#include "train/stream_frequency.h"

enum { PAIRS = 6, NEGATIVES = 4, CATALOGUE = 5 };

static const siamese_text query = {"lamp", 4};
static const siamese_text texts[] = {
    {"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}, {"e", 1}};

/* Items a a a b c a; negatives of pairs 1, 1, 4 and 5: b d d a; catalogue
 * a b c d e, or none. */
static sm_pair_store filled(int negatives, int catalogue)
{
    static const size_t items[PAIRS] = {0, 0, 0, 1, 2, 0};
    static const size_t others[NEGATIVES] = {1, 3, 3, 0};
    static const size_t offsets[PAIRS + 1] = {0, 0, 2, 2, 2, 3, 4};
    siamese_text of_queries[PAIRS], of_items[PAIRS], of_negatives[NEGATIVES];
    sm_pair_store store;
    for (size_t i = 0; i < PAIRS; i++) {
        of_queries[i] = query;
        of_items[i] = texts[items[i]];
    }
    for (size_t i = 0; i < NEGATIVES; i++) of_negatives[i] = texts[others[i]];
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = of_queries,
                           .items = of_items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = PAIRS};
    if (negatives) {
        pairs.negatives = of_negatives;
        pairs.negative_offsets = offsets;
    }
    sm_pair_store_init(&store, 1, 1);
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "pairs"),
        0);
    siamese_pairs const all = {.struct_size = sizeof all,
                               .items = texts,
                               .item_fields = 1,
                               .count = CATALOGUE};
    if (catalogue)
        assert_int_equal(sm_pair_store_add(&store, NULL, NULL, &all,
                                           SM_PAIRS_CATALOGUE, "items"),
                         0);
    return store;
}

static double counted(sm_pair_store *store, const char *item, size_t batch,
                      size_t random)
{
    sm_item_counts counts = {.times = NULL};
    siamese_text const text = {item, 1};
    uint32_t row, number = UINT32_MAX;
    sm_batch_source const drawn = {PAIRS, store->catalogue.count, NULL, NULL};
    assert_int_equal(sm_text_rows_add(&store->items, &text, 1, &row), 0);
    for (size_t i = 0; i < store->count; i++)
        if (sm_pair_store_get(store, i).item == row)
            number = sm_pair_store_get(store, i).item_number;
    for (size_t i = 0; i < store->negatives.count; i++)
        if (store->negatives.items[i].row == row)
            number = store->negatives.items[i].number;
    for (size_t i = 0; i < store->catalogue.count; i++)
        if (store->catalogue.items[i].row == row)
            number = store->catalogue.items[i].number;
    assert_int_equal(sm_item_counts_update(&counts, store, drawn), 0);
    double const p = sm_item_counts_probability(&counts, number, batch, random);
    sm_item_counts_free(&counts);
    return p;
}

static void item_counts__are_shares_of_the_pairs(void **state)
{
    sm_pair_store store = filled(0, 0);
    (void)state;
    assert_float_equal(counted(&store, "a", 2, 0), 4.0 / 6, 1e-7);
    assert_float_equal(counted(&store, "b", 2, 0), 1.0 / 6, 1e-7);
    /* random ones of the pairs themselves change no share */
    assert_float_equal(counted(&store, "a", 2, 7), 4.0 / 6, 1e-7);
    sm_pair_store_free(&store);
}

/* An epoch in batches of 2: 6 positives, 4 negatives and 3 x 4 random items,
 * each of 5 once in 5. */
static void item_counts__are_shares_of_all_columns(void **state)
{
    sm_pair_store store = filled(1, 1);
    (void)state;
    double const columns = 6 + 4 + 3 * 4, random = 3 * 4 / 5.0;
    assert_float_equal(counted(&store, "a", 2, 4), (4 + 1 + random) / columns,
                       1e-7);
    assert_float_equal(counted(&store, "b", 2, 4), (1 + 1 + random) / columns,
                       1e-7);
    assert_float_equal(counted(&store, "d", 2, 4), (0 + 2 + random) / columns,
                       1e-7);
    assert_float_equal(counted(&store, "e", 2, 4), random / columns, 1e-7);
    assert_float_equal(counted(&store, "d", 2, 0), 2.0 / 10, 1e-7);
    sm_pair_store_free(&store);
}

static void item_counts__follow_what_is_drawn(void **state)
{
    sm_pair_store store = filled(0, 0);
    sm_item_counts counts = {.times = NULL};
    (void)state;
    assert_int_equal(sm_item_counts_update(&counts, &store,
                                           (sm_batch_source){4, 0, NULL, NULL}),
                     0);
    uint32_t const a = sm_pair_store_get(&store, 0).item_number;
    assert_float_equal(sm_item_counts_probability(&counts, a, 2, 0), 0.75,
                       1e-7);
    assert_int_equal(sm_item_counts_update(&counts, &store,
                                           (sm_batch_source){5, 0, NULL, NULL}),
                     0);
    assert_float_equal(sm_item_counts_probability(&counts, a, 2, 0), 0.6, 1e-7);
    sm_item_counts_free(&counts);
    sm_pair_store_free(&store);
}

/* ---- streaming ---- */

static uint64_t hash(uint64_t item)
{
    return sm_hash_mix(item + 1);
}

/* Item i every i + 1 steps: its probability becomes 1 / (i + 1). */
static void stream_frequency__finds_the_gaps(void **state)
{
    enum { ITEMS = 12 };
    sm_stream_frequency f;
    (void)state;
    assert_int_equal(sm_stream_frequency_create(&f, 4096, 0.1), 0);
    for (uint64_t t = 1; t <= 2000; t++)
        for (uint64_t i = 0; i < ITEMS; i++)
            if (t % (i + 1) == 0) {
                double const p = sm_stream_frequency_estimate(&f, hash(i), t);
                assert_float_equal(p, 1.0 / (double)(i + 1), 1e-6);
                sm_stream_frequency_count(&f, hash(i), t);
            }
    sm_stream_frequency_free(&f);
}

/* At random with probability 1/8: within the noise of a rate of 0.01. */
static void stream_frequency__converges_for_random_items(void **state)
{
    sm_stream_frequency f;
    sm_rng rng;
    double sum = 0;
    size_t seen = 0;
    (void)state;
    sm_rng_init(&rng, 3, 0);
    assert_int_equal(sm_stream_frequency_create(&f, 16, 0.01), 0);
    for (uint64_t t = 1; t <= 40000; t++) {
        if (sm_rng_below(&rng, 8)) continue;
        double const p = sm_stream_frequency_estimate(&f, hash(5), t);
        sm_stream_frequency_count(&f, hash(5), t);
        if (t < 10000) continue;
        sum += 1 / p;
        seen++;
    }
    assert_float_equal(sum / (double)seen, 8, 0.4);
    sm_stream_frequency_free(&f);
}

/* By hand: gaps 3, then 0.75 * 3 + 0.25 * 4; and once a step. */
static void stream_frequency__follows_the_formula(void **state)
{
    sm_stream_frequency f;
    (void)state;
    assert_int_equal(sm_stream_frequency_create(&f, 64, 0.25), 0);
    sm_stream_frequency_count(&f, hash(1), 3);
    sm_stream_frequency_count(&f, hash(1), 3);
    assert_float_equal(1 / sm_stream_frequency_estimate(&f, hash(1), 7),
                       0.75 * 3 + 0.25 * 4, 1e-5);
    sm_stream_frequency_count(&f, hash(1), 7);
    assert_float_equal(1 / sm_stream_frequency_estimate(&f, hash(1), 8),
                       0.75 * 3.25 + 0.25 * 1, 1e-5);
    /* never seen: as rare as the steps so far can tell */
    assert_float_equal(1 / sm_stream_frequency_estimate(&f, hash(2), 8), 8,
                       1e-5);
    sm_stream_frequency_free(&f);
}

/* ---- columns ---- */

/* Pairs that are made count like given ones, as often as they are made. */
static void item_counts__count_pairs_that_are_made(void **state)
{
    sm_pair_store store = filled(0, 0);
    sm_generated_pairs made = {.rules = {.share = 0.5, .fragments = {1, 1, 1}}};
    sm_item_counts counts = {.times = NULL};
    uint32_t const a = sm_pair_store_get(&store, 0).item_number;
    (void)state;
    assert_int_equal(sm_generated_pairs_update(&made, &store, NULL, PAIRS, 0),
                     0);
    size_t times = 0;
    for (size_t i = 0; i < PAIRS; i++)
        times += sm_pair_store_get(&store, i).item_number == a;
    assert_int_equal(
        sm_item_counts_update(&counts, &store,
                              (sm_batch_source){PAIRS, 0, &made, NULL}),
        0);
    assert_float_equal(sm_item_counts_probability(&counts, a, 2, 0),
                       ((double)times + 0.5) / (double)(PAIRS + made.count),
                       1e-7);
    sm_item_counts_free(&counts);
    sm_generated_pairs_free(&made);
    sm_pair_store_free(&store);
}

static void step_columns__are_positives_negatives_and_random(void **state)
{
    static const size_t rows[] = {5, 1, 0};
    sm_pair_store store = filled(1, 1);
    sm_pair const batch[] = {sm_pair_store_get(&store, 5),
                             sm_pair_store_get(&store, 1),
                             sm_pair_store_get(&store, 0)};
    sm_step_columns columns = {.count = 0}, again = columns;
    sm_rng rng;
    size_t times[CATALOGUE] = {0};
    (void)state;
    sm_rng_init(&rng, 1, 2);
    assert_int_equal(sm_step_columns_gather(
                         &columns, &store, rows, batch, 3, 5000,
                         (sm_batch_source){PAIRS, CATALOGUE, NULL, NULL}, &rng),
                     0);
    assert_int_equal(columns.count, 3 + 3 + 5000);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(columns.rows[i],
                         sm_pair_store_get(&store, rows[i]).item);
    /* of pair 5: a; of pair 1: b d */
    assert_int_equal(columns.rows[3], store.negatives.items[3].row);
    assert_int_equal(columns.rows[4], store.negatives.items[0].row);
    assert_int_equal(columns.rows[5], store.negatives.items[1].row);
    for (size_t j = 6; j < columns.count; j++)
        for (size_t i = 0; i < CATALOGUE; i++)
            times[i] += columns.rows[j] == store.catalogue.items[i].row;
    for (size_t i = 0; i < CATALOGUE; i++)
        /* uniform: 1000 each, give or take 28 */
        assert_in_range(times[i], 880, 1120);
    sm_rng_init(&rng, 1, 2);
    assert_int_equal(sm_step_columns_gather(
                         &again, &store, rows, batch, 3, 5000,
                         (sm_batch_source){PAIRS, CATALOGUE, NULL, NULL}, &rng),
                     0);
    assert_memory_equal(columns.rows, again.rows,
                        columns.count * sizeof *columns.rows);
    sm_step_columns_free(&columns);
    sm_step_columns_free(&again);
    sm_pair_store_free(&store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(item_counts__are_shares_of_the_pairs),
        cmocka_unit_test(item_counts__are_shares_of_all_columns),
        cmocka_unit_test(item_counts__follow_what_is_drawn),
        cmocka_unit_test(stream_frequency__finds_the_gaps),
        cmocka_unit_test(stream_frequency__converges_for_random_items),
        cmocka_unit_test(stream_frequency__follows_the_formula),
        cmocka_unit_test(item_counts__count_pairs_that_are_made),
        cmocka_unit_test(step_columns__are_positives_negatives_and_random),
    };
    return cmocka_run_group_tests_name("item_probabilities", tests, NULL, NULL);
}
