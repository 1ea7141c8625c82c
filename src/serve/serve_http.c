/* serve_http.c: a listening socket in, requests of libmicrohttpd's threads and
 * answers to them out. For serve_run. */
#include "serve/serve_http.h"

#include "shell/cli_message.h"

#if CLI_HAVE_MICROHTTPD

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "shell/cli_memory.h"
#include "serve/serve_log.h"
#include "serve/serve_page.h"
#include "serve/serve_routes.h"
#include "serve/serve_watch.h"

struct serve_http {
    serve_server *server;
    serve_watch watch;
    struct MHD_Daemon *daemon;
    int socket;
};

/* Connections above the limit that are told so; further ones wait. */
enum { SURPLUS = 32 };

/* A request as it comes. */
typedef struct exchange {
    serve_connection *connection;
    char *target;
    char *body;
    size_t size, capacity;
    uint64_t start;
    int has_begun; /* its headers have been seen */
    int wants_body;
} exchange;

/* ------------------------------------------------------------------------- */
/* Answers                                                                   */
/* ------------------------------------------------------------------------- */

typedef struct header {
    const char *name, *value;
} header;

/* What every answer says: to take types as they are told, and to keep pages of
 * others away from it. */
static const header always[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Content-Security-Policy", serve_page_policy},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
    {"Cache-Control", "no-store"},
};

static void add_headers(struct MHD_Response *response,
                        const serve_answer *answer, int closes)
{
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        MHD_add_response_header(response, always[i].name, always[i].value);
    MHD_add_response_header(response, "Content-Type", answer->type);
    if (answer->allow)
        MHD_add_response_header(response, "Allow", answer->allow);
    if (answer->status == 401)
        MHD_add_response_header(response, "WWW-Authenticate", "Bearer");
    if (answer->status == 503)
        MHD_add_response_header(response, "Retry-After", "1");
    if (closes) MHD_add_response_header(response, "Connection", "close");
}

/* Sends an answer, which is taken. */
static enum MHD_Result send_answer(struct MHD_Connection *connection,
                                   serve_answer *answer, int closes)
{
    struct MHD_Response *const response = MHD_create_response_from_buffer(
        answer->size, (void *)(uintptr_t)answer->body,
        answer->owned ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);

    if (!response) {
        serve_answer_free(answer);
        return MHD_NO;
    }
    add_headers(response, answer, closes);
    enum MHD_Result const result =
        MHD_queue_response(connection, (unsigned)answer->status, response);
    MHD_destroy_response(response);
    return result;
}

/* ------------------------------------------------------------------------- */
/* Requests                                                                  */
/* ------------------------------------------------------------------------- */

