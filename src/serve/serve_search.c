/* serve_search.c: a query and how to search in, JSON out. For the routes. */
#include "serve/serve_search.h"

#include <stdlib.h>
#include <string.h>

#include "data/cli_entities.h"
#include "serve/serve_hits.h"
#include "serve/serve_words.h"

/* Those of siamese_search_request_describe that a request may set. */
static const char parameters[] =
    "q k model nprobe exact min_score min_confidence dedupe collapse_titles "
    "rerank spelling feedback explain ";

serve_model *serve_model_asked(serve_server *server, const serve_query *query,
                               serve_answer *answer)
{
    const serve_parameter *const model = serve_query_find(query, "model");

    if (!model || strcmp(model->value, "model") == 0) return &server->models[0];
    if (strcmp(model->value, "compare") == 0 && server->model_count > 1)
        return &server->models[1];
    serve_answer_error(answer, 400,
                       server->model_count > 1
                           ? "model: model or compare is expected"
                           : "model: there is one here, and no --compare");
    return NULL;
}

/* ------------------------------------------------------------------------- */
/* How to search                                                             */
/* ------------------------------------------------------------------------- */

static int check_k(const serve_parameter *k, size_t most, serve_answer *answer)
{
    size_t const digits = strspn(k->value, "0123456789");
    int const is_number = digits > 0 && digits == k->size;
    /* more digits than a size_t has are more than any limit */
    unsigned long long const value =
        is_number && digits < 19 ? strtoull(k->value, NULL, 10) : 0;

    if (is_number && (digits >= 19 || value > most))
        serve_answer_error(answer, 400,
                           "k: %.24s%s is more than the %zu results that this "
                           "server gives",
                           k->value, digits > 24 ? "..." : "", most);
    else if (value == 0)
        serve_answer_error(answer, 400,
                           "k: a whole number from 1 to %zu is expected", most);
    else
        return 1;
    return 0;
}

static int read_request(siamese_search_request *request,
                        const serve_query *query, const serve_server *server,
                        serve_answer *answer)
{
    siamese_search_request_init(request, sizeof *request);
    if (request->k > server->limits.k) request->k = server->limits.k;
    for (size_t i = 0; i < query->count; i++) {
        const serve_parameter *const p = &query->list[i];
        if (strcmp(p->name, "q") == 0 || strcmp(p->name, "model") == 0)
            continue;
        if (strcmp(p->name, "k") == 0 && !check_k(p, server->limits.k, answer))
            return 0;
        siamese_status const status =
            siamese_search_request_set(request, p->name, p->value);
        if (status) {
            serve_answer_failure(answer, 400, status);
            return 0;
        }
    }
    return 1;
}

/* ------------------------------------------------------------------------- */
/* The answer                                                                */
/* ------------------------------------------------------------------------- */

/* Where "searched also for" is told, the words as they were corrected. */
static int put_known(json_t *object, const siamese_hits *hits)
{
    const char *const corrected = siamese_hits_corrected(hits, 0);
    int bad = json_object_set_new(object, "known",
                                  json_boolean(siamese_hits_known(hits, 0)));

    if (corrected)
        bad |=
            json_object_set_new(object, "searched_also_for",
                                serve_json_text(corrected, strlen(corrected)));
    return bad;
}

static json_t *json_answer(const serve_model *served, const serve_parameter *q,
                           const siamese_search_request *request,
                           const siamese_hits *hits, uint64_t nanoseconds)
{
    siamese_model_info const info = serve_model_info(served);
    json_t *const object = json_pack(
        "{s:o, s:o, s:I, s:s, s:I, s:I}", "query",
        serve_json_text(q->value, q->size), "results",
        serve_hits_json(served->model, hits, request->explain), "us",
        (json_int_t)(nanoseconds / 1000), "model", served->name, "generation",
        (json_int_t)info.generation, "items", (json_int_t)info.items);
    int bad = !object || put_known(object, hits);

    if (!bad && request->explain)
        bad = json_object_set_new(
            object, "words",
            serve_words_json(served->model, request->texts[0]));
    if (!bad) return object;
    json_decref(object);
    return NULL;
}

/* A copy that entities are decoded in, as siamese search does it. */
static char *decode(const serve_model *served, const serve_parameter *q,
                    size_t *size)
{
    char *const text = malloc(q->size + 1);

    if (!text) return NULL;
    memcpy(text, q->value, q->size + 1);
    *size = atomic_load(&served->decodes) ? cli_entities_decode(text, q->size)
                                          : q->size;
    return text;
}

static void search(const serve_model *served, const serve_parameter *q,
                   const siamese_search_request *how, serve_answer *answer)
{
    siamese_search_request request = *how;
    siamese_text text = {NULL, 0};
    siamese_hits *hits = NULL;

    text.data = decode(served, q, &text.size);
    if (!text.data) {
        serve_answer_json(answer, 503, NULL);
        return;
    }
    request.texts = &text;
    request.count = 1;
    uint64_t const start = serve_now();
    siamese_status const status =
        siamese_model_search(served->model, &request, &hits);
    uint64_t const nanoseconds = serve_now() - start;
    if (status)
        serve_answer_failure(answer, 400, status);
    else
        serve_answer_json(answer, 200,
                          json_answer(served, q, &request, hits, nanoseconds));
    siamese_hits_free(hits);
    free((void *)(uintptr_t)text.data);
}

void serve_search(serve_server *server, const serve_query *query,
                  serve_answer *answer)
{
    siamese_search_request request;

    if (!serve_query_check(query, parameters, answer)) return;
    const serve_parameter *const q =
        serve_query_text(query, server->limits.query, answer);
    if (!q) return;
    const serve_model *const served = serve_model_asked(server, query, answer);
    if (served && read_request(&request, query, server, answer))
        search(served, q, &request, answer);
}
