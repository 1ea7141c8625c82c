/* Many vectors at once, by any number of threads: each list's rows, the place
 * of each id, against plain loops. */
#include "index_data.h"

#include "common/memory.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_vectors.h"

/* Several tasks, and enough for threads to share the ids. */
enum { DIM = 10, COUNT = 9001, LISTS = 23, IDS = 7000 };

static siamese_index *make(int32_t threads, bool cosine, size_t nlist)
{
    siamese_index *index = NULL;
    siamese_index_options options;
    float *const sample = clustered_vectors(2000, DIM, 9, 4);
    siamese_index_options_init(&options, sizeof options);
    options.threads = threads;
    options.nlist = nlist;
    options.metric =
        cosine ? SIAMESE_METRIC_COSINE : SIAMESE_METRIC_INNER_PRODUCT;
    assert_int_equal(siamese_index_create(&index, DIM, &options), SIAMESE_OK);
    if (nlist > 1)
        assert_int_equal(siamese_index_train(index, sample, 2000), SIAMESE_OK);
    free(sample);
    return index;
}

/* Rows of one list after the other, as a plain loop puts them there. */
typedef struct expected {
    int64_t *ids;
    float *vectors; /* [COUNT][DIM], of length 1 if that is wanted */
    int64_t *list_of;
} expected;

static expected make_expected(const sm_lists *lists, bool cosine)
{
    expected e = {counted_ids(COUNT, 0, 1), malloc(COUNT * DIM * sizeof(float)),
                  malloc(COUNT * sizeof(int64_t))};
    float *const given = clustered_vectors(COUNT, DIM, 9, 5);
    for (size_t r = 0; r < COUNT; r++) {
        size_t best = 0;
        float *const v = e.vectors + r * DIM;
        double score[LISTS];
        e.ids[r] = (int64_t)(r * 31 % IDS);
        memcpy(v, given + r * DIM, DIM * sizeof *v);
        if (cosine) sm_vector_normalise(given + r * DIM, DIM, v);
        for (size_t l = 0; l < lists->centroids->nlist; l++) {
            const float *const c = lists->centroids->values + l * DIM;
            double const length = length_of(c, DIM);
            score[l] = 0;
            for (size_t i = 0; i < DIM && length > 0; i++)
                score[l] += (double)v[i] * c[i] / length;
            if (score[l] > score[best]) best = l;
        }
        e.list_of[r] = (int64_t)best;
    }
    free(given);
    return e;
}

static void free_expected(expected *e)
{
    free(e->ids);
    free(e->vectors);
    free(e->list_of);
}

/* Every vector in its list, in the order in which they came. */
static void check_rows(const sm_lists *lists, const expected *e)
{
    size_t next[LISTS] = {0};
    for (size_t r = 0; r < COUNT; r++) {
        const int64_t *ids;
        const float *vectors;
        size_t const l = (size_t)e->list_of[r], row = next[l]++;
        const float *const v = e->vectors + r * DIM;
        assert_true(row < sm_faiss_list(lists->faiss, l, &ids, &vectors));
        assert_int_equal(ids[row], e->ids[r]);
        assert_memory_equal(vectors + row * DIM, v, DIM * sizeof *v);
    }
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        assert_int_equal(sm_faiss_list(lists->faiss, l, &ids, &vectors),
                         next[l]);
    }
    assert_int_equal(lists->count, COUNT);
}

/* The codes of each row are those of its vector alone. */
static void check_codes(const sm_lists *lists)
{
    size_t const size = sm_bound_fine_size(DIM);
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        const sm_codes *const codes = &lists->codes[l];
        size_t const count = sm_faiss_list(lists->faiss, l, &ids, &vectors);
        assert_int_equal(codes->count, count);
        for (size_t r = 0; r < count; r++) {
            sm_code_rows one = {NULL, NULL, NULL};
            assert_int_equal(sm_code_rows_make(&one, lists->bounds, NULL,
                                               vectors + r * DIM, 1, DIM),
                             SIAMESE_OK);
            assert_memory_equal(codes->fine + r * size, one.fine, size);
            assert_memory_equal(&codes->scales[r], &one.rows->scale,
                                sizeof(float));
            assert_int_equal(codes->norms[r], one.rows->norms);
            sm_code_rows_free(&one);
        }
    }
}

static void check_ids(const sm_lists *lists, const int64_t *ids, bool gone)
{
    size_t counts[IDS] = {0};
    for (size_t r = 0; r < COUNT; r++) counts[ids[r]]++;
    for (int64_t id = 0; id < IDS; id++) {
        size_t found = 0;
        sm_place p = sm_places_first(&lists->places, id);
        for (; p != SM_NO_PLACE; p = sm_places_next(&lists->places, p, id))
            found++;
        assert_int_equal(found, gone && id % 2 ? 0 : counts[id]);
    }
}

