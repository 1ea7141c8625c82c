/* serve_query.c: "q=oak%20desk&k=5" in, parameters out. For the routes. */
#include "serve/serve_query.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

void serve_query_free(serve_query *query)
{
    free(query->bytes);
    memset(query, 0, sizeof *query);
}

static int digit_of(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* In place, as forms are encoded: %XX is a byte, + a space. The new size;
 * (size_t)-1 for a % without two digits. */
static size_t decode(char *text)
{
    size_t size = 0;

    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '%') {
            int const high = digit_of(from[1]);
            int const low = high < 0 ? -1 : digit_of(from[2]);
            if (low < 0) return (size_t)-1;
            c = (char)(high * 16 + low);
            from += 2;
        } else if (c == '+') {
            c = ' ';
        }
        text[size++] = c;
    }
    text[size] = '\0';
    return size;
}

/* The place, from 0, of the first byte that is not of UTF-8; size: none. */
static size_t find_bad_byte(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size) {
        utf8proc_int32_t point;
        utf8proc_ssize_t const step =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at,
                             (utf8proc_ssize_t)(size - at), &point);
        if (step <= 0) return at;
        at += (size_t)step;
    }
    return size;
}

/* Decodes a name or a value; `name` is what messages call it. */
static int read_text(char *text, const char *name, size_t *size,
                     serve_answer *answer)
{
    *size = decode(text);
    if (*size == (size_t)-1) {
        serve_answer_error(answer, 400,
                           "%s: two hexadecimal digits are expected behind %%",
                           name);
        return 0;
    }
    if (memchr(text, '\0', *size)) {
        serve_answer_error(answer, 400, "%s: has a NUL byte", name);
        return 0;
    }
    size_t const bad = find_bad_byte(text, *size);
    if (bad < *size) {
        serve_answer_error(answer, 400,
                           "%s: byte 0x%02x at place %zu is not UTF-8", name,
                           (unsigned char)text[bad], bad + 1);
        return 0;
    }
    return 1;
}

/* One "name=value", in place. */
static int read_parameter(serve_query *query, char *text, serve_answer *answer)
{
    static char nothing[] = "";
    char *const equals = strchr(text, '=');
    char *const value = equals ? equals + 1 : nothing;
    size_t size;

    if (equals) *equals = '\0';
    if (!read_text(text, "a parameter's name", &size, answer)) return 0;
    if (serve_query_find(query, text)) {
        serve_answer_error(answer, 400, "%s: is given twice", text);
        return 0;
    }
    if (query->count == SERVE_MOST_PARAMETERS) {
        serve_answer_error(answer, 400, "there are more than %d parameters",
                           (int)SERVE_MOST_PARAMETERS);
        return 0;
    }
    if (!read_text(value, text, &size, answer)) return 0;
    query->list[query->count++] = (serve_parameter){text, value, size};
    return 1;
}

int serve_query_read(serve_query *query, const char *text, serve_answer *answer)
{
    size_t const size = strlen(text);

    memset(query, 0, sizeof *query);
    query->bytes = malloc(size + 1);
    if (!query->bytes) {
        serve_answer_json(answer, 503, NULL);
        return 0;
    }
    memcpy(query->bytes, text, size + 1);
    for (char *next = query->bytes; next;) {
        char *const parameter = next;
        char *const end = strchr(next, '&');
        next = end ? end + 1 : NULL;
        if (end) *end = '\0';
        if (*parameter && !read_parameter(query, parameter, answer)) return 0;
    }
    return 1;
}

const serve_parameter *serve_query_find(const serve_query *query,
                                        const char *name)
{
    for (size_t i = 0; i < query->count; i++)
        if (strcmp(query->list[i].name, name) == 0) return &query->list[i];
    return NULL;
}

const serve_parameter *serve_query_text(const serve_query *query, size_t most,
                                        serve_answer *answer)
{
    const serve_parameter *const q = serve_query_find(query, "q");

    if (!q)
        serve_answer_error(answer, 400, "q: the text is missing");
    else if (q->value[strspn(q->value, " \t\r\n\v\f")] == '\0')
        serve_answer_error(answer, 400, "q: the text is empty");
    else if (q->size > most)
        serve_answer_error(answer, 414,
                           "q: has %zu bytes, more than the %zu that this "
                           "server takes",
                           q->size, most);
    else
        return q;
    return NULL;
}

int serve_query_check(const serve_query *query, const char *known,
                      serve_answer *answer)
{
    for (size_t i = 0; i < query->count; i++) {
        const char *const name = query->list[i].name;
        size_t const size = strlen(name);
        const char *at = size > 0 ? strstr(known, name) : NULL;
        while (at && !((at == known || at[-1] == ' ') && at[size] == ' '))
            at = strstr(at + 1, name);
        if (at) continue;
        serve_answer_error(answer, 400,
                           "%s: there is no such parameter here; there %s%.*s",
                           name, *known ? "are: " : "is none",
                           *known ? (int)strlen(known) - 1 : 0, known);
        return 0;
    }
    return 1;
}
