/* Codes and bounds of every level: what codes leave against double precision,
 * sums against plain loops, and no score above its bound, in whatever order it
 * is added up. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "guarded.h"
#include "math/bounds.h"
#include "math/cpu.h"
#include "random_numbers.h"

enum { ROWS = 80, QUERIES = 6, BLOCKS = ROWS / SM_BOUND_ROWS, LONG_DIM = 800 };

#if defined(__x86_64__)
extern const sm_bound_kernels sm_bound_kernels_avx512;
#elif defined(__aarch64__)
extern const sm_bound_kernels sm_bound_kernels_neon;
#endif

static const sm_kernels *kernels;
static const sm_bound_kernels *bounds;
static test_random random_state = {77};

/* ---- vectors ---- */

enum {
    SPREAD,
    SPARSE,
    CONSTANT,
    ZERO,
    DENORMAL,
    HUGE_ONES,
    TINY,
    EDGE_LOW, /* the least and the largest that have a bound */
    EDGE_HIGH,
    ALIGNED, /* what the code leaves points where the query does */
    MIXED,   /* of many magnitudes */
    KINDS
};

static double magnitude_of(int kind)
{
    static const double limits[KINDS] = {
        [SPREAD] = 1,         [SPARSE] = 1,         [CONSTANT] = 1,
        [DENORMAL] = 1e-39,   [HUGE_ONES] = 1e17,   [TINY] = 1e-20,
        [EDGE_LOW] = 0x1p-30, [EDGE_HIGH] = 0x1p30, [ALIGNED] = 1,
        [MIXED] = 1};
    return limits[kind];
}

static void make_vector(int kind, size_t dim, const float *query, float *x)
{
    double const limit = magnitude_of(kind);
    for (size_t i = 0; i < dim; i++) {
        double v = test_random_real(&random_state, limit);
        if (kind == SPARSE && test_random_below(&random_state, 8)) v = 0;
        if (kind == CONSTANT) v = 0.7;
        if (kind == MIXED) v *= pow(10, test_random_real(&random_state, 12));
        if (kind == ALIGNED && query)
            v = (floor(v * 100) + (query[i] > 0 ? 0.499 : -0.499)) / 119;
        x[i] = (float)v;
    }
    if (kind == ALIGNED) x[0] = 1;
    if (kind == EDGE_LOW || kind == EDGE_HIGH) x[dim - 1] = (float)limit;
}

/* ---- one row ---- */

typedef struct world {
    size_t dim;
    float *queries, *rows;
    int8_t *codes;
    sm_bound_query made[QUERIES];
    const sm_bound_query *asked[QUERIES];
    uint8_t *coarse, *fine, *room;
    sm_bound_row row[ROWS];
    float scales[ROWS];
    uint32_t norms[ROWS];
    int32_t dots[QUERIES][ROWS];
    float tops[QUERIES][BLOCKS];
} world;

static int coarse_at(const world *w, size_t r, size_t i)
{
    size_t const groups = (w->dim + 7) / 8;
    uint8_t const byte =
        w->coarse[((r / SM_BOUND_ROWS * groups + i / 8) * SM_BOUND_ROWS +
                   r % SM_BOUND_ROWS) *
                      4 +
                  i % 4];
    return (i % 8 < 4 ? byte & 15 : byte >> 4) - 8;
}

static int fine_at(const world *w, size_t r, size_t i)
{
    uint8_t const byte =
        w->fine[r * sm_bound_fine_size(w->dim) + i / 64 * 32 + i % 32];
    return (i % 64 < 32 ? byte & 15 : byte >> 4) - 8;
}

