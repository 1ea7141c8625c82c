/* Ranking metrics of ready rankings against closed forms; what counts, and what
 * is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

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

/* ---- closed forms ---- */

/* Ids 5, 8, 2, 9: grades 0, 3, none, 2; judged and not found: 4 of grade 1. */
static const size_t offsets_1[] = {0, 4};
static const int64_t judged_1[] = {9, 4, 5, 8};
static const double grades_1[] = {2, 1, 0, 3};
static const siamese_judgements judgements_1 = {sizeof judgements_1, 1,
                                                offsets_1, judged_1, grades_1};
static const int64_t ranking_1[] = {5, 8, 2, 9};
static const siamese_rankings rankings_1 = {sizeof rankings_1, 4, ranking_1,
                                            NULL, NULL};

static double measure_one(const siamese_evaluator_options *options, size_t k,
                          int figure)
{
    double means[WIDTH], values[WIDTH];
    siamese_evaluator *const e = make(options, &k, 1);
    assert_int_equal(siamese_evaluator_add_rankings(e, &judgements_1,
                                                    &rankings_1, values, WIDTH),
                     0);
    assert_int_equal(siamese_evaluator_get_means(e, means, WIDTH, NULL), 0);
    siamese_evaluator_free(e);
    assert_memory_equal(means, values, sizeof means);
    return means[figure];
}

static void assert_near(double got, double want)
{
    if (!(fabs(got - want) <= 1e-14)) fail_msg("%.17g, not %.17g", got, want);
}

static void evaluator__figures_have_their_closed_form(void **state)
{
    siamese_evaluator_options const o = default_options();
    (void)state;
    /* relevant: 9, 4, 8; found at ranks 2 (8) and 4 (9) */
    assert_near(measure_one(&o, 3, R), 1.0 / 3);
    assert_near(measure_one(&o, 4, R), 2.0 / 3);
    assert_near(measure_one(&o, 4, P), 2.0 / 4);
    assert_near(measure_one(&o, 10, P), 2.0 / 10);
    assert_near(measure_one(&o, 1, HIT), 0);
    assert_near(measure_one(&o, 2, HIT), 1);
    assert_near(measure_one(&o, 1, MRR), 0);
    assert_near(measure_one(&o, 9, MRR), 1.0 / 2);
    assert_near(measure_one(&o, 4, MAP), (1.0 / 2 + 2.0 / 4) / 3);
    assert_near(measure_one(&o, 3, MAP), 1.0 / 2 / 3);
    /* gains 3, 2, 1, 0; best order 3, 2, 1 */
    double const second = 1 / log2(3), fourth = 1 / log2(5);
    assert_near(measure_one(&o, 4, NDCG),
                (3 * second + 2 * fourth) / (3 + 2 * second + 0.5));
    assert_near(measure_one(&o, 2, NDCG), 3 * second / (3 + 2 * second));
    assert_near(measure_one(&o, 1, NDCG), 0);
    assert_near(measure_one(&o, 4, BINARY),
                (second + fourth) / (1 + second + 0.5));
}

static void evaluator__gains_are_as_named(void **state)
{
    siamese_evaluator_options o = default_options();
    double const second = 1 / log2(3), fourth = 1 / log2(5);
    (void)state;
    o.gain = SIAMESE_GAIN_EXPONENTIAL;
    assert_near(measure_one(&o, 4, NDCG),
                (7 * second + 3 * fourth) / (7 + 3 * second + 0.5));
    o.gain_zero = 1;
    assert_near(measure_one(&o, 4, NDCG),
                (3 * second + 1 * fourth) / (3 + second));
    o.gain = SIAMESE_GAIN_LINEAR;
    assert_near(measure_one(&o, 4, NDCG),
                (2 * second + 1 * fourth) / (2 + second));
}

static void evaluator__threshold_is_inclusive(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    o.relevant = 3;
    assert_near(measure_one(&o, 2, R), 1);
    o.relevant = 2.5;
    assert_near(measure_one(&o, 2, R), 1);
    o.relevant = 2;
    assert_near(measure_one(&o, 2, R), 0.5);
}

/* Judged alone: 5, 8, 9 as they were ranked, then 4. */
static void evaluator__judged_items_alone_are_reranked(void **state)
{
    siamese_evaluator_options o = default_options();
    (void)state;
    o.judged_only = 1;
    double const second = 1 / log2(3), fourth = 1 / log2(5);
    assert_near(measure_one(&o, 10, NDCG),
                (3 * second + 2 * 0.5 + fourth) / (3 + 2 * second + 0.5));
    assert_near(measure_one(&o, 3, R), 2.0 / 3);
    assert_near(measure_one(&o, 4, R), 1);
}

