/* Figures of items of equal scores: the means over all their orders, against
 * every order there is and against closed forms. */
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

enum { WIDTH = SIAMESE_RANKING_COUNT, KS = 5, ALL = KS * WIDTH };
enum { MOST = 7, JUDGED = 5, CASES = 60 };

static const size_t some_ks[KS] = {1, 2, 3, 5, 20};

static uint32_t random_number(uint32_t *seed, uint32_t below)
{
    return (test_lcg(seed) >> 8) % below;
}

static siamese_evaluator *make(int32_t ties, int32_t judged_only,
                               const size_t *ks, size_t count)
{
    siamese_evaluator_options o;
    siamese_evaluator *e = NULL;
    assert_int_equal(siamese_evaluator_options_init(&o, sizeof o), 0);
    o.relevant = 2;
    o.gain_zero = 0.5;
    o.ties = ties;
    o.judged_only = judged_only;
    assert_int_equal(siamese_evaluator_create(&e, &o, ks, count), 0);
    return e;
}

static void assert_close(double got, double want, const char *what, size_t i)
{
    if (isnan(want) ? !isnan(got)
                    : !(fabs(got - want) <= 1e-12 * (1 + fabs(want))))
        fail_msg("%s, figure %zu: %.17g, not %.17g", what, i, got, want);
}

static siamese_evaluator_counts counts_of(const siamese_evaluator *e,
                                          double *means, size_t size)
{
    siamese_evaluator_counts counts = {.struct_size = sizeof counts};
    assert_int_equal(siamese_evaluator_get_means(e, means, size, &counts), 0);
    return counts;
}

/* ---- every order there is ---- */

/* One query: ids by falling score, in ties; what is judged. */
typedef struct one_query {
    int64_t ids[MOST];
    float scores[MOST];
    size_t count;
    int64_t judged[JUDGED];
    double grades[JUDGED];
    size_t offsets[2];
} one_query;

static siamese_judgements judgements_of(const one_query *q)
{
    return (siamese_judgements){sizeof(siamese_judgements), 1, q->offsets,
                                q->judged, q->grades};
}

static void fill(one_query *q, uint32_t *seed)
{
    *q = (one_query){.count = 1 + random_number(seed, MOST)};
    for (size_t i = 0; i < q->count; i++) {
        q->ids[i] = (int64_t)i;
        q->scores[i] = i == 0 ? 4 : q->scores[i - 1];
        if (i > 0) q->scores[i] -= (float)(random_number(seed, 3) == 0);
    }
    q->offsets[1] = 1 + random_number(seed, JUDGED);
    for (size_t i = 0; i < q->offsets[1]; i++) {
        q->judged[i] = (int64_t)(2 * i % (MOST + 1));
        q->grades[i] = (double)random_number(seed, 5);
    }
}

/* Adds the ids in every order of items of equal scores from `at` on. */
static size_t add_orders(siamese_evaluator *e, one_query *q, size_t at,
                         double *sums)
{
    siamese_judgements const j = judgements_of(q);
    siamese_rankings const r = {sizeof r, q->count, q->ids, NULL, NULL};
    double values[ALL];
    size_t orders = 0;
    if (at == q->count) {
        assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, values, ALL),
                         0);
        for (size_t i = 0; i < ALL; i++) sums[i] += values[i];
        return 1;
    }
    for (size_t i = at; i < q->count && q->scores[i] == q->scores[at]; i++) {
        int64_t const other = q->ids[i];
        q->ids[i] = q->ids[at];
        q->ids[at] = other;
        orders += add_orders(e, q, at + 1, sums);
        q->ids[at] = q->ids[i];
        q->ids[i] = other;
    }
    return orders;
}

