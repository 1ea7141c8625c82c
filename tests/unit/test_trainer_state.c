/* A trainer's state: a run that is stopped at any step, written, read and given
 * its pairs again goes on bit for bit; what no training left is refused. */
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "unit/saved_trainer.h"

#include "small_world.h"

static siamese_trainer_options state_options(void)
{
    siamese_trainer_options options = small_options(2);
    options.epochs = 3;
    options.cache = 0;
    options.seed = 42;
    options.beta2 = 0.99;
    options.temperature = 0.7;
    return options;
}

/* ---- going on ---- */

static void trainer_state__goes_on_bit_for_bit(void **state)
{
    siamese_trainer_options const options = state_options();
    (void)state;
    for (int separate = 0; separate < 2; separate++) {
        siamese_trainer *const whole =
            small_trainer(&world, &options, separate);
        siamese_trainer *t = small_trainer(&world, &options, separate);
        assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
        /* stopped and carried over after every one of its 15 steps */
        for (uint64_t step = 1; step <= 15; step++) {
            saved s;
            uint64_t at = step;
            siamese_progress before = {.struct_size = sizeof before}, after;
            assert_int_equal(siamese_trainer_fit(t, stop_at, &at),
                             SIAMESE_E_CANCELLED);
            siamese_trainer_get_progress(t, &before);
            save(t, &s);
            siamese_trainer_free(t);
            assert_int_equal(load(&s, step % 2 ? 1 : 2, &t), 0);
            after = (siamese_progress){.struct_size = sizeof after};
            siamese_trainer_get_progress(t, &after);
            assert_int_equal(after.step, step);
            assert_int_equal(after.epoch, before.epoch);
            assert_int_equal(after.epoch_step, before.epoch_step);
            assert_true(after.loss_mean == before.loss_mean);
            assert_true(after.loss_batch_sum == before.loss_batch_sum);
            assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
            drop(&s);
        }
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_same_weights(whole, t);
        siamese_progress a = {.struct_size = sizeof a}, b = a;
        siamese_trainer_get_progress(whole, &a);
        siamese_trainer_get_progress(t, &b);
        assert_true(a.loss_mean == b.loss_mean);
        assert_memory_equal(a.topk, b.topk, sizeof a.topk);
        siamese_trainer_free(whole);
        siamese_trainer_free(t);
    }
}

static void trainer_state__keeps_step_metrics(void **state)
{
    siamese_trainer_options options = state_options();
    siamese_progress a = {.struct_size = sizeof a}, b = a;
    siamese_trainer *other;
    uint64_t at = 3;
    saved s;
    (void)state;
    options.epochs = 1;
    options.metrics = SIAMESE_METRICS_STEP;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &s);
    assert_int_equal(load(&s, 1, &other), 0);
    assert_int_equal(siamese_trainer_add_pairs(other, &world.pairs), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(other, NULL, NULL), 0);
    siamese_trainer_get_progress(t, &a);
    siamese_trainer_get_progress(other, &b);
    assert_true(a.topk_known && b.topk_known);
    assert_memory_equal(a.topk, b.topk, sizeof a.topk);
    drop(&s);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
}

static void trainer_state__keeps_every_option(void **state)
{
    siamese_trainer_options options = state_options(), read = options;
    siamese_trainer *other;
    saved s;
    (void)state;
    options.batch_size = 33;
    options.shuffle_buffer = 7;
    options.hard_negatives = 9;
    options.learning_rate = 0.1 + 0.2;
    options.beta1 = 0.85;
    options.epsilon = 1.0 / 3;
    options.remove_accidental_hits = 1;
    options.metrics = SIAMESE_METRICS_NONE;
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    options.loss = SIAMESE_LOSS_HINGE;
    options.reduction = SIAMESE_REDUCTION_MEAN;
    options.symmetric = 1;
    options.mask_same_query = 1;
    options.margin = 0.3;
    options.random_negatives = 3;
    options.logq = SIAMESE_LOGQ_STREAMING;
    options.logq_buckets = 100;
    options.logq_rate = 0.125;
    options.monitor = SIAMESE_MONITOR_TOP_50;
    options.restore_best = 0;
    options.validate_every = 17;
    options.patience = 4;
    options.topk_match = SIAMESE_TOPK_MATCH_ID;
    options.self_supervision = 1.5;
    options.fragment_min = 2;
    options.fragment_max = 3;
    options.fragment_contiguous = 0.25;
    options.fragment_weight = 0.75;
    options.min_steps = 90;
    options.mined_negatives = 2;
    options.mine_first = 3;
    options.mine_last = 9;
    options.mine_from = 0.5;
    options.mine_below = 0.9;
    options.word_sums = 1;
    options.matmul_precision = SIAMESE_MATMUL_PRECISION_BFLOAT16;
    options.max_steps = 900;
    options.min_delta = 0.01;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    save(t, &s);
    assert_int_equal(load(&s, 5, &other), 0);
    assert_int_equal(siamese_trainer_get_options(other, &read), 0);
    options.threads = 5;
    siamese_option_info info = {.struct_size = sizeof info};
    for (size_t i = 0; siamese_trainer_options_describe(i, &info) == 0; i++) {
        char wrote[64], got[64];
        siamese_trainer_options_get(&options, info.name, wrote, 64, NULL);
        siamese_trainer_options_get(&read, info.name, got, 64, NULL);
        assert_string_equal(wrote, got);
    }
    drop(&s);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
}

