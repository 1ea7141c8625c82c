/* Hosts whose threads round otherwise, or take small numbers for 0: numbers in
 * texts are the same, and results the same for any number of threads. */
#include <fenv.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <cmocka.h>
#include <siamese/siamese.h>

#include "small_pairs.h"

enum { MODES = 5, DIM = 16 };

/* Of this thread, until the next: four roundings, and flushing. */
static void set_mode(int mode)
{
    static const int roundings[] = {FE_TONEAREST, FE_UPWARD, FE_DOWNWARD,
                                    FE_TOWARDZERO, FE_TONEAREST};
    fesetenv(FE_DFL_ENV);
    fesetround(roundings[mode]);
#if defined(__x86_64__)
    if (mode == 4) _mm_setcsr(_mm_getcsr() | 0x8040);
#endif
}

static void test_rounding__changes_no_option(void **state)
{
    (void)state;
    for (int mode = 0; mode < MODES; mode++) {
        siamese_trainer_options o, again;
        char text[64];
        set_mode(mode);
        assert_int_equal(siamese_trainer_options_init(&o, sizeof o), 0);
        siamese_status const first =
            siamese_trainer_options_set(&o, "learning_rate", "0.0007");
        siamese_status const second =
            siamese_trainer_options_set(&o, "temperature", "0.3");
        siamese_status const third = siamese_trainer_options_get(
            &o, "learning_rate", text, sizeof text, NULL);
        set_mode(0);
        assert_int_equal(first | second | third, 0);
        assert_true(o.learning_rate == 0.0007);
        assert_true(o.temperature == 0.3);
        assert_string_equal(text, "0.0007");
        /* the defaults are texts too */
        assert_int_equal(siamese_trainer_options_init(&again, sizeof again), 0);
        again.learning_rate = 0.0007;
        again.temperature = 0.3;
        assert_memory_equal(&again, &o, sizeof o);
    }
}

/* Its threads were started under mode 0. */
static void train(const small_pairs *s, int mode, int32_t threads,
                  siamese_trainer **out)
{
    siamese_trainer_options o = small_options(threads);
    o.max_steps = 12;
    siamese_trainer *const trainer = small_trainer(s, &o, 1);
    size_t const rows[] = {0, 1, 2, 3, 4, 5, 6, 7};
    assert_int_equal(siamese_trainer_step(trainer, rows, 8, NULL), 0);
    set_mode(mode);
    siamese_status const status = siamese_trainer_fit(trainer, NULL, NULL);
    set_mode(0);
    assert_int_equal(status, 0);
    *out = trainer;
}

static void test_rounding__is_that_of_the_caller_on_all_threads(void **state)
{
    small_pairs s;
    siamese_trainer *one, *four;
    (void)state;
    small_pairs_create(&s);
    for (int mode = 0; mode < MODES; mode++) {
        train(&s, mode, 1, &one);
        train(&s, mode, 4, &four);
        assert_same_weights(one, four);
        siamese_trainer_free(one);
        siamese_trainer_free(four);
    }
    small_pairs_free(&s);
}

static void search(int mode, int32_t threads, int64_t ids[SMALL_PAIRS],
                   float scores[SMALL_PAIRS])
{
    static float vectors[SMALL_PAIRS * DIM];
    static int64_t numbers[SMALL_PAIRS];
    siamese_index *index = NULL;
    siamese_index_options o;
    for (size_t i = 0; i < SMALL_PAIRS * DIM; i++)
        vectors[i] = (float)(i * i % 1009) / 977.0f - 0.5f;
    for (size_t i = 0; i < SMALL_PAIRS; i++) numbers[i] = (int64_t)i;
    assert_int_equal(siamese_index_options_init(&o, sizeof o), 0);
    o.threads = threads;
    assert_int_equal(siamese_index_create(&index, DIM, &o), 0);
    set_mode(mode);
    siamese_status const trained =
        siamese_index_train(index, vectors, SMALL_PAIRS);
    siamese_status const added =
        siamese_index_add(index, numbers, vectors, SMALL_PAIRS);
    siamese_status const found = siamese_index_search(
        index, vectors, SMALL_PAIRS, 1, NULL, ids, scores, SMALL_PAIRS, NULL);
    set_mode(0);
    assert_int_equal(trained | added | found, 0);
    siamese_index_free(index);
}

static void test_rounding__of_searches_is_the_same_on_all_threads(void **state)
{
    static int64_t ids[2][SMALL_PAIRS];
    static float scores[2][SMALL_PAIRS];
    (void)state;
    for (int mode = 0; mode < MODES; mode++) {
        search(mode, 1, ids[0], scores[0]);
        search(mode, 4, ids[1], scores[1]);
        assert_memory_equal(ids[0], ids[1], sizeof ids[0]);
        assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    }
}

/* A file holds the same under every mode, its packed tables and numbers too. */
typedef struct memory_file {
    char bytes[1 << 20];
    size_t size;
} memory_file;

static int32_t keep(void *user, const void *bytes, size_t size)
{
    memory_file *const file = user;
    if (file->size + size > sizeof file->bytes) return 1;
    memcpy(file->bytes + file->size, bytes, size);
    file->size += size;
    return 0;
}

static void test_rounding__changes_no_file(void **state)
{
    static memory_file files[MODES];
    small_pairs s;
    siamese_tower *packed = NULL;
    (void)state;
    small_pairs_create(&s);
    siamese_tower *const tower = small_tower(&s, 3);
    assert_int_equal(siamese_tower_quantize(&packed, tower, 2), 0);
    for (int mode = 0; mode < MODES; mode++) {
        siamese_bundle *bundle = NULL, *loaded = NULL;
        set_mode(mode);
        siamese_status status = siamese_bundle_create(&bundle);
        status |= siamese_bundle_set_query_tower(bundle, packed);
        status |= siamese_checkpoint_write(keep, &files[mode], bundle, NULL);
        status |= siamese_checkpoint_load_memory(&loaded, files[0].bytes,
                                                 files[0].size, NULL);
        siamese_bundle_free(bundle);
        set_mode(0);
        assert_int_equal(status, 0);
        assert_int_equal(files[mode].size, files[0].size);
        assert_memory_equal(files[mode].bytes, files[0].bytes, files[0].size);
        siamese_bundle_free(loaded);
    }
    siamese_tower_free(packed);
    siamese_tower_free(tower);
    small_pairs_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rounding__changes_no_option),
        cmocka_unit_test(test_rounding__is_that_of_the_caller_on_all_threads),
        cmocka_unit_test(test_rounding__of_searches_is_the_same_on_all_threads),
        cmocka_unit_test(test_rounding__changes_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
