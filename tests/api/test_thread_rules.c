/*
 * What docs/threads.md allows at once, on handles that several threads share:
 * each thread makes every call of the table's middle column that changes
 * nothing, over and over, and each answer has the bytes of the one that was
 * alone. Those that change things have tests of their own (test_model_storm,
 * test_index_threads, test_trainer_moments). The thread sanitizer looks on in
 * check-long.
 */
#include <pthread.h>
#include <stdatomic.h>

#include "api/every_call.h"
#include "reliability.h"

enum { THREADS = 4, ROUNDS = 60, BYTES = 1 << 16 };

/* What a thread's calls wrote, one behind the other. */
typedef struct record {
    unsigned char bytes[BYTES];
    size_t size;
    int failed; /* the number of the call; 0: none */
    int calls;
} record;

static void keep(record *r, const void *bytes, size_t size)
{
    if (r->size + size > BYTES) {
        r->failed = -1;
        return;
    }
    memcpy(r->bytes + r->size, bytes, size);
    r->size += size;
}

static void want(record *r, siamese_status status)
{
    r->calls++;
    if (status != SIAMESE_OK && r->failed == 0) r->failed = r->calls;
}

#define KEEP(r, array, count) keep(r, array, (count) * sizeof *(array))

/* ---- the calls ---- */

static void ask_vocab(record *r)
{
    int64_t ids[32];
    size_t offsets[PART_TEXTS + 1], needed;
    char token[32];
    float idf[16];
    siamese_vocab *grown = NULL;
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_vocab_options options = {.struct_size = sizeof options};
    want(r, siamese_vocab_tokenize(w.vocab, part_texts, PART_TEXTS, ids, 32,
                                   offsets, &needed));
    KEEP(r, ids, needed);
    want(r, siamese_vocab_measure(w.vocab, part_texts, PART_TEXTS, &stats));
    want(r, siamese_vocab_token(w.vocab, 2, token, sizeof token, &needed));
    KEEP(r, token, needed);
    want(r, siamese_vocab_lookup(w.vocab, "oak", 3, ids));
    KEEP(r, ids, 1);
    want(r, siamese_vocab_get_stats(w.vocab, &stats));
    want(r, siamese_vocab_get_options(w.vocab, &options));
    want(r, siamese_vocab_encode(w.tf_idf, part_texts, 2, idf, 14));
    KEEP(r, idf, 14);
    want(r, siamese_vocab_get_idf(w.tf_idf, idf, 16));
    want(r, siamese_vocab_grow(&grown, w.vocab, w.grown, 0));
    needed = siamese_vocab_size(grown);
    KEEP(r, &needed, 1);
    siamese_vocab_free(grown);
}

static void ask_tower(record *r)
{
    float vectors[PART_TEXTS * PART_DIM], values[64];
    size_t needed;
    siamese_tower *small = NULL, *grown = NULL;
    siamese_vocab *vocab = NULL;
    siamese_parameter_info info = {.struct_size = sizeof info};
    want(r, siamese_tower_encode(w.tower, part_texts, PART_TEXTS, 1, vectors,
                                 PART_TEXTS * PART_DIM));
    KEEP(r, vectors, PART_TEXTS * PART_DIM);
    want(r, siamese_tower_encode_ids(w.tower, every_token_ids, every_offsets, 2,
                                     vectors, 2 * PART_DIM));
    KEEP(r, vectors, 2 * PART_DIM);
    want(r, siamese_tower_parameter_info(w.tower, 0, &info));
    want(r,
         siamese_tower_parameter_get(w.tower, "fw_bias", values, 64, &needed));
    KEEP(r, values, needed);
    want(r, siamese_tower_get_vocab(w.tower, 0, &vocab));
    want(r, siamese_tower_grow(&grown, w.tower, 0, vocab));
    want(r, siamese_tower_quantize(&small, w.tower, SIAMESE_PRECISION_INT8));
    want(r,
         siamese_tower_encode(small, part_texts, 2, 1, vectors, 2 * PART_DIM));
    KEEP(r, vectors, 2 * PART_DIM);
    siamese_vocab_free(vocab);
    siamese_tower_free(grown);
    siamese_tower_free(small);
}

static void ask_index(record *r)
{
    int64_t ids[12];
    float scores[12];
    size_t needed, offsets[3], nprobe;
    want(r, siamese_index_search(w.index, w.floats, 2, 2, NULL, ids, scores, 4,
                                 NULL));
    KEEP(r, ids, 4);
    want(r, siamese_index_search_filtered(w.index, w.floats, 1, 2, NULL,
                                          w.filter, ids, scores, 2, NULL));
    KEEP(r, ids, 2);
    want(r, siamese_index_range_search(w.index, w.floats, 2, -9, NULL, offsets,
                                       ids, scores, 12, &needed));
    KEEP(r, ids, needed);
    want(r, siamese_index_reconstruct(w.index, 10, scores, 12));
    KEEP(r, scores, PART_DIM);
    want(r, siamese_index_get_ids(w.index, ids, 12, &needed));
    KEEP(r, ids, needed);
    want(r, siamese_index_tune_nprobe(w.index, w.floats, 2, 2, 0.9, &nprobe,
                                      NULL));
    KEEP(r, &nprobe, 1);
}

