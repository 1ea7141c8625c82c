/*
 * serve_request.h: a request as it came, without a connection: what serve_http
 * reads from its library and serve_routes answers.
 */
#ifndef SERVE_REQUEST_H
#define SERVE_REQUEST_H

#include <stddef.h>

typedef struct serve_request {
    const char *method; /* "GET" */
    const char *target; /* "/search?q=oak%20desk", as it stands */

    /* The values of headers; NULL: there is none. */
    const char *host, *origin, *fetch_site; /* Sec-Fetch-Site */
    const char *authorization, *content_type;

    const char *body;
    size_t body_size;
} serve_request;

#endif
