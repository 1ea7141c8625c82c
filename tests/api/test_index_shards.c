/* Shards and what is merged of them, against one index with all vectors: ids
 * and scores have the same bits, whatever the shards are and what they hold. */
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "index_data.h"

enum { DIM = 34, COUNT = 1900, LATER = 300, QUERIES = 100, MOST_SHARDS = 7 };

/* What is compared: one index, and the same vectors in several. */
typedef struct collection {
    siamese_index *one, *shards[MOST_SHARDS];
    size_t count;
} collection;

/* How one search is done. */
typedef struct search {
    const float *queries;
    size_t count, k;
    siamese_search_options options;
    const siamese_id_filter *filter;
} search;

typedef struct found {
    int64_t *ids;
    float *scores;
    size_t *counts;
} found;

static void ok(siamese_status status)
{
    if (status != SIAMESE_OK) fail_msg("%s", siamese_last_error());
}

static found make_found(size_t count, size_t k)
{
    return (found){malloc((count * k + 1) * sizeof(int64_t)),
                   malloc((count * k + 1) * sizeof(float)),
                   malloc((count + 1) * sizeof(size_t))};
}

static void free_found(found *f)
{
    free(f->ids);
    free(f->scores);
    free(f->counts);
}

/* ---- the recipe of docs/index.md ---- */

/* Of all shards with these options, merged. */
static found ask(const collection *c, const search *s,
                 const siamese_search_options *options)
{
    found all[MOST_SHARDS], merged = make_found(s->count, s->k);
    const int64_t *ids[MOST_SHARDS];
    const float *scores[MOST_SHARDS];
    size_t const size = s->count * s->k;
    for (size_t i = 0; i < c->count; i++) {
        all[i] = make_found(s->count, s->k);
        ok(siamese_index_search_filtered(c->shards[i], s->queries, s->count,
                                         s->k, options, s->filter, all[i].ids,
                                         all[i].scores, size, NULL));
        ids[i] = all[i].ids;
        scores[i] = all[i].scores;
    }
    ok(siamese_hits_merge(ids, scores, c->count, s->count, s->k,
                          options->dedupe, merged.ids, merged.scores, size,
                          merged.counts, NULL));
    for (size_t i = 0; i < c->count; i++) free_found(&all[i]);
    return merged;
}

/* Queries that a filter or dedupe leaves fewer than k results ask once more,
 * all lists. */
static found ask_all(const collection *c, const search *s)
{
    siamese_search_options options = s->options;
    options.strict_nprobe = 1;
    found f = ask(c, s, &options);
    options.exact = 1;
    for (size_t q = 0; q < s->count && (s->filter || options.dedupe); q++) {
        if (f.counts[q] == s->k) continue;
        search again = *s;
        again.queries = s->queries + q * DIM;
        again.count = 1;
        found row = ask(c, &again, &options);
        memcpy(f.ids + q * s->k, row.ids, s->k * sizeof *f.ids);
        memcpy(f.scores + q * s->k, row.scores, s->k * sizeof *f.scores);
        f.counts[q] = row.counts[0];
        free_found(&row);
    }
    return f;
}

static void compare(const collection *c, const search *s)
{
    size_t const size = s->count * s->k;
    found one = make_found(s->count, s->k), all = ask_all(c, s);
    ok(siamese_index_search_filtered(c->one, s->queries, s->count, s->k,
                                     &s->options, s->filter, one.ids,
                                     one.scores, size, one.counts));
    assert_memory_equal(all.ids, one.ids, size * sizeof *one.ids);
    assert_memory_equal(all.scores, one.scores, size * sizeof *one.scores);
    assert_memory_equal(all.counts, one.counts, s->count * sizeof *one.counts);
    free_found(&one);
    free_found(&all);
}

/* ---- range search ---- */

typedef struct ranged {
    size_t offsets[QUERIES + 1];
    found f;
} ranged;

static ranged range(const siamese_index *index, const search *s, float least)
{
    ranged r = {.f = {NULL, NULL, NULL}};
    size_t needed;
    siamese_index_range_search_filtered(index, s->queries, s->count, least,
                                        &s->options, s->filter, r.offsets, NULL,
                                        NULL, 0, &needed);
    r.f = make_found(1, needed);
    ok(siamese_index_range_search_filtered(
        index, s->queries, s->count, least, &s->options, s->filter, r.offsets,
        r.f.ids, r.f.scores, needed, &needed));
    return r;
}

