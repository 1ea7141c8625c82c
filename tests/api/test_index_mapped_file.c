/* What becomes of the file of an index whose vectors stay in it: cut off,
 * damaged, deleted, replaced; what is read of it; and when memory runs out. */
#include "mapped_index.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/wait.h>

#include "failing_allocator.h"
#include "slow_machine.h"

enum { DIM = 40, COUNT = 3000, MANY = 30000, MANY_DIM = 64, LISTS = 60 };

typedef struct answer {
    int64_t ids[10];
    float scores[10];
} answer;

static siamese_status ask(const siamese_index *index, const float *query,
                          int32_t exact, answer *a)
{
    siamese_search_options options;
    memset(a, 0, sizeof *a);
    siamese_search_options_init(&options, sizeof options);
    options.exact = exact;
    return siamese_index_search(index, query, 1, 10, &options, a->ids,
                                a->scores, 10, NULL);
}

static void expect_same(const siamese_index *whole, const siamese_index *mapped,
                        const stored_index *s)
{
    for (size_t q = 0; q < 40; q++) {
        answer a, b;
        ok(ask(whole, s->vectors + q * s->dim, q & 1, &a));
        ok(ask(mapped, s->vectors + q * s->dim, q & 1, &b));
        assert_memory_equal(&a, &b, sizeof a);
    }
}

static void expect_named(siamese_status status, const char *section)
{
    assert_int_equal(status, SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), section));
}

/* ---- cut off ---- */

/* What needs no bytes of the file goes on; all else is an error. */
static void use_cut(siamese_index *index, const stored_index *s)
{
    float vector[DIM];
    char to[80];
    answer a;
    snprintf(to, sizeof to, "%s.new", s->path);
    siamese_bundle *bundle;
    assert_int_equal(ask(index, s->vectors, 1, &a), SIAMESE_E_IO);
    assert_non_null(strstr(siamese_last_error(), s->path));
    assert_int_equal(siamese_index_reconstruct(index, s->ids[0], vector, DIM),
                     SIAMESE_E_IO);
    assert_int_equal(siamese_index_add(index, s->ids, s->vectors, 5),
                     SIAMESE_E_IO);
    assert_int_equal(siamese_index_remove(index, s->ids, 5, NULL),
                     SIAMESE_E_IO);
    assert_int_equal(siamese_index_train(index, s->vectors, COUNT),
                     SIAMESE_E_IO);
    assert_int_equal(siamese_index_export_faiss(index, to), SIAMESE_E_IO);
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    assert_int_equal(siamese_checkpoint_save(to, bundle, NULL), SIAMESE_E_IO);
    assert_int_equal(access(to, F_OK), -1);
    siamese_bundle_free(bundle);
    assert_int_equal(siamese_index_count(index), COUNT);
}

static void test_a_file_that_is_cut_off_is_an_error(void **state)
{
    (void)state;
    for (size_t nlist = 1; nlist < 10; nlist += 8) {
        stored_index s;
        size_t size;
        store_index(&s, DIM, COUNT, nlist, 0, SIAMESE_KERNEL_AUTO);
        long const at = section_at(s.path, "index", &size);
        for (long cut = 0; cut < 8; cut++) {
            siamese_index *const index = loaded_index(s.path, 1);
            char kept[80];
            /* the floats of what is asked for are beyond the cut */
            long const length = cut < 4 ? cut * 5 : at + cut * 9;
            snprintf(kept, sizeof kept, "%s.kept", s.path);
            save_index(index, kept, 1);
            ok(truncate(s.path, length));
            use_cut(index, &s);
            siamese_index_free(index);
            assert_int_equal(rename(kept, s.path), 0);
        }
        drop_index(&s);
    }
}

/* Wherever it ends: what is found is right, or it is an error. */
static void test_a_cut_anywhere_never_lies(void **state)
{
    (void)state;
    stored_index s;
    size_t size, failed = 0;
    store_index(&s, DIM, COUNT, 9, 0, SIAMESE_KERNEL_AUTO);
    siamese_index *const whole = loaded_index(s.path, 0);
    siamese_index *const mapped = loaded_index(s.path, 1);
    section_at(s.path, "index", &size);
    for (size_t left = 20; left > 0; left--) {
        answer a, b;
        ok(truncate(s.path, (off_t)(size * left / 20)));
        ok(ask(whole, s.vectors + left * DIM, 0, &a));
        siamese_status const status =
            ask(mapped, s.vectors + left * DIM, 0, &b);
        failed += status != SIAMESE_OK;
        if (status == SIAMESE_OK)
            assert_memory_equal(&a, &b, sizeof a);
        else
            assert_int_equal(status, SIAMESE_E_IO);
    }
    assert_true(failed > 0);
    siamese_index_free(whole);
    siamese_index_free(mapped);
    drop_index(&s);
}

