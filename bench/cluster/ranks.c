/*
 * ranks: what MPI's ranks do at once, timed; bench/cluster/model.sh reads it.
 *
 *   ranks encode MODEL TITLES
 *                        each rank a part of the lines, by a thread
 *   ranks search COUNT DIM NLIST NPROBE
 *                        each rank the vectors of ids that leave its number; a
 *                        query is asked of all of them
 *
 * Rank 0 prints a line of numbers: texts a second of all ranks; or microseconds
 * of a query, asked alone, of one in a batch of all, bytes of results that it
 * receives for a query, and bytes of memory that its shard takes.
 */
#include <math.h>
#include <mpi.h>
#include <siamese/siamese.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../random.h"

#define TRY(call)                                                              \
    if ((call) != SIAMESE_OK)                                                  \
    fprintf(stderr, "%s\n", siamese_last_error()), MPI_Abort(MPI_COMM_WORLD, 1)

enum { QUERIES = 200, K = 10, MOST_RANKS = 64, ROUNDS = 5, FACTORS = 12 };
enum { LIST_SAMPLE = 64 };

static int rank, ranks;

static void *take(size_t count, size_t size)
{
    void *const p = calloc(count, size);
    if (p == NULL) perror("ranks"), MPI_Abort(MPI_COMM_WORLD, 1);
    return p;
}

static int compare(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *times, size_t count)
{
    qsort(times, count, sizeof *times, compare);
    return times[count / 2];
}

/* ---- encode ---- */

typedef struct titles {
    char *bytes;
    siamese_text *rows;
    size_t count;
} titles;

static titles read_titles(const char *path)
{
    titles t = {0};
    size_t size = 0, capacity = 1 << 20, got;
    FILE *const file = fopen(path, "rb");
    if (file == NULL) perror(path), MPI_Abort(MPI_COMM_WORLD, 1);
    t.bytes = take(capacity, 1);
    while ((got = fread(t.bytes + size, 1, capacity - size, file)) > 0)
        if ((size += got) == capacity)
            t.bytes = realloc(t.bytes, capacity *= 2);
    fclose(file);
    for (size_t i = 0; i < size; i++) t.count += t.bytes[i] == '\n';
    t.rows = take(t.count, sizeof *t.rows);
    const char *line = t.bytes;
    for (size_t r = 0; r < t.count; r++) {
        const char *const end = strchr(line, '\n');
        t.rows[r].data = line, t.rows[r].size = (size_t)(end - line);
        line = end + 1;
    }
    return t;
}

static void encode(const char *path, const char *titles_path)
{
    siamese_model *model;
    siamese_tower *tower;
    double times[ROUNDS];
    titles const t = read_titles(titles_path);
    size_t const first = t.count * (size_t)rank / (size_t)ranks;
    size_t const count = t.count * (size_t)(rank + 1) / (size_t)ranks - first;
    siamese_load_options options;
    TRY(siamese_load_options_init(&options, sizeof options));
    options.threads = 1;
    TRY(siamese_model_open(&model, path, &options));
    TRY(siamese_model_get_item_tower(model, &tower));
    size_t const dim = siamese_tower_dim(tower);
    float *const out = take(count * dim, sizeof *out);
    for (int round = 0; round < ROUNDS; round++) {
        MPI_Barrier(MPI_COMM_WORLD);
        double const begin = MPI_Wtime();
        TRY(siamese_tower_encode(tower, t.rows + first, count, 1, out,
                                 count * dim));
        MPI_Barrier(MPI_COMM_WORLD);
        times[round] = MPI_Wtime() - begin;
    }
    if (rank == 0) printf("%.6g\n", (double)t.count / median(times, ROUNDS));
}

/* ---- search ---- */

/* x = A z / |A z|, z of FACTORS normal numbers that the id alone decides. */
static void draw(const float *a, size_t dim, int64_t id, float *x)
{
    uint64_t seed = (uint64_t)id * UINT64_C(0xda942042e4dd58b5) + 1;
    double square = 0;
    memset(x, 0, dim * sizeof *x);
    for (size_t f = 0; f < FACTORS; f++) {
        float const z = normal(&seed);
        for (size_t d = 0; d < dim; d++) x[d] += z * a[f * dim + d];
    }
    for (size_t d = 0; d < dim; d++) square += (double)x[d] * (double)x[d];
    for (size_t d = 0; d < dim; d++) x[d] = (float)(x[d] / sqrt(square));
}

