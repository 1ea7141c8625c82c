/* Items of several rows, each found once: against all rows of the index, and
 * of a batch against each query alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "random_numbers.h"

enum {
    DIM = 8,
    EACH = 40, /* rows of an item, which lie close together */
    ITEMS = DIM,
    ROWS = ITEMS * EACH,
    LISTS = 8,
    QUERIES = 12,
    K = 4
};

typedef struct world {
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    float vectors[ROWS][DIM], queries[QUERIES][DIM];
    int64_t ids[ROWS];
    siamese_text titles[ROWS];
} world;

static world w;

#define ok(call) assert_int_equal(call, SIAMESE_OK)

/* Row r is of item r / EACH, and points along its axis, but for noise. Queries
 * lie anywhere, so some between two items. */
static int make_world(double noise)
{
    siamese_items_options repeats;
    siamese_index_options lists;
    test_random random = {17};
    siamese_item_rows rows = {sizeof rows, .count = ROWS, .ids = w.ids};
    for (size_t r = 0; r < ROWS; r++) {
        test_random_floats(&random, noise, w.vectors[r], DIM);
        w.vectors[r][r / EACH] += 1;
        w.ids[r] = (int64_t)(r / EACH);
        w.titles[r] = (siamese_text){"row", 3};
    }
    rows.titles = w.titles;
    test_random_floats(&random, 1, &w.queries[0][0], QUERIES * DIM);
    ok(siamese_items_options_init(&repeats, sizeof repeats));
    repeats.repeats = 1;
    ok(siamese_index_options_init(&lists, sizeof lists));
    lists.nlist = LISTS;
    lists.nprobe = 1;
    ok(siamese_items_create(&w.items, &repeats));
    ok(siamese_index_create(&w.index, DIM, &lists));
    ok(siamese_index_train(w.index, w.vectors[0], ROWS));
    ok(siamese_searcher_create(&w.searcher, NULL, NULL, w.index, w.items));
    ok(siamese_searcher_add(w.searcher, &rows, w.vectors[0]));
    return 0;
}

/* Each list holds the rows of one item. */
static int make_apart(void **state)
{
    (void)state;
    return make_world(0.05);
}

/* Lists hold rows of several items, and what is nearest lies in any of them. */
static int make_mixed(void **state)
{
    (void)state;
    return make_world(0.9);
}

static int free_world(void **state)
{
    (void)state;
    siamese_searcher_free(w.searcher);
    siamese_items_free(w.items);
    siamese_index_free(w.index);
    return 0;
}

static siamese_search_request request_of(size_t first, size_t count)
{
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.vectors = w.queries[first];
    request.count = count;
    request.k = K;
    request.dedupe = 1;
    return request;
}

static siamese_hits *search(const siamese_search_request *request)
{
    siamese_hits *hits = NULL;
    ok(siamese_searcher_search(w.searcher, request, &hits));
    return hits;
}

static void assert_same_hits(const siamese_hits *hits, size_t q,
                             const siamese_hits *wanted)
{
    size_t const count = siamese_hits_count(wanted, 0);
    assert_int_equal(siamese_hits_count(hits, q), count);
    assert_memory_equal(siamese_hits_rows(hits, q),
                        siamese_hits_rows(wanted, 0), count * sizeof(int64_t));
    assert_memory_equal(siamese_hits_scores(hits, q),
                        siamese_hits_scores(wanted, 0), count * sizeof(float));
}

static void assert_batch_is_as_alone(const siamese_search_request *batch)
{
    siamese_hits *const all = search(batch);
    for (size_t q = 0; q < batch->count; q++) {
        siamese_search_request one = *batch;
        one.vectors += q * DIM;
        one.count = 1;
        siamese_hits *const alone = search(&one);
        assert_same_hits(all, q, alone);
        siamese_hits_free(alone);
    }
    siamese_hits_free(all);
}