static void test_a_file_that_is_gone_or_another_is_still_read(void **state)
{
    (void)state;
    stored_index s, other;
    store_index(&s, DIM, COUNT, 9, 1, SIAMESE_KERNEL_AUTO);
    siamese_index *const whole = loaded_index(s.path, 0);
    siamese_index *const mapped = loaded_index(s.path, 1);
    store_index(&other, DIM, 100, 1, 1, SIAMESE_KERNEL_AUTO);
    assert_int_equal(rename(other.path, s.path), 0);
    expect_same(whole, mapped, &s);
    assert_int_equal(unlink(s.path), 0);
    expect_same(whole, mapped, &s);
    siamese_index_free(whole);
    siamese_index_free(mapped);
    drop_index(&s);
    drop_index(&other);
}

/* ---- damaged ---- */

static void test_damaged_floats_are_seen_by_verify(void **state)
{
    (void)state;
    stored_index s;
    siamese_index *index;
    size_t size;
    store_index(&s, DIM, COUNT, 9, 0, SIAMESE_KERNEL_AUTO);
    long const at = section_at(s.path, "index", &size);
    ok(siamese_checkpoint_verify(s.path));
    flip_byte(s.path, at + (long)size / 2, 1);
    expect_named(siamese_checkpoint_verify(s.path), "section index:");
    expect_named(load_index(&index, s.path, 0), "section index:");
    ok(load_index(&index, s.path, 1));
    siamese_index_free(index);
    flip_byte(s.path, at + (long)size / 2, 1);
    ok(siamese_checkpoint_verify(s.path));
    assert_int_equal(siamese_checkpoint_verify("/no/such/file"), SIAMESE_E_IO);
    drop_index(&s);
}

static void test_all_else_that_is_damaged_is_refused(void **state)
{
    (void)state;
    stored_index s;
    siamese_index *index;
    size_t size;
    store_index(&s, DIM, 150, 5, 0, SIAMESE_KERNEL_AUTO);
    long const at = section_at(s.path, "index_map", &size);
    assert_true(at > 0 && size < 65536);
    for (size_t i = 0; i < size; i++) {
        int const mask = 1 << i % 8;
        flip_byte(s.path, at + (long)i, mask);
        siamese_status const status = load_index(&index, s.path, 1);
        assert_null(index);
        if (status != SIAMESE_E_VERSION) expect_named(status, "section index");
        if (i % 50 == 0) {
            expect_named(load_index(&index, s.path, 0), "section index_map:");
            expect_named(siamese_checkpoint_verify(s.path),
                         "section index_map:");
        }
        flip_byte(s.path, at + (long)i, mask);
    }
    siamese_index_free(loaded_index(s.path, 1));
    drop_index(&s);
}

/* Of many codes a list's are read when a search first wants them. */
static void test_damaged_codes_are_seen_when_they_are_read(void **state)
{
    (void)state;
    stored_index s;
    siamese_index *index;
    size_t size, wrong = 0;
    answer a;
    store_index(&s, MANY_DIM, MANY, LISTS, 0, SIAMESE_KERNEL_AUTO);
    long const at = section_at(s.path, "index_map", &size);
    flip_byte(s.path, at + (long)size / 2, 4);
    ok(load_index(&index, s.path, 1));
    expect_named(ask(index, s.vectors, 1, &a), "section index_map:");
    expect_named(ask(index, s.vectors, 1, &a), "section index_map:");
    for (size_t q = 0; q < 200; q++)
        wrong += ask(index, s.vectors + q * MANY_DIM, 0, &a) != SIAMESE_OK;
    assert_true(wrong < 200); /* other lists are as good as ever */
    expect_named(siamese_checkpoint_verify(s.path), "section index_map:");
    flip_byte(s.path, at + (long)size / 2, 4);
    ok(ask(index, s.vectors, 1, &a));
    siamese_index_free(index);
    drop_index(&s);
}

