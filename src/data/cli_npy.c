/* cli_npy.c: numbers in, a .npy file out, and back. For embed, export, import
 * and bench. */
#include "data/cli_npy.h"

#include "shell/cli_output.h"

enum { ALIGNMENT = 64 };

void cli_npy_shape_text(const size_t *shape, size_t rank, char *buf,
                        size_t size)
{
    size_t used = (size_t)snprintf(buf, size, "(");

    for (size_t i = 0; i < rank && used < size; i++)
        used += (size_t)snprintf(buf + used, size - used, "%s%zu",
                                 i ? ", " : "", shape[i]);
    if (used < size)
        snprintf(buf + used, size - used, "%s", rank == 1 ? ",)" : ")");
}

void cli_npy_write_header(FILE *stream, const char *type, const size_t *shape,
                          size_t rank)
{
    char shape_text[128], header[256];
    unsigned char magic[10] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};

    cli_npy_shape_text(shape, rank, shape_text, sizeof shape_text);
    size_t size = (size_t)snprintf(
        header, sizeof header,
        "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type,
        shape_text);
    while ((sizeof magic + size + 1) % ALIGNMENT != 0) header[size++] = ' ';
    header[size++] = '\n';
    magic[8] = (unsigned char)(size & 0xff);
    magic[9] = (unsigned char)(size >> 8);
    cli_output_write(stream, magic, sizeof magic);
    cli_output_write(stream, header, size);
}

void cli_npy_write(const char *path, const float *values, const size_t *shape,
                   size_t rank)
{
    FILE *const stream = cli_output_open(path);
    size_t count = 1;

    for (size_t i = 0; i < rank; i++) count *= shape[i];
    cli_npy_write_header(stream, "<f4", shape, rank);
    cli_output_write(stream, values, count * sizeof *values);
}
