/* Towers of several fields: what they add up to, against towers of one field
 * with the same weights, and what is refused. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tower_host.h"

enum { WORDS = 40, LENGTH = 6, EMBEDDING = 5, UNITS = 3, DIM = 2 * UNITS };

static siamese_tower *empty_tower(int32_t combine, size_t project)
{
    siamese_tower_options o;
    siamese_tower *t = NULL;
    siamese_tower_options_init(&o, sizeof o);
    o.embedding_dim = EMBEDDING;
    o.units = UNITS;
    o.combine = combine;
    o.project = project;
    assert_int_equal(siamese_tower_create(&t, &o), 0);
    return t;
}

static siamese_field_options field(int32_t kind)
{
    siamese_field_options o;
    siamese_field_options_init(&o, sizeof o);
    o.kind = kind;
    return o;
}

/* The parameter `from` of one tower becomes `to` of another. */
static void copy(const siamese_tower *a, const char *from, siamese_tower *b,
                 const char *to)
{
    float values[4096];
    size_t needed = 0;
    assert_int_equal(
        siamese_tower_parameter_get(a, from, values, 4096, &needed), 0);
    assert_int_equal(siamese_tower_parameter_set(b, to, values, needed), 0);
}

/* A tower of one field with the weights of field `prefix` of another. */
static siamese_tower *alone(const siamese_tower *tower,
                            const siamese_vocab *vocab, const char *prefix)
{
    siamese_tower *const one = empty_tower(SIAMESE_COMBINE_SUM, 0);
    assert_int_equal(siamese_tower_add_field(one, "text", vocab, NULL), 0);
    for (size_t i = 0; i < siamese_tower_parameter_count(one); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        char name[128];
        siamese_tower_parameter_info(one, i, &info);
        snprintf(name, sizeof name, "%s%s", prefix, info.name);
        copy(tower, name, one, info.name);
    }
    return one;
}

static void encode(const siamese_tower *t, const char *const *texts,
                   size_t count, size_t fields, float *out)
{
    siamese_text rows[16];
    for (size_t i = 0; i < count * fields; i++)
        rows[i] = (siamese_text){texts[i], strlen(texts[i])};
    assert_int_equal(siamese_tower_encode(t, rows, count, fields, out,
                                          count * siamese_tower_dim(t)),
                     0);
}

static void assert_near(const float *a, const float *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (fabsf(a[i] - b[i]) > 1e-6f)
            fail_msg("number %zu: %g, not %g", i, a[i], b[i]);
}

static const char *const rows[] = {"w1 w2", "w3 w4 w5", "w7", "",
                                   "",      "w9 w9",    "",   ""};

/* v = title + 0.5 description, over what is there */
static void test_sum__adds_weighted_fields(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_SUM, 0);
    siamese_field_options o = field(SIAMESE_FIELD_TEXT);
    float both[4 * DIM], first[4 * DIM], second[4 * DIM], want[4 * DIM];
    (void)state;
    o.weight = 0.5;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "description", vocab, &o), 0);
    assert_int_equal(siamese_tower_parameter_count(t), 14);
    host_weights(t, 5);
    siamese_tower *const a = alone(t, vocab, "");
    siamese_tower *const b = alone(t, vocab, "description_");
    encode(t, rows, 4, 2, both);
    for (size_t r = 0; r < 4; r++) {
        encode(a, &rows[2 * r], 1, 1, first + r * DIM);
        encode(b, &rows[2 * r + 1], 1, 1, second + r * DIM);
        for (size_t j = 0; j < DIM; j++)
            want[r * DIM + j] =
                (rows[2 * r][0] ? first[r * DIM + j] : 0) +
                (rows[2 * r + 1][0] ? 0.5f * second[r * DIM + j] : 0);
    }
    assert_near(both, want, 4 * DIM);
    /* fewer fields: the others are absent */
    const char *const title[] = {"w7"};
    encode(t, title, 1, 1, first);
    assert_memory_equal(first, both + DIM, DIM * sizeof *first);
    siamese_tower_free(a);
    siamese_tower_free(b);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

