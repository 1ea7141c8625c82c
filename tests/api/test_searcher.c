/* A searcher beside its parts, used by hand: the same rows, the same bits. */
#include <math.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"

enum { COUNT = 500, DIM = PART_DIM, K = 7, QUERIES = 9 };

typedef struct world {
    siamese_tower *tower;
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    char names[COUNT][32];
    siamese_text titles[COUNT];
    int64_t ids[COUNT];
} world;

static world w;

static void name_items(void)
{
    static const char *const words[] = {"red", "oak", "blue", "lamp", "table"};
    for (size_t i = 0; i < COUNT; i++) {
        int const size =
            snprintf(w.names[i], sizeof w.names[i], "%s %s %s %zu",
                     words[i % 5], words[i / 5 % 5], words[i / 25 % 5], i);
        w.titles[i] = (siamese_text){w.names[i], (size_t)size};
        w.ids[i] = 1000 + (int64_t)i;
    }
}

static siamese_item_rows rows_from(size_t first, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = w.ids + first,
                               .titles = w.titles + first};
}

static int make_world(void **state)
{
    siamese_vocab *const vocab = make_vocab(4);
    siamese_item_rows rows;
    (void)state;
    memset(&w, 0, sizeof w);
    name_items();
    rows = rows_from(0, COUNT);
    w.tower = make_tower(vocab, 5);
    ok(siamese_index_create(&w.index, DIM, NULL));
    ok(siamese_items_create(&w.items, NULL));
    ok(siamese_searcher_create(&w.searcher, w.tower, w.tower, w.index,
                               w.items));
    ok(siamese_searcher_add(w.searcher, &rows, NULL));
    siamese_vocab_free(vocab);
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    siamese_searcher_free(w.searcher);
    siamese_items_free(w.items);
    siamese_index_free(w.index);
    siamese_tower_free(w.tower);
    return 0;
}

static siamese_search_request request_of(const siamese_text *texts,
                                         size_t count)
{
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = texts;
    request.count = count;
    return request;
}

static siamese_hits *search(const siamese_search_request *request)
{
    siamese_hits *hits = NULL;
    ok(siamese_searcher_search(w.searcher, request, &hits));
    return hits;
}

static void assert_error(siamese_status status, siamese_status wanted,
                         const char *word)
{
    assert_int_equal(status, wanted);
    assert_non_null(strstr(siamese_last_error(), word));
}

/* ---- the same as by hand ---- */

static void test_request__has_the_defaults_that_it_describes(void **state)
{
    siamese_search_request request;
    siamese_option_info info = {.struct_size = sizeof info};
    char text[64];
    size_t count = 0;
    (void)state;
    ok(siamese_search_request_init(&request, sizeof request));
    assert_int_equal(request.struct_size, sizeof request);
    assert_int_equal(request.fields, 1);
    assert_int_equal(request.k, 10);
    for (; siamese_search_request_describe(count, &info) == SIAMESE_OK;
         count++) {
        ok(siamese_search_request_get(&request, info.name, text, sizeof text,
                                      NULL));
        assert_true(strtod(text, NULL) == strtod(info.default_value, NULL));
    }
    assert_int_equal(count, 13);
    ok(siamese_search_request_set(&request, "exact", "1"));
    assert_int_equal(request.exact, 1);
    assert_int_equal(siamese_search_request_set(&request, "no", "1"),
                     SIAMESE_E_OPTION);
}

