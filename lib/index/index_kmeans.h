/* index_kmeans.h: spherical k-means, which chooses the centroids of the
 * lists. */
#ifndef SM_INDEX_KMEANS_H
#define SM_INDEX_KMEANS_H

#include "index/index_centroids.h"
#include "index/index_progress.h"

/* vectors[count][dim], count less than 2^32. */
typedef struct sm_kmeans_sample {
    const float *vectors;
    size_t count;
    bool unit; /* they are taken as of length 1, whatever they are */
} sm_kmeans_sample;

/*
 * Fills in and finishes the centroids from at least as many vectors. The same
 * for any number of threads. progress: told after each iteration, and may end
 * it.
 */
sm_status sm_kmeans(sm_centroids *centroids, const sm_kernels *kernels,
                    sm_pool *pool, uint64_t seed,
                    const sm_kmeans_sample *sample,
                    const sm_index_progress *progress);

#endif
