/* Ranking metrics of vectors against a plain reference that sorts all items of
 * each query: ties, ids with several rows, numbers that are not finite. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "random_numbers.h"

#ifndef EVALUATOR_DIM
#define EVALUATOR_DIM 5 /* by products; test_evaluator_bounds.c has more */
#endif

enum {
    R = SIAMESE_RANKING_RECALL,
    P = SIAMESE_RANKING_PRECISION,
    HIT = SIAMESE_RANKING_HIT,
    MRR = SIAMESE_RANKING_MRR,
    MAP = SIAMESE_RANKING_MAP,
    NDCG = SIAMESE_RANKING_NDCG,
    BINARY = SIAMESE_RANKING_NDCG_BINARY,
    WIDTH = SIAMESE_RANKING_COUNT
};

static siamese_evaluator_options default_options(void)
{
    siamese_evaluator_options options;
    assert_int_equal(siamese_evaluator_options_init(&options, sizeof options),
                     0);
    return options;
}

static siamese_evaluator *make(const siamese_evaluator_options *options,
                               const size_t *ks, size_t count)
{
    siamese_evaluator *e = NULL;
    assert_int_equal(siamese_evaluator_create(&e, options, ks, count), 0);
    return e;
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-14)) fail_msg("%.17g, not %.17g", got, want);
}

enum {
    QUERIES = 70,
    ITEMS = 3300,
    DIM = EVALUATOR_DIM,
    NUMBERS = 5, /* that are not 0; of which one less has an exact root */
    JUDGED = 12,
    KS = 6,
    ALL = KS * WIDTH,
    /* an id whose rows go over three tiles */
    LONG_ID = 77,
    LONG_FROM = 500,
    LONG_TO = 2600
};

static const size_t all_ks[KS] = {1, 3, 10, 100, 1000, 100000};

typedef struct world {
    float queries[QUERIES * DIM], items[ITEMS * DIM];
    int64_t ids[ITEMS];
    size_t offsets[QUERIES + 1];
    int64_t judged[QUERIES * JUDGED];
    double grades[QUERIES * JUDGED];
    siamese_judgements judgements;
    siamese_vectors vectors;
} world;

static uint32_t random_number(uint32_t *seed, uint32_t below)
{
    return (test_lcg(seed) >> 8) % below;
}

/* Small integers: scores are exact and many are equal. `repeats`: ids are not
 * their rows, and some have several. */
static void fill(world *w, int repeats)
{
    uint32_t seed = 11;
    memset(w, 0, sizeof *w);
    for (size_t i = 0; i < QUERIES * DIM; i++)
        if (i % DIM < NUMBERS)
            w->queries[i] = (float)random_number(&seed, 9) - 4;
    for (size_t i = 0; i < ITEMS * DIM; i++)
        if (i % DIM < NUMBERS) w->items[i] = (float)random_number(&seed, 9) - 4;
    for (size_t i = 0; i < ITEMS; i++) {
        w->ids[i] = (int64_t)(ITEMS - i) * 3 - 50;
        if (repeats && i % 4 == 0) w->ids[i] = (int64_t)(i % 1001) * 3 - 50;
        if (repeats && i >= LONG_FROM && i < LONG_TO && i % 2)
            w->ids[i] = LONG_ID;
    }
    for (size_t q = 0; q < QUERIES; q++) {
        size_t const n = q == 3 ? 0 : 1 + q % JUDGED;
        size_t const at = w->offsets[q];
        for (size_t i = 0; i < n; i++) {
            uint32_t const row = random_number(&seed, ITEMS);
            w->judged[at + i] = repeats ? w->ids[row] : (int64_t)row;
            w->grades[at + i] = (double)random_number(&seed, 7) / 2;
        }
        if (n > 2) w->judged[at + 1] = -999; /* nowhere */
        if (n > 4) w->judged[at + 3] = repeats ? LONG_ID : 0;
        w->offsets[q + 1] = at + n;
    }
    w->judgements = (siamese_judgements){sizeof w->judgements, QUERIES,
                                         w->offsets, w->judged, w->grades};
    w->vectors =
        (siamese_vectors){sizeof w->vectors,       DIM,  w->queries, w->items,
                          repeats ? w->ids : NULL, ITEMS};
}

typedef struct scored {
    double score;
    size_t row;
} scored;

static int best_first(const void *a, const void *b)
{
    const scored *const x = a, *const y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

static double norm_of(const float *v)
{
    double sum = 0;
    for (size_t d = 0; d < DIM; d++) sum += (double)v[d] * v[d];
    return sqrt(sum);
}

/* The ids of all finite scores, best first, each once; how many. */
static size_t reference_ranking(const world *w, size_t q, int32_t metric,
                                int64_t *out)
{
    static scored all[ITEMS];
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        const float *const item = w->items + i * DIM;
        double s = 0;
        for (size_t d = 0; d < DIM; d++)
            s += (double)w->queries[q * DIM + d] * item[d];
        if (metric == SIAMESE_METRIC_COSINE && norm_of(item) > 0)
            s /= norm_of(item);
        if (isfinite(s)) all[n++] = (scored){s, i};
    }
    qsort(all, n, sizeof *all, best_first);
    for (size_t i = 0; i < n; i++) {
        int64_t const id =
            w->vectors.item_ids ? w->ids[all[i].row] : (int64_t)all[i].row;
        size_t at = 0;
        while (at < kept && out[at] != id) at++;
        if (at == kept) out[kept++] = id;
    }
    return kept;
}

