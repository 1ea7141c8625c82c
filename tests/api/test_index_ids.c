/* Random changes of an index beside a plain table: every answer about ids, and
 * what is found, is that of the table. */
#include <stdbool.h>

#include "failing_allocator.h"
#include "index_data.h"

#define DIM 6
#define MOST 4000
#define IDS 40 /* few, so that many have several vectors */

/* ---- the table ---- */

typedef struct table {
    siamese_index *index;
    int32_t metric;
    uint32_t seed;
    size_t count, steps;
    int64_t ids[MOST];
    float vectors[MOST * DIM];
} table;

static void table_remove(table *t, const int64_t *ids, size_t count)
{
    size_t kept = 0;
    for (size_t r = 0; r < t->count; r++) {
        bool goes = false;
        for (size_t i = 0; i < count; i++) goes |= ids[i] == t->ids[r];
        if (goes) continue;
        t->ids[kept] = t->ids[r];
        memmove(t->vectors + kept++ * DIM, t->vectors + r * DIM,
                DIM * sizeof(float));
    }
    t->count = kept;
}

static void table_add(table *t, const int64_t *ids, const float *vectors,
                      size_t count)
{
    assert_true(t->count + count <= MOST);
    memcpy(t->ids + t->count, ids, count * sizeof *ids);
    memcpy(t->vectors + t->count * DIM, vectors, count * DIM * sizeof *vectors);
    t->count += count;
}

/* ---- questions ---- */

static int by_numbers(const void *a, const void *b)
{
    const float *const x = a, *const y = b;
    for (size_t i = 0; i < DIM; i++)
        if (x[i] != y[i]) return x[i] < y[i] ? -1 : 1;
    return 0;
}

static void check_id(const table *t, int64_t id)
{
    static float expected[MOST * DIM], got[MOST * DIM];
    size_t count = 0, vectors = 99, needed = 99;
    for (size_t r = 0; r < t->count; r++)
        if (t->ids[r] == id)
            memcpy(expected + count++ * DIM, t->vectors + r * DIM,
                   DIM * sizeof(float));
    qsort(expected, count, DIM * sizeof(float), by_numbers);
    assert_int_equal(siamese_index_contains(t->index, id, &vectors),
                     SIAMESE_OK);
    assert_int_equal(vectors, count);
    siamese_status const status =
        siamese_index_get_vectors(t->index, id, got, MOST * DIM, &needed);
    if (count == 0) {
        assert_int_equal(status, SIAMESE_E_NOT_FOUND);
        assert_int_equal(siamese_index_reconstruct(t->index, id, got, DIM),
                         SIAMESE_E_NOT_FOUND);
        return;
    }
    assert_int_equal(status, SIAMESE_OK);
    assert_int_equal(needed, count * DIM);
    for (size_t i = 0; i < count * DIM; i++)
        assert_float_equal(got[i], expected[i], 0);
    assert_int_equal(siamese_index_reconstruct(t->index, id, got, DIM),
                     SIAMESE_OK);
    for (size_t i = 0; i < DIM; i++) assert_float_equal(got[i], expected[i], 0);
}

static void check_ids(const table *t)
{
    int64_t ids[MOST];
    size_t needed = 99, at = 0;
    assert_int_equal(siamese_index_get_ids(t->index, ids, MOST, &needed),
                     SIAMESE_OK);
    for (int64_t id = 0; id < 4 * IDS; id++) {
        bool has = false;
        for (size_t r = 0; r < t->count; r++) has |= t->ids[r] == id;
        if (!has) continue;
        assert_true(at < needed);
        assert_int_equal(ids[at++], id);
    }
    assert_int_equal(at, needed);
}

static void check_search(table *t)
{
    float *const query = whole_vectors(1, DIM, t->seed++);
    hit *const best = brute_force(t->ids, t->vectors, t->count, DIM, query, 0);
    int64_t ids[20];
    float scores[20];
    size_t found = 99;
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.exact = 1;
    assert_int_equal(siamese_index_search(t->index, query, 1, 20, &options, ids,
                                          scores, 20, &found),
                     SIAMESE_OK);
    assert_int_equal(found, t->count < 20 ? t->count : 20);
    for (size_t i = 0; i < found && t->metric == 0; i++) {
        assert_int_equal(ids[i], best[i].id);
        assert_float_equal(scores[i], best[i].score, 0);
    }
    free(best);
    free(query);
}

static void check_all(table *t)
{
    siamese_index_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_index_count(t->index), t->count);
    assert_int_equal(siamese_index_get_info(t->index, &info), SIAMESE_OK);
    assert_true(info.memory >=
                t->count * (DIM * sizeof(float) + sizeof(int64_t)));
    for (int64_t id = -1; id < 2 * IDS; id++) check_id(t, id);
    check_ids(t);
    check_search(t);
}