/* [title, 2 description] W + b */
static void test_concat__feeds_the_projection(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_CONCAT, 4);
    siamese_field_options o = field(SIAMESE_FIELD_TEXT);
    float got[4], joined[2 * DIM], w[2 * DIM * 4], b[4], want[4];
    (void)state;
    o.weight = 2;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "description", vocab, &o), 0);
    assert_int_equal(siamese_tower_dim(t), 4);
    host_weights(t, 6);
    siamese_tower *const one = alone(t, vocab, "");
    siamese_tower *const two = alone(t, vocab, "description_");
    encode(t, rows, 1, 2, got);
    encode(one, rows, 1, 1, joined);
    encode(two, rows + 1, 1, 1, joined + DIM);
    assert_int_equal(
        siamese_tower_parameter_get(t, "dense_kernel", w, 2 * DIM * 4, NULL),
        0);
    assert_int_equal(siamese_tower_parameter_get(t, "dense_bias", b, 4, NULL),
                     0);
    for (size_t j = 0; j < 4; j++) {
        double sum = b[j];
        for (size_t i = 0; i < 2 * DIM; i++)
            sum += (i < DIM ? 1 : 2) * (double)joined[i] * w[i * 4 + j];
        want[j] = (float)sum;
    }
    for (size_t j = 0; j < 4; j++) assert_true(fabsf(got[j] - want[j]) < 2e-6f);
    siamese_tower_free(one);
    siamese_tower_free(two);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

/* docs/text.md's hash of bytes: FNV-1a of 64 bits and MurmurHash3's last
 * mix. */
static uint64_t documented_hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    h = (h ^ (h >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    h = (h ^ (h >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return h ^ (h >> 33);
}

static void test_id__is_a_row_of_its_table(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_CONCAT, 0);
    siamese_field_options o = field(SIAMESE_FIELD_ID);
    float got[2 * (DIM + 4 + EMBEDDING)], hashed[101 * 4];
    float learned[(WORDS + 3) * EMBEDDING];
    const char *const texts[] = {"w1", "SKU-17 b", "w3",
                                 "w1", "SKU-18 b", "no such id"};
    size_t const width = DIM + 4 + EMBEDDING;
    (void)state;
    o.buckets = 100;
    o.dim = 4;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &o), 0);
    o.dim = 0;
    assert_int_equal(siamese_tower_add_field(t, "brand", vocab, &o), 0);
    host_weights(t, 7);
    assert_int_equal(
        siamese_tower_parameter_get(t, "sku_embedding", hashed, 101 * 4, NULL),
        0);
    assert_int_equal(siamese_tower_parameter_get(t, "brand_embedding", learned,
                                                 (WORDS + 3) * EMBEDDING, NULL),
                     0);
    encode(t, texts, 2, 3, got);
    for (size_t r = 0; r < 2; r++) {
        size_t const row = 1 + documented_hash(texts[3 * r + 1]) % 100;
        /* w3 is token 5, the other unknown */
        size_t const id = r == 0 ? 5 : SIAMESE_ID_UNKNOWN;
        assert_memory_equal(got + r * width + DIM, hashed + row * 4,
                            4 * sizeof *got);
        assert_memory_equal(got + r * width + DIM + 4, learned + id * EMBEDDING,
                            EMBEDDING * sizeof *got);
    }
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

static void test_numbers__go_through_a_dense_layer(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_CONCAT, 0);
    siamese_field_options o = field(SIAMESE_FIELD_NUMBERS);
    float got[3 * (DIM + EMBEDDING)], w[3 * EMBEDDING], b[EMBEDDING];
    const char *const texts[] = {"w1",       "1.5, -2\t3e1", "w1",
                                 "0.25,0 0", "w1",           ""};
    static const double numbers[3][3] = {{1.5, -2, 30}, {0.25, 0, 0}};
    siamese_text bad[2] = {{"w1", 2}, {"1 2x", 4}};
    siamese_text many[2] = {{"w1", 2}, {"1 2 3 4", 7}};
    (void)state;
    o.numbers = 3;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "price", NULL, &o), 0);
    host_weights(t, 8);
    siamese_tower_parameter_get(t, "price_numbers_kernel", w, 3 * EMBEDDING,
                                NULL);
    siamese_tower_parameter_get(t, "price_numbers_bias", b, EMBEDDING, NULL);
    encode(t, texts, 3, 2, got);
    for (size_t r = 0; r < 3; r++)
        for (size_t j = 0; j < EMBEDDING; j++) {
            double want = r < 2 ? b[j] : 0; /* the last row has none */
            for (size_t i = 0; r < 2 && i < 3; i++)
                want += numbers[r][i] * w[i * EMBEDDING + j];
            assert_true(fabs(got[r * (DIM + EMBEDDING) + DIM + j] - want) <
                        1e-5);
        }
    assert_int_equal(siamese_tower_encode(t, bad, 1, 2, got, DIM + EMBEDDING),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "price"));
    assert_non_null(strstr(siamese_last_error(), "2x"));
    assert_int_equal(siamese_tower_encode(t, many, 1, 2, got, DIM + EMBEDDING),
                     SIAMESE_E_ARGUMENT);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

