/* index_lists.c: vectors and their lists in, FAISS's inverted lists out, and
 * back. For whoever holds the index's lock. */
#include "index/index_lists.h"

#include <math.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"
#include "index/index_vectors.h"

/* Vectors whose codes are made at once. */
enum { ROWS_AT_ONCE = 16384 };

/* Lists from which on their probes have codes. */
enum { PROBE_CODES_FROM = 256 };

/* ---- lists ---- */

/*
 * FAISS takes the list of a vector from us, but its index holds a quantiser: it
 * counts as trained by it, and an export needs it. *rows are its numbers.
 */
static sm_status make_quantiser(FaissIndex **out, float **rows,
                                const sm_centroids *c)
{
    sm_status status = SIAMESE_OK;
    FaissIndexFlatIP *quantiser = NULL;
    SM_TRY(sm_faiss_status(
        faiss_IndexFlatIP_new_with(&quantiser, (int64_t)c->dim)));
    SM_TRY(sm_faiss_status(
        faiss_Index_add(quantiser, (int64_t)c->nlist, c->values)));
    faiss_IndexFlat_xb(quantiser, rows, NULL);
    *out = quantiser;
    quantiser = NULL;
out:
    if (quantiser) faiss_Index_free(quantiser);
    return status;
}

/* Codes of the probes of empty lists; those of others come with vectors. */
static sm_status make_codes(sm_lists *lists, const sm_bound_kernels *bounds)
{
    size_t const nlist = lists->centroids->nlist, dim = lists->centroids->dim;
    lists->bounds = bounds;
    lists->codes = sm_calloc(nlist, sizeof *lists->codes);
    if (lists->codes == NULL) return sm_fail_memory();
    if (nlist < PROBE_CODES_FROM) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_code_rows_make(&lists->one, bounds, NULL,
                                         lists->centroids->values, 1, dim));
    SM_RETURN_IF_ERROR(sm_codes_reserve(&lists->probe_codes, dim, nlist));
    lists->numbers = sm_alloc_array(nlist, sizeof *lists->numbers);
    if (lists->numbers == NULL) return sm_fail_memory();
    for (size_t l = 0; l < nlist; l++) {
        sm_codes_append(&lists->probe_codes, dim, &lists->one, 0);
        lists->numbers[l] = (int64_t)l;
    }
    return SIAMESE_OK;
}

sm_status sm_lists_create(sm_lists **out, sm_centroids *centroids, bool unit,
                          const sm_bound_kernels *bounds)
{
    sm_status status = SIAMESE_OK;
    FaissIndex *quantiser = NULL;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    sm_lists *lists = sm_calloc(1, sizeof *lists);
    SM_CHECK_MEMORY(lists);
    sm_references_add(&centroids->references);
    lists->centroids = centroids;
    lists->unit = unit;
    if (bounds) SM_TRY(make_codes(lists, bounds));
    lists->longest = sm_alloc_array(centroids->nlist, sizeof(float));
    SM_CHECK_MEMORY(lists->longest);
    for (size_t l = 0; l < centroids->nlist; l++) lists->longest[l] = -1.0f;
    SM_TRY(make_quantiser(&quantiser, &lists->probes, centroids));
    SM_TRY(sm_faiss_status(faiss_IndexIVFFlat_new_with_metric(
        &lists->faiss, quantiser, centroids->dim, centroids->nlist,
        METRIC_INNER_PRODUCT)));
    faiss_IndexIVFFlat_set_own_fields(lists->faiss, 1);
    quantiser = NULL;
    *out = lists;
    lists = NULL;
out:
    if (quantiser) faiss_Index_free(quantiser);
    sm_lists_free(lists);
    sm_faiss_leave(&region);
    return status;
}

void sm_lists_free(sm_lists *lists)
{
    if (lists == NULL) return;
    if (lists->faiss) faiss_Index_free(lists->faiss);
    for (size_t l = 0; lists->codes && l < lists->centroids->nlist; l++)
        sm_codes_free(&lists->codes[l]);
    sm_free(lists->codes);
    sm_codes_free(&lists->probe_codes);
    sm_code_rows_free(&lists->one);
    sm_free(lists->numbers);
    sm_free(lists->longest);
    sm_centroids_release(lists->centroids);
    sm_free(lists);
}

void sm_lists_set_nprobe(sm_lists *lists, size_t nprobe)
{
    faiss_IndexIVFFlat_set_nprobe(lists->faiss, nprobe);
}

sm_status sm_lists_reserve(sm_lists *lists, const size_t *added)
{
    size_t const dim = lists->centroids->dim;
    for (size_t l = 0; lists->codes && l < lists->centroids->nlist; l++)
        if (added[l])
            SM_RETURN_IF_ERROR(
                sm_codes_reserve(&lists->codes[l], dim, added[l]));
    return sm_faiss_extension_status(sm_faiss_reserve(lists->faiss, added));
}

/* A list's longest vector is now this long. */
static void set_longest(sm_lists *lists, size_t l, float length)
{
    size_t const dim = lists->centroids->dim;
    const float *const centroid = lists->centroids->values + l * dim;
    float *const probe = lists->probes + l * dim;
    lists->filled += length >= 0;
    lists->filled -= lists->longest[l] >= 0;
    lists->longest[l] = length;
    for (size_t i = 0; i < dim; i++) probe[i] = centroid[i] * length;
    if (lists->numbers == NULL) return;
    lists->bounds->encode(dim, probe, lists->one.coarse, lists->one.fine,
                          lists->one.rows);
    sm_codes_put(&lists->probe_codes, dim, &lists->one, 0, l);
}

