/*
 * serve_watch.h: the connections that are open, and until when each may stay as
 * it is: a client that sends a request byte by byte, or takes its answer so,
 * holds a connection for no longer than the time-out.
 *
 * Connections are in one of the states below. What is refused before its
 * request is whole is refused here, by bytes of our own: the HTTP library
 * answers whole requests alone.
 */
#ifndef SERVE_WATCH_H
#define SERVE_WATCH_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "serve/serve_server.h"

typedef enum serve_state {
    SERVE_FRESH,   /* nothing has been asked yet */
    SERVE_IDLE,    /* an answer has been sent, and nothing asked since */
    SERVE_READING, /* a request has begun */
    SERVE_WORKING, /* it is whole, and is answered */
    SERVE_SENDING, /* the answer is under way */
    SERVE_REFUSED  /* it was refused; what still comes is thrown away */
} serve_state;

typedef struct serve_connection {
    struct serve_connection *next, **link;
    int socket;
    int is_surplus; /* above the limit: its request is answered by 503 */
    serve_state state;
    uint64_t deadline; /* of serve_now */
} serve_connection;

typedef struct serve_watch {
    serve_server *server;
    pthread_mutex_t lock;
    serve_connection *first;
} serve_watch;

void serve_watch_start(serve_watch *watch, serve_server *server);
void serve_watch_end(serve_watch *watch);

/* A connection was opened or closed. NULL: memory has run out. */
serve_connection *serve_watch_open(serve_watch *watch, int socket);
void serve_watch_close(serve_watch *watch, serve_connection *connection);

/* Puts the connection into a state; 0 if it has been refused meanwhile. */
int serve_watch_set(serve_watch *watch, serve_connection *connection,
                    serve_state state);

/* Refuses what a connection is sending, as an answer of this status, and lets
 * it read that while the rest is thrown away. */
void serve_watch_refuse(serve_watch *watch, serve_connection *connection,
                        int status, const char *sentence);

/* Ends those whose time is over. */
void serve_watch_tick(serve_watch *watch);

/* How many are being read, answered or sent to. */
size_t serve_watch_busy(serve_watch *watch);

#endif
