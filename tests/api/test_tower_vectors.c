/* A text's vector is the same bits alone, in any batch, at any place, for any
 * number of threads and callers, at each kernel level. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "slow_machine.h"
#include "tower_host.h"

enum { TEXTS = 700, WORDS = 60 };

static const struct {
    size_t embedding_dim, units, length;
} shapes[] = {{8, 8, 15}, {5, 11, 7}, {20, 40, 5}, {3, 1, 1}};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

static host_texts corpus;

static int set_up(void **state)
{
    (void)state;
    corpus = host_make_texts(TEXTS, WORDS, 18, 3);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    host_free_texts(corpus);
    return 0;
}

static siamese_tower *make_tower(size_t shape, int32_t threads, int32_t level)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, shapes[shape].length);
    siamese_tower *const tower =
        host_tower(vocab, shapes[shape].embedding_dim, shapes[shape].units,
                   threads, level);
    host_weights(tower, 42 + shape);
    siamese_vocab_free(vocab);
    return tower;
}

/* The next level above *level that a tower can be made for; 0 if there is
 * none. A processor's levels need not stand side by side. */
static int next_level(int32_t *level)
{
    while (++*level <= SIAMESE_KERNEL_NEON) {
        siamese_tower_options o;
        siamese_tower *tower = NULL;
        siamese_tower_options_init(&o, sizeof o);
        o.kernel = *level;
        int const made = siamese_tower_create(&tower, &o) == 0;
        if (!made) assert_null(tower);
        siamese_tower_free(tower);
        if (made) return 1;
    }
    return 0;
}

/* Vectors of texts first .. first + count - 1, checked against `alone`. */
static void check_batch(const siamese_tower *tower, const float *alone,
                        size_t first, size_t count)
{
    size_t const dim = siamese_tower_dim(tower);
    float *const out = malloc((count * dim + 1) * sizeof *out);
    out[count * dim] = 77;
    assert_int_equal(siamese_tower_encode(tower, corpus.texts + first, count, 1,
                                          out, count * dim),
                     0);
    assert_memory_equal(out, alone + first * dim, count * dim * sizeof *out);
    assert_true(out[count * dim] == 77);
    free(out);
}

static float *encode_alone(const siamese_tower *tower)
{
    size_t const dim = siamese_tower_dim(tower);
    float *const alone = malloc(TEXTS * dim * sizeof *alone);
    for (size_t i = 0; i < TEXTS; i++)
        assert_int_equal(siamese_tower_encode(tower, corpus.texts + i, 1, 1,
                                              alone + i * dim, dim),
                         0);
    return alone;
}

static void test_encode__has_the_same_bits_in_any_batch(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    static const size_t sizes[] = {2, 63, 64, 65, 255, 256, 257, 512, 513};
    (void)state;
    for (int32_t level = 0; next_level(&level);)
        for (size_t shape = 0; shape < SHAPES; shape++) {
            float *alone = NULL;
            for (size_t t = 0; t < (is_slow_machine() ? 2 : 3); t++) {
                siamese_tower *const tower =
                    make_tower(shape, threads[t], level);
                if (t == 0) alone = encode_alone(tower);
                check_batch(tower, alone, 0, TEXTS);
                for (size_t s = 0; s < 9; s += is_slow_machine() ? 3 : 1)
                    check_batch(tower, alone, (s * 37 + t * 11) % 180,
                                sizes[s]);
                siamese_tower_free(tower);
            }
            free(alone);
        }
}

/* All orders: the batch reversed, and one text among copies of another. */
static void test_encode__has_the_same_bits_at_any_place(void **state)
{
    siamese_tower *const tower = make_tower(1, 2, SIAMESE_KERNEL_AUTO);
    size_t const dim = siamese_tower_dim(tower);
    float *const alone = encode_alone(tower);
    float *const out = malloc(TEXTS * dim * sizeof *out);
    siamese_text *const texts = malloc(TEXTS * sizeof *texts);
    (void)state;
    for (size_t i = 0; i < TEXTS; i++) texts[i] = corpus.texts[TEXTS - 1 - i];
    assert_int_equal(
        siamese_tower_encode(tower, texts, TEXTS, 1, out, TEXTS * dim), 0);
    for (size_t i = 0; i < TEXTS; i++)
        assert_memory_equal(out + i * dim, alone + (TEXTS - 1 - i) * dim,
                            dim * sizeof *out);
    for (size_t place = 0; place < 70; place += is_slow_machine() ? 7 : 1) {
        for (size_t i = 0; i < 70; i++) texts[i] = corpus.texts[5];
        texts[place] = corpus.texts[6];
        assert_int_equal(
            siamese_tower_encode(tower, texts, 70, 1, out, 70 * dim), 0);
        for (size_t i = 0; i < 70; i++)
            assert_memory_equal(out + i * dim,
                                alone + (i == place ? 6 : 5) * dim,
                                dim * sizeof *out);
    }
    free(texts);
    free(out);
    free(alone);
    siamese_tower_free(tower);
}

