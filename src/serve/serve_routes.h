/*
 * serve_routes.h: a request to the answer that it gets, whoever brought it: who
 * may ask, which route it is, what the route says, and that it is counted.
 */
#ifndef SERVE_ROUTES_H
#define SERVE_ROUTES_H

#include "serve/serve_answer.h"
#include "serve/serve_request.h"
#include "serve/serve_server.h"

/* Answers; always with some answer, which is to be freed. Threads: any. */
void serve_respond(serve_server *server, const serve_request *request,
                   serve_answer *answer);

/* Whether the body of a request will be read: those of others need not be
 * kept. */
int serve_wants_body(const serve_server *server, const serve_request *request);

#endif