static void test_shared__has_no_weights_of_its_own(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_SUM, 0);
    siamese_field_options o = field(SIAMESE_FIELD_TEXT);
    const char *const first[] = {"w1 w2", ""}, *const second[] = {"", "w1 w2"};
    float a[DIM], b[DIM];
    (void)state;
    o.shared_field = 1;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "description", vocab, &o), 0);
    assert_int_equal(siamese_tower_parameter_count(t), 7);
    host_weights(t, 9);
    encode(t, first, 1, 2, a);
    encode(t, second, 1, 2, b);
    assert_memory_equal(a, b, sizeof a);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

static void test_add_field__refuses_what_does_not_fit(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_vocab *const other = host_vocab(WORDS + 1, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_SUM, 0);
    siamese_field_options o = field(SIAMESE_FIELD_ID);
    siamese_text const row[3] = {{"w1", 2}, {"w2", 2}, {"w3", 2}};
    float out[DIM];
    (void)state;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    o.dim = DIM + 1; /* a sum needs equal sizes */
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &o),
                     SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "sku"));
    o = field(SIAMESE_FIELD_TEXT);
    o.shared_field = 2; /* there is one field so far */
    assert_int_equal(siamese_tower_add_field(t, "text", vocab, &o),
                     SIAMESE_E_OPTION);
    o.shared_field = 1;
    assert_int_equal(siamese_tower_add_field(t, "text", other, &o),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_tower_add_field(t, "text", NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    o = field(SIAMESE_FIELD_NUMBERS);
    assert_int_equal(siamese_tower_add_field(t, "price", vocab, &o),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_tower_field_count(t), 1);
    assert_int_equal(siamese_tower_parameter_count(t), 7);
    assert_int_equal(siamese_tower_encode(t, row, 1, 2, out, DIM),
                     SIAMESE_E_ARGUMENT);
    o = field(SIAMESE_FIELD_ID);
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &o), 0);
    assert_int_equal(siamese_tower_dim(t), DIM);
    assert_int_equal(siamese_tower_encode(t, row, 1, 3, out, DIM),
                     SIAMESE_E_ARGUMENT);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
    siamese_vocab_free(other);
}

/* The same bits alone and in a batch, by any number of threads, after a
 * file. */
static void test_encode__has_the_same_bits_everywhere(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *t = empty_tower(SIAMESE_COMBINE_CONCAT, 4), *loaded;
    siamese_field_options o = field(SIAMESE_FIELD_ID);
    siamese_bundle *bundle = NULL, *read = NULL;
    host_texts const texts = host_make_texts(2 * 700, WORDS, 6, 3);
    float *const all = calloc(700, 4 * sizeof *all);
    float *const again = calloc(700, 4 * sizeof *all);
    char path[] = "siamese_fields_XXXXXX";
    (void)state;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "sku", NULL, &o), 0);
    host_weights(t, 10);
    assert_int_equal(siamese_tower_encode(t, texts.texts, 700, 2, all, 700 * 4),
                     0);
    for (size_t r = 0; r < 700; r += 13) {
        float one[4];
        assert_int_equal(
            siamese_tower_encode(t, texts.texts + 2 * r, 1, 2, one, 4), 0);
        assert_memory_equal(one, all + 4 * r, sizeof one);
    }
    assert_true(mkstemp(path) >= 0);
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_query_tower(bundle, t), 0);
    assert_int_equal(siamese_checkpoint_save(path, bundle, NULL), 0);
    assert_int_equal(siamese_checkpoint_load(&read, path, NULL), 0);
    assert_int_equal(siamese_bundle_get_query_tower(read, &loaded), 0);
    assert_int_equal(
        siamese_tower_encode(loaded, texts.texts, 700, 2, again, 700 * 4), 0);
    assert_memory_equal(all, again, 700 * 4 * sizeof *all);
    remove(path);
    siamese_bundle_free(bundle);
    siamese_bundle_free(read);
    siamese_tower_free(loaded);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
    host_free_texts(texts);
    free(all);
    free(again);
}

/* A shared tower whose queries have a title alone learns from the other field:
 * what tells the items apart stands in their descriptions only. */
