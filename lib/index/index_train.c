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
#include "index/index_regroup.h"
#include "index/index_update.h"

enum { MOST_TRIES = 2 };

/* The share of the work that k-means is, and the rest is moving. */
#define KMEANS_SHARE 0.7

static sm_status choose_centroids(sm_centroids **out,
                                  const siamese_index *index,
                                  const sm_kmeans_sample *sample,
                                  const sm_index_progress *progress)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    size_t const nlist = sm_index_choose_nlist(&index->options, sample->count);
    SM_TRY(sm_centroids_create(&centroids, nlist, index->dim));
    if (nlist > 1)
        SM_TRY(sm_kmeans(centroids, index->kernels, index->pool,
                         index->options.seed, sample, progress));
    *out = centroids;
    centroids = NULL;
out:
    sm_centroids_release(centroids);
    return status;
}

/* ---- into new lists ---- */

/* A move that lets go of the lock between blocks, to tell how far it is. */
typedef struct move {
    siamese_index *index;
    const sm_index_progress *progress;
    uint64_t seen; /* the index's changes when it began */
    bool stale;    /* there were others meanwhile */
} move;

static sm_status pause_move(void *context, double done)
{
    move *const m = context;
    sm_index_unlock(m->index);
    sm_status const status = sm_index_tell(m->progress, done);
    sm_index_lock_read(m->index);
    m->stale = m->index->changes != m->seen;
    return status != SIAMESE_OK ? status
           : m->stale           ? SIAMESE_E_STATE
                                : SIAMESE_OK;
}

/* Moves what is there into *lists, with searches going on; NULL if others
 * changed the index meanwhile. */
static sm_status move_beside(siamese_index *index, sm_centroids *centroids,
                             const sm_index_progress *progress,
                             sm_lists **lists, uint64_t *seen)
{
    sm_status status = SIAMESE_OK;
    move m = {.index = index, .progress = progress};
    sm_pause const pause = {pause_move, &m};
    bool tells = progress && progress->tell;
    sm_index_lock_read(index);
    for (size_t i = 0; i < MOST_TRIES && *lists == NULL; i++) {
        m.seen = *seen = index->changes;
        m.stale = false;
        status = sm_lists_regroup(lists, index->lists, centroids, index->pool,
                                  tells ? &pause : NULL);
        tells = false; /* a second time nobody changes anything meanwhile */
        if (status != SIAMESE_OK && !(status == SIAMESE_E_STATE && m.stale))
            break;
    }
    sm_index_unlock(index);
    return status;
}

/* The vectors move while searches go on; only when some came or went meanwhile
 * they move once more with the index locked. */
static sm_status use_centroids(siamese_index *index, sm_centroids *centroids,
                               const sm_index_progress *progress)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    uint64_t seen = 0;
    SM_RETURN_IF_ERROR(move_beside(index, centroids, progress, &lists, &seen));

    sm_index_lock_write(index);
    if (index->changes != seen) {
        sm_lists_release(lists);
        lists = NULL;
        SM_TRY(sm_lists_regroup(&lists, index->lists, centroids, index->pool,
                                NULL));
    }
    sm_lists_set_nprobe(
        lists, sm_index_choose_nprobe(&index->options, centroids->nlist));
    lists = sm_index_swap_lists(index, lists);
out:
    sm_index_unlock(index);
    sm_lists_release(lists);
    return status;
}

/* ---- for hosts ---- */

siamese_status siamese_index_train_with_progress(
    siamese_index *index, const float *vectors, size_t count,
    siamese_index_progress_fn progress, void *user)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    sm_index_progress const choosing = {progress, user, 0, KMEANS_SHARE};
    sm_index_progress const moving = {progress, user, KMEANS_SHARE, 1};
    SM_CHECK(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_CHECK(count <= INT_MAX, SIAMESE_E_LIMIT,
             "count: %zu vectors are more than %d", count, INT_MAX);
    SM_CHECK(count >= index->options.nlist, SIAMESE_E_ARGUMENT,
             "nlist: %zu lists are more than the %zu vectors of count",
             index->options.nlist, count);
    SM_TRY(sm_index_check_vectors(index, vectors, count));
    sm_kmeans_sample const sample = {vectors, count,
                                     sm_index_normalises(index)};
    SM_TRY(sm_index_tell(&choosing, 0));
    SM_TRY(choose_centroids(&centroids, index, &sample, &choosing));
    SM_TRY(use_centroids(index, centroids, &moving));
out:
    sm_centroids_release(centroids);
    return status;
}

siamese_status siamese_index_train(siamese_index *index, const float *vectors,
                                   size_t count)
{
    return siamese_index_train_with_progress(index, vectors, count, NULL, NULL);
}
