/*
 * The smallest of everything, and texts that are very many or very long: no
 * items, one, two; vectors of zeros; 10,000,000 texts of one token; texts of
 * 100 MB. A training whose rate is out of all proportion ends with an error and
 * the last good state.
 *
 * SIAMESE_TEST_LONG: as many and as long as that; else a hundredth.
 */
#include <math.h>
#include <time.h>

#include "api/checkpoint_parts.h"
#include "reliability.h"
#include "sanitized.h"

enum { DIM = PART_DIM, MOST = 3 };

static int is_long(void)
{
    return !SANITIZED && getenv("SIAMESE_TEST_LONG") &&
           !getenv("SIAMESE_TEST_SLOW");
}

/* Of all threads. */
static double processor_seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- none, one, two ---- */

static const siamese_text two_texts[] = {{"red lamp", 8}, {"oak table", 9}};
static const int64_t two_ids[] = {5, 6};

/* All that an index of n vectors can be asked, with more results wanted. */
static void ask_index(siamese_index *index, size_t n, const float *vectors)
{
    int64_t ids[MOST];
    float scores[MOST];
    size_t found[1] = {99}, offsets[2], needed, nprobe;
    double reached;
    ok(siamese_index_search(index, vectors, 1, MOST, NULL, ids, scores, MOST,
                            found));
    assert_int_equal(found[0], n);
    for (size_t i = 0; i < n; i++) assert_true(isfinite(scores[i]));
    for (size_t i = n; i < MOST; i++) assert_int_equal(ids[i], -1);
    ok(siamese_index_search(index, vectors, 0, MOST, NULL, ids, scores, 0,
                            NULL));
    ok(siamese_index_range_search(index, vectors, 1, -1e9f, NULL, offsets, ids,
                                  scores, MOST, &needed));
    assert_int_equal(needed, n);
    ok(siamese_index_tune_nprobe(index, vectors, 1, 1, 0.9, &nprobe, &reached));
    assert_true(reached >= 0.9);
}

static void try_index(size_t n, size_t nlist, int32_t metric, int zero)
{
    siamese_index_options options;
    siamese_index *index;
    float vectors[MOST * DIM] = {0};
    for (size_t i = 0; !zero && i < sizeof vectors / sizeof *vectors; i++)
        vectors[i] = (float)(1 + i % 5);
    ok(siamese_index_options_init(&options, sizeof options));
    options.nlist = nlist;
    options.metric = metric;
    options.threads = 1;
    ok(siamese_index_create(&index, DIM, &options));
    siamese_status const trained = siamese_index_train(index, vectors, n);
    if (n >= nlist && n > 0) assert_int_equal(trained, SIAMESE_OK);
    if (n < nlist) {
        assert_int_equal(trained, SIAMESE_E_ARGUMENT);
        assert_non_null(strstr(siamese_last_error(), "nlist"));
    }
    ok(siamese_index_add(index, two_ids, vectors, 0));
    ok(siamese_index_add(index, two_ids, vectors, n));
    ask_index(index, n, vectors);
    ok(siamese_index_update(index, two_ids, vectors, n, NULL));
    ask_index(index, n, vectors);
    ok(siamese_index_remove(index, two_ids, 2, NULL));
    ask_index(index, 0, vectors);
    siamese_index_free(index);
}

static void test_index__of_none_one_and_two(void **state)
{
    (void)state;
    for (size_t n = 0; n <= 2; n++)
        for (size_t nlist = 0; nlist <= 4; nlist += 2)
            for (int32_t metric = 0; metric < 2; metric++)
                for (int zero = 0; zero < 2; zero++)
                    try_index(n, nlist, metric, zero);
}

