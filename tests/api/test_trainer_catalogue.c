/* Self-supervision and the counts of steps, through the public API. */
#include "slow_machine.h"
#include "small_world.h"

static siamese_trainer_options catalogue_options(int32_t threads)
{
    siamese_trainer_options options = small_options(threads);
    options.self_supervision = 2;
    options.shuffle_buffer = 1000000;
    options.cache = 0;
    options.remove_accidental_hits = 1;
    options.mask_same_query = 1;
    options.epochs = 4;
    return options;
}

/* The first `count` items, by their texts. */
static void add_items(siamese_trainer *t, size_t count)
{
    siamese_pairs items = world.pairs;
    items.queries = NULL;
    items.query_fields = 0;
    items.count = count;
    assert_int_equal(siamese_trainer_add_items(t, &items), 0);
}

static siamese_trainer *catalogue_trainer(const siamese_trainer_options *o,
                                          int separate)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = separate ? small_tower(&world, 2) : query;
    assert_int_equal(siamese_trainer_create(&t, query, item, o), 0);
    add_items(t, SMALL_PAIRS);
    siamese_tower_free(query);
    if (separate) siamese_tower_free(item);
    return t;
}

static siamese_progress progress_of(const siamese_trainer *t)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    return p;
}

/* Share of items that are among the first 5 for the last words of theirs. */
static double found(siamese_trainer *t)
{
    siamese_text queries[SMALL_PAIRS];
    siamese_pairs pairs = world.pairs;
    size_t const k = 5;
    double accuracy;
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        const char *const comma = strchr(world.item_bytes[i], ',');
        queries[i] = (siamese_text){comma, strlen(comma)};
    }
    pairs.queries = queries;
    assert_int_equal(
        siamese_trainer_evaluate(t, &pairs,
                                 &(siamese_pairs){.struct_size = sizeof pairs,
                                                  .items = world.items,
                                                  .item_fields = 1,
                                                  .count = SMALL_PAIRS},
                                 &k, 1, &accuracy, 1),
        0);
    return accuracy;
}

static void trainer_catalogue__learns_without_pairs(void **state)
{
    siamese_trainer_options options = catalogue_options(2);
    (void)state;
    options.epochs = 20;
    options.temperature = 0.3;
    for (int separate = 0; separate < (is_slow_machine() ? 1 : 2); separate++) {
        siamese_trainer *const t = catalogue_trainer(&options, separate);
        double const before = found(t);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_progress const p = progress_of(t);
        double const after = found(t);
        assert_true(after > 2 * before);
        assert_int_equal(p.epoch, 20);
        assert_int_equal(p.topk_known, 0);
        siamese_trainer_free(t);
    }
}

static void trainer_catalogue__progress_counts_all(void **state)
{
    siamese_trainer_options options = catalogue_options(1);
    (void)state;
    options.epochs = 1;
    options.metrics = SIAMESE_METRICS_STEP;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const p = progress_of(t);
    /* equal texts are one item */
    size_t items = 0;
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        size_t j = 0;
        while (strcmp(world.item_bytes[j], world.item_bytes[i]) != 0) j++;
        items += j == i;
    }
    assert_int_equal(p.pairs, SMALL_PAIRS + 2 * items);
    assert_int_equal(p.epoch_steps, (p.pairs + 63) / 64);
    assert_int_equal(p.step, p.epoch_steps);
    assert_int_equal(p.topk_known, 1); /* of the given pairs */
    siamese_trainer_free(t);
}

static void trainer_catalogue__same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    siamese_trainer *trainers[3];
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        siamese_trainer_options options = catalogue_options(threads[i]);
        options.self_supervision = 0.75;
        options.mined_negatives = 2;
        options.mine_from = 0.4;
        trainers[i] = small_trainer(&world, &options, 1);
        add_items(trainers[i], SMALL_PAIRS);
        assert_int_equal(siamese_trainer_fit(trainers[i], NULL, NULL), 0);
        if (i > 0) assert_same_weights(trainers[0], trainers[i]);
    }
    for (size_t i = 0; i < 3; i++) siamese_trainer_free(trainers[i]);
}

