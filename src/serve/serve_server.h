/*
 * serve_server.h: what siamese serve serves, and how: the one thing that every
 * route is given. Models and counters change by atomic steps or under locks of
 * their own; all else stays as it was at the start.
 */
#ifndef SERVE_SERVER_H
#define SERVE_SERVER_H

#include "serve/serve_guard.h"
#include "serve/serve_limits.h"
#include "serve/serve_metrics.h"
#include "serve/serve_model.h"

typedef struct serve_server {
    serve_limits limits;
    serve_guard guard;
    serve_model models[2]; /* the one of --model and that of --compare */
    size_t model_count;
    serve_metrics metrics;
    atomic_int is_stopping; /* what is in flight is ended, nothing begun */
} serve_server;

#endif