/* What a model is asked when it has `items` of them and learned of `pairs`. */
static void try_model(size_t pairs, size_t items)
{
    siamese_model *model;
    siamese_hits *hits;
    size_t removed;
    siamese_pairs const p = {.struct_size = sizeof p,
                             .queries = two_texts,
                             .items = two_texts,
                             .query_fields = 1,
                             .item_fields = 1,
                             .count = pairs};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = items,
                                    .ids = two_ids,
                                    .titles = two_texts};
    ok(siamese_model_create(&model, NULL, NULL));
    ok(siamese_model_set(model, "epochs", "2"));
    ok(siamese_model_set(model, "embedding_dim", "4"));
    ok(siamese_model_add_pairs(model, &p));
    ok(siamese_model_add_items(model, &rows));
    siamese_status const status = siamese_model_train(model, NULL, NULL);
    if (pairs == 0 && items == 0) {
        assert_int_equal(status, SIAMESE_E_STATE);
        siamese_model_free(model);
        return;
    }
    ok(status);
    if (items > 0) {
        ok(siamese_model_search_text(model, "red oak", 10, &hits));
        assert_true(siamese_hits_count(hits, 0) <= items);
        siamese_hits_free(hits);
        ok(siamese_model_rebuild(model, NULL, NULL));
    }
    ok(siamese_model_remove_items(model, two_ids, NULL, items, &removed));
    assert_int_equal(removed, items);
    siamese_status const empty =
        siamese_model_search_text(model, "red oak", 10, &hits);
    if (empty == SIAMESE_OK) {
        assert_int_equal(siamese_hits_count(hits, 0), 0);
        siamese_hits_free(hits);
    } else {
        assert_int_equal(empty, SIAMESE_E_STATE);
    }
    siamese_model_free(model);
}

static void test_model__of_none_one_and_two(void **state)
{
    (void)state;
    for (size_t pairs = 0; pairs <= 2; pairs++)
        for (size_t items = 0; items <= 2; items++) try_model(pairs, items);
}

/* ---- a rate out of all proportion ---- */

/* Adam and its kin take steps of the rate itself, plain descent of the rate
 * times gradients that grow: all of them of a bag, which nothing bounds. */
static siamese_trainer *new_wild(const char *optimizer)
{
    siamese_trainer_options options;
    siamese_tower_options t;
    siamese_trainer *trainer;
    siamese_tower *tower;
    siamese_vocab *const vocab = make_vocab(3);
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    ok(siamese_tower_options_init(&t, sizeof t));
    ok(siamese_tower_options_set(&t, "encoder", "bag"));
    t.embedding_dim = 4;
    t.threads = 1;
    ok(siamese_tower_create(&tower, &t));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    ok(siamese_trainer_options_init(&options, sizeof options));
    ok(siamese_trainer_options_set(&options, "optimizer", optimizer));
    options.batch_size = 2;
    options.epochs = 100;
    options.metrics = SIAMESE_METRICS_NONE;
    options.learning_rate = 1e6;
    options.weight_decay = strcmp(optimizer, "adamw") == 0 ? 1e6 : 0;
    options.threads = 1;
    ok(siamese_trainer_create(&trainer, tower, tower, &options));
    ok(siamese_trainer_add_pairs(trainer, &pairs));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return trainer;
}

static uint64_t step_of(const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};
    ok(siamese_trainer_get_progress(trainer, &p));
    return p.step;
}

/* All weights; they are finite. */
static size_t read_weights(const siamese_trainer *trainer, float *values)
{
    siamese_tower *tower;
    size_t count = 0;
    ok(siamese_trainer_snapshot(trainer, &tower, NULL));
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        ok(siamese_tower_parameter_info(tower, i, &info));
        ok(siamese_tower_parameter_get(tower, info.name, values + count,
                                       info.count, NULL));
        count += info.count;
    }
    siamese_tower_free(tower);
    for (size_t v = 0; v < count; v++) assert_true(isfinite(values[v]));
    return count;
}

/* The step that fails has no part in what is kept, and fails again. */
static int try_wild(const char *optimizer)
{
    static float before[4096], after[4096];
    siamese_trainer *const trainer = new_wild(optimizer);
    siamese_status const status = siamese_trainer_fit(trainer, NULL, NULL);
    uint64_t const step = step_of(trainer);
    size_t const count = read_weights(trainer, before);
    if (status != SIAMESE_OK) {
        assert_int_equal(status, SIAMESE_E_NOT_FINITE);
        assert_int_equal(siamese_trainer_fit(trainer, NULL, NULL), status);
        assert_non_null(strstr(siamese_last_error(), "not finite"));
        assert_int_equal(step_of(trainer), step);
        assert_int_equal(read_weights(trainer, after), count);
        assert_memory_equal(before, after, count * sizeof *before);
    }
    siamese_trainer_free(trainer);
    return status != SIAMESE_OK;
}

