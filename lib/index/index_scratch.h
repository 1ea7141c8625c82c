/* index_scratch.h: the memory that a search works in, kept from search to
 * search so that a search like one before needs none. */
#ifndef SM_INDEX_SCRATCH_H
#define SM_INDEX_SCRATCH_H

#include <pthread.h>

#include "common/status.h"

typedef struct sm_scratch {
    struct sm_scratch *next;
    char *memory; /* aligned at 64 bytes */
    size_t size;
} sm_scratch;

/* Those that no search works in. */
typedef struct sm_scratch_list {
    pthread_mutex_t lock;
    sm_scratch *first;
} sm_scratch_list;

void sm_scratch_list_init(sm_scratch_list *list);
void sm_scratch_list_destroy(sm_scratch_list *list);

/* One of at least so many bytes, from any thread; to be given back. */
sm_status sm_scratch_take(sm_scratch_list *list, size_t bytes,
                          sm_scratch **out);
void sm_scratch_give(sm_scratch_list *list, sm_scratch *scratch);

#endif
