/* The vocabulary under threads, and with an allocator that fails. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "random_numbers.h"
#include "slow_machine.h"

/* ---- made-up texts ---- */

enum { TEXTS = 20000, WORDS = 6 };

typedef struct corpus {
    char (*lines)[128];
    siamese_text *texts;
} corpus;

/* Words of a few thousand, low numbers often: counts differ and tie. */
static corpus corpus_make(size_t count)
{
    corpus made = {malloc(count * sizeof *made.lines),
                   malloc(count * sizeof *made.texts)};
    uint32_t random = 12345;
    for (size_t i = 0; i < count; i++) {
        char *const line = made.lines[i];
        size_t size = 0;
        for (size_t w = 0; w < WORDS; w++) {
            uint32_t const high = test_lcg(&random) >> 16;
            uint32_t const word = (high % 61) * (high / 61 % 61);
            size += (size_t)snprintf(line + size, sizeof *made.lines - size,
                                     "%s%u ",
                                     word % 5 ? "W" : "rather-long-Word", word);
        }
        made.texts[i] = (siamese_text){line, size};
    }
    return made;
}

static void corpus_free(corpus made)
{
    free(made.lines);
    free(made.texts);
}

/* Pairs of an option's name and value, up to NULL: how vocabularies are
 * made. */
static const char *const keras[] = {NULL};
static const char *const everything[] = {
    "normalizer", "unicode", "stemmer", "english", "ngrams", "1-3", NULL};
static const char *const characters[] = {"split", "character", "ngrams", "2,1",
                                         NULL};
static const char *const weighted[] = {"output_mode", "tf_idf", "split", "none",
                                       NULL};
static const char *const hashed[] = {
    "normalizer",   "unicode", "stemmer",     "english",
    "hash_buckets", "5000",    "char_ngrams", "3-5",
    "ngrams",       "1-2",     NULL};
static const char *const learned[] = {"normalizer",
                                      "unicode",
                                      "hash_buckets",
                                      "5000",
                                      "char_ngrams",
                                      "3-5",
                                      "hash_min_count",
                                      "2",
                                      "compounds",
                                      "1",
                                      "quantities",
                                      "replace",
                                      "strip_accents",
                                      "1",
                                      "stemmer",
                                      "english",
                                      "written_words",
                                      "1",
                                      NULL};
static const char *const *const all_modes[] = {keras,    everything, characters,
                                               weighted, hashed,     learned};
enum { MODES = sizeof all_modes / sizeof *all_modes };

static const char *const *mode = keras;

static siamese_status make_vocab(siamese_vocab **out, int32_t threads)
{
    siamese_vocab_options options;
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = 0;
    options.threads = threads;
    for (const char *const *pair = mode; *pair; pair += 2)
        if (siamese_vocab_options_set(&options, pair[0], pair[1])) abort();
    return siamese_vocab_create(out, &options);
}

static void assert_same_table(const siamese_vocab *a, const siamese_vocab *b)
{
    assert_int_equal(siamese_vocab_size(a), siamese_vocab_size(b));
    for (int64_t id = 0; (size_t)id < siamese_vocab_size(a); id++) {
        char x[128], y[128];
        if (mode == hashed || mode == learned) break; /* ids have no tokens */
        assert_int_equal(siamese_vocab_token(a, id, x, sizeof x, NULL), 0);
        assert_int_equal(siamese_vocab_token(b, id, y, sizeof y, NULL), 0);
        assert_string_equal(x, y);
    }
}

static void tokenize_all(const siamese_vocab *vocab, corpus texts, int64_t *ids,
                         size_t *offsets)
{
    assert_int_equal(siamese_vocab_tokenize(vocab, texts.texts, TEXTS, ids,
                                            TEXTS * WORDS, offsets, NULL),
                     0);
}

/* ---- threads ---- */

