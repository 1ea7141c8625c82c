/* A tower with matmul_precision: its vectors are near those of floats and have
 * the same bits in any batch, with any number of threads, from a file and in a
 * copy; an auto tower is asked anew wherever it is made. Which bits a product
 * has at each kernel level, test_products.c says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <math.h>

#include "api/checkpoint_parts.h"
#include "tower_host.h"

enum { WORDS = 300, LENGTH = 40, TEXTS = 150, WIDTH = 32, DIM_MOST = 64 };
enum { ENCODERS = 6 };

/* Those of bfloat16. */
enum {
    FIRST = SIAMESE_MATMUL_PRECISION_BFLOAT16,
    LAST = SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16
};

static siamese_vocab *vocab;
static host_texts texts;

static int setup(void **state)
{
    (void)state;
    vocab = host_vocab(WORDS, 0, LENGTH);
    texts = host_make_texts(TEXTS, WORDS, LENGTH + 2, 5);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    siamese_vocab_free(vocab);
    host_free_texts(texts);
    return 0;
}

/* ---- towers as wide as tiles ---- */

static siamese_tower_options options_of(size_t which, int32_t precision)
{
    static const struct {
        int32_t encoder, mask_zero;
        size_t layers, hidden;
    } kinds[ENCODERS] = {{SIAMESE_ENCODER_LSTM, 0, 1, 0},
                         {SIAMESE_ENCODER_LSTM, 1, 2, 0},
                         {SIAMESE_ENCODER_GRU, 0, 2, 0},
                         {SIAMESE_ENCODER_GRU, 1, 1, 0},
                         {SIAMESE_ENCODER_TRANSFORMER, 0, 2, 0},
                         {SIAMESE_ENCODER_BAG, 1, 1, DIM_MOST}};
    siamese_tower_options options;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.encoder = kinds[which].encoder;
    options.mask_zero = kinds[which].mask_zero;
    options.layers = kinds[which].layers;
    options.hidden = kinds[which].hidden;
    options.project = options.hidden ? WIDTH : 0;
    options.embedding_dim = WIDTH;
    options.units = WIDTH;
    options.heads = 1;
    options.feed_forward = DIM_MOST;
    options.threads = 1;
    options.matmul_precision = precision;
    return options;
}

static siamese_tower *tower_with(const siamese_tower_options *options)
{
    siamese_tower *tower;
    ok(siamese_tower_create(&tower, options));
    ok(siamese_tower_add_field(tower, "text", vocab, NULL));
    return tower;
}

static siamese_tower *tower_of(size_t which, int32_t precision)
{
    siamese_tower_options const options = options_of(which, precision);
    return tower_with(&options);
}

static int32_t precision_of(const siamese_tower *tower)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    ok(siamese_tower_get_options(tower, &options));
    return options.matmul_precision;
}

static void encode(const siamese_tower *tower, size_t first, size_t count,
                   float *vectors)
{
    ok(siamese_tower_encode(tower, texts.texts + first, count, 1, vectors,
                            count * siamese_tower_dim(tower)));
}

/* All texts at once; the size of their vectors. */
static size_t encode_all(const siamese_tower *tower, float *vectors)
{
    encode(tower, 0, TEXTS, vectors);
    return TEXTS * siamese_tower_dim(tower) * sizeof *vectors;
}

/* ---- what they compute ---- */

/* |a - b| / |a| */
static double apart(const float *a, const float *b, size_t count)
{
    double length = 0, distance = 0;
    for (size_t i = 0; i < count; i++) {
        length += (double)a[i] * a[i];
        distance += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    }
    return sqrt(distance / length);
}

static void precision__vectors_are_near_those_of_floats(void **state)
{
    static float of_floats[TEXTS * DIM_MOST], near[TEXTS * DIM_MOST];
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++) {
        siamese_tower *const exact =
            tower_of(e, SIAMESE_MATMUL_PRECISION_FLOAT32);
        size_t const count = encode_all(exact, of_floats) / sizeof(float);
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_tower *const tower = tower_of(e, precision);
            encode_all(tower, near);
            double const distance = apart(of_floats, near, count);
            assert_true(distance > 0);
            assert_true(distance < 0.01);
            siamese_tower_free(tower);
        }
        siamese_tower_free(exact);
    }
}

static void precision__a_vector_does_not_depend_on_its_batch(void **state)
{
    static float all[TEXTS * DIM_MOST], alone[DIM_MOST], two[TEXTS * DIM_MOST];
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST; precision <= LAST; precision++) {
            siamese_tower_options options = options_of(e, precision);
            siamese_tower *const tower = tower_with(&options);
            size_t const size = encode_all(tower, all);
            size_t const dim = siamese_tower_dim(tower);
            for (size_t i = 0; i < TEXTS; i += 7) {
                encode(tower, i, 1, alone);
                assert_memory_equal(alone, all + i * dim, dim * sizeof *alone);
            }
            options.threads = 2;
            siamese_tower *const other = tower_with(&options);
            encode_all(other, two);
            assert_memory_equal(two, all, size);
            siamese_tower_free(other);
            siamese_tower_free(tower);
        }
}

