/* A trainer with matmul_precision: what is learned is near what is learned with
 * products of floats, and the same bits for any number of threads and of ranks
 * and after any stop. Layers and batches are as wide as tiles, so that they are
 * used. Which bits a product has at each kernel level, test_products.c says. */
#include "small_world.h"

#include <math.h>

#include "api/checkpoint_parts.h"
#include "exchange_ranks.h"
#include "slow_machine.h"

enum { WIDTH = 32, DIM_MOST = 2 * WIDTH, ROWS = 64 };

/* Those of bfloat16. */
enum {
    FIRST = SIAMESE_MATMUL_PRECISION_BFLOAT16,
    LAST = SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16
};

static const int32_t encoders[] = {SIAMESE_ENCODER_BAG, SIAMESE_ENCODER_LSTM,
                                   SIAMESE_ENCODER_GRU,
                                   SIAMESE_ENCODER_TRANSFORMER};
enum { ENCODERS = sizeof encoders / sizeof *encoders };

/* With a dense layer above the encoder. */
static siamese_tower *wide_tower(int32_t encoder)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.encoder = encoder;
    options.embedding_dim = WIDTH;
    options.units = WIDTH;
    options.hidden = WIDTH;
    options.heads = 1;
    options.feed_forward = DIM_MOST;
    options.normalize = 1;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "text", world.vocab, NULL));
    return tower;
}

static siamese_trainer_options precision_options(int32_t precision,
                                                 int32_t threads)
{
    siamese_trainer_options options = small_options(threads);
    options.batch_size = ROWS;
    options.temperature = 0.1;
    options.epochs = is_slow_machine() ? 1 : 2;
    options.metrics = SIAMESE_METRICS_NONE;
    options.matmul_precision = precision;
    return options;
}

static siamese_trainer *trainer_of(int32_t encoder,
                                   const siamese_trainer_options *options)
{
    siamese_tower *const tower = wide_tower(encoder);
    siamese_trainer *trainer;
    ok(siamese_trainer_create(&trainer, tower, tower, options));
    ok(siamese_trainer_add_pairs(trainer, &world.pairs));
    siamese_tower_free(tower);
    return trainer;
}

static siamese_trainer *wide_trainer(int32_t encoder, int32_t precision,
                                     int32_t threads)
{
    siamese_trainer_options const options =
        precision_options(precision, threads);
    return trainer_of(encoder, &options);
}

static int32_t precision_of(const siamese_trainer *trainer)
{
    siamese_trainer_options options = {.struct_size = sizeof options};
    ok(siamese_trainer_get_options(trainer, &options));
    return options.matmul_precision;
}

static double step_loss(siamese_trainer *trainer)
{
    size_t rows[ROWS];
    siamese_step step = {.struct_size = sizeof step};
    for (size_t i = 0; i < ROWS; i++) rows[i] = i * 3;
    ok(siamese_trainer_step(trainer, rows, ROWS, &step));
    return step.loss_sum;
}

/* Whether a trainer's weights are bits of the other's. */
static bool have_same_weights(const siamese_trainer *a,
                              const siamese_trainer *b)
{
    size_t count, other;
    float *const x = trainer_weights(a, &count);
    float *const y = trainer_weights(b, &other);
    assert_int_equal(count, other);
    bool const same = memcmp(x, y, count * sizeof *x) == 0;
    free(x);
    free(y);
    return same;
}

/* ---- how near ---- */

/* All gradients of the last step, one behind the other. */
static float *gradients(const siamese_trainer *trainer, size_t *count)
{
    siamese_tower *tower;
    ok(siamese_trainer_snapshot(trainer, &tower, NULL));
    float *const all = tower_weights(tower, count);
    size_t at = 0;
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        ok(siamese_tower_parameter_info(tower, i, &info));
        ok(siamese_trainer_get_gradient(trainer, SIAMESE_SIDE_QUERY, info.name,
                                        all + at, info.count, NULL));
        at += info.count;
    }
    siamese_tower_free(tower);
    return all;
}

/* |a - b| / |a| */
static double apart(const float *a, const float *b, size_t count)
{
    double length = 0, distance = 0;
    for (size_t i = 0; i < count; i++) {
        length += (double)a[i] * a[i];
        distance += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    }
    return sqrt(distance / length);
}