static void test_encode__levels_agree_within_rounding(void **state)
{
    (void)state;
    for (size_t shape = 0; shape < SHAPES; shape++) {
        float *first = NULL;
        for (int32_t level = 0; next_level(&level);) {
            siamese_tower *const tower = make_tower(shape, 1, level);
            float *const alone = encode_alone(tower);
            if (first == NULL) first = alone;
            for (size_t i = 0; i < TEXTS * siamese_tower_dim(tower); i++)
                assert_true(fabsf(alone[i] - first[i]) < 1e-6f);
            if (alone != first) free(alone);
            siamese_tower_free(tower);
        }
        free(first);
    }
}

/* ---- many callers of one tower ---- */

typedef struct caller {
    const siamese_tower *tower;
    const float *alone;
    size_t number;
    int failed;
} caller;

static void *caller_main(void *argument)
{
    caller *const self = argument;
    size_t const dim = siamese_tower_dim(self->tower);
    test_random random = {self->number + 1};
    float *const out = malloc(TEXTS * dim * sizeof *out);
    for (size_t i = 0; i < (is_slow_machine() ? 5 : 25); i++) {
        size_t const first = test_random_below(&random, TEXTS);
        size_t const count = 1 + test_random_below(&random, TEXTS - first);
        if (siamese_tower_encode(self->tower, corpus.texts + first, count, 1,
                                 out, TEXTS * dim) != 0 ||
            memcmp(out, self->alone + first * dim, count * dim * sizeof *out) !=
                0)
            self->failed = 1;
    }
    free(out);
    return NULL;
}

static void test_encode__serves_many_threads_at_once(void **state)
{
    enum { CALLERS = 8 };
    siamese_tower *const tower = make_tower(0, 3, SIAMESE_KERNEL_AUTO);
    float *const alone = encode_alone(tower);
    pthread_t threads[CALLERS];
    caller callers[CALLERS];
    (void)state;
    for (size_t i = 0; i < CALLERS; i++) {
        callers[i] = (caller){tower, alone, i, 0};
        pthread_create(&threads[i], NULL, caller_main, &callers[i]);
    }
    for (size_t i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        assert_false(callers[i].failed);
    }
    free(alone);
    siamese_tower_free(tower);
}

/* ---- texts out of the common ---- */

static void test_encode__of_no_words_is_of_the_empty_text(void **state)
{
    static const char *const blank[] = {"", " ", "\t\r\n\v\f ", ",.!-"};
    siamese_tower *const tower = make_tower(0, 1, SIAMESE_KERNEL_AUTO);
    float vectors[4 * 16];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        siamese_text const text = {blank[i], strlen(blank[i])};
        assert_int_equal(
            siamese_tower_encode(tower, &text, 1, 1, vectors + i * 16, 16), 0);
        assert_memory_equal(vectors, vectors + i * 16, 16 * sizeof(float));
    }
    siamese_tower_free(tower);
}

static void check_equal_vectors(const siamese_tower *tower, siamese_text a,
                                siamese_text b)
{
    float one[16], other[16];
    assert_int_equal(siamese_tower_encode(tower, &a, 1, 1, one, 16), 0);
    assert_int_equal(siamese_tower_encode(tower, &b, 1, 1, other, 16), 0);
    assert_memory_equal(one, other, sizeof one);
}

static void test_encode__reads_the_first_words_of_a_huge_text(void **state)
{
    enum { SIZE = 4 << 20 };
    siamese_tower *const tower = make_tower(0, 2, SIAMESE_KERNEL_AUTO);
    char *const huge = malloc(SIZE);
    (void)state;
    for (size_t i = 0; i < SIZE; i += 4) memcpy(huge + i, "w17 ", 4);
    memcpy(huge, "w5 ", 3);
    check_equal_vectors(tower, (siamese_text){huge, SIZE},
                        (siamese_text){huge, 15 * 4});
    /* one endless word is [UNK] */
    memset(huge, 'x', SIZE);
    check_equal_vectors(tower, (siamese_text){huge, SIZE},
                        (siamese_text){"unheard", 7});
    free(huge);
    siamese_tower_free(tower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_encode__has_the_same_bits_in_any_batch),
        cmocka_unit_test(test_encode__has_the_same_bits_at_any_place),
        cmocka_unit_test(test_encode__levels_agree_within_rounding),
        cmocka_unit_test(test_encode__serves_many_threads_at_once),
        cmocka_unit_test(test_encode__of_no_words_is_of_the_empty_text),
        cmocka_unit_test(test_encode__reads_the_first_words_of_a_huge_text),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
