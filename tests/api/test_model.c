/* A model beside its parts, used by hand: the same bits, here, from a file and
 * from a stream. */
#include <unistd.h>

#include "api/checkpoint_parts.h"

#define TEXT(literal) {literal, sizeof(literal) - 1}

enum { ITEMS = 8, PAIRS = 16, DIM = 16 };

static const siamese_text titles[ITEMS] = {
    TEXT("oak writing desk"),     TEXT("glass computer desk"),
    TEXT("brass kitchen faucet"), TEXT("steel bathroom faucet"),
    TEXT("red velvet sofa"),      TEXT("grey corner sofa"),
    TEXT("cordless power drill"), TEXT("heavy hammer drill")};
static const siamese_text queries[PAIRS] = {
    TEXT("wooden desk"),   TEXT("office desk"),   TEXT("kitchen tap"),
    TEXT("bath tap"),      TEXT("red couch"),     TEXT("corner couch"),
    TEXT("battery drill"), TEXT("masonry drill"), TEXT("writing table"),
    TEXT("desk for pc"),   TEXT("sink tap"),      TEXT("bathroom tap"),
    TEXT("velvet settee"), TEXT("grey settee"),   TEXT("screwdriver"),
    TEXT("stone drill")};
static const int64_t ids[ITEMS] = {11, 12, 13, 14, 15, 16, 17, 18};

static char path[64];

static siamese_pairs pairs_of(siamese_text items[PAIRS])
{
    for (size_t i = 0; i < PAIRS; i++) items[i] = titles[i % ITEMS];
    return (siamese_pairs){.struct_size = sizeof(siamese_pairs),
                           .queries = queries,
                           .items = items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = PAIRS};
}

static siamese_item_rows rows_of(size_t first, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = ids + first,
                               .titles = titles + first};
}

static const char *const options[][2] = {{"embedding_dim", "16"},
                                         {"epochs", "4"},
                                         {"min_steps", "8"},
                                         {"batch_size", "4"},
                                         {"threads", "1"}};
enum { OPTIONS = sizeof options / sizeof *options };

static siamese_model *make_model_of(const char *preset)
{
    siamese_text items[PAIRS];
    siamese_pairs const pairs = pairs_of(items);
    siamese_item_rows const rows = rows_of(0, ITEMS);
    siamese_model *model;
    ok(siamese_model_create(&model, preset, NULL));
    for (size_t i = 0; i < OPTIONS; i++)
        ok(siamese_model_set(model, options[i][0], options[i][1]));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_items(model, &rows));
    return model;
}

static siamese_model *make_model(void)
{
    return make_model_of(NULL);
}

static siamese_model *make_trained(void)
{
    siamese_model *const model = make_model();
    ok(siamese_model_train(model, NULL, NULL));
    return model;
}

/* By all stages of the preset, or by vectors alone. */
static siamese_hits *ask_by(const siamese_model *model, int32_t stages)
{
    siamese_search_request request;
    siamese_hits *hits;
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = queries;
    request.count = PAIRS;
    request.k = 3;
    request.rerank = request.spelling = request.feedback = stages;
    ok(siamese_model_search(model, &request, &hits));
    return hits;
}

static siamese_hits *ask(const siamese_model *model)
{
    return ask_by(model, SIAMESE_RANK_AUTO);
}

static void assert_same_hits(const siamese_hits *a, const siamese_hits *b)
{
    size_t const count = siamese_hits_offsets(a)[PAIRS];
    assert_memory_equal(siamese_hits_offsets(a), siamese_hits_offsets(b),
                        (PAIRS + 1) * sizeof(size_t));
    assert_memory_equal(siamese_hits_ids(a, 0), siamese_hits_ids(b, 0),
                        count * sizeof(int64_t));
    assert_memory_equal(siamese_hits_scores(a, 0), siamese_hits_scores(b, 0),
                        count * sizeof(float));
    for (size_t q = 0; q < PAIRS; q++)
        for (size_t i = 0; i < siamese_hits_count(a, q); i++)
            assert_string_equal(siamese_hits_title(a, q, i),
                                siamese_hits_title(b, q, i));
}