/* Whether some order has other figures than another one. */
static int differ(const double *sums, size_t orders, const one_query *q,
                  int32_t judged_only)
{
    siamese_evaluator *const e =
        make(SIAMESE_TIES_ORDER, judged_only, some_ks, KS);
    one_query back = *q;
    double values[ALL];
    int found = 0;
    /* the order in which graded items come last in their tie is the worst */
    for (size_t i = 0; i < q->count; i++)
        for (size_t k = i + 1; k < q->count; k++) {
            double a = -1, b = -1;
            for (size_t n = 0; n < q->offsets[1]; n++) {
                if (q->judged[n] == back.ids[i]) a = q->grades[n];
                if (q->judged[n] == back.ids[k]) b = q->grades[n];
            }
            if (back.scores[i] != back.scores[k] || a <= b) continue;
            int64_t const id = back.ids[i];
            back.ids[i] = back.ids[k];
            back.ids[k] = id;
        }
    siamese_judgements const j = judgements_of(q);
    siamese_rankings const r = {sizeof r, q->count, back.ids, NULL, NULL};
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, values, ALL), 0);
    for (size_t i = 0; i < ALL; i++)
        found |= fabs(sums[i] / (double)orders - values[i]) > 1e-9;
    siamese_evaluator_free(e);
    return found;
}

static void add_as_vectors(siamese_evaluator *e, const one_query *q,
                           double *values)
{
    static const float one = 1;
    siamese_judgements const j = judgements_of(q);
    siamese_vectors const v = {sizeof v, 1, &one, q->scores, q->ids, q->count};
    assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, values, ALL), 0);
}

static void ties__figures_are_the_mean_of_every_order(void **state)
{
    uint32_t seed = 3;
    (void)state;
    for (int n = 0; n < 2 * CASES; n++) {
        int32_t const alone = n >= CASES;
        one_query q;
        double sums[ALL] = {0}, values[ALL], means[ALL];
        siamese_evaluator *const order =
            make(SIAMESE_TIES_ORDER, alone, some_ks, KS);
        siamese_evaluator *const expected =
            make(SIAMESE_TIES_EXPECTED, alone, some_ks, KS);
        fill(&q, &seed);
        size_t const orders = add_orders(order, &q, 0, sums);
        siamese_judgements const j = judgements_of(&q);
        siamese_rankings const r = {sizeof r, q.count, q.ids, NULL, q.scores};
        assert_int_equal(
            siamese_evaluator_add_rankings(expected, &j, &r, values, ALL), 0);
        for (size_t i = 0; i < ALL; i++)
            assert_close(values[i], sums[i] / (double)orders, "rankings", i);
        if (!alone)
            assert_int_equal(counts_of(expected, means, ALL).tied,
                             differ(sums, orders, &q, alone));
        assert_int_equal(counts_of(order, means, ALL).tied, 0);
        add_as_vectors(expected, &q, values);
        for (size_t i = 0; i < ALL; i++)
            assert_close(values[i], sums[i] / (double)orders, "vectors", i);
        siamese_evaluator_free(order);
        siamese_evaluator_free(expected);
    }
}

/* ---- closed forms ---- */

static void ties__zero_vectors_find_by_chance_alone(void **state)
{
    static const float zeros[6 * 2];
    static const size_t offsets[] = {0, 1};
    static const int64_t id = 0;
    static const double grade = 3;
    static const size_t ks[] = {1, 4, 10};
    siamese_judgements const j = {sizeof j, 1, offsets, &id, &grade};
    siamese_vectors const v = {sizeof v, 2, zeros, zeros, NULL, 6};
    siamese_evaluator *const e = make(SIAMESE_TIES_EXPECTED, 0, ks, 3);
    double means[3 * WIDTH];
    (void)state;
    assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0), 0);
    assert_int_equal(counts_of(e, means, 3 * WIDTH).tied, 1);
    assert_close(means[SIAMESE_RANKING_RECALL], 1. / 6, "recall", 1);
    assert_close(means[WIDTH + SIAMESE_RANKING_HIT], 4. / 6, "hit", 4);
    assert_close(means[WIDTH + SIAMESE_RANKING_MRR],
                 (1 + 1. / 2 + 1. / 3 + 1. / 4) / 6, "mrr", 4);
    assert_close(means[2 * WIDTH + SIAMESE_RANKING_RECALL], 1, "recall", 10);
    siamese_evaluator_free(e);
}

