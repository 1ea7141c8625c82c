/*
 * serve_http.h: HTTP by libmicrohttpd: from a socket to requests that
 * serve_routes answers. A build without the library says so.
 */
#ifndef SERVE_HTTP_H
#define SERVE_HTTP_H

#include "serve/serve_server.h"

typedef struct serve_http serve_http;

/* Whether this build has HTTP; if not, the command ends with a sentence that
 * says what is missing. */
void serve_http_require(void);

/* Answers what comes to a listening socket, which it takes, from now on. The
 * command ends if it cannot. */
serve_http *serve_http_start(serve_server *server, int socket);

/* To be called some times a second. */
void serve_http_tick(serve_http *http);

/* Listens no more; what is in flight goes on. How much of it there is. */
void serve_http_quiesce(serve_http *http);
size_t serve_http_busy(serve_http *http);

/* Ends what is left. */
void serve_http_end(serve_http *http);

#endif
