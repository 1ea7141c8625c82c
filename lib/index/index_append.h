/* index_append.h: vectors and the lists they belong to in, taken into the lists
 * by all threads of a pool. For all who fill lists; nothing here locks. */
#ifndef SM_INDEX_APPEND_H
#define SM_INDEX_APPEND_H

#include "common/pool.h"
#include "index/index_lists.h"

/* The memory that appending works in; whoever has it appends without fail. */
typedef struct sm_appender {
    sm_pool *pool;
    bool normalises;   /* vectors come as they are and stay at length 1 */
    size_t most;       /* vectors of a call */
    size_t some;       /* vectors that a thread prepares at once */
    void *memory;      /* of all that follows */
    float *vectors;    /* [threads][some][dim] of length 1, if it normalises */
    sm_code_rows rows; /* [threads][some], if the lists have codes */
} sm_appender;

/* For lists of a dim, with codes or without, which may be others by the time of
 * a call; to be freed after a failure too. */
sm_status sm_appender_create(sm_appender *a, const sm_lists *lists,
                             sm_pool *pool, bool normalises, size_t most);
void sm_appender_free(sm_appender *a);

/*
 * Appends vectors[count][dim] to the lists list_of[count], which have room for
 * them, in this order, whatever the number of threads. list_of is used up: it
 * has their places afterwards.
 */
void sm_lists_append(sm_lists *lists, sm_appender *a, const int64_t *ids,
                     const float *vectors, int64_t *list_of, size_t count);

#endif
