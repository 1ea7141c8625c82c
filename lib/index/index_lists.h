/* index_lists.h: the vectors of an index in FAISS's lists, and the centroids that
 * say which list a vector belongs to. Nothing here locks. */
#ifndef SM_INDEX_LISTS_H
#define SM_INDEX_LISTS_H

#include "common/pool.h"
#include "common/reference.h"
#include "common/status.h"
#include "index/index_faiss.h"

/* Never changed once filled in, so it may be read without the index's lock. */
typedef struct sm_centroids {
    sm_references references;
    size_t nlist, dim;
    float *values; /* [nlist][dim], of length 1; one list: zeros */
} sm_centroids;

/* All zeros, with one reference. */
sm_status sm_centroids_create(sm_centroids **out, size_t nlist, size_t dim);
void sm_centroids_release(sm_centroids *centroids);

/*
 * lists[nprobe]: those whose centroids score highest against the vector, best
 * first, equal ones by lower number; scores[nprobe] is for use on the way. With
 * nprobe = nlist they are all the lists, in any order.
 */
void sm_centroids_probe(const sm_centroids *centroids,
                        const sm_kernels *kernels, const float *vector,
                        size_t nprobe, float *scores, int64_t *lists);

/* list_of[count]: the best list of each of vectors[count][dim]. */
sm_status sm_centroids_assign(const sm_centroids *centroids,
                              const sm_kernels *kernels, sm_pool *pool,
                              const float *vectors, size_t count,
                              int64_t *list_of);

typedef struct sm_lists {
    sm_centroids *centroids;
    FaissIndexIVFFlat *faiss;
    size_t count; /* vectors held */
} sm_lists;

/* Empty, with a reference of its own to the centroids. nprobe is what other
 * programs find in an export. */
sm_status sm_lists_create(sm_lists **out, sm_centroids *centroids,
                          size_t nprobe);
void sm_lists_free(sm_lists *lists);

/* Makes room for added[nlist] more in each list; appending them cannot fail. */
sm_status sm_lists_reserve(sm_lists *lists, const size_t *added);

/* Appends vectors[count][dim] to the lists list_of[count], in this order. */
sm_status sm_lists_append(sm_lists *lists, const sm_kernels *kernels,
                          const int64_t *ids, const float *vectors,
                          const int64_t *list_of, size_t count);

/* What `from` holds, in new lists of these centroids. */
sm_status sm_lists_regroup(sm_lists **out, const sm_lists *from,
                           sm_centroids *centroids, size_t nprobe,
                           const sm_kernels *kernels, sm_pool *pool);

#endif
