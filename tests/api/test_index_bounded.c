/* Searches by bounds give the ids and the score bits of searches that read
 * every float: all kinds of vectors, sizes, levels, metrics and searches. */
#include <float.h>
#include <stdio.h>

#include "index_data.h"
#include "sanitized.h"

enum { COUNT = 700, QUERIES = 67, MOST = COUNT };

enum {
    SPREAD,
    CLUSTERED,
    LEARNED, /* few directions hold most of it, of length 1 */
    CONSTANT,
    DENORMAL,
    HUGE_ONES,
    TINY,
    MIXED, /* from 1e-40 to 1e15, and zeros */
    DUPLICATE,
    CLOSE,   /* scores that differ by a rounding */
    ALIGNED, /* what codes leave points where the queries do */
    KINDS
};

static test_random random_state = {4711};

static double number(double limit)
{
    return test_random_real(&random_state, limit);
}

/* ---- vectors ---- */

static void fill(int kind, size_t dim, const float *query, float *x)
{
    double const magnitude = pow(10, number(27) - 12);
    for (size_t i = 0; i < dim; i++) {
        double v = number(1);
        if (kind == LEARNED) v /= 1 + (double)i / 8;
        if (kind == CONSTANT) v = -3.25;
        if (kind == DENORMAL) v *= 1e-39;
        if (kind == HUGE_ONES) v *= 1e19 / sqrt((double)dim);
        if (kind == TINY) v *= 1e-22;
        if (kind == MIXED) v *= magnitude * (double)(magnitude < 1e12);
        if (kind == CLOSE) v = (double)query[i] * (1 + number(1e-6));
        if (kind == ALIGNED)
            v = (floor(v * 100) + (query[i] > 0 ? 0.499 : -0.499)) / 119;
        x[i] = (float)v;
    }
    if (kind == ALIGNED) x[dim - 1] = 1;
}

static float *make_vectors(int kind, size_t dim, size_t count,
                           const float *query)
{
    float *const x = malloc(count * dim * sizeof *x);
    for (size_t r = 0; r < count; r++) {
        float *const row = x + r * dim;
        if (r >= 16 && (kind == DUPLICATE || kind == CLUSTERED)) {
            const float *const centre = row - 16 * dim;
            for (size_t i = 0; i < dim; i++)
                row[i] = kind == DUPLICATE ? centre[i]
                                           : centre[i] + (float)number(0.05);
        } else
            fill(kind, dim, query, row);
        if (kind == LEARNED) {
            double const length = length_of(row, dim);
            for (size_t i = 0; i < dim; i++)
                row[i] = (float)((double)row[i] / length);
        }
        if (r % 97 == 96) memset(row, 0, dim * sizeof *row);
    }
    return x;
}

typedef struct world {
    size_t dim, nlist;
    float *vectors, *queries;
    int64_t *ids;
    siamese_index *index;
    siamese_id_filter *filters[3]; /* none, half, few */
} world;

static siamese_index *make_index_of(size_t dim, int32_t metric, size_t nlist,
                                    int32_t kernel, int32_t scan,
                                    int32_t threads)
{
    siamese_index_options options;
    siamese_index *index;
    siamese_index_options_init(&options, sizeof options);
    options.metric = metric;
    options.nlist = nlist;
    options.threads = threads;
    options.kernel = kernel;
    options.scan = scan;
    assert_int_equal(siamese_index_create(&index, dim, &options), SIAMESE_OK);
    return index;
}

static world make_world(int kind, size_t dim, int32_t metric, size_t nlist,
                        int32_t kernel)
{
    world w = {.dim = dim, .nlist = nlist};
    int64_t named[COUNT];
    w.queries = make_vectors(kind >= CLOSE ? SPREAD : kind, dim, QUERIES, NULL);
    w.vectors = make_vectors(kind, dim, COUNT, w.queries);
    w.ids = counted_ids(COUNT, 3, 2);
    for (size_t r = 4; r < COUNT; r += 4) w.ids[r] = w.ids[r - 1];
    w.index =
        make_index_of(dim, metric, nlist, kernel, SIAMESE_SCAN_BOUNDED, 2);
    if (nlist > 1)
        assert_int_equal(siamese_index_train(w.index, w.vectors, COUNT),
                         SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, COUNT / 2),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, w.ids + COUNT / 2,
                                       w.vectors + COUNT / 2 * dim,
                                       COUNT - COUNT / 2),
                     SIAMESE_OK);
    for (size_t r = 0; r < COUNT; r++) named[r] = w.ids[r * 7 % COUNT];
    assert_int_equal(siamese_id_filter_create(&w.filters[1],
                                              SIAMESE_FILTER_INCLUDE, named,
                                              COUNT / 2),
                     SIAMESE_OK);
    assert_int_equal(siamese_id_filter_create(&w.filters[2],
                                              SIAMESE_FILTER_INCLUDE, named, 5),
                     SIAMESE_OK);
    return w;
}

