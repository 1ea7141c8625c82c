/* memory.h: all memory of the library comes from here, through the host's
 * allocator; nothing here ends the process or sets the last error. */
#ifndef SM_MEMORY_H
#define SM_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* malloc, calloc and realloc over count elements of size bytes: NULL when
 * memory runs out or count * size overflows. 0 bytes give a valid pointer. */
void *sm_alloc(size_t size);
void *sm_alloc_array(size_t count, size_t size);
void *sm_calloc(size_t count, size_t size);
void *sm_realloc_array(void *pointer, size_t count, size_t size);
void sm_free(void *pointer);

/* Aligned at 64 bytes; to be freed by sm_aligned_free alone. */
void *sm_aligned_array(size_t count, size_t size);
void *sm_aligned_calloc(size_t count, size_t size);
void sm_aligned_free(void *pointer);

/*
 * Grows a buffer of *capacity elements to hold at least `wanted`, by doubling.
 * Returns the buffer, or NULL with the old one untouched.
 */
void *sm_grow(void *pointer, size_t *capacity, size_t wanted, size_t size);

/* The same by an eighth, for large buffers that stay: they are moved more often
 * and have less that is empty. */
void *sm_grow_by_part(void *pointer, size_t *capacity, size_t wanted,
                      size_t size);

/*
 * Each public handle announces itself here, so that the allocator and the log
 * cannot change under it.
 */
void sm_handle_created(void);
void sm_handle_freed(void);

/* Whether a handle exists: hooks may not change. */
bool sm_handles_exist(void);

#endif
