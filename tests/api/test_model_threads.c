/*
 * A model that serves: searches of four threads beside 1,000 reloads, beside
 * updates and beside training. What each search finds is what one state of the
 * model has, by brute force.
 */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"

#if defined(__SANITIZE_THREAD__)
enum { RELOADS = 100, UPDATES = 300 };
#else
enum { RELOADS = 1000, UPDATES = 3000 };
#endif
enum { THREADS = 4, ITEMS = 60, DIM = 8, K = 5, QUERIES = 12, FILES = 2 };

/* What a state of the model finds, as scores of all items say. */
typedef struct expected {
    int64_t ids[QUERIES][K];
    float scores[QUERIES][K];
} expected;

typedef struct world {
    siamese_model *model;
    char paths[FILES][64];
    expected files[FILES];
    float queries[QUERIES * DIM];
    char names[ITEMS][16];
    siamese_text titles[ITEMS];
    atomic_int stop, wrong, seen[FILES];
} world;

static world w;

static void name_titles(void)
{
    for (size_t i = 0; i < ITEMS; i++) {
        int const size = snprintf(w.names[i], sizeof w.names[i], "item %zu", i);
        w.titles[i] = (siamese_text){w.names[i], (size_t)size};
    }
}

/* The k best by score, then by row, of items that have rows in their order. */
static void by_brute_force(expected *e, const float *vectors,
                           const int64_t *ids, const float *queries)
{
    for (size_t q = 0; q < QUERIES; q++) {
        int taken[ITEMS] = {0};
        for (size_t k = 0; k < K; k++) {
            size_t best = ITEMS;
            float score = 0;
            for (size_t i = 0; i < ITEMS; i++) {
                float s = 0;
                for (size_t d = 0; d < DIM; d++)
                    s += queries[q * DIM + d] * vectors[i * DIM + d];
                if (!taken[i] && (best == ITEMS || s > score)) {
                    best = i;
                    score = s;
                }
            }
            taken[best] = 1;
            e->ids[q][k] = ids[best];
            e->scores[q][k] = score;
        }
    }
}

/* File f has ids from 1000 f on, and vectors of small integers, whose products
 * have no rounding. */
static void make_file(size_t f)
{
    test_random random = {f + 1};
    float vectors[ITEMS * DIM];
    int64_t ids[ITEMS];
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    siamese_bundle *bundle;
    siamese_model *model;
    for (size_t i = 0; i < ITEMS * DIM; i++)
        vectors[i] = (float)test_random_below(&random, 9) - 4;
    for (size_t i = 0; i < ITEMS; i++) ids[i] = (int64_t)(1000 * f + i);
    by_brute_force(&w.files[f], vectors, ids, w.queries);
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = ITEMS,
                                    .ids = ids,
                                    .titles = w.titles};
    ok(siamese_index_create(&index, DIM, NULL));
    ok(siamese_items_create(&items, NULL));
    ok(siamese_searcher_create(&searcher, NULL, NULL, index, items));
    ok(siamese_searcher_add(searcher, &rows, vectors));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_bundle_set_items(bundle, items));
    ok(siamese_model_from_bundle(&model, bundle));
    strcpy(w.paths[f], "/tmp/siamese-threads-XXXXXX");
    int const file = mkstemp(w.paths[f]);
    assert_true(file >= 0);
    close(file);
    ok(siamese_model_save(model, w.paths[f], NULL));
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    siamese_searcher_free(searcher);
    siamese_items_free(items);
    siamese_index_free(index);
}

static int make_world(void **state)
{
    test_random random = {99};
    siamese_load_options options;
    (void)state;
    memset(&w, 0, sizeof w);
    name_titles();
    for (size_t i = 0; i < QUERIES * DIM; i++)
        w.queries[i] = (float)test_random_below(&random, 9) - 4;
    for (size_t f = 0; f < FILES; f++) make_file(f);
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    ok(siamese_model_open(&w.model, w.paths[0], &options));
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    siamese_model_free(w.model);
    for (size_t f = 0; f < FILES; f++) remove(w.paths[f]);
    return 0;
}

static void complain(int is_wrong)
{
    if (is_wrong) atomic_fetch_add(&w.wrong, 1);
}

/* All of it is of one file, and its titles are those of its rows. */
static void check_hits(const siamese_hits *hits)
{
    size_t const f = siamese_hits_ids(hits, 0)[0] >= 1000;
    atomic_fetch_add(&w.seen[f], 1);
    for (size_t q = 0; q < QUERIES; q++) {
        complain(siamese_hits_count(hits, q) != K);
        complain(memcmp(siamese_hits_ids(hits, q), w.files[f].ids[q],
                        sizeof w.files[f].ids[q]) != 0);
        complain(memcmp(siamese_hits_scores(hits, q), w.files[f].scores[q],
                        sizeof w.files[f].scores[q]) != 0);
        for (size_t i = 0; i < K; i++)
            complain(strcmp(siamese_hits_title(hits, q, i),
                            w.names[w.files[f].ids[q][i] % 1000]) != 0);
    }
}

/* Hits are looked at one search later, when their model may be gone. */
static void *search_loop(void *unused)
{
    siamese_hits *before = NULL, *hits;
    siamese_search_request request;
    (void)unused;
    siamese_search_request_init(&request, sizeof request);
    request.vectors = w.queries;
    request.count = QUERIES;
    request.k = K;
    while (!atomic_load(&w.stop)) {
        if (siamese_model_search(w.model, &request, &hits) != SIAMESE_OK) {
            complain(1);
            break;
        }
        if (before) check_hits(before);
        siamese_hits_free(before);
        before = hits;
    }
    siamese_hits_free(before);
    return NULL;
}

