/* The trainer through the public API: what a step and a fit do, and what they
 * refuse. */
#include <math.h>

#include "small_world.h"

static siamese_progress progress_of(const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(trainer, &p), 0);
    return p;
}

static void trainer__first_loss_is_n_ln_n(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    size_t rows[64];
    siamese_step step = {.struct_size = sizeof step};
    (void)state;
    for (size_t i = 0; i < 64; i++) rows[i] = 3 * i;
    assert_int_equal(siamese_trainer_step(t, rows, 64, &step), 0);
    /* small initial vectors: nearly uniform over the batch */
    assert_float_equal(step.loss_sum, 64 * log(64), 0.02 * 64 * log(64));
    assert_float_equal(step.loss_mean, step.loss_sum / 64, 1e-12);
    assert_int_equal(step.step, 1);
    assert_int_equal(step.pairs, 64);
    siamese_trainer_free(t);
}

static void trainer__fit_learns(void **state)
{
    siamese_trainer_options options = small_options(2);
    (void)state;
    for (int separate = 0; separate < 2; separate++) {
        size_t const ks[] = {1, 10, 1000};
        double before[3], after[3];
        options.epochs = 40;
        siamese_trainer *const t = small_trainer(&world, &options, separate);
        assert_int_equal(
            siamese_trainer_evaluate(t, NULL, NULL, ks, 3, before, 3), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_int_equal(
            siamese_trainer_evaluate(t, NULL, NULL, ks, 3, after, 3), 0);
        assert_true(after[1] > before[1] + 0.1);
        assert_true(after[0] <= after[1]);
        assert_true(after[2] == 1);
        siamese_progress const p = progress_of(t);
        assert_int_equal(p.epoch, 40);
        assert_int_equal(p.step, 200);
        assert_int_equal(p.epoch_steps, 5);
        assert_int_equal(p.pairs, SMALL_PAIRS);
        assert_true(p.topk_known);
        assert_true(p.loss_mean < 0.9 * log(64));
        assert_true(p.pairs_per_second > 0);
        /* done already: nothing more happens */
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_int_equal(progress_of(t).step, 200);
        siamese_trainer_free(t);
    }
}

/* After the last epoch the epoch's own figures are those of evaluate. */
static void trainer__epoch_metrics_are_those_of_evaluate(void **state)
{
    siamese_trainer_options options = small_options(2);
    size_t const ks[] = {1, 5, 10, 50, 100};
    double accuracy[5];
    (void)state;
    options.epochs = 3;
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const p = progress_of(t);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 5, accuracy, 5), 0);
    for (size_t k = 0; k < 5; k++) assert_true(p.topk[k] == accuracy[k]);
    siamese_trainer_free(t);
}

/* One step an epoch, no shuffle: metrics=step is the evaluation of the weights
 * before the step. */
static void trainer__step_metrics_precede_the_update(void **state)
{
    siamese_trainer_options options = small_options(2);
    size_t const ks[] = {1, 5, 10, 50, 100};
    double before[5];
    (void)state;
    options.batch_size = 1024;
    options.shuffle_buffer = 0;
    options.metrics = SIAMESE_METRICS_STEP;
    options.epochs = 6;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_evaluate(t, NULL, NULL, ks, 5, before, 5),
                     0);
    assert_int_equal(siamese_trainer_set_option(t, "epochs", "7"), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const p = progress_of(t);
    assert_true(p.topk_known);
    for (size_t k = 0; k < 5; k++) assert_true(p.topk[k] == before[k]);
    siamese_trainer_free(t);
}

/* Brute force over the encoded texts. */
static void trainer__evaluate_equals_brute_force(void **state)
{
    siamese_trainer_options const options = small_options(2);
    size_t const ks[] = {1, 3, 20};
    size_t hits[3] = {0};
    double accuracy[3];
    enum { DIM = 16 };
    static float q[SMALL_PAIRS * DIM], c[SMALL_PAIRS * DIM];
    siamese_tower *query = NULL, *item = NULL;
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
    assert_int_equal(siamese_tower_encode(query, world.queries, SMALL_PAIRS, 1,
                                          q, SMALL_PAIRS * DIM),
                     0);
    assert_int_equal(siamese_tower_encode(item, world.items, SMALL_PAIRS, 1, c,
                                          SMALL_PAIRS * DIM),
                     0);
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        size_t higher = 0;
        double own = 0;
        for (size_t d = 0; d < DIM; d++)
            own += (double)q[i * DIM + d] * c[i * DIM + d];
        for (size_t j = 0; j < 200; j++) {
            double s = 0;
            for (size_t d = 0; d < DIM; d++)
                s += (double)q[i * DIM + d] * c[j * DIM + d];
            higher += s > own;
        }
        for (size_t k = 0; k < 3; k++) hits[k] += higher < ks[k];
    }
    /* the first 200 items as candidates */
    siamese_pairs candidates = world.pairs;
    candidates.queries = NULL;
    candidates.count = 200;
    assert_int_equal(siamese_trainer_evaluate(t, &world.pairs, &candidates, ks,
                                              3, accuracy, 3),
                     0);
    for (size_t k = 0; k < 3; k++)
        /* scores in double may break a tie of two floats: one pair's worth */
        assert_float_equal(accuracy[k] * SMALL_PAIRS, (double)hits[k], 1.5);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_trainer_free(t);
}

