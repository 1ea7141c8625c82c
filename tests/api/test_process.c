/* What belongs to the process: version, status codes, the last error of each
 * thread, the allocator and the log. */
#include <pthread.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

static void test_version__is_the_header_s(void **state)
{
    char expected[32];
    (void)state;
    snprintf(expected, sizeof expected, "%d.%d.%d", SIAMESE_VERSION_MAJOR,
             SIAMESE_VERSION_MINOR, SIAMESE_VERSION_PATCH);
    assert_string_equal(siamese_version(), expected);
}

/* The numbers of the stable codes, written down a second time. */
static void test_status__codes_never_move(void **state)
{
    static const struct {
        const char *name;
        siamese_status code;
    } codes[] = {{"SIAMESE_OK", 0},
                 {"SIAMESE_E_ARGUMENT", -1},
                 {"SIAMESE_E_OPTION", -2},
                 {"SIAMESE_E_RANGE", -3},
                 {"SIAMESE_E_STATE", -4},
                 {"SIAMESE_E_NOT_FOUND", -5},
                 {"SIAMESE_E_MEMORY", -6},
                 {"SIAMESE_E_IO", -7},
                 {"SIAMESE_E_FORMAT", -8},
                 {"SIAMESE_E_VERSION", -9},
                 {"SIAMESE_E_LIMIT", -10},
                 {"SIAMESE_E_CANCELLED", -11},
                 {"SIAMESE_E_UNSUPPORTED", -12},
                 {"SIAMESE_E_NOT_FINITE", -13},
                 {"SIAMESE_E_INTERNAL", -14}};
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        assert_string_equal(siamese_status_name(codes[i].code), codes[i].name);
        assert_true(strlen(siamese_status_text(codes[i].code)) > 0);
        assert_string_not_equal(siamese_status_text(codes[i].code),
                                "unknown status");
    }
    static const siamese_status others[] = {1, -15, INT32_MAX, INT32_MIN};
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(siamese_status_name(others[i]), "unknown");
        assert_string_equal(siamese_status_text(others[i]), "unknown status");
    }
}

/* ---- the last error ---- */

static void *fail_otherwise(void *first)
{
    /* a new thread has had no failure, whatever others had */
    *(int *)first = siamese_last_error()[0] == '\0';
    siamese_tower_create(NULL, NULL);
    *(int *)first &= strstr(siamese_last_error(), "out") != NULL;
    return NULL;
}

static void test_last_error__belongs_to_its_thread(void **state)
{
    pthread_t thread;
    int good = 0;
    (void)state;
    siamese_tower_free(NULL);
    assert_int_equal(siamese_tower_encode(NULL, NULL, 0, 1, NULL, 0),
                     SIAMESE_E_ARGUMENT);
    assert_string_equal(siamese_last_error(), "tower: is NULL");
    pthread_create(&thread, NULL, fail_otherwise, &good);
    pthread_join(thread, NULL);
    assert_true(good);
    assert_string_equal(siamese_last_error(), "tower: is NULL");
}

static void test_last_error__stays_over_a_success(void **state)
{
    siamese_tower *tower = NULL;
    (void)state;
    siamese_tower_encode(NULL, NULL, 0, 1, NULL, 0);
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    siamese_tower_free(tower);
    assert_string_equal(siamese_last_error(), "tower: is NULL");
}

/* Texts of the host are shown only in part, never past the room. */
static void test_last_error__has_room_for_long_names(void **state)
{
    char *const name = malloc(100001);
    siamese_tower *tower = NULL;
    (void)state;
    memset(name, '%', 100000);
    name[100000] = '\0';
    siamese_tower_create(&tower, NULL);
    assert_int_equal(siamese_tower_parameter_get(tower, name, NULL, 0, NULL),
                     SIAMESE_E_NOT_FOUND);
    assert_in_range(strlen(siamese_last_error()), 10, 4095);
    siamese_tower_options o;
    siamese_tower_options_init(&o, sizeof o);
    assert_int_equal(siamese_tower_options_set(&o, name, "1"),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_tower_options_set(&o, "seed", name),
                     SIAMESE_E_OPTION);
    siamese_tower_free(tower);
    free(name);
}