/* The first row of each item in the order of all rows that pass. */
static void assert_exact(const siamese_search_request *request, size_t wanted)
{
    siamese_hits *const hits = search(request);
    siamese_search_request all = *request;
    all.dedupe = 0;
    all.exact = 1;
    all.k = ROWS;
    siamese_hits *const rows = search(&all);
    for (size_t q = 0; q < request->count; q++) {
        unsigned seen = 0;
        size_t kept = 0;
        assert_int_equal(siamese_hits_count(hits, q), wanted);
        for (size_t i = 0; i < siamese_hits_count(rows, q) && kept < wanted;
             i++) {
            int64_t const id = siamese_hits_ids(rows, q)[i];
            if (seen >> id & 1) continue;
            seen |= 1u << id;
            assert_int_equal(siamese_hits_rows(hits, q)[kept],
                             siamese_hits_rows(rows, q)[i]);
            assert_true(siamese_hits_scores(hits, q)[kept++] ==
                        siamese_hits_scores(rows, q)[i]);
        }
        assert_int_equal(kept, wanted);
    }
    siamese_hits_free(rows);
    siamese_hits_free(hits);
}

/* One list has about one item: without the others k would not be reached. */
static void test_dedupe__reads_every_list_for_its_k(void **state)
{
    siamese_search_request request = request_of(0, QUERIES);
    (void)state;
    assert_exact(&request, K);
    request.k = ITEMS + 5;
    assert_exact(&request, ITEMS);
    assert_batch_is_as_alone(&request);
}

/* Where nprobe lists have k items they are all that is read, as ever. */
static void test_dedupe__reads_no_list_that_it_need_not(void **state)
{
    siamese_search_request request = request_of(0, QUERIES);
    (void)state;
    request.k = 1;
    siamese_hits *const once = search(&request);
    request.dedupe = 0;
    siamese_hits *const plain = search(&request);
    for (size_t q = 0; q < QUERIES; q++) {
        assert_int_equal(siamese_hits_rows(once, q)[0],
                         siamese_hits_rows(plain, q)[0]);
        assert_true(siamese_hits_scores(once, q)[0] ==
                    siamese_hits_scores(plain, q)[0]);
    }
    siamese_hits_free(plain);
    siamese_hits_free(once);
}

/* A query whose nearest rows are of one item asks for more, and those beside it
 * in the batch are to find what they do alone, in the lists that they read. */
static void test_dedupe__of_a_batch_with_a_filter_is_as_alone(void **state)
{
    siamese_search_request request = request_of(0, QUERIES);
    siamese_id_filter *filter;
    int64_t pass[ROWS];
    size_t count = 0;
    (void)state;
    for (size_t r = 0; r < ROWS; r++)
        if (r < EACH || r % 3 == 0) pass[count++] = (int64_t)r;
    ok(siamese_id_filter_create(&filter, SIAMESE_FILTER_INCLUDE, pass, count));
    request.filter = filter;
    for (size_t k = 1; k <= ITEMS; k++) {
        request.k = k;
        assert_batch_is_as_alone(&request);
    }
    request.k = ITEMS;
    assert_exact(&request, ITEMS);
    siamese_id_filter_free(filter);
}

static void test_dedupe__keeps_to_the_least_score(void **state)
{
    siamese_search_request request = request_of(0, QUERIES);
    (void)state;
    request.min_score = 0.3;
    assert_batch_is_as_alone(&request);
    siamese_hits *const hits = search(&request);
    for (size_t i = 0; i < siamese_hits_offsets(hits)[QUERIES]; i++)
        assert_true((double)siamese_hits_scores(hits, 0)[i] >= 0.3);
    siamese_hits_free(hits);
}

int main(void)
{
#define TEST(f, world) cmocka_unit_test_setup_teardown(f, world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(test_dedupe__reads_every_list_for_its_k, make_apart),
        TEST(test_dedupe__reads_no_list_that_it_need_not, make_mixed),
        TEST(test_dedupe__of_a_batch_with_a_filter_is_as_alone, make_mixed),
        TEST(test_dedupe__keeps_to_the_least_score, make_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
