/* Rankers and the words of their items in checkpoints and models: what comes
 * back searches as before. */
#include <unistd.h>

#include "api/ranked_items.h"

static char path[64];

static int make_all(void **state)
{
    snprintf(path, sizeof path, "/tmp/test_ranker_file.%ld", (long)getpid());
    return make_world(state);
}

static int free_all(void **state)
{
    remove(path);
    return free_world(state);
}

/* ---- bundles ---- */

static siamese_bundle *bundle_of(const siamese_searcher *searcher)
{
    siamese_bundle *bundle;
    siamese_index *index;
    siamese_items *items;
    siamese_ranker *ranker;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_searcher_get_index(searcher, &index));
    ok(siamese_searcher_get_items(searcher, &items));
    ok(siamese_searcher_get_ranker(searcher, &ranker));
    ok(siamese_bundle_set_query_tower(bundle, w.tower));
    ok(siamese_bundle_set_item_tower(bundle, w.tower));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_bundle_set_items(bundle, items));
    ok(siamese_bundle_set_ranker(bundle, ranker));
    siamese_index_free(index);
    siamese_items_free(items);
    siamese_ranker_free(ranker);
    return bundle;
}

/* By the parts of a bundle. */
static siamese_searcher *searcher_of(const siamese_bundle *bundle)
{
    siamese_searcher *searcher;
    siamese_index *index;
    siamese_items *items;
    siamese_ranker *ranker;
    siamese_tower *query, *item;
    ok(siamese_bundle_get_query_tower(bundle, &query));
    ok(siamese_bundle_get_item_tower(bundle, &item));
    ok(siamese_bundle_get_index(bundle, &index));
    ok(siamese_bundle_get_items(bundle, &items));
    ok(siamese_bundle_get_ranker(bundle, &ranker));
    ok(siamese_searcher_create(&searcher, query, item, index, items));
    ok(siamese_searcher_set_ranker(searcher, ranker));
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_index_free(index);
    siamese_items_free(items);
    siamese_ranker_free(ranker);
    return searcher;
}

static siamese_searcher *load(int map)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    ok(siamese_load_options_init(&options, sizeof options));
    options.map = map;
    options.threads = 1;
    ok(siamese_checkpoint_load(&bundle, path, &options));
    siamese_searcher *const searcher = searcher_of(bundle);
    siamese_bundle_free(bundle);
    return searcher;
}

static void test_file__searches_as_before(void **state)
{
    siamese_searcher *const searcher = make_searcher(w.tower);
    siamese_ranker_options options = {.struct_size = sizeof options};
    siamese_save_options save;
    siamese_ranker *ranker;
    (void)state;
    add(searcher, 0, 300);
    give_ranker(searcher, "maxsim_weight", "0.5");
    ok(siamese_searcher_remove(searcher, w.ids + 20, NULL, 30, NULL));
    siamese_bundle *const bundle = bundle_of(searcher);
    ok(siamese_save_options_init(&save, sizeof save));
    save.map = 1;
    ok(siamese_checkpoint_save(path, bundle, &save));
    siamese_bundle_free(bundle);
    for (int map = 0; map < 2; map++) {
        siamese_searcher *const again = load(map);
        assert_all_same(ask(searcher, 20), ask(again, 20));
        ok(siamese_searcher_get_ranker(again, &ranker));
        ok(siamese_ranker_get_options(ranker, &options));
        assert_true(options.maxsim_weight == 0.5);
        assert_int_equal(options.feedback, 10);
        siamese_ranker_free(ranker);
        siamese_searcher_free(again);
    }
    /* and goes on to follow the items */
    siamese_searcher *const again = load(0);
    add(again, 300, 100);
    add(searcher, 300, 100);
    assert_all_same(ask(searcher, 20), ask(again, 20));
    siamese_searcher_free(again);
    siamese_searcher_free(searcher);
}

/* Words that are of other rows, or of another tower, are not believed. */
static void test_words__of_others_are_made_anew(void **state)
{
    siamese_searcher *const few = make_searcher(w.tower);
    siamese_searcher *const all = make_full();
    siamese_tower_options options = {.struct_size = sizeof options};
    siamese_tower *other;
    (void)state;
    add(few, 0, 100);
    give_ranker(few, NULL, NULL);
    siamese_bundle *const bundle = bundle_of(few);
    ok(siamese_tower_get_options(w.tower, &options));
    for (int round = 0; round < 2; round++) {
        siamese_ranker *ranker;
        siamese_searcher *full, *fresh;
        if (round == 0) {
            ok(siamese_bundle_get_ranker(bundle, &ranker));
            full = make_searcher(w.tower);
            fresh = make_searcher(w.tower);
        } else {
            options.seed = 99;
            ok(siamese_tower_create(&other, &options));
            ok(siamese_tower_add_field(other, "text", w.vocab, NULL));
            ok(siamese_searcher_get_ranker(all, &ranker));
            full = make_searcher(other);
            fresh = make_searcher(other);
            siamese_tower_free(other);
        }
        add(full, 0, COUNT);
        add(fresh, 0, COUNT);
        ok(siamese_searcher_set_ranker(full, ranker));
        give_ranker(fresh, NULL, NULL);
        assert_all_same(ask(full, 20), ask(fresh, 20));
        siamese_ranker_free(ranker);
        siamese_searcher_free(full);
        siamese_searcher_free(fresh);
    }
    siamese_bundle_free(bundle);
    siamese_searcher_free(few);
    siamese_searcher_free(all);
}

/* ---- damage ---- */

