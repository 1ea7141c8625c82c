/* A model that is saved while a host's stream, or another thread, changes it:
 * the file is of one moment, and nobody waits for the stream. */
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "api/small_model.h"
#include "slow_machine.h"

enum { ROUNDS = 20 };

/* A model that finds its items, and can go on learning. */
static siamese_model *make_trained(void)
{
    siamese_model *const model = make_small();
    /* what waits for itself ends the test */
    alarm(is_slow_machine() ? 600 : 60);
    ok(siamese_model_set(model, "learning_rate", "0.3"));
    ok(siamese_model_set(model, "threads", "1"));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_add_items(model, &rows));
    ok(siamese_model_train(model, NULL, NULL));
    return model;
}

/* A stream into memory that has something else to do, once. */
typedef struct stream {
    image file;
    siamese_model *model;
    void (*meddle)(siamese_model *model);
} stream;

static int32_t put(void *user, const void *data, size_t size)
{
    stream *const s = user;
    if (s->meddle) s->meddle(s->model);
    s->meddle = NULL;
    return image_write(&s->file, data, size);
}

/* What the stream holds, saved while `meddle` had its way. */
static siamese_model *saved(siamese_model *model,
                            void (*meddle)(siamese_model *model))
{
    stream s = {.file = {.writes_left = -1}, .model = model, .meddle = meddle};
    siamese_model *again;
    ok(siamese_model_write(model, put, &s, NULL));
    assert_null(s.meddle);
    ok(siamese_model_read(&again, image_read, &s.file, NULL));
    free(s.file.bytes);
    return again;
}

static siamese_model_info info_of(const siamese_model *model)
{
    siamese_model_info info = {.struct_size = sizeof info};
    ok(siamese_model_get_info(model, &info));
    return info;
}

/* One step of another training, which then ends. */
static void train_on(siamese_model *model)
{
    uint64_t step = steps_of(model) + 1;
    assert_int_equal(siamese_model_train(model, stop_at, &step),
                     SIAMESE_E_CANCELLED);
    assert_int_equal(steps_of(model), step);
}

static void test_save__that_a_training_overlaps_is_of_one_moment(void **state)
{
    siamese_model *const model = make_trained();
    uint64_t const step = steps_of(model);
    (void)state;
    siamese_model *const again = saved(model, train_on);
    assert_int_equal(steps_of(again), step);
    assert_finds_by_its_towers(again, &titles[0]);
    siamese_model_free(again);
    siamese_model_free(model);
}

static const siamese_text new_title = TEXT("zinc bucket");
static const int64_t new_id = 77;

static void change(siamese_model *model)
{
    siamese_item_rows more = rows;
    siamese_bundle *bundle;
    more.count = 1;
    more.titles = &new_title;
    ok(siamese_model_update_items(model, &more));
    more.ids = &new_id;
    ok(siamese_model_add_items(model, &more));
    ok(siamese_model_remove_items(model, &ids[1], NULL, 1, NULL));
    ok(siamese_model_add_column(model, "price", SIAMESE_COLUMN_NUMBER));
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_set(model, "nprobe", "1"));
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_grow(model, 0));
    ok(siamese_model_get_bundle(model, &bundle));
    siamese_bundle_free(bundle);
    assert_finds_by_its_towers(model, &new_title);
    siamese_model_free(saved(model, train_on));
}

/* Nothing that is done in the callback waits, and none of it is in the file. */
static void test_write__to_a_stream_that_changes_the_model(void **state)
{
    siamese_model *const model = make_trained();
    int64_t numbers[ITEMS];
    siamese_items *items;
    (void)state;
    siamese_model *const again = saved(model, change);
    assert_int_equal(info_of(again).items, ITEMS);
    assert_int_equal(info_of(again).vectors, ITEMS);
    assert_finds_by_its_towers(again, &titles[1]);
    ok(siamese_model_get_items(again, &items));
    ok(siamese_items_find(items, ids, NULL, ITEMS, numbers, ITEMS));
    for (size_t i = 0; i < ITEMS; i++) assert_int_equal(numbers[i], i);
    siamese_items_free(items);
    ok(siamese_model_get_items(model, &items));
    ok(siamese_items_find(items, &ids[1], NULL, 1, numbers, 1));
    assert_int_equal(numbers[0], -1);
    siamese_items_free(items);
    siamese_model_free(again);
    siamese_model_free(model);
}

/* ---- beside another thread ---- */

static atomic_int stop, wrong;

static void *train_and_add(void *user)
{
    siamese_item_rows more = rows;
    more.count = 1;
    more.titles = &new_title;
    for (int64_t id = 100; !atomic_load(&stop); id++) {
        more.ids = &id;
        if (siamese_model_add_items(user, &more) ||
            siamese_model_train(user, NULL, NULL))
            atomic_fetch_add(&wrong, 1);
    }
    return NULL;
}

static void test_save__beside_trainings_is_of_one_moment(void **state)
{
    siamese_model *const model = make_trained();
    pthread_t thread;
    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, train_and_add, model), 0);
    for (size_t round = 0; round < ROUNDS; round++) {
        siamese_model *const again = saved(model, NULL);
        assert_int_equal(info_of(again).vectors, info_of(again).items);
        assert_finds_by_its_towers(again, &titles[0]);
        siamese_model_free(again);
    }
    atomic_store(&stop, 1);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(atomic_load(&wrong), 0);
    siamese_model_free(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_save__that_a_training_overlaps_is_of_one_moment),
        cmocka_unit_test(test_write__to_a_stream_that_changes_the_model),
        cmocka_unit_test(test_save__beside_trainings_is_of_one_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
