/*
 * serve_calls.c: the calls that siamese serve makes, without HTTP: queries of
 * standard input, one a call, by threads at once that share a model. Prints
 * what bench/serve.lua prints of the same queries over HTTP.
 *
 *   serve_calls MODEL COUNT THREADS K <queries.txt
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <siamese/siamese.h>

enum { MOST_QUERIES = 100000, LINE = 4096 };

typedef struct caller {
    pthread_t thread;
    const siamese_model *model;
    size_t count, k;
    double *seconds; /* [count] */
} caller;

static char *queries[MOST_QUERIES];
static size_t query_count;

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need(siamese_status status)
{
    if (status == SIAMESE_OK) return;
    fprintf(stderr, "serve_calls: %s\n", siamese_last_error());
    exit(1);
}

static void *run(void *of)
{
    caller *const c = of;

    for (size_t i = 0; i < c->count; i++) {
        siamese_hits *hits;
        double const start = now();
        need(siamese_model_search_text(c->model, queries[i % query_count], c->k,
                                       &hits));
        c->seconds[i] = now() - start;
        siamese_hits_free(hits);
    }
    return NULL;
}

static void read_queries(void)
{
    static char line[LINE];

    while (query_count < MOST_QUERIES && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        char *const copy = malloc(strlen(line) + 1);
        if (!copy) exit(1);
        queries[query_count++] = strcpy(copy, line);
    }
    if (query_count == 0) exit(1);
}

static int ascending(const void *x, const void *y)
{
    double const a = *(const double *)x, b = *(const double *)y;

    return (a > b) - (a < b);
}

int main(int argc, char **argv)
{
    siamese_load_options options;
    siamese_model *model;

    if (argc != 5) return 2;
    size_t const threads = (size_t)atol(argv[3]), k = (size_t)atol(argv[4]);
    size_t const each = (size_t)atol(argv[2]) / threads;
    caller *const callers = calloc(threads, sizeof *callers);
    double *const seconds = calloc(threads * each, sizeof *seconds);

    if (!callers || !seconds) return 1;
    read_queries();
    need(siamese_load_options_init(&options, sizeof options));
    options.finished = options.map = options.threads = 1;
    need(siamese_model_open(&model, argv[1], &options));
    double const start = now();
    for (size_t t = 0; t < threads; t++) {
        callers[t] = (caller){.model = model,
                              .count = each,
                              .k = k,
                              .seconds = seconds + t * each};
        if (pthread_create(&callers[t].thread, NULL, run, &callers[t]))
            return 1;
    }
    for (size_t t = 0; t < threads; t++) pthread_join(callers[t].thread, NULL);
    double const all = now() - start;
    size_t const count = threads * each;
    qsort(seconds, count, sizeof *seconds, ascending);
    printf("%zu calls: %.0f a second, %.0f us median, %.0f us p99\n", count,
           (double)count / all, 1e6 * seconds[count / 2],
           1e6 * seconds[count * 99 / 100]);
    siamese_model_free(model);
    return 0;
}