/* A factor is rounded by up to 2^-9 of it, and a layer's error is the next
 * one's input. */
static void precision__gradients_are_near_those_of_floats(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_trainer *const exact =
                wide_trainer(encoders[e], SIAMESE_MATMUL_PRECISION_FLOAT32, 1);
            siamese_trainer *const near =
                wide_trainer(encoders[e], precision, 1);
            double const want = step_loss(exact), loss = step_loss(near);
            size_t count, other;
            float *const x = gradients(exact, &count);
            float *const y = gradients(near, &other);
            assert_true(fabs(loss - want) < 0.002 * want);
            assert_true(apart(x, y, count) > 0);
            assert_true(apart(x, y, count) < 0.02);
            ok(siamese_trainer_fit(exact, NULL, NULL));
            ok(siamese_trainer_fit(near, NULL, NULL));
            double const last = step_loss(exact);
            assert_true(fabs(step_loss(near) - last) < 0.02 * last);
            free(x);
            free(y);
            siamese_trainer_free(exact);
            siamese_trainer_free(near);
        }
}

/* What else a step computes is of floats and rounds at each level in its own
 * way, and a number beside a tie then has another bfloat16. */
static void precision__kernel_levels_are_near_each_other(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            double first = 0;
            for (int32_t level = SIAMESE_KERNEL_PORTABLE;
                 level <= SIAMESE_KERNEL_NEON; level++) {
                siamese_trainer_options options =
                    precision_options(precision, 1);
                siamese_tower *const tower = wide_tower(encoders[e]);
                siamese_trainer *trainer;
                options.kernel = level;
                siamese_status const status =
                    siamese_trainer_create(&trainer, tower, tower, &options);
                siamese_tower_free(tower);
                if (status == SIAMESE_E_UNSUPPORTED) continue;
                ok(status);
                ok(siamese_trainer_add_pairs(trainer, &world.pairs));
                double const loss = step_loss(trainer);
                if (first == 0) first = loss;
                assert_true(fabs(loss - first) < 2e-4 * first);
                siamese_trainer_free(trainer);
            }
        }
}

/* ---- the same bits ---- */

static void precision__bits_are_those_of_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_trainer *const one =
                wide_trainer(encoders[e], precision, 1);
            ok(siamese_trainer_fit(one, NULL, NULL));
            int32_t const most = is_slow_machine() ? 2 : 4;
            for (int32_t threads = 2; threads <= most; threads++) {
                siamese_trainer *const t =
                    wide_trainer(encoders[e], precision, threads);
                ok(siamese_trainer_fit(t, NULL, NULL));
                assert_same_weights(one, t);
                siamese_trainer_free(t);
            }
            siamese_trainer_free(one);
        }
}

static void fit_ranks(int32_t encoder, int32_t precision, size_t size,
                      const siamese_trainer *alone)
{
    rank_net net;
    rank_run runs[RANKS_MOST];
    net_create(&net, size);
    memset(runs, 0, sizeof runs);
    for (size_t r = 0; r < size; r++) {
        runs[r].trainer = wide_trainer(encoder, precision, r == 1 ? 2 : 1);
        ok(rank_set(&runs[r], &net, r));
    }
    ranks_run(runs, &net);
    for (size_t r = 0; r < size; r++) {
        ok(runs[r].status);
        assert_same_weights(alone, runs[r].trainer);
        siamese_trainer_free(runs[r].trainer);
    }
    net_free(&net);
}

static void precision__bits_are_those_of_any_number_of_ranks(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_trainer *const alone =
                wide_trainer(encoders[e], precision, 1);
            ok(siamese_trainer_fit(alone, NULL, NULL));
            size_t const most = is_slow_machine() ? 2 : RANKS_MOST;
            for (size_t size = 2; size <= most; size++)
                fit_ranks(encoders[e], precision, size, alone);
            siamese_trainer_free(alone);
        }
}

