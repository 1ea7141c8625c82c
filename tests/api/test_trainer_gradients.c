/* siamese_trainer_get_gradient has the same numbers whatever the optimiser is,
 * whether it holds the rows of a table or makes them when it reads them, and
 * keeps them while threads change. */
#include <stdbool.h>

#include "small_world.h"

#define ok(call) assert_int_equal((call), SIAMESE_OK)

enum { DIM = 16, ROWS = 40 };

/* Optimisers of which the first hold all rows. */
static const struct {
    const char *optimizer, *momentum, *clip_norm;
    bool holds;
} rules[] = {{"adam", "0", "0", true},
             {"sgd", "0.9", "0", true},
             {"adagrad", "0", "1e9", true},
             {"adagrad", "0", "0", false},
             {"sgd", "0", "0", false}};
enum { RULES = sizeof rules / sizeof *rules };

static siamese_tower *bag_tower(int32_t pooling)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.encoder = SIAMESE_ENCODER_BAG;
    options.pooling = pooling;
    options.embedding_dim = DIM;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "text", world.vocab, NULL));
    return tower;
}

static siamese_trainer *trainer_by(size_t rule, int32_t pooling, bool shared)
{
    siamese_trainer_options options = small_options(1);
    siamese_tower *const query = bag_tower(pooling);
    siamese_tower *const item = shared ? query : bag_tower(pooling);
    siamese_trainer *trainer;
    options.batch_size = ROWS;
    options.metrics = SIAMESE_METRICS_NONE;
    ok(siamese_trainer_options_set(&options, "optimizer",
                                   rules[rule].optimizer));
    ok(siamese_trainer_options_set(&options, "momentum", rules[rule].momentum));
    ok(siamese_trainer_options_set(&options, "clip_norm",
                                   rules[rule].clip_norm));
    ok(siamese_trainer_create(&trainer, query, item, &options));
    ok(siamese_trainer_add_pairs(trainer, &world.pairs));
    if (!shared) siamese_tower_free(item);
    siamese_tower_free(query);
    return trainer;
}

static void step(siamese_trainer *trainer, size_t first)
{
    size_t rows[ROWS];
    siamese_step result = {.struct_size = sizeof result};
    for (size_t i = 0; i < ROWS; i++) rows[i] = first + 3 * i;
    ok(siamese_trainer_step(trainer, rows, ROWS, &result));
}

static float *gradient_of(const siamese_trainer *trainer, int32_t side,
                          size_t *count)
{
    assert_int_equal(siamese_trainer_get_gradient(trainer, side, "embedding",
                                                  NULL, 0, count),
                     SIAMESE_E_RANGE);
    float *const values = malloc(*count * sizeof *values);
    assert_non_null(values);
    ok(siamese_trainer_get_gradient(trainer, side, "embedding", values, *count,
                                    NULL));
    return values;
}

static void assert_gradients(const siamese_trainer *a, const siamese_trainer *b)
{
    for (int32_t side = SIAMESE_SIDE_QUERY; side <= SIAMESE_SIDE_ITEM; side++) {
        size_t count, other;
        float *const x = gradient_of(a, side, &count);
        float *const y = gradient_of(b, side, &other);
        assert_int_equal(count, other);
        assert_memory_equal(x, y, count * sizeof *x);
        free(x);
        free(y);
    }
}

static void gradients__are_the_same_by_every_rule(void **state)
{
    (void)state;
    for (int32_t pooling = 0; pooling < 3; pooling++)
        for (int shared = 0; shared < 2; shared++) {
            siamese_trainer *const first = trainer_by(0, pooling, shared);
            step(first, 0);
            for (size_t rule = 1; rule < RULES; rule++) {
                siamese_trainer *const t = trainer_by(rule, pooling, shared);
                step(t, 0);
                assert_gradients(first, t);
                siamese_trainer_free(t);
            }
            siamese_trainer_free(first);
        }
}

/* A limit that nothing reaches has rows held, and changes no bit. */
static void gradients__made_late_train_the_same_weights(void **state)
{
    (void)state;
    for (int shared = 0; shared < 2; shared++) {
        siamese_trainer *const held =
            trainer_by(2, SIAMESE_POOLING_MEAN, shared);
        siamese_trainer *const made =
            trainer_by(3, SIAMESE_POOLING_MEAN, shared);
        for (size_t i = 0; i < 4; i++) {
            step(held, 11 * i);
            step(made, 11 * i);
            assert_same_weights(held, made);
            assert_gradients(held, made);
        }
        ok(siamese_trainer_fit(held, NULL, NULL));
        ok(siamese_trainer_fit(made, NULL, NULL));
        assert_same_weights(held, made);
        assert_gradients(held, made);
        siamese_trainer_free(held);
        siamese_trainer_free(made);
    }
}

static void gradients__outlive_a_change_of_threads(void **state)
{
    (void)state;
    for (size_t rule = 0; rule < RULES; rule++) {
        siamese_trainer *const t = trainer_by(rule, SIAMESE_POOLING_MEAN, 0);
        siamese_trainer *const same = trainer_by(rule, SIAMESE_POOLING_MEAN, 0);
        ok(siamese_trainer_set_option(t, "threads", "3"));
        step(t, 5);
        step(same, 5);
        ok(siamese_trainer_set_option(t, "threads", "2"));
        assert_gradients(t, same);
        step(t, 7);
        step(same, 7);
        assert_gradients(t, same);
        assert_same_weights(t, same);
        siamese_trainer_free(t);
        siamese_trainer_free(same);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients__are_the_same_by_every_rule),
        cmocka_unit_test(gradients__made_late_train_the_same_weights),
        cmocka_unit_test(gradients__outlive_a_change_of_threads),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
