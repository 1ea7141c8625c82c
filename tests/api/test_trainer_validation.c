/* Validation while training: its figures, early stopping, and the best
 * weights. */
#include <math.h>

#include "small_world.h"

enum { TRAIN = 200, VALID = SMALL_PAIRS - TRAIN, STEPS = 4 /* an epoch */ };

static siamese_pairs part(size_t first, size_t count)
{
    siamese_pairs pairs = world.pairs;
    pairs.queries += first;
    pairs.items += first;
    pairs.count = count;
    return pairs;
}

static siamese_pairs all_items(void)
{
    siamese_pairs items = world.pairs;
    items.queries = NULL;
    return items;
}

/* A trainer of the first 200 pairs. */
static siamese_trainer *new_trainer(const siamese_trainer_options *options)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    siamese_pairs const pairs = part(0, TRAIN);
    assert_int_equal(siamese_trainer_create(&t, query, item, options), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), 0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    return t;
}

static void set_validation(siamese_trainer *t)
{
    siamese_pairs const pairs = part(TRAIN, VALID), items = all_items();
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, &items), 0);
}

static siamese_progress progress_of(const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(trainer, &p), 0);
    return p;
}

static siamese_trainer_options quiet(void)
{
    siamese_trainer_options options = small_options(2);
    options.metrics = SIAMESE_METRICS_NONE;
    return options;
}

/* ---- figures ---- */

