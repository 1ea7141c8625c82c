#include "index/index_lists.h"

#include <math.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_rank.h"
#include "index/index_vectors.h"

enum { ROWS_OF_A_TASK = 256 };

/* ---- centroids ---- */

sm_status sm_centroids_create(sm_centroids **out, size_t nlist, size_t dim)
{
    size_t numbers;
    SM_REQUIRE(sm_size_multiply(nlist, dim, &numbers), SIAMESE_E_LIMIT,
               "%zu lists of dim %zu are too many", nlist, dim);
    sm_centroids *const centroids = sm_calloc(1, sizeof *centroids);
    if (centroids == NULL) return sm_fail_memory();
    centroids->values = sm_aligned_calloc(numbers, sizeof(float));
    if (centroids->values == NULL) {
        sm_free(centroids);
        return sm_fail_memory();
    }
    sm_references_init(&centroids->references);
    centroids->nlist = nlist;
    centroids->dim = dim;
    *out = centroids;
    return SIAMESE_OK;
}

void sm_centroids_release(sm_centroids *centroids)
{
    if (centroids == NULL || !sm_references_drop(&centroids->references))
        return;
    sm_aligned_free(centroids->values);
    sm_free(centroids);
}

typedef struct assignment {
    const sm_centroids *centroids;
    const sm_kernels *kernels;
    const float *vectors;
    size_t count;
    int64_t *list_of;
} assignment;

static int64_t best_list(const assignment *a, const float *vector)
{
    size_t const nlist = a->centroids->nlist, dim = a->centroids->dim;
    size_t best = 0;
    if (nlist == 1) return 0;
    float best_score = a->kernels->dot(vector, a->centroids->values, dim);
    for (size_t l = 1; l < nlist; l++) {
        float const score =
            a->kernels->dot(vector, a->centroids->values + l * dim, dim);
        if (score > best_score) {
            best = l;
            best_score = score;
        }
    }
    return (int64_t)best;
}

static sm_status assign_rows(void *context, size_t task, size_t worker)
{
    const assignment *const a = context;
    size_t const end = sm_min((task + 1) * ROWS_OF_A_TASK, a->count);
    (void)worker;
    for (size_t r = task * ROWS_OF_A_TASK; r < end; r++)
        a->list_of[r] = best_list(a, a->vectors + r * a->centroids->dim);
    return SIAMESE_OK;
}

sm_status sm_centroids_assign(const sm_centroids *centroids,
                              const sm_kernels *kernels, sm_pool *pool,
                              const float *vectors, size_t count,
                              int64_t *list_of)
{
    assignment a = {centroids, kernels, vectors, count, list_of};
    return sm_pool_run(pool, sm_chunks(count, ROWS_OF_A_TASK), assign_rows,
                       &a);
}

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

sm_status sm_lists_create(sm_lists **out, sm_centroids *centroids, bool unit,
                          size_t nprobe)
{
    sm_status status = SIAMESE_OK;
    FaissIndex *quantiser = NULL;
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region, NULL));
    sm_lists *lists = sm_calloc(1, sizeof *lists);
    SM_CHECK_MEMORY(lists);
    sm_references_add(&centroids->references);
    lists->centroids = centroids;
    lists->unit = unit;
    lists->longest = sm_alloc_array(centroids->nlist, sizeof(float));
    SM_CHECK_MEMORY(lists->longest);
    for (size_t l = 0; l < centroids->nlist; l++) lists->longest[l] = -1.0f;
    SM_TRY(make_quantiser(&quantiser, &lists->probes, centroids));
    SM_TRY(sm_faiss_status(faiss_IndexIVFFlat_new_with_metric(
        &lists->faiss, quantiser, centroids->dim, centroids->nlist,
        METRIC_INNER_PRODUCT)));
    faiss_IndexIVFFlat_set_own_fields(lists->faiss, 1);
    quantiser = NULL;
    faiss_IndexIVFFlat_set_nprobe(lists->faiss, nprobe);
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
    sm_free(lists->longest);
    sm_centroids_release(lists->centroids);
    sm_free(lists);
}

sm_status sm_lists_reserve(sm_lists *lists, const size_t *added)
{
    return sm_faiss_extension_status(sm_faiss_reserve(lists->faiss, added));
}

