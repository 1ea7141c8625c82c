/* checkpoint_parts.h: small handles of every kind to save and load, what they
 * compute, and an allocator that counts and fails on demand. */
#ifndef CHECKPOINT_PARTS_H
#define CHECKPOINT_PARTS_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#define ok(call) assert_int_equal((call), SIAMESE_OK)

static const siamese_text part_texts[] = {
    {"red lamp", 8},  {"red table", 9},      {"blue lamp", 9},
    {"oak table", 9}, {"oak chair red", 13}, {"blue chair", 10}};

enum { PART_TEXTS = 6, PART_DIM = 4, PART_STEPS = 3 };

typedef struct parts {
    siamese_vocab *vocab;
    siamese_tower *query, *item; /* with vocabularies of their own */
    siamese_trainer *trainer;    /* of query and item, some steps on */
    siamese_index *index;
} parts;

static inline siamese_vocab *make_vocab(size_t sequence_length)
{
    siamese_vocab_options options;
    siamese_vocab *vocab;
    ok(siamese_vocab_options_init(&options, sizeof options));
    options.max_tokens = 0;
    options.sequence_length = sequence_length;
    options.threads = 1;
    ok(siamese_vocab_create(&vocab, &options));
    ok(siamese_vocab_add(vocab, part_texts, PART_TEXTS));
    ok(siamese_vocab_finish(vocab));
    return vocab;
}

static inline siamese_tower *make_tower(const siamese_vocab *vocab,
                                        uint64_t seed)
{
    siamese_tower_options options;
    siamese_tower *tower;
    ok(siamese_tower_options_init(&options, sizeof options));
    options.embedding_dim = 2;
    options.units = PART_DIM / 2;
    options.seed = seed;
    options.threads = 1;
    ok(siamese_tower_create(&tower, &options));
    ok(siamese_tower_add_field(tower, "title", vocab, NULL));
    return tower;
}

/* item may be query: one shared tower. */
static inline siamese_trainer *make_trainer(const siamese_tower *query,
                                            const siamese_tower *item)
{
    siamese_trainer_options options;
    siamese_trainer *trainer;
    ok(siamese_trainer_options_init(&options, sizeof options));
    options.batch_size = 2;
    options.epochs = 2;
    options.metrics = SIAMESE_METRICS_NONE;
    options.threads = 1;
    ok(siamese_trainer_create(&trainer, query, item, &options));
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = part_texts,
                                 .items = part_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PART_TEXTS};
    ok(siamese_trainer_add_pairs(trainer, &pairs));
    return trainer;
}

static inline void step_trainer(siamese_trainer *trainer, int steps)
{
    for (int i = 0; i < steps; i++) {
        size_t const rows[] = {(size_t)i % PART_TEXTS,
                               (size_t)(i + 2) % PART_TEXTS};
        ok(siamese_trainer_step(trainer, rows, 2, NULL));
    }
}

static inline void encode_parts(const siamese_tower *tower, float *vectors)
{
    ok(siamese_tower_encode(tower, part_texts, PART_TEXTS, 1, vectors,
                            PART_TEXTS * PART_DIM));
}

static inline siamese_index *make_index(const siamese_tower *tower)
{
    float vectors[PART_TEXTS * PART_DIM];
    int64_t ids[PART_TEXTS];
    siamese_index_options options;
    siamese_index *index;
    for (int64_t i = 0; i < PART_TEXTS; i++) ids[i] = 10 + i;
    encode_parts(tower, vectors);
    ok(siamese_index_options_init(&options, sizeof options));
    options.nlist = 2;
    options.threads = 1;
    ok(siamese_index_create(&index, PART_DIM, &options));
    ok(siamese_index_train(index, vectors, PART_TEXTS));
    ok(siamese_index_add(index, ids, vectors, PART_TEXTS));
    return index;
}

static inline void make_parts(parts *all)
{
    siamese_vocab *const other = make_vocab(4);
    all->vocab = make_vocab(3);
    all->query = make_tower(all->vocab, 1);
    all->item = make_tower(other, 2);
    siamese_vocab_free(other);
    all->trainer = make_trainer(all->query, all->item);
    step_trainer(all->trainer, PART_STEPS);
    all->index = make_index(all->item);
}

