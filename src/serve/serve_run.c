/* serve_run.c: a server in; its address printed, and all that happens until a
 * signal ends it. For siamese serve. */
#include "serve/serve_run.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shell/cli_message.h"
#include "shell/cli_stdio.h"
#include "serve/serve_http.h"
#include "serve/serve_log.h"
#include "serve/serve_signals.h"

enum { TICK = 50 /* milliseconds */, BACKLOG = 512 };

/* ------------------------------------------------------------------------- */
/* Where                                                                     */
/* ------------------------------------------------------------------------- */

static _Noreturn void fail_to_listen(const serve_server *server, size_t port,
                                     int number)
{
    if (number == EADDRINUSE)
        cli_fail("port %zu of %s is taken; --port N takes another, --port 0 "
                 "any that is free",
                 port, server->guard.address);
    cli_fail("cannot listen at port %zu of %s: %s", port, server->guard.address,
             strerror(number));
}

static size_t port_of(int file)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;

    if (getsockname(file, (struct sockaddr *)&address, &size)) return 0;
    return ntohs(address.ss_family == AF_INET6
                     ? ((struct sockaddr_in6 *)&address)->sin6_port
                     : ((struct sockaddr_in *)&address)->sin_port);
}

int serve_listen(const serve_server *server, size_t *port)
{
    struct addrinfo const hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_STREAM,
                                   .ai_flags = AI_NUMERICHOST | AI_PASSIVE |
                                               AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char service[24];
    int const on = 1;

    snprintf(service, sizeof service, "%zu", *port);
    if (*port > 65535)
        cli_usage_error("--port %zu: a number from 0 to 65535 is expected",
                        *port);
    if (getaddrinfo(server->guard.address, service, &hints, &found))
        cli_usage_error("--bind %s: an address in numbers, such as 127.0.0.1 "
                        "or ::1, is expected",
                        server->guard.address);
    int const file = socket(found->ai_family, SOCK_STREAM, 0);
    if (file < 0) fail_to_listen(server, *port, errno);
    setsockopt(file, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(file, found->ai_addr, found->ai_addrlen) || listen(file, BACKLOG))
        fail_to_listen(server, *port, errno);
    freeaddrinfo(found);
    *port = port_of(file);
    return file;
}

/* The one line of standard output, which says where to look. */
static void print_address(const serve_server *server, size_t port)
{
    const char *const address = server->guard.address;
    int const is_six = strchr(address, ':') != NULL;

    printf("http://%s%s%s:%zu/\n", is_six ? "[" : "", address,
           is_six ? "]" : "", port);
    cli_stdio_flush();
}

/* ------------------------------------------------------------------------- */
/* Until when                                                                */
/* ------------------------------------------------------------------------- */

/* A reload, on a thread of its own: a large file takes longer than a slow
 * client may. */
typedef struct reloading {
    serve_server *server;
    pthread_t thread;
    int is_running;
    atomic_int is_done;
} reloading;

static void *reload(void *of)
{
    reloading *const r = of;
    serve_server *const server = r->server;
    char reason[512];

    for (size_t i = 0; i < server->model_count; i++) {
        serve_model *const served = &server->models[i];
        if (serve_model_reload(served, reason, sizeof reason)) {
            siamese_model_info const info = serve_model_info(served);
            atomic_fetch_add(&server->metrics.reloads, 1);
            serve_log("reloaded %s: %zu items, generation %llu", served->path,
                      info.items, (unsigned long long)info.generation);
        } else {
            atomic_fetch_add(&server->metrics.failed_reloads, 1);
            serve_log("%s was not reloaded, the model of before goes on: %s",
                      served->path, reason);
        }
    }
    atomic_store(&r->is_done, 1);
    return NULL;
}

static void end_reload(reloading *r)
{
    if (r->is_running) pthread_join(r->thread, NULL);
    r->is_running = 0;
}

static void begin_reload(reloading *r)
{
    end_reload(r);
    atomic_store(&r->is_done, 0);
    if (pthread_create(&r->thread, NULL, reload, r))
        serve_log("the models were not reloaded: no thread could be started");
    else
        r->is_running = 1;
}

/* Until nothing is in flight any more, or for as long as a request may take;
 * another signal ends that. */
static void drain(serve_server *server, serve_http *http)
{
    uint64_t const end =
        serve_now() + server->limits.timeout * (uint64_t)1000000000;

    atomic_store(&server->is_stopping, 1);
    serve_http_quiesce(http);
    while (serve_http_busy(http) > 0 && serve_now() < end) {
        if (serve_signals_wait(TICK) == SERVE_STOP) break;
        serve_http_tick(http);
    }
}

void serve_run(serve_server *server, int socket, size_t port)
{
    reloading r = {.server = server};
    int is_wanted = 0;
    serve_signal what;

    serve_signals_take();
    serve_http *const http = serve_http_start(server, socket);
    print_address(server, port);
    while ((what = serve_signals_wait(TICK)) != SERVE_STOP) {
        /* asked for during another it begins behind it: the file may have
         * changed since */
        is_wanted |= what == SERVE_RELOAD;
        if (is_wanted && (!r.is_running || atomic_load(&r.is_done))) {
            begin_reload(&r);
            is_wanted = 0;
        }
        serve_http_tick(http);
    }
    serve_log("stopping");
    drain(server, http);
    serve_http_end(http);
    end_reload(&r);
    serve_log("stopped");
}
