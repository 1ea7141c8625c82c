/* A searcher with a ranker: its stages beside the same by hand, in double; and
 * the words of the items through adds, updates and removals. */
#include "api/ranked_words.h"

/* ---- the stages by hand ---- */

static double maxsim_of(const char *query, const char *title)
{
    hand_word words[WORDS], of_title[WORDS];
    size_t const count = words_of(query, words);
    size_t const terms = words_of(title, of_title);
    double sum = 0, weights = 0;
    for (size_t i = 0; i < count; i++) {
        siamese_text const text = {words[i].text, strlen(words[i].text)};
        double const weight = sqrt(idf_of(&words[i]));
        double vector[DIM], other[DIM], best = 0;
        encode(&text, vector);
        for (size_t t = 0; t < terms; t++) {
            siamese_text const term = {of_title[t].text,
                                       strlen(of_title[t].text)};
            if (words[i].is_quantity != of_title[t].is_quantity) continue;
            encode(&term, other);
            if (cosine(vector, other) > best) best = cosine(vector, other);
        }
        sum += weight * best;
        weights += weight;
    }
    return weights > 0 ? sum / weights : 0;
}

static const char *title_of(int64_t id)
{
    return w.names[id - 1000];
}

/* The query moved towards the first ten that the searcher finds without
 * feedback, of which the better ones count more: by exp(score / .1). */
static void move_by_hand(const siamese_searcher *searcher, size_t q,
                         int32_t rerank, float *out)
{
    siamese_search_request request = request_of(q, 1, 10);
    double query[DIM], mean[DIM] = {0}, sum = 0, length;
    request.rerank = rerank;
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    siamese_hits *const hits = search(searcher, &request);
    const float *const scores = siamese_hits_scores(hits, 0);
    encode(&w.queries[q], query);
    for (size_t i = 0; i < 10; i++) {
        double item[DIM];
        double const share = exp((double)scores[i] / 0.1);
        const char *const title = title_of(siamese_hits_ids(hits, 0)[i]);
        siamese_text const text = {title, strlen(title)};
        encode(&text, item);
        sum += share;
        for (size_t d = 0; d < DIM; d++) mean[d] += share * item[d];
    }
    for (size_t d = 0; d < DIM; d++) query[d] += 0.4 * mean[d] / sum;
    length = sqrt(dot(query, query));
    for (size_t d = 0; d < DIM; d++) out[d] = (float)(query[d] / length);
    siamese_hits_free(hits);
}

/* Codes of 8 bits are off by a hundredth. */
static void test_stages__are_those_by_hand(void **state)
{
    siamese_searcher *const searcher = make_full();
    (void)state;
    for (size_t q = 0; q < QUERIES; q++) {
        siamese_search_request request = request_of(q, 1, 100);
        float moved[DIM];
        request.spelling = SIAMESE_RANK_OFF;
        siamese_hits *const hits = search(searcher, &request);
        move_by_hand(searcher, q, SIAMESE_RANK_ON, moved);
        request.texts = NULL;
        request.vectors = moved;
        siamese_hits *const scan = search(searcher, &request);
        assert_int_equal(siamese_hits_count(hits, 0), 100);
        for (size_t i = 0; i < 100; i++) {
            int64_t const id = siamese_hits_ids(hits, 0)[i];
            float const score = siamese_hits_scores(hits, 0)[i];
            float const vector = siamese_hits_vector_scores(hits, 0)[i];
            double const maxsim = maxsim_of(w.asked[q], title_of(id));
            size_t at = 0;
            while (at < 100 && siamese_hits_ids(scan, 0)[at] != id) at++;
            if (at < 100) /* ties at the end may fall either way */
                assert_float_equal(siamese_hits_scores(scan, 0)[at], vector,
                                   1e-5);
            assert_float_equal(score, (double)vector + 0.8 * maxsim, 0.02);
            assert_float_equal(siamese_hits_confidences(hits, 0)[i], maxsim,
                               0.02);
            assert_true(i == 0 || score <= siamese_hits_scores(hits, 0)[i - 1]);
        }
        siamese_hits_free(hits);
        siamese_hits_free(scan);
    }
    siamese_searcher_free(searcher);
}

/* Where nothing is ranked anew, feedback is made of the scan's first. */
static void test_feedback__alone_is_that_by_hand(void **state)
{
    siamese_searcher *const searcher = make_full();
    (void)state;
    for (size_t q = 0; q < QUERIES; q++) {
        siamese_search_request request = request_of(q, 1, 100);
        float moved[DIM];
        request.spelling = request.rerank = SIAMESE_RANK_OFF;
        siamese_hits *const hits = search(searcher, &request);
        move_by_hand(searcher, q, SIAMESE_RANK_OFF, moved);
        request.texts = NULL;
        request.vectors = moved;
        siamese_hits *const scan = search(searcher, &request);
        for (size_t i = 0; i < 100; i++)
            assert_float_equal(siamese_hits_scores(hits, 0)[i],
                               siamese_hits_scores(scan, 0)[i], 1e-5);
        siamese_hits_free(hits);
        siamese_hits_free(scan);
    }
    siamese_searcher_free(searcher);
}

