/*
 * benchmark_serve.c: siamese bench serve: queries from text to results, by
 * several threads at once, one query a call.
 */
#include <pthread.h>
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_strings.h"
#include "shell/cli_times.h"
#include "data/cli_items.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "model/cli_collection.h"
#include "model/cli_encode.h"
#include "benchmark/benchmark.h"
#include "benchmark/benchmark_memory.h"
#include "benchmark/benchmark_model.h"

enum { MEASURED_CALLS = 10000 }; /* a thread, at least */

/* Long enough that calls have met each other at every stage. */
#define WARM_SECONDS 0.25

/* POSIX's barriers are not on every system. */
typedef struct meeting {
    pthread_mutex_t mutex;
    pthread_cond_t all_here;
    size_t wanted, here, round;
} meeting;

typedef struct server {
    const siamese_tower *tower;
    const siamese_index *index;
    const siamese_search_options *search;
    const cli_strings *queries;
    size_t dim, k;
    size_t threads, calls; /* measured calls of each thread */
    int64_t *ids;          /* [queries][k] */
    float *scores;         /* the same */
    meeting together;      /* of the callers and who started them */
} server;

typedef struct caller {
    server *server;
    pthread_t thread;
    size_t first, query; /* its queries: first, first + threads, ... */
    double *seconds;
} caller;

/* ------------------------------------------------------------------------- */
/* Items                                                                     */
/* ------------------------------------------------------------------------- */

/* A number of -1 .. 1 for each i, the same in every run (SplitMix64). */
static float noise(uint64_t i)
{
    uint64_t z = i * 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return (float)(int32_t)((z ^ (z >> 31)) >> 32) / 2147483648.0f;
}

/*
 * Vectors [run->items][dim]: those of the items' titles, then the same again,
 * each number off by up to a quarter, until there are enough.
 */
static float *item_vectors(const benchmark_run *run, cli_encoder encoder,
                           const cli_pairs *pairs)
{
    size_t const dim = encoder.dim;
    float *vectors = cli_encode_all(encoder, cli_rows_of_items(&pairs->items));
    size_t const titles = cli_items_count(&pairs->items);

    vectors = cli_resize(vectors, run->items * dim, sizeof *vectors);
    for (size_t i = titles * dim; i < run->items * dim; i++)
        vectors[i] = vectors[i % (titles * dim)] * (1 + noise(i) / 4);
    return vectors;
}

/* ------------------------------------------------------------------------- */
/* Meeting                                                                   */
/* ------------------------------------------------------------------------- */

static void meeting_init(meeting *m, size_t wanted)
{
    *m = (meeting){.wanted = wanted};
    pthread_mutex_init(&m->mutex, NULL);
    pthread_cond_init(&m->all_here, NULL);
}

static void meeting_destroy(meeting *m)
{
    pthread_cond_destroy(&m->all_here);
    pthread_mutex_destroy(&m->mutex);
}

/* Returns once `wanted` threads have called it. */
static void meet(meeting *m)
{
    pthread_mutex_lock(&m->mutex);
    size_t const round = m->round;
    if (++m->here == m->wanted) {
        m->here = 0;
        m->round++;
        pthread_cond_broadcast(&m->all_here);
    }
    while (m->round == round) pthread_cond_wait(&m->all_here, &m->mutex);
    pthread_mutex_unlock(&m->mutex);
}

/* ------------------------------------------------------------------------- */
/* Calls                                                                     */
/* ------------------------------------------------------------------------- */

static void answer(const server *s, size_t query, float *vector)
{
    cli_try(siamese_tower_encode(s->tower, &s->queries->texts[query], 1, 1,
                                 vector, s->dim));
    cli_try(siamese_index_search(s->index, vector, 1, s->k, s->search,
                                 s->ids + query * s->k,
                                 s->scores + query * s->k, s->k, NULL));
}

/* Answers the caller's next query; gives the seconds that it took. */
static double answer_next(caller *c, float *vector)
{
    const server *const s = c->server;
    double const begin = cli_seconds();

    answer(s, c->query, vector);
    double const seconds = cli_seconds() - begin;
    c->query += s->threads;
    if (c->query >= s->queries->count) c->query = c->first;
    return seconds;
}

static void *call(void *argument)
{
    caller *const c = argument;
    server *const s = c->server;
    float *const vector = cli_alloc(s->dim, sizeof *vector);

    meet(&s->together);
    double const begin = cli_seconds();
    while (cli_seconds() - begin < WARM_SECONDS) answer_next(c, vector);
    meet(&s->together); /* all are warm: */
    meet(&s->together); /* the allocations have been read */
    for (size_t i = 0; i < s->calls; i++)
        c->seconds[i] = answer_next(c, vector);
    free(vector);
    return NULL;
}