static void trainer__works_on_copies(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *t = NULL;
    size_t count, other;
    float *const before = tower_weights(tower, &count);
    (void)state;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    float *const after = tower_weights(tower, &other);
    assert_memory_equal(before, after, count * sizeof *before);
    siamese_tower *query = NULL, *item = NULL;
    assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
    assert_ptr_equal(query, item);
    float *const frozen = tower_weights(query, &other);
    assert_memory_not_equal(before, frozen, count * sizeof *before);
    siamese_trainer_free(t);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_tower_free(tower);
    free(before);
    free(after);
    free(frozen);
}

static void trainer__separate_towers_learn_apart(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    siamese_tower *query = NULL, *item = NULL;
    size_t const rows[] = {0, 1, 2, 3};
    size_t needed;
    float q[32], i[32];
    (void)state;
    assert_int_equal(siamese_trainer_step(t, rows, 4, NULL), 0);
    assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
    assert_ptr_not_equal(query, item);
    assert_int_equal(siamese_trainer_get_gradient(t, SIAMESE_SIDE_QUERY,
                                                  "fw_bias", q, 8, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 32);
    assert_int_equal(siamese_trainer_get_gradient(t, SIAMESE_SIDE_QUERY,
                                                  "fw_bias", q, 32, NULL),
                     0);
    assert_int_equal(siamese_trainer_get_gradient(t, SIAMESE_SIDE_ITEM,
                                                  "fw_bias", i, 32, NULL),
                     0);
    assert_memory_not_equal(q, i, sizeof q);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_trainer_free(t);
}

/* The gradient against differences of the loss over one weight of each
 * parameter: the whole way from texts to gradients. */
static void trainer__gradient_equals_differences(void **state)
{
    static const char *const names[] = {
        "embedding", "fw_kernel",    "fw_recurrent", "fw_bias",
        "bw_kernel", "bw_recurrent", "bw_bias"};
    siamese_trainer_options options = small_options(1);
    siamese_tower *const tower = small_tower(&world, 3);
    size_t rows[32];
    (void)state;
    options.temperature = 0.1;
    for (size_t i = 0; i < 32; i++) rows[i] = 5 * i;
    for (size_t p = 0; p < 7; p++) {
        siamese_trainer *t = NULL;
        size_t count = 0;
        assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
        assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
        assert_int_equal(siamese_trainer_step(t, rows, 32, NULL), 0);
        siamese_trainer_get_gradient(t, 0, names[p], NULL, 0, &count);
        float *const g = malloc(count * sizeof *g);
        float *const w = malloc(count * sizeof *w);
        assert_int_equal(
            siamese_trainer_get_gradient(t, 0, names[p], g, count, NULL), 0);
        siamese_trainer_free(t);
        assert_int_equal(
            siamese_tower_parameter_get(tower, names[p], w, count, NULL), 0);
        for (size_t i = 9; i < count; i += count / 3) {
            double loss[2], at[2];
            float const kept = w[i];
            for (int side = 0; side < 2; side++) {
                siamese_step step = {.struct_size = sizeof step};
                w[i] = kept + (side ? 0.01f : -0.01f);
                at[side] = w[i];
                assert_int_equal(
                    siamese_tower_parameter_set(tower, names[p], w, count), 0);
                assert_int_equal(
                    siamese_trainer_create(&t, tower, tower, &options), 0);
                assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
                assert_int_equal(siamese_trainer_step(t, rows, 32, &step), 0);
                loss[side] = step.loss_sum;
                siamese_trainer_free(t);
            }
            w[i] = kept;
            assert_int_equal(
                siamese_tower_parameter_set(tower, names[p], w, count), 0);
            double const slope = (loss[1] - loss[0]) / (at[1] - at[0]);
            assert_float_equal(g[i], slope, 0.02 * (fabs(slope) + 0.05));
        }
        free(g);
        free(w);
    }
    siamese_tower_free(tower);
}

/* ---- what is refused ---- */

static void trainer__refuses_bad_pairs_whole(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    static float weights[SMALL_PAIRS];
    siamese_pairs pairs = world.pairs;
    (void)state;
    for (size_t i = 0; i < SMALL_PAIRS; i++) weights[i] = 1;
    pairs.weights = weights;
    weights[17] = NAN;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "row 17"));
    weights[17] = -1;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    pairs.weights = NULL;
    pairs.item_probabilities = weights;
    weights[17] = 0;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    weights[17] = 1.5f;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    pairs.item_probabilities = NULL;
    pairs.item_fields = 2;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    pairs.item_fields = 1;
    pairs.items = NULL;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_pair_count(t), SMALL_PAIRS);
    siamese_trainer_free(t);
}

