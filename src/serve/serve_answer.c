/* serve_answer.c: a status and JSON in, an answer out. For every route. */
#include "serve/serve_answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_json.h"

static const char type_json[] = "application/json";

void serve_answer_free(serve_answer *answer)
{
    free(answer->owned);
    memset(answer, 0, sizeof *answer);
}

void serve_answer_static(serve_answer *answer, const char *type,
                         const char *body, size_t size)
{
    serve_answer_free(answer);
    answer->status = 200;
    answer->type = type;
    answer->body = body;
    answer->size = size;
}

static void fail_by_memory(serve_answer *answer)
{
    static const char body[] = "{\"error\": \"memory has run out\"}\n";

    serve_answer_static(answer, type_json, body, sizeof body - 1);
    answer->status = 503;
}

void serve_answer_text(serve_answer *answer, const char *type, char *text)
{
    if (!text) {
        fail_by_memory(answer);
        return;
    }
    serve_answer_static(answer, type, text, strlen(text));
    answer->owned = text;
}

/* With the end of the line, for those who look at it in a terminal. */
static char *line_of(const json_t *object)
{
    char *const text = object ? cli_json_text(object) : NULL;
    size_t const size = text ? strlen(text) : 0;
    char *const line = text ? realloc(text, size + 2) : NULL;

    if (!line) {
        free(text);
        return NULL;
    }
    memcpy(line + size, "\n", 2);
    return line;
}

void serve_answer_json(serve_answer *answer, int status, json_t *object)
{
    char *const text = line_of(object);

    json_decref(object);
    serve_answer_text(answer, type_json, text);
    if (text) answer->status = status;
}

void serve_answer_error(serve_answer *answer, int status, const char *format,
                        ...)
{
    char sentence[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    json_t *const text = serve_json_text(sentence, strlen(sentence));
    serve_answer_json(answer, status, json_pack("{s:o}", "error", text));
}

void serve_answer_failure(serve_answer *answer, int status,
                          siamese_status failure)
{
    const char *const account = siamese_last_error();

    if (failure == SIAMESE_E_MEMORY) status = 503;
    if (failure == SIAMESE_E_IO || failure == SIAMESE_E_FORMAT ||
        failure == SIAMESE_E_INTERNAL)
        status = 500;
    serve_answer_error(answer, status, "%s",
                       *account ? account : siamese_status_text(failure));
}

json_t *serve_json_text(const char *data, size_t size)
{
    json_t *const text = json_stringn(data, size);

    return text ? text : json_string("\xef\xbf\xbd");
}
