/* index_ids.c: ids in, whether they are there and their vectors out; and all
 * ids. For hosts. */
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_vectors.h"

static const float *vector_at(const sm_lists *lists, sm_place place)
{
    const int64_t *ids;
    const float *vectors;
    sm_faiss_list(lists->faiss, sm_place_list(place), &ids, &vectors);
    return vectors + sm_place_row(place) * lists->centroids->dim;
}

/* ---- one id ---- */

static size_t count_of(const sm_lists *lists, int64_t id)
{
    size_t count = 0;
    sm_place p = sm_places_first(&lists->places, id);
    for (; p != SM_NO_PLACE; p = sm_places_next(&lists->places, p, id)) count++;
    return count;
}

siamese_status siamese_index_contains(const siamese_index *index, int64_t id,
                                      size_t *vectors)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(vectors != NULL, SIAMESE_E_ARGUMENT, "vectors: is NULL");
    *vectors = count_of(sm_index_lock_read(index)->lists, id);
    sm_index_unlock(index);
    return SIAMESE_OK;
}

/* Under the lock. Of several vectors the one that compares lowest: a choice
 * that neither lists, nor removals, nor a checkpoint can change. */
static const float *find_vector(const sm_lists *lists, int64_t id)
{
    size_t const dim = lists->centroids->dim;
    const float *found = NULL;
    sm_place p = sm_places_first(&lists->places, id);
    for (; p != SM_NO_PLACE; p = sm_places_next(&lists->places, p, id)) {
        const float *const vector = vector_at(lists, p);
        if (!found || sm_vectors_compare(vector, found, dim) < 0)
            found = vector;
    }
    return found;
}

static sm_status not_found(int64_t id)
{
    return sm_fail(SIAMESE_E_NOT_FOUND, "the index has no vector of id %lld",
                   (long long)id);
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
    return vector ? SIAMESE_OK : not_found(id);
}

/* ---- all vectors of an id ---- */

/* Under the lock: those of the id, into new memory. */
static sm_status copy_vectors(const sm_lists *lists, int64_t id, float **copy,
                              size_t *count)
{
    size_t const dim = lists->centroids->dim;
    size_t numbers, at = 0;
    *count = count_of(lists, id);
    if (!sm_size_multiply(*count, dim, &numbers)) return sm_fail_memory();
    *copy = sm_alloc_array(numbers, sizeof **copy);
    if (*copy == NULL) return sm_fail_memory();
    sm_place p = sm_places_first(&lists->places, id);
    for (; p != SM_NO_PLACE; p = sm_places_next(&lists->places, p, id))
        memcpy(*copy + at++ * dim, vector_at(lists, p), dim * sizeof **copy);
    return SIAMESE_OK;
}

typedef struct row {
    const float *vector;
    size_t dim;
} row;

static int compare_rows(const void *x, const void *y)
{
    const row *const a = x, *const b = y;
    return sm_vectors_compare(a->vector, b->vector, a->dim);
}

/* out[count][dim]: the vectors, the lowest first. */
static sm_status sort_vectors(const float *vectors, size_t count, size_t dim,
                              float *out)
{
    row *const rows = sm_alloc_array(count, sizeof *rows);
    if (rows == NULL) return sm_fail_memory();
    for (size_t r = 0; r < count; r++) rows[r] = (row){vectors + r * dim, dim};
    if (count > 1) qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t r = 0; r < count; r++)
        memcpy(out + r * dim, rows[r].vector, dim * sizeof *out);
    sm_free(rows);
    return SIAMESE_OK;
}

siamese_status siamese_index_get_vectors(const siamese_index *index, int64_t id,
                                         float *out, size_t out_capacity,
                                         size_t *needed)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    size_t count = 0;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    status = copy_vectors(sm_index_lock_read(index)->lists, id, &copy, &count);
    sm_index_unlock(index);
    if (status != SIAMESE_OK) return status;
    if (count == 0) SM_TRY(not_found(id));
    SM_TRY(sm_room("out", out, out_capacity, count * index->dim, needed));
    SM_TRY(sort_vectors(copy, count, index->dim, out));
out:
    sm_free(copy);
    return status;
}

/* ---- all ids ---- */

static sm_status copy_ids(const sm_lists *lists, int64_t **copy, size_t *count)
{
    size_t at = 0;
    *copy = sm_alloc_array(lists->count, sizeof **copy);
    if (*copy == NULL) return sm_fail_memory();
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(lists->faiss, l, &ids, &vectors);
        if (size) memcpy(*copy + at, ids, size * sizeof *ids);
        at += size;
    }
    *count = at;
    return SIAMESE_OK;
}

static int compare_ids(const void *x, const void *y)
{
    int64_t const a = *(const int64_t *)x, b = *(const int64_t *)y;
    return (a > b) - (a < b);
}

/* Each once, ascending; returns how many. */
static size_t sort_ids(int64_t *ids, size_t count)
{
    size_t kept = 0;
    if (count > 1) qsort(ids, count, sizeof *ids, compare_ids);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || ids[i] != ids[kept - 1]) ids[kept++] = ids[i];
    return kept;
}

siamese_status siamese_index_get_ids(const siamese_index *index, int64_t *ids,
                                     size_t capacity, size_t *needed)
{
    sm_status status = SIAMESE_OK;
    int64_t *copy = NULL;
    size_t count = 0;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    status = copy_ids(sm_index_lock_read(index)->lists, &copy, &count);
    sm_index_unlock(index);
    if (status != SIAMESE_OK) return status;
    count = sort_ids(copy, count);
    SM_TRY(sm_room("ids", ids, capacity, count, needed));
    if (count) memcpy(ids, copy, count * sizeof *ids);
out:
    sm_free(copy);
    return status;
}
