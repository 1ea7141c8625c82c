/* A bag's trainer with word_sums: what is learned differs from what is learned
 * without by rounding alone, and is the same bits for any number of threads and
 * of ranks and after any stop. */
#include "small_world.h"

#include <math.h>

#include "api/checkpoint_parts.h"
#include "exchange_ranks.h"

enum { DIM = 24 };

/* By preset, so that a word has n-grams and a text quantities and compounds;
 * length 0: every id of a text. */
static void hash_words(size_t length)
{
    siamese_vocab_options options;
    siamese_vocab_free(world.vocab);
    ok(siamese_vocab_options_init(&options, sizeof options));
    ok(siamese_preset_apply("default", &options, NULL, NULL, NULL));
    options.sequence_length = length;
    options.threads = 1;
    ok(siamese_vocab_create(&world.vocab, &options));
    ok(siamese_vocab_add(world.vocab, world.items, SMALL_PAIRS));
    ok(siamese_vocab_add(world.vocab, world.queries, SMALL_PAIRS));
    ok(siamese_vocab_finish(world.vocab));
}

static int hashed_setup(void **state)
{
    setup(state);
    hash_words(0);
    return 0;
}

static siamese_tower *hashed_tower(int32_t pooling, uint64_t seed)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.encoder = SIAMESE_ENCODER_BAG;
    options.pooling = pooling;
    options.embedding_dim = DIM;
    options.mask_zero = 1;
    options.normalize = 1;
    options.seed = seed;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "text", world.vocab, NULL));
    return tower;
}

static siamese_trainer *new_trainer(siamese_tower *query, siamese_tower *item,
                                    int32_t word_sums, int32_t threads)
{
    siamese_trainer_options options = small_options(threads);
    siamese_trainer *trainer;
    options.optimizer = SIAMESE_OPTIMIZER_ADAGRAD;
    options.temperature = 0.1;
    options.epochs = 3;
    options.metrics = SIAMESE_METRICS_NONE;
    options.word_sums = word_sums;
    ok(siamese_trainer_create(&trainer, query, item, &options));
    ok(siamese_trainer_add_pairs(trainer, &world.pairs));
    return trainer;
}

/* Of one tower, or, of the weighted bag, of two. */
static siamese_trainer *hashed_trainer(int32_t pooling, int32_t word_sums,
                                       int32_t threads)
{
    siamese_tower *const query = hashed_tower(pooling, 1);
    siamese_tower *const item = hashed_tower(pooling, 2);
    siamese_trainer *const trainer =
        new_trainer(query, pooling == SIAMESE_POOLING_WEIGHTED ? item : query,
                    word_sums, threads);
    siamese_tower_free(query);
    siamese_tower_free(item);
    return trainer;
}

static const int32_t poolings[] = {SIAMESE_POOLING_MEAN, SIAMESE_POOLING_SUM,
                                   SIAMESE_POOLING_WEIGHTED};
enum { POOLINGS = sizeof poolings / sizeof *poolings };

/* The largest difference of two weights, relative to their size. */
static double difference(const siamese_trainer *a, const siamese_trainer *b)
{
    size_t count, other;
    double most = 0;
    float *const x = trainer_weights(a, &count);
    float *const y = trainer_weights(b, &other);
    assert_int_equal(count, other);
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs((double)x[i] - (double)y[i]) /
                              (0.01 + fabs((double)x[i])));
    free(x);
    free(y);
    return most;
}

static double loss_of(const siamese_trainer *trainer)
{
    siamese_progress progress = {.struct_size = sizeof progress};
    ok(siamese_trainer_get_progress(trainer, &progress));
    return progress.loss_mean;
}

static void word_sums__differ_by_rounding(void **state)
{
    (void)state;
    for (size_t p = 0; p < POOLINGS; p++) {
        siamese_trainer *const without = hashed_trainer(poolings[p], 0, 1);
        siamese_trainer *const with = hashed_trainer(poolings[p], 1, 1);
        static size_t rows[64];
        siamese_step a = {.struct_size = sizeof a}, b = a;
        for (size_t i = 0; i < 64; i++) rows[i] = i * 3;
        assert_same_weights(without, with);
        ok(siamese_trainer_step(without, rows, 64, &a));
        ok(siamese_trainer_step(with, rows, 64, &b));
        assert_true(fabs(a.loss_sum - b.loss_sum) <= 1e-6 * fabs(a.loss_sum));
        ok(siamese_trainer_fit(without, NULL, NULL));
        ok(siamese_trainer_fit(with, NULL, NULL));
        assert_true(fabs(loss_of(without) - loss_of(with)) <=
                    1e-4 * loss_of(without));
        double const apart = difference(without, with);
        assert_true(apart > 0);
        assert_true(apart < 1e-2);
        siamese_trainer_free(without);
        siamese_trainer_free(with);
    }
}

static void word_sums__bits_are_those_of_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t p = 0; p < POOLINGS; p++) {
        siamese_trainer *const one = hashed_trainer(poolings[p], 1, 1);
        ok(siamese_trainer_fit(one, NULL, NULL));
        int32_t const most = is_slow_machine() ? 2 : 4;
        for (int32_t threads = 2; threads <= most; threads++) {
            siamese_trainer *const t = hashed_trainer(poolings[p], 1, threads);
            ok(siamese_trainer_fit(t, NULL, NULL));
            assert_same_weights(one, t);
            siamese_trainer_free(t);
        }
        siamese_trainer_free(one);
    }
}

