/* The lists to read, against sorting all of them. */
#include "index_data.h"

#include "index/index_append.h"
#include "index/index_probe.h"

enum { DIM = 5, LISTS = 150, QUERIES = 13 };

/* A list in `one_empty_of` holds nothing, which changes nothing; 0: none. */
static sm_lists *make_lists(uint32_t seed, size_t one_empty_of)
{
    sm_centroids *centroids = NULL;
    sm_lists *lists = NULL;
    sm_pool *pool = NULL;
    sm_appender appender;
    float *const values = whole_vectors(LISTS, DIM, seed);
    assert_int_equal(sm_centroids_create(&centroids, LISTS, DIM), SIAMESE_OK);
    memcpy(centroids->values, values, LISTS * DIM * sizeof *values);
    assert_int_equal(sm_lists_create(&lists, centroids, NULL), SIAMESE_OK);
    sm_centroids_release(centroids);
    assert_int_equal(sm_pool_create(&pool, 1), SIAMESE_OK);
    assert_int_equal(sm_appender_create(&appender, lists, pool, false, 1),
                     SIAMESE_OK);
    for (int64_t l = 0; l < LISTS; l++) {
        float const vector[DIM] = {(float)(1 + l % 2)};
        size_t added[LISTS] = {0};
        added[l] = 1;
        if (one_empty_of && (size_t)l % one_empty_of == 0) continue;
        assert_int_equal(sm_lists_reserve(lists, added), SIAMESE_OK);
        int64_t list_of = l;
        sm_lists_append(lists, &appender, &l, vector, &list_of, 1);
    }
    sm_appender_free(&appender);
    sm_pool_free(pool);
    free(values);
    return lists;
}

/* Exact scores as hits in order. */
static void rank_lists(const sm_lists *lists, const float *query, hit *hits)
{
    for (size_t l = 0; l < LISTS; l++) {
        double sum = 0;
        for (size_t i = 0; i < DIM; i++)
            sum += (double)query[i] * lists->centroids->values[l * DIM + i];
        hits[l] = (hit){sum, (int64_t)l};
    }
    qsort(hits, LISTS, sizeof *hits, by_rank);
}

static int by_number(const void *a, const void *b)
{
    const hit *const x = a, *const y = b;
    return (x->id > y->id) - (x->id < y->id);
}

static void check(const sm_lists *lists, const sm_kernels *kernels, size_t m,
                  size_t nprobe, const float *queries)
{
    float scores[QUERIES * LISTS];
    uint32_t probes[QUERIES * LISTS];
    sm_probe(lists, kernels, m, queries, nprobe, scores, probes);
    for (size_t q = 0; q < m; q++) {
        hit hits[LISTS];
        rank_lists(lists, queries + q * DIM, hits);
        qsort(hits, nprobe, sizeof *hits, by_number);
        for (size_t i = 0; i < nprobe; i++) {
            assert_int_equal(probes[q * nprobe + i], hits[i].id);
            assert_true(scores[q * LISTS + probes[q * nprobe + i]] ==
                        (float)hits[i].score);
        }
    }
}

static void
test_probe_takes_the_best_lists_and_of_equal_ones_the_first(void **state)
{
    (void)state;
    for (size_t one_empty_of = 0; one_empty_of <= 4; one_empty_of += 2)
        for (uint32_t seed = 1; seed <= 20; seed++) {
            sm_lists *const lists = make_lists(seed, one_empty_of);
            float *const queries = whole_vectors(QUERIES, DIM, seed + 100);
            memset(queries, 0, DIM * sizeof *queries);
            for (size_t nprobe = 1; nprobe <= LISTS; nprobe += 1 + nprobe / 3)
                check(lists, sm_kernels_best(), 1 + seed % QUERIES, nprobe,
                      queries);
            check(lists, sm_kernels_best(), QUERIES, LISTS, queries);
            free(queries);
            sm_lists_release(lists);
        }
}

/* Very long and very short queries: scores of 1e37, and such that vanish. */
static void test_probe_of_extreme_scores_ends(void **state)
{
    (void)state;
    sm_lists *const lists = make_lists(7, 0);
    for (float scale = 1e-45f; scale < 1e37f && scale > 0; scale *= 1e9f) {
        float query[DIM] = {scale, -scale, 0, scale, scale};
        float scores[LISTS];
        uint32_t probes[LISTS];
        size_t const count = 20;
        sm_probe(lists, sm_kernels_best(), 1, query, count, scores, probes);
        float worst = INFINITY;
        for (size_t i = 0; i < count; i++)
            worst = fminf(worst, scores[probes[i]]);
        size_t better = 0;
        for (size_t l = 0; l < LISTS; l++) better += scores[l] > worst;
        assert_true(better < 20);
    }
    sm_lists_release(lists);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_probe_takes_the_best_lists_and_of_equal_ones_the_first),
        cmocka_unit_test(test_probe_of_extreme_scores_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
