/*
 * A training that is broken off, looked at and saved by another thread at
 * random moments: what a snapshot or a file has is the state after a whole
 * step, none before the last one seen, and after any number of cancels the run
 * ends with the bits of one that nobody disturbed.
 *
 * SIAMESE_TEST_LONG: 1,000 moments of each kind in place of some dozens.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "random_numbers.h"
#include "reliability.h"
#include "small_pairs.h"

enum { STEPS = 40, DELAY_NS = 3000000 };

typedef struct reference {
    float *weights[STEPS + 1]; /* after each step */
    size_t count;
} reference;

typedef struct run {
    siamese_trainer *trainer;
    atomic_int is_over, wrong;
} run;

static small_pairs world;
static reference known;

static siamese_trainer *new_trainer(int32_t threads)
{
    siamese_trainer_options o = small_options(threads);
    o.epochs = 100;
    o.max_steps = STEPS;
    o.batch_size = 96;
    o.metrics = SIAMESE_METRICS_NONE;
    o.self_supervision = 0.5;
    o.mined_negatives = 2;
    o.mine_from = 0.3;
    o.mine_first = 1;
    o.random_negatives = 3;
    o.logq = SIAMESE_LOGQ_STREAMING;
    o.logq_buckets = 64;
    o.cache = 0;
    return small_trainer(&world, &o, 1);
}

/* In a run whose own thread looks at it after each step. */
static int32_t note_step(void *trainer, const siamese_progress *p)
{
    size_t const step = (size_t)p->step;
    if (step <= STEPS && known.weights[step] == NULL)
        known.weights[step] = trainer_weights(trainer, &known.count);
    return 0;
}

static int make_reference(void **state)
{
    siamese_trainer *t;
    (void)state;
    small_pairs_create(&world);
    t = new_trainer(1);
    known.weights[0] = trainer_weights(t, &known.count);
    assert_int_equal(siamese_trainer_fit(t, note_step, t), 0);
    siamese_trainer_free(t);
    for (size_t step = 1; step <= STEPS; step++)
        assert_memory_not_equal(known.weights[step - 1], known.weights[step],
                                known.count * sizeof(float));
    return 0;
}

static int free_reference(void **state)
{
    (void)state;
    for (size_t step = 0; step <= STEPS; step++) free(known.weights[step]);
    small_pairs_free(&world);
    return 0;
}

/* The step from `least` on after which the weights were these; STEPS + 1: none.
 */
static size_t step_of(const float *weights, size_t least)
{
    size_t step = least;
    while (step <= STEPS && memcmp(weights, known.weights[step],
                                   known.count * sizeof *weights) != 0)
        step++;
    return step;
}

/* ---- the thread that trains ---- */

static void *fit_loop(void *user)
{
    run *const r = user;
    siamese_status status;
    do status = siamese_trainer_fit(r->trainer, NULL, NULL);
    while (status == SIAMESE_E_CANCELLED);
    if (status != SIAMESE_OK) atomic_store(&r->wrong, 1);
    atomic_store(&r->is_over, 1);
    return NULL;
}

/* ---- the thread that disturbs it ---- */

static void wait_some(test_random *random)
{
    struct timespec const rest = {0, (long)test_random_below(random, DELAY_NS)};
    nanosleep(&rest, NULL);
}

typedef struct bytes {
    unsigned char *data;
    size_t size;
} bytes;

static int32_t put(void *user, const void *data, size_t size)
{
    bytes *const b = user;
    b->data = realloc(b->data, b->size + size);
    if (b->data == NULL) return 1;
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

/* The weights that a file of the trainer has, and how many steps it is on. */
static float *saved_weights(siamese_trainer *t, uint64_t *step)
{
    siamese_bundle *bundle = NULL;
    siamese_trainer *loaded = NULL;
    siamese_progress p = {.struct_size = sizeof p};
    bytes file = {NULL, 0};
    size_t count;
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_trainer(bundle, t), 0);
    assert_int_equal(siamese_checkpoint_write(put, &file, bundle, NULL), 0);
    siamese_bundle_free(bundle);
    assert_int_equal(
        siamese_checkpoint_load_memory(&bundle, file.data, file.size, NULL), 0);
    assert_int_equal(siamese_bundle_get_trainer(bundle, &loaded), 0);
    siamese_bundle_free(bundle);
    free(file.data);
    assert_int_equal(siamese_trainer_get_progress(loaded, &p), 0);
    *step = p.step;
    float *const weights = trainer_weights(loaded, &count);
    assert_int_equal(count, known.count);
    siamese_trainer_free(loaded);
    return weights;
}

/* One run, disturbed until it is over; what happened how often. */
typedef struct moments {
    long cancels, snapshots, saves;
} moments;

static void disturb(run *r, test_random *random, moments *m)
{
    size_t seen = 0, count;
    while (!atomic_load(&r->is_over)) {
        size_t const what = test_random_below(random, 9);
        wait_some(random);
        if (what < 4) {
            assert_int_equal(siamese_trainer_cancel(r->trainer), 0);
            m->cancels++;
        } else if (what < 8) {
            float *const weights = trainer_weights(r->trainer, &count);
            seen = step_of(weights, seen);
            free(weights);
            m->snapshots++;
        } else {
            uint64_t step;
            float *const weights = saved_weights(r->trainer, &step);
            seen = step_of(weights, seen);
            assert_int_equal(seen, step);
            free(weights);
            m->saves++;
        }
        assert_in_range(seen, 0, STEPS);
    }
}

static void disturbed_run(int32_t threads, test_random *random, moments *m)
{
    run r = {.trainer = new_trainer(threads)};
    pthread_t fitting;
    size_t count;
    assert_int_equal(pthread_create(&fitting, NULL, fit_loop, &r), 0);
    disturb(&r, random, m);
    assert_int_equal(pthread_join(fitting, NULL), 0);
    assert_int_equal(atomic_load(&r.wrong), 0);
    float *const weights = trainer_weights(r.trainer, &count);
    assert_memory_equal(weights, known.weights[STEPS],
                        known.count * sizeof *weights);
    free(weights);
    siamese_trainer_free(r.trainer);
}

static void test_moments__leave_the_bits_of_an_undisturbed_run(void **state)
{
    int const is_long =
        getenv("SIAMESE_TEST_LONG") && !getenv("SIAMESE_TEST_SLOW");
    long const wanted = is_long ? 1000 : 25;
    test_random random = {51};
    moments m = {0, 0, 0};
    (void)state;
    for (int turn = 0; m.cancels < wanted || m.snapshots < wanted; turn++)
        disturbed_run(1 + turn % 3, &random, &m);
    print_message("%ld cancels, %ld snapshots, %ld files\n", m.cancels,
                  m.snapshots, m.saves);
    reliability_count("cancels at random moments of a training", m.cancels);
    reliability_count("snapshots and files at random moments of one",
                      m.snapshots + m.saves);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moments__leave_the_bits_of_an_undisturbed_run),
    };
    return cmocka_run_group_tests(tests, make_reference, free_reference);
}
