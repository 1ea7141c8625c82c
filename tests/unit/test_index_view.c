/* A save and an export that are written while the index goes on changing: their
 * bytes are those of the moment at which they began. */
#include "index_data.h"

#include <stdio.h>

#include "common/memory.h"
#include "index/index_export.h"
#include "index/index_handle.h"
#include "index/index_state.h"

#include "failing_allocator.h"

#define DIM 24
#define COUNT 4000 /* three pieces of a view in one list */

typedef sm_status (*write_fn)(const siamese_index *index, sm_writer *writer);

typedef struct stream {
    unsigned char *data;
    size_t size, capacity;
    siamese_index *index; /* that changes while it is written; NULL: none */
    write_fn nested;      /* is written once more in the midst; NULL: not */
    uint32_t seed;
    size_t calls;
    int64_t next_id;
} stream;

static stream written(const siamese_index *index, write_fn write);

/* ---- changes ---- */

static void add_some(stream *s, size_t count)
{
    float *const vectors = clustered_vectors(count, DIM, 7, s->seed++);
    int64_t *const ids = counted_ids(count, s->next_id, 1);
    s->next_id += (int64_t)count;
    assert_int_equal(siamese_index_add(s->index, ids, vectors, count),
                     SIAMESE_OK);
    free(vectors);
    free(ids);
}

static void change_some(stream *s, size_t count, bool update)
{
    float *const vectors = clustered_vectors(count, DIM, 7, s->seed++);
    int64_t *const ids = counted_ids(count, 0, 1);
    for (size_t i = 0; i < count; i++)
        ids[i] = next_number(&s->seed) % s->next_id;
    if (update)
        assert_int_equal(
            siamese_index_update(s->index, ids, vectors, count, NULL),
            SIAMESE_OK);
    else
        assert_int_equal(siamese_index_remove(s->index, ids, count, NULL),
                         SIAMESE_OK);
    free(vectors);
    free(ids);
}

static void train(stream *s)
{
    float *const vectors = clustered_vectors(500, DIM, 7, s->seed++);
    assert_int_equal(siamese_index_train(s->index, vectors, 500), SIAMESE_OK);
    free(vectors);
}

static void change(stream *s)
{
    switch (next_number(&s->seed) % 8) {
    case 0:
        add_some(s, 300);
        break;
    case 1:
        change_some(s, 900, false);
        break;
    case 2:
    case 3:
        change_some(s, 200, true);
        break;
    case 4:
        change_some(s, 1, false);
        break;
    case 5:
        train(s);
        break;
    default:
        add_some(s, 1);
        break;
    }
    if (s->nested && s->calls == 3) {
        stream const once = written(s->index, s->nested);
        assert_true(once.size > 0);
        free(once.data);
    }
}

/* ---- a stream in memory ---- */

static sm_status put(void *context, const void *data, size_t size)
{
    stream *const s = context;
    if (s->size + size > s->capacity) {
        s->capacity = 2 * (s->size + size);
        s->data = realloc(s->data, s->capacity);
        assert_non_null(s->data);
    }
    memcpy(s->data + s->size, data, size);
    s->size += size;
    s->calls++;
    if (s->index) change(s);
    return SIAMESE_OK;
}

/* Both sections, one behind the other. */
static sm_status save_index(const siamese_index *index, sm_writer *writer)
{
    sm_index_save save = {0};
    sm_status status = sm_index_save_begin(&save, index, true);
    if (status == SIAMESE_OK) status = sm_index_save_write(&save, writer);
    if (status == SIAMESE_OK) status = sm_index_save_write_map(&save, writer);
    sm_index_save_end(&save);
    return status;
}

static stream written(const siamese_index *index, write_fn write)
{
    stream s = {0};
    sm_writer writer = {put, &s};
    assert_int_equal(write(index, &writer), SIAMESE_OK);
    return s;
}

static siamese_index *filled(int32_t metric, size_t nlist)
{
    siamese_index_options options;
    siamese_index *index;
    siamese_index_options_init(&options, sizeof options);
    options.metric = metric;
    options.nlist = nlist;
    options.threads = 1;
    options.scan = SIAMESE_SCAN_BOUNDED;
    assert_int_equal(siamese_index_create(&index, DIM, &options), SIAMESE_OK);
    stream s = {.index = index, .seed = 5};
    if (nlist) train(&s);
    add_some(&s, COUNT);
    return index;
}

/* ---- tests ---- */

static void changing_leaves_bytes(write_fn write, int32_t metric, size_t nlist)
{
    siamese_index *const index = filled(metric, nlist);
    for (uint32_t round = 0; round < 12; round++) {
        stream const still = written(index, write);
        stream moving = {.index = index,
                         .nested = write,
                         .seed = 100 + round,
                         .next_id = COUNT + 1000 * round};
        sm_writer writer = {put, &moving};
        assert_int_equal(write(index, &writer), SIAMESE_OK);
        assert_int_equal(moving.size, still.size);
        assert_memory_equal(moving.data, still.data, still.size);
        assert_null(index->lists->views);
        free(still.data);
        free(moving.data);
    }
    siamese_index_free(index);
}

