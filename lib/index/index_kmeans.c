/*
 * index_kmeans.c: vectors in, centroids out, by rounds over growing samples.
 * For index_train.
 *
 * A centroid is its vectors' mean, brought to length 1:
 *
 *   list(x) = argmax_l c_l . x,   c_l = s_l / |s_l|,   s_l = sum of x in list l
 *
 * and in the end, where lengths count, to that of the longest of them.
 *
 * The first iterations, while centroids still move far, look at few vectors of
 * each list, the last ones at many: nested samples, since the mean of a few
 * hundred vectors is hardly better than that of all.
 */
#include "index/index_kmeans.h"

#include <math.h>
#include <string.h>

#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/rng.h"
#include "common/size.h"
#include "index/index_vectors.h"
#include "math/rank.h"

enum { LISTS_OF_A_TASK = 16 };

/* Vectors of a list that an iteration looks at, on average. */
static const size_t points_of_iteration[] = {32, 32,  32,  64,  64,
                                             64, 128, 128, 256, 256};
enum {
    ITERATIONS = sizeof points_of_iteration / sizeof *points_of_iteration,
    MOST_POINTS = 256,
};

typedef struct kmeans {
    sm_centroids *centroids;
    const sm_kernels *kernels;
    sm_pool *pool;
    const float *vectors;
    bool unit;         /* vectors are brought to length 1 */
    float *normalised; /* [threads][dim] */
    uint32_t *sample;  /* rows, in random order */
    size_t points;     /* of it, in this iteration */
    int64_t *list_of;  /* [points] */
    size_t *offsets;   /* [nlist + 2]: of a list's vectors in members */
    uint32_t *members; /* places in the sample, list after list, ascending */
    float *sizes;      /* [nlist], the largest list first; then lengths */
    int64_t *by_size;  /* [nlist] their lists */
} kmeans;

/* ---- one iteration ---- */

static void group_by_list(kmeans *k)
{
    size_t const nlist = k->centroids->nlist;
    sm_sort_begin(k->offsets, nlist);
    for (size_t i = 0; i < k->points; i++)
        sm_sort_count(k->offsets, (size_t)k->list_of[i]);
    sm_sort_sum(k->offsets, nlist);
    for (size_t i = 0; i < k->points; i++)
        k->members[sm_sort_place(k->offsets, (size_t)k->list_of[i])] =
            (uint32_t)i;
}

/* Row i of the sample as it is compared; in `room` if that differs. */
static const float *vector_of(const kmeans *k, size_t i, float *room)
{
    size_t const dim = k->centroids->dim;
    const float *const vector = k->vectors + k->sample[i] * dim;
    if (!k->unit) return vector;
    sm_vector_normalise(vector, dim, room);
    return room;
}

/* The mean of each list's vectors, added in the order of the sample. */
static sm_status average_lists(void *context, size_t task, size_t worker)
{
    kmeans *const k = context;
    size_t const dim = k->centroids->dim;
    size_t const end =
        sm_min((task + 1) * LISTS_OF_A_TASK, k->centroids->nlist);
    float *const room = k->normalised + worker * dim;
    for (size_t l = task * LISTS_OF_A_TASK; l < end; l++) {
        float *const centroid = k->centroids->values + l * dim;
        size_t const first = k->offsets[l], last = k->offsets[l + 1];
        if (first == last) continue;
        memset(centroid, 0, dim * sizeof *centroid);
        for (size_t i = first; i < last; i++)
            k->kernels->add(dim, vector_of(k, k->members[i], room), centroid);
        sm_vector_normalise(centroid, dim, centroid);
    }
    return SIAMESE_OK;
}

/* An empty list takes a part of a large one: both centroids are moved a little,
 * in opposite directions, further each time the same one is divided. */
static void divide(kmeans *k, size_t empty, size_t large, size_t round)
{
    size_t const dim = k->centroids->dim;
    float *const a = k->centroids->values + empty * dim;
    float *const b = k->centroids->values + large * dim;
    float const step = (float)(round + 1) / 1024.0f;
    for (size_t i = 0; i < dim; i++) {
        float const move = b[i] * (i % 2 ? step : -step);
        a[i] = b[i] + move;
        b[i] -= move;
    }
    sm_vector_normalise(a, dim, a);
    sm_vector_normalise(b, dim, b);
}

static void fill_empty_lists(kmeans *k)
{
    size_t const nlist = k->centroids->nlist;
    size_t filled = 0;
    for (size_t l = 0; l < nlist; l++) {
        k->sizes[l] = (float)(k->offsets[l + 1] - k->offsets[l]);
        k->by_size[l] = (int64_t)l;
        filled += k->sizes[l] > 0;
    }
    if (filled == nlist || filled == 0) return;
    sm_rank_sort(k->sizes, k->by_size, nlist);
    for (size_t e = filled; e < nlist; e++)
        divide(k, (size_t)k->by_size[e],
               (size_t)k->by_size[(e - filled) % filled],
               (e - filled) / filled);
}

