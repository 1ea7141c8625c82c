/* index_update.c: ids and vectors in, put into lists, taken out or handed back.
 * For hosts and the searcher. */
#include "index/index_update.h"

#include <string.h>

#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "index/index_vectors.h"

enum { ROWS_OF_A_TASK = 256 };

/* ---- vectors as they are stored ---- */

typedef struct normalisation {
    const float *from;
    float *to;
    size_t count, dim;
} normalisation;

static sm_status normalise_rows(void *context, size_t task, size_t worker)
{
    const normalisation *const n = context;
    size_t const end = sm_min((task + 1) * ROWS_OF_A_TASK, n->count);
    (void)worker;
    for (size_t r = task * ROWS_OF_A_TASK; r < end; r++)
        sm_vector_normalise(n->from + r * n->dim, n->dim, n->to + r * n->dim);
    return SIAMESE_OK;
}

sm_status sm_index_stored_form(const siamese_index *index, const float *vectors,
                               size_t count, float **copy, const float **stored)
{
    size_t numbers;
    SM_REQUIRE(vectors != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "vectors: is NULL");
    SM_REQUIRE(sm_size_multiply(count, index->dim, &numbers),
               SIAMESE_E_ARGUMENT, "count: %zu rows of %zu are too many", count,
               index->dim);
    SM_RETURN_IF_ERROR(sm_vectors_check("vectors", vectors, count, index->dim,
                                        sm_index_normalises(index)));
    *stored = vectors;
    if (!sm_index_normalises(index)) return SIAMESE_OK;
    float *const own = sm_aligned_array(numbers, sizeof *own);
    if (own == NULL) return sm_fail_memory();
    normalisation n = {vectors, own, count, index->dim};
    sm_status const status = sm_pool_run(
        index->pool, sm_chunks(count, ROWS_OF_A_TASK), normalise_rows, &n);
    if (status != SIAMESE_OK) {
        sm_aligned_free(own);
        return status;
    }
    *copy = own;
    *stored = own;
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
    const int64_t *ids; /* [count], that come */
    const float *vectors;
    size_t count;
    sm_code_rows codes;     /* of those vectors */
    const sm_id_set *going; /* NULL: none */
    size_t removed;
    void (*commit)(void *context); /* under the lock; NULL: nothing */
    void *context;
} replacement;

/* With the lock; `added` has how many each list gets. What can fail comes
 * first: behind the reservation an append takes no memory. */
static sm_status exchange(siamese_index *index, replacement *r,
                          const int64_t *list_of, const size_t *added)
{
    if (r->count) SM_RETURN_IF_ERROR(sm_lists_reserve(index->lists, added));
    if (r->going) sm_lists_remove(index->lists, r->going, &r->removed);
    if (r->count)
        SM_RETURN_IF_ERROR(sm_lists_append(index->lists, r->ids, r->vectors,
                                           &r->codes, list_of, r->count));
    index->changes++;
    if (r->commit) r->commit(r->context);
    return SIAMESE_OK;
}

/* *stale if the index was trained since the lists were chosen. */
static sm_status lock_and_exchange(siamese_index *index, replacement *r,
                                   const sm_centroids *centroids,
                                   const int64_t *list_of, const size_t *added,
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
                               r->count, list_of));
    for (size_t i = 0; i < r->count; i++) added[list_of[i]]++;
    SM_TRY(lock_and_exchange(index, r, centroids, list_of, added, stale));
out:
    sm_free(added);
    sm_centroids_release(centroids);
    return status;
}

/* Of vectors in the form in which they are stored. */
static sm_status replace(siamese_index *index, replacement *r)
{
    sm_status status = SIAMESE_OK;
    bool stale = true;
    int64_t *const list_of = sm_alloc_array(r->count, sizeof *list_of);
    SM_CHECK_MEMORY(list_of);
    if (index->bounds)
        SM_TRY(sm_code_rows_make(&r->codes, index->bounds, index->pool,
                                 r->vectors, r->count, index->dim));
    while (stale) SM_TRY(assign_and_exchange(index, r, list_of, &stale));
out:
    sm_code_rows_free(&r->codes);
    sm_free(list_of);
    return status;
}

siamese_status siamese_index_add(siamese_index *index, const int64_t *ids,
                                 const float *vectors, size_t count)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    replacement r = {.ids = ids, .count = count};
    SM_CHECK(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_CHECK(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    for (size_t i = 0; i < count; i++)
        SM_CHECK(ids[i] >= 0, SIAMESE_E_ARGUMENT,
                 "ids: row %zu has %lld, an id is 0 or more", i,
                 (long long)ids[i]);
    SM_TRY(sm_index_stored_form(index, vectors, count, &copy, &r.vectors));
    if (count > 0) SM_TRY(replace(index, &r));
out:
    sm_aligned_free(copy);
    return status;
}

/* ---- remove, alone or with an add ---- */

/* Does the work of `r`, with the ids that go. */
static sm_status remove_and_replace(siamese_index *index, replacement *r,
                                    const int64_t *removed, size_t count)
{
    sm_id_set going;
    SM_RETURN_IF_ERROR(sm_id_set_create(&going, count));
    for (size_t i = 0; i < count; i++)
        if (removed[i] >= 0) sm_id_set_add(&going, removed[i]);
    r->going = &going;
    sm_status const status = replace(index, r);
    sm_id_set_clear(&going);
    return status;
}

siamese_status siamese_index_remove(siamese_index *index, const int64_t *ids,
                                    size_t count, size_t *removed)
{
    replacement r = {.ids = NULL};
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    SM_RETURN_IF_ERROR(remove_and_replace(index, &r, ids, count));
    if (removed) *removed = r.removed;
    return SIAMESE_OK;
}

sm_status sm_index_replace(siamese_index *index,
                           const sm_index_replacement *wanted)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    replacement r = {.ids = wanted->ids,
                     .count = wanted->count,
                     .commit = wanted->commit,
                     .context = wanted->context};
    SM_TRY(sm_index_stored_form(index, wanted->vectors, wanted->count, &copy,
                                &r.vectors));
    SM_TRY(wanted->removed_count
               ? remove_and_replace(index, &r, wanted->removed,
                                    wanted->removed_count)
               : replace(index, &r));
out:
    sm_aligned_free(copy);
    return status;
}

/* ---- reconstruct ---- */

/* Under the lock. Of several vectors the one that compares lowest: a choice
 * that neither lists, nor removals, nor a checkpoint can change. */
static const float *find_vector(const sm_lists *lists, int64_t id)
{
    size_t const dim = lists->centroids->dim;
    const float *found = NULL;
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(lists->faiss, l, &ids, &vectors);
        for (size_t i = 0; i < size; i++) {
            const float *const vector = vectors + i * dim;
            if (ids[i] == id &&
                (!found || sm_vectors_compare(vector, found, dim) < 0))
                found = vector;
        }
    }
    return found;
}

siamese_status siamese_index_reconstruct(const siamese_index *index, int64_t id,
                                         float *out, size_t out_capacity)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_RETURN_IF_ERROR(sm_room("out", out, out_capacity, index->dim, NULL));
    const float *const vector =
        find_vector(sm_index_lock_read(index)->lists, id);
    if (vector) memcpy(out, vector, index->dim * sizeof *out);
    sm_index_unlock(index);
    SM_REQUIRE(vector != NULL, SIAMESE_E_NOT_FOUND,
               "the index has no vector of id %lld", (long long)id);
    return SIAMESE_OK;
}
