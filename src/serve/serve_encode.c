/* serve_encode.c: a text and a side in, a vector as JSON out. For the
 * routes. */
#include "serve/serve_encode.h"

#include <stdlib.h>
#include <string.h>

#include "serve/serve_search.h"

/* The side that parameter `side` names; 0, and the error, if it is none. */
static int read_side(const serve_query *query, int32_t *side,
                     serve_answer *answer)
{
    const serve_parameter *const p = serve_query_find(query, "side");

    *side = SIAMESE_SIDE_QUERY;
    if (!p || strcmp(p->value, "query") == 0) return 1;
    *side = SIAMESE_SIDE_ITEM;
    if (strcmp(p->value, "item") == 0) return 1;
    serve_answer_error(answer, 400, "side: query or item is expected");
    return 0;
}

static json_t *json_answer(const serve_parameter *q, int32_t side,
                           const float *vector, size_t dim,
                           uint64_t nanoseconds)
{
    json_t *const numbers = json_array();

    for (size_t i = 0; i < dim; i++)
        json_array_append_new(numbers, json_real((double)vector[i]));
    return json_pack("{s:o, s:s, s:I, s:o, s:I}", "query",
                     serve_json_text(q->value, q->size), "side",
                     side == SIAMESE_SIDE_ITEM ? "item" : "query", "dim",
                     (json_int_t)dim, "vector", numbers, "us",
                     (json_int_t)(nanoseconds / 1000));
}

static void encode(const serve_model *served, const serve_parameter *q,
                   int32_t side, serve_answer *answer)
{
    size_t const dim = serve_model_info(served).dim;
    siamese_text const text = {q->value, q->size};
    float *const vector = calloc(dim + 1, sizeof *vector);

    if (!vector) {
        serve_answer_json(answer, 503, NULL);
        return;
    }
    uint64_t const start = serve_now();
    siamese_status const status =
        siamese_model_encode(served->model, side, &text, 1, 1, vector, dim);
    uint64_t const nanoseconds = serve_now() - start;
    if (status == SIAMESE_E_RANGE) /* between the two calls */
        serve_answer_error(answer, 503,
                           "the model was replaced by one of another size: "
                           "ask again");
    else if (status)
        serve_answer_failure(answer, 400, status);
    else
        serve_answer_json(answer, 200,
                          json_answer(q, side, vector, dim, nanoseconds));
    free(vector);
}

void serve_encode(serve_server *server, const serve_query *query,
                  serve_answer *answer)
{
    int32_t side;

    if (!serve_query_check(query, "q model side ", answer)) return;
    const serve_parameter *const q =
        serve_query_text(query, server->limits.query, answer);
    if (!q) return;
    const serve_model *const served = serve_model_asked(server, query, answer);
    if (served && read_side(query, &side, answer))
        encode(served, q, side, answer);
}
