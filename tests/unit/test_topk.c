/* FactorizedTopK's counts against brute force, its rule for ties and numbers
 * that are not finite, and that no item outranks itself. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "metrics/topk.h"
#include "random_numbers.h"

#ifndef TOPK_DIM
#define TOPK_DIM 16 /* counted by products; test_topk_bounds.c has more */
#endif

enum {
    QUERIES = 150,
    CANDIDATES = 2500,
    DIM = TOPK_DIM,
    PAIRS = 2 * QUERIES,
};

static float queries[QUERIES * DIM], candidates[CANDIDATES * DIM];
static uint64_t multiplicity[CANDIDATES];
static size_t offsets[QUERIES + 1];
static float positives[PAIRS];
static uint64_t higher[PAIRS];
static size_t own[PAIRS]; /* the candidate that is the pair's item */

static float number(uint32_t *seed)
{
    return (float)(test_lcg(seed) >> 8) / 8388608.0f - 1;
}

static int setup(void **state)
{
    uint32_t seed = 3;
    (void)state;
    for (size_t i = 0; i < QUERIES * DIM; i++) queries[i] = number(&seed);
    for (size_t i = 0; i < CANDIDATES * DIM; i++) candidates[i] = number(&seed);
    /* equal vectors, so that there are ties */
    memcpy(candidates + 7 * DIM, candidates + 2100 * DIM,
           DIM * sizeof *candidates);
    for (size_t i = 0; i < CANDIDATES; i++)
        multiplicity[i] = 1 + (i >= 900) + 3 * (i >= 2048);
    /* query q has q % 4 pairs */
    offsets[0] = 0;
    for (size_t q = 0; q < QUERIES; q++) offsets[q + 1] = offsets[q] + q % 4;
    for (size_t p = 0; p < offsets[QUERIES]; p++)
        own[p] = p == 0 ? 7 : (p * 37) % CANDIDATES;
    return 0;
}

static size_t runs_of(size_t first, size_t count, sm_topk_run *runs)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        if (n == 0 || runs[n - 1].multiplicity != multiplicity[first + i])
            runs[n++].multiplicity = multiplicity[first + i];
        runs[n - 1].end = i + 1;
    }
    return n;
}

static void count_all(int32_t threads, const sm_kernels *kernels,
                      uint64_t limit)
{
    sm_pool *pool = NULL;
    sm_topk *topk = NULL;
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    for (size_t q = 0; q < QUERIES; q++)
        for (size_t p = offsets[q]; p < offsets[q + 1]; p++)
            positives[p] = sm_topk_score(kernels, queries + q * DIM,
                                         candidates + own[p] * DIM, DIM);
    memset(higher, 0, sizeof higher);
    sm_topk_queries const all = {QUERIES,   DIM,    queries, offsets,
                                 positives, higher, limit};
    assert_int_equal(sm_topk_create(&topk, pool, kernels, &all), 0);
    for (size_t first = 0; first < CANDIDATES; first += SM_TOPK_CHUNK) {
        sm_topk_run runs[SM_TOPK_CHUNK];
        size_t const count = CANDIDATES - first < SM_TOPK_CHUNK
                                 ? CANDIDATES - first
                                 : SM_TOPK_CHUNK;
        runs_of(first, count, runs);
        sm_topk_chunk const chunk = {count, candidates + first * DIM, runs};
        assert_int_equal(sm_topk_count(topk, &chunk, NULL, NULL), 0);
    }
    sm_topk_free(topk);
    sm_pool_free(pool);
}

static double score_in_double(size_t q, size_t c)
{
    double s = 0;
    for (size_t d = 0; d < DIM; d++)
        s += (double)queries[q * DIM + d] * candidates[c * DIM + d];
    return s;
}

static void topk__counts_as_brute_force_at_each_level(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        if (sm_kernels_select(level, &kernels) != SIAMESE_OK) continue;
        count_all(2, kernels, UINT64_MAX);
        for (size_t q = 0; q < QUERIES; q++)
            for (size_t p = offsets[q]; p < offsets[q + 1]; p++) {
                /* scores within rounding of the positive may fall either way,
                 * but equal vectors have equal scores */
                double const positive = score_in_double(q, own[p]);
                uint64_t sure = 0, unsure = 0;
                for (size_t c = 0; c < CANDIDATES; c++) {
                    double const s = score_in_double(q, c);
                    if (memcmp(candidates + c * DIM, candidates + own[p] * DIM,
                               DIM * sizeof *candidates) == 0)
                        continue;
                    if (s > positive + 1e-5)
                        sure += multiplicity[c];
                    else if (s > positive - 1e-5)
                        unsure += multiplicity[c];
                }
                assert_in_range(higher[p], sure, sure + unsure);
            }
    }
}