static void assert_finds(const siamese_model *model, const char *text,
                         int64_t id)
{
    siamese_hits *hits;
    ok(siamese_model_search_text(model, text, 1, &hits));
    assert_int_equal(siamese_hits_count(hits, 0), 1);
    assert_int_equal(siamese_hits_ids(hits, 0)[0], id);
    siamese_hits_free(hits);
}

static void assert_error(siamese_status status, siamese_status wanted,
                         const char *word)
{
    assert_int_equal(status, wanted);
    assert_non_null(strstr(siamese_last_error(), word));
}

/* ---- beside the parts ---- */

/* What siamese_model_train does, by hand. */
static void train_by_hand(const char *preset, siamese_tower *towers[2],
                          siamese_index **index)
{
    siamese_vocab_options v;
    siamese_tower_options t;
    siamese_trainer_options r;
    siamese_index_options x;
    siamese_text items[PAIRS];
    siamese_pairs pairs = pairs_of(items);
    siamese_vocab *vocab;
    siamese_tower *tower;
    siamese_trainer *trainer;
    ok(siamese_vocab_options_init(&v, sizeof v));
    ok(siamese_tower_options_init(&t, sizeof t));
    ok(siamese_trainer_options_init(&r, sizeof r));
    ok(siamese_index_options_init(&x, sizeof x));
    ok(siamese_preset_apply(preset, &v, &t, &r, &x));
    t.embedding_dim = DIM;
    r.epochs = 4;
    r.min_steps = 8;
    r.batch_size = 4;
    ok(siamese_vocab_create(&vocab, &v));
    ok(siamese_vocab_add(vocab, items, PAIRS));
    ok(siamese_vocab_add(vocab, queries, PAIRS));
    ok(siamese_vocab_finish(vocab));
    ok(siamese_tower_create(&tower, &t));
    ok(siamese_tower_add_field(tower, "text", vocab, NULL));
    ok(siamese_trainer_create(&trainer, tower, tower, &r));
    ok(siamese_trainer_add_pairs(trainer, &pairs));
    pairs = (siamese_pairs){.struct_size = sizeof pairs,
                            .items = titles,
                            .item_fields = 1,
                            .count = ITEMS};
    ok(siamese_trainer_add_items(trainer, &pairs));
    ok(siamese_trainer_fit(trainer, NULL, NULL));
    ok(siamese_trainer_snapshot(trainer, &towers[0], &towers[1]));
    ok(siamese_index_create(index, DIM, &x));
    siamese_trainer_free(trainer);
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
}

/* A model of a preset, trained by so many threads, beside its parts. */
static void compare_with_parts(const char *preset, const char *threads)
{
    float by_hand[PAIRS * DIM], vectors[PAIRS * DIM], scores[PAIRS * 3];
    int64_t found[PAIRS * 3];
    siamese_tower *towers[2];
    siamese_index *index;
    siamese_model *const model = make_model_of(preset);
    ok(siamese_model_set(model, "threads", threads));
    ok(siamese_model_train(model, NULL, NULL));
    train_by_hand(preset, towers, &index);
    ok(siamese_tower_encode(towers[1], titles, ITEMS, 1, by_hand, ITEMS * DIM));
    ok(siamese_model_encode(model, SIAMESE_SIDE_ITEM, titles, ITEMS, 1, vectors,
                            ITEMS * DIM));
    assert_memory_equal(by_hand, vectors, ITEMS * DIM * sizeof(float));
    ok(siamese_index_add(index, ids, by_hand, ITEMS));
    ok(siamese_tower_encode(towers[0], queries, PAIRS, 1, by_hand,
                            PAIRS * DIM));
    ok(siamese_index_search(index, by_hand, PAIRS, 3, NULL, found, scores,
                            PAIRS * 3, NULL));
    siamese_hits *const hits = ask_by(model, SIAMESE_RANK_OFF);
    assert_memory_equal(siamese_hits_ids(hits, 0), found, sizeof found);
    assert_memory_equal(siamese_hits_scores(hits, 0), scores, sizeof scores);
    siamese_hits_free(hits);
    siamese_index_free(index);
    siamese_tower_free(towers[0]);
    siamese_tower_free(towers[1]);
    siamese_model_free(model);
}

