/* index_update.c: ids and vectors in, put into lists, taken out or handed back.
 * For hosts. */
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

/* The part of an add that holds the lock; *stale if the index was trained since
 * the lists were chosen. */
static sm_status append(siamese_index *index, const sm_centroids *centroids,
                        const int64_t *ids, const float *vectors,
                        const int64_t *list_of, const size_t *added,
                        size_t count, bool *stale)
{
    sm_status status = SIAMESE_OK;
    sm_index_lock_write(index);
    *stale = index->lists->centroids != centroids;
    if (*stale) goto out;
    SM_TRY(sm_lists_reserve(index->lists, added));
    SM_TRY(sm_lists_append(index->lists, ids, vectors, list_of, count));
    index->changes++;
out:
    sm_index_unlock(index);
    return status;
}

/* Chooses the lists without the lock, then appends. */
static sm_status assign_and_append(siamese_index *index, const int64_t *ids,
                                   const float *vectors, size_t count,
                                   int64_t *list_of, bool *stale)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *const centroids = current_centroids(index);
    size_t *const added = sm_calloc(centroids->nlist, sizeof *added);
    SM_CHECK_MEMORY(added);
    SM_TRY(sm_centroids_assign(centroids, index->pool, vectors, NULL, count,
                               list_of));
    for (size_t r = 0; r < count; r++) added[list_of[r]]++;
    SM_TRY(
        append(index, centroids, ids, vectors, list_of, added, count, stale));
out:
    sm_free(added);
    sm_centroids_release(centroids);
    return status;
}

siamese_status siamese_index_add(siamese_index *index, const int64_t *ids,
                                 const float *vectors, size_t count)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    const float *stored;
    int64_t *list_of = NULL;
    bool stale = true;
    SM_CHECK(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_CHECK(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    for (size_t r = 0; r < count; r++)
        SM_CHECK(ids[r] >= 0, SIAMESE_E_ARGUMENT,
                 "ids: row %zu has %lld, an id is 0 or more", r,
                 (long long)ids[r]);
    SM_TRY(sm_index_stored_form(index, vectors, count, &copy, &stored));
    if (count == 0) goto out;
    list_of = sm_alloc_array(count, sizeof *list_of);
    SM_CHECK_MEMORY(list_of);
    while (stale)
        SM_TRY(assign_and_append(index, ids, stored, count, list_of, &stale));
out:
    sm_free(list_of);
    sm_aligned_free(copy);
    return status;
}

/* ---- remove ---- */

siamese_status siamese_index_remove(siamese_index *index, const int64_t *ids,
                                    size_t count, size_t *removed)
{
    sm_status status = SIAMESE_OK;
    FaissIDSelectorBatch *batch = NULL;
    sm_faiss_region region;
    size_t gone = 0;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    SM_TRY(sm_faiss_status(faiss_IDSelectorBatch_new(&batch, count, ids)));
    /* A batch is a selector: FAISS's C API leaves the cast to us. */
    const FaissIDSelector *const selector = (const FaissIDSelector *)batch;
    sm_index_lock_write(index);
    status = sm_lists_remove(index->lists, selector, &gone);
    if (status == SIAMESE_OK) {
        index->changes++;
        if (removed) *removed = gone;
    }
    sm_index_unlock(index);
out:
    if (batch) faiss_IDSelector_free((FaissIDSelector *)batch);
    sm_faiss_leave(&region);
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
