/*
 * index_train.c: sample vectors in, lists chosen and the index ready for
 * adding. For hosts, and for an index that trains itself.
 *
 * K-means, then what the index holds moves into new lists, which take the place
 * of the old ones at once.
 */
#include <limits.h>

#include "common/memory.h"
#include "index/index_handle.h"
#include "index/index_kmeans.h"
#include "index/index_options.h"
#include "index/index_update.h"
#include "index/index_vectors.h"

static sm_status choose_centroids(sm_centroids **out,
                                  const siamese_index *index, size_t nlist,
                                  const float *vectors, size_t count)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    SM_TRY(sm_centroids_create(&centroids, nlist, index->dim));
    if (nlist > 1)
        SM_TRY(sm_kmeans(centroids, index->kernels, index->pool,
                         index->options.seed, vectors, count));
    *out = centroids;
    centroids = NULL;
out:
    sm_centroids_release(centroids);
    return status;
}

/* ---- into new lists ---- */

/* The vectors move while searches go on; only when some came or went meanwhile
 * they move once more with the index locked. */
static sm_status use_centroids(siamese_index *index, sm_centroids *centroids)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    sm_index_lock_read(index);
    uint64_t const seen = index->changes;
    status = sm_lists_regroup(&lists, index->lists, centroids, index->pool);
    sm_index_unlock(index);
    if (status != SIAMESE_OK) return status;

    sm_index_lock_write(index);
    if (index->changes != seen) {
        sm_lists_free(lists);
        lists = NULL;
        SM_TRY(sm_lists_regroup(&lists, index->lists, centroids, index->pool));
    }
    sm_lists_set_nprobe(
        lists, sm_index_choose_nprobe(&index->options, centroids->nlist));
    lists = sm_index_swap_lists(index, lists);
out:
    sm_index_unlock(index);
    sm_lists_free(lists);
    return status;
}

siamese_status siamese_index_train(siamese_index *index, const float *vectors,
                                   size_t count)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    const float *stored;
    sm_centroids *centroids = NULL;
    SM_CHECK(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_CHECK(count <= INT_MAX, SIAMESE_E_LIMIT,
             "count: %zu vectors are more than %d", count, INT_MAX);
    SM_CHECK(count >= index->options.nlist, SIAMESE_E_ARGUMENT,
             "nlist: %zu lists are more than the %zu vectors of count",
             index->options.nlist, count);
    SM_TRY(sm_index_stored_form(index, vectors, count, &copy, &stored));
    SM_TRY(choose_centroids(&centroids, index,
                            sm_index_choose_nlist(&index->options, count),
                            stored, count));
    SM_TRY(use_centroids(index, centroids));
out:
    sm_centroids_release(centroids);
    sm_aligned_free(copy);
    return status;
}