static float float_of(uint32_t bits)
{
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static void check_row(const world *w, size_t r)
{
    const float *const x = w->rows + r * w->dim;
    double coarse = 0, fine = 0, length = 0;
    double const scale = (double)w->row[r].rest.scale;
    float const norm = float_of(w->row[r].norms << 16);
    if (isinf(norm)) return; /* no bound */
    for (size_t i = 0; i < w->dim; i++) {
        int const h = coarse_at(w, r, i), l = fine_at(w, r, i);
        double const by_h = (double)x[i] - (double)w->row[r].scale * 16 * h;
        double const by_both = (double)x[i] - scale * (16 * h + l);
        assert_in_range(h + 7, 0, 14);
        coarse += by_h * by_h;
        fine += by_both * by_both;
        length += (double)x[i] * (double)x[i];
        if (scale > 0) assert_true(fabs(by_both) <= 0.501 * scale);
    }
    double const ratio = (double)float_of(w->row[r].norms);
    assert_true((double)norm >= sqrt(length));
    assert_true((double)norm <= 1.01 * sqrt(length) + 1e-29);
    assert_true(ratio * sqrt(length) >= sqrt(coarse));
    assert_true(ratio * sqrt(length) <=
                1.02 * sqrt(coarse) + 0.01 * sqrt(length) + 1e-29);
    assert_true((double)w->row[r].rest.error >= sqrt(fine));
}

/* ---- bounds ---- */

static world *make_world(size_t dim, int row_kind, int query_kind)
{
    world *const w = calloc(1, sizeof *w);
    size_t const coarse_size = sm_bound_coarse_size(dim);
    size_t const code_count = sm_bound_code_count(dim);
    uint8_t *const own = malloc(coarse_size);
    w->dim = dim;
    w->queries = guarded_floats(0, QUERIES * dim);
    w->rows = guarded_floats(1, ROWS * dim);
    w->codes = malloc(QUERIES * code_count);
    w->coarse = malloc(ROWS * coarse_size);
    w->fine = malloc(ROWS * sm_bound_fine_size(dim));
    w->room = malloc(2 * SM_BOUND_MOST_TILE * SM_BOUND_ROWS * coarse_size);
    for (size_t q = 0; q < QUERIES; q++) {
        make_vector(query_kind, dim, NULL, w->queries + q * dim);
        sm_bound_query_make(&w->made[q], w->codes + q * code_count,
                            w->queries + q * dim, dim);
        w->asked[q] = &w->made[q];
    }
    for (size_t r = 0; r < ROWS; r++) {
        make_vector(r % 7 == 5 ? ZERO : row_kind, dim, w->queries,
                    w->rows + r * dim);
        bounds->encode(dim, w->rows + r * dim, own,
                       w->fine + r * sm_bound_fine_size(dim), &w->row[r]);
        for (size_t i = 0; i < coarse_size; i += 4)
            memcpy(w->coarse + r / SM_BOUND_ROWS * SM_BOUND_ROWS * coarse_size +
                       i * SM_BOUND_ROWS + r % SM_BOUND_ROWS * 4,
                   own + i, 4);
        w->scales[r] = w->row[r].scale;
        w->norms[r] = w->row[r].norms;
    }
    free(own);
    return w;
}

static void free_world(world *w)
{
    free(w->codes);
    free(w->coarse);
    free(w->fine);
    free(w->room);
    free(w);
}

static void scan(world *w, size_t m, size_t n)
{
    sm_bound_blocks const blocks = {w->coarse, w->scales, w->norms};
    bounds->scan(m, n, w->dim, w->asked, &blocks, w->coarse, w->dots[0], ROWS,
                 w->tops[0], BLOCKS, w->room);
}

static void check_score(const world *w, size_t q, size_t r, float bound)
{
    const float *const query = w->queries + q * w->dim;
    const float *const row = w->rows + r * w->dim;
    float score;
    kernels->scores(1, 1, w->dim, query, row, NULL, &score, 1);
    assert_true(score <= bound);
    kernels->gemm(1, 1, w->dim, query, w->dim, 1, row, 1, &score, 1);
    assert_true(score <= bound);
    assert_true(kernels->dot(query, row, w->dim) <= bound);
    score = 0;
    for (size_t i = w->dim; i-- > 0;) score += query[i] * row[i];
    assert_true(score <= bound);
}

/* No order of the sum is below. */
static void check_lower(const world *w, size_t q, size_t r, float bound)
{
    const float *const query = w->queries + q * w->dim;
    const float *const row = w->rows + r * w->dim;
    float score;
    kernels->scores(1, 1, w->dim, query, row, NULL, &score, 1);
    assert_true(score >= bound);
    kernels->gemm(1, 1, w->dim, query, w->dim, 1, row, 1, &score, 1);
    assert_true(score >= bound);
    assert_true(kernels->dot(query, row, w->dim) >= bound);
    score = 0;
    for (size_t i = w->dim; i-- > 0;) score += query[i] * row[i];
    assert_true(score >= bound);
}

/* Floats in their order by number, 0 to 2 LAST, of which LAST is 0. */
enum { LAST = 0x7f800000 };

static float float_number(int64_t number)
{
    float const x = float_of((uint32_t)llabs(number - LAST));
    return number < LAST ? -x : x;
}

/* The coarse bound, which is the least number that it is not above. */
static float coarse_bound(const world *w, size_t q, size_t r)
{
    size_t const first = r / SM_BOUND_ROWS * SM_BOUND_ROWS;
    int64_t low = -1, high = 2 * (int64_t)LAST;
    while (high - low > 1) {
        int64_t const middle = (low + high) / 2;
        if (bounds->above(&w->made[q], &w->dots[q][first], w->scales + first,
                          w->norms + first, float_number(middle)) >>
                r % SM_BOUND_ROWS &
            1)
            low = middle;
        else
            high = middle;
    }
    return float_number(high);
}

/* The fine bounds of rows r .., of which this is the first. */
static float fine_bounds(const world *w, size_t q, size_t r, float *lower)
{
    sm_bound_rows rest = {.dots = {0}};
    float uppers[SM_BOUND_ROWS], lowers[SM_BOUND_ROWS];
    size_t n = 0;
    for (; n <= r % SM_BOUND_ROWS && r + n < ROWS; n++) {
        rest.queries[n] = &w->made[q];
        rest.fine[n] = w->fine + (r + n) * sm_bound_fine_size(w->dim);
        rest.dots[n] = w->dots[q][r + n];
        rest.scales[n] = w->row[r + n].rest.scale;
        rest.errors[n] = w->row[r + n].rest.error;
        rest.norms[n] = w->row[r + n].norms;
    }
    bounds->fine(n, w->dim, &rest, uppers, lowers);
    *lower = lowers[0];
    return uppers[0];
}

static float fine_bound(const world *w, size_t q, size_t r)
{
    float lower;
    return fine_bounds(w, q, r, &lower);
}

/* Of its sum of whole numbers, and what is added to it. */
static double plain_bound(const world *w, size_t q, size_t r, int32_t dot)
{
    const sm_bound_query *const query = &w->made[q];
    return (double)query->scale * (double)w->row[r].rest.scale * dot +
           (double)query->by_error * (double)w->row[r].rest.error +
           (double)query->fine_by_norm *
               (double)float_of(w->row[r].norms << 16);
}

static void check_pair(const world *w, size_t q, size_t r)
{
    int32_t coarse = 0, fine = 0;
    for (size_t i = 0; i < w->dim; i++) {
        coarse += 16 * coarse_at(w, r, i) * w->made[q].codes[i];
        fine += fine_at(w, r, i) * w->made[q].codes[i];
    }
    assert_int_equal(w->dots[q][r], coarse);
    float const bound = coarse_bound(w, q, r);
    assert_true(w->tops[q][r / SM_BOUND_ROWS] >= bound);
    check_score(w, q, r, bound);
    float lower, by_both = fine_bounds(w, q, r, &lower);
    double const expected = plain_bound(w, q, r, coarse + fine);
    check_score(w, q, r, by_both);
    check_lower(w, q, r, lower);
    if (isfinite(expected))
        assert_true(fabs((double)by_both - expected) <=
                    1e-6 * fabs(plain_bound(w, q, r, abs(coarse + fine))) +
                        1e-37);
}

/* ---- rows that are picked ---- */

typedef struct picked {
    sm_bound_pick picks[QUERIES];
    uint32_t at[QUERIES][ROWS];
    float uppers[QUERIES][ROWS], lowers[QUERIES][ROWS];
} picked;

static void pick(const world *w, size_t m, size_t n, const uint16_t *passing,
                 const float *above, picked *found)
{
    sm_bound_rest rests[ROWS];
    for (size_t r = 0; r < ROWS; r++) rests[r] = w->row[r].rest;
    sm_bound_full const blocks = {w->coarse, w->fine, rests, w->norms};
    for (size_t q = 0; q < m; q++)
        found->picks[q] = (sm_bound_pick){above[q], 0, found->at[q],
                                          found->uppers[q], found->lowers[q]};
    bounds->pick(m, n, w->dim, w->asked, &blocks, passing, &blocks,
                 found->picks, w->room);
}

/* Of the rows that may pass those whose fine bound is above, and no others. */
static void check_picks(const world *w, size_t m, size_t n)
{
    uint16_t passing[BLOCKS];
    float above[QUERIES];
    picked found;
    for (size_t b = 0; b < n; b++)
        passing[b] = (uint16_t)(test_random_below(&random_state, 4)
                                    ? test_random_below(&random_state, 65536)
                                    : 65535);
    for (size_t q = 0; q < m; q++)
        above[q] =
            q % 3 ? fine_bound(w, q, test_random_below(&random_state, ROWS))
                  : -INFINITY;
    pick(w, m, n, passing, above, &found);
    for (size_t q = 0; q < m; q++) {
        size_t at = 0;
        for (size_t r = 0; r < n * SM_BOUND_ROWS; r++) {
            float const upper = fine_bound(w, q, r);
            if (!(passing[r / SM_BOUND_ROWS] >> r % SM_BOUND_ROWS & 1) ||
                !(upper > above[q]))
                continue;
            assert_int_equal(found.at[q][at], r);
            assert_memory_equal(&found.uppers[q][at], &upper, sizeof upper);
            check_score(w, q, r, upper);
            check_lower(w, q, r, found.lowers[q][at++]);
        }
        assert_int_equal(found.picks[q].count, at);
    }
}

static void check_kinds(size_t dim, int row_kind, int query_kind)
{
    world *const w = make_world(dim, row_kind, query_kind);
    for (size_t r = 0; r < ROWS; r++) check_row(w, r);
    for (size_t m = 1; m <= QUERIES; m++)
        for (size_t n = 1; n <= BLOCKS; n++) {
            memset(w->dots, 0x55, sizeof w->dots);
            scan(w, m, n);
            for (size_t r = m * n; r < n * SM_BOUND_ROWS; r += 17)
                check_pair(w, m - 1, r);
            if (bounds->pick && (m + n) % 2) check_picks(w, m, n);
        }
    free_world(w);
}

static void check_level(int32_t level, const sm_bound_kernels *own)
{
    assert_int_equal(sm_kernels_select(level, &kernels), 0);
    bounds = own ? own : sm_bound_kernels_of(kernels);
    for (size_t dim = 1; dim <= 130; dim++)
        check_kinds(dim, (int)(dim % KINDS), (int)(dim / 7 % KINDS));
    for (int row = 0; row < KINDS; row++)
        for (int query = 0; query < KINDS; query++) check_kinds(48, row, query);
    for (int kind = 0; kind < KINDS; kind++) {
        check_kinds(384, kind, SPREAD);
        check_kinds(LONG_DIM, SPREAD, kind);
    }
}

static void test_bounds__no_score_is_above_its_own(void **state)
{
    (void)state;
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++)
        if (sm_kernels_available(level)) check_level(level, NULL);
}

