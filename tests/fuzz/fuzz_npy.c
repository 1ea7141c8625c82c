/*
 * fuzz_npy.c: the command's reader of .npy files: any bytes in, refused or
 * read. What was read has the shape that is told, is no larger than what the
 * file holds, and written as float32 is read again as the same bits.
 */
#include "fuzz/support/command.h"

#include "data/cli_npy.h"

enum { MOST_VALUES = 1 << 14, HEADER = 256 };

typedef struct reading {
    const char *path;
    size_t rank, shape[CLI_NPY_MAX_RANK], count;
    float values[MOST_VALUES];
} reading;

static void read_file(void *user)
{
    reading *const r = user;
    cli_npy array;
    cli_npy_read(r->path, &array);
    r->rank = array.rank;
    r->count = array.count;
    memcpy(r->shape, array.shape, sizeof r->shape);
    if (array.count <= MOST_VALUES)
        memcpy(r->values, array.values, array.count * sizeof *array.values);
    free(array.values);
}

/* Format 1.0, as the specification of NumPy has it. */
static size_t write_file(const reading *r, uint8_t *to)
{
    char shape[128] = "", header[HEADER];
    for (size_t i = 0; i < r->rank; i++)
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%zu, ",
                 r->shape[i]);
    size_t const size = (size_t)snprintf(
        header, sizeof header,
        "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }\n", shape);
    memcpy(to, "\x93NUMPY\1\0", 8);
    to[8] = (uint8_t)size;
    to[9] = (uint8_t)(size >> 8);
    memcpy(to + 10, header, size);
    memcpy(to + 10 + size, r->values, r->count * sizeof *r->values);
    return 10 + size + r->count * sizeof *r->values;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static reading first, second;
    static uint8_t written[sizeof(float) * MOST_VALUES + HEADER + 16];
    first.path = memory_file(0, data, size);
    if (command_run(read_file, &first) != COMMAND_DONE) {
        fuzz_require(strstr(command_message(), first.path));
        return 0;
    }
    size_t product = 1;
    fuzz_require(first.rank <= CLI_NPY_MAX_RANK);
    for (size_t i = 0; i < first.rank; i++) product *= first.shape[i];
    fuzz_require(product == first.count && first.count <= size);
    if (first.count > MOST_VALUES) return 0;
    second.path = memory_file(1, written, write_file(&first, written));
    fuzz_require(command_run(read_file, &second) == COMMAND_DONE);
    fuzz_require(first.count == second.count && first.rank == second.rank);
    fuzz_require(memcmp(first.shape, second.shape,
                        first.rank * sizeof *first.shape) == 0);
    fuzz_require(memcmp(first.values, second.values,
                        first.count * sizeof *first.values) == 0);
    return 0;
}