static inline void free_parts(parts *all)
{
    siamese_vocab_free(all->vocab);
    siamese_tower_free(all->query);
    siamese_tower_free(all->item);
    siamese_trainer_free(all->trainer);
    siamese_index_free(all->index);
    memset(all, 0, sizeof *all);
}

/* ---- whether two handles are the same ---- */

static inline void assert_same_vocab(const siamese_vocab *a,
                                     const siamese_vocab *b)
{
    siamese_vocab_options of_a = {.struct_size = sizeof of_a}, of_b = of_a;
    char token_a[64], token_b[64];
    ok(siamese_vocab_get_options(a, &of_a));
    ok(siamese_vocab_get_options(b, &of_b));
    assert_int_equal(of_a.max_tokens, of_b.max_tokens);
    assert_int_equal(of_a.sequence_length, of_b.sequence_length);
    assert_int_equal(of_a.standardize, of_b.standardize);
    assert_int_equal(siamese_vocab_size(a), siamese_vocab_size(b));
    for (size_t i = 0; i < siamese_vocab_size(a); i++) {
        ok(siamese_vocab_token(a, (int64_t)i, token_a, sizeof token_a, NULL));
        ok(siamese_vocab_token(b, (int64_t)i, token_b, sizeof token_b, NULL));
        assert_string_equal(token_a, token_b);
    }
}

static inline void assert_same_tower(const siamese_tower *a,
                                     const siamese_tower *b)
{
    float of_a[PART_TEXTS * PART_DIM], of_b[PART_TEXTS * PART_DIM];
    encode_parts(a, of_a);
    encode_parts(b, of_b);
    assert_memory_equal(of_a, of_b, sizeof of_a);
}

static inline void assert_same_index(const siamese_index *a,
                                     const siamese_index *b)
{
    static const float queries[2][PART_DIM] = {{1, 0, 0.5f, -1},
                                               {-0.25f, 1, 0, 0}};
    int64_t of_a[2 * PART_TEXTS], of_b[2 * PART_TEXTS];
    float score_a[2 * PART_TEXTS], score_b[2 * PART_TEXTS];
    siamese_index_info info_a = {.struct_size = sizeof info_a}, info_b = info_a;
    ok(siamese_index_get_info(a, &info_a));
    ok(siamese_index_get_info(b, &info_b));
    info_a.memory = info_b.memory; /* what is in reserve may differ */
    assert_memory_equal(&info_a, &info_b, sizeof info_a);
    for (size_t nprobe = 1; nprobe <= info_a.nlist; nprobe++) {
        siamese_search_options options;
        ok(siamese_search_options_init(&options, sizeof options));
        options.nprobe = nprobe;
        ok(siamese_index_search(a, queries[0], 2, PART_TEXTS, &options, of_a,
                                score_a, 2 * PART_TEXTS, NULL));
        ok(siamese_index_search(b, queries[0], 2, PART_TEXTS, &options, of_b,
                                score_b, 2 * PART_TEXTS, NULL));
        assert_memory_equal(of_a, of_b, sizeof of_a);
        assert_memory_equal(score_a, score_b, sizeof score_a);
    }
}

/* The towers of the two, and those after the same steps of both. */
static inline void assert_same_trainer(siamese_trainer *a, siamese_trainer *b)
{
    for (int round = 0; round < 2; round++) {
        siamese_tower *query_a, *item_a, *query_b, *item_b;
        ok(siamese_trainer_snapshot(a, &query_a, &item_a));
        ok(siamese_trainer_snapshot(b, &query_b, &item_b));
        assert_int_equal(query_a == item_a, query_b == item_b);
        assert_same_tower(query_a, query_b);
        assert_same_tower(item_a, item_b);
        siamese_tower_free(query_a);
        siamese_tower_free(item_a);
        siamese_tower_free(query_b);
        siamese_tower_free(item_b);
        step_trainer(a, 2);
        step_trainer(b, 2);
    }
}

/* ---- a checkpoint in memory ---- */

typedef struct image {
    unsigned char *bytes;
    size_t size, capacity;
    size_t at;        /* of reading */
    long writes_left; /* < 0: no limit */
} image;

