/* An index to a stream and back: the same bits, and nothing believed. */
#include "index_data.h"

#include "common/memory.h"
#include "index/index_head.h"
#include "index/index_state.h"

#define DIM 6

/* ---- a stream in memory ---- */

typedef struct bytes {
    unsigned char *data;
    size_t size, capacity, at;
} bytes;

static sm_status put(void *context, const void *data, size_t size)
{
    bytes *const b = context;
    if (b->size + size > b->capacity) {
        b->capacity = 2 * (b->size + size);
        b->data = realloc(b->data, b->capacity);
    }
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return SIAMESE_OK;
}

static sm_status take(void *context, void *data, size_t size)
{
    bytes *const b = context;
    assert_true(size <= b->size - b->at);
    memcpy(data, b->data + b->at, size);
    b->at += size;
    return SIAMESE_OK;
}

static bytes written(const siamese_index *index)
{
    bytes b = {0};
    sm_writer writer = {put, &b};
    sm_index_save save = {0};
    assert_int_equal(sm_index_save_begin(&save, index, false), SIAMESE_OK);
    assert_int_equal(sm_index_save_write(&save, &writer), SIAMESE_OK);
    sm_index_save_end(&save);
    return b;
}

static siamese_status read_back(siamese_index **out, const void *data,
                                size_t size)
{
    bytes b = {.data = (unsigned char *)(uintptr_t)data, .size = size};
    sm_reader reader = {take, &b, size, 0, "index"};
    return sm_index_read(out, &reader, 2, 1);
}

/* ---- memory: how much one block may be, whether any may be had ---- */

static size_t largest;
static long blocks, allowed = -1;

static void *count_and_allocate(void *user, size_t size)
{
    (void)user;
    if (allowed == 0) return NULL;
    if (allowed > 0) allowed--;
    if (size > largest) largest = size;
    void *const pointer = malloc(size);
    blocks += pointer != NULL;
    return pointer;
}

static void *count_and_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    if (allowed == 0) return NULL;
    if (allowed > 0) allowed--;
    if (size > largest) largest = size;
    return realloc(pointer, size);
}

static void count_and_free(void *user, void *pointer)
{
    (void)user;
    blocks -= pointer != NULL;
    free(pointer);
}

static int count_memory(void **state)
{
    (void)state;
    siamese_allocator const allocator = {sizeof allocator, NULL,
                                         count_and_allocate,
                                         count_and_reallocate, count_and_free};
    allowed = -1;
    return siamese_set_allocator(&allocator) != SIAMESE_OK;
}

static int all_memory_is_back(void **state)
{
    (void)state;
    allowed = -1;
    return siamese_set_allocator(NULL) != SIAMESE_OK || blocks != 0;
}

/* ---- an index ---- */

static siamese_index *sample(int32_t metric, size_t nlist, size_t count)
{
    float *const vectors = clustered_vectors(count, DIM, 7, 1);
    int64_t *const ids = counted_ids(count, 3, 2);
    siamese_index *const index = make_index(DIM, metric, nlist, 1);
    for (size_t i = 0; i < count; i += 3) vectors[i * DIM] *= 9.0f;
    if (nlist)
        assert_int_equal(siamese_index_train(index, vectors, count),
                         SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids, vectors, count), SIAMESE_OK);
    assert_int_equal(siamese_index_remove(index, ids, count / 7, NULL),
                     SIAMESE_OK);
    free(vectors);
    free(ids);
    return index;
}

static void expect_same_results(const siamese_index *a, const siamese_index *b)
{
    enum { Q = 40, K = 6 };
    float *const queries = clustered_vectors(Q, DIM, 7, 2);
    int64_t ids[2][Q * K];
    float scores[2][Q * K];
    assert_int_equal(siamese_index_search(a, queries, Q, K, NULL, ids[0],
                                          scores[0], Q * K, NULL),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_search(b, queries, Q, K, NULL, ids[1],
                                          scores[1], Q * K, NULL),
                     SIAMESE_OK);
    assert_memory_equal(ids[0], ids[1], sizeof ids[0]);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    free(queries);
}

static void test_loaded_index_gives_the_same_bits(void **state)
{
    (void)state;
    for (int32_t metric = 0; metric < 2; metric++)
        for (size_t nlist = 0; nlist <= 11; nlist += 11) {
            siamese_index *const index = sample(metric, nlist, 400);
            bytes b = written(index);
            siamese_index *loaded = NULL;
            assert_int_equal(read_back(&loaded, b.data, b.size), SIAMESE_OK);
            assert_int_equal(siamese_index_count(loaded),
                             siamese_index_count(index));
            siamese_index_options options = {.struct_size = sizeof options};
            siamese_index_get_options(loaded, &options);
            assert_int_equal(options.metric, metric);
            assert_int_equal(options.nlist, nlist);
            expect_same_results(index, loaded);
            bytes again = written(loaded);
            assert_int_equal(again.size, b.size);
            assert_memory_equal(again.data, b.data, b.size);
            siamese_index_free(index);
            siamese_index_free(loaded);
            free(again.data);
            free(b.data);
        }
}

