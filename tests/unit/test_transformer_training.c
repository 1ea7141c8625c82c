/* Transformer towers in training: the loss falls, bits do not depend on
 * threads, a stopped run with dropout goes on with its bits, a state comes back
 * whole. */
#include "unit/saved_trainer.h"

#include "small_world.h"

#include "checkpoint/bundle_layout.h"
#include "tower/tower_state.h"

static siamese_tower_options tower_options(double dropout, int32_t norm_first)
{
    siamese_tower_options o;
    assert_int_equal(siamese_tower_options_init(&o, sizeof o), 0);
    o.encoder = SIAMESE_ENCODER_TRANSFORMER;
    o.embedding_dim = 12;
    o.heads = 3;
    o.layers = 2;
    o.feed_forward = 20;
    o.norm_first = norm_first;
    o.dropout = dropout;
    o.normalize = 1;
    o.threads = 1;
    return o;
}

static siamese_tower *new_tower(const siamese_tower_options *o)
{
    siamese_tower *tower = NULL;
    assert_int_equal(siamese_tower_create(&tower, o), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", world.vocab, NULL),
                     0);
    assert_int_equal(siamese_tower_dim(tower), 12);
    return tower;
}

static siamese_trainer_options training(int32_t threads)
{
    siamese_trainer_options o = small_options(threads);
    o.temperature = 0.1;
    o.learning_rate = 0.003;
    o.metrics = SIAMESE_METRICS_NONE;
    o.epochs = 2;
    return o;
}

/* separate: two towers of different seeds */
static siamese_trainer *new_trainer(const siamese_tower_options *tower,
                                    const siamese_trainer_options *options,
                                    int separate)
{
    siamese_tower_options other = *tower;
    siamese_trainer *t = NULL;
    other.seed = tower->seed + 1;
    siamese_tower *const query = new_tower(tower);
    siamese_tower *const item = new_tower(separate ? &other : tower);
    assert_int_equal(
        siamese_trainer_create(&t, query, separate ? item : query, options), 0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
    return t;
}

static double step_loss(siamese_trainer *t)
{
    size_t rows[SMALL_PAIRS / 2];
    siamese_step step = {.struct_size = sizeof step};
    for (size_t i = 0; i < SMALL_PAIRS / 2; i++) rows[i] = 2 * i;
    assert_int_equal(siamese_trainer_step(t, rows, SMALL_PAIRS / 2, &step), 0);
    return step.loss_sum / (SMALL_PAIRS / 2);
}

static void test_training__lowers_the_loss(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < 4; kind++) {
        siamese_tower_options const tower =
            tower_options(kind / 2 * 0.1, kind % 2);
        siamese_trainer_options const options = training(2);
        siamese_trainer *const t = new_trainer(&tower, &options, 0);
        double const before = step_loss(t);
        double after = before;
        for (size_t i = 0; i < 60; i++) after = step_loss(t);
        /* many pairs are of the same item, so it stays above 0 */
        assert_true(after < 0.75 * before);
        siamese_trainer_free(t);
    }
}

static void test_training__has_the_same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {2, 7};
    siamese_tower_options const tower = tower_options(0.2, 0);
    siamese_trainer_options options = training(1);
    (void)state;
    siamese_trainer *const one = new_trainer(&tower, &options, 1);
    assert_int_equal(siamese_trainer_fit(one, NULL, NULL), 0);
    for (size_t i = 0; i < 2; i++) {
        options.threads = threads[i];
        siamese_trainer *const t = new_trainer(&tower, &options, 1);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_same_weights(one, t);
        siamese_trainer_free(t);
    }
    siamese_trainer_free(one);
}

/* What is dropped goes by the step: a run that began anew would drop other
 * numbers. */
