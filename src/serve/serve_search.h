/* serve_search.h: GET /search and GET /encode: a query in, what the model finds
 * or its vector out. */
#ifndef SERVE_SEARCH_H
#define SERVE_SEARCH_H

#include "serve/serve_answer.h"
#include "serve/serve_query.h"
#include "serve/serve_server.h"

void serve_search(serve_server *server, const serve_query *query,
                  serve_answer *answer);

/* The model that parameter `model` names: "model", the default, or "compare";
 * NULL, and the error as the answer, if there is none. */
serve_model *serve_model_asked(serve_server *server, const serve_query *query,
                               serve_answer *answer);

#endif