/* ---- how much is read ---- */

/* Bytes that the process has read; SIZE_MAX where the system does not tell. */
static size_t bytes_read(void)
{
    unsigned long long bytes;
    FILE *const file = fopen("/proc/self/io", "r");
    int const fields = file ? fscanf(file, "rchar: %llu", &bytes) : 0;
    if (file) fclose(file);
    return fields == 1 ? (size_t)bytes : SIZE_MAX;
}

static void test_a_mapped_load_reads_little(void **state)
{
    (void)state;
    stored_index s;
    answer a;
    store_index(&s, MANY_DIM, MANY, LISTS, 0, SIAMESE_KERNEL_AUTO);
    size_t const before = bytes_read();
    siamese_index *const index = loaded_index(s.path, 1);
    size_t const loaded = bytes_read() - before;
    ok(ask(index, s.vectors, 0, &a));
    size_t const asked = bytes_read() - before;
    siamese_index_free(index);
    if (before != SIZE_MAX) {
        size_t const ids = MANY * sizeof(int64_t);
        size_t const centroids = LISTS * MANY_DIM * sizeof(float);
        /* sizes, CRC32, tables and /proc itself: less than 8 kB */
        assert_in_range(loaded, ids + centroids, ids + centroids + 8192);
        assert_true(asked < MANY * MANY_DIM * sizeof(float) / 4);
    }
    drop_index(&s);
}

/* ---- a file that was not saved for it, and no file ---- */

static void test_others_are_loaded_whole(void **state)
{
    (void)state;
    stored_index s;
    store_index(&s, DIM, COUNT, 9, 0, SIAMESE_KERNEL_AUTO);
    siamese_index *const whole = loaded_index(s.path, 0);
    size_t size;
    save_index(whole, s.path, 0);
    assert_int_equal(section_at(s.path, "index_map", &size), -1);
    siamese_index *const index = loaded_index(s.path, 1);
    ok(truncate(s.path, 0));
    expect_same(whole, index, &s);
    siamese_index_free(index);
    siamese_index_free(whole);
    drop_index(&s);
}

/* By itself a save has what is mapped from 2^25 bytes of vectors on. */
static void test_a_save_maps_what_is_worth_it(void **state)
{
    enum { WIDE = 512, ENOUGH = (1 << 25) / (WIDE * sizeof(float)) };
    (void)state;
    stored_index s;
    siamese_save_options options;
    size_t size;
    ok(siamese_save_options_init(&options, sizeof options));
    for (int enough = 0; enough < 2; enough++) {
        store_index(&s, WIDE, ENOUGH - !enough, 1, 0, SIAMESE_KERNEL_AUTO);
        siamese_index *const whole = loaded_index(s.path, 0);
        save_index(whole, s.path, options.map);
        assert_int_equal(section_at(s.path, "index_map", &size) >= 0, enough);
        siamese_index_free(whole);
        siamese_index *const index = loaded_index(s.path, 1);
        assert_int_equal(siamese_index_count(index), ENOUGH - !enough);
        siamese_index_free(index);
        drop_index(&s);
    }
    ok(siamese_save_options_set(&options, "map", "1"));
    assert_int_equal(options.map, 1);
    ok(siamese_save_options_set(&options, "map", "0"));
    assert_int_equal(options.map, 0);
}

static void test_bytes_in_memory_are_loaded_whole(void **state)
{
    (void)state;
    stored_index s;
    siamese_load_options options;
    siamese_bundle *bundle;
    siamese_index *index;
    store_index(&s, DIM, COUNT, 9, 0, SIAMESE_KERNEL_AUTO);
    FILE *const file = fopen(s.path, "rb");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    size_t const size = (size_t)ftell(file);
    unsigned char *const bytes = malloc(size);
    rewind(file);
    assert_int_equal(fread(bytes, 1, size, file), size);
    fclose(file);
    siamese_index *const whole = loaded_index(s.path, 0);
    ok(siamese_load_options_init(&options, sizeof options));
    assert_int_equal(options.map, 0);
    ok(siamese_load_options_set(&options, "map", "1"));
    ok(siamese_checkpoint_load_memory(&bundle, bytes, size, &options));
    free(bytes);
    ok(siamese_bundle_get_index(bundle, &index));
    siamese_bundle_free(bundle);
    expect_same(whole, index, &s);
    siamese_index_free(index);
    siamese_index_free(whole);
    drop_index(&s);
}