static void test_search__gives_the_bits_of_the_parts(void **state)
{
    float vectors[QUERIES * DIM], scores[QUERIES * K];
    int64_t rows[QUERIES * K];
    size_t found[QUERIES];
    siamese_search_request request = request_of(w.titles, QUERIES);
    (void)state;
    request.k = K;
    siamese_hits *const hits = search(&request);
    ok(siamese_tower_encode(w.tower, w.titles, QUERIES, 1, vectors,
                            QUERIES * DIM));
    ok(siamese_index_search(w.index, vectors, QUERIES, K, NULL, rows, scores,
                            QUERIES * K, found));
    assert_int_equal(siamese_hits_query_count(hits), QUERIES);
    for (size_t q = 0; q < QUERIES; q++) {
        assert_int_equal(siamese_hits_count(hits, q), found[q]);
        assert_int_equal(siamese_hits_offsets(hits)[q], q * K);
        assert_memory_equal(siamese_hits_rows(hits, q), rows + q * K,
                            K * sizeof *rows);
        assert_memory_equal(siamese_hits_scores(hits, q), scores + q * K,
                            K * sizeof *scores);
        for (size_t i = 0; i < K; i++) {
            size_t const row = (size_t)rows[q * K + i];
            assert_int_equal(siamese_hits_ids(hits, q)[i], w.ids[row]);
            assert_string_equal(siamese_hits_title(hits, q, i), w.names[row]);
        }
        /* and alone, as a vector */
        siamese_search_request one = request_of(NULL, 1);
        one.vectors = vectors + q * DIM;
        one.k = K;
        siamese_hits *const alone = search(&one);
        assert_memory_equal(siamese_hits_rows(alone, 0), rows + q * K,
                            K * sizeof *rows);
        assert_memory_equal(siamese_hits_scores(alone, 0), scores + q * K,
                            K * sizeof *scores);
        siamese_hits_free(alone);
    }
    siamese_hits_free(hits);
}

static void test_k_0__finds_all_that_score_enough(void **state)
{
    float vector[DIM];
    size_t offsets[2], needed;
    int64_t rows[COUNT];
    float scores[COUNT];
    siamese_search_request request = request_of(w.titles, 1);
    siamese_hits *none;
    (void)state;
    ok(siamese_tower_encode(w.tower, w.titles, 1, 1, vector, DIM));
    request.k = 0;
    request.min_score = 1e-4;
    ok(siamese_index_range_search(w.index, vector, 1, 1e-4f, NULL, offsets,
                                  rows, scores, COUNT, &needed));
    siamese_hits *const hits = search(&request);
    assert_true(needed > 0);
    assert_int_equal(siamese_hits_count(hits, 0), needed);
    assert_memory_equal(siamese_hits_rows(hits, 0), rows,
                        needed * sizeof *rows);
    siamese_hits_free(hits);
    request.min_score = -1e20;
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_ARGUMENT, "min_score");
}

static void test_k__of_more_than_there_are_takes_what_is_there(void **state)
{
    siamese_search_request request = request_of(w.titles, 2);
    (void)state;
    request.k = SIZE_MAX / 2;
    siamese_hits *const hits = search(&request);
    assert_int_equal(siamese_hits_count(hits, 1), COUNT);
    siamese_hits_free(hits);
}

static void test_filter__of_items_keeps_to_their_rows(void **state)
{
    int64_t const wanted[] = {1003, 1490, 5};
    siamese_id_filter *filter;
    size_t missing;
    siamese_search_request request = request_of(w.titles, 1);
    (void)state;
    ok(siamese_items_create_filter(&filter, w.items, SIAMESE_FILTER_INCLUDE,
                                   wanted, NULL, 3, &missing));
    assert_int_equal(missing, 1);
    request.filter = filter;
    siamese_hits *const hits = search(&request);
    assert_int_equal(siamese_hits_count(hits, 0), 2);
    for (size_t i = 0; i < 2; i++) {
        int64_t const id = siamese_hits_ids(hits, 0)[i];
        assert_true(id == 1003 || id == 1490);
    }
    siamese_hits_free(hits);
    siamese_id_filter_free(filter);
}

