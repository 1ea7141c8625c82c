/* The nprobe for a wanted recall, against searches of every nprobe; and that it
 * is kept. */
#include "index_data.h"

enum { DIM = 12, COUNT = 4000, QUERIES = 60, LISTS = 50, K = 7 };

typedef struct world {
    float *vectors, *queries;
    int64_t *ids;
    siamese_index *index;
} world;

static world make_world(size_t nlist)
{
    world w = {.vectors = clustered_vectors(COUNT, DIM, 4000, 1),
               .queries = clustered_vectors(QUERIES, DIM, 4000, 2),
               .ids = counted_ids(COUNT, 0, 1)};
    w.index = make_index(DIM, SIAMESE_METRIC_COSINE, nlist, 2);
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

static void search(const world *w, size_t nprobe, int64_t *ids)
{
    float scores[QUERIES * K];
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.nprobe = nprobe;
    assert_int_equal(siamese_index_search(w->index, w->queries, QUERIES, K,
                                          &options, ids, scores, QUERIES * K,
                                          NULL),
                     SIAMESE_OK);
}

static double recall_at(const world *w, size_t nprobe, const int64_t *exact)
{
    int64_t ids[QUERIES * K];
    size_t hits = 0;
    search(w, nprobe, ids);
    for (size_t q = 0; q < QUERIES; q++)
        for (size_t i = 0; i < K; i++)
            for (size_t j = 0; j < K; j++)
                hits += ids[q * K + i] == exact[q * K + j];
    return (double)hits / (QUERIES * K);
}

static void test_tune_finds_the_least_nprobe(void **state)
{
    (void)state;
    static const double wanted[] = {0.01, 0.5, 0.8, 0.9, 0.95, 0.99, 1.0};
    world w = make_world(LISTS);
    int64_t exact[QUERIES * K];
    double recalls[LISTS + 1] = {0};
    search(&w, LISTS, exact);
    for (size_t p = 1; p <= LISTS; p++) recalls[p] = recall_at(&w, p, exact);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        size_t least = 1, nprobe = 0;
        double reached = 0;
        while (recalls[least] < wanted[i]) least++;
        assert_int_equal(siamese_index_tune_nprobe(w.index, w.queries, QUERIES,
                                                   K, wanted[i], &nprobe,
                                                   &reached),
                         SIAMESE_OK);
        assert_int_equal(nprobe, least);
        assert_float_equal(reached, recalls[least], 1e-9);
    }
    assert_true(recalls[1] < 0.8); /* or there was nothing to choose */
    free_world(&w);
}

static void test_tune_of_few_vectors(void **state)
{
    (void)state;
    size_t nprobe = 0;
    float const query[DIM] = {1};
    siamese_index *const index = make_index(DIM, SIAMESE_METRIC_COSINE, 0, 1);
    assert_int_equal(
        siamese_index_tune_nprobe(index, query, 1, K, 0.9, &nprobe, NULL),
        SIAMESE_OK);
    assert_int_equal(nprobe, 1);
    siamese_index_free(index);
    world w = make_world(LISTS); /* k above all counts */
    assert_int_equal(siamese_index_tune_nprobe(w.index, w.queries, 3, COUNT + 5,
                                               1.0, &nprobe, NULL),
                     SIAMESE_OK);
    assert_int_equal(nprobe, LISTS);
    free_world(&w);
}

static void test_tune_arguments_are_checked(void **state)
{
    (void)state;
    size_t nprobe = 99;
    world w = make_world(LISTS);
    static const double wrong[] = {0, -1, 1.01};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(siamese_index_tune_nprobe(w.index, w.queries, 1, K,
                                                   wrong[i], &nprobe, NULL),
                         SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_index_tune_nprobe(w.index, w.queries, 1, K, NAN, &nprobe, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_index_tune_nprobe(w.index, w.queries, 0, K, 0.9, &nprobe, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_index_tune_nprobe(w.index, w.queries, 1, 0, 0.9, &nprobe, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(
        siamese_index_tune_nprobe(NULL, w.queries, 1, K, 0.9, &nprobe, NULL),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(nprobe, 99);
    assert_int_equal(siamese_index_set_nprobe(w.index, LISTS + 1),
                     SIAMESE_E_OPTION);
    free_world(&w);
}

static size_t nprobe_of(const siamese_index *index)
{
    siamese_index_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_index_get_info(index, &info), SIAMESE_OK);
    return info.nprobe;
}

static int32_t append(void *user, const void *data, size_t size)
{
    char **const at = user;
    memcpy(*at, data, size);
    *at += size;
    return 0;
}

static void test_nprobe_is_set_and_saved(void **state)
{
    (void)state;
    world w = make_world(LISTS);
    int64_t exact[QUERIES * K], ids[QUERIES * K];
    float scores[QUERIES * K];
    size_t const usual = nprobe_of(w.index);
    char *const file = malloc(1 << 20), *end = file;
    siamese_bundle *bundle = NULL;
    siamese_index *loaded = NULL;
    assert_int_equal(siamese_index_set_nprobe(w.index, 3), SIAMESE_OK);
    assert_int_equal(nprobe_of(w.index), 3);
    search(&w, 3, exact);
    assert_int_equal(siamese_index_search(w.index, w.queries, QUERIES, K, NULL,
                                          ids, scores, QUERIES * K, NULL),
                     SIAMESE_OK);
    assert_memory_equal(ids, exact, sizeof ids);
    assert_int_equal(siamese_bundle_create(&bundle), SIAMESE_OK);
    assert_int_equal(siamese_bundle_set_index(bundle, w.index), SIAMESE_OK);
    assert_int_equal(siamese_checkpoint_write(append, &end, bundle, NULL),
                     SIAMESE_OK);
    siamese_bundle_free(bundle);
    assert_int_equal(siamese_checkpoint_load_memory(&bundle, file,
                                                    (size_t)(end - file), NULL),
                     SIAMESE_OK);
    assert_int_equal(siamese_bundle_get_index(bundle, &loaded), SIAMESE_OK);
    assert_int_equal(nprobe_of(loaded), 3);
    assert_int_equal(siamese_index_set_nprobe(loaded, 0), SIAMESE_OK);
    assert_int_equal(nprobe_of(loaded), usual);
    siamese_index_free(loaded);
    siamese_bundle_free(bundle);
    free(file);
    free_world(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tune_finds_the_least_nprobe),
        cmocka_unit_test(test_tune_of_few_vectors),
        cmocka_unit_test(test_tune_arguments_are_checked),
        cmocka_unit_test(test_nprobe_is_set_and_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