static const char *find_header(struct MHD_Connection *connection,
                               const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static serve_request request_of(struct MHD_Connection *connection,
                                const char *method, const exchange *x)
{
    return (serve_request){
        .method = method,
        .target = x->target,
        .host = find_header(connection, "Host"),
        .origin = find_header(connection, "Origin"),
        .fetch_site = find_header(connection, "Sec-Fetch-Site"),
        .authorization = find_header(connection, "Authorization"),
        .content_type = find_header(connection, "Content-Type"),
        .body = x->body,
        .body_size = x->size};
}

/* The library reads the headers only then, so that this is before them. */
static void *begin_request(void *of, const char *target,
                           struct MHD_Connection *connection)
{
    serve_http *const http = of;
    const union MHD_ConnectionInfo *const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    exchange *const x = calloc(1, sizeof *x);

    if (!x) return NULL;
    x->connection = info ? info->socket_context : NULL;
    x->target = malloc(strlen(target) + 1);
    if (x->target) memcpy(x->target, target, strlen(target) + 1);
    if (x->connection)
        serve_watch_set(&http->watch, x->connection, SERVE_READING);
    return x;
}

static void end_request(void *of, struct MHD_Connection *connection,
                        void **state, enum MHD_RequestTerminationCode why)
{
    serve_http *const http = of;
    exchange *const x = *state;

    (void)connection;
    (void)why;
    if (!x) return;
    if (x->connection) serve_watch_set(&http->watch, x->connection, SERVE_IDLE);
    free(x->target);
    free(x->body);
    free(x);
    *state = NULL;
}

static void on_connection(void *of, struct MHD_Connection *connection,
                          void **context,
                          enum MHD_ConnectionNotificationCode what)
{
    serve_http *const http = of;

    if (what == MHD_CONNECTION_NOTIFY_CLOSED) {
        serve_watch_close(&http->watch, *context);
        return;
    }
    const union MHD_ConnectionInfo *const info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = serve_watch_open(&http->watch, info ? info->connect_fd : -1);
}

static void refuse_body(serve_http *http, exchange *x)
{
    free(x->body);
    x->body = NULL;
    x->wants_body = 0;
    serve_watch_refuse(&http->watch, x->connection, 413,
                       "the body has more bytes than this server takes "
                       "(--max-body)");
}

/* The headers are there: whether what follows is too long is said at once where
 * they tell it, so that it need not be sent. */
static enum MHD_Result read_headers(serve_http *http,
                                    struct MHD_Connection *connection,
                                    const char *method, exchange *x)
{
    serve_request const request = request_of(connection, method, x);
    const char *const length = find_header(connection, "Content-Length");

    x->has_begun = 1;
    x->start = serve_now();
    x->wants_body = serve_wants_body(http->server, &request);
    if (length && strtoull(length, NULL, 10) > http->server->limits.body)
        refuse_body(http, x);
    return MHD_YES;
}

static enum MHD_Result read_body(serve_http *http, exchange *x,
                                 const char *data, size_t *size)
{
    size_t const count = *size;

    *size = 0;
    if (x->size + count > http->server->limits.body) {
        refuse_body(http, x);
        return MHD_YES;
    }
    if (x->wants_body && x->size + count > x->capacity) {
        size_t const capacity = 2 * (x->size + count);
        char *const body = realloc(x->body, capacity);
        if (!body) return MHD_NO;
        x->body = body;
        x->capacity = capacity;
    }
    if (x->wants_body) memcpy(x->body + x->size, data, count);
    x->size += count;
    return MHD_YES;
}

static void answer_whole(serve_http *http, const serve_request *request,
                         const serve_connection *connection,
                         serve_answer *answer)
{
    if (!connection->is_surplus) {
        serve_respond(http->server, request, answer);
        return;
    }
    serve_answer_error(answer, 503,
                       "there are more connections than this server takes "
                       "(--max-connections)");
    serve_metrics_count(&http->server->metrics, SERVE_OTHER, 503, 0);
}

static enum MHD_Result answer_request(serve_http *http,
                                      struct MHD_Connection *connection,
                                      const char *method, exchange *x)
{
    serve_server *const server = http->server;
    serve_request request = request_of(connection, method, x);
    serve_answer answer = {0};

    if (!serve_watch_set(&http->watch, x->connection, SERVE_WORKING))
        return MHD_NO;
    if (!x->body) request.body_size = 0;
    answer_whole(http, &request, x->connection, &answer);
    int const closes =
        x->connection->is_surplus || atomic_load(&server->is_stopping);
    serve_log("%s %.*s %d %zu bytes %llu us", method,
              (int)strcspn(x->target, "?"), x->target, answer.status,
              answer.size,
              (unsigned long long)((serve_now() - x->start) / 1000));
    serve_watch_set(&http->watch, x->connection, SERVE_SENDING);
    return send_answer(connection, &answer, closes);
}

/* The library calls this when the headers are there, for each piece of the
 * body, and at its end. */
static enum MHD_Result on_request(void *of, struct MHD_Connection *connection,
                                  const char *path, const char *method,
                                  const char *version, const char *data,
                                  size_t *size, void **state)
{
    serve_http *const http = of;
    exchange *const x = *state;

    (void)path;
    (void)version;
    if (!x || !x->target || !x->connection) return MHD_NO;
    if (!x->has_begun) return read_headers(http, connection, method, x);
    if (*size > 0) return read_body(http, x, data, size);
    return answer_request(http, connection, method, x);
}

/* ------------------------------------------------------------------------- */
/* From start to end                                                         */
/* ------------------------------------------------------------------------- */

void serve_http_require(void)
{
}

serve_http *serve_http_start(serve_server *server, int socket)
{
    serve_http *const http = cli_alloc(1, sizeof *http);
    const serve_limits *const limits = &server->limits;
    /* the watch is the one that knows the time; this is for what it missed */
    unsigned const patience = (unsigned)limits->timeout + 10;

    http->server = server;
    http->socket = socket;
    serve_watch_start(&http->watch, server);
    http->daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_ITC, 0, NULL,
        NULL, on_request, http, MHD_OPTION_LISTEN_SOCKET, socket,
        MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)(limits->workers > 1 ? limits->workers : 0),
        MHD_OPTION_CONNECTION_LIMIT, (unsigned)(limits->connections + SURPLUS),
        MHD_OPTION_CONNECTION_TIMEOUT, patience, MHD_OPTION_URI_LOG_CALLBACK,
        begin_request, http, MHD_OPTION_NOTIFY_COMPLETED, end_request, http,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
        MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (!http->daemon) cli_fail("libmicrohttpd does not start");
    return http;
}

void serve_http_tick(serve_http *http)
{
    serve_watch_tick(&http->watch);
}

void serve_http_quiesce(serve_http *http)
{
    MHD_socket const socket = MHD_quiesce_daemon(http->daemon);

    if (socket != MHD_INVALID_SOCKET) close(socket);
}

size_t serve_http_busy(serve_http *http)
{
    return serve_watch_busy(&http->watch);
}

void serve_http_end(serve_http *http)
{
    MHD_stop_daemon(http->daemon);
    serve_watch_end(&http->watch);
    free(http);
}

#else

void serve_http_require(void)
{
    cli_fail("this build has no HTTP server: libmicrohttpd-dev was not there "
             "when the command was built");
}

serve_http *serve_http_start(serve_server *server, int socket)
{
    (void)server;
    (void)socket;
    return NULL;
}

void serve_http_tick(serve_http *http)
{
    (void)http;
}

void serve_http_quiesce(serve_http *http)
{
    (void)http;
}

size_t serve_http_busy(serve_http *http)
{
    (void)http;
    return 0;
}

void serve_http_end(serve_http *http)
{
    (void)http;
}

#endif
