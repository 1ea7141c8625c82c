/* What siamese_hits_merge and siamese_hits_merge_range make of hits that are
 * written here, and what they and centroids refuse. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <siamese/siamese.h>

enum { K = 3 };

/* Two queries of three shards; the last one has nothing. */
static const int64_t first_ids[] = {7, 2, -1, 5, -1, -1};
static const float first_scores[] = {9, 4, -INFINITY, 1, -INFINITY, -INFINITY};
static const int64_t second_ids[] = {3, 7, 8, -1, -1, -1};
static const float second_scores[] = {9, 5, 4, -INFINITY, -INFINITY, -INFINITY};
static const int64_t no_ids[] = {-1, -1, -1, -1, -1, -1};
static const int64_t *const ids[] = {first_ids, second_ids, no_ids};
static const float *const scores[] = {first_scores, second_scores,
                                      second_scores};

typedef struct result {
    int64_t ids[2 * K];
    float scores[2 * K];
    size_t found[2];
    int32_t missing[3];
} result;

static siamese_status merge(result *r, const int64_t *const *of_ids,
                            int32_t dedupe, int some)
{
    memset(r, 0, sizeof *r);
    return siamese_hits_merge(of_ids, scores, 3, 2, K, dedupe, r->ids,
                              r->scores, 2 * K, r->found,
                              some ? r->missing : NULL);
}

static void expect(const result *r, const int64_t *of_ids,
                   const float *of_scores, size_t first, size_t second)
{
    assert_memory_equal(r->ids, of_ids, sizeof r->ids);
    for (size_t i = 0; i < 2 * K; i++)
        assert_true(r->scores[i] == of_scores[i]);
    assert_int_equal(r->found[0], first);
    assert_int_equal(r->found[1], second);
}

static void test_merge__has_the_best_and_the_lower_id_first(void **state)
{
    static const int64_t wanted[] = {3, 7, 7, 5, -1, -1};
    static const float by[] = {9, 9, 5, 1, -INFINITY, -INFINITY};
    result r;
    (void)state;
    assert_int_equal(merge(&r, ids, 0, 0), SIAMESE_OK);
    expect(&r, wanted, by, 3, 1);
}

static void test_merge__of_an_id_has_the_best_with_dedupe(void **state)
{
    static const int64_t wanted[] = {3, 7, 2, 5, -1, -1};
    static const float by[] = {9, 9, 4, 1, -INFINITY, -INFINITY};
    result r;
    (void)state;
    assert_int_equal(merge(&r, ids, 1, 0), SIAMESE_OK);
    expect(&r, wanted, by, 3, 1);
}

static void test_merge__names_a_shard_that_is_missing(void **state)
{
    static const int64_t *const lost[] = {first_ids, NULL, no_ids};
    static const int64_t *const all_lost[] = {NULL, NULL, NULL};
    static const float by[] = {9, 4, -INFINITY, 1, -INFINITY, -INFINITY};
    result r;
    (void)state;
    assert_int_equal(merge(&r, lost, 0, 0), SIAMESE_E_NOT_FOUND);
    assert_string_equal(siamese_last_error(), "shard 1 of 3 has not answered");
    assert_int_equal(merge(&r, lost, 0, 1), SIAMESE_OK);
    expect(&r, first_ids, by, 2, 1);
    assert_int_equal(r.missing[0] + 2 * r.missing[1] + 4 * r.missing[2], 2);
    assert_int_equal(merge(&r, all_lost, 0, 1), SIAMESE_OK);
    assert_int_equal(r.ids[0], -1);
    assert_int_equal(r.found[0] + r.found[1], 0);
    assert_int_equal(r.missing[0] + r.missing[1] + r.missing[2], 3);
}

/* A row that no search writes. */
static void refuse(const int64_t *of_ids, const float *of_scores,
                   const char *text)
{
    const int64_t *const some_ids[] = {of_ids};
    const float *const some_scores[] = {of_scores};
    int64_t out[K] = {42};
    float to[K];
    assert_int_equal(siamese_hits_merge(some_ids, some_scores, 1, 1, K, 0, out,
                                        to, K, NULL, NULL),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), text));
    assert_int_equal(out[0], 42);
}

static void test_merge__refuses_rows_out_of_order(void **state)
{
    (void)state;
    refuse((int64_t[]){1, 2, 3}, (float[]){3, 4, 1}, "result 1");
    refuse((int64_t[]){2, 1, 3}, (float[]){3, 3, 1}, "result 1");
    refuse((int64_t[]){1, 2, 3}, (float[]){NAN, 2, 1}, "result 0");
    refuse((int64_t[]){1, 2, 3}, (float[]){3, 2, NAN}, "result 2");
    refuse((int64_t[]){1, -1, 3}, (float[]){3, 2, 1}, "query 0: result 1");
    refuse((int64_t[]){1, -2, -1}, (float[]){3, 2, 1}, "id -2");
}

