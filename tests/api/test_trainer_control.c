/* Training under way: progress, cancel, snapshots from other threads, calls
 * from the callback, and the same bits however it is run. */
#include <math.h>
#include <pthread.h>
#include <time.h>

#include "small_world.h"

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* What a callback saw and what it is to do. */
typedef struct listener {
    siamese_trainer *trainer;
    size_t calls, train_calls, epoch_ends;
    siamese_progress last;
    uint64_t stop_at;   /* step after which it says no; 0: never */
    uint64_t cancel_at; /* step after which it calls cancel */
} listener;

static int32_t listen(void *user, const siamese_progress *p)
{
    listener *const l = user;
    l->calls++;
    assert_int_equal(p->struct_size, sizeof *p);
    assert_true(p->stage_done >= 0 && p->stage_done <= 1);
    assert_true(p->epoch_step <= p->epoch_steps);
    assert_true(p->step >= l->last.step);
    l->epoch_ends += p->epoch > l->last.epoch;
    l->train_calls += p->step > l->last.step;
    l->last = *p;
    if (l->cancel_at && p->step == l->cancel_at)
        assert_int_equal(siamese_trainer_cancel(l->trainer), 0);
    return l->stop_at && p->step == l->stop_at;
}

static void trainer_control__progress_comes_after_each_step(void **state)
{
    siamese_trainer_options options = small_options(2);
    listener l = {0};
    (void)state;
    options.epochs = 3;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    l.trainer = t;
    assert_int_equal(siamese_trainer_fit(t, listen, &l), 0);
    assert_int_equal(l.train_calls, 15);
    assert_int_equal(l.epoch_ends, 3);
    assert_int_equal(l.last.epoch, 3);
    assert_int_equal(l.last.epoch_step, 5);
    assert_int_equal(l.last.pairs, SMALL_PAIRS);
    assert_true(l.last.topk_known);
    assert_true(l.last.seconds > 0 && l.last.pairs_per_second > 0);
    assert_float_equal(l.last.seconds_left, 0, 1e-3);
    /* the last batch of an epoch is the remainder: 300 - 4 * 64 */
    assert_true(l.last.loss_batch_sum < 44 * log(44) * 1.05);
    siamese_trainer_free(t);
}

/* The epoch's mean is over pairs, and equals the steps' sums. */
static void trainer_control__loss_is_a_mean_over_pairs(void **state)
{
    siamese_trainer_options options = small_options(1);
    double sum = 0;
    (void)state;
    options.shuffle_buffer = 0;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const fit = small_trainer(&world, &options, 0);
    siamese_trainer *const steps = small_trainer(&world, &options, 0);
    listener l = {.trainer = fit};
    assert_int_equal(siamese_trainer_fit(fit, listen, &l), 0);
    for (size_t first = 0; first < SMALL_PAIRS; first += 64) {
        size_t rows[64], count = 0;
        siamese_step step = {.struct_size = sizeof step};
        while (count < 64 && first + count < SMALL_PAIRS) {
            rows[count] = first + count;
            count++;
        }
        assert_int_equal(siamese_trainer_step(steps, rows, count, &step), 0);
        sum += step.loss_sum;
    }
    assert_true(l.last.loss_mean == sum / SMALL_PAIRS);
    assert_same_weights(fit, steps);
    siamese_trainer_free(fit);
    siamese_trainer_free(steps);
}

static void trainer_control__same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    (void)state;
    for (int separate = 0; separate < 2; separate++) {
        siamese_trainer *trainers[3];
        for (size_t i = 0; i < 3; i++) {
            siamese_trainer_options options = small_options(threads[i]);
            options.epochs = 4;
            options.batch_size = 150; /* several blocks of the loss */
            trainers[i] = small_trainer(&world, &options, separate);
            assert_int_equal(siamese_trainer_fit(trainers[i], NULL, NULL), 0);
        }
        assert_same_weights(trainers[0], trainers[1]);
        assert_same_weights(trainers[0], trainers[2]);
        for (size_t i = 0; i < 3; i++) siamese_trainer_free(trainers[i]);
    }
}

static void trainer_control__every_loss_option_same_bits(void **state)
{
    siamese_pairs pairs = world.pairs;
    siamese_trainer *trainers[2];
    (void)state;
    pairs.item_ids = world.item_ids;
    pairs.weights = world.weights;
    pairs.item_probabilities = world.probabilities;
    for (size_t i = 0; i < 2; i++) {
        siamese_trainer_options options = small_options(i ? 7 : 1);
        siamese_tower *const tower = small_tower(&world, 1);
        options.temperature = 0.3;
        options.remove_accidental_hits = 1;
        options.hard_negatives = 11;
        options.cache = 0;
        options.epochs = 3;
        assert_int_equal(
            siamese_trainer_create(&trainers[i], tower, tower, &options), 0);
        assert_int_equal(siamese_trainer_add_pairs(trainers[i], &pairs), 0);
        assert_int_equal(siamese_trainer_fit(trainers[i], NULL, NULL), 0);
        siamese_tower_free(tower);
    }
    assert_same_weights(trainers[0], trainers[1]);
    siamese_trainer_free(trainers[0]);
    siamese_trainer_free(trainers[1]);
}

