/* Towers with packed tables: the vectors are those of the rounded numbers, a
 * trainer hands them out and goes on from them, and files bring them back. */
#include "api/checkpoint_parts.h"

#include <math.h>

static const int32_t packed[] = {SIAMESE_PRECISION_FLOAT16,
                                 SIAMESE_PRECISION_INT8};

/* ---- towers of every encoder ---- */

typedef struct kind {
    int32_t encoder, pooling, mask_zero;
    size_t length; /* of the vocabulary */
} kind;

static const kind kinds[] = {
    {SIAMESE_ENCODER_LSTM, SIAMESE_POOLING_MEAN, 0, 3},
    {SIAMESE_ENCODER_GRU, SIAMESE_POOLING_MEAN, 1, 3},
    {SIAMESE_ENCODER_TRANSFORMER, SIAMESE_POOLING_MEAN, 0, 3},
    {SIAMESE_ENCODER_BAG, SIAMESE_POOLING_MEAN, 1, 0},
    {SIAMESE_ENCODER_BAG, SIAMESE_POOLING_WEIGHTED, 0, 3},
    {SIAMESE_ENCODER_BAG, SIAMESE_POOLING_SUM, 0, 5},
};
enum { KINDS = sizeof kinds / sizeof *kinds, CAPACITY = PART_TEXTS * 64 };

static siamese_tower *tower_of(const kind *k, int32_t table_precision)
{
    siamese_vocab *const vocab = make_vocab(k->length);
    siamese_field_options brand;
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = 12;
    options.units = 6;
    options.encoder = k->encoder;
    options.pooling = k->pooling;
    options.mask_zero = k->mask_zero;
    options.normalize = 1;
    options.threads = 1;
    options.table_precision = table_precision;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    ok(siamese_field_options_init(&brand, sizeof brand));
    brand.kind = SIAMESE_FIELD_ID;
    brand.buckets = 7;
    ok(siamese_tower_add_field(tower, "brand", NULL, &brand));
    siamese_vocab_free(vocab);
    return tower;
}

static siamese_tower *quantized(const siamese_tower *tower, int32_t precision)
{
    siamese_tower_options options = {.struct_size = sizeof options};
    siamese_tower *copy;
    ok(siamese_tower_quantize(&copy, tower, precision));
    ok(siamese_tower_get_options(copy, &options));
    assert_int_equal(options.table_precision, precision);
    return copy;
}

static siamese_parameter_info info_of(const siamese_tower *tower, size_t i)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    ok(siamese_tower_parameter_info(tower, i, &info));
    return info;
}

static float *values_of(const siamese_tower *tower,
                        const siamese_parameter_info *info)
{
    float *const values = malloc(info->count * sizeof *values);
    ok(siamese_tower_parameter_get(tower, info->name, values, info->count,
                                   NULL));
    return values;
}

static int is_table(const siamese_parameter_info *info)
{
    return strcmp(info->name, "embedding") == 0 ||
           strcmp(info->name, "brand_embedding") == 0;
}

static void assert_same(const siamese_tower *a, const siamese_tower *b)
{
    float of_a[CAPACITY], of_b[CAPACITY];
    siamese_text rows[2 * PART_TEXTS];
    size_t const size = PART_TEXTS * siamese_tower_dim(a) * sizeof *of_a;
    for (size_t i = 0; i < PART_TEXTS; i++) {
        rows[2 * i] = part_texts[i];
        rows[2 * i + 1] = part_texts[i % 4];
    }
    ok(siamese_tower_encode(a, rows, PART_TEXTS, 2, of_a, CAPACITY));
    ok(siamese_tower_encode(b, rows, PART_TEXTS, 2, of_b, CAPACITY));
    assert_memory_equal(of_a, of_b, size);
}

/* ---- rounding ---- */

static void check_bounds(const siamese_parameter_info *info, int32_t precision,
                         const float *before, const float *after)
{
    size_t const width = info->shape[1];
    for (size_t i = 0; i < info->count; i++) {
        double most = 0;
        for (size_t j = i / width * width; j < (i / width + 1) * width; j++)
            most = fmax(most, fabs((double)before[j]));
        double const bound = precision == SIAMESE_PRECISION_INT8
                                 ? most / 127 / 2
                                 : fabs((double)before[i]) * 0x1p-11 + 0x1p-25;
        assert_true(fabs((double)after[i] - (double)before[i]) <= bound);
    }
}