/* What a processor without products of int8 uses. */
static void test_bounds__without_products_of_int8(void **state)
{
    (void)state;
    if (!sm_cpu_has_dot()) return;
#if defined(__x86_64__)
    check_level(SIAMESE_KERNEL_AVX512, &sm_bound_kernels_avx512);
#elif defined(__aarch64__)
    check_level(SIAMESE_KERNEL_NEON, &sm_bound_kernels_neon);
#endif
}

/* A row without a bound leaves those of its block theirs. */
static void test_bounds__of_numbers_that_are_none_are_infinite(void **state)
{
    enum { SOME = 21 };
    (void)state;
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++) {
        if (!sm_kernels_available(level)) continue;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        bounds = sm_bound_kernels_of(kernels);
        for (size_t i = 0; i < SOME; i++) {
            float const bad[] = {NAN, INFINITY, -INFINITY};
            float x[SOME] = {1, 2, 3};
            uint8_t coarse[SOME], fine[2 * SOME];
            sm_bound_row row;
            x[i] = bad[i % 3];
            bounds->encode(SOME, x, coarse, fine, &row);
            assert_true(isinf(float_of(row.norms << 16)));
            assert_true(row.scale == 0 && row.rest.scale == 0);
        }
    }
}

/* ---- long vectors ---- */

