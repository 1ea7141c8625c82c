/* Batches by bounds give the ids and the score bits of searches that read every
 * float: in lists long enough that a query forgets what it kept before, with
 * more queries than are taken at once, and where thousands of scores are equal
 * or come in the order that is worst. */
#include "index_data.h"

enum { COUNT = 6001, QUERIES = 300, DIM = 36, MOST = 2500 };

enum {
    SPREAD,
    RISING, /* each vector is better than those before for the first query */
    WHOLE,  /* small whole numbers: thousands of equal scores */
    FEW,    /* the same 20 vectors again and again */
    KINDS
};

static test_random random_state = {99};

/* ---- vectors ---- */

static const float *first_query;

static double score_of(const float *x)
{
    double sum = 0;
    for (size_t i = 0; i < DIM; i++)
        sum += (double)x[i] * (double)first_query[i];
    return sum;
}

static int by_score(const void *a, const void *b)
{
    double const x = score_of(a), y = score_of(b);
    return (x > y) - (x < y);
}

static float *make_vectors(int kind, size_t count)
{
    float *x = NULL;
    if (kind == WHOLE) return whole_vectors(count, DIM, 5);
    x = malloc(count * DIM * sizeof *x);
    test_random_floats(&random_state, 1, x, count * DIM);
    for (size_t r = 20; kind == FEW && r < count; r++)
        memcpy(x + r * DIM, x + r % 20 * DIM, DIM * sizeof *x);
    return x;
}

typedef struct world {
    float *vectors, *queries;
    int64_t *ids;
    siamese_index *index;
    siamese_id_filter *filter;
} world;

/* Every third vector has the id of the one before. */
static void name_vectors(world *w)
{
    w->ids = counted_ids(COUNT, 7, 3);
    for (size_t r = 2; r < COUNT; r += 3) w->ids[r] = w->ids[r - 1];
    assert_int_equal(siamese_id_filter_create(&w->filter,
                                              SIAMESE_FILTER_EXCLUDE,
                                              w->ids + COUNT / 4, COUNT / 2),
                     SIAMESE_OK);
}

static world make_world(int kind, int32_t metric, size_t nlist, size_t threads)
{
    world w = {.vectors = NULL};
    siamese_index_options options;
    siamese_index_options_init(&options, sizeof options);
    options.metric = metric;
    options.nlist = nlist;
    options.threads = (int32_t)threads;
    options.scan = SIAMESE_SCAN_BOUNDED;
    w.queries = make_vectors(kind == WHOLE ? WHOLE : SPREAD, QUERIES);
    w.vectors = make_vectors(kind, COUNT);
    first_query = w.queries;
    if (kind == RISING) qsort(w.vectors, COUNT, DIM * sizeof(float), by_score);
    name_vectors(&w);
    assert_int_equal(siamese_index_create(&w.index, DIM, &options), SIAMESE_OK);
    if (nlist > 1)
        assert_int_equal(siamese_index_train(w.index, w.vectors, COUNT),
                         SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, COUNT),
                     SIAMESE_OK);
    return w;
}

static void free_world(world *w)
{
    siamese_index_free(w->index);
    siamese_id_filter_free(w->filter);
    free(w->vectors);
    free(w->queries);
    free(w->ids);
}

/* ---- searches ---- */

typedef struct results {
    int64_t *ids;
    float *scores;
    size_t found[QUERIES];
} results;

static results by_floats, by_bounds;

static int make_results(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        results *const r = i ? &by_bounds : &by_floats;
        r->ids = malloc(QUERIES * (size_t)MOST * sizeof *r->ids);
        r->scores = malloc(QUERIES * (size_t)MOST * sizeof *r->scores);
        if (r->ids == NULL || r->scores == NULL) return -1;
    }
    return 0;
}

static int free_results(void **state)
{
    (void)state;
    free(by_floats.ids);
    free(by_floats.scores);
    free(by_bounds.ids);
    free(by_bounds.scores);
    return 0;
}

static void search(const world *w, size_t count, size_t k,
                   siamese_search_options options, int32_t scan, int filtered,
                   results *out)
{
    options.scan = scan;
    assert_int_equal(
        siamese_index_search_filtered(w->index, w->queries, count, k, &options,
                                      filtered ? w->filter : NULL, out->ids,
                                      out->scores, count * k, out->found),
        SIAMESE_OK);
}

static void check(const world *w, size_t count, size_t k,
                  siamese_search_options options, int filtered)
{
    search(w, count, k, options, SIAMESE_SCAN_FLOAT, filtered, &by_floats);
    search(w, count, k, options, SIAMESE_SCAN_BOUNDED, filtered, &by_bounds);
    assert_memory_equal(by_bounds.ids, by_floats.ids,
                        count * k * sizeof(int64_t));
    assert_memory_equal(by_bounds.scores, by_floats.scores,
                        count * k * sizeof(float));
    assert_memory_equal(by_bounds.found, by_floats.found,
                        count * sizeof(size_t));
}

/* min_score: that of a result, or the next float above it. */
static void check_least(const world *w, size_t count, size_t k,
                        siamese_search_options options)
{
    search(w, count, k, options, SIAMESE_SCAN_FLOAT, 0, &by_floats);
    float const score = by_floats.scores[k / 2];
    if (!isfinite(score)) return;
    options.min_score = (double)score;
    check(w, count, k, options, 0);
    options.min_score = (double)nextafterf(score, INFINITY);
    check(w, count, k, options, 0);
}

static void check_world(int kind, int32_t metric, size_t nlist, size_t threads)
{
    static const size_t counts[] = {2, 7, 64, 127, 128, 129, QUERIES};
    static const size_t ks[] = {1, 10, 100};
    world w = make_world(kind, metric, nlist, threads);
    for (size_t i = 0; i < 21; i++) {
        size_t const count = counts[i % 7], k = ks[i % 3];
        siamese_search_options options;
        siamese_search_options_init(&options, sizeof options);
        options.exact = i % 2 == 0;
        options.nprobe = options.exact ? 0 : 1 + i % nlist;
        check(&w, count, k, options, 0);
        if (i % 3 == 0) check_least(&w, count, k, options);
        if (i % 4 == 0) check(&w, count, k, options, 1);
        options.dedupe = 1;
        if (i % 5 == 0) check(&w, count, k, options, (int)(i % 2));
    }
    free_world(&w);
}

static void test_batch__results_are_those_of_floats(void **state)
{
    (void)state;
    for (int kind = 0; kind < KINDS; kind++)
        for (size_t nlist = 1; nlist <= 12; nlist += 11)
            check_world(kind,
                        kind % 2 ? SIAMESE_METRIC_INNER_PRODUCT
                                 : SIAMESE_METRIC_COSINE,
                        nlist, 1 + nlist % 2);
}

/* More results than a query keeps bounds of, and more than there are. */
static void test_batch__of_many_results(void **state)
{
    world w = make_world(SPREAD, SIAMESE_METRIC_INNER_PRODUCT, 1, 2);
    siamese_search_options options;
    (void)state;
    siamese_search_options_init(&options, sizeof options);
    check(&w, 70, 1000, options, 0);
    check(&w, 20, 2048, options, 1);
    check(&w, 20, 2049, options, 0);
    check(&w, 3, MOST, options, 1);
    free_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch__results_are_those_of_floats),
        cmocka_unit_test(test_batch__of_many_results),
    };
    return cmocka_run_group_tests(tests, make_results, free_results);
}
