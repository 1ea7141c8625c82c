/* Items, searcher and model when any one allocation fails: an error, everything
 * as before, and the same call succeeds once there is memory. */
#include "failing_allocator.h"

#include <unistd.h>

#include "api/checkpoint_parts.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ITEMS = 5, MOST = 4000 };

static const siamese_text titles[ITEMS] = {
    TEXT("oak desk"), TEXT("red sofa"), TEXT("brass tap"), TEXT("power drill"),
    TEXT("zinc bucket")};
static const int64_t ids[ITEMS] = {1, 2, 3, 4, 5};
static const double prices[ITEMS] = {1, 2, 3, 4, 5};
static const siamese_column_values column = {sizeof column, "price", NULL,
                                             NULL,          prices,  NULL};

static siamese_item_rows rows_of(size_t first, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = ids + first,
                               .titles = titles + first,
                               .columns = &column,
                               .column_count = 1};
}

typedef struct world {
    siamese_model *model, *made;
    siamese_hits *hits;
    siamese_bundle *bundle;
    image file;
    size_t read;
    char path[64];
} world;

static world w;

static siamese_model *make_model(void)
{
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = titles,
                                 .items = titles,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = ITEMS};
    siamese_model *model;
    ok(siamese_model_create(&model, NULL, NULL));
    ok(siamese_model_set(model, "embedding_dim", "4"));
    ok(siamese_model_set(model, "epochs", "1"));
    ok(siamese_model_set(model, "min_steps", "0"));
    ok(siamese_model_set(model, "threads", "1"));
    ok(siamese_model_add_pairs(model, &pairs));
    return model;
}

static int make_world(void **state)
{
    siamese_item_rows const rows = rows_of(0, 3);
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    (void)state;
    ok(siamese_set_allocator(&allocator));
    memset(&w, 0, sizeof w);
    strcpy(w.path, "/tmp/siamese-memory-XXXXXX");
    int const file = mkstemp(w.path);
    assert_true(file >= 0);
    close(file);
    w.model = make_model();
    ok(siamese_model_add_items(w.model, &rows));
    ok(siamese_model_train(w.model, NULL, NULL));
    ok(siamese_model_save(w.model, w.path, NULL));
    w.file.writes_left = -1;
    return 0;
}

static int free_world(void **state)
{
    (void)state;
    siamese_model_free(w.model);
    remove(w.path);
    free(w.file.bytes);
    return siamese_set_allocator(NULL) != SIAMESE_OK;
}

/* Rows and vectors, and whether a search finds the first title first. */
static void assert_state(size_t items)
{
    siamese_model_info info = {.struct_size = sizeof info};
    siamese_hits *hits;
    ok(siamese_model_get_info(w.model, &info));
    assert_int_equal(info.items, items);
    assert_int_equal(info.vectors, items);
    ok(siamese_model_search_text(w.model, "red sofa", 9, &hits));
    assert_int_equal(siamese_hits_count(hits, 0), items);
    assert_int_equal(siamese_hits_ids(hits, 0)[0], 2);
    siamese_hits_free(hits);
}

/* before, after: the items that there are. */
static void until_it_succeeds(siamese_status (*call)(void), size_t before,
                              size_t after)
{
    siamese_status status = SIAMESE_E_MEMORY;
    for (long n = 0; status != SIAMESE_OK; n++) {
        assert_true(n < MOST);
        fail_after(n);
        status = call();
        fail_after(-1);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
        assert_non_null(strstr(siamese_last_error(), "memory"));
        assert_state(before);
    }
    assert_state(after);
}

/* ---- the calls ---- */

static siamese_status add(void)
{
    siamese_item_rows const rows = rows_of(3, 2);
    return siamese_model_add_items(w.model, &rows);
}

static siamese_status update(void)
{
    siamese_item_rows const rows = rows_of(2, 3);
    return siamese_model_update_items(w.model, &rows);
}

static siamese_status remove_some(void)
{
    return siamese_model_remove_items(w.model, &ids[2], NULL, 3, NULL);
}

static void test_items__change_or_stay(void **state)
{
    (void)state;
    until_it_succeeds(add, 3, 5);
    until_it_succeeds(update, 5, 5);
    until_it_succeeds(remove_some, 5, 2);
}

static siamese_status search(void)
{
    siamese_text const texts[] = {TEXT("red sofa"), TEXT("tap")};
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = texts;
    request.count = 2;
    siamese_status const status =
        siamese_model_search(w.model, &request, &w.hits);
    if (status == SIAMESE_OK) siamese_hits_free(w.hits);
    return status;
}

static siamese_status search_all(void)
{
    siamese_text const text = TEXT("red sofa");
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = &text;
    request.count = 1;
    request.k = 0;
    request.min_score = -1;
    siamese_status const status =
        siamese_model_search(w.model, &request, &w.hits);
    if (status == SIAMESE_OK) siamese_hits_free(w.hits);
    return status;
}

static void test_search__fails_whole(void **state)
{
    (void)state;
    until_it_succeeds(search, 3, 3);
    until_it_succeeds(search_all, 3, 3);
}

static int32_t write_bytes(void *user, const void *data, size_t size)
{
    (void)user;
    return image_write(&w.file, data, size);
}

static siamese_status save(void)
{
    return siamese_model_write(w.model, write_bytes, NULL, NULL);
}

static siamese_status open_file(void)
{
    siamese_status const status = siamese_model_open(&w.made, w.path, NULL);
    if (status == SIAMESE_OK) siamese_model_free(w.made);
    return status;
}

static siamese_status reload(void)
{
    return siamese_model_reload(w.model, w.path, NULL);
}

static void test_files__are_written_and_read_or_not(void **state)
{
    (void)state;
    until_it_succeeds(save, 3, 3);
    until_it_succeeds(open_file, 3, 3);
    until_it_succeeds(reload, 3, 3);
}

static siamese_status rebuild(void)
{
    return siamese_model_rebuild(w.model, NULL, NULL);
}

static siamese_status train(void)
{
    return siamese_model_train(w.model, NULL, NULL);
}

static void test_rebuild__puts_all_in_place_or_nothing(void **state)
{
    (void)state;
    until_it_succeeds(rebuild, 3, 3);
    until_it_succeeds(train, 3, 3);
}

/* The first training, from pairs that wait. */
static void test_train__goes_on_after_each_failure(void **state)
{
    siamese_item_rows const rows = rows_of(0, 3);
    siamese_status status = SIAMESE_E_MEMORY;
    (void)state;
    siamese_model_free(w.model);
    w.model = make_model();
    ok(siamese_model_add_items(w.model, &rows));
    for (long n = 0; status != SIAMESE_OK; n++) {
        assert_true(n < MOST);
        fail_after(n);
        status = train();
        fail_after(-1);
        if (status) assert_int_equal(status, SIAMESE_E_MEMORY);
    }
    assert_state(3);
    siamese_model_info info = {.struct_size = sizeof info};
    ok(siamese_model_get_info(w.model, &info));
    assert_int_equal(info.pairs, ITEMS);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, make_world, free_world)
    const struct CMUnitTest tests[] = {
        TEST(test_items__change_or_stay),
        TEST(test_search__fails_whole),
        TEST(test_files__are_written_and_read_or_not),
        TEST(test_rebuild__puts_all_in_place_or_nothing),
        TEST(test_train__goes_on_after_each_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
