/* Search and range search against brute force: order, ties, batches,
 * threads. */
#include "index_data.h"

#define DIM 8
#define COUNT 3000
#define QUERIES 40

typedef struct world {
    size_t count;
    float *vectors, *queries;
    int64_t *ids;
    siamese_index *index;
} world;

/* Whole-numbered vectors, every tenth one twice, and ids of which some stand
 * for two vectors. */
static world make_world(size_t count, size_t nlist, int32_t threads)
{
    world w = {.count = count};
    w.vectors = whole_vectors(count, DIM, 1);
    w.queries = whole_vectors(QUERIES, DIM, 2);
    w.ids = counted_ids(count, 5, 3);
    for (size_t r = 10; r < count; r += 10)
        memcpy(w.vectors + r * DIM, w.vectors + (r - 7) * DIM,
               DIM * sizeof(float));
    for (size_t r = 50; r < count; r += 50) w.ids[r] = w.ids[r - 49];
    w.index = make_index(DIM, SIAMESE_METRIC_INNER_PRODUCT, nlist, threads);
    if (nlist)
        assert_int_equal(siamese_index_train(w.index, w.vectors, count),
                         SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, count),
                     SIAMESE_OK);
    return w;
}

static void free_world(world *w)
{
    siamese_index_free(w->index);
    free(w->vectors);
    free(w->queries);
    free(w->ids);
}

static siamese_search_options exact_options(void)
{
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.exact = 1;
    return options;
}

static void expect_brute_force(const world *w, size_t k)
{
    siamese_search_options const options = exact_options();
    int64_t *const ids = malloc(QUERIES * k * sizeof *ids);
    float *const scores = malloc(QUERIES * k * sizeof *scores);
    size_t found[QUERIES];
    assert_int_equal(siamese_index_search(w->index, w->queries, QUERIES, k,
                                          &options, ids, scores, QUERIES * k,
                                          found),
                     SIAMESE_OK);
    for (size_t q = 0; q < QUERIES; q++) {
        hit *const hits = brute_force(w->ids, w->vectors, w->count, DIM,
                                      w->queries + q * DIM, 0);
        size_t const expected = k < w->count ? k : w->count;
        assert_int_equal(found[q], expected);
        for (size_t i = 0; i < k; i++) {
            int64_t const id = i < expected ? hits[i].id : -1;
            assert_int_equal(ids[q * k + i], id);
            if (i < expected)
                assert_true(scores[q * k + i] == (float)hits[i].score);
            else
                assert_true(scores[q * k + i] == -INFINITY);
        }
        free(hits);
    }
    free(ids);
    free(scores);
}

static void test_search_equals_brute_force_at_every_k(void **state)
{
    (void)state;
    static const size_t ks[] = {1, 2, 3, 10, 17, 100, 299, 300, 301, 1000};
    for (size_t nlist = 0; nlist <= 12; nlist += 12) {
        world w = make_world(300, nlist, 2);
        for (size_t i = 0; i < sizeof ks / sizeof *ks; i++)
            expect_brute_force(&w, ks[i]);
        free_world(&w);
    }
}

static void test_search_of_many_equal_vectors_gives_the_lowest_ids(void **state)
{
    (void)state;
    enum { SAME = 2000, K = 7 };
    siamese_index *const index = make_index(DIM, SIAMESE_METRIC_COSINE, 0, 1);
    float *const vectors = malloc(SAME * DIM * sizeof *vectors);
    int64_t *const order = counted_ids(SAME, 0, 1);
    for (size_t i = 0; i < SAME * DIM; i++) vectors[i] = (float)(i % DIM);
    for (size_t i = 0; i < SAME; i++) order[i] = (int64_t)(i * 769 % SAME);
    assert_int_equal(siamese_index_add(index, order, vectors, SAME),
                     SIAMESE_OK);
    int64_t ids[K];
    float scores[K];
    assert_int_equal(
        siamese_index_search(index, vectors, 1, K, NULL, ids, scores, K, NULL),
        SIAMESE_OK);
    for (size_t i = 0; i < K; i++) {
        assert_int_equal(ids[i], i);
        assert_true(fabsf(scores[i] - 1.0f) < 1e-6f);
    }
    siamese_index_free(index);
    free(vectors);
    free(order);
}