static void trainer__refuses_bad_calls(void **state)
{
    siamese_trainer_options options = small_options(1);
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_tower *empty = NULL, *wide = NULL;
    siamese_trainer *t = NULL;
    size_t const rows[] = {SMALL_PAIRS}, ks[] = {0};
    double accuracy[1];
    float value[1];
    (void)state;
    assert_int_equal(siamese_tower_create(&empty, NULL), 0);
    assert_int_equal(siamese_trainer_create(&t, tower, empty, &options),
                     SIAMESE_E_STATE);
    siamese_tower_options wider;
    siamese_tower_options_init(&wider, sizeof wider);
    wider.units = 12;
    assert_int_equal(siamese_tower_create(&wide, &wider), 0);
    assert_int_equal(siamese_tower_add_field(wide, "text", world.vocab, NULL),
                     0);
    assert_int_equal(siamese_trainer_create(&t, tower, wide, &options),
                     SIAMESE_E_ARGUMENT);
    options.batch_size = 1048577;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options),
                     SIAMESE_E_OPTION);
    assert_null(t);
    options.batch_size = 64;
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 1, accuracy, 1),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, 0, accuracy, 1),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
    assert_int_equal(siamese_trainer_step(t, rows, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_step(t, rows, 0, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_trainer_get_gradient(t, 0, "fw_bias", value, 1, NULL),
        SIAMESE_E_STATE);
    assert_int_equal(
        siamese_trainer_get_gradient(t, 0, "nothing", value, 1, NULL),
        SIAMESE_E_NOT_FOUND);
    siamese_trainer_free(t);
    siamese_trainer_free(NULL);
    siamese_tower_free(tower);
    siamese_tower_free(empty);
    siamese_tower_free(wide);
}

static void trainer__options_that_may_change(void **state)
{
    siamese_trainer_options options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    (void)state;
    assert_int_equal(siamese_trainer_set_option(t, "learning_rate", "0.5"), 0);
    assert_int_equal(siamese_trainer_set_option(t, "epochs", "9"), 0);
    assert_int_equal(siamese_trainer_set_option(t, "metrics", "none"), 0);
    assert_int_equal(siamese_trainer_set_option(t, "threads", "3"), 0);
    assert_int_equal(siamese_trainer_set_option(t, "batch_size", "3"),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_set_option(t, "epochs", "-1"),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_trainer_set_option(t, "epoch", "1"),
                     SIAMESE_E_OPTION);
    options.struct_size = sizeof options;
    assert_int_equal(siamese_trainer_get_options(t, &options), 0);
    assert_true(options.learning_rate == 0.5);
    assert_int_equal(options.epochs, 9);
    assert_int_equal(options.metrics, SIAMESE_METRICS_NONE);
    assert_int_equal(options.threads, 3);
    assert_int_equal(options.batch_size, 64);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(progress_of(t).epoch, 9);
    assert_false(progress_of(t).topk_known);
    siamese_trainer_free(t);
}

/* Weights so large that the loss overflows: no update, and all goes on. */
static void trainer__not_finite_changes_nothing(void **state)
{
    siamese_trainer_options options = small_options(1);
    (void)state;
    options.temperature = 1e-6;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    static float weights[SMALL_PAIRS];
    siamese_pairs heavy = world.pairs;
    for (size_t i = 0; i < SMALL_PAIRS; i++) weights[i] = 3e38f;
    heavy.weights = weights;
    assert_int_equal(siamese_trainer_add_pairs(t, &heavy), 0);
    size_t const bad[] = {SMALL_PAIRS + 1, SMALL_PAIRS + 2, SMALL_PAIRS + 9};
    size_t const good[] = {1, 2, 3};
    size_t count;
    float *const before = trainer_weights(t, &count);
    assert_int_equal(siamese_trainer_step(t, bad, 3, NULL),
                     SIAMESE_E_NOT_FINITE);
    float *const after = trainer_weights(t, &count);
    assert_memory_equal(before, after, count * sizeof *before);
    assert_int_equal(progress_of(t).step, 0);
    assert_int_equal(siamese_trainer_step(t, good, 3, NULL), 0);
    assert_int_equal(progress_of(t).step, 1);
    free(before);
    free(after);
    siamese_trainer_free(t);
}

/* 1e25 squared is more than a float: Adam's mean of squares would be
 * infinite. */
static void trainer__squares_that_overflow_change_nothing(void **state)
{
    siamese_trainer_options options = small_options(1);
    float const weights[] = {1e25f, 1e25f, 1, 1};
    size_t const bad[] = {SMALL_PAIRS, SMALL_PAIRS + 1};
    size_t const good[] = {SMALL_PAIRS + 2, SMALL_PAIRS + 3};
    siamese_pairs heavy = world.pairs;
    size_t count;
    (void)state;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    heavy.weights = weights;
    heavy.count = 4;
    assert_int_equal(siamese_trainer_add_pairs(t, &heavy), 0);
    float *const before = trainer_weights(t, &count);
    assert_int_equal(siamese_trainer_step(t, bad, 2, NULL),
                     SIAMESE_E_NOT_FINITE);
    float *const same = trainer_weights(t, &count);
    assert_memory_equal(before, same, count * sizeof *before);
    for (int i = 0; i < 3; i++)
        assert_int_equal(siamese_trainer_step(t, good, 2, NULL), 0);
    float *const after = trainer_weights(t, &count);
    for (size_t i = 0; i < count; i++) assert_true(isfinite(after[i]));
    free(before);
    free(same);
    free(after);
    siamese_trainer_free(t);
}

static int32_t stop_after_three(void *user, const siamese_progress *p)
{
    (void)user;
    return p->step == 3;
}

/* 2^53 epochs of 2,048 steps are 2^64 steps: more than can be counted, and not
 * 0, at which a schedule would have ended. */
static void trainer__steps_beyond_counting_are_for_ever(void **state)
{
    siamese_trainer *trainers[2];
    (void)state;
    for (int32_t schedule = 0; schedule < 2; schedule++) {
        siamese_trainer_options options = small_options(1);
        options.batch_size = 1;
        options.epochs = (size_t)1 << 53;
        options.metrics = SIAMESE_METRICS_NONE;
        options.schedule =
            schedule ? SIAMESE_SCHEDULE_COSINE : SIAMESE_SCHEDULE_CONSTANT;
        siamese_trainer *const t = small_trainer(&world, &options, 0);
        siamese_pairs more = world.pairs;
        while (siamese_trainer_pair_count(t) < 2048) {
            size_t const left = 2048 - siamese_trainer_pair_count(t);
            more.count = left < SMALL_PAIRS ? left : SMALL_PAIRS;
            assert_int_equal(siamese_trainer_add_pairs(t, &more), 0);
        }
        assert_int_equal(siamese_trainer_fit(t, stop_after_three, NULL),
                         SIAMESE_E_CANCELLED);
        trainers[schedule] = t;
    }
    assert_same_weights(trainers[0], trainers[1]);
    siamese_trainer_free(trainers[0]);
    siamese_trainer_free(trainers[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer__steps_beyond_counting_are_for_ever),
        cmocka_unit_test(trainer__first_loss_is_n_ln_n),
        cmocka_unit_test(trainer__fit_learns),
        cmocka_unit_test(trainer__epoch_metrics_are_those_of_evaluate),
        cmocka_unit_test(trainer__step_metrics_precede_the_update),
        cmocka_unit_test(trainer__evaluate_equals_brute_force),
        cmocka_unit_test(trainer__works_on_copies),
        cmocka_unit_test(trainer__separate_towers_learn_apart),
        cmocka_unit_test(trainer__gradient_equals_differences),
        cmocka_unit_test(trainer__refuses_bad_pairs_whole),
        cmocka_unit_test(trainer__refuses_bad_calls),
        cmocka_unit_test(trainer__options_that_may_change),
        cmocka_unit_test(trainer__not_finite_changes_nothing),
        cmocka_unit_test(trainer__squares_that_overflow_change_nothing),
    };
    return cmocka_run_group_tests_name("trainer", tests, setup, teardown);
}