static void ask_items(record *r)
{
    int64_t numbers[8];
    double prices[3];
    char bytes[64];
    size_t offsets[4], needed, missing;
    siamese_id_filter *filter = NULL, *where = NULL;
    want(r, siamese_items_find(w.things, every_item_ids, NULL, 3, numbers, 8));
    KEEP(r, numbers, 3);
    want(r, siamese_items_get_texts(w.things, "title", numbers, 3, offsets,
                                    bytes, sizeof bytes, &needed, NULL));
    KEEP(r, bytes, needed);
    want(r, siamese_items_get_numbers(w.things, "price", numbers, 3, prices, 3,
                                      NULL));
    KEEP(r, prices, 3);
    want(r,
         siamese_items_create_filter(&filter, w.things, SIAMESE_FILTER_INCLUDE,
                                     every_item_ids, NULL, 3, &missing));
    want(r, siamese_items_create_where_filter(&where, w.things, "price < 3",
                                              filter, &needed));
    KEEP(r, &needed, 1);
    siamese_id_filter_free(filter);
    siamese_id_filter_free(where);
}

static void keep_hits(record *r, const siamese_hits *hits)
{
    siamese_text titles[8];
    float shares[EVERY_FEATURES];
    size_t needed = 0;
    size_t const count = siamese_hits_count(hits, 0);
    KEEP(r, siamese_hits_scores(hits, 0), count);
    KEEP(r, siamese_hits_ids(hits, 0), count);
    KEEP(r, siamese_hits_confidences(hits, 0), count);
    want(r, siamese_hits_get_texts(hits, "title", titles, NULL, 8, &needed));
    for (size_t i = 0; i < needed; i++) keep(r, titles[i].data, titles[i].size);
    want(r,
         siamese_hits_get_shares(hits, 0, 0, shares, EVERY_FEATURES, &needed));
    KEEP(r, shares, needed);
}

static void ask_searchers(record *r)
{
    siamese_hits *hits = NULL;
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    float vector[PART_DIM];
    keep_hits(r, w.hits);
    want(r, siamese_searcher_search(w.searcher, &w.request, &hits));
    keep_hits(r, hits);
    siamese_hits_free(hits);
    hits = NULL;
    want(r, siamese_model_search(w.model, &w.request, &hits));
    keep_hits(r, hits);
    siamese_hits_free(hits);
    want(r, siamese_model_encode(w.model, SIAMESE_SIDE_QUERY, part_texts, 1, 1,
                                 vector, PART_DIM));
    KEEP(r, vector, PART_DIM);
    want(r, siamese_ranker_get_info(w.ranker, &info));
    want(r, siamese_ranker_describe_feature(w.ranker, 0, &feature));
}

static void ask_files(record *r)
{
    image to = {.writes_left = -1};
    siamese_bundle *loaded = NULL;
    siamese_trainer *trainer = NULL;
    siamese_tower *snapshot = NULL;
    double means[14];
    siamese_evaluator_counts counts = {.struct_size = sizeof counts};
    siamese_load_options options;
    want(r, siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    want(r, siamese_checkpoint_write(image_write, &to, w.bundle, NULL));
    KEEP(r, &to.size, 1);
    want(r,
         siamese_checkpoint_load_memory(&loaded, to.bytes, to.size, &options));
    want(r, siamese_bundle_get_trainer(w.bundle, &trainer));
    want(r, siamese_trainer_snapshot(trainer, &snapshot, NULL));
    want(r, siamese_evaluator_get_means(w.evaluator, means, 14, &counts));
    siamese_tower_free(snapshot);
    siamese_trainer_free(trainer);
    siamese_bundle_free(loaded);
    free(to.bytes);
}

static void ask_all(record *r)
{
    memset(r, 0, sizeof *r);
    ask_vocab(r);
    ask_tower(r);
    ask_index(r);
    ask_items(r);
    ask_searchers(r);
    ask_files(r);
}

/* ---- at once ---- */

static record alone;
static atomic_int differs, failed;
static atomic_long calls;

static void *ask_loop(void *own)
{
    for (int round = 0; round < ROUNDS; round++) {
        record *const r = own;
        ask_all(r);
        atomic_fetch_add(&calls, r->calls);
        if (r->failed) atomic_store(&failed, r->failed);
        if (r->size != alone.size ||
            memcmp(r->bytes, alone.bytes, alone.size) != 0)
            atomic_fetch_add(&differs, 1);
    }
    return NULL;
}

static void test_calls_at_once__have_the_bytes_of_calls_alone(void **state)
{
    pthread_t threads[THREADS];
    record *const records = malloc(THREADS * sizeof *records);
    (void)state;
    assert_non_null(records);
    every_world_make();
    for (size_t i = 0; i < 8; i++) w.floats[i] = 0.25f * (float)(1 + i % 3);
    ask_all(&alone);
    assert_int_equal(alone.failed, 0);
    assert_true(alone.size > 500);
    for (size_t t = 0; t < THREADS; t++)
        assert_int_equal(
            pthread_create(&threads[t], NULL, ask_loop, &records[t]), 0);
    for (size_t t = 0; t < THREADS; t++) pthread_join(threads[t], NULL);
    assert_int_equal(atomic_load(&failed), 0);
    assert_int_equal(atomic_load(&differs), 0);
    reliability_count("calls at once on shared handles", atomic_load(&calls));
    every_world_free();
    free(records);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_calls_at_once__have_the_bytes_of_calls_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
