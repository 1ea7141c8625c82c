/* A checkpoint that is written to a stream: while the stream takes its time,
 * every handle that is written goes on; what is written is how it stood. */
#include <math.h>
#include <unistd.h>

#include "failing_allocator.h"
#include "slow_machine.h"
#include "small_pairs.h"

enum { DIM = 8, VECTORS = 500 };

static small_pairs world;

static int setup(void **state)
{
    siamese_allocator const hook = {sizeof hook, NULL, allocate, reallocate,
                                    deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&hook), 0);
    small_pairs_create(&world);
    /* what waits for itself ends the test */
    alarm(is_slow_machine() ? 600 : 60);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* A stream into memory that meddles with the handles that are written. */
typedef struct stream {
    unsigned char *data;
    size_t size, calls;
    siamese_trainer *trainer;
    siamese_index *index;
} stream;

static void use_trainer(siamese_trainer *t)
{
    size_t const rows[] = {1, 2, 3};
    siamese_tower *tower = NULL;
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_snapshot(t, &tower, NULL), 0);
    siamese_tower_free(tower);
    assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    assert_int_equal(siamese_trainer_step(t, rows, 3, NULL), 0);
    assert_int_equal(siamese_trainer_set_option(t, "learning_rate", "0.5"), 0);
}

static void use_index(siamese_index *index, int64_t id)
{
    float const vector[DIM] = {100, 1};
    int64_t found = -1;
    float score;
    assert_int_equal(siamese_index_add(index, &id, vector, 1), 0);
    assert_int_equal(siamese_index_search(index, vector, 1, 1, NULL, &found,
                                          &score, 1, NULL),
                     0);
    assert_true(found >= VECTORS);
    assert_int_equal(siamese_index_remove(index, &id, 1, NULL), 0);
    assert_int_equal(siamese_index_add(index, &id, vector, 1), 0);
}

static int32_t put(void *user, const void *data, size_t size)
{
    stream *const s = user;
    s->data = realloc(s->data, s->size + size);
    assert_non_null(s->data);
    memcpy(s->data + s->size, data, size);
    s->size += size;
    s->calls++;
    if (s->trainer) use_trainer(s->trainer);
    if (s->index) use_index(s->index, VECTORS + (int64_t)s->calls);
    return 0;
}

static siamese_index *new_index(void)
{
    siamese_index *index = NULL;
    int64_t ids[VECTORS];
    float vectors[VECTORS * DIM];
    for (size_t i = 0; i < VECTORS; i++) ids[i] = (int64_t)i;
    for (size_t i = 0; i < VECTORS * DIM; i++)
        vectors[i] = sinf((float)i * 0.37f);
    assert_int_equal(siamese_index_create(&index, DIM, NULL), 0);
    assert_int_equal(siamese_index_add(index, ids, vectors, VECTORS), 0);
    return index;
}

/* A trainer with all that its section can hold. */
static siamese_trainer *new_trainer(void)
{
    siamese_trainer_options options = small_options(2);
    siamese_pairs valid = world.pairs;
    options.epochs = 3;
    options.logq = SIAMESE_LOGQ_STREAMING;
    options.mined_negatives = 2;
    options.mine_from = 0;
    options.mine_first = 1;
    siamese_trainer *const t = small_trainer(&world, &options, 1);
    valid.count = 90;
    assert_int_equal(siamese_trainer_set_validation(t, &valid, NULL), 0);
    return t;
}

static int32_t stop_at_seven(void *user, const siamese_progress *p)
{
    (void)user;
    return p->step == 7;
}

static siamese_bundle *load(const stream *s)
{
    siamese_bundle *bundle = NULL;
    assert_int_equal(
        siamese_checkpoint_load_memory(&bundle, s->data, s->size, NULL), 0);
    return bundle;
}

