/* index_centroids.h: the centroids of an index's lists, and which of them a
 * vector belongs to. */
#ifndef SM_INDEX_CENTROIDS_H
#define SM_INDEX_CENTROIDS_H

#include "common/pool.h"
#include "common/reference.h"
#include "common/status.h"
#include "math/kernels.h"

/*
 * The direction of a centroid says which vectors belong to its list; its inner
 * product with a query, about the best that the list can give: it is as long
 * as the longest vector that the list had in training, for a centroid of length
 * 1 would pass over lists of long vectors. Both are of the centroid alone, not
 * of what the list holds, so that indexes that share centroids agree.
 *
 * Never changed once filled in, so it may be read without the index's lock.
 */
typedef struct sm_centroids {
    sm_references references;
    size_t nlist, dim;
    float *values; /* [nlist][dim]; one list: zeros */
    float *strips; /* of length 1, for products of matrices; set by finish, */
    const sm_kernels *kernels; /* by these kernels */
} sm_centroids;

/* All zeros, with one reference. */
sm_status sm_centroids_create(sm_centroids **out, size_t nlist, size_t dim);
void sm_centroids_release(sm_centroids *centroids);

/* To be called when the values have been filled in, before vectors are
 * assigned. */
sm_status sm_centroids_finish(sm_centroids *centroids,
                              const sm_kernels *kernels);

/* Makes centroids of length 1 as long as lengths[nlist] are; where one is not
 * known, 0 or less, as the longest of all. To be finished afterwards. */
void sm_centroids_stretch(sm_centroids *centroids, const float *lengths);

/*
 * list_of[count]: for each of vectors[count][dim] the list whose centroid's
 * direction scores highest against it, of equal ones the first. With
 * rows[count] not NULL vector i is vectors[rows[i]], and with `unit` it is
 * brought to length 1. The same for a vector alone and among any others.
 */
sm_status sm_centroids_assign(const sm_centroids *centroids, sm_pool *pool,
                              const float *vectors, const uint32_t *rows,
                              bool unit, size_t count, int64_t *list_of);

#endif
