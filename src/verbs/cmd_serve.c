/*
 * cmd_serve.c: siamese serve: from a model with an index to a search page and
 * JSON by HTTP.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shell/cli_args.h"
#include "shell/cli_message.h"
#include "shell/cli_settings.h"
#include "serve/serve_http.h"
#include "serve/serve_run.h"
#include "verbs/cmd_verbs.h"

typedef struct serve_options {
    const char *model, *compare, *token_file;
    size_t port;
    serve_server server;
    cli_settings settings;
    cli_library_options options;
} serve_options;

static const cli_option verb_options[] = {
    CLI_TEXT("model", serve_options, model, "FILE",
             "model with an index, as siamese index writes it"),
    CLI_TEXT("compare", serve_options, compare, "FILE",
             "a second one, whose results are shown beside it"),
    CLI_COUNT("port", serve_options, port, "N",
              "default 8080; 0: any that is free"),
    CLI_TEXT("bind", serve_options, server.guard.address, "ADDRESS",
             "in numbers; default 127.0.0.1, which this machine alone reaches; "
             "0.0.0.0: everybody may search"),
    CLI_TEXT("host", serve_options, server.guard.hosts, "NAME,...",
             "names that this server is asked by, beside localhost and its "
             "address"),
    CLI_TEXT("token-file", serve_options, token_file, "FILE",
             "has the token that POST /items needs; without it items cannot be "
             "changed"),
    CLI_COUNT("max-k", serve_options, server.limits.k, "N",
              "most results of a query; default 1000"),
    CLI_COUNT("max-query", serve_options, server.limits.query, "BYTES",
              "of a query; default 1024"),
    CLI_COUNT("max-body", serve_options, server.limits.body, "BYTES",
              "of a request's body; default 1048576"),
    CLI_COUNT("timeout", serve_options, server.limits.timeout, "SECONDS",
              "for a request to come, and for its answer to be taken; default "
              "10"),
    CLI_COUNT("max-connections", serve_options, server.limits.connections, "N",
              "open at once; default 256"),
    CLI_COUNT("workers", serve_options, server.limits.workers, "N",
              "threads that answer; default: one a processor"),
    CLI_SETTING("threads", serve_options, settings, "N",
                "of each search; default 1, 0: one a processor", "threads"),
    CLI_SET(serve_options, settings),
    CLI_END};

/* An option and the range of its value. */
static void check_range(const char *name, size_t value, size_t least,
                        size_t most)
{
    if (value < least || value > most)
        cli_usage_error("--%s %zu: a number from %zu to %zu is expected", name,
                        value, least, most);
}

static void check_limits(const serve_limits *limits)
{
    check_range("max-k", limits->k, 1, 1000000);
    check_range("max-query", limits->query, 1, 8192);
    check_range("max-body", limits->body, 0, (size_t)1 << 30);
    check_range("timeout", limits->timeout, 1, 3600);
    check_range("max-connections", limits->connections, 1, 10000);
    check_range("workers", limits->workers, 1, 1024);
}

static void parse(serve_options *run, const cli_verb *verb, int argc,
                  char **argv)
{
    const cli_options tables[] = {{verb_options, run}, {NULL, NULL}};
    long const processors = sysconf(_SC_NPROCESSORS_ONLN);

    run->port = 8080;
    run->server.guard.address = "127.0.0.1";
    run->server.limits =
        (serve_limits){.k = 1000,
                       .query = 1024,
                       .body = 1 << 20,
                       .timeout = 10,
                       .connections = 256,
                       .workers = processors > 0 ? (size_t)processors : 1};
    run->settings.kinds = CLI_LOAD;
    cli_settings_add_named(&run->settings, "threads", "threads", "1");
    cli_parse(verb, tables, argc, argv, 0);
    cli_require(run->model, "--model FILE");
    check_limits(&run->server.limits);
}

static int run_serve(const cli_verb *verb, int argc, char **argv)
{
    static serve_options run; /* its counters are large for a stack */
    serve_server *const server = &run.server;

    parse(&run, verb, argc, argv);
    serve_http_require();
    cli_settings_apply(&run.settings, NULL, &run.options);
    run.options.load.finished = 1;
    run.options.load.map = 1;
    if (run.token_file) serve_guard_read_token(&server->guard, run.token_file);
    int const socket = serve_listen(server, &run.port);
    serve_model_open(&server->models[server->model_count++], run.model,
                     &run.options.load);
    if (run.compare)
        serve_model_open(&server->models[server->model_count++], run.compare,
                         &run.options.load);
    serve_run(server, socket, run.port);

    while (server->model_count > 0)
        serve_model_close(&server->models[--server->model_count]);
    free(server->guard.token);
    cli_settings_free(&run.settings);
    return 0;
}

const cli_verb cmd_serve = {
    .name = "serve",
    .synopsis = "--model FILE [--port N] [options]",
    .summary = "show a search page, and answer programs in JSON",
    .about =
        "Prints the address of a page that searches as one types, and answers\n"
        "programs there:\n\n"
        "  GET  /search?q=TEXT&k=N  rank, id, score, title and columns\n"
        "  GET  /encode?q=TEXT      the text's vector; side=item: as an "
        "item's\n"
        "  POST /items              {\"add\": [...], \"remove\": [...]}, with "
        "the token\n"
        "  GET  /metrics            counters, as Prometheus reads them\n"
        "  GET  /healthz            whether it serves, and what",
    .often = "model compare port bind host token-file",
    .example =
        "  siamese serve --model m.siamese\n"
        "  siamese serve --model m.siamese --compare new.siamese --port 0",
    .details =
        "SIGHUP reloads the model files while searches go on; one that cannot\n"
        "be served leaves the model of before. SIGTERM ends what is in "
        "flight,\n"
        "and the server. Requests from pages of other sites are refused, and\n"
        "names other than localhost, unless --host names them.",
    .run = run_serve,
};