static void test_train__gives_the_bits_of_the_parts(void **state)
{
    static const char *const presets[] = {"default", "small", "notebook"};
    (void)state;
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        compare_with_parts(presets[i], "1");
        compare_with_parts(presets[i], "2");
    }
}

static void test_parts__can_be_had_and_shared(void **state)
{
    siamese_model *const model = make_trained();
    siamese_vocab *vocab;
    siamese_tower *query, *item;
    siamese_trainer *trainer;
    siamese_index *index;
    siamese_items *items;
    siamese_searcher *searcher;
    siamese_model_info info = {.struct_size = sizeof info};
    (void)state;
    ok(siamese_model_get_vocab(model, &vocab));
    ok(siamese_model_get_query_tower(model, &query));
    ok(siamese_model_get_item_tower(model, &item));
    ok(siamese_model_get_trainer(model, &trainer));
    ok(siamese_model_get_index(model, &index));
    ok(siamese_model_get_items(model, &items));
    ok(siamese_model_get_searcher(model, &searcher));
    ok(siamese_model_get_info(model, &info));
    siamese_model_free(model);
    assert_ptr_equal(query, item);
    assert_int_equal(siamese_trainer_pair_count(trainer), PAIRS);
    assert_int_equal(siamese_index_count(index), ITEMS);
    assert_int_equal(siamese_items_count(items), ITEMS);
    assert_true(siamese_vocab_size(vocab) > 30);
    assert_int_equal(info.dim, DIM);
    assert_int_equal(info.items, ITEMS);
    assert_int_equal(info.vectors, ITEMS);
    assert_int_equal(info.pairs, PAIRS);
    assert_int_equal(info.trained, 1);
    assert_int_equal(info.training, 0);
    siamese_vocab_free(vocab);
    siamese_tower_free(query);
    siamese_tower_free(item);
    siamese_trainer_free(trainer);
    siamese_index_free(index);
    siamese_items_free(items);
    siamese_searcher_free(searcher);
}

/* ---- files ---- */

static void test_save__and_open_give_the_same_hits(void **state)
{
    siamese_model *const model = make_trained();
    siamese_hits *const hits = ask(model);
    siamese_model *again;
    (void)state;
    ok(siamese_model_save(model, path, NULL));
    siamese_model_free(model);
    ok(siamese_model_open(&again, path, NULL));
    siamese_hits *const same = ask(again);
    siamese_model_free(again);
    assert_same_hits(hits, same);
    siamese_hits_free(hits);
    siamese_hits_free(same);
}

typedef struct stream {
    image bytes;
    size_t read;
} stream;

static int32_t stream_write(void *user, const void *data, size_t size)
{
    return image_write(&((stream *)user)->bytes, data, size);
}

static int32_t stream_read(void *user, void *data, size_t size, size_t *done)
{
    stream *const s = user;
    size_t const left = s->bytes.size - s->read;
    *done = size < left ? size : left;
    memcpy(data, s->bytes.bytes + s->read, *done);
    s->read += *done;
    return 0;
}

static void test_stream__holds_what_a_file_holds(void **state)
{
    siamese_model *const model = make_trained();
    siamese_model *again;
    stream s = {.bytes = {.writes_left = -1}};
    (void)state;
    ok(siamese_model_write(model, stream_write, &s, NULL));
    ok(siamese_model_read(&again, stream_read, &s, NULL));
    siamese_hits *const hits = ask(model), *const same = ask(again);
    assert_same_hits(hits, same);
    siamese_hits_free(hits);
    siamese_hits_free(same);
    siamese_model_free(model);
    siamese_model_free(again);
    free(s.bytes.bytes);
}

