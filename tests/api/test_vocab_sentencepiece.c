/* Vocabularies of a sentencepiece model; without sentencepiece in the build,
 * the error that says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "random_numbers.h"

enum { TEXTS = 400, MOST = 80 };

static char lines[TEXTS][64];
static siamese_text texts[TEXTS];

static int make_texts(void **state)
{
    static const char *const words[] = {"oak",  "desk",   "lamp",  "cabinet",
                                        "door", "handle", "steel", "screws"};
    uint32_t random = 7;
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) {
        size_t size = 0;
        for (int w = 0; w < 4; w++) {
            size += (size_t)snprintf(lines[i] + size, sizeof lines[i] - size,
                                     "%s%s", w ? " " : "",
                                     words[test_lcg(&random) >> 29]);
        }
        texts[i] = (siamese_text){lines[i], size};
    }
    return 0;
}

/* NULL, and the test is done, if the build has none. */
static siamese_vocab *trained(void)
{
    siamese_vocab_options options;
    siamese_vocab *vocab = NULL;
    siamese_vocab_options_init(&options, sizeof options);
    options.max_tokens = MOST;
    options.sequence_length = 6;
    siamese_status const status =
        siamese_vocab_train_sentencepiece(&vocab, texts, TEXTS, &options);
    if (status == SIAMESE_E_UNSUPPORTED) {
        assert_null(vocab);
        assert_non_null(strstr(siamese_last_error(), "WITH_SENTENCEPIECE"));
        assert_int_equal(
            siamese_vocab_load_sentencepiece(&vocab, "model", 5, NULL),
            SIAMESE_E_UNSUPPORTED);
        return NULL;
    }
    assert_int_equal(status, 0);
    return vocab;
}

static void assert_same_ids(const siamese_vocab *a, const siamese_vocab *b)
{
    static int64_t x[TEXTS * 6], y[TEXTS * 6];
    static size_t x_ends[TEXTS + 1], y_ends[TEXTS + 1];
    assert_int_equal(
        siamese_vocab_tokenize(a, texts, TEXTS, x, TEXTS * 6, x_ends, NULL), 0);
    assert_int_equal(
        siamese_vocab_tokenize(b, texts, TEXTS, y, TEXTS * 6, y_ends, NULL), 0);
    assert_memory_equal(x_ends, y_ends, sizeof x_ends);
    assert_memory_equal(x, y, x_ends[TEXTS] * sizeof *x);
}

/* The pieces of a text are it, with U+2581 for the spaces. */
static void test_sentencepiece__pieces_spell_the_text(void **state)
{
    siamese_vocab_options options = {.struct_size = sizeof options};
    siamese_vocab_stats stats = {.struct_size = sizeof stats};
    siamese_vocab *const vocab = trained();
    (void)state;
    if (vocab == NULL) return;
    siamese_text const text = {"oak door", 8}, strange = {"\xe6\x97\xa5", 3};
    int64_t ids[16], id;
    size_t ends[2], used = 0;
    char spelled[64] = "";
    assert_in_range(siamese_vocab_size(vocab), 20, MOST);
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &text, 1, ids, 16, ends, NULL), 0);
    for (size_t i = 0; i < ends[1]; i++) {
        char piece[32];
        assert_in_range(ids[i], 2, siamese_vocab_size(vocab) - 1);
        assert_int_equal(
            siamese_vocab_token(vocab, ids[i], piece, sizeof piece, NULL), 0);
        assert_int_equal(siamese_vocab_lookup(vocab, piece, strlen(piece), &id),
                         0);
        assert_int_equal(id, ids[i]);
        used += (size_t)snprintf(spelled + used, sizeof spelled - used, "%s",
                                 piece);
    }
    assert_string_equal(spelled, "\xe2\x96\x81oak\xe2\x96\x81"
                                 "door");
    assert_int_equal(
        siamese_vocab_tokenize(vocab, &strange, 1, ids, 16, ends, NULL), 0);
    assert_true(ends[1] > 0);
    assert_int_equal(ids[ends[1] - 1], SIAMESE_ID_UNKNOWN);
    assert_int_equal(siamese_vocab_get_stats(vocab, &stats), 0);
    assert_int_equal(stats.texts, TEXTS);
    assert_int_equal(stats.unknown_tokens, 0);
    assert_int_equal(siamese_vocab_get_options(vocab, &options), 0);
    assert_int_equal(options.sequence_length, 6);
    siamese_vocab_free(vocab);
}