static void test_cosine_scores_are_cosines(void **state)
{
    (void)state;
    enum { K = 25 };
    float *const vectors = clustered_vectors(500, 17, 9, 3);
    float *const queries = clustered_vectors(10, 17, 9, 4);
    int64_t *const ids = counted_ids(500, 0, 1);
    for (size_t i = 0; i < 17; i++) vectors[i] = 0.0f;
    for (size_t i = 17; i < 34; i++) vectors[i] *= 1e-30f;
    for (size_t i = 34; i < 51; i++) vectors[i] *= 1e30f;
    siamese_index *const index = make_index(17, SIAMESE_METRIC_COSINE, 0, 1);
    assert_int_equal(siamese_index_add(index, ids, vectors, 500), SIAMESE_OK);
    for (size_t q = 0; q < 10; q++) {
        int64_t got[K];
        float scores[K];
        const float *const query = queries + q * 17;
        hit *const hits = brute_force(ids, vectors, 500, 17, query, 1);
        assert_int_equal(siamese_index_search(index, query, 1, K, NULL, got,
                                              scores, K, NULL),
                         SIAMESE_OK);
        for (size_t i = 0; i < K; i++) {
            assert_true(fabs(scores[i] - hits[i].score) < 1e-6);
            for (size_t j = 0; j < 500; j++)
                if (hits[j].id == got[i])
                    assert_true(fabs(scores[i] - hits[j].score) < 1e-6);
        }
        free(hits);
    }
    siamese_index_free(index);
    free(vectors);
    free(queries);
    free(ids);
}

/* ---- the same bits ---- */

static void check_alone_and_in_a_batch(size_t dim, size_t nlist, int32_t kernel)
{
    enum { K = 9, MANY = 133 };
    float *const vectors = clustered_vectors(COUNT, dim, 40, 5);
    float *const queries = clustered_vectors(MANY, dim, 40, 6);
    int64_t *const ids = counted_ids(COUNT, 0, 1);
    int64_t *const got = malloc(MANY * K * sizeof *got);
    float *const scores = malloc(MANY * K * sizeof *scores);
    siamese_index_options options;
    siamese_index *index = NULL;
    siamese_index_options_init(&options, sizeof options);
    options.metric = SIAMESE_METRIC_COSINE;
    options.nlist = nlist;
    options.threads = 2;
    options.kernel = kernel;
    siamese_status const status = siamese_index_create(&index, dim, &options);
    if (status == SIAMESE_E_UNSUPPORTED) goto out;
    assert_int_equal(status, SIAMESE_OK);
    assert_int_equal(siamese_index_train(index, vectors, COUNT), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids, vectors, COUNT), SIAMESE_OK);
    for (size_t many = 2; many <= MANY; many = many == 2 ? 65 : many + 68) {
        assert_int_equal(siamese_index_search(index, queries, many, K, NULL,
                                              got, scores, many * K, NULL),
                         SIAMESE_OK);
        for (size_t q = 0; q < many; q++) {
            int64_t alone[K];
            float alone_scores[K];
            assert_int_equal(siamese_index_search(index, queries + q * dim, 1,
                                                  K, NULL, alone, alone_scores,
                                                  K, NULL),
                             SIAMESE_OK);
            assert_memory_equal(alone, got + q * K, sizeof alone);
            assert_memory_equal(alone_scores, scores + q * K,
                                sizeof alone_scores);
        }
    }
out:
    siamese_index_free(index);
    free(vectors);
    free(queries);
    free(ids);
    free(got);
    free(scores);
}

static void test_query_has_the_same_bits_alone_and_in_a_batch(void **state)
{
    (void)state;
    static const size_t dims[] = {3, 24, 64};
    for (int32_t kernel = 0; kernel <= SIAMESE_KERNEL_NEON; kernel++)
        for (size_t i = 0; i < 3; i++) {
            check_alone_and_in_a_batch(dims[i], 50, kernel);
            check_alone_and_in_a_batch(dims[i], 1, kernel);
        }
}

/* Trained, filled and searched with this many threads. */
static void all_results(int32_t threads, int32_t kernel, int64_t *got,
                        float *scores, size_t k)
{
    enum { WIDE = 20 };
    float *const vectors = clustered_vectors(COUNT, WIDE, 40, 7);
    int64_t *const ids = counted_ids(COUNT, 0, 1);
    siamese_index_options options;
    siamese_index *index;
    siamese_index_options_init(&options, sizeof options);
    options.threads = threads;
    options.nlist = 40;
    options.kernel = kernel;
    options.seed = 12345678901234567u;
    assert_int_equal(siamese_index_create(&index, WIDE, &options), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids, vectors, COUNT / 2),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_train(index, vectors, COUNT), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids + COUNT / 2,
                                       vectors + COUNT / 2 * WIDE,
                                       COUNT - COUNT / 2),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_search(index, vectors, COUNT, k, NULL, got,
                                          scores, COUNT * k, NULL),
                     SIAMESE_OK);
    siamese_index_free(index);
    free(vectors);
    free(ids);
}

