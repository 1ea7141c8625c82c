/* How a model learns: its options, fields beside the title, progress and
 * cancelling, texts that are new, and what happens to its items meanwhile. */
#include <pthread.h>
#include <stdatomic.h>

#include "api/small_model.h"

static void set(siamese_model *model, const char *name, const char *value)
{
    ok(siamese_model_set(model, name, value));
}

static siamese_model *make_full(void)
{
    siamese_model *const model = make_small();
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_items(model, &rows));
    return model;
}

static siamese_model_info info_of(const siamese_model *model)
{
    siamese_model_info info = {.struct_size = sizeof info};
    ok(siamese_model_get_info(model, &info));
    return info;
}

/* ---- options ---- */

static void test_set__takes_a_kind_or_all(void **state)
{
    siamese_model *const model = make_full();
    siamese_trainer_options trainer = {.struct_size = sizeof trainer};
    siamese_tower_options tower = {.struct_size = sizeof tower};
    siamese_index_options index = {.struct_size = sizeof index};
    siamese_trainer *t;
    siamese_tower *w;
    siamese_index *i;
    (void)state;
    set(model, "seed", "7");
    set(model, "trainer.seed", "9");
    assert_error(siamese_model_set(model, "no_such", "1"), SIAMESE_E_OPTION,
                 "no_such");
    assert_error(siamese_model_set(model, "vocab.epochs", "1"),
                 SIAMESE_E_OPTION, "vocab.epochs");
    assert_error(siamese_model_set(model, "epochs", "many"), SIAMESE_E_OPTION,
                 "many");
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_get_trainer(model, &t));
    ok(siamese_model_get_query_tower(model, &w));
    ok(siamese_model_get_index(model, &i));
    ok(siamese_trainer_get_options(t, &trainer));
    ok(siamese_tower_get_options(w, &tower));
    ok(siamese_index_get_options(i, &index));
    assert_int_equal(trainer.seed, 9);
    assert_int_equal(tower.seed, 7);
    assert_int_equal(index.seed, 7);
    assert_error(siamese_model_set(model, "embedding_dim", "4"),
                 SIAMESE_E_STATE, "embedding_dim");
    set(model, "index.nprobe", "3");
    ok(siamese_index_get_options(i, &index));
    assert_int_equal(index.nprobe, 3);
    siamese_trainer_free(t);
    siamese_tower_free(w);
    siamese_index_free(i);
    siamese_model_free(model);
}

static void test_create__names_the_presets(void **state)
{
    siamese_model *model;
    (void)state;
    assert_error(siamese_model_create(&model, "none", NULL), SIAMESE_E_OPTION,
                 "notebook");
}

/* ---- more and more training ---- */

static void test_train__goes_on_for_as_long_again(void **state)
{
    siamese_model *const model = make_full();
    (void)state;
    /* 4 pairs and 4 generated ones, 2 a step */
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(steps_of(model), 12);
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(steps_of(model), 24);
    set(model, "epochs", "7");
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(steps_of(model), 28);
    assert_int_equal(info_of(model).generation, 4);
    siamese_model_free(model);
}

static void test_train__without_a_trainer_begins_with_the_weights(void **state)
{
    float before[ITEMS * 8], after[ITEMS * 8];
    siamese_trainer *trainer;
    siamese_model *const model = make_full();
    (void)state;
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, before,
                            ITEMS * 8));
    ok(siamese_model_finish(model));
    assert_int_equal(siamese_model_get_trainer(model, &trainer),
                     SIAMESE_E_NOT_FOUND);
    set(model, "epochs", "0");
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, after,
                            ITEMS * 8));
    assert_memory_equal(before, after, sizeof before);
    siamese_model_free(model);
}

static void test_train__without_anything_is_an_error(void **state)
{
    siamese_model *const model = make_small();
    (void)state;
    assert_int_equal(siamese_model_train(model, NULL, NULL), SIAMESE_E_STATE);
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(info_of(model).vectors, ITEMS);
    siamese_model_free(model);
}