/* ---- changes ---- */

/* Ids of one kind of step: few with many vectors, or each another one. */
static int64_t draw_id(table *t)
{
    return (int64_t)(next_number(&t->seed) % (t->steps % 2 ? IDS : 4));
}

/* Of the cosine metric all vectors have length 1 already: a single number. */
static float *draw_vectors(table *t, size_t count)
{
    float *const vectors = whole_vectors(count, DIM, t->seed++);
    for (size_t r = 0; r < count && t->metric; r++) {
        size_t const at = next_number(&t->seed) % DIM;
        for (size_t i = 0; i < DIM; i++)
            vectors[r * DIM + i] = i == at ? 1.0f : 0.0f;
    }
    return vectors;
}

typedef struct bytes {
    unsigned char *data;
    size_t size;
} bytes;

static int32_t put(void *user, const void *data, size_t size)
{
    bytes *const b = user;
    b->data = realloc(b->data, b->size + size);
    assert_non_null(b->data);
    memcpy(b->data + b->size, data, size);
    b->size += size;
    return 0;
}

/* What one list has: which of them is read depends on the lengths that all
 * have, and not on how they came there. */
static void search_one_list(table *t, int64_t *ids, float *scores)
{
    float *const queries = whole_vectors(10, DIM, 99);
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.nprobe = 1;
    assert_int_equal(siamese_index_search(t->index, queries, 10, 20, &options,
                                          ids, scores, 200, NULL),
                     SIAMESE_OK);
    free(queries);
}

static void save_and_load(table *t)
{
    siamese_bundle *bundle = NULL, *loaded = NULL;
    bytes s = {NULL, 0};
    int64_t ids[2][200];
    float scores[2][200];
    search_one_list(t, ids[0], scores[0]);
    assert_int_equal(siamese_bundle_create(&bundle), SIAMESE_OK);
    assert_int_equal(siamese_bundle_set_index(bundle, t->index), SIAMESE_OK);
    assert_int_equal(siamese_checkpoint_write(put, &s, bundle, NULL),
                     SIAMESE_OK);
    assert_int_equal(
        siamese_checkpoint_load_memory(&loaded, s.data, s.size, NULL),
        SIAMESE_OK);
    siamese_index_free(t->index);
    assert_int_equal(siamese_bundle_get_index(loaded, &t->index), SIAMESE_OK);
    search_one_list(t, ids[1], scores[1]);
    assert_memory_equal(ids[0], ids[1], sizeof ids[0]);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    siamese_bundle_free(bundle);
    siamese_bundle_free(loaded);
    free(s.data);
}

static void change(table *t)
{
    size_t const most = t->count < MOST / 2 ? 60 : 5;
    size_t const count = next_number(&t->seed) % most;
    int64_t ids[60];
    float *const vectors = draw_vectors(t, 60);
    size_t const before = t->count;
    size_t removed = 99;
    t->steps++;
    for (size_t i = 0; i < count; i++) ids[i] = draw_id(t);
    switch (next_number(&t->seed) % 8) {
    case 0:
        assert_int_equal(siamese_index_remove(t->index, ids, count, &removed),
                         SIAMESE_OK);
        table_remove(t, ids, count);
        assert_int_equal(removed, before - t->count);
        break;
    case 1:
    case 2:
        assert_int_equal(
            siamese_index_update(t->index, ids, vectors, count, &removed),
            SIAMESE_OK);
        table_remove(t, ids, count);
        assert_int_equal(removed, before - t->count);
        table_add(t, ids, vectors, count);
        break;
    case 3:
        assert_int_equal(siamese_index_train(t->index, vectors, 60),
                         SIAMESE_OK);
        break;
    case 4:
        save_and_load(t);
        break;
    default:
        assert_int_equal(siamese_index_add(t->index, ids, vectors, count),
                         SIAMESE_OK);
        table_add(t, ids, vectors, count);
    }
    free(vectors);
}

static void follow(int32_t metric, size_t nlist, uint32_t seed)
{
    table *const t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->metric = metric;
    t->seed = seed;
    t->index = make_index(DIM, metric, nlist, 1);
    for (size_t i = 0; i < 120; i++) {
        change(t);
        if (i % 3 == 0) check_all(t);
    }
    siamese_index_free(t->index);
    free(t);
}

static void test_index_answers_as_a_table(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed < 4; seed++) {
        follow(0, 0, seed);
        follow(0, 7, seed);
        follow(1, 5, seed);
    }
}

/* ---- update ---- */

