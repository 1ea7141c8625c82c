/* serve_routes.c: requests in, answers out. serve_http calls it for each. */
#include "serve/serve_routes.h"

#include <string.h>
#include <strings.h>

#include "serve/serve_encode.h"
#include "serve/serve_items.h"
#include "serve/serve_page.h"
#include "serve/serve_search.h"

/* What a route answers to: its path has been found, and nothing else. */
typedef struct call {
    serve_server *server;
    const serve_request *request;
    const char *path;
    const serve_query *query;
} call;

/* ------------------------------------------------------------------------- */
/* The short ones                                                            */
/* ------------------------------------------------------------------------- */

static void answer_page(const call *c, serve_answer *answer)
{
    serve_page(c->path, answer);
}

static void answer_search(const call *c, serve_answer *answer)
{
    serve_search(c->server, c->query, answer);
}

static void answer_encode(const call *c, serve_answer *answer)
{
    serve_encode(c->server, c->query, answer);
}

static void answer_metrics(const call *c, serve_answer *answer)
{
    serve_answer_text(answer, "text/plain; version=0.0.4; charset=utf-8",
                      serve_metrics_text(&c->server->metrics, c->server->models,
                                         c->server->model_count));
}

static json_t *model_json(const serve_model *served)
{
    siamese_model_info const info = serve_model_info(served);

    return json_pack("{s:o, s:I, s:I, s:I}", "name",
                     serve_json_text(served->name, strlen(served->name)),
                     "items", (json_int_t)info.items, "dim",
                     (json_int_t)info.dim, "generation",
                     (json_int_t)info.generation);
}

/* Whether it serves, and what: the page asks this first. */
static void answer_health(const call *c, serve_answer *answer)
{
    const serve_server *const server = c->server;
    int const stops = atomic_load(&server->is_stopping);
    json_t *const models = json_array();

    for (size_t i = 0; i < server->model_count; i++)
        json_array_append_new(models, model_json(&server->models[i]));
    serve_answer_json(answer, stops ? 503 : 200,
                      json_pack("{s:s, s:s, s:o, s:{s:I, s:I}}", "status",
                                stops ? "stopping" : "ok", "version",
                                siamese_version(), "models", models, "limits",
                                "k", (json_int_t)server->limits.k, "query",
                                (json_int_t)server->limits.query));
}

static int is_json(const char *type)
{
    static const char name[] = "application/json";
    size_t const size = sizeof name - 1;

    return type && strncasecmp(type, name, size) == 0 &&
           (type[size] == '\0' || strchr("; \t", type[size]));
}

static void answer_items(const call *c, serve_answer *answer)
{
    const serve_request *const request = c->request;

    if (!serve_guard_trusts(&c->server->guard, request, answer)) return;
    if (!is_json(request->content_type))
        serve_answer_error(answer, 415,
                           "Content-Type: application/json is expected");
    else if (serve_query_check(c->query, "", answer))
        serve_items(c->server, request->body, request->body_size, answer);
}

/* ------------------------------------------------------------------------- */
/* The table                                                                 */
/* ------------------------------------------------------------------------- */

typedef struct route {
    const char *path;
    serve_counted counted;
    const char *allow; /* methods */
    void (*answer)(const call *c, serve_answer *answer);
} route;

static const char reads[] = "GET, HEAD", writes[] = "POST";

static const route routes[] = {
    {"/", SERVE_PAGE, reads, answer_page},
    {"/page.css", SERVE_PAGE, reads, answer_page},
    {"/page.js", SERVE_PAGE, reads, answer_page},
    {"/search", SERVE_SEARCH, reads, answer_search},
    {"/encode", SERVE_ENCODE, reads, answer_encode},
    {"/items", SERVE_ITEMS, writes, answer_items},
    {"/metrics", SERVE_METRICS, reads, answer_metrics},
    {"/healthz", SERVE_HEALTH, reads, answer_health},
};

static const route *find_route(const char *target)
{
    size_t const size = strcspn(target, "?");

    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++)
        if (strlen(routes[i].path) == size &&
            strncmp(routes[i].path, target, size) == 0)
            return &routes[i];
    return NULL;
}

static int is_allowed(const route *found, const char *method)
{
    if (found->allow == writes) return strcmp(method, "POST") == 0;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0;
}

static void answer_route(serve_server *server, const serve_request *request,
                         const route *found, serve_answer *answer)
{
    const char *const mark = strchr(request->target, '?');
    serve_query query;

    if (serve_query_read(&query, mark ? mark + 1 : "", answer)) {
        call const c = {server, request, found->path, &query};
        found->answer(&c, answer);
    }
    serve_query_free(&query);
}

static void respond(serve_server *server, const serve_request *request,
                    const route *found, serve_answer *answer)
{
    size_t const most = serve_limits_target(&server->limits);

    if (!serve_guard_admits(&server->guard, request,
                            found && found->counted == SERVE_PAGE, answer))
        return;
    if (strlen(request->target) > most)
        serve_answer_error(answer, 414, "the address has more than %zu bytes",
                           most);
    else if (!found)
        serve_answer_error(answer, 404,
                           "there is nothing at this path; there are /, "
                           "/search, /encode, /items, /metrics and /healthz");
    else if (!is_allowed(found, request->method)) {
        serve_answer_error(answer, 405, "%s takes %s", found->path,
                           found->allow);
        answer->allow = found->allow;
    } else
        answer_route(server, request, found, answer);
}

void serve_respond(serve_server *server, const serve_request *request,
                   serve_answer *answer)
{
    const route *const found = find_route(request->target);
    uint64_t const start = serve_now();

    memset(answer, 0, sizeof *answer);
    respond(server, request, found, answer);
    serve_metrics_count(&server->metrics, found ? found->counted : SERVE_OTHER,
                        answer->status, serve_now() - start);
}

int serve_wants_body(const serve_server *server, const serve_request *request)
{
    const route *const found = find_route(request->target);
    serve_answer refusal = {0};
    int const wants =
        found && found->allow == writes && is_allowed(found, request->method) &&
        serve_guard_admits(&server->guard, request, 0, &refusal) &&
        serve_guard_trusts(&server->guard, request, &refusal);

    serve_answer_free(&refusal);
    return wants;
}
