/* What a request leaves out: hits with a title that has been and hits that are
 * not confident enough, beside the same done by hand with all hits; and what
 * min_score is held against. */
#include <ctype.h>
#include <math.h>

#include "api/ranked_items.h"
#include "failing_allocator.h"

enum { TITLES = 37, LISTS = 8 };

/* Items whose titles are those of the first few, as different hands write
 * them; the last three have none. */
static int make_copies(void **state)
{
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    test_random random = {5};
    ok(siamese_set_allocator(&allocator));
    if (make_world(state)) return 1;
    for (size_t i = TITLES; i < COUNT; i++) {
        const char *const from = w.names[i % TITLES];
        size_t size = 0;
        for (size_t at = 0; from[at] && size + 3 < sizeof w.names[i]; at++) {
            int const upper = test_random_below(&random, 4) == 0;
            char const c = from[at];
            w.names[i][size++] = (char)(upper ? toupper((unsigned char)c) : c);
            if (c == ' ' && test_random_below(&random, 3) == 0)
                w.names[i][size++] = '\t';
        }
        if (test_random_below(&random, 3) == 0) w.names[i][size++] = '\n';
        if (i + 3 >= COUNT) size = 0;
        w.names[i][size] = '\0';
        w.titles[i] = (siamese_text){w.names[i], size};
    }
    return 0;
}

static int free_copies(void **state)
{
    return free_world(state) || siamese_set_allocator(NULL) != SIAMESE_OK;
}

/* ---- by hand ---- */

static void fold(const char *title, char *out)
{
    size_t size = 0;
    for (; *title; title++) {
        int const space = isspace((unsigned char)*title) != 0;
        if (!space) out[size++] = (char)tolower((unsigned char)*title);
        if (space && size && out[size - 1] != ' ') out[size++] = ' ';
    }
    while (size && out[size - 1] == ' ') size--;
    out[size] = '\0';
}

static int is_same_title(const char *a, const char *b)
{
    char x[64], y[64];
    fold(a, x);
    fold(b, y);
    return *x && strcmp(x, y) == 0;
}

/* The hits of query q of `all` that stay: their places. */
static size_t choose(const siamese_hits *all, size_t q, size_t k,
                     double min_confidence, int collapses, size_t *out)
{
    const float *const confidences = siamese_hits_confidences(all, q);
    size_t kept = 0;
    for (size_t i = 0; i < siamese_hits_count(all, q) && kept < k; i++) {
        int stays =
            min_confidence <= 0 || (double)confidences[i] >= min_confidence;
        for (size_t j = 0; j < kept && collapses && stays; j++)
            stays = !is_same_title(siamese_hits_title(all, q, i),
                                   siamese_hits_title(all, q, out[j]));
        if (stays) out[kept++] = i;
    }
    return kept;
}

/* Hit i of query q of some hits is hit j of query p of others. */
static void expect_hit(const siamese_hits *a, size_t q, size_t i,
                       const siamese_hits *b, size_t p, size_t j)
{
    size_t const number = sizeof(float);
    assert_int_equal(siamese_hits_ids(a, q)[i], siamese_hits_ids(b, p)[j]);
    assert_memory_equal(siamese_hits_scores(a, q) + i,
                        siamese_hits_scores(b, p) + j, number);
    assert_memory_equal(siamese_hits_vector_scores(a, q) + i,
                        siamese_hits_vector_scores(b, p) + j, number);
    if (siamese_hits_confidences(a, q))
        assert_memory_equal(siamese_hits_confidences(a, q) + i,
                            siamese_hits_confidences(b, p) + j, number);
    assert_string_equal(siamese_hits_title(a, q, i),
                        siamese_hits_title(b, p, j));
}

/* The hits of a request are those of all hits that are left by hand, and in a
 * batch those of a query alone. */
static void expect_choice(const siamese_searcher *searcher,
                          siamese_search_request request)
{
    siamese_search_request whole = request;
    whole.k = COUNT;
    whole.collapse_titles = 0;
    whole.min_confidence = 0;
    siamese_hits *const all = search(searcher, &whole);
    siamese_hits *const hits = search(searcher, &request);
    for (size_t q = 0; q < request.count; q++) {
        size_t places[COUNT];
        size_t const kept = choose(all, q, request.k, request.min_confidence,
                                   request.collapse_titles, places);
        siamese_search_request one = request;
        one.count = 1;
        if (one.texts) one.texts += q;
        if (one.vectors) one.vectors += q * DIM;
        siamese_hits *const alone = search(searcher, &one);
        assert_int_equal(siamese_hits_count(hits, q), kept);
        assert_int_equal(siamese_hits_count(alone, 0), kept);
        for (size_t i = 0; i < kept; i++) {
            expect_hit(all, q, places[i], hits, q, i);
            expect_hit(all, q, places[i], alone, 0, i);
        }
        siamese_hits_free(alone);
    }
    siamese_hits_free(hits);
    siamese_hits_free(all);
}

static const size_t sizes_asked[] = {1, 3, 10, 30, COUNT};

