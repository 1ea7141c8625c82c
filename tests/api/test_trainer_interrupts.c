/* A fit broken off at any place, by its callback, by a cancel or for lack of
 * memory, with a checkpoint between or without: the next one goes on to the
 * bits of a run that was never stopped, and owes it no validation and no
 * epoch's end. */
#include "failing_allocator.h"
#include "slow_machine.h"
#include "small_pairs.h"

static small_pairs world;

/* ---- allocations that cancel ---- */

static siamese_trainer *to_cancel; /* at the failing allocation, or NULL */

static int meddles(void)
{
    if (!fails()) return 0;
    if (to_cancel == NULL) return 1;
    assert_int_equal(siamese_trainer_cancel(to_cancel), 0);
    return 0;
}

static void *take(void *user, size_t size)
{
    (void)user;
    return meddles() ? NULL : malloc(size);
}

static void *retake(void *user, void *pointer, size_t size)
{
    (void)user;
    return meddles() ? NULL : realloc(pointer, size);
}

static int setup(void **state)
{
    siamese_allocator const hook = {sizeof hook, NULL, take, retake,
                                    deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&hook), 0);
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* ---- runs of many kinds ---- */

typedef struct kind {
    const char *name;
    size_t epochs, max_steps, validate_every, patience;
    int32_t metrics, monitor, restore_best;
    int mines; /* and makes pairs, and learns frequencies */
    double rate;
} kind;

enum { EPOCH = SIAMESE_METRICS_EPOCH, STEP = SIAMESE_METRICS_STEP };
enum { LOSS = SIAMESE_MONITOR_LOSS, TOP_1 = SIAMESE_MONITOR_TOP_1 };

static const kind kinds[] = {
    {"max_steps within an epoch", 9, 8, 0, 0, 0, LOSS, 1, 0, 0.01},
    {"max_steps at an epoch's end", 9, 10, 0, 0, EPOCH, LOSS, 1, 0, 0.3},
    {"patience at an epoch's end", 9, 0, 0, 1, EPOCH, LOSS, 1, 0, 1},
    {"patience within an epoch", 9, 0, 3, 1, EPOCH, TOP_1, 1, 0, 1},
    {"the last weights", 3, 11, 2, 0, STEP, TOP_1, 0, 0, 0.01},
    {"epochs alone", 2, 0, 0, 0, EPOCH, 0, 1, 0, 0.01},
    {"mined and made", 3, 9, 4, 0, EPOCH, LOSS, 1, 1, 0.05},
    {"mined and made, whole epochs", 2, 0, 0, 2, STEP, 0, 1, 1, 0.05},
};

static siamese_trainer *new_trainer(const kind *k)
{
    siamese_trainer_options o = small_options(1);
    siamese_pairs const pairs = world.pairs;
    o.epochs = k->epochs;
    o.max_steps = k->max_steps;
    o.validate_every = k->validate_every;
    o.patience = k->patience;
    o.metrics = k->metrics;
    o.monitor = k->monitor;
    o.restore_best = k->restore_best;
    o.learning_rate = k->rate;
    if (k->mines) {
        o.self_supervision = 0.5;
        o.mined_negatives = 2;
        o.mine_from = 0.3;
        o.mine_first = 1;
        o.random_negatives = 3;
        o.logq = SIAMESE_LOGQ_STREAMING;
        o.logq_buckets = 64;
        o.batch_size = 96;
        o.cache = 0;
    }
    siamese_trainer *const t = small_trainer(&world, &o, 1);
    siamese_pairs valid = pairs;
    valid.count = 100;
    assert_int_equal(siamese_trainer_set_validation(t, &valid, NULL), 0);
    return t;
}

/* ---- through a checkpoint ---- */

typedef struct bytes {
    unsigned char *data;
    size_t size, at;
} bytes;

