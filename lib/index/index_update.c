/* index_update.c: ids and vectors in, put into lists or taken out.
 * For hosts and the searcher. */
#include "index/index_update.h"

#include "common/memory.h"
#include "common/size.h"
#include "index/index_append.h"
#include "index/index_options.h"
#include "index/index_regroup.h"
#include "index/index_vectors.h"
#include "index/index_view.h"

sm_status sm_index_check_vectors(const siamese_index *index,
                                 const float *vectors, size_t count)
{
    size_t numbers;
    SM_REQUIRE(vectors != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "vectors: is NULL");
    SM_REQUIRE(sm_size_multiply(count, index->dim, &numbers),
               SIAMESE_E_ARGUMENT, "count: %zu rows of %zu are too many", count,
               index->dim);
    return sm_vectors_check("vectors", vectors, count, index->dim,
                            sm_index_normalises(index));
}

/* ---- out of a file ---- */

/* The vectors of an index whose vectors stay in a file, into memory, with
 * searches going on: what changes, changes there. */
static sm_status bring_to_memory(siamese_index *index)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    const sm_lists *const from = sm_index_lock_read(index)->lists;
    if (from->mapped) {
        status =
            sm_lists_regroup(&lists, from, from->centroids, index->pool, NULL);
        if (status == SIAMESE_OK)
            sm_lists_set_nprobe(lists,
                                sm_index_choose_nprobe(&index->options,
                                                       from->centroids->nlist));
    }
    sm_index_unlock(index);
    if (lists == NULL) return status;
    sm_index_lock_write(index);
    /* others may have done it meanwhile, or trained the index */
    if (index->lists->mapped) lists = sm_index_swap_lists(index, lists);
    sm_index_unlock(index);
    sm_lists_release(lists);
    return SIAMESE_OK;
}

/* ---- add ---- */

static sm_centroids *current_centroids(siamese_index *index)
{
    sm_centroids *const centroids = sm_index_lock_read(index)->lists->centroids;
    sm_references_add(&centroids->references);
    sm_index_unlock(index);
    return centroids;
}

/* What goes and what comes at one moment, and what else changes with it. */
typedef struct replacement {
    const int64_t *ids;   /* [count], that come */
    const float *vectors; /* as they were given, at whatever length */
    sm_appender appender;
    size_t count;
    const int64_t *going; /* [going_count], ids */
    size_t going_count;
    size_t removed;
    void (*commit)(void *context); /* under the lock; NULL: nothing */
    void *context;
} replacement;

/* With the lock; `added` has how many each list gets. What can fail comes
 * first: behind it, removing and appending take no memory. */
static sm_status exchange(siamese_index *index, replacement *r,
                          int64_t *list_of, const size_t *added)
{
    sm_status status = SIAMESE_OK;
    sm_lists *const lists = index->lists;
    sm_place *gone = NULL;
    if (r->count) {
        SM_TRY(sm_appender_create(&r->appender, lists, index->pool,
                                  sm_index_normalises(index), r->count));
        SM_TRY(sm_lists_reserve(lists, added));
    }
    SM_TRY(sm_lists_find(lists, r->going, r->going_count, &gone, &r->removed));
    SM_TRY(sm_views_keep(lists, gone, r->removed));
    sm_lists_remove(lists, gone, r->removed);
    if (r->count)
        sm_lists_append(lists, &r->appender, r->ids, r->vectors, list_of,
                        r->count);
    index->changes += r->count > 0 || r->removed > 0;
    if (r->commit) r->commit(r->context);
out:
    sm_free(gone);
    return status;
}

/* *stale if the index was trained since the lists were chosen. */
static sm_status lock_and_exchange(siamese_index *index, replacement *r,
                                   const sm_centroids *centroids,
                                   int64_t *list_of, const size_t *added,
                                   bool *stale)
{
    sm_status status = SIAMESE_OK;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    sm_index_lock_write(index);
    *stale = index->lists->centroids != centroids;
    if (!*stale) status = exchange(index, r, list_of, added);
    sm_index_unlock(index);
    sm_faiss_leave(&region);
    return status;
}

/* Chooses the lists without the lock, then exchanges. */
static sm_status assign_and_exchange(siamese_index *index, replacement *r,
                                     int64_t *list_of, bool *stale)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *const centroids = current_centroids(index);
    size_t *const added = sm_calloc(centroids->nlist, sizeof *added);
    SM_CHECK_MEMORY(added);
    SM_TRY(sm_centroids_assign(centroids, index->pool, r->vectors, NULL,
                               sm_index_normalises(index), r->count, list_of));
    for (size_t i = 0; i < r->count; i++) added[list_of[i]]++;
    SM_TRY(lock_and_exchange(index, r, centroids, list_of, added, stale));
out:
    sm_free(added);
    sm_centroids_release(centroids);
    return status;
}

/* Of vectors that are checked. */
static sm_status replace(siamese_index *index, replacement *r)
{
    sm_status status = SIAMESE_OK;
    bool stale = true;
    int64_t *const list_of = sm_alloc_array(r->count, sizeof *list_of);
    SM_CHECK_MEMORY(list_of);
    SM_TRY(bring_to_memory(index));
    while (stale) SM_TRY(assign_and_exchange(index, r, list_of, &stale));
out:
    sm_appender_free(&r->appender);
    sm_free(list_of);
    return status;
}

static sm_status check_ids(const int64_t *ids, size_t count)
{
    SM_REQUIRE(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(ids[i] >= 0, SIAMESE_E_ARGUMENT,
                   "ids: row %zu has %lld, an id is 0 or more", i,
                   (long long)ids[i]);
    return SIAMESE_OK;
}

/* Vectors as a host gives them. */
static sm_status store(siamese_index *index, const float *vectors,
                       replacement *r)
{
    SM_RETURN_IF_ERROR(sm_index_check_vectors(index, vectors, r->count));
    r->vectors = vectors;
    if (r->count == 0 && r->going_count == 0 && r->commit == NULL)
        return SIAMESE_OK;
    return replace(index, r);
}

siamese_status siamese_index_add(siamese_index *index, const int64_t *ids,
                                 const float *vectors, size_t count)
{
    replacement r = {.ids = ids, .count = count};
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_RETURN_IF_ERROR(check_ids(ids, count));
    return store(index, vectors, &r);
}

siamese_status siamese_index_update(siamese_index *index, const int64_t *ids,
                                    const float *vectors, size_t count,
                                    size_t *removed)
{
    replacement r = {
        .ids = ids, .count = count, .going = ids, .going_count = count};
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_RETURN_IF_ERROR(check_ids(ids, count));
    SM_RETURN_IF_ERROR(store(index, vectors, &r));
    if (removed) *removed = r.removed;
    return SIAMESE_OK;
}

siamese_status siamese_index_remove(siamese_index *index, const int64_t *ids,
                                    size_t count, size_t *removed)
{
    replacement r = {.going = ids, .going_count = count};
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    SM_RETURN_IF_ERROR(store(index, NULL, &r));
    if (removed) *removed = r.removed;
    return SIAMESE_OK;
}

sm_status sm_index_replace(siamese_index *index,
                           const sm_index_replacement *wanted)
{
    replacement r = {.ids = wanted->ids,
                     .count = wanted->count,
                     .going = wanted->removed,
                     .going_count = wanted->removed_count,
                     .commit = wanted->commit,
                     .context = wanted->context};
    return store(index, wanted->vectors, &r);
}
