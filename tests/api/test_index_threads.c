/* Many threads search while others add, remove and train. */
#include <pthread.h>
#include <stdatomic.h>

#include "index_data.h"

#define DIM 16
#define FIXED 1500   /* always there: ids 0 .. FIXED - 1 */
#define GROUP 40     /* comes and goes as a whole: ids from MOVING on */
#define MOVING 100000
#define K (2 * GROUP)

typedef struct world {
    siamese_index *index;
    float *fixed, *moving;
    int64_t *fixed_ids, *moving_ids;
    atomic_int stop;
    atomic_int wrong;
} world;

/*
 * The query is the direction of the moving group, which scores higher than all
 * else: a search sees all of it or none, never a part.
 */
static void *search_loop(void *argument)
{
    world *const w = argument;
    int64_t ids[K];
    float scores[K];
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.exact = 1;
    while (!atomic_load(&w->stop)) {
        size_t moving = 0, found;
        if (siamese_index_search(w->index, w->moving, 1, K, &options, ids,
                                 scores, K, &found) != SIAMESE_OK ||
            found != K)
            atomic_fetch_add(&w->wrong, 1);
        for (size_t i = 0; i < K; i++) moving += ids[i] >= MOVING;
        if (moving != 0 && moving != GROUP) atomic_fetch_add(&w->wrong, 1);
        for (size_t i = 1; i < K; i++)
            if (scores[i] > scores[i - 1]) atomic_fetch_add(&w->wrong, 1);
    }
    return NULL;
}

static void *ask_loop(void *argument)
{
    world *const w = argument;
    float vector[DIM];
    while (!atomic_load(&w->stop)) {
        siamese_index_info info = {.struct_size = sizeof info};
        if (siamese_index_reconstruct(w->index, 3, vector, DIM) != SIAMESE_OK ||
            memcmp(vector, w->fixed + 3 * DIM, sizeof vector) != 0 ||
            siamese_index_get_info(w->index, &info) != SIAMESE_OK ||
            (info.count != FIXED && info.count != FIXED + GROUP))
            atomic_fetch_add(&w->wrong, 1);
    }
    return NULL;
}

static void change(world *w, int rounds)
{
    for (int round = 0; round < rounds; round++) {
        size_t removed = 0;
        assert_int_equal(
            siamese_index_add(w->index, w->moving_ids, w->moving, GROUP),
            SIAMESE_OK);
        assert_int_equal(
            siamese_index_remove(w->index, w->moving_ids, GROUP, &removed),
            SIAMESE_OK);
        assert_int_equal(removed, GROUP);
        if (round % 10 == 5)
            assert_int_equal(siamese_index_train(w->index, w->fixed, FIXED),
                             SIAMESE_OK);
    }
}

static void test_searches_see_an_add_as_a_whole(void **state)
{
    (void)state;
    enum { SEARCHERS = 3 };
    world w = {.index = make_index(DIM, 0, 20, 2)};
    pthread_t searchers[SEARCHERS], asker;
    w.fixed = clustered_vectors(FIXED, DIM, 12, 1);
    w.moving = clustered_vectors(GROUP, DIM, 1, 2);
    w.fixed_ids = counted_ids(FIXED, 0, 1);
    w.moving_ids = counted_ids(GROUP, MOVING, 1);
    for (size_t i = 0; i < GROUP * DIM; i++) w.moving[i] *= 100.0f;
    assert_int_equal(siamese_index_add(w.index, w.fixed_ids, w.fixed, FIXED),
                     SIAMESE_OK);
    for (size_t i = 0; i < SEARCHERS; i++)
        assert_int_equal(pthread_create(&searchers[i], NULL, search_loop, &w),
                         0);
    assert_int_equal(pthread_create(&asker, NULL, ask_loop, &w), 0);
    change(&w, 60);
    atomic_store(&w.stop, 1);
    for (size_t i = 0; i < SEARCHERS; i++) pthread_join(searchers[i], NULL);
    pthread_join(asker, NULL);
    assert_int_equal(atomic_load(&w.wrong), 0);
    siamese_index_free(w.index);
    free(w.fixed);
    free(w.moving);
    free(w.fixed_ids);
    free(w.moving_ids);
}

/* Two threads add while a third trains: nothing is lost, nothing comes
 * twice. */
static void *add_loop(void *argument)
{
    world *const w = argument;
    for (size_t r = 0; r < FIXED; r += 5)
        if (siamese_index_add(w->index, w->fixed_ids + r, w->fixed + r * DIM,
                              5) != SIAMESE_OK)
            atomic_fetch_add(&w->wrong, 1);
    return NULL;
}

static void test_adds_survive_a_training_beside_them(void **state)
{
    (void)state;
    world w = {.index = make_index(DIM, 1, 16, 2)};
    pthread_t adders[2];
    w.fixed = clustered_vectors(FIXED, DIM, 12, 3);
    w.fixed_ids = counted_ids(FIXED, 0, 1);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&adders[i], NULL, add_loop, &w), 0);
    for (size_t i = 0; i < 10; i++)
        assert_int_equal(siamese_index_train(w.index, w.fixed, 200 + i),
                         SIAMESE_OK);
    for (size_t i = 0; i < 2; i++) pthread_join(adders[i], NULL);
    assert_int_equal(atomic_load(&w.wrong), 0);
    assert_int_equal(siamese_index_count(w.index), 2 * FIXED);
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.nprobe = 1;
    for (size_t r = 0; r < FIXED; r += 50) {
        int64_t ids[2];
        float scores[2];
        assert_int_equal(siamese_index_search(w.index, w.fixed + r * DIM, 1, 2,
                                              &options, ids, scores, 2, NULL),
                         SIAMESE_OK);
        assert_int_equal(ids[0], r);
        assert_int_equal(ids[1], r);
    }
    siamese_index_free(w.index);
    free(w.fixed);
    free(w.fixed_ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_searches_see_an_add_as_a_whole),
        cmocka_unit_test(test_adds_survive_a_training_beside_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
