/* serve_watch.c: connections and the time in, ends of slow ones out. For
 * serve_http. */
#include "serve/serve_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "serve/serve_log.h"

/* How long a client that was refused may take to read it. */
enum { LINGER_SECONDS = 2 };
static const uint64_t second = 1000000000;

void serve_watch_start(serve_watch *watch, serve_server *server)
{
    memset(watch, 0, sizeof *watch);
    watch->server = server;
    pthread_mutex_init(&watch->lock, NULL);
}

void serve_watch_end(serve_watch *watch)
{
    pthread_mutex_destroy(&watch->lock);
}

static uint64_t deadline_of(const serve_watch *watch)
{
    return serve_now() + watch->server->limits.timeout * second;
}

serve_connection *serve_watch_open(serve_watch *watch, int socket)
{
    serve_connection *const c = calloc(1, sizeof *c);
    serve_server *const server = watch->server;
    size_t const before = atomic_fetch_add(&server->metrics.connections, 1);

    if (!c) return NULL;
    c->socket = socket;
    c->is_surplus = before >= server->limits.connections;
    c->deadline = deadline_of(watch);
    pthread_mutex_lock(&watch->lock);
    c->next = watch->first;
    c->link = &watch->first;
    if (c->next) c->next->link = &c->next;
    watch->first = c;
    pthread_mutex_unlock(&watch->lock);
    return c;
}

void serve_watch_close(serve_watch *watch, serve_connection *connection)
{
    atomic_fetch_sub(&watch->server->metrics.connections, 1);
    if (!connection) return;
    pthread_mutex_lock(&watch->lock);
    *connection->link = connection->next;
    if (connection->next) connection->next->link = connection->link;
    pthread_mutex_unlock(&watch->lock);
    free(connection);
}

int serve_watch_set(serve_watch *watch, serve_connection *connection,
                    serve_state state)
{
    pthread_mutex_lock(&watch->lock);
    int const is_refused = connection->state == SERVE_REFUSED;
    /* the time of a first request begins with its connection */
    int const goes_on =
        connection->state == SERVE_FRESH || connection->state == state;
    if (!is_refused) {
        if (!(goes_on && state == SERVE_READING))
            connection->deadline = deadline_of(watch);
        connection->state = state;
    }
    pthread_mutex_unlock(&watch->lock);
    return !is_refused;
}

static const char *reason_of(int status)
{
    return status == 413 ? "Content Too Large" : "Request Timeout";
}

/* With the lock: nothing of the library's is on its way to this socket. */
static void refuse(serve_watch *watch, serve_connection *c, int status,
                   const char *sentence)
{
    char body[256], text[512];
    int const body_size =
        snprintf(body, sizeof body, "{\"error\": \"%s\"}", sentence);
    int const size =
        snprintf(text, sizeof text,
                 "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n"
                 "Content-Length: %d\r\nX-Content-Type-Options: nosniff\r\n"
                 "Connection: close\r\n\r\n%s",
                 status, reason_of(status), body_size, body);

    /* a buffer that is full, or a client that is gone, hears nothing */
    send(c->socket, text, (size_t)size, MSG_DONTWAIT);
    shutdown(c->socket, SHUT_WR);
    c->state = SERVE_REFUSED;
    c->deadline = serve_now() + LINGER_SECONDS * second;
    serve_metrics_count(&watch->server->metrics, SERVE_OTHER, status, 0);
    serve_log("%d %s", status, sentence);
}

void serve_watch_refuse(serve_watch *watch, serve_connection *connection,
                        int status, const char *sentence)
{
    pthread_mutex_lock(&watch->lock);
    if (connection->state != SERVE_REFUSED)
        refuse(watch, connection, status, sentence);
    pthread_mutex_unlock(&watch->lock);
}

/* With the lock. A connection that is closed here is still the library's to
 * close, which it does as soon as it sees the end of it. */
static void end(serve_watch *watch, serve_connection *c)
{
    if (c->state == SERVE_FRESH || c->state == SERVE_READING) {
        refuse(watch, c, 408, "the request did not come in time");
        return;
    }
    shutdown(c->socket, SHUT_RDWR);
    c->deadline = UINT64_MAX;
}

void serve_watch_tick(serve_watch *watch)
{
    uint64_t const now = serve_now();

    pthread_mutex_lock(&watch->lock);
    for (serve_connection *c = watch->first; c; c = c->next)
        if (c->state != SERVE_WORKING && c->deadline <= now) end(watch, c);
    pthread_mutex_unlock(&watch->lock);
}

size_t serve_watch_busy(serve_watch *watch)
{
    size_t count = 0;

    pthread_mutex_lock(&watch->lock);
    for (const serve_connection *c = watch->first; c; c = c->next)
        count += c->state == SERVE_READING || c->state == SERVE_WORKING ||
                 c->state == SERVE_SENDING;
    pthread_mutex_unlock(&watch->lock);
    return count;
}
