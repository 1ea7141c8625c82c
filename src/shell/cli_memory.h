/*
 * cli_memory.h: memory that is there, or the command ends with a message, so
 * that no caller has to look. Texts are made here too.
 */
#ifndef CLI_MEMORY_H
#define CLI_MEMORY_H

#include <stddef.h>

/* count * size bytes, zeroed. */
void *cli_alloc(size_t count, size_t size);

/* As realloc to count * size bytes; what is new is not zeroed. */
void *cli_resize(void *pointer, size_t count, size_t size);

/*
 * Room for one more element behind `count` in an array that holds *capacity of
 * them: gives the array, moved if need be, and grows by half each time.
 */
void *cli_grow(void *pointer, size_t count, size_t *capacity, size_t size);

/* The most bytes of memory that the process has held at once so far. */
size_t cli_memory_peak(void);

/* printf into new memory, to be freed. */
char *cli_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
