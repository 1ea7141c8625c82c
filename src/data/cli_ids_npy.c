/* cli_ids_npy.c: items in, their ids as a .npy file out. For embed. */
#include "data/cli_ids_npy.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_output.h"
#include "data/cli_id_integer.h"
#include "data/cli_npy.h"

/* UTF-8, known to be well formed, to code points; gives their number. */
static size_t code_points(siamese_text text, uint32_t *out)
{
    size_t n = 0;

    for (size_t i = 0; i < text.size; n++) {
        unsigned char const c = (unsigned char)text.data[i];
        size_t const size = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
        uint32_t point = size == 1 ? c : c & (0x7fu >> size);
        for (size_t j = 1; j < size && i + j < text.size; j++)
            point = point << 6 | ((unsigned char)text.data[i + j] & 0x3f);
        if (out) out[n] = point;
        i += size;
    }
    return n;
}

static void write_integers(FILE *stream, const cli_items *items)
{
    size_t const count = cli_items_count(items);

    cli_npy_write_header(stream, "<i8", &count, 1);
    for (size_t i = 0; i < count; i++) {
        int64_t value;
        cli_id_integer(cli_items_id(items, i), &value);
        cli_output_write(stream, &value, sizeof value);
    }
}

static void write_texts(FILE *stream, const cli_items *items)
{
    size_t const count = cli_items_count(items);
    size_t width = 1;
    char type[32];

    for (size_t i = 0; i < count; i++) {
        size_t const n = code_points(cli_items_id(items, i), NULL);
        width = n > width ? n : width;
    }
    uint32_t *const points = cli_alloc(width, sizeof *points);
    snprintf(type, sizeof type, "<U%zu", width);
    cli_npy_write_header(stream, type, &count, 1);
    for (size_t i = 0; i < count; i++) {
        memset(points, 0, width * sizeof *points);
        code_points(cli_items_id(items, i), points);
        cli_output_write(stream, points, width * sizeof *points);
    }
    free(points);
}

void cli_ids_npy_write(const char *path, const cli_items *items)
{
    FILE *const stream = cli_output_open(path);
    int64_t value;

    for (size_t i = 0; i < cli_items_count(items); i++)
        if (!cli_id_integer(cli_items_id(items, i), &value)) {
            write_texts(stream, items);
            return;
        }
    write_integers(stream, items);
}
