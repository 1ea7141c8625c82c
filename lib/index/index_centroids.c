/* index_centroids.c: vectors in, the numbers of the lists whose centroids are
 * nearest out. For training, adding and probing. */
#include "index/index_centroids.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_vectors.h"
#include "math/gemm.h"

enum {
    PANEL = 4 * SM_STRIP, /* scores of a vector that are held at once */
    BLOCK_ROWS = 48,      /* vectors that pass over a strip together */
    TASK_ROWS = 4 * BLOCK_ROWS,
    LINE = 16, /* numbers of a cache line */
};

/* ---- life ---- */

sm_status sm_centroids_create(sm_centroids **out, size_t nlist, size_t dim)
{
    /* One list needs no product to be chosen. */
    size_t const columns = nlist == 1 ? 0 : nlist;
    size_t numbers, strips;
    SM_REQUIRE(sm_size_multiply(nlist, dim, &numbers) &&
                   sm_packed_numbers(columns, dim, &strips),
               SIAMESE_E_LIMIT, "%zu lists of dim %zu are too many", nlist,
               dim);
    sm_centroids *const centroids = sm_calloc(1, sizeof *centroids);
    if (centroids == NULL) return sm_fail_memory();
    sm_references_init(&centroids->references);
    centroids->nlist = nlist;
    centroids->dim = dim;
    centroids->values = sm_aligned_calloc(numbers, sizeof(float));
    centroids->strips = sm_aligned_array(strips, sizeof(float));
    if (centroids->values == NULL || centroids->strips == NULL) {
        sm_centroids_release(centroids);
        return sm_fail_memory();
    }
    *out = centroids;
    return SIAMESE_OK;
}

void sm_centroids_release(sm_centroids *centroids)
{
    if (centroids == NULL || !sm_references_drop(&centroids->references))
        return;
    sm_aligned_free(centroids->values);
    sm_aligned_free(centroids->strips);
    sm_free(centroids);
}

sm_status sm_centroids_finish(sm_centroids *c, const sm_kernels *kernels)
{
    size_t const dim = c->dim;
    c->kernels = kernels;
    if (c->nlist == 1) return SIAMESE_OK;
    float *const unit = sm_aligned_array(SM_STRIP, dim * sizeof *unit);
    if (unit == NULL) return sm_fail_memory();
    for (size_t l = 0; l < c->nlist; l += SM_STRIP) {
        size_t const some = sm_min(c->nlist - l, SM_STRIP);
        sm_vectors_normalise(c->values + l * dim, some, dim, unit);
        sm_strip_pack(kernels, 0, 1, some, dim, unit, dim, c->strips + l * dim);
    }
    sm_aligned_free(unit);
    return SIAMESE_OK;
}

/* A direction keeps its bits, and a score with it can be a float. */
#define LEAST_LENGTH 1e-30f

void sm_centroids_stretch(sm_centroids *c, const float *lengths)
{
    float longest = 0;
    for (size_t l = 0; l < c->nlist; l++) longest = fmaxf(longest, lengths[l]);
    if (longest == 0) longest = 1.0f;
    for (size_t l = 0; l < c->nlist; l++) {
        float const length =
            fmaxf(lengths[l] > 0 ? lengths[l] : longest, LEAST_LENGTH);
        float *const centroid = c->values + l * c->dim;
        for (size_t i = 0; i < c->dim; i++) centroid[i] *= length;
    }
}

/* ---- the list of a vector ---- */

typedef struct assignment {
    const sm_centroids *centroids;
    const float *vectors;
    const uint32_t *rows;
    bool unit; /* vectors are brought to length 1 */
    size_t count;
    int64_t *list_of;
    float *scratch;      /* [threads][scratch_size]: scores, vectors, room */
    size_t scratch_size; /* whole cache lines */
} assignment;

/* scores[count][PANEL] of the centroids from `first` on; returns how many. */
static size_t score_panel(const assignment *a, const float *vectors,
                          size_t count, size_t first, float *scores,
                          float *room)
{
    size_t const dim = a->centroids->dim;
    size_t const columns = sm_min(a->centroids->nlist - first, PANEL);
    sm_gemm_strips(a->centroids->kernels, count, columns, dim, vectors, dim, 1,
                   a->centroids->strips + first * dim, scores, PANEL, room);
    return columns;
}

