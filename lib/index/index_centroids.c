#include "index/index_centroids.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum {
    STRIP = 64,        /* centroids of a strip, side by side */
    PANEL = 4 * STRIP, /* scores of a vector that are held at once */
    BLOCK_ROWS = 48,   /* vectors that pass over a strip together */
    TASK_ROWS = 4 * BLOCK_ROWS,
};

/* ---- life ---- */

sm_status sm_centroids_create(sm_centroids **out, size_t nlist, size_t dim)
{
    /* One list needs no product to be chosen. */
    size_t const columns = nlist == 1 ? 0 : sm_chunks(nlist, STRIP) * STRIP;
    size_t numbers, strips;
    SM_REQUIRE(sm_size_multiply(nlist, dim, &numbers) &&
                   sm_size_multiply(columns, dim, &strips),
               SIAMESE_E_LIMIT, "%zu lists of dim %zu are too many", nlist,
               dim);
    sm_centroids *const centroids = sm_calloc(1, sizeof *centroids);
    if (centroids == NULL) return sm_fail_memory();
    sm_references_init(&centroids->references);
    centroids->nlist = nlist;
    centroids->dim = dim;
    centroids->values = sm_aligned_calloc(numbers, sizeof(float));
    centroids->strips = sm_aligned_calloc(strips, sizeof(float));
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

/* strips: [nlist / STRIP][dim][STRIP] */
void sm_centroids_finish(sm_centroids *c)
{
    if (c->nlist == 1) return;
    for (size_t l = 0; l < c->nlist; l++) {
        float *const strip = c->strips + l / STRIP * STRIP * c->dim;
        for (size_t i = 0; i < c->dim; i++)
            strip[i * STRIP + l % STRIP] = c->values[l * c->dim + i];
    }
}

/* ---- the list of a vector ---- */

typedef struct assignment {
    const sm_centroids *centroids;
    const sm_kernels *kernels;
    const float *vectors;
    const uint32_t *rows;
    size_t count;
    int64_t *list_of;
    float *scratch; /* [threads][scratch_size] */
    size_t scratch_size;
} assignment;

/* scores[count][PANEL] of the centroids from `first` on; returns how many. */
static size_t score_panel(const assignment *a, const float *vectors,
                          size_t count, size_t first, float *scores)
{
    size_t const dim = a->centroids->dim;
    size_t const columns = sm_min(a->centroids->nlist - first, PANEL);
    for (size_t s = 0; s < columns; s += STRIP)
        a->kernels->gemm(count, sm_min(columns - s, STRIP), dim, vectors, dim,
                         1, a->centroids->strips + (first + s) * dim, STRIP,
                         scores + s, PANEL);
    return columns;
}

/* Whether one of scores[columns] is more than *best: then the first of the best. */
static void take_best(const assignment *a, const float *scores, size_t columns,
                      size_t first, float *best, int64_t *list)
{
    uint32_t at[PANEL];
    float const most = a->kernels->maximum(columns, scores);
    if (!(most > *best)) return;
    a->kernels->find_greater(columns, scores, nextafterf(most, -INFINITY), at);
    *best = most;
    *list = (int64_t)(first + at[0]);
}

/* Rows begin .. begin + count - 1, no more than BLOCK_ROWS. */
static void assign_block(const assignment *a, size_t begin, size_t count,
                         float *scratch)
{
    size_t const dim = a->centroids->dim;
    const float *vectors = a->vectors + begin * dim;
    float *const scores = scratch + BLOCK_ROWS * dim;
    float best[BLOCK_ROWS];
    for (size_t r = 0; r < count; r++) best[r] = -INFINITY;
    if (a->rows) {
        for (size_t r = 0; r < count; r++)
            memcpy(scratch + r * dim, a->vectors + a->rows[begin + r] * dim,
                   dim * sizeof(float));
        vectors = scratch;
    }
    for (size_t l = 0; l < a->centroids->nlist; l += PANEL) {
        size_t const columns = score_panel(a, vectors, count, l, scores);
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

sm_status sm_centroids_assign(const sm_centroids *centroids,
                              const sm_kernels *kernels, sm_pool *pool,
                              const float *vectors, const uint32_t *rows,
                              size_t count, int64_t *list_of)
{
    assignment a = {.centroids = centroids,
                    .kernels = kernels,
                    .vectors = vectors,
                    .rows = rows,
                    .count = count,
                    .list_of = list_of,
                    .scratch_size = BLOCK_ROWS * (centroids->dim + PANEL)};
    if (centroids->nlist == 1) {
        memset(list_of, 0, count * sizeof *list_of);
        return SIAMESE_OK;
    }
    a.scratch = sm_aligned_array(sm_pool_threads(pool) * a.scratch_size,
                                 sizeof *a.scratch);
    if (a.scratch == NULL) return sm_fail_memory();
    sm_status const status =
        sm_pool_run(pool, sm_chunks(count, TASK_ROWS), assign_task, &a);
    sm_aligned_free(a.scratch);
    return status;
}
