/* Adding, removing, training, reconstructing and exporting an index. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "index_data.h"
#include "slow_machine.h"

#define DIM 12

typedef struct items {
    size_t count;
    float *vectors;
    int64_t *ids;
} items;

static items make_items(size_t count, uint32_t seed)
{
    return (items){count, clustered_vectors(count, DIM, 20, seed),
                   counted_ids(count, 100, 1)};
}

static void free_items(items *i)
{
    free(i->vectors);
    free(i->ids);
}

static siamese_index_info info_of(const siamese_index *index)
{
    siamese_index_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_index_get_info(index, &info), SIAMESE_OK);
    return info;
}

/* ---- options and state ---- */

static void test_options_are_checked_and_kept(void **state)
{
    (void)state;
    siamese_index_options options, got = {.struct_size = sizeof got};
    siamese_index *index = NULL;
    siamese_index_options_init(&options, sizeof options);
    assert_int_equal(siamese_index_options_set(&options, "metric", "cosine"),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_options_set(&options, "nlist", "7"),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_options_set(&options, "metric", "l2"),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_index_create(&index, 4, &options), SIAMESE_OK);
    assert_int_equal(siamese_index_get_options(index, &got), SIAMESE_OK);
    assert_int_equal(got.metric, SIAMESE_METRIC_COSINE);
    assert_int_equal(got.nlist, 7);
    siamese_index_free(index);
    options.nprobe = 8;
    assert_int_equal(siamese_index_create(&index, 4, &options),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_index_create(&index, 0, NULL), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_create(&index, 65537, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_create(NULL, 4, NULL), SIAMESE_E_ARGUMENT);
    siamese_index_free(NULL);
}

static void test_nlist_is_chosen_by_size(void **state)
{
    (void)state;
    items i = make_items(100000, 1);
    siamese_index *const index = make_index(DIM, 0, 0, 0);
    assert_int_equal(info_of(index).nlist, 1);
    assert_int_equal(siamese_index_train(index, i.vectors, 99999), SIAMESE_OK);
    assert_int_equal(info_of(index).nlist, 1);
    assert_int_equal(info_of(index).nprobe, 1);
    if (!is_slow_machine()) {
        assert_int_equal(siamese_index_train(index, i.vectors, 100000),
                         SIAMESE_OK);
        assert_int_equal(info_of(index).nlist, 1265);
    }
    assert_int_equal(siamese_index_train(index, NULL, 0), SIAMESE_OK);
    assert_int_equal(info_of(index).nlist, 1);
    siamese_index_free(index);
    free_items(&i);
}

/* ---- contents ---- */

static void test_remove_takes_every_vector_of_an_id(void **state)
{
    (void)state;
    items i = make_items(600, 2);
    for (size_t r = 500; r < 600; r++) i.ids[r] = i.ids[r - 500];
    siamese_index *const index =
        make_index(DIM, SIAMESE_METRIC_INNER_PRODUCT, 9, 2);
    assert_int_equal(siamese_index_train(index, i.vectors, 600), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 600),
                     SIAMESE_OK);
    int64_t gone[60];
    size_t removed = 0;
    for (size_t r = 0; r < 60; r++) gone[r] = i.ids[r];
    gone[59] = -4;
    gone[58] = 1 << 30;
    gone[57] = gone[0];
    assert_int_equal(siamese_index_remove(index, gone, 60, &removed),
                     SIAMESE_OK);
    assert_int_equal(removed, 2 * 57);
    assert_int_equal(siamese_index_count(index), 600 - 2 * 57);
    float vector[DIM];
    assert_int_equal(siamese_index_reconstruct(index, gone[3], vector, DIM),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_index_reconstruct(index, i.ids[57], vector, DIM),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_remove(index, NULL, 0, &removed),
                     SIAMESE_OK);
    assert_int_equal(removed, 0);
    siamese_index_free(index);
    free_items(&i);
}

