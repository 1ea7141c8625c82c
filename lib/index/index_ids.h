/* index_ids.h: vectors by their ids, for the floors above, without memory of
 * their own. */
#ifndef SM_INDEX_IDS_H
#define SM_INDEX_IDS_H

#include "common/status.h"

/*
 * The vectors of ids[count] that the index has, one behind the other, into
 * out[count + 1][dim], which has room for one more: *found of them. Of an id
 * with several it is the one that compares lowest.
 */
sm_status sm_index_vectors_of(const siamese_index *index, const int64_t *ids,
                              size_t count, float *out, size_t *found);

/* An id below `end` that stands for several vectors into *id; -1: there is
 * none. Takes a bit for each number below `end` meanwhile. */
sm_status sm_index_find_repeated(const siamese_index *index, int64_t end,
                                 int64_t *id);

#endif