static void test_open__trains_on_to_the_same_bits(void **state)
{
    siamese_text items[PAIRS];
    siamese_pairs const pairs = pairs_of(items);
    siamese_save_options whole;
    siamese_model *const model = make_trained();
    siamese_model *again;
    (void)state;
    ok(siamese_save_options_init(&whole, sizeof whole));
    ok(siamese_model_save(model, path, &whole));
    ok(siamese_model_open(&again, path, NULL));
    /* the same pairs again: they are not in the file */
    ok(siamese_model_add_pairs(again, &pairs));
    ok(siamese_model_train(again, NULL, NULL));
    ok(siamese_model_train(model, NULL, NULL));
    siamese_hits *const hits = ask(model), *const same = ask(again);
    assert_same_hits(hits, same);
    siamese_hits_free(hits);
    siamese_hits_free(same);
    siamese_model_free(model);
    siamese_model_free(again);
}

/* A file of the middle of a training gets its index when it is opened. */
static int32_t stop_at_once(void *user, const siamese_progress *progress)
{
    (void)user;
    return progress->step == 2;
}

static void test_open__indexes_what_was_not(void **state)
{
    siamese_model *const model = make_model();
    siamese_model *again;
    siamese_save_options whole;
    (void)state;
    ok(siamese_save_options_init(&whole, sizeof whole));
    assert_int_equal(siamese_model_train(model, stop_at_once, NULL),
                     SIAMESE_E_CANCELLED);
    ok(siamese_model_save(model, path, &whole));
    ok(siamese_model_open(&again, path, NULL));
    assert_finds(again, "oak writing desk", 11);
    siamese_model_free(model);
    siamese_model_free(again);
}

static void test_reload__takes_the_place_and_hits_stay(void **state)
{
    siamese_model *const other = make_trained();
    siamese_item_rows rows = rows_of(0, ITEMS);
    (void)state;
    ok(siamese_model_save(other, path, NULL));
    siamese_hits *const wanted = ask(other);
    /* the other model knows the same titles under one id less each */
    int64_t less[ITEMS];
    for (size_t i = 0; i < ITEMS; i++) less[i] = ids[i] - 1;
    rows.ids = less;
    siamese_model *model;
    ok(siamese_model_open(&model, path, NULL));
    ok(siamese_model_remove_items(model, ids, NULL, ITEMS, NULL));
    ok(siamese_model_add_items(model, &rows));
    siamese_hits *const old = ask(model);
    ok(siamese_model_reload(model, path, NULL));
    siamese_hits *const now = ask(model);
    assert_same_hits(wanted, now);
    assert_int_equal(siamese_hits_ids(old, 0)[0],
                     siamese_hits_ids(now, 0)[0] - 1);
    assert_error(siamese_model_reload(model, "/no/such/file", NULL),
                 SIAMESE_E_IO, "/no/such/file");
    siamese_hits *const still = ask(model);
    siamese_model_free(model);
    siamese_model_free(other);
    assert_same_hits(wanted, still);
    siamese_hits_free(wanted);
    siamese_hits_free(old);
    siamese_hits_free(now);
    siamese_hits_free(still);
}

static void test_bundle__keeps_sections_of_the_host(void **state)
{
    siamese_model *const model = make_trained();
    siamese_model *again;
    siamese_bundle *bundle;
    char text[8];
    (void)state;
    ok(siamese_model_get_bundle(model, &bundle));
    ok(siamese_bundle_set_section(bundle, "notes", "of 1998", 8));
    ok(siamese_model_from_bundle(&again, bundle));
    siamese_bundle_free(bundle);
    ok(siamese_model_save(again, path, NULL));
    siamese_model_free(again);
    ok(siamese_model_open(&again, path, NULL));
    ok(siamese_model_get_bundle(again, &bundle));
    ok(siamese_bundle_get_section(bundle, "notes", text, 8, NULL));
    assert_string_equal(text, "of 1998");
    siamese_bundle_free(bundle);
    siamese_model_free(again);
    siamese_model_free(model);
}

