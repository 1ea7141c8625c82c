/* Searches with all stages: a batch on several threads beside each query alone,
 * and what they ask the allocator for once they are warm. */
#include <pthread.h>

#include "api/ranked_items.h"
#include "counting_allocator.h"

enum { ASKED = 60, K = 10, ROUNDS = 40 };

/* ---- texts ---- */

static char texts[ASKED][64];
static siamese_text asked[ASKED];

/* One of four has a slip that the words of the titles mend. */
static void make_asked(void)
{
    test_random random = {5};
    for (size_t q = 0; q < ASKED; q++) {
        const char *const stem = stems[test_random_below(&random, 10)];
        const char *const slip = q % 4 == 1 ? "gardn" : "";
        int const size = snprintf(texts[q], sizeof texts[q], "%s %s %s", slip,
                                  sizes[test_random_below(&random, 5)], stem);
        asked[q] = (siamese_text){texts[q], (size_t)size};
    }
}

static siamese_searcher *make_with_threads(int32_t threads)
{
    siamese_searcher *const searcher = make_searcher_on(w.tower, threads);
    add(searcher, 0, COUNT);
    give_ranker(searcher, NULL, NULL);
    return searcher;
}

static siamese_hits *search_for(const siamese_searcher *searcher, size_t first,
                                size_t count)
{
    siamese_search_request request = request_of(0, 1, K);
    request.texts = asked + first;
    request.count = count;
    return search(searcher, &request);
}

/* ---- bits ---- */

static void assert_same_correction(const siamese_hits *a, size_t qa,
                                   const siamese_hits *b, size_t qb)
{
    const char *const x = siamese_hits_corrected(a, qa);
    const char *const y = siamese_hits_corrected(b, qb);
    assert_true((x == NULL) == (y == NULL));
    if (x) assert_string_equal(x, y);
}

static void test_a_batch_on_threads_is_as_each_alone(void **state)
{
    siamese_searcher *const one = make_with_threads(1);
    siamese_searcher *const three = make_with_threads(3);
    (void)state;
    for (size_t round = 0; round < 5; round++) {
        siamese_hits *const batch = search_for(three, 0, ASKED);
        size_t corrected = 0;
        for (size_t q = 0; q < ASKED; q++) {
            siamese_hits *const alone = search_for(one, q, 1);
            assert_same(batch, q, alone, 0);
            assert_same_correction(batch, q, alone, 0);
            corrected += siamese_hits_corrected(batch, q) != NULL;
            siamese_hits_free(alone);
        }
        assert_int_equal(corrected, ASKED / 4);
        siamese_hits_free(batch);
    }
    siamese_searcher_free(one);
    siamese_searcher_free(three);
}

/* ---- memory ---- */

static long calls_of(const siamese_searcher *searcher, size_t first,
                     size_t count)
{
    long const before = atomic_load(&calls);
    siamese_hits *const hits = search_for(searcher, first, count);
    long const made = atomic_load(&calls) - before;
    siamese_hits_free(hits);
    return made;
}

/* The hits are the caller's: one block, and two for what was corrected. */
static long calls_for_hits(size_t query)
{
    return query % 4 == 1 ? 3 : 1;
}

static void test_once_warm_it_takes_memory_for_the_hits_alone(void **state)
{
    siamese_searcher *const searcher = make_with_threads(1);
    (void)state;
    for (size_t q = 0; q < ASKED; q++) (void)calls_of(searcher, q, 1);
    for (size_t round = 0; round < ROUNDS; round++)
        for (size_t q = 0; q < ASKED; q++)
            assert_int_equal(calls_of(searcher, q, 1), calls_for_hits(q));
    siamese_searcher_free(searcher);
}

static void *search_all(void *searcher)
{
    for (size_t q = 0; q < ASKED; q++)
        siamese_hits_free(search_for(searcher, q, 1));
    return NULL;
}

/* Threads are warm when they have met in every stage: how soon that happens is
 * the scheduler's affair. */
static void test_threads_are_warm_soon(void **state)
{
    siamese_searcher *const searcher = make_with_threads(1);
    long wanted = 0, seen = -1;
    (void)state;
    for (size_t q = 0; q < ASKED; q++) wanted += 2 * calls_for_hits(q);
    for (size_t round = 0; round < 100 && seen != wanted; round++) {
        pthread_t threads[2];
        long const before = atomic_load(&calls);
        for (size_t t = 0; t < 2; t++)
            assert_int_equal(
                pthread_create(&threads[t], NULL, search_all, searcher), 0);
        for (size_t t = 0; t < 2; t++) pthread_join(threads[t], NULL);
        seen = atomic_load(&calls) - before;
    }
    assert_int_equal(seen, wanted);
    siamese_searcher_free(searcher);
}

static int set_up(void **state)
{
    siamese_allocator const counting = {sizeof counting, NULL, counted_allocate,
                                        counted_reallocate, counted_free};
    if (siamese_set_allocator(&counting) != SIAMESE_OK) return 1;
    make_asked();
    return make_world(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_batch_on_threads_is_as_each_alone),
        cmocka_unit_test(test_once_warm_it_takes_memory_for_the_hits_alone),
        cmocka_unit_test(test_threads_are_warm_soon),
    };
    return cmocka_run_group_tests(tests, set_up, free_world);
}