static void test_quantize__rounds_the_tables_alone(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t f = 0; f < 2; f++) {
            siamese_tower *const tower = tower_of(&kinds[k], 0);
            siamese_tower *const copy = quantized(tower, packed[f]);
            for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
                siamese_parameter_info const info = info_of(copy, i);
                float *const before = values_of(tower, &info);
                float *const after = values_of(copy, &info);
                assert_int_equal(info_of(tower, i).precision, 0);
                assert_int_equal(info.precision,
                                 is_table(&info) ? packed[f] : 0);
                if (is_table(&info))
                    check_bounds(&info, packed[f], before, after);
                else
                    assert_memory_equal(before, after,
                                        info.count * sizeof *after);
                free(before);
                free(after);
            }
            siamese_tower_free(tower);
            siamese_tower_free(copy);
        }
}

static void test_encode__has_the_bits_of_the_rounded_floats(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t f = 0; f < 2; f++) {
            siamese_tower *const tower = tower_of(&kinds[k], 0);
            siamese_tower *const copy = quantized(tower, packed[f]);
            siamese_tower *const floats =
                quantized(copy, SIAMESE_PRECISION_FLOAT32);
            siamese_tower *const again = quantized(floats, packed[f]);
            assert_same(copy, floats);
            assert_same(copy, again);
            siamese_tower_free(tower);
            siamese_tower_free(copy);
            siamese_tower_free(floats);
            siamese_tower_free(again);
        }
}

static void test_parameters__set_what_was_got_change_nothing(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        siamese_tower *const tower = tower_of(&kinds[3], 0);
        siamese_tower *const copy = quantized(tower, packed[f]);
        siamese_tower *const same = quantized(copy, packed[f]);
        for (size_t i = 0; i < siamese_tower_parameter_count(copy); i++) {
            siamese_parameter_info const info = info_of(copy, i);
            float *const values = values_of(copy, &info);
            ok(siamese_tower_parameter_set(copy, info.name, values,
                                           info.count));
            float *const back = values_of(copy, &info);
            assert_memory_equal(values, back, info.count * sizeof *back);
            free(values);
            free(back);
        }
        assert_same(copy, same);
        siamese_tower_free(tower);
        siamese_tower_free(copy);
        siamese_tower_free(same);
    }
}

static void test_quantize__refuses_what_cannot_be(void **state)
{
    siamese_tower *const tower = tower_of(&kinds[3], 0), *copy = NULL;
    (void)state;
    assert_int_equal(siamese_tower_quantize(NULL, tower, 0),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_quantize(&copy, NULL, 0),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_quantize(&copy, tower, 3),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_quantize(&copy, tower, -1),
                     SIAMESE_E_ARGUMENT);
    assert_null(copy);
    copy = quantized(tower, SIAMESE_PRECISION_INT8);
    siamese_vocab *const vocab = make_vocab(3);
    assert_int_equal(siamese_tower_add_field(copy, "more", vocab, NULL),
                     SIAMESE_E_STATE);
    assert_non_null(strstr(siamese_last_error(), "siamese_tower_quantize"));
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    siamese_tower_free(copy);
}

/* ---- training ---- */

static siamese_trainer *train(const siamese_tower *tower, int steps)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    siamese_text rows[2 * PART_TEXTS];
    for (size_t i = 0; i < PART_TEXTS; i++)
        rows[2 * i] = rows[2 * i + 1] = part_texts[i];
    ok(siamese_trainer_options_init(&options, sizeof options));
    options.metrics = SIAMESE_METRICS_NONE;
    options.threads = 1;
    options.optimizer = SIAMESE_OPTIMIZER_ADAGRAD;
    ok(siamese_trainer_create(&trainer, tower, tower, &options));
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = rows,
                                 .items = rows,
                                 .query_fields = 2,
                                 .item_fields = 2,
                                 .count = PART_TEXTS};
    ok(siamese_trainer_add_pairs(trainer, &pairs));
    step_trainer(trainer, steps);
    return trainer;
}

static siamese_tower *snapshot(const siamese_trainer *trainer)
{
    siamese_tower *tower;
    ok(siamese_trainer_snapshot(trainer, &tower, NULL));
    return tower;
}

/* Trained in float32, whatever the option says; rounded when handed out. */
static void test_trainer__rounds_its_snapshots(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t f = 0; f < 2; f++) {
            siamese_tower *const plain = tower_of(&kinds[k], 0);
            siamese_tower *const asked = tower_of(&kinds[k], packed[f]);
            assert_same(plain, asked);
            siamese_trainer *const a = train(plain, 4);
            siamese_trainer *const b = train(asked, 4);
            for (int round = 0; round < 2; round++) {
                siamese_tower *const floats = snapshot(a);
                siamese_tower *const expected = quantized(floats, packed[f]);
                siamese_tower *const rounded = snapshot(b);
                assert_int_equal(info_of(rounded, 0).precision, packed[f]);
                assert_same(rounded, expected);
                siamese_tower_free(floats);
                siamese_tower_free(expected);
                siamese_tower_free(rounded);
                step_trainer(a, 2);
                step_trainer(b, 2);
            }
            siamese_trainer_free(a);
            siamese_trainer_free(b);
            siamese_tower_free(plain);
            siamese_tower_free(asked);
        }
}

