/* index_kmeans.h: spherical k-means, which chooses the centroids of the
 * lists. */
#ifndef SM_INDEX_KMEANS_H
#define SM_INDEX_KMEANS_H

#include "index/index_centroids.h"

/*
 * Fills in and finishes the centroids, of length 1, from vectors[count][dim],
 * count at least nlist and less than 2^32. The same for any number of threads.
 */
sm_status sm_kmeans(sm_centroids *centroids, const sm_kernels *kernels,
                    sm_pool *pool, uint64_t seed, const float *vectors,
                    size_t count);

#endif