static void validation__topk_is_that_of_evaluate(void **state)
{
    siamese_trainer_options options = quiet();
    siamese_pairs const pairs = part(TRAIN, VALID), items = all_items();
    size_t const ks[] = {1, 5, 10, 50, 100};
    double accuracy[5];
    (void)state;
    options.epochs = 5;
    options.restore_best = 0;
    for (int own = 0; own < 2; own++) {
        siamese_trainer *const t = new_trainer(&options);
        assert_int_equal(
            siamese_trainer_set_validation(t, &pairs, own ? &items : NULL), 0);
        assert_int_equal(progress_of(t).validation_step, 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_progress const p = progress_of(t);
        assert_int_equal(p.validation_step, 5 * STEPS);
        assert_int_equal(siamese_trainer_evaluate(t, &pairs,
                                                  own ? &items : NULL, ks, 5,
                                                  accuracy, 5),
                         0);
        assert_memory_equal(accuracy, p.validation_topk, sizeof accuracy);
        siamese_trainer_free(t);
    }
}

/* The loss of a batch is that of a step on the same pairs by the same
 * weights. */
static void validation__loss_is_that_of_batches(void **state)
{
    siamese_trainer_options options = quiet();
    siamese_pairs pairs = part(TRAIN, VALID);
    siamese_tower *query = NULL, *item = NULL;
    siamese_trainer *other = NULL;
    siamese_step step = {.struct_size = sizeof step};
    double sum = 0;
    (void)state;
    pairs.weights = world.weights + TRAIN;
    pairs.item_probabilities = world.probabilities + TRAIN;
    pairs.negatives = world.items;
    pairs.negative_offsets = world.offsets;
    options.temperature = 0.3;
    options.mask_same_query = 1;
    options.symmetric = 1;
    options.monitor = SIAMESE_MONITOR_LOSS;
    options.random_negatives = 0;
    siamese_trainer *const t = new_trainer(&options);
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, NULL), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const p = progress_of(t);
    assert_true(p.validation_topk[4] == 0);
    assert_true(p.best_value == p.validation_loss);
    assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
    options.learning_rate = 1e-30;
    assert_int_equal(siamese_trainer_create(&other, query, item, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(other, &pairs), 0);
    for (size_t first = 0; first < VALID; first += 64) {
        size_t rows[64], count = 0;
        while (count < 64 && first + count < VALID) {
            rows[count] = first + count;
            count++;
        }
        assert_int_equal(siamese_trainer_step(other, rows, count, &step), 0);
        sum += step.loss_sum;
    }
    assert_float_equal(p.validation_loss, sum / VALID, 1e-6 * sum / VALID);
    siamese_trainer_free(t);
    siamese_trainer_free(other);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

static void validation__does_not_disturb_training(void **state)
{
    siamese_trainer_options options = quiet();
    (void)state;
    options.epochs = 4;
    options.restore_best = 0;
    siamese_trainer *const plain = new_trainer(&options);
    options.validate_every = 3;
    siamese_trainer *const watched = new_trainer(&options);
    set_validation(watched);
    assert_int_equal(siamese_trainer_fit(plain, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(watched, NULL, NULL), 0);
    assert_same_weights(plain, watched);
    siamese_trainer_free(plain);
    siamese_trainer_free(watched);
}

typedef struct calls {
    uint64_t steps[64];
    size_t count;
} calls;

static int32_t note_validations(void *user, const siamese_progress *p)
{
    calls *const c = user;
    if (p->stage == SIAMESE_STAGE_VALIDATE && p->stage_done == 1)
        c->steps[c->count++ % 64] = p->step;
    return p->stage == SIAMESE_STAGE_VALIDATE && p->stage_done == 1 &&
           p->validation_step != p->step;
}

static void validation__comes_each_n_steps_or_epochs(void **state)
{
    (void)state;
    for (size_t every = 0; every < 4; every++) {
        siamese_trainer_options options = quiet();
        calls c = {.count = 0};
        size_t const gap = every ? every : STEPS;
        options.epochs = 3;
        options.validate_every = every;
        siamese_trainer *const t = new_trainer(&options);
        set_validation(t);
        assert_int_equal(siamese_trainer_fit(t, note_validations, &c), 0);
        assert_int_equal(c.count, 3 * STEPS / gap);
        for (size_t i = 0; i < c.count; i++)
            assert_int_equal(c.steps[i], (i + 1) * gap);
        siamese_trainer_free(t);
    }
}

/* ---- early stopping and the best weights ---- */

/* No later validation is better by so much: the first stays the best. */
static siamese_trainer_options impatient(void)
{
    siamese_trainer_options options = quiet();
    options.epochs = 20;
    options.patience = 3;
    options.min_delta = 1e6;
    return options;
}

static void validation__ends_training_and_restores_the_best(void **state)
{
    siamese_trainer_options options = impatient();
    (void)state;
    for (int32_t monitor = 0; monitor < 2; monitor++) {
        options.monitor = monitor;
        options.epochs = 20;
        options.patience = 3;
        siamese_trainer *const t = new_trainer(&options);
        set_validation(t);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_progress const p = progress_of(t);
        assert_int_equal(p.epoch, 4);
        assert_int_equal(p.best_step, STEPS);
        assert_int_equal(p.validations_without_best, 3);
        assert_true(p.stopped_early && p.best_restored);
        options.epochs = 1;
        siamese_trainer *const one = new_trainer(&options);
        assert_int_equal(siamese_trainer_fit(one, NULL, NULL), 0);
        assert_same_weights(t, one);
        /* it is over until there is more patience */
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_int_equal(progress_of(t).epoch, 4);
        assert_int_equal(siamese_trainer_set_option(t, "patience", "5"), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        assert_int_equal(progress_of(t).epoch, 6);
        assert_same_weights(t, one);
        siamese_trainer_free(one);
        siamese_trainer_free(t);
    }
}

/* In the middle of an epoch too; and without restoring. */
static void validation__stops_between_epochs_ends(void **state)
{
    siamese_trainer_options options = impatient();
    (void)state;
    options.validate_every = 3;
    options.patience = 1;
    options.restore_best = 0;
    siamese_trainer *const t = new_trainer(&options);
    set_validation(t);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const p = progress_of(t);
    assert_int_equal(p.step, 6);
    assert_int_equal(p.epoch, 1);
    assert_int_equal(p.epoch_step, 2);
    assert_true(p.stopped_early && !p.best_restored);
    siamese_trainer_free(t);
}

/* What is best is the largest accuracy, or the smallest loss, of all that the
 * callback saw, the first of equal ones. */
typedef struct seen {
    int32_t monitor;
    double best;
    uint64_t step;
} seen;

static int32_t follow(void *user, const siamese_progress *p)
{
    seen *const s = user;
    if (p->stage != SIAMESE_STAGE_VALIDATE || p->stage_done != 1) return 0;
    double const value = s->monitor == SIAMESE_MONITOR_LOSS
                             ? -p->validation_loss
                             : p->validation_topk[2];
    if (s->step == 0 || value > s->best) {
        s->best = value;
        s->step = p->step;
    }
    return 0;
}

static void validation__best_is_the_best_seen(void **state)
{
    siamese_pairs const pairs = part(TRAIN, VALID), items = all_items();
    size_t const k = 10;
    (void)state;
    for (int32_t monitor = 0; monitor < 2; monitor++) {
        siamese_trainer_options options = quiet();
        seen s = {.monitor = monitor};
        double accuracy;
        options.epochs = 30;
        options.monitor = monitor;
        options.learning_rate = 0.03;
        siamese_trainer *const t = new_trainer(&options);
        set_validation(t);
        assert_int_equal(siamese_trainer_fit(t, follow, &s), 0);
        siamese_progress const p = progress_of(t);
        assert_int_equal(p.best_step, s.step);
        assert_int_equal(p.validations_without_best, (120 - s.step) / STEPS);
        assert_true(p.best_restored && !p.stopped_early);
        if (monitor == SIAMESE_MONITOR_TOP_10) {
            assert_int_equal(siamese_trainer_evaluate(t, &pairs, &items, &k, 1,
                                                      &accuracy, 1),
                             0);
            assert_true(accuracy == s.best);
            assert_true(p.best_value == s.best);
        }
        siamese_trainer_free(t);
    }
}

/* ---- other pairs ---- */

static void validation__other_pairs_begin_anew(void **state)
{
    siamese_trainer_options options = impatient();
    siamese_pairs const pairs = part(TRAIN + 1, VALID - 1);
    (void)state;
    siamese_trainer *const t = new_trainer(&options);
    set_validation(t);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    set_validation(t); /* the same */
    siamese_pairs named = all_items();
    assert_int_equal(progress_of(t).best_step, STEPS);
    /* the same texts, but by other ids */
    siamese_pairs const same = part(TRAIN, VALID);
    named.item_ids = world.item_ids;
    assert_int_equal(siamese_trainer_set_validation(t, &same, &named), 0);
    assert_int_equal(progress_of(t).best_step, 0);
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, NULL), 0);
    assert_int_equal(progress_of(t).best_step, 0);
    assert_int_equal(progress_of(t).stopped_early, 0);
    assert_int_equal(siamese_trainer_set_validation(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(progress_of(t).epoch, 20);
    assert_int_equal(progress_of(t).validation_step, 0);
    siamese_trainer_free(t);
}

static void validation__odd_arguments_are_refused(void **state)
{
    siamese_trainer_options const options = quiet();
    siamese_pairs pairs = part(TRAIN, VALID), items = all_items();
    siamese_trainer *const t = new_trainer(&options);
    (void)state;
    assert_int_equal(siamese_trainer_set_validation(NULL, &pairs, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_set_validation(t, NULL, &items),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_set_validation(t, &items, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, &pairs),
                     SIAMESE_E_ARGUMENT);
    items.count = 0;
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, &items),
                     SIAMESE_E_ARGUMENT);
    pairs.count = 0;
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_set_option(t, "monitor", "loss"),
                     SIAMESE_E_STATE);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validation__topk_is_that_of_evaluate),
        cmocka_unit_test(validation__loss_is_that_of_batches),
        cmocka_unit_test(validation__does_not_disturb_training),
        cmocka_unit_test(validation__comes_each_n_steps_or_epochs),
        cmocka_unit_test(validation__ends_training_and_restores_the_best),
        cmocka_unit_test(validation__stops_between_epochs_ends),
        cmocka_unit_test(validation__best_is_the_best_seen),
        cmocka_unit_test(validation__other_pairs_begin_anew),
        cmocka_unit_test(validation__odd_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("trainer_validation", tests, setup,
                                       teardown);
}
