/* index_group.h: a group of queries searched together: each list is read once
 * for all queries that want it, so that its vectors are scored from the
 * cache. */
#ifndef SM_INDEX_GROUP_H
#define SM_INDEX_GROUP_H

#include "index/index_call.h"

/* How many queries to take together, for a search of this many lists. */
size_t sm_group_size(const sm_search *search, size_t threads);

/* Rows begin .. end - 1 of the call. */
sm_status sm_group_search(const sm_search *search, size_t begin, size_t end);

#endif