/* ---- threads and processes ---- */

typedef struct asker {
    const siamese_index *whole, *mapped;
    const stored_index *s;
} asker;

static void *ask_all(void *argument)
{
    const asker *const w = argument;
    size_t wrong = 0;
    for (size_t q = 0; q < 200; q++) {
        answer a, b;
        size_t vectors;
        const float *const query = w->s->vectors + q * w->s->dim;
        wrong += ask(w->whole, query, q % 20 == 0, &a) != SIAMESE_OK;
        wrong += ask(w->mapped, query, q % 20 == 0, &b) != SIAMESE_OK;
        wrong += memcmp(&a, &b, sizeof a) != 0;
        wrong += siamese_index_contains(w->mapped, w->s->ids[q], &vectors) !=
                 SIAMESE_OK;
    }
    return wrong ? (void *)argument : NULL;
}

/* Beside its parent. Not under valgrind, which takes for lost what a child
 * inherits and does not free. */
static void check_a_child(asker *w)
{
    int status;
    if (is_slow_machine()) return;
    pid_t const child = fork();
    assert_true(child >= 0);
    if (child == 0) _exit(ask_all(w) != NULL);
    assert_null(ask_all(w));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void test_threads_and_children_read_at_once(void **state)
{
    (void)state;
    stored_index s;
    pthread_t threads[4];
    void *wrong;
    store_index(&s, MANY_DIM, MANY, LISTS, 0, SIAMESE_KERNEL_AUTO);
    asker w = {loaded_index(s.path, 0), loaded_index(s.path, 1), &s};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_all, &w), 0);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
    check_a_child(&w);
    siamese_index_free((siamese_index *)(uintptr_t)w.whole);
    siamese_index_free((siamese_index *)(uintptr_t)w.mapped);
    drop_index(&s);
}

/* ---- memory ---- */

static siamese_status load_and_use(const stored_index *s)
{
    siamese_index *index;
    answer a;
    size_t vectors;
    siamese_status status = load_index(&index, s->path, 1);
    if (status == SIAMESE_OK) status = ask(index, s->vectors, 1, &a);
    if (status == SIAMESE_OK)
        status = siamese_index_contains(index, s->ids[0], &vectors);
    if (status == SIAMESE_OK)
        status = siamese_index_add(index, s->ids, s->vectors, 5);
    siamese_index_free(index);
    return status;
}

static void test_every_lack_of_memory_is_an_error(void **state)
{
    (void)state;
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    stored_index s;
    ok(siamese_set_allocator(&allocator));
    store_index(&s, DIM, 300, 5, 0, SIAMESE_KERNEL_AUTO);
    siamese_status status = SIAMESE_E_MEMORY;
    long n = 0;
    for (; status == SIAMESE_E_MEMORY; n++) {
        assert_true(n < 2000);
        fail_after(n);
        status = load_and_use(&s);
        if (failures) assert_int_equal(status, SIAMESE_E_MEMORY);
    }
    fail_after(-1);
    ok(status);
    assert_true(n > 30);
    drop_index(&s);
    ok(siamese_set_allocator(NULL));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_file_that_is_cut_off_is_an_error),
        cmocka_unit_test(test_a_cut_anywhere_never_lies),
        cmocka_unit_test(test_a_file_that_is_gone_or_another_is_still_read),
        cmocka_unit_test(test_damaged_floats_are_seen_by_verify),
        cmocka_unit_test(test_all_else_that_is_damaged_is_refused),
        cmocka_unit_test(test_damaged_codes_are_seen_when_they_are_read),
        cmocka_unit_test(test_a_mapped_load_reads_little),
        cmocka_unit_test(test_others_are_loaded_whole),
        cmocka_unit_test(test_a_save_maps_what_is_worth_it),
        cmocka_unit_test(test_bytes_in_memory_are_loaded_whole),
        cmocka_unit_test(test_threads_and_children_read_at_once),
        cmocka_unit_test(test_every_lack_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
