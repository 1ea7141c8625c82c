/* cli_held_lines.c: lines in, the same lines again if asked. For cli_csv. */
#include "data/cli_held_lines.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

enum { FORGET_AFTER = 64 };

static siamese_text line_at(const cli_held_lines *h, size_t i)
{
    return (siamese_text){h->bytes + h->list[i].begin, h->list[i].size};
}

static int is_blank(const cli_held_lines *h, size_t i)
{
    char const c = h->bytes[h->list[i].begin];

    return c == '\n' || c == '\r';
}

/* Half of them at least, so that what is moved was read once. */
static void forget(cli_held_lines *h)
{
    size_t const from = h->list[h->first].begin;

    memmove(h->bytes, h->bytes + from, h->size - from);
    h->size -= from;
    h->count -= h->first;
    memmove(h->list, h->list + h->first, h->count * sizeof *h->list);
    for (size_t i = 0; i < h->count; i++) h->list[i].begin -= from;
    h->first = h->next = 0;
}

void cli_held_begin(cli_held_lines *h)
{
    h->first = h->next;
    if (h->first == h->count)
        h->first = h->next = h->count = h->size = 0;
    else if (h->first > FORGET_AFTER && 2 * h->first > h->count)
        forget(h);
}

static int append(cli_held_lines *h, cli_reader *reader)
{
    const char *text;
    size_t size;

    if (!cli_reader_next(reader, &text, &size)) return 0;
    if (h->size + size > h->bytes_capacity) {
        h->bytes_capacity = 2 * (h->size + size);
        h->bytes = cli_resize(h->bytes, h->bytes_capacity, 1);
    }
    memcpy(h->bytes + h->size, text, size);
    h->list = cli_grow(h->list, h->count, &h->capacity, sizeof *h->list);
    h->list[h->count].begin = h->size;
    h->list[h->count].size = size;
    h->list[h->count++].number = cli_reader_line(reader);
    h->size += size;
    return 1;
}

int cli_held_next(cli_held_lines *h, cli_reader *reader, siamese_text *line)
{
    if (h->next == h->count && !append(h, reader)) return 0;
    *line = line_at(h, h->next++);
    return 1;
}

size_t cli_held_number(const cli_held_lines *h)
{
    return h->list[h->next - 1].number;
}

size_t cli_held_peek(cli_held_lines *h, cli_reader *reader, siamese_text *list,
                     size_t most)
{
    size_t found = 0;

    while (found < most && append(h, reader))
        found += !is_blank(h, h->count - 1);
    found = 0;
    for (size_t i = 0; i < h->count; i++) /* now the bytes move no more */
        if (!is_blank(h, i)) list[found++] = line_at(h, i);
    return found;
}

siamese_text cli_held_first(const cli_held_lines *h)
{
    return line_at(h, h->first);
}

void cli_held_rewind(cli_held_lines *h)
{
    h->next = h->first + 1;
}

int cli_held_has(const cli_held_lines *h, const char *text)
{
    size_t const begin = h->list[h->first].begin;
    const struct cli_held_line *const last = &h->list[h->next - 1];

    const char *at = h->bytes + begin;
    const char *const end = h->bytes + last->begin + last->size;
    size_t const size = strlen(text);

    while ((size_t)(end - at) >= size) {
        at = memchr(at, text[0], (size_t)(end - at) - size + 1);
        if (!at) return 0;
        if (memcmp(at, text, size) == 0) return 1;
        at++;
    }
    return 0;
}

void cli_held_free(cli_held_lines *h)
{
    free(h->bytes);
    free(h->list);
    memset(h, 0, sizeof *h);
}