static void free_world(world *w)
{
    siamese_index_free(w->index);
    for (size_t i = 1; i < 3; i++) siamese_id_filter_free(w->filters[i]);
    free(w->vectors);
    free(w->queries);
    free(w->ids);
}

/* ---- searches ---- */

typedef struct results {
    int64_t ids[QUERIES * MOST];
    float scores[QUERIES * MOST];
    size_t offsets[QUERIES + 1], found[QUERIES], count;
} results;

static results by_floats, by_bounds;

static void compare(size_t queries)
{
    size_t const size = by_floats.count;
    assert_int_equal(by_bounds.count, size);
    assert_memory_equal(by_bounds.ids, by_floats.ids, size * sizeof(int64_t));
    assert_memory_equal(by_bounds.scores, by_floats.scores,
                        size * sizeof(float));
    assert_memory_equal(by_bounds.found, by_floats.found,
                        queries * sizeof(size_t));
}

typedef struct request {
    size_t first, count, k, nprobe;
    double min_score;
    int dedupe, filter;
} request;

static siamese_search_options options_of(const request *r, int32_t scan)
{
    siamese_search_options o;
    siamese_search_options_init(&o, sizeof o);
    o.nprobe = r->nprobe;
    o.exact = r->nprobe == 0;
    o.min_score = r->min_score;
    o.dedupe = r->dedupe;
    o.scan = scan;
    return o;
}

static void search(const world *w, const request *r, int32_t scan, results *out)
{
    siamese_search_options const options = options_of(r, scan);
    assert_int_equal(siamese_index_search_filtered(
                         w->index, w->queries + r->first * w->dim, r->count,
                         r->k, &options, w->filters[r->filter], out->ids,
                         out->scores, QUERIES * MOST, out->found),
                     SIAMESE_OK);
    out->count = r->count * r->k;
}

static void search_range(const world *w, const request *r, float least,
                         int32_t scan, results *out)
{
    siamese_search_options const options = options_of(r, scan);
    assert_int_equal(siamese_index_range_search_filtered(
                         w->index, w->queries + r->first * w->dim, r->count,
                         least, &options, w->filters[r->filter], out->offsets,
                         out->ids, out->scores, QUERIES * MOST, &out->count),
                     SIAMESE_OK);
    for (size_t q = 0; q < r->count; q++)
        out->found[q] = out->offsets[q + 1] - out->offsets[q];
}

/* Both searches, and the range search from the last score found on. */
static void check(const world *w, const request *r)
{
    search(w, r, SIAMESE_SCAN_FLOAT, &by_floats);
    search(w, r, SIAMESE_SCAN_BOUNDED, &by_bounds);
    compare(r->count);
    float const last = by_floats.scores[r->k - 1];
    if (!isfinite(last)) return;
    search_range(w, r, last, SIAMESE_SCAN_FLOAT, &by_floats);
    search_range(w, r, last, SIAMESE_SCAN_BOUNDED, &by_bounds);
    compare(r->count);
}

static void check_searches(const world *w, size_t rounds)
{
    static const size_t counts[] = {1, 2, 3, 5, QUERIES};
    static const size_t ks[] = {1, 3, 10, 100, MOST};
    for (size_t i = 0; i < rounds; i++) {
        request r = {.count = counts[i % 5], .k = ks[i / 2 % 5]};
        r.first = test_random_below(&random_state, QUERIES - r.count + 1);
        r.nprobe = i % 3 ? test_random_below(&random_state, w->nlist) + 1 : 0;
        r.filter = (int)test_random_below(&random_state, 3);
        r.dedupe = (int)test_random_below(&random_state, 2);
        r.min_score = -1e20;
        if (test_random_below(&random_state, 3) == 0) {
            search(w, &r, SIAMESE_SCAN_FLOAT, &by_floats);
            if (isfinite(by_floats.scores[r.k / 2]))
                r.min_score = fmax((double)by_floats.scores[r.k / 2], -1e20);
            if (r.min_score > 1e20) r.min_score = 1e20;
        }
        check(w, &r);
    }
}