static void test_training__goes_on_with_its_dropout(void **state)
{
    siamese_tower_options const tower = tower_options(0.2, 1);
    siamese_trainer_options const options = training(2);
    siamese_trainer *const whole = new_trainer(&tower, &options, 1);
    siamese_trainer *t = new_trainer(&tower, &options, 1);
    (void)state;
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    for (uint64_t at = 2; at <= 8; at += 3) {
        saved s;
        assert_int_equal(siamese_trainer_fit(t, stop_at, &at),
                         SIAMESE_E_CANCELLED);
        save(t, &s);
        siamese_trainer_free(t);
        assert_int_equal(load(&s, 1, &t), 0);
        assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs), 0);
        drop(&s);
    }
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_same_weights(whole, t);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void test_training__drops_by_the_trainers_seed(void **state)
{
    size_t count;
    float *weights[4];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        siamese_tower_options const tower = tower_options(i < 2 ? 0.2 : 0, 0);
        siamese_trainer_options options = training(1);
        options.shuffle_buffer = 0; /* so that the seed is of dropout alone */
        options.seed = 1 + i % 2;
        siamese_trainer *const t = new_trainer(&tower, &options, 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        weights[i] = trainer_weights(t, &count);
        siamese_trainer_free(t);
    }
    assert_memory_not_equal(weights[0], weights[1], count * sizeof(float));
    assert_memory_equal(weights[2], weights[3], count * sizeof(float));
    for (size_t i = 0; i < 4; i++) free(weights[i]);
}

/* ---- the state ---- */

static void encode(const siamese_tower *tower, float *vectors)
{
    assert_int_equal(siamese_tower_encode(tower, world.items, SMALL_PAIRS, 1,
                                          vectors, SMALL_PAIRS * 12),
                     0);
}

static void test_state__returns_the_tower(void **state)
{
    static float before[SMALL_PAIRS * 12], after[SMALL_PAIRS * 12];
    (void)state;
    for (int32_t norm_first = 0; norm_first < 2; norm_first++) {
        siamese_tower_options o = tower_options(0.25, norm_first), read;
        static const uint32_t numbers[] = {0};
        memory bytes = {NULL, 0, 0}, again = {NULL, 0, 0};
        sm_writer writer = {append, &bytes}, second = {append, &again};
        siamese_tower *same = NULL;
        o.feed_forward_activation = SIAMESE_ACTIVATION_GELU_TANH;
        o.pooling = SIAMESE_POOLING_MAX;
        o.layer_norm_epsilon = 1e-6;
        siamese_tower *const tower = new_tower(&o);
        encode(tower, before);
        assert_int_equal(sm_tower_write(tower, numbers, &writer), 0);
        sm_reader reader = {take, &bytes, bytes.size, 0, "query_tower"};
        assert_int_equal(sm_tower_read(&same, &reader,
                                       sm_own_section_version("query_tower"),
                                       &world.vocab, 1, 1),
                         0);
        assert_int_equal(sm_tower_write(same, numbers, &second), 0);
        assert_int_equal(bytes.size, again.size);
        assert_memory_equal(bytes.bytes, again.bytes, bytes.size);
        encode(same, after);
        assert_memory_equal(before, after, sizeof before);
        read.struct_size = sizeof read;
        assert_int_equal(siamese_tower_get_options(same, &read), 0);
        assert_memory_equal(&read, &o, sizeof o);
        siamese_tower_free(tower);
        siamese_tower_free(same);
        free(bytes.bytes);
        free(again.bytes);
    }
}

/* An empty text has a vector of zeros, and stays one when divided by its
 * length. */
static void test_encode__of_an_empty_text_is_zero(void **state)
{
    siamese_tower_options const o = tower_options(0, 0);
    siamese_tower *const tower = new_tower(&o);
    siamese_text const nothing = {NULL, 0};
    float vector[12];
    (void)state;
    assert_int_equal(siamese_tower_encode(tower, &nothing, 1, 1, vector, 12),
                     0);
    for (size_t j = 0; j < 12; j++) assert_true(vector[j] == 0);
    siamese_tower_free(tower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_training__lowers_the_loss),
        cmocka_unit_test(test_training__has_the_same_bits_for_any_threads),
        cmocka_unit_test(test_training__goes_on_with_its_dropout),
        cmocka_unit_test(test_training__drops_by_the_trainers_seed),
        cmocka_unit_test(test_state__returns_the_tower),
        cmocka_unit_test(test_encode__of_an_empty_text_is_zero),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