static void test_trainer__goes_on_from_a_packed_tower(void **state)
{
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        siamese_tower *const tower = tower_of(&kinds[3], 0);
        siamese_tower *const copy = quantized(tower, packed[f]);
        siamese_tower *const floats =
            quantized(copy, SIAMESE_PRECISION_FLOAT32);
        siamese_trainer *const a = train(copy, 3), *const b = train(floats, 3);
        siamese_tower *const of_a = snapshot(a), *const of_b = snapshot(b);
        siamese_tower *const expected = quantized(of_b, packed[f]);
        assert_int_equal(info_of(of_a, 0).precision, packed[f]);
        assert_same(of_a, expected);
        siamese_tower_free(tower);
        siamese_tower_free(copy);
        siamese_tower_free(floats);
        siamese_tower_free(of_a);
        siamese_tower_free(of_b);
        siamese_tower_free(expected);
        siamese_trainer_free(a);
        siamese_trainer_free(b);
    }
}

/* ---- files ---- */

static siamese_bundle *bundle_of(siamese_trainer *trainer)
{
    siamese_bundle *bundle;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    return bundle;
}

static siamese_bundle *through_a_file(const siamese_bundle *bundle,
                                      int32_t finished, size_t *size)
{
    siamese_save_options options;
    siamese_bundle *loaded;
    image file = {.writes_left = -1}, again = {.writes_left = -1};
    ok(siamese_save_options_init(&options, sizeof options));
    options.finished = finished;
    ok(siamese_checkpoint_write(image_write, &file, bundle, &options));
    loaded = load_image(&file);
    ok(siamese_checkpoint_write(image_write, &again, loaded, &options));
    assert_int_equal(file.size, again.size);
    assert_memory_equal(file.bytes, again.bytes, file.size);
    *size = file.size;
    free(file.bytes);
    free(again.bytes);
    return loaded;
}

/* What a process that does not train loads of a file to resume. */
static siamese_bundle *load_finished(const siamese_bundle *bundle)
{
    siamese_load_options options;
    siamese_bundle *loaded;
    image file = write_bundle(bundle);
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    options.finished = 1;
    ok(siamese_checkpoint_load_memory(&loaded, file.bytes, file.size,
                                      &options));
    free(file.bytes);
    return loaded;
}

static siamese_tower *query_tower(const siamese_bundle *bundle)
{
    siamese_tower *tower;
    ok(siamese_bundle_get_query_tower(bundle, &tower));
    return tower;
}

static void test_checkpoint__finished_is_the_snapshot(void **state)
{
    (void)state;
    for (int32_t precision = 0; precision < 3; precision++) {
        siamese_tower *const tower = tower_of(&kinds[3], precision);
        siamese_trainer *const trainer = train(tower, 3);
        siamese_bundle *const bundle = bundle_of(trainer);
        siamese_trainer *resumed = NULL;
        size_t whole_size, finished_size;
        siamese_bundle *const whole = through_a_file(bundle, 0, &whole_size);
        siamese_bundle *const finished =
            through_a_file(bundle, 1, &finished_size);
        assert_true(finished_size < whole_size);
        siamese_bundle *const lean = load_finished(bundle);
        siamese_tower *const of_lean = query_tower(lean);
        siamese_tower *const now = snapshot(trainer);
        siamese_tower *const of_whole = query_tower(whole);
        siamese_tower *const of_finished = query_tower(finished);
        assert_same(now, of_whole);
        assert_same(now, of_finished);
        assert_same(now, of_lean);
        assert_int_equal(info_of(of_lean, 0).precision, precision);
        assert_int_equal(siamese_bundle_get_trainer(lean, &resumed),
                         SIAMESE_E_NOT_FOUND);
        siamese_tower_free(of_lean);
        siamese_bundle_free(lean);
        assert_int_equal(info_of(of_finished, 0).precision, precision);
        assert_int_equal(siamese_bundle_get_trainer(finished, &resumed),
                         SIAMESE_E_NOT_FOUND);
        /* the whole goes on exactly */
        ok(siamese_bundle_get_trainer(whole, &resumed));
        siamese_text rows[2 * PART_TEXTS];
        for (size_t i = 0; i < PART_TEXTS; i++)
            rows[2 * i] = rows[2 * i + 1] = part_texts[i];
        siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                     .queries = rows,
                                     .items = rows,
                                     .query_fields = 2,
                                     .item_fields = 2,
                                     .count = PART_TEXTS};
        ok(siamese_trainer_add_pairs(resumed, &pairs));
        step_trainer(resumed, 5);
        step_trainer(trainer, 5);
        siamese_bundle *const again = bundle_of(resumed);
        image a = write_bundle(again), b = write_bundle(bundle);
        assert_int_equal(a.size, b.size);
        assert_memory_equal(a.bytes, b.bytes, a.size);
        free(a.bytes);
        free(b.bytes);
        siamese_tower_free(tower);
        siamese_tower_free(now);
        siamese_tower_free(of_whole);
        siamese_tower_free(of_finished);
        siamese_bundle_free(again);
        siamese_bundle_free(bundle);
        siamese_bundle_free(whole);
        siamese_bundle_free(finished);
        siamese_trainer_free(trainer);
        siamese_trainer_free(resumed);
    }
}