static void test_update_is_all_or_nothing(void **state)
{
    (void)state;
    siamese_index *const index = make_index(2, 0, 0, 1);
    int64_t const ids[] = {5, 6};
    float const first[] = {1, 2, 3, 4}, bad[] = {9, 9, INFINITY, 1};
    float out[4];
    size_t removed = 99, needed = 0;
    assert_int_equal(siamese_index_add(index, ids, first, 2), SIAMESE_OK);
    assert_int_equal(siamese_index_update(index, ids, bad, 2, &removed),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "row 1"));
    assert_int_equal(removed, 99);
    int64_t const negative[] = {5, -6};
    assert_int_equal(siamese_index_update(index, negative, first, 2, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_get_vectors(index, 5, out, 4, NULL),
                     SIAMESE_OK);
    assert_float_equal(out[0], 1, 0);
    int64_t const twice[] = {6, 6};
    assert_int_equal(siamese_index_update(index, twice, first, 2, &removed),
                     SIAMESE_OK);
    assert_int_equal(removed, 1);
    assert_int_equal(siamese_index_count(index), 3);
    assert_int_equal(siamese_index_get_vectors(index, 6, out, 3, &needed),
                     SIAMESE_E_RANGE);
    assert_int_equal(needed, 4);
    assert_int_equal(siamese_index_update(index, NULL, NULL, 0, &removed),
                     SIAMESE_OK);
    assert_int_equal(removed, 0);
    siamese_index_free(index);
}

/* Two ids alone: rows of the one move to the places of the other. */
static void test_many_vectors_of_an_id(void **state)
{
    (void)state;
    enum { MANY = 60000 };
    siamese_index *const index = make_index(2, 0, 0, 1);
    float *const vectors = whole_vectors(MANY, 2, 3);
    int64_t *const ids = counted_ids(MANY, 0, 1);
    int64_t const odd = 1;
    size_t removed = 0, vectors_of = 0;
    for (size_t i = 0; i < MANY; i++) ids[i] %= 2;
    assert_int_equal(siamese_index_add(index, ids, vectors, MANY), SIAMESE_OK);
    assert_int_equal(siamese_index_remove(index, &odd, 1, &removed),
                     SIAMESE_OK);
    assert_int_equal(removed, MANY / 2);
    assert_int_equal(siamese_index_contains(index, 0, &vectors_of), SIAMESE_OK);
    assert_int_equal(vectors_of, MANY / 2);
    free(vectors);
    free(ids);
    siamese_index_free(index);
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

static void test_a_failing_change_leaves_the_index(void **state)
{
    (void)state;
    table *const t = calloc(1, sizeof *t);
    assert_non_null(t);
    t->index = make_index(DIM, 0, 0, 1);
    float *const vectors = whole_vectors(MOST / 2, DIM, 4);
    int64_t *const ids = counted_ids(MOST / 2, 0, 1);
    for (size_t i = 0; i < MOST / 2; i++) ids[i] %= IDS;
    assert_int_equal(siamese_index_add(t->index, ids, vectors, 200),
                     SIAMESE_OK);
    table_add(t, ids, vectors, 200);
    for (int kind = 0; kind < 4; kind++) {
        for (long n = 0;; n++) {
            siamese_status status = SIAMESE_OK;
            size_t needed;
            int64_t all[IDS];
            float some[MOST];
            assert_true(n < 300);
            fail_after(n);
            if (kind == 0)
                status =
                    siamese_index_update(t->index, ids, vectors, 900, NULL);
            if (kind == 1)
                status = siamese_index_remove(t->index, ids, 7, NULL);
            if (kind == 2)
                status = siamese_index_get_ids(t->index, all, IDS, &needed);
            if (kind == 3)
                status =
                    siamese_index_get_vectors(t->index, 9, some, MOST, &needed);
            long const failed = failures;
            fail_after(-1);
            if (failed == 0) {
                assert_int_equal(status, SIAMESE_OK);
                break;
            }
            assert_int_equal(status, SIAMESE_E_MEMORY);
            check_all(t);
        }
        if (kind == 0) table_remove(t, ids, 900);
        if (kind == 0) table_add(t, ids, vectors, 900);
        if (kind == 1) table_remove(t, ids, 7);
        check_all(t);
    }
    siamese_index_free(t->index);
    free(vectors);
    free(ids);
    free(t);
}

int main(void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test(test_index_answers_as_a_table),
        cmocka_unit_test(test_update_is_all_or_nothing),
        cmocka_unit_test(test_many_vectors_of_an_id),
        cmocka_unit_test_setup_teardown(test_a_failing_change_leaves_the_index,
                                        limit_memory, unlimit_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
