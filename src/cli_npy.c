#include "cli_npy.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_output.h"

enum { MAX_HEADER = 4096, ALIGNMENT = 64 };

/* ------------------------------------------------------------------------- */
/* Writing                                                                   */
/* ------------------------------------------------------------------------- */

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

/* ------------------------------------------------------------------------- */
/* Reading                                                                   */
/* ------------------------------------------------------------------------- */

typedef struct npy_file {
    const char *path;
    FILE *stream;
    char header[MAX_HEADER + 1];
    size_t item_size;
    int is_fortran;
} npy_file;

static void read_bytes(npy_file *file, void *data, size_t size)
{
    if (fread(data, 1, size, file->stream) == size) return;
    if (ferror(file->stream))
        cli_fail("cannot read %s: %s", file->path, strerror(errno));
    cli_fail("%s: the file ends too early", file->path);
}

static void read_header(npy_file *file)
{
    unsigned char magic[12];
    size_t size;

    read_bytes(file, magic, 10);
    if (memcmp(magic, "\x93NUMPY", 6) != 0)
        cli_fail("%s: this is not a .npy file", file->path);
    size = magic[8] | (size_t)magic[9] << 8;
    if (magic[6] > 1) { /* format 2.0 and 3.0 have four bytes of length */
        read_bytes(file, magic + 10, 2);
        size |= (size_t)magic[10] << 16 | (size_t)magic[11] << 24;
    }
    if (size > MAX_HEADER) cli_fail("%s: its header is too long", file->path);
    read_bytes(file, file->header, size);
    file->header[size] = '\0';
}

/* What stands behind 'key': in the header. */
static const char *value_of(const npy_file *file, const char *key)
{
    const char *at = strstr(file->header, key);

    if (at && (at = strchr(at, ':'))) return at + 1 + strspn(at + 1, " ");
    cli_fail("%s: its header has no %s", file->path, key);
}

static void parse_shape(const npy_file *file, cli_npy *array)
{
    const char *at = value_of(file, "'shape'");
    char *end;

    array->rank = 0;
    array->count = 1;
    if (*at++ != '(') cli_fail("%s: its header has no shape", file->path);
    for (at += strspn(at, " "); *at != ')'; at += strspn(at, " ,")) {
        errno = 0;
        unsigned long long const n = strtoull(at, &end, 10);
        if (end == at || *at == '-' || errno || array->rank == CLI_NPY_MAX_RANK)
            cli_fail("%s: its shape is not one of 1 to %d numbers", file->path,
                     CLI_NPY_MAX_RANK);
        if (__builtin_mul_overflow(array->count, n, &array->count) ||
            array->count > SIZE_MAX / 16)
            cli_fail("%s: its shape is too large", file->path);
        array->shape[array->rank++] = (size_t)n;
        at = end;
    }
}

static void parse_header(npy_file *file, cli_npy *array)
{
    const char *const type = value_of(file, "'descr'");

    if (strncmp(type, "'<f4'", 5) == 0)
        file->item_size = 4;
    else if (strncmp(type, "'<f8'", 5) == 0)
        file->item_size = 8;
    else
        cli_fail("%s: its numbers are %.*s; float32 or float64 is expected",
                 file->path, (int)strcspn(type, ","), type);
    file->is_fortran =
        strncmp(value_of(file, "'fortran_order'"), "True", 4) == 0;
    parse_shape(file, array);
    if (file->is_fortran && array->rank > 2)
        cli_fail("%s: Fortran order of more than two axes is not read",
                 file->path);
}

/* That the numbers are all there is known before memory is asked for. */
static void check_size(const npy_file *file, const cli_npy *array)
{
    long const begin = ftell(file->stream);

    if (begin < 0 || fseek(file->stream, 0, SEEK_END) != 0)
        cli_fail("cannot read %s: %s", file->path, strerror(errno));
    long const end = ftell(file->stream);
    size_t const expected = array->count * file->item_size;
    if (end < begin || (size_t)(end - begin) != expected)
        cli_fail("%s: %ld bytes of numbers, its header says %zu", file->path,
                 end - begin, expected);
    fseek(file->stream, begin, SEEK_SET);
}

static void read_values(npy_file *file, cli_npy *array)
{
    size_t const columns = array->rank == 2 ? array->shape[1] : 1;
    size_t const rows = columns ? array->count / columns : 0;

    array->values = cli_alloc(array->count, sizeof *array->values);
    if (file->item_size == sizeof *array->values && !file->is_fortran) {
        read_bytes(file, array->values, array->count * sizeof *array->values);
        return;
    }
    for (size_t i = 0; i < array->count; i++) {
        size_t const to = file->is_fortran ? i % rows * columns + i / rows : i;
        if (file->item_size == 8) {
            double value;
            read_bytes(file, &value, sizeof value);
            array->values[to] = (float)value;
        } else {
            read_bytes(file, &array->values[to], sizeof *array->values);
        }
    }
}

void cli_npy_read(const char *path, cli_npy *array)
{
    npy_file file = {.path = path, .stream = fopen(path, "rb")};

    if (!file.stream) cli_fail("cannot read %s: %s", path, strerror(errno));
    read_header(&file);
    parse_header(&file, array);
    check_size(&file, array);
    read_values(&file, array);
    fclose(file.stream);
}