/* ---- items that come and go ---- */

static void test_items__are_found_from_when_they_are_added(void **state)
{
    siamese_text items[PAIRS];
    siamese_pairs const pairs = pairs_of(items);
    siamese_item_rows rows = rows_of(0, 4);
    siamese_hits *none;
    siamese_model *model;
    (void)state;
    ok(siamese_model_create(&model, "small", NULL));
    for (size_t i = 0; i < OPTIONS; i++)
        ok(siamese_model_set(model, options[i][0], options[i][1]));
    ok(siamese_model_add_pairs(model, &pairs));
    assert_error(siamese_model_search_text(model, "desk", 1, &none),
                 SIAMESE_E_STATE, "no index");
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_add_items(model, &rows));
    assert_finds(model, "oak writing desk", 11);
    rows = rows_of(4, 4);
    ok(siamese_model_add_items(model, &rows));
    assert_finds(model, "heavy hammer drill", 18);
    rows = rows_of(7, 1);
    rows.titles = &titles[0];
    ok(siamese_model_update_items(model, &rows));
    ok(siamese_model_remove_items(model, ids, NULL, 1, NULL));
    assert_finds(model, "oak writing desk", 18);
    siamese_model_free(model);
}

static void test_ids__are_of_the_kind_that_comes_first(void **state)
{
    siamese_text const brands[ITEMS] = {TEXT("Acme")};
    siamese_column_values const column = {sizeof column, "brand", brands,
                                          NULL,          NULL,    NULL};
    siamese_item_rows rows = rows_of(0, ITEMS);
    siamese_hits *hits;
    siamese_text text;
    siamese_model *model;
    (void)state;
    ok(siamese_model_create(&model, NULL, NULL));
    ok(siamese_model_set(model, "epochs", "1"));
    ok(siamese_model_set(model, "min_steps", "1"));
    ok(siamese_model_set(model, "embedding_dim", "8"));
    ok(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    rows.ids = NULL;
    rows.text_ids = titles;
    rows.columns = &column;
    rows.column_count = 1;
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_search_text(model, "oak writing desk", 1, &hits));
    assert_string_equal(siamese_hits_text_id(hits, 0, 0), "oak writing desk");
    ok(siamese_hits_get_texts(hits, "brand", &text, NULL, 1, NULL));
    assert_string_equal(text.data, "Acme");
    siamese_hits_free(hits);
    rows = rows_of(0, 1);
    assert_error(siamese_model_add_items(model, &rows), SIAMESE_E_STATE,
                 "texts");
    siamese_model_free(model);
}

static int make_path(void **state)
{
    (void)state;
    strcpy(path, "/tmp/siamese-model-XXXXXX");
    int const file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    remove(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_train__gives_the_bits_of_the_parts),
        cmocka_unit_test(test_parts__can_be_had_and_shared),
        cmocka_unit_test(test_save__and_open_give_the_same_hits),
        cmocka_unit_test(test_stream__holds_what_a_file_holds),
        cmocka_unit_test(test_open__trains_on_to_the_same_bits),
        cmocka_unit_test(test_open__indexes_what_was_not),
        cmocka_unit_test(test_reload__takes_the_place_and_hits_stay),
        cmocka_unit_test(test_bundle__keeps_sections_of_the_host),
        cmocka_unit_test(test_items__are_found_from_when_they_are_added),
        cmocka_unit_test(test_ids__are_of_the_kind_that_comes_first),
    };
    return cmocka_run_group_tests(tests, make_path, remove_path);
}