static void test_grow__takes_new_words_in(void **state)
{
    static const siamese_text words[] = {TEXT("zinc bucket")};
    siamese_pairs fresh = pairs;
    float vector[8];
    siamese_model *const model = make_full();
    siamese_vocab *old, *grown;
    int64_t id;
    (void)state;
    assert_error(siamese_model_grow(model, 0), SIAMESE_E_STATE, "training");
    set(model, "normalizer", "unicode");
    set(model, "hash_buckets", "0");
    set(model, "hash_min_count", "0");
    set(model, "char_ngrams", "none");
    set(model, "quantities", "none");
    set(model, "compounds", "0");
    set(model, "written_words", "0");
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_get_vocab(model, &old));
    fresh.items = words;
    fresh.count = 1;
    ok(siamese_model_add_pairs(model, &fresh));
    ok(siamese_model_grow(model, 0));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_get_vocab(model, &grown));
    assert_int_equal(siamese_vocab_size(grown), siamese_vocab_size(old) + 2);
    ok(siamese_vocab_lookup(grown, "zinc", 4, &id));
    assert_true(id >= (int64_t)siamese_vocab_size(old));
    ok(siamese_model_encode(model, SIAMESE_SIDE_QUERY, words, 1, 1, vector, 8));
    siamese_vocab_free(old);
    siamese_vocab_free(grown);
    siamese_model_free(model);
}

/* ---- fields ---- */

static void test_fields__are_read_from_columns(void **state)
{
    static const siamese_text brands[] = {TEXT("Acme"), TEXT("Zeta"),
                                          TEXT("Acme"), TEXT("Zeta")};
    static const double prices[] = {1, 2.5, 0.1, 4};
    static const siamese_text all[ITEMS][3] = {
        {TEXT("oak desk"), TEXT("Acme"), TEXT("1")},
        {TEXT("red sofa"), TEXT("Zeta"), TEXT("2.5")},
        {TEXT("brass tap"), TEXT("Acme"), TEXT("0.1")},
        {TEXT("power drill"), TEXT("Zeta"), TEXT("4")}};
    siamese_column_values const columns[] = {
        {sizeof *columns, "price", NULL, NULL, prices, NULL},
        {sizeof *columns, "brand", brands, NULL, NULL, NULL}};
    siamese_item_rows more = rows;
    siamese_pairs wide = pairs;
    siamese_field_options options;
    float vectors[ITEMS * 8], stored[8];
    siamese_index *index;
    siamese_tower *tower;
    char name[8];
    siamese_model *const model = make_small();
    (void)state;
    ok(siamese_field_options_init(&options, sizeof options));
    options.kind = SIAMESE_FIELD_ID;
    options.buckets = 0;
    ok(siamese_model_add_field(model, "brand", &options));
    ok(siamese_field_options_init(&options, sizeof options));
    options.kind = SIAMESE_FIELD_NUMBERS;
    ok(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_model_add_field(model, "price", &options));
    wide.items = &all[0][0];
    wide.item_fields = 3;
    more.columns = columns;
    more.column_count = 2;
    ok(siamese_model_add_pairs(model, &wide));
    ok(siamese_model_add_items(model, &more));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, &all[0][0], ITEMS, 3,
                            vectors, ITEMS * 8));
    ok(siamese_model_get_index(model, &index));
    for (int64_t i = 0; i < ITEMS; i++) {
        ok(siamese_index_reconstruct(index, i, stored, 8));
        assert_memory_equal(stored, vectors + i * 8, sizeof stored);
    }
    siamese_index_free(index);
    ok(siamese_model_get_item_tower(model, &tower));
    ok(siamese_tower_get_field_name(tower, 2, name, sizeof name, NULL));
    assert_string_equal(name, "price");
    assert_int_equal(
        siamese_tower_get_field_name(tower, 3, name, sizeof name, NULL),
        SIAMESE_E_NOT_FOUND);
    siamese_tower_free(tower);
    assert_error(siamese_model_add_field(model, "late", NULL), SIAMESE_E_STATE,
                 "towers");
    siamese_model_free(model);
}

/* ---- progress, cancelling, and changes meanwhile ---- */

typedef struct watch {
    siamese_model *model;
    int calls, embeds, cancel_at, adds;
    siamese_status second; /* of a training within the training */
} watch;

