/* Calls in an order that few hosts choose: options after a training that was
 * cancelled, items that come during the first one, files of a model whose
 * trainer is not where its index is. */
#include <unistd.h>

#include "api/small_model.h"

static siamese_model *make_model(void)
{
    siamese_model *const model = make_small();
    ok(siamese_model_add_pairs(model, &pairs));
    return model;
}

/* A model as a file holds it. */
static siamese_model *saved(const siamese_model *model)
{
    char path[] = "/tmp/siamese-order-XXXXXX";
    siamese_model *again;
    int const file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    ok(siamese_model_save(model, path, NULL));
    ok(siamese_model_open(&again, path, NULL));
    unlink(path);
    return again;
}

static void test_cancelled__training_has_made_the_towers(void **state)
{
    siamese_model *const model = make_model();
    uint64_t step = 1;
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    assert_int_equal(siamese_model_train(model, stop_at, &step),
                     SIAMESE_E_CANCELLED);
    assert_error(siamese_model_set(model, "embedding_dim", "16"),
                 SIAMESE_E_STATE, "embedding_dim");
    assert_error(siamese_model_add_field(model, "brand", NULL), SIAMESE_E_STATE,
                 "fields");
    ok(siamese_model_train(model, NULL, NULL));
    assert_finds_by_its_towers(model, &titles[0]);
    siamese_model_free(model);
}

static void test_add_field__leaves_the_title_its_own(void **state)
{
    siamese_model *const model = make_model();
    (void)state;
    assert_error(siamese_model_add_field(model, "text", NULL),
                 SIAMESE_E_ARGUMENT, "'text'");
    ok(siamese_model_train(model, NULL, NULL));
    siamese_model_free(model);
}

static int32_t add_first(void *user, const siamese_progress *progress)
{
    siamese_model_info info = {.struct_size = sizeof info};
    (void)progress;
    ok(siamese_model_get_info(user, &info));
    if (info.items == 0) ok(siamese_model_add_items(user, &rows));
    return 0;
}

static void test_items__of_the_first_training_are_found(void **state)
{
    siamese_model *const model = make_model();
    siamese_model_info info = {.struct_size = sizeof info};
    (void)state;
    ok(siamese_model_train(model, add_first, model));
    ok(siamese_model_get_info(model, &info));
    assert_int_equal(info.items, ITEMS);
    assert_int_equal(info.vectors, ITEMS);
    assert_finds_by_its_towers(model, &titles[0]);
    siamese_model_free(model);
}

static void test_save__after_finish_knows_the_new_trainer(void **state)
{
    siamese_model *const model = make_model(), *again;
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    uint64_t step = steps_of(model);
    ok(siamese_model_finish(model));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_set(model, "epochs", "20"));
    ok(siamese_model_set(model, "learning_rate", "0.3"));
    assert_int_equal(siamese_model_train(model, stop_at, &step),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(steps_of(model), step);
    again = saved(model);
    assert_finds_by_its_towers(again, &titles[0]);
    siamese_model_free(again);
    siamese_model_free(model);
}

static void test_save__after_grow_has_no_older_vectors(void **state)
{
    static const siamese_text title = TEXT("zinc bucket oak");
    static const int64_t id = 77;
    siamese_model *const model = make_model(), *again;
    siamese_item_rows one = rows;
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    one.count = 1;
    one.ids = &id;
    one.titles = &title;
    ok(siamese_model_add_items(model, &one));
    ok(siamese_model_grow(model, 0));
    again = saved(model);
    assert_finds_by_its_towers(again, &title);
    siamese_model_free(again);
    siamese_model_free(model);
}

static void test_train__of_nothing_leaves_nothing(void **state)
{
    siamese_model *model, *const other = make_model();
    float one[DIM], two[DIM];
    siamese_trainer *trainer;
    (void)state;
    ok(siamese_model_create(&model, NULL, NULL));
    assert_error(siamese_model_train(model, NULL, NULL), SIAMESE_E_STATE,
                 "pairs");
    assert_int_equal(siamese_model_get_trainer(model, &trainer),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_model_grow(model, 0), SIAMESE_E_STATE);
    set_small(model);
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_train(other, NULL, NULL));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, 1, 1, one, DIM));
    ok(siamese_model_encode(other, SIAMESE_SIDE_ITEM, titles, 1, 1, two, DIM));
    assert_memory_equal(one, two, sizeof one);
    siamese_model_free(model);
    siamese_model_free(other);
}

static void test_add_items__that_fails_leaves_no_column(void **state)
{
    static const int64_t whole[ITEMS] = {1, 2, 3, 4};
    static const double prices[ITEMS] = {1.5, 2.5, 3.5, 4.5};
    siamese_column_values values = {
        .struct_size = sizeof values, .name = "price", .integers = whole};
    siamese_model *const model = make_model();
    siamese_item_rows more = rows;
    siamese_items *items;
    double read[ITEMS];
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    more.columns = &values;
    more.column_count = 1;
    assert_error(siamese_model_add_items(model, &more), SIAMESE_E_ARGUMENT,
                 "row 0");
    values.integers = NULL;
    values.numbers = prices;
    ok(siamese_model_update_items(model, &more));
    ok(siamese_model_get_items(model, &items));
    ok(siamese_items_get_numbers(items, "price", NULL, ITEMS, read, ITEMS,
                                 NULL));
    assert_memory_equal(read, prices, sizeof read);
    siamese_items_free(items);
    siamese_model_free(model);
}

