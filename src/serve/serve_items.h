/*
 * serve_items.h: POST /items: items to add and to remove, as JSON:
 *
 *   {"add": [{"id": "7", "title": "oak desk", "columns": {"price": 149.9}}],
 *    "remove": ["8"]}
 *
 * An item whose id is there is replaced. A request that is refused has changed
 * nothing.
 */
#ifndef SERVE_ITEMS_H
#define SERVE_ITEMS_H

#include "serve/serve_answer.h"
#include "serve/serve_server.h"

void serve_items(serve_server *server, const char *body, size_t size,
                 serve_answer *answer);

#endif