static void test_truncation_at_any_byte_is_an_error(void **state)
{
    (void)state;
    siamese_index *const index = sample(1, 5, 40);
    bytes b = written(index);
    for (size_t size = 0; size < b.size; size++) {
        siamese_index *loaded = NULL;
        assert_int_equal(read_back(&loaded, b.data, size), SIAMESE_E_FORMAT);
        assert_null(loaded);
    }
    put(&b, "x", 1);
    siamese_index *loaded = NULL;
    assert_int_equal(read_back(&loaded, b.data, b.size), SIAMESE_E_FORMAT);
    siamese_index_free(index);
    free(b.data);
}

/* Whatever stands in the stream: an error or an index that works, and no block
 * much larger than the stream. */
static void test_flipped_bits_do_no_harm(void **state)
{
    (void)state;
    siamese_index *const index = sample(0, 5, 40);
    bytes b = written(index);
    uint32_t seed = 9;
    float const query[DIM] = {1, -1, 2};
    largest = 0;
    for (int round = 0; round < 4000; round++) {
        size_t const at = round < 2000 ? next_number(&seed) % 64
                                       : next_number(&seed) % b.size;
        unsigned char const before = b.data[at];
        b.data[at] ^= (unsigned char)(1u << next_number(&seed) % 8);
        siamese_index *loaded = NULL;
        siamese_status const status = read_back(&loaded, b.data, b.size);
        if (status == SIAMESE_OK) {
            int64_t id;
            float score;
            siamese_index_info info = {.struct_size = sizeof info};
            siamese_index_get_info(loaded, &info);
            if (info.dim == DIM)
                assert_int_equal(siamese_index_search(loaded, query, 1, 1, NULL,
                                                      &id, &score, 1, NULL),
                                 SIAMESE_OK);
        } else {
            if (status != SIAMESE_E_VERSION) /* of metric or kernel */
                assert_int_equal(status, SIAMESE_E_FORMAT);
            assert_null(loaded);
        }
        siamese_index_free(loaded);
        b.data[at] = before;
    }
    assert_true(largest <= (size_t)1 << 20);
    siamese_index_free(index);
    free(b.data);
}

static void test_reading_survives_any_lack_of_memory(void **state)
{
    (void)state;
    siamese_index *const index = sample(1, 5, 60);
    bytes b = written(index);
    siamese_status status = SIAMESE_E_MEMORY;
    long n = 0;
    for (; status == SIAMESE_E_MEMORY && n < 1000; n++) {
        siamese_index *loaded = NULL;
        long const before = blocks;
        allowed = n;
        status = read_back(&loaded, b.data, b.size);
        allowed = -1;
        siamese_index_free(loaded);
        assert_int_equal(blocks, before);
    }
    assert_int_equal(status, SIAMESE_OK);
    assert_true(n > 10);
    siamese_index_free(index);
    free(b.data);
}

/* ---- options ---- */

/* Whatever stood where they are read to. */
static void test_options_that_no_section_has_are_the_defaults(void **state)
{
    (void)state;
    siamese_index *const index = sample(1, 4, 100);
    siamese_index_options before, read;
    bytes b = {0};
    sm_writer writer = {put, &b};
    size_t dim = 0;
    assert_int_equal(siamese_index_options_init(&before, sizeof before), 0);
    assert_int_equal(siamese_index_get_options(index, &before), 0);
    assert_int_equal(sm_index_write_options(index, &writer), SIAMESE_OK);
    sm_reader reader = {take, &b, b.size, 0, "index"};
    memset(&read, 0xAB, sizeof read);
    assert_int_equal(sm_index_read_options(&reader, &dim, &read), SIAMESE_OK);
    assert_int_equal(dim, DIM);
    assert_int_equal(read.threads, 0);
    assert_int_equal(read.scan, SIAMESE_SCAN_AUTO);
    before.threads = before.scan = 0;
    assert_memory_equal(&read, &before, sizeof read);
    siamese_index_free(index);
    free(b.data);
}

int main(void)
{
#define WITH_COUNTED_MEMORY(test)                                              \
    cmocka_unit_test_setup_teardown(test, count_memory, all_memory_is_back)
    const struct CMUnitTest tests[] = {
        WITH_COUNTED_MEMORY(test_options_that_no_section_has_are_the_defaults),
        WITH_COUNTED_MEMORY(test_loaded_index_gives_the_same_bits),
        WITH_COUNTED_MEMORY(test_truncation_at_any_byte_is_an_error),
        WITH_COUNTED_MEMORY(test_flipped_bits_do_no_harm),
        WITH_COUNTED_MEMORY(test_reading_survives_any_lack_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