static void check_world(int kind, size_t dim, int32_t metric, size_t nlist,
                        int32_t kernel, size_t rounds)
{
    world w = make_world(kind, dim, metric, nlist, kernel);
    check_searches(&w, rounds);
    free_world(&w);
}

static int has_level(int32_t kernel)
{
    siamese_index_options options;
    siamese_index *index;
    siamese_index_options_init(&options, sizeof options);
    options.kernel = kernel;
    siamese_status const status = siamese_index_create(&index, 1, &options);
    if (status == SIAMESE_OK) siamese_index_free(index);
    return status == SIAMESE_OK;
}

static size_t levels(int32_t *list)
{
    size_t count = 0;
    for (int32_t level = 1; level < 8; level++)
        if (has_level(level)) list[count++] = level;
    return count;
}

static void test_bounded__results_are_those_of_floats(void **state)
{
    int32_t level[8];
    size_t const level_count = levels(level);
    (void)state;
    for (size_t l = 0; l < level_count; l++)
        for (int kind = 0; kind < KINDS; kind++)
            for (int32_t metric = 0; metric < 2; metric++)
                for (size_t nlist = 1; nlist <= 9; nlist += 8)
                    check_world(kind, 40, metric, nlist, level[l], 10);
}

static void test_bounded__of_every_size(void **state)
{
    int32_t level[8];
    size_t const level_count = levels(level);
    (void)state;
    for (size_t dim = 1; dim <= 130; dim++)
        check_world((int)(dim % KINDS), dim, (int32_t)(dim & 1),
                    dim % 4 ? 1 : 7, level[dim % level_count], 6);
    for (int kind = 0; kind < KINDS; kind++)
        check_world(kind, 384, kind & 1, 5, SIAMESE_KERNEL_AUTO, 10);
}

/* ---- what comes and goes ---- */

static void test_bounded__codes_follow_changes(void **state)
{
    (void)state;
    for (size_t nlist = 1; nlist <= 6; nlist += 5) {
        world w = make_world(LEARNED, 33, SIAMESE_METRIC_INNER_PRODUCT, nlist,
                             SIAMESE_KERNEL_AUTO);
        for (size_t round = 0; round < 12; round++) {
            int64_t gone[60];
            size_t removed;
            for (size_t i = 0; i < 60; i++)
                gone[i] = w.ids[test_random_below(&random_state, COUNT)];
            assert_int_equal(siamese_index_remove(w.index, gone, 60, &removed),
                             SIAMESE_OK);
            check_searches(&w, 4);
            if (round % 3 == 1)
                assert_int_equal(
                    siamese_index_add(w.index, w.ids, w.vectors, 10 * round),
                    SIAMESE_OK);
            if (round == 7)
                assert_int_equal(siamese_index_train(w.index, w.vectors, COUNT),
                                 SIAMESE_OK);
            check_searches(&w, 4);
        }
        assert_int_equal(siamese_index_remove(w.index, w.ids, COUNT, NULL),
                         SIAMESE_OK);
        assert_int_equal(siamese_index_count(w.index), 0);
        check_searches(&w, 4);
        free_world(&w);
    }
}

/* More blocks of 16 rows for 16 queries of one thread than bounds are held of
 * at once, in one list and in two; filters leave out most blocks behind the
 * first, and every other one. */
static void check_many_rows(size_t nlist, int32_t kernel, size_t together)
{
    enum { MANY = 40000, LARGE_DIM = 8 };
    static int64_t others[MANY / 2];
    world w = {.dim = LARGE_DIM, .nlist = nlist};
    w.ids = counted_ids(2 * MANY, 1, 1);
    w.queries = make_vectors(SPREAD, LARGE_DIM, QUERIES, NULL);
    w.vectors = make_vectors(CLUSTERED, LARGE_DIM, MANY, w.queries);
    w.index = make_index_of(LARGE_DIM, SIAMESE_METRIC_INNER_PRODUCT, nlist,
                            kernel, SIAMESE_SCAN_BOUNDED, 1);
    assert_int_equal(siamese_index_train(w.index, w.vectors, 1000), 0);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, MANY), 0);
    /* the same behind the last ones, where no search looks any more */
    assert_int_equal(siamese_index_add(w.index, w.ids + MANY, w.vectors, MANY),
                     0);
    assert_int_equal(siamese_index_remove(w.index, w.ids + MANY, MANY, NULL),
                     0);
    assert_int_equal(siamese_id_filter_create(&w.filters[1],
                                              SIAMESE_FILTER_INCLUDE, w.ids + 8,
                                              MANY / 2),
                     0);
    for (size_t i = 0; i < MANY / 2; i++)
        others[i] = w.ids[i / 16 * 32 + i % 16];
    assert_int_equal(siamese_id_filter_create(&w.filters[2],
                                              SIAMESE_FILTER_INCLUDE, others,
                                              MANY / 2),
                     0);
    for (size_t i = 0; i < 18; i++) {
        request const r = {.first = i % (QUERIES + 1 - together),
                           .count = i % 6 ? together : 1,
                           .k = i % 2 ? 10 : 300,
                           .min_score = -1e20,
                           .dedupe = i % 5 == 4,
                           .filter = (int)(i % 3)};
        check(&w, &r);
    }
    free_world(&w);
}

