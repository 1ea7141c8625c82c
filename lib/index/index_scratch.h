/* index_scratch.h: the memory that a search works in, kept from search to search so
 * that a search like one before needs none. */
#ifndef SM_INDEX_SCRATCH_H
#define SM_INDEX_SCRATCH_H

#include "index/index_handle.h"

typedef struct sm_scratch {
    struct sm_scratch *next;
    char *memory;
    size_t size;
} sm_scratch;

/* Arrays one after the other in a block of memory, each aligned at 64 bytes. Without
 * memory only `used` counts, SIZE_MAX if that is too much. */
typedef struct sm_layout {
    char *memory;
    size_t used;
} sm_layout;

void *sm_layout_array(sm_layout *layout, size_t count, size_t size);

/* One of at least so many bytes. */
sm_status sm_scratch_take(siamese_index *index, size_t bytes,
                          sm_scratch **out);
void sm_scratch_give(siamese_index *index, sm_scratch *scratch);
void sm_scratch_free(sm_scratch *scratch);

#endif
