/* From 256 lists on the lists to read are found by the bounds of their
 * centroids (lib/index/index_probe.c): they are those that the plain scan
 * reads, which scores every centroid. And all of so many are read, for more
 * queries than are looked at together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "index_data.h"

enum { VECTORS = 6000, DIM = 24, LISTS = 300, QUERIES = 130, K = 12 };

#define ok(call) assert_int_equal((call), SIAMESE_OK)

static siamese_index *indexed(const float *vectors, int32_t scan)
{
    siamese_index_options options;
    siamese_index *index;
    int64_t *const ids = counted_ids(VECTORS, 0, 1);
    ok(siamese_index_options_init(&options, sizeof options));
    options.nlist = LISTS;
    options.scan = scan;
    options.threads = 1;
    ok(siamese_index_create(&index, DIM, &options));
    ok(siamese_index_train(index, vectors, VECTORS));
    ok(siamese_index_add(index, ids, vectors, VECTORS));
    free(ids);
    return index;
}

static void same_hits(const siamese_index *a, const siamese_index *b,
                      const float *queries, size_t count, size_t nprobe)
{
    static int64_t ids[2][QUERIES * K];
    static float scores[2][QUERIES * K];
    siamese_search_options options;
    ok(siamese_search_options_init(&options, sizeof options));
    options.nprobe = nprobe;
    options.scan = SIAMESE_SCAN_FLOAT;
    ok(siamese_index_search(a, queries, count, K, &options, ids[0], scores[0],
                            count * K, NULL));
    options.scan = SIAMESE_SCAN_BOUNDED;
    ok(siamese_index_search(b, queries, count, K, &options, ids[1], scores[1],
                            count * K, NULL));
    assert_memory_equal(ids[0], ids[1], count * K * sizeof **ids);
    assert_memory_equal(scores[0], scores[1], count * K * sizeof **scores);
}

static void test_many_lists__are_read_as_the_plain_scan_does(void **state)
{
    (void)state;
    float *const vectors = clustered_vectors(VECTORS, DIM, LISTS, 3);
    float *const queries = clustered_vectors(QUERIES, DIM, 9, 4);
    siamese_index *const plain = indexed(vectors, SIAMESE_SCAN_FLOAT);
    siamese_index *const bounded = indexed(vectors, SIAMESE_SCAN_BOUNDED);
    for (size_t nprobe = 1; nprobe < LISTS; nprobe = 2 * nprobe + 1) {
        same_hits(plain, bounded, queries, QUERIES, nprobe);
        for (size_t q = 0; q < QUERIES; q += 7)
            same_hits(plain, bounded, queries + q * DIM, 1, nprobe);
    }
    for (size_t count = 1; count < QUERIES; count = 3 * count + 1)
        same_hits(plain, bounded, queries, count, LISTS);
    same_hits(plain, bounded, queries, QUERIES, LISTS);
    siamese_index_free(plain);
    siamese_index_free(bounded);
    free(vectors);
    free(queries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_many_lists__are_read_as_the_plain_scan_does),
    };
    return cmocka_run_group_tests_name("index_many_lists", tests, NULL, NULL);
}