static void test_bounded__of_more_rows_than_are_held(void **state)
{
    (void)state;
    for (size_t nlist = 1; nlist <= 2; nlist++)
        check_many_rows(nlist, SIAMESE_KERNEL_AUTO, 16);
}

/* And once more for queries behind those that are looked at together. */
static void test_bounded__of_more_rows_for_more_queries(void **state)
{
    (void)state;
    check_many_rows(1, SIAMESE_KERNEL_PORTABLE, QUERIES);
}

/* Two lists, of which every other block is left out, for one query and for few
 * together: many blocks in turn of the same list, behind those of another. */
static void test_bounded__of_lists_with_many_holes(void **state)
{
    enum { MANY = 24000, HOLED_DIM = 6, SOME = 3, ROWS = 16 };
    world w = {.dim = HOLED_DIM, .nlist = 2};
    int64_t *const named = malloc(MANY * sizeof *named);
    size_t count = 0;
    (void)state;
    w.ids = counted_ids(MANY, 5, 1);
    w.queries = make_vectors(SPREAD, HOLED_DIM, QUERIES, NULL);
    w.vectors = make_vectors(SPREAD, HOLED_DIM, MANY, NULL);
    /* row 2 i + l becomes row i of a list of its own */
    for (size_t r = 0; r < MANY; r++) {
        w.vectors[r * HOLED_DIM] = r % 2 ? 3 : -3;
        if (r / 2 / ROWS % 2) named[count++] = w.ids[r];
    }
    for (size_t q = 0; q < QUERIES; q++) w.queries[q * HOLED_DIM] = 0;
    w.index = make_index_of(HOLED_DIM, SIAMESE_METRIC_INNER_PRODUCT, 2,
                            SIAMESE_KERNEL_AUTO, SIAMESE_SCAN_BOUNDED, 1);
    assert_int_equal(siamese_index_train(w.index, w.vectors, 1000), 0);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, MANY), 0);
    assert_int_equal(siamese_id_filter_create(
                         &w.filters[1], SIAMESE_FILTER_INCLUDE, named, count),
                     0);
    for (size_t i = 0; i < 12; i++) {
        request const r = {.first = i,
                           .count = i % 2 ? SOME : 1,
                           .k = i % 3 ? 20 : 400,
                           .nprobe = i % 4 / 2,
                           .min_score = -1e20,
                           .filter = i % 5 < 4};
        check(&w, &r);
    }
    free(named);
    free_world(&w);
}

/* Of three lists the two that all queries want, one behind the other, each of
 * more blocks than are held for so many queries: what is held last of the one
 * is nothing to the other. Hits are of both. */
static void test_bounded__of_large_lists_in_turn(void **state)
{
    enum { MANY = 27000, LARGE_DIM = 6, LARGE = 3 };
    world w = {.dim = LARGE_DIM, .nlist = LARGE};
    request const r = {.count = QUERIES, .k = 20, .nprobe = 2, .min_score = -9};
    float const wants[LARGE] = {2.0f, 1.9f, -1.0f};
    (void)state;
    w.ids = counted_ids(MANY, 5, 1);
    w.queries = make_vectors(SPREAD, LARGE_DIM, QUERIES, NULL);
    w.vectors = make_vectors(SPREAD, LARGE_DIM, MANY, NULL);
    /* the first of each list is its centroid */
    memset(w.vectors, 0, LARGE * LARGE_DIM * sizeof *w.vectors);
    for (size_t i = 0; i < MANY; i++)
        for (size_t l = 0; l < LARGE; l++)
            w.vectors[i * LARGE_DIM + l] = i % LARGE == l ? 6 : 0;
    for (size_t q = 0; q < QUERIES; q++)
        memcpy(w.queries + q * LARGE_DIM, wants, sizeof wants);
    w.index = make_index_of(LARGE_DIM, SIAMESE_METRIC_INNER_PRODUCT, LARGE,
                            SIAMESE_KERNEL_PORTABLE, SIAMESE_SCAN_BOUNDED, 1);
    assert_int_equal(siamese_index_train(w.index, w.vectors, LARGE), 0);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, MANY), 0);
    check(&w, &r);
    free_world(&w);
}

