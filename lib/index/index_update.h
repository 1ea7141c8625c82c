/* index_update.h: adding, removing and giving back vectors, in the public
 * header, and both at once; and the form in which vectors are stored. */
#ifndef SM_INDEX_UPDATE_H
#define SM_INDEX_UPDATE_H

#include "index/index_handle.h"

/* That vectors[count][dim] are such as an index holds. */
sm_status sm_index_check_vectors(const siamese_index *index,
                                 const float *vectors, size_t count);

/* Vectors that come and ids that go, at one moment. */
typedef struct sm_index_replacement {
    const int64_t *ids;   /* [count], each >= 0 */
    const float *vectors; /* [count][dim], as a host gives them */
    size_t count;
    const int64_t *removed; /* [removed_count]; all vectors of these go */
    size_t removed_count;
    /* Called under the lock once both is done and cannot fail any more, so that
     * what belongs to the ids changes with them; NULL: nothing does. */
    void (*commit)(void *context);
    void *context;
} sm_index_replacement;

/* All of it, or a failure and none. */
sm_status sm_index_replace(siamese_index *index,
                           const sm_index_replacement *wanted);

#endif