/* Its table has a row for each of max_tokens, and one more. */
static siamese_tower *large_tower(size_t dim)
{
    siamese_vocab_options v;
    siamese_tower_options t;
    siamese_vocab *vocab;
    siamese_tower *tower;
    ok(siamese_vocab_options_init(&v, sizeof v));
    v.max_tokens = 20000;
    v.sequence_length = 3;
    ok(siamese_vocab_create(&vocab, &v));
    ok(siamese_vocab_add(vocab, part_texts, PART_TEXTS));
    ok(siamese_vocab_finish(vocab));
    ok(siamese_tower_options_init(&t, sizeof t));
    t.embedding_dim = dim;
    t.encoder = SIAMESE_ENCODER_BAG;
    t.threads = 1;
    ok(siamese_tower_create(&tower, &t));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    siamese_vocab_free(vocab);
    return tower;
}

static void test_load__takes_the_packed_size(void **state)
{
    enum { DIM = 64 };
    static const size_t bytes[] = {4 * DIM, 2 * DIM, DIM + 4}; /* of a row */
    (void)state;
    use_scarce_memory();
    for (int32_t precision = 0; precision < 3; precision++) {
        siamese_tower *const tower = large_tower(DIM);
        siamese_tower *const copy = quantized(tower, precision);
        siamese_bundle *bundle;
        ok(siamese_bundle_create(&bundle));
        ok(siamese_bundle_set_query_tower(bundle, copy));
        image file = write_bundle(bundle);
        size_t const table = 20001 * bytes[precision];
        assert_true(file.size < table + table / 200 + 10000);
        siamese_tower_free(tower);
        siamese_tower_free(copy);
        siamese_bundle_free(bundle);
        size_t const before = scarce.live;
        scarce.peak = scarce.live;
        bundle = load_image(&file);
        assert_true(scarce.peak - before < table + 600000);
        siamese_bundle_free(bundle);
        free(file.bytes);
    }
    ok(siamese_set_allocator(NULL));
}

static void test_quantize__may_fail_at_any_allocation(void **state)
{
    (void)state;
    use_scarce_memory();
    siamese_tower *const tower = tower_of(&kinds[4], 0), *copy = NULL;
    size_t const live = scarce.live;
    for (size_t f = 0; f < 2; f++) {
        siamese_status status = SIAMESE_E_MEMORY;
        long turn = 0;
        for (; status != SIAMESE_OK; turn++) {
            scarce.left = turn;
            status = siamese_tower_quantize(&copy, tower, packed[f]);
            scarce.left = -1;
            if (status == SIAMESE_OK)
                siamese_tower_free(copy);
            else
                assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_int_equal(scarce.live, live);
        }
        assert_true(turn > 10);
    }
    siamese_tower_free(tower);
    ok(siamese_set_allocator(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quantize__rounds_the_tables_alone),
        cmocka_unit_test(test_encode__has_the_bits_of_the_rounded_floats),
        cmocka_unit_test(test_parameters__set_what_was_got_change_nothing),
        cmocka_unit_test(test_quantize__refuses_what_cannot_be),
        cmocka_unit_test(test_trainer__rounds_its_snapshots),
        cmocka_unit_test(test_trainer__goes_on_from_a_packed_tower),
        cmocka_unit_test(test_checkpoint__finished_is_the_snapshot),
        cmocka_unit_test(test_load__takes_the_packed_size),
        cmocka_unit_test(test_quantize__may_fail_at_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
