/* serve_metrics.c: answers in, counters and their text out. For /metrics. */
#include "serve/serve_metrics.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static const char *const labels[] = {
#define LABEL(name, label) label,
    SERVE_COUNTED(LABEL)
#undef LABEL
};

/* Seconds; a search takes about as long as the first ones. */
static const double bounds[SERVE_BUCKETS - 1] = {
    1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, .01, .025, .05, .1, .25, .5, 1};

uint64_t serve_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

void serve_metrics_count(serve_metrics *metrics, serve_counted counted,
                         int status, uint64_t nanoseconds)
{
    double const seconds = (double)nanoseconds * 1e-9;
    size_t bucket = 0;

    while (bucket < SERVE_BUCKETS - 1 && seconds > bounds[bucket]) bucket++;
    atomic_fetch_add(&metrics->timed[counted][bucket], 1);
    atomic_fetch_add(&metrics->nanoseconds[counted], nanoseconds);
    atomic_fetch_add(&metrics->answers[counted][status], 1);
}

static void help(FILE *text, const char *name, const char *type,
                 const char *what)
{
    fprintf(text, "# HELP siamese_%s %s\n# TYPE siamese_%s %s\n", name, what,
            name, type);
}

static void write_answers(FILE *text, const serve_metrics *metrics)
{
    help(text, "http_requests_total", "counter",
         "Requests that were answered, by route and status.");
    for (size_t c = 0; c < SERVE_COUNTED_COUNT; c++)
        for (size_t status = 0; status < SERVE_STATUSES; status++) {
            unsigned long long const count =
                atomic_load(&metrics->answers[c][status]);
            if (count > 0)
                fprintf(text,
                        "siamese_http_requests_total{route=\"%s\",status="
                        "\"%zu\"} %llu\n",
                        labels[c], status, count);
        }
}

static void write_errors(FILE *text, const serve_metrics *metrics)
{
    help(text, "http_errors_total", "counter",
         "Requests that were answered with a status of 400 or more.");
    for (size_t c = 0; c < SERVE_COUNTED_COUNT; c++) {
        unsigned long long count = 0;
        for (size_t status = 400; status < SERVE_STATUSES; status++)
            count += atomic_load(&metrics->answers[c][status]);
        fprintf(text, "siamese_http_errors_total{route=\"%s\"} %llu\n",
                labels[c], count);
    }
}

static void write_times(FILE *text, const serve_metrics *metrics)
{
    static const char name[] = "siamese_http_request_duration_seconds";

    help(text, "http_request_duration_seconds", "histogram",
         "The time to make an answer, from the whole request on.");
    for (size_t c = 0; c < SERVE_COUNTED_COUNT; c++) {
        unsigned long long count = 0;
        for (size_t b = 0; b < SERVE_BUCKETS; b++) {
            count += atomic_load(&metrics->timed[c][b]);
            if (b < SERVE_BUCKETS - 1)
                fprintf(text, "%s_bucket{route=\"%s\",le=\"%g\"} %llu\n", name,
                        labels[c], bounds[b], count);
        }
        fprintf(text, "%s_bucket{route=\"%s\",le=\"+Inf\"} %llu\n", name,
                labels[c], count);
        fprintf(text, "%s_sum{route=\"%s\"} %.9f\n", name, labels[c],
                (double)atomic_load(&metrics->nanoseconds[c]) * 1e-9);
        fprintf(text, "%s_count{route=\"%s\"} %llu\n", name, labels[c], count);
    }
}

/* A label's value, in which \, " and the end of a line are escaped. */
static void write_value(FILE *text, const char *value)
{
    for (; *value; value++)
        if (*value == '\n')
            fputs("\\n", text);
        else if (*value == '\\' || *value == '"')
            fprintf(text, "\\%c", *value);
        else
            fputc(*value, text);
}

typedef unsigned long long figure(const siamese_model_info *info);

static unsigned long long items_of(const siamese_model_info *info)
{
    return info->items;
}

static unsigned long long vectors_of(const siamese_model_info *info)
{
    return info->vectors;
}

static unsigned long long generation_of(const siamese_model_info *info)
{
    return info->generation;
}

static void write_figure(FILE *text, const serve_model *models, size_t count,
                         const char *name, const char *what, figure *of)
{
    help(text, name, "gauge", what);
    for (size_t m = 0; m < count; m++) {
        siamese_model_info const info = serve_model_info(&models[m]);
        fprintf(text, "siamese_%s{model=\"", name);
        write_value(text, models[m].name);
        fprintf(text, "\"} %llu\n", of(&info));
    }
}

static void write_models(FILE *text, const serve_model *models, size_t count)
{
    write_figure(text, models, count, "items", "Rows of items.", items_of);
    write_figure(text, models, count, "vectors",
                 "Items that a search can find.", vectors_of);
    write_figure(text, models, count, "model_generation",
                 "How often something new was put in place of the model.",
                 generation_of);
}

static void write_server(FILE *text, const serve_metrics *metrics)
{
    help(text, "reloads_total", "counter",
         "Reloads of a model's file, by whether they succeeded.");
    fprintf(text,
            "siamese_reloads_total{result=\"ok\"} %llu\n"
            "siamese_reloads_total{result=\"failed\"} %llu\n",
            atomic_load(&metrics->reloads),
            atomic_load(&metrics->failed_reloads));
    help(text, "http_connections", "gauge", "Connections that are open.");
    fprintf(text, "siamese_http_connections %zu\n",
            atomic_load(&metrics->connections));
    help(text, "build_info", "gauge", "The library's version.");
    fprintf(text, "siamese_build_info{version=\"%s\"} 1\n", siamese_version());
}

char *serve_metrics_text(const serve_metrics *metrics,
                         const serve_model *models, size_t model_count)
{
    char *bytes = NULL;
    size_t size;
    FILE *const text = open_memstream(&bytes, &size);

    if (!text) return NULL;
    write_answers(text, metrics);
    write_errors(text, metrics);
    write_times(text, metrics);
    write_models(text, models, model_count);
    write_server(text, metrics);
    int const failed = ferror(text);
    if (fclose(text) == 0 && !failed) return bytes;
    free(bytes);
    return NULL;
}
