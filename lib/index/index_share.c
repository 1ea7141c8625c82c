/* index_share.c: the centroids of an index out, and into an index without
 * vectors, so that several have the same lists. For hosts. */
#include <string.h>

#include "common/room.h"
#include "index/index_handle.h"
#include "index/index_options.h"
#include "index/index_vectors.h"

siamese_status siamese_index_get_centroids(const siamese_index *index,
                                           float *out, size_t capacity,
                                           size_t *needed)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    const sm_centroids *const centroids =
        sm_index_lock_read(index)->lists->centroids;
    size_t const numbers = centroids->nlist * centroids->dim;
    sm_status const status = sm_room("out", out, capacity, numbers, needed);
    if (status == SIAMESE_OK)
        memcpy(out, centroids->values, numbers * sizeof *out);
    sm_index_unlock(index);
    return status;
}

/* The given ones, finished; one list needs none. */
static sm_status make_centroids(sm_centroids **out, const siamese_index *index,
                                const float *values, size_t nlist)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    SM_TRY(sm_centroids_create(&centroids, nlist, index->dim));
    if (nlist > 1)
        memcpy(centroids->values, values, nlist * index->dim * sizeof *values);
    SM_TRY(sm_centroids_finish(centroids, index->kernels));
    *out = centroids;
    centroids = NULL;
out:
    sm_centroids_release(centroids);
    return status;
}

/* New lists without vectors, in place of such. */
static sm_status use(siamese_index *index, sm_lists **lists, size_t nlist)
{
    sm_status status = SIAMESE_OK;
    sm_index_lock_write(index);
    SM_CHECK(index->lists->count == 0, SIAMESE_E_STATE,
             "index: it holds %zu vectors, and centroids are set before there "
             "are any",
             index->lists->count);
    sm_lists_set_nprobe(*lists, sm_index_choose_nprobe(&index->options, nlist));
    *lists = sm_index_swap_lists(index, *lists);
out:
    sm_index_unlock(index);
    return status;
}

siamese_status siamese_index_set_centroids(siamese_index *index,
                                           const float *centroids, size_t nlist,
                                           size_t dim)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *own = NULL;
    sm_lists *lists = NULL;
    sm_faiss_region region;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(dim == index->dim, SIAMESE_E_ARGUMENT,
               "dim: %zu is not that of the index, %zu", dim, index->dim);
    SM_REQUIRE(nlist >= 1 && nlist <= SM_INDEX_MOST_LISTS, SIAMESE_E_ARGUMENT,
               "nlist: %zu is not in 1 .. %d", nlist, SM_INDEX_MOST_LISTS);
    SM_REQUIRE(index->options.nlist == 0 || nlist == index->options.nlist,
               SIAMESE_E_ARGUMENT,
               "nlist: %zu centroids are not those of the option, %zu", nlist,
               index->options.nlist);
    SM_REQUIRE(centroids != NULL, SIAMESE_E_ARGUMENT, "centroids: is NULL");
    SM_RETURN_IF_ERROR(
        sm_vectors_check("centroids", centroids, nlist, dim, false));
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    SM_TRY(make_centroids(&own, index, centroids, nlist));
    SM_TRY(sm_lists_create(&lists, own, index->bounds));
    SM_TRY(use(index, &lists, nlist));
out:
    sm_lists_release(lists);
    sm_centroids_release(own);
    sm_faiss_leave(&region);
    return status;
}
