/*
 * cli_npy.h: NumPy's .npy files, as numpy.save and load have them, to floats
 * in memory and back. The verbs that write vectors or read weights call it.
 */
#ifndef CLI_NPY_H
#define CLI_NPY_H

#include <stddef.h>
#include <stdio.h>

enum { CLI_NPY_MAX_RANK = 4 };

typedef struct cli_npy {
    size_t rank;
    size_t shape[CLI_NPY_MAX_RANK];
    size_t count;  /* numbers in all */
    float *values; /* row-major, to be freed */
} cli_npy;

/*
 * Reads what numpy writes of real numbers, as float32: floats of 2, 4, 8 and 16
 * bytes, integers and bools, of either byte order, in rows or columns, in
 * formats 1.0 to 3.0. Rank 0 is one number. Rounds as C does; a number that
 * float32 cannot hold, and all that is not such a file, fails naming the file.
 */
void cli_npy_read(const char *path, cli_npy *array);

/* "(1001, 8)" into buf. */
void cli_npy_shape_text(const size_t *shape, size_t rank, char *buf,
                        size_t size);

/*
 * The header of an array of `type`, e.g. "<f4", "<i8" or "<U12"; the numbers
 * are written behind it with cli_output_write.
 */
void cli_npy_write_header(FILE *stream, const char *type, const size_t *shape,
                          size_t rank);

/* A whole float32 array to an output of its own. */
void cli_npy_write(const char *path, const float *values, const size_t *shape,
                   size_t rank);

#endif