enum { LONG = 65536 };

typedef struct long_world {
    float *row, *query;
    int8_t *codes;
    uint8_t *coarse, *own, *fine; /* a block, of which the row is the first */
    uint8_t *room;
    sm_bound_row made;
    sm_bound_query asked;
    int32_t dots[SM_BOUND_ROWS];
    float top;
} long_world;

/* The bounds of a row, whose codes leave nothing. */
static void scan_long(long_world *w)
{
    float scales[SM_BOUND_ROWS] = {0};
    uint32_t norms[SM_BOUND_ROWS];
    const sm_bound_query *const one = &w->asked;
    sm_bound_blocks const blocks = {w->coarse, scales, norms};
    sm_bound_query_make(&w->asked, w->codes, w->query, LONG);
    bounds->encode(LONG, w->row, w->own, w->fine, &w->made);
    for (size_t i = 0; i < sm_bound_coarse_size(LONG); i += 4)
        memcpy(w->coarse + i * SM_BOUND_ROWS, w->own + i, 4);
    for (size_t r = 0; r < SM_BOUND_ROWS; r++) norms[r] = SM_BOUND_NO_NORMS;
    scales[0] = w->made.scale;
    norms[0] = w->made.norms;
    bounds->scan(1, 1, LONG, &one, &blocks, w->coarse, w->dots, SM_BOUND_ROWS,
                 &w->top, 1, NULL);
}