static void compare_range(const collection *c, const search *s, float least)
{
    static ranged all[MOST_SHARDS];
    const size_t *offsets[MOST_SHARDS];
    const int64_t *ids[MOST_SHARDS];
    const float *scores[MOST_SHARDS];
    size_t starts[QUERIES + 1], needed, written;
    ranged one = range(c->one, s, least);
    size_t const size = one.offsets[s->count];
    for (size_t i = 0; i < c->count; i++) {
        all[i] = range(c->shards[i], s, least);
        offsets[i] = all[i].offsets;
        ids[i] = all[i].f.ids;
        scores[i] = all[i].f.scores;
    }
    found merged = make_found(1, size);
    siamese_status const status = siamese_hits_merge_range(
        offsets, ids, scores, c->count, s->count, s->options.dedupe, starts,
        NULL, NULL, 0, &needed, NULL);
    assert_int_equal(status, size ? SIAMESE_E_RANGE : SIAMESE_OK);
    assert_int_equal(needed, size);
    ok(siamese_hits_merge_range(offsets, ids, scores, c->count, s->count,
                                s->options.dedupe, starts, merged.ids,
                                merged.scores, size, &written, NULL));
    assert_int_equal(written, size);
    assert_memory_equal(starts, one.offsets, (s->count + 1) * sizeof *starts);
    assert_memory_equal(merged.ids, one.f.ids, size * sizeof *merged.ids);
    assert_memory_equal(merged.scores, one.f.scores,
                        size * sizeof *merged.scores);
    for (size_t i = 0; i < c->count; i++) free_found(&all[i].f);
    free_found(&merged);
    free_found(&one.f);
}

/* ---- what they hold ---- */

/* Uneven, and of several shards the last one has nothing. */
static size_t shard_of(const collection *c, int64_t id)
{
    static const size_t places[] = {0, 0, 0, 1, 0, 2, 3, 4, 0, 5, 1, 3};
    size_t const used = c->count > 1 ? c->count - 1 : 1;
    return places[(uint64_t)id * 7 % 12] % used;
}

typedef struct options {
    int32_t metric, scan;
    size_t nlist;
} options;

static siamese_index *make_part(const options *o)
{
    siamese_index *index = NULL;
    siamese_index_options own;
    ok(siamese_index_options_init(&own, sizeof own));
    own.metric = o->metric;
    own.scan = o->scan;
    own.nlist = o->nlist;
    own.threads = 2;
    ok(siamese_index_create(&index, DIM, &own));
    return index;
}

/* A third of the vectors are there several times, under ids far apart, and some
 * are much longer than others. */
static float *make_vectors(size_t count, uint32_t seed)
{
    float *const v = clustered_vectors(count, DIM, 40, seed);
    uint32_t at = seed;
    for (size_t r = 0; r < count; r++) {
        float const scale = (float)(1 + next_number(&at) % 9);
        if (r % 3 == 2)
            memcpy(v + r * DIM, v + next_number(&at) % r * DIM,
                   DIM * sizeof *v);
        else
            for (size_t i = 0; i < DIM; i++) v[r * DIM + i] *= scale;
    }
    return v;
}

/* Some ids have two vectors, in the same shard of course. */
static int64_t id_of(size_t r)
{
    return (int64_t)((r % 11 == 3 ? r - 3 : r) * 2654435761u % 100003);
}

static void add_rows(const collection *c, const float *vectors, size_t first,
                     size_t end, bool updates)
{
    for (size_t r = first; r < end; r++) {
        int64_t const id = id_of(r);
        siamese_index *const to[] = {c->one, c->shards[shard_of(c, id)]};
        for (size_t i = 0; i < 2; i++)
            ok(updates ? siamese_index_update(to[i], &id, vectors + r * DIM, 1,
                                              NULL)
                       : siamese_index_add(to[i], &id, vectors + r * DIM, 1));
    }
}

static void remove_rows(const collection *c, size_t step)
{
    for (size_t r = 0; r < COUNT; r += step) {
        int64_t const id = id_of(r);
        size_t removed, of_one;
        ok(siamese_index_remove(c->one, &id, 1, &of_one));
        ok(siamese_index_remove(c->shards[shard_of(c, id)], &id, 1, &removed));
        assert_int_equal(removed, of_one);
    }
}

static void free_collection(collection *c)
{
    siamese_index_free(c->one);
    for (size_t i = 0; i < c->count; i++) siamese_index_free(c->shards[i]);
}

/* ---- all kinds of searches ---- */

static void compare_kind(const collection *c, search *s, size_t nprobe,
                         const siamese_id_filter *filter, int32_t dedupe)
{
    s->filter = filter;
    s->options.nprobe = nprobe;
    s->options.dedupe = dedupe;
    compare(c, s);
    s->count = 1;
    compare(c, s);
    s->count = QUERIES;
}

static void compare_all(const collection *c)
{
    siamese_id_filter *filters[4] = {NULL, NULL, NULL, NULL};
    siamese_index_info info = {.struct_size = sizeof info};
    float *const queries = make_vectors(QUERIES, 99);
    int64_t some[COUNT];
    search s = {.queries = queries, .count = QUERIES, .k = 10};
    ok(siamese_search_options_init(&s.options, sizeof s.options));
    for (size_t r = 0; r < COUNT; r++) some[r] = id_of(r * 5 % COUNT);
    ok(siamese_id_filter_create(&filters[1], SIAMESE_FILTER_INCLUDE, some, 7));
    ok(siamese_id_filter_create(&filters[2], SIAMESE_FILTER_INCLUDE, some,
                                COUNT / 2));
    ok(siamese_id_filter_create(&filters[3], SIAMESE_FILTER_EXCLUDE, some,
                                COUNT / 2));
    ok(siamese_index_get_info(c->one, &info));
    for (size_t nprobe = 1; nprobe <= info.nlist; nprobe += 1 + nprobe / 2)
        for (size_t f = 0; f < 4; f++)
            compare_kind(c, &s, nprobe, filters[f], f == 2);
    s.k = 3000; /* more than there are */
    compare_kind(c, &s, 0, NULL, 0);
    s.k = 10;
    s.options.min_score = 1;
    s.options.exact = 1;
    for (int32_t dedupe = 0; dedupe < 2; dedupe++)
        compare_kind(c, &s, 0, NULL, dedupe);
    s.options.exact = 0;
    s.options.dedupe = 1;
    compare_range(c, &s, 3);
    s.options.dedupe = 0;
    s.filter = filters[3];
    compare_range(c, &s, 0);
    compare_range(c, &s, 1e9f);
    for (size_t f = 1; f < 4; f++) siamese_id_filter_free(filters[f]);
    free(queries);
}

