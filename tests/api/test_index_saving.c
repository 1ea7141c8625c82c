/* An index is saved and exported while others update, add, remove, train and
 * search: each file is of one moment, and nobody waits for a stream. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "index_data.h"

#define DIM 16
#define FIXED 5000 /* always there: ids 0 .. FIXED - 1 */
#define GROUP 30   /* ids from GROUP_ID on, all of one version */
#define GROUP_ID 100000
#define PASSING 200000 /* ids from here on come and go */
#define SAVES 12

typedef struct world {
    siamese_index *index;
    siamese_bundle *bundle;
    float *fixed;
    int64_t *fixed_ids;
    atomic_int stop, wrong, changes;
} world;

static void expect(world *w, bool right)
{
    if (!right) atomic_fetch_add(&w->wrong, 1);
}

/* ---- those who change it ---- */

static void set_version(world *w, float version)
{
    int64_t ids[GROUP];
    float vectors[GROUP * DIM] = {0};
    for (size_t i = 0; i < GROUP; i++) {
        ids[i] = GROUP_ID + (int64_t)i;
        vectors[i * DIM] = version;
    }
    expect(w, siamese_index_update(w->index, ids, vectors, GROUP, NULL) ==
                  SIAMESE_OK);
}

static void *update_loop(void *argument)
{
    world *const w = argument;
    for (int version = 1; !atomic_load(&w->stop); version++) {
        set_version(w, (float)(version % 1000));
        atomic_fetch_add(&w->changes, 1);
    }
    return NULL;
}

static void *pass_loop(void *argument)
{
    world *const w = argument;
    int64_t *const ids = counted_ids(200, PASSING, 1);
    while (!atomic_load(&w->stop)) {
        expect(w,
               siamese_index_add(w->index, ids, w->fixed, 200) == SIAMESE_OK);
        expect(w, siamese_index_remove(w->index, ids, 200, NULL) == SIAMESE_OK);
    }
    free(ids);
    return NULL;
}

static void *train_loop(void *argument)
{
    world *const w = argument;
    while (!atomic_load(&w->stop)) {
        struct timespec const pause = {0, 20000000};
        expect(w, siamese_index_train(w->index, w->fixed, 300) == SIAMESE_OK);
        nanosleep(&pause, NULL);
    }
    return NULL;
}

static void *search_loop(void *argument)
{
    world *const w = argument;
    while (!atomic_load(&w->stop)) {
        int64_t ids[5];
        float scores[5];
        size_t vectors = 0;
        expect(w, siamese_index_search(w->index, w->fixed, 1, 5, NULL, ids,
                                       scores, 5, NULL) == SIAMESE_OK);
        expect(w, siamese_index_contains(w->index, 7, &vectors) == SIAMESE_OK &&
                      vectors == 1);
    }
    return NULL;
}

/* ---- one save ---- */

typedef struct bytes {
    world *world;
    unsigned char *data;
    size_t size, calls;
    int changes; /* the most that others did during a call */
} bytes;

/* A slow stream. */
static int32_t put(void *user, const void *data, size_t size)
{
    bytes *const b = user;
    struct timespec const pause = {0, 2000000};
    int const before = atomic_load(&b->world->changes);
    nanosleep(&pause, NULL);
    int const changes = atomic_load(&b->world->changes) - before;
    if (changes > b->changes) b->changes = changes;
    b->data = realloc(b->data, b->size + size);
    assert_non_null(b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
    b->calls++;
    return 0;
}

static void check_loaded(world *w, const bytes *b)
{
    siamese_bundle *loaded = NULL;
    siamese_index *index = NULL;
    float first[DIM], other[DIM];
    assert_int_equal(
        siamese_checkpoint_load_memory(&loaded, b->data, b->size, NULL),
        SIAMESE_OK);
    assert_int_equal(siamese_bundle_get_index(loaded, &index), SIAMESE_OK);
    size_t const count = siamese_index_count(index);
    assert_true(count == FIXED + GROUP || count == FIXED + GROUP + 200);
    for (int64_t id = 0; id < FIXED; id++) {
        assert_int_equal(siamese_index_reconstruct(index, id, other, DIM),
                         SIAMESE_OK);
        assert_memory_equal(other, w->fixed + (size_t)id * DIM, sizeof other);
    }
    for (int64_t i = 0; i < GROUP; i++) {
        size_t vectors = 0;
        assert_int_equal(
            siamese_index_reconstruct(index, GROUP_ID + i, other, DIM),
            SIAMESE_OK);
        if (i == 0) memcpy(first, other, sizeof first);
        assert_memory_equal(first, other, sizeof first);
        assert_int_equal(siamese_index_contains(index, GROUP_ID + i, &vectors),
                         SIAMESE_OK);
        assert_int_equal(vectors, 1);
    }
    siamese_index_free(index);
    siamese_bundle_free(loaded);
}

static void save_all(world *w)
{
    char path[] = "/tmp/siamese_saving_XXXXXX";
    siamese_save_options options;
    int const file = mkstemp(path);
    int changes = 0;
    assert_true(file >= 0);
    close(file);
    siamese_save_options_init(&options, sizeof options);
    options.compression = 0;
    for (int i = 0; i < SAVES; i++) {
        bytes b = {.world = w};
        assert_int_equal(siamese_checkpoint_write(put, &b, w->bundle, &options),
                         SIAMESE_OK);
        assert_true(b.calls > 3);
        if (b.changes > changes) changes = b.changes;
        check_loaded(w, &b);
        free(b.data);
        assert_int_equal(siamese_index_export_faiss(w->index, path),
                         SIAMESE_OK);
    }
    assert_true(changes > 0);
    remove(path);
}

static void test_saves_of_an_index_that_changes(void **state)
{
    (void)state;
    void *(*const loops[])(void *) = {update_loop, pass_loop, train_loop,
                                      search_loop};
    enum { LOOPS = sizeof loops / sizeof *loops };
    pthread_t threads[LOOPS];
    world w = {.index = make_index(DIM, 0, 6, 1),
               .fixed = whole_vectors(FIXED, DIM, 2),
               .fixed_ids = counted_ids(FIXED, 0, 1)};
    assert_int_equal(siamese_index_add(w.index, w.fixed_ids, w.fixed, FIXED),
                     SIAMESE_OK);
    set_version(&w, 0);
    assert_int_equal(siamese_bundle_create(&w.bundle), SIAMESE_OK);
    assert_int_equal(siamese_bundle_set_index(w.bundle, w.index), SIAMESE_OK);
    for (size_t i = 0; i < LOOPS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, loops[i], &w), 0);
    save_all(&w);
    atomic_store(&w.stop, 1);
    for (size_t i = 0; i < LOOPS; i++) pthread_join(threads[i], NULL);
    assert_int_equal(atomic_load(&w.wrong), 0);
    siamese_bundle_free(w.bundle);
    siamese_index_free(w.index);
    free(w.fixed);
    free(w.fixed_ids);
}