static void callbacks__use_what_is_written(void **state)
{
    siamese_save_options save;
    (void)state;
    for (int32_t level = 0; level < 10; level += 6) {
        siamese_bundle *bundle = NULL, *loaded;
        siamese_trainer *same = NULL;
        siamese_index *index = NULL;
        stream quiet = {0}, busy = {0};
        busy.trainer = new_trainer();
        busy.index = new_index();
        assert_int_equal(siamese_save_options_init(&save, sizeof save), 0);
        save.compression = level;
        assert_int_equal(siamese_trainer_fit(busy.trainer, stop_at_seven, NULL),
                         SIAMESE_E_CANCELLED);
        assert_int_equal(siamese_bundle_create(&bundle), 0);
        assert_int_equal(siamese_bundle_set_trainer(bundle, busy.trainer), 0);
        assert_int_equal(siamese_bundle_set_index(bundle, busy.index), 0);
        assert_int_equal(siamese_checkpoint_write(put, &quiet, bundle, &save),
                         0);
        siamese_index *const kept = busy.index;
        busy.index = NULL;
        assert_int_equal(siamese_bundle_set_index(bundle, NULL), 0);
        assert_int_equal(siamese_checkpoint_write(put, &busy, bundle, &save),
                         0);
        assert_true(busy.calls > 3);
        loaded = load(&busy);
        assert_int_equal(siamese_bundle_get_trainer(loaded, &same), 0);
        siamese_progress p = {.struct_size = sizeof p};
        assert_int_equal(siamese_trainer_get_progress(same, &p), 0);
        /* one moment: after the steps of the calls before the copy was made */
        assert_true(p.step >= 7 && p.step < 7 + busy.calls);
        siamese_trainer_free(same);
        siamese_bundle_free(loaded);
        siamese_trainer_free(busy.trainer);
        siamese_bundle_free(bundle);

        busy.trainer = NULL;
        busy.index = kept;
        busy.size = busy.calls = 0;
        assert_int_equal(siamese_bundle_create(&bundle), 0);
        assert_int_equal(siamese_bundle_set_index(bundle, kept), 0);
        assert_int_equal(siamese_checkpoint_write(put, &busy, bundle, &save),
                         0);
        loaded = load(&busy);
        assert_int_equal(siamese_bundle_get_index(loaded, &index), 0);
        assert_true(siamese_index_count(index) >= VECTORS);
        assert_true(siamese_index_count(index) < VECTORS + busy.calls);
        assert_int_equal(siamese_index_count(kept), VECTORS + busy.calls);
        siamese_index_free(index);
        siamese_index_free(kept);
        siamese_bundle_free(loaded);
        siamese_bundle_free(bundle);
        free(busy.data);
        free(quiet.data);
    }
}

/* A write that finds no memory for its copies says so; nothing is lost by
 * it. */
static void callbacks__a_copy_without_memory(void **state)
{
    siamese_bundle *bundle = NULL;
    siamese_trainer *const t = new_trainer();
    siamese_index *const index = new_index();
    siamese_status status;
    stream whole = {0};
    int named = 0;
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, stop_at_seven, NULL),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_trainer(bundle, t), 0);
    assert_int_equal(siamese_bundle_set_index(bundle, index), 0);
    assert_int_equal(siamese_checkpoint_write(put, &whole, bundle, NULL), 0);
    for (long at = 0;; at++) {
        stream s = {0};
        fail_after(at);
        status = siamese_checkpoint_write(put, &s, bundle, NULL);
        long const failed = failures;
        fail_after(-1);
        assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        named +=
            status && strstr(siamese_last_error(), "the trainer is copied");
        named += status &&
                 strstr(siamese_last_error(), "the index's head is copied");
        if (status == SIAMESE_OK) {
            assert_int_equal(s.size, whole.size);
            assert_memory_equal(s.data, whole.data, s.size);
        }
        free(s.data);
        if (status == SIAMESE_OK) break;
    }
    assert_int_equal(named, 2);
    siamese_bundle_free(bundle);
    siamese_index_free(index);
    siamese_trainer_free(t);
    free(whole.data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks__use_what_is_written),
        cmocka_unit_test(callbacks__a_copy_without_memory),
    };
    return cmocka_run_group_tests_name("checkpoint_callbacks", tests, setup,
                                       teardown);
}