/* cache: the second epoch has the first one's batches; without, others. */
static void trainer_control__cache_repeats_the_batches(void **state)
{
    (void)state;
    for (int32_t cache = 0; cache < 2; cache++) {
        siamese_trainer_options options = small_options(1);
        double sums[2][5];
        options.cache = cache;
        options.epochs = 2;
        options.learning_rate = 1e-12; /* the loss tells the batch */
        options.metrics = SIAMESE_METRICS_NONE;
        siamese_trainer *const t = small_trainer(&world, &options, 0);
        for (size_t step = 1; step <= 10; step++) {
            listener l = {.trainer = t, .stop_at = step};
            assert_int_equal(siamese_trainer_fit(t, listen, &l),
                             SIAMESE_E_CANCELLED);
            sums[(step - 1) / 5][(step - 1) % 5] = l.last.loss_batch_sum;
        }
        for (size_t i = 0; i < 4; i++) {
            if (cache)
                assert_float_equal(sums[0][i], sums[1][i], 1e-4);
            else
                assert_true(fabs(sums[0][i] - sums[1][i]) > 1e-4);
        }
        siamese_trainer_free(t);
    }
}

static void trainer_control__goes_on_after_a_cancel(void **state)
{
    siamese_trainer_options options = small_options(2);
    (void)state;
    options.epochs = 3;
    siamese_trainer *const whole = small_trainer(&world, &options, 0);
    siamese_trainer *const parts = small_trainer(&world, &options, 0);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    for (uint64_t at = 1; at <= 14; at++) {
        listener no = {.trainer = parts, .stop_at = at};
        listener cancel = {.trainer = parts, .cancel_at = at};
        assert_int_equal(
            siamese_trainer_fit(parts, listen, at % 2 ? &no : &cancel),
            SIAMESE_E_CANCELLED);
        siamese_progress p = {.struct_size = sizeof p};
        assert_int_equal(siamese_trainer_get_progress(parts, &p), 0);
        assert_int_equal(p.step, at);
    }
    assert_int_equal(siamese_trainer_fit(parts, NULL, NULL), 0);
    assert_same_weights(whole, parts);
    siamese_trainer_free(whole);
    siamese_trainer_free(parts);
}

/* A cancel before a run ends it before its first step, once; other calls leave
 * it waiting. */
static void trainer_control__early_cancel_waits_for_the_run(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    size_t const rows[] = {1, 2}, ks[] = {1};
    double accuracy;
    listener l = {.trainer = t};
    (void)state;
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(siamese_trainer_step(t, rows, 2, NULL),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_trainer_step(t, rows, 2, NULL), 0);
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 1, &accuracy, 1),
        SIAMESE_E_CANCELLED);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 1, &accuracy, 1), 0);
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
    assert_int_equal(siamese_trainer_set_option(t, "threads", "2"), 0);
    assert_int_equal(siamese_trainer_fit(t, listen, &l), SIAMESE_E_CANCELLED);
    assert_int_equal(l.calls, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    /* also where nothing is left to do */
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
}

/* Which a host says where it decides upon a run; not in one. */
static int32_t try_to_forget(void *user, const siamese_progress *p)
{
    (void)p;
    assert_int_equal(siamese_trainer_cancel(user), 0);
    assert_int_equal(siamese_trainer_forget_cancel(user), SIAMESE_E_STATE);
    return 0;
}

static void trainer_control__a_stale_cancel_can_be_forgotten(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    (void)state;
    assert_int_equal(siamese_trainer_forget_cancel(NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(siamese_trainer_forget_cancel(t), 0);
    assert_int_equal(siamese_trainer_fit(t, try_to_forget, t),
                     SIAMESE_E_CANCELLED);
    /* the run took its cancel with it */
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
}

/* Calls of other handles from a cancelled run's callback are not its own. */
static int32_t encode_elsewhere(void *user, const siamese_progress *p)
{
    siamese_trainer *const t = user;
    siamese_tower *const tower = small_tower(&world, 3);
    float out[SMALL_PAIRS * 32];
    (void)p;
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(siamese_tower_encode(tower, world.queries, SMALL_PAIRS, 1,
                                          out, SMALL_PAIRS * 32),
                     0);
    siamese_tower_free(tower);
    return 0;
}

static void trainer_control__a_cancel_is_of_one_trainer(void **state)
{
    siamese_trainer_options const options = small_options(2);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, encode_elsewhere, t),
                     SIAMESE_E_CANCELLED);
    siamese_trainer_free(t);
}

/* A host's own step leaves fit's order where it is. */
static void trainer_control__step_leaves_the_order(void **state)
{
    siamese_trainer_options options = small_options(1);
    size_t const rows[] = {5, 6, 7};
    (void)state;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    listener first = {.trainer = t, .stop_at = 2};
    assert_int_equal(siamese_trainer_fit(t, listen, &first),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_trainer_step(t, rows, 3, NULL), 0);
    listener rest = {.trainer = t};
    assert_int_equal(siamese_trainer_fit(t, listen, &rest), 0);
    assert_int_equal(rest.train_calls, 3);
    assert_int_equal(rest.last.step, 6);
    assert_int_equal(rest.last.epoch, 1);
    siamese_trainer_free(t);
}