/* What the process has in memory, in bytes, as Linux says. */
static double resident(void)
{
    unsigned long size = 0, pages = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%lu %lu", &size, &pages) != 2) pages = 0;
    if (file) fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static siamese_index *make_shard(const float *a, int64_t count, size_t dim,
                                 size_t nlist)
{
    siamese_index *index;
    siamese_index_options options;
    float *const centroids = take(nlist * dim, sizeof *centroids);
    TRY(siamese_index_options_init(&options, sizeof options));
    options.nlist = nlist;
    options.threads = 1;
    TRY(siamese_index_create(&index, dim, &options));
    if (nlist > 1 && rank == 0) {
        siamese_index *coarse;
        int64_t const sample = (int64_t)nlist * LIST_SAMPLE < count
                                   ? (int64_t)nlist * LIST_SAMPLE
                                   : count;
        float *const vectors = take((size_t)sample * dim, sizeof *vectors);
        for (int64_t i = 0; i < sample; i++)
            draw(a, dim, i, vectors + (size_t)i * dim);
        TRY(siamese_index_create(&coarse, dim, &options));
        TRY(siamese_index_train(coarse, vectors, (size_t)sample));
        TRY(siamese_index_get_centroids(coarse, centroids, nlist * dim, NULL));
        siamese_index_free(coarse);
        free(vectors);
    }
    MPI_Bcast(centroids, (int)(nlist * dim), MPI_FLOAT, 0, MPI_COMM_WORLD);
    TRY(siamese_index_set_centroids(index, centroids, nlist, dim));
    free(centroids);
    enum { PART = 4096 };
    int64_t ids[PART];
    float *const vectors = take(PART * dim, sizeof *vectors);
    for (int64_t id = rank; id < count;) {
        size_t n = 0;
        for (; n < PART && id < count; n++, id += ranks)
            draw(a, dim, ids[n] = id, vectors + n * dim);
        TRY(siamese_index_add(index, ids, vectors, n));
    }
    free(vectors);
    return index;
}

typedef struct results {
    int64_t ids[MOST_RANKS][QUERIES * K], merged_ids[QUERIES * K];
    float scores[MOST_RANKS][QUERIES * K], merged_scores[QUERIES * K];
} results;

/* Asks all shards `count` queries, which rank 0 sends; it merges. */
static void ask(const siamese_index *shard, float *queries, size_t count,
                size_t dim, size_t nprobe, results *r)
{
    static int64_t ids[QUERIES * K];
    static float scores[QUERIES * K];
    const int64_t *all_ids[MOST_RANKS];
    const float *all_scores[MOST_RANKS];
    siamese_search_options options;
    int const n = (int)count * K;
    TRY(siamese_search_options_init(&options, sizeof options));
    options.nprobe = nprobe;
    options.strict_nprobe = 1;
    MPI_Bcast(queries, (int)(count * dim), MPI_FLOAT, 0, MPI_COMM_WORLD);
    TRY(siamese_index_search(shard, queries, count, K, &options, ids, scores,
                             (size_t)n, NULL));
    MPI_Gather(ids, n, MPI_INT64_T, r->ids[0], n, MPI_INT64_T, 0,
               MPI_COMM_WORLD);
    MPI_Gather(scores, n, MPI_FLOAT, r->scores[0], n, MPI_FLOAT, 0,
               MPI_COMM_WORLD);
    if (rank != 0) return;
    for (int s = 0; s < ranks; s++) {
        all_ids[s] = r->ids[0] + (ptrdiff_t)s * n;
        all_scores[s] = r->scores[0] + (ptrdiff_t)s * n;
    }
    TRY(siamese_hits_merge(all_ids, all_scores, (size_t)ranks, count, K, 0,
                           r->merged_ids, r->merged_scores, (size_t)n, NULL,
                           NULL));
}

static void search(int64_t count, size_t dim, size_t nlist, size_t nprobe)
{
    static results r;
    uint64_t seed = 7;
    double one[ROUNDS * QUERIES], batch[ROUNDS];
    float *const a = take(FACTORS * dim, sizeof *a);
    for (size_t i = 0; i < FACTORS * dim; i++) a[i] = normal(&seed);
    float *const queries = take(QUERIES * dim, sizeof *queries);
    for (int64_t q = 0; q < QUERIES; q++)
        draw(a, dim, -1 - q, queries + (size_t)q * dim);
    double const before = resident();
    siamese_index *const shard = make_shard(a, count, dim, nlist);
    double const memory = resident() - before;
    for (int round = 0; round < ROUNDS; round++) {
        MPI_Barrier(MPI_COMM_WORLD);
        for (size_t q = 0; q < QUERIES; q++) {
            double const begin = MPI_Wtime();
            ask(shard, queries + q * dim, 1, dim, nprobe, &r);
            one[(size_t)round * QUERIES + q] = MPI_Wtime() - begin;
        }
        MPI_Barrier(MPI_COMM_WORLD);
        double const begin = MPI_Wtime();
        ask(shard, queries, QUERIES, dim, nprobe, &r);
        batch[round] = MPI_Wtime() - begin;
    }
    if (rank == 0)
        printf("%.6g %.6g %zu %.0f\n", 1e6 * median(one, ROUNDS * QUERIES),
               1e6 * median(batch, ROUNDS) / QUERIES,
               (size_t)(ranks - 1) * K * (sizeof(int64_t) + sizeof(float)),
               memory);
    siamese_index_free(shard);
}

int main(int argc, char **argv)
{
    if (MPI_Init(&argc, &argv) != MPI_SUCCESS) return 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks > MOST_RANKS) return 2;
    if (argc == 4 && strcmp(argv[1], "encode") == 0)
        encode(argv[2], argv[3]);
    else if (argc == 6 && strcmp(argv[1], "search") == 0)
        search(strtoll(argv[2], NULL, 10), strtoull(argv[3], NULL, 10),
               strtoull(argv[4], NULL, 10), strtoull(argv[5], NULL, 10));
    else
        return fputs("usage: ranks encode MODEL TITLES\n"
                     "       ranks search COUNT DIM NLIST NPROBE\n",
                     stderr),
               2;
    return MPI_Finalize() != MPI_SUCCESS;
}
