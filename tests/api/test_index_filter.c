/* Filters, minimum score and ids that count once, against brute force; the same
 * bits alone and in a batch. */
#include "index_data.h"

enum {
    DIM = 6,
    COUNT = 1500,
    QUERIES = 70,
    EXAMINED = 14, /* one of so many queries is compared with brute force */
    MOST = 1600,
    MOST_ID = 3 * COUNT + 50,
};

typedef struct world {
    float *vectors, *queries;
    int64_t *ids;
    siamese_index *index;
    int cosine;
} world;

/* Whole numbers for inner products: exact. Each third vector shares its id with
 * the one before, each seventh its numbers with another. */
static world make_world(int32_t metric, size_t nlist)
{
    world w = {.cosine = metric == SIAMESE_METRIC_COSINE};
    w.vectors = w.cosine ? clustered_vectors(COUNT, DIM, 30, 1)
                         : whole_vectors(COUNT, DIM, 1);
    w.queries = w.cosine ? clustered_vectors(QUERIES, DIM, 30, 2)
                         : whole_vectors(QUERIES, DIM, 2);
    w.ids = counted_ids(COUNT, 5, 3);
    for (size_t r = 3; r < COUNT; r += 3) w.ids[r] = w.ids[r - 1];
    for (size_t r = 7; r < COUNT; r += 7)
        memcpy(w.vectors + r * DIM, w.vectors + (r - 5) * DIM,
               DIM * sizeof(float));
    w.index = make_index(DIM, metric, nlist, 2);
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
    free(w->vectors);
    free(w->queries);
    free(w->ids);
}

/* What a search is asked, and to what brute force keeps. */
typedef struct request {
    size_t k, nprobe;
    int exact;
    int mode; /* SIAMESE_FILTER_*; -1: no filter */
    const int64_t *named;
    size_t named_count;
    double min_score;
    int dedupe;
} request;

static siamese_search_options options_of(const request *wish)
{
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.exact = wish->exact;
    options.nprobe = wish->nprobe;
    options.min_score = wish->min_score;
    options.dedupe = wish->dedupe;
    return options;
}

static siamese_id_filter *filter_of(const request *wish)
{
    siamese_id_filter *filter = NULL;
    if (wish->mode >= 0)
        assert_int_equal(siamese_id_filter_create(&filter, wish->mode,
                                                  wish->named,
                                                  wish->named_count),
                         SIAMESE_OK);
    return filter;
}

/* passes[id] for every id of the world. */
static void mark_passing(const request *wish, unsigned char *passes)
{
    int const includes = wish->mode == SIAMESE_FILTER_INCLUDE;
    memset(passes, !includes, MOST_ID);
    for (size_t i = 0; i < wish->named_count; i++)
        passes[wish->named[i]] = (unsigned char)includes;
}

static size_t expected_hits(const world *w, const request *wish,
                            const float *query, hit *out)
{
    hit *const all =
        brute_force(w->ids, w->vectors, COUNT, DIM, query, w->cosine);
    unsigned char passes[MOST_ID];
    size_t count = 0;
    mark_passing(wish, passes);
    for (size_t i = 0; i < COUNT; i++) {
        int again = 0;
        for (size_t j = 0; wish->dedupe && j < count; j++)
            again |= out[j].id == all[i].id;
        if (!again && all[i].score >= wish->min_score && passes[all[i].id])
            out[count++] = all[i];
    }
    free(all);
    return count;
}

static void same_hits(const world *w, const hit *expected, size_t count,
                      const int64_t *ids, const float *scores, size_t found)
{
    assert_int_equal(found, count);
    for (size_t i = 0; i < count; i++) {
        if (!w->cosine) {
            assert_int_equal(ids[i], expected[i].id);
            assert_true(scores[i] == (float)expected[i].score);
            continue;
        }
        assert_true(fabs(scores[i] - expected[i].score) < 1e-6);
    }
}

