/* memory_file.h: bytes as a file that is in no folder, for readers that want a
 * path. */
#ifndef MEMORY_FILE_H
#define MEMORY_FILE_H

#include <stddef.h>

enum { MEMORY_FILES = 4 };

/* A file of data[size], which the next call with this number writes anew: a
 * name to open it by. */
const char *memory_file(size_t number, const void *data, size_t size);

#endif
