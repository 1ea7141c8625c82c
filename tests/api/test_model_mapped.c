/* A model whose vectors stay in its file: it finds what the model that is
 * loaded whole finds, to the last bit, in less memory, and its first change
 * brings them in. A file that no model writes is refused either way. */
#include <unistd.h>

#include "api/small_model.h"
#include "slow_machine.h"

enum { KINDS = 30, FEW_KINDS = 18, MOST = KINDS * KINDS, HITS = 20 };

typedef struct catalogue {
    size_t kinds, count;
    char bytes[MOST][32];
    siamese_text titles[MOST];
    int64_t ids[MOST];
} catalogue;

static catalogue all;

/* Of all of them, trained. */
static siamese_model *made;

/* Each pair of a colour and a thing, whose names are numbers. */
static siamese_item_rows many_rows(void)
{
    all.kinds = is_slow_machine() ? FEW_KINDS : KINDS;
    all.count = all.kinds * all.kinds;
    for (size_t i = 0; i < all.count; i++) {
        int const size =
            snprintf(all.bytes[i], sizeof all.bytes[i], "colour%zu thing%zu",
                     i / all.kinds, i % all.kinds);
        all.titles[i] = (siamese_text){all.bytes[i], (size_t)size};
        all.ids[i] = 7 * (int64_t)i;
    }
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = all.count,
                               .ids = all.ids,
                               .titles = all.titles};
}

/* With codes, which bounds are made of, whatever the kernel level. */
static int make_model(void **state)
{
    siamese_model *model;
    siamese_item_rows const many = many_rows();
    siamese_pairs learned = pairs;
    (void)state;
    learned.queries = learned.items = all.titles;
    learned.item_ids = all.ids;
    learned.count = all.count;
    ok(siamese_model_create(&model, NULL, NULL));
    ok(siamese_model_set(model, "embedding_dim", "64"));
    ok(siamese_model_set(model, "scan", "bounded"));
    ok(siamese_model_set(model, "max_steps", "2"));
    ok(siamese_model_set(model, "min_steps", "0"));
    ok(siamese_model_add_pairs(model, &learned));
    ok(siamese_model_add_items(model, &many));
    ok(siamese_model_train(model, NULL, NULL));
    made = model;
    return 0;
}

static int free_model(void **state)
{
    (void)state;
    siamese_model_free(made);
    return 0;
}

static void store_model(char *path)
{
    siamese_save_options options;
    int const file = mkstemp(path);
    assert_true(file >= 0 && close(file) == 0);
    ok(siamese_save_options_init(&options, sizeof options));
    options.map = 1;
    ok(siamese_model_save(made, path, &options));
}

static siamese_load_options with_map(int32_t map)
{
    siamese_load_options options;
    ok(siamese_load_options_init(&options, sizeof options));
    options.map = map;
    return options;
}

static siamese_model *opened(const char *path, int32_t map)
{
    siamese_load_options const options = with_map(map);
    siamese_model *model;
    ok(siamese_model_open(&model, path, &options));
    return model;
}

static size_t memory_of(const siamese_model *model)
{
    siamese_index_info info = {.struct_size = sizeof info};
    siamese_index *index;
    ok(siamese_model_get_index(model, &index));
    ok(siamese_index_get_info(index, &info));
    siamese_index_free(index);
    return info.memory;
}

static void assert_finds_the_same(const siamese_model *a,
                                  const siamese_model *b)
{
    for (size_t q = 0; q < all.count; q += 37) {
        siamese_hits *of_a, *of_b;
        ok(siamese_model_search_text(a, all.titles[q].data, HITS, &of_a));
        ok(siamese_model_search_text(b, all.titles[q].data, HITS, &of_b));
        assert_int_equal(siamese_hits_count(of_a, 0), HITS);
        assert_int_equal(siamese_hits_count(of_b, 0), HITS);
        assert_memory_equal(siamese_hits_ids(of_a, 0),
                            siamese_hits_ids(of_b, 0), HITS * sizeof(int64_t));
        assert_memory_equal(siamese_hits_scores(of_a, 0),
                            siamese_hits_scores(of_b, 0), HITS * sizeof(float));
        siamese_hits_free(of_a);
        siamese_hits_free(of_b);
    }
}