static void precision__ranks_that_differ_are_told(void **state)
{
    rank_net net;
    rank_run runs[2];
    (void)state;
    net_create(&net, 2);
    memset(runs, 0, sizeof runs);
    for (size_t r = 0; r < 2; r++) {
        runs[r].trainer =
            wide_trainer(SIAMESE_ENCODER_BAG, FIRST + (int32_t)r, 1);
        ok(rank_set(&runs[r], &net, r));
    }
    ranks_run(runs, &net);
    for (size_t r = 0; r < 2; r++) {
        assert_int_equal(runs[r].status, SIAMESE_E_STATE);
        assert_non_null(strstr(runs[r].error,
                               "the trainer's options of rank 1 and of rank 0 "
                               "differ"));
        siamese_trainer_free(runs[r].trainer);
    }
    net_free(&net);
}

/* ---- files ---- */

static int32_t stop_at(void *user, const siamese_progress *progress)
{
    return progress->step == *(const uint64_t *)user;
}

/* The trainer of a file of a trainer. */
static siamese_trainer *reloaded(siamese_trainer *trainer)
{
    siamese_trainer *loaded;
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    image file = write_bundle(bundle);
    siamese_bundle_free(bundle);
    bundle = load_image(&file);
    ok(siamese_bundle_get_trainer(bundle, &loaded));
    siamese_bundle_free(bundle);
    free(file.bytes);
    return loaded;
}

static void precision__goes_on_from_a_file(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_trainer *const whole =
                wide_trainer(encoders[e], precision, 1);
            ok(siamese_trainer_fit(whole, NULL, NULL));
            uint64_t const last = is_slow_machine() ? 1 : 9;
            for (uint64_t step = 1; step <= last; step += 4) {
                siamese_trainer *const stopped =
                    wide_trainer(encoders[e], precision, 1);
                uint64_t at = step;
                assert_int_equal(siamese_trainer_fit(stopped, stop_at, &at),
                                 SIAMESE_E_CANCELLED);
                siamese_trainer *const resumed = reloaded(stopped);
                assert_int_equal(precision_of(resumed), precision);
                ok(siamese_trainer_add_pairs(resumed, &world.pairs));
                ok(siamese_trainer_fit(resumed, NULL, NULL));
                assert_same_weights(whole, resumed);
                siamese_trainer_free(resumed);
                siamese_trainer_free(stopped);
            }
            siamese_trainer_free(whole);
        }
}

/* ---- the choice ---- */

static void precision__auto_becomes_one_of_the_others(void **state)
{
    siamese_trainer *const chosen =
        wide_trainer(SIAMESE_ENCODER_GRU, SIAMESE_MATMUL_PRECISION_AUTO, 1);
    int32_t const precision = precision_of(chosen);
    (void)state;
    assert_in_range(precision, SIAMESE_MATMUL_PRECISION_FLOAT32, LAST);
    siamese_trainer *const again = reloaded(chosen);
    assert_int_equal(precision_of(again), precision);
    ok(siamese_trainer_add_pairs(again, &world.pairs));
    siamese_trainer *const named =
        wide_trainer(SIAMESE_ENCODER_GRU, precision, 1);
    ok(siamese_trainer_fit(chosen, NULL, NULL));
    ok(siamese_trainer_fit(again, NULL, NULL));
    ok(siamese_trainer_fit(named, NULL, NULL));
    assert_same_weights(chosen, again);
    assert_same_weights(chosen, named);
    siamese_trainer_free(chosen);
    siamese_trainer_free(again);
    siamese_trainer_free(named);
}

/* By floats of any processor nothing else is as fast. */
static void precision__auto_is_of_floats_at_the_portable_level(void **state)
{
    siamese_trainer_options options =
        precision_options(SIAMESE_MATMUL_PRECISION_AUTO, 1);
    (void)state;
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    siamese_trainer *const trainer = trainer_of(SIAMESE_ENCODER_BAG, &options);
    assert_int_equal(precision_of(trainer), SIAMESE_MATMUL_PRECISION_FLOAT32);
    siamese_trainer_free(trainer);
}

static void precision__stays_as_a_trainer_was_made(void **state)
{
    siamese_trainer *const trainer =
        wide_trainer(SIAMESE_ENCODER_LSTM, FIRST, 1);
    siamese_trainer *const other = wide_trainer(SIAMESE_ENCODER_LSTM, FIRST, 1);
    (void)state;
    assert_int_equal(
        siamese_trainer_set_option(trainer, "matmul_precision", "float32"),
        SIAMESE_E_STATE);
    assert_non_null(strstr(siamese_last_error(),
                           "trainer option matmul_precision cannot change"));
    assert_int_equal(precision_of(trainer), FIRST);
    ok(siamese_trainer_set_option(trainer, "threads", "3"));
    ok(siamese_trainer_fit(trainer, NULL, NULL));
    ok(siamese_trainer_fit(other, NULL, NULL));
    assert_same_weights(trainer, other);
    siamese_trainer_free(trainer);
    siamese_trainer_free(other);
}

