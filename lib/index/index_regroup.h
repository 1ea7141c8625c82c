/* index_regroup.h: what lists hold, in other lists: of other centroids, or in
 * memory instead of a file. For index_train and index_update, which hold the
 * index's lock. */
#ifndef SM_INDEX_REGROUP_H
#define SM_INDEX_REGROUP_H

#include "index/index_lists.h"

/* Called between blocks of work with the share that is done; what it returns
 * other than SIAMESE_OK ends the work. */
typedef struct sm_pause {
    sm_status (*call)(void *context, double done);
    void *context;
} sm_pause;

/* What `from` holds, in memory in new lists of these centroids, or as it lies
 * if they are its own; pause: NULL for none. */
sm_status sm_lists_regroup(sm_lists **out, const sm_lists *from,
                           sm_centroids *centroids, sm_pool *pool,
                           const sm_pause *pause);

#endif
