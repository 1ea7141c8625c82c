/*
 * serve_query.h: the part of a target behind its "?", as names and values:
 * percent-decoded, of UTF-8 without NUL, each name once.
 */
#ifndef SERVE_QUERY_H
#define SERVE_QUERY_H

#include "serve/serve_answer.h"

enum { SERVE_MOST_PARAMETERS = 16 };

typedef struct serve_parameter {
    const char *name, *value; /* each with a NUL */
    size_t size;              /* of the value */
} serve_parameter;

typedef struct serve_query {
    serve_parameter list[SERVE_MOST_PARAMETERS];
    size_t count;
    char *bytes;
} serve_query;

/* Reads "q=oak+desk&k=5"; 0, and the error as the answer, if it cannot. The
 * query is to be freed in either case. */
int serve_query_read(serve_query *query, const char *text,
                     serve_answer *answer);
void serve_query_free(serve_query *query);

/* The parameter of a name; NULL: it is not given. */
const serve_parameter *serve_query_find(const serve_query *query,
                                        const char *name);

/* The text of parameter q, which must be there, and at most `most` bytes; NULL,
 * and the error as the answer, if it is not so. */
const serve_parameter *serve_query_text(const serve_query *query, size_t most,
                                        serve_answer *answer);

/* Whether each parameter is one of `known`, names with a space behind each;
 * else the error is the answer. */
int serve_query_check(const serve_query *query, const char *known,
                      serve_answer *answer);

#endif