static void test_a_save_has_the_bytes_of_its_moment(void **state)
{
    (void)state;
    for (int32_t metric = 0; metric < 2; metric++) {
        changing_leaves_bytes(save_index, metric, 0);
        changing_leaves_bytes(save_index, metric, 9);
    }
}

static void test_an_export_has_the_bytes_of_its_moment(void **state)
{
    (void)state;
    changing_leaves_bytes(sm_index_write_faiss, 0, 0);
    changing_leaves_bytes(sm_index_write_faiss, 1, 9);
}

/* What FAISS itself writes of the same index. */
static void assert_as_faiss(const siamese_index *index)
{
    stream const own = written(index, sm_index_write_faiss);
    FILE *const file = tmpfile();
    unsigned char *const bytes = malloc(own.size + 1);
    assert_non_null(file);
    assert_int_equal(faiss_write_index(index->lists->faiss, file), 0);
    assert_int_equal(ftell(file), (long)own.size);
    rewind(file);
    assert_int_equal(fread(bytes, 1, own.size, file), own.size);
    assert_memory_equal(bytes, own.data, own.size);
    fclose(file);
    free(bytes);
    free(own.data);
}

static void test_an_export_has_the_bytes_of_faiss(void **state)
{
    (void)state;
    siamese_index *const empty = make_index(DIM, 1, 9, 1);
    assert_as_faiss(empty);
    stream s = {.index = empty, .seed = 3};
    train(&s);
    assert_as_faiss(empty); /* no list has a vector */
    add_some(&s, 2);
    assert_as_faiss(empty); /* few have */
    add_some(&s, 600);
    siamese_index_set_nprobe(empty, 3);
    assert_as_faiss(empty);
    siamese_index_free(empty);
    siamese_index *const one = filled(0, 0);
    assert_as_faiss(one);
    siamese_index_free(one);
}

/* ---- without memory ---- */

static int limit_memory(void **state)
{
    (void)state;
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    return siamese_set_allocator(&allocator) != SIAMESE_OK;
}

static int unlimit_memory(void **state)
{
    (void)state;
    return siamese_set_allocator(NULL) != SIAMESE_OK;
}

/* In the midst of a save, every allocation of an update fails once: the index
 * is as before, and so is what is saved. */
static sm_status put_and_fail(void *context, const void *data, size_t size)
{
    stream *const s = context;
    siamese_index *const index = s->index;
    s->index = NULL;
    sm_status status = put(s, data, size);
    s->index = index;
    if (s->calls != 4) return status;
    float *const vectors = clustered_vectors(50, DIM, 7, 77);
    int64_t *const ids = counted_ids(50, 10, 3);
    stream const before = written(index, save_index);
    for (long n = 0, failed = 1; failed; n++) {
        assert_true(n < 500);
        fail_from(n);
        failed = siamese_index_update(index, ids, vectors, 50, NULL) ==
                 SIAMESE_E_MEMORY;
        fail_from(-1);
        stream const after = written(index, save_index);
        if (failed) {
            assert_int_equal(after.size, before.size);
            assert_memory_equal(after.data, before.data, before.size);
        } else {
            assert_true(n > 5);
        }
        free(after.data);
    }
    free(before.data);
    free(vectors);
    free(ids);
    return SIAMESE_OK;
}

static void test_a_change_without_memory_changes_nothing(void **state)
{
    (void)state;
    for (size_t nlist = 0; nlist < 10; nlist += 9) {
        siamese_index *const index = filled(1, nlist);
        stream const still = written(index, save_index);
        stream moving = {.index = index};
        sm_writer writer = {put_and_fail, &moving};
        assert_int_equal(save_index(index, &writer), SIAMESE_OK);
        assert_true(moving.calls >= 4);
        assert_int_equal(moving.size, still.size);
        assert_memory_equal(moving.data, still.data, still.size);
        free(still.data);
        free(moving.data);
        siamese_index_free(index);
    }
}

static void test_a_save_without_memory_is_an_error(void **state)
{
    (void)state;
    siamese_index *const index = filled(0, 9);
    write_fn const writes[] = {save_index, sm_index_write_faiss};
    for (size_t w = 0; w < 2; w++) {
        sm_status status = SIAMESE_E_MEMORY;
        for (long n = 0; status == SIAMESE_E_MEMORY; n++) {
            stream s = {0};
            sm_writer writer = {put, &s};
            assert_true(n < 100);
            fail_from(n);
            status = writes[w](index, &writer);
            fail_from(-1);
            assert_null(index->lists->views);
            free(s.data);
        }
        assert_int_equal(status, SIAMESE_OK);
    }
    siamese_index_free(index);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_a_save_has_the_bytes_of_its_moment),
        cmocka_unit_test(test_an_export_has_the_bytes_of_its_moment),
        cmocka_unit_test(test_an_export_has_the_bytes_of_faiss),
        cmocka_unit_test_setup_teardown(
            test_a_change_without_memory_changes_nothing, limit_memory,
            unlimit_memory),
        cmocka_unit_test_setup_teardown(test_a_save_without_memory_is_an_error,
                                        limit_memory, unlimit_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