/* Half of the ids, each twice and in no order; of few the places are sorted in
 * another way than of many. */
static void check_removal(siamese_index *index, const expected *e)
{
    static int64_t going[IDS];
    size_t removed, all = 0, left = 0;
    float found[DIM];
    for (size_t i = 0; i < IDS; i++)
        going[i] = (int64_t)(2 * (i * 4409 % (IDS / 2)) + 1);
    assert_int_equal(siamese_index_remove(index, going, 3, &removed),
                     SIAMESE_OK);
    for (size_t r = 0; r < COUNT; r++)
        all += e->ids[r] == going[0] || e->ids[r] == going[1] ||
               e->ids[r] == going[2];
    assert_int_equal(removed, all);
    assert_int_equal(siamese_index_remove(index, going, IDS, &removed),
                     SIAMESE_OK);
    for (size_t r = 0; r < COUNT; r++) left += e->ids[r] % 2 == 0;
    assert_int_equal(removed, COUNT - left - all);
    assert_int_equal(index->lists->count, left);
    check_ids(index->lists, e->ids, true);
    if (index->lists->codes) check_codes(index->lists);
    for (size_t r = COUNT - IDS; r < IDS; r++)
        if (e->ids[r] % 2 == 0) { /* given once */
            assert_int_equal(
                siamese_index_reconstruct(index, e->ids[r], found, DIM),
                SIAMESE_OK);
            assert_memory_equal(found, e->vectors + r * DIM, sizeof found);
        }
}

static void check(int32_t threads, bool cosine, size_t nlist)
{
    siamese_index *const index = make(threads, cosine, nlist);
    float *const given = clustered_vectors(COUNT, DIM, 9, 5);
    expected e = make_expected(index->lists, cosine);
    size_t const first = 5000;
    assert_int_equal(siamese_index_add(index, e.ids, given, first), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, e.ids + first,
                                       given + first * DIM, COUNT - first),
                     SIAMESE_OK);
    check_rows(index->lists, &e);
    check_ids(index->lists, e.ids, false);
    if (index->lists->codes) check_codes(index->lists);
    check_removal(index, &e);
    free_expected(&e);
    free(given);
    siamese_index_free(index);
}

static void test_append__by_one_thread(void **state)
{
    (void)state;
    check(1, false, LISTS);
    check(1, true, LISTS);
    check(1, false, 1);
}

static void test_append__by_many_threads(void **state)
{
    (void)state;
    check(5, false, LISTS);
    check(5, true, LISTS);
    check(5, true, 1);
}

/* ---- memory ---- */

static size_t held, most_held;

static void *count_allocate(void *user, size_t size)
{
    size_t *const block = malloc(size + 16);
    (void)user;
    if (block == NULL) return NULL;
    *block = size;
    held += size;
    if (held > most_held) most_held = held;
    return block + 2;
}

static void count_free(void *user, void *pointer)
{
    (void)user;
    if (pointer == NULL) return;
    held -= ((size_t *)pointer)[-2];
    free((size_t *)pointer - 2);
}

static void *count_reallocate(void *user, void *pointer, size_t size)
{
    void *const new = count_allocate(user, size);
    if (new == NULL || pointer == NULL) return new;
    size_t const old = ((size_t *)pointer)[-2];
    memcpy(new, pointer, old < size ? old : size);
    count_free(user, pointer);
    return new;
}

/* What an add takes beside what stays: the number of each vector's list, and
 * no copy of the vectors, whatever their length is to be. */
static void test_append__copies_no_vectors(void **state)
{
    enum { WIDE = 128, MANY = 8000 };
    siamese_allocator const counting = {
        .struct_size = sizeof counting,
        .allocate = count_allocate,
        .reallocate = count_reallocate,
        .deallocate = count_free,
    };
    (void)state;
    siamese_index_options options;
    siamese_index *index;
    float *const vectors = clustered_vectors(MANY, WIDE, 9, 5);
    int64_t *const ids = counted_ids(MANY, 0, 1);
    assert_int_equal(siamese_set_allocator(&counting), SIAMESE_OK);
    siamese_index_options_init(&options, sizeof options);
    options.threads = 1;
    options.metric = SIAMESE_METRIC_COSINE;
    assert_int_equal(siamese_index_create(&index, WIDE, &options), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, ids, vectors, MANY), SIAMESE_OK);
    assert_true(most_held - held < MANY * WIDE * sizeof(float) / 8);
    siamese_index_free(index);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_OK);
    free(vectors);
    free(ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_append__by_one_thread),
        cmocka_unit_test(test_append__by_many_threads),
        cmocka_unit_test(test_append__copies_no_vectors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