/* The results of an index that had more are those of one that never had. */
static void test_removed_vectors_leave_no_trace(void **state)
{
    (void)state;
    enum { K = 8, Q = 50 };
    items i = make_items(900, 3);
    for (size_t n = 600 * DIM; n < 900 * DIM; n++) i.vectors[n] *= 40.0f;
    int64_t ids[2][Q * K];
    float scores[2][Q * K];
    for (size_t n = 0; n < 2; n++) {
        siamese_index *const index = make_index(DIM, 0, 30, 2);
        assert_int_equal(siamese_index_train(index, i.vectors, 600),
                         SIAMESE_OK);
        assert_int_equal(
            siamese_index_add(index, i.ids, i.vectors, n ? 900 : 600),
            SIAMESE_OK);
        if (n)
            assert_int_equal(
                siamese_index_remove(index, i.ids + 600, 300, NULL),
                SIAMESE_OK);
        assert_int_equal(siamese_index_search(index, i.vectors, Q, K, NULL,
                                              ids[n], scores[n], Q * K, NULL),
                         SIAMESE_OK);
        siamese_index_free(index);
    }
    assert_memory_equal(ids[0], ids[1], sizeof ids[0]);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    free_items(&i);
}

static void test_reconstruct_gives_the_stored_vector(void **state)
{
    (void)state;
    items i = make_items(50, 4);
    float vector[DIM];
    siamese_index *index = make_index(DIM, 0, 0, 1);
    float first[DIM], second[DIM];
    memcpy(first, i.vectors, sizeof first);
    memcpy(second, i.vectors, sizeof second);
    second[5] -= 1.0f;
    int64_t const same[2] = {7, 7};
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 50),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, same, first, 1), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, same, second, 1), SIAMESE_OK);
    for (size_t r = 0; r < 50; r++) {
        assert_int_equal(
            siamese_index_reconstruct(index, i.ids[r], vector, DIM),
            SIAMESE_OK);
        assert_memory_equal(vector, i.vectors + r * DIM, sizeof vector);
    }
    assert_int_equal(siamese_index_reconstruct(index, 7, vector, DIM),
                     SIAMESE_OK);
    assert_memory_equal(vector, second, sizeof vector);
    assert_int_equal(siamese_index_reconstruct(index, 8, vector, DIM),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_index_reconstruct(index, 7, vector, DIM - 1),
                     SIAMESE_E_RANGE);
    assert_int_equal(siamese_index_reconstruct(index, 7, NULL, 0),
                     SIAMESE_E_RANGE);
    siamese_index_free(index);

    index = make_index(DIM, SIAMESE_METRIC_COSINE, 0, 1);
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 50),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_reconstruct(index, i.ids[9], vector, DIM),
                     SIAMESE_OK);
    for (size_t n = 0; n < DIM; n++)
        assert_true(fabs(vector[n] - i.vectors[9 * DIM + n] /
                                         length_of(i.vectors + 9 * DIM, DIM)) <
                    1e-6);
    siamese_index_free(index);
    free_items(&i);
}

/* Training moves what is there; exact results do not change by a bit. */
static void test_training_later_keeps_the_contents(void **state)
{
    (void)state;
    enum { K = 20, Q = 30 };
    items i = make_items(2000, 5);
    int64_t ids[2][Q * K];
    float scores[2][Q * K];
    siamese_search_options options;
    siamese_search_options_init(&options, sizeof options);
    options.exact = 1;
    siamese_index *const index = make_index(DIM, 1, 37, 2);
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 2000),
                     SIAMESE_OK);
    for (size_t n = 0; n < 2; n++) {
        assert_int_equal(siamese_index_search(index, i.vectors, Q, K, &options,
                                              ids[n], scores[n], Q * K, NULL),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_train(index, i.vectors, 2000),
                         SIAMESE_OK);
    }
    assert_int_equal(info_of(index).nlist, 37);
    assert_int_equal(siamese_index_count(index), 2000);
    assert_memory_equal(ids[0], ids[1], sizeof ids[0]);
    assert_memory_equal(scores[0], scores[1], sizeof scores[0]);
    siamese_index_free(index);
    free_items(&i);
}