static void test_add_field__that_fails_leaves_no_column(void **state)
{
    siamese_model *const model = make_model();
    siamese_field_options options;
    (void)state;
    ok(siamese_field_options_init(&options, sizeof options));
    options.kind = 77;
    assert_error(siamese_model_add_field(model, "size", &options),
                 SIAMESE_E_OPTION, "kind");
    ok(siamese_model_add_column(model, "size", SIAMESE_COLUMN_NUMBER));
    siamese_model_free(model);
}

/* ---- vectors that a host made itself ---- */

/* Of an index of two vectors, with items or without. */
static siamese_model *made_of_vectors(siamese_items *items)
{
    static const float vectors[2 * DIM] = {1, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    static const int64_t numbers[] = {0, 1};
    siamese_index *index;
    siamese_bundle *bundle;
    siamese_model *model;
    ok(siamese_index_create(&index, DIM, NULL));
    ok(siamese_index_add(index, numbers, vectors, 2));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_bundle_set_items(bundle, items));
    ok(siamese_model_from_bundle(&model, bundle));
    siamese_bundle_free(bundle);
    siamese_index_free(index);
    set_small(model);
    return model;
}

static void test_train__drops_no_vectors_of_the_host(void **state)
{
    float const query[DIM] = {0, 1};
    siamese_search_request request;
    siamese_item_rows two = rows;
    siamese_items *items;
    siamese_hits *hits;
    (void)state;
    two.count = 2;
    ok(siamese_items_create(&items, NULL));
    ok(siamese_items_add(items, &two, NULL, 0));
    ok(siamese_search_request_init(&request, sizeof request));
    request.vectors = query;
    request.count = 1;
    request.k = 1;
    for (size_t i = 0; i < 2; i++) {
        siamese_model *const model = made_of_vectors(i ? items : NULL);
        ok(siamese_model_add_pairs(model, &pairs));
        assert_error(siamese_model_train(model, NULL, NULL), SIAMESE_E_STATE,
                     "2 vectors of its index");
        ok(siamese_model_search(model, &request, &hits));
        assert_int_equal(siamese_hits_rows(hits, 0)[0], 1);
        assert_float_equal(siamese_hits_scores(hits, 0)[0], 1, 0);
        siamese_hits_free(hits);
        siamese_model_free(model);
    }
    siamese_items_free(items);
}

/* ---- more lists than items ---- */

static int32_t remove_three(void *user, const siamese_progress *progress)
{
    size_t removed;
    (void)progress;
    ok(siamese_model_remove_items(user, ids, NULL, 3, &removed));
    return 0;
}

static void assert_one_list(const siamese_model *model, size_t vectors)
{
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index_options options = {.struct_size = sizeof options};
    siamese_index *index;
    ok(siamese_model_get_index(model, &index));
    ok(siamese_index_get_info(index, &info));
    ok(siamese_index_get_options(index, &options));
    assert_int_equal(info.count, vectors);
    assert_int_equal(info.nlist, 1);
    assert_int_equal(options.nlist, ITEMS); /* what was asked for is kept */
    siamese_index_free(index);
}

static void test_nlist__above_the_items_is_refused_before_any_work(void **state)
{
    siamese_model *const model = make_model();
    siamese_trainer *trainer;
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_set(model, "nlist", "5"));
    assert_error(siamese_model_train(model, NULL, NULL), SIAMESE_E_ARGUMENT,
                 "nlist: 5 lists are more than the 4 items");
    assert_int_equal(siamese_model_get_trainer(model, &trainer),
                     SIAMESE_E_NOT_FOUND);
    ok(siamese_model_set(model, "nlist", "4"));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_set(model, "nlist", "5"));
    assert_error(siamese_model_rebuild(model, NULL, NULL), SIAMESE_E_ARGUMENT,
                 "nlist: 5 lists are more than the 4 items");
    siamese_model_free(model);
}

/* What a training has learned is not thrown away for items that have gone. */
static void test_nlist__above_the_items_that_are_left_is_one_list(void **state)
{
    siamese_model *const model = make_model(), *again;
    uint64_t step;
    (void)state;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_set(model, "nlist", "4"));
    ok(siamese_model_train(model, remove_three, model));
    assert_one_list(model, 1);
    ok(siamese_model_set(model, "nlist", "1"));
    step = steps_of(model) + 1;
    assert_int_equal(siamese_model_train(model, stop_at, &step),
                     SIAMESE_E_CANCELLED);
    ok(siamese_model_set(model, "nlist", "4"));
    again = saved(model); /* without an index */
    assert_one_list(again, 1);
    siamese_model_free(again);
    siamese_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cancelled__training_has_made_the_towers),
        cmocka_unit_test(test_add_field__leaves_the_title_its_own),
        cmocka_unit_test(test_items__of_the_first_training_are_found),
        cmocka_unit_test(test_save__after_finish_knows_the_new_trainer),
        cmocka_unit_test(test_save__after_grow_has_no_older_vectors),
        cmocka_unit_test(test_train__of_nothing_leaves_nothing),
        cmocka_unit_test(test_add_items__that_fails_leaves_no_column),
        cmocka_unit_test(test_add_field__that_fails_leaves_no_column),
        cmocka_unit_test(test_train__drops_no_vectors_of_the_host),
        cmocka_unit_test(
            test_nlist__above_the_items_is_refused_before_any_work),
        cmocka_unit_test(test_nlist__above_the_items_that_are_left_is_one_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