static void test_requests__that_cannot_be_are_errors(void **state)
{
    float const vector[DIM] = {0};
    siamese_hits *none = NULL;
    siamese_search_request request = request_of(w.titles, 1);
    siamese_searcher *blind;
    (void)state;
    request.vectors = vector;
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_ARGUMENT, "texts and vectors");
    request.texts = NULL;
    request.vectors = NULL;
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_ARGUMENT, "neither");
    request.texts = w.titles;
    request.nprobe = 2;
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_ARGUMENT, "nprobe");
    request.nprobe = 0;
    request.exact = 2;
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_OPTION, "exact");
    ok(siamese_searcher_create(&blind, NULL, NULL, w.index, w.items));
    request.exact = 0;
    assert_error(siamese_searcher_search(blind, &request, &none),
                 SIAMESE_E_STATE, "query tower");
    request.texts = NULL;
    request.vectors = vector;
    request.dim = DIM + 1; /* an index that a host took for another */
    assert_error(siamese_searcher_search(blind, &request, &none),
                 SIAMESE_E_ARGUMENT,
                 "dim: its vectors have 5 numbers, those "
                 "of the index 4");
    assert_null(none);
    request.dim = DIM;
    ok(siamese_searcher_search(blind, &request, &none));
    siamese_hits_free(none);
    siamese_searcher_free(blind);
}

/* A program that was compiled before a member came. */
static void test_request__of_an_older_header_is_read(void **state)
{
    siamese_search_request request;
    siamese_hits *hits;
    (void)state;
    memset(&request, 0x55, sizeof request);
    request.struct_size = offsetof(siamese_search_request, filter);
    request.texts = w.titles;
    request.fields = 1;
    request.vectors = NULL;
    request.count = 1;
    request.k = 3;
    request.min_score = -1e20;
    ok(siamese_searcher_search(w.searcher, &request, &hits));
    assert_int_equal(siamese_hits_count(hits, 0), 3);
    siamese_hits_free(hits);
}

static void test_index__with_ids_of_no_item_is_an_error(void **state)
{
    int64_t const id = 100000;
    float vector[DIM];
    siamese_hits *none;
    siamese_search_request const request = request_of(w.titles, 1);
    (void)state;
    ok(siamese_tower_encode(w.tower, w.titles, 1, 1, vector, DIM));
    ok(siamese_index_add(w.index, &id, vector, 1));
    for (size_t i = 0; i < DIM; i++) vector[i] *= 2;
    ok(siamese_index_add(w.index, &id, vector, 1));
    assert_error(siamese_searcher_search(w.searcher, &request, &none),
                 SIAMESE_E_STATE, "100000");
    ok(siamese_index_remove(w.index, &id, 1, NULL));
}

static void test_hits__without_items_have_rows_for_ids(void **state)
{
    siamese_searcher *bare;
    siamese_hits *hits;
    siamese_text text;
    siamese_search_request request = request_of(w.titles, 1);
    (void)state;
    ok(siamese_searcher_create(&bare, w.tower, NULL, w.index, NULL));
    ok(siamese_searcher_search(bare, &request, &hits));
    siamese_searcher_free(bare);
    assert_int_equal(siamese_hits_count(hits, 0), 10);
    assert_memory_equal(siamese_hits_ids(hits, 0), siamese_hits_rows(hits, 0),
                        10 * sizeof(int64_t));
    assert_null(siamese_hits_title(hits, 0, 0));
    assert_error(siamese_hits_get_texts(hits, "title", &text, NULL, 1, NULL),
                 SIAMESE_E_NOT_FOUND, "column");
    siamese_hits_free(hits);
}

/* ---- items that change ---- */

static float score_of(const siamese_hits *hits, int64_t id)
{
    float score = -1;
    for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
        if (siamese_hits_ids(hits, 0)[i] == id) {
            assert_true(score == -1);
            score = siamese_hits_scores(hits, 0)[i];
        }
    return score;
}