/* As many vectors as lists; all equal; all zero: k-means has nothing to do. */
static void test_training_on_poor_data_works(void **state)
{
    (void)state;
    items i = make_items(64, 6);
    for (int n = 0; n < 3; n++) {
        siamese_index *const index = make_index(DIM, n % 2, 32, 2);
        size_t const count = n == 0 ? 32 : 64;
        for (size_t v = 0; n > 0 && v < 64 * DIM; v++)
            i.vectors[v] = n == 1 ? 1.0f : 0.0f;
        assert_int_equal(siamese_index_train(index, i.vectors, count),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 64),
                         SIAMESE_OK);
        int64_t id[2];
        float score[2];
        assert_int_equal(siamese_index_search(index, i.vectors, 1, 2, NULL, id,
                                              score, 2, NULL),
                         SIAMESE_OK);
        assert_true(id[0] >= 100);
        siamese_index_free(index);
    }
    free_items(&i);
}

/* ---- bad input ---- */

static void test_bad_rows_are_named_and_nothing_is_added(void **state)
{
    (void)state;
    items i = make_items(30, 7);
    siamese_index *const index = make_index(DIM, 1, 40, 1);
    i.vectors[21 * DIM + 4] = NAN;
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 30),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "row 21"));
    assert_int_equal(siamese_index_train(index, i.vectors, 30),
                     SIAMESE_E_ARGUMENT);
    i.vectors[21 * DIM + 4] = -INFINITY;
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 30),
                     SIAMESE_E_ARGUMENT);
    i.vectors[21 * DIM + 4] = 0;
    assert_int_equal(siamese_index_train(index, i.vectors, 30),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "40 lists"));
    i.ids[5] = -1;
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 30),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "row 5"));
    assert_int_equal(siamese_index_count(index), 0);
    assert_int_equal(siamese_index_add(index, NULL, i.vectors, 3),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_add(index, i.ids, NULL, 3),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_add(index, NULL, NULL, 0), SIAMESE_OK);
    assert_int_equal(siamese_index_add(NULL, i.ids, i.vectors, 1),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_remove(NULL, i.ids, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_remove(index, NULL, 1, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_index_count(NULL), 0);
    siamese_index_free(index);
    free_items(&i);
}

/* ---- export ---- */

static void test_export_writes_a_file_of_faiss(void **state)
{
    (void)state;
    char folder[] = "/tmp/siamese-index-XXXXXX", path[64], magic[4];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/items.faiss", folder);
    items i = make_items(300, 8);
    siamese_index *const index = make_index(DIM, 1, 5, 1);
    assert_int_equal(siamese_index_train(index, i.vectors, 300), SIAMESE_OK);
    assert_int_equal(siamese_index_add(index, i.ids, i.vectors, 300),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_export_faiss(index, path), SIAMESE_OK);
    FILE *const file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(magic, 1, 4, file), 4);
    assert_memory_equal(magic, "IwFl", 4);
    fseek(file, 0, SEEK_END);
    assert_true(ftell(file) > (long)(300 * (DIM * 4 + 8)));
    fclose(file);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(siamese_index_export_faiss(index, folder), SIAMESE_E_IO);
    assert_int_equal(siamese_index_export_faiss(index, "/nowhere/at/all.faiss"),
                     SIAMESE_E_IO);
    assert_non_null(strstr(siamese_last_error(), "/nowhere/at/all.faiss"));
    assert_int_equal(siamese_index_export_faiss(index, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_int_equal(rmdir(folder), 0);
    siamese_index_free(index);
    free_items(&i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_checked_and_kept),
        cmocka_unit_test(test_nlist_is_chosen_by_size),
        cmocka_unit_test(test_remove_takes_every_vector_of_an_id),
        cmocka_unit_test(test_removed_vectors_leave_no_trace),
        cmocka_unit_test(test_reconstruct_gives_the_stored_vector),
        cmocka_unit_test(test_training_later_keeps_the_contents),
        cmocka_unit_test(test_training_on_poor_data_works),
        cmocka_unit_test(test_bad_rows_are_named_and_nothing_is_added),
        cmocka_unit_test(test_export_writes_a_file_of_faiss),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