static float fine_of_long(const long_world *w)
{
    float uppers[SM_BOUND_ROWS], lowers[SM_BOUND_ROWS];
    sm_bound_rows const rest = {.queries = {&w->asked},
                                .fine = {w->fine},
                                .dots = {w->dots[0]},
                                .scales = {w->made.rest.scale},
                                .errors = {w->made.rest.error},
                                .norms = {w->made.norms}};
    bounds->fine(1, LONG, &rest, uppers, lowers);
    return uppers[0];
}

/* The same row, where rows are picked. */
static void check_pick_of_long(const long_world *w, float score)
{
    sm_bound_rest const rests[SM_BOUND_ROWS] = {w->made.rest};
    uint32_t const norms[SM_BOUND_ROWS] = {w->made.norms};
    sm_bound_full const block = {w->coarse, w->fine, rests, norms};
    uint16_t const first_row = 1;
    const sm_bound_query *const one = &w->asked;
    uint32_t at;
    float upper, lower, fine = fine_of_long(w);
    sm_bound_pick found = {-INFINITY, 0, &at, &upper, &lower};
    if (bounds->pick == NULL) return;
    bounds->pick(1, 1, LONG, &one, &block, &first_row, &block, &found, w->room);
    assert_int_equal(found.count, 1);
    assert_memory_equal(&upper, &fine, sizeof upper);
    assert_true(lower <= score);
}

static void each_level_of_long(void (*test)(long_world *))
{
    long_world w = {.row = malloc(LONG * sizeof(float)),
                    .query = malloc(LONG * sizeof(float)),
                    .codes = malloc(LONG),
                    .coarse = calloc(SM_BOUND_ROWS, sm_bound_coarse_size(LONG)),
                    .own = malloc(sm_bound_coarse_size(LONG)),
                    .fine = calloc(SM_BOUND_ROWS, sm_bound_fine_size(LONG)),
                    .room = malloc(2 * SM_BOUND_MOST_TILE * SM_BOUND_ROWS *
                                   sm_bound_coarse_size(LONG))};
    for (int32_t level = 1; level <= sm_cpu_best_level(); level++) {
        if (!sm_kernels_available(level)) continue;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        bounds = sm_bound_kernels_of(kernels);
        test(&w);
    }
    free(w.row);
    free(w.query);
    free(w.codes);
    free(w.coarse);
    free(w.own);
    free(w.fine);
    free(w.room);
}

/* 119 = 16 * 7 + 7 is the largest code of a row. */
static void check_largest(long_world *w)
{
    float score;
    for (size_t i = 0; i < LONG; i++)
        w->row[i] = w->query[i] = i % 3 ? 1.0f : -1.0f;
    scan_long(w);
    assert_int_equal(w->dots[0], LONG * 112 * 127);
    kernels->scores(1, 1, LONG, w->row, w->row, NULL, &score, 1);
    assert_true((double)score == LONG);
    assert_true(w->top >= score);
    assert_true(fine_of_long(w) >= score);
    check_pick_of_long(w, score);
}

static void test_bounds__of_the_largest_sums_do_not_overflow(void **state)
{
    (void)state;
    each_level_of_long(check_largest);
}

/*
 * Codes leave nothing of 95 and 127, but a sum of 95 * 127 = 188 * 64 + 33 in
 * one chain is rounded up by 31 in each step from 2^29 on: by far more than the
 * product itself.
 */
static void check_chain(long_world *w)
{
    float chain;
    for (size_t i = 0; i < LONG; i++) {
        w->row[i] = i ? 95.0f : 119.0f;
        w->query[i] = 127.0f;
    }
    scan_long(w);
    kernels->gemm(1, 1, LONG, w->query, LONG, 1, w->row, 1, &chain, 1);
    double const product = 127.0 * (119.0 + 95.0 * (LONG - 1));
    assert_true((double)chain > product + 1e5);
    assert_true(w->top >= chain);
    assert_true(fine_of_long(w) >= chain);
    check_pick_of_long(w, chain);
}

static void test_bounds__hold_what_a_long_chain_rounds(void **state)
{
    (void)state;
    each_level_of_long(check_chain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds__no_score_is_above_its_own),
        cmocka_unit_test(test_bounds__without_products_of_int8),
        cmocka_unit_test(test_bounds__of_numbers_that_are_none_are_infinite),
        cmocka_unit_test(test_bounds__of_the_largest_sums_do_not_overflow),
        cmocka_unit_test(test_bounds__hold_what_a_long_chain_rounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