/* A pool of another size takes the option over. */
static void word_sums__stay_when_threads_change(void **state)
{
    siamese_trainer *const one = hashed_trainer(SIAMESE_POOLING_MEAN, 1, 1);
    siamese_trainer *const changed = hashed_trainer(SIAMESE_POOLING_MEAN, 1, 1);
    (void)state;
    ok(siamese_trainer_set_option(changed, "threads", "3"));
    assert_int_equal(siamese_trainer_set_option(changed, "word_sums", "0"),
                     SIAMESE_E_STATE);
    ok(siamese_trainer_fit(one, NULL, NULL));
    ok(siamese_trainer_fit(changed, NULL, NULL));
    assert_same_weights(one, changed);
    siamese_trainer_free(one);
    siamese_trainer_free(changed);
}

static int32_t stop_at(void *user, const siamese_progress *progress)
{
    return progress->step == *(const uint64_t *)user;
}

static void word_sums__go_on_from_a_file(void **state)
{
    siamese_trainer *const whole = hashed_trainer(SIAMESE_POOLING_MEAN, 1, 1);
    (void)state;
    ok(siamese_trainer_fit(whole, NULL, NULL));
    for (uint64_t step = 1; step < 15; step += 3) {
        siamese_trainer *const stopped =
            hashed_trainer(SIAMESE_POOLING_MEAN, 1, 1);
        siamese_trainer *resumed;
        siamese_bundle *bundle;
        uint64_t at = step;
        assert_int_equal(siamese_trainer_fit(stopped, stop_at, &at),
                         SIAMESE_E_CANCELLED);
        ok(siamese_bundle_create(&bundle));
        ok(siamese_bundle_set_trainer(bundle, stopped));
        image file = write_bundle(bundle);
        siamese_bundle *const loaded = load_image(&file);
        ok(siamese_bundle_get_trainer(loaded, &resumed));
        ok(siamese_trainer_add_pairs(resumed, &world.pairs));
        ok(siamese_trainer_fit(resumed, NULL, NULL));
        assert_same_weights(whole, resumed);
        siamese_trainer_free(resumed);
        siamese_bundle_free(loaded);
        siamese_bundle_free(bundle);
        siamese_trainer_free(stopped);
        free(file.bytes);
    }
    siamese_trainer_free(whole);
}

static void word_sums__bits_are_those_of_any_number_of_ranks(void **state)
{
    (void)state;
    for (size_t p = 0; p < POOLINGS; p++) {
        siamese_trainer *const alone = hashed_trainer(poolings[p], 1, 1);
        ok(siamese_trainer_fit(alone, NULL, NULL));
        size_t const most = is_slow_machine() ? 2 : RANKS_MOST;
        for (size_t size = 2; size <= most; size++) {
            rank_net net;
            rank_run runs[RANKS_MOST];
            net_create(&net, size);
            memset(runs, 0, sizeof runs);
            for (size_t r = 0; r < size; r++) {
                runs[r].trainer =
                    hashed_trainer(poolings[p], 1, r == 1 ? 2 : 1);
                ok(rank_set(&runs[r], &net, r));
            }
            ranks_run(runs, &net);
            for (size_t r = 0; r < size; r++) {
                ok(runs[r].status);
                assert_same_weights(alone, runs[r].trainer);
                siamese_trainer_free(runs[r].trainer);
            }
            assert_false(net.unequal);
            net_free(&net);
        }
        siamese_trainer_free(alone);
    }
}

/* An encoder that reads its tokens in their order learns the same bits. */
static void word_sums__are_of_bags_alone(void **state)
{
    hash_words(6);
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *const without = new_trainer(tower, tower, 0, 1);
    siamese_trainer *const with = new_trainer(tower, tower, 1, 1);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        size_t const rows[] = {i, i + 7, i + 40};
        ok(siamese_trainer_step(without, rows, 3, NULL));
        ok(siamese_trainer_step(with, rows, 3, NULL));
    }
    assert_same_weights(without, with);
    siamese_trainer_free(without);
    siamese_trainer_free(with);
    siamese_tower_free(tower);
    hash_words(0);
}

/* A tower's vectors are those of a text, whatever trains it. */
static void word_sums__leave_encoding_as_it_is(void **state)
{
    siamese_trainer *const with = hashed_trainer(SIAMESE_POOLING_MEAN, 1, 1);
    siamese_trainer *const without = hashed_trainer(SIAMESE_POOLING_MEAN, 0, 1);
    siamese_tower *towers[4];
    static float a[SMALL_PAIRS * DIM], b[SMALL_PAIRS * DIM];
    (void)state;
    ok(siamese_trainer_snapshot(with, &towers[0], &towers[1]));
    ok(siamese_trainer_snapshot(without, &towers[2], &towers[3]));
    ok(siamese_tower_encode(towers[0], world.items, SMALL_PAIRS, 1, a,
                            SMALL_PAIRS * DIM));
    ok(siamese_tower_encode(towers[2], world.items, SMALL_PAIRS, 1, b,
                            SMALL_PAIRS * DIM));
    assert_memory_equal(a, b, sizeof a);
    for (size_t i = 0; i < 4; i++) siamese_tower_free(towers[i]);
    siamese_trainer_free(with);
    siamese_trainer_free(without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(word_sums__differ_by_rounding),
        cmocka_unit_test(word_sums__bits_are_those_of_any_number_of_threads),
        cmocka_unit_test(word_sums__stay_when_threads_change),
        cmocka_unit_test(word_sums__go_on_from_a_file),
        cmocka_unit_test(word_sums__bits_are_those_of_any_number_of_ranks),
        cmocka_unit_test(word_sums__are_of_bags_alone),
        cmocka_unit_test(word_sums__leave_encoding_as_it_is),
    };
    return cmocka_run_group_tests_name("trainer_word_sums", tests, hashed_setup,
                                       teardown);
}