static void test_quantities__put_the_size_that_was_asked_for_first(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_text const text = {"50 ft garden hose", 17};
    siamese_search_request request = request_of(0, 1, 3);
    (void)state;
    request.texts = &text;
    siamese_hits *const hits = search(searcher, &request);
    for (size_t i = 0; i < 3; i++)
        assert_non_null(strstr(siamese_hits_title(hits, 0, i), "50 ft"));
    siamese_hits_free(hits);
    siamese_searcher_free(searcher);
}

static void test_depth__leaves_the_others_in_their_order(void **state)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    siamese_search_request request = request_of(1, 1, 50);
    (void)state;
    add(searcher, 0, COUNT);
    give_ranker(searcher, "rerank_depth", "5");
    request.feedback = request.spelling = SIAMESE_RANK_OFF;
    siamese_hits *const hits = search(searcher, &request);
    request.rerank = SIAMESE_RANK_OFF;
    siamese_hits *const plain = search(searcher, &request);
    const float *const scores = siamese_hits_scores(hits, 0);
    const float *const before = siamese_hits_scores(plain, 0);
    assert_int_equal(siamese_hits_count(hits, 0), 50);
    for (size_t i = 5; i < 50; i++) {
        assert_int_equal(siamese_hits_ids(hits, 0)[i],
                         siamese_hits_ids(plain, 0)[i]);
        assert_float_equal(scores[i], scores[4] - (before[4] - before[i]),
                           1e-6);
        assert_true(scores[i] <= scores[i - 1]);
        assert_true(siamese_hits_vector_scores(hits, 0)[i] == before[i]);
    }
    siamese_hits_free(hits);
    siamese_hits_free(plain);
    siamese_searcher_free(searcher);
}

/* ---- the same bits ---- */

static void test_without__stages_hits_are_those_of_a_searcher_without(void **s)
{
    siamese_searcher *const ranked = make_full();
    siamese_searcher *const plain = make_searcher(w.tower);
    siamese_search_request request = request_of(0, QUERIES, 20);
    float vectors[QUERIES * DIM];
    (void)s;
    add(plain, 0, COUNT);
    request.rerank = request.feedback = request.spelling = SIAMESE_RANK_OFF;
    for (int by_vectors = 0; by_vectors < 2; by_vectors++) {
        siamese_hits *const a = search(ranked, &request);
        siamese_hits *const b = search(plain, &request);
        size_t const count = siamese_hits_offsets(a)[QUERIES];
        assert_int_equal(count, QUERIES * 20);
        assert_memory_equal(siamese_hits_rows(a, 0), siamese_hits_rows(b, 0),
                            count * sizeof(int64_t));
        assert_memory_equal(siamese_hits_scores(a, 0),
                            siamese_hits_scores(b, 0), count * sizeof(float));
        assert_ptr_equal(siamese_hits_vector_scores(a, 0),
                         siamese_hits_scores(a, 0));
        assert_null(siamese_hits_confidences(a, 0));
        siamese_hits_free(a);
        siamese_hits_free(b);
        ok(siamese_tower_encode(w.tower, w.queries, QUERIES, 1, vectors,
                                QUERIES * DIM));
        request = request_of(0, QUERIES, 20);
        request.texts = NULL;
        request.vectors = vectors;
    }
    siamese_searcher_free(ranked);
    siamese_searcher_free(plain);
}

static void test_query__has_the_same_bits_alone_and_in_a_batch(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_hits *const all = ask(searcher, 20);
    (void)state;
    for (size_t q = 0; q < QUERIES; q++) {
        siamese_search_request const request = request_of(q, 1, 20);
        siamese_hits *const one = search(searcher, &request);
        assert_same(one, 0, all, q);
        siamese_hits_free(one);
    }
    /* a smaller k is the beginning of a larger one */
    siamese_hits *const few = ask(searcher, 3);
    for (size_t q = 0; q < QUERIES; q++)
        assert_memory_equal(siamese_hits_scores(few, q),
                            siamese_hits_scores(all, q), 3 * sizeof(float));
    siamese_hits_free(few);
    siamese_hits_free(all);
    siamese_searcher_free(searcher);
}

static void *ask_often(void *searcher)
{
    for (int i = 0; i < 20; i++)
        assert_all_same(ask(searcher, 20), ask(searcher, 20));
    return NULL;
}