/* Exact searches equal brute force; all are the same alone and in a batch. */
static void check(const world *w, const request *wish)
{
    siamese_search_options const options = options_of(wish);
    siamese_id_filter *const filter = filter_of(wish);
    size_t const k = wish->k;
    int64_t *const ids = malloc(QUERIES * k * sizeof *ids);
    float *const scores = malloc(QUERIES * k * sizeof *scores);
    int64_t *const alone = malloc(k * sizeof *alone);
    float *const alone_scores = malloc(k * sizeof *alone_scores);
    hit *const hits = malloc(COUNT * sizeof *hits);
    size_t found[QUERIES], one;
    assert_int_equal(siamese_index_search_filtered(
                         w->index, w->queries, QUERIES, k, &options, filter,
                         ids, scores, QUERIES * k, found),
                     SIAMESE_OK);
    for (size_t q = 0; q < QUERIES; q++) {
        const float *const query = w->queries + q * DIM;
        assert_int_equal(siamese_index_search_filtered(w->index, query, 1, k,
                                                       &options, filter, alone,
                                                       alone_scores, k, &one),
                         SIAMESE_OK);
        assert_int_equal(one, found[q]);
        assert_memory_equal(alone, ids + q * k, k * sizeof *alone);
        assert_memory_equal(alone_scores, scores + q * k,
                            k * sizeof *alone_scores);
        for (size_t i = one; i < k; i++) {
            assert_int_equal(alone[i], -1);
            assert_true(alone_scores[i] == -INFINITY);
        }
        if (q % EXAMINED) continue;
        size_t const left = expected_hits(w, wish, query, hits);
        size_t const expected = left < k ? left : k;
        /* A filter and dedupe fall back on all lists: k are found if they
         * exist, and if there are fewer the result is exact. */
        if (wish->exact || left < k)
            same_hits(w, hits, expected, alone, alone_scores, one);
        else
            assert_int_equal(one, k);
    }
    siamese_id_filter_free(filter);
    free(ids);
    free(scores);
    free(alone);
    free(alone_scores);
    free(hits);
}

/* Some ids of the index, some of none, some twice, in no order. */
static size_t random_ids(int64_t *named, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++) named[i] = next_number(&seed) % MOST_ID;
    if (count > 3) named[1] = named[count - 1];
    return count;
}

static void check_filters(const world *w, int exact, size_t nprobe)
{
    static const size_t sizes[] = {0, 1, 60, 500, MOST};
    static const size_t ks[] = {1, 10, 200};
    int64_t named[MOST];
    for (uint32_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int mode = 0; mode < 2; mode++)
            for (size_t i = 0; i < 3; i++) {
                request wish = {.k = ks[i],
                                .exact = exact,
                                .nprobe = nprobe,
                                .mode = mode,
                                .named = named,
                                .min_score = -1e20,
                                .dedupe = (int)(s % 2)};
                wish.named_count = random_ids(named, sizes[s], s + 1);
                check(w, &wish);
            }
}

static void test_filters_equal_brute_force(void **state)
{
    (void)state;
    for (size_t nlist = 1; nlist <= 40; nlist += 39) {
        world w = make_world(SIAMESE_METRIC_INNER_PRODUCT, nlist);
        check_filters(&w, 1, 0);
        free_world(&w);
    }
}

static void test_filters_of_cosines_equal_brute_force(void **state)
{
    (void)state;
    world w = make_world(SIAMESE_METRIC_COSINE, 40);
    check_filters(&w, 1, 0);
    free_world(&w);
}

static void test_filtered_search_of_few_lists_keeps_k(void **state)
{
    (void)state;
    for (size_t nprobe = 1; nprobe <= 9; nprobe += 4) {
        world w = make_world(SIAMESE_METRIC_INNER_PRODUCT, 40);
        check_filters(&w, 0, nprobe);
        free_world(&w);
    }
}

/* Every vector excluded; nothing included; every id included. */
static void test_filters_at_the_ends(void **state)
{
    (void)state;
    world w = make_world(SIAMESE_METRIC_INNER_PRODUCT, 40);
    request all = {.k = 30,
                   .exact = 1,
                   .named = w.ids,
                   .named_count = COUNT,
                   .mode = SIAMESE_FILTER_INCLUDE,
                   .min_score = -1e20};
    check(&w, &all);
    all.mode = SIAMESE_FILTER_EXCLUDE;
    check(&w, &all);
    all.exact = 0;
    all.nprobe = 2;
    check(&w, &all);
    free_world(&w);
}

static void test_min_score_and_dedupe_equal_brute_force(void **state)
{
    (void)state;
    world w = make_world(SIAMESE_METRIC_INNER_PRODUCT, 40);
    for (double least = -60; least <= 60; least += 15)
        for (int dedupe = 0; dedupe < 2; dedupe++) {
            request wish = {.k = 500,
                            .exact = 1,
                            .mode = -1,
                            .min_score = least + 0.5,
                            .dedupe = dedupe};
            check(&w, &wish);
            wish.min_score = least;
            wish.k = 17;
            check(&w, &wish);
        }
    request none = {.k = 5, .exact = 1, .mode = -1, .min_score = 1e20};
    check(&w, &none);
    request many = {.k = COUNT + 9,
                    .exact = 1,
                    .mode = -1,
                    .min_score = -1e20,
                    .dedupe = 1};
    check(&w, &many);
    free_world(&w);
}