/* The last grade of an id, or NAN. */
static double grade_of(const world *w, size_t q, int64_t id)
{
    for (size_t i = w->offsets[q + 1]; i-- > w->offsets[q];)
        if (w->judged[i] == id) return w->grades[i];
    return NAN;
}

/* By the definitions, position by position. */
static void reference_figures(const world *w, size_t q, double relevant,
                              const int64_t *ranking, size_t n, size_t k,
                              double *out)
{
    double gains[JUDGED], total = 0, hits = 0, sum = 0, first = 0;
    double dcg = 0, ideal = 0, binary = 0, binary_ideal = 0;
    size_t count = 0;
    for (size_t i = w->offsets[q]; i < w->offsets[q + 1]; i++) {
        size_t later = i + 1;
        while (later < w->offsets[q + 1] && w->judged[later] != w->judged[i])
            later++;
        if (later < w->offsets[q + 1]) continue;
        gains[count++] = w->grades[i];
        total += w->grades[i] >= relevant;
    }
    for (size_t i = 0; i < n && i < k; i++) {
        double const g = grade_of(w, q, ranking[i]);
        double const discount = log2((double)i + 2);
        if (isnan(g)) continue;
        dcg += g / discount;
        if (g < relevant) continue;
        hits++;
        if (first == 0) first = (double)i + 1;
        sum += hits / (double)(i + 1);
        binary += 1 / discount;
    }
    for (size_t i = 0; i < count && i < k; i++) {
        size_t best = i;
        for (size_t j = i; j < count; j++)
            if (gains[j] > gains[best]) best = j;
        double const gain = gains[best];
        gains[best] = gains[i];
        gains[i] = gain;
        ideal += gain / log2((double)i + 2);
        if (gain >= relevant) binary_ideal += 1 / log2((double)i + 2);
    }
    double const none = total > 0 ? 0 : NAN;
    out[R] = hits / total;
    out[P] = hits / (double)k + none;
    out[HIT] = (hits > 0) + none;
    out[MRR] = (first > 0 ? 1 / first : 0) + none;
    out[MAP] = sum / total;
    out[NDCG] = ideal > 0 ? dcg / ideal : NAN;
    out[BINARY] = binary / binary_ideal;
}

static world w;
static double values[QUERIES * ALL], means[ALL];
static int64_t rankings[QUERIES][ITEMS];
static size_t found[QUERIES];

static void run_vectors(const siamese_evaluator_options *o)
{
    siamese_evaluator *const e = make(o, all_ks, KS);
    assert_int_equal(siamese_evaluator_add_vectors(e, &w.judgements, &w.vectors,
                                                   values, QUERIES * ALL),
                     0);
    assert_int_equal(siamese_evaluator_get_means(e, means, ALL, NULL), 0);
    siamese_evaluator_free(e);
}

static void assert_reference(const siamese_evaluator_options *o)
{
    double sums[ALL] = {0};
    size_t counts[ALL] = {0};
    for (size_t q = 0; q < QUERIES; q++) {
        found[q] = reference_ranking(&w, q, o->metric, rankings[q]);
        for (size_t k = 0; k < KS; k++) {
            double want[WIDTH];
            reference_figures(&w, q, o->relevant, rankings[q], found[q],
                              all_ks[k], want);
            for (size_t f = 0; f < WIDTH; f++) {
                double const got = values[q * ALL + k * WIDTH + f];
                if (isnan(want[f]) ? !isnan(got)
                                   : !(fabs(got - want[f]) < 1e-12))
                    fail_msg("query %zu, k %zu, figure %zu: %g, not %g", q,
                             all_ks[k], f, got, want[f]);
                if (isnan(want[f])) continue;
                sums[k * WIDTH + f] += want[f];
                counts[k * WIDTH + f]++;
            }
        }
    }
    for (size_t i = 0; i < ALL; i++)
        assert_true(fabs(means[i] - sums[i] / (double)counts[i]) < 1e-12);
}

static void ranks__vectors_rank_as_brute_force(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    o.relevant = 2;
    for (int repeats = 0; repeats <= 1; repeats++) {
        fill(&w, repeats);
        for (o.kernel = SIAMESE_KERNEL_PORTABLE;
             o.kernel <= SIAMESE_KERNEL_NEON; o.kernel++) {
            siamese_evaluator *e;
            if (siamese_evaluator_create(&e, &o, all_ks, KS) ==
                SIAMESE_E_UNSUPPORTED)
                continue;
            siamese_evaluator_free(e);
            run_vectors(&o);
            assert_reference(&o);
        }
    }
}

/* One or four numbers +-2^e, whose length is a power of two, or zero: cosines
 * of such vectors are exact. */