/* A list's longest vector is now this long. */
static void set_longest(sm_lists *lists, size_t l, float length)
{
    size_t const dim = lists->centroids->dim;
    const float *const centroid = lists->centroids->values + l * dim;
    float *const probe = lists->probes + l * dim;
    lists->longest[l] = length;
    for (size_t i = 0; i < dim; i++) probe[i] = centroid[i] * length;
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

sm_status sm_lists_append(sm_lists *lists, const sm_kernels *kernels,
                          const int64_t *ids, const float *vectors,
                          const int64_t *list_of, size_t count)
{
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region, kernels));
    sm_status const status = sm_faiss_status(faiss_IndexIVFFlat_add_core(
        lists->faiss, (int64_t)count, vectors, ids, list_of));
    sm_faiss_leave(&region);
    if (status != SIAMESE_OK) return status;
    lists->count += count;
    for (size_t r = 0; r < count; r++)
        lengthen(lists, (size_t)list_of[r],
                 vectors + r * lists->centroids->dim, 1);
    return SIAMESE_OK;
}

sm_status sm_lists_remove(sm_lists *lists, const FaissIDSelector *selector,
                          size_t *removed)
{
    sm_status status = SIAMESE_OK;
    size_t const nlist = lists->centroids->nlist;
    const int64_t *ids;
    const float *vectors;
    size_t *const sizes = sm_alloc_array(nlist, sizeof *sizes);
    SM_CHECK_MEMORY(sizes);
    for (size_t l = 0; l < nlist; l++)
        sizes[l] = sm_faiss_list(lists->faiss, l, &ids, &vectors);
    SM_TRY(sm_faiss_status(
        faiss_Index_remove_ids(lists->faiss, selector, removed)));
    lists->count -= *removed;
    /* Lengths stay those of what is there, not of what once was: results depend
     * on the contents alone. */
    for (size_t l = 0; l < nlist; l++) {
        size_t const size = sm_faiss_list(lists->faiss, l, &ids, &vectors);
        if (size == sizes[l]) continue;
        set_longest(lists, l, -1.0f);
        lengthen(lists, l, vectors, size);
    }
out:
    sm_free(sizes);
    return status;
}

void sm_lists_probe(const sm_lists *lists, const sm_kernels *kernels,
                    const float *query, size_t nprobe, float *scores,
                    int64_t *out)
{
    size_t const nlist = lists->centroids->nlist;
    size_t const dim = lists->centroids->dim;
    if (nprobe == nlist) {
        for (size_t l = 0; l < nlist; l++) out[l] = (int64_t)l;
        return;
    }
    size_t count = 0;
    for (size_t l = 0; l < nlist; l++) {
        float const score =
            lists->longest[l] < 0
                ? -INFINITY
                : kernels->dot(query, lists->probes + l * dim, dim);
        sm_rank_offer(scores, out, nprobe, &count, score, (int64_t)l);
    }
    sm_rank_sort(scores, out, nprobe);
}

/* ---- other centroids ---- */

/* list_of for all that `from` holds, list after list, and how many a list gets. */
static sm_status assign_all(const sm_lists *from, const sm_centroids *to,
                            const sm_kernels *kernels, sm_pool *pool,
                            int64_t *list_of, size_t *added)
{
    size_t done = 0;
    for (size_t l = 0; l < from->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(from->faiss, l, &ids, &vectors);
        SM_RETURN_IF_ERROR(sm_centroids_assign(to, kernels, pool, vectors,
                                               size, list_of + done));
        done += size;
    }
    for (size_t i = 0; i < done; i++) added[list_of[i]]++;
    return SIAMESE_OK;
}

sm_status sm_lists_regroup(sm_lists **out, const sm_lists *from,
                           sm_centroids *centroids, size_t nprobe,
                           const sm_kernels *kernels, sm_pool *pool)
{
    sm_status status = SIAMESE_OK;
    sm_lists *lists = NULL;
    size_t *added = NULL, done = 0;
    int64_t *list_of = sm_alloc_array(from->count, sizeof *list_of);
    SM_CHECK_MEMORY(list_of);
    added = sm_calloc(centroids->nlist, sizeof *added);
    SM_CHECK_MEMORY(added);
    SM_TRY(assign_all(from, centroids, kernels, pool, list_of, added));
    SM_TRY(sm_lists_create(&lists, centroids, from->unit, nprobe));
    SM_TRY(sm_lists_reserve(lists, added));
    for (size_t l = 0; l < from->centroids->nlist; l++) {
        const int64_t *ids;
        const float *vectors;
        size_t const size = sm_faiss_list(from->faiss, l, &ids, &vectors);
        SM_TRY(sm_lists_append(lists, kernels, ids, vectors, list_of + done,
                               size));
        done += size;
    }
    *out = lists;
    lists = NULL;
out:
    sm_lists_free(lists);
    sm_free(added);
    sm_free(list_of);
    return status;
}
