/*
 * serve_limits.h: what one request may take, so that none harms the others.
 * Each is an option of siamese serve.
 */
#ifndef SERVE_LIMITS_H
#define SERVE_LIMITS_H

#include <stddef.h>

typedef struct serve_limits {
    size_t k;           /* results */
    size_t query;       /* bytes of a query, decoded */
    size_t body;        /* bytes of a body */
    size_t timeout;     /* seconds for a request to come, and to be taken */
    size_t connections; /* open at once; further ones are answered by 503 */
    size_t workers;     /* threads that answer */
} serve_limits;

/* Bytes of a target: the longest query with each byte as %XX, and the rest. */
static inline size_t serve_limits_target(const serve_limits *limits)
{
    return 3 * limits->query + 2048;
}

#endif
