/* serve_encode.h: GET /encode: a text in, its vector out, by the tower of
 * queries or of items. */
#ifndef SERVE_ENCODE_H
#define SERVE_ENCODE_H

#include "serve/serve_answer.h"
#include "serve/serve_query.h"
#include "serve/serve_server.h"

void serve_encode(serve_server *server, const serve_query *query,
                  serve_answer *answer);

#endif