static void topk__limit_stops_the_count_and_nothing_else(void **state)
{
    static uint64_t exact[PAIRS];
    (void)state;
    count_all(1, sm_kernels_best(), UINT64_MAX);
    memcpy(exact, higher, sizeof exact);
    for (int32_t threads = 1; threads <= 7; threads += 3) {
        count_all(threads, sm_kernels_best(), 100);
        for (size_t p = 0; p < offsets[QUERIES]; p++) {
            if (exact[p] < 100)
                assert_int_equal(higher[p], exact[p]);
            else
                assert_true(higher[p] >= 100);
        }
    }
}

/* The best of its query's candidates must count none above itself, wherever it
 * stands in a tile and however long the vectors are. */
static void topk__no_item_outranks_itself(void **state)
{
    enum { WIDEST = 130 };
    static float query[WIDEST], tile[SM_TOPK_CHUNK * WIDEST];
    uint32_t seed = 99;
    sm_pool *pool = NULL;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 1), 0);
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        if (sm_kernels_select(level, &kernels) != SIAMESE_OK) continue;
        for (size_t dim = 1; dim <= WIDEST; dim += 43)
            for (size_t count = 1; count <= SM_TOPK_CHUNK; count += 341) {
                for (size_t d = 0; d < dim; d++) query[d] = number(&seed);
                for (size_t d = 0; d < dim; d++) tile[d] = number(&seed);
                for (size_t c = 1; c < count; c++)
                    memcpy(tile + c * dim, tile, dim * sizeof *tile);
                size_t const pairs[] = {0, 1};
                float const positive = sm_topk_score(kernels, query, tile, dim);
                uint64_t above = 0;
                sm_topk_queries const q = {1,         dim,    query, pairs,
                                           &positive, &above, 1000};
                sm_topk_run const run = {count, 1};
                sm_topk_chunk const chunk = {count, tile, &run};
                sm_topk *topk = NULL;
                assert_int_equal(sm_topk_create(&topk, pool, kernels, &q), 0);
                assert_int_equal(sm_topk_count(topk, &chunk, NULL, NULL), 0);
                sm_topk_free(topk);
                assert_int_equal(above, 0);
            }
    }
    sm_pool_free(pool);
}

static void topk__hit_rule(void **state)
{
    (void)state;
    assert_true(sm_topk_hit(1, 0, 1));
    assert_false(sm_topk_hit(1, 1, 1));
    assert_true(sm_topk_hit(1, 4, 5));
    assert_false(sm_topk_hit(1, 5, 5));
    assert_false(sm_topk_hit(NAN, 0, 5));
    assert_false(sm_topk_hit(INFINITY, 0, 5));
}

static sm_status stop(void *context)
{
    ++*(int *)context;
    return sm_fail(SIAMESE_E_CANCELLED, "stopped");
}

static void topk__tick_ends_it(void **state)
{
    sm_pool *pool = NULL;
    sm_topk *topk = NULL;
    int calls = 0;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 2), 0);
    memset(higher, 0, sizeof higher);
    sm_topk_queries const all = {QUERIES,   DIM,    queries, offsets,
                                 positives, higher, 100};
    sm_topk_run const run = {10, 1};
    sm_topk_chunk const chunk = {10, candidates, &run};
    assert_int_equal(sm_topk_create(&topk, pool, sm_kernels_best(), &all), 0);
    assert_int_equal(sm_topk_count(topk, &chunk, stop, &calls),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(calls, 1);
    sm_topk_free(topk);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topk__counts_as_brute_force_at_each_level),
        cmocka_unit_test(topk__limit_stops_the_count_and_nothing_else),
        cmocka_unit_test(topk__no_item_outranks_itself),
        cmocka_unit_test(topk__hit_rule),
        cmocka_unit_test(topk__tick_ends_it),
    };
    return cmocka_run_group_tests_name("topk", tests, setup, NULL);
}
