/* Self-supervision: which items pairs are made of, how often, and that a pair
 * follows from seed, epoch and number alone. */
#include "small_pairs.h"
#include "pairs/generated_pairs.h"

static small_pairs world;
static sm_pair_store store;

/* 60 pairs and 200 items of the catalogue, of 40 ids in all. */
static int setup(void **state)
{
    siamese_pairs pairs;
    (void)state;
    small_pairs_create(&world);
    sm_pair_store_init(&store, 2, 1);
    pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.count = 60;
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "p"), 0);
    pairs.queries = NULL;
    pairs.count = 200;
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_CATALOGUE, "p"),
        0);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sm_pair_store_free(&store);
    small_pairs_free(&world);
    return 0;
}

static sm_generated_pairs made_of(double share)
{
    sm_generated_pairs made = {.rules = {.share = share,
                                         .fragments = {1, 5, 0.5},
                                         .weight = 0.25f,
                                         .seed = 9}};
    assert_int_equal(sm_generated_pairs_update(&made, &store, NULL, 60, 200),
                     0);
    return made;
}

static void generated_pairs__are_of_each_item_as_often_as_wanted(void **state)
{
    static const double shares[] = {0, 0.5, 1, 2.25};
    sm_text_rows fragments;
    (void)state;
    for (size_t s = 0; s < 4; s++) {
        sm_generated_pairs made = made_of(shares[s]);
        size_t times[100] = {0}, most = 0, least = SIZE_MAX;
        sm_text_rows_init(&fragments, 2);
        assert_int_equal(made.count, (size_t)(shares[s] * 40));
        assert_int_equal(sm_generated_pairs_draw(&made, 3), 0);
        for (size_t i = 0; i < made.count; i++) {
            sm_pair pair;
            assert_int_equal(
                sm_generated_pairs_get(&made, &store, i, &fragments, &pair), 0);
            assert_true(pair.weight == 0.25f && pair.probability == 1);
            assert_int_equal(pair.negative_count, 0);
            times[pair.item_number]++;
        }
        for (size_t n = 0; n < 40 && made.count; n++) {
            if (times[n] > most) most = times[n];
            if (times[n] < least) least = times[n];
        }
        assert_int_equal(most, (size_t)(shares[s] + 0.99));
        assert_int_equal(least, made.count ? (size_t)shares[s] : SIZE_MAX);
        sm_text_rows_free(&fragments);
        sm_generated_pairs_free(&made);
    }
}

/* The query's text, in its first field; the other is empty. */
static siamese_text query_of(const sm_pair *pair, const sm_text_rows *fragments)
{
    int const is_made = pair->query >= store.queries.count;
    siamese_text texts[2];
    sm_text_rows_get(is_made ? fragments : &store.queries,
                     pair->query - (is_made ? store.queries.count : 0), texts);
    assert_int_equal(texts[1].size, 0);
    return texts[0];
}

static void generated_pairs__follow_from_seed_epoch_and_number(void **state)
{
    sm_generated_pairs made = made_of(1.5), again = made_of(1.5);
    sm_text_rows fragments, others;
    size_t other_texts = 0, other_epochs = 0;
    (void)state;
    sm_text_rows_init(&fragments, 2);
    sm_text_rows_init(&others, 2);
    assert_int_equal(sm_generated_pairs_draw(&made, 7), 0);
    assert_int_equal(sm_generated_pairs_draw(&again, 6), 0);
    assert_int_equal(sm_generated_pairs_draw(&again, 7), 0);
    for (size_t i = made.count; i-- > 0;) {
        sm_pair a, b;
        siamese_text x, y;
        assert_int_equal(
            sm_generated_pairs_get(&made, &store, i, &fragments, &a), 0);
        assert_int_equal(sm_generated_pairs_get(&again, &store, i, &others, &b),
                         0);
        sm_text_rows_cut(&others, 0);
        assert_int_equal(a.item, b.item);
        assert_int_equal(a.item_number, b.item_number);
        x = query_of(&a, &fragments);
        /* the same in other company, and another in another epoch */
        sm_text_rows_cut(&fragments, 0);
        assert_int_equal(
            sm_generated_pairs_get(&made, &store, i, &fragments, &a), 0);
        x = query_of(&a, &fragments);
        again.epoch = 8;
        assert_int_equal(sm_generated_pairs_get(&again, &store, i, &others, &b),
                         0);
        again.epoch = 7;
        y = query_of(&b, &others);
        other_epochs += x.size != y.size || memcmp(x.data, y.data, x.size);
        other_texts += i < 40 && x.size > 0;
        sm_text_rows_cut(&others, 0);
    }
    assert_int_equal(other_texts, 40);
    assert_true(other_epochs > 40);
    sm_text_rows_free(&fragments);
    sm_text_rows_free(&others);
    sm_generated_pairs_free(&made);
    sm_generated_pairs_free(&again);
}

/* Fragments that are equal, or equal to a given query, are the same query. */
static void generated_pairs__equal_queries_have_one_number(void **state)
{
    sm_pair_store own;
    siamese_text const items[] = {{"x", 1}, {" x", 2}, {"q", 1}, {" \n", 2}};
    siamese_text const query = {"q", 1};
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = &query,
                           .items = items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = 1};
    sm_generated_pairs made = {
        .rules = {.share = 1, .fragments = {1, 1, 1}, .weight = 1}};
    sm_text_rows fragments;
    sm_pair made_pairs[3];
    (void)state;
    sm_pair_store_init(&own, 1, 1);
    sm_text_rows_init(&fragments, 1);
    assert_int_equal(
        sm_pair_store_add(&own, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "p"), 0);
    pairs.queries = NULL;
    pairs.count = 4;
    assert_int_equal(
        sm_pair_store_add(&own, NULL, NULL, &pairs, SM_PAIRS_CATALOGUE, "p"),
        0);
    assert_int_equal(sm_generated_pairs_update(&made, &own, NULL, 1, 4), 0);
    assert_int_equal(made.count, 3); /* the last has no word */
    assert_int_equal(sm_generated_pairs_draw(&made, 0), 0);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            sm_generated_pairs_get(&made, &own, i, &fragments, &made_pairs[i]),
            0);
    assert_int_equal(made_pairs[0].query, 1); /* behind the one given */
    assert_int_equal(made_pairs[1].query, 1);
    assert_int_equal(made_pairs[2].query, 0);
    sm_text_rows_free(&fragments);
    sm_generated_pairs_free(&made);
    sm_pair_store_free(&own);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_pairs__are_of_each_item_as_often_as_wanted),
        cmocka_unit_test(generated_pairs__follow_from_seed_epoch_and_number),
        cmocka_unit_test(generated_pairs__equal_queries_have_one_number),
    };
    return cmocka_run_group_tests_name("made_pairs", tests, setup, teardown);
}