/* Without fragments' weight nothing of them is learned but their columns. */
static void trainer_catalogue__weight_counts(void **state)
{
    siamese_trainer_options options = catalogue_options(1);
    (void)state;
    options.fragment_weight = 0;
    options.optimizer = SIAMESE_OPTIMIZER_SGD;
    siamese_trainer *const t = catalogue_trainer(&options, 0);
    siamese_trainer *const still = catalogue_trainer(&options, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_same_weights(t, still);
    assert_true(progress_of(t).loss_mean == 0);
    siamese_trainer_free(t);
    siamese_trainer_free(still);
}

static void trainer_catalogue__refusals(void **state)
{
    siamese_trainer_options options = catalogue_options(1);
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *t = NULL;
    (void)state;
    options.fragment_min = 6;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options),
                     SIAMESE_E_OPTION);
    options.fragment_min = 1;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
    add_items(t, 10);
    /* a validation wants candidates, and there are no pairs to take them
     * from */
    assert_int_equal(siamese_trainer_set_validation(t, &world.pairs, NULL), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
    siamese_pairs candidates = world.pairs;
    candidates.queries = NULL;
    assert_int_equal(
        siamese_trainer_set_validation(t, &world.pairs, &candidates), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
    siamese_tower_free(tower);
}

static int32_t stop_at(void *user, const siamese_progress *p)
{
    return p->step == *(const uint64_t *)user;
}

/* Mined negatives come after mine_from, and then they count. */
static void trainer_catalogue__mines_late_in_training(void **state)
{
    siamese_trainer_options options = small_options(2), plain = options;
    (void)state;
    options.epochs = plain.epochs = 4;
    options.mined_negatives = 2;
    options.mine_first = 2;
    options.mine_from = 0.5;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *const other = small_trainer(&world, &plain, 0);
    for (size_t epoch = 0; epoch < 2; epoch++) {
        uint64_t at = 5 * (epoch + 1);
        assert_int_equal(siamese_trainer_fit(t, stop_at, &at),
                         SIAMESE_E_CANCELLED);
        assert_int_equal(siamese_trainer_fit(other, stop_at, &at),
                         SIAMESE_E_CANCELLED);
        assert_same_weights(t, other);
    }
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(other, NULL, NULL), 0);
    assert_true(progress_of(t).loss_mean > progress_of(other).loss_mean);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
}

/* ---- steps ---- */

static void trainer_catalogue__min_steps_add_epochs(void **state)
{
    siamese_trainer_options options = small_options(1), more = options;
    (void)state;
    options.epochs = 2;
    options.min_steps = 21; /* five epochs of five steps */
    options.schedule = SIAMESE_SCHEDULE_LINEAR;
    more.epochs = 5;
    more.schedule = SIAMESE_SCHEDULE_LINEAR;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *const other = small_trainer(&world, &more, 0);
    assert_int_equal(progress_of(t).epochs, 5);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(other, NULL, NULL), 0);
    assert_int_equal(progress_of(t).step, 25);
    assert_same_weights(t, other);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
}

static void trainer_catalogue__max_steps_end_training(void **state)
{
    siamese_trainer_options options = small_options(1), other_options;
    uint64_t seven = 7;
    (void)state;
    options.epochs = 3;
    options.max_steps = 7;
    options.metrics = SIAMESE_METRICS_NONE;
    options.schedule = SIAMESE_SCHEDULE_LINEAR;
    other_options = options;
    other_options.max_steps = 0;
    other_options.schedule_steps = 7;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *const other = small_trainer(&world, &other_options, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress p = progress_of(t);
    assert_int_equal(p.step, 7);
    assert_int_equal(p.epoch, 1);
    assert_int_equal(p.epoch_step, 2);
    assert_int_equal(siamese_trainer_fit(other, stop_at, &seven),
                     SIAMESE_E_CANCELLED);
    assert_same_weights(t, other);
    /* nothing is left of it, and it goes on from there */
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(progress_of(t).step, 7);
    assert_int_equal(siamese_trainer_set_option(t, "max_steps", "0"), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    p = progress_of(t);
    assert_int_equal(p.step, 15);
    assert_int_equal(p.epoch, 3);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
}

static void trainer_catalogue__batch_0_goes_by_the_pairs(void **state)
{
    siamese_trainer_options options = small_options(1);
    (void)state;
    options.batch_size = 0;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    assert_int_equal(progress_of(t).epoch_steps, 3); /* of 128 */
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(progress_of(t).step, 3);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_catalogue__learns_without_pairs),
        cmocka_unit_test(trainer_catalogue__progress_counts_all),
        cmocka_unit_test(trainer_catalogue__same_bits_for_any_threads),
        cmocka_unit_test(trainer_catalogue__weight_counts),
        cmocka_unit_test(trainer_catalogue__refusals),
        cmocka_unit_test(trainer_catalogue__mines_late_in_training),
        cmocka_unit_test(trainer_catalogue__min_steps_add_epochs),
        cmocka_unit_test(trainer_catalogue__max_steps_end_training),
        cmocka_unit_test(trainer_catalogue__batch_0_goes_by_the_pairs),
    };
    return cmocka_run_group_tests_name("trainer_catalogue", tests, setup,
                                       teardown);
}
