/* ranked_items.h: titles, queries and a tower for the tests of the ranker, and
 * searchers of them. */
#ifndef RANKED_ITEMS_H
#define RANKED_ITEMS_H

#include "api/checkpoint_parts.h"
#include "random_numbers.h"

enum { COUNT = 400, DIM = 24, WORDS = 40, QUERIES = 12, MOST_WORDS = 8 };

static const char *const stems[] = {
    "garden hose", "water hose",   "oak table", "red lamp",   "desk",
    "chairs",      "steel shovel", "paint",     "drill bits", "blue rug"};
static const char *const sizes[] = {"50 ft.", "25 ft.", "3/4 in.", "2 gal.",
                                    ""};

typedef struct world {
    siamese_vocab *vocab;
    siamese_tower *tower;
    char names[COUNT][64];
    siamese_text titles[COUNT];
    int64_t ids[COUNT];
    siamese_text queries[QUERIES];
    char asked[QUERIES][64];
} world;

static world w;

static inline void make_texts(void)
{
    test_random random = {77};
    for (size_t i = 0; i < COUNT; i++) {
        int const size = snprintf(w.names[i], sizeof w.names[i], "%s %s %s",
                                  stems[test_random_below(&random, 10)],
                                  sizes[test_random_below(&random, 5)],
                                  stems[test_random_below(&random, 10)]);
        w.titles[i] = (siamese_text){w.names[i], (size_t)size};
        w.ids[i] = 1000 + (int64_t)i;
    }
    for (size_t q = 0; q < QUERIES; q++) {
        int const size = snprintf(w.asked[q], sizeof w.asked[q], "%s %s %s",
                                  q % 3 ? sizes[q % 5] : "", stems[q % 10],
                                  q == 4 ? "zyxwv" : "");
        w.queries[q] = (siamese_text){w.asked[q], (size_t)size};
    }
}

static inline int make_world(void **state)
{
    siamese_vocab_options v;
    siamese_tower_options t;
    (void)state;
    memset(&w, 0, sizeof w);
    make_texts();
    ok(siamese_vocab_options_init(&v, sizeof v));
    ok(siamese_tower_options_init(&t, sizeof t));
    ok(siamese_preset_apply("default", &v, &t, NULL, NULL));
    v.threads = t.threads = 1;
    t.embedding_dim = DIM;
    ok(siamese_vocab_create(&w.vocab, &v));
    ok(siamese_vocab_add(w.vocab, w.titles, COUNT));
    ok(siamese_vocab_finish(w.vocab));
    ok(siamese_tower_create(&w.tower, &t));
    ok(siamese_tower_add_field(w.tower, "text", w.vocab, NULL));
    return 0;
}

static inline int free_world(void **state)
{
    (void)state;
    siamese_tower_free(w.tower);
    siamese_vocab_free(w.vocab);
    return 0;
}

/* ---- searchers ---- */

static inline siamese_item_rows rows_from(size_t first, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = w.ids + first,
                               .titles = w.titles + first};
}

static inline siamese_searcher *make_searcher_on(siamese_tower *tower,
                                                 int32_t threads)
{
    siamese_index_options options;
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    ok(siamese_index_options_init(&options, sizeof options));
    options.threads = threads;
    ok(siamese_index_create(&index, DIM, &options));
    ok(siamese_items_create(&items, NULL));
    ok(siamese_searcher_create(&searcher, tower, tower, index, items));
    siamese_items_free(items);
    siamese_index_free(index);
    return searcher;
}

static inline siamese_searcher *make_searcher(siamese_tower *tower)
{
    return make_searcher_on(tower, 1);
}

static inline void add(siamese_searcher *searcher, size_t first, size_t count)
{
    siamese_item_rows const rows = rows_from(first, count);
    ok(siamese_searcher_add(searcher, &rows, NULL));
}

static inline void give_ranker(siamese_searcher *searcher, const char *name,
                               const char *value)
{
    siamese_ranker_options options;
    siamese_ranker *ranker;
    ok(siamese_ranker_options_init(&options, sizeof options));
    if (name) ok(siamese_ranker_options_set(&options, name, value));
    ok(siamese_ranker_create(&ranker, &options));
    ok(siamese_searcher_set_ranker(searcher, ranker));
    siamese_ranker_free(ranker);
}

static inline siamese_searcher *make_full(void)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    add(searcher, 0, COUNT);
    give_ranker(searcher, NULL, NULL);
    return searcher;
}

static inline siamese_search_request request_of(size_t first, size_t count,
                                                size_t k)
{
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = w.queries + first;
    request.count = count;
    request.k = k;
    return request;
}

static inline siamese_hits *search(const siamese_searcher *searcher,
                                   const siamese_search_request *request)
{
    siamese_hits *hits = NULL;
    ok(siamese_searcher_search(searcher, request, &hits));
    return hits;
}

static inline siamese_hits *ask(const siamese_searcher *searcher, size_t k)
{
    siamese_search_request const request = request_of(0, QUERIES, k);
    return search(searcher, &request);
}

/* The same ids, scores, vector scores and confidences, whatever the rows. */
static inline void assert_same(const siamese_hits *a, size_t qa,
                               const siamese_hits *b, size_t qb)
{
    size_t const count = siamese_hits_count(a, qa);
    assert_int_equal(count, siamese_hits_count(b, qb));
    assert_memory_equal(siamese_hits_ids(a, qa), siamese_hits_ids(b, qb),
                        count * sizeof(int64_t));
    assert_memory_equal(siamese_hits_scores(a, qa), siamese_hits_scores(b, qb),
                        count * sizeof(float));
    assert_memory_equal(siamese_hits_vector_scores(a, qa),
                        siamese_hits_vector_scores(b, qb),
                        count * sizeof(float));
    assert_memory_equal(siamese_hits_confidences(a, qa),
                        siamese_hits_confidences(b, qb), count * sizeof(float));
}

static inline void assert_all_same(siamese_hits *a, siamese_hits *b)
{
    for (size_t q = 0; q < QUERIES; q++) assert_same(a, q, b, q);
    siamese_hits_free(a);
    siamese_hits_free(b);
}

#endif