static void test_vocab__is_the_same_for_any_threads_and_order(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    corpus texts = corpus_make(TEXTS);
    siamese_vocab *vocabs[4];
    size_t const ids_size = TEXTS * WORDS * sizeof(int64_t);
    size_t const offsets_size = (TEXTS + 1) * sizeof(size_t);
    int64_t *const ids = malloc(ids_size), *const ids1 = malloc(ids_size);
    size_t *const offsets = malloc(offsets_size);
    size_t *const offsets1 = malloc(offsets_size);
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(make_vocab(&vocabs[i], threads[i]), 0);
        assert_int_equal(siamese_vocab_add(vocabs[i], texts.texts, TEXTS), 0);
        assert_int_equal(siamese_vocab_finish(vocabs[i]), 0);
    }
    /* backwards, in calls of all sizes */
    assert_int_equal(make_vocab(&vocabs[3], 2), 0);
    for (size_t end = TEXTS, size = 1; end > 0; size = size * 2 + 1) {
        if (size > end) size = end;
        end -= size;
        assert_int_equal(siamese_vocab_add(vocabs[3], texts.texts + end, size),
                         0);
    }
    assert_int_equal(siamese_vocab_finish(vocabs[3]), 0);

    assert_in_range(siamese_vocab_size(vocabs[0]), 500, 3700);
    tokenize_all(vocabs[0], texts, ids1, offsets1);
    for (size_t i = 1; i < 4; i++) {
        assert_same_table(vocabs[0], vocabs[i]);
        tokenize_all(vocabs[i], texts, ids, offsets);
        assert_memory_equal(ids, ids1, ids_size);
        assert_memory_equal(offsets, offsets1, offsets_size);
    }
    for (size_t i = 0; i < 4; i++) siamese_vocab_free(vocabs[i]);
    free(ids);
    free(ids1);
    free(offsets);
    free(offsets1);
    corpus_free(texts);
}

/* What is asserted runs on the main thread alone: cmocka knows no other. */
typedef struct reader {
    const siamese_vocab *vocab;
    corpus texts;
    const int64_t *expected;
    int failed;
} reader;

static void *read_often(void *argument)
{
    reader *const self = argument;
    int64_t *const ids = malloc(TEXTS * WORDS * sizeof *ids);
    size_t *const offsets = malloc((TEXTS + 1) * sizeof *offsets);
    for (int round = 0; round < 3; round++) {
        memset(ids, 0, TEXTS * WORDS * sizeof *ids);
        if (siamese_vocab_tokenize(self->vocab, self->texts.texts, TEXTS, ids,
                                   TEXTS * WORDS, offsets, NULL) != 0 ||
            memcmp(ids, self->expected, TEXTS * WORDS * sizeof *ids) != 0)
            self->failed = 1;
    }
    free(ids);
    free(offsets);
    return NULL;
}