static void test_merge__of_ranges(void **state)
{
    static const size_t first[] = {0, 2, 3}, second[] = {0, 3, 3};
    static const size_t none[] = {0, 0, 0}, bad[] = {0, 3, 2};
    static const int64_t range_ids[] = {7, 2, 5};
    static const float range_scores[] = {9, 4, 1};
    const size_t *offsets[] = {first, second, none};
    const int64_t *const of_ids[] = {range_ids, second_ids, NULL};
    const float *const of_scores[] = {range_scores, second_scores, NULL};
    static const int64_t wanted[] = {3, 7, 7, 2, 8, 5};
    static const int64_t distinct[] = {3, 7, 2, 8, 5};
    size_t starts[3], needed;
    int64_t out[6];
    float to[6];
    int32_t missing[3];
    (void)state;
    assert_int_equal(siamese_hits_merge_range(offsets, of_ids, of_scores, 3, 2,
                                              0, starts, out, to, 6, &needed,
                                              NULL),
                     SIAMESE_OK);
    assert_memory_equal(out, wanted, sizeof wanted);
    assert_int_equal(starts[1], 5);
    assert_int_equal(needed, 6);
    assert_int_equal(siamese_hits_merge_range(offsets, of_ids, of_scores, 3, 2,
                                              1, starts, out, to, 5, &needed,
                                              NULL),
                     SIAMESE_OK);
    assert_memory_equal(out, distinct, sizeof distinct);
    offsets[1] = NULL;
    assert_int_equal(siamese_hits_merge_range(offsets, of_ids, of_scores, 3, 2,
                                              0, starts, out, to, 6, &needed,
                                              NULL),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_hits_merge_range(offsets, of_ids, of_scores, 3, 2,
                                              0, starts, out, to, 6, &needed,
                                              missing),
                     SIAMESE_OK);
    assert_memory_equal(out, range_ids, sizeof range_ids);
    assert_int_equal(missing[1], 1);
    offsets[1] = bad;
    assert_int_equal(siamese_hits_merge_range(offsets, of_ids, of_scores, 3, 2,
                                              0, starts, out, to, 6, &needed,
                                              NULL),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "shard 1"));
}

/* ---- centroids ---- */

static void refuse_centroids(siamese_index *index, const float *centroids,
                             size_t nlist, size_t dim, const char *text)
{
    assert_int_equal(siamese_index_set_centroids(index, centroids, nlist, dim),
                     SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), text));
}

static void test_centroids__are_checked(void **state)
{
    static const float good[] = {1, 0, 0, 2, -1, 1};
    static const float bad[] = {1, 0, NAN, 2, -1, 1};
    static const float long_ones[] = {1, 0, 0, 2, 3e38f, 1};
    siamese_index_options options;
    siamese_index *index;
    float out[6];
    size_t needed;
    (void)state;
    siamese_index_options_init(&options, sizeof options);
    options.nlist = 3;
    assert_int_equal(siamese_index_create(&index, 2, &options), SIAMESE_OK);
    refuse_centroids(index, good, 2, 3, "dim: 3 is not that of the index, 2");
    refuse_centroids(index, good, 2, 2, "nlist: 2");
    refuse_centroids(index, good, 0, 2, "nlist: 0");
    refuse_centroids(index, bad, 3, 2, "centroids: row 1");
    refuse_centroids(index, long_ones, 3, 2, "centroids: row 2");
    assert_int_equal(siamese_index_get_centroids(index, out, 6, &needed),
                     SIAMESE_OK);
    assert_int_equal(needed, 2); /* one list still */
    assert_true(out[0] == 0 && out[1] == 0);
    assert_int_equal(siamese_index_set_centroids(index, good, 3, 2),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_get_centroids(index, out, 6, &needed),
                     SIAMESE_OK);
    assert_memory_equal(out, good, sizeof good);
    assert_int_equal(
        siamese_index_add(index, (int64_t[]){4}, (float[]){0, 1}, 1),
        SIAMESE_OK);
    assert_int_equal(siamese_index_set_centroids(index, good, 3, 2),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_index_remove(index, (int64_t[]){4}, 1, NULL),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_set_centroids(index, good, 3, 2),
                     SIAMESE_OK);
    siamese_index_free(index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_merge__has_the_best_and_the_lower_id_first),
        cmocka_unit_test(test_merge__of_an_id_has_the_best_with_dedupe),
        cmocka_unit_test(test_merge__names_a_shard_that_is_missing),
        cmocka_unit_test(test_merge__refuses_rows_out_of_order),
        cmocka_unit_test(test_merge__of_ranges),
        cmocka_unit_test(test_centroids__are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