/* Takes vectors[count][dim] that came to list l into account. */
static void lengthen(sm_lists *lists, size_t l, const float *vectors,
                     size_t count)
{
    size_t const dim = lists->centroids->dim;
    float longest = lists->longest[l];
    if (lists->unit && count > 0) longest = 1.0f;
    for (size_t r = 0; r < count && !lists->unit; r++)
        longest = fmaxf(longest, sm_vector_length(vectors + r * dim, dim));
    if (longest != lists->longest[l]) set_longest(lists, l, longest);
}

sm_status sm_lists_append(sm_lists *lists, const int64_t *ids,
                          const float *vectors, const sm_code_rows *codes,
                          const int64_t *list_of, size_t count)
{
    size_t const dim = lists->centroids->dim;
    SM_RETURN_IF_ERROR(sm_faiss_status(faiss_IndexIVFFlat_add_core(
        lists->faiss, (int64_t)count, vectors, ids, list_of)));
    lists->count += count;
    for (size_t r = 0; r < count; r++) {
        size_t const l = (size_t)list_of[r];
        lengthen(lists, l, vectors + r * dim, 1);
        if (lists->codes) sm_codes_append(&lists->codes[l], dim, codes, r);
    }
    return SIAMESE_OK;
}

sm_status sm_lists_encode_append(sm_lists *lists, sm_pool *pool,
                                 const int64_t *ids, const float *vectors,
                                 const int64_t *list_of, size_t count)
{
    sm_status status = SIAMESE_OK;
    size_t const dim = lists->centroids->dim;
    sm_code_rows codes = {NULL, NULL, NULL};
    for (size_t done = 0; done < count;) {
        size_t const some = sm_min(count - done, ROWS_AT_ONCE);
        const float *const from = vectors + done * dim;
        if (lists->codes)
            SM_TRY(sm_code_rows_make(&codes, lists->bounds, pool, from, some,
                                     dim));
        SM_TRY(sm_lists_append(lists, ids + done, from, &codes, list_of + done,
                               some));
        sm_code_rows_free(&codes);
        done += some;
    }
out:
    sm_code_rows_free(&codes);
    return status;
}

/* The last rows take the places of those that go: gives how many went. */
static size_t remove_of_list(sm_lists *lists, size_t l, const sm_id_set *gone)
{
    const int64_t *ids;
    const float *vectors;
    size_t const size = sm_faiss_list(lists->faiss, l, &ids, &vectors);
    size_t left = size;
    for (size_t i = 0; i < left;) {
        if (!sm_id_set_has(gone, ids[i])) {
            i++;
            continue;
        }
        if (i == --left) break;
        sm_faiss_move(lists->faiss, l, left, i);
        if (lists->codes)
            sm_codes_move(&lists->codes[l], lists->centroids->dim, left, i);
    }
    if (left < size) sm_faiss_keep(lists->faiss, l, left);
    if (lists->codes) sm_codes_keep(&lists->codes[l], left);
    return size - left;
}

void sm_lists_remove(sm_lists *lists, const sm_id_set *gone, size_t *removed)
{
    *removed = 0;
    for (size_t l = 0; l < lists->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const count = remove_of_list(lists, l, gone);
        if (count == 0) continue;
        *removed += count;
        lists->count -= count;
        /* Lengths stay those of what is there, not of what once was: results
         * depend on the contents alone. */
        size_t const size = sm_faiss_list(lists->faiss, l, &ids, &vectors);
        set_longest(lists, l, -1.0f);
        lengthen(lists, l, vectors, size);
    }
}

/* ---- other centroids ---- */

/* list_of for all that `from` holds, list after list, and how many a list
 * gets. */
static sm_status assign_all(const sm_lists *from, const sm_centroids *to,
                            sm_pool *pool, int64_t *list_of, size_t *added)
{
    size_t done = 0;
    for (size_t l = 0; l < from->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(from->faiss, l, &ids, &vectors);
        SM_RETURN_IF_ERROR(
            sm_centroids_assign(to, pool, vectors, NULL, size, list_of + done));
        done += size;
    }
    for (size_t i = 0; i < done; i++) added[list_of[i]]++;
    return SIAMESE_OK;
}

sm_status sm_lists_regroup(sm_lists **out, const sm_lists *from,
                           sm_centroids *centroids, sm_pool *pool)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    size_t *added = NULL, done = 0;
    int64_t *list_of = NULL;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    list_of = sm_alloc_array(from->count, sizeof *list_of);
    SM_CHECK_MEMORY(list_of);
    added = sm_calloc(centroids->nlist, sizeof *added);
    SM_CHECK_MEMORY(added);
    SM_TRY(assign_all(from, centroids, pool, list_of, added));
    SM_TRY(sm_lists_create(&lists, centroids, from->unit, from->bounds));
    SM_TRY(sm_lists_reserve(lists, added));
    for (size_t l = 0; l < from->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(from->faiss, l, &ids, &vectors);
        SM_TRY(sm_lists_encode_append(lists, pool, ids, vectors, list_of + done,
                                      size));
        done += size;
    }
    sm_assert(done == from->count);
    *out = lists;
    lists = NULL;
out:
    sm_lists_free(lists);
    sm_free(added);
    sm_free(list_of);
    sm_faiss_leave(&region);
    return status;
}