static void test_vocab__serves_many_threads_at_once(void **state)
{
    enum { THREADS = 4 };
    corpus texts = corpus_make(TEXTS);
    siamese_vocab *vocab;
    pthread_t threads[THREADS];
    reader readers[THREADS];
    int64_t *const ids = malloc(TEXTS * WORDS * sizeof *ids);
    size_t *const offsets = malloc((TEXTS + 1) * sizeof *offsets);
    (void)state;
    assert_int_equal(make_vocab(&vocab, 2), 0);
    assert_int_equal(siamese_vocab_add(vocab, texts.texts, TEXTS), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    tokenize_all(vocab, texts, ids, offsets);
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (reader){vocab, texts, ids, 0};
        assert_int_equal(
            pthread_create(&threads[i], NULL, read_often, &readers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(readers[i].failed);
    }
    siamese_vocab_free(vocab);
    free(ids);
    free(offsets);
    corpus_free(texts);
}

/* The same table, ids and numbers whatever the threads and calls. */
static void run_same_in_mode(void)
{
    enum { SOME = 3000, MOST = SOME * 400 };
    corpus texts = corpus_make(SOME);
    siamese_vocab *vocabs[3];
    int64_t *const ids = malloc(2 * MOST * sizeof *ids);
    size_t *const offsets = malloc(2 * (SOME + 1) * sizeof *offsets);
    siamese_vocab_stats stats[3];
    for (int32_t i = 0; i < 3; i++) {
        int64_t *const own = ids + (i ? MOST : 0);
        size_t *const ends = offsets + (i ? SOME + 1 : 0);
        assert_int_equal(make_vocab(&vocabs[i], i + 1), 0);
        for (size_t at = 0; at < SOME; at += SOME / (size_t)(i + 1))
            assert_int_equal(siamese_vocab_add(vocabs[i], texts.texts + at,
                                               SOME / (size_t)(i + 1)),
                             0);
        assert_int_equal(siamese_vocab_finish(vocabs[i]), 0);
        memset(own, 0, MOST * sizeof *own);
        assert_int_equal(siamese_vocab_tokenize(vocabs[i], texts.texts, SOME,
                                                own, MOST, ends, NULL),
                         0);
        stats[i].struct_size = sizeof *stats;
        assert_int_equal(
            siamese_vocab_measure(vocabs[i], texts.texts, SOME, &stats[i]), 0);
        assert_memory_equal(&stats[i], &stats[0], sizeof *stats);
        assert_int_equal(siamese_vocab_get_stats(vocabs[i], &stats[i]), 0);
        assert_memory_equal(&stats[i], &stats[0], sizeof *stats);
        if (i == 0) continue;
        assert_same_table(vocabs[i], vocabs[0]);
        assert_memory_equal(ids, ids + MOST, MOST * sizeof *ids);
        assert_memory_equal(offsets, offsets + SOME + 1,
                            (SOME + 1) * sizeof *offsets);
    }
    for (size_t i = 0; i < 3; i++) siamese_vocab_free(vocabs[i]);
    free(ids);
    free(offsets);
    corpus_free(texts);
}

static void test_vocab__is_the_same_in_every_mode(void **state)
{
    (void)state;
    for (size_t i = 0; i < MODES; i++) {
        mode = all_modes[i];
        run_same_in_mode();
    }
    mode = keras;
}

/* Threads share one list of scratches and stemmers. */
static void *stem_often(void *argument)
{
    reader *const self = argument;
    size_t offsets[2];
    int64_t ids[400];
    for (size_t i = 0; i < 2000; i++)
        if (siamese_vocab_tokenize(self->vocab, self->texts.texts + i, 1, ids,
                                   400, offsets, NULL) != 0 ||
            ids[0] != self->expected[i])
            self->failed = 1;
    return NULL;
}

static void test_vocab__lends_stemmers_to_threads(void **state)
{
    enum { THREADS = 4, SOME = 2000 };
    corpus texts = corpus_make(SOME);
    siamese_vocab *vocab;
    pthread_t threads[THREADS];
    reader readers[THREADS];
    int64_t *const first = malloc(SOME * sizeof *first), ids[400];
    size_t offsets[2];
    (void)state;
    mode = hashed;
    assert_int_equal(make_vocab(&vocab, 1), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    for (size_t i = 0; i < SOME; i++) {
        assert_int_equal(siamese_vocab_tokenize(vocab, texts.texts + i, 1, ids,
                                                400, offsets, NULL),
                         0);
        first[i] = ids[0];
    }
    for (size_t i = 0; i < THREADS; i++) {
        readers[i] = (reader){vocab, texts, first, 0};
        assert_int_equal(
            pthread_create(&threads[i], NULL, stem_often, &readers[i]), 0);
    }
    for (size_t i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(readers[i].failed);
    }
    siamese_vocab_free(vocab);
    free(first);
    corpus_free(texts);
    mode = keras;
}

/* ---- an allocator that counts, and fails at its n-th call ---- */

typedef struct meter {
    atomic_long live;
    atomic_long left; /* allocations that succeed; < 0: all */
    atomic_long calls;
} meter;

static int may_allocate(meter *m)
{
    atomic_fetch_add(&m->calls, 1);
    long left = atomic_load(&m->left);
    if (left < 0) return 1;
    while (left > 0)
        if (atomic_compare_exchange_weak(&m->left, &left, left - 1)) return 1;
    return 0;
}

static void *allocate(void *user, size_t size)
{
    meter *const m = user;
    void *const pointer = may_allocate(m) ? malloc(size) : NULL;
    if (pointer) atomic_fetch_add(&m->live, 1);
    return pointer;
}

static void *reallocate(void *user, void *pointer, size_t size)
{
    return may_allocate(user) ? realloc(pointer, size) : NULL;
}

static void deallocate(void *user, void *pointer)
{
    meter *const m = user;
    atomic_fetch_sub(&m->live, 1);
    free(pointer);
}

static meter the_meter;

static int install(void **state)
{
    siamese_allocator const hooks = {sizeof hooks, &the_meter, allocate,
                                     reallocate, deallocate};
    *state = &the_meter;
    atomic_store(&the_meter.left, -1);
    return siamese_set_allocator(&hooks);
}

static int restore(void **state)
{
    (void)state;
    return siamese_set_allocator(NULL);
}

static siamese_vocab *finished(corpus texts, size_t count)
{
    siamese_vocab *vocab;
    assert_int_equal(make_vocab(&vocab, 1), 0);
    assert_int_equal(siamese_vocab_add(vocab, texts.texts, count), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

/* Whatever allocation fails, the next call finds the vocabulary as it was. */
static void run_add_failing(meter *m, int32_t threads)
{
    enum { FIRST = 700, ALL = 2100 };
    long const each = is_slow_machine() ? 12 : 40;
    corpus texts = corpus_make(ALL);
    siamese_vocab *const first = finished(texts, FIRST);
    siamese_vocab *const all = finished(texts, ALL);
    int done = 0;
    long failures = 0;
    for (long n = 0; !done; n++) {
        siamese_vocab *vocab;
        assert_int_equal(make_vocab(&vocab, threads), 0);
        assert_int_equal(siamese_vocab_add(vocab, texts.texts, FIRST), 0);
        atomic_store(&m->left, n);
        siamese_status const status =
            siamese_vocab_add(vocab, texts.texts + FIRST, ALL - FIRST);
        done = status == 0;
        if (!done) {
            failures++;
            assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_int_equal(siamese_vocab_finish(vocab), SIAMESE_E_MEMORY);
        }
        atomic_store(&m->left, -1);
        if (n > each && !done) n += 5 * n / each; /* the later are alike */
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        assert_same_table(vocab, done ? all : first);
        siamese_vocab_free(vocab);
    }
    siamese_vocab_free(first);
    siamese_vocab_free(all);
    if (mode == keras) assert_true(failures > 10);
    assert_int_equal(atomic_load(&m->live), 0);
    corpus_free(texts);
}

static void test_memory__failing_add_changes_nothing(void **state)
{
    run_add_failing(*state, 1);
    run_add_failing(*state, 2);
    for (size_t i = 1; i < MODES; i++) {
        mode = all_modes[i];
        run_add_failing(*state, 1);
    }
    mode = keras;
}

/* What needs scratch says so when there is none, and goes on after. */
static void test_memory__failing_to_tokenise_is_said(void **state)
{
    meter *const m = *state;
    siamese_text const text = {"Running caf\xc3\xa9s, 60watt lamps", 29};
    for (size_t i = 1; i < MODES; i++) {
        siamese_vocab_stats stats = {.struct_size = sizeof stats};
        float row[64];
        int done = 0;
        mode = all_modes[i];
        for (long n = 0; !done; n++) {
            siamese_vocab *vocab;
            int64_t ids[400];
            size_t offsets[2];
            atomic_store(&m->left, -1);
            assert_int_equal(make_vocab(&vocab, 1), 0);
            if (mode != hashed)
                assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
            assert_int_equal(siamese_vocab_finish(vocab), 0);
            atomic_store(&m->left, n);
            siamese_status status = siamese_vocab_tokenize(vocab, &text, 1, ids,
                                                           400, offsets, NULL);
            if (status == 0)
                status = siamese_vocab_measure(vocab, &text, 1, &stats);
            if (status == 0 && mode == weighted)
                status = siamese_vocab_encode(vocab, &text, 1, row, 64);
            atomic_store(&m->left, -1);
            done = status == 0;
            if (!done) assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_int_equal(siamese_vocab_tokenize(vocab, &text, 1, ids, 400,
                                                    offsets, NULL),
                             0);
            siamese_vocab_free(vocab);
        }
    }
    mode = keras;
    assert_int_equal(atomic_load(&m->live), 0);
}

static void test_memory__failing_create_finish_set_tokens(void **state)
{
    static const siamese_text tokens[] = {{"", 0}, {"[UNK]", 5}, {"a", 1}};
    meter *const m = *state;
    siamese_text const text = {"b a considerably-longer-token", 29};
    for (int kind = 0; kind < 2; kind++) {
        int done = 0;
        for (long n = 0; !done; n++) {
            siamese_vocab *vocab = NULL;
            atomic_store(&m->left, n);
            siamese_status status = make_vocab(&vocab, 1);
            if (status == 0 && kind == 0)
                status = siamese_vocab_set_tokens(vocab, tokens, 3);
            if (status == 0 && kind == 1)
                status = siamese_vocab_add(vocab, &text, 1);
            if (status == 0 && kind == 1) status = siamese_vocab_finish(vocab);
            atomic_store(&m->left, -1);
            done = status == 0;
            if (!done) assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_int_equal(siamese_vocab_size(vocab), !done  ? 0
                                                        : kind ? 5
                                                               : 3);
            siamese_vocab_free(vocab);
            assert_int_equal(atomic_load(&m->live), 0);
        }
    }
}

/* Once each thread has its scratch. */
static void run_tokenising_takes_none(meter *m)
{
    corpus texts = corpus_make(TEXTS);
    siamese_vocab *vocab;
    int64_t *const ids = malloc(TEXTS * WORDS * sizeof *ids);
    size_t *const offsets = malloc((TEXTS + 1) * sizeof *offsets);
    assert_int_equal(make_vocab(&vocab, 2), 0);
    assert_int_equal(siamese_vocab_add(vocab, texts.texts, TEXTS), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    size_t needed;
    siamese_vocab_tokenize(vocab, texts.texts, TEXTS, NULL, 0, offsets,
                           &needed);
    int64_t *const room = realloc(ids, (needed + 1) * sizeof *ids);
    long calls = -1;
    for (int warm = 0; warm < 20 && calls; warm++) {
        long const before = atomic_load(&m->calls);
        assert_int_equal(siamese_vocab_tokenize(vocab, texts.texts, TEXTS, room,
                                                needed, offsets, NULL),
                         0);
        calls = atomic_load(&m->calls) - before;
        if (mode == keras) assert_int_equal(calls, 0);
    }
    assert_int_equal(calls, 0);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_E_STATE);
    siamese_vocab_free(vocab);
    assert_int_equal(atomic_load(&m->live), 0);
    free(room);
    free(offsets);
    corpus_free(texts);
}

static void test_memory__tokenising_takes_none(void **state)
{
    for (size_t i = 0; i < MODES; i++) {
        mode = all_modes[i];
        run_tokenising_takes_none(*state);
    }
    mode = keras;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_vocab__is_the_same_for_any_threads_and_order),
        cmocka_unit_test(test_vocab__serves_many_threads_at_once),
        cmocka_unit_test(test_vocab__is_the_same_in_every_mode),
        cmocka_unit_test(test_vocab__lends_stemmers_to_threads),
        cmocka_unit_test_setup_teardown(
            test_memory__failing_to_tokenise_is_said, install, restore),
        cmocka_unit_test_setup_teardown(
            test_memory__failing_add_changes_nothing, install, restore),
        cmocka_unit_test_setup_teardown(
            test_memory__failing_create_finish_set_tokens, install, restore),
        cmocka_unit_test_setup_teardown(test_memory__tokenising_takes_none,
                                        install, restore),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