static void test_trainer__learns_from_fields_that_queries_lack(void **state)
{
    enum { PAIRS = 32 };
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_tower *const t = empty_tower(SIAMESE_COMBINE_SUM, 0);
    siamese_field_options o = field(SIAMESE_FIELD_TEXT);
    siamese_trainer *trainer[2] = {NULL, NULL};
    siamese_trainer_options options;
    char names[PAIRS][8];
    siamese_text queries[PAIRS], items[2 * PAIRS];
    siamese_progress first = {.struct_size = sizeof first}, last = first;
    (void)state;
    o.shared_field = 1;
    assert_int_equal(siamese_tower_add_field(t, "title", vocab, NULL), 0);
    assert_int_equal(siamese_tower_add_field(t, "description", vocab, &o), 0);
    for (size_t i = 0; i < PAIRS; i++) {
        int const size = snprintf(names[i], sizeof names[i], "w%zu", i);
        queries[i] = (siamese_text){names[i], (size_t)size};
        items[2 * i] = (siamese_text){"w39", 3};
        items[2 * i + 1] = queries[i];
    }
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = queries,
                                 .items = items,
                                 .query_fields = 1,
                                 .item_fields = 2,
                                 .count = PAIRS};
    siamese_trainer_options_init(&options, sizeof options);
    options.batch_size = PAIRS;
    options.learning_rate = 0.02;
    options.metrics = SIAMESE_METRICS_NONE;
    for (int i = 0; i < 2; i++) {
        options.threads = i ? 7 : 1;
        options.epochs = 1;
        assert_int_equal(siamese_trainer_create(&trainer[i], t, t, &options),
                         0);
        assert_int_equal(siamese_trainer_add_pairs(trainer[i], &pairs), 0);
        assert_int_equal(siamese_trainer_fit(trainer[i], NULL, NULL), 0);
        siamese_trainer_get_progress(trainer[i], &first);
        siamese_trainer_set_option(trainer[i], "epochs", "200");
        assert_int_equal(siamese_trainer_fit(trainer[i], NULL, NULL), 0);
    }
    siamese_trainer_get_progress(trainer[0], &last);
    assert_true(first.loss_mean > 3.4); /* ln 32 = 3.47 */
    assert_true(last.loss_mean < 2);
    siamese_trainer_get_progress(trainer[1], &first);
    assert_true(first.loss_mean == last.loss_mean); /* the same bits */
    siamese_trainer_free(trainer[0]);
    siamese_trainer_free(trainer[1]);
    siamese_tower_free(t);
    siamese_vocab_free(vocab);
}

/* The transformer of field a has a "position_embedding", the id field
 * a_position an "embedding", and the first field's names have no prefix. */
static void test_add_field__refuses_two_parameters_of_a_name(void **state)
{
    siamese_vocab *const vocab = host_vocab(WORDS, 0, LENGTH);
    siamese_field_options const id = field(SIAMESE_FIELD_ID);
    siamese_tower_options o;
    siamese_tower *t = NULL;
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    o.embedding_dim = 4;
    o.heads = 2;
    o.encoder = SIAMESE_ENCODER_TRANSFORMER;
    o.pooling = SIAMESE_POOLING_MEAN;
    for (int is_id_first = 0; is_id_first < 2; is_id_first++) {
        const char *const first = is_id_first ? "a_position" : "a";
        const char *const second = is_id_first ? "a" : "a_position";
        assert_int_equal(siamese_tower_create(&t, &o), 0);
        assert_int_equal(siamese_tower_add_field(t, "text", vocab, NULL), 0);
        assert_int_equal(siamese_tower_add_field(t, "position", NULL, &id),
                         SIAMESE_E_ARGUMENT);
        assert_non_null(strstr(siamese_last_error(), "'position_embedding'"));
        assert_int_equal(siamese_tower_add_field(t, first,
                                                 is_id_first ? NULL : vocab,
                                                 is_id_first ? &id : NULL),
                         0);
        size_t const parameters = siamese_tower_parameter_count(t);
        assert_int_equal(siamese_tower_add_field(t, second,
                                                 is_id_first ? vocab : NULL,
                                                 is_id_first ? NULL : &id),
                         SIAMESE_E_ARGUMENT);
        assert_non_null(strstr(siamese_last_error(), "'a_position_embedding'"));
        /* the tower is as it was, and takes another name */
        assert_int_equal(siamese_tower_parameter_count(t), parameters);
        assert_int_equal(siamese_tower_field_count(t), 2);
        assert_int_equal(siamese_tower_add_field(t, "place", NULL, &id), 0);
        siamese_tower_free(t);
    }
    siamese_vocab_free(vocab);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sum__adds_weighted_fields),
        cmocka_unit_test(test_concat__feeds_the_projection),
        cmocka_unit_test(test_id__is_a_row_of_its_table),
        cmocka_unit_test(test_numbers__go_through_a_dense_layer),
        cmocka_unit_test(test_shared__has_no_weights_of_its_own),
        cmocka_unit_test(test_add_field__refuses_what_does_not_fit),
        cmocka_unit_test(test_add_field__refuses_two_parameters_of_a_name),
        cmocka_unit_test(test_encode__has_the_same_bits_everywhere),
        cmocka_unit_test(test_trainer__learns_from_fields_that_queries_lack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