/* Whether one of scores[columns] is more than *best: then the first of the
 * best. */
static void take_best(const assignment *a, const float *scores, size_t columns,
                      size_t first, float *best, int64_t *list)
{
    uint32_t at[SM_STRIP];
    const sm_kernels *const kernels = a->centroids->kernels;
    float const most = kernels->maximum(columns, scores);
    if (!(most > *best)) return;
    float const below = nextafterf(most, -INFINITY);
    size_t c = 0;
    while (kernels->find_greater(sm_min(columns - c, SM_STRIP), scores + c,
                                 below, at) == 0)
        c += SM_STRIP;
    *best = most;
    *list = (int64_t)(first + c + at[0]);
}

/* copies[count][dim]: rows from `begin` on, as they are compared. */
static void gather(const assignment *a, size_t begin, size_t count,
                   float *copies)
{
    size_t const dim = a->centroids->dim;
    for (size_t r = 0; r < count; r++) {
        const float *const vector = a->vectors + a->rows[begin + r] * dim;
        if (a->unit)
            sm_vector_normalise(vector, dim, copies + r * dim);
        else
            memcpy(copies + r * dim, vector, dim * sizeof *vector);
    }
}

/* Rows begin .. begin + count - 1, no more than BLOCK_ROWS. */
static void assign_block(const assignment *a, size_t begin, size_t count,
                         float *scratch)
{
    size_t const dim = a->centroids->dim;
    const float *vectors = a->vectors + begin * dim;
    float *const scores = scratch;
    float *const copies = scores + BLOCK_ROWS * PANEL;
    float *const room = copies + sm_chunks(BLOCK_ROWS * dim, LINE) * LINE;
    float best[BLOCK_ROWS];
    for (size_t r = 0; r < count; r++) best[r] = -INFINITY;
    if (a->rows)
        gather(a, begin, count, copies);
    else if (a->unit)
        sm_vectors_normalise(vectors, count, dim, copies);
    if (a->rows || a->unit) vectors = copies;
    for (size_t l = 0; l < a->centroids->nlist; l += PANEL) {
        size_t const columns = score_panel(a, vectors, count, l, scores, room);
        for (size_t r = 0; r < count; r++)
            take_best(a, scores + r * PANEL, columns, l, &best[r],
                      &a->list_of[begin + r]);
    }
}

static sm_status assign_task(void *context, size_t task, size_t worker)
{
    const assignment *const a = context;
    size_t const end = sm_min((task + 1) * TASK_ROWS, a->count);
    for (size_t r = task * TASK_ROWS; r < end; r += BLOCK_ROWS)
        assign_block(a, r, sm_min(end - r, BLOCK_ROWS),
                     a->scratch + worker * a->scratch_size);
    return SIAMESE_OK;
}

sm_status sm_centroids_assign(const sm_centroids *centroids, sm_pool *pool,
                              const float *vectors, const uint32_t *rows,
                              bool unit, size_t count, int64_t *list_of)
{
    assignment a = {.centroids = centroids,
                    .vectors = vectors,
                    .rows = rows,
                    .unit = unit,
                    .count = count,
                    .list_of = list_of};
    size_t const lines = sm_chunks(BLOCK_ROWS * centroids->dim, LINE);
    size_t room, all;
    if (centroids->nlist == 1) {
        memset(list_of, 0, count * sizeof *list_of);
        return SIAMESE_OK;
    }
    if (!sm_packed_numbers(BLOCK_ROWS, centroids->dim, &room))
        return sm_fail_memory();
    a.scratch_size = BLOCK_ROWS * PANEL + lines * LINE + room;
    if (!sm_size_multiply(sm_pool_threads(pool), a.scratch_size, &all))
        return sm_fail_memory();
    a.scratch = sm_aligned_array(all, sizeof *a.scratch);
    if (a.scratch == NULL) return sm_fail_memory();
    sm_status const status =
        sm_pool_run(pool, sm_chunks(count, TASK_ROWS), assign_task, &a);
    sm_aligned_free(a.scratch);
    return status;
}
