/* A query from its text to its results, on two threads at once: once warm it
 * asks the allocator for nothing. */
#include <pthread.h>

#include "counting_allocator.h"
#include "index_data.h"
#include "tower_host.h"

enum { ITEMS = 3000, WORDS = 200, DIM = 16, K = 10, ROUNDS = 200 };

typedef struct world {
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_index *index;
    int encodes;
    atomic_int ready;
} world;

static const char *const texts[] = {"w1 w2 w3", "w7", "w12 w40 w2 w99 w150",
                                    "w8 nowhere w3 w3"};

static void *search(void *context)
{
    world *const w = context;
    float vector[DIM] = {1, 2, 3};
    atomic_fetch_add(&w->ready, 1);
    while (atomic_load(&w->ready) < 2) continue;
    for (size_t i = 0; i < ROUNDS; i++) {
        siamese_text const text = {texts[i % 4], strlen(texts[i % 4])};
        int64_t ids[K];
        float scores[K];
        if (w->encodes && siamese_tower_encode(w->tower, &text, 1, 1, vector,
                                               DIM) != SIAMESE_OK)
            return w;
        if (siamese_index_search(w->index, vector, 1, K, NULL, ids, scores, K,
                                 NULL) != SIAMESE_OK)
            return w;
    }
    return NULL;
}

/* Both threads' searches; returns the calls of the allocator they made. */
static long search_on_two_threads(world *w)
{
    pthread_t threads[2];
    void *failed;
    atomic_store(&w->ready, 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, search, w), 0);
    long const before = atomic_load(&calls);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    return atomic_load(&calls) - before;
}

static world make_world(int encodes)
{
    world w = {.encodes = encodes};
    float *const vectors = clustered_vectors(ITEMS, DIM, 30, 1);
    int64_t *const ids = counted_ids(ITEMS, 0, 1);
    w.vocab = host_vocab(WORDS, 0, 15);
    w.tower = host_tower(w.vocab, DIM, DIM / 2, 1, 0);
    host_weights(w.tower, 3);
    assert_int_equal(siamese_tower_dim(w.tower), DIM);
    w.index = make_index(DIM, SIAMESE_METRIC_COSINE, 50, 0);
    assert_int_equal(siamese_index_train(w.index, vectors, ITEMS), SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, ids, vectors, ITEMS),
                     SIAMESE_OK);
    free(vectors);
    free(ids);
    return w;
}

static void free_world(world *w)
{
    siamese_index_free(w->index);
    siamese_tower_free(w->tower);
    siamese_vocab_free(w->vocab);
}

static void test_search_is_warm_after_one_query(void **state)
{
    (void)state;
    world w = make_world(0);
    float const vector[DIM] = {1};
    int64_t ids[K];
    float scores[K];
    assert_int_equal(
        siamese_index_search(w.index, vector, 1, K, NULL, ids, scores, K, NULL),
        SIAMESE_OK);
    assert_int_equal(search_on_two_threads(&w), 0);
    free_world(&w);
}

/* A tower is warm when it has encoded on as many threads at once: how soon that
 * happens is the scheduler's affair. */
static void test_text_to_results_is_warm_soon(void **state)
{
    (void)state;
    world w = make_world(1);
    long seen = 1;
    for (int round = 0; round < 50 && seen > 0; round++)
        seen = search_on_two_threads(&w) + search_on_two_threads(&w);
    assert_int_equal(seen, 0);
    free_world(&w);
}

static int count_calls(void **state)
{
    (void)state;
    siamese_allocator const allocator = {sizeof allocator, NULL,
                                         counted_allocate, counted_reallocate,
                                         counted_free};
    return siamese_set_allocator(&allocator) != SIAMESE_OK;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_is_warm_after_one_query),
        cmocka_unit_test(test_text_to_results_is_warm_soon),
    };
    return cmocka_run_group_tests(tests, count_calls, NULL);
}
