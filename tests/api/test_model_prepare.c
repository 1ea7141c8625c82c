/* A model whose parts a host settles before it trains: its vocabulary, towers
 * that are there before the first step, a training that is gone on with, and
 * fields that a host gave a trainer by hand. */
#include "api/small_model.h"

static const char *const words[] = {"",    "[UNK]", "desk", "sofa",
                                    "tap", "drill", "table"};
enum { WORDS = sizeof words / sizeof *words };

/* A vocabulary of a host's own, which knows five words. */
static siamese_vocab *make_words(void)
{
    siamese_text tokens[WORDS];
    siamese_vocab *vocab;
    for (size_t i = 0; i < WORDS; i++)
        tokens[i] = (siamese_text){words[i], strlen(words[i])};
    ok(siamese_vocab_create(&vocab, NULL));
    ok(siamese_vocab_set_tokens(vocab, tokens, WORDS));
    return vocab;
}

static size_t tokens_of(const siamese_model *model)
{
    siamese_vocab *vocab;
    ok(siamese_model_get_vocab(model, &vocab));
    size_t const tokens = siamese_vocab_size(vocab);
    siamese_vocab_free(vocab);
    return tokens;
}

/* What a tower, of those that know the small model's titles, makes of them. */
static void encode_titles(const siamese_model *model, float *vectors)
{
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, vectors,
                            ITEMS * DIM));
}

static void assert_same_vectors(const siamese_model *a, const siamese_model *b)
{
    float of_a[ITEMS * DIM], of_b[ITEMS * DIM];
    encode_titles(a, of_a);
    encode_titles(b, of_b);
    assert_memory_equal(of_a, of_b, sizeof of_a);
}

/* ---- the vocabulary ---- */

static void set_vocab__is_what_the_towers_read(void **state)
{
    (void)state;
    siamese_vocab *const vocab = make_words();
    siamese_model *const model = make_small();
    float vectors[2 * DIM];
    static const siamese_text unknown[] = {TEXT("lamp"), TEXT("mirror")};
    ok(siamese_model_set_vocab(model, vocab));
    siamese_vocab_free(vocab);
    assert_int_equal(tokens_of(model), WORDS);
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(tokens_of(model), WORDS);
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, unknown, 2, 1, vectors,
                            2 * DIM));
    assert_memory_equal(vectors, vectors + DIM, DIM * sizeof *vectors);
    siamese_model_free(model);
}

static void set_vocab__is_refused_where_it_cannot_be(void **state)
{
    (void)state;
    siamese_vocab *const vocab = make_words(), *unfinished, *none;
    siamese_model *const model = make_small();
    ok(siamese_vocab_create(&unfinished, NULL));
    assert_error(siamese_model_set_vocab(model, unfinished), SIAMESE_E_STATE,
                 "finished");
    ok(siamese_model_set_vocab(model, vocab));
    ok(siamese_model_set_vocab(model, NULL));
    assert_int_equal(siamese_model_get_vocab(model, &none),
                     SIAMESE_E_NOT_FOUND);
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_prepare(model));
    assert_error(siamese_model_set_vocab(model, vocab), SIAMESE_E_STATE,
                 "towers");
    siamese_vocab_free(vocab);
    siamese_vocab_free(unfinished);
    siamese_model_free(model);
}

static void set_vocab__is_in_the_file(void **state)
{
    (void)state;
    siamese_vocab *const vocab = make_words();
    siamese_model *model = make_small(), *again;
    image file = {.writes_left = -1};
    ok(siamese_model_set_vocab(model, vocab));
    siamese_vocab_free(vocab);
    ok(siamese_model_write(model, image_write, &file, NULL));
    ok(siamese_model_read(&again, image_read, &file, NULL));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_add_pairs(again, &pairs));
    ok(siamese_model_train(again, NULL, NULL));
    assert_int_equal(tokens_of(again), WORDS);
    assert_same_vectors(model, again);
    siamese_model_free(again);
    siamese_model_free(model);
    free(file.bytes);
}

/* ---- before the first step ---- */

