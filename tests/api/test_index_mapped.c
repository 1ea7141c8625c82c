/* An index whose vectors stay in its file does all that one in memory does:
 * every search with the very bits, ids and vectors, changes, saves, exports. */
#include "mapped_index.h"
#include "slow_machine.h"

enum { COUNT = 1100, QUERIES = 66 };

typedef struct pair {
    siamese_index *whole, *mapped;
    float *queries;
    siamese_id_filter *filters[3]; /* none, half of the ids, few */
} pair;

static pair load_pair(const stored_index *s)
{
    pair p = {.whole = loaded_index(s->path, 0),
              .mapped = loaded_index(s->path, 1),
              .queries = clustered_vectors(QUERIES, s->dim, 11, 99)};
    ok(siamese_id_filter_create(&p.filters[1], SIAMESE_FILTER_EXCLUDE, s->ids,
                                s->count / 2));
    ok(siamese_id_filter_create(&p.filters[2], SIAMESE_FILTER_INCLUDE, s->ids,
                                5));
    return p;
}

static void free_pair(pair *p)
{
    siamese_index_free(p->whole);
    siamese_index_free(p->mapped);
    siamese_id_filter_free(p->filters[1]);
    siamese_id_filter_free(p->filters[2]);
    free(p->queries);
}

/* ---- options ---- */

/* Every option of one, in words, is that of the other. */
static void same_options(const siamese_index_options *a,
                         const siamese_index_options *b)
{
    siamese_option_info info = {.struct_size = sizeof info};
    char one[64], other[64];
    size_t count = 0;
    while (siamese_index_options_describe(count, &info) == SIAMESE_OK) {
        ok(siamese_index_options_get(a, info.name, one, sizeof one, NULL));
        ok(siamese_index_options_get(b, info.name, other, sizeof other, NULL));
        assert_string_equal(one, other);
        count++;
    }
    assert_int_equal(count, 7);
}

static void test_options_are_those_of_a_whole_load(void **state)
{
    (void)state;
    for (int32_t kernel = 0; kernel < 2; kernel++) {
        stored_index s;
        siamese_index_options a, b;
        siamese_index *index[2];
        store_index(&s, 40, COUNT, 7, 1, kernel);
        for (int map = 0; map < 2; map++)
            index[map] = loaded_index(s.path, map);
        ok(siamese_index_options_init(&a, sizeof a));
        ok(siamese_index_options_init(&b, sizeof b));
        ok(siamese_index_get_options(index[0], &a));
        ok(siamese_index_get_options(index[1], &b));
        same_options(&a, &b);
        assert_int_equal(b.scan, SIAMESE_SCAN_AUTO); /* no file has it */
        assert_int_equal(b.nlist, 7);
        assert_int_equal(b.threads, 2);
        siamese_index_free(index[0]);
        siamese_index_free(index[1]);
        drop_index(&s);
    }
}

/* ---- searches ---- */

typedef struct results {
    int64_t ids[QUERIES * COUNT];
    float scores[QUERIES * COUNT];
    size_t found[QUERIES + 1];
} results;

static void same_results(const results *a, const results *b, size_t hits,
                         size_t rows)
{
    assert_memory_equal(a->found, b->found, rows * sizeof *a->found);
    assert_memory_equal(a->ids, b->ids, hits * sizeof *a->ids);
    assert_memory_equal(a->scores, b->scores, hits * sizeof *a->scores);
}

static void same_best(const pair *p, size_t count, size_t k,
                      const siamese_search_options *options,
                      const siamese_id_filter *filter)
{
    static results a, b;
    ok(siamese_index_search_filtered(p->whole, p->queries, count, k, options,
                                     filter, a.ids, a.scores, count * k,
                                     a.found));
    ok(siamese_index_search_filtered(p->mapped, p->queries, count, k, options,
                                     filter, b.ids, b.scores, count * k,
                                     b.found));
    same_results(&a, &b, count * k, count);
    if (options == NULL) assert_int_equal(a.found[0], k);
}

static void same_range(const pair *p, size_t count,
                       const siamese_search_options *options,
                       const siamese_id_filter *filter, float least)
{
    static results a, b;
    size_t needed, again;
    ok(siamese_index_range_search_filtered(
        p->whole, p->queries, count, least, options, filter, a.found, a.ids,
        a.scores, sizeof a.ids / sizeof *a.ids, &needed));
    ok(siamese_index_range_search_filtered(
        p->mapped, p->queries, count, least, options, filter, b.found, b.ids,
        b.scores, sizeof b.ids / sizeof *b.ids, &again));
    assert_int_equal(needed, again);
    same_results(&a, &b, needed, count + 1);
}