/* Pairs added in the middle of an epoch wait for the next one. */
static void trainer_control__new_pairs_join_the_next_epoch(void **state)
{
    siamese_trainer_options options = small_options(1);
    siamese_pairs more = world.pairs;
    (void)state;
    options.epochs = 2;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    listener l = {.trainer = t, .stop_at = 2};
    more.count = 50;
    assert_int_equal(siamese_trainer_fit(t, listen, &l), SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_trainer_add_pairs(t, &more), 0);
    l = (listener){.trainer = t, .stop_at = 5};
    assert_int_equal(siamese_trainer_fit(t, listen, &l), SIAMESE_E_CANCELLED);
    assert_int_equal(l.last.epoch_steps, 5);
    assert_int_equal(l.last.pairs, SMALL_PAIRS);
    l = (listener){.trainer = t};
    assert_int_equal(siamese_trainer_fit(t, listen, &l), 0);
    assert_int_equal(l.last.epoch_steps, 6);
    assert_int_equal(l.last.pairs, SMALL_PAIRS + 50);
    assert_int_equal(l.last.step, 11);
    siamese_trainer_free(t);
}

/* ---- from the callback ---- */

static int32_t meddle(void *user, const siamese_progress *p)
{
    siamese_trainer *const t = user;
    siamese_tower *query = NULL;
    size_t const rows[] = {1, 2}, ks[] = {1};
    double accuracy;
    siamese_progress own = {.struct_size = sizeof own};
    assert_int_equal(siamese_trainer_snapshot(t, &query, NULL), 0);
    siamese_tower_free(query);
    assert_int_equal(siamese_trainer_get_progress(t, &own), 0);
    assert_int_equal(own.step, p->step);
    assert_int_equal(siamese_trainer_step(t, rows, 2, NULL), SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs),
                     SIAMESE_E_STATE);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 1, &accuracy, 1),
        SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_set_option(t, "threads", "3"),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_set_option(t, "learning_rate", "0.02"), 0);
    return 0;
}

static void trainer_control__calls_from_the_callback(void **state)
{
    siamese_trainer_options const options = small_options(2);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, meddle, t), 0);
    siamese_trainer_free(t);
}

/* ---- from other threads ---- */

static void *fit_main(void *argument)
{
    static siamese_status status;
    status = siamese_trainer_fit(argument, NULL, NULL);
    return &status;
}

static void wait_for_steps(const siamese_trainer *t, uint64_t steps)
{
    struct timespec const nap = {0, 1000000};
    siamese_progress p = {.struct_size = sizeof p};
    do {
        nanosleep(&nap, NULL);
        assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    } while (p.step < steps);
}

static void trainer_control__snapshots_while_it_trains(void **state)
{
    siamese_trainer_options options = small_options(2);
    pthread_t thread;
    void *result;
    (void)state;
    options.epochs = 1000000;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    assert_int_equal(pthread_create(&thread, NULL, fit_main, t), 0);
    wait_for_steps(t, 3);
    for (size_t i = 0; i < 20; i++) {
        siamese_tower *query = NULL, *item = NULL;
        float out[16];
        double const began = seconds();
        assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
        assert_true(seconds() - began < 2);
        assert_int_equal(
            siamese_tower_encode(query, world.queries, 1, 1, out, 16), 0);
        for (size_t d = 0; d < 16; d++) assert_true(isfinite(out[d]));
        siamese_tower_free(query);
        siamese_tower_free(item);
    }
    double const began = seconds();
    assert_int_equal(siamese_trainer_cancel(t), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    assert_true(seconds() - began < 1);
    assert_int_equal(*(siamese_status *)result, SIAMESE_E_CANCELLED);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_control__progress_comes_after_each_step),
        cmocka_unit_test(trainer_control__loss_is_a_mean_over_pairs),
        cmocka_unit_test(trainer_control__same_bits_for_any_threads),
        cmocka_unit_test(trainer_control__every_loss_option_same_bits),
        cmocka_unit_test(trainer_control__cache_repeats_the_batches),
        cmocka_unit_test(trainer_control__goes_on_after_a_cancel),
        cmocka_unit_test(trainer_control__early_cancel_waits_for_the_run),
        cmocka_unit_test(trainer_control__a_stale_cancel_can_be_forgotten),
        cmocka_unit_test(trainer_control__a_cancel_is_of_one_trainer),
        cmocka_unit_test(trainer_control__step_leaves_the_order),
        cmocka_unit_test(trainer_control__new_pairs_join_the_next_epoch),
        cmocka_unit_test(trainer_control__calls_from_the_callback),
        cmocka_unit_test(trainer_control__snapshots_while_it_trains),
    };
    return cmocka_run_group_tests_name("trainer_control", tests, setup,
                                       teardown);
}