static void
test_results_have_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    enum { K = 5 };
    static const int32_t threads[] = {2, 7};
    size_t const count = COUNT * K;
    int64_t *const ids = malloc(2 * count * sizeof *ids);
    float *const scores = malloc(2 * count * sizeof *scores);
    for (int32_t kernel = 0; kernel <= SIAMESE_KERNEL_PORTABLE; kernel++) {
        all_results(1, kernel, ids, scores, K);
        for (size_t i = 0; i < 2; i++) {
            all_results(threads[i], kernel, ids + count, scores + count, K);
            assert_memory_equal(ids, ids + count, count * sizeof *ids);
            assert_memory_equal(scores, scores + count, count * sizeof *scores);
        }
    }
    free(ids);
    free(scores);
}

/* ---- nprobe ---- */

/* The sum of the best scores: more lists can only make it larger. */
static double best_scores(const world *w, const siamese_search_options *o)
{
    double sum = 0;
    for (size_t q = 0; q < QUERIES; q++) {
        int64_t id;
        float score;
        assert_int_equal(siamese_index_search(w->index, w->queries + q * DIM, 1,
                                              1, o, &id, &score, 1, NULL),
                         SIAMESE_OK);
        sum += id < 0 ? -1000.0 : score;
    }
    return sum;
}

static void test_nprobe_is_of_the_call(void **state)
{
    (void)state;
    siamese_search_options options;
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_search_options_init(&options, sizeof options);
    world w = make_world(2000, 64, 1);
    assert_int_equal(siamese_index_get_info(w.index, &info), SIAMESE_OK);
    assert_int_equal(info.nlist, 64);
    options.nprobe = 1;
    double const one = best_scores(&w, &options);
    options.nprobe = 8;
    double const eight = best_scores(&w, &options);
    options.nprobe = 64;
    double const all = best_scores(&w, &options);
    assert_true(one < eight && eight <= all);
    options.exact = 1;
    options.nprobe = 1;
    assert_true(best_scores(&w, &options) == all);
    options.nprobe = info.nprobe;
    options.exact = 0;
    assert_true(best_scores(&w, &options) == best_scores(&w, NULL));
    options.nprobe = 65;
    int64_t id;
    float score;
    assert_int_equal(siamese_index_search(w.index, w.queries, 1, 1, &options,
                                          &id, &score, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "nprobe"));
    free_world(&w);
}

/* How many of the ten best the default nprobe finds, against every list. */
static double recall_of(const float *vectors, const float *queries, size_t dim,
                        int32_t metric)
{
    enum { MANY = 12000, Q = 100, K = 10 };
    siamese_search_options const exact = exact_options();
    int64_t *const ids = counted_ids(MANY, 0, 1);
    int64_t best[Q * K], got[Q * K];
    float scores[Q * K];
    size_t hits = 0;
    siamese_index *const index = make_index(dim, metric, 0, 0);
    assert_int_equal(siamese_index_train(index, vectors, MANY), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids, vectors, MANY), SIAMESE_OK);
    assert_int_equal(siamese_index_search(index, queries, Q, K, &exact, best,
                                          scores, Q * K, NULL),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_search(index, queries, Q, K, NULL, got,
                                          scores, Q * K, NULL),
                     SIAMESE_OK);
    for (size_t q = 0; q < Q; q++)
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++)
                hits += best[q * K + i] == got[q * K + j];
    siamese_index_free(index);
    free(ids);
    return (double)hits / (Q * K);
}

/* Vectors of many lengths: the best inner products are with long ones, which
 * may point elsewhere. */
static void test_default_nprobe_finds_nearly_all(void **state)
{
    (void)state;
    enum { MANY = 12000, WIDE = 16 };
    float *const vectors = clustered_vectors(MANY, WIDE, 300, 8);
    float *const queries = clustered_vectors(100, WIDE, 300, 9);
    uint32_t seed = 10;
    assert_true(recall_of(vectors, queries, WIDE, 0) >= 0.95);
    assert_true(recall_of(vectors, queries, WIDE, 1) >= 0.95);
    for (size_t r = 0; r < MANY; r++) {
        float const length = 0.5f + (float)(next_number(&seed) % 100) / 60.0f;
        for (size_t i = 0; i < WIDE; i++) vectors[r * WIDE + i] *= length;
    }
    assert_true(recall_of(vectors, queries, WIDE, 0) >= 0.9);
    free(vectors);
    free(queries);
}

/* ---- range search ---- */

