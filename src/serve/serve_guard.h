/*
 * serve_guard.h: who may ask: pages of this server's own address and programs,
 * but no page of another that a browser on this machine shows; and who may
 * change items.
 *
 * A page elsewhere can make its reader's browser ask any address. What it asks
 * across origins has an Origin, or says so in Sec-Fetch-Site; a name of its own
 * that it lets point here ("DNS rebinding") is seen in Host.
 */
#ifndef SERVE_GUARD_H
#define SERVE_GUARD_H

#include <stddef.h>

#include "serve/serve_answer.h"
#include "serve/serve_request.h"

typedef struct serve_guard {
    const char *address; /* that is listened at, in numbers */
    const char *hosts;   /* further names, joined by commas; NULL: none */
    char *token;         /* that changes items; NULL: nobody may */
    size_t token_size;
} serve_guard;

/* Whether Host and Origin are this server's; else the refusal is the answer.
 * A page itself may be reached by a link from anywhere. */
int serve_guard_admits(const serve_guard *guard, const serve_request *request,
                       int is_page, serve_answer *answer);

/* Whether the request has the token; else the refusal is the answer. */
int serve_guard_trusts(const serve_guard *guard, const serve_request *request,
                       serve_answer *answer);

/* Reads the token from a file, without white space around it; the command ends
 * if there is none. */
void serve_guard_read_token(serve_guard *guard, const char *path);

#endif