static siamese_section_info section_of(const char *name)
{
    siamese_section_info infos[32];
    size_t count;
    for (size_t i = 0; i < 32; i++) infos[i].struct_size = sizeof *infos;
    ok(siamese_checkpoint_info(path, infos, 32, &count, NULL));
    for (size_t i = 0; i < count; i++)
        if (strcmp(infos[i].name, name) == 0) return infos[i];
    fail_msg("no section %s", name);
    return infos[0];
}

static void test_file__has_words_beside_an_index_alone(void **state)
{
    siamese_searcher *const searcher = make_full();
    siamese_bundle *const bundle = bundle_of(searcher);
    siamese_section_info infos[32];
    size_t count;
    (void)state;
    ok(siamese_checkpoint_save(path, bundle, NULL));
    assert_true(section_of("words").size > COUNT * 4);
    assert_true(section_of("ranker").size > 0);
    ok(siamese_bundle_set_index(bundle, NULL));
    ok(siamese_checkpoint_save(path, bundle, NULL));
    for (size_t i = 0; i < 32; i++) infos[i].struct_size = sizeof *infos;
    ok(siamese_checkpoint_info(path, infos, 32, &count, NULL));
    for (size_t i = 0; i < count; i++)
        assert_string_not_equal(infos[i].name, "words");
    siamese_bundle_free(bundle);
    siamese_searcher_free(searcher);
}

/* ---- models ---- */

static siamese_model *make_model(const char *preset)
{
    siamese_model *model;
    ok(siamese_model_create(&model, preset, NULL));
    ok(siamese_model_set(model, "threads", "1"));
    ok(siamese_model_set(model, "embedding_dim", "16"));
    ok(siamese_model_set(model, "epochs", "2"));
    ok(siamese_model_set(model, "min_steps", "4"));
    return model;
}

static void train(siamese_model *model)
{
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = w.queries,
                                 .items = w.titles,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = QUERIES};
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
}

static siamese_hits *ask_model(const siamese_model *model)
{
    siamese_search_request const request = request_of(0, QUERIES, 20);
    siamese_hits *hits;
    ok(siamese_model_search(model, &request, &hits));
    return hits;
}

static void add_to_model(siamese_model *model, size_t first, size_t count)
{
    siamese_item_rows const rows = rows_from(first, count);
    ok(siamese_model_add_items(model, &rows));
}

/* Confidences tell whether hits were ranked. */
static int ranks(const siamese_model *model)
{
    siamese_hits *const hits = ask_model(model);
    int const is_ranked = siamese_hits_confidences(hits, 0) != NULL;
    siamese_hits_free(hits);
    return is_ranked;
}

static void test_presets__say_whether_a_model_ranks(void **state)
{
    static const char *const presets[] = {"default", "small", "notebook"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        siamese_model *const model = make_model(presets[i]);
        siamese_ranker *ranker = NULL;
        add_to_model(model, 0, COUNT);
        train(model);
        assert_int_equal(ranks(model), i < 2);
        assert_int_equal(siamese_model_get_ranker(model, &ranker),
                         i < 2 ? SIAMESE_OK : SIAMESE_E_NOT_FOUND);
        siamese_ranker_free(ranker);
        siamese_model_free(model);
    }
}

static void test_model__ranks_through_all_that_becomes_of_it(void **state)
{
    siamese_model *const model = make_model("default"), *again;
    (void)state;
    add_to_model(model, 0, 200);
    train(model);
    add_to_model(model, 200, 200);
    ok(siamese_model_remove_items(model, w.ids + 100, NULL, 50, NULL));
    siamese_hits *const before = ask_model(model);
    /* a file, and the place of another */
    ok(siamese_model_save(model, path, NULL));
    ok(siamese_model_open(&again, path, NULL));
    assert_all_same(ask_model(model), ask_model(again));
    add_to_model(again, 100, 50);
    ok(siamese_model_reload(again, path, NULL));
    assert_all_same(ask_model(model), ask_model(again));
    /* the items anew, by the same towers */
    ok(siamese_model_rebuild(model, NULL, NULL));
    assert_all_same(before, ask_model(model));
    /* other towers: the words are theirs, or the file would say otherwise */
    train(again);
    ok(siamese_model_save(again, path, NULL));
    siamese_model_free(model);
    siamese_model *reopened;
    ok(siamese_model_open(&reopened, path, NULL));
    assert_int_equal(ranks(reopened), 1);
    assert_all_same(ask_model(again), ask_model(reopened));
    ok(siamese_model_rebuild(again, NULL, NULL));
    assert_all_same(ask_model(again), ask_model(reopened));
    siamese_model_free(again);
    siamese_model_free(reopened);
}

static void test_settings__are_of_the_next_searcher(void **state)
{
    siamese_model *const model = make_model("default");
    (void)state;
    add_to_model(model, 0, COUNT);
    train(model);
    ok(siamese_model_set(model, "rerank", "0"));
    ok(siamese_model_set(model, "ranker.spelling", "0"));
    ok(siamese_model_set(model, "ranker.feedback", "0"));
    assert_int_equal(ranks(model), 1);
    ok(siamese_model_rebuild(model, NULL, NULL));
    assert_int_equal(ranks(model), 0);
    ok(siamese_model_set(model, "rerank", "1"));
    ok(siamese_model_rebuild(model, NULL, NULL));
    assert_int_equal(ranks(model), 1);
    siamese_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_file__searches_as_before),
        cmocka_unit_test(test_words__of_others_are_made_anew),
        cmocka_unit_test(test_file__has_words_beside_an_index_alone),
        cmocka_unit_test(test_presets__say_whether_a_model_ranks),
        cmocka_unit_test(test_model__ranks_through_all_that_becomes_of_it),
        cmocka_unit_test(test_settings__are_of_the_next_searcher),
    };
    return cmocka_run_group_tests(tests, make_all, free_all);
}