static int32_t put(void *user, const void *data, size_t size)
{
    bytes *const b = user;
    b->data = realloc(b->data, b->size + size);
    assert_non_null(b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

static int32_t get(void *user, void *data, size_t size, size_t *got)
{
    bytes *const b = user;
    *got = size < b->size - b->at ? size : b->size - b->at;
    memcpy(data, b->data + b->at, *got);
    b->at += *got;
    return 0;
}

static siamese_trainer *reload(siamese_trainer *t)
{
    siamese_bundle *bundle = NULL;
    siamese_trainer *loaded = NULL;
    siamese_pairs valid = world.pairs;
    bytes file = {0};
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_trainer(bundle, t), 0);
    assert_int_equal(siamese_checkpoint_write(put, &file, bundle, NULL), 0);
    siamese_bundle_free(bundle);
    siamese_trainer_free(t);
    assert_int_equal(siamese_checkpoint_read(&bundle, get, &file, NULL), 0);
    assert_int_equal(siamese_bundle_get_trainer(bundle, &loaded), 0);
    siamese_bundle_free(bundle);
    free(file.data);
    valid.count = 100;
    assert_int_equal(siamese_trainer_add_pairs(loaded, &world.pairs), 0);
    assert_int_equal(siamese_trainer_set_validation(loaded, &valid, NULL), 0);
    return loaded;
}

/* ---- the same in the end ---- */

static siamese_progress progress_of(const siamese_trainer *t)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    p.pairs_per_second = p.seconds = p.seconds_left = 0;
    return p;
}

static void assert_same_run(const siamese_trainer *a, const siamese_trainer *b)
{
    siamese_progress const p = progress_of(a), q = progress_of(b);
    assert_same_weights(a, b);
    assert_memory_equal(&p, &q, sizeof p);
}

/* ---- breaking off ---- */

typedef struct calls {
    size_t count, stop_at; /* 0: never */
} calls;

static int32_t count_calls(void *user, const siamese_progress *p)
{
    calls *const c = user;
    (void)p;
    return ++c->count == c->stop_at;
}

static void interrupts__at_any_call_of_progress(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        siamese_trainer *const whole = new_trainer(&kinds[i]);
        calls all = {0};
        assert_int_equal(siamese_trainer_fit(whole, count_calls, &all), 0);
        assert_true(all.count > 5);
        size_t const stride = is_slow_machine() ? 5 : 1;
        for (size_t at = 1; at <= all.count; at += stride)
            for (int saved = 0; saved < 2; saved++) {
                if (is_slow_machine() && saved != (int)(at % 2)) continue;
                siamese_trainer *t = new_trainer(&kinds[i]);
                calls c = {.stop_at = at};
                siamese_status const status =
                    siamese_trainer_fit(t, count_calls, &c);
                /* on a slow machine there are more calls, by the clock */
                assert_int_equal(status,
                                 c.count == at ? SIAMESE_E_CANCELLED : 0);
                if (saved) t = reload(t);
                if (siamese_trainer_fit(t, NULL, NULL) != 0)
                    fail_msg("%s, call %zu: %s", kinds[i].name, at,
                             siamese_last_error());
                assert_same_run(t, whole);
                siamese_trainer_free(t);
            }
        siamese_trainer_free(whole);
    }
}

/* Again and again, each time a little further on. */
static void break_off(const kind *k, int cancels, int saved)
{
    siamese_trainer *const whole = new_trainer(k);
    siamese_trainer *t = new_trainer(k);
    siamese_status status;
    long at = 1;
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    do {
        to_cancel = cancels ? t : NULL;
        fail_after(at);
        at += 1 + at / 5;
        status = siamese_trainer_fit(t, NULL, NULL);
        long const failed = failures;
        fail_after(-1);
        to_cancel = NULL;
        if (failed == 0)
            assert_int_equal(status, 0);
        else if (!cancels)
            assert_int_equal(status, SIAMESE_E_MEMORY);
        else
            assert_true(status == 0 || status == SIAMESE_E_CANCELLED);
        if (failed && saved) t = reload(t);
    } while (status != SIAMESE_OK);
    assert_true(at > 20);
    assert_same_run(t, whole);
    siamese_trainer_free(t);
    siamese_trainer_free(whole);
}

static void interrupts__at_any_allocation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int how = 0; how < 4; how++) {
            if (is_slow_machine() && how != (int)(i % 4)) continue;
            break_off(&kinds[i], how % 2, how / 2);
        }
}

/* What was restored is not validated as if it were the last step's. */
static void interrupts__restored_weights_owe_nothing(void **state)
{
    (void)state;
    siamese_trainer *const t = new_trainer(&kinds[3]);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const before = progress_of(t);
    assert_true(before.best_restored && before.stopped_early);
    assert_int_equal(siamese_trainer_set_option(t, "max_steps", "1"), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_progress const after = progress_of(t);
    assert_memory_equal(&before, &after, sizeof before);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(interrupts__at_any_call_of_progress),
        cmocka_unit_test(interrupts__at_any_allocation),
        cmocka_unit_test(interrupts__restored_weights_owe_nothing),
    };
    return cmocka_run_group_tests_name("trainer_interrupts", tests, setup,
                                       teardown);
}
