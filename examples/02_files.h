/* The files of 02: text and numpy arrays, whole, or the end of the program. */
#ifndef FILES_H
#define FILES_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* The bytes of FOLDER/NAME, to be freed, with a NUL behind them. */
static char *read_file(const char *folder, const char *name, size_t *size)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const file = fopen(path, "rb");
    long const length = file && !fseek(file, 0, SEEK_END) ? ftell(file) : -1;
    if (length < 0) fail(path, "cannot be opened");
    char *const bytes = malloc((size_t)length + 1);
    rewind(file);
    if (!bytes || fread(bytes, 1, (size_t)length, file) != (size_t)length)
        fail(path, "cannot be read");
    fclose(file);
    bytes[length] = '\0';
    *size = (size_t)length;
    return bytes;
}

/* The numbers of a float32 array in C order, to be freed. In the file: magic
 * and version in 8 bytes, the header's size in 2, the header, the numbers. */
static float *read_npy(const char *folder, const char *name, size_t *count)
{
    size_t size, start = 10;
    char *const bytes = read_file(folder, name, &size);
    const unsigned char *const b = (const unsigned char *)bytes;
    if (size < start || memcmp(bytes, "\x93NUMPY\1", 7) != 0)
        fail(name, "is not an .npy file of version 1");
    start += b[8] + 256u * b[9];
    if (start > size || !strstr(bytes + 10, "'<f4'") ||
        !strstr(bytes + 10, "'fortran_order': False"))
        fail(name, "is not a float32 array in C order");
    float *const numbers = malloc(size - start + 1);
    if (!numbers) fail(name, "needs more memory than there is");
    memcpy(numbers, bytes + start, size - start);
    *count = (size - start) / sizeof *numbers;
    free(bytes);
    return numbers;
}

#endif