static void precision__bad_values_name_the_good_ones(void **state)
{
    siamese_trainer_options options = precision_options(LAST + 2, 1);
    siamese_tower *const tower = wide_tower(SIAMESE_ENCODER_BAG);
    siamese_trainer *trainer = NULL;
    (void)state;
    assert_int_equal(
        siamese_trainer_options_set(&options, "matmul_precision", "float16"),
        SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(),
                           "float32 | bfloat16 | amx_bfloat16 | auto"));
    assert_int_equal(siamese_trainer_create(&trainer, tower, tower, &options),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "matmul_precision"));
    assert_null(trainer);
    siamese_tower_free(tower);
}

/* ---- what was learned ---- */

/* A tower of its own with a trained one's weights. */
static siamese_tower *tower_like(const siamese_tower *trained, int32_t encoder)
{
    siamese_tower *const tower = wide_tower(encoder);
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        ok(siamese_tower_parameter_info(tower, i, &info));
        float *const values = calloc(info.count, sizeof *values);
        assert_non_null(values);
        ok(siamese_tower_parameter_get(trained, info.name, values, info.count,
                                       NULL));
        ok(siamese_tower_parameter_set(tower, info.name, values, info.count));
        free(values);
    }
    return tower;
}

static void precision__towers_encode_by_floats(void **state)
{
    static float a[SMALL_PAIRS * DIM_MOST], b[SMALL_PAIRS * DIM_MOST];
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++) {
        siamese_trainer *const trainer = wide_trainer(encoders[e], FIRST, 2);
        siamese_tower *trained;
        ok(siamese_trainer_fit(trainer, NULL, NULL));
        ok(siamese_trainer_snapshot(trainer, &trained, NULL));
        siamese_tower *const own = tower_like(trained, encoders[e]);
        size_t const numbers = SMALL_PAIRS * siamese_tower_dim(own);
        ok(siamese_tower_encode(trained, world.items, SMALL_PAIRS, 1, a,
                                numbers));
        ok(siamese_tower_encode(own, world.items, SMALL_PAIRS, 1, b, numbers));
        assert_memory_equal(a, b, numbers * sizeof *a);
        siamese_tower_free(trained);
        siamese_tower_free(own);
        siamese_trainer_free(trainer);
    }
}

/* The two orders of sums differ, so that a trainer has one of them. */
static void precision__the_two_of_bfloat16_differ(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++) {
        siamese_trainer *const one = wide_trainer(encoders[e], FIRST, 1);
        siamese_trainer *const other = wide_trainer(encoders[e], LAST, 1);
        ok(siamese_trainer_fit(one, NULL, NULL));
        ok(siamese_trainer_fit(other, NULL, NULL));
        assert_false(have_same_weights(one, other));
        siamese_trainer_free(one);
        siamese_trainer_free(other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precision__gradients_are_near_those_of_floats),
        cmocka_unit_test(precision__kernel_levels_are_near_each_other),
        cmocka_unit_test(precision__bits_are_those_of_any_number_of_threads),
        cmocka_unit_test(precision__bits_are_those_of_any_number_of_ranks),
        cmocka_unit_test(precision__ranks_that_differ_are_told),
        cmocka_unit_test(precision__goes_on_from_a_file),
        cmocka_unit_test(precision__auto_becomes_one_of_the_others),
        cmocka_unit_test(precision__auto_is_of_floats_at_the_portable_level),
        cmocka_unit_test(precision__stays_as_a_trainer_was_made),
        cmocka_unit_test(precision__bad_values_name_the_good_ones),
        cmocka_unit_test(precision__towers_encode_by_floats),
        cmocka_unit_test(precision__the_two_of_bfloat16_differ),
    };
    return cmocka_run_group_tests_name("trainer_precision", tests, setup,
                                       teardown);
}