/* Every option of the longest list, to its last one. */
static void test_last_error__lists_every_option(void **state)
{
    siamese_trainer_options options;
    siamese_option_info info = {.struct_size = sizeof info};
    (void)state;
    siamese_trainer_options_init(&options, sizeof options);
    for (size_t i = 0; siamese_trainer_options_describe(i, &info) == 0; i++) {
        assert_int_equal(siamese_trainer_options_set(&options, "epoch", "1"),
                         SIAMESE_E_OPTION);
        assert_non_null(strstr(siamese_last_error(), info.name));
    }
}

/* A list that is too long says how many names it leaves out. */
static void test_last_error__marks_a_list_that_is_cut(void **state)
{
    enum { FIELDS = 200 };
    siamese_field_options field;
    siamese_tower *tower;
    char name[64];
    size_t shown = 0, left = 0;
    (void)state;
    siamese_field_options_init(&field, sizeof field);
    field.kind = SIAMESE_FIELD_NUMBERS;
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    for (int f = 0; f < FIELDS; f++) {
        snprintf(name, sizeof name, "a_field_with_a_long_name_%d", f);
        assert_int_equal(siamese_tower_add_field(tower, name, NULL, &field), 0);
    }
    assert_int_equal(siamese_tower_parameter_get(tower, "none", NULL, 0, NULL),
                     SIAMESE_E_NOT_FOUND);
    const char *text = siamese_last_error();
    const char *const mark = strstr(text, " and ");
    assert_non_null(mark);
    assert_int_equal(sscanf(mark, " and %zu more", &left), 1);
    for (; (text = strstr(text, "numbers_")) != NULL; text++) shown++;
    assert_true(shown > 20);
    assert_int_equal(shown + left, siamese_tower_parameter_count(tower));
    siamese_tower_free(tower);
}

/* The middle of the path goes, not the reason behind it. */
static void test_last_error__keeps_the_reason_behind_a_long_path(void **state)
{
    siamese_bundle *bundle = NULL;
    char path[7001] = "/start";
    (void)state;
    memset(path + 6, 'a', sizeof path - 7);
    assert_int_equal(siamese_checkpoint_load(&bundle, path, NULL),
                     SIAMESE_E_IO);
    const char *const text = siamese_last_error();
    assert_int_equal(strlen(text), 4095);
    assert_memory_equal(text, "/startaaaa", 10);
    assert_non_null(strstr(text, "a ... a"));
    assert_non_null(strstr(text, strerror(ENAMETOOLONG)));
}

/* ---- the allocator ---- */

static atomic_long live, calls;
static char user_mark;

static void *counting_allocate(void *user, size_t size)
{
    if (user != &user_mark || size == 0) return NULL;
    calls++;
    live++;
    return malloc(size);
}

static void *counting_reallocate(void *user, void *pointer, size_t size)
{
    if (user != &user_mark || pointer == NULL || size == 0) return NULL;
    calls++;
    return realloc(pointer, size);
}

static void counting_deallocate(void *user, void *pointer)
{
    if (user != &user_mark || pointer == NULL) return;
    live--;
    free(pointer);
}

static const siamese_allocator counting = {
    sizeof counting, &user_mark, counting_allocate, counting_reallocate,
    counting_deallocate};

static siamese_vocab *example_vocab(void)
{
    siamese_text const text = {"oak desk with lamp", 18};
    siamese_vocab *vocab = NULL;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
    assert_int_equal(siamese_vocab_finish(vocab), 0);
    return vocab;
}

static void test_allocator__has_all_memory_and_gets_it_back(void **state)
{
    siamese_tower *tower = NULL;
    siamese_text const text = {"oak lamp", 8};
    float vector[16];
    (void)state;
    live = calls = 0;
    assert_int_equal(siamese_set_allocator(&counting), 0);
    siamese_vocab *const vocab = example_vocab();
    assert_true(calls > 0);
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", vocab, NULL), 0);
    assert_int_equal(siamese_tower_encode(tower, &text, 1, 1, vector, 16), 0);
    siamese_vocab_free(vocab);
    siamese_tower_free(tower);
    assert_int_equal(live, 0);
    assert_int_equal(siamese_set_allocator(NULL), 0);
    calls = 0;
    siamese_vocab_free(example_vocab());
    assert_int_equal(calls, 0);
}