/* ---- other pairs ---- */

static void trainer_state__other_pairs_wait_for_the_epochs_end(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_pairs fewer = world.pairs;
    (void)state;
    fewer.count = 200;
    for (uint64_t at = 4; at <= 5; at++) {
        siamese_trainer *other;
        saved s;
        siamese_trainer *const t = small_trainer(&world, &options, 0);
        uint64_t step = at;
        assert_int_equal(siamese_trainer_fit(t, stop_at, &step),
                         SIAMESE_E_CANCELLED);
        if (at == 5) {
            /* to the very end of the epoch: its evaluation is done */
            uint64_t next = 6;
            assert_int_equal(siamese_trainer_set_option(t, "epochs", "1"), 0);
            assert_int_equal(siamese_trainer_fit(t, stop_at, &next), 0);
            assert_int_equal(siamese_trainer_set_option(t, "epochs", "2"), 0);
        }
        save(t, &s);
        assert_int_equal(load(&s, 1, &other), 0);
        assert_int_equal(siamese_trainer_fit(other, NULL, NULL),
                         SIAMESE_E_STATE);
        assert_int_equal(siamese_trainer_add_pairs(other, &fewer), 0);
        assert_int_equal(siamese_trainer_fit(other, NULL, NULL),
                         at == 4 ? SIAMESE_E_STATE : SIAMESE_OK);
        drop(&s);
        siamese_trainer_free(t);
        siamese_trainer_free(other);
    }
}

static void trainer_state__same_count_of_other_pairs_is_seen(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    uint64_t at = 2;
    saved s;
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &s);
    for (int change = 0; change < 4; change++) {
        siamese_pairs pairs = world.pairs;
        siamese_text queries[SMALL_PAIRS];
        siamese_trainer *other;
        memcpy(queries, world.queries, sizeof queries);
        pairs.queries = queries;
        if (change == 0) queries[123].size--;
        if (change == 1) pairs.weights = world.weights;
        if (change == 2) pairs.item_probabilities = world.probabilities;
        if (change == 3) pairs.item_ids = world.item_ids;
        assert_int_equal(load(&s, 1, &other), 0);
        assert_int_equal(siamese_trainer_add_pairs(other, &pairs), 0);
        assert_int_equal(siamese_trainer_fit(other, NULL, NULL),
                         SIAMESE_E_STATE);
        siamese_trainer_free(other);
    }
    drop(&s);
    siamese_trainer_free(t);
}

/* ---- while it trains ---- */

static int32_t save_each(void *user, const siamese_progress *p)
{
    siamese_trainer *const t = user;
    siamese_trainer *copy;
    saved s;
    save(t, &s);
    assert_int_equal(load(&s, 1, &copy), 0);
    siamese_progress own = {.struct_size = sizeof own};
    siamese_trainer_get_progress(copy, &own);
    assert_int_equal(own.step, p->step);
    assert_same_weights(t, copy);
    siamese_trainer_free(copy);
    drop(&s);
    return 0;
}

static void trainer_state__is_saved_from_the_callback(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, save_each, t), 0);
    siamese_trainer_free(t);
}

static void *fit_main(void *argument)
{
    siamese_trainer_fit(argument, NULL, NULL);
    return NULL;
}

