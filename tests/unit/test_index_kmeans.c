/* K-means and the list of a vector: against a plain k-means, and the same for
 * any number of threads. */
#include "index_data.h"

#include "common/memory.h"
#include "common/pool.h"
#include "index/index_kmeans.h"
#include "index/index_vectors.h"

enum { DIM = 19, COUNT = 5000 };

static float *unit_vectors(size_t count, size_t centers, uint32_t seed)
{
    float *const v = clustered_vectors(count, DIM, centers, seed);
    for (size_t r = 0; r < count; r++)
        sm_vector_normalise(v + r * DIM, DIM, v + r * DIM);
    return v;
}

static sm_centroids *train(size_t nlist, int32_t threads, const float *vectors,
                           size_t count)
{
    sm_centroids *centroids = NULL;
    sm_pool *pool = NULL;
    assert_int_equal(sm_pool_create(&pool, threads), SIAMESE_OK);
    assert_int_equal(sm_centroids_create(&centroids, nlist, DIM), SIAMESE_OK);
    assert_int_equal(sm_kmeans(centroids, sm_kernels_best(), pool, 5,
                               &(sm_kmeans_sample){vectors, count, false},
                               NULL),
                     SIAMESE_OK);
    sm_pool_free(pool);
    return centroids;
}

static double dot(const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < DIM; i++) sum += (double)a[i] * b[i];
    return sum;
}

/* The mean over vectors of the best centroid's score: what k-means
 * maximises. */
static double objective(const float *centroids, size_t nlist,
                        const float *vectors, size_t count)
{
    double total = 0;
    for (size_t r = 0; r < count; r++) {
        double best = -2;
        for (size_t l = 0; l < nlist; l++)
            best = fmax(best, dot(centroids + l * DIM, vectors + r * DIM));
        total += best;
    }
    return total / (double)count;
}

/* After twenty full iterations more, in double. */
static double plain_objective(const float *centroids, size_t nlist,
                              const float *vectors, size_t count)
{
    float *const c = malloc(nlist * DIM * sizeof *c);
    double *const sums = malloc(nlist * DIM * sizeof *sums);
    memcpy(c, centroids, nlist * DIM * sizeof *c);
    for (int iteration = 0; iteration < 20; iteration++) {
        memset(sums, 0, nlist * DIM * sizeof *sums);
        for (size_t r = 0; r < count; r++) {
            size_t best = 0;
            for (size_t l = 1; l < nlist; l++)
                if (dot(c + l * DIM, vectors + r * DIM) >
                    dot(c + best * DIM, vectors + r * DIM))
                    best = l;
            for (size_t i = 0; i < DIM; i++)
                sums[best * DIM + i] += vectors[r * DIM + i];
        }
        for (size_t l = 0; l < nlist; l++) {
            double length = 0;
            for (size_t i = 0; i < DIM; i++)
                length += sums[l * DIM + i] * sums[l * DIM + i];
            for (size_t i = 0; i < DIM && length > 0; i++)
                c[l * DIM + i] = (float)(sums[l * DIM + i] / sqrt(length));
        }
    }
    double const result = objective(c, nlist, vectors, count);
    free(c);
    free(sums);
    return result;
}

static void test_kmeans_comes_to_where_a_plain_one_stays(void **state)
{
    (void)state;
    for (size_t nlist = 20; nlist <= 80; nlist *= 4) {
        float *const vectors = unit_vectors(COUNT, 60, 1);
        sm_centroids *const c = train(nlist, 1, vectors, COUNT);
        for (size_t l = 0; l < nlist; l++)
            assert_true(fabs(length_of(c->values + l * DIM, DIM) - 1) < 1e-6);
        double const ours = objective(c->values, nlist, vectors, COUNT);
        double const further =
            plain_objective(c->values, nlist, vectors, COUNT);
        double const start = objective(vectors, nlist, vectors, COUNT);
        assert_true(ours > further - 0.005 && ours > start + 0.02);
        sm_centroids_release(c);
        free(vectors);
    }
}

static void test_kmeans_is_the_same_for_any_threads(void **state)
{
    (void)state;
    float *const vectors = unit_vectors(COUNT, 60, 2);
    sm_centroids *const one = train(70, 1, vectors, COUNT);
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        sm_centroids *const many = train(70, threads, vectors, COUNT);
        assert_memory_equal(many->values, one->values,
                            70 * DIM * sizeof(float));
        sm_centroids_release(many);
    }
    sm_centroids_release(one);
    free(vectors);
}