static void evaluator__queries_count_where_they_can(void **state)
{
    /* relevant; gain but nothing relevant; neither; no judgement; all the
     * same */
    static const size_t offsets[] = {0, 1, 2, 3, 3, 5};
    static const int64_t ids[] = {1, 1, 1, 1, 2};
    static const double grades[] = {3, 2, 0, 3, 3};
    static const int64_t ranked[] = {1, 1, 1, 1, 2};
    siamese_judgements const j = {sizeof j, 5, offsets, ids, grades};
    siamese_rankings const r = {sizeof r, 1, ranked, NULL, NULL};
    static const size_t k = 1;
    (void)state;
    for (int32_t alone = 0; alone <= 1; alone++) {
        siamese_evaluator_options o = default_options();
        siamese_evaluator_counts counts = {.struct_size = sizeof counts};
        double means[WIDTH], v[5][WIDTH];
        o.relevant = 2.5;
        o.judged_only = alone;
        siamese_evaluator *const e = make(&o, &k, 1);
        assert_int_equal(siamese_evaluator_get_means(e, means, WIDTH, NULL), 0);
        for (size_t i = 0; i < WIDTH; i++) assert_true(isnan(means[i]));
        assert_int_equal(
            siamese_evaluator_add_rankings(e, &j, &r, v[0], 5 * WIDTH), 0);
        assert_int_equal(siamese_evaluator_get_means(e, means, WIDTH, &counts),
                         0);
        assert_int_equal(counts.queries, 5);
        assert_int_equal(counts.relevant, 2);
        assert_int_equal(counts.relevant_items, 3);
        assert_int_equal(counts.gaining, alone ? 0 : 3);
        assert_near(means[R], (1 + 0.5) / 2);
        if (!alone) assert_near(means[NDCG], 1);
        for (size_t q = 0; q < 5; q++) {
            assert_int_equal(isnan(v[q][R]) != 0, q >= 1 && q <= 3);
            assert_int_equal(isnan(v[q][NDCG]) != 0, alone || q == 2 || q == 3);
        }
        siamese_evaluator_free(e);
    }
}

static void evaluator__repeats_count_once(void **state)
{
    /* 7 comes three times before 3; 3 is judged twice, the last grade counts */
    static const size_t offsets[] = {0, 3};
    static const int64_t ids[] = {3, 4, 3};
    static const double grades[] = {0, 0, 1};
    static const int64_t ranked[] = {7, 7, 7, 3, 3, 4};
    static const size_t ks[] = {1, 2}, four = 4, three = 3;
    siamese_judgements const j = {sizeof j, 1, offsets, ids, grades};
    siamese_rankings r = {sizeof r, 6, ranked, NULL, NULL};
    double means[2 * WIDTH];
    (void)state;
    siamese_evaluator *e = make(NULL, ks, 2);
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0), 0);
    assert_int_equal(siamese_evaluator_get_means(e, means, 2 * WIDTH, NULL), 0);
    assert_near(means[R], 0);
    assert_near(means[WIDTH + R], 1);
    assert_near(means[WIDTH + MRR], 0.5);
    assert_near(means[WIDTH + MAP], 0.5);
    assert_near(means[WIDTH + NDCG], 1 / log2(3));
    siamese_evaluator_free(e);
    /* the same with fewer results found than there is room for */
    r.found = &four;
    e = make(NULL, ks, 2);
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0), 0);
    r.found = &three;
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0), 0);
    assert_int_equal(siamese_evaluator_get_means(e, means, 2 * WIDTH, NULL), 0);
    assert_near(means[WIDTH + R], 0.5);
    siamese_evaluator_free(e);
}

static void evaluator__no_items_and_no_queries_are_fine(void **state)
{
    siamese_evaluator_counts counts = {.struct_size = sizeof counts};
    siamese_judgements j = {.struct_size = sizeof j};
    siamese_vectors v = {.struct_size = sizeof v, .dim = 3};
    siamese_rankings r = {.struct_size = sizeof r};
    static const size_t offsets[] = {0, 1}, k = 4;
    static const int64_t judged[] = {1};
    static const double grades[] = {1};
    static const float query[3] = {1, 2, 3};
    double figures[WIDTH];
    (void)state;
    siamese_evaluator *const e = make(NULL, &k, 1);
    assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0), 0);
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0), 0);
    j = (siamese_judgements){sizeof j, 1, offsets, judged, grades};
    v.queries = query;
    assert_int_equal(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0), 0);
    assert_int_equal(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0), 0);
    assert_int_equal(siamese_evaluator_get_means(e, figures, WIDTH, &counts),
                     0);
    assert_int_equal(counts.relevant, 2);
    assert_near(figures[R], 0);
    siamese_evaluator_free(e);
}