/* A score that some dozens of vectors have for the first query. */
static float some_score(const pair *p)
{
    int64_t ids[20];
    float scores[20];
    siamese_search_options options;
    ok(siamese_search_options_init(&options, sizeof options));
    options.exact = 1;
    ok(siamese_index_search(p->whole, p->queries, 1, 20, &options, ids, scores,
                            20, NULL));
    return scores[19];
}

static void same_searches(const pair *p, size_t nlist)
{
    float const least = some_score(p);
    siamese_search_options o;
    int32_t const stride = is_slow_machine() ? 5 : 1;
    for (int32_t variant = 0; variant < 32; variant += stride) {
        ok(siamese_search_options_init(&o, sizeof o));
        o.exact = variant & 1;
        o.nprobe = variant & 1 ? 0 : 1 + nlist / 5;
        o.dedupe = variant >> 1 & 1;
        o.scan = variant >> 2 & 1 ? SIAMESE_SCAN_FLOAT : SIAMESE_SCAN_AUTO;
        if (variant >> 3 & 1) o.min_score = (double)least;
        for (size_t f = 0; f < 3; f++) {
            size_t const count = variant >> 4 & 1 ? QUERIES : 1;
            same_range(p, count, &o, p->filters[f], least);
            same_best(p, count, 1, &o, p->filters[f]);
            same_best(p, count, 100, &o, p->filters[f]);
        }
    }
}

static void check_searches(size_t dim, size_t nlist, int32_t metric,
                           int32_t kernel)
{
    stored_index s;
    store_index(&s, dim, COUNT, nlist, metric, kernel);
    pair p = load_pair(&s);
    same_searches(&p, nlist);
    free_pair(&p);
    drop_index(&s);
}

static void test_searches_have_the_bits_of_a_whole_load(void **state)
{
    (void)state;
    for (int32_t metric = 0; metric < 2; metric++) {
        check_searches(48, 1, metric, SIAMESE_KERNEL_AUTO);
        check_searches(67, 12, metric, SIAMESE_KERNEL_AUTO);
    }
    check_searches(5, 260, 0, SIAMESE_KERNEL_AUTO); /* codes of probes too */
    check_searches(130, 1, 0, SIAMESE_KERNEL_AUTO);
}

static void test_searches_are_the_same_at_every_level(void **state)
{
    (void)state;
    for (int32_t level = 1; level <= SIAMESE_KERNEL_NEON; level++) {
        siamese_index_options options;
        siamese_index *index;
        ok(siamese_index_options_init(&options, sizeof options));
        options.kernel = level;
        if (siamese_index_create(&index, 1, &options) != SIAMESE_OK) continue;
        siamese_index_free(index);
        check_searches(40, 7, 0, level);
    }
}

/* ---- ids and vectors ---- */

static void same_vectors(const pair *p, size_t dim, int64_t id)
{
    float *const a = calloc(4 * dim, sizeof *a);
    float *const b = calloc(4 * dim, sizeof *b);
    size_t several, again;
    ok(siamese_index_contains(p->whole, id, &several));
    ok(siamese_index_contains(p->mapped, id, &again));
    assert_int_equal(several, again);
    siamese_status const status = several ? SIAMESE_OK : SIAMESE_E_NOT_FOUND;
    assert_int_equal(siamese_index_get_vectors(p->whole, id, a, 4 * dim, NULL),
                     status);
    assert_int_equal(siamese_index_get_vectors(p->mapped, id, b, 4 * dim, NULL),
                     status);
    assert_memory_equal(a, b, 4 * dim * sizeof *a);
    assert_int_equal(siamese_index_reconstruct(p->whole, id, a, dim), status);
    assert_int_equal(siamese_index_reconstruct(p->mapped, id, b, dim), status);
    assert_memory_equal(a, b, dim * sizeof *a);
    free(a);
    free(b);
}

static void same_contents(const pair *p, size_t dim)
{
    static int64_t a[2 * COUNT], b[2 * COUNT];
    siamese_index_info x = {.struct_size = sizeof x};
    siamese_index_info y = {.struct_size = sizeof y};
    size_t needed, again;
    ok(siamese_index_get_ids(p->whole, a, 2 * COUNT, &needed));
    ok(siamese_index_get_ids(p->mapped, b, 2 * COUNT, &again));
    assert_int_equal(needed, again);
    assert_memory_equal(a, b, needed * sizeof *a);
    for (int64_t id = 0; id < 200; id++) same_vectors(p, dim, id);
    ok(siamese_index_get_info(p->whole, &x));
    ok(siamese_index_get_info(p->mapped, &y));
    assert_int_equal(siamese_index_count(p->mapped), x.count);
    assert_int_equal(x.nlist, y.nlist);
    assert_int_equal(x.nprobe, y.nprobe);
    assert_int_equal(x.count, y.count);
}