static void test_sentencepiece__training_is_the_same_each_time(void **state)
{
    siamese_vocab *const vocab = trained(), *const again = trained();
    (void)state;
    if (vocab == NULL) return;
    assert_int_equal(siamese_vocab_size(vocab), siamese_vocab_size(again));
    assert_same_ids(vocab, again);
    siamese_vocab_free(vocab);
    siamese_vocab_free(again);
}

static void test_sentencepiece__model_goes_out_and_in(void **state)
{
    siamese_vocab_options options;
    siamese_vocab *const vocab = trained();
    siamese_vocab *loaded = NULL;
    size_t size = 0;
    (void)state;
    if (vocab == NULL) return;
    assert_int_equal(siamese_vocab_get_sentencepiece(vocab, NULL, 0, &size),
                     SIAMESE_E_RANGE);
    char *const model = malloc(size);
    assert_int_equal(siamese_vocab_get_sentencepiece(vocab, model, size, NULL),
                     0);
    siamese_vocab_options_init(&options, sizeof options);
    options.sequence_length = 6;
    assert_int_equal(
        siamese_vocab_load_sentencepiece(&loaded, model, size, &options), 0);
    assert_same_ids(vocab, loaded);
    siamese_vocab_free(loaded);

    loaded = NULL;
    assert_int_equal(
        siamese_vocab_load_sentencepiece(&loaded, model, size / 2, NULL),
        SIAMESE_E_FORMAT);
    assert_int_equal(siamese_vocab_load_sentencepiece(&loaded, "", 0, NULL),
                     SIAMESE_E_FORMAT);
    options.split = SIAMESE_SPLIT_CHARACTER;
    assert_int_equal(
        siamese_vocab_load_sentencepiece(&loaded, model, size, &options),
        SIAMESE_E_OPTION);
    assert_null(loaded);
    siamese_vocab_free(vocab);
    free(model);
}

typedef struct file {
    char bytes[1 << 20];
    size_t size;
} file;

static siamese_status append(void *user, const void *data, size_t size)
{
    file *const to = user;
    if (size > sizeof to->bytes - to->size) return SIAMESE_E_LIMIT;
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return SIAMESE_OK;
}

static void test_sentencepiece__is_kept_by_a_checkpoint(void **state)
{
    static file saved;
    siamese_vocab *const vocab = trained();
    siamese_vocab *loaded;
    siamese_bundle *bundle;
    (void)state;
    if (vocab == NULL) return;
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_vocab(bundle, vocab), 0);
    assert_int_equal(siamese_checkpoint_write(append, &saved, bundle, NULL), 0);
    siamese_bundle_free(bundle);
    assert_int_equal(
        siamese_checkpoint_load_memory(&bundle, saved.bytes, saved.size, NULL),
        0);
    assert_int_equal(siamese_bundle_get_vocab(bundle, &loaded), 0);
    assert_same_ids(vocab, loaded);
    siamese_vocab_free(loaded);
    siamese_bundle_free(bundle);
    siamese_vocab_free(vocab);
}

/* A table of its pieces would read texts otherwise. */
static void test_sentencepiece__does_not_grow(void **state)
{
    siamese_vocab *const vocab = trained(), *grown = NULL;
    (void)state;
    if (vocab == NULL) return;
    assert_int_equal(siamese_vocab_grow(&grown, vocab, vocab, 0),
                     SIAMESE_E_STATE);
    assert_null(grown);
    siamese_vocab_free(vocab);
}

static void test_sentencepiece__others_have_no_model(void **state)
{
    siamese_vocab *vocab;
    size_t size;
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    assert_int_equal(siamese_vocab_get_sentencepiece(vocab, NULL, 0, &size),
                     SIAMESE_E_STATE);
    siamese_vocab_free(vocab);
    assert_int_equal(siamese_vocab_load_sentencepiece(NULL, "a", 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_vocab_load_sentencepiece(&vocab, NULL, 1, NULL),
                     SIAMESE_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sentencepiece__pieces_spell_the_text),
        cmocka_unit_test(test_sentencepiece__training_is_the_same_each_time),
        cmocka_unit_test(test_sentencepiece__model_goes_out_and_in),
        cmocka_unit_test(test_sentencepiece__is_kept_by_a_checkpoint),
        cmocka_unit_test(test_sentencepiece__does_not_grow),
        cmocka_unit_test(test_sentencepiece__others_have_no_model),
    };
    return cmocka_run_group_tests(tests, make_texts, NULL);
}