/* Weights and counters of one moment: a copy goes on to the same end. */
static void trainer_state__is_saved_from_another_thread(void **state)
{
    siamese_trainer_options options = state_options();
    pthread_t thread;
    (void)state;
    options.epochs = 60;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *copies[3];
    assert_int_equal(pthread_create(&thread, NULL, fit_main, t), 0);
    for (size_t i = 0; i < 3; i++) {
        struct timespec const nap = {0, 5000000};
        saved s;
        nanosleep(&nap, NULL);
        save(t, &s);
        assert_int_equal(load(&s, 1, &copies[i]), 0);
        drop(&s);
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(siamese_trainer_add_pairs(copies[i], &world.pairs), 0);
        assert_int_equal(siamese_trainer_fit(copies[i], NULL, NULL), 0);
        assert_same_weights(t, copies[i]);
        siamese_trainer_free(copies[i]);
    }
    siamese_trainer_free(t);
}

/* ---- damage ---- */

/* Cut anywhere or with any bit turned it is refused or read, never worse. */
static void trainer_state__damage_is_found_or_harmless(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    uint64_t at = 2;
    size_t refused = 0;
    saved s;
    (void)state;
    siamese_trainer_fit(t, stop_at, &at);
    save(t, &s);
    size_t const size = s.state.size;
    for (size_t cut = 0; cut < size; cut += cut < 1000 ? 1 : 997) {
        s.state.size = cut;
        assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
        assert_null(other);
    }
    s.state.size = size;
    for (size_t bit = 0; bit < 8 * 900; bit += 3) {
        s.state.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        sm_status const status = load(&s, 1, &other);
        refused += status != SIAMESE_OK;
        if (status == SIAMESE_OK) siamese_trainer_free(other);
        s.state.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    assert_true(refused > 500);
    drop(&s);
    siamese_trainer_free(t);
}

static void trainer_state__moments_must_be_numbers(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    float const nan = NAN;
    saved s;
    (void)state;
    save(t, &s);
    /* the last number before what versions 2 and 3 add */
    memcpy(s.state.bytes + s.state.size - 24 - sizeof nan, &nan, sizeof nan);
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "bw_bias"));
    drop(&s);
    siamese_trainer_free(t);
}

static uint64_t number_at(const unsigned char *bytes)
{
    uint64_t number;
    memcpy(&number, bytes, sizeof number);
    return number;
}

/* Steps behind the options, by docs/format.md: Adam divides by what the next
 * step's number makes, which must not be 0 after an overflow. */
static void trainer_state__steps_are_a_number_to_count_on(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    size_t const row = 0;
    saved s;
    (void)state;
    assert_int_equal(siamese_trainer_step(t, &row, 1, NULL), 0);
    save(t, &s);
    unsigned char *at = s.state.bytes + 8;
    for (uint64_t texts = 2 * number_at(s.state.bytes); texts > 0; texts--)
        at += 8 + number_at(at);
    at += 8; /* whether the towers are shared */
    assert_int_equal(number_at(at), 1);
    memset(at, 0xff, 8);
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "steps"));
    drop(&s);
    siamese_trainer_free(t);
}

/* Shared towers are not read as separate ones, nor the other way round. */
static void trainer_state__sharing_must_agree(void **state)
{
    siamese_trainer_options const options = state_options();
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    saved s;
    (void)state;
    save(t, &s);
    siamese_tower_free(s.item);
    s.item = small_tower(&world, 5);
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    drop(&s);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_state__goes_on_bit_for_bit),
        cmocka_unit_test(trainer_state__keeps_step_metrics),
        cmocka_unit_test(trainer_state__keeps_every_option),
        cmocka_unit_test(trainer_state__other_pairs_wait_for_the_epochs_end),
        cmocka_unit_test(trainer_state__same_count_of_other_pairs_is_seen),
        cmocka_unit_test(trainer_state__is_saved_from_the_callback),
        cmocka_unit_test(trainer_state__is_saved_from_another_thread),
        cmocka_unit_test(trainer_state__damage_is_found_or_harmless),
        cmocka_unit_test(trainer_state__moments_must_be_numbers),
        cmocka_unit_test(trainer_state__steps_are_a_number_to_count_on),
        cmocka_unit_test(trainer_state__sharing_must_agree),
    };
    return cmocka_run_group_tests_name("trainer_state", tests, setup, teardown);
}
