/*
 * index_changes: what single changes of a large index take, and what others
 * wait for while it is saved. For docs/performance.md; compiled against one
 * library or another, which bench/index_changes.sh runs in turn.
 *
 *     index_changes COUNT NLIST [FILE]
 *
 * COUNT vectors of 64 numbers, inner product; NLIST 1: one list. With FILE the
 * index is saved to it, uncompressed, while a thread adds, removes and searches
 * one vector every half millisecond. Prints lines WHAT TAB MICROSECONDS:
 * medians of 101 calls, whole calls, and the longest of each kind.
 */
#include <pthread.h>
#include <siamese/siamese.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { DIM = 64, CALLS = 101, PAUSE_US = 500 };

typedef struct collection {
    siamese_index *index;
    siamese_bundle *bundle;
    size_t count;
    int64_t *ids;
    float *vectors;
    const char *path;
    atomic_int saving;
    double save_us;
} collection;

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return 1e6 * (double)t.tv_sec + 1e-3 * (double)t.tv_nsec;
}

static void try(siamese_status status)
{
    if (status == SIAMESE_OK) return;
    fprintf(stderr, "index_changes: %s\n", siamese_last_error());
    exit(1);
}

static void *memory(size_t size)
{
    void *const bytes = malloc(size);
    if (bytes) return bytes;
    fputs("index_changes: out of memory\n", stderr);
    exit(1);
}

/* The same for the same count; an id is 7 row + 3. */
static void invent(collection *c)
{
    uint32_t state = 1;
    c->ids = memory(c->count * sizeof *c->ids);
    c->vectors = memory(c->count * DIM * sizeof *c->vectors);
    for (size_t i = 0; i < c->count * DIM; i++) {
        state = state * 1664525U + 1013904223U;
        c->vectors[i] = (float)(state >> 8) / 16777216.0F - 0.5F;
    }
    for (size_t i = 0; i < c->count; i++) c->ids[i] = (int64_t)i * 7 + 3;
}

/* ---- single calls ---- */

static int compare(const void *x, const void *y)
{
    double const a = *(const double *)x, b = *(const double *)y;
    return (a > b) - (a < b);
}

typedef void call_fn(const collection *c, size_t row);

static void reconstruct(const collection *c, size_t row)
{
    float out[DIM];
    try(siamese_index_reconstruct(c->index, c->ids[row], out, DIM));
}

static void remove_one(const collection *c, size_t row)
{
    size_t removed;
    try(siamese_index_remove(c->index, &c->ids[row], 1, &removed));
}

static void put_one_back(const collection *c, size_t row)
{
    try(siamese_index_add(c->index, &c->ids[row], c->vectors + row * DIM, 1));
}

/* Rows far from one another, the same ones for each kind of call. */
static void measure(const char *what, const collection *c, call_fn *call)
{
    double took[CALLS];
    for (size_t i = 0; i < CALLS; i++) {
        size_t const row = i * 9973 % c->count;
        double const begin = now_us();
        call(c, row);
        took[i] = now_us() - begin;
    }
    qsort(took, CALLS, sizeof *took, compare);
    printf("%s\t%.2f\n", what, took[CALLS / 2]);
}

/* ---- while a save runs ---- */

static void *save(void *argument)
{
    collection *const c = argument;
    siamese_save_options options;
    try(siamese_save_options_init(&options, sizeof options));
    options.compression = 0;
    double const begin = now_us();
    try(siamese_checkpoint_save(c->path, c->bundle, &options));
    c->save_us = now_us() - begin;
    atomic_store(&c->saving, 0);
    return NULL;
}

/* Until the save is done, or for a second where there is none. */
static void change(collection *c, const char *when, int64_t first)
{
    int64_t hit[10];
    float scores[10];
    double longest[3] = {0, 0, 0};
    double const end = now_us() + 1e6;
    int const with_save = atomic_load(&c->saving);
    for (size_t k = 0; with_save ? atomic_load(&c->saving) : now_us() < end;
         k++, usleep(PAUSE_US)) {
        int64_t const fresh = first + (int64_t)k;
        double at[4] = {now_us(), 0, 0, 0};
        try(siamese_index_add(c->index, &fresh, c->vectors + k % c->count * DIM,
                              1));
        at[1] = now_us();
        remove_one(c, k * 7919 % c->count);
        at[2] = now_us();
        try(siamese_index_search(c->index, c->vectors, 1, 10, NULL, hit, scores,
                                 10, NULL));
        at[3] = now_us();
        for (size_t i = 0; i < 3; i++)
            if (at[i + 1] - at[i] > longest[i]) longest[i] = at[i + 1] - at[i];
    }
    printf("longest add, %s\t%.0f\nlongest remove, %s\t%.0f\n", when,
           longest[0], when, longest[1]);
    printf("longest search, %s\t%.0f\n", when, longest[2]);
}

static void measure_save(collection *c)
{
    pthread_t thread;
    int64_t const behind = (int64_t)c->count * 7 + 3;
    try(siamese_bundle_create(&c->bundle));
    try(siamese_bundle_set_index(c->bundle, c->index));
    change(c, "no save", behind);
    atomic_store(&c->saving, 1);
    if (pthread_create(&thread, NULL, save, c)) exit(1);
    change(c, "during a save", 2 * behind);
    pthread_join(thread, NULL);
    printf("save\t%.0f\n", c->save_us);
    siamese_bundle_free(c->bundle);
}

int main(int argc, char **argv)
{
    collection c = {.count = argc > 2 ? strtoul(argv[1], NULL, 10) : 0};
    siamese_index_options options;
    size_t removed;
    if (c.count < CALLS) {
        fputs("usage: index_changes COUNT NLIST [FILE]\n", stderr);
        return 2;
    }
    invent(&c);
    try(siamese_index_options_init(&options, sizeof options));
    options.nlist = strtoul(argv[2], NULL, 10);
    options.threads = 2;
    try(siamese_index_create(&c.index, DIM, &options));
    if (options.nlist > 1)
        try(siamese_index_train(c.index, c.vectors,
                                c.count < 100000 ? c.count : 100000));
    double begin = now_us();
    try(siamese_index_add(c.index, c.ids, c.vectors, c.count));
    printf("add all\t%.0f\n", now_us() - begin);
    measure("remove", &c, remove_one);
    measure("add", &c, put_one_back);
    measure("reconstruct", &c, reconstruct);
    if (argc > 3) {
        c.path = argv[3];
        measure_save(&c);
    }
    begin = now_us();
    try(siamese_index_remove(c.index, c.ids, c.count / 2, &removed));
    printf("remove half\t%.0f\n", now_us() - begin);
    siamese_index_free(c.index);
    free(c.ids);
    free(c.vectors);
    return 0;
}
