/*
 * serve_answer.h: what a request is answered with: a status, a body and the few
 * headers that depend on it. Rooms of a request make one, serve_http sends it.
 */
#ifndef SERVE_ANSWER_H
#define SERVE_ANSWER_H

#include <jansson.h>
#include <siamese/siamese.h>

typedef struct serve_answer {
    int status;
    const char *type;  /* Content-Type */
    const char *allow; /* the methods of the route, for 405; NULL: none */
    const char *body;
    size_t size;
    char *owned; /* the body's memory; NULL: the body is static */
} serve_answer;

/* Frees what the answer owns. */
void serve_answer_free(serve_answer *answer);

/* The object, which is taken, with a status. NULL is that memory ran out. */
void serve_answer_json(serve_answer *answer, int status, json_t *object);

/* Bytes that live as long as the process. */
void serve_answer_static(serve_answer *answer, const char *type,
                         const char *body, size_t size);

/* Text that was made for this answer, which is taken. */
void serve_answer_text(serve_answer *answer, const char *type, char *text);

/* {"error": a sentence}. */
void serve_answer_error(serve_answer *answer, int status, const char *format,
                        ...) __attribute__((format(printf, 3, 4)));

/* The library's account of a failure: with `status` if the caller is to blame,
 * with 500 or 503 if not. Call it in the thread that failed. */
void serve_answer_failure(serve_answer *answer, int status,
                          siamese_status failure);

/* A text that may be none of UTF-8, as a host's model may have: then U+FFFD. */
json_t *serve_json_text(const char *data, size_t size);

#endif