static void prepare__makes_what_a_training_begins_with(void **state)
{
    (void)state;
    siamese_model *const model = make_small(), *const other = make_small();
    siamese_model_info info = {.struct_size = sizeof info};
    siamese_trainer *trainer;
    siamese_tower *tower;
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_pairs(other, &pairs));
    ok(siamese_model_prepare(model));
    ok(siamese_model_get_trainer(model, &trainer));
    assert_int_equal(siamese_trainer_pair_count(trainer), ITEMS);
    assert_int_equal(steps_of(model), 0);
    ok(siamese_trainer_snapshot(trainer, &tower, NULL));
    assert_int_equal(siamese_tower_dim(tower), DIM);
    ok(siamese_model_get_info(model, &info));
    assert_int_equal(info.trained, 0);
    assert_int_equal(info.pairs, ITEMS);
    ok(siamese_model_prepare(model)); /* once more changes nothing */
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_train(other, NULL, NULL));
    assert_same_vectors(model, other);
    siamese_tower_free(tower);
    siamese_trainer_free(trainer);
    siamese_model_free(other);
    siamese_model_free(model);
}

/* They learn in the order in which they came, and from the trainer's errors. */
static void prepare__lets_pairs_through(void **state)
{
    (void)state;
    siamese_vocab *const vocab = make_words();
    siamese_model *const model = make_small(), *const other = make_small();
    siamese_pairs half = pairs, bad = pairs;
    siamese_trainer *trainer;
    float const weights[ITEMS] = {1, -1, 1, 1};
    half.count = ITEMS / 2;
    ok(siamese_model_set_vocab(model, vocab));
    ok(siamese_model_set_vocab(other, vocab));
    siamese_vocab_free(vocab);
    ok(siamese_model_prepare(model));
    ok(siamese_model_add_pairs(model, &half));
    ok(siamese_model_get_trainer(model, &trainer));
    assert_int_equal(siamese_trainer_pair_count(trainer), ITEMS / 2);
    bad.weights = weights;
    assert_int_equal(siamese_model_add_pairs(model, &bad), SIAMESE_E_ARGUMENT);
    half.queries += ITEMS / 2;
    half.items += ITEMS / 2;
    half.item_ids += ITEMS / 2;
    ok(siamese_model_add_pairs(model, &half));
    assert_int_equal(siamese_trainer_pair_count(trainer), ITEMS);
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_add_pairs(other, &pairs));
    ok(siamese_model_train(other, NULL, NULL));
    assert_same_vectors(model, other);
    ok(siamese_model_add_pairs(model, &pairs)); /* waits: it may grow */
    assert_int_equal(siamese_trainer_pair_count(trainer), ITEMS);
    siamese_trainer_free(trainer);
    siamese_model_free(other);
    siamese_model_free(model);
}

static void prepare__needs_texts_or_a_vocabulary(void **state)
{
    (void)state;
    siamese_field_options options;
    siamese_vocab *const vocab = make_words();
    siamese_model *const model = make_small(), *const values = make_small();
    assert_error(siamese_model_prepare(model), SIAMESE_E_STATE, "no pairs");
    ok(siamese_model_set_vocab(model, vocab));
    ok(siamese_model_prepare(model));
    ok(siamese_field_options_init(&options, sizeof options));
    options.kind = SIAMESE_FIELD_ID;
    options.buckets = 0;
    ok(siamese_model_add_field(values, "brand", &options));
    ok(siamese_model_set_vocab(values, vocab));
    assert_error(siamese_model_prepare(values), SIAMESE_E_STATE, "no pairs");
    siamese_vocab_free(vocab);
    siamese_model_free(values);
    siamese_model_free(model);
}

static void prepare__hears_a_cancel(void **state)
{
    (void)state;
    siamese_model *const model = make_small();
    siamese_trainer *none;
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_cancel(model));
    assert_int_equal(siamese_model_prepare(model), SIAMESE_E_CANCELLED);
    assert_int_equal(siamese_model_get_trainer(model, &none),
                     SIAMESE_E_NOT_FOUND);
    ok(siamese_model_prepare(model));
    siamese_model_free(model);
}

/* ---- going on ---- */

static void resume__leaves_what_is_complete(void **state)
{
    (void)state;
    siamese_model *const model = make_small();
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_resume(model, NULL, NULL));
    uint64_t const steps = steps_of(model);
    assert_true(steps >= 3 * ITEMS / 2);
    ok(siamese_model_resume(model, NULL, NULL));
    assert_int_equal(steps_of(model), steps);
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(steps_of(model), 2 * steps);
    siamese_model_free(model);
}

static void resume__goes_on_to_the_same_bits(void **state)
{
    (void)state;
    uint64_t stop = 3;
    siamese_model *const model = make_small(), *const whole = make_small();
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_pairs(whole, &pairs));
    assert_int_equal(siamese_model_resume(model, stop_at, &stop),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(steps_of(model), stop);
    ok(siamese_model_resume(model, NULL, NULL));
    ok(siamese_model_train(whole, NULL, NULL));
    assert_same_vectors(model, whole);
    siamese_model_free(whole);
    siamese_model_free(model);
}