static int32_t look(void *user, const siamese_progress *progress)
{
    watch *const w = user;
    w->calls++;
    w->embeds += progress->stage == SIAMESE_STAGE_EMBED;
    if (w->calls == 1) {
        w->second = siamese_model_train(w->model, NULL, NULL);
        assert_int_equal(info_of(w->model).training, 1);
    }
    if (w->adds && w->embeds == 1 && progress->stage == SIAMESE_STAGE_EMBED) {
        siamese_text const title = TEXT("zinc bucket");
        int64_t const id = 50;
        siamese_item_rows one = rows;
        one.count = 1;
        one.ids = &id;
        one.titles = &title;
        ok(siamese_model_add_items(w->model, &one));
        ok(siamese_model_remove_items(w->model, ids, NULL, 1, NULL));
    }
    return w->calls == w->cancel_at;
}

static void test_cancel__goes_on_to_the_same_bits(void **state)
{
    float whole[ITEMS * 8], again[ITEMS * 8];
    siamese_model *const model = make_full(), *const other = make_full();
    watch w = {.model = model, .cancel_at = 5};
    siamese_hits *none;
    (void)state;
    assert_int_equal(siamese_model_train(model, look, &w), SIAMESE_E_CANCELLED);
    assert_int_equal(w.second, SIAMESE_E_STATE);
    assert_int_equal(siamese_model_search_text(model, "x", 1, &none),
                     SIAMESE_E_STATE);
    ok(siamese_model_cancel(model));
    assert_int_equal(siamese_model_train(model, NULL, NULL),
                     SIAMESE_E_CANCELLED);
    ok(siamese_model_cancel(model));
    ok(siamese_model_forget_cancel(model));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_train(other, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, again,
                            ITEMS * 8));
    ok(siamese_model_encode(other, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, whole,
                            ITEMS * 8));
    assert_memory_equal(whole, again, sizeof whole);
    siamese_model_free(model);
    siamese_model_free(other);
}

static void test_items__that_change_meanwhile_are_not_lost(void **state)
{
    siamese_model *const model = make_full();
    watch w = {.model = model, .adds = 1};
    siamese_hits *hits;
    (void)state;
    ok(siamese_model_train(model, look, &w));
    assert_true(w.embeds > 0);
    assert_int_equal(info_of(model).items, ITEMS);
    assert_int_equal(info_of(model).vectors, ITEMS);
    ok(siamese_model_search_text(model, "zinc bucket", 1, &hits));
    assert_int_equal(siamese_hits_ids(hits, 0)[0], 50);
    siamese_hits_free(hits);
    ok(siamese_model_rebuild(model, NULL, NULL));
    assert_int_equal(info_of(model).vectors, ITEMS);
    siamese_model_free(model);
}

static void test_bundle__of_the_middle_has_no_index_yet(void **state)
{
    siamese_bundle *bundle;
    siamese_model *again;
    siamese_hits *hits;
    siamese_model *const model = make_full();
    watch w = {.model = model, .cancel_at = 5};
    (void)state;
    assert_int_equal(siamese_model_train(model, look, &w), SIAMESE_E_CANCELLED);
    ok(siamese_model_get_bundle(model, &bundle));
    ok(siamese_model_from_bundle(&again, bundle));
    assert_int_equal(siamese_model_search_text(again, "x", 1, &hits),
                     SIAMESE_E_STATE);
    ok(siamese_model_rebuild(again, NULL, NULL));
    ok(siamese_model_search_text(again, "oak desk", 1, &hits));
    assert_int_equal(siamese_hits_ids(hits, 0)[0], 1);
    siamese_hits_free(hits);
    siamese_bundle_free(bundle);
    siamese_model_free(again);
    siamese_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_set__takes_a_kind_or_all),
        cmocka_unit_test(test_create__names_the_presets),
        cmocka_unit_test(test_train__goes_on_for_as_long_again),
        cmocka_unit_test(test_train__without_a_trainer_begins_with_the_weights),
        cmocka_unit_test(test_train__without_anything_is_an_error),
        cmocka_unit_test(test_grow__takes_new_words_in),
        cmocka_unit_test(test_fields__are_read_from_columns),
        cmocka_unit_test(test_cancel__goes_on_to_the_same_bits),
        cmocka_unit_test(test_items__that_change_meanwhile_are_not_lost),
        cmocka_unit_test(test_bundle__of_the_middle_has_no_index_yet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