static void test_open__with_map_finds_the_same(void **state)
{
    char path[] = "/tmp/siamese-mapped-XXXXXX";
    siamese_text const title = TEXT("zinc bucket");
    int64_t const id = 7 * MOST;
    siamese_item_rows const one = {
        .struct_size = sizeof one, .count = 1, .ids = &id, .titles = &title};
    (void)state;
    store_model(path);
    siamese_model *const whole = opened(path, 0), *const lean = opened(path, 1);
    assert_true(memory_of(lean) < memory_of(whole));
    assert_finds_the_same(whole, lean);
    ok(siamese_model_add_items(lean, &one));
    ok(siamese_model_add_items(whole, &one));
    assert_int_equal(memory_of(lean), memory_of(whole));
    assert_finds_the_same(whole, lean);
    siamese_model_free(lean);
    siamese_model_free(whole);
    assert_int_equal(unlink(path), 0);
}

static void test_reload__with_map_outlives_the_name_of_its_file(void **state)
{
    char path[] = "/tmp/siamese-mapped-XXXXXX";
    siamese_load_options const options = with_map(1);
    (void)state;
    store_model(path);
    siamese_model *const whole = opened(path, 0), *const model =
                                                      opened(path, 0);
    ok(siamese_model_reload(model, path, &options));
    assert_int_equal(unlink(path), 0);
    assert_true(memory_of(model) < memory_of(whole));
    assert_finds_the_same(whole, model);
    siamese_model_free(model);
    siamese_model_free(whole);
}

/* The parts of the model in `path`, the index with another vector of a row; of
 * parts without items a row is nothing but an id, which may have several. */
static siamese_bundle *with_a_row_twice(const char *path, int has_items)
{
    float vector[64] = {1};
    siamese_model *const model = opened(path, 0);
    siamese_bundle *bundle;
    siamese_index *index;
    ok(siamese_model_get_bundle(model, &bundle));
    ok(siamese_model_get_index(model, &index));
    ok(siamese_index_add(index, (int64_t[]){(int64_t)all.count / 2}, vector,
                         1));
    if (!has_items) {
        ok(siamese_bundle_set_items(bundle, NULL));
        ok(siamese_bundle_set_ranker(bundle, NULL));
    }
    siamese_index_free(index);
    siamese_model_free(model);
    return bundle;
}

static void assert_names_the_row(siamese_status status)
{
    assert_error(status, SIAMESE_E_FORMAT, "section index: ");
    assert_error(status, SIAMESE_E_FORMAT,
                 is_slow_machine() ? "row 162 " : "row 450 ");
}

/* Otherwise a search with `dedupe` would find the item twice. */
static void test_open__refuses_an_index_with_a_row_twice(void **state)
{
    char path[] = "/tmp/siamese-mapped-XXXXXX", bad[64];
    siamese_model *model = NULL;
    siamese_save_options options;
    (void)state;
    store_model(path);
    snprintf(bad, sizeof bad, "%s.bad", path);
    siamese_bundle *bundle = with_a_row_twice(path, 1);
    assert_names_the_row(siamese_model_from_bundle(&model, bundle));
    ok(siamese_save_options_init(&options, sizeof options));
    options.map = 1;
    ok(siamese_checkpoint_save(bad, bundle, &options));
    siamese_bundle_free(bundle);
    siamese_model *const serving = opened(path, 0), *const whole =
                                                        opened(path, 0);
    for (int32_t map = 0; map <= 1; map++) {
        siamese_load_options const load = with_map(map);
        assert_names_the_row(siamese_model_open(&model, bad, &load));
        assert_null(model);
        assert_names_the_row(siamese_model_reload(serving, bad, &load));
        assert_finds_the_same(whole, serving);
    }
    siamese_model_free(serving);
    siamese_model_free(whole);
    bundle = with_a_row_twice(path, 0);
    ok(siamese_model_from_bundle(&model, bundle));
    siamese_model_free(model);
    siamese_bundle_free(bundle);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(unlink(bad), 0);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_open__with_map_finds_the_same),
        cmocka_unit_test(test_reload__with_map_outlives_the_name_of_its_file),
        cmocka_unit_test(test_open__refuses_an_index_with_a_row_twice),
    };
    return cmocka_run_group_tests(tests, make_model, free_model);
}