static void fill_exact(float *vectors, size_t count, uint32_t seed)
{
    memset(vectors, 0, count * DIM * sizeof *vectors);
    for (size_t i = 0; i < count; i++) {
        size_t const skip = random_number(&seed, NUMBERS);
        float const size = ldexpf(1, (int)random_number(&seed, 9) - 4);
        int const four = random_number(&seed, 3) > 0;
        if (random_number(&seed, 50) == 0) continue;
        for (size_t d = 0; d < NUMBERS; d++)
            if (four ? d != skip : d == skip)
                vectors[i * DIM + d] = random_number(&seed, 2) ? size : -size;
    }
}

static void ranks__cosine_ranks_as_brute_force(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    o.metric = SIAMESE_METRIC_COSINE;
    fill(&w, 1);
    fill_exact(w.queries, QUERIES, 5);
    fill_exact(w.items, ITEMS, 6);
    run_vectors(&o);
    assert_reference(&o);
}

static void ranks__rankings_give_what_vectors_give(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    for (o.judged_only = 0; o.judged_only <= 1; o.judged_only++) {
        fill(&w, 1);
        run_vectors(&o);
        double by_vectors[ALL];
        memcpy(by_vectors, means, sizeof means);
        for (size_t q = 0; q < QUERIES; q++)
            found[q] = reference_ranking(&w, q, o.metric, rankings[q]);
        siamese_rankings const r = {sizeof r, ITEMS, rankings[0], found, NULL};
        siamese_evaluator *const e = make(&o, all_ks, KS);
        assert_int_equal(
            siamese_evaluator_add_rankings(e, &w.judgements, &r, NULL, 0), 0);
        assert_int_equal(siamese_evaluator_get_means(e, means, ALL, NULL), 0);
        siamese_evaluator_free(e);
        assert_memory_equal(by_vectors, means, sizeof means);
    }
}

static void ranks__threads_and_calls_do_not_change_a_bit(void **state)
{
    siamese_evaluator_options o = default_options();
    static double first_values[QUERIES * ALL];
    double first[ALL];
    (void)state;
    fill(&w, 1);
    o.threads = 1;
    run_vectors(&o);
    memcpy(first, means, sizeof first);
    memcpy(first_values, values, sizeof first_values);
    for (o.threads = 2; o.threads <= 5; o.threads += 3) {
        run_vectors(&o);
        assert_memory_equal(first, means, sizeof first);
        assert_memory_equal(first_values, values, sizeof values);
    }
    /* 1 query, then 40, then the rest */
    static const size_t borders[] = {0, 1, 41, QUERIES};
    siamese_evaluator *const e = make(&o, all_ks, KS);
    for (size_t i = 0; i < 3; i++) {
        siamese_judgements j = w.judgements;
        siamese_vectors v = w.vectors;
        j.queries = borders[i + 1] - borders[i];
        j.offsets += borders[i];
        v.queries += borders[i] * DIM;
        assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0), 0);
    }
    assert_int_equal(siamese_evaluator_get_means(e, means, ALL, NULL), 0);
    siamese_evaluator_free(e);
    assert_memory_equal(first, means, sizeof first);
}

static void ranks__scores_that_are_not_finite_are_not_found(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    for (int repeats = 0; repeats <= 1; repeats++) {
        fill(&w, repeats);
        for (size_t i = 0; i < ITEMS; i += 7) w.items[i * DIM] = NAN;
        for (size_t d = 0; d < DIM; d++) w.queries[5 * DIM + d] = NAN;
        run_vectors(&o);
        assert_reference(&o);
        assert_near(values[5 * ALL + 5 * WIDTH + R], 0);
    }
    /* an infinite score stands before all finite ones, and is no hit itself */
    float const query = 1, items[] = {1, INFINITY, 2, -INFINITY};
    static const size_t offsets[] = {0, 2}, ks[] = {1, 2, 9};
    static const int64_t judged[] = {1, 2};
    static const double grades[] = {1, 1};
    siamese_judgements const j = {sizeof j, 1, offsets, judged, grades};
    siamese_vectors const v = {sizeof v, 1, &query, items, NULL, 4};
    double figures[3][WIDTH];
    siamese_evaluator *const e = make(&o, ks, 3);
    assert_int_equal(
        siamese_evaluator_add_vectors(e, &j, &v, figures[0], 3 * WIDTH), 0);
    siamese_evaluator_free(e);
    assert_near(figures[0][R], 0);
    assert_near(figures[1][R], 0.5);
    assert_near(figures[2][R], 0.5);
    assert_near(figures[2][MRR], 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranks__vectors_rank_as_brute_force),
        cmocka_unit_test(ranks__cosine_ranks_as_brute_force),
        cmocka_unit_test(ranks__rankings_give_what_vectors_give),
        cmocka_unit_test(ranks__threads_and_calls_do_not_change_a_bit),
        cmocka_unit_test(ranks__scores_that_are_not_finite_are_not_found),
    };
    return cmocka_run_group_tests_name("evaluator_vectors", tests, NULL, NULL);
}