/* New weights are packed anew. */
static void precision__follows_its_parameters(void **state)
{
    static float a[TEXTS * DIM_MOST], b[TEXTS * DIM_MOST];
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++) {
        siamese_tower *const tower = tower_of(e, FIRST);
        siamese_tower *const other = tower_of(e, FIRST);
        size_t const size = encode_all(tower, a);
        host_weights(tower, 9);
        host_weights(other, 9);
        encode_all(other, b);
        assert_memory_not_equal(a, b, size);
        encode_all(tower, a);
        assert_memory_equal(a, b, size);
        siamese_tower_free(tower);
        siamese_tower_free(other);
    }
}

/* ---- files and copies ---- */

static siamese_tower *reloaded(siamese_tower *tower)
{
    siamese_bundle *bundle;
    siamese_tower *loaded;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_query_tower(bundle, tower));
    image file = write_bundle(bundle);
    siamese_bundle_free(bundle);
    bundle = load_image(&file);
    ok(siamese_bundle_get_query_tower(bundle, &loaded));
    siamese_bundle_free(bundle);
    free(file.bytes);
    return loaded;
}

static void assert_twin(const siamese_tower *a, siamese_tower *b)
{
    static float of_a[TEXTS * DIM_MOST], of_b[TEXTS * DIM_MOST];
    size_t const size = encode_all(a, of_a);
    assert_int_equal(precision_of(a), precision_of(b));
    encode_all(b, of_b);
    assert_memory_equal(of_a, of_b, size);
    siamese_tower_free(b);
}

static void precision__is_kept_by_files_and_copies(void **state)
{
    (void)state;
    for (size_t e = 0; e < ENCODERS; e++)
        for (int32_t precision = FIRST;
             precision <= SIAMESE_MATMUL_PRECISION_AUTO; precision++) {
            siamese_tower *const tower = tower_of(e, precision), *copy;
            assert_twin(tower, reloaded(tower));
            ok(siamese_tower_quantize(&copy, tower, SIAMESE_PRECISION_FLOAT32));
            assert_twin(tower, copy);
            siamese_tower_free(tower);
        }
}

/* Training is by the trainer's own option; what it hands out encodes by the
 * tower's. */
static void precision__is_that_of_a_trainers_snapshots(void **state)
{
    static float a[TEXTS * DIM_MOST], b[TEXTS * DIM_MOST];
    siamese_tower *const tower = tower_of(0, FIRST), *snapshot;
    siamese_trainer *const trainer = make_trainer(tower, tower);
    (void)state;
    ok(siamese_trainer_snapshot(trainer, &snapshot, NULL));
    assert_int_equal(precision_of(snapshot), FIRST);
    size_t const size = encode_all(tower, a);
    encode_all(snapshot, b);
    assert_memory_equal(a, b, size);
    siamese_tower_free(snapshot);
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
}

/* ---- the choice ---- */

/* Which bits they are depends on the processor, so the option stays as it was
 * given. */
static void precision__auto_is_one_of_the_others(void **state)
{
    static float chosen[TEXTS * DIM_MOST], named[TEXTS * DIM_MOST];
    siamese_tower *const tower = tower_of(0, SIAMESE_MATMUL_PRECISION_AUTO);
    size_t const size = encode_all(tower, chosen);
    int same = 0;
    (void)state;
    assert_int_equal(precision_of(tower), SIAMESE_MATMUL_PRECISION_AUTO);
    for (int32_t precision = 0; precision <= LAST; precision++) {
        siamese_tower *const other = tower_of(0, precision);
        encode_all(other, named);
        same += memcmp(chosen, named, size) == 0;
        siamese_tower_free(other);
    }
    assert_int_equal(same, 1);
    siamese_tower_free(tower);
}

/* By floats of any processor nothing else is as fast. */
static void precision__auto_is_of_floats_at_the_portable_level(void **state)
{
    static float chosen[TEXTS * DIM_MOST], of_floats[TEXTS * DIM_MOST];
    siamese_tower_options options =
        options_of(0, SIAMESE_MATMUL_PRECISION_AUTO);
    (void)state;
    options.kernel = SIAMESE_KERNEL_PORTABLE;
    siamese_tower *const tower = tower_with(&options);
    options.matmul_precision = SIAMESE_MATMUL_PRECISION_FLOAT32;
    siamese_tower *const other = tower_with(&options);
    size_t const size = encode_all(tower, chosen);
    encode_all(other, of_floats);
    assert_memory_equal(chosen, of_floats, size);
    siamese_tower_free(tower);
    siamese_tower_free(other);
}

static void precision__bad_values_name_the_good_ones(void **state)
{
    siamese_tower_options options = options_of(0, LAST + 2);
    siamese_tower *tower = NULL;
    (void)state;
    assert_int_equal(siamese_tower_create(&tower, &options), SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "matmul_precision"));
    assert_null(tower);
    assert_int_equal(
        siamese_tower_options_set(&options, "matmul_precision", "float16"),
        SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(),
                           "float32 | bfloat16 | amx_bfloat16 | auto"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precision__vectors_are_near_those_of_floats),
        cmocka_unit_test(precision__a_vector_does_not_depend_on_its_batch),
        cmocka_unit_test(precision__follows_its_parameters),
        cmocka_unit_test(precision__is_kept_by_files_and_copies),
        cmocka_unit_test(precision__is_that_of_a_trainers_snapshots),
        cmocka_unit_test(precision__auto_is_one_of_the_others),
        cmocka_unit_test(precision__auto_is_of_floats_at_the_portable_level),
        cmocka_unit_test(precision__bad_values_name_the_good_ones),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