/* Through a file each, mapped or not. */
static siamese_index *reload(siamese_index *index, int32_t map)
{
    siamese_index *loaded = NULL;
    siamese_bundle *bundle;
    siamese_save_options save;
    siamese_load_options load;
    char path[64];
    snprintf(path, sizeof path, "/tmp/siamese-shard-%p", (void *)index);
    ok(siamese_save_options_init(&save, sizeof save));
    ok(siamese_load_options_init(&load, sizeof load));
    save.map = load.map = map;
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_index(bundle, index));
    ok(siamese_checkpoint_save(path, bundle, &save));
    siamese_bundle_free(bundle);
    ok(siamese_checkpoint_load(&bundle, path, &load));
    ok(siamese_bundle_get_index(bundle, &loaded));
    siamese_bundle_free(bundle);
    siamese_index_free(index);
    unlink(path);
    return loaded;
}

static void check_collection(const options *o, size_t shards)
{
    collection c = {.one = make_part(o), .count = shards};
    float *const vectors = make_vectors(COUNT + LATER, 5);
    size_t const trained = 1000;
    size_t needed;
    /* learned of some; the others, with longer ones among them, come later */
    if (o->nlist != 0) ok(siamese_index_train(c.one, vectors, trained));
    siamese_index_get_centroids(c.one, NULL, 0, &needed);
    float *const centroids = malloc(needed * sizeof *centroids);
    ok(siamese_index_get_centroids(c.one, centroids, needed, NULL));
    for (size_t i = 0; i < shards; i++) {
        c.shards[i] = make_part(o);
        ok(siamese_index_set_centroids(c.shards[i], centroids, needed / DIM,
                                       DIM));
    }
    add_rows(&c, vectors, 0, COUNT, false);
    compare_all(&c);
    remove_rows(&c, 3);
    add_rows(&c, vectors, COUNT, COUNT + LATER, false);
    add_rows(&c, vectors + 100 * DIM, 0, 60, true);
    compare_all(&c);
    if (shards == 4) {
        int32_t const map = o->scan == SIAMESE_SCAN_BOUNDED;
        c.one = reload(c.one, 0);
        for (size_t i = 0; i < shards; i++)
            c.shards[i] = reload(c.shards[i], i % 2 == 0 && map);
        compare_all(&c);
        add_rows(&c, vectors + 9 * DIM, 400, 420, true);
        compare_all(&c);
    }
    free(centroids);
    free(vectors);
    free_collection(&c);
}

static void check_every_number_of_shards(int32_t metric, int32_t scan,
                                         size_t nlist)
{
    static const size_t shards[] = {1, 2, 4, MOST_SHARDS};
    options const o = {metric, scan, nlist};
    for (size_t i = 0; i < 4; i++) check_collection(&o, shards[i]);
}

static void test_shards__of_exact_search(void **state)
{
    (void)state;
    check_every_number_of_shards(SIAMESE_METRIC_INNER_PRODUCT,
                                 SIAMESE_SCAN_FLOAT, 0);
    check_every_number_of_shards(SIAMESE_METRIC_COSINE, SIAMESE_SCAN_BOUNDED,
                                 1);
}

static void test_shards__of_lists_by_inner_product(void **state)
{
    (void)state;
    check_every_number_of_shards(SIAMESE_METRIC_INNER_PRODUCT,
                                 SIAMESE_SCAN_FLOAT, 20);
    check_every_number_of_shards(SIAMESE_METRIC_INNER_PRODUCT,
                                 SIAMESE_SCAN_BOUNDED, 20);
}

static void test_shards__of_lists_by_cosine(void **state)
{
    (void)state;
    check_every_number_of_shards(SIAMESE_METRIC_COSINE, SIAMESE_SCAN_FLOAT, 20);
}

/* So many lists that they have codes, and many are empty in each shard. */
static void test_shards__of_many_lists(void **state)
{
    (void)state;
    options const o = {SIAMESE_METRIC_INNER_PRODUCT, SIAMESE_SCAN_BOUNDED, 300};
    check_collection(&o, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shards__of_exact_search),
        cmocka_unit_test(test_shards__of_lists_by_inner_product),
        cmocka_unit_test(test_shards__of_lists_by_cosine),
        cmocka_unit_test(test_shards__of_many_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
