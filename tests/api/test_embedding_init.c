/* The option embedding_stddev: what the tables of every kind of tower begin
 * with. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { BUCKETS = 3000, DIM = 16 };

static siamese_vocab *buckets_of(size_t count)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    siamese_vocab_options_init(&options, sizeof options);
    options.hash_buckets = count;
    assert_int_equal(siamese_vocab_create(&vocab, &options), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

static siamese_tower *tower_of(int32_t encoder, double stddev, size_t buckets,
                               const char *kind)
{
    siamese_vocab *const vocab = buckets_of(buckets);
    siamese_tower_options options;
    siamese_field_options field;
    siamese_tower *tower;
    siamese_tower_options_init(&options, sizeof options);
    siamese_field_options_init(&field, sizeof field);
    siamese_field_options_set(&field, "kind", kind);
    options.encoder = encoder;
    options.embedding_dim = DIM;
    options.embedding_stddev = stddev;
    options.threads = 1;
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "title", vocab, &field), 0);
    siamese_vocab_free(vocab);
    return tower;
}

/* The table's values; their mean square in *square, the largest in *most. */
static float *table_of(const siamese_tower *tower, size_t *count,
                       double *square, double *most)
{
    siamese_parameter_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_tower_parameter_info(tower, 0, &info), 0);
    float *const values = malloc(info.count * sizeof *values);
    assert_int_equal(
        siamese_tower_parameter_get(tower, info.name, values, info.count, NULL),
        0);
    *square = *most = 0;
    for (size_t i = 0; i < info.count; i++) {
        double const x = fabs((double)values[i]);
        *square += x * x / (double)info.count;
        if (x > *most) *most = x;
    }
    *count = info.count;
    return values;
}

static void embedding_stddev__is_of_every_table(void **state)
{
    static const struct {
        int32_t encoder;
        const char *kind;
        double own; /* variance without the option */
    } cases[] = {{SIAMESE_ENCODER_LSTM, "text", 0.0025 / 3},
                 {SIAMESE_ENCODER_GRU, "text", 0.0025 / 3},
                 {SIAMESE_ENCODER_BAG, "text", 0.0025 / 3},
                 {SIAMESE_ENCODER_BAG, "id", 0.0025 / 3},
                 {SIAMESE_ENCODER_TRANSFORMER, "text", 0.0004}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (int with = 0; with < 2; with++) {
            double const variance = with ? 0.01 : cases[c].own;
            double square, most;
            size_t count;
            siamese_tower *const tower = tower_of(
                cases[c].encoder, with ? 0.1 : 0, BUCKETS, cases[c].kind);
            free(table_of(tower, &count, &square, &most));
            assert_int_equal(count, (BUCKETS + 1) * DIM);
            assert_true(fabs(square / variance - 1) < 0.05);
            if (with) assert_in_range((long)(most * 100), 35, 60);
            siamese_tower_free(tower);
        }
}

/* Rows do not depend on how many there are: growth goes on with them. */
static void embedding_stddev__gives_a_row_its_values(void **state)
{
    double square, most;
    size_t few, many;
    (void)state;
    siamese_tower *const a = tower_of(SIAMESE_ENCODER_BAG, 0.3, 100, "text");
    siamese_tower *const b = tower_of(SIAMESE_ENCODER_BAG, 0.3, 900, "text");
    float *const of_a = table_of(a, &few, &square, &most);
    float *const of_b = table_of(b, &many, &square, &most);
    assert_true(few < many);
    assert_memory_equal(of_a, of_b, few * sizeof *of_a);
    free(of_a);
    free(of_b);
    siamese_tower_free(a);
    siamese_tower_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(embedding_stddev__is_of_every_table),
        cmocka_unit_test(embedding_stddev__gives_a_row_its_values),
    };
    return cmocka_run_group_tests_name("embedding_stddev", tests, NULL, NULL);
}