static void test_training__that_diverges_keeps_the_last_good_state(void **state)
{
    (void)state;
    assert_true(try_wild("sgd"));
    assert_true(try_wild("adamw"));
    (void)try_wild("adam");
    (void)try_wild("adagrad");
}

/* A model whose training fails goes on with what it had. */
static void test_model__survives_a_training_that_diverges(void **state)
{
    static const char *const settings[][2] = {
        {"encoder", "bag"},   {"normalize", "0"}, {"embedding_dim", "4"},
        {"optimizer", "sgd"}, {"epochs", "40"},
    };
    siamese_model *model;
    siamese_hits *hits;
    siamese_pairs const p = {.struct_size = sizeof p,
                             .queries = part_texts,
                             .items = part_texts,
                             .query_fields = 1,
                             .item_fields = 1,
                             .count = PART_TEXTS};
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = 2,
                                    .ids = two_ids,
                                    .titles = two_texts};
    float before[DIM], after[DIM];
    (void)state;
    ok(siamese_model_create(&model, NULL, NULL));
    for (size_t i = 0; i < 5; i++)
        ok(siamese_model_set(model, settings[i][0], settings[i][1]));
    ok(siamese_model_add_pairs(model, &p));
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, part_texts, 1, 1, before,
                            DIM));
    ok(siamese_model_set(model, "learning_rate", "1e6"));
    assert_int_equal(siamese_model_train(model, NULL, NULL),
                     SIAMESE_E_NOT_FINITE);
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, part_texts, 1, 1, after,
                            DIM));
    assert_memory_equal(before, after, sizeof before);
    ok(siamese_model_search_text(model, "red lamp", 2, &hits));
    assert_int_equal(siamese_hits_count(hits, 0), 2);
    siamese_hits_free(hits);
    siamese_model_free(model);
}

/* ---- very many texts, and very long ones ---- */

/* A vocabulary of as many texts as there are, all of them one token: memory is
 * that of the token, whatever the number of texts. */
static void test_texts__of_one_token_take_its_memory(void **state)
{
    size_t const count = is_long() ? 10000000 : 100000;
    siamese_text *const texts = malloc(count * sizeof *texts);
    siamese_vocab_options options;
    siamese_vocab *vocab;
    int64_t id, *const ids = malloc(count * sizeof *ids);
    size_t *const offsets = malloc((count + 1) * sizeof *offsets);
    double const began = processor_seconds();
    (void)state;
    assert_true(texts && ids && offsets);
    for (size_t i = 0; i < count; i++) texts[i] = (siamese_text){"lamp", 4};
    ok(siamese_vocab_options_init(&options, sizeof options));
    options.threads = 2;
    ok(siamese_vocab_create(&vocab, &options));
    scarce.peak = scarce.live;
    ok(siamese_vocab_add(vocab, texts, count));
    ok(siamese_vocab_finish(vocab));
    ok(siamese_vocab_lookup(vocab, "lamp", 4, &id));
    ok(siamese_vocab_tokenize(vocab, texts, count, ids, count, offsets, NULL));
    for (size_t i = 0; i < count; i++) assert_int_equal(ids[i], id);
    assert_true(scarce.peak < 1 << 20);
    print_message("%zu texts of one token: %.2f s, %zu bytes at the most\n",
                  count, processor_seconds() - began, scarce.peak);
    reliability_count("texts of one token", (long long)count);
    siamese_vocab_free(vocab);
    free(texts);
    free(ids);
    free(offsets);
}