/* One item before a tie of 100,000, 3 of which are relevant. */
static void ties__of_many_items_have_their_closed_form(void **state)
{
    enum { ITEMS = 100001, K = 50 };
    static float scores[ITEMS];
    static const float one = 1;
    static const size_t offsets[] = {0, 3}, k = K;
    static const int64_t judged[] = {7, 70000, 100000};
    static const double grades[] = {2.5, 2.5, 2.5};
    siamese_judgements const j = {sizeof j, 1, offsets, judged, grades};
    siamese_vectors const v = {sizeof v, 1, &one, scores, NULL, ITEMS};
    siamese_evaluator *const e = make(SIAMESE_TIES_EXPECTED, 0, &k, 1);
    double const t = ITEMS - 1, n = K - 1;
    double means[WIDTH], mrr = 0, dcg = 0, ideal = 0, map = 0;
    (void)state;
    scores[0] = 1;
    assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0), 0);
    assert_int_equal(counts_of(e, means, WIDTH).tied, 1);
    for (double i = 1; i <= n; i++) {
        /* the first of 3 is at place i: 3 (t-i)(t-i-1) / (t (t-1)(t-2)) */
        double const first =
            3 * (t - i) * (t - i - 1) / (t * (t - 1) * (t - 2));
        mrr += first / (i + 1);
        dcg += 3 / t * 2 / log2(i + 2);
        map += 3 / t * (1 + (i - 1) * 2 / (t - 1)) / (i + 1) / 3;
    }
    for (double i = 1; i <= 3; i++) ideal += 2 / log2(i + 1);
    double const none =
        (t - n) * (t - n - 1) * (t - n - 2) / (t * (t - 1) * (t - 2));
    assert_close(means[SIAMESE_RANKING_RECALL], n / t, "recall", K);
    assert_close(means[SIAMESE_RANKING_PRECISION], 3 * n / t / K, "prec", K);
    assert_close(means[SIAMESE_RANKING_HIT], 1 - none, "hit", K);
    assert_close(means[SIAMESE_RANKING_MRR], mrr, "mrr", K);
    assert_close(means[SIAMESE_RANKING_MAP], map, "map", K);
    assert_close(means[SIAMESE_RANKING_NDCG], dcg / ideal, "ndcg", K);
    siamese_evaluator_free(e);
}

/* ---- ids with several rows, tiles ---- */

enum { ITEMS = 3000, QUERIES = 40, EACH = 6 };

typedef struct best {
    int64_t id;
    float score;
} best;

static int best_first(const void *a, const void *b)
{
    const best *const x = a, *const y = b;
    return (x->score < y->score) - (x->score > y->score);
}

/* The best score of each id, best first. Ids are below ITEMS. */
static size_t rank_plainly(const float *items, const int64_t *ids, float query,
                           int64_t *ranked, float *scores)
{
    static best all[ITEMS];
    size_t n = 0;
    for (int64_t id = 0; id < ITEMS; id++) {
        float top = -INFINITY;
        for (size_t i = 0; i < ITEMS; i++)
            if (ids[i] == id && query * items[i] > top) top = query * items[i];
        if (top > -INFINITY) all[n++] = (best){id, top};
    }
    qsort(all, n, sizeof *all, best_first);
    for (size_t i = 0; i < n; i++) {
        ranked[i] = all[i].id;
        scores[i] = all[i].score;
    }
    return n;
}