static void test_ids_and_vectors_are_there(void **state)
{
    (void)state;
    for (size_t nlist = 1; nlist < 10; nlist += 8) {
        stored_index s;
        siamese_index_info x = {.struct_size = sizeof x};
        siamese_index_info y = {.struct_size = sizeof y};
        store_index(&s, 64, COUNT, nlist, 1, SIAMESE_KERNEL_AUTO);
        pair p = load_pair(&s);
        ok(siamese_index_get_info(p.whole, &x));
        ok(siamese_index_get_info(p.mapped, &y));
        /* 64 floats, 48 bytes and more of an id, against 80 of codes and 8 */
        assert_true(y.memory < x.memory / 3);
        same_contents(&p, 64);
        free_pair(&p);
        drop_index(&s);
    }
}

/* ---- changes ---- */

static void same_files(const char *a, const char *b)
{
    FILE *const x = fopen(a, "rb"), *const y = fopen(b, "rb");
    int one, other;
    assert_true(x && y);
    do {
        one = fgetc(x);
        other = fgetc(y);
        assert_int_equal(one, other);
    } while (one != EOF);
    fclose(x);
    fclose(y);
}

/* Saved and exported, both give the same bytes. */
static void same_saves(const pair *p, const char *path)
{
    char one[80], other[80];
    snprintf(one, sizeof one, "%s.a", path);
    snprintf(other, sizeof other, "%s.b", path);
    save_index(p->whole, one, 1);
    save_index(p->mapped, other, 1);
    same_files(one, other);
    ok(siamese_index_export_faiss(p->whole, one));
    ok(siamese_index_export_faiss(p->mapped, other));
    same_files(one, other);
    unlink(one);
    unlink(other);
}

static void change(siamese_index *index, const stored_index *s, int how)
{
    size_t gone = 0;
    if (how == 0) ok(siamese_index_add(index, s->ids, s->vectors, 100));
    if (how == 1) ok(siamese_index_remove(index, s->ids, 500, &gone));
    if (how == 2)
        ok(siamese_index_update(index, s->ids, s->vectors + s->dim, 300,
                                &gone));
    if (how == 3) ok(siamese_index_train(index, s->vectors, s->count));
    if (how == 4) ok(siamese_index_set_nprobe(index, 1));
    if (how == 1) assert_true(gone >= 500);
}

static void test_changes_go_on_in_memory(void **state)
{
    (void)state;
    for (int how = 0; how < 5; how++)
        for (size_t nlist = 1; nlist < 10; nlist += 8) {
            stored_index s;
            store_index(&s, 40, COUNT, nlist, how & 1, SIAMESE_KERNEL_AUTO);
            pair p = load_pair(&s);
            same_best(&p, 1, 10, NULL, NULL); /* some codes are read */
            change(p.whole, &s, how);
            change(p.mapped, &s, how);
            same_saves(&p, s.path);
            same_searches(&p, how == 3 ? 1 : nlist);
            same_contents(&p, 40);
            free_pair(&p);
            drop_index(&s);
        }
}

static void test_a_save_has_the_bytes_of_the_file(void **state)
{
    (void)state;
    stored_index s;
    store_index(&s, 33, COUNT, 9, 0, SIAMESE_KERNEL_AUTO);
    pair p = load_pair(&s);
    same_saves(&p, s.path);
    char kept[80];
    snprintf(kept, sizeof kept, "%s.kept", s.path);
    save_index(p.mapped, kept, 1);
    same_files(kept, s.path);
    save_index(p.mapped, s.path, 1); /* the file that it reads from */
    same_files(kept, s.path);
    same_searches(&p, 9);
    unlink(kept);
    free_pair(&p);
    drop_index(&s);
}

static void test_tuning_finds_the_same_number(void **state)
{
    (void)state;
    stored_index s;
    size_t a, b;
    double x, y;
    store_index(&s, 48, COUNT, 40, 0, SIAMESE_KERNEL_AUTO);
    pair p = load_pair(&s);
    ok(siamese_index_tune_nprobe(p.whole, p.queries, QUERIES, 10, 0.9, &a, &x));
    ok(siamese_index_tune_nprobe(p.mapped, p.queries, QUERIES, 10, 0.9, &b,
                                 &y));
    assert_int_equal(a, b);
    assert_true(x == y);
    free_pair(&p);
    drop_index(&s);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_those_of_a_whole_load),
        cmocka_unit_test(test_searches_have_the_bits_of_a_whole_load),
        cmocka_unit_test(test_searches_are_the_same_at_every_level),
        cmocka_unit_test(test_ids_and_vectors_are_there),
        cmocka_unit_test(test_changes_go_on_in_memory),
        cmocka_unit_test(test_a_save_has_the_bytes_of_the_file),
        cmocka_unit_test(test_tuning_finds_the_same_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
