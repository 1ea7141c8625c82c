/* A run with every kind of state, stopped after each of its steps, written, read
 * and given its pairs again: it ends with the bits of one that never stopped. */
#include "unit/saved_trainer.h"

/* What version 2 adds to a section without more options, and what follows the
 * frequencies of logq=streaming. */
enum { ADDED_BYTES = 8, AFTER_FREQUENCIES = 0 };

static small_pairs world;

static int setup(void **state)
{
    (void)state;
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* ---- what a host gives a trainer, again after each load ---- */

static void give(siamese_trainer *t)
{
    siamese_pairs pairs = world.pairs, items = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.negatives = world.items + 7;
    pairs.negative_offsets = world.offsets;
    items.queries = NULL;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), 0);
    assert_int_equal(siamese_trainer_add_items(t, &items), 0);
}

static siamese_trainer *new_trainer(const siamese_trainer_options *options,
                                    int separate)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    assert_int_equal(siamese_trainer_create(
                         &t, query, separate ? item : query, options),
                     0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    give(t);
    return t;
}

static siamese_trainer_options resume_options(void)
{
    siamese_trainer_options options = small_options(2);
    options.epochs = 3;
    options.cache = 0;
    options.remove_accidental_hits = 1;
    options.mask_same_query = 1;
    options.symmetric = 1;
    options.random_negatives = 20;
    options.metrics = SIAMESE_METRICS_NONE;
    return options;
}

/* Stopped at every call of progress of each step; back with the whole run. */
static void stop_and_go(const siamese_trainer_options *options, int separate)
{
    siamese_trainer *const whole = new_trainer(options, separate);
    siamese_trainer *t = new_trainer(options, separate);
    siamese_progress end = {.struct_size = sizeof end}, now = end;
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    siamese_trainer_get_progress(whole, &end);
    for (uint64_t step = 1; step <= end.step; step++) {
        uint64_t at = step;
        saved s;
        sm_status const status = siamese_trainer_fit(t, stop_at, &at);
        assert_true(status == SIAMESE_E_CANCELLED || step == end.step);
        save(t, &s);
        siamese_trainer_free(t);
        assert_int_equal(load(&s, step % 2 ? 1 : 2, &t), 0);
        give(t);
        drop(&s);
    }
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_get_progress(t, &now);
    assert_int_equal(now.step, end.step);
    assert_same_weights(whole, t);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void trainer_resume__with_each_logq(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.logq_buckets = 50; /* with collisions */
    for (int32_t logq = 0; logq <= SIAMESE_LOGQ_STREAMING; logq++) {
        options.logq = logq;
        stop_and_go(&options, logq % 2);
    }
}

static void trainer_resume__with_hinge_and_hard_negatives(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.loss = SIAMESE_LOSS_HINGE;
    options.margin = 0.2;
    options.hard_negatives = 3;
    options.reduction = SIAMESE_REDUCTION_MEAN;
    stop_and_go(&options, 1);
}

static void trainer_resume__other_catalogues_are_seen(void **state)
{
    siamese_trainer_options const options = resume_options();
    siamese_trainer *const t = new_trainer(&options, 0);
    siamese_trainer *other;
    siamese_pairs items = world.pairs;
    uint64_t at = 2;
    saved s;
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at),
                     SIAMESE_E_CANCELLED);
    save(t, &s);
    for (size_t fewer = 0; fewer < 2; fewer++) {
        assert_int_equal(load(&s, 1, &other), 0);
        siamese_pairs pairs = world.pairs;
        pairs.item_ids = world.item_ids;
        pairs.negatives = world.items + 7;
        pairs.negative_offsets = world.offsets;
        assert_int_equal(siamese_trainer_add_pairs(other, &pairs), 0);
        items.queries = NULL;
        items.count = SMALL_PAIRS - fewer;
        assert_int_equal(siamese_trainer_add_items(other, &items), 0);
        assert_int_equal(siamese_trainer_fit(other, NULL, NULL),
                         fewer ? SIAMESE_E_STATE : SIAMESE_OK);
        siamese_trainer_free(other);
    }
    drop(&s);
    siamese_trainer_free(t);
}

/* A section of version 1 ends with the moments. */
static void trainer_resume__reads_version_1(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    saved s;
    (void)state;
    save(t, &s);
    assert_int_equal(load(&s, 1, &other), 0);
    siamese_trainer_free(other);
    s.version = 1;
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    s.state.size -= ADDED_BYTES;
    assert_int_equal(load(&s, 1, &other), 0);
    assert_same_weights(t, other);
    siamese_trainer_free(other);
    drop(&s);
    siamese_trainer_free(t);
}

/* Frequencies of steps that were not yet, or gaps that are none. */
static void trainer_resume__odd_frequencies_are_refused(void **state)
{
    siamese_trainer_options options = resume_options();
    float const gap = -1;
    saved s;
    (void)state;
    options.logq = SIAMESE_LOGQ_STREAMING;
    options.logq_buckets = 50;
    siamese_trainer *const t = new_trainer(&options, 0);
    siamese_trainer *other;
    save(t, &s);
    memcpy(s.state.bytes + s.state.size - AFTER_FREQUENCIES - sizeof gap, &gap,
           sizeof gap);
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "frequency 99"));
    drop(&s);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_resume__with_each_logq),
        cmocka_unit_test(trainer_resume__with_hinge_and_hard_negatives),
        cmocka_unit_test(trainer_resume__other_catalogues_are_seen),
        cmocka_unit_test(trainer_resume__reads_version_1),
        cmocka_unit_test(trainer_resume__odd_frequencies_are_refused),
    };
    return cmocka_run_group_tests_name("trainer_resume", tests, setup,
                                       teardown);
}
