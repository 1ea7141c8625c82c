/* Each allocation of the trainer made to fail in turn: the call fails with
 * SIAMESE_E_MEMORY, the trainer stays whole, and goes on to the same bits. */
#include "failing_allocator.h"
#include "paired_source.h"
#include "small_pairs.h"

static small_pairs world;

static int setup(void **state)
{
    siamese_allocator const hook = {sizeof hook, NULL, allocate, reallocate,
                                    deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&hook), 0);
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* Fits, where ever later allocations fail, until none does. */
static void fit_without_memory(siamese_trainer *t)
{
    siamese_status status;
    long at = 0;
    do {
        fail_after(at);
        at += 1 + at / 60;
        status = siamese_trainer_fit(t, NULL, NULL);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
    } while (status != SIAMESE_OK);
    assert_true(at > 20);
}

static siamese_trainer_options memory_options(void)
{
    siamese_trainer_options options = small_options(1);
    options.metrics = SIAMESE_METRICS_STEP;
    options.epochs = 2;
    options.remove_accidental_hits = 1;
    options.topk_match = SIAMESE_TOPK_MATCH_ID;
    options.hard_negatives = 5;
    options.random_negatives = 9;
    options.self_supervision = 1.5;
    options.mined_negatives = 2;
    options.mine_from = 0.4;
    options.mine_first = 1;
    options.symmetric = 1;
    options.logq = SIAMESE_LOGQ_COUNTED;
    return options;
}

static void trainer_memory__create_fails_whole(void **state)
{
    siamese_trainer_options options = memory_options();
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    siamese_status status;
    long at = 0;
    (void)state;
    options.logq = SIAMESE_LOGQ_STREAMING;
    do {
        siamese_trainer *t = NULL;
        fail_after(at++);
        status = siamese_trainer_create(&t, query, item, &options);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        assert_true((t != NULL) == (status == SIAMESE_OK));
        siamese_trainer_free(t);
    } while (status != SIAMESE_OK);
    assert_true(at > 20);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

static void trainer_memory__pairs_are_added_whole(void **state)
{
    siamese_trainer_options const options = memory_options();
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *t = NULL;
    siamese_pairs pairs = world.pairs;
    siamese_status status;
    long at = 0;
    (void)state;
    pairs.item_ids = world.item_ids;
    pairs.negatives = world.items + 7;
    pairs.negative_offsets = world.offsets;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    do {
        fail_after(at++);
        status = siamese_trainer_add_pairs(t, &pairs);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        assert_int_equal(siamese_trainer_pair_count(t),
                         failed ? 0 : SMALL_PAIRS);
    } while (status != SIAMESE_OK);
    assert_true(at > 10);
    /* what failed left nothing behind: training is that of a fresh one */
    siamese_trainer *fresh = NULL;
    assert_int_equal(siamese_trainer_create(&fresh, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(fresh, &pairs), 0);
    siamese_pairs items = world.pairs;
    items.queries = NULL;
    at = 0;
    do {
        fail_after(at++);
        status = siamese_trainer_add_items(t, &items);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        assert_int_equal(siamese_trainer_item_count(t),
                         failed ? 0 : SMALL_PAIRS);
    } while (status != SIAMESE_OK);
    assert_int_equal(siamese_trainer_add_items(fresh, &items), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(fresh, NULL, NULL), 0);
    assert_same_weights(t, fresh);
    siamese_trainer_free(t);
    siamese_trainer_free(fresh);
    siamese_tower_free(tower);
}

static void trainer_memory__fit_goes_on_to_the_same_bits(void **state)
{
    (void)state;
    for (int separate = 0; separate < 2; separate++) {
        siamese_trainer_options const options = memory_options();
        siamese_trainer *const t = small_trainer(&world, &options, separate);
        siamese_trainer *const whole =
            small_trainer(&world, &options, separate);
        siamese_status status;
        long at = 0;
        assert_int_equal(
            siamese_trainer_set_validation(whole, &world.pairs, NULL), 0);
        do {
            fail_after(at++);
            status = siamese_trainer_set_validation(t, &world.pairs, NULL);
            long const failed = failures;
            fail_after(-1);
            assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        } while (status != SIAMESE_OK);
        fit_without_memory(t);
        assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
        assert_same_weights(t, whole);
        siamese_trainer_free(t);
        siamese_trainer_free(whole);
    }
}

static void trainer_memory__a_source_goes_on_to_the_same_bits(void **state)
{
    siamese_trainer_options options = memory_options();
    paired_source from = {.pairs = world.pairs, .batch = 70, .fail_at = -1};
    siamese_source const source = source_of(&from);
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *t = NULL, *whole = NULL;
    siamese_pairs items = world.pairs;
    (void)state;
    options.metrics = SIAMESE_METRICS_NONE;
    options.mined_negatives = 0;
    options.logq = SIAMESE_LOGQ_STREAMING;
    from.pairs.negatives = world.items + 7;
    from.pairs.negative_offsets = world.offsets;
    items.queries = NULL;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_create(&whole, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_items(t, &items), 0);
    assert_int_equal(siamese_trainer_add_items(whole, &items), 0);
    assert_int_equal(siamese_trainer_add_pairs(whole, &from.pairs), 0);
    assert_int_equal(siamese_trainer_set_source(t, &source), 0);
    fit_without_memory(t);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    assert_same_weights(t, whole);
    siamese_trainer_free(t);
    siamese_trainer_free(whole);
    siamese_tower_free(tower);
}

static void trainer_memory__steps_happen_whole_or_not(void **state)
{
    siamese_trainer_options const options = memory_options();
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    siamese_trainer *const whole = small_trainer(&world, &options, 1);
    size_t rows[40];
    siamese_status status;
    long at = 0;
    (void)state;
    for (size_t i = 0; i < 40; i++) rows[i] = 7 * i;
    do {
        fail_after(at++);
        status = siamese_trainer_step(t, rows, 40, NULL);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
    } while (status != SIAMESE_OK);
    assert_int_equal(siamese_trainer_step(whole, rows, 40, NULL), 0);
    assert_same_weights(t, whole);
    siamese_trainer_free(t);
    siamese_trainer_free(whole);
}

static void trainer_memory__evaluate_and_snapshot(void **state)
{
    siamese_trainer_options const options = memory_options();
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    size_t const ks[] = {1, 10};
    double accuracy[2];
    siamese_status status;
    long at = 0;
    (void)state;
    do {
        siamese_tower *query = NULL, *item = NULL;
        fail_after(at++);
        status =
            siamese_trainer_evaluate(t, &world.pairs, NULL, ks, 2, accuracy, 2);
        if (status == SIAMESE_OK)
            status = siamese_trainer_snapshot(t, &query, &item);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        siamese_tower_free(query);
        siamese_tower_free(item);
    } while (status != SIAMESE_OK);
    assert_int_equal(siamese_trainer_set_option(t, "threads", "2"), 0);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_memory__create_fails_whole),
        cmocka_unit_test(trainer_memory__pairs_are_added_whole),
        cmocka_unit_test(trainer_memory__fit_goes_on_to_the_same_bits),
        cmocka_unit_test(trainer_memory__a_source_goes_on_to_the_same_bits),
        cmocka_unit_test(trainer_memory__steps_happen_whole_or_not),
        cmocka_unit_test(trainer_memory__evaluate_and_snapshot),
    };
    return cmocka_run_group_tests_name("trainer_memory", tests, setup,
                                       teardown);
}