/* ---- what a host made by hand ---- */

/* A trainer whose items have a brand beside the title: one of two values. */
static siamese_bundle *make_branded(void)
{
    static const siamese_text brands[] = {TEXT(""), TEXT("[UNK]"), TEXT("acme"),
                                          TEXT("nordvik")};
    siamese_vocab *const vocab = make_words();
    siamese_vocab *values;
    siamese_vocab_options as_they_stand;
    siamese_tower_options options;
    siamese_field_options field;
    siamese_tower *tower;
    siamese_trainer *trainer;
    siamese_bundle *bundle;
    ok(siamese_vocab_options_init(&as_they_stand, sizeof as_they_stand));
    as_they_stand.standardize = SIAMESE_STANDARDIZE_NONE;
    ok(siamese_vocab_create(&values, &as_they_stand));
    ok(siamese_vocab_set_tokens(values, brands, 4));
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = options.units = DIM;
    ok(siamese_field_options_init(&field, sizeof field));
    field.kind = SIAMESE_FIELD_ID;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "text", vocab, NULL));
    ok(siamese_tower_add_field(tower, "brand", values, &field));
    ok(siamese_trainer_create(&trainer, tower, tower, NULL));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_trainer(bundle, trainer));
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
    siamese_vocab_free(values);
    siamese_vocab_free(vocab);
    return bundle;
}

/* Its model gives the trainer the items' column, and grows by its values. */
static void fields__of_a_trainer_are_the_models(void **state)
{
    (void)state;
    static const siamese_text brands[ITEMS] = {TEXT("acme"), TEXT("zeta"),
                                               TEXT("nordvik"), TEXT("zeta")};
    siamese_column_values const column = {
        .struct_size = sizeof column, .name = "brand", .texts = brands};
    siamese_item_rows branded = rows;
    siamese_bundle *const bundle = make_branded();
    siamese_model *model;
    siamese_trainer *trainer;
    siamese_tower *item;
    siamese_vocab *values;
    int64_t id = 0;
    branded.columns = &column;
    branded.column_count = 1;
    ok(siamese_model_from_bundle(&model, bundle));
    ok(siamese_model_add_items(model, &branded));
    ok(siamese_model_grow(model, 0));
    ok(siamese_model_get_trainer(model, &trainer));
    ok(siamese_trainer_snapshot(trainer, NULL, &item));
    ok(siamese_tower_get_vocab(item, 1, &values));
    assert_int_equal(siamese_vocab_size(values), 5);
    ok(siamese_vocab_lookup(values, "zeta", 4, &id));
    assert_int_equal(id, 4);
    siamese_vocab_free(values);
    siamese_tower_free(item);
    siamese_trainer_free(trainer);
    siamese_model_free(model);
    siamese_bundle_free(bundle);
}

static void info__tells_the_size_of_a_query_towers_vectors(void **state)
{
    (void)state;
    siamese_model_info info = {.struct_size = sizeof info};
    siamese_bundle *const bundle = make_branded();
    siamese_tower *tower;
    siamese_model *model;
    ok(siamese_bundle_get_query_tower(bundle, &tower));
    size_t const dim = siamese_tower_dim(tower);
    ok(siamese_bundle_set_trainer(bundle, NULL));
    ok(siamese_bundle_set_query_tower(bundle, tower));
    ok(siamese_model_from_bundle(&model, bundle));
    ok(siamese_model_get_info(model, &info));
    assert_int_equal(info.trained, 1);
    assert_int_equal(info.dim, dim);
    siamese_model_free(model);
    siamese_tower_free(tower);
    siamese_bundle_free(bundle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(set_vocab__is_what_the_towers_read),
        cmocka_unit_test(set_vocab__is_refused_where_it_cannot_be),
        cmocka_unit_test(set_vocab__is_in_the_file),
        cmocka_unit_test(prepare__makes_what_a_training_begins_with),
        cmocka_unit_test(prepare__lets_pairs_through),
        cmocka_unit_test(prepare__needs_texts_or_a_vocabulary),
        cmocka_unit_test(prepare__hears_a_cancel),
        cmocka_unit_test(resume__leaves_what_is_complete),
        cmocka_unit_test(resume__goes_on_to_the_same_bits),
        cmocka_unit_test(fields__of_a_trainer_are_the_models),
        cmocka_unit_test(info__tells_the_size_of_a_query_towers_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