/* Fewer different vectors than lists: each still gets a list of its own. */
static void
test_kmeans_of_few_different_vectors_has_finite_centroids(void **state)
{
    enum { LISTS = 40, SAME = 400 };
    (void)state;
    for (size_t different = 1; different <= 7; different += 3) {
        float *const vectors = unit_vectors(SAME, 60, 3);
        for (size_t r = different; r < SAME; r++)
            memcpy(vectors + r * DIM, vectors + r % different * DIM,
                   DIM * sizeof *vectors);
        sm_centroids *const c = train(LISTS, 2, vectors, SAME);
        for (size_t l = 0; l < LISTS; l++)
            assert_true(fabs(length_of(c->values + l * DIM, DIM) - 1) < 1e-6);
        assert_true(objective(c->values, LISTS, vectors, different) > 0.999);
        sm_centroids_release(c);
        free(vectors);
    }
}

static void test_as_many_vectors_as_lists_become_the_centroids(void **state)
{
    enum { LISTS = 30 };
    (void)state;
    float *const vectors = unit_vectors(LISTS, 60, 4);
    sm_centroids *const c = train(LISTS, 2, vectors, LISTS);
    assert_true(objective(c->values, LISTS, vectors, LISTS) > 1 - 1e-6);
    sm_centroids_release(c);
    free(vectors);
}

/* Whole numbers along an axis: scores are exact, and equal ones frequent. A
 * centroid's length says nothing. */
static void test_assign_takes_the_first_of_the_best(void **state)
{
    enum { LISTS = 333 };
    (void)state;
    float *const vectors = whole_vectors(COUNT, DIM, 5);
    float *const values = calloc(LISTS * DIM, sizeof *values);
    sm_centroids *c = NULL;
    sm_pool *pool = NULL;
    uint32_t rows[COUNT];
    int64_t list_of[COUNT], of_rows[COUNT], alone;
    assert_int_equal(sm_pool_create(&pool, 3), SIAMESE_OK);
    assert_int_equal(sm_centroids_create(&c, LISTS, DIM), SIAMESE_OK);
    for (size_t l = 0; l < LISTS; l++) {
        size_t const axis = l * DIM + (l * 7 + l / 50) % DIM;
        values[axis] = l % 3 ? 1.0f : -1.0f;
        c->values[axis] = values[axis] * (float)(1 + l % 5);
    }
    assert_int_equal(sm_centroids_finish(c, sm_kernels_best()), SIAMESE_OK);
    for (uint32_t r = 0; r < COUNT; r++) rows[r] = COUNT - 1 - r;
    assert_int_equal(
        sm_centroids_assign(c, pool, vectors, NULL, false, COUNT, list_of),
        SIAMESE_OK);
    assert_int_equal(
        sm_centroids_assign(c, pool, vectors, rows, false, COUNT, of_rows),
        SIAMESE_OK);
    for (size_t r = 0; r < COUNT; r++) {
        size_t best = 0;
        for (size_t l = 1; l < LISTS; l++)
            if (dot(values + l * DIM, vectors + r * DIM) >
                dot(values + best * DIM, vectors + r * DIM))
                best = l;
        assert_int_equal(list_of[r], best);
        assert_int_equal(of_rows[COUNT - 1 - r], best);
    }
    for (size_t r = 0; r < 50; r++) {
        assert_int_equal(sm_centroids_assign(c, pool, vectors + r * DIM, NULL,
                                             false, 1, &alone),
                         SIAMESE_OK);
        assert_int_equal(alone, list_of[r]);
    }
    sm_centroids_release(c);
    sm_pool_free(pool);
    free(vectors);
    free(values);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kmeans_comes_to_where_a_plain_one_stays),
        cmocka_unit_test(test_kmeans_is_the_same_for_any_threads),
        cmocka_unit_test(
            test_kmeans_of_few_different_vectors_has_finite_centroids),
        cmocka_unit_test(test_as_many_vectors_as_lists_become_the_centroids),
        cmocka_unit_test(test_assign_takes_the_first_of_the_best),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
