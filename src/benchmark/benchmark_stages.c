/*
 * benchmark_stages.c: siamese bench stages: searches by a model with a ranker,
 * one query a call, with each stage on its own and with all; then as a batch.
 */
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_strings.h"
#include "shell/cli_times.h"
#include "data/cli_reader.h"
#include "model/cli_model.h"
#include "benchmark/benchmark.h"
#include "benchmark/benchmark_memory.h"
#include "benchmark/benchmark_model.h"

/* What is counted and what is told of whole searches is of the rounds behind
 * the first, which warms. */
enum { ROUNDS = 6, BATCH_RUNS = 5 };

enum { PLAIN, SPELLING, FEEDBACK, RERANK, ALL, VARIANTS };

static const char *const names[VARIANTS] = {
    [PLAIN] = "scan",    [SPELLING] = "spelling", [FEEDBACK] = "feedback",
    [RERANK] = "rerank", [ALL] = "search",
};

typedef struct stages_bench {
    siamese_model *model;
    siamese_tower *tower; /* of queries */
    cli_strings queries;
    size_t k;
    double *encode;          /* [queries], the least of all rounds, seconds */
    double *least[VARIANTS]; /* the same, of whole searches */
    cli_times searches;      /* with all stages, each of each round */
    cli_times allocations;   /* of these: how many of each */
    size_t corrected;        /* queries */
    float *scores;           /* [queries][k] */
} stages_bench;

/* ---- what is measured ---- */

static void read_queries(cli_strings *queries)
{
    cli_reader *const reader = cli_reader_open("-", CLI_UTF8);
    siamese_text line;

    while (cli_reader_next_text(reader, &line.data, &line.size))
        if (line.size) (void)cli_strings_add(queries, line.data, line.size);
    cli_reader_close(reader);
    if (queries->count == 0) cli_fail("no queries; one a line is expected");
}

static void load(stages_bench *b, const benchmark_run *run)
{
    siamese_bundle *const bundle =
        cli_model_load(run->model, &run->options.load);
    siamese_ranker *ranker;
    siamese_status const status = siamese_bundle_get_ranker(bundle, &ranker);

    if (status == SIAMESE_E_NOT_FOUND)
        cli_fail("%s has no ranker, and its searches no stages", run->model);
    cli_try(status);
    siamese_ranker_free(ranker);
    b->model = cli_model_of(bundle);
    cli_try(siamese_model_get_query_tower(b->model, &b->tower));
    siamese_bundle_free(bundle);
}

static siamese_search_request request_of(const stages_bench *b, int variant)
{
    siamese_search_request request;

    cli_try(siamese_search_request_init(&request, sizeof request));
    request.fields = 1;
    request.k = b->k;
    request.spelling = request.feedback = request.rerank = SIAMESE_RANK_OFF;
    if (variant == SPELLING || variant == ALL)
        request.spelling = SIAMESE_RANK_ON;
    if (variant == FEEDBACK || variant == ALL)
        request.feedback = SIAMESE_RANK_ON;
    if (variant == RERANK || variant == ALL) request.rerank = SIAMESE_RANK_ON;
    return request;
}

/* ---- measuring ---- */

static void keep_least(double *least, double seconds, size_t round)
{
    if (round == 0 || seconds < *least) *least = seconds;
}

/* What a search with all stages gave, beside its time. */
static void take_whole(stages_bench *b, size_t query, const siamese_hits *hits,
                       double seconds, size_t allocated, size_t round)
{
    size_t const count = siamese_hits_count(hits, 0);

    if (round == 0) {
        b->corrected += siamese_hits_corrected(hits, 0) != NULL;
        if (count)
            memcpy(b->scores + query * b->k, siamese_hits_scores(hits, 0),
                   count * sizeof *b->scores);
        return;
    }
    cli_times_add(&b->searches, seconds);
    cli_times_add(&b->allocations, (double)allocated);
}

/* All queries by one variant, so that each finds the caches as searches like it
 * leave them. */
static void search_all(stages_bench *b, int variant, size_t round)
{
    siamese_search_request request = request_of(b, variant);

    request.count = 1;
    for (size_t q = 0; q < b->queries.count; q++) {
        siamese_hits *hits;
        request.texts = &b->queries.texts[q];
        size_t const before = benchmark_allocations();
        double const begin = cli_seconds();
        cli_try(siamese_model_search(b->model, &request, &hits));
        double const seconds = cli_seconds() - begin;
        size_t const allocated = benchmark_allocations() - before;
        keep_least(&b->least[variant][q], seconds, round);
        if (variant == ALL) take_whole(b, q, hits, seconds, allocated, round);
        siamese_hits_free(hits);
    }
}

