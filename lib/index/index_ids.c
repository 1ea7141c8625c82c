/* index_ids.c: ids in, whether they are there and their vectors out; and all
 * ids. For hosts, the searcher and the model. */
#include "index/index_ids.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "index/index_handle.h"
#include "index/index_vectors.h"

/* ---- one id ---- */

/* The places of an id's vectors, one after the other. */
typedef struct walk {
    const sm_lists *lists;
    int64_t id;
    sm_place place;                /* SM_NO_PLACE behind the last one */
    const sm_id_place *next, *end; /* of lists of a file */
} walk;

static void step(walk *w)
{
    if (w->lists->mapped)
        w->place = w->next < w->end ? (w->next++)->place : SM_NO_PLACE;
    else
        w->place = sm_places_next(&w->lists->places, w->place, w->id);
}

/* Under the lock. */
static sm_status begin(walk *w, const sm_lists *lists, int64_t id)
{
    *w = (walk){.lists = lists, .id = id};
    if (lists->mapped) {
        SM_RETURN_IF_ERROR(
            sm_mapped_find(lists->mapped, id, &w->next, &w->end));
        step(w);
    } else {
        w->place = sm_places_first(&lists->places, id);
    }
    return SIAMESE_OK;
}

static sm_status count_of(const sm_lists *lists, int64_t id, size_t *count)
{
    walk w;
    *count = 0;
    SM_RETURN_IF_ERROR(begin(&w, lists, id));
    for (; w.place != SM_NO_PLACE; step(&w)) ++*count;
    return SIAMESE_OK;
}

siamese_status siamese_index_contains(const siamese_index *index, int64_t id,
                                      size_t *vectors)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_REQUIRE(vectors != NULL, SIAMESE_E_ARGUMENT, "vectors: is NULL");
    sm_status const status =
        count_of(sm_index_lock_read(index)->lists, id, vectors);
    sm_index_unlock(index);
    return status;
}

static sm_status not_found(int64_t id)
{
    return sm_fail(SIAMESE_E_NOT_FOUND, "the index has no vector of id %lld",
                   (long long)id);
}

/* Under the lock: those of the id, into new memory. */
static sm_status copy_vectors(const sm_lists *lists, int64_t id, float **copy,
                              size_t *count)
{
    walk w;
    const float *vector;
    size_t const dim = lists->centroids->dim;
    size_t numbers, at = 0;
    SM_RETURN_IF_ERROR(count_of(lists, id, count));
    if (!sm_size_multiply(*count, dim, &numbers)) return sm_fail_memory();
    *copy = sm_alloc_array(numbers, sizeof **copy);
    if (*copy == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(begin(&w, lists, id));
    for (; w.place != SM_NO_PLACE; step(&w)) {
        float *const to = *copy + at++ * dim;
        SM_RETURN_IF_ERROR(sm_lists_vectors(lists, sm_place_list(w.place),
                                            sm_place_row(w.place), 1, to,
                                            &vector));
        if (vector != to) memcpy(to, vector, dim * sizeof *to);
    }
    return SIAMESE_OK;
}

static sm_status read_copy(const siamese_index *index, int64_t id, float **copy,
                           size_t *count)
{
    sm_status const status =
        copy_vectors(sm_index_lock_read(index)->lists, id, copy, count);
    sm_index_unlock(index);
    if (status != SIAMESE_OK) return status;
    return *count > 0 ? SIAMESE_OK : not_found(id);
}

/* Of several vectors the one that compares lowest: a choice that neither lists,
 * nor removals, nor a checkpoint can change. */
siamese_status siamese_index_reconstruct(const siamese_index *index, int64_t id,
                                         float *out, size_t out_capacity)
{
    sm_status status = SIAMESE_OK;
    float *copy = NULL;
    size_t count = 0, lowest = 0;
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    size_t const dim = index->dim;
    SM_RETURN_IF_ERROR(sm_room("out", out, out_capacity, dim, NULL));
    SM_TRY(read_copy(index, id, &copy, &count));
    for (size_t i = 1; i < count; i++)
        if (sm_vectors_compare(copy + i * dim, copy + lowest * dim, dim) < 0)
            lowest = i;
    memcpy(out, copy + lowest * dim, dim * sizeof *out);
out:
    sm_free(copy);
    return status;
}

/* ---- some ids, for the searcher ---- */

/* Under the lock: the lowest vector of the id into out[dim]. */
static sm_status lowest_vector(const sm_lists *lists, int64_t id, float *out,
                               bool *is_there)
{
    walk w;
    const float *vector;
    size_t const dim = lists->centroids->dim;
    *is_there = false;
    SM_RETURN_IF_ERROR(begin(&w, lists, id));
    for (; w.place != SM_NO_PLACE; step(&w)) {
        float *const to = *is_there ? out + dim : out;
        SM_RETURN_IF_ERROR(sm_lists_vectors(lists, sm_place_list(w.place),
                                            sm_place_row(w.place), 1, to,
                                            &vector));
        if (!*is_there || sm_vectors_compare(vector, out, dim) < 0)
            memmove(out, vector, dim * sizeof *out);
        *is_there = true;
    }
    return SIAMESE_OK;
}

static sm_status vectors_of(const sm_lists *lists, const int64_t *ids,
                            size_t count, float *out, size_t *found)
{
    bool is_there;
    *found = 0;
    for (size_t i = 0; i < count; i++) {
        SM_RETURN_IF_ERROR(lowest_vector(
            lists, ids[i], out + *found * lists->centroids->dim, &is_there));
        *found += is_there;
    }
    return SIAMESE_OK;
}

sm_status sm_index_vectors_of(const siamese_index *index, const int64_t *ids,
                              size_t count, float *out, size_t *found)
{
    sm_status const status =
        vectors_of(sm_index_lock_read(index)->lists, ids, count, out, found);
    sm_index_unlock(index);
    return status;
}

/* ---- all vectors of an id ---- */

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
    SM_TRY(read_copy(index, id, &copy, &count));
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
        size_t const size = sm_lists_ids(lists, l, &ids);
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

/* ---- ids of several vectors, for the model ---- */

/* Under the lock; bits[end / 8 + 1] are 0. */
static int64_t find_repeated(const sm_lists *lists, int64_t end,
                             unsigned char *bits)
{
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        size_t const size = sm_lists_ids(lists, l, &ids);
        for (size_t i = 0; i < size; i++) {
            if (ids[i] >= end) continue;
            unsigned char *const byte = bits + ids[i] / 8;
            int const bit = 1 << ids[i] % 8;
            if (*byte & bit) return ids[i];
            *byte |= (unsigned char)bit;
        }
    }
    return -1;
}

sm_status sm_index_find_repeated(const siamese_index *index, int64_t end,
                                 int64_t *id)
{
    unsigned char *const bits = sm_calloc((size_t)end / 8 + 1, 1);
    if (bits == NULL) return sm_fail_memory();
    *id = find_repeated(sm_index_lock_read(index)->lists, end, bits);
    sm_index_unlock(index);
    sm_free(bits);
    return SIAMESE_OK;
}
