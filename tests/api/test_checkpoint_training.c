/* Checkpoints of a training that goes on: saved from its callback or from
 * another thread, and continued as if it had never stopped. */
#include "api/checkpoint_parts.h"

#include <pthread.h>

enum { PAIRS = 60, EPOCHS = 3, BATCH = 8 };

static siamese_vocab *vocab;
static siamese_tower *tower;

static int setup(void **state)
{
    (void)state;
    vocab = make_vocab(4);
    tower = make_tower(vocab, 3);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return 0;
}

static void add_pairs(siamese_trainer *trainer)
{
    siamese_text texts[PAIRS];
    for (int i = 0; i < PAIRS; i++)
        texts[i] = part_texts[(i * i + i / 7) % PART_TEXTS];
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = texts,
                                 .items = texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PAIRS};
    ok(siamese_trainer_add_pairs(trainer, &pairs));
}

static siamese_trainer *new_trainer(void)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    ok(siamese_trainer_options_init(&options, sizeof options));
    options.batch_size = BATCH;
    options.epochs = EPOCHS;
    options.shuffle_buffer = 16;
    options.threads = 2;
    ok(siamese_trainer_create(&trainer, tower, tower, &options));
    add_pairs(trainer);
    return trainer;
}

static siamese_bundle *bundle_of(siamese_trainer *trainer)
{
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    return bundle;
}

/* ---- saved within the callback of a step ---- */

typedef struct stop {
    const siamese_bundle *bundle;
    uint64_t step;
    image file;
} stop;

static int32_t save_and_stop(void *user, const siamese_progress *progress)
{
    stop *const at = user;
    if (progress->step < at->step) return 0;
    at->file.writes_left = -1;
    /* no assertion here: it would jump through the library */
    return siamese_checkpoint_write(image_write, &at->file, at->bundle, NULL)
               ? 2
               : 1;
}

static void test_training__goes_on_as_if_it_had_never_stopped(void **state)
{
    (void)state;
    siamese_trainer *const whole = new_trainer();
    ok(siamese_trainer_fit(whole, NULL, NULL));
    siamese_bundle *const expected = bundle_of(whole);
    image end = write_bundle(expected);
    uint64_t const steps = EPOCHS * ((PAIRS + BATCH - 1) / BATCH);
    for (uint64_t step = 1; step < steps; step++) {
        siamese_trainer *const stopped = new_trainer();
        siamese_trainer *resumed;
        siamese_bundle *const bundle = bundle_of(stopped);
        stop at = {.bundle = bundle, .step = step};
        assert_int_equal(siamese_trainer_fit(stopped, save_and_stop, &at),
                         SIAMESE_E_CANCELLED);
        siamese_bundle *const loaded = load_image(&at.file);
        ok(siamese_bundle_get_trainer(loaded, &resumed));
        add_pairs(resumed);
        ok(siamese_trainer_fit(resumed, NULL, NULL));
        image again = write_bundle(loaded);
        assert_int_equal(again.size, end.size);
        assert_memory_equal(again.bytes, end.bytes, end.size);
        siamese_trainer_free(resumed);
        siamese_bundle_free(loaded);
        siamese_bundle_free(bundle);
        siamese_trainer_free(stopped);
        free(at.file.bytes);
        free(again.bytes);
    }
    siamese_bundle_free(expected);
    siamese_trainer_free(whole);
    free(end.bytes);
}

/* ---- saved by another thread ---- */

static void *fit_it(void *trainer)
{
    return (void *)(intptr_t)siamese_trainer_fit(trainer, NULL, NULL);
}

static void test_training__may_be_saved_by_another_thread(void **state)
{
    (void)state;
    siamese_trainer *const trainer = new_trainer();
    siamese_bundle *const bundle = bundle_of(trainer);
    pthread_t thread;
    void *result;
    ok(siamese_trainer_set_option(trainer, "epochs", "100"));
    assert_int_equal(pthread_create(&thread, NULL, fit_it, trainer), 0);
    for (int i = 0; i < 50; i++) {
        siamese_tower *query, *item;
        image file = write_bundle(bundle);
        siamese_bundle *const loaded = load_image(&file);
        ok(siamese_bundle_get_query_tower(bundle, &query));
        ok(siamese_bundle_get_item_tower(loaded, &item));
        siamese_tower_free(query);
        siamese_tower_free(item);
        siamese_bundle_free(loaded);
        free(file.bytes);
    }
    ok(siamese_trainer_cancel(trainer));
    assert_int_equal(pthread_join(thread, &result), 0);
    siamese_bundle_free(bundle);
    siamese_trainer_free(trainer);
}

static void
test_training__has_the_same_file_for_any_number_of_threads(void **state)
{
    (void)state;
    image first = {0};
    static const char *const threads[] = {"1", "2", "7"};
    for (int i = 0; i < 3; i++) {
        siamese_trainer *const trainer = new_trainer();
        siamese_bundle *const bundle = bundle_of(trainer);
        ok(siamese_trainer_set_option(trainer, "threads", threads[i]));
        ok(siamese_trainer_fit(trainer, NULL, NULL));
        image file = write_bundle(bundle);
        if (i == 0) {
            first = file;
        } else {
            assert_int_equal(file.size, first.size);
            assert_memory_equal(file.bytes, first.bytes, file.size);
            free(file.bytes);
        }
        siamese_bundle_free(bundle);
        siamese_trainer_free(trainer);
    }
    free(first.bytes);
}

#define WITH_TOWER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WITH_TOWER(test_training__goes_on_as_if_it_had_never_stopped),
        WITH_TOWER(test_training__may_be_saved_by_another_thread),
        WITH_TOWER(test_training__has_the_same_file_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