static void encode_all(stages_bench *b, size_t round)
{
    size_t const dim = siamese_tower_dim(b->tower);
    float *const vector = cli_alloc(dim, sizeof *vector);

    for (size_t q = 0; q < b->queries.count; q++) {
        double const begin = cli_seconds();
        cli_try(siamese_tower_encode(b->tower, &b->queries.texts[q], 1, 1,
                                     vector, dim));
        keep_least(&b->encode[q], cli_seconds() - begin, round);
    }
    free(vector);
}

static double batch_seconds(const stages_bench *b)
{
    siamese_search_request request = request_of(b, ALL);
    cli_times times = {0};

    request.texts = b->queries.texts;
    request.count = b->queries.count;
    for (size_t i = 0; i < BATCH_RUNS; i++) {
        siamese_hits *hits;
        double const begin = cli_seconds();
        cli_try(siamese_model_search(b->model, &request, &hits));
        cli_times_add(&times, cli_seconds() - begin);
        siamese_hits_free(hits);
    }
    double const median = cli_times_quantile(&times, 0.5);
    cli_times_free(&times);
    return median;
}

/* ---- figures ---- */

/* NAME_us_median and NAME_us_p99 of values[queries] less those of `without`. */
static void set_times(json_t *figures, const stages_bench *b, const char *name,
                      const double *values, const double *without)
{
    cli_times times = {0};

    for (size_t q = 0; q < b->queries.count; q++)
        cli_times_add(&times, values[q] - (without ? without[q] : 0));
    json_object_set_new(figures, name,
                        json_pack("{s:f, s:f}", "us_median",
                                  1e6 * cli_times_quantile(&times, 0.5),
                                  "us_p99",
                                  1e6 * cli_times_quantile(&times, 0.99)));
    cli_times_free(&times);
}

static json_t *stages_of(const stages_bench *b)
{
    json_t *const stages = json_object();

    set_times(stages, b, "encode", b->encode, NULL);
    set_times(stages, b, names[PLAIN], b->least[PLAIN], b->encode);
    for (int v = SPELLING; v < ALL; v++)
        set_times(stages, b, names[v], b->least[v], b->least[PLAIN]);
    return stages;
}

static json_t *figures_of(stages_bench *b, const benchmark_run *run)
{
    double const median = cli_times_quantile(&b->searches, 0.5);
    double const p99 = cli_times_quantile(&b->searches, 0.99);
    double const batch = batch_seconds(b);

    return json_pack(
        "{s:s, s:{s:I, s:I, s:I, s:i}, s:o, s:f, s:f, s:f, s:f, s:I, s:I}",
        "bench", "stages", "config", "queries", (json_int_t)b->queries.count,
        "corrected", (json_int_t)b->corrected, "k", (json_int_t)b->k, "threads",
        (int)run->options.load.threads, "stages", stages_of(b),
        "search_us_median", 1e6 * median, "search_us_p99", 1e6 * p99,
        "p99_to_median", p99 / median, "batch_us",
        1e6 * batch / (double)b->queries.count, "allocations_median",
        (json_int_t)cli_times_quantile(&b->allocations, 0.5),
        "allocations_most", (json_int_t)cli_times_quantile(&b->allocations, 1));
}

static void free_all(stages_bench *b)
{
    cli_times_free(&b->searches);
    cli_times_free(&b->allocations);
    for (int v = 0; v < VARIANTS; v++) free(b->least[v]);
    free(b->encode);
    free(b->scores);
    siamese_tower_free(b->tower);
    siamese_model_free(b->model);
    cli_strings_free(&b->queries);
}

json_t *benchmark_stages(const benchmark_run *run)
{
    stages_bench b = {.k = run->k};

    benchmark_count_allocations();
    load(&b, run);
    read_queries(&b.queries);
    size_t const count = b.queries.count;
    b.encode = cli_alloc(count, sizeof *b.encode);
    b.scores = cli_alloc(count * b.k, sizeof *b.scores);
    memset(b.scores, 0, count * b.k * sizeof *b.scores);
    for (int v = 0; v < VARIANTS; v++)
        b.least[v] = cli_alloc(count, sizeof *b.least[v]);
    for (size_t round = 0; round < ROUNDS; round++) {
        encode_all(&b, round);
        for (int v = 0; v < VARIANTS; v++) search_all(&b, v, round);
        cli_progress_draw("search", (double)(round + 1) / ROUNDS, "");
    }
    cli_progress_clear();
    benchmark_write(run, "scores", b.scores, count, b.k);
    json_t *const figures = figures_of(&b, run);
    free_all(&b);
    return figures;
}