static void expect_choices(const siamese_searcher *searcher,
                           siamese_search_request request, int confident)
{
    static const double bounds[] = {0, 0.3, 0.6, 0.999};
    for (size_t s = 0; s < sizeof sizes_asked / sizeof *sizes_asked; s++)
        for (size_t b = 0; b < (confident ? 4 : 1); b++)
            for (int32_t collapses = 0; collapses < 2; collapses++) {
                request.k = sizes_asked[s];
                request.min_confidence = bounds[b];
                request.collapse_titles = collapses;
                expect_choice(searcher, request);
            }
}

/* Every third item. */
static siamese_id_filter *make_filter(const siamese_searcher *searcher)
{
    siamese_id_filter *filter;
    siamese_items *items;
    int64_t ids[COUNT];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i += 3) ids[count++] = w.ids[i];
    ok(siamese_searcher_get_items(searcher, &items));
    ok(siamese_items_create_filter(&filter, items, SIAMESE_FILTER_INCLUDE, ids,
                                   NULL, count, NULL));
    siamese_items_free(items);
    return filter;
}

/* ---- titles and confidences ---- */

static void test_choice__is_that_by_hand(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_search_request request = request_of(0, QUERIES, 10);
    siamese_id_filter *filter;
    (void)state;
    expect_choices(searcher, request, 1);
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    expect_choices(searcher, request, 1);
    request = request_of(0, QUERIES, 10);
    filter = make_filter(searcher);
    request.filter = filter;
    expect_choices(searcher, request, 1);
    request.filter = NULL;
    request.rerank = SIAMESE_RANK_OFF;
    expect_choices(searcher, request, 0);
    siamese_id_filter_free(filter);
    siamese_searcher_free(searcher);
}

/* What is behind a small depth comes up, with its scores. */
static void test_choice__of_a_small_depth_is_that_by_hand(void **state)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    (void)state;
    add(searcher, 0, COUNT);
    give_ranker(searcher, "rerank_depth", "5");
    expect_choices(searcher, request_of(0, QUERIES, 10), 1);
    siamese_searcher_free(searcher);
}

static void test_choice__without_a_ranker_is_that_by_hand(void **state)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    siamese_search_request request = request_of(0, QUERIES, 10);
    float vectors[QUERIES * DIM];
    (void)state;
    add(searcher, 0, COUNT);
    expect_choices(searcher, request, 0);
    ok(siamese_tower_encode(w.tower, w.queries, QUERIES, 1, vectors,
                            QUERIES * DIM));
    request.texts = NULL;
    request.vectors = vectors;
    expect_choices(searcher, request, 0);
    siamese_searcher_free(searcher);
}

/* All that score enough have no k to fill. */
static void test_titles__of_all_that_score_come_once(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_search_request request = request_of(0, 3, COUNT);
    (void)state;
    siamese_hits *const all = search(searcher, &request);
    request.k = 0;
    request.min_score = (double)siamese_hits_vector_scores(all, 1)[200];
    request.collapse_titles = 1;
    siamese_hits *const hits = search(searcher, &request);
    for (size_t q = 0; q < 3; q++) {
        size_t const count = siamese_hits_count(hits, q);
        if (q == 1) assert_true(count > 1);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < i; j++)
                assert_false(is_same_title(siamese_hits_title(hits, q, i),
                                           siamese_hits_title(hits, q, j)));
    }
    siamese_hits_free(hits);
    siamese_hits_free(all);
    siamese_searcher_free(searcher);
}

/* Lists around the items' own vectors. */
static void train(siamese_index *index)
{
    float vectors[COUNT * DIM];
    ok(siamese_tower_encode(w.tower, w.titles, COUNT, 1, vectors, COUNT * DIM));
    ok(siamese_index_train(index, vectors, COUNT));
}

static siamese_searcher *make_listed(void)
{
    siamese_index_options options;
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    ok(siamese_index_options_init(&options, sizeof options));
    options.threads = 1;
    options.nlist = LISTS;
    ok(siamese_index_create(&index, DIM, &options));
    ok(siamese_items_create(&items, NULL));
    ok(siamese_searcher_create(&searcher, w.tower, w.tower, index, items));
    train(index);
    add(searcher, 0, COUNT);
    give_ranker(searcher, NULL, NULL);
    siamese_items_free(items);
    siamese_index_free(index);
    return searcher;
}

/* Of an index of lists, with a filter that leaves few in those that are read:
 * a query that has enough finds the same beside one that has not. */
static void
test_titles__are_the_same_alone_and_in_a_batch_of_lists(void **state)
{
    siamese_searcher *const searcher = make_listed();
    siamese_search_request request = request_of(0, QUERIES, 10);
    siamese_id_filter *filter;
    (void)state;
    filter = make_filter(searcher);
    request.filter = filter;
    request.nprobe = 2;
    request.collapse_titles = 1;
    for (size_t s = 0; s < sizeof sizes_asked / sizeof *sizes_asked; s++) {
        request.k = sizes_asked[s];
        siamese_hits *const hits = search(searcher, &request);
        for (size_t q = 0; q < QUERIES; q++) {
            siamese_search_request one = request;
            one.texts += q;
            one.count = 1;
            siamese_hits *const alone = search(searcher, &one);
            assert_same(hits, q, alone, 0);
            siamese_hits_free(alone);
        }
        siamese_hits_free(hits);
    }
    siamese_id_filter_free(filter);
    siamese_searcher_free(searcher);
}