static void test_update__is_found_by_its_new_text(void **state)
{
    int64_t const id = w.ids[400];
    siamese_item_rows rows = rows_from(400, 1);
    siamese_search_request request = request_of(&w.titles[7], 1);
    size_t removed;
    (void)state;
    request.k = COUNT;
    rows.titles = &w.titles[7];
    siamese_hits *const old = search(&request);
    ok(siamese_searcher_update(w.searcher, &rows, NULL));
    siamese_hits *const hits = search(&request);
    assert_true(score_of(old, id) != score_of(old, w.ids[7]));
    assert_true(score_of(hits, id) == score_of(hits, w.ids[7]));
    assert_int_equal(siamese_index_count(w.index), COUNT);
    ok(siamese_searcher_remove(w.searcher, w.ids, NULL, COUNT, &removed));
    assert_int_equal(removed, COUNT);
    assert_int_equal(siamese_index_count(w.index), 0);
    siamese_hits *const none = search(&request);
    assert_int_equal(siamese_hits_count(none, 0), 0);
    /* hits stay, whatever has become of their items */
    assert_string_equal(siamese_hits_title(old, 0, 0),
                        w.names[siamese_hits_ids(old, 0)[0] - 1000]);
    siamese_hits_free(old);
    siamese_hits_free(hits);
    siamese_hits_free(none);
}

static void test_add__that_fails_adds_to_neither(void **state)
{
    siamese_item_rows const rows = rows_from(498, 2);
    float vectors[2 * DIM] = {0};
    (void)state;
    assert_error(siamese_searcher_add(w.searcher, &rows, NULL),
                 SIAMESE_E_ARGUMENT, "row 0");
    vectors[DIM] = NAN;
    assert_error(siamese_searcher_update(w.searcher, &rows, vectors),
                 SIAMESE_E_ARGUMENT, "vectors");
    assert_int_equal(siamese_index_count(w.index), COUNT);
    assert_int_equal(siamese_items_count(w.items), COUNT);
    ok(siamese_searcher_update(w.searcher, &rows, (float[2 * DIM]){0}));
    assert_int_equal(siamese_index_count(w.index), COUNT);
}

/* ---- several rows of an item ---- */

static void test_dedupe__finds_an_item_once_by_its_best_row(void **state)
{
    siamese_items_options options;
    siamese_items *items;
    siamese_index *index;
    siamese_searcher *searcher;
    siamese_hits *hits;
    int64_t ids[COUNT];
    siamese_item_rows rows = rows_from(0, COUNT);
    siamese_search_request request = request_of(w.titles, 3);
    (void)state;
    for (int64_t i = 0; i < COUNT; i++) ids[i] = i / 100;
    ok(siamese_items_options_init(&options, sizeof options));
    options.repeats = 1;
    ok(siamese_items_create(&items, &options));
    ok(siamese_index_create(&index, DIM, NULL));
    ok(siamese_searcher_create(&searcher, w.tower, w.tower, index, items));
    rows.ids = ids;
    ok(siamese_searcher_add(searcher, &rows, NULL));
    request.k = COUNT;
    siamese_hits *all;
    ok(siamese_searcher_search(searcher, &request, &all));
    request.k = 4;
    request.dedupe = 1;
    ok(siamese_searcher_search(searcher, &request, &hits));
    for (size_t q = 0; q < 3; q++) {
        size_t kept = 0;
        unsigned seen = 0;
        assert_int_equal(siamese_hits_count(hits, q), 4);
        for (size_t i = 0; i < COUNT && kept < 4; i++) {
            int64_t const id = siamese_hits_ids(all, q)[i];
            if (seen >> id & 1) continue;
            seen |= 1u << id;
            assert_int_equal(siamese_hits_ids(hits, q)[kept], id);
            assert_int_equal(siamese_hits_rows(hits, q)[kept++],
                             siamese_hits_rows(all, q)[i]);
        }
    }
    siamese_hits_free(hits);
    request.k = 9;
    ok(siamese_searcher_search(searcher, &request, &hits));
    assert_int_equal(siamese_hits_count(hits, 2), 5);
    siamese_hits_free(hits);
    siamese_hits_free(all);
    siamese_searcher_free(searcher);
    siamese_items_free(items);
    siamese_index_free(index);
}

/* ---- text ids and columns ---- */

