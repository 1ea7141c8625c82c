/* arena.h: arrays one after the other in one block of memory, laid out by the
 * same calls twice: once to learn the size, once in the memory. */
#ifndef SM_ARENA_H
#define SM_ARENA_H

#include <stddef.h>

/* Begins as {memory, 0}; without memory only `used` counts, SIZE_MAX once that
 * is too much. */
typedef struct sm_arena {
    char *memory;
    size_t used;
} sm_arena;

/* The next array, aligned at 64 bytes as the memory is; NULL without memory. */
void *sm_arena_array(sm_arena *arena, size_t count, size_t size);

#endif
