/* benchmark_search.c: siamese bench search: build, single queries, a batch. */
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_times.h"
#include "data/cli_npy.h"
#include "model/cli_collection.h"
#include "benchmark/benchmark.h"
#include "benchmark/benchmark_model.h"

enum { SINGLE_CALLS = 1000, BATCH_RUNS = 5 };

typedef struct search_bench {
    cli_npy base, query;
    siamese_index *index;
    siamese_search_options options;
    size_t count, dim, k; /* queries, numbers a vector, results */
    int64_t *ids;         /* [count][k] */
    float *scores;
} search_bench;

static void read_vectors(const char *path, cli_npy *array)
{
    cli_npy_read(path, array);
    if (array->rank != 2 || array->count == 0)
        cli_fail("%s: vectors are expected, of shape (count, dim)", path);
}

static void read_all(search_bench *b, const benchmark_run *run)
{
    read_vectors(run->base, &b->base);
    read_vectors(run->query, &b->query);
    b->count = b->query.shape[0];
    b->dim = b->query.shape[1];
    b->k = run->k;
    b->options = run->options.search;
    if (b->base.shape[1] != b->dim)
        cli_fail("%s: vectors of %zu numbers, in %s of %zu", run->query, b->dim,
                 run->base, b->base.shape[1]);
    b->ids = cli_alloc(b->count * b->k, sizeof *b->ids);
    b->scores = cli_alloc(b->count * b->k, sizeof *b->scores);
}

static void search(search_bench *b, size_t first, size_t n,
                   const siamese_search_options *options, int64_t *ids)
{
    cli_try(siamese_index_search(b->index, b->query.values + first * b->dim, n,
                                 b->k, options, ids, b->scores, n * b->k,
                                 NULL));
}

static double single_median(search_bench *b)
{
    cli_times times = {0};

    for (size_t i = 0; i < SINGLE_CALLS; i++) {
        double const begin = cli_seconds();
        search(b, i % b->count, 1, &b->options, b->ids);
        cli_times_add(&times, cli_seconds() - begin);
    }
    double const median = cli_times_quantile(&times, 0.5);
    cli_times_free(&times);
    return median;
}

static double batch_median(search_bench *b)
{
    cli_times times = {0};

    for (size_t i = 0; i < BATCH_RUNS; i++) {
        double const begin = cli_seconds();
        search(b, 0, b->count, &b->options, b->ids);
        cli_times_add(&times, cli_seconds() - begin);
    }
    double const median = cli_times_quantile(&times, 0.5);
    cli_times_free(&times);
    return median;
}

/* The share of the true k nearest that the batch found. */
static double recall(search_bench *b)
{
    int64_t *const exact = cli_alloc(b->count * b->k, sizeof *exact);
    siamese_search_options options = b->options;
    size_t hits = 0;

    options.exact = 1;
    options.nprobe = 0;
    float *const scores = b->scores;
    b->scores = cli_alloc(b->count * b->k, sizeof *b->scores);
    search(b, 0, b->count, &options, exact);
    free(b->scores);
    b->scores = scores;
    for (size_t q = 0; q < b->count; q++)
        for (size_t i = 0; i < b->k; i++)
            for (size_t j = 0; j < b->k; j++)
                hits += b->ids[q * b->k + i] == exact[q * b->k + j] &&
                        exact[q * b->k + j] >= 0;
    free(exact);
    return (double)hits / (double)(b->count * b->k);
}

static void write_results(const benchmark_run *run, const search_bench *b)
{
    benchmark_write_ids(run, b->ids, b->count, b->k);
    benchmark_write(run, "scores", b->scores, b->count, b->k);
}

json_t *benchmark_search(const benchmark_run *run)
{
    search_bench b = {0};
    siamese_index_info info = {.struct_size = sizeof info};

    read_all(&b, run);
    double const begin = cli_seconds();
    b.index = cli_collection_index(b.base.values, b.base.shape[0], b.dim,
                                   &run->options.index, 0);
    double const build = cli_seconds() - begin;
    cli_try(siamese_index_get_info(b.index, &info));
    /* the default is meant for many lists */
    if (b.options.nprobe > info.nlist) b.options.nprobe = info.nlist;
    double const one = single_median(&b);
    double const batch = batch_median(&b);
    write_results(run, &b);
    json_t *const figures = json_pack(
        "{s:s, s:{s:I, s:I, s:I, s:I, s:I, s:I, s:i}, s:f, s:f, s:f, s:f}",
        "bench", "search", "config", "n", (json_int_t)b.base.shape[0], "d",
        (json_int_t)b.dim, "queries", (json_int_t)b.count, "nlist",
        (json_int_t)info.nlist, "nprobe",
        (json_int_t)(b.options.nprobe ? b.options.nprobe : info.nprobe), "k",
        (json_int_t)b.k, "threads", (int)run->options.index.threads, "build_s",
        build, "one_us", 1e6 * one, "batch_qps", (double)b.count / batch,
        "recall", recall(&b));
    siamese_index_free(b.index);
    free(b.base.values);
    free(b.query.values);
    free(b.ids);
    free(b.scores);
    return figures;
}
