/* Self-supervision: which items pairs are made of, how often, and that a pair
 * follows from seed, epoch and number alone. */
#include "small_store.h"
#include "pairs/generated_pairs.h"

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

enum { ROOM = 256 };

/* Pair i, whose fragment is as long as it may be at the most. */
static size_t get(const sm_generated_pairs *made, size_t i, sm_pair *pair,
                  char *fragment)
{
    assert_in_range(sm_generated_pairs_room(made, &store, i), 1, ROOM);
    size_t const size = sm_generated_pairs_get(made, &store, i, pair, fragment);
    assert_in_range(size, 1, sm_generated_pairs_room(made, &store, i));
    return size;
}

static void generated_pairs__are_of_each_item_as_often_as_wanted(void **state)
{
    static const double shares[] = {0, 0.5, 1, 2.25};
    char fragment[ROOM];
    (void)state;
    for (size_t s = 0; s < 4; s++) {
        sm_generated_pairs made = made_of(shares[s]);
        size_t times[100] = {0}, most = 0, least = SIZE_MAX;
        assert_int_equal(made.count, (size_t)(shares[s] * 40));
        assert_int_equal(sm_generated_pairs_draw(&made, 3), 0);
        for (size_t i = 0; i < made.count; i++) {
            sm_pair pair;
            get(&made, i, &pair, fragment);
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
        sm_generated_pairs_free(&made);
    }
}

static void generated_pairs__follow_from_seed_epoch_and_number(void **state)
{
    sm_generated_pairs made = made_of(1.5), again = made_of(1.5);
    char x[ROOM], y[ROOM];
    size_t other_epochs = 0;
    (void)state;
    assert_int_equal(sm_generated_pairs_draw(&made, 7), 0);
    assert_int_equal(sm_generated_pairs_draw(&again, 6), 0);
    assert_int_equal(sm_generated_pairs_draw(&again, 7), 0);
    for (size_t i = made.count; i-- > 0;) {
        sm_pair a, b;
        size_t const size = get(&made, i, &a, x);
        /* the same in other company, and another in another epoch */
        assert_int_equal(get(&again, i, &b, y), size);
        assert_memory_equal(x, y, size);
        assert_int_equal(a.item, b.item);
        assert_int_equal(a.item_number, b.item_number);
        again.epoch = 8;
        other_epochs +=
            get(&again, i, &b, y) != size || memcmp(x, y, size) != 0;
        again.epoch = 7;
        assert_int_equal(a.item, b.item);
    }
    assert_true(other_epochs > 40);
    sm_generated_pairs_free(&made);
    sm_generated_pairs_free(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_pairs__are_of_each_item_as_often_as_wanted),
        cmocka_unit_test(generated_pairs__follow_from_seed_epoch_and_number),
    };
    return cmocka_run_group_tests_name("made_pairs", tests, small_store_setup,
                                       small_store_teardown);
}