static sm_status iterate(kmeans *k)
{
    SM_RETURN_IF_ERROR(sm_centroids_finish(k->centroids, k->kernels));
    SM_RETURN_IF_ERROR(sm_centroids_assign(k->centroids, k->pool, k->vectors,
                                           k->sample, k->unit, k->points,
                                           k->list_of));
    group_by_list(k);
    SM_RETURN_IF_ERROR(
        sm_pool_run(k->pool, sm_chunks(k->centroids->nlist, LISTS_OF_A_TASK),
                    average_lists, k));
    fill_empty_lists(k);
    return SIAMESE_OK;
}

/* ---- how long they are ---- */

/* sizes: the longest vector of each list in the last iteration. */
static sm_status measure_lists(void *context, size_t task, size_t worker)
{
    kmeans *const k = context;
    size_t const dim = k->centroids->dim;
    size_t const end =
        sm_min((task + 1) * LISTS_OF_A_TASK, k->centroids->nlist);
    (void)worker;
    for (size_t l = task * LISTS_OF_A_TASK; l < end; l++) {
        k->sizes[l] = 0;
        for (size_t i = k->offsets[l]; i < k->offsets[l + 1]; i++) {
            const float *const vector =
                k->vectors + k->sample[k->members[i]] * dim;
            k->sizes[l] = fmaxf(k->sizes[l], sm_vector_length(vector, dim));
        }
    }
    return SIAMESE_OK;
}

static sm_status stretch(kmeans *k)
{
    SM_RETURN_IF_ERROR(
        sm_pool_run(k->pool, sm_chunks(k->centroids->nlist, LISTS_OF_A_TASK),
                    measure_lists, k));
    sm_centroids_stretch(k->centroids, k->sizes);
    return SIAMESE_OK;
}

/* ---- all ---- */

/* The first `most` places of a random permutation of the rows. */
static void draw_sample(uint32_t *rows, size_t count, size_t most,
                        uint64_t seed)
{
    sm_rng rng;
    sm_rng_init(&rng, seed, 0);
    for (size_t i = 0; i < count; i++) rows[i] = (uint32_t)i;
    for (size_t i = 0; i < most; i++) {
        size_t const j = i + sm_rng_below(&rng, count - i);
        uint32_t const row = rows[j];
        rows[j] = rows[i];
        rows[i] = row;
    }
}

static sm_status take_memory(kmeans *k, size_t count, size_t most)
{
    k->sample = sm_alloc_array(count, sizeof *k->sample);
    k->list_of = sm_alloc_array(most, sizeof *k->list_of);
    k->members = sm_alloc_array(most, sizeof *k->members);
    k->normalised = sm_aligned_array(sm_pool_threads(k->pool),
                                     k->centroids->dim * sizeof(float));
    k->offsets = sm_alloc_array(k->centroids->nlist + 2, sizeof *k->offsets);
    k->sizes = sm_alloc_array(k->centroids->nlist, sizeof *k->sizes);
    k->by_size = sm_alloc_array(k->centroids->nlist, sizeof *k->by_size);
    return k->sample && k->normalised && k->list_of && k->members &&
                   k->offsets && k->sizes && k->by_size
               ? SIAMESE_OK
               : sm_fail_memory();
}

sm_status sm_kmeans(sm_centroids *centroids, const sm_kernels *kernels,
                    sm_pool *pool, uint64_t seed,
                    const sm_kmeans_sample *sample,
                    const sm_index_progress *progress)
{
    sm_status status = SIAMESE_OK;
    size_t const nlist = centroids->nlist, dim = centroids->dim;
    size_t const count = sample->count;
    size_t const most =
        count / nlist < MOST_POINTS ? count : nlist * MOST_POINTS;
    kmeans k = {.centroids = centroids,
                .kernels = kernels,
                .pool = pool,
                .vectors = sample->vectors,
                .unit = sample->unit};
    SM_TRY(take_memory(&k, count, most));
    draw_sample(k.sample, count, most, seed);
    for (size_t l = 0; l < nlist; l++)
        sm_vector_normalise(vector_of(&k, l, k.normalised), dim,
                            centroids->values + l * dim);
    for (size_t i = 0; i < ITERATIONS; i++) {
        k.points = sm_min(nlist * points_of_iteration[i], most);
        SM_TRY(iterate(&k));
        SM_TRY(sm_index_tell(progress, (double)(i + 1) / ITERATIONS));
    }
    if (!k.unit) SM_TRY(stretch(&k));
    SM_TRY(sm_centroids_finish(centroids, kernels));
out:
    sm_free(k.sample);
    sm_aligned_free(k.normalised);
    sm_free(k.list_of);
    sm_free(k.members);
    sm_free(k.offsets);
    sm_free(k.sizes);
    sm_free(k.by_size);
    return status;
}
