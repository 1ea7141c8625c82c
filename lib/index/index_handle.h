/* index_handle.h: the index handle: what it is made of, who guards what. */
#ifndef SM_INDEX_HANDLE_H
#define SM_INDEX_HANDLE_H

#include <stdbool.h>

#include "common/platform.h"
#include "common/pool.h"
#include "common/reference.h"
#include "index/index_lists.h"
#include "index/index_scratch.h"

struct siamese_index {
    sm_references references;
    siamese_index_options options; /* as given; of them nprobe may change, under
                                    * the lock */
    size_t dim;
    const sm_kernels *kernels;
    const sm_bound_kernels *bounds; /* of codes; NULL: vectors have none */
    sm_pool *pool;

    /*
     * Searches hold it for reading; add, remove and train for writing while
     * they change what stands below. A writer that waits goes before new
     * readers.
     */
    sm_rwlock lock;
    sm_lists *lists;
    uint64_t changes;    /* of what the lists hold */
    uint64_t generation; /* of the lists themselves */

    pthread_mutex_t views_lock; /* of lists->views, for those who read */

    sm_lending scratches;
};

/* A const index is locked too: hosts hold no other than created ones. */
siamese_index *sm_index_lock_read(const siamese_index *index);
void sm_index_lock_write(siamese_index *index);
void sm_index_unlock(const siamese_index *index);

/* Untrained and empty; takes the options as sm_options_read left them. */
sm_status sm_index_make(siamese_index **out, size_t dim,
                        const siamese_index_options *options);

/* Another reference to the handle, to be freed by siamese_index_free. */
siamese_index *sm_index_reference(siamese_index *index);

/* Under the write lock: other lists in place of those; returns the old ones. */
sm_lists *sm_index_swap_lists(siamese_index *index, sm_lists *lists);

bool sm_index_normalises(const siamese_index *index);

#endif