/* Gives the times of all calls, and what they allocated; seconds in all. */
static double serve(server *s, cli_times *times, size_t *allocated)
{
    caller *const callers = cli_alloc(s->threads, sizeof *callers);

    meeting_init(&s->together, s->threads + 1);
    for (size_t t = 0; t < s->threads; t++) {
        caller *const c = &callers[t];
        *c = (caller){.server = s,
                      .first = t,
                      .query = t,
                      .seconds = cli_alloc(s->calls, sizeof *c->seconds)};
        if (pthread_create(&c->thread, NULL, call, c))
            cli_fail("no thread could be started");
    }
    meet(&s->together);
    meet(&s->together);
    size_t const before = benchmark_allocations();
    double const begin = cli_seconds();
    meet(&s->together);
    for (size_t t = 0; t < s->threads; t++)
        pthread_join(callers[t].thread, NULL);
    double const seconds = cli_seconds() - begin;
    *allocated = benchmark_allocations() - before;
    for (size_t t = 0; t < s->threads; t++) {
        for (size_t i = 0; i < s->calls; i++)
            cli_times_add(times, callers[t].seconds[i]);
        free(callers[t].seconds);
    }
    meeting_destroy(&s->together);
    free(callers);
    return seconds;
}

static json_t *measure(const benchmark_run *run, server *s)
{
    cli_times times = {0};
    size_t allocated;
    siamese_index_info info = {.struct_size = sizeof info};
    double const seconds = serve(s, &times, &allocated);
    double const median = cli_times_quantile(&times, 0.5);
    double const p99 = cli_times_quantile(&times, 0.99);
    json_t *const shape = benchmark_shape(run);

    cli_try(siamese_index_get_info(s->index, &info));
    json_object_set_new(shape, "items", json_integer((json_int_t)run->items));
    json_object_set_new(shape, "nlist", json_integer((json_int_t)info.nlist));
    json_t *const figures = json_pack(
        "{s:s, s:o, s:I, s:f, s:f, s:f, s:f, s:I}", "bench", "serve", "config",
        shape, "calls", (json_int_t)times.count, "serve_us_median",
        1e6 * median, "serve_us_p99", 1e6 * p99, "p99_to_median", p99 / median,
        "queries_per_s", (double)times.count / seconds, "allocations",
        (json_int_t)allocated);
    cli_times_free(&times);
    return figures;
}

static void write_results(const benchmark_run *run, const server *s,
                          const float *vectors, const siamese_model *model)
{
    benchmark_write(run, "base", vectors, run->items, s->dim);
    benchmark_write_ids(run, s->ids, s->queries->count, s->k);
    benchmark_write(run, "scores", s->scores, s->queries->count, s->k);
    if (run->out) {
        float *const queries = cli_encode_all(
            cli_encoder_of(model, "query"),
            cli_rows_of_texts(s->queries->texts, s->queries->count));
        benchmark_write(run, "query", queries, s->queries->count, s->dim);
        free(queries);
    }
}

/* The threads are the callers'; each call has its own alone. */
json_t *benchmark_serve(const benchmark_run *run)
{
    cli_pairs pairs = {0};
    server s = {.search = &run->options.search, .k = run->k};
    benchmark_run single = *run;

    benchmark_count_allocations();
    single.options.tower.threads = 1;
    cli_pairs_read(&pairs, &run->source);
    siamese_tower *const tower = benchmark_tower(&single, &pairs);
    siamese_model *const model = benchmark_model_of(tower);
    float *const vectors =
        item_vectors(run, cli_encoder_of(model, "item"), &pairs);
    size_t const wanted = (size_t)run->options.tower.threads;
    s.tower = tower;
    s.dim = siamese_tower_dim(tower);
    s.queries = &pairs.queries;
    s.threads = wanted < pairs.queries.count ? wanted : pairs.queries.count;
    if (s.threads == 0) s.threads = 1;
    s.calls = pairs.queries.count / s.threads + 1;
    if (s.calls < MEASURED_CALLS) s.calls = MEASURED_CALLS;
    s.ids = cli_alloc(pairs.queries.count * s.k, sizeof *s.ids);
    s.scores = cli_alloc(pairs.queries.count * s.k, sizeof *s.scores);
    siamese_index *const index = cli_collection_index(
        vectors, run->items, s.dim, &run->options.index, 0);
    s.index = index;
    json_t *const figures = measure(run, &s);
    write_results(run, &s, vectors, model);
    siamese_index_free(index);
    siamese_model_free(model);
    siamese_tower_free(tower);
    free(vectors);
    free(s.ids);
    free(s.scores);
    cli_pairs_free(&pairs);
    return figures;
}