/* ---- min_score ---- */

/* Held against the scores of vectors, whatever ranks; and what it leaves out
 * does not change what the others score. */
static void test_min_score__is_held_against_scores_of_vectors(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_search_request request = request_of(0, QUERIES, COUNT);
    (void)state;
    siamese_hits *const all = search(searcher, &request);
    for (size_t q = 0; q < QUERIES; q++) {
        siamese_search_request one = request_of(q, 1, COUNT);
        const float *const scores = siamese_hits_vector_scores(all, q);
        size_t at = 0;
        one.min_score = (double)scores[20];
        siamese_hits *const hits = search(searcher, &one);
        for (size_t i = 0; i < siamese_hits_count(all, q) && i < 100; i++)
            if ((double)scores[i] >= one.min_score)
                expect_hit(all, q, i, hits, 0, at++);
        assert_true(at > 1);
        assert_true(siamese_hits_count(hits, 0) >= at);
        for (size_t i = 0; i < siamese_hits_count(hits, 0); i++)
            assert_true((double)siamese_hits_vector_scores(hits, 0)[i] >=
                        one.min_score);
        siamese_hits_free(hits);
    }
    siamese_hits_free(all);
    siamese_searcher_free(searcher);
}

/* ---- errors ---- */

static void refuse(const siamese_searcher *searcher,
                   const siamese_search_request *request, siamese_status status,
                   const char *text)
{
    siamese_hits *hits = NULL;
    assert_int_equal(siamese_searcher_search(searcher, request, &hits), status);
    assert_non_null(strstr(siamese_last_error(), text));
    assert_null(hits);
}

static void test_requests__that_cannot_be_answered_are_refused(void **state)
{
    siamese_searcher *const full = make_full();
    siamese_searcher *const plain = make_searcher(w.tower);
    siamese_searcher *bare;
    siamese_index *index;
    siamese_search_request request = request_of(0, 1, 10);
    float vector[DIM] = {1};
    (void)state;
    add(plain, 0, COUNT);
    request.min_confidence = 0.5;
    refuse(plain, &request, SIAMESE_E_STATE, "min_confidence");
    request.rerank = SIAMESE_RANK_OFF;
    refuse(full, &request, SIAMESE_E_ARGUMENT, "min_confidence: rerank is off");
    request.rerank = SIAMESE_RANK_AUTO;
    request.min_confidence = 1.5;
    refuse(full, &request, SIAMESE_E_OPTION, "min_confidence");
    request.min_confidence = NAN;
    refuse(full, &request, SIAMESE_E_OPTION, "min_confidence");
    request.min_confidence = 0.5;
    request.texts = NULL;
    request.vectors = vector;
    refuse(full, &request, SIAMESE_E_ARGUMENT,
           "min_confidence: it has vectors");
    request.min_confidence = 0;
    request.collapse_titles = 2;
    refuse(full, &request, SIAMESE_E_OPTION, "collapse_titles");
    request.collapse_titles = 1;
    ok(siamese_searcher_get_index(plain, &index));
    ok(siamese_searcher_create(&bare, w.tower, w.tower, index, NULL));
    refuse(bare, &request, SIAMESE_E_STATE, "collapse_titles");
    siamese_index_free(index);
    siamese_searcher_free(bare);
    siamese_searcher_free(plain);
    siamese_searcher_free(full);
}

/* A search for which memory runs out anywhere leaves nothing behind. */
static void test_memory__that_is_not_there_fails_the_search(void **state)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    siamese_search_request request = request_of(0, 3, 30);
    siamese_status status = SIAMESE_E_MEMORY;
    (void)state;
    add(searcher, 0, COUNT);
    give_ranker(searcher, "rerank_depth", "5");
    request.collapse_titles = 1;
    long n = 0;
    for (; status != SIAMESE_OK; n++) {
        siamese_hits *hits = NULL;
        fail_after(n);
        status = siamese_searcher_search(searcher, &request, &hits);
        if (status != SIAMESE_OK) {
            assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_null(hits);
        }
        siamese_hits_free(hits);
    }
    fail_after(-1);
    assert_true(n > 10);
    siamese_searcher_free(searcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choice__is_that_by_hand),
        cmocka_unit_test(test_choice__of_a_small_depth_is_that_by_hand),
        cmocka_unit_test(test_choice__without_a_ranker_is_that_by_hand),
        cmocka_unit_test(test_titles__of_all_that_score_come_once),
        cmocka_unit_test(
            test_titles__are_the_same_alone_and_in_a_batch_of_lists),
        cmocka_unit_test(test_min_score__is_held_against_scores_of_vectors),
        cmocka_unit_test(test_requests__that_cannot_be_answered_are_refused),
        cmocka_unit_test(test_memory__that_is_not_there_fails_the_search),
    };
    return cmocka_run_group_tests(tests, make_copies, free_copies);
}
