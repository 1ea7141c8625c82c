/* Each allocation of the evaluator made to fail in turn: SIAMESE_E_MEMORY,
 * nothing added, and then the same figures as ever. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { QUERIES = 40, ITEMS = 1500, DIM = 3, WIDTH = SIAMESE_RANKING_COUNT };

/* Allocations left before one fails; < 0: none does. */
static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static long countdown = -1;

static int fails(void)
{
    pthread_mutex_lock(&guard);
    int const now = countdown == 0;
    if (countdown > 0) countdown--;
    pthread_mutex_unlock(&guard);
    return now;
}

static void *allocate(void *user, size_t size)
{
    (void)user;
    return fails() ? NULL : malloc(size);
}

static void *reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return fails() ? NULL : realloc(pointer, size);
}

static void deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static float queries[QUERIES * DIM], items[ITEMS * DIM];
static int64_t ids[ITEMS], judged[2 * QUERIES];
static double grades[2 * QUERIES];
static size_t offsets[QUERIES + 1];
static const size_t k = 7;
static const siamese_judgements judgements = {sizeof judgements, QUERIES,
                                              offsets, judged, grades};
static const siamese_vectors vectors = {sizeof vectors, DIM, queries,
                                        items,          ids, ITEMS};
static const siamese_rankings rankings = {sizeof rankings, ITEMS / QUERIES, ids,
                                          NULL, NULL};

static int setup(void **state)
{
    siamese_allocator const hook = {sizeof hook, NULL, allocate, reallocate,
                                    deallocate};
    (void)state;
    for (size_t i = 0; i < QUERIES * DIM; i++)
        queries[i] = (float)(i * 7 % 11) - 5;
    for (size_t i = 0; i < ITEMS * DIM; i++)
        items[i] = (float)(i * 13 % 17) - 8;
    for (size_t i = 0; i < ITEMS; i++) ids[i] = (int64_t)(i * 31 % 1200);
    for (size_t i = 0; i < 2 * QUERIES; i++) {
        judged[i] = (int64_t)(i * 29);
        grades[i] = (double)(i % 3);
    }
    for (size_t q = 0; q <= QUERIES; q++) offsets[q] = 2 * q;
    return siamese_set_allocator(&hook) != SIAMESE_OK;
}

static siamese_status run(siamese_evaluator *e, int by_vectors)
{
    return by_vectors ? siamese_evaluator_add_vectors(e, &judgements, &vectors,
                                                      NULL, 0)
                      : siamese_evaluator_add_rankings(e, &judgements,
                                                       &rankings, NULL, 0);
}

static siamese_status create(siamese_evaluator **e)
{
    siamese_evaluator_options options;
    assert_int_equal(siamese_evaluator_options_init(&options, sizeof options),
                     0);
    options.threads = 2;
    return siamese_evaluator_create(e, &options, &k, 1);
}

static void evaluator_memory__create_fails_whole(void **state)
{
    siamese_status status = SIAMESE_E_MEMORY;
    siamese_evaluator *e = NULL;
    (void)state;
    for (long n = 0; status != SIAMESE_OK; n++) {
        assert_true(n < 100);
        countdown = n;
        status = create(&e);
        countdown = -1;
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
        assert_null(e);
    }
    siamese_evaluator_free(e);
}

static void evaluator_memory__add_fails_whole(void **state)
{
    (void)state;
    for (int by_vectors = 0; by_vectors <= 1; by_vectors++) {
        siamese_evaluator_counts counts = {.struct_size = sizeof counts};
        double want[WIDTH], got[WIDTH];
        siamese_evaluator *e = NULL, *undisturbed = NULL;
        siamese_status status = SIAMESE_E_MEMORY;
        assert_int_equal(create(&e), 0);
        assert_int_equal(create(&undisturbed), 0);
        assert_int_equal(run(undisturbed, by_vectors), 0);
        assert_int_equal(
            siamese_evaluator_get_means(undisturbed, want, WIDTH, NULL), 0);
        for (long n = 0; status != SIAMESE_OK; n++) {
            assert_true(n < 100);
            countdown = n;
            status = run(e, by_vectors);
            countdown = -1;
            if (status == SIAMESE_OK) break;
            assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_int_equal(
                siamese_evaluator_get_means(e, got, WIDTH, &counts), 0);
            assert_int_equal(counts.queries, 0);
        }
        assert_int_equal(siamese_evaluator_get_means(e, got, WIDTH, &counts),
                         0);
        assert_int_equal(counts.queries, QUERIES);
        assert_memory_equal(got, want, sizeof want);
        siamese_evaluator_free(e);
        siamese_evaluator_free(undisturbed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluator_memory__create_fails_whole),
        cmocka_unit_test(evaluator_memory__add_fails_whole),
    };
    return cmocka_run_group_tests_name("evaluator_memory", tests, setup, NULL);
}
