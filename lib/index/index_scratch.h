/* index_scratch.h: the memory that a search works in, kept from search to
 * search so that a search like one before needs none. */
#ifndef SM_INDEX_SCRATCH_H
#define SM_INDEX_SCRATCH_H

#include "common/lending.h"

typedef struct sm_scratch {
    sm_lent lent;
    char *memory; /* aligned at 64 bytes */
    size_t size;
} sm_scratch;

/* For sm_lending_destroy. */
void sm_scratch_discard(sm_lent *lent);

/* One of at least so many bytes, from any thread; to be given back. */
sm_status sm_scratch_take(sm_lending *list, size_t bytes, sm_scratch **out);
void sm_scratch_give(sm_lending *list, sm_scratch *scratch);

#endif