static void test_threads__find_the_same_bits(void **state)
{
    siamese_searcher *const searcher = make_full();
    pthread_t threads[4];
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, searcher),
                         0);
    for (size_t i = 0; i < 4; i++) pthread_join(threads[i], NULL);
    siamese_searcher_free(searcher);
}

/* ---- items that come and go ---- */

static void test_changes__are_as_if_built_afresh(void **state)
{
    siamese_searcher *const changed = make_searcher(w.tower);
    siamese_searcher *const fresh = make_searcher(w.tower);
    siamese_item_rows rows;
    siamese_text other[50];
    size_t removed;
    (void)state;
    add(changed, 0, 10);
    give_ranker(changed, NULL, NULL);
    add(changed, 10, 200);
    ok(siamese_searcher_remove(changed, w.ids + 50, NULL, 100, &removed));
    assert_int_equal(removed, 100);
    add(changed, 210, 190);
    add(changed, 50, 100);
    /* titles of others, and back */
    for (size_t i = 0; i < 50; i++) other[i] = w.titles[300 + i];
    rows = rows_from(0, 50);
    rows.titles = other;
    ok(siamese_searcher_update(changed, &rows, NULL));
    rows = rows_from(0, 50);
    ok(siamese_searcher_update(changed, &rows, NULL));
    /* in the order of the other's rows, by which ties are broken */
    add(fresh, 150, 60);
    add(fresh, 210, 190);
    add(fresh, 50, 100);
    add(fresh, 0, 50);
    give_ranker(fresh, NULL, NULL);
    assert_all_same(ask(changed, 30), ask(fresh, 30));
    siamese_searcher_free(changed);
    siamese_searcher_free(fresh);
}

/* So many go that what is left is tidied up. */
static void test_changes__that_leave_little_are_tidied(void **state)
{
    enum { ROUNDS = 6, PART = 300 };
    siamese_searcher *const changed = make_searcher(w.tower);
    siamese_searcher *const fresh = make_searcher(w.tower);
    char names[PART][32];
    siamese_text titles[PART];
    (void)state;
    give_ranker(changed, NULL, NULL);
    add(changed, PART, COUNT - PART);
    for (int round = 0; round < ROUNDS; round++) {
        siamese_item_rows rows = rows_from(0, PART);
        for (size_t i = 0; i < PART; i++) {
            int const size =
                snprintf(names[i], sizeof names[i], "once%d only%zu", round, i);
            titles[i] = (siamese_text){names[i], (size_t)size};
        }
        rows.titles = titles;
        ok(siamese_searcher_update(changed, &rows, NULL));
        ok(siamese_searcher_remove(changed, w.ids, NULL, PART, NULL));
    }
    add(changed, 0, PART);
    add(fresh, PART, COUNT - PART);
    add(fresh, 0, PART);
    give_ranker(fresh, NULL, NULL);
    assert_all_same(ask(changed, 30), ask(fresh, 30));
    siamese_searcher_free(changed);
    siamese_searcher_free(fresh);
}

typedef struct changer {
    siamese_searcher *searcher;
    int rounds;
} changer;

static void *change_often(void *context)
{
    changer *const c = context;
    siamese_item_rows const rows = rows_from(0, 200);
    for (int i = 0; i < c->rounds; i++) {
        ok(siamese_searcher_update(c->searcher, &rows, NULL));
        ok(siamese_searcher_remove(c->searcher, w.ids, NULL, 100, NULL));
    }
    return NULL;
}

static void test_searches__go_on_beside_changes(void **state)
{
    siamese_searcher *const searcher = make_full();
    changer c = {searcher, 30};
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, change_often, &c), 0);
    for (int i = 0; i < 60; i++) {
        siamese_hits *const hits = ask(searcher, 10);
        for (size_t q = 0; q < QUERIES; q++)
            for (size_t k = 0; k < siamese_hits_count(hits, q); k++)
                assert_string_equal(siamese_hits_title(hits, q, k),
                                    title_of(siamese_hits_ids(hits, q)[k]));
        siamese_hits_free(hits);
    }
    pthread_join(thread, NULL);
    siamese_searcher_free(searcher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stages__are_those_by_hand),
        cmocka_unit_test(test_feedback__alone_is_that_by_hand),
        cmocka_unit_test(
            test_quantities__put_the_size_that_was_asked_for_first),
        cmocka_unit_test(test_depth__leaves_the_others_in_their_order),
        cmocka_unit_test(
            test_without__stages_hits_are_those_of_a_searcher_without),
        cmocka_unit_test(test_query__has_the_same_bits_alone_and_in_a_batch),
        cmocka_unit_test(test_threads__find_the_same_bits),
        cmocka_unit_test(test_changes__are_as_if_built_afresh),
        cmocka_unit_test(test_changes__that_leave_little_are_tidied),
        cmocka_unit_test(test_searches__go_on_beside_changes),
    };
    return cmocka_run_group_tests(tests, make_world, free_world);
}