static void ties__of_ids_with_several_rows_count_ids(void **state)
{
    static float items[ITEMS], queries[QUERIES], scores[QUERIES * ITEMS];
    static int64_t ids[ITEMS], ranked[QUERIES * ITEMS];
    static size_t offsets[QUERIES + 1], found[QUERIES];
    static int64_t judged[QUERIES * EACH];
    static double grades[QUERIES * EACH];
    static double plain[QUERIES * ALL], tiled[QUERIES * ALL];
    uint32_t seed = 8;
    double means[ALL];
    (void)state;
    for (size_t i = 0; i < ITEMS; i++) {
        items[i] = (float)random_number(&seed, 200);
        ids[i] = i % 3 ? (int64_t)i : (int64_t)random_number(&seed, ITEMS);
    }
    for (size_t q = 0; q < QUERIES; q++) {
        /* few distinct scores; then zeros, which are one tie */
        queries[q] = q % 8 ? (float)random_number(&seed, 5) - 2 : 0;
        for (size_t i = 0; i < EACH; i++) {
            judged[q * EACH + i] = ids[random_number(&seed, ITEMS)];
            grades[q * EACH + i] = (double)random_number(&seed, 5);
        }
        offsets[q + 1] = (q + 1) * EACH;
        found[q] = rank_plainly(items, ids, queries[q], ranked + q * ITEMS,
                                scores + q * ITEMS);
    }
    siamese_judgements const j = {sizeof j, QUERIES, offsets, judged, grades};
    siamese_vectors const v = {sizeof v, 1, queries, items, ids, ITEMS};
    siamese_rankings const r = {sizeof r, ITEMS, ranked, found, scores};
    siamese_evaluator *const e = make(SIAMESE_TIES_EXPECTED, 0, some_ks, KS);
    assert_int_equal(
        siamese_evaluator_add_rankings(e, &j, &r, plain, QUERIES * ALL), 0);
    size_t const tied = counts_of(e, means, ALL).tied;
    assert_int_equal(
        siamese_evaluator_add_vectors(e, &j, &v, tiled, QUERIES * ALL), 0);
    for (size_t i = 0; i < QUERIES * ALL; i++)
        assert_close(tiled[i], plain[i], "of tiles", i);
    assert_int_equal(counts_of(e, means, ALL).tied, 2 * tied);
    assert_true(tied > 5);
    siamese_evaluator_free(e);
}

/* ---- what stays as it was ---- */

static void ties__without_any_are_the_same_bits(void **state)
{
    static const int64_t ids[] = {4, 2, 9, 1, 7, 3};
    static const float scores[] = {9, 8, 4.5f, 4, 3, -1};
    static const size_t offsets[] = {0, 4};
    static const int64_t judged[] = {2, 1, 3, 11};
    static const double grades[] = {3, 2.25, 1, 2};
    siamese_judgements const j = {sizeof j, 1, offsets, judged, grades};
    siamese_rankings const r = {sizeof r, 6, ids, NULL, scores};
    double values[2][ALL], means[ALL];
    (void)state;
    for (int32_t ties = 0; ties <= 1; ties++) {
        siamese_evaluator *const e = make(ties, 0, some_ks, KS);
        assert_int_equal(
            siamese_evaluator_add_rankings(e, &j, &r, values[ties], ALL), 0);
        assert_int_equal(counts_of(e, means, ALL).tied, 0);
        siamese_evaluator_free(e);
    }
    assert_memory_equal(values[0], values[1], sizeof values[0]);
}

/* The struct of a header without scores: results stand as they come. */
static void ties__of_an_older_struct_are_not_looked_for(void **state)
{
    static const int64_t ids[] = {4, 2};
    static const size_t offsets[] = {0, 1};
    static const int64_t judged = 2;
    static const double grade = 3;
    static const size_t k = 2;
    siamese_judgements const j = {sizeof j, 1, offsets, &judged, &grade};
    siamese_rankings r = {sizeof r, 2, ids, NULL, (const float *)&grade};
    siamese_evaluator *const e = make(SIAMESE_TIES_EXPECTED, 0, &k, 1);
    double values[WIDTH];
    (void)state;
    r.struct_size = offsetof(siamese_rankings, scores);
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, values, WIDTH),
                     0);
    assert_close(values[SIAMESE_RANKING_MRR], 0.5, "mrr", 2);
    siamese_evaluator_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties__figures_are_the_mean_of_every_order),
        cmocka_unit_test(ties__zero_vectors_find_by_chance_alone),
        cmocka_unit_test(ties__of_many_items_have_their_closed_form),
        cmocka_unit_test(ties__of_ids_with_several_rows_count_ids),
        cmocka_unit_test(ties__without_any_are_the_same_bits),
        cmocka_unit_test(ties__of_an_older_struct_are_not_looked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