static void start(pthread_t *threads, void *(*loop)(void *))
{
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(pthread_create(&threads[t], NULL, loop, NULL), 0);
}

static void stop(const pthread_t *threads)
{
    atomic_store(&w.stop, 1);
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(pthread_join(threads[t], NULL), 0);
    assert_int_equal(atomic_load(&w.wrong), 0);
}

static void test_reload__a_thousand_times_under_four_threads(void **state)
{
    pthread_t threads[THREADS];
    siamese_load_options options;
    (void)state;
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    start(threads, search_loop);
    for (size_t i = 0; i < RELOADS; i++) {
        ok(siamese_model_reload(w.model, w.paths[(i + 1) % FILES], &options));
        if (i % 50 == 0)
            assert_int_equal(siamese_model_reload(w.model, "/no/file", NULL),
                             SIAMESE_E_IO);
    }
    stop(threads);
    assert_true(atomic_load(&w.seen[0]) > 0);
    assert_true(atomic_load(&w.seen[1]) > 0);
}

/* ---- vectors of another size ---- */

/* A file whose index has vectors twice as long. */
static void make_long_file(const char *path)
{
    static const int64_t id = 5;
    float const vector[2 * DIM] = {1};
    siamese_index *index;
    siamese_bundle *bundle;
    siamese_model *model;
    ok(siamese_index_create(&index, 2 * (size_t)DIM, NULL));
    ok(siamese_index_add(index, &id, vector, 1));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_model_from_bundle(&model, bundle));
    ok(siamese_model_save(model, path, NULL));
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    siamese_index_free(index);
}

/* A search of vectors of DIM numbers, which are all that there is to read. */
static void *search_short(void *unused)
{
    float *const vector = malloc(DIM * sizeof *vector);
    siamese_search_request request;
    (void)unused;
    siamese_search_request_init(&request, sizeof request);
    memcpy(vector, w.queries, DIM * sizeof *vector);
    request.vectors = vector;
    request.count = 1;
    request.dim = DIM;
    request.k = K;
    while (!atomic_load(&w.stop)) {
        siamese_hits *hits = NULL;
        siamese_status const status =
            siamese_model_search(w.model, &request, &hits);
        if (status == SIAMESE_OK) {
            atomic_fetch_add(&w.seen[0], 1);
            complain(siamese_hits_count(hits, 0) != K);
        } else {
            atomic_fetch_add(&w.seen[1], 1);
            complain(status != SIAMESE_E_ARGUMENT ||
                     !strstr(siamese_last_error(), "dim: its vectors have 8"));
        }
        siamese_hits_free(hits);
    }
    free(vector);
    return NULL;
}

static void test_reload__to_vectors_of_another_size_is_told(void **state)
{
    pthread_t threads[THREADS];
    (void)state;
    make_long_file(w.paths[1]);
    start(threads, search_short);
    for (size_t i = 0; i < RELOADS / 2 || !atomic_load(&w.seen[0]) ||
                       !atomic_load(&w.seen[1]);
         i++)
        ok(siamese_model_reload(w.model, w.paths[(i + 1) % FILES], NULL));
    stop(threads);
}

/* ---- updates ---- */

/* Each item is there once, whether by its old row or by its new one. */
static void *count_loop(void *unused)
{
    siamese_search_request request;
    (void)unused;
    siamese_search_request_init(&request, sizeof request);
    request.vectors = w.queries;
    request.count = 1;
    request.k = 2 * ITEMS;
    while (!atomic_load(&w.stop)) {
        siamese_hits *hits;
        int seen[ITEMS] = {0};
        if (siamese_model_search(w.model, &request, &hits) != SIAMESE_OK) {
            complain(1);
            break;
        }
        complain(siamese_hits_count(hits, 0) != ITEMS);
        for (size_t i = 0; i < siamese_hits_count(hits, 0); i++) {
            int64_t const id = siamese_hits_ids(hits, 0)[i];
            complain(seen[id]++ != 0);
            /* titles say the item, and the turn that wrote them */
            complain(atoi(siamese_hits_title(hits, 0, i) + 5) != (int)id);
        }
        siamese_hits_free(hits);
    }
    return NULL;
}

static void test_update__is_never_seen_by_halves(void **state)
{
    pthread_t threads[THREADS];
    test_random random = {7};
    siamese_searcher *searcher;
    siamese_items *items;
    siamese_items_info info = {.struct_size = sizeof info};
    (void)state;
    ok(siamese_model_get_searcher(w.model, &searcher));
    ok(siamese_model_get_items(w.model, &items));
    start(threads, count_loop);
    for (size_t turn = 0; turn < UPDATES; turn++) {
        int64_t ids[8];
        siamese_text titles[8];
        float vectors[8 * DIM];
        size_t const first = test_random_below(&random, ITEMS - 8);
        for (size_t i = 0; i < 8; i++) {
            ids[i] = (int64_t)(first + i);
            titles[i] = w.titles[first + i];
        }
        test_random_floats(&random, 4, vectors, 8 * DIM);
        siamese_item_rows const rows = {.struct_size = sizeof rows,
                                        .count = 8,
                                        .ids = ids,
                                        .titles = titles};
        ok(siamese_searcher_update(searcher, &rows, vectors));
    }
    stop(threads);
    ok(siamese_items_get_info(items, &info));
    assert_int_equal(info.next_row, ITEMS + 8 * UPDATES);
    siamese_searcher_free(searcher);
    siamese_items_free(items);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(test_reload__a_thousand_times_under_four_threads),
        TEST(test_reload__to_vectors_of_another_size_is_told),
        TEST(test_update__is_never_seen_by_halves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
