/* arena.c: a block, or none yet, and sizes in, arrays in it out. For the
 * scratch of searches. */
#include "common/arena.h"

#include <stdint.h>

#include "common/assert.h"
#include "common/size.h"

enum { ALIGNMENT = 64 };

void *sm_arena_array(sm_arena *arena, size_t count, size_t size)
{
    size_t bytes, begin = arena->used;
    sm_assert((uintptr_t)arena->memory % ALIGNMENT == 0);
    if (!sm_size_multiply(count, size, &bytes) ||
        !sm_size_add(begin, bytes, &arena->used) ||
        !sm_size_add(arena->used, ALIGNMENT - 1, &arena->used)) {
        arena->used = SIZE_MAX;
        return NULL;
    }
    arena->used -= arena->used % ALIGNMENT;
    return arena->memory ? arena->memory + begin : NULL;
}