static void expect_range(const world *w, float min_score)
{
    siamese_search_options const options = exact_options();
    size_t offsets[QUERIES + 1], needed = 0;
    siamese_status status =
        siamese_index_range_search(w->index, w->queries, QUERIES, min_score,
                                   &options, offsets, NULL, NULL, 0, &needed);
    assert_int_equal(status, needed ? SIAMESE_E_RANGE : SIAMESE_OK);
    assert_int_equal(offsets[QUERIES], needed);
    int64_t *const ids = malloc((needed + 1) * sizeof *ids);
    float *const scores = malloc((needed + 1) * sizeof *scores);
    assert_int_equal(siamese_index_range_search(w->index, w->queries, QUERIES,
                                                min_score, &options, offsets,
                                                ids, scores, needed, NULL),
                     SIAMESE_OK);
    size_t at = 0;
    for (size_t q = 0; q < QUERIES; q++) {
        hit *const hits = brute_force(w->ids, w->vectors, w->count, DIM,
                                      w->queries + q * DIM, 0);
        assert_int_equal(offsets[q], at);
        for (size_t i = 0; i < w->count && hits[i].score >= min_score; i++) {
            assert_int_equal(ids[at], hits[i].id);
            assert_true(scores[at] == (float)hits[i].score);
            at++;
        }
        free(hits);
    }
    assert_int_equal(at, needed);
    free(ids);
    free(scores);
}

static void test_range_search_equals_brute_force(void **state)
{
    (void)state;
    static const float scores[] = {-INFINITY, -20.0f, -0.0f, 0.0f,
                                   7.0f,      7.5f,   40.0f, INFINITY};
    for (size_t nlist = 0; nlist <= 12; nlist += 12) {
        world w = make_world(400, nlist, 2);
        for (size_t i = 0; i < sizeof scores / sizeof *scores; i++)
            expect_range(&w, scores[i]);
        free_world(&w);
    }
}

/* ---- bad calls ---- */

static void test_search_refuses_bad_arguments(void **state)
{
    (void)state;
    world w = make_world(100, 0, 1);
    int64_t ids[10];
    float scores[10], query[DIM] = {0};
    size_t offsets[2];
    siamese_search_options options = exact_options();
#define SEARCH(q, n, k, o, i, s, c)                                            \
    siamese_index_search(w.index, q, n, k, o, i, s, c, NULL)
    assert_int_equal(SEARCH(query, 1, 0, NULL, ids, scores, 10),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(SEARCH(query, 1, 11, NULL, ids, scores, 10),
                     SIAMESE_E_RANGE);
    assert_int_equal(SEARCH(query, 1, SIZE_MAX, NULL, ids, scores, 10),
                     SIAMESE_E_RANGE);
    assert_int_equal(SEARCH(query, 2, SIZE_MAX, NULL, ids, scores, 10),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(SEARCH(NULL, 1, 5, NULL, ids, scores, 10),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(SEARCH(query, 1, 5, NULL, NULL, scores, 10),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(SEARCH(query, 0, 5, NULL, NULL, NULL, 0), SIAMESE_OK);
    options.exact = 2;
    assert_int_equal(SEARCH(query, 1, 5, &options, ids, scores, 10),
                     SIAMESE_E_OPTION);
    query[3] = NAN;
    assert_int_equal(SEARCH(query, 1, 5, NULL, ids, scores, 10),
                     SIAMESE_E_ARGUMENT);
    query[3] = 1e30f;
    assert_int_equal(SEARCH(query, 1, 5, NULL, ids, scores, 10),
                     SIAMESE_E_ARGUMENT);
    query[3] = 0;
    assert_int_equal(siamese_index_range_search(w.index, query, 1, NAN, NULL,
                                                offsets, ids, scores, 10, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_range_search(w.index, query, 1, 0, NULL,
                                                NULL, ids, scores, 10, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_index_search(NULL, query, 1, 5, NULL, ids, scores, 10, NULL),
        SIAMESE_E_ARGUMENT);
#undef SEARCH
    free_world(&w);
}

static void test_empty_index_finds_nothing(void **state)
{
    (void)state;
    siamese_index *const index = make_index(DIM, 0, 0, 1);
    float query[DIM] = {1}, scores[2];
    int64_t ids[2];
    size_t found = 9, offsets[2], needed = 9;
    assert_int_equal(
        siamese_index_search(index, query, 1, 2, NULL, ids, scores, 2, &found),
        SIAMESE_OK);
    assert_int_equal(found, 0);
    assert_int_equal(ids[1], -1);
    assert_true(scores[0] == -INFINITY);
    assert_int_equal(siamese_index_range_search(index, query, 1, -1, NULL,
                                                offsets, NULL, NULL, 0,
                                                &needed),
                     SIAMESE_OK);
    assert_int_equal(needed, 0);
    siamese_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_search_equals_brute_force_at_every_k),
        cmocka_unit_test(
            test_search_of_many_equal_vectors_gives_the_lowest_ids),
        cmocka_unit_test(test_cosine_scores_are_cosines),
        cmocka_unit_test(test_query_has_the_same_bits_alone_and_in_a_batch),
        cmocka_unit_test(
            test_results_have_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(test_nprobe_is_of_the_call),
        cmocka_unit_test(test_default_nprobe_finds_nearly_all),
        cmocka_unit_test(test_range_search_equals_brute_force),
        cmocka_unit_test(test_search_refuses_bad_arguments),
        cmocka_unit_test(test_empty_index_finds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