/* One text of `size` bytes: words of four letters, or without a space one. */
static char *long_text(size_t size, int spaces)
{
    char *const bytes = malloc(size);
    assert_non_null(bytes);
    for (size_t i = 0; i < size; i++)
        bytes[i] = spaces && i % 5 == 4 ? ' ' : (char)('a' + i / 5 % 26);
    return bytes;
}

/* A way of reading texts: options and values by name, ended by NULL. */
typedef struct way {
    const char *options[9];
} way;

static const way ways[] = {
    {{"standardize", "lower"}},
    {{"normalizer", "unicode"}},
    {{"normalizer", "unicode", "stemmer", "english", "ngrams", "1-2"}},
    {{"normalizer", "unicode", "hash_buckets", "4096", "char_ngrams", "3-5",
      "quantities", "add"}},
    {{"split", "character"}},
    {{"split", "none"}},
};

/* Through a vocabulary and a tower. */
static void read_long_text(const way *read, const siamese_text *text)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_tower_options t;
    siamese_tower *tower;
    int64_t ids[16];
    size_t offsets[2];
    float vector[8];
    ok(siamese_vocab_options_init(&options, sizeof options));
    options.threads = 1;
    options.sequence_length = 16;
    for (size_t i = 0; read->options[i]; i += 2)
        ok(siamese_vocab_options_set(&options, read->options[i],
                                     read->options[i + 1]));
    ok(siamese_vocab_create(&vocab, &options));
    ok(siamese_vocab_add(vocab, text, 1));
    ok(siamese_vocab_finish(vocab));
    ok(siamese_vocab_tokenize(vocab, text, 1, ids, 16, offsets, NULL));
    ok(siamese_vocab_measure(vocab, text, 1, &stats));
    ok(siamese_tower_options_init(&t, sizeof t));
    t.embedding_dim = t.units = 4;
    t.threads = 1;
    ok(siamese_tower_create(&tower, &t));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    ok(siamese_tower_encode(tower, text, 1, 1, vector, 8));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
}

static void add_long_title(const siamese_text *text)
{
    siamese_items *items;
    siamese_item_rows const rows = {
        .struct_size = sizeof rows, .count = 1, .ids = two_ids, .titles = text};
    size_t offsets[2], needed;
    char *const read = malloc(text->size);
    ok(siamese_items_create(&items, NULL));
    ok(siamese_items_add(items, &rows, NULL, 0));
    ok(siamese_items_get_texts(items, "title", NULL, 1, offsets, read,
                               text->size, &needed, NULL));
    assert_int_equal(needed, text->size);
    assert_memory_equal(read, text->data, needed);
    free(read);
    siamese_items_free(items);
}

static void test_texts__of_many_megabytes_are_read(void **state)
{
    size_t const size = is_long() ? 100000000 : 1000000;
    (void)state;
    for (int spaces = 0; spaces < 2; spaces++) {
        char *const bytes = long_text(size, spaces);
        siamese_text const text = {bytes, size};
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            double const began = processor_seconds();
            scarce.peak = scarce.live;
            read_long_text(&ways[i], &text);
            print_message("%s %s, %zu bytes of %s: %.2f s, %.1f bytes a byte\n",
                          ways[i].options[0], ways[i].options[1], size,
                          spaces ? "words" : "one word",
                          processor_seconds() - began,
                          (double)scarce.peak / (double)size);
            /* words, ids and their places; no more for longer texts */
            assert_true(scarce.peak < 64 * size);
        }
        add_long_title(&text);
        free(bytes);
    }
    reliability_count("bytes of one text", (long long)size);
}

static int count_memory(void **state)
{
    (void)state;
    use_scarce_memory();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_index__of_none_one_and_two),
        cmocka_unit_test(test_model__of_none_one_and_two),
        cmocka_unit_test(
            test_training__that_diverges_keeps_the_last_good_state),
        cmocka_unit_test(test_model__survives_a_training_that_diverges),
        cmocka_unit_test(test_texts__of_one_token_take_its_memory),
        cmocka_unit_test(test_texts__of_many_megabytes_are_read),
    };
    return cmocka_run_group_tests(tests, count_memory, NULL);
}
