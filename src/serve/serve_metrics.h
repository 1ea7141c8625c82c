/*
 * serve_metrics.h: what is counted while requests are answered, as Prometheus
 * reads it. Many threads count at once.
 */
#ifndef SERVE_METRICS_H
#define SERVE_METRICS_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "serve/serve_model.h"

/* XX(name, label): what requests are counted by; the last is all others. */
#define SERVE_COUNTED(XX)                                                      \
    XX(PAGE, "/")                                                              \
    XX(SEARCH, "/search")                                                      \
    XX(ENCODE, "/encode")                                                      \
    XX(ITEMS, "/items")                                                        \
    XX(METRICS, "/metrics")                                                    \
    XX(HEALTH, "/healthz")                                                     \
    XX(OTHER, "other")

typedef enum serve_counted {
#define SERVE_COUNTED_NAME_(name, label) SERVE_##name,
    SERVE_COUNTED(SERVE_COUNTED_NAME_)
#undef SERVE_COUNTED_NAME_
        SERVE_COUNTED_COUNT
} serve_counted;

enum { SERVE_STATUSES = 600, SERVE_BUCKETS = 14 };

typedef struct serve_metrics {
    atomic_ullong answers[SERVE_COUNTED_COUNT][SERVE_STATUSES];
    /* by the first bound of time that they do not exceed; the last has none */
    atomic_ullong timed[SERVE_COUNTED_COUNT][SERVE_BUCKETS];
    atomic_ullong nanoseconds[SERVE_COUNTED_COUNT];
    atomic_ullong reloads, failed_reloads;
    atomic_size_t connections; /* that are open */
} serve_metrics;

/* Counts an answer, and how long it took to make. */
void serve_metrics_count(serve_metrics *metrics, serve_counted counted,
                         int status, uint64_t nanoseconds);

/* The text format 0.0.4, to be freed; NULL: memory has run out. */
char *serve_metrics_text(const serve_metrics *metrics,
                         const serve_model *models, size_t model_count);

/* Nanoseconds since some moment. */
uint64_t serve_now(void);

#endif