static void test_columns__come_with_the_hits(void **state)
{
    siamese_items_options options;
    siamese_items *items;
    siamese_index *index;
    siamese_searcher *searcher;
    siamese_hits *hits;
    static double prices[COUNT];
    static unsigned char present[COUNT];
    siamese_column_values const column = {sizeof column, "price", NULL,
                                          NULL,          prices,  present};
    siamese_item_rows rows = rows_from(0, COUNT);
    siamese_search_request request = request_of(w.titles, 2);
    double values[20];
    unsigned char there[20];
    siamese_text texts[20];
    size_t needed;
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        prices[i] = (double)i / 4;
        present[i] = i % 2 == 0;
    }
    ok(siamese_items_options_init(&options, sizeof options));
    options.ids = SIAMESE_IDS_TEXT;
    ok(siamese_items_create(&items, &options));
    ok(siamese_items_add_column(items, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_index_create(&index, DIM, NULL));
    ok(siamese_searcher_create(&searcher, w.tower, w.tower, index, items));
    rows.ids = NULL;
    rows.text_ids = w.titles;
    rows.columns = &column;
    rows.column_count = 1;
    ok(siamese_searcher_add(searcher, &rows, NULL));
    ok(siamese_searcher_search(searcher, &request, &hits));
    siamese_searcher_free(searcher);
    siamese_items_free(items);
    siamese_index_free(index);
    assert_null(siamese_hits_ids(hits, 0));
    ok(siamese_hits_get_numbers(hits, "price", values, there, 20, &needed));
    ok(siamese_hits_get_texts(hits, "id", texts, NULL, 20, NULL));
    assert_int_equal(needed, 20);
    for (size_t i = 0; i < 20; i++) {
        size_t const row = (size_t)siamese_hits_rows(hits, i / 10)[i % 10];
        assert_int_equal(there[i], row % 2 == 0);
        if (there[i]) assert_true(values[i] == (double)row / 4);
        if (!there[i]) assert_true(isnan(values[i]));
        assert_string_equal(texts[i].data, w.names[row]);
        assert_string_equal(siamese_hits_text_id(hits, i / 10, i % 10),
                            w.names[row]);
    }
    assert_int_equal(
        siamese_hits_get_numbers(hits, "price", values, NULL, 19, NULL),
        SIAMESE_E_RANGE);
    assert_error(siamese_hits_get_texts(hits, "price", texts, NULL, 20, NULL),
                 SIAMESE_E_STATE, "numbers");
    siamese_hits_free(hits);
}

static void test_hits__of_what_is_not_there_are_nothing(void **state)
{
    siamese_search_request const request = request_of(w.titles, 1);
    siamese_hits *const hits = search(&request);
    (void)state;
    assert_int_equal(siamese_hits_count(hits, 1), 0);
    assert_null(siamese_hits_rows(hits, 1));
    assert_null(siamese_hits_title(hits, 0, 10));
    assert_null(siamese_hits_text_id(hits, 0, 0));
    assert_int_equal(siamese_hits_known(hits, 0), 1);
    assert_int_equal(siamese_hits_known(hits, 1), 0);
    assert_int_equal(siamese_hits_query_count(NULL), 0);
    assert_null(siamese_hits_offsets(NULL));
    siamese_hits_free(hits);
    siamese_hits_free(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(test_request__has_the_defaults_that_it_describes),
        TEST(test_search__gives_the_bits_of_the_parts),
        TEST(test_k_0__finds_all_that_score_enough),
        TEST(test_k__of_more_than_there_are_takes_what_is_there),
        TEST(test_filter__of_items_keeps_to_their_rows),
        TEST(test_requests__that_cannot_be_are_errors),
        TEST(test_request__of_an_older_header_is_read),
        TEST(test_index__with_ids_of_no_item_is_an_error),
        TEST(test_hits__without_items_have_rows_for_ids),
        TEST(test_update__is_found_by_its_new_text),
        TEST(test_add__that_fails_adds_to_neither),
        TEST(test_dedupe__finds_an_item_once_by_its_best_row),
        TEST(test_columns__come_with_the_hits),
        TEST(test_hits__of_what_is_not_there_are_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