static inline int32_t image_write(void *user, const void *data, size_t size)
{
    image *const to = user;
    if (to->writes_left == 0) return 1;
    if (to->writes_left > 0) to->writes_left--;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, to->capacity);
        if (to->bytes == NULL) return 1;
    }
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return 0;
}

static inline int32_t image_read(void *user, void *data, size_t size,
                                 size_t *done)
{
    image *const from = user;
    size_t const left = from->size - from->at;
    *done = size < left ? size : left;
    memcpy(data, from->bytes + from->at, *done);
    from->at += *done;
    return 0;
}

static inline image write_bundle(const siamese_bundle *bundle)
{
    image to = {.writes_left = -1};
    ok(siamese_checkpoint_write(image_write, &to, bundle, NULL));
    return to;
}

static inline siamese_bundle *load_image(const image *from)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    ok(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    ok(siamese_checkpoint_load_memory(&bundle, from->bytes, from->size,
                                      &options));
    return bundle;
}

/* The towers alone, their tables in int8 and float16. */
static inline siamese_bundle *packed_bundle(const parts *all)
{
    siamese_bundle *bundle;
    siamese_tower *query, *item;
    ok(siamese_tower_quantize(&query, all->query, SIAMESE_PRECISION_INT8));
    ok(siamese_tower_quantize(&item, all->item, SIAMESE_PRECISION_FLOAT16));
    ok(siamese_bundle_create(&bundle));
    ok(siamese_bundle_set_query_tower(bundle, query));
    ok(siamese_bundle_set_item_tower(bundle, item));
    siamese_tower_free(query);
    siamese_tower_free(item);
    return bundle;
}

/* ---- an allocator that counts and fails ---- */

typedef struct scarce_memory {
    long left;   /* allocations until failures begin; < 0: never */
    size_t live; /* bytes */
    size_t peak;
    size_t largest; /* the largest that was asked for */
} scarce_memory;

static scarce_memory scarce = {.left = -1};
/* a handle's threads allocate too */
static pthread_mutex_t scarce_mutex = PTHREAD_MUTEX_INITIALIZER;

/* The size stands before what is given out. */
enum { SCARCE_HEAD = 2 * sizeof(void *) };

static inline int scarce_allow(size_t size)
{
    pthread_mutex_lock(&scarce_mutex);
    if (size > scarce.largest) scarce.largest = size;
    int const allowed = scarce.left != 0;
    if (scarce.left > 0) scarce.left--;
    pthread_mutex_unlock(&scarce_mutex);
    return allowed;
}

static inline void *scarce_give(void *base, size_t size)
{
    if (base == NULL) return NULL;
    memcpy(base, &size, sizeof size);
    pthread_mutex_lock(&scarce_mutex);
    scarce.live += size;
    if (scarce.live > scarce.peak) scarce.peak = scarce.live;
    pthread_mutex_unlock(&scarce_mutex);
    return (char *)base + SCARCE_HEAD;
}

static inline void *scarce_allocate(void *user, size_t size)
{
    (void)user;
    if (!scarce_allow(size)) return NULL;
    return scarce_give(malloc(size + SCARCE_HEAD), size);
}

static inline void scarce_deallocate(void *user, void *pointer)
{
    size_t size;
    (void)user;
    if (pointer == NULL) return;
    memcpy(&size, (char *)pointer - SCARCE_HEAD, sizeof size);
    pthread_mutex_lock(&scarce_mutex);
    scarce.live -= size;
    pthread_mutex_unlock(&scarce_mutex);
    free((char *)pointer - SCARCE_HEAD);
}

static inline void *scarce_reallocate(void *user, void *pointer, size_t size)
{
    size_t old = 0;
    void *const moved = scarce_allocate(user, size);
    if (moved == NULL || pointer == NULL) return moved;
    memcpy(&old, (char *)pointer - SCARCE_HEAD, sizeof old);
    memcpy(moved, pointer, old < size ? old : size);
    scarce_deallocate(user, pointer);
    return moved;
}

/* Not for tests with more than one thread: the counts are not atomic. */
static inline void use_scarce_memory(void)
{
    siamese_allocator const hooks = {sizeof hooks, NULL, scarce_allocate,
                                     scarce_reallocate, scarce_deallocate};
    ok(siamese_set_allocator(&hooks));
}

#endif