static void test_min_score_is_a_bound_to_the_last_bit(void **state)
{
    (void)state;
    float const vectors[3] = {1.0f, nextafterf(1.0f, 2.0f),
                              nextafterf(1.0f, 0.0f)};
    float const query = 1.0f;
    int64_t const ids[3] = {0, 1, 2};
    int64_t got[3];
    float scores[3];
    size_t found;
    request wish = {.exact = 1, .min_score = 1.0};
    siamese_index *const index =
        make_index(1, SIAMESE_METRIC_INNER_PRODUCT, 0, 1);
    assert_int_equal(siamese_index_add(index, ids, vectors, 3), SIAMESE_OK);
    for (int step = 0; step < 2; step++) {
        siamese_search_options const options = options_of(&wish);
        assert_int_equal(siamese_index_search(index, &query, 1, 3, &options,
                                              got, scores, 3, &found),
                         SIAMESE_OK);
        assert_int_equal(found, step ? 1 : 2);
        assert_int_equal(got[0], 1);
        wish.min_score = 1.0 + 1e-12; /* no float lies between */
    }
    siamese_index_free(index);
}

static void test_range_search_takes_filters_and_dedupe(void **state)
{
    (void)state;
    enum { ROOM = QUERIES * COUNT };
    world w = make_world(SIAMESE_METRIC_INNER_PRODUCT, 40);
    int64_t named[900];
    int64_t *const ids = malloc(ROOM * sizeof *ids);
    float *const scores = malloc(ROOM * sizeof *scores);
    hit *const hits = malloc(COUNT * sizeof *hits);
    size_t offsets[QUERIES + 1];
    for (int dedupe = 0; dedupe < 2; dedupe++) {
        request wish = {.exact = 1,
                        .mode = dedupe,
                        .named = named,
                        .min_score = 6,
                        .dedupe = dedupe};
        wish.named_count = random_ids(named, 900, 4);
        siamese_search_options options = options_of(&wish);
        siamese_id_filter *const filter = filter_of(&wish);
        /* the higher of two bounds holds */
        options.min_score = dedupe ? 6 : -100;
        assert_int_equal(siamese_index_range_search_filtered(
                             w.index, w.queries, QUERIES, dedupe ? -100 : 6,
                             &options, filter, offsets, ids, scores, ROOM,
                             NULL),
                         SIAMESE_OK);
        for (size_t q = 0; q < QUERIES; q++)
            same_hits(&w, hits,
                      expected_hits(&w, &wish, w.queries + q * DIM, hits),
                      ids + offsets[q], scores + offsets[q],
                      offsets[q + 1] - offsets[q]);
        siamese_id_filter_free(filter);
    }
    free(ids);
    free(scores);
    free(hits);
    free_world(&w);
}

static void test_wide_ids_are_filtered_too(void **state)
{
    (void)state;
    int64_t const ids[4] = {0, 5, INT64_MAX - 1, INT64_MAX};
    int64_t const named[3] = {INT64_MAX, 5, 1};
    float const vectors[4] = {4, 3, 2, 1}, query = 1;
    siamese_id_filter *filter = NULL;
    int64_t got[4];
    float scores[4];
    size_t found;
    siamese_index *const index =
        make_index(1, SIAMESE_METRIC_INNER_PRODUCT, 0, 1);
    assert_int_equal(siamese_index_add(index, ids, vectors, 4), SIAMESE_OK);
    for (int32_t mode = 0; mode < 2; mode++) {
        assert_int_equal(siamese_id_filter_create(&filter, mode, named, 3),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_search_filtered(index, &query, 1, 4,
                                                       NULL, filter, got,
                                                       scores, 4, &found),
                         SIAMESE_OK);
        assert_int_equal(found, 2);
        assert_int_equal(got[0], mode ? 0 : 5);
        assert_true(got[1] == (mode ? INT64_MAX - 1 : INT64_MAX));
        siamese_id_filter_free(filter);
    }
    siamese_index_free(index);
}

static void test_filter_arguments_are_checked(void **state)
{
    (void)state;
    siamese_id_filter *filter = NULL;
    int64_t const ids[2] = {3, -1};
    assert_int_equal(siamese_id_filter_create(NULL, 0, ids, 1),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_id_filter_create(&filter, 2, ids, 1),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "mode"));
    assert_int_equal(siamese_id_filter_create(&filter, 0, NULL, 1),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_id_filter_create(&filter, 0, ids, 2),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "place 1 has -1"));
    assert_null(filter);
    assert_int_equal(siamese_id_filter_create(&filter, 1, NULL, 0), SIAMESE_OK);
    siamese_id_filter_free(filter);
    siamese_id_filter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_filters_equal_brute_force),
        cmocka_unit_test(test_filters_of_cosines_equal_brute_force),
        cmocka_unit_test(test_filtered_search_of_few_lists_keeps_k),
        cmocka_unit_test(test_filters_at_the_ends),
        cmocka_unit_test(test_min_score_and_dedupe_equal_brute_force),
        cmocka_unit_test(test_min_score_is_a_bound_to_the_last_bit),
        cmocka_unit_test(test_range_search_takes_filters_and_dedupe),
        cmocka_unit_test(test_wide_ids_are_filtered_too),
        cmocka_unit_test(test_filter_arguments_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