/* ---- what is refused ---- */

static void assert_refused(siamese_status status, siamese_status code,
                           const char *text)
{
    assert_int_equal(status, code);
    if (strstr(siamese_last_error(), text) == NULL)
        fail_msg("'%s' lacks '%s'", siamese_last_error(), text);
}

static void evaluator__refuses_what_it_cannot_measure(void **state)
{
    static const size_t zero = 0, k = 2, backwards[] = {2, 1}, one[] = {0, 1};
    static const int64_t id = 4;
    static const double bad = NAN, huge = 1e300, good = 1;
    static const float vector = 1;
    siamese_evaluator *e = NULL;
    siamese_judgements j = {sizeof j, 1, one, &id, &good};
    siamese_vectors v = {sizeof v, 1, &vector, &vector, NULL, 1};
    siamese_rankings r = {sizeof r, 1, &id, NULL, NULL};
    double room[WIDTH];
    (void)state;
    assert_refused(siamese_evaluator_create(&e, NULL, NULL, 0),
                   SIAMESE_E_ARGUMENT, "ks");
    assert_refused(siamese_evaluator_create(&e, NULL, &zero, 1),
                   SIAMESE_E_ARGUMENT, "element 0 is 0");
    assert_null(e);
    e = make(NULL, &k, 1);
    assert_refused(siamese_evaluator_add_vectors(e, &j, &v, room, WIDTH - 1),
                   SIAMESE_E_RANGE, "values");
    assert_refused(siamese_evaluator_get_means(e, room, 3, NULL),
                   SIAMESE_E_RANGE, "means");
    assert_refused(siamese_evaluator_add_vectors(e, &j, NULL, NULL, 0),
                   SIAMESE_E_ARGUMENT, "vectors");
    assert_refused(siamese_evaluator_add_rankings(e, NULL, &r, NULL, 0),
                   SIAMESE_E_ARGUMENT, "judgements");
    v.dim = 0;
    assert_refused(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0),
                   SIAMESE_E_ARGUMENT, "dim");
    v.dim = SIZE_MAX / 2;
    assert_refused(siamese_evaluator_add_vectors(e, &j, &v, NULL, 0),
                   SIAMESE_E_ARGUMENT, "too many");
    static const size_t two = 2;
    r.found = &two;
    assert_refused(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0),
                   SIAMESE_E_ARGUMENT, "depth is 1");
    j.grades = &bad;
    assert_refused(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0),
                   SIAMESE_E_ARGUMENT, "query 0, id 4");
    j.grades = &huge;
    assert_refused(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0),
                   SIAMESE_E_ARGUMENT, "too large");
    j.offsets = backwards;
    assert_refused(siamese_evaluator_add_rankings(e, &j, &r, NULL, 0),
                   SIAMESE_E_ARGUMENT, "ends before");
    siamese_evaluator_counts counts = {.struct_size = sizeof counts};
    assert_int_equal(siamese_evaluator_get_means(e, room, WIDTH, &counts), 0);
    assert_int_equal(counts.queries, 0);
    siamese_evaluator_free(e);
    siamese_evaluator_free(NULL);
}

static void evaluator__figures_have_names(void **state)
{
    static const char *const names[] = {
        "recall", "precision", "hit", "mrr", "map", "ndcg", "ndcg_binary"};
    (void)state;
    for (int32_t i = 0; i < WIDTH; i++)
        assert_string_equal(siamese_ranking_name(i), names[i]);
    assert_string_equal(siamese_ranking_name(-1), "unknown");
    assert_string_equal(siamese_ranking_name(WIDTH), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(evaluator__figures_have_their_closed_form),
        cmocka_unit_test(evaluator__gains_are_as_named),
        cmocka_unit_test(evaluator__threshold_is_inclusive),
        cmocka_unit_test(evaluator__judged_items_alone_are_reranked),
        cmocka_unit_test(evaluator__queries_count_where_they_can),
        cmocka_unit_test(evaluator__repeats_count_once),
        cmocka_unit_test(evaluator__no_items_and_no_queries_are_fine),
        cmocka_unit_test(evaluator__refuses_what_it_cannot_measure),
        cmocka_unit_test(evaluator__figures_have_names),
    };
    return cmocka_run_group_tests_name("evaluator", tests, NULL, NULL);
}