static void test_bounded__survives_a_checkpoint(void **state)
{
    world w =
        make_world(SPREAD, 48, SIAMESE_METRIC_COSINE, 4, SIAMESE_KERNEL_AUTO);
    siamese_bundle *bundle;
    (void)state;
    assert_int_equal(siamese_bundle_create(&bundle), SIAMESE_OK);
    assert_int_equal(siamese_bundle_set_index(bundle, w.index), SIAMESE_OK);
    assert_int_equal(siamese_checkpoint_save("bounded.siamese", bundle, NULL),
                     SIAMESE_OK);
    siamese_bundle_free(bundle);
    siamese_index_free(w.index);
    assert_int_equal(siamese_checkpoint_load(&bundle, "bounded.siamese", NULL),
                     SIAMESE_OK);
    assert_int_equal(siamese_bundle_get_index(bundle, &w.index), SIAMESE_OK);
    check_searches(&w, 20);
    siamese_bundle_free(bundle);
    remove("bounded.siamese");
    free_world(&w);
}

/* ---- the option ---- */

static void test_bounded__needs_codes(void **state)
{
    float const vector[4] = {1, 2, 3, 4};
    int64_t id = 1;
    float score;
    siamese_search_options options;
    (void)state;
    siamese_search_options_init(&options, sizeof options);
    assert_int_equal(siamese_search_options_set(&options, "scan", "bounded"),
                     SIAMESE_OK);
    for (int32_t scan = 0; scan < 3; scan++) {
        siamese_index *const index = make_index_of(
            4, SIAMESE_METRIC_INNER_PRODUCT, 1, SIAMESE_KERNEL_AUTO, scan, 2);
        assert_int_equal(siamese_index_add(index, &id, vector, 1), SIAMESE_OK);
        assert_int_equal(siamese_index_search(index, vector, 1, 1, &options,
                                              &id, &score, 1, NULL),
                         scan == SIAMESE_SCAN_BOUNDED ? SIAMESE_OK
                                                      : SIAMESE_E_ARGUMENT);
        if (scan != SIAMESE_SCAN_BOUNDED)
            assert_non_null(strstr(siamese_last_error(), "scan"));
        assert_int_equal(siamese_index_search(index, vector, 1, 1, NULL, &id,
                                              &score, 1, NULL),
                         SIAMESE_OK);
        assert_true(score == 30.0f);
        siamese_index_free(index);
    }
}

/* ---- many queries, in the long suite ---- */

static void test_bounded__of_many_queries(void **state)
{
    /* a million take half an hour under the thread sanitizer */
    size_t const most = SANITIZED ? 50000 : 1000000;
    size_t const queries = getenv("SIAMESE_TEST_LONG") ? most : 2000;
    (void)state;
    for (size_t done = 0, round = 0; done < queries; round++) {
        world w = make_world(
            (int)(round % KINDS), 1 + test_random_below(&random_state, 130),
            (int32_t)(round & 1), 1 + round % 5, SIAMESE_KERNEL_AUTO);
        for (size_t i = 0; i < 40; i++) {
            request const r = {.count = QUERIES,
                               .k = 1 + test_random_below(&random_state, 20),
                               .nprobe = i % 2 ? w.nlist : 0,
                               .min_score = -1e20};
            float *const queries_of_round = w.queries;
            w.queries = make_vectors((int)(i % CLOSE), w.dim, QUERIES, NULL);
            check(&w, &r);
            free(w.queries);
            w.queries = queries_of_round;
            done += QUERIES;
        }
        free_world(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounded__results_are_those_of_floats),
        cmocka_unit_test(test_bounded__of_every_size),
        cmocka_unit_test(test_bounded__codes_follow_changes),
        cmocka_unit_test(test_bounded__of_more_rows_than_are_held),
        cmocka_unit_test(test_bounded__of_more_rows_for_more_queries),
        cmocka_unit_test(test_bounded__of_lists_with_many_holes),
        cmocka_unit_test(test_bounded__of_large_lists_in_turn),
        cmocka_unit_test(test_bounded__survives_a_checkpoint),
        cmocka_unit_test(test_bounded__needs_codes),
        cmocka_unit_test(test_bounded__of_many_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