/* ---- progress ---- */

typedef struct report {
    siamese_index *index;
    size_t calls, cancel_at;
    double last;
    bool ascends;
} report;

/* Uses the index, which no lock may keep it from. */
static int32_t hear(void *user, double done)
{
    report *const r = user;
    float const vector[DIM] = {1};
    int64_t id = 7777777;
    size_t vectors;
    if (done < r->last || done < 0 || done > 1) r->ascends = false;
    r->last = done;
    r->calls++;
    assert_int_equal(siamese_index_contains(r->index, id, &vectors),
                     SIAMESE_OK);
    if (r->calls % 4 == 0)
        assert_int_equal(siamese_index_update(r->index, &id, vector, 1, NULL),
                         SIAMESE_OK);
    return r->calls == r->cancel_at;
}

static void test_training_tells_and_is_cancelled(void **state)
{
    (void)state;
    enum { MANY = 40000 };
    siamese_index *const index = make_index(DIM, 1, 20, 1);
    float *const vectors = clustered_vectors(MANY, DIM, 9, 3);
    int64_t *const ids = counted_ids(MANY, 0, 1);
    assert_int_equal(siamese_index_add(index, ids, vectors, MANY), SIAMESE_OK);
    siamese_status status = SIAMESE_E_CANCELLED;
    for (size_t at = 1; status == SIAMESE_E_CANCELLED; at++) {
        siamese_index_info info = {.struct_size = sizeof info};
        report r = {.index = index, .cancel_at = at, .ascends = true};
        status =
            siamese_index_train_with_progress(index, vectors, MANY, hear, &r);
        assert_true(r.ascends);
        siamese_index_get_info(index, &info);
        assert_int_equal(info.nlist, status == SIAMESE_OK ? 20 : 1);
        if (status != SIAMESE_OK)
            assert_int_equal(status, SIAMESE_E_CANCELLED);
        else
            assert_true(at > 11 && r.last > 0.5);
    }
    for (size_t at = 1; at < 4; at++) {
        size_t nprobe = 99;
        report r = {.index = index, .cancel_at = at, .ascends = true};
        assert_int_equal(
            siamese_index_tune_nprobe_with_progress(index, vectors, 20, 5, 0.9,
                                                    hear, &r, &nprobe, NULL),
            SIAMESE_E_CANCELLED);
        assert_int_equal(nprobe, 99);
        assert_int_equal(r.calls, at);
    }
    free(vectors);
    free(ids);
    siamese_index_free(index);
}

/* The vectors are taken as of length 1, without a copy of them. */
static void test_training_is_the_same_for_any_length(void **state)
{
    (void)state;
    enum { MANY = 900 };
    float *const vectors = clustered_vectors(MANY, DIM, 9, 3);
    float *const longer = malloc(MANY * DIM * sizeof *longer);
    int64_t *const ids = counted_ids(MANY, 0, 1);
    int64_t found[2][MANY];
    float scores[MANY];
    siamese_search_options options;
    for (size_t i = 0; i < MANY * DIM; i++)
        longer[i] = vectors[i] * (i / DIM % 2 ? 8.0f : 0.25f);
    siamese_search_options_init(&options, sizeof options);
    options.nprobe = 1;
    for (size_t i = 0; i < 2; i++) {
        siamese_index *const index = make_index(DIM, 1, 9, 1);
        assert_int_equal(siamese_index_train(index, i ? longer : vectors, MANY),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_add(index, ids, vectors, MANY),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_search(index, vectors, 1, MANY, &options,
                                              found[i], scores, MANY, NULL),
                         SIAMESE_OK);
        siamese_index_free(index);
    }
    assert_memory_equal(found[0], found[1], sizeof found[0]);
    free(vectors);
    free(longer);
    free(ids);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_saves_of_an_index_that_changes),
        cmocka_unit_test(test_training_tells_and_is_cancelled),
        cmocka_unit_test(test_training_is_the_same_for_any_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