static void test_allocator__stays_while_any_handle_exists(void **state)
{
    siamese_vocab *vocab = NULL;
    siamese_tower *tower = NULL;
    siamese_index *index = NULL;
    siamese_bundle *bundle = NULL;
    (void)state;
    assert_int_equal(siamese_vocab_create(&vocab, NULL), 0);
    assert_int_equal(siamese_set_allocator(&counting), SIAMESE_E_STATE);
    siamese_vocab_free(vocab);
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_E_STATE);
    assert_int_equal(siamese_set_log(NULL, NULL, 0), SIAMESE_E_STATE);
    siamese_tower_free(tower);
    assert_int_equal(siamese_index_create(&index, 4, NULL), 0);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_E_STATE);
    siamese_index_free(index);
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_E_STATE);
    siamese_bundle_free(bundle);
    /* a handle that could not be made does not count */
    siamese_tower_options bad;
    siamese_tower_options_init(&bad, sizeof bad);
    bad.units = 0;
    assert_int_equal(siamese_tower_create(&tower, &bad), SIAMESE_E_OPTION);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

static void test_allocator__that_is_not_whole_is_refused(void **state)
{
    struct {
        siamese_allocator known;
        size_t unknown;
    } later = {counting, 1};
    (void)state;
    live = calls = 0;
    for (size_t i = 0; i < 5; i++) {
        siamese_allocator broken = counting;
        if (i == 0) broken.allocate = NULL;
        if (i == 1) broken.reallocate = NULL;
        if (i == 2) broken.deallocate = NULL;
        if (i == 3) broken.struct_size = 0;
        if (i == 4)
            broken.struct_size = offsetof(siamese_allocator, deallocate);
        assert_int_equal(siamese_set_allocator(&broken), SIAMESE_E_ARGUMENT);
    }
    later.known.struct_size = sizeof later;
    assert_int_equal(siamese_set_allocator(&later.known), SIAMESE_E_OPTION);
    siamese_vocab_free(example_vocab());
    assert_int_equal(calls, 0); /* none of them was taken */
    later.unknown = 0;
    assert_int_equal(siamese_set_allocator(&later.known), 0);
    siamese_vocab_free(example_vocab());
    assert_true(calls > 0);
    assert_int_equal(live, 0);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

/* ---- the log ---- */

static void count_message(void *user, int32_t level, const char *message)
{
    if (level >= 1 && level <= 4 && message[0]) ++*(int *)user;
}

static void test_log__levels_are_checked(void **state)
{
    static const int32_t bad[] = {-1, 5, INT32_MIN, INT32_MAX};
    int messages = 0;
    (void)state;
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(siamese_set_log(count_message, &messages, bad[i]),
                         SIAMESE_E_ARGUMENT);
    for (int32_t level = 0; level <= 4; level++)
        assert_int_equal(siamese_set_log(count_message, &messages, level), 0);
    siamese_vocab_free(example_vocab());
    assert_int_equal(siamese_set_log(NULL, NULL, SIAMESE_LOG_DEBUG), 0);
    int const before = messages;
    siamese_vocab_free(example_vocab());
    assert_int_equal(messages, before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_version__is_the_header_s),
        cmocka_unit_test(test_status__codes_never_move),
        cmocka_unit_test(test_last_error__belongs_to_its_thread),
        cmocka_unit_test(test_last_error__stays_over_a_success),
        cmocka_unit_test(test_last_error__has_room_for_long_names),
        cmocka_unit_test(test_last_error__lists_every_option),
        cmocka_unit_test(test_last_error__marks_a_list_that_is_cut),
        cmocka_unit_test(test_last_error__keeps_the_reason_behind_a_long_path),
        cmocka_unit_test(test_allocator__has_all_memory_and_gets_it_back),
        cmocka_unit_test(test_allocator__stays_while_any_handle_exists),
        cmocka_unit_test(test_allocator__that_is_not_whole_is_refused),
        cmocka_unit_test(test_log__levels_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
