/* sides.h: work on the query tower and on the item tower, at once where there
 * are threads for both. */
#ifndef SM_SIDES_H
#define SM_SIDES_H

#include "common/pool.h"

enum { SM_SIDE_QUERY, SM_SIDE_ITEM, SM_SIDES };

/* What is done for a side: with a tower and a pass of its own, so that nothing
 * depends on the other side. It may use the pool. */
typedef sm_status (*sm_side_fn)(void *context, size_t side);

/*
 * Runs fn for side 0 .. sides - 1: at once, or one after the other on a pool of
 * one thread or with a team, whose ranks meet in one order. The caller begins
 * with the item side, whose texts are the longer ones: a thread that is done
 * with the query side helps it.
 */
sm_status sm_each_side(sm_pool *pool, size_t sides, sm_side_fn fn,
                       void *context);

#endif
